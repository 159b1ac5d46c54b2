"""How much is computed for routes of the gradient, in each profile."""

from dataclasses import dataclass

from lib.running.profiles import Profile, choose


@dataclass(frozen=True)
class Sizes(Profile):
    """Sizes of these experiments.

    Args:
        route_sets: parameter sets drawn near the truth, and elsewhere.
        route_rest: patterns at rest, the first of them, at which gradients by several routes are compared.
        route_horizons, route_settle: the horizons unrolled, and the steps in which a run may come to rest.
        surrogate_plane, surrogate_states: points along (F, k) that surrogates learn from, and initial states.
        surrogate_tests, surrogate_starts: points they are tested at, and descents on them.
        path_points, path_states: points along each straight line to the truth, and initial states.
            Averages over pairs of states take three of them or more (`jackknife.FEWEST`).
    """

    route_sets: tuple[int, int] = (64, 4)
    route_rest: int = 30
    route_horizons: tuple[int, ...] = (10, 100, 1000, 20_000)
    route_settle: int = 200_000
    surrogate_plane: tuple[int, int] = (11, 10)
    surrogate_states: int = 3
    surrogate_tests: int = 48
    surrogate_starts: int = 100
    path_points: int = 11
    path_states: int = 4


SIZES = {
    "quick": Sizes("quick"),
    "paper": Sizes(
        "paper",
        route_sets=(200, 48),
        route_rest=100,
        route_horizons=(1, 3, 10, 30, 100, 300, 1000, 5000, 20_000, 40_000),
        surrogate_plane=(40, 36),
        surrogate_states=4,
        surrogate_tests=400,
        surrogate_starts=400,
        path_points=41,
        path_states=16,
    ),
    "smoke": Sizes(
        "smoke",
        size=32,
        steps=400,
        route_sets=(2, 1),
        route_rest=2,
        route_horizons=(10, 100),
        route_settle=1000,
        surrogate_plane=(5, 5),
        surrogate_states=3,
        surrogate_tests=6,
        surrogate_starts=9,
        path_points=4,
        path_states=3,
    ),
}


def sizes(profile: str) -> Sizes:
    """The sizes in the profile of that name."""
    return choose(SIZES, profile)
