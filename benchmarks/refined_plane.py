"""Does a refined plane agree with a uniform one, bit for bit, and what does each cost?

A uniform grid of 96 cells along each side is a full run at 9,409 points. Wherever the refined plane has one
of them, all that was stored of the two runs is compared, the final field included. The uniform plane is
swept row by row; what has been computed is kept, so that an interrupted comparison goes on.

Run it with `python -m benchmarks.refined_plane --plane F-k`: half an hour of processor time, or a tenth of
that with `--common`, which leaves out what is not compared.
"""

import argparse
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import xarray as xr

from lib import paper
from lib.grid import axes_over
from lib.running.profiles import profile
from lib.studies import shared
from lib.studies.landscapes.sweep import sweep

#: Name → the plane's ranges, and what refines it.
PLANES = {
    "F-k": (paper.FEED_PLANE, shared.feed_plane),
    "Du-Dv": (paper.DIFFUSION_PLANE, shared.diffusion_plane),
}

#: What is compared, run by run.
COMPARED = ("spectral", "windowed", "outcome", "steps", "change", "v")


def main() -> None:
    """Print the comparison as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--plane", choices=PLANES, default="F-k")
    parser.add_argument("--profile", default="quick")
    parser.add_argument("--cells", type=int, default=96, help="of the uniform plane along each side")
    parser.add_argument("--common", action="store_true", help="run only the uniform points that are compared")
    asked = parser.parse_args()
    sizes, (ranges, refined_plane) = profile(asked.profile), PLANES[asked.plane]
    refined = refined_plane(sizes)
    setting = {"size": sizes.size, "steps": sizes.steps, "states": refined.sizes["state"]}
    axes = axes_over(ranges, [asked.cells + 1, asked.cells + 1])
    found = compared(refined, uniform_rows(axes, refined if asked.common else None, **setting))
    print(json.dumps({"plane": asked.plane, "profile": asked.profile, "cells": asked.cells} | found))


def uniform_rows(
    axes: dict[str, np.ndarray], only: xr.Dataset | None = None, **setting: Any
) -> Iterator[xr.Dataset]:
    """A uniform plane row by row, so that its fields need never be held all at once.

    Args:
        axes: two parameters with their values, downwards first.
        only: a refined plane; points that it has not are left out.
        setting: what `sweep` takes.
    """
    (down, low), (across, left) = axes.items()
    for row, value in enumerate(low):
        columns = left
        if only is not None:
            columns = np.intersect1d(left, only[across].values[only[down].values == value])
        if len(columns):
            yield sweep({down: [value], across: columns}, title=f"row {row}", **setting)


def compared(refined: xr.Dataset, rows: Iterator[xr.Dataset]) -> dict[str, Any]:
    """How many points are common, how many of them differ in what, and what both planes cost.

    Args:
        refined: from `adaptive.refine`.
        rows: the rows of a uniform plane over the same parameters. Points are common if both parameters are
            the same number.
    """
    down, across = str(refined.attrs["axes"]).split()
    different = dict.fromkeys(COMPARED, 0)
    common, points, steps, seconds = 0, 0, 0, 0.0
    for row in rows:
        line = row.isel({down: 0})
        number = {float(x): i for i, x in enumerate(line[across].values)}
        here = np.flatnonzero(refined[down].values == float(line[down]))
        here = here[[float(x) in number for x in refined[across].values[here]]]
        there = [number[float(x)] for x in refined[across].values[here]]
        for name in COMPARED if len(here) else ():
            a, b = (x.reshape(len(here), -1) for x in (refined[name].values[here], line[name].values[there]))
            different[name] += int((~((a == b) | ((a != a) & (b != b))).all(axis=1)).sum())
        common, points = common + len(here), points + len(number)
        steps, seconds = steps + int(line.steps.sum()), seconds + row.attrs["core_seconds"]
    return {
        "common": common,
        "different": different,
        "refined": {
            "side": int(refined.attrs["side"]), "points": refined.sizes["point"],
            "steps": int(refined.steps.sum()),
            "core_seconds": round(refined.attrs["core_seconds"], 1),
        },
        "uniform": {"points": points, "steps": steps, "core_seconds": round(seconds, 1)},
    }  # fmt: skip


if __name__ == "__main__":
    main()
