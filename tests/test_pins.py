"""The environment's pins fit every Python that the README promises, and one another."""

import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]

#: The first of each, Debian 12's, and the newest: what README and pyproject.toml promise.
PYTHONS = ("3.11.0", "3.11.2", "3.12.0", "3.13.0", "3.14.0")


def pins(file: str = "requirements.txt") -> dict[str, Requirement]:
    """Pins that apply on this system, by name."""
    lines = ((ROOT / file).read_text(encoding="utf-8")).splitlines()
    found = [Requirement(line.split("#")[0]) for line in lines if line.split("#")[0].strip()]
    return {canonicalize_name(pin.name): pin for pin in found if pin.marker is None or pin.marker.evaluate()}


def test_every_pin_is_one_version() -> None:
    assert [str(pin) for pin in pins().values() if not re.fullmatch(r"==[\w.]+", str(pin.specifier))] == []


def test_what_is_installed_is_what_is_pinned() -> None:
    differing = [
        f"{name} {metadata.version(name)}"
        for name, pin in pins().items()
        if not pin.specifier.contains(metadata.version(name), prereleases=True)
    ]
    assert differing == [], "Run `make env`: the packages that are installed are not the pinned ones."


@pytest.mark.parametrize("python", PYTHONS)
def test_every_pin_can_be_installed_with(python: str) -> None:
    refusing = [
        name
        for name in pins()
        if not SpecifierSet(metadata.metadata(name).get("Requires-Python", "")).contains(python)
    ]
    assert refusing == []


def test_the_promise_is_the_same_everywhere() -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'requires-python = ">=3.11"' in project
    assert "Python 3.11 or newer" in (ROOT / "README.md").read_text(encoding="utf-8")
    assert "sys.version_info < (3, 11)" in (ROOT / "Makefile").read_text(encoding="utf-8")


def test_pins_want_nothing_that_is_not_pinned_or_pinned_otherwise() -> None:
    """What `pip check` says, and that nothing would be installed at a version of the day."""
    ours, wrong = pins(), []
    for name in ours:
        for text in metadata.requires(name) or []:
            wanted = Requirement(text)
            if wanted.marker is not None and not wanted.marker.evaluate({"extra": ""}):
                continue
            pin = ours.get(canonicalize_name(wanted.name))
            if pin is None and canonicalize_name(wanted.name).startswith(("nvidia-", "cuda-", "triton")):
                continue  # of torch's CUDA build, which brings along its own
            version = next(iter(pin.specifier)).version if pin else None
            if version is None or not wanted.specifier.contains(version, prereleases=True):
                wrong.append(f"{name} wants {wanted}, pinned is {version}")
    assert wrong == []


def test_pip_finds_nothing_that_does_not_fit() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pip", "--disable-pip-version-check", "check"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_workflow_tests_what_is_promised_and_hands_no_old_results_on() -> None:
    workflow = yaml.safe_load((ROOT / ".github/workflows/book.yml").read_text(encoding="utf-8"))
    runs = workflow["jobs"]["test"]["strategy"]["matrix"]["include"]
    assert {"3.11", "3.13"} <= {run["python"] for run in runs if run["os"].startswith("ubuntu")}
    assert any(run["os"].startswith("macos") for run in runs)
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    caches = [step["with"] for step in steps if step.get("uses", "").startswith("actions/cache@")]
    assert caches
    assert all("restore-keys" not in each and "hashFiles('lib/**'" in each["key"] for each in caches)


def test_scripts_keep_their_line_ends_on_every_checkout() -> None:
    assert "* text=auto eol=lf" in (ROOT / ".gitattributes").read_text(encoding="utf-8")
    assert b"\r" not in (ROOT / ".ci/run").read_bytes()
