"""Files as other programs write them."""

import struct
from pathlib import Path

import h5py
import numpy as np
import xarray as xr


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


def gridded(path: Path, pair: tuple[np.ndarray, np.ndarray], y: np.ndarray, x: np.ndarray) -> Path:
    """A NetCDF file of both fields with these coordinates."""
    fields = {name: (("y", "x"), field) for name, field in zip("uv", pair, strict=True)}
    xr.Dataset(fields, {"y": y, "x": x}).to_netcdf(path, engine="h5netcdf")
    return path


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
