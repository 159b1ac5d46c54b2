"""Widgets that live in the published page without a kernel, and in JupyterLab with one."""

from lib.showing.widgets.descend import Descend
from lib.showing.widgets.explorer import Explorer
from lib.showing.widgets.frames import Frames
from lib.showing.widgets.horizon import Horizon
from lib.showing.widgets.laboratory import Laboratory
from lib.showing.widgets.ranking import Ranking

__all__ = ["Descend", "Explorer", "Frames", "Horizon", "Laboratory", "Ranking"]
