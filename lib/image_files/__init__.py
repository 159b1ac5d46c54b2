"""Images from files: NumPy, NetCDF, HDF5 as The Well has it, and grey pictures whose white has a value.

A file holds u and v, or one of them each. Names are looked for inside: u and v, A and B (The Well), U and V.
"""

import struct
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np
import torch
from PIL import Image as Picture

from lib.image_files.arrays import from_npy, from_npz
from lib.image_files.cells import refuse_other_cells
from lib.image_files.fields import NAMES, Images
from lib.image_files.grids import from_hdf5, from_netcdf
from lib.image_files.pictures import GREY, from_picture
from lib.image_files.settings import Settings, agreed
from lib.inputs import real, shown, tensor_of, whole

__all__ = ["GREY", "NAMES", "UNREADABLE", "Images", "of_both", "read"]

#: What the readers raise of files that are cut short, damaged or something else.
UNREADABLE = (OSError, EOFError, BadZipFile, KeyError, RuntimeError, SyntaxError, OverflowError,
              NotImplementedError, zlib.error, struct.error, UnicodeDecodeError, MemoryError,
              Picture.DecompressionBombError)  # fmt: skip


def read(
    *files: Any,
    scale: Any = None,
    trajectory: Any = 0,
    frames: Any = None,
    times: Any = None,
    dx: float | None = None,
    boundary: str | None = None,
) -> Images:
    """Images from one file that holds u and v, or from two, first u's and then v's.

    Args:
        files: .npy, .npz, .nc, .h5, .hdf5, .png, .tif or .tiff.
        scale: for pictures, the concentration that white stands for; black is 0.
        trajectory: which run of a file in The Well's layout.
        frames: which frames of a stack; all by default.
        times, dx, boundary: what counts whatever the files say; what they say by default.

    Raises:
        ValueError: for what is no image, and for files that contradict each other, with what to do.
    """
    if bad := [each for each in files if not isinstance(each, (str, Path))]:
        raise ValueError(f"{shown(bad[0])} is no name of a file: give a text or a path.")
    trajectory = whole("trajectory", trajectory, 0)
    scale = None if scale is None else real("scale", scale)
    if scale is not None and scale <= 0:
        raise ValueError(f"scale is {scale}: the concentration of white is positive.")
    if len(files) not in (1, 2):
        raise ValueError(f"{len(files)} files were named: give one that holds u and v, or one for each.")
    passed = Settings(times, dx, boundary)
    if len(files) == 2:
        paths = [Path(f) for f in files]
        each = [one(path, scale, trajectory, name, passed) for path, name in zip(paths, "uv", strict=True)]
        found = of_both(paths, each)
    else:
        found = one(Path(files[0]), scale, trajectory, "both", passed)
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
    if found.times is not None and len(np.atleast_1d(found.times)) != len(u):
        raise ValueError(
            f"There are {np.size(found.times)} times and {len(u)} frames: pass times=…, one each."
        )
    if u.shape != v.shape:
        raise ValueError(f"u has shape {u.shape} and v {v.shape}: both must show the same frames and cells.")
    if u.ndim != 3:
        raise ValueError(f"Frames were asked for, and the images have shape {u.shape}: there is only one.")
    try:
        times = None if found.times is None else np.asarray(found.times)[pick]
        return found._replace(u=u[pick], v=v[pick], times=times)
    except IndexError as error:
        raise ValueError(f"There are {len(u)} frames, numbered from 0: {error}.") from error


def of_both(paths: Sequence[Path | str], each: list[Images]) -> Images:
    """u of the first, v of the second, and what either says about them, if they agree."""
    refuse_other_cells(paths, [x.along for x in each])
    said = {
        name: agreed(name, ((f"{paths[0]}", x), (f"{paths[1]}", y)))
        for name, x, y in zip(Settings._fields, each[0][2:5], each[1][2:5], strict=True)
    }
    return Images(each[0].u, each[1].v, **said)


def one(path: Path, scale: float | None, trajectory: int, wanted: str, passed: Settings) -> Images:
    """What one file holds. `wanted` is the field it should hold: u, v, or both."""
    try:
        there = path.is_file()
    except OSError:  # a name too long for any file, or a folder that may not be looked into
        there = False
    if not there:
        raise ValueError(
            f"There is no file {str(path)[:300]} that can be opened: check its name, and the folder it is "
            "looked for in."
        )
    readers: Mapping[str, Callable[[], Images]] = {
        ".npy": lambda: from_npy(path, wanted, passed),
        ".npz": lambda: from_npz(path, wanted, passed),
        ".nc": lambda: from_netcdf(path, wanted, passed),
        ".h5": lambda: from_hdf5(path, trajectory, wanted, passed),
        ".hdf5": lambda: from_hdf5(path, trajectory, wanted, passed),
        **dict.fromkeys((".png", ".tif", ".tiff"), lambda: from_picture(path, scale, wanted, passed)),
    }
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
