"""The on-chip GPU engine: each simulation in the registers of one multiprocessor for all its steps.

`cuda.cu` says how. It takes float32 fields of 64 × 64 and 128 × 128 cells, and from Hopper on (sm_90) of
256 × 256, each on four multiprocessors; and any time step. Tensors on the CPU travel to the GPU and back.
"""

from functools import cache

import torch
from jaxtyping import Float, Int
from torch import Tensor

from lib.backends import Result
from lib.backends.adjoint import Gradient, differentiable
from lib.backends.compiler import CompilerError
from lib.backends.cuda_adjoint import OnGpu, brought, pull_back, room_for_states, taken_back
from lib.backends.cuda_compile import SIZES, layout
from lib.backends.cuda_device import Kernels, gpu
from lib.backends.cuda_run import march, memory_in_words
from lib.model import Params, State

__all__ = ["adjoint", "adjoint_norms", "differentiable_forward", "forward", "supports"]

#: Compute capability that the kernels' asynchronous copies and warp reductions need.
OLDEST = (8, 0)

#: … and clusters of blocks that read each other's shared memory.
OLDEST_WITH_CLUSTERS = (9, 0)


def forward(
    params: Params, state: State, steps: int, tol: float | None, dt: float, threads: int | None = None
) -> Result:
    """Run every simulation for `steps` steps, or until its change in one step falls below `tol`.

    Arguments are described in `lib.simulate.simulate`; `threads` means nothing here.
    """
    with memory_in_words(state):
        kernels = kernels_for(state)
        result = march(kernels, params, brought(state, kernels), steps, tol, dt)
        return Result(*(x.to(state.u.device) for x in result))


def differentiable_forward(
    params: Params, state: State, steps: int, tol: float | None, dt: float, threads: int | None = None
) -> Result:
    """A run whose u and v carry derivatives, as of `lib.backends.adjoint.differentiable`."""
    with memory_in_words(state):
        return differentiable(OnGpu(kernels_for(state)), params, state, steps, tol, dt)


def adjoint(
    params: Params,
    state: State,
    steps: Int[Tensor, " batch"],
    dt: float,
    grad_u: Float[Tensor, "batch height width"],
    grad_v: Float[Tensor, "batch height width"],
    threads: int | None = None,
) -> Gradient:
    """Gradient of a loss of the state after `steps` steps; arguments as in `cpu_adjoint.adjoint`."""
    with memory_in_words(state):
        kernels = kernels_for(state)
        grad = brought(State(grad_u, grad_v), kernels)
        counted, trail = steps.to(kernels.device), room_for_states(kernels, state, int(steps.max()))
        march(kernels, params, brought(state, kernels), counted, None, dt, trail)
        return taken_back(pull_back(kernels, params, trail, counted, dt, grad), state.u.device)


def adjoint_norms(
    params: Params,
    state: State,
    steps: Int[Tensor, " batch"],
    dt: float,
    grad_u: Float[Tensor, "batch height width"],
    grad_v: Float[Tensor, "batch height width"],
    every: int,
    threads: int | None = None,
) -> tuple[Int[Tensor, " times"], Float[Tensor, "batch times"]]:
    """Norm of the loss's gradient by the state after 0, every, 2 · every, … steps.

    Arguments and results as in `cpu_adjoint.adjoint_norms`; NaN after a simulation's last step.
    """
    with memory_in_words(state):
        kernels = kernels_for(state)
        grad = brought(State(grad_u, grad_v), kernels)
        counted, trail = steps.to(kernels.device), room_for_states(kernels, state, int(steps.max()))
        march(kernels, params, brought(state, kernels), counted, None, dt, trail)
        times = torch.arange(0, int(steps.max()) + 1, every, device="cpu")
        norms = torch.full((len(steps), len(times)), torch.nan, dtype=torch.float64, device=kernels.device)

        def record(n: int, some: slice, adjoints: Tensor) -> None:
            if n % every == 0:
                norm = adjoints.double().square().sum(dim=(1, 2, 3)).sqrt()
                norms[some, n // every] = torch.where(counted[some] >= n, norm, torch.nan)

        pull_back(kernels, params, trail, counted, dt, grad, record, every)
        return times, norms.to(state.u.device)


def kernels_for(state: State) -> Kernels:
    """The compiled kernels for these fields: on their GPU, or on the current one if they have none."""
    return gpu(state.u.shape[-1], gpu_of(state.u.device))


def gpu_of(device: torch.device) -> torch.device:
    """The GPU that computes what is on this device."""
    return device if device.type == "cuda" else torch.device("cuda", torch.cuda.current_device())


def supports(height: int, width: int, dtype: torch.dtype, device: torch.device) -> str | None:
    """None if this engine can run such a grid there, else the reason why it cannot, a sentence."""
    if device.type not in ("cpu", "cuda"):
        return f"The on-chip GPU engine takes tensors on a CPU or a CUDA GPU, and these are on {device}."
    if dtype != torch.float32:
        return f"The on-chip GPU engine computes in float32, not in {dtype}."
    if height != width or width not in SIZES:
        sizes = ", ".join(f"{size} × {size}" for size in SIZES)
        return f"The on-chip GPU engine takes grids of {sizes} cells, not {height} × {width}."
    if device.type == "cpu" and not torch.cuda.is_available():
        return "The on-chip GPU engine needs a CUDA GPU, and torch sees none here."
    device = gpu_of(device)
    capability = torch.cuda.get_device_capability(device)
    oldest = OLDEST if layout(width).parts == 1 else OLDEST_WITH_CLUSTERS
    if capability < oldest:
        return (
            f"The on-chip GPU engine needs compute capability {oldest[0]}.{oldest[1]} or newer for {width} × "
            f"{width} cells, and {torch.cuda.get_device_name(device)} has {capability[0]}.{capability[1]}."
        )
    return _loading_error(width, device)


@cache
def _loading_error(size: int, device: torch.device) -> str | None:
    """What went wrong with compiling or loading the kernels, tried once; None where nothing did."""
    try:
        gpu(size, device)
    except (CompilerError, RuntimeError) as error:
        return str(error)
    return None
