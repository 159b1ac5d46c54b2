"""A forward network beside the simulator: the same equations and start, error against processor time.

Giampaolo et al. (2022) solve Gray–Scott forward by a network of four layers of 20 tanh with Adam at 10⁻³,
for D = 2·10⁻⁵ and 10⁻⁵, F = 0.03, k = 0.06 and t ≤ 5,000 on a square of side 1, helped by a solver's values
at ten times. Our field is a torus; with cells of 1/100 these diffusions are 0.2 and 0.1. Both are judged
against the simulator on cells a quarter as wide with steps a sixteenth as long, while it knows the answer:
patterns that divide go their own way on every grid, so that after a while two fine grids differ, too.
"""

import time
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from lib.initial_states import initial_state
from lib.model import Params, State
from lib.running.kept import kept_result
from lib.running.threads import single_thread
from lib.simulate import simulate

#: Their parameters in cells of 1/100, the last moment, and how many moments are compared.
PARAMS, END, MOMENTS = Params(0.2, 0.1, 0.03, 0.06), 5000, 10

#: Grids of the simulator: how many times as many cells along a side as the field; the last one judges. The
#: time step goes with the square of the cell, but is never longer than 1.
FINENESS, JUDGE = (0.25, 0.5, 1, 2), 4

#: The judge counts as long as the next finer grid differs from it by less than this share of v.
TRUSTED = 0.1

#: Layers and their width, rate of Adam, points of each kind in a step, looks during a training.
DEPTH, WIDTH, RATE, POINTS, LOOKS = 4, 20, 1e-3, 1000, 10

Frames = Float[Tensor, "_ _ _ _"]  # moments, fields, height, width


class Course(NamedTuple):
    """Processor seconds and the relative error of v then; one point of each run for the simulator."""

    label: str
    seconds: list[float]
    errors: list[float]


class Comparison(NamedTuple):
    """Who is off by how much.

    Args:
        courses: the simulator's on its grids, then the network's without and with a solver's values. Errors
            are over the moments at which the judge counts; NaN where it counts at none.
        apart: how far the judge and the finest of the other grids are apart at each moment, a share of v.
    """

    courses: list[Course]
    apart: list[float]

    @property
    def counted(self) -> int:
        """At how many moments, from the first, the judge counts."""
        return trusted(self.apart)


def comparison(size: int, iterations: int, seed: int) -> Comparison:
    """The simulator on its grids, and the network without and with a solver's values; made or loaded.

    Args:
        size: cells along each side.
        iterations: steps of Adam.
        seed: of the initial state.
    """
    courses, apart = kept_result(compared, size, iterations, seed)
    return Comparison([Course(*course) for course in courses], apart)


def compared(size: int, iterations: int, seed: int) -> tuple[list[tuple], list[float]]:
    """`comparison`, computed."""
    with single_thread():
        start = initial_state(1, size=size, seed=seed)
        judge, seconds, grids = on_grid(frames(start, JUDGE), size), [], []
        for fineness in FINENESS:
            begin = time.process_time()
            found = frames(start, fineness)
            seconds.append(time.process_time() - begin)
            grids.append(on_grid(found, size))
        apart = [error(grids[-1][i : i + 1], judge[i : i + 1]) for i in range(MOMENTS)]
        truth = judge[: trusted(apart)]
        values = frames(start, 1)
        courses: list[tuple] = [
            ("simulator", seconds, [error(found, truth) for found in grids]),
            ("network", *zip(*trained(start, None, truth, iterations), strict=True)),
            ("network with a solver's values", *zip(*trained(start, values, truth, iterations), strict=True)),
        ]
        return courses, apart


def trusted(apart: Sequence[float]) -> int:
    """How many moments pass before two fine grids are further apart than `TRUSTED`."""
    return next((i for i, difference in enumerate(apart) if difference > TRUSTED), len(apart))


def frames(start: State, fineness: float) -> Frames:
    """u and v at equal distances in time up to `END`, from a start that is put on another grid."""
    dt = min(1.0, fineness**-2)
    Du, Dv, F, k = PARAMS
    params = Params(Du * fineness**2, Dv * fineness**2, F, k)
    begun = on_grid(torch.stack([start.u, start.v], dim=1), round(fineness * start.u.shape[-1]))
    state, seen = State(begun[:, 0].contiguous(), begun[:, 1].contiguous()), []
    for _ in range(MOMENTS):
        state = simulate(params, state, round(END / MOMENTS / dt), dt=dt, threads=1).state
        seen.append(torch.stack([state.u[0], state.v[0]]))
    return torch.stack(seen)


def on_grid(found: Frames, size: int) -> Frames:
    """Means over finer cells, or bilinear between coarser ones, around the torus."""
    have = found.shape[-1]
    if have >= size:
        return nn.functional.avg_pool2d(found, have // size)
    factor = size // have
    padded = nn.functional.pad(found, (1, 1, 1, 1), mode="circular")
    shown = nn.functional.interpolate(padded, scale_factor=factor, mode="bilinear", align_corners=False)
    return shown[..., factor:-factor, factor:-factor]


def error(found: Frames, truth: Frames) -> float:
    """Relative L² error of v over the truth's moments, which are the first, and all cells; NaN for none."""
    v = truth[:, 1]
    return float((found[: len(truth), 1] - v).norm() / v.norm())


class Forward(nn.Module):
    """(x, y, t) in units of the field and of `END` → u and v between 0 and 1; periodic in x and y."""

    def __init__(self) -> None:
        super().__init__()
        widths = [5] + [WIDTH] * DEPTH
        layers = [m for a, b in zip(widths, widths[1:], strict=False) for m in (nn.Linear(a, b), nn.Tanh())]
        self.layers = nn.Sequential(*layers, nn.Linear(WIDTH, 2), nn.Sigmoid())

    def forward(self, at: Float[Tensor, "points 3"]) -> Float[Tensor, "points 2"]:
        angle = 2 * torch.pi * at[:, :2]
        return self.layers(torch.cat([angle.sin(), angle.cos(), 2 * at[:, 2:] - 1], dim=1))


def trained(
    start: State, values: Frames | None, truth: Frames, iterations: int, seed: int = 0
) -> Iterator[tuple[float, float]]:
    """Train, and yield processor seconds and error on the way.

    Args:
        start: the initial state, (1, height, width).
        values: a solver's frames that are shown to it, or None.
        truth: only for the error.
        iterations: steps of Adam.
        seed: of weights and points.
    """
    size, look = start.u.shape[-1], max(1, iterations // LOOKS)
    known = torch.stack([start.u[0], start.v[0]])[None]
    spent, begin = 0.0, time.process_time()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = Forward()
        optimiser = torch.optim.Adam(network.parameters(), RATE)
        for step in range(1, iterations + 1):
            loss = residual(network, torch.rand(POINTS, 3), size) + missed(network, known, [0.0])
            if values is not None:
                loss = loss + missed(network, values, [(i + 1) / MOMENTS for i in range(MOMENTS)])
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            if step % look == 0:
                spent += time.process_time() - begin
                yield spent, error(shown(network, size), truth)
                begin = time.process_time()


def residual(network: nn.Module, at: Float[Tensor, "points 3"], size: int) -> Float[Tensor, ""]:
    """Mean square of what both equations leave, in units of F."""
    at = at.requires_grad_()
    u, v = network(at).unbind(1)
    Du, Dv, F, k = PARAMS
    reaction = u * v**2
    rates = (F * (1 - u) - reaction, reaction - (F + k) * v)
    parts = []
    for field, diffusion, rate in zip((u, v), (Du, Dv), rates, strict=True):
        first = torch.autograd.grad(field.sum(), at, create_graph=True)[0]
        second = [torch.autograd.grad(first[:, i].sum(), at, create_graph=True)[0][:, i] for i in (0, 1)]
        left = first[:, 2] / END - diffusion * (second[0] + second[1]) / size**2 - rate
        parts.append((left / F).square().mean())
    return parts[0] + parts[1]


def missed(network: Forward, known: Frames, moments: list[float]) -> Float[Tensor, ""]:
    """Mean square of what is missed of known fields, at some cells drawn anew each time."""
    size = known.shape[-1]
    frame, row, column = (torch.randint(n, (POINTS,)) for n in (len(moments), size, size))
    times = torch.tensor(moments)[frame]
    at = torch.stack([(column + 0.5) / size, (row + 0.5) / size, times], dim=1)
    return (network(at) - known[frame, :, row, column]).square().mean()


def shown(network: Forward, size: int) -> Frames:
    """What the network shows at the moments that are compared."""
    middle = (torch.arange(size) + 0.5) / size
    row, column = torch.meshgrid(middle, middle, indexing="ij")
    seen = []
    with torch.no_grad():
        for i in range(MOMENTS):
            now = torch.full_like(row, (i + 1) / MOMENTS)
            fields = network(torch.stack([column, row, now], dim=2).flatten(0, 1))
            seen.append(fields.T.reshape(2, size, size))
    return torch.stack(seen)
