"""What a process left unfinished when it was killed is cleared away, and nothing else."""

import os
import signal
from pathlib import Path

import pytest

from book.settings import look_around
from lib import unfinished
from lib.backends import kept_library
from lib.running import store

#: Long ago, as a file's time.
LONG_AGO = (0, 0)


def killed_while_it_writes(path: Path) -> None:
    """Let a process begin to store a result, and kill it before that has its name."""
    child = os.fork()
    if child == 0:
        Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # type: ignore[method-assign, assignment]
        store.write_bytes(path, b"half")
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


def killed_while_it_compiles(path: Path) -> None:
    """The same of compiled code."""
    child = os.fork()
    if child == 0:
        kept_library.put(path, lambda part: os.kill(os.getpid(), signal.SIGKILL))
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


def test_files_of_a_process_that_is_gone_are_removed_at_once_by_the_next_build(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path))
    killed_while_it_writes(tmp_path / "results" / "x" / "a.result")
    killed_while_it_compiles(tmp_path / "compiled" / "a.so")
    assert len(list(tmp_path.rglob(f"{unfinished.PART}*"))) == 3
    look_around({"PROFILE": "smoke", "DEVICE": "cpu", "SEED": 0})
    assert list(tmp_path.rglob(f"{unfinished.PART}*")) == []


@pytest.mark.parametrize(
    "begin",
    [unfinished.prefix(), f"{unfinished.PART}{unfinished.machine()}-1-", f"{unfinished.PART}other-host-99-"],
    ids=["this process", "a process of somebody else", "another machine"],
)
def test_files_of_somebody_who_may_be_at_work_stay_until_they_are_old(tmp_path: Path, begin: str) -> None:
    path, result = tmp_path / f"{begin}abc_def1", tmp_path / "a.result"
    for each in (path, result):
        each.write_bytes(b"half")
    unfinished.clear(tmp_path)
    assert path.exists()
    for each in (path, result):
        os.utime(each, LONG_AGO)
    unfinished.clear(tmp_path)
    assert not path.exists()
    assert result.exists()
