"""All that a build published, without times, so that two builds can be compared (`tests.same`)."""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import nbformat
import numpy as np
import xarray as xr
from bs4 import BeautifulSoup

from book.freshness import checksum

#: Attributes of data that say when and how fast something was computed, and may differ.
TIMES = ("core_seconds", "cached", "gpu_seconds")

#: Durations, wherever a cell or a claim tells them: 3 s, 0.4 ms, 2.1 min, 1.5 h, 7 µs.
DURATION = re.compile(r"\d[\d.,]*(?:</span>)?\s?(?:ms|µs|us|s|min|h)\b")

#: What the alternative text of a figure says whose axis is time that was taken.
TIME_AXIS = re.compile(r"\b(?:against|over) processor time\b")

#: What is made anew in every run: names of widgets, of parts of a page, and where Python keeps an object.
NAMES = re.compile(
    r"(?<![0-9a-z])[0-9a-f]{32}\b|\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b|\b0x[0-9a-f]+\b"
)

#: Names of glued numbers and of claims' measured ones that are times, or made of times.
TIMED = re.compile(r"second|minute|hour|time_of|duration|wall|speed|faster|slower|\b[mu]s$")


def everything(root: Path) -> dict[str, object]:
    """All that was published, by name: numbers of data, tables, films, claims, outputs of cells, pages."""
    found: dict[str, object] = dict(published(root))
    for path in files_below(root / "book" / "chapters", ".csv"):
        found[path.relative_to(root).as_posix()] = table_without_times(path)
    for path in files_below(root / "book" / "chapters", ".mp4"):
        found[path.relative_to(root).as_posix()] = checksum(path)
    for path in files_below(root / "_build" / "html", ".html"):
        found[path.relative_to(root).as_posix()] = page_without_times(path.read_text(encoding="utf-8"))
    for path in sorted((root / "book" / "chapters" / "claims").glob("*.json")):
        found[f"claim {path.stem}"] = without_times(json.loads(path.read_text(encoding="utf-8")))
    for path in sorted((root / "book" / "chapters").glob("*.ipynb")):
        found |= dict(outputs(path))
    return found


def published(root: Path) -> dict[str, list[bytes]]:
    """Every number of the published data, by file: names and bytes, but for times."""
    found = {}
    for path in files_below(root / "book" / "chapters", ".nc"):
        with xr.open_dataset(path, engine="h5netcdf") as data:
            attributes = {k: v for k, v in data.attrs.items() if k not in TIMES}
            values = [
                str(n).encode() + np.asarray(data[n].values).tobytes()
                for n in sorted(data.variables)
                if n != "seconds"
            ]
            found[path.name] = [*values, repr(sorted(attributes.items())).encode()]
    return found


def files_below(folder: Path, *endings: str) -> list[Path]:
    """Files of these kinds, in a fixed order."""
    return sorted(path for path in folder.rglob("*") if path.suffix in endings)


def table_without_times(path: Path) -> list[str]:
    """The rows of a table as text, without columns that are times."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    times = {i for row in rows[:1] for i, name in enumerate(row) if TIMED.search(name)}
    return [",".join(x for i, x in enumerate(row) if i not in times) for row in rows]


def page_without_times(text: str) -> list[str]:
    """The lines of a page, with times and what is made of them masked, and without how it was made.

    That section tells computers and times, and whether numbers came from the cache. What widgets hold is
    compared by itself: their names, made anew in every run, decide its order.
    """
    page = BeautifulSoup(text, "html.parser")
    for left_out in page.select("section[id^=how-][id$=-made], script[type^='application/vnd.jupyter']"):
        left_out.decompose()
    for table in page.select("table"):
        rows = [row.find_all(["th", "td"], recursive=False) for row in table.select("tr")]
        times = timed(cell.get_text() for cell in rows[0]) if rows else set()
        for cell in (cell for row in rows for i, cell in enumerate(row) if i in times):
            cell.decompose()
    for image in page.select("img[alt]"):
        if TIME_AXIS.search(str(image["alt"])):
            image["src"] = "a figure of times"
    masked = without_times(str(page))
    assert isinstance(masked, str)
    return masked.splitlines()


def timed(heads: Iterable[str]) -> set[int]:
    """The columns of a table whose heads tell times."""
    return {i for i, head in enumerate(heads) if TIMED.search(head.strip())}


def markdown_without_times(text: str) -> str:
    """Markdown whose tables have lost their columns of times."""
    times: set[int] | None = None
    lines = []
    for line in text.splitlines():
        if line.startswith("|"):
            cells = line.split("|")
            times = timed(cells) if times is None else times
            line = "|".join(cell for i, cell in enumerate(cells) if i not in times)
        else:
            times = None
        lines.append(line)
    return "\n".join(lines)


def outputs(path: Path) -> Iterator[tuple[str, object]]:
    """What each cell of a notebook shows, glues and prints, and what its widgets hold, without times."""
    notebook = nbformat.read(path, as_version=4)
    for states in notebook.metadata.get("widgets", {}).values():
        held = [json.dumps(without_times(each), sort_keys=True) for each in states.get("state", {}).values()]
        yield f"{path.stem}, widgets", sorted(held)
    for number, cell in enumerate(notebook.cells):
        for i, output in enumerate(cell.get("outputs", [])):
            glued = output.get("metadata", {}).get("scrapbook", {}).get("name", "")
            if not TIMED.search(glued):
                shown = dict(output.get("data", {"text": output.get("text", "")}))
                if "text/markdown" in shown:
                    shown.pop("text/plain", None)  # the same in Python's words
                    shown["text/markdown"] = markdown_without_times(shown["text/markdown"])
                if TIME_AXIS.search(cell.metadata.get("mystnb", {}).get("image", {}).get("alt", "")):
                    shown.pop("image/png", None)
                yield f"{path.stem}, cell {number}, output {i} {glued}".rstrip(), without_times(shown)


def without_times(value: object) -> object:
    """A JSON value with durations and names of widgets masked, and without entries that are times."""
    if isinstance(value, dict):
        return {key: without_times(each) for key, each in value.items() if not TIMED.search(key)}
    if isinstance(value, list):
        return [without_times(each) for each in value]
    return NAMES.sub("widget", DURATION.sub("some time", value)) if isinstance(value, str) else value
