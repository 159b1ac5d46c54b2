"""Windows in time where they are known to help: convection too fast for one network.

    ∂u/∂t + β ∂u/∂x = 0,   u(x, 0) = sin x,   periodic in x ∈ [0, 2π), t ∈ [0, 1];   solution sin(x − β t).

Krishnapriyan et al. (2021, arXiv 2109.01050): at β = 30 one network of four layers of 50 tanh is off by order
one, and with one window after the other by a few per cent. The optimiser is theirs, L-BFGS with strong Wolfe.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

#: Layers and their width; points of the residual along x and in all of t; memory of the optimiser.
DEPTH, WIDTH, ACROSS, MOMENTS, MEMORY = 4, 50, 32, 60, 50

#: Weight of the initial condition, which everything else is carried from.
BEGINNING = 10.0


def relative_error(beta: float, windows: int, evaluations: int, seed: int = 0) -> float:
    """Relative L² error over all x and t, of one network for each of the windows.

    Args:
        beta: speed.
        windows: how many; 1 is one network for the whole time.
        evaluations: of loss and slopes in each window, on its share of the points in t: so the number of
            points evaluated does not depend on the windows.
        seed: of the weights.
    """
    x = 2 * torch.pi * torch.arange(ACROSS) / ACROSS
    begin, missed, total = torch.sin(x), 0.0, 0.0
    moments = MOMENTS // windows
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        for number in range(windows):
            t = torch.linspace(-1, 1, moments + 1)
            network = made()
            train(network, x, t, begin, beta / (2 * windows), evaluations)
            with torch.no_grad():
                shown = network(grid(x, t)).reshape(len(t), len(x))
            exact = torch.sin(x - beta * (number + (1 + t[:, None]) / 2) / windows)
            missed += float((shown - exact).square().sum())
            total += float(exact.square().sum())
            begin = shown[-1]
    return (missed / total) ** 0.5


def made() -> nn.Sequential:
    """A network (x, t) → u that sees x through sin x and cos x, so that it is periodic."""
    widths = [3] + [WIDTH] * DEPTH
    layers = [m for a, b in zip(widths, widths[1:], strict=False) for m in (nn.Linear(a, b), nn.Tanh())]
    return nn.Sequential(Periodic(), *layers, nn.Linear(WIDTH, 1))


class Periodic(nn.Module):
    """(x, t) → (sin x, cos x, t)."""

    def forward(self, at: Float[Tensor, "points 2"]) -> Float[Tensor, "points 3"]:
        x, t = at[:, :1], at[:, 1:]
        return torch.cat([x.sin(), x.cos(), t], dim=1)


def grid(x: Tensor, t: Tensor) -> Float[Tensor, "points 2"]:
    """All pairs (x, t), the moments one after the other."""
    return torch.cartesian_prod(t, x).flip(1)


def train(network: nn.Module, x: Tensor, t: Tensor, begin: Tensor, beta: float, evaluations: int) -> None:
    """Residual everywhere and the values at the beginning; `beta` in units of the window's time, −1 to 1."""
    at = grid(x, t).requires_grad_()
    optimiser = torch.optim.LBFGS(
        network.parameters(), max_iter=evaluations, max_eval=evaluations, history_size=MEMORY,
        tolerance_grad=0, tolerance_change=0, line_search_fn="strong_wolfe",
    )  # fmt: skip

    def closure() -> Tensor:
        optimiser.zero_grad()
        u = network(at)
        slopes = torch.autograd.grad(u.sum(), at, create_graph=True)[0]
        residual = slopes[:, 1] + beta * slopes[:, 0]
        loss = residual.square().mean() + BEGINNING * (u[: len(x), 0] - begin).square().mean()
        loss.backward()
        return loss

    optimiser.step(closure)
