"""The joint loss and its slopes, derived by hand: a training asks for them thousands of times.

The formulas are those of `lib.studies.pinn.network`, and automatic differentiation of these says what is
right. It takes half as long again: it looks after dozens of small fields and makes each anew, where this
keeps one row for each neuron, in memory that is used again.
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn

from lib.model import laplacian
from lib.studies.pinn.network import REACTION, UNIT, Network
from lib.studies.pinn.observation import Observation

#: u and v, in this order, at every time of a network.
Fields = Float[Tensor, "2 times height width"]


class Part(NamedTuple):
    """A part of the loss with its slopes.

    Args:
        value: the loss.
        fields: its slope in every cell of the network's output.
        params: its slopes in Du, Dv, F and k.
    """

    value: float
    fields: Fields
    params: tuple[float, ...] = (0.0, 0.0, 0.0, 0.0)


class Joint:
    """Data loss + weight · residual loss of one network, evaluated again and again while its weights change.

    Args:
        network: whose weights and parameters move between two evaluations, in place.
        seen: the observations.
        weight: of the residual loss.
        relative: whether the residual is measured in units of the reaction (`relative_losses`).
    """

    def __init__(self, network: Network, seen: Observation, weight: float, *, relative: bool = False) -> None:
        self.network, self.weight, self.relative = network, weight, relative
        self.waves, self.times = network.waves.T, network.times[:, 0].tolist()
        self.spread = network.spread[:, None]
        self.seen = torch.stack([seen.sees_u, seen.sees_v])
        # Anything may stand where nothing was seen, NaN included.
        self.measured = torch.where(self.seen, torch.stack([seen.u, seen.v]), 0.0)
        count = self.seen.flatten(1).sum(1).clamp(min=1)
        self.scale = (1 / (count * network.spread.square()))[:, None, None, None]
        self.fields = torch.empty(2, len(self.times), network.size, network.size)
        width, cells = linear(network)[0].out_features, network.size**2
        empty = [[torch.empty(width, cells) for _ in network.layers] for _ in self.times]
        self.bent, self.slopes = empty, [[torch.empty_like(x) for x in each] for each in empty]
        self.first, self.back, self.gathered = (torch.empty(width, cells) for _ in range(3))

    @torch.no_grad()
    def evaluate(self) -> float:
        """The joint loss; its slopes are left in the `grad` of every weight and of the parameters."""
        self.forward()
        data, physics = self.data(), self.physics()
        self.backward(data.fields.add_(physics.fields, alpha=self.weight))
        scale = self.weight * UNIT
        self.network.p.grad = torch.tensor([scale * x for x in physics.params])
        return data.value + self.weight * physics.value

    def forward(self) -> None:
        """Fill `fields`, and for every time each layer's activations and their derivatives."""
        network = self.network
        first, *rest = linear(network)
        torch.addmm(first.bias[:, None], first.weight, self.waves, out=self.first)
        for i, time in enumerate(self.times):
            bent, slopes = self.bent[i], self.slopes[i]
            torch.add(self.first, network.in_time.weight, alpha=time, out=slopes[0])
            self.bend(bent[0], slopes[0])
            for n, layer in enumerate(rest, start=1):
                torch.addmm(layer.bias[:, None], layer.weight, bent[n - 1], out=slopes[n])
                self.bend(bent[n], slopes[n])
            shown = torch.addmm(network.out.bias[:, None], network.out.weight, bent[-1])
            self.fields[:, i] = (
                shown.mul_(self.spread).add_(network.centre[:, None]).view_as(self.fields[:, i])
            )

    def bend(self, bent: Tensor, slope: Tensor) -> None:
        """The activation of what stands in `slope`, which its derivative replaces."""
        if self.network.activation == "tanh":
            torch.tanh(slope, out=bent)
            torch.mul(bent, bent, out=slope)
            slope.neg_().add_(1.0)
        else:
            torch.sin(slope, out=bent)
            slope.cos_()

    def backward(self, slope: Fields) -> None:
        """Slopes in the weights from those in the fields; takes the derivatives that `forward` has left."""
        network = self.network
        first, *rest = linear(network)
        for layer in (first, *rest, network.out):
            for weight in layer.parameters():
                weight.grad = torch.zeros_like(weight)
        self.gathered.zero_()
        in_time = torch.zeros_like(network.in_time.weight)
        for i, time in enumerate(self.times):
            bent, slopes = self.bent[i], self.slopes[i]
            at = slope[:, i].reshape(2, -1) * self.spread
            add(network.out, at, bent[-1])
            into = network.out.weight
            for n in range(len(rest), 0, -1):
                at = torch.mm(into.T, at, out=self.back).mul_(slopes[n])
                add(rest[n - 1], at, bent[n - 1])
                into, at = rest[n - 1].weight, slopes[n].copy_(at)
            at = torch.mm(into.T, at, out=self.back).mul_(slopes[0])
            in_time.add_(at.sum(1, keepdim=True), alpha=time)
            self.gathered.add_(at)
        network.in_time.weight.grad = in_time
        add(first, self.gathered, self.waves)

    def data(self) -> Part:
        """The data loss: square misfit over what is seen, each field in units of its spread."""
        shown = self.fields if len(self.times) == 1 else self.fields[:, ::2]
        off = torch.where(self.seen, shown - self.measured, 0.0)
        scaled = off * self.scale
        slope = torch.zeros_like(self.fields)
        (slope if len(self.times) == 1 else slope[:, ::2]).add_(scaled, alpha=2.0)
        return Part(float((off * scaled).sum()), slope)

    def physics(self) -> Part:
        """The residual loss: of a steady frame, or of every frame with its successor."""
        Du, Dv, F, k = (self.network.p * UNIT).tolist()
        steady = len(self.times) == 1
        now = self.fields if steady else self.fields[:, ::2]
        u, v = now
        spread_out = diffused(now)
        reaction = u * v * v
        r_u = Du * spread_out[0] - reaction + F * (1 - u)
        r_v = Dv * spread_out[1] + reaction - (F + k) * v
        r = torch.stack([r_u, r_v])
        if not steady:
            r -= self.fields[:, 1::2] - now
        value = float(r.square().sum()) / u.numel()
        r *= 2 / u.numel()
        slope = diffused(r)
        slope[0].mul_(Du).add_(r[0], alpha=-F)
        slope[1].mul_(Dv).add_(r[1], alpha=-(F + k))
        swap = r[1] - r[0]
        slope[0].add_(v * v * swap)
        slope[1].add_(2 * (u * v * swap))
        of_u, of_v = ((r * spread_out).flatten(1).sum(1)).tolist()
        fed, killed = float((r[0] * (1 - u)).sum()), -float((r[1] * v).sum())
        params = (of_u, of_v, fed + killed, killed)
        fields = slope if steady else torch.stack([slope + r, -r], dim=2).flatten(1, 2)
        return (
            self.in_units_of_the_reaction(value, fields, params)
            if self.relative
            else Part(value, fields, params)
        )

    def in_units_of_the_reaction(self, value: float, slope: Fields, params: tuple[float, ...]) -> Part:
        """The residual over the mean square of u v², with the slopes that this divisor adds."""
        u, v = self.fields
        square = v * v
        reaction = u * square
        size = float(reaction.square().mean())
        by = REACTION / size
        pull = reaction * (-2 * value * by / (size * u.numel()))
        fields = slope * by
        fields[0].add_(pull * square)
        fields[1].add_(2 * (pull * u * v))
        return Part(value * by, fields, tuple(by * x for x in params))


def diffused(fields: Fields) -> Fields:
    """The Laplacian of every field at every time."""
    return laplacian(fields.flatten(0, 1)).view_as(fields)


def linear(network: Network) -> list[nn.Linear]:
    """The hidden layers."""
    return [layer for layer in network.layers if isinstance(layer, nn.Linear)]


def add(layer: nn.Linear, at: Float[Tensor, "outputs cells"], entered: Float[Tensor, "inputs cells"]) -> None:
    """Add to the slopes of a layer's weights and offsets, from those in what leaves it and what entered."""
    assert layer.weight.grad is not None
    layer.weight.grad.addmm_(at, entered.T)
    if layer.bias is not None:
        assert layer.bias.grad is not None
        layer.bias.grad.add_(at.sum(1))
