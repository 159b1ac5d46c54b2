"""What `make` refuses, it refuses at once and with a sentence."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

#: A Python that says of itself that it is too old.
OLD = """#!/bin/sh
exec {python} -c 'import sys; sys.version_info = (3, 10, 12, "final", 0); exec(sys.argv[2])' "$@"
"""

#: What a make that runs these tests would hand on.
SETTINGS = ("MAKEFLAGS", "MAKELEVEL", "DEVICE", "PYTHON", "FILTERS", "WHEELS", "MINUTES")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A project without an environment."""
    for name in ("Makefile", "requirements.txt", "pyproject.toml"):
        (tmp_path / name).symlink_to(ROOT / name)
    return tmp_path


def make(place: Path, *arguments: str) -> str:
    """What make says as it fails."""
    known = {name: value for name, value in os.environ.items() if name not in SETTINGS}
    done = subprocess.run(
        ["make", *arguments], cwd=place, env=known, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_python_that_is_too_old_is_told_before_an_environment_is_made(place: Path) -> None:
    old = place / "old"
    old.write_text(OLD.format(python=sys.executable))
    old.chmod(0o755)
    said = make(place, "env", f"PYTHON={old}")
    assert "is missing or older than Python 3.11, which the pinned packages need" in said
    assert "name it with make PYTHON=/path/to/python3.12" in said
    assert not (place / ".venv").exists()


def test_a_python_that_is_missing_is_the_same(place: Path) -> None:
    assert "nowhere/python is missing or older than Python 3.11" in make(
        place, "env", "PYTHON=nowhere/python"
    )


@pytest.mark.parametrize("target", ["book", "bench", "gpu", "seeds"])
def test_a_device_that_is_none_is_told_before_anything_is_installed(place: Path, target: str) -> None:
    assert "DEVICE=tpu cannot be used: choose auto, cpu or cuda" in make(place, target, "DEVICE=tpu")
    assert not (place / ".venv").exists()


def test_filters_that_are_none_are_told(place: Path) -> None:
    (place / ".venv").mkdir()
    (place / ".venv" / ".installed").touch()
    assert "FILTERS=vgg11 is neither vgg19 nor vgg16: name one of them." in make(
        place, "weights", "FILTERS=vgg11"
    )


@pytest.mark.parametrize("minutes", ["9", "all day"])
def test_minutes_reach_the_campaign_as_they_were_given(place: Path, minutes: str) -> None:
    """Which says itself what it cannot use."""
    python = place / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf "%s\\n" "$@" >&2; exit 1\n')
    python.chmod(0o755)
    (place / ".venv" / ".installed").touch()
    said = make(place, "gpu", f"MINUTES={minutes}").splitlines()
    assert {"book.runs.campaign", "--device=cuda", f"--minutes={minutes}"} <= {*said}
