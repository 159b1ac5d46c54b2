"""Methods on the cases where their authors, or theory, say what must come out."""

import numpy as np

from lib.studies.inversion import kalman, two_solutions
from lib.studies.inversion.convection import relative_error


def test_the_homotopy_finds_both_solutions_and_the_parameter_of_its_authors_example():
    found = two_solutions.recovered()
    assert abs(found.parameter / two_solutions.TRUE - 1) < 0.01
    exact = two_solutions.exact(np.linspace(0, 1, 101))
    assert np.abs(exact[1] - exact[0]).max() > 0.3
    assert np.abs(found.outputs - exact).max() < 0.01


def test_windows_cut_the_error_of_fast_convection_by_ten():
    """As many points in all: 0.022 against 0.91 when written; in as many seconds, one network had 0.80."""
    whole, windows = (relative_error(30.0, count, evaluations=300) for count in (1, 10))
    assert whole > 0.5
    assert windows < whole / 10


def test_stated_intervals_of_a_linear_model_hold_the_truth_as_often_as_they_say():
    """y = A θ + noise, θ ~ N(0, I): the truth lies in 95 % of the ensemble's intervals, give or take."""
    draw = np.random.default_rng(2)
    inside = []
    for _ in range(200):
        A, truth = draw.standard_normal((6, 2)), draw.standard_normal(2)
        y = A @ truth + draw.standard_normal(6)
        members = kalman.move(draw.standard_normal((400, 2)), lambda p, A=A: p @ A.T, y, draw)
        inside.append(np.abs(members.mean(axis=0) - truth) <= 1.96 * members.std(axis=0, ddof=1))
    assert 0.92 < np.mean(inside) < 0.98
