"""The compiled steps of a model: runs and their adjoints in C, one simulation per core at a time."""

import ctypes
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path
from threading import Event
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from lib.backends import CHECK_EVERY, compiler
from lib.backends.cpu_run import REALS, spread
from lib.models.generate import macros
from lib.models.problem import Ended, Grid
from lib.models.value import ReactionDiffusion

SOURCE = Path(__file__).parents[1] / "backends" / "reaction_diffusion.c"

#: Cell-steps in one call into C, about a tenth of a second: only between calls can Ctrl-C interrupt.
CALL_CELL_STEPS = 2**26


class Functions(NamedTuple):
    """The functions of the C file, which describes their arguments."""

    state_reals: Callable[[int], int]
    pack_state: Callable[..., None]
    unpack_state: Callable[..., None]
    advance: Callable[..., int]
    retreat: Callable[..., None]


@cache
def functions(model: ReactionDiffusion, width: int, dtype: torch.dtype, kind: tuple[str, int]) -> Functions:
    """The functions compiled for one model, width, type, boundary and stencil.

    Raises:
        CompilerError: if there is no compiler, or it fails.
    """
    name, size = REALS[dtype]
    settings = {"WIDTH": width, "REAL": name, "REAL_BYTES": size}
    boundary, stencil = kind
    settings |= {"NINE": int(stencil == 9), "NO_FLUX": int(boundary == "no-flux")}
    library = compiler.library(SOURCE, settings | macros(model))
    at, number, real = ctypes.c_void_p, ctypes.c_long, ctypes.c_double
    library.state_reals.argtypes = (number,)
    library.pack_state.argtypes = library.unpack_state.argtypes = (at, number, at)
    library.advance.argtypes = (at, at, number, at, number, number, real, at, at)
    library.retreat.argtypes = (at, at, at, number, at, number, at)
    library.state_reals.restype = library.advance.restype = number
    library.pack_state.restype = library.unpack_state.restype = library.retreat.restype = None
    return Functions(*(getattr(library, each) for each in Functions._fields))


@cache
def missing(model: ReactionDiffusion, width: int, dtype: torch.dtype, kind: tuple[str, int]) -> str | None:
    """Why there is no compiled code for this, a sentence; None where there is."""
    try:
        functions(model, width, dtype, kind)
    except compiler.CompilerError as error:
        return str(error)
    return None


def forward(
    model: ReactionDiffusion, params: Float[Tensor, "batch parameters"],
    fields: Float[Tensor, "batch fields height width"], steps: int, tol: float | None, grid: Grid,
    threads: int | None = None,
) -> Ended:  # fmt: skip
    """Run every simulation; arguments as in `lib.models.simulate.simulate`, checked."""
    batch, _, height, width = fields.shape
    own = functions(model, width, fields.dtype, grid.kind)
    end = fields.detach().contiguous().clone()
    numbers = coefficients(model, params, grid)
    taken = torch.zeros(batch, dtype=torch.int64, device="cpu")
    change = torch.full((batch,), math.nan, dtype=torch.float64, device="cpu")
    piece = max(1, CALL_CELL_STEPS // (height * width) // CHECK_EVERY) * CHECK_EVERY

    def run(i: int, cancelled: Event) -> None:
        state, scratch = torch.empty(2, own.state_reals(height), dtype=fields.dtype, device="cpu")
        last, finished, n = ctypes.c_double(math.nan), ctypes.c_int(), 0
        own.pack_state(end[i].data_ptr(), height, state.data_ptr())
        own.pack_state(end[i].data_ptr(), height, scratch.data_ptr())
        while n < steps and not finished.value and not cancelled.is_set():
            n += own.advance(
                state.data_ptr(), scratch.data_ptr(), height, numbers[i].data_ptr(), min(piece, steps - n),
                CHECK_EVERY, -1.0 if tol is None else tol, ctypes.byref(last), ctypes.byref(finished),
            )  # fmt: skip
        own.unpack_state(end[i].data_ptr(), height, state.data_ptr())
        taken[i], change[i] = n, last.value

    spread(run, range(batch), threads)
    return Ended(end, taken, change.to(fields.dtype))


def adjoint(
    model: ReactionDiffusion, params: Float[Tensor, "batch parameters"],
    fields: Float[Tensor, "batch fields height width"], steps: Int[Tensor, " batch"],
    grad: Float[Tensor, "batch fields height width"], grid: Grid, threads: int | None = None,
) -> tuple[Float[Tensor, "batch parameters"], Float[Tensor, "batch fields height width"]]:  # fmt: skip
    """Gradient of a loss by parameters and initial fields, back through every step.

    One state in √steps is kept in memory on the way forward; from each of them a run forward stores all
    those up to the next, and the adjoint takes these in reverse.

    Args:
        fields: the initial ones.
        steps: of each simulation.
        grad: derivatives of the loss by the final fields.
    """
    batch, _, height, width = fields.shape
    own = functions(model, width, fields.dtype, grid.kind)
    numbers, begin = coefficients(model, params, grid), fields.detach().contiguous()
    back = grad.detach().contiguous().clone()
    sums = torch.zeros(params.shape, dtype=torch.float64, device="cpu")

    def run(i: int, cancelled: Event) -> None:
        size, n = own.state_reals(height), int(steps[i])
        every = math.isqrt(max(n - 1, 0)) + 1
        kept = torch.empty(-(-n // every), size, dtype=fields.dtype, device="cpu")
        trail = torch.empty(every, size, dtype=fields.dtype, device="cpu")
        pulled, scratch = torch.empty(2, size, dtype=fields.dtype, device="cpu")
        ignored, done = ctypes.c_double(), ctypes.c_int()
        own.pack_state(back[i].data_ptr(), height, pulled.data_ptr())
        own.pack_state(back[i].data_ptr(), height, scratch.data_ptr())
        own.pack_state(begin[i].data_ptr(), height, trail[0].data_ptr())
        for k in range(1, len(kept)):
            kept[k - 1] = trail[0]
            own.pack_state(begin[i].data_ptr(), height, trail[-1].data_ptr())
            own.advance(
                trail[0].data_ptr(), trail[-1].data_ptr(), height, numbers[i].data_ptr(), every, every + 1,
                -1.0, ctypes.byref(ignored), ctypes.byref(done),
            )  # fmt: skip
        for k in reversed(range(len(kept))):
            if cancelled.is_set():
                return
            if k < len(kept) - 1:
                trail[0] = kept[k]
            own.retreat(
                trail.data_ptr(), pulled.data_ptr(), scratch.data_ptr(), height, numbers[i].data_ptr(),
                min(every, n - k * every), sums[i].data_ptr(),
            )  # fmt: skip
        own.unpack_state(back[i].data_ptr(), height, pulled.data_ptr())

    spread(run, range(batch), threads)
    return (sums * grid.dt).to(params.dtype), back


def coefficients(
    model: ReactionDiffusion, params: Float[Tensor, "batch parameters"], grid: Grid
) -> Float[Tensor, "batch numbers"]:
    """What a step needs of each simulation: dt, 1/dx², dt D/dx² of each field, the parameters; in float64."""
    own = params.detach().double()
    area = grid.dt / grid.dx**2
    spreading = [
        own[:, model.names.index(model.diffusion[f])] * area if f in model.diffusion else 0 * own[:, 0]
        for f in model.fields
    ]
    fixed = torch.tensor([grid.dt, 1 / grid.dx**2], dtype=torch.float64, device="cpu").expand(len(own), 2)
    return torch.cat([fixed, torch.stack(spreading, 1), own], 1).contiguous()
