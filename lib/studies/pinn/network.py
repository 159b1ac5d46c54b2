"""A physics-informed network for one steady frame, or a few: coordinates in, u and v out.

The paper's set-up (Section 6.2): a network (t, x, y) → (u, v) is fitted to the observations while the
residual of its output is made small, in the network's weights θ and in the parameters p at once:

    L(θ, p) = L_data(θ) + weight · L_residual(θ, p).

For a steady state all times are one constant. The residual uses the model's own discrete Laplacian
on the network's output, so the network is held to the same equations that made the data.
"""

import math
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from lib import draws, residual
from lib.coordinates import START
from lib.inputs import whole
from lib.model import Params, State
from lib.running.torch_settings import usual_settings
from lib.studies.pinn.observation import Observation

#: Parameters are trained in units of this, so that a step moves them and the weights alike.
UNIT = 0.1


#: Mean square of u v² in a developed pattern; keeps the two forms of the residual loss on one scale.
REACTION = 3e-4


class Architecture(NamedTuple):
    """A network's shape.

    Args:
        activation: "tanh", or "siren" for sines throughout (Sitzmann et al., 2020, arXiv 2006.09661).
        waves: how many plane waves the coordinates are turned into; twice as many inputs.
        reach: highest wave number of these, in periods across the field.
        width, depth: hidden layers.
    """

    activation: str = "siren"
    waves: int = 96
    reach: int = 14
    width: int = 48
    depth: int = 2


def architecture_for(size: int, activation: str = "siren") -> Architecture:
    """The network for a grid: it resolves waves as short as nine cells on each, and has as many as it needs.

    Raises:
        ValueError: for a grid that none was made for.
    """
    shapes = {128: Architecture(), 64: Architecture(waves=48, reach=7), 32: Architecture(waves=24, reach=6)}
    if size not in shapes:
        raise ValueError(
            f"There is no network for {size} cells along a side: choose one of "
            f"{', '.join(map(str, shapes))}, or name its architecture."
        )
    return shapes[size]._replace(activation=activation)


class Losses(NamedTuple):
    """The two parts of the loss; the total is their sum, weighted."""

    data: Float[Tensor, ""]
    residual: Float[Tensor, ""]


class Network(nn.Module):
    """Periodic in space by construction: it sees coordinates only through whole plane waves.

    Args:
        size: cells along each side.
        times: where in time the network is evaluated; one constant for a steady frame.
        architecture: its shape; `Architecture()` by default.
        start: parameters at the start.
        seed: of the waves and the weights.
    """

    waves: Tensor
    times: Tensor
    centre: Tensor
    spread: Tensor

    def __init__(
        self, size: int, times: tuple[float, ...] = (0.0,), architecture: Architecture | None = None,
        start: Params = START, seed: int = 0,
    ):  # fmt: skip
        super().__init__()
        architecture = architecture or Architecture()
        if architecture.activation not in ("tanh", "siren"):
            raise ValueError(f"There is no activation {architecture.activation!r}: choose 'tanh' or 'siren'.")
        size = whole("the side of the grid, which is square,", size, 1)
        generator = draws.generator(seed)
        self.size, self.activation = size, architecture.activation
        with usual_settings():
            self.lay_out(architecture, times, start, generator)

    def lay_out(
        self, architecture: Architecture, times: tuple[float, ...], start: Params, generator: torch.Generator
    ) -> None:
        """Make all layers and draw their weights, in single precision."""
        size = self.size
        self.register_buffer("waves", plane_waves(size, architecture.waves, architecture.reach, generator))
        self.register_buffer("times", torch.tensor(times)[:, None])
        # Typical values, so that an untrained network is of the right size: u in (0, 1), v in (0, 0.4).
        self.register_buffer("centre", torch.tensor([0.7, 0.1]))
        self.register_buffer("spread", torch.tensor([0.2, 0.1]))
        widths = [self.waves.shape[1]] + [architecture.width] * architecture.depth
        self.layers = nn.ModuleList(nn.Linear(a, b) for a, b in zip(widths, widths[1:], strict=False))
        self.in_time = nn.Linear(1, architecture.width, bias=False)
        self.out = nn.Linear(architecture.width, 2)
        self.p = nn.Parameter(torch.tensor([float(x) for x in start]) / UNIT)
        self.draw_weights(generator)

    @property
    def params(self) -> Params:
        """The four parameters as tensors of shape (1,), attached to the graph."""
        return Params(*(self.p * UNIT).split(1))

    def weights(self) -> list[nn.Parameter]:
        """θ: everything that is trained, without the four parameters."""
        return [w for name, w in self.named_parameters() if name != "p"]

    def forward(self) -> State:
        """u and v at every time, each (times, size, size)."""
        act = torch.tanh if self.activation == "tanh" else torch.sin
        first, *rest = self.layers
        h = act(first(self.waves) + self.in_time(self.times)[:, None])
        for layer in rest:
            h = act(layer(h))
        fields = self.centre + self.spread * self.out(h)
        return State(*fields.reshape(-1, self.size, self.size, 2).unbind(-1))

    def draw_weights(self, generator: torch.Generator) -> None:
        """Uniform weights: ±√(6/n) for sines, as their authors propose, ±√(3/n) for tanh and the output."""
        with torch.no_grad():
            for layer in [*self.layers, self.in_time, self.out]:
                assert isinstance(layer, nn.Linear)
                wide = self.activation == "siren" and layer is not self.out
                bound = math.sqrt((6 if wide else 3) / layer.in_features)
                layer.weight.uniform_(-bound, bound, generator=generator)
                if layer.bias is not None:
                    layer.bias.uniform_(-1, 1, generator=generator)


def losses(network: Network, seen: Observation, output: State | None = None) -> Losses:
    """Both losses of a network.

    Data: square misfit over what is seen, each field in units of its spread in patterns.
    Residual: of every frame with its successor where the network has several (pairs of times t, t + 1
    in a row); of the frame itself, held steady, where it has one.
    """
    u, v = output or network()
    if len(network.times) == 1:
        shown, physics = State(u, v), residual.loss(network.params, State(u, v))
    else:
        now, after = State(u[::2], v[::2]), State(u[1::2], v[1::2])
        rate = State(after.u - now.u, after.v - now.v)
        shown, physics = now, residual.loss(network.params, now, rate=rate)
    spread_u, spread_v = network.spread.unbind()
    data = (
        misfit(shown.u, seen.u, seen.sees_u) / spread_u**2
        + misfit(shown.v, seen.v, seen.sees_v) / spread_v**2
    )
    return Losses(data, physics)


def relative_losses(network: Network, seen: Observation, output: State | None = None) -> Losses:
    """The same with the residual in units of the reaction u v² of the output itself.

    At p = 0 and u = 0 the plain residual vanishes whatever v is: with u unseen, that meaningless
    point is a global minimum. Divided by the reaction it is none. For given weights the loss is
    still a paraboloid in the parameters, with its minimum at the same place.
    """
    output = output or network()
    plain = losses(network, seen, output)
    reaction = output.u * output.v**2
    return Losses(plain.data, plain.residual / reaction.square().mean() * REACTION)


def misfit(x: Tensor, measured: Tensor, seen: Tensor) -> Float[Tensor, ""]:
    """Mean square difference over the seen cells; zero where none is."""
    return torch.where(seen, x - measured, 0.0).square().sum() / seen.sum().clamp(min=1)


def plane_waves(
    size: int, count: int, reach: int, generator: torch.Generator
) -> Float[Tensor, "cells features"]:
    """sin and cos of plane waves with whole periods, (size², 2·count), drawn evenly from a disc.

    Args:
        size: cells along each side.
        count: waves; at most as many as the disc holds.
        reach: radius of the disc, in periods across the field.
    """
    numbers = torch.cartesian_prod(torch.arange(-reach, reach + 1), torch.arange(reach + 1))
    inside = numbers.square().sum(1) <= reach**2
    # A wave and its opposite are the same wave: keep one half of the plane, without the origin.
    half = (numbers[:, 1] > 0) | (numbers[:, 0] > 0)
    choice = numbers[inside & half]
    drawn = choice[torch.randperm(len(choice), generator=generator)[:count]].float()
    cells = torch.cartesian_prod(torch.arange(size), torch.arange(size)).float()
    phase = 2 * torch.pi / size * cells @ drawn.T
    return torch.cat([phase.sin(), phase.cos()], dim=1)
