"""Short runs that ask of every kernel what it can do, on emulated warps that go first or last.

Some simulations change in one block only, so that the others have to be told; some end early, at an odd
and at an even step, in a step that is not finite, or by coming back to where they began; some go back fewer
steps than others.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor

from lib.backends import CHECK_EVERY, cuda, cuda_run
from lib.initial_states import initial_state
from lib.model import Params, State
from lib.paper import TRUTH
from tests.backends.emulated import Emulated
from tests.backends.test_adjoint import gradients

#: A cell of v fades within steps, and nothing spreads.
FADING = Params(1e-9, 1e-9, 0.3, 0.3)

#: Cells in the first and in the last block that `watch` looks at, and one in the last that it does not.
FIRST, LAST, UNWATCHED = (1, 0), (-15, 0), (-1, -1)

#: Kinds of the tensors that are noted: progress and the number of steps, and sums.
NOTED = (torch.int32, torch.float64)


class Noted(Emulated):
    """… and what every launch has left of progress and sums: a detour to the right fields is a fault too."""

    def __init__(self, *given, **named) -> None:
        super().__init__(*given, **named)
        self.left: list[Tensor] = []

    def launch(self, name: str, simulations: int, *arguments: Tensor | float) -> None:
        super().launch(name, simulations, *arguments)
        self.left += [x.clone() for x in arguments if isinstance(x, Tensor) and x.dtype in NOTED]


def outcomes(
    size: int, folder: Path | None = None, order: int = 0, shared: dict[str, int] | None = None
) -> Iterator[list[Tensor]]:
    """Tensors of one run after the other.

    Args:
        size: cells along each side of the grid.
        folder, shared: as `Emulated` takes them.
        order: which warps go first, as its schedule.
    """
    for run, chunk, check_every in (
        (ordinary, 2, CHECK_EVERY),
        (gradient, 2, CHECK_EVERY),
        (watched, 4, CHECK_EVERY),
        (unwatched, 4, 2),
        (norms, 2, CHECK_EVERY),
    ):
        # Several launches, and several looks in one: whether all is finite, and back where it began.
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cuda_run, "CHUNK", chunk)
            patch.setattr(cuda_run, "CHECK_EVERY", check_every)
            kernels = Noted(size, schedule=order, folder=folder, shared=shared)
            patch.setattr(cuda, "kernels_for", lambda state, kernels=kernels: kernels)
            yield [*run(size), *kernels.left]


def ordinary(size: int) -> Iterator[Tensor]:
    """With and without tol, which is never met."""
    for tol in (None, 1e-9):
        yield from cuda.forward(each(TRUTH, 2), patches(size), steps(size), tol, 1.0)


def gradient(size: int) -> list[Tensor]:
    """Of as many steps."""
    return gradients(cuda.differentiable_forward, TRUTH, patches(size), steps(size))


def watched(size: int) -> Iterator[Tensor]:
    """Until a tolerance is met, whether or not a watched cell moves, or to a step that is not finite."""
    state = spots(size, {FIRST: 0.2, LAST: 0.25, UNWATCHED: 0.3}, LAST)
    yield from cuda.forward(each(FADING, 4), state, 20, 1e-2, 1.0)


def unwatched(size: int) -> Iterator[Tensor]:
    """The same without one. The second has u = ½ and F = 2: it comes and goes, and is skipped."""
    params, state = each(FADING, 3), spots(size, {LAST: 0.2, FIRST: 0.0}, LAST)
    params.F[1], state.u[1] = 2.0, 0.5
    yield from cuda.forward(params, state, 9, None, 1.0)


def norms(size: int) -> tuple[Tensor, Tensor]:
    """Of adjoints that go back in pieces, each another number of steps; more than run side by side."""
    state = initial_state(3, size=size, patch=20)
    return cuda.adjoint_norms(each(TRUTH, 3), state, torch.tensor([3, 1, 2]), 1.0, *state, every=2)


def each(params: Params, batch: int) -> Params:
    """The same for every simulation."""
    return Params(*(torch.full((batch,), float(p)) for p in params))


def steps(size: int) -> int:
    """An odd and an even number of them."""
    return 9 if size == 64 else 4


def patches(size: int) -> State:
    """What changes most lies in the first warp's rows of one, and in the last one's of the other."""
    one = initial_state(1, size=size, patch=20)
    return State(*(torch.cat([x.roll(-size // 4, 1), x.roll(size // 4, 1)]) for x in one))


def spots(size: int, values: dict[tuple[int, int], float], wild: tuple[int, int]) -> State:
    """A single cell of v in each, place → value, and in one more so large that it is soon not finite."""
    cells = [*values.items(), (wild, 50.0)]
    u, v = torch.ones(len(cells), size, size), torch.zeros(len(cells), size, size)
    for i, ((row, column), value) in enumerate(cells):
        v[i, row, column] = value
    return State(u, v)
