"""What the training figures show is what the numbers say."""

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from matplotlib.colors import to_hex
from matplotlib.figure import Figure
from matplotlib.quiver import Quiver

from lib.paper import TRUTH
from lib.showing.figures import ACCENT
from lib.showing.figures.gradients import adjoint_backwards, gradient_arrows, tangents
from lib.showing.figures.training import (
    SET_LINES,
    WRONG,
    acceptance_bars,
    loss_traces,
    paths,
    refusal_bars,
    regions,
    sampled_sets,
    second_segment,
    silence,
    spread_labels,
)
from lib.simulate import Outcome
from lib.studies.training.regions import shares
from lib.studies.training.trace import Signal
from lib.studies.training.trace_statistics import PAPER_BAND
from lib.studies.training.visits import refusal_counts
from tests.studies.training.traces import trace

mpl.use("agg")


def plane(gradient: np.ndarray) -> xr.Dataset:
    """A field over F and k with the given gradient (F, k, state, parameter)."""
    shape = gradient.shape[:3]
    variables = {
        "gradient": (("F", "k", "state", "parameter"), gradient),
        "loss": (("F", "k", "state"), np.ones(shape)),
    }
    coordinates = {
        "F": [0.03, 0.04],
        "k": [0.05, 0.06, 0.07],
        "state": [0],
        "parameter": ["Du", "Dv", "F", "k"],
    }
    return xr.Dataset(variables, coords=coordinates, attrs={"loss": "spectral"})


def test_arrows_are_coloured_by_where_they_lead_and_silence_has_none():
    gradient = np.ones((2, 3, 1, 4))
    gradient[0, 0] = 0
    cosine = np.full((2, 3, 1), 0.5)
    cosine[1, 2], cosine[0, 0] = -0.5, np.nan
    field = plane(gradient)
    figure = gradient_arrows(field, field.loss.copy(data=cosine))
    arrows = [part for part in figure.axes[0].get_children() if isinstance(part, Quiver)]
    counts = {to_hex(part.get_facecolor()[0]): part.N for part in arrows}
    assert counts == {ACCENT: 4, WRONG: 1}
    assert {part.angles for part in arrows} == {"xy"}, "the axes are not alike"
    assert figure.axes[0].get_legend() is None, "it would hide arrows"


def test_tangents_have_the_slope_of_the_gradient():
    k = np.linspace(0.06, 0.061, 3)
    gradient = np.zeros((3, 1, 4))
    gradient[:, 0, 3] = [100.0, -200.0, 0.0]
    variables = {"loss": (("k", "state"), np.array([[1.0], [2.0], [1.5]])),
                 "gradient": (("k", "state", "parameter"), gradient)}  # fmt: skip
    cut = xr.Dataset(
        variables, coords={"k": k, "parameter": ["Du", "Dv", "F", "k"]}, attrs={"loss": "spectral"}
    )
    lines = tangents(cut, "k").axes[0].get_lines()[:3]
    slopes = [np.diff(line.get_ydata())[0] / np.diff(line.get_xdata())[0] for line in lines]
    np.testing.assert_allclose(slopes, [100, -200, 0], atol=1e-9)


def test_labels_keep_their_distance_and_their_order():
    found = spread_labels(np.array([10.0, 11.0, 50.0, 10.5]), distance=5)
    heights = [height for height, _ in found]
    assert np.diff(heights).min() >= 5
    assert [text for _, text in found] == ["1: 10.0", "4: 10.5", "2: 11.0", "3: 50.0"]


def test_bars_show_the_shares():
    audit = xr.Dataset(
        {"share": ("place", [0.2, 1.0]), "low": ("place", [0.1, 0.9]), "high": ("place", [0.4, 1.0])},
        coords={"place": ["here", "there"]},
    )
    axis = acceptance_bars(audit).axes[0]
    assert [bar.get_width() for bar in axis.patches] == pytest.approx([0.2, 1.0])


PATTERN, TRIVIAL = [Outcome.PATTERN] * 2, [Outcome.TRIVIAL] * 2


def runs() -> xr.Dataset:
    """A run that slides from the plateau into patterns, and back."""
    return trace([
        {"loss": 260.0},
        {"loss": 20.0, "outcome": PATTERN, "gradient": [0.0, 0.0, 30.0, 40.0], "refusal": [8, 0]},
        {"loss": 262.0, "outcome": TRIVIAL, "gradient": [0.0] * 4, "signal": Signal.DEAD},
    ])  # fmt: skip


def legend_of(figure: Figure) -> set[str]:
    legends = [*figure.legends, *(axis.get_legend() for axis in figure.axes)]
    return {text.get_text() for legend in legends if legend for text in legend.get_texts()}


def test_traces_show_every_loss_the_papers_band_and_the_targets():
    figure = loss_traces(
        {"spectral": runs(), "windowed": runs()},
        {"spectral": (258, 265), "windowed": (234, 240)},
        {"spectral": 130.0, "windowed": 120.0},
    )
    upper = figure.axes[0]
    assert upper.get_lines()[0].get_ydata().tolist() == [260, 20, 262]
    dotted = {line.get_ydata()[0] for line in upper.get_lines() if line.get_linestyle() == ":"}
    assert dotted == set(PAPER_BAND)
    assert {"trivial", "pattern"} <= legend_of(figure)


def test_the_seven_sets_are_joined_from_one_loss_to_the_other():
    values = np.arange(7.0)
    table = xr.Dataset({"spectral": ("set", values), "windowed": ("set", 10 * values)})
    figure = sampled_sets(np.zeros((7, 4, 4)), table)
    lines = [line.get_ydata().tolist() for line in figure.axes[-1].get_lines()[:7]]
    assert lines == [[value, 10 * value] for value in values]


def test_sets_without_a_pattern_are_drawn_as_such():
    images = np.zeros((7, 4, 4))
    images[2:, 0, 0] = 0.3
    table = xr.Dataset({"spectral": ("set", np.arange(7.0)), "windowed": ("set", np.arange(7.0))})
    figure = sampled_sets(images, table)
    colours = [to_hex(line.get_color()) for line in figure.axes[-1].get_lines()[:7]]
    assert colours == [
        SET_LINES[kind]["color"] for kind in ("none", "none", "target", "target", *["other"] * 3)
    ]
    assert "no pattern" in legend_of(figure)


def test_the_corner_has_a_colour_and_a_name_of_its_own():
    corner = {"loss": 23.0, "outcome": PATTERN, "params": [0.2, 2e-15, 0.1, 1e-12], "steps": [66] * 2}
    figure = paths({"plain": trace([{}, corner])}, {"truth": TRUTH}, 130)
    assert legend_of(figure) == {"trivial", "frozen"}


def test_bars_of_regions_add_up_to_the_shares_and_the_bar_is_the_median():
    figure = regions({"here": shares(runs(), 130)}, {"pattern": np.array([1.0, 10.0, 100.0])})
    widths = [bar.get_width() for bar in figure.axes[0].patches]
    assert sum(widths) == pytest.approx(1)
    assert figure.axes[1].get_lines()[1].get_xdata()[0] == 10


def test_refusals_are_shares_of_each_regions_tries():
    figure = refusal_bars({"plain": refusal_counts(runs(), 130)})
    assert [text.get_text() for text in figure.axes[0].get_yticklabels()] == [
        "plain, trivial (2 tries)", "plain, pattern (2 tries)",
    ]  # fmt: skip
    assert legend_of(figure) == {"accepted", "impossible"}


def test_silence_is_a_cross_and_not_a_small_length():
    left = silence({"run": runs()}).axes[0]
    lengths, crosses = left.get_lines()[:2]
    assert lengths.get_ydata().tolist() == [5, 50]
    assert crosses.get_xdata().tolist() == [2]


def test_paths_have_a_dot_for_each_iteration_and_every_landmark():
    figure = paths({"plain": runs()}, {"truth": TRUTH}, 130)
    dots = sum(len(line.get_xdata()) for line in figure.axes[0].get_lines() if line.get_marker() == ".")
    assert dots == 3
    stars = [line.get_xydata()[0] for line in figure.axes[0].get_lines() if line.get_marker() == "*"]
    np.testing.assert_allclose(stars, [(TRUTH.k, TRUTH.F)])


def test_re_runs_are_drawn_with_the_recorded_end():
    figure = second_segment({"rate 0.001": runs()}, [0.1, 0.2, 0.3, 0.4])
    ends = [axis.get_lines()[-1].get_ydata()[0] for axis in figure.axes[1:5]]
    assert ends == [0.1, 0.2, 0.3, 0.4]


def test_the_adjoint_is_drawn_with_its_end_as_the_reference():
    norms = xr.DataArray(
        [[1.0, 100.0, np.nan]], dims=("place", "back"), coords={"place": ["a"], "back": [0, 20, 40]}
    )
    axis = adjoint_backwards(norms).axes[0]
    assert axis.get_lines()[0].get_ydata()[:2].tolist() == [1, 100]
    assert axis.get_lines()[1].get_ydata()[0] == 1
