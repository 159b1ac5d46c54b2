"""The table of a training run: one row an iteration, written as it runs, and all that is needed to go on.

Nothing random is carried from one iteration to the next (`training.draw`), the optimiser has no
momentum and its learning rate starts afresh, so the unconstrained parameters of its last row
are a run's whole state.
"""

import hashlib
import secrets
import warnings
from enum import IntEnum
from pathlib import Path
from typing import Any

import numpy as np
import xarray as xr

from lib import unfinished
from lib.running.kept import DamagedResult

#: Columns, and the dimensions of each beside the iteration; `lib.publishing.variables` says what they are.
COLUMNS: dict[str, tuple[str, ...]] = {
    "loss": (),
    "losses": ("sample",),
    "unconstrained": ("parameter",),
    "params": ("parameter",),
    "gradient": ("parameter",),
    "signal": (),
    "outcome": ("sample",),
    "steps": ("sample",),
    "converged": ("sample",),
    "rate": (),
    "tries": (),
    "tried": ("attempt",),
    "refusal": ("attempt",),
    "next_unconstrained": ("parameter",),
    "seconds": (),
}

PARAMETERS = ["Du", "Dv", "F", "k"]


class Signal(IntEnum):
    """What the gradient of an iteration says."""

    PRESENT = 0
    DEAD = 1
    """Exactly zero because every simulation of the batch died out. That is not convergence."""
    FLAT = 2
    """Exactly zero though something lives: every field is uniform to the last bit."""
    NOT_FINITE = 3


class Ending(IntEnum):
    """How a run stands."""

    OPEN = 0
    """It can go on."""
    ABORTED = 1
    """Every learning rate was refused."""
    LOST = 2
    """Parameters or loss left the finite numbers, or no run can start from where a step led."""


class Trace:
    """Rows of a run, in memory and in a file.

    Args:
        identity: what the run is: start, recipe, seed.
        path: the file; rows found there are taken over. None keeps everything in memory.

    Raises:
        ValueError: if the file holds another run.
    """

    def __init__(self, identity: str, path: Path | str | None = None) -> None:
        self.identity, self.ending = identity, Ending.OPEN
        self.path = None if path is None else Path(path)
        self.rows: dict[str, list[Any]] = {name: [] for name in COLUMNS}
        if self.path is not None and self.path.exists() and (found := intact(self.path)) is not None:
            self.take_over(found)

    def take_over(self, found: xr.Dataset) -> None:
        """Go on from the rows of a file."""
        if found.attrs["identity"] != self.identity:
            raise ValueError(
                f"{self.path} holds another training run ({found.attrs['identity']}) than the one asked for "
                f"({self.identity}): give each run its own path, or delete the file."
            )
        self.ending = Ending(int(found.attrs["ending"]))
        self.rows = {name: list(found[name].values) for name in COLUMNS}

    def __len__(self) -> int:
        return len(self.rows["loss"])

    def append(self, row: dict[str, Any]) -> None:
        """Add one iteration; every column must be there."""
        for name in COLUMNS:
            self.rows[name].append(row[name])

    def last(self, name: str) -> Any:
        """A column's newest entry."""
        return self.rows[name][-1]

    def dataset(self, iterations: int | None = None) -> xr.Dataset:
        """The first `iterations` rows, or all, with names."""
        shown = slice(iterations)
        variables = {
            name: (("iteration", *dims), np.asarray(self.rows[name][shown])) for name, dims in COLUMNS.items()
        }
        cut = iterations is not None and iterations < len(self)
        ending = Ending.OPEN if cut else self.ending
        return xr.Dataset(
            variables,
            coords={"parameter": PARAMETERS},
            attrs={"ending": int(ending), "identity": self.identity},
        )

    def save(self) -> None:
        """Write the file, whole or not at all."""
        if self.path is None or not len(self):
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        # Trainings of one process may write at the same moment, so each file has a name of its own.
        part = self.path.with_name(f"{unfinished.prefix()}{secrets.token_hex(4)}")
        whole = self.dataset()
        whole.assign_attrs(checksum=checksum(whole)).to_netcdf(part, engine="h5netcdf")
        part.replace(self.path)


def checksum(rows: xr.Dataset) -> str:
    """SHA-256 over the columns' names and numbers, and over what the run is and how it stands."""
    total = hashlib.sha256(f"{rows.attrs['identity']}, {int(rows.attrs['ending'])}, ".encode())
    for name in COLUMNS:
        total.update(name.encode() + np.ascontiguousarray(rows[name].values).tobytes())
    return total.hexdigest()


def intact(path: Path) -> xr.Dataset | None:
    """The rows of a file; None, with a word about it, where it was shortened or altered."""
    try:
        found = xr.load_dataset(path, engine="h5netcdf")
        if found.attrs.get("checksum") == checksum(found):
            return found
    except (OSError, KeyError, ValueError, TypeError, RuntimeError, AttributeError):
        pass  # what a file of another kind or a part of one raises
    warnings.warn(f"{path} was shortened or altered. The run begins anew.", DamagedResult, stacklevel=3)
    return None
