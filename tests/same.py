"""Two cold builds in two folders, and whether they give the same numbers: `make same`.

python -m tests.same [PAGE ...]

builds the notebooks at the smoke profile twice, each time from a copy of the sources with an empty cache, and
compares everything that is published: data, claims, and all that cells show, pictures included. Only times
may differ, although the first build runs one notebook after the other and the second two at a time, where
somebody has set threads of BLAS and a seed of Python's hashes. With names of pages, such as 06_residual, just
those.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import yaml

from book.contents import pages
from tests.book.conftest import copy_sources
from tests.kill import published

#: Everything of a build but the pages, which are made from this.
BUILD = """
from pathlib import Path
from book.build import make_chapters
make_chapters(Path.cwd(), {"PROFILE": "smoke", "DEVICE": "cpu", "SEED": 0}, NUMBER)
"""

#: How the two builds go: folder → notebooks at a time, and what stands in the environment.
WAYS = {
    "one": (1, {}),
    "another place": (2, {"OMP_NUM_THREADS": "2", "MKL_NUM_THREADS": "2", "PYTHONHASHSEED": "7"}),
}

#: Durations, wherever a cell or a claim tells them: 3 s, 0.4 ms, 2.1 min, 1.5 h, 7 µs.
DURATION = re.compile(r"\d[\d.,]*\s?(?:ms|µs|us|s|min|h)\b")

#: What is made anew in every run: names of widgets, and where Python keeps an object.
NAMES = re.compile(r"(?<![0-9a-z])[0-9a-f]{32}\b|\b0x[0-9a-f]+\b")

#: Names of glued numbers and of claims' measured ones that are times, or made of times.
TIMED = re.compile(r"second|minute|hour|time_of|duration|wall|speed|faster|slower|\b[mu]s$")


def main(names: list[str]) -> int:
    """Build twice and compare; the exit status says whether both are the same."""
    with tempfile.TemporaryDirectory() as folder:
        found = []
        for place, (number, environment) in WAYS.items():
            root = Path(folder) / place
            root.mkdir()
            build(root, names, number, environment)
            found.append(everything(root))
    if not found[0]:
        print("Nothing was published, so nothing was compared.")
        return 1
    differing = list(differences(*found))
    said = "\n".join(differing) or "All are the same, but for times."
    print(f"{len(found[0])} files, pictures and outputs were compared.\n{said}")
    return 1 if differing else 0


def build(root: Path, names: list[str], number: int, environment: dict[str, str]) -> None:
    """Execute and publish the notebooks in a fresh copy of the sources.

    Args:
        root: an empty folder.
        names: of pages; all where there are none.
        number: of notebooks at a time.
        environment: what else is set.

    Raises:
        subprocess.CalledProcessError: if that fails.
    """
    copy_sources(root)
    if names:
        only(root, names)
    known = {**os.environ, "PYTHONPATH": str(root), "GRAYSCOTT_CACHE": str(root / "cache"), **environment}
    code = BUILD.replace("NUMBER", str(number))
    subprocess.run([sys.executable, "-c", code], cwd=root, env=known, check=True)


def only(root: Path, names: list[str]) -> None:
    """Leave these notebooks in a copy, and no board, which needs all of them."""
    files = [f"book/chapters/{name}" for name in names]
    known = set(pages(yaml.safe_load((root / "_toc.yml").read_text(encoding="utf-8"))))
    if strangers := sorted(set(files) - known):
        sys.exit(f"The book has no page {', '.join(strangers)}: give names as in notebooks/, without .py.")
    contents = {"format": "jb-book", "root": "book/index", "chapters": [{"file": file} for file in files]}
    (root / "_toc.yml").write_text(yaml.safe_dump(contents), encoding="utf-8")
    (root / "book" / "claims.md").unlink()


def everything(root: Path) -> dict[str, object]:
    """All that was published, by name: numbers of data files, claims, outputs of cells."""
    found: dict[str, object] = dict(published(root))
    for path in sorted((root / "book" / "chapters" / "claims").glob("*.json")):
        found[f"claim {path.stem}"] = without_times(json.loads(path.read_text(encoding="utf-8")))
    for path in sorted((root / "book" / "chapters").glob("*.ipynb")):
        found |= dict(outputs(path))
    return found


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
                shown = output.get("data", {"text": output.get("text", "")})
                yield f"{path.stem}, cell {number}, output {i} {glued}".rstrip(), without_times(dict(shown))


def without_times(value: object) -> object:
    """A JSON value with durations and names of widgets masked, and without entries that are times."""
    if isinstance(value, dict):
        return {key: without_times(each) for key, each in value.items() if not TIMED.search(key)}
    if isinstance(value, list):
        return [without_times(each) for each in value]
    return NAMES.sub("widget", DURATION.sub("some time", value)) if isinstance(value, str) else value


def differences(one: dict[str, object], other: dict[str, object]) -> Iterator[str]:
    """A line for each thing that is not the same in both."""
    for name in sorted(one.keys() | other.keys()):
        if name not in one or name not in other:
            yield f"{name}: only in {'the first' if name in one else 'the second'}"
        elif one[name] != other[name]:
            yield f"{name}: {shortened(one[name])} and {shortened(other[name])}"


def shortened(value: object) -> str:
    """Enough of a value to know it by."""
    text = repr(value)
    return text if len(text) < 120 else f"{text[:117]}…"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
