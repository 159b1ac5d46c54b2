"""The audit of the acceptance rule."""

import numpy as np
import pytest

from lib.coordinates import to_raw
from lib.paper import TRUTH
from lib.studies.training import recipe_pool
from lib.studies.training.audit import audit, escapes, leaves, wilson
from lib.studies.training.iteration import Recipe


def test_an_empty_dish_passes_and_a_run_without_time_does_not(tmp_path, monkeypatch):
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path))
    recipe = Recipe(size=32, steps=500, tol=1e-3, pool=4, batch=4)
    places = {"empty": TRUTH._replace(k=0.09, F=0.03), "truth": TRUTH}
    samples = dict.fromkeys(places, 8)
    pool = recipe_pool(recipe)
    found = audit(places, samples, pool, recipe=recipe, jobs=1)
    assert found.share.sel(place="empty") == 1
    assert found.batches.sel(place="empty") == 1
    assert found.spots.sel(place="empty") == 0
    assert found.low.sel(place="empty") < 1
    hurried = audit(places, samples, pool, recipe=Recipe(size=32, steps=3, tol=1e-9, pool=4, batch=4), jobs=1)
    np.testing.assert_array_equal(hurried.share, 0)


@pytest.mark.parametrize(("successes", "trials"), [(0, 20), (5, 20), (20, 20)])
def test_the_interval_holds_the_share_and_stays_within_bounds(successes, trials):
    low, high = wilson(successes, trials)
    assert 0 <= low <= successes / trials <= high <= 1
    assert high - low < 0.45


def test_the_interval_is_wilsons():
    """Worked example: 10 of 100 gives 5.5 % … 17.4 %."""
    np.testing.assert_allclose(wilson(10, 100), (0.0552, 0.1744), atol=1e-4)


def test_runs_that_leave_the_range_are_counted_once(tmp_path, monkeypatch):
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path))
    found = escapes(3, size=32, steps=100, jobs=1)
    assert found["left"] == found["refused"] + found["missed"]
    assert 0 <= found["left"] <= 3


def test_a_wild_run_leaves_the_range_and_is_refused():
    """Du just below 1/4 with a strong feed: explicit Euler's own oscillation blows up."""
    assert leaves(tuple(to_raw(TRUTH._replace(Du=0.2499, F=0.09)).tolist()), 32, 2000, 0) == (True, True)
