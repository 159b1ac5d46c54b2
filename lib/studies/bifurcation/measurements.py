"""Everything that the page on cliffs measures, each experiment once."""

from collections.abc import Mapping
from dataclasses import dataclass

import xarray as xr

from lib.linearisation import Vector
from lib.paper import TRUTH
from lib.repetitions import repetitions
from lib.studies.bifurcation import experiments, flash_checks, flashes, timestep
from lib.studies.bifurcation.cliff_causes import Outline, outlines
from lib.studies.bifurcation.experiments import Lines
from lib.studies.bifurcation.flash_checks import Checked
from lib.studies.bifurcation.flashes import Fate
from lib.studies.bifurcation.newton import NoConvergence, settle
from lib.studies.bifurcation.parameter_sweeps import pattern_at_rest
from lib.studies.bifurcation.perturbation import release_all
from lib.studies.bifurcation.plane_edges import plane_edges
from lib.studies.bifurcation.sizes import Sizes
from lib.studies.bifurcation.summary import Known

#: How many times as long a run may become that comes to rest slowly; a power of two.
LONGEST = 16


@dataclass(frozen=True)
class Measurements:
    """Results by experiment.

    Args:
        feed, diffusion: outcomes from the patch and of a carried pattern over either plane.
        edges: both flanks of the patch's region in the F–k plane.
        cliffs, known: the cliffs on the lines through the truth, and what is known about each.
        lines: patterns carried out and back along those lines.
        outlines, released: steady branches, and where patterns released on them leave.
        by_side, by_strength: the high-k cliff for other patches.
        stiffness, survey: the time step along Du, and at random points.
        records, fates: runs near the Hopf point.
        checked: the same with half the time step, and in double precision.
    """

    feed: xr.Dataset
    diffusion: xr.Dataset
    edges: xr.Dataset
    cliffs: xr.Dataset
    known: Known
    lines: Lines
    outlines: Mapping[tuple[str, int], Outline]
    released: Mapping[tuple[str, int], float]
    by_side: xr.Dataset
    by_strength: xr.Dataset
    stiffness: xr.Dataset
    survey: xr.Dataset
    records: Mapping[tuple[float, int], xr.Dataset]
    fates: Mapping[tuple[float, int], Fate]
    checked: Checked

    @property
    def first_records(self) -> dict[float, xr.Dataset]:
        """The records of the first seed, by kill rate: those with pictures."""
        return {k: run for (k, _), run in self.records.items() if "v" in run}

    def files(self) -> dict[str, xr.Dataset]:
        """What readers may download: name of the file → its data."""
        planes = {"reach_F_k": self.feed, "reach_Du_Dv": self.diffusion, "edges_F_k": self.edges}
        ways = {
            f"carried_{line(key)}": xr.concat(
                pair, xr.Variable("way", ["out", "back"]), join="outer", combine_attrs="override"
            )
            for key, pair in self.lines.items()
        }
        branches = {f"branch_{line(key)}": curve(key[0], each) for key, each in self.outlines.items()}
        others = {
            "cliffs": self.cliffs.assign(cause=("edge", [why for _, _, why in self.known.values()])),
            "branches": experiments.curves_dataset(self.outlines, self.released),
            "patch_side": self.by_side,
            "patch_strength": self.by_strength,
            "stiffness": self.stiffness,
            "survey": self.survey,
        }
        cycles = {f"cycle_{k:.4f}".replace(".", "_"): r.drop_vars("v") for k, r in self.first_records.items()}
        return planes | ways | branches | others | cycles


def line(key: tuple[str, int]) -> str:
    """A direction in a file's name."""
    return f"{key[0]}_{'up' if key[1] > 0 else 'down'}"


def curve(name: str, outline: Outline) -> xr.Dataset:
    """One branch as points."""
    branch = outline.branch
    return xr.Dataset({name: ("point", branch.values), "mean_v": ("point", branch.mean_v)})


def steady_pattern(size: int, seed: int, steps: int) -> Vector:
    """The steady pattern at the truth that a run from the paper's patch comes to, (2 · size²,).

    Some initial states come to rest so slowly that Newton's method does not yet find where they end; these
    run on, twice as long each time. What is found may drift, as `newton.Steady` tells.

    Args:
        size: cells along each side.
        seed: of the initial state.
        steps: of the first run.

    Raises:
        NoConvergence: if even a run that is `LONGEST` times as long does not lie near a steady pattern.
    """
    for longer in (2**n for n in range(LONGEST.bit_length() - 1)):
        try:
            return settle(TRUTH, pattern_at_rest(size, seed, steps * longer)).y
        except NoConvergence:
            continue
    return settle(TRUTH, pattern_at_rest(size, seed, steps * LONGEST)).y


def measure(profile: Sizes, seed: int) -> Measurements:
    """Run, or load, all of it.

    Args:
        profile: sizes of these experiments.
        seed: of the first initial state; further ones follow it.
    """
    size, steps = profile.size, profile.cliff_steps
    pattern = pattern_at_rest(size, seed, profile.rest_steps)
    feed, diffusion = (
        experiments.reach(
            ranges,
            profile.reach_points,
            pattern,
            steps=profile.reach_run,
            carry_steps=profile.reach_steps,
            size=size,
            seed=seed,
        )
        for ranges in (experiments.REACHED_FEED, experiments.REACHED_DIFFUSION)
    )
    cliffs = experiments.cliff_table(
        profile.cliff_seeds, profile.cliff_lengths, size=size, steps=steps, seed=seed
    )
    lines = experiments.carried_lines(pattern, steps=profile.carry_steps, fineness=profile.carry_fineness)
    small = steady_pattern(profile.branch_size, seed, profile.rest_steps)
    branches = outlines(
        [(n, sign) for n in TRUTH._fields for sign in (-1, 1)], small, steps=profile.branch_steps
    )
    by_side, by_strength = experiments.patch_study(
        size=size,
        steps=steps,
        sides=experiments.SIDES[: profile.patch_sides],
        strengths=profile.patch_strengths,
        seed=seed,
    )
    watched = repetitions(seed, profile.cycle_seeds)
    records = flashes.records(profile.cycle_kills, watched, size=size, steps=steps)
    usual = {k: run for (k, drawn), run in records.items() if drawn == seed}
    return Measurements(
        feed=feed,
        diffusion=diffusion,
        edges=plane_edges(feed, repetitions(seed, profile.edge_seeds), size=size, steps=steps),
        cliffs=cliffs,
        known=experiments.evidence(cliffs, {key: out for key, (out, _) in lines.items()}),
        lines=lines,
        outlines=branches,
        released=release_all(branches, profile.release_steps),
        by_side=by_side,
        by_strength=by_strength,
        stiffness=timestep.stiffness_along_Du(size=size, steps=steps, seed=seed),
        survey=timestep.survey(profile.survey_points, size=size, steps=profile.survey_steps, seed=seed),
        records=records,
        fates=flashes.fates(profile.cycle_kills, watched, size=size, steps=steps),
        checked=flash_checks.check(profile.cycle_kills, seed, usual, size=size, steps=steps),
    )
