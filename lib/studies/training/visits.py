"""What happened in each region: how long the gradient was there, and what became of the tries."""

from dataclasses import dataclass

import numpy as np
import xarray as xr

from lib.studies.training.acceptance import Refusal
from lib.studies.training.regions import NAMES, region
from lib.studies.training.tries import tried_once

#: Every reason of the acceptance test, for "all three off".
ALL_TESTS = Refusal.NOT_CONVERGED | Refusal.OUT_OF_RANGE | Refusal.NOT_FINITE


@dataclass(frozen=True)
class Visit:
    """The iterations in one region, or in several together.

    Args:
        iterations, runs: how many, and of how many runs.
        length: median length of the gradient in unconstrained parameters; None if there was none.
        accepted: iterations whose first try, at the base rate, was taken.
        without_converged, without_any: those whose first try would have passed without the test for
            convergence, and without all three tests.
        beyond: those whose first try leads to a diffusion above 1/4.
    """

    iterations: int
    runs: int
    length: float | None
    accepted: int
    without_converged: int
    without_any: int
    beyond: int

    @property
    def share(self) -> float | None:
        """Share of the first tries that were taken; None where there were none."""
        return self.accepted / self.iterations if self.iterations else None


def visit(trace: xr.Dataset, half: float, *names: str) -> Visit:
    """The iterations in the regions of these names.

    Args:
        trace: of runs with all safeguards on, so that every reason is on record.
        half: of the plateau's height.
    """
    here = np.isin(region(trace, half).values, [one for one, name in NAMES.items() if name in names])
    first, length = trace.refusal.values[..., 0][here], gradient_length(trace).values[here]
    return Visit(
        iterations=int(here.sum()),
        runs=int(here.any(axis=1).sum()),
        length=float(np.nanmedian(length)) if np.isfinite(length).any() else None,
        accepted=int((first == 0).sum()),
        without_converged=int(((first & ~int(Refusal.NOT_CONVERGED)) == 0).sum()),
        without_any=int(((first & ~int(ALL_TESTS)) == 0).sum()),
        beyond=int(((first & int(Refusal.IMPOSSIBLE)) > 0).sum()),
    )


def gradient_length(trace: xr.Dataset) -> xr.DataArray:
    """Euclidean length of the gradient in unconstrained parameters in every iteration."""
    return (trace.gradient.astype(float) ** 2).sum("parameter", skipna=False) ** 0.5


def gradient_sizes(trace: xr.Dataset, half: float) -> dict[str, np.ndarray]:
    """Length of the gradient in every iteration, by the region it was taken in."""
    length, where = gradient_length(trace).values, region(trace, half).values
    return {name: length[where == one] for one, name in NAMES.items() if (where == one).any()}


def refusal_counts(trace: xr.Dataset, half: float) -> xr.DataArray:
    """How many tries were refused for which reason, and how many taken, by region of the iteration.

    A try refused for several reasons counts once, under "several"; a forward run that is known from the
    first series and tried again in the second counts once.

    Returns:
        Counts over (region, reason).
    """
    where, once = region(trace, half).values[..., None], tried_once(trace)
    codes = trace.refusal.values
    single = {"accepted": Refusal(0), **{r.name.lower().replace("_", " "): r for r in Refusal if r.name}}
    rows = []
    for one in NAMES:
        here = codes[once & (where == one)]
        known = [int((here == int(code)).sum()) for code in single.values()]
        rows.append([*known, len(here) - sum(known)])
    return xr.DataArray(
        rows,
        dims=("region", "reason"),
        coords={"region": list(NAMES.values()), "reason": [*single, "several"]},
    )
