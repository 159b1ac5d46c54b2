"""How far single precision, and which engine, can be trusted: drifts between computations of one run."""

import numpy as np
import xarray as xr

from lib.history import drift, history
from lib.initial_states import initial_state
from lib.paper import TRUTH

#: Steps after which computations are compared.
MARKS = (10, 30, 100, 300, 1000, 3000, 10_000)

#: What is compared with what.
WAYS = (
    "compiled float32 against float64",
    "plain PyTorch float32 against float64",
    "compiled against plain PyTorch, both float32",
)


def precision(*, seed: int = 0, size: int = 128, steps: int = 40_000) -> xr.Dataset:
    """Largest difference of u or v in any cell between computations of the truth's run.

    Args:
        seed, size, steps: initial state, grid, and steps of a run at most.

    Returns:
        Dataset over `way` (`WAYS`) and `steps`: `difference`, a concentration.
    """
    marks = [mark for mark in MARKS if mark <= steps]
    single = initial_state(1, size=size, seed=seed)
    double = type(single)(*(field.double() for field in single))
    exact = history(TRUTH, double, marks)
    fast = history(TRUTH, single, marks)
    plain = history(TRUTH, single, marks, backend="eager")
    found = [drift(fast, exact), drift(plain, exact), drift(fast, plain)]
    return xr.Dataset(
        {"difference": (("way", "steps"), np.stack(found))}, coords={"way": list(WAYS), "steps": marks}
    )
