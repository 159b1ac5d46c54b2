"""Files that we read back, damaged in every way: one remark and doing it again, with the same numbers."""

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
import xarray as xr

from book.errors import BuildError
from book.runs.campaign import stage
from book.settings import filters
from lib import features
from lib.folders import weights_file
from lib.initial_states import initial_state
from lib.paper import PAPER_START
from lib.running import store
from lib.running.kept import DamagedResult
from lib.studies import pinn
from lib.studies.pinn.observation import observe
from lib.studies.pinn.training import train as train_network
from lib.studies.training import train
from lib.studies.training.iteration import Recipe

SMALL = Recipe(size=32, steps=40, tol=1e-3, batch=2, pool=2, pool_tol=1e-3)


def flipped(path: Path) -> None:
    """One bit in the middle, as disks do it."""
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 16
    path.write_bytes(data)


def flipped_number(path: Path) -> None:
    """One bit of a loss in a table; bits between a table's parts mean nothing."""
    data = bytearray(path.read_bytes())
    losses = xr.load_dataset(path, engine="h5netcdf").loss.values.tobytes()
    assert data.count(losses) == 1
    data[data.index(losses) + 2] ^= 16
    path.write_bytes(data)


def of_another_version(path: Path) -> None:
    """Whole, and of a layout that is read no longer."""
    path.write_bytes(path.read_bytes().replace(b"result 1", b"result 0"))


def foreign_tables(path: Path) -> None:
    """A whole file of the same format that holds something else."""
    xr.Dataset({"x": ("i", [1.0])}).to_netcdf(path, engine="h5netcdf")


DAMAGES: dict[str, Callable[[Path], object]] = {
    "truncated": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "empty": lambda path: path.write_bytes(b""),
    "garbage": lambda path: path.write_bytes(b"\xff\xfe\0garbage" * 50),
    "flipped": flipped,
}


@pytest.fixture(scope="module")
def pool() -> np.ndarray:
    return initial_state(2, size=32).v.numpy()


TABLES = {**DAMAGES, "flipped": flipped_number, "foreign": foreign_tables}


@pytest.mark.parametrize("damage", TABLES.values(), ids=TABLES)
def test_a_damaged_trace_begins_anew(damage: Callable, pool: np.ndarray, tmp_path: Path) -> None:
    def run(path: Path | None) -> xr.Dataset:
        found = train(PAPER_START, iterations=2, recipe=SMALL, pool=pool, path=path, progress=False)
        return found.drop_vars("seconds")

    path = tmp_path / "run.nc"
    whole = run(path)
    damage(path)
    with pytest.warns(DamagedResult, match=r"run\.nc was shortened or altered\. The run begins anew"):
        again = run(path)
    xr.testing.assert_identical(again, whole)
    quietly(lambda: xr.testing.assert_identical(run(path), whole))


def test_a_trace_whose_ending_was_altered_is_noticed(pool: np.ndarray, tmp_path: Path) -> None:
    path = tmp_path / "run.nc"
    train(PAPER_START, iterations=1, recipe=SMALL, pool=pool, path=path, progress=False)
    held = xr.load_dataset(path, engine="h5netcdf")
    held.assign_attrs(ending=(int(held.attrs["ending"]) + 1) % 3).to_netcdf(path, engine="h5netcdf")
    with pytest.warns(DamagedResult, match="begins anew"):
        train(PAPER_START, iterations=1, recipe=SMALL, pool=pool, path=path, progress=False)


@pytest.mark.parametrize(
    "damage", [*DAMAGES.values(), of_another_version], ids=[*DAMAGES, "of another version"]
)
def test_a_damaged_checkpoint_of_a_network_begins_anew(damage: Callable, tmp_path: Path) -> None:
    seen = observe(initial_state(1, size=16, patch=6))
    path = tmp_path / "network.part"

    def run(path: Path | None) -> torch.Tensor:
        return train_network(pinn.Network(16), seen, iterations=2, checkpoint=path).network.p.detach()

    whole = run(path)
    damage(path)
    with pytest.warns(DamagedResult, match="The training begins anew"):
        again = run(path)
    assert torch.equal(again, whole)
    quietly(lambda: run(path))


def test_a_checkpoint_that_holds_something_else_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "network.part"
    seen = observe(initial_state(1, size=16, patch=6))
    train_network(pinn.Network(16), seen, iterations=2, checkpoint=path)
    other = observe(initial_state(1, size=16, patch=6, seed=1))
    with pytest.raises(ValueError, match="belongs to another training: other data"):
        train_network(pinn.Network(16), other, iterations=2, checkpoint=path)


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_damaged_filters_are_a_sentence_before_anything_runs(
    damage: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They come from another host, so nothing here can make them again."""
    monkeypatch.setenv("GRAYSCOTT_WEIGHTS", str(tmp_path))
    path = weights_file()
    torch.save(features.build(0).state_dict(), path)
    features.at_hand.cache_clear()
    assert filters() == features.PRETRAINED
    damage(path)
    features.at_hand.cache_clear()
    with pytest.raises(BuildError, match="cannot be read .* run `make weights` again"):
        filters()
    features.at_hand.cache_clear()


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_stage_of_a_campaign_is_done_again(damage: Callable, tmp_path: Path) -> None:
    done: list[int] = []

    def do() -> dict[str, Any]:
        done.append(1)
        return {"seconds": 1.5}

    for folder in ("lib", "benchmarks", "tests/backends"):
        (tmp_path / folder).mkdir(parents=True)
    for _ in range(2):
        assert stage(tmp_path, "first", "cpu", do) == {"seconds": 1.5}
    assert done == [1]
    (place,) = tmp_path.rglob("first.json")
    damage(place)
    assert stage(tmp_path, "first", "cpu", do) == {"seconds": 1.5}
    assert done == [1, 1]


def test_a_result_written_by_a_version_with_other_classes_is_made_again(tmp_path: Path) -> None:
    path = tmp_path / "x.result"
    store.write_bytes(path, b"Gray-Scott result 0\n" + b"\0" * 64)
    with pytest.raises(store.Damaged, match="shortened or altered"):
        store.read(path)


def quietly(do: Callable[[], object]) -> None:
    """Without a remark: what was mended is whole."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        do()
