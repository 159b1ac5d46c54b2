"""How much is computed: the same code in every profile, only other numbers.

`quick` is the default: the paper's grid and run length, in minutes on a laptop's CPU.
`paper` samples everything fully. `smoke` is for tests only: a small grid and few steps.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    """Sizes of every experiment in the book.

    Args:
        name: quick, paper or smoke.
        size: cells along each side of the grid.
        steps: steps of a full run.
        cut_points, cut_states: points along each one-parameter cut, initial states at each point.
        plane_feed: points along (F, k) of the F-k plane.
        plane_diffusion: points along (Du, Dv) of the Du-Dv plane.
        plane_states: initial states at each point of both planes.
        matrix_points: pictures along each side of the pattern matrix.
    """

    name: str
    size: int = 128
    steps: int = 40_000
    cut_points: int = 48
    cut_states: int = 4
    plane_feed: tuple[int, int] = (40, 32)
    plane_diffusion: tuple[int, int] = (32, 32)
    plane_states: int = 2
    matrix_points: int = 7


PROFILES = {
    "quick": Profile("quick"),
    "paper": Profile("paper", cut_points=200, plane_feed=(64, 64), plane_diffusion=(64, 64), plane_states=4),
    "smoke": Profile(
        "smoke",
        size=32,
        steps=400,
        cut_points=4,
        cut_states=2,
        plane_feed=(3, 4),
        plane_diffusion=(3, 3),
        plane_states=1,
        matrix_points=2,
    ),
}


def profile(name: str) -> Profile:
    """The profile of that name.

    Raises:
        ValueError: if there is none.
    """
    if name not in PROFILES:
        raise ValueError(f"There is no profile {name!r}: choose one of {', '.join(PROFILES)}.")
    return PROFILES[name]
