"""How much is computed for networks, in each profile."""

from dataclasses import dataclass

from lib.running.profiles import Profile, choose


@dataclass(frozen=True)
class Sizes(Profile):
    """Sizes of these experiments.

    Args:
        network_iterations, network_seeds: trainings of the coordinate network, and repetitions of each.
        landscape_points, landscape_nodes: points of its filter-normalised planes, Lanczos steps.
        window_lengths, window_size, window_begin, window_iterations: its short windows in time.
        repair_rounds, repair_fitting: joint training steps of Section 6.3, and the network's fit before.
    """

    network_iterations: int = 280
    network_seeds: int = 3
    landscape_points: int = 13
    landscape_nodes: int = 40
    window_lengths: tuple[int, ...] = (0, 100, 1000)
    window_size: int = 64
    window_begin: int = 2000
    window_iterations: int = 250
    repair_rounds: int = 30
    repair_fitting: int = 400


SIZES = {
    "quick": Sizes("quick"),
    "paper": Sizes(
        "paper",
        network_iterations=1000,
        network_seeds=5,
        landscape_points=25,
        landscape_nodes=80,
        window_lengths=(0, 100, 1000, 4000),
        window_iterations=500,
        repair_rounds=60,
    ),
    "smoke": Sizes(
        "smoke",
        size=32,
        steps=400,
        network_iterations=12,
        network_seeds=2,
        landscape_points=3,
        landscape_nodes=6,
        window_lengths=(0, 20),
        window_size=32,
        window_begin=100,
        window_iterations=6,
        repair_rounds=2,
        repair_fitting=5,
    ),
}


def sizes(profile: str) -> Sizes:
    """The sizes in the profile of that name."""
    return choose(SIZES, profile)
