"""A snapshot: two images of u and v, and the cells where the model's equations can be evaluated."""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from lib.backends.ambient import at_home
from lib.images import Image, Numbers, bare, pair
from lib.model import State
from lib.residual.argument_checks import readable, yes_or_no
from lib.residual.lattice import Lattice, boundary_of


class Snapshot(NamedTuple):
    """Fields in float64 with the cells that can be used, all of shape (batch, height, width).

    Args:
        u, v: concentrations; zero where they were not observed.
        usable: cells whose whole stencil was observed, in both fields.
        precision: relative spacing of the numbers the fields came in (float32, say).
        seen: cells observed in both fields.
        lattice: the Laplacian, and how the images end.
        rounding: standard deviations of what storing u and v rounded away; 0 below float32's spacing.
    """

    u: Float[Tensor, "batch height width"]
    v: Float[Tensor, "batch height width"]
    usable: Bool[Tensor, "batch height width"]
    precision: float
    seen: Bool[Tensor, "batch height width"]
    lattice: Lattice
    rounding: tuple[float, float] = (0.0, 0.0)

    @property
    def state(self) -> State:
        """The two fields as a state of the model."""
        return State(self.u, self.v)

    def on(self, lattice: Lattice) -> "Snapshot":
        """The same images as another program would have made them."""
        return self._replace(lattice=lattice, usable=lattice.whole(self.seen))


@at_home
def snapshot(
    u: Image,
    v: Image | None = None,
    *,
    observed: Image | None = None,
    periodic: bool = True,
    boundary: str | None = None,
    stencil: str = "five-point",
) -> Snapshot:
    """Check two images and find the cells that can be used.

    Args:
        u, v: images of shape (height, width), or stacks (batch, height, width), as `lib.images`
            takes them; tensors keep their graph, so everything computed from a snapshot can be
            differentiated.
        observed: True where both fields were seen, of the images' shape or (height, width);
            everywhere by default. Anything may stand in the other cells, NaN included. What a masked
            array masks was not seen either.
        periodic: whether the left edge continues at the right edge, and the top at the bottom;
            without that, the outermost cells cannot be used.
        boundary: the same exactly: "periodic", "no-flux" (walls) or "open" (a piece of a larger picture).
        stencil: a Laplacian of `lib.residual.lattice`.

    Raises:
        ValueError: for shapes that do not match, a single cell, a mask that is none, or a number that is not
            finite in a seen cell.
    """
    fields = pair(readable("u", u), readable("v", v))
    refuse_single(fields[0].values)
    refuse_channels(fields[0].values)
    seen = seen_cells(observed, fields)
    stacks = [x.values.to(torch.float64) for x in fields]
    for name, x in zip(("u", "v"), stacks, strict=True):
        check_finite(name, x, seen)
    filled = [torch.where(seen, x, 0.0) for x in stacks]
    lattice = Lattice(stencil, boundary_of(periodic, boundary))
    return Snapshot(
        filled[0], filled[1], lattice.whole(seen), max(x.precision for x in fields), seen, lattice,
        (fields[0].rounding, fields[1].rounding),
    )  # fmt: skip


def fields_of(name: str, state: State) -> State:
    """Two fields (batch, height, width) of floating-point numbers, or a sentence."""
    readable(f"{name}", tuple(state))
    if state.u.ndim != 3 or state.u.shape != state.v.shape or 0 in state.u.shape:
        raise ValueError(
            f"The fields of the {name} have shapes {tuple(state.u.shape)} and {tuple(state.v.shape)}: both "
            "are (batch, height, width)."
        )
    if not all(x.is_floating_point() for x in state):
        raise ValueError(f"The {name} holds {state.u.dtype}: make both fields float32 or float64.")
    return state


def refuse_single(u: Tensor) -> None:
    """A sentence for a cell without neighbours; a single row of cells is a world of one dimension."""
    if u.shape[-2:].numel() == 1:
        raise ValueError("u and v have a single cell, and nothing diffuses in one: take a picture of many.")


def refuse_channels(u: Tensor) -> None:
    """A sentence for a grey picture saved in colour, its channels first."""
    if len(u) in (3, 4) and bool((u[0] == u[1]).all()) and bool((u[0] == u[2]).all()):
        raise ValueError(
            f"u has shape {tuple(u.shape)} and three equal images: a grey picture with its colour channels "
            "first. Give one of them, as u[0]."
        )


def seen_cells(observed: Image | None, fields: tuple[Numbers, Numbers]) -> Bool[Tensor, "batch height width"]:
    """The mask of observed cells, in the fields' shape."""
    seen = fields[0].seen & fields[1].seen
    if observed is None:
        return seen
    if not isinstance(observed, Tensor):
        observed = torch.as_tensor(bare(observed)[0].copy())
    mask = yes_or_no("observed", observed).to(seen.device)
    count = mask.shape[:-2].numel()
    if mask.shape[-2:] != seen.shape[-2:] or mask.ndim not in (2, 3) or count not in (1, len(seen)):
        raise ValueError(
            f"The mask of observed cells has shape {tuple(mask.shape)} and the images {tuple(seen.shape)}: "
            "give one mask for all images, or one each."
        )
    return seen & mask.expand_as(seen)


def check_finite(name: str, field: Tensor, seen: Tensor) -> None:
    """A sentence where an observed number is NaN or infinite."""
    broken = seen & ~field.detach().isfinite()
    if bool(broken.any()):
        where = tuple(int(i) for i in broken.nonzero()[0])
        raise ValueError(
            f"{name} is not a finite number in {int(broken.sum())} of its cells, the first at "
            f"(image, row, column) = {where}. Pass observed=~isnan(...) to leave such cells out."
        )
