"""How much is computed for horizons, in each profile."""

from dataclasses import dataclass

from lib.running.profiles import Profile, choose


@dataclass(frozen=True)
class Sizes(Profile):
    """Sizes of these experiments.

    Args:
        horizons: numbers of steps at which the family's landscapes are looked at.
        horizon_settle: steps in which its data settle.
        horizon_plane, horizon_cut: points along each side of its F-k plane, and along its cuts.
        horizon_size: cells along each side of the grid its searches run on.
        horizon_starts, horizon_controls: starts of every search, and of those with other losses.
        horizon_few: pairs of a horizon and the number of starts that are tried there, if not all.
        horizon_squares, horizon_descents, horizon_others: horizons of the least squares, of the descents,
            and of the searches with other losses.
        horizon_short: the one of the last at which things compared are held against each other.
        horizon_noise, horizon_draws: horizons at which noisy data are fitted, and noise draws.
        horizon_trials, horizon_iterations: budgets of the two: trial points, and trial steps.
    """

    horizons: tuple[int, ...] = (1, 10, 50, 100, 200, 500, 1000, 5000, 40_000)
    horizon_settle: int = 200_000
    horizon_plane: int = 10
    horizon_cut: int = 15
    horizon_size: int = 64
    horizon_starts: int = 20
    horizon_controls: int = 10
    horizon_few: tuple[tuple[int, int], ...] = ((40_000, 6),)
    horizon_squares: tuple[int, ...] = (1, 10, 30, 50, 100, 200, 300, 500, 1000, 2000, 40_000)
    horizon_descents: tuple[int, ...] = (1, 3, 10, 30, 100, 300, 1000, 40_000)
    horizon_others: tuple[int, ...] = (1, 10, 100, 500)
    horizon_short: int = 10
    horizon_noise: tuple[int, ...] = (1, 3, 10, 30, 100)
    horizon_draws: int = 4
    horizon_trials: int = 40
    horizon_iterations: int = 150


SIZES = {
    "quick": Sizes("quick"),
    "paper": Sizes(
        "paper",
        horizon_plane=40,
        horizon_cut=81,
        horizon_starts=96,
        horizon_controls=48,
        horizon_few=((5000, 24), (40_000, 12)),
        horizon_squares=(1, 3, 10, 30, 50, 100, 200, 300, 500, 1000, 2000, 5000, 40_000),
        horizon_descents=(1, 3, 10, 30, 100, 300, 1000, 5000, 40_000),
        horizon_others=(1, 3, 10, 30, 100, 300, 1000, 40_000),
        horizon_noise=(1, 2, 3, 5, 10, 20, 30, 50, 100, 200),
        horizon_draws=16,
        horizon_iterations=600,
    ),
    "smoke": Sizes(
        "smoke",
        size=32,
        steps=400,
        horizons=(1, 10, 100, 400),
        horizon_settle=2000,
        horizon_plane=4,
        horizon_cut=5,
        horizon_size=32,
        horizon_starts=3,
        horizon_controls=2,
        horizon_few=((100, 2),),
        horizon_squares=(1, 10, 100),
        horizon_descents=(1, 10),
        horizon_others=(1, 10),
        horizon_noise=(1, 10),
        horizon_draws=2,
        horizon_trials=6,
        horizon_iterations=8,
    ),
}


def sizes(profile: str) -> Sizes:
    """The sizes in the profile of that name."""
    return choose(SIZES, profile)
