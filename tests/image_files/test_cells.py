"""Coordinates say how large cells are, and which of them two files show."""

import h5py
import numpy as np
import pytest
import xarray as xr

from lib import residual
from lib.image_files import read
from tests.image_files.made import gridded, the_well


@pytest.mark.parametrize("turn", [(1, -1), (-1, 1), (-1, -1)])
def test_coordinates_may_fall(turn, pair, tmp_path):
    y, x = 0.5 * np.arange(12.0)[:: turn[0]], 0.5 * np.arange(17.0)[:: turn[1]]
    assert read(gridded(tmp_path / "a.nc", pair, y, x)).dx == 0.5
    assert residual.fit(str(tmp_path / "a.nc")).dx == 0.5
    with pytest.raises(ValueError, match="cells of 2 by 0.5"):
        read(gridded(tmp_path / "b.nc", pair, 4 * y, x))
    file = the_well(tmp_path / "run.h5", *pair)
    with h5py.File(file, "r+") as held:
        held["dimensions/x"][:] = held["dimensions/x"][()][::-1]
    assert read(file).dx == pytest.approx(2 / 12)


def test_scales_attached_to_arrays_of_an_hdf5_file_count(pair, tmp_path):
    file, (u, v) = tmp_path / "run.h5", pair
    with h5py.File(file, "w") as held:
        held["u"], held["v"], held["spare"] = np.stack([u, u]), np.stack([v, v]), np.arange(3)
        for axis, (name, values) in enumerate(
            {"time": [5.0, 15.0], "y": 0.5 * np.arange(u.shape[0]), "x": 0.5 * np.arange(u.shape[1])}.items()
        ):
            held[name] = values
            held[name].make_scale(name)
            for field in ("u", "v"):
                held[field].dims[axis].attach_scale(held[name])
    found = read(file)
    assert found.dx == 0.5
    np.testing.assert_array_equal(found.times, [5, 15])
    np.testing.assert_array_equal(found.u, np.stack([u, u]))
    xr.open_dataset(file, engine="h5netcdf", phony_dims="sort").to_netcdf(tmp_path / "again.h5")
    assert read(tmp_path / "again.h5").dx == 0.5


@pytest.mark.parametrize(
    "bend",
    [
        lambda x: x**1.5,
        lambda x: -(x**1.5),
        lambda x: np.abs(x - 5),
        lambda x: np.where(x == 3, np.nan, x),
        lambda x: np.where(x == x[-1], np.inf, x),
        lambda x: 0 * x,
        lambda x: np.where(x == 3, 10**7 + 4, 10**7 + x).astype(int),
    ],
)
def test_cells_of_different_sizes_are_refused(bend, pair, tmp_path):
    with pytest.raises(ValueError, match="cells of different sizes: .* coordinate x .* Resample"):
        read(gridded(tmp_path / "a.nc", pair, np.arange(12.0), bend(np.arange(17.0))))
    with pytest.raises(ValueError, match="coordinate y"):
        residual.fit(str(gridded(tmp_path / "b.nc", pair, bend(np.arange(12.0)), np.arange(17.0))), dx=1.0)
    file = the_well(tmp_path / "run.h5", *pair)
    with h5py.File(file, "r+") as held:
        held["dimensions"]["y"] = bend(np.arange(17.0))
    with pytest.raises(ValueError, match="cells of different sizes"):
        read(file)


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_the_round_off_of_coordinates_is_no_unevenness(kind, pair, tmp_path):
    y, x = ((1e4 + 0.1 * np.arange(n)).astype(np.float32).astype(kind) for n in (12, 17))
    assert np.ptp(np.diff(x)) > 1e-3 * 0.1
    assert read(gridded(tmp_path / "a.nc", pair, y, x)).dx == pytest.approx(0.1, rel=1e-2)


def test_named_dimensions_are_brought_into_one_order(pair, tmp_path):
    u, v = (np.stack([x, x + 1, x + 2]) for x in pair)
    variables = {"u": (("time", "y", "x"), u), "v": (("y", "x", "time"), np.moveaxis(v, 0, 2))}
    for order in ("uv", "vu"):
        data = xr.Dataset({n: variables[n] for n in order}, {"time": [0.0, 1.0, 5.0], "x": np.arange(17.0)})
        data.to_netcdf(tmp_path / "a.nc", engine="h5netcdf")
        found = read(tmp_path / "a.nc")
        np.testing.assert_array_equal(found.u, u)
        np.testing.assert_array_equal(found.v, v)
        assert found.dx == 1
    variables["v"] = (("time", "row", "column"), v)
    xr.Dataset(variables).to_netcdf(tmp_path / "b.nc", engine="h5netcdf")
    with pytest.raises(ValueError, match="along time, row, column: both must show the same cells"):
        read(tmp_path / "b.nc")


def test_two_files_show_the_same_cells_in_the_same_order(pair, tmp_path):
    y, x = 0.1 * np.arange(-6.0, 6), 0.1 * np.arange(17)
    files = [gridded(tmp_path / "u.nc", pair, y, x), gridded(tmp_path / "v.nc", pair, y[::-1], x)]
    with pytest.raises(ValueError, match="coordinate y goes .* from 0.5 to -0.6 in .* crop or flip"):
        read(*files, dx=1)
    with pytest.raises(ValueError, match="coordinate x goes .* crop or flip"):
        read(files[0], gridded(tmp_path / "v.nc", pair, y, x + 0.1))
    rounded = gridded(tmp_path / "v.nc", pair, y.astype(np.float32), x.astype(np.float32))
    assert read(files[0], rounded).dx == pytest.approx(0.1)
