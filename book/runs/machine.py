"""What a machine is called in records and on their page, and which sources ran on it."""

import re
import subprocess
from pathlib import Path
from typing import Any

from book.provenance import counted

#: What makers write into processor names and readers do not need.
DECORATION = re.compile(r"\((?:R|TM|C)\)|®|™|\bCPU\b|@.*$", re.IGNORECASE)


def name(machine: dict[str, Any]) -> str:
    """A machine as people say it: its GPU where one computed, its processor, its cores."""
    whole = f"{plain(machine['processor'])}, {counted(machine['cores'], 'core')}"
    said = f"{plain(machine['gpu'])} ({whole})" if "gpu" in machine else whole
    return f"{counted(machine['workers'], 'worker')} of a cluster: {said}" if "workers" in machine else said


def slug(machine: dict[str, Any]) -> str:
    """The same for file names: the GPU alone, or processor and cores."""
    said = (
        plain(machine["gpu"])
        if "gpu" in machine
        else f"{plain(machine['processor'])} {counted(machine['cores'], 'core')}"
    )
    if "workers" in machine:
        said += f" {counted(machine['workers'], 'worker')}"
    return re.sub(r"[^a-z0-9]+", "-", said.lower()).strip("-")


def plain(product: str) -> str:
    """A product's name without its decoration."""
    return " ".join(DECORATION.sub(" ", product).split())


def commit(root: Path) -> str | None:
    """The commit that the sources below `root` are at; None where they are at none, or changed since."""
    # The records themselves decide nothing.
    if git(root, "status", "--porcelain", "--", ".", ":(exclude)book/records") != "":
        return None
    return git(root, "rev-parse", "--short=12", "HEAD")


def git(root: Path, *question: str) -> str | None:
    """What git answers; None where there is no git or no repository."""
    try:
        done = subprocess.run(["git", *question], cwd=root, capture_output=True, encoding="utf-8", check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return done.stdout.strip()
