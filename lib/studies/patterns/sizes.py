"""How much is computed for patterns over time and initial states, in each profile."""

from dataclasses import dataclass

from lib.running.profiles import Profile, choose


@dataclass(frozen=True)
class Sizes(Profile):
    """Sizes of these experiments.

    Args:
        floor_states, floor_times: initial states at the truth, and the ages at which its runs are compared;
            `steps` is among them.
        middle_times, middle_points, middle_states: intermediate times, points along each cut and initial
            states of the landscapes at those times; the last time is `steps`.
        middle_plane: points along (F, k) at which uniform ends are searched for patterned middles.
        varied_batch: initial states of each kind that are compared at the truth (Appendix C).
    """

    floor_states: int = 12
    floor_times: tuple[int, ...] = (5000, 10_000, 20_000, 40_000, 80_000, 160_000)
    middle_times: tuple[int, ...] = (50, 100, 250, 500, 1000, 2000, 4000, 10_000, 20_000, 40_000)
    middle_points: int = 32
    middle_states: int = 2
    middle_plane: tuple[int, int] = (10, 9)
    varied_batch: int = 4


SIZES = {
    "quick": Sizes("quick"),
    "paper": Sizes(
        "paper", floor_states=32, middle_points=96, middle_states=4, middle_plane=(24, 24), varied_batch=16
    ),
    "smoke": Sizes(
        "smoke",
        size=32,
        steps=400,
        floor_states=3,
        floor_times=(200, 400, 800),
        middle_times=(100, 250, 400),
        middle_points=8,
        middle_states=2,
        middle_plane=(3, 3),
        varied_batch=2,
    ),
}


def sizes(profile: str) -> Sizes:
    """The sizes in the profile of that name."""
    return choose(SIZES, profile)
