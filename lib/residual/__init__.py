"""The residual loss of a snapshot (Section 6): the bowl, its minimum, and what the data determine."""

from lib.residual.bowl import Quadratic, loss, minimiser, quadratic
from lib.residual.elimination import fit_v
from lib.residual.equations import linear_system
from lib.residual.fitting import fit
from lib.residual.looks.doubts import Doubt
from lib.residual.report import Report, report
from lib.residual.result import Fit, ellipse
from lib.residual.scatter import BLOCK, block_sums, clustered_covariance, sandwich

__all__ = [
    "BLOCK",
    "Doubt",
    "Fit",
    "Quadratic",
    "Report",
    "block_sums",
    "clustered_covariance",
    "ellipse",
    "fit",
    "fit_v",
    "linear_system",
    "loss",
    "minimiser",
    "quadratic",
    "report",
    "sandwich",
]
