"""Sentences on rivals, in every form that their numbers may ask for."""

from dataclasses import replace

import pytest

from lib.publishing.sentences import inversion as says
from lib.studies.inversion.asides import Asides

BESIDE = Asides(
    cases=100, lowest=0.85, highest=0.93, doubt=0.2, told=0.9, downhill=0.5, living=None, steps=96, between=0,
    moments=4, network=0.9, network_seconds=12.0, solver=0.01, solver_seconds=0.2, ratio=90.0,
)  # fmt: skip


@pytest.mark.parametrize(
    ("titles", "said"),
    [
        ([], "S1: every curve has flattened"),
        (["one"], "**not yet flat** is the curve of one."),
        (["one", "two"], "**not yet flat** are the curves of one; two."),
    ],
)
def test_whose_curve_has_not_flattened_is_named(titles: list[str], said: str):
    assert said in says.at_rest({"S1": titles})
    apart = says.at_rest({"S1": titles}, ["three"])
    assert "no curve can tell what more would give: three." in apart
    assert ("every other curve" in apart) == (not titles)


def test_the_forward_networks_error_stands_beside_the_simulators():
    assert "off by 90 %" in says.forward(BESIDE)
    assert "0.20 s to be off by 1.0 %" in says.forward(BESIDE)


def test_where_the_judge_is_unsure_nobodys_error_is_told():
    unsure = replace(BESIDE, moments=1, network=None, solver=None, solver_seconds=None, ratio=None)
    assert "nobody's error can be told" in says.forward(unsure)


def test_where_no_run_was_as_quick_it_says_so():
    assert "No run of the simulator" in says.forward(
        replace(BESIDE, solver=None, solver_seconds=None, ratio=None)
    )
