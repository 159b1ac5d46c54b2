"""How much is computed for training runs, in each profile."""

from dataclasses import dataclass

from lib.running.profiles import Profile, choose


@dataclass(frozen=True)
class Sizes(Profile):
    """Sizes of these experiments.

    Args:
        training_tol: change in one step at which a run counts as converged in training.
        training_pool: targets that training draws from.
        training_starts, training_iterations: random starts under the plain loss, and iterations of each run.
        windowed_starts, windowed_iterations: the same under the windowed loss.
        settling_iterations: iterations of the run with further steps after convergence.
        replay_iterations: iterations of each run with one safeguard off.
        rate_iterations: iterations of each run with a larger or smaller base rate.
        audit_samples: simulations at each place of the acceptance audit; a multiple of 8.
        escape_sets: random sets at which the looks at v's range are held against every single step.
        second_leg_seeds: re-runs of the second leg of Appendix D at each learning rate.
        second_leg_iterations, second_leg_slow: iterations of those at the larger and at the recorded rate.
    """

    training_tol: float = 5e-05
    training_pool: int = 128
    training_starts: int = 8
    training_iterations: int = 16
    windowed_starts: int = 6
    windowed_iterations: int = 12
    settling_iterations: int = 16
    replay_iterations: int = 8
    rate_iterations: int = 6
    audit_samples: int = 40
    escape_sets: int = 12
    second_leg_seeds: int = 2
    second_leg_iterations: int = 44
    second_leg_slow: int = 32


SIZES = {
    "quick": Sizes("quick"),
    "paper": Sizes(
        "paper",
        training_pool=512,
        training_starts=16,
        training_iterations=60,
        windowed_starts=8,
        windowed_iterations=60,
        settling_iterations=200,
        replay_iterations=20,
        rate_iterations=40,
        audit_samples=160,
        escape_sets=60,
        second_leg_seeds=4,
        second_leg_iterations=98,
        second_leg_slow=98,
    ),
    "smoke": Sizes(
        "smoke",
        size=32,
        steps=400,
        training_tol=0.002,
        training_pool=4,
        training_starts=2,
        training_iterations=5,
        windowed_starts=1,
        windowed_iterations=5,
        settling_iterations=3,
        replay_iterations=2,
        rate_iterations=2,
        audit_samples=8,
        escape_sets=2,
        second_leg_seeds=1,
        second_leg_iterations=5,
        second_leg_slow=6,
    ),
}


def sizes(profile: str) -> Sizes:
    """The sizes in the profile of that name."""
    return choose(SIZES, profile)
