"""Both forms of every sentence exist, and the numbers choose between them."""

import re
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from lib.publishing.sentences import films, horizon, network, residual
from lib.publishing.wording import Quantity, counted, percent, said
from lib.simulate import Outcome
from lib.studies.horizon.summary import Checks, Closing, Controls, Noisy, Search
from lib.studies.pinn.summary import Completion, Landscape, Obstacle, Repair
from lib.studies.pinn.weight_landscape import Minimum
from lib.studies.residual_fit.rough_pictures import Named, Rounding
from lib.studies.residual_fit.summary import Ages, Bowl, Elsewhere, InitialStates, Noise, Partial, Ranges

SEARCH = Search(20, 100, 240.0, 1, 2000, 0, 20, 3e-9)
CONTROLS = Controls(10, 10, 1, 1, 10, 8, 1, 9, 500, 2, 10)
CLOSING = Closing(2.0, 0.02, 0.03, 100, 20.0, 4e4, 20, (30, 100), (8, 2), (20, 3), (20, 20))
NOISY = Noisy(4, 0.6, 0.02, 30, 100, 0.05, 5)
AGES = Ages(100, 3000, 0.5, 0.02, 1e-6, 1e-9, 0.34, 0.34, 300, 0.05, 1e-9, 1000, 5e-4, 0.02)
UNKNOWN = replace(AGES, young_one=None, young_two=None, noisy_one=None, noisy_two=None, one_first=None)
RANGES = Ranges(0.7, 0.37, 0.014, 0.027)
BOWL = Bowl(1e-15, 9, 1e-15, 2.9, 1e-13, 2e-3, 100.0, 1e-6, 4, 2e-6)
ELSEWHERE = Elsewhere(12, 12, 6e-6, 1e-4, 2e-3)
NOWHERE = Elsewhere(12, 0, None, None, None)
FIT = (AGES, Noise(8, 0.7, 0.004, 0.07, 0.02), RANGES, Partial(8, 0.01, 5.0, None, 0.3, 0.1))
STATES = InitialStates(4, 6, 1e-8, 1.2e-3, 5e-5, 2, 2e-5, 1e5)
NAMED = Named("F", 0.0488, 0.0082, 0.39, 1.7)
REPAIR = Repair(
    12,
    6,
    6,
    0,
    16,
    0.04,
    0.6,
    0.1,
    0.1,
    0.05,
    0.05,
    0.05,
    0.0,
    0.05,
    0.5,
    0.07,
    0.2,
    0.2,
    0.0,
    0.1,
    0.5,
    0.1,
    6,
    6,
    6,
    0.3,
    0.8,
)
ERRORS = {"all of u and v": {"network": 1e-3, "rival": 1e-7}}
COMPLETION = Completion(3, 21, 21, 1800, 2e-3, 0, 4, 1, 1, 0, ERRORS, 1.0)
LANDSCAPE = Landscape(2, 4, 11, (), 40, 2, 2e-6, 0.8, 0.01, 2)
OBSTACLE = Obstacle("frame, tanh", False, Minimum(-0.8, -0.4, 12.4), 1.2e-5)


def test_numbers_are_set_as_people_read_them():
    assert said(3.2e-8) == "3.2\u00a0·\u00a010⁻⁸"
    assert said(None) == "not measured"
    assert percent(-0.1234) == "−12 %"
    assert percent(13.2) == "13 times the value"
    assert percent(-13.2) == "−13 times the value"
    assert f"{Quantity(25):.0%} {Quantity(0.25):.0%}" == "25 times the value 25\u00a0%"
    assert (counted(1, "start"), counted(3, "start")) == ("1 start", "3 starts")


ALL = [
    horizon.searches(SEARCH, replace(SEARCH, all_up_to=None, breaks_at=None)),
    *horizon.phrases(SEARCH).values(), *horizon.phrases(replace(SEARCH, all_up_to=None)).values(),
    horizon.checks(Checks(1e-15, {1: 1e-9, 1000: 1e-7}, 128, 3, {10: 3, 100: 3}, {10: 3, 100: 2})),
    horizon.controls(CONTROLS), horizon.closing(CLOSING), horizon.noise(NOISY),
    residual.minimum(BOWL, ELSEWHERE, *FIT), residual.minimum(BOWL, NOWHERE, *FIT),
    residual.dip(AGES), residual.dip(replace(AGES, dip=None)), residual.dip(UNKNOWN),
    residual.named([]), residual.named([NAMED]), residual.rounding(Rounding((6, 8, 10), (12, 16))),
    residual.rounding(Rounding((6,), ())), residual.rounding(Rounding((), (6, 8))),
    residual.advice(AGES), residual.advice(UNKNOWN), residual.initial_states(STATES),
    residual.second_frame(AGES, RANGES), residual.second_frame(UNKNOWN, RANGES),
    network.repair(REPAIR), network.repair(replace(REPAIR, step=None, still_bare=0, gain_error=None)),
    network.no_repair(REPAIR), network.no_repair(replace(REPAIR, patterned=0, gain_inside=None, unknown=1)),
    network.completion(COMPLETION),
    network.completion(replace(COMPLETION, rested=3, undecided=2, gap=None, unrested=1)),
    network.landscape(LANDSCAPE), network.landscape(replace(LANDSCAPE, obstacles=(OBSTACLE,), lowest=-0.1)),
]  # fmt: skip


@pytest.mark.parametrize("text", ALL)
def test_no_sentence_shows_a_number_as_a_machine_does(text):
    assert not re.search(r"\d[eE][+-]\d|(?<!\w)-\d|\bnan\b|\binf\b|\bNone\b", text), text
    assert "  " not in text
    assert text.count("**") % 2 == 0


@pytest.mark.parametrize(
    ("tell", "one", "other", "phrase"),
    [
        (horizon.noise, NOISY, replace(NOISY, best=0.7), "compare the cures"),
        (horizon.controls, CONTROLS, replace(CONTROLS, origin=2), "hardly matters"),
        (horizon.controls, CONTROLS, replace(CONTROLS, origin_spectral=3), "hardly matters"),
        (horizon.controls, CONTROLS, replace(CONTROLS, patch=4), "a young pattern has a bowl"),
        (horizon.controls, CONTROLS, replace(CONTROLS, found_longest=10), "enough to break it"),
        (horizon.controls, CONTROLS, replace(CONTROLS, found_longest=9), "enough to break it"),
        # Two of the two that were tried at the longest horizon are all.
        (horizon.controls, CONTROLS, replace(CONTROLS, tried_longest=2), "enough to break it"),
        (horizon.controls, CONTROLS, replace(CONTROLS, spectral=8), "is enough, too"),
        (residual.dip, AGES, replace(AGES, dip=None), "up to 2.0 % again"),
        (residual.advice, AGES, UNKNOWN, "A second frame replaces waiting"),
        (residual.initial_states, STATES, replace(STATES, unresolved=0), "too coarse for 2"),
        (residual.named, [NAMED], [], "off by 39 %"),
        (residual.named, [NAMED], [NAMED] * 4, "The others it refuses to name"),
        (
            residual.rounding,
            Rounding((6, 8), (16,)),
            Rounding((6, 8, 16), ()),
            "helps against rounding at 6 and 8 bits",
        ),
        (horizon.controls, CONTROLS, replace(CONTROLS, spectral=7), "is enough, too"),
        (horizon.controls, replace(CONTROLS, found_longest=9), CONTROLS, "loses more starts"),
        (horizon.controls, replace(CONTROLS, spectral=7), CONTROLS, "loses some starts"),
        (horizon.closing, CLOSING, replace(CLOSING, continued=(8, 3)), "the way to the truth is still open"),
        (horizon.closing, CLOSING, replace(CLOSING, continued=(9, 3)), "the way to the truth is still open"),
        (residual.initial_states, STATES, replace(STATES, spectral=None, ratio=None), "times as far"),
        (network.repair, REPAIR, replace(REPAIR, still=2), "no slope."),
        (network.no_repair, REPAIR, replace(REPAIR, still_both=0), "exactly 0 there"),
        (network.no_repair, REPAIR, replace(REPAIR, gain_inside=0.5), "the claim holds there"),
        (network.no_repair, replace(REPAIR, unknown=2), REPAIR, "Left out: 2 starts"),
        (network.repair, REPAIR, replace(REPAIR, lowered=0.9), "bends its picture"),
        (network.landscape, LANDSCAPE, replace(LANDSCAPE, obstacles=(OBSTACLE,)), "no second minimum"),
        (network.landscape, LANDSCAPE, replace(LANDSCAPE, lowest=-1e-3), "No negative curvature was found"),
    ],
)
def test_the_other_outcome_has_its_own_sentence(tell, one, other, phrase):
    assert phrase in tell(one)
    assert phrase not in tell(other)


def test_a_second_minimum_is_reported_as_an_obstacle_with_place_and_height():
    told = network.landscape(replace(LANDSCAPE, obstacles=(OBSTACLE,)))
    assert (
        "an obstacle to descent, 1 second minimum: frame, tanh, random plane, at (−0.80, −0.40), loss 12"
        in told
    )
    assert replace(LANDSCAPE, obstacles=(OBSTACLE,)).measured["minima"] == 1


def test_a_curvature_below_rounding_is_not_called_negative():
    assert replace(LANDSCAPE, lowest=-1e-6).negative == 0
    assert "1.0 %" in network.landscape(replace(LANDSCAPE, lowest=-0.01))


def test_how_far_off_other_sets_are_is_told_with_its_largest():
    told = residual.minimum(BOWL, ELSEWHERE, *FIT)
    assert "off by 6.0\u00a0·\u00a010⁻⁶ in the median and by 0.00010 at most" in told
    assert "No other set" in residual.minimum(BOWL, NOWHERE, *FIT)


def test_a_second_frame_is_recommended_only_where_it_helped():
    helped = residual.second_frame(replace(AGES, noisy_two=0.01), RANGES)
    assert "it still helps" in helped
    assert "does not help" in residual.second_frame(AGES, RANGES)


def test_a_film_says_how_each_of_its_runs_ended():
    outcome = [Outcome.TRIVIAL, Outcome.PATTERN, Outcome.PATTERN, Outcome.DIVERGED]
    data = xr.Dataset(
        {"outcome": ("panel", np.array(outcome))},
        coords={"title": ("panel", ["a", "b", "c", "d"]), "time": [0, 40_000]},
    )
    text = films.ends(data)
    assert "2 with a pattern (b, c)" in text
    assert "1 with v dead (a)" in text
    assert "diverged (red)" in text
    assert "uniform" not in text


@pytest.mark.parametrize(
    ("search", "said"),
    [
        (SEARCH, "half of the starts are lost at T ≈ 240"),
        (replace(SEARCH, breaks_at=None, found_last=20), "find it at every horizon tried, up to T = 2,000"),
        (replace(SEARCH, all_up_to=None, breaks_at=None), "miss it from the shortest horizon on, T = 1"),
    ],
)
def test_where_half_of_the_starts_are_lost_has_three_answers(search: Search, said: str) -> None:
    assert said in horizon.phrases(search)["hz-found"]


def test_where_few_starts_were_tried_the_sentence_says_how_many() -> None:
    assert horizon.searched("It", SEARCH).endswith("At $T =$ 2,000, 0 of 20 starts find the truth.")
    few = horizon.searched("It", replace(SEARCH, tried_last=5))
    assert few.endswith("At $T =$ 2,000, 0 of the first 5 starts find the truth.")


def test_the_front_page_has_a_heading_with_a_number_whatever_came_out() -> None:
    assert horizon.phrases(SEARCH)["hz-front"] == "T = 100 steps"
    assert horizon.phrases(replace(SEARCH, all_up_to=1))["hz-front"] == "T = 1 step"
    assert horizon.phrases(replace(SEARCH, all_up_to=None))["hz-front"] == "Not even T = 1 step"
