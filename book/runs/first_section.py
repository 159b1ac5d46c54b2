"""The part of the page of runs about a GPU's first minutes: what was asked beforehand, and what came out."""

from collections.abc import Iterator
from typing import Any

from book.record import Record
from book.runs.keep import title
from book.runs.machine import name


def first_sections(firsts: list[Record]) -> Iterator[str]:
    """One section for each record; without one, what to run."""
    if not firsts:
        yield (
            "No GPU has run these kernels yet, as far as the records say. On a machine with one, "
            "`.venv/bin/python -m benchmarks.gpu_first` compares every bit with the emulation, looks "
            "for races and "
            "measures speed and memory, in at most eight minutes; `make gpu` begins with it."
        )
    for record in firsts:
        yield f"### {name(record['machine'])}"
        yield criteria(record)
        yield bits(record)
        yield from speeds(record)
        yield from amounts(record)
        if record["left_out"]:
            lines = "\n".join(f"* {sentence}" for sentence in record["left_out"])
            yield f"::::{{dropdown}} What was not measured, and why\n{lines}\n::::"
        file = f"{title(record)}.json"
        yield f"{{download}}`{file} <records/{file}>`, {record['date']}, {record['seconds']} s."


def criteria(record: Record) -> str:
    """Asked, found, verdict."""
    lines = [["Criterion", "Asked", "Found", "Met"]]
    for each in record["criteria"]:
        asked = "–" if each["asked"] is None else f"{'≥' if each['at_least'] else '≤'} {each['asked']:g}"
        found = "not measured" if each["found"] is None else f"{each['found']:.4g}"
        met = {True: "yes", False: "no", None: "cannot be tested"}[each["met"]]
        lines.append([each["criterion"], asked, found, met])
    return table(lines)


def bits(record: Record) -> str:
    """How many cases agree, and which do not."""
    wrong = [f"{row['case']} at {row['size']}²" for row in record["bits"] if not row["equal"]]
    if not record["bits"]:
        return "No bits were compared."
    right = len(record["bits"]) - len(wrong)
    said = f"{right} of {len(record['bits'])} cases have the bits of the emulation"
    return f"{said}; these do not: {', '.join(wrong)}." if wrong else f"{said}."


def speeds(record: Record) -> Iterator[str]:
    """Everything timed, folded away."""
    rows = [
        [row["what"], f"{row['size']}²", f"{row['batch']:,}", f"{row['speed']['median']:.4g}"]
        for row in record["speeds"]
    ]
    if rows:
        head = ["What", "Cells", "Batch", "Steps per µs"]
        yield f"::::{{dropdown}} All speeds\n{table([head, *rows])}\n::::"


def amounts(record: Record) -> Iterator[str]:
    """Queues, copies and memory."""
    units = {"queues": "steps per µs", "bandwidth": "GB/s", "memory": "MB"}
    rows = [
        [place, f"{value:.4g} {unit}"] for key, unit in units.items() for place, value in record[key].items()
    ]
    if rows:
        yield table([["Streams, copies, memory", "Measured"], *rows])


def table(lines: list[list[Any]]) -> str:
    """A MyST table with a head."""
    body = "\n".join("* - " + "\n  - ".join(line) for line in lines)
    return f":::{{list-table}}\n:header-rows: 1\n{body}\n:::"
