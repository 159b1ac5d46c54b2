"""What is measured beside the benchmark: a forward network, embeddings, and a posterior's calibration.

None stands for "not measured".
"""

from dataclasses import dataclass

import numpy as np
import torch
from scipy.special import expit

from lib.simulate import Outcome
from lib.studies.inversion import calibration
from lib.studies.inversion.embedding import Discerned, discerned
from lib.studies.inversion.forward_network import Course, courses
from lib.studies.inversion.library import library
from lib.studies.inversion.methods import neural_posterior
from lib.studies.inversion.sizes import Sizes

#: The interval that is counted, and draws that each rank is taken among.
LEVEL, DRAWS = 0.9, 400


@dataclass(frozen=True)
class Asides:
    """Numbers of three studies.

    Args:
        ranks: of the truth among the posterior's draws, (cases, 4).
        lowest, highest: coverage of the 90 % interval, of the parameter with the least and the most.
        doubt: the smallest probability of such ranks under a right posterior, over the parameters.
        cases: patterns it was asked about.
        embeddings: what each can do; the first is the claim's.
        courses: error against processor time; the simulator's first.
        network, network_seconds: the better network's last error, and when it had it.
        solver: the least error of a run of the simulator in no more time.
        ratio: of the two errors.
    """

    ranks: np.ndarray
    lowest: float | None
    highest: float | None
    doubt: float | None
    cases: int
    embeddings: list[Discerned]
    courses: list[Course]
    network: float
    network_seconds: float
    solver: float | None
    ratio: float | None


def asides(profile: Sizes) -> Asides:
    """All three at a profile's sizes."""
    size, steps, limit = profile.inversion_size, profile.inversion_steps, profile.inversion_budget
    ranks = posterior_ranks(limit, size, steps)
    inside = calibration.coverage(ranks, LEVEL) if len(ranks) else np.empty(0)
    found = courses(size, profile.forward_iterations)
    best = min(found[1:], key=lambda course: course.errors[-1])
    in_time = [e for s, e in zip(found[0].seconds, found[0].errors, strict=True) if s <= best.seconds[-1]]
    solver = min(in_time, default=None)
    return Asides(
        ranks=ranks,
        lowest=float(inside.min()) if len(inside) else None,
        highest=float(inside.max()) if len(inside) else None,
        doubt=float(calibration.doubt(ranks).min()) if len(ranks) else None,
        cases=len(ranks),
        embeddings=discerned(limit, size, steps),
        courses=found,
        network=best.errors[-1],
        network_seconds=best.seconds[-1],
        solver=solver,
        ratio=None if not solver else best.errors[-1] / solver,
    )


def posterior_ranks(limit: float, size: int, steps: int) -> np.ndarray:
    """Ranks of the true parameters of patterns of v that the posterior was not taught with, (cases, 4).

    It is taught with the library of the first seed and asked about the second's.
    """
    density = neural_posterior.taught(limit, size, steps, 0, both=False).density
    fresh = library(limit, size, steps, 1)
    alive = fresh.outcome == Outcome.PATTERN
    x = neural_posterior.features(fresh.v[alive], None)
    draws = expit(density.sample(torch.as_tensor(x), DRAWS).double().numpy())
    return calibration.ranks(draws, expit(neural_posterior.free(fresh.points[alive])))
