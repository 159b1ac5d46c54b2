"""The page of licences: of every package that makes the book, and of every script and font that it carries.

Of a package it is what its installed metadata say, and of a carried script what the manifest beside it says;
the texts themselves lie in the environment, and beside the scripts.
"""

import json
import re
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from book.errors import BuildError
from book.vendor import MANIFEST

#: The page that frames the list; a book without it has no such page.
FRAME = Path("book") / "licences.md"
#: What is generated for it.
TABLES = Path("book") / "_generated" / "licences.md"
PINS, VENDOR = Path("requirements.txt"), Path("book") / "_static" / "vendor"

#: A package that says no licence in its metadata, but in a file that we have read.
READ = {"axe-playwright-python": "MIT"}

#: A licence's name; what is longer is its whole text.
LONGEST = 60


def write_licences(root: Path) -> None:
    """Write the list.

    Raises:
        BuildError: naming a package of which nobody could say under what licence it is.
    """
    if not (root / FRAME).is_file():
        return
    manifest = json.loads((root / VENDOR / MANIFEST).read_text(encoding="utf-8"))
    carried = [(each["name"], each["version"], each["licence"]) for each in manifest["packages"]]
    text = [*table("Carried in the pages", carried), *table("Installed to make them", list(installed(root)))]
    (root / TABLES).parent.mkdir(parents=True, exist_ok=True)
    (root / TABLES).write_text("\n".join(text) + "\n", encoding="utf-8")


def table(title: str, rows: list[tuple[str, str, str]]) -> Iterator[str]:
    """One list as MyST markdown."""
    yield f"## {title}\n\n:::{{list-table}}\n:header-rows: 1\n"
    yield "* - Package\n  - Version\n  - Licence"
    yield from (f"* - `{name}`\n  - {version}\n  - {licence}" for name, version, licence in sorted(rows))
    yield ":::\n"


def installed(root: Path) -> Iterator[tuple[str, str, str]]:
    """Name, version and licence of every pinned package that is here."""
    for line in (root / PINS).read_text(encoding="utf-8").splitlines():
        if not (text := line.split("#")[0].strip()):
            continue
        pin = Requirement(text)
        if pin.marker is None or pin.marker.evaluate():
            yield pin.name, version(pin.name), licence(pin.name)


def version(name: str) -> str:
    """What is installed, without the processor or card it was built for.

    Raises:
        BuildError: if it is not there.
    """
    try:
        return metadata.version(name).split("+")[0]
    except metadata.PackageNotFoundError as error:
        raise BuildError(
            f"The package {name} of {PINS} is not installed, so its licence is not known: run `make env`."
        ) from error


def licence(name: str) -> str:
    """A package's licence: its expression, its classifiers or its own words, whichever is given first.

    Raises:
        BuildError: if it says none.
    """
    said = metadata.metadata(name)
    classifiers = [each for each in said.get_all("Classifier") or [] if each.startswith("License ::")]
    own = "".join(said.get_all("License") or []).strip()
    short = own if own != "UNKNOWN" and "\n" not in own and len(own) <= LONGEST else ""
    for found in (
        "".join(said.get_all("License-Expression") or []),
        short,
        ", ".join(re.sub(r"^.*:: ", "", each) for each in classifiers),
        READ.get(name),
    ):
        if found:
            return str(found)
    raise BuildError(
        f"The package {name} says no licence in its metadata: read the file it carries, and add what stands "
        "there to READ in book/licences.py."
    )
