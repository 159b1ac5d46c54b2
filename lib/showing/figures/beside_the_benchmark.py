"""Figures of what is measured beside the benchmark: a forward network's course, a posterior's ranks."""

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from scipy.stats import binom

from lib.model import Params
from lib.showing.figures.style import INK, SYMBOLS, panels
from lib.studies.inversion.forward_network import Course


def course(courses: Sequence[Course]) -> Figure:
    """Relative error of v against processor time: the simulator's runs are points, trainings are lines.

    Args:
        courses: the simulator's first.
    """
    figure, axis = panels(figsize=(7.2, 3.4))
    solver, *networks = courses
    axis.loglog(solver.seconds, solver.errors, "o", color=INK, label=f"{solver.label}, coarse to fine grids")
    for network, style in zip(networks, ("-", "--"), strict=False):
        axis.loglog(network.seconds, network.errors, style, label=network.label)
    axis.set(xlabel="processor time, s", ylabel="relative error of $v$")
    axis.legend(fontsize=9)
    return figure


def ranks(found: np.ndarray, level: float = 0.99) -> Figure:
    """How many of the truth's ranks lie below each value, less the value itself: zero if all is right.

    Args:
        found: ranks between 0 and 1, (cases, 4).
        level: of the band in which a right posterior's curve lies at each place.
    """
    figure, axis = panels(figsize=(7.2, 3.4))
    at = np.linspace(0, 1, 101)
    count = max(1, len(found))
    low, high = (binom.ppf(q, count, at) / count - at for q in ((1 - level) / 2, (1 + level) / 2))
    axis.fill_between(at, low, high, color=INK, alpha=0.12, lw=0, label=f"{level:.0%} of right posteriors")
    for column, name in enumerate(Params._fields):
        below = np.searchsorted(np.sort(found[:, column]), at, side="right") / count
        axis.plot(at, below - at, label=SYMBOLS[name])
    axis.axhline(0, color=INK, lw=0.8)
    axis.set(xlabel="rank of the truth among the draws", ylabel="share of cases below, less the rank")
    axis.legend(fontsize=9, ncols=2)
    return figure
