"""Section 5.1: is the landscape inherited by every gradient, and is there a way through it?"""

from lib.studies.gradient_routes.cross_losses import along, averaged, shared, spectra
from lib.studies.gradient_routes.descent_paths import Way, downhill, walk
from lib.studies.gradient_routes.implicit import Gradient, implicit, slowest, unrolled
from lib.studies.gradient_routes.routes import (
    alike,
    at_rest,
    chosen_sets,
    cosine,
    dead,
    loudest,
    middle,
    routes,
    size_of,
)

__all__ = [
    "Gradient",
    "Way",
    "alike",
    "along",
    "at_rest",
    "averaged",
    "chosen_sets",
    "cosine",
    "dead",
    "downhill",
    "implicit",
    "loudest",
    "middle",
    "routes",
    "shared",
    "size_of",
    "slowest",
    "spectra",
    "unrolled",
    "walk",
]
