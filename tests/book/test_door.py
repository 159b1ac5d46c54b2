"""Settings that cannot be used are told at the door of a build."""

import pytest

from book import build
from lib.running import cluster
from tests.book.conftest import Project


def test_a_scheduler_that_does_not_answer_is_told_before_anything_runs(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "ROOT", project.root)
    monkeypatch.setattr(cluster, "PATIENCE", 0.5)
    monkeypatch.setenv(cluster.VARIABLE, "tcp://127.0.0.1:9")
    project.write("# %%\n1 / 0\n")
    assert build.main(["--profile=smoke", "--device=cpu"]) == 1
    said = capsys.readouterr().err
    assert "The book was not built. No Dask scheduler answers at tcp://127.0.0.1:9" in said
    assert "unset the variable to compute on this machine" in said
    assert "Traceback" not in said
    assert not (project.root / "_build" / "failed").exists()
