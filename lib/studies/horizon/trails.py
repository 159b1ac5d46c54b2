"""How a search goes: where it stands after more and more of its budget."""

from collections.abc import Sequence
from typing import Any

import xarray as xr

from lib.studies.horizon.recovery import recover

#: Each look at a search comes after so many times the budget of the one before.
FACTOR = 3


def trails(horizons: Sequence[int], *, method: str, count: int, budget: int, **field: Any) -> xr.Dataset:
    """The searches of `recover`, stopped early again and again.

    Both searches are deterministic, so one with a smaller budget is the beginning of one with a larger.

    Args:
        horizons: numbers of steps.
        method: "descent" or "squares".
        count: starts, the paper's first.
        budget: trial points of the whole search.
        field: `size`, `settle`, `seed` and the rest of `recover`'s arguments.

    Returns:
        What `recover` returns, with a first dimension `budget`: 1, 3, 9, … and the whole one.
    """
    looks = budgets(budget)
    found = [recover(horizons, method=method, count=count, budget=look, **field) for look in looks]
    joined = xr.concat(
        found, xr.DataArray(looks, dims="budget", name="budget"), combine_attrs="drop_conflicts"
    )
    return joined.assign_attrs(budget=budget)


def budgets(whole: int) -> list[int]:
    """When to look: 1, 3, 9, … and at the end."""
    looks = [1]
    while looks[-1] * FACTOR < whole:
        looks.append(looks[-1] * FACTOR)
    return [*looks, whole] if whole > 1 else looks
