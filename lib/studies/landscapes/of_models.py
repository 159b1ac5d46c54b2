"""sweep_model(): losses over a grid of parameters of any reaction-diffusion model, laid out as `sweep` does.

A target may be one picture of a field or several with the steps at which they were taken, and cells of it may
be missing. Points are computed in chunks that are kept, as for Gray-Scott.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import torch
import xarray as xr
from jaxtyping import Bool, Float
from torch import Tensor

from lib.folders import Folder
from lib.grid import axis_of
from lib.images import Image
from lib.losses import descriptor, distance
from lib.models import Grid, ReactionDiffusion, simulate
from lib.models.problem import checked_grid
from lib.models.simulate import checked_fields
from lib.models.value import model_of
from lib.running import engines
from lib.running.kept import arguments, kept
from lib.running.parallel import jobs_of
from lib.running.threads import single_thread
from lib.simulate import Outcome
from lib.studies.landscapes.model_targets import (
    SQUARES,
    checked_frames,
    checked_losses,
    goal_of,
    known,
    seen_cells,
)

#: Simulations in one chunk.
CHUNK = 8

#: A field is the same everywhere where it varies by less than this share of the largest field's size.
FLAT = 1e-3


class Setting(NamedTuple):
    """Everything but model, points and start that a chunk's numbers depend on.

    Args:
        grid: dx, dt, boundary, stencil.
        frames: steps at which pictures are compared, rising.
        field: index of the field that is shown.
        losses: their names.
    """

    grid: Grid
    frames: tuple[int, ...]
    field: int
    losses: tuple[str, ...]


def sweep_model(
    model: Any,
    axes: Any,
    start: Any,
    steps: Any,
    *,
    around: Mapping[str, float] | None = None,
    truth: Mapping[str, float] | None = None,
    target: Image | None = None,
    observed: Image | None = None,
    field: str | None = None,
    losses: Any = ("spectral",),
    grid: Grid = Grid(),  # noqa: B008  (a tuple of numbers)
    jobs: Any = -1,
    cache: Folder = None,
) -> xr.Dataset:
    """Losses over a grid of a model's parameters, against its truth's data or a picture.

    Args:
        model: the equations.
        axes: parameter → its values, in the order of the dataset's dimensions.
        start: initial fields, (states, fields, height, width); all points start from all of them.
        steps: how many; or several numbers, rising, where pictures of several times are compared.
        around: parameters that are not varied, where they are not the model's own values.
        truth: the parameters of the runs that are compared with, likewise; without meaning beside a target.
        target: pictures of one field, (height, width); one for each of several `steps`, (frames, height,
            width), or for each state and step, (states, frames, height, width).
        observed: True in the target's cells that were seen, (height, width); then `losses` is "squares".
        field: the field that is compared; the first by default.
        losses: "spectral", "windowed" (squares of 16 cells), "squares" (mean square difference), or several.
        grid: dx, dt, boundary and stencil of the runs.
        jobs: processes; −1 for one per core.
        cache: where chunks are kept; the usual folder by default.

    Returns:
        Dataset over the axes and `state`: each loss, averaged over the frames, `outcome` (of `lib.Outcome`;
        a dead field counts as uniform), `steps`, `change`, and the last picture `v` of the first state.
        Losses are NaN where a run diverged.

    Raises:
        ValueError: a sentence, for unknown names, pictures that do not match, and losses that need every cell
            of a target in which some are missing.
    """
    model = model_of(model)
    grid = checked_grid(grid)
    fields = checked_fields(model, start, grid).detach().cpu()
    if not isinstance(axes, Mapping):
        raise ValueError(f"A dict from names of parameters to values is needed, not {type(axes).__name__}.")
    frames, names, jobs = checked_frames(steps), checked_losses(losses), jobs_of(jobs)
    shown = model.fields[0] if field is None else field
    if shown not in model.fields:
        raise ValueError(f"{model.name} has no field {shown!r}: its fields are {', '.join(model.fields)}.")
    columns = {n: axis_of(n, values) for n, values in axes.items()}
    fixed = {**model.parameters, **known(model, around, "around")}
    known(model, dict.fromkeys(columns, 0.0), "axes")
    if not columns:
        raise ValueError(f"No axis was given: vary some of {', '.join(model.names)}.")
    mesh = np.meshgrid(*columns.values(), indexing="ij")
    varied = dict(zip(columns, (x.ravel() for x in mesh), strict=True))
    points = np.stack(np.broadcast_arrays(*({**fixed, **varied}[n] for n in model.names)), axis=-1)
    setting = Setting(grid, frames, model.fields.index(shown), names)
    if target is None:
        row = np.array([{**model.parameters, **known(model, truth, "truth")}[n] for n in model.names])
        (goal,) = kept(pictures, [arguments(model, row, fields, setting)], jobs=1, cache=cache)
    else:
        goal = goal_of(target, fields, frames)
    seen = seen_cells(target, observed, goal, names)
    per_chunk = max(1, CHUNK // len(fields))
    calls = [
        arguments(model, points[i : i + per_chunk], fields, setting, goal, seen)
        for i in range(0, len(points), per_chunk)
    ]
    rows = list(kept(compute, calls, jobs, cache=cache))
    shape = [len(x) for x in columns.values()]
    variables = {}
    for name in rows[0]:
        values = np.concatenate([row[name] for row in rows])
        dims = (*columns, "row", "column") if name == "v" else (*columns, "state")
        variables[name] = (dims, values.reshape(*shape, *values.shape[1:]))
    coords = {**columns, "state": np.arange(len(fields))}
    attrs: dict[str, Any] = {f"around_{n}": float(x) for n, x in fixed.items() if n not in columns}
    attrs |= {"model": model.name, "field": shown, "losses": ", ".join(names), "frames": list(frames)}
    attrs |= {**grid._asdict(), "engine": engines.identity()}
    attrs["target"] = "the truth's runs" if target is None else "a picture"
    return xr.Dataset(variables, coords=coords, attrs=attrs)


def pictures(
    model: ReactionDiffusion, row: np.ndarray, start: Tensor, setting: Setting
) -> Float[np.ndarray, "states frames height width"]:
    """One field of the runs of one parameter set at every frame."""
    with single_thread():
        return followed(model, row[None], start, setting)[0][0].numpy()


def followed(
    model: ReactionDiffusion, points: np.ndarray, start: Tensor, setting: Setting
) -> tuple[Float[Tensor, "points states frames height width"], Tensor, Tensor, Tensor]:
    """One field of the runs at every frame; and their outcome, steps and change, (points, states)."""
    count, states = len(points), len(start)
    table = torch.as_tensor(points, dtype=start.dtype).repeat_interleave(states, dim=0)
    params = {n: table[:, i] for i, n in enumerate(model.names)}
    fields, shown, now = start.repeat(count, 1, 1, 1), [], 0
    steps = torch.zeros(len(fields), dtype=torch.int64)
    alive = torch.ones(len(fields), dtype=torch.bool)
    for frame in setting.frames:
        # A run that left the finite numbers stays where it is: nothing starts from infinities.
        begin = torch.where(alive[:, None, None, None], fields, start.repeat(count, 1, 1, 1))
        run = simulate(model, params, begin, frame - now, grid=setting.grid, threads=1)
        fields = torch.where(alive[:, None, None, None], run.fields, torch.nan)
        alive, now = alive & ~run.diverged, frame
        steps = steps + run.steps
        shown.append(fields[:, setting.field])
    size = fields.square().mean(dim=(2, 3)).sqrt().amax(dim=1)
    flat = fields.std(dim=(2, 3)).amax(dim=1) < FLAT * size
    outcome = torch.where(flat, int(Outcome.UNIFORM), int(Outcome.PATTERN))
    outcome = torch.where(alive, outcome, int(Outcome.DIVERGED))
    each = torch.stack(shown, dim=1).unflatten(0, (count, states))
    return each, *(x.unflatten(0, (count, states)) for x in (outcome, steps, run.change))


def compute(
    model: ReactionDiffusion, points: np.ndarray, start: Tensor, setting: Setting,
    goal: Float[np.ndarray, "states frames height width"], seen: Bool[np.ndarray, "height width"] | None,
) -> dict[str, np.ndarray]:  # fmt: skip
    """Everything about a few points: arrays of shape (points, states), and `v` (points, height, width)."""
    with single_thread():
        each, outcome, steps, change = followed(model, points, start, setting)
        goals = torch.as_tensor(goal).to(each).expand(each.shape[1:])
        found: dict[str, Tensor] = {}
        for name in setting.losses:
            parts = [
                compared(name, each[p].flatten(0, 1), goals.flatten(0, 1), seen) for p in range(len(each))
            ]
            loss = torch.stack(parts).unflatten(1, each.shape[1:3]).mean(dim=2)
            found[name] = torch.where(outcome == Outcome.DIVERGED, torch.nan, loss)
    found |= {"outcome": outcome, "steps": steps, "change": change, "v": each[:, 0, -1]}
    return {name: x.numpy() for name, x in found.items()}


def compared(
    name: str, x: Float[Tensor, "pictures height width"], goal: Tensor, seen: np.ndarray | None
) -> Float[Tensor, " pictures"]:
    """One loss of each picture."""
    if name == SQUARES:
        cells = torch.ones(x.shape[1:], dtype=torch.bool) if seen is None else torch.as_tensor(seen)
        return (x - goal)[:, cells].square().mean(dim=1)
    describe = descriptor(name)
    return distance(describe(x.nan_to_num(0).float()), describe(goal.float()), "none").to(x)
