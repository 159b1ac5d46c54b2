"""Animations: the right frames, one small video, the same bytes every time."""

import base64
import io
import os
import re

import numpy as np
import pytest
from PIL import Image

from lib.initial_states import initial_state
from lib.paper import SAMPLED_SETS, TRUTH
from lib.showing.animation.frames import Film, film_of_panels, frame_times
from lib.showing.animation.video import GAP, LINE, SIDE, video
from lib.simulate import simulate


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


@pytest.fixture(scope="module")
def film() -> Film:
    state = initial_state(1, size=32, seed=1)
    return film_of_panels([TRUTH, SAMPLED_SETS[0]], ["one", "two"], state, [0, 5, 10], columns=2)


def test_the_video_is_an_mp4_and_repeats_itself(film: Film) -> None:
    video = unpacked(film.html, "video/mp4")
    assert video[4:8] == b"ftyp"
    state = initial_state(1, size=32, seed=1)
    again = film_of_panels([TRUTH, SAMPLED_SETS[0]], ["one", "two"], state, [0, 5, 10], columns=2)
    assert again.html == film.html
    assert again.data.equals(film.data)


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="This system gives no cores away.")
@pytest.mark.skipif(os.cpu_count() == 1, reason="One core is all there is.")
def test_the_video_is_the_same_on_one_core_and_on_all() -> None:
    """Long enough for the encoder to share it out."""
    frames = np.random.default_rng(0).random((40, 1, 64, 64)).astype(np.float32)
    options = {"columns": 1, "top": 1.0, "bitrate": 200, "side": 128}
    times = [*range(len(frames))]
    whole = video(frames, ["noise"], times, **options)
    cores = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(cores)})
        assert video(frames, ["noise"], times, **options) == whole
    finally:
        os.sched_setaffinity(0, cores)


def test_its_poster_is_the_last_frame_as_large_as_the_film(film: Film) -> None:
    poster = Image.open(io.BytesIO(unpacked(film.html, "image/jpeg"))).convert("RGB")
    found = re.search(r'width="(\d+)" height="(\d+)"', film.html)
    assert found is not None
    assert poster.size == tuple(int(side) for side in found.groups())
    middle, rim = (poster.getpixel((GAP + at, LINE + LINE + at)) for at in (SIDE // 2, 10))
    assert sum(middle) > sum(rim) + 200  # the patch lives, the rest is empty


def test_its_data_are_those_of_the_runs(film: Film) -> None:
    run = simulate(TRUTH, initial_state(1, size=32, seed=1), 10)
    np.testing.assert_array_equal(film.data.v[0], run.v[0])
    assert film.data.mean_v.sel(time=10)[0].item() == pytest.approx(run.v.mean().item())
    assert film.data.largest_v.sel(time=10)[0].item() == run.v.max().item()
    assert film.data.k.values.tolist() == pytest.approx([TRUTH.k, SAMPLED_SETS[0].k])


def unpacked(html: str, mime: str) -> bytes:
    """What an html text carries as a data URL."""
    found = re.search(rf'data:{mime};base64,([^"]+)', html)
    assert found is not None
    return base64.b64decode(found.group(1))
