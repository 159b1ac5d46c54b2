"""Everything that the page on other routes measures, each experiment once."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib import grid
from lib.paper import FEED_PLANE, SAMPLED_SETS, TRUTH
from lib.simulate import Outcome
from lib.studies.gradient_routes import cross_losses, descent_paths, jackknife, surrogate_quality
from lib.studies.gradient_routes.routes import Rest, come_to_rest, random_sets, routes
from lib.studies.gradient_routes.sizes import Sizes
from lib.studies.gradient_routes.surrogate_quality import Judgement
from lib.studies.scheme import PAPER, Scheme

#: How much a surrogate is smoothed.
SMOOTHINGS = {"faithful": 0.0, "smoothed": 0.1, "very smooth": 10.0}

#: Where the straight lines to the truth begin: patterned places on several sides of it.
BEGINS = {
    "lower kill rate": TRUTH._replace(k=0.0585),
    "higher feed rate": TRUTH._replace(F=0.052),
    "other diffusion": TRUTH._replace(Du=0.18, Dv=0.07),
    "set 3": SAMPLED_SETS[2],
    "set 6": SAMPLED_SETS[5],
}


@dataclass(frozen=True)
class Routes:
    """Gradients by several routes.

    Args:
        truth: the truth's run.
        near, far: runs at the random sets near the truth, and elsewhere.
        found: from `routes.routes`, at the near sets at rest (as many as the profile asks for), and all far;
            `near` tells which, (set,).
    """

    truth: Rest
    near: list[Rest]
    far: list[Rest]
    found: xr.Dataset


def by_routes(profile: Sizes, size: int, seed: int) -> Routes:
    """Run, or load, all routes on a grid of so many cells along each side."""
    settle = profile.route_settle
    close, distant = random_sets(*profile.route_sets, seed)
    (truth,), near, far = (
        come_to_rest(sets, size=size, settle=settle, seed=seed) for sets in ([TRUTH], close, distant)
    )
    chosen = [(p, end) for p, end in zip(close, near, strict=True) if end.still][: profile.route_rest]
    sets, ends = zip(*chosen, *zip(distant, far, strict=True), strict=True)
    found = routes(
        sets, ends, profile.route_horizons, size=size, steps=profile.steps, settle=settle, seed=seed
    )
    drawn_near = np.arange(len(sets)) < len(chosen)
    return Routes(truth, near, far, found.assign(near=("set", drawn_near)))


@dataclass(frozen=True)
class Surrogates:
    """What surrogates learn from, and how good they are.

    Args:
        samples, tests: from `cross_losses.spectra`.
        judged: by the names of `SMOOTHINGS`.
        plane: points along (F, k).
        descents: on each surrogate.
    """

    samples: xr.Dataset
    tests: xr.Dataset
    judged: Mapping[str, Judgement]
    plane: tuple[int, int]
    descents: int

    @property
    def axes(self) -> dict[str, np.ndarray]:
        """Values of F and k of the samples."""
        return grid.axes_over(FEED_PLANE, self.plane)

    def maps(self) -> dict[str, xr.DataArray]:
        """The simulated loss of the first initial state over the plane, and every surrogate's."""
        own = self.samples.loss.isel(candidate=0, target=0).values.reshape(self.plane)
        return {"simulated": xr.DataArray(own, coords=self.axes)} | {
            name: one.plane for name, one in self.judged.items()
        }


def plane_samples(profile: Sizes, seed: int, scheme: Scheme = PAPER) -> xr.Dataset:
    """Run, or load, all initial states over the F-k plane: `cross_losses.spectra` with the spectra kept."""
    axes = grid.axes_over(FEED_PLANE, profile.surrogate_plane)
    return cross_losses.spectra(
        grid.grid_points(axes, TRUTH),
        states=profile.surrogate_states,
        size=profile.size,
        steps=profile.steps,
        seed=seed,
        keep=True,
        title="plane",
        scheme=scheme,
    )


def surrogates(profile: Sizes, seed: int) -> Surrogates:
    """Run, or load, samples and tests; fit and judge."""
    size, steps = profile.size, profile.steps
    samples = plane_samples(profile, seed)
    away = surrogate_quality.held_out(profile.surrogate_tests, seed + 1)
    tests = cross_losses.spectra(away, states=1, size=size, steps=steps, seed=seed, title="held out")
    judged = surrogate_quality.judge(
        samples, tests, SMOOTHINGS, descents=profile.surrogate_starts, seed=seed + 2
    )
    return Surrogates(samples, tests, judged, profile.surrogate_plane, profile.surrogate_starts)


@dataclass(frozen=True)
class Ways:
    """Averaged losses along straight lines to the truth, and over the plane.

    Args:
        loss, error: along each line, and its standard errors over the initial states, (lines, points).
        unsure: standard errors of the rises from each point to the next, (lines, points − 1).
        alive: whether all runs of a line end in a pattern, (lines,).
        plane, share: averaged loss over (F, k), and share of the initial states that end in a pattern.
        top: the noise floor's upper end in the plane.
        arrives: where the steepest way leads down to it.
        states: initial states of the lines.
    """

    lines: xr.Dataset
    loss: np.ndarray
    error: np.ndarray
    unsure: np.ndarray
    alive: np.ndarray
    plane: xr.DataArray
    share: np.ndarray
    top: float
    arrives: np.ndarray
    states: int

    def by_name(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """Where a line begins → its loss and standard error."""
        return {name: (self.loss[i], self.error[i]) for i, name in enumerate(BEGINS)}

    @property
    def floor(self) -> tuple[float, float]:
        """Mean of the averaged loss at the truth, and its standard error."""
        return float(self.loss[0, -1]), float(self.error[0, -1])


def ways(profile: Sizes, samples: xr.Dataset, seed: int, scheme: Scheme = PAPER) -> Ways:
    """Run, or load, the lines; read the plane from its samples (`plane_samples`)."""
    points = cross_losses.along(list(BEGINS.values()), profile.path_points)
    lines = cross_losses.spectra(
        points, states=profile.path_states, title="lines", size=profile.size, steps=profile.steps, seed=seed,
        scheme=scheme,
    )  # fmt: skip
    shape = (len(BEGINS), profile.path_points)
    loss, error = (x.reshape(shape) for x in jackknife.averaged(lines))
    # Neighbours share their initial states, so that their difference is surer than each of them.
    rises = np.diff(jackknife.left_out(lines).reshape(-1, *shape), axis=2)
    alive = (lines.outcome == Outcome.PATTERN).all("candidate").values.reshape(shape).all(axis=1)
    mean, error_there = jackknife.averaged(samples)
    at_truth = np.abs(surrogate_quality.scaled(samples) - surrogate_quality.AT_TRUTH).sum(axis=1)
    here = int(at_truth.argmin())
    axes, shape_of_plane = grid.axes_over(FEED_PLANE, profile.surrogate_plane), profile.surrogate_plane
    plane = xr.DataArray(mean.reshape(shape_of_plane), coords=axes)
    share = (samples.outcome == Outcome.PATTERN).mean("candidate").values.reshape(shape_of_plane)
    top = float(mean[here] + 2 * error_there[here])
    arrives = descent_paths.downhill(plane.values, share >= 0.5, top)
    return Ways(
        lines, loss, error, jackknife.jackknife_error(rises), alive, plane, share, top, arrives,
        profile.path_states,
    )  # fmt: skip
