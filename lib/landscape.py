"""Losses over grids of parameters: the public door to `lib.studies.landscapes`.

sweep(): axes in, a labelled dataset of losses and outcomes out; evaluate(): the same at any points;
sweep_model(): the same for any model of `lib.models`.
Nothing else in `lib` imports this file: it is the one place where the core's name stands for something that
is built upon it.
"""

from lib.grid import axes_over
from lib.studies.landscapes.of_models import sweep_model
from lib.studies.landscapes.sweep import evaluate, sweep

__all__ = ["axes_over", "evaluate", "sweep", "sweep_model"]
