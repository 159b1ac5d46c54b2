"""Sphinx, through Jupyter Book: from the pages and executed notebooks to `_build/html`."""

import shutil
import subprocess
import sys
from pathlib import Path

from book.archive import ARCHIVE
from book.contents import PUBLISHED
from book.errors import BuildError
from book.freshness import altered, checksum, digest, files_below
from book.memory import Meter
from book.policy import seal
from book.record import recorded, write_record

INDEX = Path("_build") / "html" / "index.html"
WORK = Path("_build") / "sphinx"


def build_pages(root: Path) -> Path:
    """Write all pages, unless nothing they depend on has changed; returns the front page's path.

    Every warning is an error: a broken reference, a missing picture, unexpected output on stderr.
    The pages in place are replaced only by a complete set.

    Raises:
        BuildError: if Jupyter Book complains.
    """
    stamp, key = root / "_build" / "pages.key", pages_key(root)
    if not are_whole(root, stamp, key):
        stamp.unlink(missing_ok=True)
        print("Writing the pages", flush=True)
        with Meter() as meter:
            new = run_sphinx(root)
            seal(new)
        replace(new, root / INDEX.parent)
        shutil.rmtree(root / WORK)
        write_record(stamp, {"key": key, "sha256": sums(root / INDEX.parent), "memory": meter.peak})
        print(f"The pages took {meter.said}.", flush=True)
    return root / INDEX


def are_whole(root: Path, stamp: Path, key: str) -> bool:
    """Whether the pages were made under this key, and every file of them is as it was written."""
    made = recorded(stamp)
    if made is None or made["key"] != key:
        return False
    damaged = altered(root / INDEX.parent, made["sha256"])
    if damaged:
        print(f"{INDEX.parent / damaged[0]} is gone or was altered, so the pages are written again")
    return not damaged


def sums(folder: Path) -> dict[str, str]:
    """Checksum of every file below a folder."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): checksum(path) for path in files}


def pages_key(root: Path) -> str:
    """Key over everything Sphinx reads."""
    sources = [
        *filter(Path.is_file, [root / ARCHIVE]),
        root / "_toc.yml",
        root / "_config.yml",
        root / "requirements.txt",
        *files_below(root / "book"),
    ]
    # Records differ from run to run where the pages made from them do not.
    made = (path for path in sources if "_generated" not in path.parts or path == root / ARCHIVE)
    return digest("", made, root)


def run_sphinx(root: Path) -> Path:
    """Build everything anew in a folder of its own; returns the folder with the html."""
    output = root / WORK
    shutil.rmtree(output, ignore_errors=True)
    command = [str(console_script()), "build", str(root), "--path-output", str(output)]
    strictly = ["--all", "-W", "-n", "--keep-going", "-q"]
    # Its own report names the folder built in, which is about to move: shown only when it failed.
    done = subprocess.run([*command, *strictly], cwd=root, check=False, capture_output=True, encoding="utf-8")
    if done.returncode:
        print(done.stdout, done.stderr, sep="\n", file=sys.stderr)
        raise BuildError(
            "The pages could not be made from the notebooks: Jupyter Book's complaints stand above, and "
            f"each is an error. Executed notebooks are kept in {PUBLISHED}/; the old pages stay in place."
        )
    return output / "_build" / "html"


def console_script() -> Path:
    """Jupyter Book's command of the Python that runs us."""
    script = Path(sys.executable).with_name("jupyter-book")
    if not script.is_file():
        raise BuildError(
            "Jupyter Book is not installed beside this Python: run `make env`, then `make book`."
        )
    return script


def replace(new: Path, place: Path) -> None:
    """Put the new pages in place of the old ones."""
    old = place.with_name("html.old")
    shutil.rmtree(old, ignore_errors=True)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)
