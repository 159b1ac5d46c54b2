"""How much is computed for gradients over planes, in each profile."""

from dataclasses import dataclass

from lib.running.profiles import Profile, choose


@dataclass(frozen=True)
class Sizes(Profile):
    """Sizes of these experiments.

    Args:
        gradient_field: points along (F, k) of the gradient field.
        gradient_states: initial states over which gradients are compared.
        floor_points: points along k at which gradients under other floors are taken.
    """

    gradient_field: tuple[int, int] = (9, 8)
    gradient_states: int = 6
    floor_points: int = 6


SIZES = {
    "quick": Sizes("quick"),
    "paper": Sizes("paper", gradient_field=(24, 24), gradient_states=16, floor_points=24),
    "smoke": Sizes("smoke", size=32, steps=400, gradient_field=(3, 3), gradient_states=2, floor_points=2),
}


def sizes(profile: str) -> Sizes:
    """The sizes in the profile of that name."""
    return choose(SIZES, profile)
