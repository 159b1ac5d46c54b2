"""Where caches, weights and compiled code live: each folder is decided here, once."""

import os
import tempfile
from pathlib import Path

#: The folder of this package; what is generated lies beside it, in `_build`.
ROOT = Path(__file__).resolve().parent

#: Settings that move them: results and compiled code, and the filters of the Gram loss.
CACHE, WEIGHTS = "GRAYSCOTT_CACHE", "GRAYSCOTT_WEIGHTS"


#: A folder of results, or None for the usual one.
Folder = Path | str | None


def open_folder(folder: Folder = None) -> Path:
    """The folder of results, `results_folder` by default: made, and tried.

    Raises:
        PermissionError: if nothing can be written there.
        TypeError: for anything but a path.
    """
    if folder is not None and not isinstance(folder, (str, Path)):
        raise TypeError(f"cache is to be a folder, as a path or a text, not a {type(folder).__name__}.")
    where = results_folder() if folder is None else Path(folder).expanduser().absolute()
    check_writable(where)
    return where


def results_folder() -> Path:
    """Where computed results are kept: GRAYSCOTT_CACHE, else `_build/cache` beside `lib`."""
    return setting(CACHE) or ROOT.parent / "_build" / "cache"


def compiled_folder() -> Path:
    """Where compiled code is kept: `compiled` in GRAYSCOTT_CACHE, else in `_build` beside `lib`."""
    return (setting(CACHE) or ROOT.parent / "_build") / "compiled"


#: Files of trained filters: VGG-19's first 18 layers, VGG-16's first 16.
VGG19, VGG16 = "vgg19_first18.pt", "vgg16_first16.pt"


def weights_file(folder: Path | None = None, name: str = VGG19) -> Path:
    """Where up to 9 MB of filters live: in GRAYSCOTT_WEIGHTS, else in `_build/weights` beside `lib`."""
    return (folder or setting(WEIGHTS) or ROOT.parent / "_build" / "weights") / name


def setting(name: str) -> Path | None:
    """A folder that the environment names; None where it names none.

    A `~` is the home folder. A relative path is resolved here, once, and put back into the environment:
    notebooks and workers run in folders of their own, where it would mean something else. A ValueError says
    that nobody knows the home of a `~somebody`.
    """
    text = os.environ.get(name, "").strip()
    if not text:
        return None
    try:
        path = Path(text).expanduser().absolute()
    except RuntimeError as error:  # nobody of that name, or nobody's home is known
        raise ValueError(
            f"{name} is {text!r}, and there is no such home folder ({error}): give the folder's whole path."
        ) from error
    os.environ[name] = str(path)
    return path


def check_writable(folder: Path) -> None:
    """Make the folder and try it, before hours of work are lost.

    Raises:
        PermissionError: with what to do, if nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as file:
            file.write(b"0")
    except OSError as error:
        raise PermissionError(
            f"The folder {folder} cannot be written ({error.strerror}), so what is computed would be lost. "
            f"Make it writable, make room, or set {CACHE} to a folder that is."
        ) from error
