"""Books to look at: the real one at the smoke profile, and tiny ones that come out wrong on purpose."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from book.build import build
from book.contents import Chapter
from book.execute import Parameters

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("book", "lib", "notebooks", "_config.yml", "_toc.yml", "requirements.txt", "pyproject.toml")
SETTINGS: Parameters = {"PROFILE": "smoke", "DEVICE": "cpu", "SEED": 3}
HEADER = """# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% tags=["parameters"]
PROFILE = "quick"
DEVICE = "auto"
SEED = 0
"""


def copy_sources(target: Path) -> Path:
    """The project's sources without anything generated."""
    generated = shutil.ignore_patterns("chapters", "_generated", "__pycache__", "data", "claims", "*.ipynb")
    for name in SOURCES:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, target / name, ignore=generated)
        else:
            shutil.copy(ROOT / name, target / name)
    return target


@pytest.fixture(scope="session")
def smoke_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole book, every notebook executed at the smoke profile; the folder of its html."""
    root = copy_sources(tmp_path_factory.mktemp("smoke"))
    # A cold start: neither our environment's cache nor results of an earlier run.
    environment = {**os.environ, "PYTHONPATH": str(root), "GRAYSCOTT_CACHE": str(root / "cache")}
    command = [sys.executable, "-m", "book.build", "--profile", "smoke", "--device", "cpu"]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-8000:]
    return root / "_build" / "html"


@dataclass
class Project:
    """A book with one notebook of ours in the place of all others."""

    root: Path
    parameters: Parameters

    @property
    def chapter(self) -> Chapter:
        """The one notebook."""
        return Chapter("01_tiny", self.root)

    def write(self, cells: str) -> None:
        """Set the notebook's cells after the one with the parameters."""
        self.chapter.source.write_text(HEADER + "\n" + cells)

    def build(self) -> Path:
        """Build the book; returns the path of its front page."""
        return build(self.root, self.parameters)


def lay_out(root: Path) -> Project:
    """The real configuration and style, with one chapter and a front page."""
    copy_sources(root)
    shutil.rmtree(root / "lib")
    (root / "lib").mkdir()
    for page in (root / "book").glob("*.md"):
        page.unlink()
    for notebook in (root / "notebooks").glob("*.py"):
        notebook.unlink()
    (root / "book" / "index.md").write_text("# A tiny book\n\nWith one page.\n")
    (root / "_toc.yml").write_text(
        "format: jb-book\nroot: book/index\nchapters:\n- file: book/chapters/01_tiny\n"
    )
    return Project(root, dict(SETTINGS))


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A tiny project in a folder of its own."""
    monkeypatch.setenv("PYTHONPATH", "")
    return lay_out(tmp_path)


@pytest.fixture(scope="session")
def browser(launch: Callable[[str], Browser]) -> Browser:
    """Chromium without a graphics processor."""
    return launch("--disable-gpu")
