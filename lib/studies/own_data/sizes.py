"""How much is computed for images of other programs, in each profile."""

from dataclasses import dataclass

from lib.running.profiles import Profile, choose


@dataclass(frozen=True)
class Sizes(Profile):
    """Sizes of these experiments.

    Args:
        own_size: cells along each side of the images.
        own_time: time after which they are taken.
        own_points: points along each side of the plane around one's own picture.
        own_steps: steps of its runs.
    """

    own_size: int = 64
    own_time: float = 16_000
    own_points: int = 7
    own_steps: int = 10_000


SIZES = {
    "quick": Sizes("quick"),
    "paper": Sizes("paper", own_size=128, own_time=40_000, own_points=17, own_steps=40_000),
    "smoke": Sizes("smoke", size=32, steps=400, own_size=32, own_time=1_000, own_points=3, own_steps=300),
}


def sizes(profile: str) -> Sizes:
    """The sizes in the profile of that name."""
    return choose(SIZES, profile)
