"""How much is computed: the same code in every profile, only other numbers.

`quick` is the default: the paper's grid and run length, in minutes on a laptop's CPU.
`paper` samples everything fully. `smoke` is for tests only: a small grid and few steps.
What a study samples, it says itself, in its `sizes.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

Sizes = TypeVar("Sizes", bound="Profile")


@dataclass(frozen=True)
class Profile:
    """What all experiments of a profile have in common.

    Args:
        name: quick, paper or smoke.
        size: cells along each side of the grid.
        steps: steps of a full run.
    """

    name: str
    size: int = 128
    steps: int = 40_000


PROFILES = {
    "quick": Profile("quick"),
    "paper": Profile("paper"),
    "smoke": Profile("smoke", size=32, steps=400),
}


def profile(name: str) -> Profile:
    """The profile of that name.

    Raises:
        ValueError: if there is none.
    """
    return choose(PROFILES, name)


def choose(sizes: Mapping[str, Sizes], name: str) -> Sizes:
    """The entry of a profile, with a sentence where there is none."""
    if name not in sizes:
        raise ValueError(f"There is no profile {name!r}: choose one of {', '.join(sizes)}.")
    return sizes[name]
