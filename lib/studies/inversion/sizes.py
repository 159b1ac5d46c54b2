"""How much is computed for rivals and remedies, in each profile."""

from dataclasses import dataclass

from lib.running.profiles import Profile, choose

#: Descents under losses of the end, and searches that would see the last of five frames only.
DESCENTS = ("paper", "log-amplitude", "level-aware", "transport")
LAST_FRAME = (
    "random", "nearest", "squares", "evolution", "evolution-statistics", "kalman", "reverse",
    "reverse-network", "posterior", "surrogate",
)  # fmt: skip

#: Networks on one settled picture: each of their attempts takes all of the budget.
NETWORKS = ("network-tanh", "network-sines", "homotopy")

#: Not run where minutes count.
LEFT_OUT = (
    *((method, scheme) for method in DESCENTS for scheme in ("S2", "S3-1", "S4-30")),
    *((method, "S5") for method in (*LAST_FRAME, *NETWORKS, "log-amplitude", "level-aware", "transport")),
    *((method, "S3-1") for method in ("random", "squares", "evolution", "evolution-statistics")),
    *((method, scheme) for method in NETWORKS for scheme in ("S1", "S3-1", "S4-30")),
    *((method, "S2") for method in ("random", "evolution", "surrogate")),
    *((method, "S4-30") for method in ("squares", "evolution-statistics", "surrogate")),
)

#: Not run in the profile `paper`: what would take hours and answers nothing that its neighbours do not.
NOISY, PATCHY, OTHER = ("S3-0.1", "S3-1", "S3-5"), ("S4-30", "S4-10"), ("S6", "S7")
LEFT_OUT_OF_PAPER = (
    *((method, scheme) for method in DESCENTS for scheme in (*NOISY, *PATCHY, *OTHER)),
    *((method, scheme) for method in NETWORKS for scheme in ("S3-0.1", "S3-5", "S4-10", "S5", *OTHER)),
)


@dataclass(frozen=True)
class Sizes(Profile):
    """Sizes of the benchmark.

    Args:
        inversion_size, inversion_steps: cells along each side, and steps of a full run. A field half as wide
            is filled in half the time. Twice as long changes the correlations of a pattern that settles by
            0.02 to 0.16 of the unit they are compared in; another initial state changes them by 0.06 to 0.32.
        inversion_budget: forward equivalents for each method on each problem.
        inversion_targets, inversion_schemes: names.
        inversion_seeds: repetitions.
        inversion_left_out: pairs of method and scheme that are not run.
        forward_iterations: steps of the forward networks' training.
    """

    inversion_size: int = 64
    inversion_steps: int = 10_000
    inversion_budget: float = 400.0
    inversion_targets: tuple[str, ...] = ("truth", "maze", "holes")
    inversion_schemes: tuple[str, ...] = ("S1", "S2", "S3-1", "S4-30", "S5")
    inversion_seeds: int = 2
    inversion_left_out: tuple[tuple[str, str], ...] = LEFT_OUT
    forward_iterations: int = 300


SIZES = {
    "quick": Sizes("quick"),
    "paper": Sizes(
        "paper",
        inversion_budget=1000.0,
        inversion_targets=(
            "truth", "maze", "holes", "spots", "stripes", "worms", "beside a cliff", "never settles",
        ),
        inversion_schemes=("S1", "S2", "S3-0.1", "S3-1", "S3-5", "S4-30", "S4-10", "S5", "S6", "S7"),
        inversion_seeds=5,
        inversion_left_out=LEFT_OUT_OF_PAPER,
        forward_iterations=20_000,
    ),
    "smoke": Sizes(
        "smoke",
        size=32,
        steps=400,
        inversion_size=32,
        inversion_steps=400,
        inversion_budget=120.0,
        inversion_targets=("truth", "maze"),
        inversion_schemes=("S1", "S2", "S5"),
        inversion_seeds=1,
        inversion_left_out=(),
        forward_iterations=5,
    ),
}  # fmt: skip


def sizes(profile: str) -> Sizes:
    """The sizes in the profile of that name."""
    return choose(SIZES, profile)
