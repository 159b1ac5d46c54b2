"""The table of criteria: claim → what it is held against. It is written before the measurement is run."""

from collections.abc import Mapping

from lib.publishing.criteria import inversion, landscapes, recurrence, residual, training
from lib.publishing.criteria.criterion import Criterion, NotMeasured, Numbers, Rule, table

#: Every claim that has a criterion, in the order of the sections.
CRITERIA: Mapping[str, Criterion] = table(
    *training.CRITERIA.values(),
    *landscapes.CRITERIA.values(),
    *inversion.CRITERIA.values(),
    *residual.CRITERIA.values(),
    *recurrence.CRITERIA.values(),
)

__all__ = ["CRITERIA", "Criterion", "NotMeasured", "Numbers", "Rule", "table"]
