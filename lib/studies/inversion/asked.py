"""What a benchmark is asked for, checked before hours are spent on it."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from lib.inputs import seed_of, shown, some_of
from lib.studies.inversion.methods import METHODS, Method
from lib.studies.inversion.problems import SCHEMES


def once_each(one: str, several: str, names: Any, known: Collection[str]) -> tuple[str, ...]:
    """Names that exist, at least one; a ValueError for all else, and for one that is there twice."""
    found = some_of(one, several, names, known)
    if len(set(found)) != len(found):
        raise ValueError(f"The {several} are {', '.join(found)}: name each of them once.")
    return found


def seeds_of(seeds: Any) -> tuple[int, ...]:
    """Seeds, at least one, each once."""
    found = tuple(map(seed_of, seeds)) if isinstance(seeds, Iterable) else ()
    if not found or len(set(found)) != len(found):
        raise ValueError(f"The seeds are {shown(seeds)}: give whole numbers, at least one, each once.")
    return found


def pairs_left_out(left_out: Any, methods: Any) -> set[tuple[str, str]]:
    """Pairs of a method and a scheme that are not run.

    Raises:
        ValueError: for pairs of what is not there, and for methods that are none.
    """
    if not isinstance(methods, Mapping) or not methods:
        raise ValueError(f"The methods are {shown(methods)}: give a dict with at least one.")
    for name, method in methods.items():
        if not isinstance(method, Method) or not callable(method.recover):
            raise ValueError(f"The method {name!r} is {shown(method)}: give Method(title, family, recover).")
    pairs = {tuple(pair) if isinstance(pair, (tuple, list)) else (pair,) for pair in left_out}
    for pair in pairs:
        if len(pair) != 2 or pair[0] not in {*METHODS, *methods} or pair[1] not in SCHEMES:
            raise ValueError(
                f"left_out names {', '.join(map(str, pair))}: give pairs of a method and a data scheme."
            )
    return pairs
