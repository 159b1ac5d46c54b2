"""The equations of a snapshot as a linear system A p = y in the parameters, cell by cell.

One frame says what a steady state obeys. Several frames of one run say how it changed: with the change
divided by the time between them on the other side, the equations hold at any age.
"""

from typing import Any, NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from lib.inputs import state_of, tensor_of
from lib.model import State
from lib.residual.lattice import Lattice, Taps, gaussian
from lib.residual.snapshot import Snapshot, fields_of


class System(NamedTuple):
    """Linear equations in (Du, Dv, F, k), with diffusion in cells² per time.

    Args:
        A: (batch, equations, 4, height, width); the equations are those of u and of v, for every pair of
            frames.
        y: (batch, equations, height, width).
        usable: cells where they can be evaluated.
        share: what noise of the images adds to AᵀA, relative to a single frame: 1/2 where two are averaged.
    """

    A: Float[Tensor, "batch equations 4 height width"]
    y: Float[Tensor, "batch equations height width"]
    usable: Bool[Tensor, "batch height width"]
    share: float = 1.0

    def smoothed(self, lattice: Lattice, width: float) -> "System":
        """The weak form: every equation integrated against a Gaussian around each cell, `width` cells wide.

        The products are formed before, so the filter itself biases nothing; cells whose window holds one that
        cannot be used are left out.
        """
        if not width:
            return self
        taps = gaussian(width)
        reach = len(taps) // 2
        inside = lattice.eroded(self.usable, [(i, 0) for i in range(-reach, reach + 1)])
        inside = lattice.eroded(inside, [(0, i) for i in range(-reach, reach + 1)])
        return self._replace(
            A=averaged(lattice, self.A, taps), y=averaged(lattice, self.y, taps), usable=inside
        )

    def remainder(self, p: Float[Tensor, "batch 4"]) -> Float[Tensor, "batch equations height width"]:
        """r = A p − y; a parameter that is NaN counts as 0."""
        return torch.einsum("bepij,bp->beij", self.A, p.nan_to_num(0)) - self.y


def averaged(lattice: Lattice, x: Tensor, taps: Taps) -> Tensor:
    """A field weighed with the taps along both axes."""

    def along(field: Tensor, axis: int) -> Tensor:
        terms = (float(t) * field.roll(i - len(taps) // 2, axis) for i, t in enumerate(taps))
        return sum(terms, torch.zeros_like(field))

    return lattice.within(lambda field: along(along(field, -2), -1), x)


def linear_system(
    state: Any, rate: Any = None, lattice: Lattice | None = None
) -> tuple[Float[Tensor, "batch 2 4 height width"], Float[Tensor, "batch 2 height width"]]:
    """A and y of r = A p − y: for both equations, the column of each parameter and the known rest.

    Args:
        state: fields (batch, height, width).
        rate: known ∂u/∂t and ∂v/∂t; zero by default.
        lattice: the Laplacian; the paper's by default.

    Raises:
        ValueError: for fields of no such shape, and a rate of another one.
    """
    u, v = fields_of("state", state_of(state))
    laplacian = (lattice or Lattice()).laplacian
    reaction, none = u * v * v, torch.zeros_like(u)
    y = torch.stack([reaction, -reaction], dim=1)
    if rate is not None:
        known = state_of(rate)
        if any(not fits(x.shape, u.shape) for x in known):
            raise ValueError(
                f"The rate has shapes {tuple(known.u.shape)} and {tuple(known.v.shape)} and the fields "
                f"{tuple(u.shape)}: all must show the same cells."
            )
        y = y + torch.stack([x.to(u).expand_as(u) for x in known], dim=1)
    in_u = torch.stack([laplacian(u), none, 1 - u, none], dim=1)
    in_v = torch.stack([none, laplacian(v), -v, -v], dim=1)
    return torch.stack([in_u, in_v], dim=1), y


def fits(shape: torch.Size, into: torch.Size) -> bool:
    """Whether numbers of one shape can be repeated into the other."""
    sides = zip(shape[::-1], into[::-1], strict=False)
    return len(shape) <= len(into) and all(side in (1, wanted) for side, wanted in sides)


def one_frame(snap: Snapshot, rate: State | None = None) -> System:
    """The equations of frames that stand each for themselves."""
    return System(*linear_system(snap.state, rate, snap.lattice), snap.usable)


def frames(snap: Snapshot, times: Float[Tensor, " frames"], scheme: str) -> System:
    """The equations of consecutive frames of one run: a system with a batch of one.

    Args:
        snap: its batch are the frames.
        times: of the frames.
        scheme: "forward": the right-hand side stands at the earlier frame, which is exact for explicit Euler
            with one step between them; "trapezoid": at both, averaged, with an error in the square of the
            time between.
    """
    A, y = linear_system(snap.state, None, snap.lattice)
    span = times.diff().to(A)[:, None, None, None]
    change = torch.stack([snap.u.diff(dim=0), snap.v.diff(dim=0)], dim=1) / span
    if scheme == "forward":
        A, y, share = A[:-1], y[:-1] + change, 1.0
    else:
        A, y, share = (A[1:] + A[:-1]) / 2, (y[1:] + y[:-1]) / 2 + change, 0.5
    return System(A.flatten(0, 1)[None], y.flatten(0, 1)[None], snap.usable.all(dim=0)[None], share)


def checked_times(times: Any, snap: Snapshot) -> Float[Tensor, " frames"]:
    """Times of frames as float64, if they are."""
    if str(getattr(times, "dtype", "")).startswith(("datetime", "timedelta")):
        raise ValueError(
            "The times are dates: say in which unit time counts, for seconds as "
            "times=(t - t[0]) / numpy.timedelta64(1, 's')."
        )
    found = tensor_of("times", times).detach().cpu().double().flatten()
    if len(found) != len(snap.u) or len(found) < 2:
        raise ValueError(
            f"There are {len(found)} times and {len(snap.u)} frames: frames of one run come as a stack "
            "(frame, height, width) of at least two, each with its time."
        )
    if not bool(found.isfinite().all()) or bool((found.diff() <= 0).any()):
        raise ValueError(
            f"The times {found.tolist()} do not rise from frame to frame: sort frames and times."
        )
    return found


def checked_rate(rate: Any, snap: Snapshot) -> State:
    """Known time derivatives, if they can be that."""
    if not isinstance(rate, tuple | list) or len(rate) != 2:
        raise ValueError("rate is a pair (∂u/∂t, ∂v/∂t), as State(du, dv): give both derivatives.")
    fields = []
    for name, x, field in zip("uv", rate, snap.state, strict=True):
        x = tensor_of(f"the rate of {name}", x).to(field)
        if (
            x.shape[-2:] != field.shape[-2:]
            or x.ndim not in (2, 3)
            or x.shape[:-2].numel() not in (1, len(field))
        ):
            raise ValueError(
                f"The rate of {name} has shape {tuple(x.shape)} and the images {tuple(field.shape)}: both "
                "must show the same cells."
            )
        x = x.expand_as(field)
        if bool((snap.seen & ~x.detach().isfinite()).any()):
            raise ValueError(
                f"The rate of {name} is not a finite number in some observed cells: leave them out with "
                "observed=…."
            )
        fields.append(torch.where(snap.seen, x, 0.0))
    return State(*fields)
