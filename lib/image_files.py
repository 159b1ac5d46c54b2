"""Images from files: NumPy, NetCDF, HDF5 as The Well has it, and grey pictures whose white has a value.

A file holds u and v, or one of them each. Names are looked for inside: u and v, A and B (The Well), U and V.
"""

import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile, is_zipfile

import h5py
import numpy as np
import torch
import xarray as xr
from PIL import Image as Picture

from lib.inputs import real, shown, tensor_of, whole

#: What u and v are called in files.
NAMES = (("u", "v"), ("U", "V"), ("A", "B"), ("a", "b"))

#: Grey levels by Pillow's mode: how many steps lie between black and white.
GREY = {"L": 255, "I;16": 65535, "I;16B": 65535, "I": 65535, "1": 1}

#: What the readers raise of files that are cut short, damaged or something else.
UNREADABLE = (OSError, EOFError, BadZipFile, KeyError, RuntimeError, SyntaxError, OverflowError,
              NotImplementedError, zlib.error, struct.error, UnicodeDecodeError, MemoryError,
              Picture.DecompressionBombError)  # fmt: skip


class Images(NamedTuple):
    """What a file or a pair of them holds.

    Args:
        u, v: (height, width), or (frame, height, width); None for a field that no file had.
        times: of the frames, where the file says so.
        dx: side of a cell, where the file says so.
        boundary: how the images end, where the file says so.
    """

    u: np.ndarray | None
    v: np.ndarray | None
    times: np.ndarray | None = None
    dx: float | None = None
    boundary: str | None = None


def read(*files: Any, scale: Any = None, trajectory: Any = 0, frames: Any = None) -> Images:
    """Images from one file that holds u and v, or from two, first u's and then v's.

    Args:
        files: .npy, .npz, .nc, .h5, .hdf5, .png, .tif or .tiff.
        scale: for pictures, the concentration that white stands for; black is 0.
        trajectory: which run of a file in The Well's layout.
        frames: which frames of a stack; all by default.

    Raises:
        ValueError: for what is no image, with what to do.
    """
    if bad := [each for each in files if not isinstance(each, (str, Path))]:
        raise ValueError(f"{shown(bad[0])} is no name of a file: give a text or a path.")
    trajectory = whole("trajectory", trajectory, 0)
    scale = None if scale is None else real("scale", scale)
    if scale is not None and scale <= 0:
        raise ValueError(f"scale is {scale}: the concentration of white is positive.")
    if len(files) not in (1, 2):
        raise ValueError(f"{len(files)} files were named: give one that holds u and v, or one for each.")
    if len(files) == 2:
        found = of_both_files(
            *(one(Path(f), scale, trajectory, name) for f, name in zip(files, "uv", strict=True))
        )
    else:
        found = one(Path(files[0]), scale, trajectory, "both")
    if found.u is None or found.v is None:
        missing = " and ".join(n for n, x in zip("uv", found[:2], strict=True) if x is None)
        raise ValueError(f"{files[0]} holds no {missing}: name a second file, with v in it.")
    return found if frames is None else chosen(found, frames)


def chosen(found: Images, frames: Any) -> Images:
    """Some frames of a stack, by a slice or their numbers."""
    if isinstance(frames, slice):
        pick: Any = frames
    else:
        numbers = tensor_of("frames", frames)
        if numbers.ndim != 1 or numbers.is_floating_point() or numbers.dtype == torch.bool:
            raise ValueError(f"frames is {shown(frames)}: give a slice, or a row of whole numbers.")
        pick = numbers.tolist()
    u, v = (np.asarray(x) for x in found[:2])
    if u.ndim != 3:
        raise ValueError(f"Frames were asked for, and the images have shape {u.shape}: there is only one.")
    try:
        times = None if found.times is None else found.times[pick]
        return found._replace(u=u[pick], v=v[pick], times=times)
    except IndexError as error:
        raise ValueError(f"There are {len(u)} frames, numbered from 0: {error}.") from error


def of_both_files(first: Images, second: Images) -> Images:
    """u of the first, v of the second, and what either says about them."""
    return first._replace(
        v=second.v,
        dx=first.dx or second.dx,
        boundary=first.boundary or second.boundary,
        times=second.times if first.times is None else first.times,
    )


def one(path: Path, scale: float | None, trajectory: int, wanted: str) -> Images:
    """What one file holds. `wanted` is the field it should hold: u, v, or both."""
    if not path.is_file():
        raise ValueError(f"There is no file {path}: check its name, and the folder it is looked for in.")
    readers: Mapping[str, Callable[[], Images]] = {
        ".npy": lambda: unnamed(array(path), path, wanted),
        ".npz": lambda: from_npz(path, wanted),
        ".nc": lambda: from_netcdf(path, wanted),
        ".h5": lambda: from_hdf5(path, trajectory, wanted),
        ".hdf5": lambda: from_hdf5(path, trajectory, wanted),
    }
    readers = {**readers, **dict.fromkeys((".png", ".tif", ".tiff"), lambda: picture(path, scale, wanted))}
    suffix = path.suffix.lower()
    if suffix not in readers:
        raise ValueError(
            f"{path} ends in {suffix or 'nothing'}: what can be read ends in {', '.join(readers)}."
        )
    try:
        return readers[suffix]()
    except UNREADABLE as error:
        said = str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__
        raise ValueError(f"{path} cannot be read as {suffix[1:]}: {said[:200]}. Is it complete?") from error


def array(path: Path) -> np.ndarray:
    """A .npy file's array; pickled objects are not opened, since opening them runs whatever they contain."""
    try:
        found = np.load(path, allow_pickle=False)
    except ValueError as error:
        said = str(error).split(". ")[0].rstrip(".")
        raise ValueError(
            f"{path} is no plain array of numbers ({said}): save it as one, with numpy.save."
        ) from error
    if not isinstance(found, np.ndarray):
        raise ValueError(f"{path} is an archive of several arrays: let its name end in .npz.")
    return found


def unnamed(x: np.ndarray, path: Path, wanted: str) -> Images:
    """One array: the field that is wanted, or both in a first axis of length 2."""
    if wanted != "both":
        return field(x, wanted)
    if x.ndim in (3, 4) and len(x) == 2:
        return Images(x[0], x[1])
    raise ValueError(
        f"{path} holds one array of shape {x.shape}, and the fit needs two: name a second file with v, or "
        "save numpy.stack([u, v])."
    )


def field(x: np.ndarray, wanted: str, **known: Any) -> Images:
    """One array as the field that it is."""
    return Images(x if wanted == "u" else None, x if wanted == "v" else None, **known)


def named(held: Sequence[str], path: Path, wanted: str) -> tuple[str | None, str | None]:
    """What u and v are called among the names a file holds."""
    for u, v in NAMES:
        here = (u if u in held else None, v if v in held else None)
        if wanted == "both" and all(here):
            return here
        if wanted != "both" and here["uv".index(wanted)]:
            return (u, None) if wanted == "u" else (None, v)
    if wanted != "both" and len(held) == 1:
        return (held[0], None) if wanted == "u" else (None, held[0])
    raise ValueError(
        f"{path} holds {', '.join(held) or 'nothing'}: call the fields u and v, or pass them as arrays of "
        "your own."
    )


def from_npz(path: Path, wanted: str) -> Images:
    """Arrays by name, with `times` and `dx` beside them where they are."""
    if not is_zipfile(path):
        raise ValueError(f"{path} cannot be read as npz: it is no archive. Is it complete?")
    with np.load(path, allow_pickle=False) as held:
        u, v = named([n for n in held.files if n not in ("times", "dx")], path, wanted)
        times = np.asarray(held["times"]) if "times" in held.files else None
        dx = float(held["dx"]) if "dx" in held.files else None
        return Images(held[u] if u else None, held[v] if v else None, times, dx)


def from_netcdf(path: Path, wanted: str) -> Images:
    """Variables by name; a coordinate `time`, and even ones along the last two axes, are used."""
    with xr.open_dataset(path, engine="h5netcdf") as held:
        u, v = named([str(n) for n in held.data_vars], path, wanted)
        some = held[u or v]
        named_times = (some[n].values for n in ("time", "times") if n in some.coords and some[n].ndim == 1)
        times = next(named_times, None)
        sides = [some.coords[d].values for d in some.dims[-2:] if d in some.coords]
        dx = side(path, sides)
        return Images(held[u].values if u else None, held[v].values if v else None, times, dx)


def from_hdf5(path: Path, trajectory: int, wanted: str) -> Images:
    """The Well's layout, or arrays by name at the root.

    In The Well a scalar field is `t0_fields/NAME` of shape (trajectory, time, x, y), with `dimensions/time`,
    `dimensions/x` and a group in `boundary_conditions` for each edge; its format:
    https://polymathic-ai.org/the_well/data_format/
    """
    with h5py.File(path) as held:
        if "t0_fields" not in held:
            u, v = named([n for n in held if isinstance(held[n], h5py.Dataset)], path, wanted)
            return Images(held[u][()] if u else None, held[v][()] if v else None)
        fields, dimensions = held["t0_fields"], held.get("dimensions", {})
        u, v = named([n for n in fields if isinstance(fields[n], h5py.Dataset)], path, wanted)
        runs = len(fields[u or v])
        if not 0 <= trajectory < runs:
            raise ValueError(f"{path} holds {runs} runs, numbered from 0: there is no run {trajectory}.")
        times = np.asarray(dimensions["time"], dtype=float) if "time" in dimensions else None
        times = times[trajectory] if times is not None and times.ndim == 2 else times
        return Images(
            fields[u][trajectory] if u else None, fields[v][trajectory] if v else None, times,
            side(path, [np.asarray(dimensions[n]) for n in "xy" if n in dimensions]), ends(held),
        )  # fmt: skip


def ends(held: h5py.File) -> str | None:
    """How the images end, as The Well's attributes say it; walls count as no-flux."""
    kinds = {
        str(np.asarray(group.attrs["bc_type"]).item()).upper()
        for group in held.get("boundary_conditions", {}).values()
        if "bc_type" in group.attrs
    }
    meant = {"PERIODIC": "periodic", "WALL": "no-flux", "OPEN": "open"}
    return meant.get(kinds.pop()) if len(kinds) == 1 else None


def side(path: Path, along: Sequence[np.ndarray]) -> float | None:
    """The side of square cells from the coordinates along their axes; None where these say nothing.

    Raises:
        ValueError: for cells that are not square.
    """
    steps = [step for x in along if (step := spacing(x)) is not None]
    if len(steps) == 2 and abs(steps[0] / steps[1] - 1) > 1e-3:
        raise ValueError(
            f"{path} has cells of {steps[0]:.6g} by {steps[1]:.6g}, and the fit needs square ones: bring the "
            "images to equal steps along both axes, from the data that they were made of."
        )
    return steps[-1] if steps else None


def spacing(along: np.ndarray) -> float | None:
    """The step of an even coordinate."""
    if along.ndim != 1 or len(along) < 2 or along.dtype.kind not in "fiu":
        return None
    steps = np.diff(along.astype(float))
    return float(steps.mean()) if steps.mean() > 0 and np.ptp(steps) < 1e-3 * steps.mean() else None


def picture(path: Path, scale: float | None, wanted: str) -> Images:
    """A grey picture as concentrations."""
    with Picture.open(path) as opened:
        mode, levels = opened.mode, np.asarray(opened)
    if mode == "F":
        return unnamed(levels, path, wanted)
    if mode not in GREY:
        raise ValueError(
            f"{path} is a colour picture ({mode}): its colours are a map of numbers that cannot be undone. "
            "Save the field in grey, or as .npy."
        )
    if scale is None:
        raise ValueError(
            f"{path} holds {GREY[mode]} grey levels, and nothing says what they mean: pass scale=…, the "
            "concentration that white stands for."
        )
    return unnamed(levels * (scale / GREY[mode]), path, wanted)
