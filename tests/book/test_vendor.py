"""The carried scripts are the ones that were fetched, each with its licence."""

import json
import shutil
from pathlib import Path

import pytest

from book.vendor import MANIFEST, PACKAGES, VENDOR, verify


def test_every_carried_file_matches_its_checksum() -> None:
    assert list(verify(VENDOR)) == []


@pytest.mark.parametrize(
    ("damage", "complaint"),
    [
        (lambda folder: (folder / "require.js").write_text("alert(1)"), "require.js has been altered"),
        (lambda folder: (folder / "require.js").unlink(), "require.js is missing"),
        (lambda folder: (folder / "stray.js").touch(), "stray.js is not in the manifest"),
    ],
)
def test_damage_is_noticed(tmp_path: Path, damage: object, complaint: str) -> None:
    folder = tmp_path / "vendor"
    shutil.copytree(VENDOR, folder)
    assert callable(damage)
    damage(folder)
    assert [sentence for sentence in verify(folder) if complaint in sentence]


def test_every_package_comes_with_a_licence() -> None:
    listed = json.loads((VENDOR / MANIFEST).read_text())
    assert {package["name"] for package in listed["packages"]} == {package.name for package in PACKAGES}
    assert all(package["licence"] for package in listed["packages"])
    folders = {Path(name).parts[0].removesuffix(".js") for name in listed["sha256"]} - {"@jupyter-widgets"}
    texts = [name for name in listed["sha256"] if "LICENSE" in name]
    for folder in {name.removesuffix("-LICENSE") for name in folders} | {"@jupyter-widgets"}:
        assert any(name.startswith(folder) for name in texts), folder
