"""The figures of rivals and remedies say what their numbers say."""

from itertools import islice

import numpy as np
import xarray as xr

from lib.showing.figures import inversion
from lib.showing.figures.dark import AS_IT_IS

NAMES = {"a": ("method a", "baseline"), "b": ("method b", "remedy")}


def test_a_method_that_does_not_apply_has_no_line():
    shares = xr.DataArray(
        [[[0.0, 1.0]], [[np.nan, np.nan]]],
        coords={"approach": ["a", "b"], "scheme": ["S1"], "spent": [0.0, 1.0]},
        dims=("approach", "scheme", "spent"),
    )
    figure = inversion.success_against_cost(shares, {"S1": "settled v"}, NAMES, 100, 0.05)
    lines = [line.get_label() for axis in figure.axes for line in axis.get_lines()]
    assert lines == ["method a"]


def test_methods_that_solve_nothing_share_a_line_that_counts_them_and_looks_never_repeat():
    shares = xr.DataArray(
        [[[0.0, 0.0]], [[0.0, 0.5]], [[0.0, 0.0]]],
        coords={"approach": ["a", "b", "c"], "scheme": ["S1"], "spent": [0.0, 1.0]},
        dims=("approach", "scheme", "spent"),
    )
    names = {**NAMES, "c": ("method c", "rival")}
    (axis,) = inversion.success_against_cost(shares, {"S1": "settled v"}, names, 100, 0.05).axes
    assert [text.get_text() for text in axis.texts] == ["0 % by 2 of 3 methods"]
    assert len(axis.get_lines()) == 2
    looks = list(islice(inversion.distinct(), 40))
    assert len(set(looks)) == 40


def test_the_map_tells_no_answer_from_not_applicable():
    errors = xr.DataArray(
        [[0.01, np.inf], [np.nan, 2.0]],
        coords={"approach": ["a", "b"], "scheme": ["S1", "S2"]},
        dims=("approach", "scheme"),
    )
    figure = inversion.error_map(errors, NAMES, 0.05)
    assert [text.get_text() for text in figure.axes[0].texts] == ["1.0 %", "none", "–", "200 %"]
    assert [text.get_gid() == AS_IT_IS for text in figure.axes[0].texts] == [True, True, False, True]


def test_pictures_carry_their_titles():
    figure = inversion.recovered([("target", np.eye(4)), ("lost", np.full((4, 4), np.nan))], columns=3)
    assert [axis.get_title() for axis in figure.axes] == ["target", "lost", ""]
