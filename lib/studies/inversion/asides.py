"""What is measured beside the benchmark: a forward network, embeddings, and a posterior's calibration.

None stands for "not measured".
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float
from scipy.special import expit

from lib.features import at_hand
from lib.repetitions import repetitions
from lib.running.kept import kept_result
from lib.simulate import Outcome
from lib.studies.inversion import calibration
from lib.studies.inversion.embedding import Discerned, discerned
from lib.studies.inversion.forward_network import Comparison, Course, comparison
from lib.studies.inversion.library import library
from lib.studies.inversion.methods import neural_posterior
from lib.studies.inversion.sizes import Sizes

#: With fewer moments at which the forward problem's answer is known, nobody's error is told.
FEWEST = 3

#: The interval that is counted, and draws that each rank is taken among.
LEVEL, DRAWS = 0.9, 400

Ranks = Float[np.ndarray, "cases 4"]


@dataclass(frozen=True)
class Asides:
    """Numbers of three studies.

    Args:
        cases: patterns that the posterior was asked about.
        lowest, highest: coverage of its 90 % interval, of the parameter with the least and the most.
        doubt: the smallest probability of such ranks under a right posterior, over the parameters.
        told, downhill, living, steps, between: what the learned embedding can do, as `embedding.Discerned`.
        moments: at how many moments, from the first, errors of the forward problem are known.
        network, network_seconds: the better forward network's last error over these, and when it had it; None
            for fewer than `FEWEST`, as the next ones.
        solver, solver_seconds: the least error of a run of the simulator in no more time, and its time.
        ratio: of the two errors.
    """

    cases: int
    lowest: float | None
    highest: float | None
    doubt: float | None
    told: float
    downhill: float
    living: float | None
    steps: int
    between: int
    moments: int
    network: float | None
    network_seconds: float
    solver: float | None
    solver_seconds: float | None
    ratio: float | None


class Beside(NamedTuple):
    """The numbers, and what figures and tables show."""

    numbers: Asides
    ranks: Ranks
    embeddings: list[Discerned]
    forward: Comparison


def asides(profile: Sizes, seed: int) -> Beside:
    """All three at a profile's sizes, with random numbers that belong to this seed."""
    size, steps, limit = profile.inversion_size, profile.inversion_steps, profile.inversion_budget
    ranks = posterior_ranks(limit, size, steps, seed)
    embeddings = [Discerned(*one) for one in kept_result(discerned, limit, size, steps, at_hand(), seed)]
    found = comparison(size, profile.forward_iterations, seed)
    return Beside(told(ranks, embeddings[0], found), ranks, embeddings, found)


def told(ranks: Ranks, embedding: Discerned, forward: Comparison) -> Asides:
    """The numbers of the page."""
    found, known = forward.courses, forward.counted >= FEWEST
    inside = calibration.coverage(ranks, LEVEL) if len(ranks) else np.empty(0)
    best = min(found[1:], key=lambda course: course.errors[-1])
    pairs = zip(found[0].errors, found[0].seconds, strict=True)
    in_time = [(error, seconds) for error, seconds in pairs if known and seconds <= best.seconds[-1]]
    solver, seconds = min(in_time, default=(None, None))
    return Asides(
        cases=len(ranks),
        lowest=float(inside.min()) if len(inside) else None,
        highest=float(inside.max()) if len(inside) else None,
        doubt=float(calibration.doubt(ranks).min()) if len(ranks) else None,
        told=embedding.told,
        downhill=embedding.downhill,
        living=embedding.living,
        steps=embedding.steps,
        between=embedding.between,
        moments=forward.counted,
        network=best.errors[-1] if known else None,
        network_seconds=best.seconds[-1],
        solver=solver,
        solver_seconds=seconds,
        ratio=None if not solver else best.errors[-1] / solver,
    )


def posterior_ranks(limit: float, size: int, steps: int, seed: int) -> Ranks:
    """Ranks of the true parameters of patterns of v that the posterior was not taught with.

    It is taught with the library of one seed and asked about another's.
    """
    taught, asked = repetitions(seed, 2)
    density = neural_posterior.taught(limit, size, steps, taught, both=False).density
    fresh = library(limit, size, steps, asked)
    alive = fresh.outcome == Outcome.PATTERN
    x = torch.as_tensor(neural_posterior.features(fresh.v[alive], None))
    draws = expit(density.sample(x, DRAWS).double().numpy())
    return calibration.ranks(draws, expit(neural_posterior.free(fresh.points[alive])))


def as_dataset(found: list[Course]) -> xr.Dataset:
    """Courses as a table over (course, look); NaN where one has fewer looks."""
    looks = max(len(course.errors) for course in found)
    rows = {"seconds": np.full((len(found), looks), np.nan), "error": np.full((len(found), looks), np.nan)}
    for row, course in enumerate(found):
        rows["seconds"][row, : len(course.seconds)] = course.seconds
        rows["error"][row, : len(course.errors)] = course.errors
    variables = {name: (("course", "look"), values) for name, values in rows.items()}
    return xr.Dataset(variables, coords={"course": [course.label for course in found]})
