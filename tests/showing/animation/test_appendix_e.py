"""The four films hold the paper's values, and mark what diverged."""

import numpy as np

from lib import initial_state
from lib.paper import TRUTH
from lib.showing.animation import appendix_e
from lib.showing.animation.video import coloured


def test_each_film_has_twelve_runs_over_the_papers_cut():
    assert {len(values) for values in appendix_e.VALUES.values()} == {12}
    assert appendix_e.VALUES["F"][1] == TRUTH.F
    assert (appendix_e.VALUES["k"][0], appendix_e.VALUES["k"][-1]) == (0.055, 0.066)


def test_a_film_is_drawn_once_and_kept(tmp_path):
    state, store = initial_state(1, size=32), tmp_path
    first = appendix_e.along_each(state, [0, 5], jobs=1, cache=store)
    again = appendix_e.along_each(state, [0, 5], jobs=1, cache=store)
    for name, film in first.items():
        assert film.html == again[name].html
        assert film.data.equals(again[name].data)
    assert all("video/mp4" in film.html and 0 < film.megabytes < 2 for film in first.values())


def test_what_is_no_number_is_red():
    colours = np.tile(np.arange(256, dtype=np.uint8)[:, None], (1, 3))
    picture = coloured(np.array([[np.nan, 0.05]]), colours, 0.1)
    assert picture[0, 0].tolist() == [200, 16, 46]
    assert picture[0, 1].tolist() == [127, 127, 127]
