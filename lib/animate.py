"""Simultaneous animations of several runs, as one embedded mp4 (Appendices D and E)."""

from collections.abc import Sequence
from typing import Any

import imageio_ffmpeg
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import torch
from IPython.display import HTML
from matplotlib.animation import FuncAnimation
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from lib.figures.landscapes import FIELD_MAP
from lib.history import history
from lib.model import Params, State

#: Steps between two frames, and the concentration at the bright end of the scale (original code).
STEPS_PER_FRAME, TOP = 5, 0.1

FRAMES_PER_SECOND = 25


def side_by_side(
    sets: Sequence[Params],
    titles: Sequence[str],
    state: State,
    times: Sequence[int],
    *,
    columns: int = 4,
    top: float = TOP,
    bitrate: int = 400,
) -> HTML:
    """Run several parameter sets from one initial state and show them evolving side by side.

    Args:
        sets: the parameters of each panel.
        titles: a few words above each panel.
        state: one initial state, (1, height, width), shared by all.
        times: steps at which a frame is taken, increasing (`frame_times`).
        columns: panels in a row.
        top: concentration of v at the bright end of the scale; 0 is the dark end.
        bitrate: of the video, in kbit/s.

    Returns:
        A video element that holds its mp4; the same input gives the same bytes.
    """
    columns_of = [torch.tensor([float(p) for p in column]) for column in zip(*sets, strict=True)]
    together = State(*(field.expand(len(sets), -1, -1).contiguous() for field in state))
    frames = history(Params(*columns_of), together, times).v.values
    return HTML(video(frames, titles, times, columns=columns, top=top, bitrate=bitrate))


def frame_times(steps: int, *, smooth: int = 1000, later: int = 100) -> list[int]:
    """Times of the frames: every fifth step at first, then ever further apart up to the run's end.

    Args:
        steps: length of the run.
        smooth: steps shown at five a frame, as the original does throughout.
        later: frames for the rest, their distances growing by a constant factor.
    """
    first = np.arange(0, min(smooth, steps) + 1, STEPS_PER_FRAME)
    rest = (
        np.geomspace(min(first[-1] + STEPS_PER_FRAME, steps), steps, later)
        if steps > first[-1]
        else np.array([])
    )
    return sorted({*first.tolist(), *np.round(rest).astype(int).tolist()})


def video(
    frames: np.ndarray, titles: Sequence[str], times: Sequence[int], *, columns: int, top: float, bitrate: int
) -> str:
    """An html video element for frames of shape (time, panel, height, width)."""
    figure, pictures, clock = canvas(frames[0], titles, columns, top)

    def show(number: int) -> list[AxesImage]:
        for picture, field in zip(pictures, frames[number], strict=True):
            picture.set_data(field)
        clock.set_text(f"step {times[number]:,}")
        return pictures

    setting: Any = {
        "animation.ffmpeg_path": imageio_ffmpeg.get_ffmpeg_exe(), "animation.bitrate": bitrate,
        "animation.embed_limit": 20, "figure.constrained_layout.use": False, "savefig.bbox": "standard",
    }  # fmt: skip
    with mpl.rc_context(setting):
        animation = FuncAnimation(figure, show, frames=len(times), interval=1000 / FRAMES_PER_SECOND)
        text = str(animation.to_html5_video())
    plt.close(figure)
    return text


def canvas(
    first: np.ndarray, titles: Sequence[str], columns: int, top: float
) -> tuple[Figure, list[AxesImage], mpl.text.Text]:
    """Figure with one panel for each run; the clock stands above them."""
    rows = -(-len(titles) // columns)
    figure, axes = plt.subplots(
        rows, columns, figsize=(2.0 * columns, 2.2 * rows + 0.2), dpi=100, squeeze=False, layout="none"
    )
    figure.subplots_adjust(
        left=0.01, right=0.99, bottom=0.01, top=1 - 0.42 / (2.2 * rows + 0.2), wspace=0.04, hspace=0.18
    )
    pictures = [
        panel(axis, field, title, top) for axis, field, title in zip(axes.flat, first, titles, strict=False)
    ]
    for axis in axes.flat:
        axis.set_axis_off()
    clock = figure.text(0.5, 0.985, "", ha="center", va="top", fontsize=9, family="monospace")
    return figure, pictures, clock


def panel(axis: Axes, field: np.ndarray, title: str, top: float) -> AxesImage:
    """One run's picture."""
    axis.set_title(title, fontsize=8, pad=3)
    return axis.imshow(field, cmap=FIELD_MAP, vmin=0, vmax=top, interpolation="nearest")
