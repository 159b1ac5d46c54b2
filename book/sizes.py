"""What the project takes on this disk: `make sizes`.

python -m book.sizes [--wheels FOLDER]

The exit status says whether all but the environment stays below the limit.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from book.contents import PUBLISHED
from lib.folders import compiled_folder, results_folder, weights_file

ROOT = Path(__file__).resolve().parent.parent

#: Bytes that everything beside the environment may take.
MOST = 1_000_000_000

REMEDY = (
    "Results of older versions of the code are kept too: remove the folder of results to begin anew, or "
    "single ones in it, each of which is computed again when it is needed."
)


def main(arguments: list[str] | None = None, root: Path = ROOT) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--wheels", type=Path, help="a folder that `make wheels` has filled")
    wheels = parser.parse_args(arguments).wheels
    rows = sizes(root, wheels)
    for label, size in rows.items():
        print(f"{size / 1e6:>10,.1f} MB  {label}")
    beside = sum(rows.values()) - rows[ENVIRONMENT]
    print(f"{beside / 1e6:>10,.1f} MB  all but the environment")
    if beside <= MOST:
        return 0
    largest = max((label for label in rows if label != ENVIRONMENT), key=lambda label: rows[label])
    print(f"That is more than {MOST / 1e9:.0f} GB, and most of it is {largest}. {REMEDY}", file=sys.stderr)
    return 1


ENVIRONMENT = "the environment, .venv"


def sizes(root: Path, wheels: Path | None = None) -> dict[str, int]:
    """Bytes on disk of each part; a file counts once, where it is first met."""
    results, build = results_folder(), root / "_build"
    parts = {
        ENVIRONMENT: root / ".venv",
        "results, the cache": results,
        "compiled code": compiled_folder(),
        "weights of the Gram loss": weights_file().parent,
        "the book, _build/html": build / "html",
        "executed notebooks and their data": root / PUBLISHED,
        **({"wheels": wheels} if wheels else {}),
        "the rest of _build": build,
        "the rest of the project": root,
    }
    counted: set[tuple[int, int]] = set()
    return {label: sum(files(folder, counted)) for label, folder in parts.items()}


def files(folder: Path, counted: set[tuple[int, int]]) -> Iterator[int]:
    """Bytes on disk of every file below a folder that was not counted yet; links are not followed."""
    for path in folder.rglob("*"):
        try:
            found = path.lstat()
        except OSError:  # gone since, where a build is at work
            continue
        if not path.is_dir() and (found.st_dev, found.st_ino) not in counted:
            counted.add((found.st_dev, found.st_ino))
            yield found.st_blocks * 512


if __name__ == "__main__":
    sys.exit(main())
