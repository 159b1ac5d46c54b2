"""The gradients that Section 3 shows: over the feed-kill plane, along a short cut, under other floors."""

from typing import Any

import numpy as np
import xarray as xr

from lib import grid, losses, paper
from lib.paper import SAMPLED_SETS, TRUTH
from lib.repetitions import repetitions
from lib.running.profiles import Profile
from lib.studies.gradients.adjoint_norms import adjoint_plane, adjoint_profile
from lib.studies.gradients.gradient_field import gradient_field
from lib.studies.gradients.log_floor import gradient_by_floor
from lib.studies.gradients.sizes import sizes

#: A kill rate in the middle of the patterned stretch, and half the width of the very short cut around it.
MIDDLE, HALF_WIDTH = 0.06, 5e-5

#: The patterned stretch of the truth's cut along k, over which floors are compared, and the floors.
PATTERNED, FLOORS = (0.057, 0.064), (losses.LOG_FLOOR, 1e-4, 1.0, 100.0)

#: Seeds of the states over which gradients are compared lie so far from those of the plane.
APART = 50


def fields(profile: Profile, tol: float, seed: int) -> dict[str, xr.Dataset]:
    """Gradients over the feed-kill plane: "stopped" as in training, and after "full" runs."""
    axes = grid.axes_over(paper.FEED_PLANE, sizes(profile.name).gradient_field)
    return {
        "stopped": gradient_field(axes, tol=tol, title="gradients, training", **setting(profile, seed)),
        "full": gradient_field(axes, title="gradients, full runs", **setting(profile, seed)),
    }


def short_cut(profile: Profile, seed: int) -> xr.Dataset:
    """Loss and gradient along a very short cut in k among patterns."""
    across = MIDDLE + np.linspace(-HALF_WIDTH, HALF_WIDTH, sizes(profile.name).short_cut)
    return gradient_field({"k": across}, title="short cut", **setting(profile, seed))


def by_floor(profile: Profile, seed: int) -> xr.Dataset:
    """Gradients along k under several floors of the logarithm."""
    across = np.linspace(*PATTERNED, sizes(profile.name).floor_points)
    return gradient_by_floor([float(k) for k in across], FLOORS, **setting(profile, seed))


def by_state(profile: Profile, seed: int) -> xr.Dataset:
    """Gradients at one point among patterns from several initial states."""
    return gradient_field(
        {"k": np.array([MIDDLE])},
        states=sizes(profile.name).gradient_states,
        title="initial states",
        **setting(profile, seed + APART),
    )


def adjoints(profile: Profile, tol: float, seed: int) -> xr.DataArray:
    """Norms of the adjoint on its way back at four places."""
    places = {
        "basin (truth)": (TRUTH, None),
        "just inside the cliff": (TRUTH._replace(k=0.0652), None),
        "uniform (set 1)": (SAMPLED_SETS[0], None),
        "trivial (set 2), stopped as in training": (SAMPLED_SETS[1], tol),
    }
    return adjoint_profile(places, **setting(profile, seed))


def adjoints_over_plane(profile: Profile, tol: float, seed: int) -> xr.Dataset:
    """How far the adjoint grows and shrinks over the feed-kill plane, runs stopped as in training."""
    axes = grid.axes_over(paper.FEED_PLANE, sizes(profile.name).adjoint_plane)
    seeds = repetitions(seed, sizes(profile.name).adjoint_seeds)
    return adjoint_plane(axes, seeds=seeds, size=profile.size, steps=profile.steps, tol=tol)


def setting(profile: Profile, seed: int) -> dict[str, Any]:
    """What all of these have in common."""
    return {"seed": seed, "size": profile.size, "steps": profile.steps}
