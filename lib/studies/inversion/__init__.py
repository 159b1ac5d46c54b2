"""Every way back from pictures to parameters: rivals and remedies on one benchmark."""

from lib.studies.inversion.benchmark import benchmark, in_profile, one_problem
from lib.studies.inversion.methods import METHODS, Method
from lib.studies.inversion.problems import SCHEMES, TARGETS

__all__ = ["METHODS", "SCHEMES", "TARGETS", "Method", "benchmark", "in_profile", "one_problem"]
