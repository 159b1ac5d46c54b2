"""What the claims of Sections 4 and 5 are held against."""

from lib.publishing.criteria.criterion import Criterion, table

CRITERIA: dict[str, Criterion] = table()
