"""Figures beside the benchmark show what was measured, and the band that chance allows."""

import numpy as np
import pytest

from lib.showing.figures import beside_the_benchmark
from lib.studies.inversion.forward_network import Course


def test_the_simulators_runs_are_points_and_trainings_are_lines() -> None:
    courses = [
        Course("simulator", [0.1, 0.4, 1.6], [0.3, 0.02, 0.001]),
        Course("sines", [1.0, 10.0], [0.9, 0.6]),
        Course("tanh", [1.0, 12.0], [0.95, 0.7]),
    ]
    (axis,) = beside_the_benchmark.course(courses).axes
    points, *lines = axis.get_lines()
    assert points.get_marker() == "o"
    assert points.get_linestyle() == "None"
    assert [line.get_linestyle() for line in lines] == ["-", "--"]
    assert lines[1].get_ydata() == pytest.approx([0.95, 0.7])
    assert {axis.get_xscale(), axis.get_yscale()} == {"log"}


def test_ranks_that_are_uniform_stay_in_the_band_and_narrow_ones_leave_it() -> None:
    even, narrow = (np.repeat(x[:, None], 4, axis=1) for x in (np.linspace(0, 1, 200), np.full(200, 0.5)))
    for found, inside in ((even, True), (narrow, False)):
        (axis,) = beside_the_benchmark.ranks(found).axes
        (band,) = axis.collections
        edges = band.get_paths()[0].vertices[:, 1]
        curve = np.asarray(axis.get_lines()[0].get_ydata(), dtype=float)
        assert (edges.min() <= curve.min() and curve.max() <= edges.max()) == inside
        assert len(axis.get_lines()) == 5  # four parameters and zero
