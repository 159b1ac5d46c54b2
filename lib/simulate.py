"""simulate(): many steps of many simulations, on the best engine for the tensors it is given."""

import warnings
from collections.abc import Callable
from enum import IntEnum
from functools import cache
from types import ModuleType
from typing import Any, NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from lib.backends import Result, SlowEngine, as_tensor, cpu, cuda, eager, offload, transforms
from lib.inputs import params_of, state_of
from lib.model import Params, State
from lib.validation import check_inputs

#: Below this spread of v over the cells a living state is called uniform. Patterns have spreads of
#: 0.1 and more, settled homogeneous states of round-off.
UNIFORM_SPREAD = 1e-3


#: Above this change in a single step the time step no longer resolves the motion. Reaction rates stay
#: below uv² ≈ 0.06 per unit time; explicit Euler's own two-step oscillation reaches 0.25 … 1.5.
FLICKER = 0.1


class Outcome(IntEnum):
    """How a run ended."""

    TRIVIAL = 0
    """v has died out, or is certain to."""
    UNIFORM = 1
    """v lives and is the same everywhere."""
    PATTERN = 2
    """v lives and differs from place to place."""
    DIVERGED = 3
    """The run left the finite numbers; its fields are NaN throughout."""
    FLICKERING = 4
    """Cells still jump by more than 0.1 from step to step: an artefact of the time step."""


class Run(NamedTuple):
    """The end of a batch of simulations.

    Args:
        u, v: final fields, (batch, height, width); `NaN` throughout where a run diverged.
        steps: steps really taken before the result could no longer change, or `tol` was met, (batch,).
        change: max(|Δu|, |Δv|) over the cells in the last step, (batch,).
        outcome: `Outcome` of each run, (batch,), as int64.
        engine: which one computed it: "eager", "cpu" or "cuda".
    """

    u: Float[Tensor, "batch height width"]
    v: Float[Tensor, "batch height width"]
    steps: Int[Tensor, " batch"]
    change: Float[Tensor, " batch"]
    outcome: Int[Tensor, " batch"]
    engine: str = ""

    @property
    def state(self) -> State:
        """The final fields, as a state to go on from."""
        return State(self.u, self.v)


def simulate(
    params: Any,
    state: Any,
    steps: Any,
    *,
    tol: Any = None,
    dt: Any = 1.0,
    backend: str = "auto",
    threads: Any = None,
) -> Run:
    """Step the Gray-Scott model forward (paper, Section 2.1).

    Args:
        params: `Params`, or a dict of the same names: four numbers or tensors, each a scalar or of shape
            (batch,). A scalar-parameter run takes one set for the whole batch.
        state: where to start, `State` or a pair: float32 or float64 fields of shape (batch, height, width);
            NumPy's arrays become tensors.
        steps: how many steps to take, a whole number of at least 1; at most, where `tol` is given.
        tol: stop each simulation after the first step in which max(|Δu|, |Δv|) < tol
            (5e-5 in the paper's training, 1e-4 for its targets).
        dt: time step; 1 in the paper.
        backend: "auto", or one of "eager", "cpu" and "cuda" by name.
        threads: cores to spread the batch over (cpu engine only); all by default. The result does
            not depend on it.

    Returns:
        A `Run`. A diverged simulation is an outcome, not an error.

    Raises:
        ValueError: for input that no run can start from, or an engine that cannot take it.
        NotImplementedError: for derivatives other than `backward`'s, of any engine but the eager one.
    """
    params, state = params_of(params), state_of(state)
    transforms.refuse((params, state), backend)
    params, state, steps, tol, dt, threads = check_inputs(params, state, steps, tol, dt, threads)
    result = engine_for(params, state, backend)(params, state, steps, tol, dt, threads)
    engine = choose_engine(backend, state)
    return finish(params, result)._replace(engine=engine.__name__.rpartition(".")[2])


def engine_for(params: Params, state: State, backend: str) -> Callable[..., Result]:
    """The forward run of the engine for these fields; with derivatives where anyone will ask for them."""
    engine = choose_engine(backend, state)
    if needs_gradient(params, state):
        return differentiable(engine)
    return torch.no_grad()(engine.forward)


def choose_engine(backend: str, state: State) -> ModuleType:
    """The fastest engine for these fields, or the named one."""
    if backend not in ("auto", "eager", "cpu", "cuda"):
        raise ValueError(f"There is no engine {backend!r}: choose one of auto, eager, cpu, cuda.")
    if backend == "eager":
        return eager
    if backend == "auto" and offload.takes(state):
        return cuda
    engine = cuda if backend == "cuda" or (backend == "auto" and on_gpu(state)) else cpu
    reason = refusal(engine, state)
    if reason is None:
        return engine
    if backend != "auto":
        raise ValueError(f"The {backend} engine cannot take these fields: {reason} Use backend='auto'.")
    say_once(f"{reason} The eager engine runs these fields instead, many times slower.")
    return eager


def on_gpu(state: State) -> bool:
    """Whether the fields are on an NVIDIA GPU."""
    return state.u.device.type == "cuda"


def refusal(engine: ModuleType, state: State) -> str | None:
    """Why a compiled engine cannot run these fields, a sentence; None where it can."""
    height, width = state.u.shape[-2:]
    if engine is cuda:
        return cuda.supports(height, width, state.u.dtype, state.u.device)
    if state.u.device.type != "cpu":
        return f"It runs on CPU tensors, and these are on {state.u.device}."
    return cpu.supports(height, width, state.u.dtype)


@cache
def say_once(sentence: str) -> None:
    """A warning, the first time."""
    warnings.warn(sentence, SlowEngine, stacklevel=2)


def needs_gradient(params: Params, state: State) -> bool:
    """Whether anyone will ask for a derivative of this run."""
    return torch.is_grad_enabled() and any(as_tensor(t).requires_grad for t in (*params, *state))


def differentiable(engine: ModuleType) -> Callable[..., Result]:
    """The engine's forward run with derivatives attached: autograd's own tape for the eager one."""
    return eager.forward if engine is eager else engine.differentiable_forward


def finish(params: Params, result: Result) -> Run:
    """Fill diverged fields with NaN (it reaches every cell within a few hundred steps) and classify."""
    finite = lasting(result)
    mask = finite[:, None, None]
    # Added, because a choice between field and NaN would hide from the loss's derivative that a run is lost.
    # The zero is −0.0, which changes no bit.
    u, v = (field + torch.where(mask, -0.0, torch.nan).to(field.dtype) for field in (result.u, result.v))
    change = torch.where(finite, result.change, torch.nan)
    return Run(u, v, result.steps, change, classify(params, State(u, v), change.detach()))


def lasting(result: Result) -> Bool[Tensor, " batch"]:
    """Which runs are still finite numbers throughout, (batch,)."""
    finite = result.u.isfinite().all(dim=(1, 2)) & result.v.isfinite().all(dim=(1, 2))
    return finite & result.change.isfinite()  # which overflows up to a step before the fields do


def classify(params: Params, state: State, change: Float[Tensor, " batch"]) -> Int[Tensor, " batch"]:
    """The `Outcome` of each state, (batch,), given its change in the last step.

    Where max v · max(1, max u) < F + k, v shrinks at every cell in every later step, whatever
    diffusion does: v' ≤ max v · (1 + max v · max u − F − k), and u cannot rise above max(1, max u).
    That is a proof of extinction, not a threshold.
    """
    u, v = (field.detach() for field in state)
    top_u, top_v, low_v = u.amax(dim=(1, 2)), v.amax(dim=(1, 2)), v.amin(dim=(1, 2))
    outcome = torch.full_like(top_v, Outcome.PATTERN, dtype=torch.int64)
    outcome[top_v - low_v < UNIFORM_SPREAD] = Outcome.UNIFORM
    dying = top_v * top_u.clamp(min=1) < as_tensor(params.F + params.k).detach()
    outcome[dying] = Outcome.TRIVIAL
    outcome[change > FLICKER] = Outcome.FLICKERING
    outcome[~(top_u.isfinite() & top_v.isfinite())] = Outcome.DIVERGED
    return outcome
