"""The first minutes on a GPU, eight at most: is every bit right, does nothing race, and how fast is it?

python -m benchmarks.gpu_first

Criteria were written down before any GPU was at hand. Each question stands in `benchmarks.first`; one that
fails is named with its error, and the others go on. The record is written after every question, so that
nothing is lost if time runs out, and the book's page of runs shows it.
"""

import argparse
import sys
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import torch

from benchmarks.engines.ours import pattern
from benchmarks.first import bits, queues, room, speeds
from benchmarks.first.card import Card, Plan, described, this_gpu
from benchmarks.first.watchdog import watch
from book.errors import BuildError
from book.record import Record, hardware, versions
from book.runs.campaign import no_gpu
from book.runs.keep import keep
from book.runs.machine import commit, name
from lib.backends.cuda_compile import nvrtc_version
from lib.backends.kept_library import CompilerError

ROOT = Path(__file__).resolve().parent.parent

#: Seconds after which the call ends, whatever it is at: no new question is asked from `Plan.seconds` on.
MOST = 470

#: Steps per µs at 128 × 128 on a full chip, and how many times a forward step a gradient may take, by
#: product.
ASKED = {"H200": (120.0, 12.0), "H100": (110.0, 13.0)}
#: How many times faster than plain torch, eager, on the same card.
OVER_EAGER = 40.0


def main(arguments: list[str] | None = None) -> int:
    """Command line; the exit status says whether all bits were right and nothing raced."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, default=ROOT, help="folder below which the record is kept")
    asked = parser.parse_args(arguments)
    if reason := no_gpu():
        print(f"Nothing was measured. {reason}", file=sys.stderr)
        return 1
    try:
        record = first(this_gpu(), emulated(), Plan(), asked.root, hardware("cuda"), described())
    except (BuildError, CompilerError) as error:
        print(f"Nothing was recorded. {error}", file=sys.stderr)
        return 1
    for each in record["criteria"]:
        print(f"{each['criterion']}: {each['found']} (asked: {each['asked']})")
    for sentence in record["left_out"]:
        print(sentence)
    print(f"{record['seconds']:.0f} s on {name(record['machine'])}.")
    return 0 if sound(record) else 1


def emulated() -> Card:
    """The same kernels on the processor.

    Raises:
        BuildError: if no C++ compiler is there.
    """
    try:
        from tests.backends.emulated import Emulated

        Emulated(64)
    except Exception as error:  # an import that fails, or a compiler
        raise BuildError(
            f"The kernels could not be emulated on the processor ({type(error).__name__}: {error}), so "
            "there is "
            "nothing to compare bits with: install a C++ compiler, or `pip install ziglang`."
        ) from error
    return Card(torch.device("cpu"), Emulated)


def first(
    card: Card, reference: Card, plan: Plan, root: Path, machine: Record, about: dict[str, Any]
) -> Record:
    """Ask every question while there is time; returns the record, which is kept after each."""
    begin, left_out = time.monotonic(), list[str]()
    record: Record = {
        "kind": "first",
        "machine": machine,
        "date": f"{datetime.now(UTC):%Y-%m-%d}",
        "versions": versions() | {"NVRTC": ".".join(map(str, nvrtc_version()))},
        "commit": commit(root),
        "card": about,
        **{key: [] for key in ("bits", "races", "speeds")},
        **{key: {} for key in ("queues", "bandwidth", "memory")},
    }
    asking = [""]

    def late() -> None:
        left_out.append(f"{asking[0]}: still at work after {MOST} s, so the whole call was ended there.")
        print(left_out[-1], flush=True)
        keep(root, record | {"criteria": criteria(record), "left_out": left_out, "seconds": MOST})

    end = watch(MOST, late)
    for key, title, ask in questions(card, reference, plan, left_out):
        asking[0] = title
        if time.monotonic() - begin > plan.seconds:
            left_out.append(f"{title}: not begun, since {plan.seconds:.0f} s had passed.")
        else:
            print(f"{title} …", flush=True)
            answer(record, key, title, ask, left_out)
        record |= {
            "criteria": criteria(record),
            "left_out": left_out,
            "seconds": round(time.monotonic() - begin),
        }
        keep(root, record)
    end.cancel()
    return record


def questions(
    card: Card, reference: Card, plan: Plan, left_out: list[str]
) -> Iterable[tuple[str, str, Callable[[], Iterable[Any]]]]:
    """Where the answer goes, what is asked, and how; the most important first."""
    patterns = {size: pattern(size) for size in plan.sizes}
    middle = patterns[128 if 128 in patterns else plan.sizes[0]]
    others = [patterns[size] for size in plan.sizes if patterns[size] is not middle]
    yield "bits", "Bits against the emulation", lambda: bits.bits(card, plan, reference)
    yield "races", "Many at a time, three times", lambda: bits.races(card, plan)
    yield "speeds", "Kernels alone", lambda: speeds.kernels_alone(card, plan, middle, left_out)
    yield "speeds", "Whole calls", lambda: speeds.whole_calls(card, plan, middle, left_out)
    yield "bandwidth", "Copies", lambda: room.bandwidth(card, plan).items()
    yield "memory", "Memory", lambda: room.peaks(card, plan, middle).items()
    if card.device.type == "cuda":
        yield "queues", "Sixteen streams", queues.compared
    yield "speeds", "Plain torch", lambda: speeds.rivals(card, plan, middle, left_out)
    for each in others:
        size = each.u.shape[-1]
        few = plan._replace(batches=plan.batches[::3])
        yield (
            "speeds",
            f"Whole calls at {size}",
            partial(speeds.whole_calls, card, few, each, left_out),
        )


def answer(
    record: Record, key: str, title: str, ask: Callable[[], Iterable[Any]], left_out: list[str]
) -> None:
    """Add what comes to the record, as it comes; an error is a sentence."""
    try:
        for each in ask():
            print("  ", each, flush=True)
            if isinstance(record[key], list):
                record[key].append(each)
            else:
                record[key][each[0]] = each[1]
    except Exception as error:  # a failing kernel is an answer, and the next question may still be asked
        said = " ".join(str(error).split())[:300]
        left_out.append(f"{title}: {type(error).__name__}: {said}")


def criteria(record: Record) -> list[dict[str, Any]]:
    """What was asked beforehand, and what was found; None where it was not measured."""
    product = str(record["machine"].get("gpu", ""))
    speed, ratio = next((ASKED[known] for known in ASKED if known in product), (None, None))
    forward, back, eager = (
        best(record, what) for what in ("cuda, simulation", "cuda, gradient", "torch eager, simulation")
    )
    equal = [row["equal"] for row in record["bits"]]
    raced = [row["different"] + row["twins"] for row in record["races"]]
    return [
        criterion(
            "cases whose bits differ from the emulation", 0, equal.count(False) if equal else None, False
        ),
        criterion("arrays in which runs of one simulation differ", 0, sum(raced) if raced else None, False),
        criterion("steps per µs at 128 × 128, the best batch", speed, forward, True),
        criterion("times torch eager at its best batch", OVER_EAGER, over(forward, eager), True),
        criterion("times a forward step that a gradient's takes", ratio, over(forward, back), False),
    ]


def criterion(what: str, asked: float | None, found: float | None, at_least: bool) -> dict[str, Any]:
    """One of them; met is None where it cannot be tested."""
    met = None
    if asked is not None and found is not None:
        met = found >= asked if at_least else found <= asked
    return {"criterion": what, "asked": asked, "found": found, "at_least": at_least, "met": met}


def best(record: Record, what: str) -> float | None:
    """The best median speed at 128 × 128; None where there is none."""
    found = [row["speed"]["median"] for row in record["speeds"] if (row["what"], row["size"]) == (what, 128)]
    return max(found, default=None)


def over(a: float | None, b: float | None) -> float | None:
    """Their ratio, with three digits."""
    return float(f"{a / b:.3g}") if a and b else None


def sound(record: Record) -> bool:
    """Whether bits and races were looked at and nothing was found."""
    return all(each["met"] is True for each in record["criteria"][:2])


if __name__ == "__main__":
    sys.exit(main())
