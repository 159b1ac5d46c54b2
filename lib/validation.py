"""What a simulation may start from, checked before anything is computed."""

from typing import Any, NamedTuple

import torch
from torch import Tensor

from lib.backends import as_tensor
from lib.inputs import params_of, real, state_of, tensor_of, whole
from lib.model import Params, State

#: More steps than any of the engines can count.
TOO_MANY = 2**31


class Inputs(NamedTuple):
    """What `simulate` works with, checked.

    Args:
        params: tensors of shape (batch,) with the state's dtype and device, still attached to the graph of
            what came in.
        state, steps, tol, dt, threads: as for `simulate`, as tensors and numbers of Python's.
    """

    params: Params
    state: State
    steps: int
    tol: float | None
    dt: float
    threads: int | None


def check_inputs(params: Any, state: Any, steps: Any, tol: Any, dt: Any, threads: Any = None) -> Inputs:
    """Check everything `simulate` is given, and shape the parameters.

    Raises:
        ValueError: a sentence with the cause and the remedy.
    """
    params, state = params_of(params), state_of(state)
    check_state(state)
    steps = whole("steps", steps)
    if steps < 1:
        raise ValueError(f"Cannot take {steps} steps: ask for at least 1.")
    if steps >= TOO_MANY:
        raise ValueError(f"Cannot count {steps} steps: ask for fewer than {TOO_MANY}.")
    tol = None if tol is None else real("tol", tol)
    dt = real("The time step dt", dt)
    threads = None if threads is None else whole("threads", threads, 1)
    if tol is not None and not tol > 0:
        raise ValueError(
            f"tol is {tol}: it must be a positive change per step, or None for a fixed number of steps."
        )
    if not dt > 0:
        raise ValueError(f"The time step dt is {dt}: it must be positive and finite; the paper uses 1.")
    full = Params(
        *(per_sample(name, value, state) for name, value in zip(Params._fields, params, strict=True))
    )
    refuse_lost_step(dt, state.u.dtype)
    check_values(full, dt)
    return Inputs(full, state, steps, tol, dt, threads)


def refuse_lost_step(dt: float, dtype: torch.dtype) -> None:
    """A ValueError for a time step that engines round to nothing, each in its own way."""
    if dt < torch.finfo(dtype).tiny:
        raise ValueError(
            f"The time step dt is {dt:g}, below the normal numbers of {dtype}: no step could change a field. "
            f"Use dt ≥ {torch.finfo(dtype).tiny:.3g}, or a larger unit of time."
        )


def check_state(state: State) -> None:
    """Shapes, dtype, device and finiteness of the two fields."""
    u, v = state
    if u.ndim != 3 or u.shape != v.shape or 0 in u.shape:
        raise ValueError(
            f"The fields u and v have shapes {tuple(u.shape)} and {tuple(v.shape)}: "
            "both must be the same non-empty (batch, height, width). Add a batch axis with u[None]."
        )
    if u.dtype != v.dtype or u.dtype not in (torch.float32, torch.float64):
        raise ValueError(f"The fields are {u.dtype} and {v.dtype}: make both float32 or both float64.")
    if u.device != v.device:
        raise ValueError(f"u is on {u.device} and v on {v.device}: move both to the same device.")
    for name, field in (("u", u), ("v", v)):
        broken = ~field.detach().isfinite()
        if bool(broken.any()):
            where = tuple(int(i) for i in broken.nonzero()[0])
            raise ValueError(
                f"The field {name} is {field.detach()[where].item()} at (batch, row, column) = {where}: "
                "a run starts from finite numbers. Did an earlier run diverge? Look at its outcome."
            )


def per_sample(name: str, value: Any, state: State) -> Tensor:
    """One parameter as a tensor (batch,) of the state's dtype and device."""
    batch = state.u.shape[0]
    found = tensor_of(name, value)
    if isinstance(value, Tensor) and value.device != state.u.device and value.ndim:
        raise ValueError(
            f"{name} is on {value.device}, the fields on {state.u.device}: move both to one device."
        )
    tensor = found.to(device=state.u.device, dtype=state.u.dtype)
    if tensor.ndim > 1 or (tensor.ndim == 1 and tensor.shape[0] not in (1, batch)):
        raise ValueError(
            f"{name} has shape {tuple(tensor.shape)} and the batch has {batch} states: "
            f"give one number, or a tensor of shape ({batch},)."
        )
    return tensor.expand(batch)


def check_values(params: Params, dt: float) -> None:
    """Signs and sizes of the four parameters."""
    for name, value in zip(Params._fields, params, strict=True):
        numbers = as_tensor(value).detach()
        low, high = float(numbers.min()), float(numbers.max())
        if not numbers.isfinite().all():
            raise ValueError(f"{name} is not finite in every entry: give real numbers.")
        if name in ("Du", "Dv"):
            if low <= 0:
                raise ValueError(
                    f"{name} = {low:.6g}: a diffusion coefficient must be positive, or no solution is stable."
                )
            if high * dt > 0.25:
                raise ValueError(
                    f"{name}·dt = {high * dt:.6g} is above 1/4: explicit Euler with dx = 1 amplifies the "
                    f"shortest wave there, whatever the reaction does. Use dt ≤ {0.25 / high:.6g}."
                )
        elif low < 0:
            raise ValueError(f"{name} = {low:.6g}: feed and kill rates cannot be negative.")
