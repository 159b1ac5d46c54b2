"""Grey pictures as concentrations: PNG, and TIFF with one page or a page for each frame."""

import re
from pathlib import Path

import numpy as np
from PIL import Image as Picture

from lib.image_files.fields import Images, unnamed
from lib.image_files.settings import Settings

#: Grey levels by Pillow's mode: how many steps lie between black and white.
GREY = {"L": 255, "I;16": 65535, "I;16B": 65535, "1": 1}

#: Tags of TIFF: bits of a grey level, which end of them is white (0: the lowest), and a description.
BITS, WHITE, DESCRIPTION = 258, 262, 270


def from_picture(path: Path, scale: float | None, wanted: str, passed: Settings) -> Images:
    """A picture, or the pages of a TIFF as frames; two pages of one file for both fields are u and v.

    Raises:
        ValueError: for animations, pages that differ, colours, and grey levels without a meaning.
    """
    with Picture.open(path) as opened:
        count = getattr(opened, "n_frames", 1)
        if count > 1 and opened.format != "TIFF":
            raise ValueError(
                f"{path} is an animation of {count} pictures, each drawn over the one before: save the "
                "frames as pages of a TIFF, or as an array (frame, height, width) in .npy."
            )
        described = str(getattr(opened, "tag_v2", {}).get(DESCRIPTION))
        channels = re.search(r"^channels=(\d+)", described, re.MULTILINE)
        if channels and int(channels[1]) > 1 and (wanted != "both" or count > 2):  # as ImageJ says
            raise ValueError(
                f"{path} holds {channels[1]} channels in {count} pages: save each field as a file."
            )
        pages = [page(opened, path, number, scale) for number in range(count)]
    kinds = {(mode, x.shape) for mode, x in pages}
    if len(kinds) > 1:
        said = ", ".join(f"{mode} {shape}" for mode, shape in sorted(kinds))
        raise ValueError(f"The pages of {path} differ ({said}): save frames of one kind and size.")
    levels = pages[0][1] if count == 1 else np.stack([x for _, x in pages])
    return unnamed(levels, path, wanted)._replace(**passed._asdict())


def page(opened: Picture.Image, path: Path, number: int, scale: float | None) -> tuple[str, np.ndarray]:
    """Pillow's mode of one page, and its concentrations, (height, width)."""
    if number:
        opened.seek(number)
    tags = getattr(opened, "tag_v2", {})
    mode, levels = opened.mode, np.asarray(opened)
    if mode == "F":
        return mode, levels
    if mode == "I":
        raise ValueError(
            f"{path} holds whole numbers with a sign or of 32 bits, and nothing says which of them is white: "
            "save it in grey of 8 or 16 bits, or the concentrations as .npy."
        )
    if mode not in GREY:
        raise ValueError(
            f"{path} is a colour picture ({mode}): its colours are a map of numbers that cannot be undone. "
            "Save the field in grey, or as .npy."
        )
    # Pillow stretches fewer bits to 8, and leaves 12 as they are.
    white = 2 ** tags.get(BITS, (16,))[0] - 1 if mode.startswith("I;16") else GREY[mode]
    if scale is None:
        raise ValueError(
            f"{path} holds {white} grey levels, and nothing says what they mean: pass scale=…, the "
            "concentration that white stands for."
        )
    if mode.startswith("I;16") and tags.get(WHITE) == 0:  # which Pillow turns round only for 8 bits
        levels = white - levels
    return mode, levels * (scale / white)
