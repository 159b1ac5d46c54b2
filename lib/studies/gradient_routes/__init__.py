"""Section 5.1: is the landscape inherited by every gradient, and is there a way through it?"""

from lib.studies.gradient_routes.cross_losses import along, shared, spectra
from lib.studies.gradient_routes.descent_paths import Way, downhill, walk
from lib.studies.gradient_routes.implicit import ValueAndSlope, implicit, slowest, unrolled
from lib.studies.gradient_routes.jackknife import averaged
from lib.studies.gradient_routes.routes import (
    alike,
    at_rest,
    come_to_rest,
    compared,
    cosine,
    dead,
    loudest,
    random_sets,
    routes,
    size_of,
)

__all__ = [
    "ValueAndSlope",
    "Way",
    "alike",
    "along",
    "at_rest",
    "averaged",
    "come_to_rest",
    "compared",
    "cosine",
    "dead",
    "downhill",
    "implicit",
    "loudest",
    "random_sets",
    "routes",
    "shared",
    "size_of",
    "slowest",
    "spectra",
    "unrolled",
    "walk",
]
