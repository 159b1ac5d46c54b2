"""How much is computed for landscapes, in each profile."""

from dataclasses import dataclass

from lib.running.profiles import Profile, choose


@dataclass(frozen=True)
class Sizes(Profile):
    """Sizes of these experiments.

    Args:
        cut_points, cut_states: points along each one-parameter cut, initial states at each point.
        plane_feed: points along (F, k) of the F-k plane.
        plane_diffusion: points along (Du, Dv) of the Du-Dv plane.
        plane_states: initial states at each point of both planes.
        matrix_points: pictures along each side of the pattern matrix.
        refined_feed, refined_diffusion: coarse cells along each side of the refined planes, and how often
            they are halved along a cliff.
        explorer_times: lengths of the shorter runs over the F-k plane in the explorer.
        explorer_gram_every: the Gram loss over its Du-Dv plane takes every n-th point along both axes.
    """

    cut_points: int = 40
    cut_states: int = 4
    plane_feed: tuple[int, int] = (24, 22)
    plane_diffusion: tuple[int, int] = (18, 18)
    plane_states: int = 2
    matrix_points: int = 7
    refined_feed: tuple[int, int] = (12, 4)
    refined_diffusion: tuple[int, int] = (12, 3)
    explorer_times: tuple[int, ...] = (100, 300, 1000, 3000)
    explorer_gram_every: int = 2


SIZES = {
    "quick": Sizes("quick"),
    "paper": Sizes(
        "paper",
        cut_points=200,
        plane_feed=(64, 64),
        plane_diffusion=(64, 64),
        plane_states=4,
        refined_feed=(24, 4),
        refined_diffusion=(24, 4),
    ),
    "smoke": Sizes(
        "smoke",
        size=32,
        steps=400,
        cut_points=16,
        cut_states=2,
        plane_feed=(5, 6),
        plane_diffusion=(5, 5),
        plane_states=1,
        matrix_points=2,
        refined_feed=(3, 2),
        refined_diffusion=(3, 1),
        explorer_times=(50, 200),
    ),
}


def sizes(profile: str) -> Sizes:
    """The sizes in the profile of that name."""
    return choose(SIZES, profile)
