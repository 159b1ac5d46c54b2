"""What a method hands back, and the box it searches in."""

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from lib.paper import SEARCHED
from lib.studies.inversion.budget import Budget

#: The box that everybody is told: where the parameters are known to lie (the searched ranges of the book).
LOWEST, HIGHEST = np.array(list(SEARCHED.values())).T

#: The four kinds of endings, and what a profile leaves out.
FINISHED, SPENT, NOT_APPLICABLE, FAILED = "finished", "budget spent", "does not apply", "failed"
NOT_RUN = "not run"


class Ending(IntEnum):
    """The same as numbers, for files."""

    FINISHED = 0
    BUDGET_SPENT = 1
    DOES_NOT_APPLY = 2
    FAILED = 3
    NOT_RUN = 4


Point = Float[np.ndarray, "4"]
Unit = Float[np.ndarray, "*points 4"]


class Recovery(NamedTuple):
    """The answer of a method.

    Args:
        params: Du, Dv, F, k.
        uncertainty: a standard deviation of each, or None where the method states none.
        history: what it would have answered when: rows of cost, Du, Dv, F, k, (answers, 5).
        cost: forward equivalents it spent, by its own account.
        ending: one of the four kinds.
    """

    params: Point
    uncertainty: Point | None
    history: Float[np.ndarray, "answers 5"]
    cost: float
    ending: str


class DoesNotApply(Exception):
    """These data are not what the method needs: a result, not an error."""


def concluded(budget: Budget, finished: bool, uncertainty: Point | None = None) -> Recovery:
    """The answer of a search that noted its best in the budget.

    Raises:
        ArithmeticError: if it never had one.
    """
    if not budget.history:
        raise ArithmeticError("The search ended without a single finite loss, so it has no answer to give.")
    history = np.array(budget.history)
    return Recovery(history[-1, 1:], uncertainty, history, budget.spent, FINISHED if finished else SPENT)


def at_once(budget: Budget, params: Point, uncertainty: Point | None = None) -> Recovery:
    """The answer of a method that has one, and no history before it."""
    budget.answer(params)
    return concluded(budget, True, uncertainty)


def to_box(unit: Unit) -> Unit:
    """Parameters of points in the unit cube."""
    return LOWEST + (HIGHEST - LOWEST) * unit


def to_unit(points: Unit) -> Unit:
    """Points of the unit cube of parameters."""
    return (points - LOWEST) / (HIGHEST - LOWEST)


def latin_hypercube(count: int, draw: np.random.Generator) -> Unit:
    """Points of the unit cube, one in each of `count` slices along every axis, (count, 4)."""
    columns = [(draw.permutation(count) + draw.random(count)) / count for _ in range(4)]
    return np.stack(columns, axis=1)
