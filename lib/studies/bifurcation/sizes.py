"""How much is computed for cliffs and their causes, in each profile."""

from dataclasses import dataclass

from lib.running.profiles import Profile, choose


@dataclass(frozen=True)
class Sizes(Profile):
    """Sizes of these experiments.

    Args:
        cliff_seeds, cliff_lengths, cliff_steps: initial states and run lengths over which cliffs are located
            (Section 5.1), and the full run length there.
        carry_steps, carry_fineness: steps of a carried pattern at each value, values per 1 % of the truth's.
        reach_points, reach_run, reach_steps: points along each side of the planes of Section 5.1, steps of
            the runs from the patch, and of each carry.
        branch_size, branch_steps: cells along each side of the dish whose branches are followed, and points
            of each.
        release_steps: steps in which a steady pattern, disturbed, may leave.
        rest_steps: steps in which a pattern comes to rest before it is carried.
        patch_sides, patch_strengths: number of other patches tried.
        survey_points, survey_steps: random points at which both time steps are run, and for how long.
        edge_seeds: initial states from which the edges of the F-k plane are bisected.
        cycle_kills, cycle_seeds: kill rates near the Hopf point, and initial states, whose runs are watched.
    """

    cliff_seeds: int = 3
    cliff_lengths: tuple[int, ...] = (10_000, 80_000)
    cliff_steps: int = 40_000
    carry_steps: int = 10_000
    carry_fineness: float = 1.0
    reach_points: int = 18
    reach_run: int = 20_000
    reach_steps: int = 6000
    branch_size: int = 64
    branch_steps: int = 26
    release_steps: int = 80_000
    rest_steps: int = 200_000
    patch_sides: int = 8
    patch_strengths: int = 6
    survey_points: int = 96
    survey_steps: int = 10_000
    edge_seeds: int = 2
    cycle_kills: tuple[float, ...] = (0.0557, 0.056, 0.0562)
    cycle_seeds: int = 3


SIZES = {
    "quick": Sizes("quick"),
    "paper": Sizes(
        "paper",
        cliff_seeds=24,
        cliff_lengths=(10_000, 20_000, 80_000, 160_000, 320_000),
        carry_steps=40_000,
        carry_fineness=5.0,
        reach_points=64,
        reach_run=40_000,
        reach_steps=40_000,
        branch_size=64,
        branch_steps=60,
        patch_sides=11,
        patch_strengths=8,
        survey_points=2000,
        survey_steps=40_000,
        edge_seeds=8,
        cycle_seeds=8,
        cycle_kills=(0.0556, 0.0557, 0.0558, 0.0559, 0.056, 0.0561, 0.0562, 0.0563),
    ),
    "smoke": Sizes(
        "smoke",
        cliff_seeds=2,
        cliff_lengths=(1500,),
        cliff_steps=3000,
        carry_steps=1000,
        carry_fineness=0.2,
        reach_points=5,
        reach_run=2000,
        reach_steps=1000,
        branch_size=32,
        branch_steps=6,
        release_steps=4000,
        rest_steps=60_000,
        patch_sides=2,
        patch_strengths=2,
        survey_points=8,
        survey_steps=500,
        edge_seeds=1,
        cycle_kills=(0.0557, 0.056),
        cycle_seeds=2,
        size=32,
        steps=400,
    ),
}


def sizes(profile: str) -> Sizes:
    """The sizes in the profile of that name."""
    return choose(SIZES, profile)
