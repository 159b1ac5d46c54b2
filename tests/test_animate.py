"""Animations: the right frames, one small video, the same bytes every time."""

import base64
import re

import pytest

from lib.animate import frame_times, side_by_side
from lib.initial import initial_state
from lib.model import SAMPLED_SETS, TRUTH


def test_frames_come_every_five_steps_at_first_and_reach_the_end():
    times = frame_times(40_000)
    assert times[:4] == [0, 5, 10, 15]
    assert times[-1] == 40_000
    assert times == sorted(set(times))
    gaps = [b - a for a, b in zip(times, times[1:], strict=False)]
    assert min(gaps) >= 5
    assert len(times) < 400


@pytest.mark.parametrize("steps", [3, 100, 1000, 1004])
def test_short_runs_have_frames_too(steps):
    times = frame_times(steps)
    assert times[0] == 0
    assert times[-1] <= steps
    assert len(times) >= 1


def test_the_video_is_an_mp4_and_repeats_itself():
    def film() -> str:
        state = initial_state(1, size=32, seed=1)
        return side_by_side([TRUTH, SAMPLED_SETS[0]], ["one", "two"], state, [0, 5, 10], columns=2).data

    text = film()
    packed = re.search(r"data:video/mp4;base64,([^\"]+)", text)
    assert packed is not None
    video = base64.b64decode(packed.group(1).replace("\n", ""))
    assert video[4:8] == b"ftyp"
    assert film() == text
