"""How much is computed for training runs, in each profile."""

from dataclasses import dataclass

from lib.running.profiles import Profile, choose


@dataclass(frozen=True)
class Sizes(Profile):
    """Sizes of these experiments.

    Args:
        training_tol: change in one step at which a run counts as converged in training.
        training_pool: targets that training draws from.
        paper_starts: runs from the paper's start, for each loss and recipe; they differ in their batches.
        training_starts, training_iterations: random starts under the plain loss; iterations of all its runs.
        windowed_starts, windowed_iterations: the same under the windowed loss.
        settling_iterations: iterations of runs with further steps after convergence, under both losses.
        long_iterations, long_size: iterations and grid of one search from the paper's start; None: no such
            search.
        replay_iterations: iterations of each run with one safeguard off.
        rate_iterations: iterations of each run with a larger or smaller base rate.
        audit_samples: simulations at each place of the acceptance audit; a multiple of 8.
        escape_sets: random sets at which the looks at v's range are held against every single step.
        second_segment_seeds: re-runs of the second run segment of Appendix D at each learning rate.
        second_segment_iterations, second_segment_slow: iterations of those at the larger and at the recorded
            rate.
    """

    training_tol: float = 5e-05
    training_pool: int = 128
    paper_starts: int = 3
    training_starts: int = 3
    training_iterations: int = 30
    windowed_starts: int = 0
    windowed_iterations: int = 30
    settling_iterations: int = 30
    long_iterations: int | None = None
    long_size: int = 64
    replay_iterations: int = 6
    rate_iterations: int = 4
    audit_samples: int = 40
    escape_sets: int = 12
    second_segment_seeds: int = 2
    second_segment_iterations: int = 44
    second_segment_slow: int = 98


SIZES = {
    "quick": Sizes("quick"),
    "paper": Sizes(
        "paper",
        training_pool=512,
        paper_starts=4,
        training_starts=16,
        training_iterations=60,
        windowed_starts=8,
        windowed_iterations=60,
        settling_iterations=200,
        long_iterations=8_918,
        replay_iterations=20,
        rate_iterations=40,
        audit_samples=160,
        escape_sets=60,
        second_segment_seeds=4,
        second_segment_iterations=98,
        second_segment_slow=98,
    ),
    "smoke": Sizes(
        "smoke",
        size=32,
        steps=400,
        training_tol=0.002,
        training_pool=4,
        paper_starts=2,
        training_starts=2,
        training_iterations=5,
        windowed_starts=1,
        windowed_iterations=5,
        settling_iterations=3,
        replay_iterations=2,
        rate_iterations=2,
        audit_samples=8,
        escape_sets=2,
        second_segment_seeds=1,
        second_segment_iterations=5,
        second_segment_slow=6,
    ),
}


def sizes(profile: str) -> Sizes:
    """The sizes in the profile of that name."""
    return choose(SIZES, profile)
