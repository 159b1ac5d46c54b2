"""Confidence ellipses of the closed-form fit under noise: how sure it is, and how wrong."""

from collections.abc import Sequence

import numpy as np
import torch
import xarray as xr

from lib import draws, residual
from lib.model import Params, State
from lib.residual import denoise

#: The two pairs of parameters whose regions are drawn, as (across, up).
PAIRS = (("Dv", "Du"), ("k", "F"))


def noisy_ellipses(state: State, levels: Sequence[float], *, seeds: int, level: float = 0.95) -> xr.Dataset:
    """Fit the same snapshot under stronger and stronger noise, plainly and with the best cure.

    The region of the plain fit follows from the scatter of its residuals, as if the model were right and
    only its output were noisy. Noise in the fields themselves also shifts the minimum, and of that the
    region knows nothing.

    Args:
        state: clean fields (batch, height, width); the first one is used.
        levels: standard deviations of white noise on both fields.
        seeds: noise draws at each level.
        level: probability inside the regions.

    Returns:
        Dataset with `plain` and `cured`, the parameters found, over (noise, draw, parameter), and
        `region`, boundaries over (noise, draw, pair, point, coordinate).
    """
    best = denoise.cures()[-1]
    plain, cured, region = [], [], []
    for amount in levels:
        for seed in range(seeds):
            u, v = noisy(state, amount, seed)
            found = residual.fit(u, v)
            plain.append(torch.stack([torch.as_tensor(p)[0] for p in found.params]).tolist())
            cured.append([float(p) for p in best.fit(u, v)])
            region.append([residual.ellipse(found, up, across, level=level) for across, up in PAIRS])
    shape = (len(levels), seeds)
    dims = ("noise", "draw", "parameter")
    return xr.Dataset(
        {
            "plain": (dims, np.reshape(plain, (*shape, 4))),
            "cured": (dims, np.reshape(cured, (*shape, 4))),
            "region": (
                ("noise", "draw", "pair", "point", "coordinate"),
                # The ellipse comes as (first, second); here the one drawn across stands first.
                np.reshape(region, (*shape, len(PAIRS), -1, 2))[..., ::-1],
            ),
        },
        coords={
            "noise": list(levels),
            "parameter": list(Params._fields),
            "pair": [f"{up}-{across}" for across, up in PAIRS],
            "coordinate": ["across", "up"],
        },
        attrs={"level": level},
    )


def noisy(state: State, amount: float, seed: int) -> State:
    """The first pair of fields in double precision, with white noise added."""
    generator = draws.generator(seed)
    fields = (field[0].double() for field in state)
    return State(*(x + amount * draws.normal(x.shape, generator) for x in fields))
