"""How many steps does a microsecond hold? Every engine, batches of 1 to 4096, three grids.

Simulations and exact gradients in float32, from the pattern that the truth has made after 10,000 steps.
`race` says how they are timed, `limit` what the fastest conceivable program would do, `engines` what
each engine is. Then `cores` holds a sweep on all cores against one. The result is printed, and kept in
`book/records/` for the book's page of runs.

Run it with `make bench`, which installs JAX and py-pde for it first; some minutes.
"""

import argparse
import json
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

import torch

from benchmarks import cores
from benchmarks.engines import ENGINES, TASKS, refusal
from benchmarks.limit import INSTRUCTIONS, limits, steps_per_us
from benchmarks.race import Budget, Runner, race
from book.errors import BuildError
from book.freshness import digest, files_below
from book.record import hardware, versions, write_json
from book.runs.keep import keep
from book.runs.machine import commit, name

ROOT = Path(__file__).resolve().parent.parent
BATCHES = (1, 4, 16, 64, 256, 1024, 4096)
SIZES = (64, 128, 256)

#: Whose version the record names, where it is installed.
PACKAGES = ("jax", "py-pde", "numba")


def main(arguments: list[str] | None = None) -> int:
    """Command line; the exit status says whether there is a record."""
    asked = options(arguments)
    with_gpu = asked.device == "cuda" or (asked.device == "auto" and torch.cuda.is_available())
    if with_gpu and not torch.cuda.is_available():
        print("There is no GPU that torch can use here: choose --device cpu.", file=sys.stderr)
        return 1
    try:
        record = measure(asked, with_gpu)
        place = keep(asked.root, record)
    except BuildError as error:
        print(f"No speed was recorded. {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted: no speed was recorded, since a table with gaps would mislead.", file=sys.stderr)
        return 130
    print(f"{record['seconds']:.0f} s on {name(record['machine'])}; recorded as {place.name}.")
    return 0


def options(arguments: list[str] | None) -> argparse.Namespace:
    """What to time."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto", help="cuda: both")
    parser.add_argument("--engines", nargs="+", choices=list(ENGINES), default=list(ENGINES))
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--sizes", nargs="+", type=int, default=list(SIZES))
    parser.add_argument("--batches", nargs="+", type=int)
    parser.add_argument("--rounds", type=int, default=Budget().rounds)
    parser.add_argument(
        "--sweep", action=argparse.BooleanOptionalAction, default=True, help="all cores or one"
    )
    parser.add_argument("--root", type=Path, default=ROOT, help="folder below which the record is kept")
    parser.add_argument(
        "--parts", type=Path, help="folder that keeps each grid and task, to go on from there"
    )
    return parser.parse_args(arguments)


def measure(asked: argparse.Namespace, with_gpu: bool) -> dict[str, Any]:
    """Run all races; returns the record."""
    begin, known = time.monotonic(), limits(with_gpu)
    rows: list[dict[str, Any]] = []
    left_out: list[str] = []
    spent = 0.0
    for size in asked.sizes:
        for task in asked.tasks:
            part = kept_part(asked, with_gpu, task, size) or one_part(asked, with_gpu, task, size)
            rows += part["rows"]
            left_out += [sentence for sentence in part["left_out"] if sentence not in left_out]
            spent += part["before"]
    for each in rows:
        limit = steps_per_us(known[each["device"]], each["task"], each["size"])
        each["fraction"] = float(f"{each['speed']['median'] / limit:.3g}")
    if not rows:
        raise BuildError("Not one engine could be timed: " + " ".join(left_out))
    return {
        "kind": "speed",
        "machine": hardware("cuda" if with_gpu else "cpu"),
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "versions": versions() | others(),
        "commit": commit(ROOT),
        "limits": known,
        "instructions": INSTRUCTIONS,
        "rows": rows,
        **({"sweep": cores.gain()} if asked.sweep else {}),
        "left_out": left_out,
        "seconds": round(time.monotonic() - begin + spent),
    }


def one_part(asked: argparse.Namespace, with_gpu: bool, task: str, size: int) -> dict[str, Any]:
    """Race all engines at one task on one grid; kept, where there is a folder for it."""
    begin = time.monotonic()
    runners, refused = line_up(asked.engines, with_gpu, task, size)
    for sentence in refused:
        print(sentence)
    budget = Budget(rounds=asked.rounds)
    found = list(tell(race(runners, asked.batches or batches(with_gpu), budget)))
    part = {
        "key": part_key(asked, with_gpu),
        "rows": best_threads([each for each in found if isinstance(each, dict)]),
        "left_out": refused + [each for each in found if isinstance(each, str)],
        "before": time.monotonic() - begin,
    }
    if asked.parts:
        write_json(asked.parts / f"{task}-{size}.json", part)
    return part | {"before": 0.0}


def kept_part(asked: argparse.Namespace, with_gpu: bool, task: str, size: int) -> dict[str, Any] | None:
    """What an earlier call has timed with the same sources on this machine; None where there is nothing."""
    place = asked.parts / f"{task}-{size}.json" if asked.parts else None
    if place is None or not place.is_file():
        return None
    part: dict[str, Any] = json.loads(place.read_text(encoding="utf-8"))
    if part["key"] != part_key(asked, with_gpu):
        return None
    print(f"{task} at {size} × {size}: done before")
    return part


def part_key(asked: argparse.Namespace, with_gpu: bool) -> str:
    """Machine, versions, what was asked for, and the sources."""
    setting = [hardware("cuda" if with_gpu else "cpu"), versions() | others()]
    setting += [asked.engines, asked.batches, asked.rounds]
    return digest(json.dumps(setting), [*files_below(ROOT / "lib"), *files_below(ROOT / "benchmarks")], ROOT)


def batches(with_gpu: bool) -> list[int]:
    """Powers of four; on a GPU also multiples of its multiprocessors, which then are all busy."""
    processors = torch.cuda.get_device_properties(0).multi_processor_count if with_gpu else 0
    return sorted({*BATCHES, *(n * processors for n in (1, 4, 16) if processors)})


def line_up(engines: list[str], with_gpu: bool, task: str, size: int) -> tuple[list[Runner], list[str]]:
    """A runner for each engine, device and number of threads; and a sentence for each that cannot run."""
    runners, refused = [], []
    for engine in engines:
        for device in ENGINES[engine].devices:
            if device == "cuda" and not with_gpu and engine != "cuda":
                continue  # it runs on the processor here, and only there
            if reason := refusal(engine, device, task, size):
                refused.append(f"{engine}: {reason}")
                continue
            threads = ENGINES[engine].threads if device == "cpu" else (None,)
            runners += [Runner(engine, device, number, task, size) for number in threads]
    return runners, refused


def tell(found: Iterator[dict[str, Any] | str]) -> Iterator[dict[str, Any] | str]:
    """Print what comes, as it comes."""
    for each in found:
        print(each if isinstance(each, str) else line(each), flush=True)
        yield each


def line(row: dict[str, Any]) -> str:
    """One row as text."""
    speed, threads = row["speed"], f"{row['threads']} thr" if "threads" in row else ""
    spread = f"({speed['low']:.4g} … {speed['high']:.4g})"
    what = f"{row['engine']:14} {row['device']:4} {threads:6} {row['task']:10} {row['size']:4}²"
    return f"{what} × {row['batch']:<5} {speed['median']:9.4g} {spread:24} {row['memory'] / 1e6:9.1f} MB"


def best_threads(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Of rows that differ only in the number of threads, the fastest."""
    best: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(row[name] for name in ("engine", "device", "task", "size", "batch"))
        if key not in best or row["speed"]["median"] > best[key]["speed"]["median"]:
            best[key] = row
    return list(best.values())


def others() -> dict[str, str]:
    """Versions of the packages that are timed beside our own engines."""
    found = {}
    for package in PACKAGES:
        try:
            found[package] = metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return found


if __name__ == "__main__":
    sys.exit(main())
