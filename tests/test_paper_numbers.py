"""The paper's picture, asserted from runs at full size: 128² cells, 40,000 steps."""

import numpy as np
import pytest
import torch

from lib import SAMPLED_SETS, TRUTH, Outcome, Params, initial_state, simulate
from lib.studies.landscapes import sweep
from lib.studies.landscapes.flatness import patterned

#: Mean losses of the seven sets from shared initial states, as found in independent runs of the
#: model: (spectral, windowed). Pictures with a few dots depend on the noise, hence wide bands.
#: Set 7 has a test of its own.
EXPECTED = {2: (11.0, 6.3), 4: (42.2, 220), 5: (15.8, 210)}


@pytest.fixture(scope="module")
def seven_sets():
    return sweep.evaluate(np.array(SAMPLED_SETS), states=8, title="seven sets")


def test_the_loss_at_the_truth_is_zero(seven_sets):
    assert (seven_sets.spectral[3] == 0).all()
    assert (seven_sets.windowed[3] == 0).all()


def test_the_plateau_has_the_papers_height(seven_sets):
    """245–262 for the spectral loss, about 235 for the windowed one; no pattern lives at sets 1 and 2."""
    for i in (0, 1):
        assert 240 < float(seven_sets.spectral[i].mean()) < 265
        assert 230 < float(seven_sets.windowed[i].mean()) < 240
        assert not patterned(seven_sets)[i]


@pytest.mark.parametrize("i", EXPECTED)
def test_the_sampled_sets_lie_near_their_known_losses(seven_sets, i):
    spectral, windowed = EXPECTED[i]
    assert float(seven_sets.spectral[i].mean()) == pytest.approx(spectral, rel=0.5, abs=4)
    assert float(seven_sets.windowed[i].mean()) == pytest.approx(windowed, rel=0.4, abs=4)


def test_the_seventh_set_ends_in_one_of_two_pictures(seven_sets):
    """From some initial states a full dish of spots, from others four dots: the windowed loss is
    small or nearly a uniform field's, with nothing between."""
    windowed = seven_sets.windowed[6]
    few_dots, full = windowed > 190, windowed < 40
    assert (few_dots | full).all()
    assert few_dots.any()
    assert full.any()


def test_a_low_loss_does_not_mean_a_correct_fit(seven_sets):
    """Sets 3 and 7 differ little in the spectral loss, and wholly in the windowed one."""
    three, seven = seven_sets.isel(point=2).mean("state"), seven_sets.isel(point=6).mean("state")
    assert abs(float(three.spectral - seven.spectral)) < 8
    assert float(seven.windowed) > 5 * float(three.windowed)


@pytest.mark.parametrize(
    ("parameter", "patterned_at", "lost_at", "cliff"),
    [
        ("k", 0.0575, 0.0550, 0.056),
        ("k", 0.0645, 0.0660, 0.065),
        ("F", 0.0345, 0.0315, 0.033),
        ("F", 0.0565, 0.0595, 0.058),
        ("Du", 0.1580, 0.1520, 0.156),
        ("Du", 0.2340, 0.2460, 0.240),
        ("Dv", 0.0810, 0.0840, 0.082),
    ],
)
def test_the_cliffs_lie_where_the_paper_has_them(parameter, patterned_at, lost_at, cliff):
    """A pattern on the near side of each cliff, none on the far side, for both initial states."""
    assert min(patterned_at, lost_at) <= cliff <= max(patterned_at, lost_at)
    values = {**TRUTH._asdict(), parameter: torch.tensor([patterned_at] * 2 + [lost_at] * 2)}
    state = initial_state(2)
    both = type(state)(*(field.repeat(2, 1, 1) for field in state))
    outcome = simulate(Params(**values), both, 40_000).outcome
    assert (outcome[:2] == Outcome.PATTERN).all()
    assert (outcome[2:] != Outcome.PATTERN).all()
