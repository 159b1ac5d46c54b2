"""The training runs that Section 3 and Appendix D show: which starts, which recipes, which seeds."""

from dataclasses import replace

import torch
import xarray as xr

from lib.coordinates import random_starts, to_params
from lib.paper import PAPER_START, RESTART
from lib.repetitions import repetitions
from lib.studies import shared
from lib.studies.training.acceptance import Safeguards
from lib.studies.training.iteration import Recipe
from lib.studies.training.runs import Plan, train_plans
from lib.studies.training.sizes import Sizes

#: Steps that the original code takes after a run has converged (commits 940260c to 152a409).
FURTHER = 1_000

#: The learning rate on record for the second run segment, and how many iterations it had (Appendix D).
SECOND_RATE, SECOND_ITERATIONS = 1e-3, 98

#: Base rates against the paper's, in the question whether the search is too fine or too coarse.
FACTORS = (0.1, 10.0)


def main_plans(sizes: Sizes, seed: int) -> dict[str, Plan]:
    """Both losses under both recipes: the text's and the code's with its further steps.

    The first `sizes.paper_starts` runs of each begin at the paper's start.
    """
    recipe = shared.first_segment(sizes)
    paper = [list(PAPER_START)] * sizes.paper_starts
    windowed = paper + random_starts(sizes.windowed_starts, seed)
    windowed_recipe = replace(recipe, loss="windowed")
    return {
        "text": shared.plain_training(sizes, seed=seed),
        "windowed": Plan(
            windowed, sizes.windowed_iterations, windowed_recipe, repetitions(seed, len(windowed))
        ),
        "code": Plan(
            paper, sizes.settling_iterations, replace(recipe, settle=FURTHER), repetitions(seed, len(paper))
        ),
        "windowed code": Plan(
            paper,
            sizes.settling_iterations,
            replace(windowed_recipe, settle=FURTHER),
            repetitions(seed, len(paper)),
        ),
    } | long_search(sizes, seed)


def long_search(sizes: Sizes, seed: int) -> dict[str, Plan]:
    """One search with the code's recipe as long as the paper's, where the profile has one."""
    if sizes.long_iterations is None:
        return {}
    recipe = replace(shared.first_segment(sizes), settle=FURTHER, size=sizes.long_size)
    return {"long": Plan([list(PAPER_START)], sizes.long_iterations, recipe, [seed])}


def variants(recipe: Recipe) -> dict[str, Recipe]:
    """The recipe with its safeguards switched off one by one."""
    return {
        "all on": recipe,
        "without the test for convergence": replace(recipe, safeguards=Safeguards(converged=False)),
        "without the test of the range": replace(recipe, safeguards=Safeguards(bounds=False)),
        "without the test for finite values": replace(recipe, safeguards=Safeguards(finite=False)),
        "without other learning rates": replace(recipe, safeguards=Safeguards(retries=False)),
        "without the ranges": replace(recipe, safeguards=Safeguards(ranges=False)),
        "without weight decay": replace(recipe, weight_decay=0.0),
    }


def side_plans(sizes: Sizes, seed: int) -> dict[str, Plan]:
    """Replays with safeguards off, and runs at other base rates, named "rate × FACTOR"."""
    recipe = shared.first_segment(sizes)
    plain = [float(p) for p in to_params(torch.tensor(PAPER_START))]
    starts = [list(PAPER_START)] + random_starts(1, seed)
    plans = {
        f"rate × {factor:g}": Plan(
            starts,
            sizes.rate_iterations,
            replace(recipe, rate=recipe.rate * factor),
            repetitions(seed, len(starts)),
        )
        for factor in FACTORS
    }
    for name, each in variants(recipe).items():
        start = list(PAPER_START) if each.safeguards.ranges else plain
        plans[name] = Plan([start], sizes.replay_iterations, each, [seed])
    return plans


def second_segment_plans(sizes: Sizes, seed: int) -> dict[str, Plan]:
    """Re-runs of Appendix D's second segment from its restart values, at both rates and with both recipes.

    One run with the further steps is enough: the gradient is exactly zero there, whatever the batch.
    """
    recipe = shared.first_segment(sizes)
    slow = replace(recipe, rate=SECOND_RATE)
    starts = [list(RESTART)] * sizes.second_segment_seeds
    drawn = repetitions(seed, len(starts))
    return {
        f"rate {SECOND_RATE:g}": Plan(starts, sizes.second_segment_slow, slow, drawn),
        f"rate {recipe.rate:g}": Plan(starts, sizes.second_segment_iterations, recipe, drawn),
        f"rate {SECOND_RATE:g}, {FURTHER:,} further steps": Plan(
            starts[:1], sizes.second_segment_slow, replace(slow, settle=FURTHER), drawn[:1]
        ),
    }


def run_all(sizes: Sizes, seed: int) -> dict[str, xr.Dataset]:
    """All runs of Section 3 by the names of their plans, side by side so that no core waits."""
    return train_plans(main_plans(sizes, seed) | side_plans(sizes, seed))
