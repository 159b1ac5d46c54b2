"""Images from files: the same numbers as the arrays they hold, or a sentence."""

import struct
from pathlib import Path

import h5py
import numpy as np
import pytest
import xarray as xr
from PIL import Image as Picture

from lib import residual
from lib.image_files import read


@pytest.fixture
def pair() -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(0)
    u, v = draw.random((2, 12, 17)).astype(np.float32)
    return u, v


def the_well(path: Path, u: np.ndarray, v: np.ndarray, kind: str = "PERIODIC") -> Path:
    """A file of two runs with three frames each, in The Well's layout; the second run holds the fields."""
    with h5py.File(path, "w") as file:
        fields = file.create_group("t0_fields")
        fields.attrs["field_names"] = ["A", "B"]
        for name, x in (("A", u), ("B", v)):
            fields[name] = np.stack([np.zeros((3, *x.shape), dtype=x.dtype), np.stack([x, x + 0.1, x + 0.2])])
        dimensions = file.create_group("dimensions")
        dimensions["time"] = np.array([0.0, 10.0, 20.0], dtype=np.float32)
        dimensions["x"] = np.linspace(-1, 1, u.shape[0], endpoint=False, dtype=np.float32)
        edge = file.create_group("boundary_conditions").create_group("x_edge")
        edge.attrs["bc_type"] = kind
    return path


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


@pytest.mark.parametrize(("suffix", "kind", "levels"), [("png", np.uint8, 255), ("tif", np.uint16, 65535)])
def test_grey_pictures_need_the_meaning_of_white(suffix, kind, levels, pair, tmp_path):
    files = [tmp_path / f"{name}.{suffix}" for name in "uv"]
    for file, x in zip(files, pair, strict=True):
        Picture.fromarray(np.rint(x * levels).astype(kind)).save(file)
    found = read(*files, scale=0.5)
    np.testing.assert_allclose(found.u, 0.5 * pair[0], atol=0.26 / levels)
    with pytest.raises(ValueError, match="concentration that white stands for"):
        read(*files)
    with pytest.raises(ValueError, match="is positive"):
        read(*files, scale=0)


def test_colour_pictures_are_refused(tmp_path):
    Picture.fromarray(np.zeros((8, 8, 3), dtype=np.uint8)).save(tmp_path / "u.png")
    with pytest.raises(ValueError, match="colour picture"):
        read(tmp_path / "u.png", tmp_path / "u.png", scale=1)


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


def gridded(path: Path, pair: tuple[np.ndarray, np.ndarray], y: np.ndarray, x: np.ndarray) -> Path:
    """A NetCDF file of both fields with these coordinates."""
    fields = {name: (("y", "x"), field) for name, field in zip("uv", pair, strict=True)}
    xr.Dataset(fields, {"y": y, "x": x}).to_netcdf(path, engine="h5netcdf")
    return path


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


def test_two_files_show_the_same_cells_in_the_same_order(pair, tmp_path):
    y, x = 0.1 * np.arange(-6.0, 6), 0.1 * np.arange(17)
    files = [gridded(tmp_path / "u.nc", pair, y, x), gridded(tmp_path / "v.nc", pair, y[::-1], x)]
    with pytest.raises(ValueError, match="coordinate y goes .* from 0.5 to -0.6 in .* crop or flip"):
        read(*files, dx=1)
    with pytest.raises(ValueError, match="coordinate x goes .* crop or flip"):
        read(files[0], gridded(tmp_path / "v.nc", pair, y, x + 0.1))
    rounded = gridded(tmp_path / "v.nc", pair, y.astype(np.float32), x.astype(np.float32))
    assert read(files[0], rounded).dx == pytest.approx(0.1)


def test_channels_are_not_taken_for_frames(tmp_path):
    first, *rest = map(
        Picture.fromarray, np.random.default_rng(1).integers(0, 256, (4, 8, 8), dtype=np.uint8)
    )
    said = "ImageJ=1.54\nimages=4\nchannels=2\nframes=2\n"
    first.save(tmp_path / "u.tif", save_all=True, append_images=rest, description=said)
    with pytest.raises(ValueError, match="2 channels in 4 pages"):
        read(tmp_path / "u.tif", tmp_path / "u.tif", scale=1)
    first.save(tmp_path / "both.tif", save_all=True, append_images=rest[:1], description=said)
    assert read(tmp_path / "both.tif", scale=1).v.shape == (8, 8)


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


def test_the_pages_of_a_tiff_are_frames(tmp_path):
    draw = np.random.default_rng(1)
    stacks = draw.integers(0, 256, (2, 3, 12, 17), dtype=np.uint8)
    files = [tmp_path / f"{name}.tif" for name in "uv"]
    for file, stack in zip(files, stacks, strict=True):
        first, *rest = map(Picture.fromarray, stack)
        first.save(file, save_all=True, append_images=rest)
    found = read(*files, scale=1)
    np.testing.assert_allclose(found.u, stacks[0] / 255)
    np.testing.assert_allclose(read(*files, scale=1, frames=[0, 2]).v, stacks[1][[0, 2]] / 255)
    other = Picture.fromarray(stacks[0, 0, :6])
    first.save(files[0], save_all=True, append_images=[other])
    with pytest.raises(ValueError, match="pages of .* differ"):
        read(*files, scale=1)
    first.save(tmp_path / "both.tif", save_all=True, append_images=rest[:1])
    np.testing.assert_allclose(read(tmp_path / "both.tif", scale=1).v, stacks[1, 1] / 255)


def test_animations_are_refused(tmp_path):
    first, *rest = map(
        Picture.fromarray, np.random.default_rng(1).integers(0, 256, (3, 8, 8), dtype=np.uint8)
    )
    first.save(tmp_path / "u.png", save_all=True, append_images=rest)
    with pytest.raises(ValueError, match="animation of 3 pictures.*pages of a TIFF"):
        read(tmp_path / "u.png", tmp_path / "u.png", scale=1)


@pytest.mark.parametrize("kind", [np.int32, np.int16, np.uint32])
def test_whole_numbers_without_a_white_are_refused(kind, tmp_path):
    tiff(tmp_path / "u.tif", (1000 * np.random.default_rng(0).random((8, 8))).astype(kind))
    with pytest.raises(ValueError, match="nothing says which of them is white"):
        read(tmp_path / "u.tif", tmp_path / "u.tif", scale=1)


@pytest.mark.parametrize("order", "<>")
@pytest.mark.parametrize("bits", [8, 16])
@pytest.mark.parametrize("black", [0, 1])
def test_white_may_be_the_lowest_level(bits, black, order, tmp_path):
    levels = np.arange(64).reshape(8, 8)
    file = tiff(tmp_path / "u.tif", levels.astype(f"{order}u{bits // 8}"), {262: black})
    if (bits, black, order) == (16, 0, ">"):  # which Pillow does not know
        with pytest.raises(ValueError, match="cannot be read as tif"):
            read(file, file, scale=1.0)
        return
    found = read(file, file, scale=1.0).u * (2**bits - 1)
    np.testing.assert_allclose(found, levels if black else 2**bits - 1 - levels)


def test_twelve_bits_have_a_white_of_their_own(tmp_path):
    levels = np.linspace(0, 4095, 64).astype(int).reshape(8, 8)
    high, low = levels.reshape(-1, 2).T
    packed = np.stack([high >> 4, (high & 15) << 4 | low >> 8, low & 255], axis=1).astype(np.uint8)
    file = tiff(tmp_path / "u.tif", packed.reshape(8, 12), {256: 8, 258: 12})
    np.testing.assert_allclose(read(file, file, scale=1).u, levels / 4095)


def tiff(path: Path, levels: np.ndarray, tags: dict[int, int] | None = None) -> Path:
    """A TIFF of one strip, written by hand: Pillow turns what it writes round by itself."""
    order = ">" if levels.dtype.byteorder == ">" else "<"
    height, width = levels.shape
    known = {
        256: width, 257: height, 258: 8 * levels.itemsize, 259: 1, 262: 1, 273: 0, 277: 1, 278: height,
        279: levels.nbytes, 339: 2 if levels.dtype.kind == "i" else 1, **(tags or {}),
    }  # fmt: skip
    known[273] = 8 + 2 + 12 * len(known) + 4
    entries = b"".join(struct.pack(f"{order}HHII", tag, 4, 1, value) for tag, value in sorted(known.items()))
    head = struct.pack(f"{order}2sHIH", b"MM" if order == ">" else b"II", 42, 8, len(known))
    path.write_bytes(head + entries + bytes(4) + levels.tobytes())
    return path


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


@pytest.mark.parametrize("name", ["u", "times", "dx"])
def test_pickled_arrays_of_an_archive_are_not_opened(name, pair, tmp_path):
    held = {"u": pair[0], "v": pair[1], name: np.array([{"a": 1}], dtype=object)}
    np.savez(tmp_path / "fields.npz", **held)
    with pytest.raises(ValueError, match=f"{name} in .*no plain array.*pickle.*Save the numbers alone"):
        read(tmp_path / "fields.npz")


def test_no_file_has_a_name_of_thousands_of_letters():
    with pytest.raises(ValueError, match="There is no file") as caught:
        residual.fit("u" * 5000)
    assert len(str(caught.value)) < 500
