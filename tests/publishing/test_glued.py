"""The numbers of a summary reach the page under their names, and what was not measured says so."""

from dataclasses import dataclass, field

import numpy as np
import pytest

from lib.publishing.glued import flat


@dataclass(frozen=True)
class Part:
    median: float | None = None


@dataclass(frozen=True)
class Summary:
    gradient_length: float = 2.5
    runs: np.int64 = np.int64(3)
    lowest: float | None = None
    basin: Part = Part(1.0)
    by_region: dict[str, Part] = field(default_factory=lambda: {"trivial": Part()})
    picture: np.ndarray = field(default_factory=lambda: np.zeros(3))


def test_every_number_has_a_name_and_parts_stand_behind_their_wholes():
    assert dict(flat(Summary())) == {
        "gradient-length": 2.5,
        "runs": 3,
        "lowest": "not measured",
        "basin-median": 1.0,
        "by-region-trivial-median": "not measured",
    }


def test_no_nan_stands_for_a_number_that_was_not_measured():
    with pytest.raises(ValueError, match="is None in a summary"):
        dict(flat(Summary(gradient_length=float("nan"))))
