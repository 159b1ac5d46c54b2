"""The experiments that several pages show, each defined once.

Pages run in processes of their own. Whoever asks first computes; the others ask for the same thing, and
it comes from the cache.
"""

from typing import Any

import xarray as xr

from lib import paper
from lib.coordinates import random_starts
from lib.paper import PAPER_START
from lib.repetitions import repetitions
from lib.running.profiles import Profile
from lib.studies.landscapes.adaptive import refine
from lib.studies.landscapes.cutting import cut_all
from lib.studies.landscapes.sizes import sizes as landscapes_sizes
from lib.studies.scheme import PAPER, Scheme
from lib.studies.training import Plan
from lib.studies.training.iteration import Recipe
from lib.studies.training.sizes import sizes as training_sizes

#: What the F-k plane's coarse grid is compared by besides: its features cost as much as a run.
COSTLY = ("gram",)


def cuts(
    profile: Profile, *, seed: int = 0, device: str = "cpu", scheme: Scheme = PAPER
) -> dict[str, xr.Dataset]:
    """Losses along each of the four parameters, the other three at the truth (Section 4).

    Args:
        profile: how many points and initial states.
        seed: of the initial states.
        device: where to simulate.
        scheme: the time step.

    Returns:
        From `cutting.cut_all`.

    Raises:
        ValueError: for a scheme in double precision.
    """
    if scheme.double:
        raise ValueError("Cuts are swept in single precision only: ask for another time step, or for none.")
    chosen = landscapes_sizes(profile.name)
    about = {"states": chosen.cut_states, **_setting(profile, seed, device)}
    about |= {"steps": scheme.steps(profile.steps), "dt": scheme.dt}
    return cut_all(paper.CUT_RANGES, coarse=chosen.cut_gaps, levels=chosen.cut_levels, **about)


def feed_plane(profile: Profile, *, seed: int = 0, device: str = "cpu") -> xr.Dataset:
    """The F-k plane (Section 4), refined along its cliffs; arguments as those of `cuts`.

    The Gram loss is known on the coarse grid.

    Returns:
        From `adaptive.refine`.
    """
    coarse, levels = landscapes_sizes(profile.name).plane_feed
    about = {"on_grid": COSTLY, "title": "F-k plane", **_plane_setting(profile, seed, device)}
    return refine(paper.FEED_PLANE, coarse=coarse, levels=levels, **about)


def diffusion_plane(profile: Profile, *, seed: int = 0, device: str = "cpu") -> xr.Dataset:
    """Both spectral losses over the Du-Dv plane (Section 4); arguments, result: as of `feed_plane`."""
    coarse, levels = landscapes_sizes(profile.name).plane_diffusion
    about = {"title": "Du-Dv plane", **_plane_setting(profile, seed, device)}
    return refine(paper.DIFFUSION_PLANE, coarse=coarse, levels=levels, **about)


def first_segment(profile: Profile) -> Recipe:
    """The paper's training, at the profile's size (Section 3)."""
    return Recipe(
        size=profile.size,
        steps=profile.steps,
        tol=training_sizes(profile.name).training_tol,
        pool=training_sizes(profile.name).training_pool,
    )


def plain_training(profile: Profile, *, seed: int = 0) -> Plan:
    """The paper's training from its own start, several times, and from random ones (Section 3)."""
    sizes = training_sizes(profile.name)
    starts = [list(PAPER_START)] * sizes.paper_starts + random_starts(sizes.training_starts, seed)
    drawn = repetitions(seed, len(starts))
    return Plan(starts, sizes.training_iterations, first_segment(profile), drawn)


def _plane_setting(profile: Profile, seed: int, device: str) -> dict[str, Any]:
    """What both planes have in common."""
    return {"states": landscapes_sizes(profile.name).plane_states, **_setting(profile, seed, device)}


def _setting(profile: Profile, seed: int, device: str) -> dict[str, Any]:
    """What all sweeps of a page have in common."""
    return {"size": profile.size, "steps": profile.steps, "seed": seed, "device": device}
