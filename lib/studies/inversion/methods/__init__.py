"""The methods, each a file with one function: recover(data, budget, seed) → Recovery."""

from collections.abc import Callable
from typing import NamedTuple

from lib.studies.inversion.budget import Budget
from lib.studies.inversion.methods import (
    box_centre,
    least_squares,
    nearest_neighbour,
    random_search,
    residual_fit,
    spectral_descent,
)
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import Recovery

Recover = Callable[[Data, Budget, int], Recovery]


class Method(NamedTuple):
    """A name for tables, what kind it is, and its function."""

    title: str
    family: str
    recover: Recover


#: Every method, by a short name. A method of yours is one more line.
METHODS: dict[str, Method] = {
    "centre": Method("box centre", "baseline", box_centre.recover),
    "random": Method("random search, spectral loss", "baseline", random_search.recover),
    "nearest": Method("nearest neighbour in a library", "baseline", nearest_neighbour.recover),
    "squares": Method("Latin hypercube + Gauss–Newton", "baseline", least_squares.recover),
    "paper": Method("the paper's descent", "paper", spectral_descent.recover),
    "residual": Method("residual fit", "equations", residual_fit.recover),
}
