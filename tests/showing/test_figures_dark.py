"""A figure's dark picture: dark paper, light ink, and the data's colours untouched."""

import io

import numpy as np
from PIL import Image

from lib.showing.figures.dark import PAPER, dark_png
from lib.showing.figures.style import ACCENT, INK, panels


def pixels(picture: bytes) -> np.ndarray:
    """Colours between 0 and 1, (height, width, 3)."""
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")) / 255


def test_paper_turns_dark_and_ink_light_while_data_stay():
    figure, axis = panels(figsize=(2, 2))
    axis.set_facecolor("white")
    axis.imshow([[0.0, 1.0]], cmap="viridis", extent=(0, 1, 0, 1))
    axis.plot([0, 1], [2, 2], color=INK, lw=4)
    axis.plot([0, 1], [3, 3], color=ACCENT, lw=4)
    axis.set(xlim=(0, 2), ylim=(0, 4), aspect="auto")
    dark = pixels(dark_png(figure))
    assert np.allclose(dark[0, 0], PAPER, atol=0.01)
    found = {tuple((255 * c).round().astype(int)) for c in dark.reshape(-1, 3)}
    assert {(253, 231, 36), (253, 231, 37)} & found  # the bright end of viridis
    assert any(min(c) > 170 for c in found)
    assert not any(max(c) < 20 for c in found), "nothing is left that is darker than the paper"
    assert axis.get_lines()[0].get_color() == INK
    assert figure.get_facecolor() != PAPER
