"""What was passed counts before what a file says; files that contradict themselves or others are refused."""

import h5py
import numpy as np
import pytest
import xarray as xr

from lib import residual
from lib.image_files import read
from tests.image_files.made import gridded, the_well


@pytest.mark.parametrize("function", [residual.fit, lambda *a, **k: residual.report(*a, **k).given])
def test_a_side_of_1_that_was_passed_counts(function, pair, tmp_path):
    np.savez(tmp_path / "fields.npz", u=pair[0], v=pair[1], dx=0.5)
    name = str(tmp_path / "fields.npz")
    assert [function(name).dx, function(name, dx=1.0).dx, function(name, dx=2).dx] == [0.5, 1, 2]
    assert function(*pair).dx == 1


@pytest.mark.parametrize("function", [residual.fit, lambda *a, **k: residual.report(*a, **k).given])
def test_an_edge_that_was_passed_counts(function, pair, tmp_path):
    name = str(the_well(tmp_path / "walls.h5", *(np.stack([x, x, x]).mean(0) for x in pair), kind="WALL"))
    with h5py.File(name, "r+") as file:
        for field in file["t0_fields"].values():
            field[0] = field[1]
    ends = [{}, {"periodic": True}, {"periodic": False}, {"boundary": "periodic"}, {"boundary": "open"}]
    kinds = [function(name, **said).lattice.boundary for said in ends]
    assert kinds == ["no-flux", "periodic", "open", "periodic", "open"]
    assert function(*pair).lattice.boundary == "periodic"


def test_a_rate_that_was_passed_counts_against_a_files_times(pair, tmp_path):
    u, v = (np.stack([x, x + 0.01]) for x in pair)
    np.savez(tmp_path / "run.npz", u=u, v=v, times=[0.0, 1.0])
    known = residual.fit(str(tmp_path / "run.npz"), rate=(0 * u + 0.01, 0 * v + 0.01))
    assert not known.scheme
    assert len(known.params.Du) == 2
    assert residual.fit(str(tmp_path / "run.npz")).scheme
    with pytest.raises(ValueError, match="rise"):
        residual.fit(str(tmp_path / "run.npz"), times=[3.0, 2.0])


def test_files_that_contradict_each_other_are_refused(pair, tmp_path):
    files = [tmp_path / "u.npz", tmp_path / "v.npz"]
    fields = [np.stack([x, x]) for x in pair]

    def write(*said: dict[str, object]) -> None:
        for file, name, field, more in zip(files, "uv", fields, said, strict=True):
            np.savez(file, **{name: field}, **more)

    write({"dx": 0.5}, {"dx": 2.0})
    with pytest.raises(ValueError, match=r"dx is 0.5 in .*u.npz and 2.0 in .*v.npz.* pass dx=…"):
        read(*files)
    assert read(*files, dx=1.0).dx == 1
    assert residual.fit(*map(str, files), dx=1.0).dx == 1
    write({"times": [0, 1]}, {"times": [5, 50]})
    with pytest.raises(ValueError, match=r"times is \[0 1\] in .* and \[ 5 50\] in"):
        residual.fit(*map(str, files))
    assert residual.fit(*map(str, files), times=[0, 1]).scheme
    write({"dx": np.float32(0.1), "times": np.float32([0.1, 0.3])}, {"dx": 0.1, "times": [0.1, 0.3]})
    assert read(*files).dx == pytest.approx(0.1)
    write({"dx": 0.1}, {"times": [0.1, 0.3]})
    assert (read(*files).dx, list(read(*files).times)) == (0.1, [0.1, 0.3])
    ends = [the_well(tmp_path / f"{kind}.h5", *pair, kind=kind) for kind in ("WALL", "PERIODIC")]
    with pytest.raises(ValueError, match=r"boundary is no-flux in .* and periodic in"):
        read(*ends)
    assert read(*ends, boundary="open").boundary == "open"


def test_one_file_may_not_contradict_itself(pair, tmp_path):
    file = gridded(tmp_path / "a.nc", pair, np.arange(12.0), np.arange(17.0))
    with xr.open_dataset(file, engine="h5netcdf") as held:
        held.load().assign(dx=2.0).to_netcdf(tmp_path / "b.nc", engine="h5netcdf")
    with pytest.raises(ValueError, match="dx is 2.0 in .* and 1.0 in its coordinates"):
        read(tmp_path / "b.nc")
    assert read(tmp_path / "b.nc", dx=3).dx == 3


def test_edges_of_several_or_unknown_kinds_are_refused(pair, tmp_path):
    file = the_well(tmp_path / "mixed.h5", *pair)
    with h5py.File(file, "r+") as held:
        held["boundary_conditions"].create_group("y_edge").attrs["bc_type"] = np.bytes_(b"WALL")
    with pytest.raises(ValueError, match="PERIODIC and WALL.*pass boundary="):
        read(file)
    assert read(file, boundary="open").boundary == "open"
    with pytest.raises(ValueError, match="SLIPPERY.*pass boundary="):
        read(the_well(tmp_path / "odd.h5", *pair, kind="slippery"))


@pytest.mark.parametrize("way", ["npz", "h5", "nc"])
@pytest.mark.parametrize(
    ("dx", "words"),
    [
        ([0.5, 0.5], "one number is needed"),
        ("half", "one real number is needed"),
        (0.0, "no cell has such a side"),
        (-1.0, "no cell has such a side"),
        (np.nan, "must be finite"),
        (np.inf, "must be finite"),
    ],
)
def test_a_side_that_is_none_is_refused(dx, words, way, pair, tmp_path):
    u, v = pair
    file = tmp_path / f"fields.{way}"
    if way == "npz":
        np.savez(file, u=u, v=v, dx=dx)
    elif way == "h5":
        with h5py.File(file, "w") as held:
            held["u"], held["v"], held["dx"] = u, v, dx
    else:
        fields = {
            "u": (("y", "x"), u),
            "v": (("y", "x"), v),
            "dx": ((("side",) if isinstance(dx, list) else ()), dx),
        }
        xr.Dataset(fields).to_netcdf(file, engine="h5netcdf")
    with pytest.raises(ValueError, match=words) as caught:
        read(file)
    assert "pass dx=" in str(caught.value)
    assert read(file, dx=0.25).dx == 0.25


def test_sides_beyond_all_numbers_are_refused_from_a_file_too(pair, tmp_path):
    np.savez(tmp_path / "fields.npz", u=pair[0], v=pair[1], dx=1e99)
    with pytest.raises(ValueError, match="take another unit of length"):
        residual.fit(str(tmp_path / "fields.npz"))


@pytest.mark.parametrize("function", [residual.fit, residual.report])
@pytest.mark.parametrize(
    "times",
    ["abc", ["a", "b", "c"], 3.0, [0.0, 1.0], [0.0, np.nan, 1.0], np.array(["2001-01-01"] * 3, "M8[D]")],
)
def test_times_that_are_none_meet_a_sentence(times, function, pair, tmp_path):
    u, v = (np.stack([x, x + 0.01, x + 0.03]) for x in pair)
    np.savez(tmp_path / "run.npz", u=u, v=v, times=times)
    with pytest.raises(ValueError, match="times"):
        function(str(tmp_path / "run.npz"))


def test_times_in_units_of_nothing_meet_a_sentence(pair, tmp_path):
    fields = {name: (("time", "y", "x"), np.stack([x, x + 0.01])) for name, x in zip("uv", pair, strict=True)}
    time = ("time", [0.0, 1.0], {"units": "moons since never"})
    xr.Dataset(fields, {"time": time}).to_netcdf(tmp_path / "a.nc", engine="h5netcdf")
    with pytest.raises(ValueError, match="cannot be read as nc: .*moons.* pass times=…"):
        read(tmp_path / "a.nc")
    assert residual.fit(str(tmp_path / "a.nc"), times=[0, 2]).scheme
