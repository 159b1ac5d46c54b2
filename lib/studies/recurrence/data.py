"""A settled picture of each system, from which fits and searches start."""

from jaxtyping import Float
from torch import Tensor

from lib.folders import Folder
from lib.models import simulate
from lib.running.kept import kept_result
from lib.running.threads import single_thread
from lib.studies.recurrence.cases import CASES, start

#: A run is settled when no cell changes by more than this in a step.
SETTLED = 1e-13


def settled_picture(
    name: str, size: int, steps: int, seed: int = 0, cache: Folder = None
) -> Float[Tensor, "fields size size"]:
    """The truth's picture after so many steps at most, in float64; kept."""
    return kept_result(settle, name, size, steps, seed, cache=cache)


def drift(name: str, size: int, steps: int, seed: int = 0, cache: Folder = None) -> float:
    """Largest change of a field at any cell in one more step of the settled picture, at the truth."""
    case, picture = CASES[name], settled_picture(name, size, steps, seed, cache)
    with single_thread():
        return float(simulate(case.model, None, picture[None], 1, grid=case.grid, threads=1).change)


def settle(name: str, size: int, steps: int, seed: int) -> Tensor:
    """The same, computed."""
    case = CASES[name]
    with single_thread():
        begin = start(case, size, seed).double()
        run = simulate(case.model, None, begin, steps, grid=case.grid, tol=SETTLED, threads=1)
    return run.fields[0]
