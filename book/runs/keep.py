"""Read and write `book/records/`: every record is checked both ways, and small."""

import json
from pathlib import Path

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from book.errors import BuildError
from book.record import Record
from book.runs.machine import slug
from book.runs.schema import SCHEMAS

FOLDER = Path("book") / "records"

#: A record is read by people and kept in git for good.
MOST_BYTES = 200_000

REMEDY = "Write it again with `make record`, `make seeds`, `make bench` or `make gpu`, or remove it."


def keep(root: Path, record: Record) -> Path:
    """Write a record under the name that its machine gives it, in the place of an older one.

    Raises:
        BuildError: with a sentence, if it is not what a record should be.
    """
    place = root / FOLDER / f"{title(record)}.json"
    check(record, place.name)
    text = written(record)
    if (size := len(text.encode())) > MOST_BYTES:
        raise BuildError(
            f"The record {place.name} would take {size:,} bytes and may take {MOST_BYTES:,}: it holds more "
            "than a record needs."
        )
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    part.replace(place)
    return place


def title(record: Record) -> str:
    """A record's file name without its ending: kind and machine; of runs also profile and seed."""
    words = [record["kind"], slug(record["machine"])]
    if record["kind"] == "run":
        words += [record["profile"], *([f"seed-{record['seed']}"] if record["seed"] else [])]
    if record["kind"] == "seeds":
        words.append(record["profile"])
    if record["kind"] == "claim":
        other = str(record.get("scheme") or record.get("features", "")).lower().replace(" ", "-")
        words = ["claim", record["claims"][0]["id"], other, *words[1:], record["profile"]]
    return "-".join(words)


def written(record: Record) -> str:
    """JSON with each top-level entry on a line of its own, and each item of a list of objects too."""
    lines = []
    for key, value in record.items():
        if isinstance(value, list) and value:
            items = ",\n  ".join(json.dumps(item, ensure_ascii=False) for item in value)
            lines.append(f" {json.dumps(key)}: [\n  {items}\n ]")
        else:
            lines.append(f" {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"


def kept(root: Path, kind: str) -> list[Record]:
    """All records of a kind, "run", "seeds", "claim", "speed" or "first", by name.

    Raises:
        BuildError: naming the file, if one is not what a record should be.
    """
    found = []
    for path in sorted((root / FOLDER).glob("*.json")):
        try:
            record = json.loads(path.read_text(encoding="utf-8"))
        except ValueError as error:
            raise BuildError(f"{FOLDER / path.name} is not JSON ({error}): mend or remove it.") from error
        check(record, path.name)
        if path.stem != title(record):
            raise BuildError(
                f"{FOLDER / path.name} holds what should be named {title(record)}.json: rename it."
            )
        found.append(record)
    return [record for record in found if record["kind"] == kind]


def check(record: object, file: str) -> None:
    """Stop with a sentence where a record does not follow its schema."""
    kind = record.get("kind") if isinstance(record, dict) else None
    if kind not in SCHEMAS:
        known = ", ".join(SCHEMAS)
        raise BuildError(f"The record {file} is of no known kind ({kind!r}, not {known}). {REMEDY}")
    if error := best_match(Draft202012Validator(SCHEMAS[str(kind)]).iter_errors(record)):
        where = "".join(f"[{key!r}]" for key in error.absolute_path) or "its top level"
        said = error.message if len(error.message) < 200 else f"{error.message[:200]} …"
        raise BuildError(f"The record {file} is not as it should be at {where}: {said}. {REMEDY}")
