"""How much is computed for gradients over planes, in each profile."""

from dataclasses import dataclass

from lib.running.profiles import Profile, choose


@dataclass(frozen=True)
class Sizes(Profile):
    """Sizes of these experiments.

    Args:
        gradient_field: points along (F, k) of the gradient field.
        gradient_states: initial states over which gradients are compared.
        adjoint_plane: points along (F, k) at which the adjoint is followed back.
        adjoint_seeds: initial states at each of them.
        short_cut: points of the very short cut among patterns.
        floor_points: points along k at which gradients under other floors are taken.
    """

    gradient_field: tuple[int, int] = (7, 8)
    adjoint_plane: tuple[int, int] = (5, 4)
    adjoint_seeds: int = 2
    short_cut: int = 17
    gradient_states: int = 6
    floor_points: int = 6


SIZES = {
    "quick": Sizes("quick"),
    "paper": Sizes(
        "paper",
        gradient_field=(24, 24),
        gradient_states=16,
        adjoint_plane=(12, 12),
        adjoint_seeds=4,
        floor_points=24,
    ),
    "smoke": Sizes(
        "smoke",
        size=32,
        steps=400,
        gradient_field=(3, 3),
        gradient_states=2,
        adjoint_plane=(2, 2),
        short_cut=9,
        floor_points=2,
    ),
}


def sizes(profile: str) -> Sizes:
    """The sizes in the profile of that name."""
    return choose(SIZES, profile)
