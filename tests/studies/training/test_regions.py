"""Which region an iteration was in, and what is counted there, on runs made by hand."""

import numpy as np
import pytest

from lib.simulate import Outcome
from lib.studies.training.acceptance import Refusal
from lib.studies.training.regions import Region, kinds, region, shares
from lib.studies.training.residence import residence
from lib.studies.training.visits import gradient_sizes, refusal_counts, visit
from tests.studies.training.traces import trace

#: Half of the plateau's height in these runs.
HALF = 130.0
PATTERN = [Outcome.PATTERN] * 2
#: A corner in which v does not spread within its few steps, though u does.
CORNER = {"outcome": PATTERN, "params": [0.2, 2e-15, 0.1, 1e-12], "steps": [66] * 2, "loss": 23.0}


def test_time_is_shared_out_by_region():
    run = trace(
        [
            {},
            {"outcome": [Outcome.PATTERN, Outcome.TRIVIAL], "loss": 20.0},
            {"outcome": PATTERN, "loss": 20.0},
        ]
    )
    assert shares(run, HALF) == {
        "trivial": 0.5, "uniform": 0, "pattern": 0.5, "diverged": 0, "flickering": 0, "frozen": 0,
    }  # fmt: skip
    assert region(run, HALF).values.tolist() == [[0, 0, 2]]


def test_a_corner_where_one_species_does_not_spread_is_frozen_and_no_pattern():
    run = trace([{"outcome": PATTERN, "loss": 20.0}, CORNER])
    assert region(run, HALF).values.tolist() == [[Region.PATTERN, Region.FROZEN]]
    assert gradient_sizes(run, HALF)["pattern"].tolist() == [5]
    found = residence(run, 1, HALF, (255.0, 265.0))
    assert (found.off_paper, found.frozen, found.frozen_iterations, found.frozen_loss) == (0.5, 1, 1, 23.0)


def test_the_bound_is_a_cell_in_the_runs_own_steps():
    slow = {"outcome": PATTERN, "loss": 20.0, "params": [0.2, 1e-4, 0.05, 0.06]}
    run = trace([{**slow, "steps": [4_900, 5_100]}])
    assert kinds(run, HALF).values.tolist() == [[[Region.FROZEN, Region.PATTERN]]]


def test_a_remnant_of_the_patch_on_the_plateau_is_no_pattern():
    run = trace([{"outcome": PATTERN, "loss": 212.0}, {"outcome": [Outcome.UNIFORM] * 2, "loss": 258.0}])
    assert region(run, HALF).values.tolist() == [[Region.UNIFORM] * 2]
    found = residence(run, 1, HALF, (255.0, 265.0))
    assert (found.uniform_iterations, found.remnants, found.inside) == (2, 1, 1)


def test_refusals_are_counted_by_region_and_by_reason():
    both = int(Refusal.NOT_CONVERGED | Refusal.OUT_OF_RANGE)
    low = {"outcome": PATTERN, "loss": 20.0}
    run = trace([{"refusal": [Refusal.IMPOSSIBLE, 0]}, {"refusal": [both, Refusal.NOT_CONVERGED], **low}])
    counts = refusal_counts(run, HALF)
    assert counts.sel(region="trivial", reason="impossible") == 1
    assert counts.sel(region="trivial", reason="accepted") == 1
    assert counts.sel(region="pattern", reason="several") == 1
    assert counts.sel(region="pattern", reason="not converged") == 1
    assert int(counts.sum()) == 4


def test_a_forward_run_that_two_tries_share_counts_once():
    run = trace([{"refusal": [Refusal.IMPOSSIBLE, Refusal.IMPOSSIBLE], "tried": [0.1, 0.1]}])
    assert int(refusal_counts(run, HALF).sum()) == 1


def test_switching_a_reason_off_on_paper_lets_only_its_tries_pass():
    run = trace([{"refusal": [Refusal.NOT_CONVERGED, 0]}, {"refusal": [Refusal.IMPOSSIBLE, 0]}, {}])
    found = visit(run, HALF, "trivial")
    assert (found.accepted, found.without_converged, found.without_any, found.beyond) == (1, 2, 2, 1)
    assert found.share == pytest.approx(1 / 3)


def test_the_plateau_is_where_v_has_died_and_where_it_is_uniform():
    uniform = {"outcome": [Outcome.UNIFORM] * 2, "gradient": [0.0, 0.0, 300.0, 400.0]}
    run = trace([{}, uniform, uniform])
    found = visit(run, HALF, "trivial", "uniform")
    assert (found.iterations, found.runs, found.length) == (3, 1, 500)
    nobody = visit(run, HALF, "pattern")
    assert (nobody.iterations, nobody.length, nobody.share) == (0, None, None)
    assert np.isnan(trace([{}]).tried.values[0, 0, 1])
