"""The settings that are tried, the same number for every method that has any, and where it is at home.

The first of each are those that a method began with. What came of them stands in the record of trials, and
the defaults of a method's function are the winner's (`lib.studies.inversion.tuning`).
"""

from typing import Any

from lib.studies.pinn.training import WEIGHT

Setting = dict[str, Any]

#: How many settings each method may try.
COUNT = 4

DESCENT = (
    {"first": 0.1, "steps": 40}, {"first": 0.3, "steps": 40}, {"first": 0.03, "steps": 40},
    {"first": 0.1, "steps": 15},
)  # fmt: skip
EVOLUTION = (
    {"spread": 0.25, "population": 16}, {"spread": 0.15, "population": 16},
    {"spread": 0.4, "population": 16}, {"spread": 0.25, "population": 32},
)  # fmt: skip
WIDTHS = tuple({"width": width} for width in (1.5, 1.0, 2.5, 4.0))
WEIGHTS = tuple({"weight": factor * WEIGHT} for factor in (1.0, 0.1, 10.0, 100.0))

#: Method → the data it is tuned on, and its settings. Who is missing has none.
TRIALS: dict[str, tuple[str, tuple[Setting, ...]]] = {
    "squares": (
        "S1",
        (
            {"sampled": 0.4, "wide": 0.02}, {"sampled": 0.2, "wide": 0.02},
            {"sampled": 0.6, "wide": 0.02}, {"sampled": 0.4, "wide": 0.05},
        ),
    ),
    "paper": ("S1", DESCENT),
    "log-amplitude": ("S1", DESCENT),
    "level-aware": ("S1", DESCENT),
    "transport": ("S1", DESCENT),
    "surrogate": (
        "S1",
        (
            {"share": 0.6, "taught": 1500}, {"share": 0.6, "taught": 500},
            {"share": 0.4, "taught": 1500}, {"share": 0.8, "taught": 500},
        ),
    ),
    "growing": (
        "S5",
        (
            {"starts": 8, "explained": 0.1}, {"starts": 16, "explained": 0.1},
            {"starts": 4, "explained": 0.1}, {"starts": 8, "explained": 0.3},
        ),
    ),
    "horizon": (
        "S3-1",
        (
            {"horizons": (1, 3, 10, 30)}, {"horizons": (1, 3, 10)},
            {"horizons": (1, 10, 100)}, {"horizons": (1, 3, 10, 30, 100)},
        ),
    ),
    "evolution": ("S1", EVOLUTION),
    "evolution-statistics": ("S1", EVOLUTION),
    "kalman": (
        "S1",
        (
            {"members": 32, "drawn": 128}, {"members": 64, "drawn": 128},
            {"members": 32, "drawn": 64}, {"members": 32, "drawn": 256},
        ),
    ),
    "reverse": (
        "S1",
        (
            {"share": 0.7, "across": 0.003}, {"share": 0.9, "across": 0.003},
            {"share": 0.7, "across": 0.03}, {"share": 0.7, "across": 0.0003},
        ),
    ),
    "reverse-network": (
        "S1",
        (
            {"share": 0.6, "steps": 400}, {"share": 0.8, "steps": 400},
            {"share": 0.5, "steps": 400}, {"share": 0.4, "steps": 400},
        ),
    ),
    "posterior": (
        "S1",
        (
            {"share": 0.7, "components": 2}, {"share": 0.7, "components": 1},
            {"share": 0.7, "components": 4}, {"share": 0.5, "components": 2},
        ),
    ),
    "network-tanh": ("S2", WEIGHTS),
    "network-sines": ("S2", WEIGHTS),
    "homotopy": ("S2", WEIGHTS),
    "whole": ("S5", WEIGHTS),
    "windows": ("S5", WEIGHTS),
    "weak": ("S3-1", WIDTHS),
    "elimination": ("S1", WIDTHS),
    "sparse": ("S3-1", WIDTHS),
}  # fmt: skip
