"""The steps that the optimiser tried: where they would have led, and whether a run is stable there."""

from dataclasses import dataclass

import numpy as np
import xarray as xr
from jaxtyping import Float

from lib.coordinates import LARGEST_DIFFUSION, LARGEST_RATE
from lib.studies.training.acceptance import Refusal
from lib.studies.training.iteration import Recipe

#: Tries below which no share of them is given.
FEWEST_TRIES = 100


@dataclass(frozen=True)
class Tries:
    """Steps tried by all runs, repeated forward runs counted once.

    Args:
        tries: how many.
        beyond: share of them that lead to a diffusion above 1/4, or to no number at all; None, like the
            others, for fewer than `FEWEST_TRIES`.
        lower, upper: quartiles of that share over the runs.
        strip: share within 1/4 but with 8 D + F + v² above 2, the rule of thumb for a pattern.
        lost: share of the tries within 1/4 whose run left the finite numbers.
    """

    tries: int
    beyond: float | None
    lower: float | None
    upper: float | None
    strip: float | None
    lost: float | None


def tries(trace: xr.Dataset, recipe: Recipe, top: float) -> Tries:
    """Where the tried steps lead.

    Args:
        trace: runs of one recipe, with dimensions (run, iteration).
        recipe: theirs.
        top: largest v of a pattern, for the rule of thumb.
    """
    diffusion, feed = tried_parameters(trace, recipe)
    once = tried_once(trace)
    beyond = once & ~(diffusion <= LARGEST_DIFFUSION)
    within = once & (diffusion <= LARGEST_DIFFUSION)
    strip = within & (8 * diffusion + feed + top**2 > 2)
    lost = within & ((trace.refusal.values & int(Refusal.NOT_FINITE)) > 0)
    count, by_run = int(once.sum()), once.sum(axis=(1, 2))
    shares = beyond.sum(axis=(1, 2))[by_run > 0] / by_run[by_run > 0]
    if count < FEWEST_TRIES:
        return Tries(count, None, None, None, None, None)
    lower, upper = np.quantile(shares, [0.25, 0.75])
    inside = int(within.sum())
    return Tries(
        tries=count,
        beyond=float(beyond.sum() / count),
        lower=float(lower),
        upper=float(upper),
        strip=float(strip.sum() / count),
        lost=float(lost.sum() / inside) if inside else None,
    )


def tried_once(trace: xr.Dataset) -> np.ndarray:
    """Which entries are tries of their own, (run, iteration, attempt).

    The second series begins at the base rate, whose forward run is known by then.
    """
    made = trace.refusal.values >= 0
    again = (trace.tried.values == trace.tried.values[..., :1]) & (np.arange(made.shape[-1]) > 0)
    return made & ~again


def tried_parameters(
    trace: xr.Dataset, recipe: Recipe
) -> tuple[Float[np.ndarray, "run iteration attempt"], Float[np.ndarray, "run iteration attempt"]]:
    """The larger diffusion, and the feed rate, to which each try leads; NaN where the gradient is."""
    unconstrained, gradient = (
        trace[name].values.astype(float)[:, :, None] for name in ("unconstrained", "gradient")
    )
    with np.errstate(over="ignore", invalid="ignore"):
        after = unconstrained - trace.tried.values[..., None] * (
            gradient + recipe.weight_decay * unconstrained
        )
        # lib.coordinates.to_params for whole tables, in float64.
        diffusion = np.logaddexp(0.0, after[..., :2]).max(axis=-1)
        feed = LARGEST_RATE / (1 + np.exp(-after[..., 2]))
    return diffusion, feed
