"""How much is computed of other systems, in each profile."""

from dataclasses import dataclass

from lib.running.profiles import Profile, choose


@dataclass(frozen=True)
class Sizes(Profile):
    """Sizes of these experiments.

    Args:
        recur_size: cells along each side of the grid of the planes.
        recur_steps: steps of their runs.
        recur_points: points along each side of a plane.
        recur_small: cells along each side of the grid of fits and searches.
        recur_settle: steps in which their data settle, at most.
        recur_starts, recur_trials: starts of the searches, and trial points of each.
        recur_horizons: horizons, in steps.
        recur_seeds: seeds of the plane that decides on plateaus, the page's own among them.
    """

    recur_size: int = 48
    recur_steps: int = 20_000
    recur_points: int = 13
    recur_small: int = 32
    recur_settle: int = 400_000
    recur_starts: int = 6
    recur_trials: int = 20
    recur_horizons: tuple[int, ...] = (1, 10, 100, 1000, 10_000)
    recur_seeds: int = 1


SIZES = {
    "quick": Sizes("quick"),
    "paper": Sizes(
        "paper",
        recur_size=96,
        recur_steps=60_000,
        recur_points=33,
        recur_small=48,
        recur_starts=24,
        recur_trials=40,
        recur_horizons=(1, 3, 10, 30, 100, 300, 1000, 3000, 10_000),
        recur_seeds=3,
    ),
    "smoke": Sizes(
        "smoke",
        size=32,
        steps=400,
        recur_size=24,
        recur_steps=2000,
        recur_points=4,
        recur_small=24,
        recur_settle=20_000,
        recur_starts=2,
        recur_trials=4,
        recur_horizons=(1, 10, 100),
    ),
}


def sizes(profile: str) -> Sizes:
    """The sizes in the profile of that name."""
    return choose(SIZES, profile)
