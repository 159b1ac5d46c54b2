"""Simultaneous animations of several runs, as one embedded mp4 (Appendices D and E)."""

import base64
import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
import xarray as xr

from lib.history import stages
from lib.model import Params, State, step
from lib.running.threads import single_thread
from lib.showing.animation.video import SIDE, video
from lib.simulate import classify

#: Steps between two frames, and the concentration at the bright end of the scale (original code).
STEPS_PER_FRAME, TOP = 5, 0.1


#: The mp4 inside a video element.
MP4 = re.compile(r"data:video/mp4;base64,([^\"]+)")


class Film(NamedTuple):
    """A film, which a notebook shows by naming it.

    Args:
        html: a video element that holds its mp4 and a poster.
        data: mean and largest v of each run at every frame, v in full at the last one, and how it ended.
    """

    html: str
    data: xr.Dataset

    @property
    def megabytes(self) -> float:
        """Size of the mp4, which lies beside the page."""
        return len(base64.b64decode(MP4.findall(self.html)[0])) / 1e6

    def _repr_html_(self) -> str:
        return self.html


def film_of_panels(
    sets: Sequence[Params],
    titles: Sequence[str],
    state: State,
    times: Sequence[int],
    *,
    columns: int = 4,
    top: float = TOP,
    bitrate: int = 400,
    side: int = SIDE,
) -> Film:
    """Run several parameter sets from one initial state and show them evolving side by side.

    Args:
        sets: the parameters of each panel.
        titles: a few words above each panel.
        state: one initial state, (1, height, width), shared by all.
        times: steps at which a frame is taken, increasing (`frame_times`).
        columns: panels in a row.
        top: concentration of v at the bright end of the scale; 0 is the dark end.
        bitrate: of the video, in kbit/s.
        side: of each picture, in pixels.

    Returns:
        The film; the same input gives the same bytes.
    """
    parameters = np.array([[float(p) for p in each] for each in sets]).T
    together = State(*(field.expand(len(sets), -1, -1).contiguous() for field in state))
    frames, means, peaks = [], [], []
    with single_thread():  # hundreds of short runs, between which torch's threads would wait for each other
        for now in stages(Params(*torch.tensor(parameters, dtype=torch.float32)), together, times):
            # Half precision: a byte of colour needs no more, and in single they would fill half a gigabyte.
            frames.append(now.v.half().cpu().numpy())
            means.append(now.v.mean((1, 2)).cpu().numpy())
            peaks.append(now.v.amax((1, 2)).cpu().numpy())
    data = xr.Dataset(
        {
            "mean_v": (("time", "panel"), np.stack(means)),
            "largest_v": (("time", "panel"), np.stack(peaks)),
            "v": (("panel", "row", "column"), now.v.cpu().numpy()),
            "outcome": (("panel",), ends(parameters, now)),
        },
        coords={
            "time": list(times),
            "title": ("panel", list(titles)),
            **{name: ("panel", column) for name, column in zip(Params._fields, parameters, strict=True)},
        },
    )
    shown = video(np.stack(frames), titles, times, columns=columns, top=top, bitrate=bitrate, side=side)
    return Film(shown, data)


def ends(parameters: np.ndarray, last: State) -> np.ndarray:
    """How each run ended, (panel,): from its last state and one step more."""
    params = Params(*torch.tensor(parameters, dtype=torch.float32))
    after = step(params, last)
    change = torch.maximum((after.u - last.u).abs().amax((1, 2)), (after.v - last.v).abs().amax((1, 2)))
    return classify(params, last, change).cpu().numpy()


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
