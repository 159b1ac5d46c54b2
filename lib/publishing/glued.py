"""Glue the numbers of a summary, so that a page's sentences can name them."""

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

#: What stands in a sentence where a number was not measured.
MISSING = "not measured"


def glue_all(summary: Any, prefix: str = "") -> None:
    """Glue every number and phrase of a summary under its name: `gradient_length` as "gradient-length".

    Args:
        summary: a dataclass of numbers, phrases, None, mappings of them and further summaries; a part's name
            stands before the names in it. Arrays are left out.
        prefix: put before every name, with a dash.
    """
    from myst_nb import glue

    for name, value in flat(summary, prefix):
        glue(name, value, display=False)


def flat(summary: Any, prefix: str = "") -> Iterator[tuple[str, int | float | str]]:
    """(name, value) of everything that `glue_all` glues; None becomes "not measured".

    Raises:
        ValueError: for a number that is not finite: what was not measured is None.
    """
    start = f"{prefix}-" if prefix else ""
    for name, value in members(summary):
        key = start + name.replace("_", "-").replace(" ", "-")
        if is_dataclass(value) or isinstance(value, Mapping):
            yield from flat(value, key)
        elif value is None:
            yield key, MISSING
        elif isinstance(value, bool | np.bool_ | str):
            yield key, str(value)
        elif isinstance(value, int | np.integer):
            yield key, int(value)
        elif isinstance(value, float | np.floating):
            if not np.isfinite(value):
                raise ValueError(f"{key} is {value}: a number that was not measured is None in a summary.")
            yield key, float(value)


def members(summary: Any) -> Iterator[tuple[str, Any]]:
    """Names and values of a dataclass or a mapping."""
    if isinstance(summary, Mapping):
        yield from ((str(name), value) for name, value in summary.items())
    else:
        yield from ((field.name, getattr(summary, field.name)) for field in fields(summary))
