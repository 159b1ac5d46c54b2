"""The part of the page of runs about speed: a picture and a table for each machine."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from book.provenance import size as bytes_said
from book.record import Record
from book.runs.keep import title
from book.runs.machine import name
from book.runs.plot import TITLES, pictures

#: Pictures are written here, beside what else is generated; paths on the page start at `book/`.
PICTURES = Path("_generated")


def speed_sections(root: Path, speeds: list[Record]) -> Iterator[str]:
    """One section for each record of speed."""
    if not speeds:
        yield "No machine's speed has been recorded yet: `make bench` measures it and keeps a record."
        return
    for record in speeds:
        yield f"### {name(record['machine'])}"
        yield from picture(root, record)
        yield from tables(record)
        yield limits(record)
        yield from sweep(record)
        yield left_out(record)


def picture(root: Path, record: Record) -> Iterator[str]:
    """The figure, its dark twin, and where they come from."""
    label = f"fig-{title(record)}"
    light, dark = pictures(record)
    folder = root / "book" / PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{label}.png").write_bytes(light)
    (folder / f"{label}.dark.png").write_bytes(dark)
    machine = name(record["machine"])
    yield (
        f":::{{figure}} {PICTURES}/{label}.png\n:name: {label}\n"
        f":alt: Steps per microsecond over the batch, a line for each engine, measured on {machine}.\n"
        f"Steps per µs over the number of simulations side by side, on **{machine}**. Bars reach from "
        "quartile to quartile; dotted, what arithmetic alone would allow.\n:::"
    )
    file = f"{title(record)}.json"
    yield (
        f":::{{div}} figure-links\n{{download}}`picture <{PICTURES}/{label}.png>` · data {{download}}`{file} "
        f"<records/{file}>` · made by `make bench`, {record['date']}, {versions(record)}\n:::"
    )
    yield f":::{{div}} dark-picture\n{{download}}`in dark <{PICTURES}/{label}.dark.png>`\n:::"


def versions(record: Record) -> str:
    """Of all packages."""
    return ", ".join(f"{package} {version}" for package, version in record["versions"].items())


def tables(record: Record) -> Iterator[str]:
    """A table for each task: every engine and grid at a batch of 1 and at its best."""
    for task, said in TITLES.items():
        lines = [cells for rows in groups(record, task) for cells in [engine_row(rows)]]
        if lines:
            head = ["Engine", "Cells", "Batch of 1", "Best", "at a batch of", "Memory there", "Of the limit"]
            body = "\n".join("* - " + "\n  - ".join(line) for line in [head, *lines])
            yield f"Steps per µs, {said}, on {name(record['machine'])}:"
            yield f":::{{list-table}}\n:header-rows: 1\n{body}\n:::"


def groups(record: Record, task: str) -> Iterator[list[dict[str, Any]]]:
    """Rows of one engine, device and grid, by batch."""
    rows = [row for row in record["rows"] if row["task"] == task]
    for key in dict.fromkeys((row["engine"], row["device"], row["size"]) for row in rows):
        own = [row for row in rows if (row["engine"], row["device"], row["size"]) == key]
        yield sorted(own, key=lambda row: row["batch"])


def engine_row(rows: list[dict[str, Any]]) -> list[str]:
    """One line of the table."""
    best = max(rows, key=lambda row: row["speed"]["median"])
    alone = next((speed(row) for row in rows if row["batch"] == 1), "–")
    return [
        engine(best),
        f"{best['size']}²",
        alone,
        speed(best),
        f"{best['batch']:,}",
        bytes_said(best["memory"]),
        f"{100 * best['fraction']:.2g} %",
    ]


def engine(row: dict[str, Any]) -> str:
    """Its name, where it ran, and on how many threads."""
    where = ", GPU" if row["device"] == "cuda" and row["engine"] != "cuda" else ""
    threads = f", {row['threads']} thread{'s' * (row['threads'] > 1)}" if "threads" in row else ""
    return f"{row['engine']}{where}{threads}"


def speed(row: dict[str, Any]) -> str:
    """Median and quartiles."""
    low, median, high = (f"{row['speed'][key]:.3g}" for key in ("low", "median", "high"))
    return f"{median} ({low} … {high})"


def limits(record: Record) -> str:
    """How the limit was found."""
    work, known = record["instructions"], []
    for device, limit in record["limits"].items():
        place = "the GPU" if device == "cuda" else "the processor"
        rate = limit["instructions_per_second"] / 1e9
        known.append(f"{place} {rate:,.0f} · 10⁹ a second ({limit['source']})")
    return (
        f"The limit here: {'; '.join(known)}; at each cell {work['simulation']:g} for a step, and "
        f"{work['gradient']:g} with the way back."
    )


def sweep(record: Record) -> Iterator[str]:
    """What all cores add to a sweep, where that was measured."""
    if found := record.get("sweep"):
        low, median, high = (f"{found['ratio'][key]:.2f}" for key in ("low", "median", "high"))
        yield (
            f"With all {found['cores']} cores a sweep over the F–k plane is {median} ({low} … {high}) times "
            f"as fast as with one: median and quartiles of {found['rounds']} rounds in which both took turns."
        )


def left_out(record: Record) -> str:
    """Everything that was not timed, with the reason."""
    if not record["left_out"]:
        return "Every engine was timed at every grid and batch."
    lines = "\n".join(f"* {sentence}" for sentence in record["left_out"])
    return f"::::{{dropdown}} What was not timed, and why\n{lines}\n::::"
