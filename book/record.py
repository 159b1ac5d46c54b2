"""What we remember of a notebook's run: how, on what, how long, and what it wrote."""

import hashlib
import json
import os
import platform
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import xarray as xr
from nbformat import NotebookNode

from book.contents import Chapter
from book.execute import Parameters
from lib.running import cluster
from lib.running.device import product

Record = dict[str, Any]

#: What notebooks find around them; part of their keys and of their records.
SURROUNDINGS = ("device", "features", "engine")

#: The entry of a record that holds the checksum of all others.
SUM = "checksum"


def record(
    chapter: Chapter,
    executed: NotebookNode,
    parameters: Parameters,
    surroundings: dict[str, str],
    scratch: Path,
) -> Record:
    """Everything worth knowing about a run, as plain JSON values."""
    return {
        "chapter": chapter.name,
        "parameters": parameters,
        **surroundings,
        "hardware": hardware(surroundings["device"]),
        "versions": versions(),
        "started": executed.metadata.papermill.start_time,
        "seconds": executed.metadata.papermill.duration,
        "figures": list(figures(executed)),
        "data": [describe(path, scratch) for path in sorted(scratch.rglob("*.nc"))],
    }


def figures(executed: NotebookNode) -> Iterator[Record]:
    """Each figure with its wall time: its own cell and the cells since the figure before it."""
    seconds = 0.0
    for cell in executed.cells:
        seconds += cell.metadata.get("papermill", {}).get("duration") or 0.0
        if name := cell.metadata.get("mystnb", {}).get("figure", {}).get("name"):
            yield {"name": name, "seconds": seconds}
            seconds = 0.0


def describe(path: Path, folder: Path) -> Record:
    """Name and size of a data file, with the computing time, cached share and device it declares."""
    with xr.open_dataset(path) as dataset:
        declared: Record = {
            key: kind(dataset.attrs[key])
            for key, kind in (("core_seconds", float), ("cached", float), ("device", str))
            if key in dataset.attrs
        }
    table = path.with_suffix(".csv")
    if table.is_file():
        declared["table"] = table.relative_to(folder).as_posix()
    return {"path": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size, **declared}


def hardware(device: str) -> Record:
    """The processor's name, its cores that we may use, and the GPU where one computed.

    Of a cluster it is the workers' names, one core for each of them, and their number.
    """
    shared = cluster.address() is not None
    processors, devices = (
        cluster.ask_all(product, kind) if shared else [product(kind)] for kind in ("cpu", device)
    )
    cores = len(processors) if shared else usable_cores()
    found: Record = {"processor": " and ".join(sorted(set(processors))), "cores": cores}
    if device.startswith("cuda"):
        found["gpu"] = " and ".join(sorted(set(devices)))
    if shared:
        found["workers"] = len(processors)
    return found


def usable_cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def versions() -> dict[str, str]:
    """Of Python, the main libraries and our own."""
    known = {"torch": torch.__version__, "numpy": np.__version__, "lib": own_version()}
    return {"Python": platform.python_version(), **known}


def own_version() -> str:
    """That of `lib`: from its own sources, since it runs from a folder that nobody installed, too."""
    with (Path(__file__).resolve().parent.parent / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def write_json(path: Path, content: object) -> None:
    """Write JSON whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(path)


def write_record(path: Path, content: Record) -> None:
    """Write the record of a run with a checksum of itself, which `recorded` looks at."""
    write_json(path, {**content, SUM: checksum_of(content)})


def recorded(path: Path) -> Record | None:
    """The record of a run; None where there is none, or where it is not what was written."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        whole = content.pop(SUM) == checksum_of(content)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return content if whole else None


def checksum_of(content: Record) -> str:
    """Of a record's content, whatever the order of its entries."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def criterion_of(verdict: Record) -> str:
    """A short name of what a claim was held against: verdicts compare where it is the same."""
    return hashlib.sha256(verdict["tolerance"].encode()).hexdigest()[:12]
