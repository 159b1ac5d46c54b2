"""Widgets that live in the published page without a kernel, and in JupyterLab with one."""

from lib.widgets.descend import Descend
from lib.widgets.explorer import Explorer
from lib.widgets.frames import Frames
from lib.widgets.laboratory import Laboratory

__all__ = ["Descend", "Explorer", "Frames", "Laboratory"]
