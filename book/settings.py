"""The settings of a build, checked at its door: a wrong one must not cost minutes first."""

from pathlib import Path

import torch

from book.errors import BuildError
from book.execute import Parameters
from lib import unfinished
from lib.backends import cpu
from lib.features import RANDOM, at_hand
from lib.folders import (
    VGG16,
    VGG19,
    WEIGHTS,
    check_writable,
    compiled_folder,
    open_folder,
    setting,
    weights_file,
)
from lib.inputs import seed_of
from lib.running import cluster, engines, profiles
from lib.running.cluster import ClusterError
from lib.running.device import pick

#: More notebooks side by side than this is a slip of the keyboard.
MOST_AT_ONCE = 1000

#: So is a number of more digits.
LONGEST = 100


def checked(profile: str, device: str, seed: str) -> Parameters:
    """Profile, device and seed, as notebooks take them.

    Raises:
        BuildError: for a seed that is none; profile and device are looked at by `look_around`.
    """
    return {"PROFILE": profile, "DEVICE": device, "SEED": whole("SEED", seed)}


def whole(name: str, text: str) -> int:
    """A seed from a command line.

    Raises:
        BuildError: with a sentence.
    """
    if len(text) > LONGEST:
        raise BuildError(f"{name} has {len(text):,} characters: give a whole number from 0 to 4294967295.")
    try:
        return seed_of(int(text))
    except ValueError as error:
        said = str(error) if text.strip().lstrip("+-").isdecimal() else "it must be a whole number."
        raise BuildError(f"{name}={text} cannot be used: {said}") from error


def number_at_once(text: str | None) -> int | None:
    """How many notebooks may run at a time; None where that is left to the build.

    Raises:
        BuildError: for anything but a number of at least 1.
    """
    if text is None or not text.strip():
        return None
    if not (text.strip().isdecimal() and len(text) < 10 and 1 <= int(text) <= MOST_AT_ONCE):
        raise BuildError(
            f"AT_ONCE={text} cannot be used: give a whole number of at least 1, or leave it out for one "
            "notebook a core."
        )
    return int(text)


def look_around(parameters: Parameters) -> dict[str, str]:
    """What the outcome depends on beyond the sources: device, filters of the Gram loss, engine.

    Raises:
        BuildError: for an unknown profile or device, a folder that cannot be used, or a cluster that cannot.
    """
    try:
        profiles.profile(str(parameters["PROFILE"]))
        for folder in (open_folder(), compiled_folder()):
            unfinished.clear(folder)
        device = pick(str(parameters["DEVICE"]))
        if cluster.address():
            cluster.connect()
    except (ValueError, PermissionError, ClusterError) as error:
        raise BuildError(str(error)) from error
    return {"device": device, "features": filters(), "engine": engine(device)}


def filters() -> str:
    """Which filters the Gram loss will use; a folder that is named and holds none is said once.

    Raises:
        BuildError: if they are there and cannot be read.
    """
    try:
        weights_file()
    except ValueError as error:
        raise BuildError(str(error)) from error
    try:
        label = at_hand().label
    except Exception as error:  # torch raises whatever its readers do
        raise BuildError(
            f"The filters in {weights_file().parent} cannot be read ({type(error).__name__}): remove {VGG19} "
            f"and {VGG16} there and run `make weights` again."
        ) from error
    if label == RANDOM and setting(WEIGHTS):
        print(f"{WEIGHTS} names {weights_file().parent}, which holds no filters: random ones are used.")
    return label


def engine(device: str) -> str:
    """What simulations will run on; where nothing can be compiled, that is said before it takes hours."""
    if reason := cpu.supports(128, 128, torch.float32):
        print(f"{reason} Until then simulations run through plain PyTorch, many times slower.")
    parts = [engines.on_processor(), engines.processor()]
    return "; ".join([*parts, engines.on_gpu()] if device.startswith("cuda") else parts)


def check_folders(root: Path) -> None:
    """Try the folders that a build writes to.

    Raises:
        BuildError: naming the first that cannot be written.
    """
    for folder in (root / "_build", root / "book" / "chapters", root / "book" / "_generated"):
        try:
            check_writable(folder)
        except PermissionError as error:
            reason = getattr(error.__cause__, "strerror", None) or error
            raise BuildError(
                f"The folder {folder.relative_to(root)} of this project cannot be written ({reason}), and "
                "the book goes there: make it writable, make room, or build in a copy of the project."
            ) from error
