"""What became of the runs in a film."""

import xarray as xr

from lib.simulate import Outcome

#: How a panel ends, in words.
ENDS = {
    Outcome.PATTERN: "with a pattern",
    Outcome.UNIFORM: "uniform, with v alive",
    Outcome.TRIVIAL: "with v dead",
    Outcome.FLICKERING: "flickering from step to step, which is the time step failing",
    Outcome.DIVERGED: "diverged (red), which is the time step failing, not the chemistry",
}


def ends(film: xr.Dataset) -> str:
    """How many panels end how, and which.

    Args:
        film: the data of a `Film`.
    """
    parts = []
    for outcome, words in ENDS.items():
        titles = [str(title) for title in film.title.values[film.outcome.values == outcome]]
        if titles:
            parts.append(f"{len(titles)} {words} ({', '.join(titles)})")
    return f"Of {film.sizes['panel']} runs end at step {int(film.time[-1]):,}: {'; '.join(parts)}."
