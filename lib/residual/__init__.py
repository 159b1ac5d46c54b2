"""The residual loss of a snapshot (Section 6): the bowl, its minimum, and what the data determine."""

from lib.residual.bowl import (
    BLOCK,
    Fit,
    Quadratic,
    block_sums,
    clustered_covariance,
    ellipse,
    fit,
    linear_system,
    loss,
    minimiser,
    quadratic,
    sandwich,
)

__all__ = [
    "BLOCK",
    "Fit",
    "Quadratic",
    "block_sums",
    "clustered_covariance",
    "ellipse",
    "fit",
    "linear_system",
    "loss",
    "minimiser",
    "quadratic",
    "sandwich",
]
