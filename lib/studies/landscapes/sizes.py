"""How much is computed for landscapes, in each profile."""

from dataclasses import dataclass

from lib.running.profiles import Profile, choose


@dataclass(frozen=True)
class Sizes(Profile):
    """Sizes of these experiments.

    Args:
        cut_gaps, cut_levels: gaps between the first points of each one-parameter cut, and how often they are
            halved at a cliff.
        cut_states: initial states at each point of a cut.
        plane_feed, plane_diffusion: coarse cells along each side of the F-k and the Du-Dv plane, and how
            often they are halved along a cliff.
        plane_states: initial states at each point of both planes.
        matrix_points: pictures along each side of the pattern matrix; one less divides the F-k plane's coarse
            cells.
        explorer_times: lengths of the shorter runs over the F-k plane in the explorer.
        explorer_gram_every: the Gram loss over its Du-Dv plane takes every n-th line of the coarse grid.
    """

    cut_gaps: int = 14
    cut_levels: int = 10
    cut_states: int = 4
    plane_feed: tuple[int, int] = (24, 3)
    plane_diffusion: tuple[int, int] = (12, 4)
    plane_states: int = 1
    matrix_points: int = 7
    explorer_times: tuple[int, ...] = (100, 300, 1000, 3000)
    explorer_gram_every: int = 1


SIZES = {
    "quick": Sizes("quick"),
    "paper": Sizes(
        "paper",
        cut_gaps=128,
        cut_levels=7,
        plane_feed=(48, 3),
        plane_diffusion=(48, 3),
        plane_states=4,
        explorer_gram_every=2,
    ),
    "smoke": Sizes(
        "smoke",
        size=32,
        steps=400,
        cut_gaps=8,
        cut_levels=3,
        cut_states=2,
        plane_feed=(4, 2),
        plane_diffusion=(4, 1),
        matrix_points=2,
        explorer_times=(50, 200),
    ),
}


def sizes(profile: str) -> Sizes:
    """The sizes in the profile of that name."""
    return choose(SIZES, profile)
