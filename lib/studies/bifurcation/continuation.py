"""The patterned branch, followed through its folds by pseudo-arclength continuation.

A branch of steady patterns turns back where its Jacobian loses rank: no step in the parameter leads past
such a fold, but a step along the curve does. With τ the unit tangent, the next point solves

    rates(p, y) = 0,    ⟨τ_y, y − y₀⟩ / N + τ_p (p − p₀) / P² = ds,

N being the number of unknowns and P the parameter's value at the truth.
"""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float
from scipy.sparse.linalg import SuperLU

from lib.linearisation import Vector, rate_by, rates
from lib.model import Params
from lib.paper import TRUTH
from lib.studies.bifurcation.newton import STEADY, Bordered, NoConvergence, translations

#: Lengths of a step along the branch: first, shortest, longest; 0.05 is at most 5 % in the parameter.
FIRST, SHORTEST, LONGEST = 0.01, 2e-5, 0.06


class Point(NamedTuple):
    """One point of a branch: the parameter's value and the steady pattern there."""

    value: float
    y: Vector


class Branch(NamedTuple):
    """A curve of steady patterns.

    Args:
        name: the parameter along it.
        values: its value at each point, (points,).
        ys: the patterns, (points, unknowns).
        fold: where it first turns back, to second order in the last step; NaN if it does not.
    """

    name: str
    values: Float[np.ndarray, " points"]
    ys: Float[np.ndarray, "points unknowns"]
    fold: float

    @property
    def mean_v(self) -> Float[np.ndarray, " points"]:
        """Mean of v over the dish at each point."""
        return self.ys[:, self.ys.shape[1] // 2 :].mean(axis=1)


class Tangent(NamedTuple):
    """The direction of a branch at a point, of length 1."""

    y: Vector
    value: float


def follow(
    name: str, y: Vector, sign: int, *, around: Params = TRUTH, steps: int = 60, beyond: int = 4,
    within: tuple[float, float] = (0.0, 0.25),
) -> Branch:  # fmt: skip
    """Follow a branch from a steady pattern until a little past its first fold.

    Args:
        name: the parameter to vary.
        y: a steady pattern at `around`.
        sign: +1 or −1, the direction in which the parameter first goes.
        around: the parameters at y.
        steps: points to compute, at most.
        beyond: points to compute after the fold.
        within: leave off where the parameter leaves this range.
    """
    unit = float(getattr(TRUTH, name))
    points = [Point(float(getattr(around, name)), y)]
    tangent = Tangent(np.zeros_like(y), sign * unit)
    length, after = FIRST, 0
    folds: list[float] = []
    while len(points) < steps and after < beyond:
        try:
            ahead, factors = direction(name, around, points[-1], tangent, unit)
            point, iterations = correct(name, around, points[-1], ahead, length, unit, factors)
        except NoConvergence:
            length /= 3
            if length < SHORTEST:
                break
            continue
        if ahead.value * tangent.value < 0:
            folds.append(turning(points, unit))
        if not within[0] < point.value < within[1]:
            break
        points, tangent = [*points, point], ahead
        after += bool(folds)
        length = min(length * (1.6 if iterations <= 3 else 1.0 if iterations <= 5 else 0.6), LONGEST)
    values = np.array([point.value for point in points])
    return Branch(name, values, np.stack([p.y for p in points]), folds[0] if folds else float("nan"))


def direction(name: str, around: Params, point: Point, last: Tangent, unit: float) -> tuple[Tangent, SuperLU]:
    """The unit tangent at a point, pointing the way the last one did, and the Jacobian's factors there."""
    system = bordered(name, around, point, last, unit)
    right = np.zeros(len(point.y) + 3)
    right[-1] = 1.0
    z = system.solve(right, tolerance=1e-6)
    y, value = z[:-3], z[-1] * unit
    length = np.sqrt(y @ y / len(y) + (value / unit) ** 2)
    return Tangent(y / length, value / length), system.factors


def correct(
    name: str, around: Params, start: Point, ahead: Tangent, length: float, unit: float,
    factors: SuperLU,
) -> tuple[Point, int]:  # fmt: skip
    """Newton's method from a step along the tangent back onto the branch; also the steps it took."""
    shifts, guess = (
        translations(start.y),
        Point(start.value + length * ahead.value, start.y + length * ahead.y),
    )
    z = np.concatenate([guess.y, np.zeros(2), [guess.value / unit]])
    for number in range(12):
        point = Point(float(z[-1]) * unit, z[:-3])
        params = around._replace(**{name: point.value})
        along = (ahead.y @ (point.y - start.y)) / len(point.y)
        along += ahead.value * (point.value - start.value) / unit**2 - length
        equations = np.concatenate(
            [rates(params, point.y) + shifts @ z[-3:-1], shifts.T @ (point.y - start.y), [along]]
        )
        left = np.abs(equations).max()
        if left < 10 * STEADY:
            return point, number
        if not left < 0.1:
            break
        z = z - bordered(name, around, point, ahead, unit, shifts, factors).solve(equations)
    raise NoConvergence(f"No steady pattern within a step of {length:.1e} along the branch of {name}.")


def bordered(
    name: str, around: Params, point: Point, tangent: Tangent, unit: float, shifts: np.ndarray | None = None,
    factors: SuperLU | None = None,
) -> Bordered:  # fmt: skip
    """The Jacobian with two shifts and the parameter (in units of its true value) beside it."""
    params = around._replace(**{name: point.value})
    beside = translations(point.y) if shifts is None else shifts
    columns = np.column_stack([beside, rate_by(name, point.y) * unit])
    rows = np.vstack([beside.T, tangent.y[None] / len(point.y)])
    corner = np.zeros((3, 3))
    corner[2, 2] = tangent.value / unit
    return Bordered(params, point.y, columns, rows, corner, factors)


def turning(points: list[Point], unit: float) -> float:
    """The extreme value of the parameter along the last three points, by a parabola in arclength."""
    last = points[-3:]
    if len(last) < 3:
        return last[-1].value
    gaps = [
        np.sqrt(np.mean((b.y - a.y) ** 2) + ((b.value - a.value) / unit) ** 2)
        for a, b in zip(last, last[1:], strict=False)
    ]
    places = np.cumsum([0.0, *gaps])
    a, b, c = np.polyfit(places, [p.value for p in last], 2)
    return float(c - b * b / (4 * a)) if a else last[1].value
