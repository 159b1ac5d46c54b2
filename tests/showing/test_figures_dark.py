"""A figure's dark picture: dark paper, light ink, and the data's colours untouched."""

import io
import itertools

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from PIL import Image

from lib.showing.figures.dark import PAPER, dark_png
from lib.showing.figures.style import ACCENT, INK, OUTCOME_COLOURS, panels, truth_star
from lib.simulate import Outcome


def pixels(picture: bytes) -> np.ndarray:
    """Colours between 0 and 1, (height, width, 3)."""
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB")) / 255


def luminance(colour: object) -> float:
    """How light a colour is to the eye, from 0 to 1 (WCAG)."""
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)]
    return float(np.dot([0.2126, 0.7152, 0.0722], linear))


def contrast(one: object, other: object) -> float:
    """1 for the same lightness, 21 for black on white."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("paper", ["#ffffff", PAPER])
@pytest.mark.parametrize("under", ["#440154", "#21918c", "#fde725", OUTCOME_COLOURS[Outcome.PATTERN]])
def test_the_truth_is_seen_on_any_colour_in_both_themes(paper, under):
    figure, axis = panels(figsize=(2, 2), facecolor=paper)
    axis.set_facecolor(under)
    truth_star(axis, 0.5, 0.5, size=40)
    shown = io.BytesIO()
    figure.savefig(shown, format="png", facecolor=paper)
    for picture in (shown.getvalue(), dark_png(figure)):
        found = {tuple(c) for c in pixels(picture)[60:-60, 60:-60].reshape(-1, 3).round(2)}
        assert max(contrast(c, under) for c in found) > 1.8


def test_how_a_run_ended_is_told_by_lightness_too():
    kinds = (Outcome.TRIVIAL, Outcome.UNIFORM, Outcome.PATTERN)
    seen = [OUTCOME_COLOURS[kind] for kind in kinds]
    for one, other in itertools.pairwise(seen):
        assert contrast(one, other) > 1.8


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
