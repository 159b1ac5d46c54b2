"""Images from files: the same numbers as the arrays they hold, or a sentence."""

import h5py
import numpy as np
import pytest
import xarray as xr

from lib import residual
from lib.image_files import read
from tests.image_files.made import the_well


@pytest.mark.parametrize("way", ["npy", "npz", "both.npy", "nc", "h5"])
def test_files_hold_what_was_put_into_them(way, pair, tmp_path):
    u, v = pair
    files = [tmp_path / f"fields.{way}"]
    if way == "npy":
        files = [tmp_path / "first.npy", tmp_path / "second.npy"]
        for file, x in zip(files, pair, strict=True):
            np.save(file, x)
    elif way == "both.npy":
        np.save(files[0], np.stack(pair))
    elif way == "npz":
        np.savez(files[0], u=u, v=v, dx=0.25)
    elif way == "nc":
        at = {"y": 0.5 * np.arange(12), "x": 0.5 * np.arange(17)}
        xr.Dataset({"u": (("y", "x"), u), "v": (("y", "x"), v)}, at).to_netcdf(files[0], engine="h5netcdf")
    else:
        with h5py.File(files[0], "w") as file:
            file["u"], file["v"] = u, v
    found = read(*files)
    np.testing.assert_array_equal(found.u, u)
    np.testing.assert_array_equal(found.v, v)
    assert found.dx == {"npz": 0.25, "nc": 0.5}.get(way)


def test_the_wells_layout_says_times_cells_and_edges(pair, tmp_path):
    found = read(the_well(tmp_path / "run.hdf5", *pair), trajectory=1)
    assert found.u.shape == (3, 12, 17)
    np.testing.assert_array_equal(found.v[0], pair[1])
    np.testing.assert_array_equal(found.times, [0, 10, 20])
    assert found.dx == pytest.approx(2 / 12)
    assert found.boundary == "periodic"
    assert read(the_well(tmp_path / "walls.hdf5", *pair, kind="WALL"), trajectory=1).boundary == "no-flux"
    last = read(tmp_path / "run.hdf5", trajectory=1, frames=[2])
    np.testing.assert_array_equal(last.u[0], pair[0] + np.float32(0.2))
    with pytest.raises(ValueError, match="holds 2 runs"):
        read(tmp_path / "run.hdf5", trajectory=2)
    with pytest.raises(ValueError, match="3 frames"):
        read(tmp_path / "run.hdf5", frames=[7])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("gone.npy", None, "There is no file"),
        ("u.mat", b"x", "what can be read ends in"),
        ("u.npz", b"not a zip", "cannot be read as npz"),
        ("u.png", b"not a picture", "cannot be read as png"),
        ("u.h5", b"not hdf", "cannot be read as h5"),
        ("u.nc", b"not netcdf", "cannot be read as nc"),
    ],
)
def test_files_that_cannot_be_read_meet_a_sentence(name, content, words, tmp_path):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ValueError, match=words):
        read(tmp_path / name)


def test_pickled_objects_are_not_opened(tmp_path):
    np.save(tmp_path / "u.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(ValueError, match="no plain array"):
        read(tmp_path / "u.npy")


@pytest.mark.parametrize("name", ["u", "times", "dx"])
def test_pickled_arrays_of_an_archive_are_not_opened(name, pair, tmp_path):
    held = {"u": pair[0], "v": pair[1], name: np.array([{"a": 1}], dtype=object)}
    np.savez(tmp_path / "fields.npz", **held)
    with pytest.raises(ValueError, match=f"{name} in .*no plain array.*pickle.*Save the numbers alone"):
        read(tmp_path / "fields.npz")


def test_a_file_without_u_and_v_names_what_it_holds(pair, tmp_path):
    np.savez(tmp_path / "fields.npz", first=pair[0], second=pair[1])
    with pytest.raises(ValueError, match="first, second"):
        read(tmp_path / "fields.npz")
    np.save(tmp_path / "u.npy", pair[0])
    with pytest.raises(ValueError, match="second file"):
        read(tmp_path / "u.npy")


def test_a_fit_takes_names_of_files_with_what_they_say(pair, tmp_path):
    np.savez(tmp_path / "fields.npz", u=pair[0], v=pair[1], dx=0.5)
    found = residual.fit(str(tmp_path / "fields.npz"))
    assert found.dx == 0.5
    direct = residual.fit(*pair, dx=0.5)
    assert float(found.params.Du) == float(direct.params.Du)
    with pytest.raises(ValueError, match="both as files or as arrays"):
        residual.fit(str(tmp_path / "fields.npz"), pair[1])


def test_frames_are_not_chosen_from_times_that_do_not_fit(pair, tmp_path):
    u, v = (np.stack([x, x, x]) for x in pair)
    np.savez(tmp_path / "run.npz", u=u, v=v, times=np.arange(5))
    with pytest.raises(ValueError, match="5 times and 3 frames"):
        read(tmp_path / "run.npz", frames=[0, 1])
    found = read(tmp_path / "run.npz", frames=[0, 2], times=[0, 1, 7])
    np.testing.assert_array_equal(found.times, [0, 7])
    np.savez(tmp_path / "run.npz", u=u, v=v[:2])
    with pytest.raises(ValueError, match="same frames and cells"):
        read(tmp_path / "run.npz", frames=[0, 1])


def test_no_file_has_a_name_of_thousands_of_letters():
    with pytest.raises(ValueError, match="There is no file") as caught:
        residual.fit("u" * 5000)
    assert len(str(caught.value)) < 500
