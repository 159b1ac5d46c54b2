"""Where outcomes change on one line of runs: what has to be run next to know it to the last place.

A line has places 0, 1, 2 …, few of which are run. Two neighbours among those that ended differently are
halved until they are one place apart; then they stand on the two sides of a cliff. Everything in here is
bookkeeping: no simulation.
"""

from collections.abc import Mapping
from typing import NamedTuple

#: How the runs of one place ended, initial state by initial state.
Ends = tuple[int, ...]

#: What is known of a line: place → ends.
Known = Mapping[int, Ends]


class Crossing(NamedTuple):
    """Two places side by side whose runs ended differently.

    Args:
        place: the lower one; the other is the next.
        below, above: how they ended.
    """

    place: int
    below: Ends
    above: Ends


class Search(NamedTuple):
    """A change that a line ought to have.

    Args:
        guess: where it is looked for: the change itself, with its place guessed.
        low, high: first and last place where to look.
    """

    guess: Crossing
    low: int
    high: int


def crossings(known: Known) -> list[Crossing]:
    """All changes that have been followed to the last place."""
    places = sorted(known)
    return [
        Crossing(a, known[a], known[b])
        for a, b in zip(places, places[1:], strict=False)
        if b == a + 1 and known[a] != known[b]
    ]


def halves(known: Known, low: int, high: int, narrowest: int = 1) -> list[int]:
    """The middles of all gaps from `low` to `high`, wider than `narrowest`, across which the ends change."""
    places = sorted(x for x in known if low <= x <= high)
    pairs = zip(places, places[1:], strict=False)
    return [(a + b) // 2 for a, b in pairs if known[a] != known[b] and b - a > narrowest]


def uneven(known: Known, losses: Mapping[int, float], allowed: float, narrowest: int) -> list[int]:
    """The middles of gaps without a change of ends, across which the loss changes by more than allowed.

    Args:
        known: the line.
        losses: the loss at its places; a difference from NaN is none.
        allowed: largest difference that is left alone.
        narrowest: gaps of this width or less are left alone.
    """
    places = sorted(known)
    return [
        (a + b) // 2
        for a, b in zip(places, places[1:], strict=False)
        if known[a] == known[b] and b - a > narrowest and abs(losses[a] - losses[b]) > allowed
    ]


def next_places(known: Known, search: Search) -> list[int]:
    """What has to be run next for a search; nothing where it is over.

    First the two places of the guess. If they ended alike, the change lies elsewhere: steps that double lead
    towards it, to the end of the search. Once it is caught between two places, they are halved.
    """
    place = search.guess.place
    if first := [x for x in (place, place + 1) if x not in known]:
        return first
    inside = {x: ends for x, ends in known.items() if search.low <= x <= search.high}
    if len(set(inside.values())) > 1:
        return halves(inside, search.low, search.high)
    upwards, far = inside[place] != search.guess.above, 1
    while True:
        x = min(place + 1 + far, search.high) if upwards else max(place - far, search.low)
        if x not in known:
            return [x]
        if x in (search.low, search.high):
            return []
        far *= 2


def between(one: list[Crossing], other: list[Crossing], reach: int, last: int) -> list[Search]:
    """What a line has to show if it lies midway between two others.

    A change that both have, not too far apart, must be between them too: it is guessed midway. It is enough
    that it has the same ends on one of its sides, since a narrow band may begin between the lines.

    Args:
        one, other: the changes of the lines on its two sides.
        reach: largest distance of two places that belong to the same cliff.
        last: place of every line.
    """
    found = []
    for a in one:
        near = [
            b for b in other if (b.below == a.below or b.above == a.above) and abs(b.place - a.place) <= reach
        ]
        if near:
            b = min(near, key=lambda b: abs(b.place - a.place))
            low, high = sorted((a.place, b.place))
            guess = a._replace(place=(low + high) // 2)
            found.append(Search(guess, max(0, low - reach), min(last, high + 1 + reach)))
    return found
