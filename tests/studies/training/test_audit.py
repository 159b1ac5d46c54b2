"""The audit of the acceptance rule."""

import numpy as np
import pytest

from lib.coordinates import to_unconstrained
from lib.model import Params
from lib.paper import TRUTH
from lib.studies.training import acceptance, recipe_pool
from lib.studies.training import audit as audit_module
from lib.studies.training.audit import audit, escapes, leaves, shares, wilson
from lib.studies.training.iteration import Recipe


def test_a_trivial_state_passes_and_a_run_without_time_does_not(tmp_path, monkeypatch):
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path))
    recipe = Recipe(size=32, steps=500, tol=1e-3, pool=4, batch=4)
    places = {"trivial": TRUTH._replace(k=0.09, F=0.03), "truth": TRUTH}
    samples = dict.fromkeys(places, 8)
    pool = recipe_pool(recipe)
    found = audit(places, samples, pool, recipe=recipe, jobs=1)
    assert found.share.sel(place="trivial") == 1
    assert found.batches.sel(place="trivial") == 1
    assert found.spots.sel(place="trivial") == 0
    assert found.low.sel(place="trivial") < 1
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


#: The paper's looks, and a single one at the end of a short run.
AT_THE_END = ((10**9, 2048),)


@pytest.mark.parametrize(
    ("looks", "counted"),
    [
        (acceptance.LOOKS, {"left": 1, "refused": 1, "missed": 0}),
        (AT_THE_END, {"left": 1, "refused": 0, "missed": 1}),
    ],
)
def test_an_overshoot_is_missed_where_nobody_looks(tmp_path, monkeypatch, looks, counted):
    """With a strong feed and little removal, v passes 1 while the patch collapses and is back at step 100;
    at the truth it never does. Looks every four steps see it, one at the end does not."""
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path))
    overshoots = Params(0.1, 0.03, 0.08, 0.02)
    sets = [to_unconstrained(TRUTH).tolist(), to_unconstrained(overshoots).tolist()]
    monkeypatch.setattr(audit_module, "random_starts", lambda count, seed: sets[:count])
    monkeypatch.setattr(acceptance, "LOOKS", looks)
    assert escapes(2, size=32, steps=100, jobs=1) == counted


def test_the_loss_is_a_mean_between_its_quartiles_and_spots_are_a_median():
    ends = {
        "converged": np.array([True] * 3 + [False]), "steps": np.array([1, 2, 3, 100]),
        "spots": np.array([0, 4, 4, 90]), "loss": np.array([0.0, 10.0, 10.0, 40.0]),
    }  # fmt: skip
    found = shares(ends, batch=2)
    assert (found["loss"], found["loss_lower"], found["loss_upper"]) == (15.0, 7.5, 17.5)
    assert (found["steps"], found["spots"]) == (2.5, 4)
    assert (found["converged"], found["batches"]) == (0.75, 0.5)


def test_a_wild_run_leaves_the_range_and_is_refused():
    """Du just below 1/4 with a strong feed: explicit Euler's own oscillation blows up."""
    assert leaves(tuple(to_unconstrained(TRUTH._replace(Du=0.2499, F=0.09)).tolist()), 32, 2000, 0) == (
        True,
        True,
    )
