"""The figures of Sections 4 and 5 and of Appendices A and C are drawn from data one can read off by eye."""

import numpy as np
import pytest
import xarray as xr

from lib import TRUTH, Outcome, initial_state
from lib.showing.figures import cliffs, gradient_routes, intermediate, noise_floor, states
from lib.studies.bifurcation.cliff_causes import Outline
from lib.studies.bifurcation.continuation import Branch
from lib.studies.bifurcation.stability import Instability
from lib.studies.patterns.other_initial_states import KINDS

DRAW = np.random.default_rng(0)


pytestmark = pytest.mark.usefixtures("book_style")


def legend_of(figure) -> set[str]:
    legends = [*figure.legends, *(axis.get_legend() for axis in figure.axes)]
    return {text.get_text() for legend in legends if legend for text in legend.get_texts()}


def test_a_reached_plane_tells_carried_from_grown_and_shows_the_bisected_edges():
    plane = xr.Dataset(
        {"patch": (("F", "k"), [[0, 2, 0], [0, 0, 0]]), "carried": (("F", "k"), [[0, 2, 2], [-1, 0, 0]])},
        coords={"F": [0.03, 0.04], "k": [0.056, 0.06, 0.065]},
    )
    edges = xr.Dataset(
        {"low": (("F", "seed"), [[0.058], [np.nan]]), "high": (("F", "seed"), [[0.0625], [np.nan]])},
        coords={"F": [0.03, 0.04]},
    )
    figure = cliffs.reach(plane, edges)
    names = {"carried only", "from the patch, and carried", "edge, bisected", "Hopf", "saddle-node", "Turing"}
    assert names <= legend_of(figure)
    assert "from the patch only" not in legend_of(figure)
    dots = [line for line in figure.axes[0].get_lines() if line.get_label() == "edge, bisected"]
    assert sorted(float(line.get_xdata()[0]) for line in dots) == [0.058, 0.0625]
    assert "Hopf" not in legend_of(cliffs.reach(plane))


def test_flicker_is_marked_only_where_it_was_found():
    found = xr.Dataset(
        {"eigenvalue": ("Du", [1.8, 1.9]), "bound": ("Du", [1.9, 2.0])}, coords={"Du": [0.2, 0.22]}
    )
    assert "flicker begins (bisection)" in legend_of(cliffs.stiffness(found, np.array([0.236, np.nan])))
    assert "flicker begins (bisection)" not in legend_of(cliffs.stiffness(found, np.array([np.nan])))


def test_a_bifurcation_diagram_shows_folds_cliffs_and_ways():
    segment = xr.Dataset({"mean": ("value", [0.1, 0.09])}, coords={"value": [0.065, 0.066]})
    branch = Branch("k", np.array([0.065, 0.07, 0.069]), DRAW.uniform(size=(3, 8)), 0.07)
    outline = Outline(branch, Instability(0.068, 0.01j))
    table = xr.Dataset({"place": (("edge", "seed"), [[0.0654, 0.0655]])}, coords={"edge": ["high k"]})
    curves = {name: {"Hopf": [0.056] if name == "k" else []} for name in TRUTH._fields}
    figure = cliffs.diagrams(table, {("k", 1): (segment, segment)}, {("k", 1): outline}, curves)
    marks = {line.get_marker() for line in figure.axes[3].get_lines()}
    assert {"s", "X"} <= marks
    fold = next(line for line in figure.axes[3].get_lines() if line.get_marker() == "s")
    assert fold.get_markerfacecolor() == "none", "the loss of stability behind it stays visible"
    assert len(figure.axes[3].patches) == 1
    drawn = [np.nanmax(line.get_ydata()) for line in figure.axes[3].get_lines() if len(line.get_xdata()) > 2]
    assert figure.axes[3].get_ylim()[1] > max(drawn)


def test_no_point_of_a_bifurcation_diagram_lies_above_its_axis_and_no_cliff_is_dropped_for_one_seed():
    high = xr.Dataset({"mean": ("value", [0.1, 0.41])}, coords={"value": [0.065, 0.055]})
    table = xr.Dataset({"place": (("edge", "seed"), [[0.0558, np.nan]])}, coords={"edge": ["low k"]})
    figure = cliffs.diagrams(table, {("k", -1): (high, high)}, {}, {name: {} for name in TRUTH._fields})
    assert figure.axes[3].get_ylim()[1] > 0.41
    assert len(figure.axes[3].patches) == 1


def test_patches_records_and_surveys_are_drawn():
    side = xr.Dataset({"place": ("side", [0.066, np.nan])}, coords={"side": [8, 10]})
    strength = xr.Dataset({"place": ("patch", [0.065])}, coords={"patch": ["u = 0.5, v = 0.25"]})
    figure = cliffs.patches(side, strength, 0.0725)
    assert len(figure.axes) == 2
    assert "the truth's $k$" in [text.get_text() for text in figure.axes[0].texts]
    time = np.arange(0, 400, 40)
    run = xr.Dataset(
        {"mean": ("time", 0.2 + 0 * time), "spread": ("time", 0.01 * (time > 200)),
         "v": (("shown", "row", "column"), DRAW.uniform(size=(12, 4, 4)))},
        coords={"time": time, "shown": np.arange(12) * 40},
    )  # fmt: skip
    figure = cliffs.cycles({0.0557: run})
    assert "looks uniform below" in legend_of(figure)
    survey = xr.Dataset(
        {"outcome": (("point", "dt"), [[3, 2], [2, 2]]), "top": (("point", "dt"), [[0.4, 0.4]] * 2),
         "Du": ("point", [0.24, 0.16]), "F": ("point", [0.035] * 2)},
        coords={"dt": [1.0, 0.5]},
    )  # fmt: skip
    assert {"diverged", "pattern"} <= legend_of(cliffs.survey(survey))


def test_routes_left_out_leave_no_line():
    gradient = DRAW.normal(size=(2, 2, 4, 4))
    gradient[0, -1] = np.nan
    patch = gradient[:, 0].copy()
    patch[1] = np.nan
    found = xr.Dataset(
        {"unrolled": (("loss", "horizon", "parameter", "set"), gradient),
         "implicit": (("loss", "parameter", "set"), gradient[:, 0]),
         "patch": (("loss", "parameter", "set"), patch),
         "outcome": ("set", [2, 2, 0, 2]), "drift": ("set", [1e-9, 1e-3, 0, 1e-9]),
         "near": ("set", [True, True, False, False])},
        coords={"loss": ["spectral", "pixels"], "horizon": [10, 1000], "parameter": list(TRUTH._fields)},
    )  # fmt: skip
    figure = gradient_routes.routes(found, steps=400)
    assert legend_of(figure) == {"from the steady state", "full run from the patch"}
    diamonds = [[line for line in axis.get_lines() if line.get_marker() == "D"] for axis in figure.axes]
    assert [len(each) for each in diamonds] == [1, 0, 1, 0]
    assert diamonds[0][0].get_xdata() == [400]
    gradient_routes.routes(found.isel(set=[1, 2]), steps=400).canvas.draw()  # none of these is at rest
    cosines = figure.axes[2].get_lines()[0].get_ydata()
    assert cosines[0] == pytest.approx(1)
    assert np.isnan(cosines[1])


def test_lines_and_ways_down_show_floor_and_ends():
    figure = gradient_routes.lines({"a place": (np.array([9.0, 4.0]), np.array([0.2, 0.1]))}, 4.0, 0.1)
    assert {"a place", "noise floor"} <= legend_of(figure)
    plane = xr.DataArray(
        [[1.0, 9.0], [2.0, 9.0]], coords={"F": [0.03, 0.04], "k": [0.06, 0.07]}, dims=("F", "k")
    )
    alive = np.array([[True, True], [True, False]])
    drawn = gradient_routes.ways_down(plane, alive, np.array([[True, False], [True, False]]))
    assert legend_of(drawn) == {"leads down to the floor", "leads elsewhere"}
    assert len(gradient_routes.surrogates({"simulated": plane, "faithful": plane}).axes) == 3


def test_landscapes_in_time_and_middles_are_drawn():
    shape = (2, 3, 2)
    cut = xr.Dataset(
        {"spectral": (("time", "k", "state"), DRAW.uniform(1, 9, shape)),
         "independent": (("time", "k", "state"), DRAW.uniform(1, 9, shape))},
        coords={"time": [250, 1000], "k": [0.06, 0.065, 0.068]},
    )  # fmt: skip
    figure = intermediate.in_time({"words": cut}, {"words": [0.0655]})
    assert legend_of(figure) == {"250", "1,000"}
    pairs = xr.DataArray(DRAW.uniform(size=(2, 5)), dims=("time", "pair"), coords={"time": [250, 1000]})
    alike = intermediate.growing_alike({"one": pairs, "other": pairs}, {"one": pairs})
    assert legend_of(alike) == {"one", "other"}
    dims = ("time", "F", "k", "state")
    plane = xr.Dataset(
        {"outcome": (dims, np.array([[[[2], [0]]], [[[2], [0]]]])),
         "texture": (dims, DRAW.uniform(size=(2, 1, 2, 1)))},
        coords={"time": [250, 1000], "F": [0.035], "k": [0.06, 0.07]},
    )  # fmt: skip
    assert legend_of(intermediate.middles({"from the patch": plane}, 0.1)) == {"ends in a pattern"}


def test_noise_floors_ages_and_plateaus_are_drawn():
    cut = xr.Dataset(
        {"spectral": (("k", "state"), [[9.0, 2.0], [0.0, 3.0]]),
         "independent": (("k", "target"), [[9.0, 8], [4, 3]]), "outcome": (("k", "state"), [[0, 1], [2, 1]])},
        coords={"k": [0.066, 0.065]},
    )  # fmt: skip
    figure = noise_floor.floors({name: cut.rename(k=name) for name in TRUTH._fields}, (2.0, 5.0))
    assert {"between runs of the truth (5–95 %)", "trivial", "pattern"} <= legend_of(figure)
    assert "uniform" not in legend_of(figure)  # the end of another state than the one that is scored
    own = [x for x in figure.axes[0].get_lines() if x.get_label() == "the same initial state"]
    assert own[0].get_ydata().tolist() == [9.0, 1e-3]
    aged = xr.Dataset({"change": (("time", "state"), [[1e-3], [1e-5]])}, coords={"time": [400, 800]})
    ages = xr.Dataset(
        {"later": (("begin", "state"), [[5.0]]), "between": (("time", "pair"), [[4.0], [9.0]]),
         "windowed": (("time", "pair"), [[1.0], [1.0]])},
        coords={"begin": [400], "time": [400, 800]},
    )  # fmt: skip
    assert len(noise_floor.ageing(aged, ages).axes) == 3
    epsilon = [1e-12, 1e-8, 1e-2]
    heights = xr.DataArray(
        DRAW.uniform(10, 600, (2, 1, 3)), dims=("time", "state", "epsilon"),
        coords={"time": [400, 800], "epsilon": epsilon},
    )  # fmt: skip
    under = xr.Dataset(
        {"floors": (("epsilon", "k"), DRAW.uniform(1, 9, (3, 2)))},
        coords={"epsilon": epsilon, "k": [0.06, 0.065]},
    )
    measured = xr.DataArray(
        DRAW.uniform(1, 9, (1, 3)), dims=("end", "epsilon"), coords={"end": ["set 1"], "epsilon": epsilon}
    )
    assert "set 1" in legend_of(noise_floor.plateau(heights, under, "k", measured))
    assert noise_floor.pictures_by_age(DRAW.uniform(size=(1, 2, 8, 8)), ["state 0"], ["400", "800"]).axes


def test_initial_states_and_kinds_are_drawn():
    state = initial_state(2, size=32)
    assert float(states.outside(state).min()) == 0
    assert len(states.initial(state).axes) >= 4
    count = len(KINDS)
    runs = xr.Dataset(
        {"v": (("kind", "time", "state", "row", "column"), DRAW.uniform(size=(count, 2, 1, 8, 8))),
         "outcome": (("kind", "time", "state"), np.full((count, 2, 1), int(Outcome.PATTERN))),
         "texture": (("kind", "time", "state"), np.full((count, 2, 1), 0.1))},
        coords={"kind": list(KINDS), "time": [0, 400]},
    )  # fmt: skip
    assert len(states.kinds(runs, [0, 400]).axes) >= 2 * count
