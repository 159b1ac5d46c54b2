"""Measure the claims on landscapes, on patterns in time, and on ways through them, under another scheme.

python -m book.runs.schemes --profile quick --seed 0 --scheme half

What one time step and one precision show could be their own. The pages of some claims on dynamics run their
checks themselves; those of these would take as long again, so they are run apart, in minutes. The verdicts
are kept, and the claims board shows them. With half the step the cuts are searched anew; in double precision,
and on the planes, each point of the landscape is run again.
"""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import asdict

import xarray as xr

from book.errors import BuildError
from book.record import Record
from book.runs.claim_record import ROOT, claim_record
from book.runs.keep import keep
from book.settings import checked, look_around
from lib.publishing.wording import percent
from lib.repetitions import repetitions
from lib.running.profiles import profile
from lib.studies import shared
from lib.studies.bifurcation import measurements as of_cliffs
from lib.studies.bifurcation import summary as cliffs
from lib.studies.bifurcation.plane_edges import plane_edges
from lib.studies.bifurcation.sizes import sizes as sizes_of_cliffs
from lib.studies.gradient_routes import measurements as along_lines
from lib.studies.gradient_routes import summary as of_lines
from lib.studies.gradient_routes.sizes import sizes as sizes_of_lines
from lib.studies.landscapes import summary as of_landscapes
from lib.studies.landscapes.again import again
from lib.studies.landscapes.coarse import coarse_grid
from lib.studies.landscapes.flatness import relief
from lib.studies.patterns import measurements as in_time
from lib.studies.patterns import summary as of_time
from lib.studies.patterns.sizes import sizes as sizes_in_time
from lib.studies.scheme import DOUBLE, HALF, PAPER, Scheme

#: What can be asked for, and how the board names it.
SCHEMES: Mapping[str, tuple[Scheme, str]] = {
    "half": (HALF, "half the time step"),
    "double": (DOUBLE, "double precision"),
}


#: A claim, its numbers, and further fields of its record.
Found = tuple[str, dict[str, float | None], dict[str, str]]


def main(arguments: list[str] | None = None) -> int:
    """Command line; the exit status says whether there are records."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--profile", default="quick", help="how much is computed: quick, paper or smoke")
    parser.add_argument("--seed", default="0", help="of the initial states")
    parser.add_argument("--scheme", choices=SCHEMES, action="append", help="both by default")
    asked = parser.parse_args(arguments)
    try:
        for name in asked.scheme or SCHEMES:
            for record in measured(asked.profile, asked.seed, name):
                place = keep(ROOT, record)
                (claim,) = record["claims"]
                print(f"With {record['scheme']} {claim['id']} {claim['verdict']}: {claim['measured']}")
                print(f"Recorded in {place.relative_to(ROOT)}; the next `make book` shows it.", flush=True)
    except BuildError as error:
        print(f"Nothing more was recorded. {error}", file=sys.stderr)
        return 1
    return 0


def measured(name: str, seed: str, kind: str) -> list[Record]:
    """A record for each claim.

    Raises:
        BuildError: for settings that are none.
    """
    parameters = checked(name, "cpu", seed)
    around, (scheme, words) = look_around(parameters), SCHEMES[kind]
    return [
        claim_record(parameters, around, {claim: numbers}, scheme=words, **more)
        for claim, numbers, more in numbers_of(name, int(parameters["SEED"]), scheme)
    ]


def numbers_of(name: str, seed: int, scheme: Scheme) -> list[Found]:
    """Claims, their numbers, as their pages measure them, and what else their records say."""
    over_time = in_time.in_time(sizes_in_time(name), seed, scheme)
    lines = sizes_of_lines(name)
    samples = along_lines.plane_samples(lines, seed, scheme)
    ends = asdict(of_time.middles(over_time, seed))
    found: list[Found] = [
        ("intermediate", asdict(of_time.alike(over_time)), {}),
        ("intermediate-ends", ends, {}),
        ("intermediate-ends-random", ends, {}),
        ("traversable", asdict(of_lines.ways(along_lines.ways(lines, samples, seed, scheme), samples)), {}),
    ]
    return [*found, *landscapes(name, seed, scheme), *edges(name, seed, scheme)]


def edges(name: str, seed: int, scheme: Scheme) -> list[Found]:
    """The patterned region's flanks in the F-k plane, bisected under this scheme."""
    chosen = sizes_of_cliffs(name)
    found = of_cliffs.measure(chosen, seed)
    drawn = repetitions(seed, chosen.edge_seeds)
    moved = plane_edges(found.feed, drawn, size=chosen.size, steps=chosen.cliff_steps, scheme=scheme)
    both = cliffs.edges(moved, found.feed, found.diffusion)
    causes = cliffs.causes(found.known, found.by_side, found.by_strength)
    return [
        ("bifurcations", asdict(both.left) | asdict(causes), {}),
        ("bifurcations-right", asdict(both.right), {}),
    ]


def landscapes(name: str, seed: int, scheme: Scheme) -> list[Found]:
    """What is read off the cuts and both planes; the planes' coarse grids, as on their page."""
    about = profile(name)
    along = shared.cuts(about, seed=seed, scheme=PAPER if scheme.double else scheme)
    if scheme.double:
        along = {axis: again(cut, scheme) for axis, cut in along.items()}
    feed, diffusion = (
        again(coarse_grid(plane(about, seed=seed)), scheme)
        for plane in (shared.feed_plane, shared.diffusion_plane)
    )
    pictures = of_landscapes.of_pictures(feed, seed)
    return [
        ("cuts", asdict(of_landscapes.of_cuts(along)), {"remark": by_axis(along)}),
        ("planes", asdict(of_landscapes.of_planes(feed, diffusion)), {}),
        ("losses-agree", of_landscapes.of_losses(feed)._asdict(), {}),
        ("matrix", {"mantel": pictures.correlation, **pictures._asdict()}, {}),
    ]


def by_axis(along: Mapping[str, xr.Dataset]) -> str:
    """How much of each cut is flat off the patterns: the claim needs all four."""
    flat = {axis: relief(cut).flat_off for axis, cut in along.items()}
    return "flat off the patterns: " + ", ".join(f"{axis} {percent(share)}" for axis, share in flat.items())


if __name__ == "__main__":
    sys.exit(main())
