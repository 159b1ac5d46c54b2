"""Every file of data that the book hands out says what it is and where it comes from."""

from pathlib import Path

import xarray as xr

#: What each file says of itself.
SAID = ("Conventions", "title", "source", "license")


def test_every_file_carries_title_source_and_licence(smoke_book: Path) -> None:
    chapters = smoke_book.parents[1] / "book" / "chapters"
    silent: dict[str, list[str]] = {}
    files = sorted(chapters.rglob("*.nc"))
    for path in files:
        with xr.open_dataset(path, engine="h5netcdf") as data:
            missing = [name for name in SAID if not data.attrs.get(name)]
            if "notebook " not in data.attrs.get("source", ""):
                missing.append("its notebook")
        if missing:
            silent[path.name] = missing
    assert len(files) > 50
    assert not silent
