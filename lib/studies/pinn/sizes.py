"""How much is computed for networks, in each profile."""

from dataclasses import dataclass

from lib.running.profiles import Profile, choose


@dataclass(frozen=True)
class Sizes(Profile):
    """Sizes of these experiments.

    Args:
        network_size: cells along each side of the grid that networks are trained on.
        network_iterations, network_seeds: steps of a training at most, and repetitions of each.
        landscape_points, landscape_planes, landscape_nodes: points along each side of the planes through the
            weights, random planes, Lanczos steps.
        window_lengths, window_begin, window_iterations: its windows in time; 0 is a single frame.
        repair_starts, repair_rounds, repair_fitting: descents of Section 6.3, their steps, and the network's
            fit before.
    """

    network_size: int = 64
    network_iterations: int = 3000
    network_seeds: int = 3
    landscape_points: int = 11
    landscape_planes: int = 3
    landscape_nodes: int = 40
    window_lengths: tuple[int, ...] = (0, 30, 300, 1000)
    window_begin: int = 2000
    window_iterations: int = 250
    repair_starts: int = 12
    repair_rounds: int = 16
    repair_fitting: int = 800


SIZES = {
    "quick": Sizes("quick"),
    "paper": Sizes(
        "paper",
        network_size=128,
        network_iterations=6000,
        landscape_points=17,
        landscape_planes=4,
        landscape_nodes=80,
        window_lengths=(0, 30, 100, 300, 1000, 4000),
        window_iterations=500,
        repair_starts=24,
        repair_rounds=32,
    ),
    "smoke": Sizes(
        "smoke",
        size=32,
        steps=400,
        network_size=32,
        network_iterations=12,
        network_seeds=2,
        landscape_points=3,
        landscape_planes=1,
        landscape_nodes=6,
        window_lengths=(0, 20),
        window_begin=100,
        window_iterations=6,
        repair_starts=2,
        repair_rounds=2,
        repair_fitting=5,
    ),
}


def sizes(profile: str) -> Sizes:
    """The sizes in the profile of that name."""
    return choose(SIZES, profile)
