"""Losses over grids of parameters: the public door to `lib.studies.landscapes.sweep`.

sweep(): axes in, a labelled dataset of losses and outcomes out; evaluate(): the same at any points.
Nothing else in `lib` imports this file: it is the one place where the core's name stands for something that
is built upon it.
"""

from lib.grid import axes_over
from lib.studies.landscapes.sweep import evaluate, sweep

__all__ = ["axes_over", "evaluate", "sweep"]
