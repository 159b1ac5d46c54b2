"""Sparse regression over a library of terms, in weak form: which terms are there, and how large is each?

For a settled pattern both right-hand sides vanish, and so does every multiple of them. What fixes the scale
is one term that is taken for granted, the reaction u v²:

    u v² = Σ_i ξ_i θ_i(u, v),      − u v² = Σ_i η_i φ_i(u, v),

each term convolved with a Gaussian test function (weak form: Messenger and Bortz, 2021,
doi:10.1137/20M1343166). As many terms are taken as it needs until one more explains little (the idea of
Brunton et al., 2016, doi:10.1073/pnas.1517384113, who drop small coefficients instead). The equations' own
terms hold the parameters; a parameter whose term was not taken is zero. Each field spreads by itself: with
both Laplacians on both sides, the sum of the two equations would be one more way to write each.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float

from lib.model import State, laplacian
from lib.residual import denoise
from lib.studies.inversion import prices
from lib.studies.inversion.budget import Budget
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import DoesNotApply, Recovery, at_once

#: Standard deviation of the test function in cells.
WIDTH = 1.5

#: What counts as nothing left, relative: below it, float32 fields do not tell.
ROUND_OFF = 1e-6

#: The library beside each field's own Laplacian, by exponents of u and v; u v² is the term taken for granted.
POWERS = ((0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2), (2, 1), (3, 0), (0, 3))


#: Coefficients by the names of their terms; what was dropped is missing.
Terms = dict[str, float]


class Step(NamedTuple):
    """Numbers of terms, their coefficients, and the norm of what they leave."""

    chosen: tuple[int, ...]
    coefficients: np.ndarray
    left: float


def recover(data: Data, budget: Budget, seed: int, *, width: float = WIDTH) -> Recovery:
    """Two regressions, whatever the budget.

    Raises:
        DoesNotApply: where u or some cells were not seen.
    """
    if data.u is None or not data.whole:
        raise DoesNotApply("The test functions need all cells of u and v.")
    state = State(*(torch.as_tensor(x[-1]).double() for x in (data.u, data.v)))
    of_u, of_v = identified(state, width)
    budget.work(prices.SPARSE * data.size**2)
    Du, F, Dv, loss_of_v = of_u.get("∇²u", 0.0), of_u.get("1", 0.0), of_v.get("∇²v", 0.0), of_v.get("v", 0.0)
    return at_once(budget, np.array([Du, Dv, F, -loss_of_v - F]))


def identified(state: State, width: float = WIDTH) -> tuple[Terms, Terms]:
    """The terms of both equations of a settled state (height, width)."""
    reaction = weakly(state.u * state.v**2, width)
    return tuple(
        sparse({name: weakly(term, width) for name, term in library(state, own).items()}, sign * reaction)
        for own, sign in (("u", 1), ("v", -1))
    )  # type: ignore[return-value]  # two of them


def library(state: State, own: str) -> dict[str, torch.Tensor]:
    """Every term that may stand in the equation of u or of v, on every cell."""
    u, v = state
    field = u if own == "u" else v
    return {f"∇²{own}": laplacian(field[None])[0]} | {named(i, j): u**i * v**j for i, j in POWERS}


def named(i: int, j: int) -> str:
    """A product of powers: "1", "u", "v^2", "u^2 v"."""
    parts = [x if n == 1 else f"{x}^{n}" for x, n in (("u", i), ("v", j)) if n]
    return " ".join(parts) or "1"


def weakly(x: torch.Tensor, width: float) -> Float[np.ndarray, " cells"]:
    """A term under the test function centred on every cell."""
    transfer = denoise.gaussian_transfer(width)(*x.shape)
    return torch.fft.ifft2(torch.fft.fft2(x) * transfer).real.flatten().numpy()


def sparse(columns: dict[str, np.ndarray], wanted: np.ndarray) -> Terms:
    """The best terms of each number, and of these numbers the one after which little more is explained.

    Every subset is tried: one that drops terms one after the other loses true ones early, since on a settled
    pattern the terms are nearly dependent.
    """
    names = list(columns)
    A = np.stack([columns[name] for name in names], axis=1)
    size = np.linalg.norm(A, axis=0)
    Q, R = np.linalg.qr(A / size)
    goal, total = Q.T @ wanted, float(np.linalg.norm(wanted))
    beyond = max(total**2 - float(goal @ goal), 0.0)
    best = [Step((), np.empty(0), total)]
    for count in range(1, len(names) + 1):
        tried = (fitted(chosen, R, goal, beyond) for chosen in combinations(range(len(names)), count))
        best.append(min(tried, key=lambda step: step.left))
    left = np.maximum([step.left for step in best], ROUND_OFF * total)
    step = best[1 + int(np.argmin(np.diff(np.log(left))))]
    return {names[i]: float(x / size[i]) for i, x in zip(step.chosen, step.coefficients, strict=True)}


def fitted(chosen: tuple[int, ...], R: np.ndarray, goal: np.ndarray, beyond: float) -> Step:
    """Least squares on some of the columns; `beyond` is what none of them reaches, squared."""
    part = R[:, chosen]
    coefficients = np.linalg.lstsq(part, goal, rcond=None)[0]
    return Step(chosen, coefficients, float(np.sqrt(beyond + np.square(part @ coefficients - goal).sum())))
