"""Whether a steady pattern attracts: its leading eigenvalues, by Arnoldi on the flow and by shift and invert.

The slowest modes of a pattern crowd together near zero, and a pair that starts to oscillate may sit far
from them on the imaginary axis, where shift-and-invert at zero does not look. The flow sees both: after m
steps of the linearised map a mode has grown by |1 + λ|^m, so the largest multipliers are the
leading modes, whether they oscillate or not.
"""

from typing import NamedTuple

import numpy as np
import scipy.sparse.linalg as sla
from jaxtyping import Complex, Float

from lib.linearisation import Vector, jacobian
from lib.model import Params
from lib.paper import TRUTH
from lib.studies.bifurcation.continuation import Branch
from lib.studies.bifurcation.newton import NoConvergence, settle, translations

#: Steps of the linearised map in one application: enough to tell growth rates apart, about one slow period.
FLIGHT = 150

#: A growth rate per unit time below which nothing is seen within the run length: one e-fold in 20,000 steps.
#: Neighbouring spots push each other about, or compete, at rates around ±1e-5.
SLOW = 5e-5

#: Patterns looked at, at most, while the place of an instability is narrowed down within a step.
LOOKS = 6

#: A mode is a shift of the whole pattern if so much of its square lies along the two translations.
MOSTLY_SHIFT = 0.5


class Leading(NamedTuple):
    """The leading eigenvalues of a steady pattern, shifts left out.

    Args:
        values: eigenvalues λ of the Jacobian per unit time, the fastest growing first.
        growth: of each, log|1 + λ|: the Euler map with dt = 1 amplifies an oscillation that the equations
            would still damp, by about |λ|²/2.
    """

    values: Complex[np.ndarray, " modes"]
    growth: Float[np.ndarray, " modes"]


class Instability(NamedTuple):
    """Where a branch of steady patterns loses its stability.

    Args:
        value: the parameter's, NaN where it does not before the branch turns.
        eigenvalue: the mode that takes over; complex if the spots begin to breathe.
    """

    value: float
    eigenvalue: complex


def leading(params: Params, y: Vector, *, modes: int = 8, seed: int = 0) -> Leading:
    """The eigenvalues that decide whether a steady pattern attracts.

    Args:
        params, y: the pattern, (2 · size²,).
        modes: how many eigenvalues.
        seed: of Arnoldi's first vector.
    """
    matrix = jacobian(params, y).tocsr()

    def apply_map(x: Vector) -> Vector:
        for _ in range(FLIGHT):
            x = x + matrix @ x
        return x

    first = np.random.default_rng(seed).normal(size=len(y))
    flow = sla.LinearOperator(matrix.shape, apply_map, dtype=float)
    _, vectors = sla.eigs(flow, k=modes, which="LM", v0=first, ncv=3 * modes + 2, tol=1e-4, maxiter=300)
    shifts, _ = np.linalg.qr(translations(y))
    found = []
    for x in vectors.T:
        x = x / np.linalg.norm(x)
        if np.sum(np.abs(shifts.T @ x) ** 2) < MOSTLY_SHIFT:
            found.append(complex(np.conj(x) @ (matrix @ x)))
    values = np.array(sorted(found, key=lambda z: -abs(1 + z)))
    return Leading(values, np.log(np.abs(1 + values)))


def instability(branch: Branch, *, around: Params = TRUTH, modes: int = 6) -> Instability:
    """Where a pattern, followed from a stable one to its fold, gains a mode that grows faster than `SLOW`.

    The step of the branch in which it happens is found by halving, the place within it by false position.

    Args:
        branch: from a stable pattern outwards.
        around: the other parameters.
        modes: eigenvalues looked at.
    """
    low, high = 0, len(branch.values) - 1  # where it has folded, the end lies behind the fold
    ends = {high: look(branch, high, around, modes)}
    if ends[high].growth[0] < SLOW:
        return Instability(float("nan"), complex("nan"))
    while high - low > 1:
        middle = (low + high) // 2
        ends[middle] = look(branch, middle, around, modes)
        low, high = (middle, high) if ends[middle].growth[0] < SLOW else (low, middle)
    below = ends[low] if low in ends else look(branch, low, around, modes)
    value = zero_in(branch, low, (float(below.growth[0]), float(ends[high].growth[0])), around, modes)
    return Instability(value, complex(ends[high].values[0]))


def zero_in(branch: Branch, low: int, growth: tuple[float, float], around: Params, modes: int) -> float:
    """Where the growth rate meets `SLOW` within one step of a branch, by false position (Illinois)."""
    (inside, outside), y = branch.values[low : low + 2].tolist(), branch.ys[low : low + 2]
    ends, shares, value, last = list(growth), [0.0, 1.0], float("nan"), -1
    for _ in range(LOOKS):
        value = crossing(inside, outside, *ends)
        share = shares[0] + (shares[1] - shares[0]) * (value - inside) / (outside - inside)
        params = around._replace(**{branch.name: value})
        try:
            found = settle(params, (1 - share) * y[0] + share * y[1]).y
        except NoConvergence:  # right at a fold Newton's method finds nothing at a fixed parameter
            break
        there = float(leading(params, found, modes=modes).growth[0])
        number = 0 if there < SLOW else 1
        ends[number], shares[number] = there, share
        if number == last:  # the other end has stood still: halve its weight, or it will go on to
            ends[1 - number] = SLOW + (ends[1 - number] - SLOW) / 2
        last = number
        inside, outside = (value, outside) if number == 0 else (inside, value)
        if abs(there - SLOW) < SLOW / 10 or inside == outside:
            break
    return value


def look(branch: Branch, number: int, around: Params, modes: int) -> Leading:
    """The leading modes at one point of a branch."""
    params = around._replace(**{branch.name: float(branch.values[number])})
    return leading(params, branch.ys[number], modes=modes)


def crossing(inside: float, outside: float, low: float, high: float) -> float:
    """Where a straight line between two growth rates meets `SLOW`."""
    return float(inside + (outside - inside) * np.clip((SLOW - low) / (high - low), 0, 1))


def stiffest(params: Params, y: Vector) -> float:
    """The most negative eigenvalue of a steady pattern, per unit time: explicit Euler needs dt · |λ| < 2."""
    matrix = jacobian(params, y).tocsr()
    start = np.random.default_rng(0).normal(size=len(y))
    value = sla.eigs(matrix, k=1, which="LM", v0=start, ncv=40, tol=1e-8, return_eigenvectors=False)
    return float(value[0].real)
