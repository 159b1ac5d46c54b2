"""Sentences that were once typed on the pages: each outcome has its form, and the numbers choose it."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from lib.paper import TRUTH
from lib.publishing.sentences import horizon, network, residual
from lib.publishing.sentences.branch_ends import EndsOfBranch, branch_ends, ends_of_branch
from lib.studies.bifurcation.cliff_causes import Outline
from lib.studies.bifurcation.continuation import Branch
from lib.studies.bifurcation.stability import Instability
from lib.studies.horizon.checks import LENGTHS
from lib.studies.horizon.summary import Checks
from tests.publishing.test_sentences_residual import AGES, COMPLETION, CONTROLS, NOISY, SEARCH


@pytest.mark.parametrize(
    ("squares", "noise", "said"),
    [
        # Two experiments: noisy data from one start, and many starts without noise.
        (SEARCH, NOISY, "without noise it finds the truth from every one of 20 starts"),
        (SEARCH, NOISY, "from the paper's start, least squares is off by 2.0 %"),
        (SEARCH, NOISY, "of the 5 horizons tried, this one lies nearest to the truth"),
        (replace(SEARCH, all_up_to=10), NOISY, "without noise it misses the truth from some of 20 starts"),
        (replace(SEARCH, all_up_to=None), NOISY, "without noise it misses the truth from some of 20 starts"),
        (SEARCH, replace(NOISY, best=0.6), "no horizon that was tried"),
    ],
)
def test_the_range_in_between_is_there_only_if_it_was_measured(squares: Any, noise: Any, said: str):
    assert said in horizon.between(squares, noise)


def test_an_empty_dish_is_no_bound_where_the_loss_rises_higher():
    assert "no bound: over the F–k plane above, the loss reaches 3.5 times" in horizon.heights(0.12, 0.42)
    assert "nowhere larger" in horizon.heights(0.12, 0.12)


def test_the_direct_route_is_spoilt_by_what_spoilt_it():
    longer, forgets = "at long horizons", "under a loss that forgets positions"
    both = horizon.follows(SEARCH, CONTROLS)
    assert f"{longer} and {forgets}" in both
    assert "not ill-posed as such" in both
    assert longer not in horizon.follows(SEARCH, replace(CONTROLS, found_longest=10))
    # Two of the two that were tried at the longest horizon are all.
    assert longer not in horizon.follows(SEARCH, replace(CONTROLS, tried_longest=2))
    assert forgets not in horizon.follows(SEARCH, replace(CONTROLS, spectral=8))
    assert "Neither" in horizon.follows(SEARCH, replace(CONTROLS, spectral=8, found_longest=10))
    assert "Even at the shortest" in horizon.follows(replace(SEARCH, all_up_to=None), CONTROLS)


@pytest.mark.parametrize(
    ("gap", "said"), [(2e-3, "the bowl does the rest"), (0.2, "only within 20 %"), (None, "is open")]
)
def test_whose_parameters_a_network_has_is_said_by_the_gap(gap: float | None, said: str):
    assert said in network.parameters(replace(COMPLETION, gap=gap))


def test_the_gradients_check_says_that_the_closest_of_several_differences_counts():
    checked = horizon.checks(Checks(1e-15, {1: 1e-9}, 128, 3, {}, {}))
    assert f"with the closest of {len(LENGTHS)} lengths of the step" in checked


def test_a_second_frame_is_advised_for_what_it_did():
    assert residual.advice(AGES).endswith("against noise it did not help.")
    assert residual.advice(replace(AGES, noisy_two=0.01)).endswith("against noise it helped.")
    assert "does not replace waiting" in residual.advice(replace(AGES, young_two=0.05))


def branch(fold: float, lost: float, mode: complex = 0.01) -> Outline:
    """A branch that folds here, and stops attracting there by this mode."""
    points = Branch("k", np.zeros(1), np.zeros((1, 2)), fold)
    return Outline(points, Instability(lost, complex(mode)))


def test_branches_are_counted_by_which_end_comes_first():
    k, nothing = float(TRUTH.k), np.nan
    outlines = {
        ("k", -1): branch(0.9 * k, nothing),
        ("Dv", -1): branch(0.0755, 0.07552, 6.6e-5),  # the fold's own mode, seen within a step of it
        ("k", 1): branch(1.2 * k, 1.1 * k, 0.01 + 0.2j),
        ("F", -1): branch(nothing, 0.03),
        ("Du", -1): branch(nothing, nothing),
    }
    assert ends_of_branch(outlines, inwards=True) == EndsOfBranch(2, 2, 0, 0)
    assert ends_of_branch(outlines, inwards=False) == EndsOfBranch(3, 0, 2, 1)


def test_how_branches_end_is_said_by_the_counts():
    text = branch_ends(EndsOfBranch(4, 4, 0, 0), EndsOfBranch(4, 0, 4, 4))
    assert "in 4 of 4 directions it attracts up to its fold." in text
    assert "in 4 of 4 directions it stops attracting before it meets a fold, as a pair" in text
    assert "2 \\pi / \\omega" in text
    other = branch_ends(EndsOfBranch(4, 1, 2, 0), EndsOfBranch(1, 1, 0, 0))
    assert "in 2 of 4 directions it stops attracting before it meets a fold, none of them as a pair" in other
    assert "in 1 of 4 directions it meets neither end as far as it was followed." in other
    assert "in 1 of 1 direction it attracts" in other
    assert "omega" not in other
    assert "Outwards*, no branch was followed." in branch_ends(
        EndsOfBranch(2, 2, 0, 0), EndsOfBranch(0, 0, 0, 0)
    )
