"""Two cold builds in two folders, and whether they give the same numbers: `make same`.

python -m tests.same [PAGE ...]

builds the book at the smoke profile twice, each time from a copy of the sources with an empty cache, and
compares everything that is published: data, tables and films, claims, all that cells show, pictures included,
and the pages. Only times may differ, although the first build runs one notebook after the other and the
second two at a time, where somebody has set threads of BLAS and a seed of Python's hashes. With names of
pages, such as 06_residual, what just those notebooks make.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from book.contents import pages
from tests.book.conftest import copy_sources
from tests.everything import everything

#: A build as `make book` starts it.
BUILD = """
from pathlib import Path
from book.build import WHAT
WHAT(Path.cwd(), {"PROFILE": "smoke", "DEVICE": "cpu", "SEED": 0}, NUMBER)
"""

#: How the two builds go: folder → notebooks at a time, and what stands in the environment.
WAYS = {
    "one": (1, {}),
    "another place": (2, {"OMP_NUM_THREADS": "2", "MKL_NUM_THREADS": "2", "PYTHONHASHSEED": "7"}),
}


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
    # Pages that lead to others cannot be written without them.
    code = BUILD.replace("NUMBER", str(number)).replace("WHAT", "make_chapters" if names else "build")
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


def differences(one: dict[str, object], other: dict[str, object]) -> Iterator[str]:
    """A line for each thing that is not the same in both."""
    for name in sorted(one.keys() | other.keys()):
        if name not in one or name not in other:
            yield f"{name}: only in {'the first' if name in one else 'the second'}"
        elif one[name] != other[name]:
            yield f"{name}: " + " and ".join(map(shortened, apart(one[name], other[name])))


def apart(one: object, other: object) -> tuple[object, object]:
    """Of two lists the first entries that differ; else the values."""
    if isinstance(one, list) and isinstance(other, list):
        for pair in zip(one, other, strict=False):
            if pair[0] != pair[1]:
                return pair
    return one, other


def shortened(value: object) -> str:
    """Enough of a value to know it by."""
    text = repr(value)
    return text if len(text) < 120 else f"{text[:117]}…"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
