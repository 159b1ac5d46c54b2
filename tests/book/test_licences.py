"""Every package and every carried script is listed with its licence."""

from importlib import metadata
from pathlib import Path

import pytest

from book import licences
from book.errors import BuildError
from lib.publishing.numbers import typeset
from tests.book.conftest import ROOT
from tests.test_pins import pins


def test_every_pin_and_every_carried_script_is_on_the_page(tmp_path: Path) -> None:
    for name in (licences.PINS, licences.FRAME, licences.VENDOR / licences.MANIFEST):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    licences.write_licences(tmp_path)
    text = (tmp_path / licences.TABLES).read_text(encoding="utf-8")
    assert text.count("* - `") > 200
    for pin in pins().values():
        version = next(iter(pin.specifier)).version
        assert f"* - `{pin.name}`\n  - {version}\n  - " in text, pin.name
    assert "* - `mathjax`\n  - 3.2.2\n  - Apache-2.0" in text
    # The page's words about the one that is not open source hold.
    assert [line for line in text.splitlines() if "roprietary" in line] == [
        "  - LicenseRef-NVIDIA-Proprietary"
    ]
    assert typeset(text) == text  # no licence's name is taken for a number


def test_a_package_that_says_no_licence_stops_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    silent = type("Silent", (dict,), {"get_all": lambda self, name: None})()
    monkeypatch.setattr(metadata, "metadata", lambda name: silent)
    with pytest.raises(BuildError, match="says no licence in its metadata"):
        licences.licence("numpy")


def test_a_package_that_is_not_there_stops_the_build() -> None:
    with pytest.raises(BuildError, match="is not installed"):
        licences.version("no-such-package-anywhere")
