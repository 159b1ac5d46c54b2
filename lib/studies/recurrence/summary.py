"""What the page says in numbers, over all systems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import xarray as xr

from lib.studies.recurrence.bowls import Bowl
from lib.studies.recurrence.cliffs import Ground
from lib.studies.recurrence.horizons import WITHIN

#: A number of either kind.
T = TypeVar("T", int, float)


@dataclass(frozen=True)
class Recurrence:
    """The numbers of the four claims; None for what was not measured.

    Args:
        systems: how many.
        points: of all planes together.
        plateaus: systems with a plateau of a tenth of the plane or more.
        plateau_least, plateau_most: smallest and largest share of a plane that is plateau.
        cliffed: systems with at least `FEW` cliffs.
        cliffs: in all planes together.
        caused_least: smallest share of a system's cliffs at which the end changes, over those with cliffs.
        lift_least: smallest quotient of that share and the share among all steps, over the same systems.
        bowls: systems whose picture was fitted.
        third: largest third difference along linear parameters, over all systems.
        error: largest error of the closed-form fits.
        nonlinear: parameters that do not enter linearly, in all systems together.
        minima: most minima of the loss over one of those.
        profile_error: largest distance of the lowest of these from the truth, relative.
        starts: of each search.
        first_least: smallest share of starts that find the truth at a horizon of one step.
        broken: systems in which fewer than half do at the longest horizon.
        last_horizon: the longest.
        others: systems besides Gray-Scott.
        plateaus_others, cliffed_others, broken_others: the counts of the same names among these.
    """

    systems: int
    points: int
    plateaus: int
    plateau_least: float
    plateau_most: float
    cliffed: int
    cliffs: int
    caused_least: float | None
    lift_least: float | None
    bowls: int
    third: float
    error: float
    nonlinear: int
    minima: int | None
    profile_error: float | None
    starts: int
    first_least: float
    broken: int
    last_horizon: int
    others: int
    plateaus_others: int
    cliffed_others: int
    broken_others: int


#: The system of the other pages; the rest are the others.
KNOWN = "Gray-Scott"
#: Systems that a claim takes, as its criterion says.
ENOUGH = 4
#: Fewer cliffs than this tell nothing about their causes.
FEW = 5
#: Share of a plane that makes a plateau.
WIDE = 0.1


def recurrence(
    grounds: Mapping[str, Ground], bowls: Mapping[str, Bowl], searches: Mapping[str, xr.Dataset]
) -> Recurrence:
    """Everything at once."""
    shares = [g.plateau for g in grounds.values()]
    plateaus = [name for name, g in grounds.items() if g.plateau >= WIDE]
    edged = [name for name, g in grounds.items() if g.cliffs >= FEW and g.caused is not None]
    cliffed = [grounds[name] for name in edged]
    bent = [b for b in bowls.values() if b.others]
    caused = [(g.caused, max(g.usual, 1e-9)) for g in cliffed if g.caused is not None]
    rates = {name: found_at(each) for name, each in searches.items()}
    broken = [name for name, r in rates.items() if float(r.values[-1]) < 0.5]
    first = next(iter(searches.values()))
    return Recurrence(
        systems=len(grounds),
        points=sum(g.points for g in grounds.values()),
        plateaus=len(plateaus),
        plateau_least=min(shares),
        plateau_most=max(shares),
        cliffed=len(cliffed),
        cliffs=sum(g.cliffs for g in grounds.values()),
        caused_least=min((share for share, _ in caused), default=None),
        lift_least=min((share / usual for share, usual in caused), default=None),
        bowls=len(bowls),
        third=max(b.third for b in bowls.values()),
        error=max(b.error for b in bowls.values()),
        nonlinear=sum(b.others for b in bowls.values()),
        minima=most([b.minima for b in bent]),
        profile_error=most([b.profile_error for b in bent]),
        starts=first.sizes["start"],
        first_least=min(float(r.values[0]) for r in rates.values()),
        broken=len(broken),
        last_horizon=int(first.horizon.values[-1]),
        others=len(set(grounds) - {KNOWN}),
        plateaus_others=len(set(plateaus) - {KNOWN}),
        cliffed_others=len(set(edged) - {KNOWN}),
        broken_others=len(set(broken) - {KNOWN}),
    )


def most(values: Sequence[T | None]) -> T | None:
    """The largest; None of nothing, and where one was not measured."""
    known = [value for value in values if value is not None]
    return max(known) if known and len(known) == len(values) else None


def deciding(grounds: Mapping[str, Ground]) -> str:
    """The system on whose plateau the claim rests: the last of those that it takes, the widest first."""
    ranked = sorted(grounds, key=lambda name: grounds[name].plateau, reverse=True)
    return ranked[min(ENOUGH, len(ranked)) - 1]


def found_at(search: xr.Dataset) -> xr.DataArray:
    """Share of the starts that find the truth, at each horizon."""
    return (search.error < WITHIN).mean("start")


def breaks_at(search: xr.Dataset) -> int | None:
    """The first horizon at which fewer than half of the starts find the truth; None where all do."""
    rates = found_at(search)
    below = rates.horizon.values[rates.values < 0.5]
    return int(below[0]) if len(below) else None
