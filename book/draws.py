"""Verdicts over seeds: a claim that comes out differently from seed to seed has no verdict.

`make seeds` builds the book with several seeds and keeps what they said as a record of the kind "seeds". A
claim is compared where profile and criterion are those of this book; this book's own verdict counts too.

Where a record holds this book's seed, its verdict must be this book's. Another one comes from other sources
or from another machine, and says nothing about the draw: such a claim is not compared, nor is such a number.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from book.record import Record, criterion_of
from lib.publishing.claims import Kind
from lib.publishing.numbers import Number

#: Numbers of one seed that differ by less, relative to either, are the same to a reader.
ALIKE = 0.02


@dataclass(frozen=True)
class Draws:
    """What became of one claim over seeds.

    Args:
        verdicts: (seed, verdict) of every build that compares, this one included; one alone is no comparison.
        ranges: smallest and largest value of each measured number over the recorded builds; a number that
            was measured in fewer than two of them, or has changed since, has none.
        changed: what a record says at this book's seed, where that is another verdict.
    """

    verdicts: tuple[tuple[int, str], ...]
    ranges: dict[str, tuple[float, float]]
    changed: str = ""

    @property
    def compared(self) -> bool:
        """Whether there is more than one seed."""
        return len({seed for seed, _ in self.verdicts}) > 1

    @property
    def flips(self) -> bool:
        """Whether the verdict depends on the draw."""
        return len({verdict for _, verdict in self.verdicts}) > 1

    def sentence(self) -> str:
        """What is said of it, a phrase."""
        if self.changed:
            return f"not compared over seeds: the record says {self.changed} at this seed too"
        if not self.compared and not self.flips:
            return "not compared over seeds"
        if not self.flips:
            return f"the same at seeds {listed(sorted({seed for seed, _ in self.verdicts}))}"
        kinds = dict.fromkeys(verdict for _, verdict in self.verdicts)
        return "; ".join(f"{kind} at {seeds_of(kind, self.verdicts)}" for kind in kinds)


def seeds_of(kind: str, verdicts: Iterable[tuple[int, str]]) -> str:
    """The seeds with this verdict, as "seed 1" or "seeds 0 and 2"."""
    seeds = sorted({seed for seed, verdict in verdicts if verdict == kind})
    return f"seed{'s' if len(seeds) > 1 else ''} {listed(seeds)}"


def listed(items: Iterable[object]) -> str:
    """Items as people list them."""
    *first, last = map(str, items)
    return f"{', '.join(first)} and {last}" if first else last


def draws(verdict: Record, profile: str, seed: int, records: Iterable[Record]) -> Draws:
    """What the records of seeds say of a claim of this book.

    Args:
        verdict: as the claim's notebook wrote it.
        profile: this book's.
        seed: this book's.
        records: all of the kind "seeds"; those of other profiles do not count.
    """
    own = str(verdict["verdict"])
    verdicts, values, changed = [(seed, own)], dict[str, list[float]](), ""
    for record in records:
        for claim in record["claims"] if record["profile"] == profile else ():
            if claim["id"] == verdict["id"] and claim["criterion"] == criterion_of(verdict):
                said = dict(zip(record["seeds"], claim["verdicts"], strict=True))
                if said.get(seed, own) != own:
                    changed = str(said[seed])
                    continue
                verdicts += said.items()
                for name, found in claim["measured"].items():
                    if stands(name, dict(zip(record["seeds"], found, strict=True)), verdict, seed):
                        values.setdefault(name, []).extend(value for value in found if value is not None)
    ranges = {name: (min(each), max(each)) for name, each in values.items() if len(each) > 1}
    return Draws(tuple(dict.fromkeys(verdicts)), ranges, changed if len(verdicts) == 1 else "")


def stands(name: str, recorded: Mapping[int, float | None], verdict: Record, seed: int) -> bool:
    """Whether a record's number at this book's seed is this book's, as far as the record has that seed."""
    then, now = recorded.get(seed), verdict["measured"].get(name)
    if seed not in recorded or then is None or now is None:
        return seed not in recorded or then is now
    return math.isclose(then, now, rel_tol=ALIKE, abs_tol=1e-12)


def label(verdict: Record) -> Kind:
    """What the board and the pages call it: its verdict, or that it depends on the draw."""
    return Kind.DRAWN if (verdict.get("seeds") or {}).get("flips") else Kind(verdict["verdict"])


class Ranged(float):
    """A measured number that is followed by its range over seeds, in the same format."""

    def __new__(cls, value: float, low: float, high: float) -> "Ranged":
        made = super().__new__(cls, value)
        made.low, made.high = low, high
        return made

    low: float
    high: float

    def __format__(self, form: str) -> str:
        here, low, high = (format(Number(value), form) for value in (float(self), self.low, self.high))
        return here if here == low == high else f"{here} ({low} … {high})"


def told(record: Record) -> Iterator[str]:
    """A record of seeds line by line: what flipped, with the range of its numbers; then what did not."""
    flipped = [claim for claim in record["claims"] if len(set(claim["verdicts"])) > 1]
    for claim in flipped:
        found = "; ".join(
            f"seed {seed}: {verdict}"
            for seed, verdict in zip(record["seeds"], claim["verdicts"], strict=True)
        )
        yield f"{claim['id']} depends on the draw ({found})"
        yield from numbers_of(claim)
    total, seeds = len(record["claims"]), listed(record["seeds"])
    yield f"{total - len(flipped)} of {total} verdicts came out the same at seeds {seeds}."
    for claim in record["claims"]:
        if claim not in flipped:
            yield f"{claim['id']}: {claim['verdicts'][0]}"
            yield from numbers_of(claim)


def numbers_of(claim: Record) -> Iterator[str]:
    """A claim's numbers, seed by seed, one line each."""
    for name, values in claim["measured"].items():
        said = ", ".join("not measured" if value is None else format(value, ".4g") for value in values)
        yield f"    {name}: {said}"
