"""Training runs made by hand."""

import numpy as np
import xarray as xr

from lib.paper import TRUTH
from lib.simulate import Outcome
from lib.studies.training.runs import absent
from lib.studies.training.trace import PARAMETERS, Ending, Signal


def trace(rows: list[dict]) -> xr.Dataset:
    """One run with the given rows; what a row leaves out has a quiet default."""
    plain = {
        "loss": 260.0, "unconstrained": [0.0] * 4, "next_unconstrained": [0.0] * 4, "params": list(TRUTH),
        "gradient": [0.0, 0.0, 3.0, 4.0], "signal": Signal.PRESENT, "outcome": [Outcome.TRIVIAL] * 2,
        "rate": 0.1, "tries": 1, "refusal": [0, -1], "tried": [0.1, np.nan], "steps": [1_000] * 2,
    }  # fmt: skip
    dims = dict.fromkeys(("unconstrained", "next_unconstrained", "params", "gradient"), ("parameter",))
    dims |= {"outcome": ("sample",), "refusal": ("attempt",), "tried": ("attempt",)}
    dims |= {"losses": ("sample",), "steps": ("sample",)}
    full = [{**plain, "losses": [row.get("loss", 260.0)] * 2, **row} for row in rows]
    data = {
        n: (("run", "iteration", *dims.get(n, ())), np.array([[row[n] for row in full]])) for n in full[0]
    }
    return xr.Dataset(data | {"ending": ("run", [Ending.ABORTED])}, coords={"parameter": PARAMETERS})


def with_losses(*runs: list[float]) -> xr.Dataset:
    """Runs with these losses, side by side; the shorter ones are filled up as real ones are."""
    each = [trace([{"loss": float(loss)} for loss in losses]) for losses in runs]
    longest = max(len(losses) for losses in runs)
    fill = {name: absent(variable.dtype) for name, variable in each[0].data_vars.items()}
    numbered = [run.assign_coords(iteration=np.arange(run.sizes["iteration"])) for run in each]
    return xr.concat(numbered, "run", join="outer", fill_value=fill).isel(iteration=slice(longest))
