"""What the claims of Sections 2 and 3 and Appendix D are held against."""

from lib.publishing.criteria.criterion import Criterion, table

CRITERIA: dict[str, Criterion] = table()
