"""The cache: keyed by the code, refused with a sentence where it cannot be written."""

import pytest

from lib.running import cache


def test_a_folder_that_cannot_be_written_is_refused_with_a_remedy(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with pytest.raises(PermissionError, match="set GRAYSCOTT_CACHE"):
        cache.memory(blocked / "cache")
    assert list(tmp_path.iterdir()) == [blocked]


def test_the_environment_names_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path / "elsewhere"))
    store = cache.memory()
    assert (tmp_path / "elsewhere").is_dir()
    assert str(store.location).startswith(str(tmp_path))


def test_changed_code_has_another_fingerprint(tmp_path, monkeypatch):
    (tmp_path / "model.py").write_text("a")
    monkeypatch.setattr(cache, "ROOT", tmp_path)
    cache.fingerprint_of_sources.cache_clear()
    before = cache.fingerprint()
    (tmp_path / "model.py").write_text("b")
    cache.fingerprint_of_sources.cache_clear()
    after = cache.fingerprint()
    cache.fingerprint_of_sources.cache_clear()
    assert before != after
