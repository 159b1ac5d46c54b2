"""Distances in a visual embedding: do they tell patterns apart, and do they lead anywhere?

The distance is Najarro and colleagues' (arXiv 2506.11796), 1 − cosine of two pictures' embeddings. They embed
with CLIP. Here it is done with what the convolutional reverse surrogate has learned to look at, and with the
filters of the Gram loss, pretrained ones where they are at hand.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from lib import features
from lib.initial_states import initial_state
from lib.model import Params
from lib.repetitions import repetitions
from lib.simulate import simulate
from lib.studies.inversion.methods import reverse_network
from lib.studies.inversion.problems import TARGETS, seed_of
from lib.studies.inversion.recovery import latin_hypercube, to_box

#: Initial states of each target, and points of the box from which a step is tried towards each target.
STATES, POINTS = 2, 32

#: Length of that step, as a share of the way to the truth.
STEP = 0.02

#: Targets that steps are tried towards.
TOWARDS = ("truth", "maze", "holes")

Ends = Float[Tensor, "_ height width"]  # of runs
Embed = Callable[[Float[Tensor, "batch height width"]], Float[Tensor, "batch channels"]]


class Discerned(NamedTuple):
    """What one embedding can do.

    Args:
        label: which embedding.
        told: share of comparisons in which a pattern is nearer to one of its own target than to another.
        downhill: share of points at which a step towards the truth lowers the distance.
        living: the same among the points where both ends of the step have a pattern; None without any.
        flat: share of points at which it changes nothing at all.
        steps, between: how many steps were tried, and how many of them between two patterns.
    """

    label: str
    told: float
    downhill: float
    living: float | None
    flat: float
    steps: int
    between: int


def discerned(limit: float, size: int, steps: int, filters: features.Features, seed: int) -> list[Discerned]:
    """Both embeddings: the one learned here, then the filters.

    Args:
        limit: forward equivalents that the learned one's library may cost.
        size, steps: of the simulations.
        filters: from `features.at_hand`.
        seed: of its random numbers.
    """
    reader = reverse_network.taught(limit, size, steps, repetitions(seed, 2)[0]).reader
    embeddings: list[tuple[str, Embed]] = [
        ("the reverse surrogate's own", reader.embedded),
        (filters.label, lambda v: filters(v).mean(dim=(2, 3))),
    ]
    with torch.no_grad():
        patterns = grown([TARGETS[name] for name in TARGETS], size, steps, seed)
        here, walks = steps_towards([TARGETS[name] for name in TOWARDS], size, steps, seed)
        goals = [patterns[list(TARGETS).index(name)][:1] for name in TOWARDS]
        return [
            Discerned(label, told_apart(embed, patterns), *downhill(embed, here, walks, goals))
            for label, embed in embeddings
        ]


def grown(
    truths: Sequence[Params], size: int, steps: int, seed: int
) -> Float[Tensor, "targets states height width"]:
    """Each target's patterns from several initial states that no method uses."""
    start = initial_state(STATES, size=size, seed=seed_of("embedding", seed))
    return torch.stack([simulate(truth, start, steps, threads=1).v for truth in truths])


def steps_towards(truths: Sequence[Params], size: int, steps: int, seed: int) -> tuple[Ends, list[Ends]]:
    """Ends of runs from points all over the box, and from a step nearer to each truth; one start for all."""
    first, second = repetitions(seed, 2)
    here = to_box(latin_hypercube(POINTS, np.random.default_rng(seed_of("step", first))))
    start = initial_state(1, size=size, seed=seed_of("step", second))
    states = type(start)(*(x.expand(POINTS, -1, -1).contiguous() for x in start))

    def ends(points: np.ndarray) -> Ends:
        params = Params(*torch.as_tensor(points).float().unbind(1))
        return simulate(params, states, steps, threads=1).v.nan_to_num(0.0)

    return ends(here), [ends(here + STEP * (np.array(truth) - here)) for truth in truths]


def distance(one: Float[Tensor, "rows channels"], other: Float[Tensor, "columns channels"]) -> Tensor:
    """1 − cosine of every pair, (rows, columns), in double precision: small differences are asked for."""
    unit = (torch.nn.functional.normalize(x.double(), dim=1) for x in (one, other))
    first, second = unit
    return 1 - first @ second.T


def told_apart(embed: Embed, patterns: Float[Tensor, "targets states height width"]) -> float:
    """Share of comparisons in which a pattern's own kind is nearer than another kind; chance is one half."""
    kinds = np.repeat(np.arange(len(patterns)), patterns.shape[1])
    gaps = distance(*[embed(patterns.flatten(0, 1))] * 2).numpy()
    won = [
        gaps[a, b] < gaps[a, c]
        for a in range(len(kinds))
        for b in np.flatnonzero(kinds == kinds[a])
        for c in np.flatnonzero(kinds != kinds[a])
        if a != b
    ]
    return float(np.mean(won))


def downhill(
    embed: Embed, here: Ends, walks: Sequence[Ends], goals: Sequence[Ends]
) -> tuple[float, float | None, float, int, int]:
    """Shares of steps that lower the distance, of those between patterns, and that change nothing; counts."""
    changes, alive, begun = [], [], embed(here)
    for there, picture in zip(walks, goals, strict=True):
        goal = embed(picture)
        before, after = (distance(x, goal)[:, 0].numpy() for x in (begun, embed(there)))
        changes.append(after - before)
        alive.append(((here.std(dim=(1, 2)) > 1e-3) & (there.std(dim=(1, 2)) > 1e-3)).numpy())
    change, living = np.concatenate(changes), np.concatenate(alive)
    among = float((change[living] < 0).mean()) if living.any() else None
    shares = float((change < 0).mean()), among, float((change == 0).mean())
    return *shares, len(change), int(living.sum())
