"""Folders: decided once, refused with a sentence where they cannot be written."""

import subprocess
import sys

import pytest

from lib import folders


def test_a_folder_that_cannot_be_written_is_refused_with_a_remedy(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(PermissionError, match="set GRAYSCOTT_CACHE"):
        folders.open_folder(blocked / "cache")
    assert list(tmp_path.iterdir()) == [blocked]


def test_the_environment_names_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path / "elsewhere"))
    assert folders.open_folder() == tmp_path / "elsewhere"
    assert folders.compiled_folder() == tmp_path / "elsewhere" / "compiled"
    assert (tmp_path / "elsewhere").is_dir()


def test_a_relative_folder_means_the_same_after_a_change_of_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRAYSCOTT_CACHE", "results")
    first = folders.results_folder()
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")
    assert folders.results_folder() == first == tmp_path / "results"


def test_a_tilde_is_the_home_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GRAYSCOTT_WEIGHTS", "~/filters")
    assert folders.weights_file() == tmp_path / "filters" / "vgg19_first18.pt"


def test_anything_but_a_path_is_refused():
    """In a process without the tests' own checks of types, which would refuse it first."""
    code = "from lib import folders; folders.open_folder(3)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert "cache is to be a folder" in done.stderr


@pytest.mark.parametrize("name", [folders.CACHE, folders.WEIGHTS])
def test_the_home_of_nobody_is_refused_with_a_sentence(monkeypatch, name):
    monkeypatch.setenv(name, "~nobody-of-this-name/results")
    with pytest.raises(ValueError, match=f"{name} is .*give the folder's whole path"):
        folders.setting(name)
