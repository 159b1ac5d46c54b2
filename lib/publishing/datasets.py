"""Files of data for readers: what a figure shows, as NetCDF, variables explained; small ones as CSV too."""

from enum import IntFlag
from fnmatch import fnmatch
from pathlib import Path

import numpy as np
import xarray as xr

from lib.publishing.origin import about
from lib.publishing.variables import BY_FILE, CODES, GENERAL
from lib.running import engines

#: A file with no more rows than this is a table, which people open in a spreadsheet.
MOST_ROWS = 1000


def publish(dataset: xr.Dataset, name: str, folder: Path | str = "data") -> Path:
    """Write a dataset as compressed NetCDF for readers to download, every variable explained.

    Title, source and licence are among its attributes (`lib.publishing.origin`), and `engine`: what
    simulations run on here, "eager" where nothing could be compiled.

    Args:
        dataset: what to write; leave large fields out with `drop_vars`.
        name: of the file, without ending.
        folder: in the working directory.

    Returns:
        The file's path.

    Raises:
        ValueError: with a sentence, for a variable that `lib.publishing.variables` does not know.
    """
    path = Path(folder) / f"{name}.nc"
    path.parent.mkdir(parents=True, exist_ok=True)
    encoding = {variable: {"zlib": True, "complevel": 4} for variable in dataset.data_vars}
    part = path.with_suffix(".part")
    whole = described(dataset, name).assign_attrs(about(name), engine=engines.identity())
    whole.to_netcdf(part, engine="h5netcdf", encoding=encoding)
    part.replace(path)
    write_table(whole, path.with_suffix(".csv"))
    return path


def write_table(dataset: xr.Dataset, path: Path) -> None:
    """The same data as comma-separated values, a row for each point; nothing for more than a table.

    Codes are words there, and what is missing is empty.
    """
    path.unlink(missing_ok=True)
    if not dataset.sizes or int(np.prod(list(dataset.sizes.values()))) > MOST_ROWS:
        return
    frame = dataset.to_dataframe().reset_index()
    for name in frame.columns.intersection([str(variable) for variable in dataset.variables]):
        about = dataset[name].attrs
        if "flag_values" in about:
            words = zip(about["flag_values"], about["flag_meanings"].split(), strict=True)
            frame[name] = frame[name].map(dict(words))
    part = path.with_suffix(".part")
    frame.to_csv(part, index=False, lineterminator="\n")
    part.replace(path)


def described(dataset: xr.Dataset, name: str) -> xr.Dataset:
    """The same data with `long_name` and `units` on every variable, and the meaning of codes.

    Args:
        dataset: what is to be published.
        name: of its file, without ending.

    Raises:
        ValueError: naming the first variable that nobody has explained.
    """
    dataset = dataset.copy()
    for variable in dataset.variables:
        about = dataset[variable].attrs
        meaning, unit = word(str(variable), name)
        flags = codes(str(variable), name)
        dataset[variable].attrs = about | {"long_name": meaning, "units": unit} | flags
    return dataset


def word(variable: str, file: str) -> tuple[str, str]:
    """Meaning and unit of a variable in a file; the closest file pattern wins."""
    patterns = sorted((p for p in BY_FILE if fnmatch(file, p)), key=len, reverse=True)
    for words in (*(BY_FILE[pattern] for pattern in patterns), GENERAL):
        for known, found in words.items():
            if fnmatch(variable, known):
                return found
    raise ValueError(
        f"Nobody has said what “{variable}” means in {file}.nc, so its readers could not know: add it to "
        "GENERAL or BY_FILE in lib/publishing/variables.py."
    )


def codes(variable: str, file: str) -> dict[str, object]:
    """Flag attributes of a variable that holds codes; none otherwise."""
    kind = next((kind for known, kind in CODES.items() if fnmatch(f"{file}/{variable}", known)), None)
    if kind is None:
        return {}
    return {
        "flag_masks" if issubclass(kind, IntFlag) else "flag_values": [int(code) for code in kind],
        "flag_meanings": " ".join(str(code.name).lower() for code in kind),
    }
