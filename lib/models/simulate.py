"""simulate(): many steps of many simulations of any model, differentiable through every one of them."""

from collections.abc import Mapping
from typing import Any, NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from lib.backends.transforms import only_once, refuse
from lib.inputs import real, shown, tensor_of, whole
from lib.models import compiled, eager
from lib.models.names import fields_of
from lib.models.problem import Ended, Grid, checked_grid
from lib.models.value import ReactionDiffusion, model_of
from lib.simulate import say_once
from lib.validation import refuse_lost_step

Fields = Float[Tensor, "batch fields height width"]
Table = Float[Tensor, "batch parameters"]

#: Below this many cells along a side a cell would be its own second neighbour.
SMALLEST = 3


class Run(NamedTuple):
    """The end of a batch of simulations.

    Args:
        fields: final fields in the model's order, (batch, fields, height, width); not finite where a run
            diverged.
        steps: steps really taken, (batch,).
        change: largest change of any field at any cell in the last step, (batch,).
        engine: which one computed it, "compiled" or "eager".
    """

    fields: Fields
    steps: Int[Tensor, " batch"]
    change: Float[Tensor, " batch"]
    engine: str

    @property
    def diverged(self) -> Bool[Tensor, " batch"]:
        """Which runs left the finite numbers."""
        return ~self.fields.detach().isfinite().all(dim=(1, 2, 3))


def simulate(
    model: Any,
    params: Any,
    fields: Any,
    steps: Any,
    *,
    grid: Any = Grid(),  # noqa: B008  (a tuple of numbers)
    tol: Any = None,
    backend: Any = "auto",
    threads: Any = None,
) -> Run:
    """Step a model forward with explicit Euler.

    Args:
        model: the equations.
        params: name → a number or a tensor of shape (batch,); what is left out, or all with None, has the
            model's typical value.
        fields: where to start, (batch, fields, height, width) in float32 or float64; any rectangle.
        steps: how many, at least 1; at most, where `tol` is given.
        grid: dx, dt, boundary and stencil.
        tol: stop a simulation once its largest change in a step is below this; looked at every 256 steps.
        backend: "auto", "compiled" or "eager".
        threads: cores to spread the batch over (compiled engine); the result does not depend on it.

    Returns:
        A `Run`. A diverged simulation is an outcome, not an error. Where a parameter or the fields require a
        gradient, it is that of all the steps taken.

    Raises:
        ValueError: a sentence, for input that no run can start from, or an engine that cannot take it.
        NotImplementedError: for derivatives other than `backward`'s, of any engine but the eager one.
    """
    model = model_of(model)
    refuse((params, fields), backend)
    grid, steps = checked_grid(grid), whole("steps", steps, 1)
    fields = checked_fields(model, fields, grid)
    table = checked_params(model, params, fields)
    tol = None if tol is None else real("tol", tol)
    threads = None if threads is None else whole("threads", threads, 1)
    refuse_lost_step(grid.dt, fields.dtype)
    refuse_long_steps(model, table, grid)
    engine = choose(model, fields, grid, backend)
    if engine == "eager":
        return Run(*eager.forward(model, table, fields, steps, tol, grid), engine)
    if torch.is_grad_enabled() and (table.requires_grad or fields.requires_grad):
        end, taken, change = _Run.apply(model, table, fields, steps, tol, grid, threads)
        return Run(end, taken, change, engine)
    with torch.inference_mode(False), torch.no_grad():
        return Run(*compiled.forward(model, table, fields, steps, tol, grid, threads), engine)


class _Run(torch.autograd.Function):
    """A run of the compiled engine for autograd; the way back makes the states again that it needs."""

    @staticmethod
    def forward(
        ctx: Any, model: ReactionDiffusion, table: Tensor, fields: Tensor, steps: int, tol: float | None,
        grid: Grid, threads: int | None,
    ) -> tuple[Tensor, Tensor, Tensor]:  # fmt: skip
        ended: Ended = compiled.forward(model, table, fields, steps, tol, grid, threads)
        ctx.save_for_backward(table, fields, ended.steps)
        ctx.model, ctx.grid, ctx.threads = model, grid, threads
        ctx.mark_non_differentiable(ended.steps, ended.change)
        return ended.fields, ended.steps, ended.change

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        table, fields, steps = ctx.saved_tensors
        refuse((table, fields, grads[0]), "auto")
        with torch.no_grad():
            found = compiled.adjoint(ctx.model, table, fields, steps, grads[0], ctx.grid, ctx.threads)
        by_table, by_fields = only_once(found, (table, fields, grads[0]))
        return None, by_table, by_fields, None, None, None, None


def choose(model: ReactionDiffusion, fields: Fields, grid: Grid, backend: Any) -> str:
    """The fastest engine for these fields, or the named one."""
    if not isinstance(backend, str) or backend not in ("auto", "compiled", "eager"):
        raise ValueError(f"There is no engine {shown(backend)}: choose one of auto, compiled, eager.")
    if backend == "eager":
        return backend
    if fields.device.type != "cpu":
        reason: str | None = f"The compiled engine runs on CPU tensors, and these are on {fields.device}."
    else:
        reason = compiled.missing(model, fields.shape[-1], fields.dtype, grid.kind)
    if reason is None:
        return "compiled"
    if backend == "compiled":
        raise ValueError(f"The compiled engine cannot take these fields: {reason} Use backend='auto'.")
    say_once(f"{reason} The eager engine runs {model.name} instead, many times slower.")
    return "eager"


def checked_fields(model: ReactionDiffusion, fields: Any, grid: Grid) -> Fields:
    """The initial fields as a tensor of the right shape, finite; what has names is read by them."""
    expected = ", ".join(model.fields)
    found = fields_of("fields", model, fields, 1, grid)
    if found.ndim != 4 or found.shape[1] != len(model.fields) or 0 in found.shape:
        raise ValueError(
            f"The fields have shape {tuple(found.shape)}, and {model.name} needs (batch, "
            f"{len(model.fields)}, height, width), its fields being {expected}: stack them along the second "
            "axis."
        )
    if min(found.shape[2:]) < SMALLEST:
        raise ValueError(
            f"The grid has {found.shape[2]} × {found.shape[3]} cells: take at least 3 along each side."
        )
    if found.dtype not in (torch.float32, torch.float64):
        raise ValueError(f"The fields are {found.dtype}: make them float32 or float64.")
    if not bool(found.detach().isfinite().all()):
        raise ValueError("The fields hold NaN or infinite numbers, and a run starts from finite ones.")
    return found


def checked_params(model: ReactionDiffusion, params: Any, fields: Fields) -> Table:
    """All parameters side by side, with the fields' dtype and device."""
    if params is not None and not isinstance(params, Mapping):
        raise ValueError(
            f"The parameters of {model.name} are {shown(params)}: give a dict of numbers or tensors."
        )
    given = dict(params or {})
    if unknown := [name for name in given if name not in model.names]:
        names = ", ".join(model.names)
        raise ValueError(
            f"{model.name} has no parameter {', '.join(map(str, unknown))}: its parameters are {names}."
        )
    columns = []
    for name in model.names:
        value = tensor_of(name, given.get(name, model.parameters[name])).to(fields)
        if value.ndim > 1 or (value.ndim == 1 and len(value) not in (1, len(fields))):
            raise ValueError(
                f"{name} has shape {tuple(value.shape)} and there are {len(fields)} simulations: give one "
                f"number, or a tensor of shape ({len(fields)},)."
            )
        if not bool(value.detach().isfinite().all()):
            raise ValueError(f"{name} is not finite in every entry: give real numbers.")
        columns.append(value.expand(len(fields)))
    return torch.stack(columns, 1)


def refuse_long_steps(model: ReactionDiffusion, table: Table, grid: Grid) -> None:
    """Explicit Euler amplifies a wave where dt · (its decay rate) is above 2, whatever the reaction does."""
    for name in model.diffusions:
        values = table.detach()[:, model.names.index(name)]
        if bool((values < 0).any()):
            raise ValueError(
                f"{name} = {float(values.min()):.6g}: a diffusion coefficient cannot be negative."
            )
        longest = 2 / (grid.largest_rate * max(float(values.max()), 1e-300))
        if grid.dt > longest * (1 + 1e-6):
            raise ValueError(
                f"With {name} = {float(values.max()):.6g}, dx = {grid.dx:g} and dt = {grid.dt:g} explicit "
                f"Euler amplifies the shortest wave, whatever the reaction does: use dt ≤ {longest:.6g}."
            )
