"""The homotopy where it comes from: one parameter and both solutions of a boundary value problem.

    u'' + λ (1 + u⁴) = 0,   u'(0) = u(1) = 0,   λ = 1.2: two solutions, a low one and a high one.

Zheng et al. (2024, doi:10.1016/j.jcp.2023.112751; code e489dbe) see points of both and are not told which
belongs to which. A network x → (u₁, u₂) is held to whichever output is nearer at each point, and both outputs
to the equation, whose weight falls by 0.6 from stage to stage. Theirs takes 110,000 steps of Adam; here each
stage is one call of L-BFGS.
"""

from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from scipy.integrate import solve_bvp
from torch import Tensor, nn

from lib.studies.inversion.methods.steady_network import FACTOR, STAGES

#: The parameter, where its search starts, and how many points of each solution are seen.
TRUE, FIRST, SEEN = 1.2, 1.5, 15

#: Layers (theirs), points at which the equation is asked for, and evaluations in each stage.
WIDTHS, COLLOCATION, EVALUATIONS = (1, 30, 30, 30, 2), 40, 120


class Found(NamedTuple):
    """The parameter, and both outputs at the points of `exact`, (2, points)."""

    parameter: float
    outputs: Float[np.ndarray, "2 points"]


def exact(x: Float[np.ndarray, " points"]) -> Float[np.ndarray, "2 points"]:
    """Both solutions, the low one first, by collocation.

    Raises:
        ArithmeticError: if the solver does not converge.
    """
    found = []
    for height in (0.5, 2.0):
        grid = np.linspace(0, 1, 50)
        guess = np.stack([height * (1 - grid**2), -2 * height * grid])
        solved = solve_bvp(
            lambda _, y: np.stack([y[1], -TRUE * (1 + y[0] ** 4)]), lambda a, b: np.array([a[1], b[0]]),
            grid, guess, tol=1e-8, max_nodes=10_000,
        )  # fmt: skip
        if not solved.success:
            raise ArithmeticError(f"The boundary value problem was not solved: {solved.message}")
        found.append(solved.sol(x)[0])
    both = np.stack(found)
    return both[np.argsort(both[:, 0])]


def recovered(seed: int = 0) -> Found:
    """Train in stages on unlabelled points of both solutions."""
    draw = np.random.default_rng(seed)
    x = draw.random(2 * SEEN)
    u = exact(x)[np.repeat([0, 1], SEEN), np.arange(2 * SEEN)]
    points, values = (torch.as_tensor(a, dtype=torch.float64)[:, None] for a in (x, u))
    asked = torch.linspace(0, 1, COLLOCATION, dtype=torch.float64)[:, None].requires_grad_()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layers = [m for a, b in zip(WIDTHS, WIDTHS[1:], strict=False) for m in (nn.Linear(a, b), nn.Tanh())]
        network = nn.Sequential(*layers[:-1]).double()
    parameter = torch.tensor(FIRST, dtype=torch.float64, requires_grad=True)
    for stage in range(STAGES):
        optimiser = torch.optim.LBFGS(
            [*network.parameters(), parameter], max_iter=EVALUATIONS, max_eval=EVALUATIONS, history_size=50,
            tolerance_grad=0, tolerance_change=0, line_search_fn="strong_wolfe",
        )  # fmt: skip

        def closure(optimiser: torch.optim.Optimizer = optimiser, weight: float = FACTOR**stage) -> Tensor:
            optimiser.zero_grad()
            nearest = (network(points) - values).square().amin(dim=1).mean()
            loss = nearest + weight * equation(network, asked, parameter)
            loss.backward()
            return loss

        optimiser.step(closure)
    with torch.no_grad():
        shown = network(torch.linspace(0, 1, 101, dtype=torch.float64)[:, None]).T.numpy()
    return Found(float(parameter.detach()), shown[np.argsort(shown[:, 0])])


def equation(network: nn.Module, x: Tensor, parameter: Tensor) -> Tensor:
    """Mean square of u'' + λ (1 + u⁴) for both outputs."""
    u = network(x)
    parts = []
    for one in u.unbind(1):
        first = torch.autograd.grad(one.sum(), x, create_graph=True)[0]
        second = torch.autograd.grad(first.sum(), x, create_graph=True)[0][:, 0]
        parts.append((second + parameter * (1 + one**4)).square().mean())
    return torch.stack(parts).mean()
