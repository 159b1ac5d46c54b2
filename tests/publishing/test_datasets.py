"""Published data come back as they were, and say what they are."""

import tomllib
from pathlib import Path

import numpy as np
import pytest
import xarray as xr
import yaml

from lib import sources
from lib.publishing import origin
from lib.publishing.datasets import described, publish
from lib.running import engines
from lib.simulate import Outcome
from lib.studies.training.acceptance import Refusal
from lib.studies.training.trace import COLUMNS


@pytest.fixture
def cut() -> xr.Dataset:
    """Losses and outcomes along k."""
    return xr.Dataset(
        {
            "spectral": (("k", "state"), np.ones((3, 1), np.float32)),
            "outcome": (("k", "state"), [[0], [2], [4]]),
        },
        coords={"k": [0.06, 0.065, 0.07], "state": [0]},
        attrs={"seed": 3},
    )


def test_published_data_come_back_as_they_were(cut: xr.Dataset, tmp_path: Path) -> None:
    path = publish(cut, "plane", tmp_path)
    with xr.open_dataset(path, engine="h5netcdf") as again:
        xr.testing.assert_equal(cut, again)
        assert again.attrs["seed"] == 3
    assert [p.name for p in tmp_path.glob("*.nc*")] == ["plane.nc"]
    assert cut.k.attrs == {}


def test_a_small_file_is_a_table_too_and_a_large_one_is_not(cut: xr.Dataset, tmp_path: Path) -> None:
    cut["spectral"][0] = np.nan
    table = publish(cut, "plane", tmp_path).with_suffix(".csv")
    assert table.read_text().splitlines() == [
        "k,state,spectral,outcome", "0.06,0,,trivial", "0.065,0,1.0,pattern", "0.07,0,1.0,flickering",
    ]  # fmt: skip
    many = xr.Dataset({"spectral": ("k", np.ones(1001))}, coords={"k": np.arange(1001.0)})
    publish(many, "plane", tmp_path)
    assert not table.exists()


def test_they_say_what_they_mean_in_which_unit(cut: xr.Dataset, tmp_path: Path) -> None:
    with xr.open_dataset(publish(cut, "plane", tmp_path), engine="h5netcdf") as again:
        assert again.k.attrs == {"long_name": "kill rate", "units": "per unit of time"}
        meanings = dict(
            zip(again.outcome.attrs["flag_values"], again.outcome.attrs["flag_meanings"].split(), strict=True)
        )
    assert {code: name.upper() for code, name in meanings.items()} == {int(o): o.name for o in Outcome}


def test_reasons_that_can_hold_together_are_masks(tmp_path: Path) -> None:
    run = xr.Dataset({"refusal": ("attempt", [5, 0])})
    with xr.open_dataset(publish(run, "training_x", tmp_path), engine="h5netcdf") as again:
        about = again.refusal.attrs
    assert about["long_name"].startswith("reasons against each try")
    assert about["flag_masks"].tolist() == [int(reason) for reason in Refusal]


def test_the_same_name_may_mean_another_thing_in_another_file(tmp_path: Path) -> None:
    def said(name: str, file: str) -> str:
        with xr.open_dataset(publish(xr.Dataset({name: 1.0}), file, tmp_path), engine="h5netcdf") as again:
            return str(again[name].attrs["long_name"])

    assert said("error", "horizon_descent") == "largest of the four relative errors"
    assert said("error", "horizon_noise") == said("error", "fit_noise")
    assert (
        "flag_values"
        not in xr.open_dataset(
            publish(xr.Dataset({"patch": 1.0}), "routes", tmp_path), engine="h5netcdf"
        ).patch.attrs
    )


def test_what_nobody_has_explained_is_not_published(cut: xr.Dataset, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"Nobody has said what “mystery” means in cut_k.nc"):
        publish(cut.assign(mystery=1), "cut_k", tmp_path)
    assert not list(tmp_path.iterdir())


def test_meanings_stand_in_one_place() -> None:
    """What a study says of a variable beside the table, would be said twice and differently some day."""
    root = sources.PACKAGE.parent
    files = [p for p in sources.SNAPSHOT if p.suffix == ".py"] + sorted((root / "notebooks").glob("*.py"))
    telling = [p.relative_to(root).as_posix() for p in files if "long_name" in p.read_text()]
    assert set(telling) == {"lib/publishing/datasets.py", "lib/publishing/variables.py"}


def test_every_column_of_a_training_run_is_explained(tmp_path: Path) -> None:
    whole = xr.Dataset(
        {name: (("iteration", *dims), np.zeros([1] * (1 + len(dims)))) for name, dims in COLUMNS.items()}
    )
    for variable in described(whole, "training_x").data_vars.values():
        assert variable.attrs["long_name"]


def test_they_say_which_engine_made_them(
    cut: xr.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A reader of digits has to know that nothing was compiled: they differ in the last ones."""
    monkeypatch.setattr(engines, "on_processor", lambda: "eager")
    with xr.open_dataset(publish(cut, "plane", tmp_path), engine="h5netcdf") as again:
        assert again.attrs["engine"].startswith("eager; ")


def test_they_carry_title_source_and_licence(
    cut: xr.Dataset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever is sent the file alone knows what it is, who made it, and what may be done with it."""
    (tmp_path / "04_landscapes").mkdir()
    monkeypatch.chdir(tmp_path / "04_landscapes")
    with xr.open_dataset(publish(cut, "cut_k"), engine="h5netcdf") as again:
        about = again.attrs
    assert about["Conventions"] == "ACDD-1.3"
    assert about["title"] == "cut k: data of the book “Gray–Scott, inverted”"
    for words in ("notebook 04_landscapes.py", "Gray–Scott, inverted", "version 0.1.0", "arXiv:2606.11258"):
        assert words in about["source"]
    assert about["license"] == "Apache-2.0"


def test_outside_of_a_build_they_name_no_notebook(cut: xr.Dataset, tmp_path: Path) -> None:
    with xr.open_dataset(publish(cut, "plane", tmp_path), engine="h5netcdf") as again:
        assert again.attrs["source"].startswith("“Gray–Scott, inverted”")


def test_book_version_licence_and_paper_are_the_repositorys() -> None:
    root = sources.PACKAGE.parent
    citation = yaml.safe_load((root / "CITATION.cff").read_text())
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    assert citation["title"].startswith(origin.BOOK)
    assert citation["version"] == project["version"] == origin.VERSION
    assert citation["license"] == project["license"] == origin.LICENCE
    assert citation["references"][0]["identifiers"][0]["value"] == origin.PAPER
