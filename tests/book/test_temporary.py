"""Temporary files of a build lie in a folder of its own, and go with it, even where it was killed."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from book.temporary import LONGEST, own_temporary
from tests.conftest import ROOT


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder for temporary files, with a short name."""
    folder = Path(tempfile.mkdtemp(dir="/tmp"))
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    yield folder
    shutil.rmtree(folder)


def test_a_build_and_what_it_starts_have_a_folder_that_is_empty_in_the_end(place: Path) -> None:
    with own_temporary(Path("/a/book")):
        Path(tempfile.mkdtemp()).joinpath("file").touch()
        Path(tempfile.mkstemp()[1]).touch()
        says = "import tempfile; print(tempfile.mkdtemp())"
        made = subprocess.run([sys.executable, "-c", says], capture_output=True, text=True, check=True).stdout
        (folder,) = place.iterdir()
        assert Path(made.strip()).parent == folder == Path(tempfile.gettempdir())
        assert len(list(folder.iterdir())) == 3
    assert list(folder.iterdir()) == []
    assert os.environ["TMPDIR"] == tempfile.gettempdir() == str(place)


def elsewhere(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in a Python of its own: a copy of this one would wait for workers that are not its."""
    code = f"from pathlib import Path\nfrom book.temporary import own_temporary\n{code}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)


def test_the_folder_itself_goes_with_the_process(place: Path) -> None:
    """Its servers' sockets too, whose folder Python removes by itself."""
    done = elsewhere(
        "from multiprocessing import util\n"
        "with own_temporary(Path('/a/book')):\n"
        "    util.get_temp_dir()\n"
        f"print(len(list(Path({str(place)!r}).rglob('pymp-*'))))"
    )
    assert done.stdout.split() == ["1"], done.stderr
    assert list(place.iterdir()) == []


def test_what_a_killed_build_left_goes_when_the_next_one_begins(place: Path) -> None:
    done = elsewhere(
        "import os, signal, tempfile\n"
        "with own_temporary(Path('/a/book')):\n"
        "    tempfile.mkdtemp()\n"
        "    os.kill(os.getpid(), signal.SIGKILL)"
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    (left,) = place.iterdir()
    assert list(left.iterdir())
    with own_temporary(Path("/another/book")):
        assert left.exists()  # that build may be at work
    with own_temporary(Path("/a/book")):
        assert not left.exists()


@pytest.mark.parametrize("name", ["x" * LONGEST, "gone"])
def test_where_there_can_be_no_such_folder_all_is_as_it_was(
    place: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(place / name))
    with own_temporary(Path("/a/book")):
        assert tempfile.gettempdir() == str(place / name)
