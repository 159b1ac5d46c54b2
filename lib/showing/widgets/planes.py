"""A plane of a sweep as a widget takes it: losses, endings and small pictures in as few bytes as will do."""

import io
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float
from PIL import Image

from lib.model import Params
from lib.paper import TRUTH
from lib.showing.figures.style import LOSS_LABELS, OUTCOME_COLOURS
from lib.simulate import Outcome
from lib.studies.landscapes.derived_maps import Bowl, around, axes_of

#: The parameters in letters that any font has.
LETTERS = {"Du": "Dᵤ", "Dv": "Dᵥ", "F": "F", "k": "k"}

#: Losses in the order they are offered, and those whose low end is spread out on the colour scale.
ORDER, ROOTED = ("spectral", "windowed", "gram", "residual"), ("residual",)
LABELS = LOSS_LABELS | {"residual": "residual loss"}

#: Pixels of all pictures of one plane: about half a megabyte as JPEG.
PICTURE_BUDGET = 3_200_000

#: v at the bright end of the pictures' grey scale; patterns reach 0.45.
BRIGHTEST = 0.5

#: Runs whose end is a measurement, and not an artefact of the time step.
UNTRUSTED = (Outcome.DIVERGED, Outcome.FLICKERING)


def plane(
    swept: xr.Dataset,
    *,
    more: Mapping[str, xr.DataArray] | None = None,
    early: xr.Dataset | None = None,
    bowl: Bowl | None = None,
    pictures: bool = True,
) -> dict[str, Any]:
    """A swept plane as traits of a widget.

    Args:
        swept: from `landscape.sweep` over two parameters; the first is drawn upwards.
        more: further losses over the same points, by name (`lib.studies.landscapes.derived_maps`).
        early: losses and outcomes after shorter runs over the same points, from `intermediate.sweep_in_time`.
        bowl: the residual's paraboloid over the plane, from `atlas.residual_bowl`, for a descent.
        pictures: whether to carry each point's final v along.

    Returns:
        What `js/atlas.js` reads: axes, layers and endings as bytes, pictures as one JPEG.
    """
    return {
        **frame(axes_of(swept), around(swept)),
        "layers": layers(swept, more or {}, early),
        "outcomes": outcomes(swept, early),
        "bowl": bowl_of(bowl) if bowl else None,
        "sheet": sheet(swept.v.values) if pictures else None,
    }


def frame(axes: Mapping[str, np.ndarray], fixed: Params) -> dict[str, Any]:
    """What a plane is over, as traits of a widget: its name, both axes, the other parameters, and the truth.

    Args:
        axes: values of the parameter that is drawn upwards, then of the one across.
        fixed: all four parameters, of which the other two matter.
    """
    (up, rows), (across, columns) = axes.items()
    return {
        "name": f"{up}-{across}",
        "label": f"{LETTERS[up]}–{LETTERS[across]}",
        "across": {"name": across, "label": LETTERS[across], "values": columns.tolist()},
        "up": {"name": up, "label": LETTERS[up], "values": rows.tolist()},
        "fixed": fixed._asdict(),
        "truth": [float(getattr(TRUTH, across)), float(getattr(TRUTH, up))],
    }


def layers(
    swept: xr.Dataset, more: Mapping[str, xr.DataArray], early: xr.Dataset | None
) -> list[dict[str, Any]]:
    """Every loss at every run length; one colour scale for each loss."""
    trusted = ~swept.outcome.isin(UNTRUSTED).any("state")
    found = []
    for loss in ORDER:
        if loss not in swept and loss not in more:
            continue
        last = more[loss] if loss in more else swept[loss].mean("state", skipna=False)
        maps = {int(swept.attrs["steps"]): last}
        if early is not None and loss in early:
            maps |= {int(time): early[loss].sel(time=time).mean("state") for time in early.time.values}
        seen = np.concatenate([x.where(trusted).values.ravel() for x in maps.values()])
        scale = {
            "low": float(np.nanmin(seen)),
            "high": float(np.nanmax(seen)),
            "scale": "root" if loss in ROOTED else "linear",
        }
        label = LABELS[loss] + (f" ({swept.attrs['features']})" if loss == "gram" and loss in swept else "")
        for time, values in maps.items():
            found.append({"loss": loss, "label": label, "time": time, "values": floats(values), **scale})
    return found


def bowl_of(bowl: Bowl) -> dict[str, Any]:
    """A paraboloid as plain numbers."""
    return {"hessian": bowl.hessian.tolist(), "minimum": bowl.minimum.tolist(), "lowest": bowl.lowest}


def outcomes(swept: xr.Dataset, early: xr.Dataset | None) -> list[dict[str, Any]]:
    """How the runs ended, one byte a point."""
    maps = {int(swept.attrs["steps"]): outcome_codes(swept)}
    if early is not None:
        maps |= {int(time): early.outcome.sel(time=time).isel(state=0) for time in early.time.values}
    return [{"time": time, "codes": x.values.astype(np.uint8).tobytes()} for time, x in maps.items()]


def outcome_codes(swept: xr.Dataset) -> xr.DataArray:
    """The first state's ending at each point, or that of one not to be trusted."""
    codes = swept.outcome.isel(state=0, drop=True)
    for outcome in UNTRUSTED:
        codes = codes.where(~(swept.outcome == outcome).any("state"), outcome)
    return codes


def endings() -> list[dict[str, Any]]:
    """Name and colour of every outcome, in the order of its code."""
    return [
        {"name": o.name.lower(), "colour": OUTCOME_COLOURS[o], "trusted": o not in UNTRUSTED} for o in Outcome
    ]


def sheet(v: Float[np.ndarray, "up across height width"]) -> dict[str, Any]:
    """The pictures of all points as one grey image, point (i, j) at row i, column j of tiles.

    JPEG works in blocks of eight pixels, so tiles whose side is a multiple of eight do not run into
    each other. Their side is the largest that the budget allows, and not above half the grid's.
    """
    rows, columns, height, _ = v.shape
    side = tile_side(rows * columns, height)
    fields = torch.as_tensor(np.nan_to_num(v)).flatten(0, 1)[:, None]
    small = torch.nn.functional.interpolate(fields, size=(side, side), mode="area")[:, 0].numpy()
    grey = (255 * (small / BRIGHTEST).clip(0, 1)).round().astype(np.uint8)
    whole = grey.reshape(rows, columns, side, side).swapaxes(1, 2).reshape(rows * side, columns * side)
    file = io.BytesIO()
    Image.fromarray(whole).save(file, "JPEG", quality=75, optimize=True)
    return {"bytes": file.getvalue(), "type": "image/jpeg", "side": side, "top": BRIGHTEST}


def tile_side(points: int, height: int) -> int:
    """Side of one picture in pixels: a multiple of eight from 16 to 64, as the budget allows."""
    affordable = [
        n for n in range(64, 15, -8) if points * n * n <= PICTURE_BUDGET and n <= max(16, height // 2)
    ]
    return affordable[0] if affordable else 16


def floats(values: xr.DataArray | np.ndarray) -> bytes:
    """Little-endian float32 numbers, row by row."""
    return np.ascontiguousarray(values, dtype="<f4").tobytes()
