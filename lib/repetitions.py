"""Seeds for repetitions: no two builds share one.

A page that repeats something needs a seed for each time. Counted on from the build's own, those of builds 0
and 1 would be nearly the same ones, and their agreement would mean little.
"""


def repetitions(seed: int, count: int) -> range:
    """So many seeds that belong to a build's seed alone: 0 … count − 1 for 0, the next ones for 1."""
    return range(seed * count, (seed + 1) * count)
