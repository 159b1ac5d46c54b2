"""What the claims of Section 6 are held against."""

from lib.publishing.criteria.criterion import Criterion, table

CRITERIA: dict[str, Criterion] = table()
