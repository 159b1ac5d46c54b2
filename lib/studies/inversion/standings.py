"""Who is ahead after how much work: a ranking for each kind of data, noise and budget, with pictures."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import xarray as xr
from jaxtyping import Float

from lib.studies.inversion import pictures, scores
from lib.studies.inversion.problems import SCHEMES

#: What counts as solved, relative, in the order of the columns.
WITHIN = (0.01, 0.05, 0.10)

#: Shares of the budget after which one may look; at 1 the answers are the last ones.
LOOKS = (0.01, 0.1, 0.3, 1.0)


class Gallery(NamedTuple):
    """Pictures, each once.

    Args:
        fields: v grown from one fresh initial state, (pictures, height, width); the truth's is the first.
        tile: which of them each answer grew into, over (approach, scheme, look); −1 without an answer.
    """

    fields: Float[np.ndarray, "pictures height width"]
    tile: xr.DataArray


def standings(found: xr.Dataset) -> xr.Dataset:
    """How everybody stands at each look.

    Args:
        found: from `benchmark.benchmark`.

    Returns:
        Dataset over (approach, scheme, look), `look` as a share of the budget: `solved` with a last dimension
        `within`, a share of the problems, and `error`, the median of the largest relative error. NaN where a
        method does not apply or was not run. The attribute `problems` is how many there are of each kind.
    """
    gap = np.abs(answers_at(found) / found.truth - 1).max("parameter", skipna=False).fillna(np.inf)
    solved = xr.concat([(gap <= within).mean(scores.REPEATS) for within in WITHIN], "within")
    table = xr.Dataset({"solved": solved, "error": gap.median(scores.REPEATS)}).assign_coords(
        within=[*WITHIN]
    )
    table = table.where(scores.applies(found)).transpose("approach", "scheme", "look", "within")
    return table.assign_attrs(problems=found.sizes["target"] * found.sizes["seed"])


def answers_at(found: xr.Dataset, looks: Sequence[float] = LOOKS) -> xr.DataArray:
    """What everybody would answer at each look, over (approach, scheme, target, seed, parameter, look)."""
    early = [found.answer.sel(spent=look, method="pad", drop=True) for look in looks if look < 1]
    return xr.concat([*early, found.params], "look").assign_coords(look=[*looks])


def gallery(found: xr.Dataset, *, size: int, steps: int) -> Gallery:
    """The patterns that the answers for the first problem of each kind make.

    Args:
        found: from `benchmark.benchmark`.
        size, steps: of the simulations.
    """
    first = found.isel(target=0, seed=0)
    answers = answers_at(found).isel(target=0, seed=0).transpose("approach", "scheme", "look", "parameter")
    points = answers.values.reshape(-1, 4)
    known = np.isfinite(points).all(axis=1)
    different, which = np.unique(points[known], axis=0, return_inverse=True)
    tile = np.full(len(points), -1)
    tile[known] = 1 + which.ravel()
    fields = pictures.grown([first.truth.values.tolist(), *different.tolist()], size, steps)[:, 0]
    shape = answers.isel(parameter=0, drop=True)
    return Gallery(fields, shape.copy(data=tile.reshape(shape.shape)))


def kinds_of_data(schemes: Sequence[str]) -> list[tuple[str, list[tuple[float, str]]]]:
    """Data schemes by what is seen, with the levels of noise each is known at: (title, [(noise, scheme)])."""
    kinds: dict[str, list[tuple[float, str]]] = {}
    for name in schemes:
        kinds.setdefault(SCHEMES[SCHEMES[name].without_noise or name].title, []).append(
            (SCHEMES[name].noise, name)
        )
    return [(title, sorted(levels)) for title, levels in kinds.items()]
