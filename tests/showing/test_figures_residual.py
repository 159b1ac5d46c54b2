"""Every figure of Section 6 can be drawn, and shows what its data say."""

import matplotlib as mpl
import numpy as np
import pytest
import xarray as xr
from matplotlib.figure import Figure

from lib import residual
from lib.initial_states import initial_state
from lib.model import Params, State
from lib.paper import TRUTH
from lib.showing.figures import horizon as horizon_plots
from lib.showing.figures import residual as plots
from lib.simulate import Outcome, simulate
from lib.studies import pinn
from lib.studies.horizon.losses import MEASURES, ORIGINS
from lib.studies.horizon.recovery import first, labelled
from lib.studies.pinn import summary
from lib.studies.pinn import weight_landscape as landscapes
from lib.studies.pinn.observation import observe
from lib.studies.pinn.studies import bowls_along
from lib.studies.pinn.training import Training, train
from lib.studies.residual_fit import accuracy
from tests.studies.test_residual_summaries import BOTH, contest, recoveries

mpl.use("agg")
SMALL = pinn.Architecture(waves=12, reach=4, width=8)
PARAMETERS = ["Du", "Dv", "F", "k"]


pytestmark = pytest.mark.usefixtures("book_style")


@pytest.fixture(scope="module")
def settled() -> State:
    return simulate(TRUTH, initial_state(2, size=32), 5000).state


@pytest.fixture(scope="module")
def trained(settled) -> Training:
    one = State(*(x[:1] for x in settled))
    return train(pinn.Network(32, architecture=SMALL), observe(one), iterations=12)


def drawn(figure: Figure) -> Figure:
    """The figure, rendered: what cannot be drawn fails here."""
    figure.canvas.draw()
    return figure


def test_bowls_stand_beside_walls_on_all_six_planes(settled):
    bowls = accuracy.bowls(settled, 5)
    walls = {
        (a, b): xr.Dataset(
            {"spectral": (("state", a, b), np.arange(25.0).reshape(1, 5, 5))},
            coords={name: bowls[a, b][name] for name in (a, b)},
        )
        for a, b in bowls
    }
    both = drawn(plots.bowl_and_wall(bowls["F", "k"], walls["F", "k"]))
    assert [axis.get_title() for axis in both.axes] == ["residual loss", "spectral loss"]
    assert len(drawn(plots.all_planes(bowls, walls)).axes) == 12


def test_one_frame_and_two_stand_side_by_side():
    values = np.full((3, 2, 4), 0.1)
    dims = ("time", "state", "parameter")
    steady = xr.Dataset(
        {"one": (dims, values), "two": (dims, values / 1e6)},
        coords={"time": [1, 10, 100], "parameter": PARAMETERS},
    )
    left, right = drawn(plots.steadiness(steady)).axes
    heights = [axis.get_lines()[0].get_ydata()[0] for axis in (left, right)]
    assert heights == pytest.approx([0.1, 1e-7])


def test_states_with_themselves_have_no_minimum_to_show():
    minima = xr.Dataset(
        {"minimum": (("candidate", "target"), [[np.nan, TRUTH.k + 1e-3], [TRUTH.k - 1e-3, np.nan]])}
    )
    fitted, spectral = drawn(plots.by_initial_state(np.array([TRUTH.k + 1e-8]), minima)).axes[0].get_lines()
    assert len(fitted.get_xdata()) == 1
    assert spectral.get_xdata() == pytest.approx([1e-3, 1e-3])


def test_pieces_noise_and_cures_are_drawn(settled):
    pieces = accuracy.windows(settled, (32, 16))
    cells = accuracy.subsampled(settled, (1.0, 0.5, 0.2), seeds=2)
    assert len(drawn(plots.partial(pieces, cells, accuracy.resolution(settled, (1, 2)))).axes) == 3
    cures = accuracy.noise(settled, (1e-3, 1e-2), seeds=2)
    assert len(drawn(plots.noise(cures)).axes) == 4


def test_a_training_is_shown_with_the_bowl_it_follows(trained):
    bowls = bowls_along(trained)
    figure = drawn(plots.stages(trained, bowls, columns=3))
    maps = [axis.collections[0] for axis in figure.axes[3:6]]
    assert len({m.get_clim() for m in maps}) == 1, "one scale for all, so that shallow bowls look shallow"
    first = bowls.isel(stage=0)
    F, k = np.array([0.03, 0.05]), np.array([0.05])
    network = State(*(np.asarray(trained.record[name][:1].values, float) for name in ("u", "v")))
    at = [Params(*first.minimum.values[:2], x, k[0]) for x in F]
    expected = [float(residual.loss(p, network)) for p in at]
    assert plots.bowl_of(first, F, k)[:, 0] == pytest.approx(expected, rel=1e-6)
    # The three pictures and the three maps, and the maps' scale.
    assert len(figure.axes) == 7
    middle = drawn(plots.along_training(trained, bowls)).axes[1]
    dots = [line for line in middle.get_lines() if line.get_marker() == "o"]
    assert dots[0].get_ydata() == pytest.approx(bowls.minimum[:, 0].values / TRUTH.Du)


def test_random_and_worst_planes_have_a_column_each(trained):
    spectrum = landscapes.spectrum(trained, nodes=6, probes=1)
    planes = landscapes.planes(trained, spectrum, random=1, points=3)
    figure = drawn(plots.network_planes({"one": planes, "two": planes}))
    titles = [axis.get_title() for axis in figure.axes if axis.get_title()]
    assert titles == ["one: random", "one: extreme curvatures", "two: random", "two: extreme curvatures"]
    assert drawn(plots.spectra({"one": spectrum})).axes[0].get_title() == "one"


@pytest.mark.parametrize(("lowest", "names"), [(1e-3, ["positive"]), (-1e-3, ["positive", "negative"])])
def test_a_sign_without_eigenvalues_is_in_no_legend(lowest, names):
    nodes, shares = np.array([lowest, 1.0]), np.array([0.9, 0.1])
    spectrum = landscapes.Spectrum(1.0, lowest, nodes, shares, np.eye(2))
    legend = drawn(plots.spectra({"one": spectrum})).axes[0].get_legend()
    assert [text.get_text() for text in legend.get_texts()] == names


def test_descents_are_dashed_where_no_pattern_forms():
    ways = {"residual": [1, 1, 1], "spectral": [0.5, 0, 0], "spectral, bare": [0.5, 0, 0]}
    found = contest(ways, BOTH)
    first = drawn(plots.descents(found, summary.away(found))).axes[0]
    styles = [line.get_linestyle() for line in first.get_lines()[:3]]
    assert styles == ["-" if outcome == Outcome.PATTERN else "--" for outcome in BOTH]
    assert first.get_lines()[0].get_ydata()[-1] < 1


def test_every_case_of_the_recoveries_has_a_row():
    table = recoveries(0.1, 0.01)
    labels = [text.get_text() for text in drawn(plots.recoveries(table)).axes[0].get_yticklabels()]
    assert labels == [str(case) for case in table.case.values]


@pytest.fixture
def searches() -> list[xr.Dataset]:
    """Least squares and descent over two horizons, the second of which loses half of the starts."""
    table = np.tile(np.array([*TRUTH, 1e-9, 7.0]), (2, 4, 1))
    table[1, :2, 0] *= 2
    return [labelled(table, (1, 100), method, "data", "pixels", 1) for method in ("squares", "descent")]


def horizon_losses(axes: dict[str, np.ndarray]) -> xr.Dataset:
    """Some losses at two horizons over a cut or a plane."""
    coords = {"origin": list(ORIGINS), "measure": list(MEASURES), "horizon": [1, 100], **axes}
    shape = tuple(len(x) for x in coords.values())
    return xr.Dataset({"loss": (tuple(coords), np.random.default_rng(0).random(shape))}, coords=coords)


def test_the_family_shows_maps_above_and_who_finds_the_truth_below(searches):
    plane = horizon_losses({"F": np.linspace(0.02, 0.08, 4), "k": np.linspace(0.045, 0.075, 4)})
    figure = drawn(horizon_plots.family(plane, searches, [1, 100]))
    assert figure.axes[-1].get_lines()[0].get_ydata() == pytest.approx([100, 50])


def test_where_a_search_was_not_run_the_family_says_so(searches):
    plane = horizon_losses({"F": np.linspace(0.02, 0.08, 4), "k": np.linspace(0.045, 0.075, 4)})
    short = searches[0].isel(horizon=[0])

    def legend(*found):
        below = horizon_plots.family(plane, found, [1, 100]).axes[-1]
        return [text.get_text() for text in below.get_legend().get_texts()]

    assert legend(short, searches[1]) == [
        "least squares", "least squares: not run", "plain gradient descent",
    ]  # fmt: skip
    assert legend(*searches) == ["least squares", "plain gradient descent"]
    few = searches[1].assign(tried=("horizon", [4, 2]))
    assert legend(searches[0], few)[-1] == "the first 2 starts only"


def test_errors_controls_cuts_and_noise_of_the_horizon_are_drawn(searches):
    assert len(drawn(horizon_plots.errors(searches)).axes) == 2
    few = searches[0].assign(tried=("horizon", [4, 2]))
    legend = drawn(horizon_plots.errors([few])).axes[0].get_legend()
    labels = ["the paper's start", "median of all starts", "median of the first 2"]
    assert [text.get_text() for text in legend.get_texts()] == labels
    assert drawn(horizon_plots.controls(searches[:1])).axes[0].get_lines()[0].get_label() == (
        "pixels of u and v, from the data"
    )
    whole, part = searches[0], first(searches[0], 2)  # all of the first two are found at T = 1, none at 100
    lines = horizon_plots.controls([whole, part]).axes[0].get_lines()
    assert [list(line.get_ydata()) for line in lines] == [[100, 50], [100, 0]]
    ranges = {name: np.array([0.9, 1.0, 1.1]) * getattr(TRUTH, name) for name in PARAMETERS}
    cuts = {name: horizon_losses({name: values}) for name, values in ranges.items()}
    assert len(drawn(horizon_plots.cuts(cuts)).axes) == 8
    curved = xr.Dataset(
        {name: ("horizon", [1.0, 2.0]) for name in ("width", "condition", "descent_condition")},
        coords={"horizon": [1, 100]},
    )
    assert len(drawn(horizon_plots.closing(curved, cuts)).axes) == 3
    dims = ("noise", "draw", "horizon", "parameter")
    noisy = xr.Dataset(
        {"error": (dims, np.full((2, 3, 2, 4), 0.1))},
        coords={"noise": [1e-3, 1e-2], "horizon": [1, 10], "parameter": PARAMETERS},
    )
    lines = drawn(horizon_plots.noise(noisy)).axes[0].get_lines()[:3]
    assert {line.get_ydata()[0] for line in lines} == {0.1}
