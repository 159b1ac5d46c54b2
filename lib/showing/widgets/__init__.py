"""Widgets that live in the published page without a kernel, and in JupyterLab with one."""

from lib.showing.widgets.explorer import Explorer
from lib.showing.widgets.frames import Frames
from lib.showing.widgets.laboratory import Laboratory
from lib.widgets.descend import Descend

__all__ = ["Descend", "Explorer", "Frames", "Laboratory"]
