"""The claims board as text: what is said of seeds, the table, and one entry a claim."""

from collections import Counter
from collections.abc import Iterator, Mapping
from string import Formatter

from book.draws import Ranged, label, listed
from book.errors import BuildError
from book.record import Record, criterion_of
from book.runs.machine import name
from lib.publishing.claims import ADMONITIONS, SYMBOLS, Kind
from lib.publishing.glued import MISSING
from lib.publishing.headlines import HEADLINES
from lib.publishing.numbers import typeset

#: Name of a measured number → smallest and largest value over seeds.
Ranges = Mapping[str, tuple[float, float]]

#: The order of verdicts on the board: what a reader of the paper should know first.
ORDER = (Kind.DIFFERS, Kind.CORRECTED, Kind.DRAWN, Kind.UNTESTED, Kind.OBSERVED, Kind.HOLDS)


def about_seeds(verdicts: list[Record], profile: str, records: list[Record]) -> Iterator[str]:
    """Whether verdicts were compared over seeds, from which records, and how many flip."""
    compared = [record for record in records if record["profile"] == profile]
    if not compared:
        yield (
            f"**Whether a verdict depends on the draw of seeds is not known here:** no record holds several "
            f"seeds of the profile `{profile}` side by side. `make seeds PROFILE={profile}` makes one.\n"
        )
        return
    flips = sum(label(verdict) is Kind.DRAWN for verdict in verdicts)
    where = "; ".join(
        f"seeds {listed(record['seeds'])} on {name(record['machine'])} "
        f"({{download}}`record <records/{record['file']}>`)"
        for record in compared
    )
    said = "none came" if not flips else "1 came" if flips == 1 else f"{flips} came"
    apart = sum(str(verdict["seeds"]["said"]).startswith("not compared") for verdict in verdicts)
    left = f" {apart} could not be compared: criterion or verdict is another one since." if apart else ""
    yield (
        f"Verdicts were compared over seeds of the profile `{profile}`: {where}. Of {len(verdicts)} claims, "
        f"{said} out differently from seed to seed; that is no verdict, and stands here as *{Kind.DRAWN}*."
        f"{left} Ranges in brackets are over these seeds; a number that has changed since has none.\n"
    )


def board(verdicts: list[Record], runs: list[Record]) -> Iterator[str]:
    """The board as MyST markdown: the whole of it in a table, then counts, filter and one entry a claim."""
    yield from table(verdicts, runs)
    yield "## Each claim, with what was found\n"
    yield from filters(Counter(label(verdict) for verdict in verdicts))
    for verdict in verdicts:
        yield from entry(verdict)


def table(verdicts: list[Record], runs: list[Record]) -> Iterator[str]:
    """A line a claim: what is claimed, the verdict, one number, what it is counted over, other runs."""
    yield ":::{list-table}\n:header-rows: 1\n:class: board\n"
    yield "* - Claim\n  - Verdict\n  - One number\n  - Over\n  - Elsewhere"
    for verdict in verdicts:
        kind = label(verdict)
        number, count = headline(verdict)
        yield f"* - {{ref}}`{verdict['statement'].rstrip('.')} <board-{verdict['id']}>`"
        yield f"  - [{SYMBOLS[kind]} {kind}]{{.verdict .{ADMONITIONS[kind]}}}"
        yield f"  - {number or '–'}\n  - {count or '–'}\n  - {elsewhere(verdict, runs)}"
    yield ":::\n"


def headline(verdict: Record) -> tuple[str, str]:
    """The number that a claim's line shows, and what it is counted over.

    A line whose number this run has not measured says so.

    Raises:
        BuildError: if the line names a number that the claim's notebook knows nothing of.
    """
    numbers = verdict["measured"]
    if not numbers:
        return "", ""
    line, ranges = HEADLINES[verdict["id"]], verdict["seeds"]["ranges"]
    number = phrase_of(verdict["id"], line.number, numbers, ranges)
    return number, phrase_of(verdict["id"], line.over, numbers, {})


def phrase_of(id: str, phrase: str, numbers: Mapping[str, float | None], ranges: Ranges) -> str:
    """A phrase of a claim's line with its numbers in it, each with its range over seeds where it has one."""
    names = {name for _, name, _, _ in Formatter().parse(phrase) if name}
    if unknown := names - set(numbers):
        raise BuildError(
            f"The board's line of the claim {id!r} names {', '.join(sorted(unknown))}, which its notebook "
            f"does not record: name one of {', '.join(numbers)} in lib/publishing/headlines.py."
        )
    known = {name: ranged(name, value, ranges) for name in names if (value := numbers[name]) is not None}
    return phrase.format(**known) if len(known) == len(names) else MISSING


def ranged(name: str, value: float, ranges: Ranges) -> Ranged:
    """A measured number with its range over seeds, where it has one."""
    return Ranged(value, *ranges.get(name, (value, value)))


def with_range(name: str, value: float | None, ranges: Ranges, form: str) -> str:
    """The same as text; "not measured" for None."""
    return MISSING if value is None else format(ranged(name, value, ranges), form)


def elsewhere(verdict: Record, runs: list[Record]) -> str:
    """Whether other seeds, and the recorded runs with another profile or seed, came to the same verdict."""
    said, apart = [str(verdict["seeds"]["said"])], dict[str, list[str]]()
    for run in runs:
        for other in run["claims"]:
            if other["id"] == verdict["id"]:
                if other.get("criterion") != criterion_of(verdict):
                    found = "held against another criterion"
                else:
                    found = "the same" if other["verdict"] == verdict["verdict"] else other["verdict"]
                place = f"{found} at {run['profile']}, seed {run['seed']}"
                if run["kind"] == "claim":
                    apart.setdefault(place, []).append(measured_with(run))
                else:
                    said.append(place)
    return "; ".join([*said, *(f"{place}, {' and '.join(ways)}" for place, ways in apart.items())])


def measured_with(run: Record) -> str:
    """What was other where a claim was measured apart, and the way to the record."""
    remark = f"{run['remark']}; " if "remark" in run else ""
    other = run.get("scheme", run.get("features"))
    return f"with {other} ({remark}{{download}}`record <records/{run['file']}>`)"


def filters(counts: Counter[Kind]) -> Iterator[str]:
    """Buttons that hide the other verdicts; style sheets do the rest, so they work without scripts."""
    yield '<fieldset class="claim-filter"><legend>Show</legend>'
    choices = [("all", "all", counts.total())] + [
        (ADMONITIONS[kind], str(kind), counts[kind]) for kind in ORDER
    ]
    for value, word, count in choices:
        checked = " checked" if value == "all" else ""
        yield (
            f'<label><input type="radio" name="verdict" id="show-{value}"{checked}> {word} '
            f'<span class="count">{count}</span></label>'
        )
    yield "</fieldset>\n"


def told_draw(verdict: Record) -> str:
    """What stands in the place of a verdict that flips."""
    return (
        f"This claim has no verdict: {verdict['seeds']['said']}. What follows is what this build found, "
        f"which came out as *{verdict['verdict']}*."
    )


def entry(verdict: Record) -> Iterator[str]:
    """One claim: statement, verdict, what was found, and the way to the cell."""
    kind, ranges = label(verdict), verdict["seeds"]["ranges"]
    measured = verdict["measured"].items()
    numbers = ", ".join(f"{key} = {with_range(key, value, ranges, '4r')}" for key, value in measured)
    yield f":::{{admonition}} {verdict['statement']}\n:class: claim {ADMONITIONS[kind]}"
    yield f":name: board-{verdict['id']}\n"
    yield f"**{SYMBOLS[kind]} {kind}** · the paper, Section {verdict['section']}\n"
    if kind is Kind.DRAWN:
        yield f"{told_draw(verdict)}\n"
    yield f"{typeset(verdict['finding'])}\n"
    if verdict["tolerance"]:
        yield f"Held against: {verdict['tolerance']}."
    for sentence in (verdict.get("would_change"), verdict.get("draw")):
        if sentence:
            yield sentence
    place = f"cell {verdict['cell']} of `{verdict['notebook']}`, as `{verdict['id']}`"
    yield f"{{ref}}`Where it was measured <claim-{verdict['id']}>` ({place})\n"
    if numbers:
        yield f"```{{dropdown}} The numbers\n{numbers}\n```"
    yield ":::\n"
