"""Disks that are really full, and folders that are really read-only: a sentence, and nothing half-written."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from lib import folders
from tests.book.conftest import HEADER, lay_out

ROOT = Path(__file__).resolve().parents[2]

#: A build as `make book` starts it, but for the pages.
BUILD = """
import sys
from pathlib import Path
import book.build
book.build.ROOT = Path.cwd()
sys.exit(book.build.main(["--profile", "smoke", "--device", "cpu", "--no-pages"]))
"""

#: A notebook that writes as many bytes as it is told, into its folder or as a result into the cache.
WRITES = "# %%\nopen('large.bin', 'wb').write(b'x' * {size})\n"
KEEPS = """
# %%
import os
from lib.running.kept import arguments, kept
from lib.initial_states import initial_state
from lib.running.kept import kept_result
print(len(kept_result(initial_state, {size}, size=64).u))
"""

Mount = Callable[[Path, int], Path]


@pytest.fixture
def disk() -> Iterator[Mount]:
    """A function that puts a small disk of so many bytes at a folder."""
    mounted: list[Path] = []

    def mount(folder: Path, size: int) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
        if sys.platform != "linux" or subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("This machine lets nobody mount a small disk, so none can be filled.")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path, left: int = 0) -> None:
    """Leave so many bytes of a small disk."""
    with (folder / "filler").open("wb", buffering=0) as file:
        try:
            while file.write(b"\0" * 4096):
                pass
        except OSError:
            pass
    os.truncate(folder / "filler", (folder / "filler").stat().st_size - left)


def build(root: Path, **environment: str) -> tuple[int, str]:
    """Build; the exit status and all that was said."""
    known = {**os.environ, "PYTHONPATH": str(ROOT), "GRAYSCOTT_CACHE": str(root / "cache"), **environment}
    done = subprocess.run(
        [sys.executable, "-c", BUILD], cwd=root, env=known, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def project(root: Path, cells: str) -> Path:
    """A project with one notebook."""
    lay_out(root)
    (root / "notebooks" / "01_tiny.py").write_text(HEADER + cells, encoding="utf-8")
    return root


def refused(said: tuple[int, str], *words: str) -> None:
    """It ended with a sentence that has these words, and no traceback."""
    status, text = said
    assert status == 1, text
    assert "Traceback" not in text, text
    last = text.strip().splitlines()[-1]
    for word in ("The book was not built", *words):
        assert word in last, text


def test_a_full_build_folder_is_told_before_anything_runs(tmp_path: Path, disk: Mount) -> None:
    root = project(tmp_path, "# %%\n1\n")
    fill(disk(root / "_build", 65_536))
    refused(build(root), "_build of this project cannot be written (No space left on device)", "make room")
    assert not (root / "book" / "chapters").is_dir() or not list((root / "book" / "chapters").glob("*.ipynb"))


def test_a_disk_that_fills_while_a_notebook_writes_is_told(tmp_path: Path, disk: Mount) -> None:
    root = project(tmp_path, WRITES.format(size=4_000_000))
    fill(disk(root / "_build", 8_000_000), left=2_000_000)
    refused(build(root), "No space left on device", "ake room")
    (root / "_build" / "filler").unlink()
    assert build(root)[0] == 0


def test_a_full_cache_is_told_before_anything_runs(tmp_path: Path, disk: Mount) -> None:
    root = project(tmp_path, KEEPS.format(size=2))
    fill(disk(root / "cache", 65_536))
    refused(build(root), "No space left on device", "Make it writable, make room")


def test_a_cache_that_fills_meanwhile_is_told_and_nothing_is_left(tmp_path: Path, disk: Mount) -> None:
    root = project(tmp_path, KEEPS.format(size=200))
    fill(disk(root / "cache", 8_000_000), left=1_000_000)
    refused(build(root), "01_tiny", "No space left on device", "Make room", folders.CACHE)
    assert not list((root / "cache").rglob(".part-*"))
    (root / "cache" / "filler").unlink()
    assert build(root)[0] == 0


def test_no_room_for_the_compiled_engine_is_said_at_once(tmp_path: Path, disk: Mount) -> None:
    root = project(tmp_path, "# %%\n1\n")
    fill(disk(root / "cache" / "compiled", 65_536), left=8_192)
    status, said = build(root)
    assert status == 0, said
    assert "cannot be kept in" in said
    assert "plain PyTorch, many times slower" in said
    assert not list((root / "cache" / "compiled").glob(".part-*"))


@pytest.mark.parametrize("where", ["_build", "book/chapters", "cache"])
def test_a_read_only_folder_is_told_before_anything_runs(tmp_path: Path, disk: Mount, where: str) -> None:
    root = project(tmp_path, "# %%\n1\n")
    folder = disk(root / where, 8_000_000)
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    refused(build(root), "cannot be written (Read-only file system)")
    assert not list(folder.iterdir())
