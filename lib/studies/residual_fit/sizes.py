"""How much is computed for fits by the residual, in each profile."""

from dataclasses import dataclass

from lib.running.profiles import Profile, choose


@dataclass(frozen=True)
class Sizes(Profile):
    """Sizes of these experiments.

    Args:
        bowl_points: points along each side of the residual's and the spectral loss's six planes (Section 6).
        fit_times: steps after which the closed-form fit is tried.
        second_frame_times: ages at which a second frame is tried too, with noise.
        fit_states, fit_sets, fit_seeds: initial states, parameter sets and noise draws it is tried on.
        ellipse_draws: noise draws behind the slider over confidence ellipses.
    """

    bowl_points: int = 9
    fit_times: tuple[int, ...] = (100, 300, 1000, 3000, 10_000, 20_000, 40_000)
    second_frame_times: tuple[int, ...] = (300, 40_000)
    fit_states: int = 4
    fit_sets: int = 12
    fit_seeds: int = 8
    ellipse_draws: int = 6


SIZES = {
    "quick": Sizes("quick"),
    "paper": Sizes("paper", bowl_points=33, fit_states=16, fit_sets=48, fit_seeds=32),
    "smoke": Sizes(
        "smoke",
        size=32,
        steps=400,
        bowl_points=4,
        fit_times=(100, 400),
        second_frame_times=(100, 400),
        fit_states=2,
        fit_sets=2,
        fit_seeds=2,
        ellipse_draws=2,
    ),
}


def sizes(profile: str) -> Sizes:
    """The sizes in the profile of that name."""
    return choose(SIZES, profile)
