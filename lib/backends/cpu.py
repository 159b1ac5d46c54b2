"""The compiled engine: thousands of steps per call in C (`cpu.c`), one simulation per core at a time.

The C file is compiled at first use for each grid width; `compiler.py` says how and where.
"""

from functools import cache

import torch

from lib.backends import Result, compiler
from lib.backends.cpu_adjoint import adjoint, adjoint_norms, differentiable_forward
from lib.backends.cpu_run import REALS, functions, march
from lib.model import Params, State

__all__ = ["adjoint", "adjoint_norms", "differentiable_forward", "forward", "supports"]


def forward(
    params: Params, state: State, steps: int, tol: float | None, dt: float, threads: int | None = None
) -> Result:
    """Run every simulation for `steps` steps, or until its change in one step falls below `tol`.

    Arguments are described in `lib.simulate.simulate`. The result does not depend on `threads`.
    """
    return march(params, state, steps, tol, dt, threads)


def supports(height: int, width: int, dtype: torch.dtype) -> str | None:
    """None if this engine can run such a grid, else the reason why it cannot, a sentence."""
    if dtype not in REALS:
        return f"The compiled CPU engine computes in float32 and float64, not in {dtype}."
    return missing(width, dtype)


@cache
def missing(width: int, dtype: torch.dtype) -> str | None:
    """Why there is no compiled code for this width, a sentence; None where there is.

    Tried once in a process: a compiler that fails would otherwise do so before every run.
    """
    try:
        functions(width, dtype)
    except compiler.CompilerError as error:
        return str(error)
    return None
