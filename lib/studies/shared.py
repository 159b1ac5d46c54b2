"""The experiments that several pages show, each defined once.

Pages run in processes of their own. Whoever asks first computes; the others ask for the same thing, and
it comes from the cache.
"""

from typing import Any

import xarray as xr

from lib import grid, paper
from lib.coordinates import random_starts
from lib.paper import PAPER_START
from lib.running.profiles import Profile
from lib.studies.landscapes import sweep
from lib.studies.landscapes.adaptive import refine
from lib.studies.landscapes.sizes import sizes as landscapes_sizes
from lib.studies.training import Plan
from lib.studies.training.iteration import Recipe
from lib.studies.training.sizes import sizes as training_sizes

#: The losses that the F-k plane is evaluated with.
FEED_LOSSES = ("spectral", "windowed", "gram")


def cuts(profile: Profile, *, seed: int = 0, device: str = "cpu") -> dict[str, xr.Dataset]:
    """Losses along each of the four parameters, the other three at the truth (Section 4).

    Args:
        profile: how many points and initial states.
        seed: of the initial states.
        device: where to simulate.

    Returns:
        Parameter → the dataset of `landscape.sweep`.
    """
    return {
        name: sweep.sweep(
            grid.axes_over({name: limits}, [landscapes_sizes(profile.name).cut_points]),
            states=landscapes_sizes(profile.name).cut_states,
            title=f"cut along {name}",
            **_setting(profile, seed, device),
        )
        for name, limits in paper.CUT_RANGES.items()
    }


def feed_plane(profile: Profile, *, seed: int = 0, device: str = "cpu") -> xr.Dataset:
    """Three losses over the F-k plane (Section 4); arguments and result as those of `cuts`."""
    return sweep.sweep(
        grid.axes_over(paper.FEED_PLANE, landscapes_sizes(profile.name).plane_feed),
        states=landscapes_sizes(profile.name).plane_states,
        losses=FEED_LOSSES,
        title="F-k plane",
        **_setting(profile, seed, device),
    )


def diffusion_plane(profile: Profile, *, seed: int = 0, device: str = "cpu") -> xr.Dataset:
    """Both spectral losses over the Du-Dv plane (Section 4); arguments and result as those of `cuts`."""
    return sweep.sweep(
        grid.axes_over(paper.DIFFUSION_PLANE, landscapes_sizes(profile.name).plane_diffusion),
        states=landscapes_sizes(profile.name).plane_states,
        title="Du-Dv plane",
        **_setting(profile, seed, device),
    )


def fine_planes(profile: Profile, *, seed: int = 0, device: str = "cpu") -> tuple[xr.Dataset, xr.Dataset]:
    """Both planes from one initial state, refined where they change; arguments as those of `cuts`.

    Returns:
        The F-k and the Du-Dv plane, from `adaptive.refine`.
    """
    chosen = landscapes_sizes(profile.name)
    setting = {"states": 1, **_setting(profile, seed, device)}
    planes = (
        ("F-k plane", paper.FEED_PLANE, chosen.refined_feed),
        ("Du-Dv plane", paper.DIFFUSION_PLANE, chosen.refined_diffusion),
    )
    feed, diffusion = (
        refine(ranges, coarse=coarse, levels=levels, title=title, **setting)
        for title, ranges, (coarse, levels) in planes
    )
    return feed, diffusion


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
    seeds = range(seed, seed + len(starts))
    return Plan(starts, sizes.training_iterations, first_segment(profile), seeds)


def _setting(profile: Profile, seed: int, device: str) -> dict[str, Any]:
    """What all sweeps of a page have in common."""
    return {"size": profile.size, "steps": profile.steps, "seed": seed, "device": device}
