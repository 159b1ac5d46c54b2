"""What the pages of Section 6 glue and judge by: each number from data where it is known beforehand."""

import numpy as np
import pytest
import xarray as xr

from lib import residual
from lib.coordinates import to_unconstrained
from lib.initial_states import initial_state
from lib.model import State
from lib.paper import SAMPLED_SETS, TRUTH
from lib.publishing import claims
from lib.publishing.claims import Kind
from lib.publishing.criteria import CRITERIA
from lib.simulate import Outcome, simulate
from lib.studies.horizon import summary as horizon
from lib.studies.horizon.recovery import labelled
from lib.studies.pinn import ill_posed_loss, recovery
from lib.studies.pinn import summary as network
from lib.studies.residual_fit import accuracy, rough_pictures
from lib.studies.residual_fit import summary as fit

PARAMETERS = ["Du", "Dv", "F", "k"]


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    """One cache for this file, not the book's."""
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path_factory.getbasetemp() / "summaries"))


@pytest.fixture(scope="module")
def settled() -> State:
    return simulate(TRUTH, initial_state(2, size=32), 20_000).state


def contest(ways: dict[str, list[float]], outcomes: list[Outcome], rounds: int = 4) -> xr.Dataset:
    """Starts straight below the truth in k that come this share of the way allowed towards it."""
    truth, step = to_unconstrained(TRUTH).numpy(), ill_posed_loss.STEP
    place = np.tile(truth, (3, len(outcomes), rounds + 1, 1))
    for i, kind in enumerate(ill_posed_loss.WEIGHTS):
        for j, share in enumerate(ways[kind]):
            place[i, j, :, 3] -= 0.05 - step * share * np.arange(rounds + 1)
    dims = ("kind", "start", "round", "parameter")
    coords = {"kind": list(ill_posed_loss.WEIGHTS), "parameter": PARAMETERS}
    found = xr.Dataset({"place": (dims, place), "outcome": ("start", outcomes)}, coords=coords)
    found["loss"] = found.place.isel(parameter=0, drop=True) * 0 + 8.0 / 2.0 ** found["round"]
    found["slope"] = found.loss * 0 + 1.0
    return found.assign_attrs(step=step)


BOTH = [Outcome.PATTERN, Outcome.PATTERN, Outcome.TRIVIAL]


def judged(found: network.Repair) -> Kind:
    return claims.judged(CRITERIA["no-repair"], vars(found))[0]


def test_progress_is_the_way_towards_the_truth_over_the_way_allowed():
    ways = {"residual": [1, 1, 1], "spectral": [0.5, -0.5, 0], "spectral, bare": [0.5, -1, 0]}
    found = network.repair(contest(ways, BOTH), cliff=0.0125)
    assert found.residual == pytest.approx(1)
    assert found.spectral == pytest.approx(0, abs=1e-9)
    assert found.gain == pytest.approx(0.5 / 3)
    assert found.spectral_inside == pytest.approx(0)
    assert (found.still, found.still_bare, found.still_both) == (1, 1, 1)
    assert found.gain_inside == pytest.approx(0.25), (
        "a pair of which neither moves dilutes only the other mean"
    )
    assert (found.patterned, found.trivial) == (2, 1)
    assert found.step == pytest.approx(1 / 25)
    assert found.lowered == found.lowered_bare == pytest.approx(1 / 16)


def test_a_start_whose_gradient_is_no_number_is_left_out_and_counted():
    ways = {"residual": [1, 1, 1], "spectral": [0.5, 0.0, 0], "spectral, bare": [0.5, 0.5, 0]}
    starts = contest(ways, BOTH)
    starts.slope[1, 1, 2] = np.nan
    found = network.repair(starts, cliff=0.0125)
    assert (found.starts, found.patterned, found.unknown) == (2, 1, 1)
    assert found.gain == pytest.approx(0)
    assert network.repair(contest(ways, BOTH), cliff=0.0125).unknown == 0


def test_the_network_repairs_nothing_if_it_adds_less_than_half_of_what_the_residual_adds():
    same = {"residual": [0.9, 0.8, 0.9], "spectral": [0.1, 0.0, 0], "spectral, bare": [0.1, 0.05, 0]}
    assert judged(network.repair(contest(same, BOTH), cliff=0.0125)) == Kind.HOLDS


def test_a_network_that_leads_as_the_residual_does_would_refute_the_claim():
    repaired = {"residual": [0.9, 0.8, 0.9], "spectral": [0.9, 0.8, 0.8], "spectral, bare": [0.1, 0.05, 0]}
    assert judged(network.repair(contest(repaired, BOTH), cliff=0.0125)) == Kind.DIFFERS


@pytest.mark.parametrize(
    ("residual_ways", "spectral", "cliff"),
    [
        ([0.0, 0.1, -0.1], [0.0, 0.0, 0.0], 0.0125),  # the test has no power
        ([0.9, 0.8, 0.9], [0.9, 0.0, 0.5], 0.0125),  # between: too few starts to tell
        ([0.9, 0.8, 0.9], [0.0, 0.0, 0.0], 0.005),  # steps that are long beside the cliff's distance
        ([0.9, 0.8, 0.9], [0.0, 0.0, 0.0], None),  # nobody knows how far off the cliff is
    ],
)
def test_a_test_that_could_not_see_a_repair_gives_no_verdict(residual_ways, spectral, cliff):
    ways = {"residual": residual_ways, "spectral": spectral, "spectral, bare": [0.0, 0.0, 0.0]}
    assert judged(network.repair(contest(ways, BOTH), cliff)) == Kind.UNTESTED


def test_one_start_has_no_standard_error_and_gives_no_verdict():
    ways = {"residual": [0.9], "spectral": [0.0], "spectral, bare": [0.0]}
    found = network.repair(contest(ways, [Outcome.TRIVIAL]), cliff=0.0125)
    assert found.gain_error is None
    assert found.spectral_inside is None
    assert judged(found) == Kind.UNTESTED


def recoveries(
    network_error: float, rival: float, *, rested: float = 1, gap: float = 1e-3, best: float = 1e-9
) -> xr.Dataset:
    """The same two errors in every case."""
    cases, methods = [c.label for c in recovery.CASES], list(recovery.METHODS)
    error = np.full((len(cases), len(methods), 2, 4), rival)
    at = [i for i, name in enumerate(methods) if "network" in name]
    error[:, at] = network_error
    dims = ("case", "method", "seed", "parameter")
    columns = {"seconds": 1.0, "trained": 300.0, "rested": rested, "gap": gap, "best": best}
    variables = {"error": (dims, error)}
    for name, value in columns.items():
        values = np.full(error.shape[:3], np.nan)
        values[:, slice(None) if name == "seconds" else at] = value
        variables[name] = (dims[:3], values)
    return xr.Dataset(variables, coords={"case": cases, "method": methods, "parameter": PARAMETERS})


@pytest.mark.parametrize(
    ("network_error", "rival", "rested", "field"),
    [
        (0.1, 0.01, 1, "better_without"),
        (0.1, 0.01, 0, "undecided"),  # it might still have come closer
        (0.01, 0.1, 0, "better_with"),  # it is better already
        (0.01, 0.015, 1, "alike"),
    ],
)
def test_a_network_that_was_cut_off_cannot_lose(network_error, rival, rested, field):
    found = network.completion(recoveries(network_error, rival, rested=rested))
    assert getattr(found, field) == len(network.COMPARED)


def test_a_network_that_was_cut_off_has_lost_if_not_even_its_best_moment_was_as_good():
    found = network.completion(recoveries(0.1, 0.01, rested=0, best=0.09))
    assert (found.better_without, found.undecided) == (len(network.COMPARED), 0)


def test_the_network_completes_data_if_its_parameters_are_those_of_the_completed_fields():
    def verdict(table: xr.Dataset) -> Kind:
        return claims.judged(CRITERIA["completes-data"], network.completion(table).measured)[0]

    assert verdict(recoveries(0.01, 0.015)) == Kind.HOLDS
    assert verdict(recoveries(0.1, 0.01)) == Kind.CORRECTED
    assert verdict(recoveries(0.01, 0.015, gap=0.5)) == Kind.DIFFERS
    assert verdict(recoveries(0.01, 0.015, rested=0)) == Kind.UNTESTED, "nothing rested, so nothing is known"
    one_cut_off = recoveries(0.01, 0.015)
    case, (method, _) = next(iter(network.COMPARED.items()))
    one_cut_off.rested.loc[{"case": case, "method": method}] = 0
    assert network.completion(one_cut_off).unrested == 1
    assert verdict(one_cut_off) == Kind.UNTESTED, "in every case, so in that one too"


def test_every_case_of_the_table_that_a_network_and_a_rival_can_use_is_compared():
    both = {
        case.label for case in recovery.CASES if sum(recovery.applies(m, case) for m in recovery.METHODS) > 1
    }
    assert both == set(network.COMPARED)


def test_the_bowl_is_a_paraboloid_with_the_truth_at_its_minimum(settled):
    bowls = accuracy.bowls(settled, 7)
    rough = np.random.default_rng(0).random((1, 7, 7))
    walls = {("F", "k"): xr.Dataset({"spectral": (("state", "F", "k"), rough)})}
    found = fit.bowl(settled, bowls, walls)
    assert found.third < 1e-12 < found.spectral
    assert found.hessian < 1e-9
    assert found.lowest > 0
    assert found.clean < 0.01


def test_the_noise_is_stated_in_both_units(settled):
    found = fit.ranges(settled)
    assert found.share_v == pytest.approx(0.01 / found.v)
    assert 0.2 < found.v < 0.5 < found.u <= 1.0


def test_minima_no_further_apart_than_the_grid_resolves_are_not_measured(settled):
    fits = residual.fit(*settled)
    far, near = (
        xr.Dataset(
            {"minimum": (("candidate", "target"), [[np.nan, TRUTH.k + d], [TRUTH.k, np.nan]])},
            attrs={"spacing": 1e-5},
        )
        for d in (5e-4, 5e-5)
    )
    resolved, unresolved = (fit.initial_states(fits, minima) for minima in (far, near))
    assert resolved.spectral == pytest.approx(5e-4)
    assert unresolved.spectral is None
    # The minimum on the truth is no nearer than the grid says, whatever the largest distance is.
    assert (resolved.least, resolved.unresolved, unresolved.unresolved) == (0, 1, 2)
    assert claims.judged(CRITERIA["all-initial-states"], vars(unresolved))[0] in (Kind.UNTESTED, Kind.DIFFERS)


def test_refined_minima_are_lower_than_those_of_the_first_grid(tmp_path):
    k = np.linspace(0.055, 0.065, 5)
    setting = {"states": 2, "size": 32, "steps": 2000, "seed": 0, "cache": tmp_path}
    coarse, fine = (accuracy.spectral_minima(k, zooms=n, **setting) for n in (0, 1))
    assert fine.spacing == pytest.approx(coarse.spacing / 4)
    pairs = np.argwhere(np.isfinite(fine.minimum.values))
    values = [
        accuracy.spectral_of_pairs(x.minimum.values[tuple(pairs.T)][:, None], pairs, 2, 32, 2000, 0)
        for x in (coarse, fine)
    ]
    assert (values[1] <= values[0]).all()


def test_a_second_frame_is_an_identity_without_noise_and_no_cure_with_it():
    """The two frames obey the very step that is fitted, so the fit is exact however young they are."""
    found = accuracy.second_frame((200, 20_000), (0.0, 1e-2), seeds=2, size=32, seed=0)
    worst = np.abs(found).max("parameter").median("seed")
    assert float(worst.two.sel(noise=0).max()) < 1e-8
    assert float(worst.one.sel(noise=0, time=200)) > 0.01
    assert float(worst.two.sel(noise=1e-2, time=20_000)) > 0.1


def test_sets_without_a_pattern_do_not_enter_the_median():
    error = np.full((len(SAMPLED_SETS) + 3, 4), 1e-6)
    error[-1] = 1.0
    outcome = [Outcome.PATTERN] * (len(error) - 1) + [Outcome.TRIVIAL]
    variables = {"error": (("set", "parameter"), error), "outcome": (("set",), outcome)}
    found = fit.elsewhere(xr.Dataset(variables))
    assert (found.sets, found.patterned) == (3, 2)
    assert found.error == found.largest == found.sampled == pytest.approx(1e-6)
    dead = xr.Dataset(variables | {"outcome": (("set",), [Outcome.TRIVIAL] * len(error))})
    none = fit.elsewhere(dead)
    assert (none.error, none.largest, none.sampled) == (None, None, None)
    error[-2, 1] = np.nan
    assert fit.elsewhere(xr.Dataset(variables)).largest is None, "one parameter is not determined"


def test_the_bowls_shape_is_looked_at_over_every_stage_and_on_every_plane(settled, monkeypatch):
    record = xr.Dataset({n: (("stage", "row", "column"), x.numpy()) for n, x in settled._asdict().items()})
    looked: list[np.ndarray] = []
    monkeypatch.setattr(network, "third_difference", lambda values: looked.append(values) or 0.0)
    network.bowl_third(record)
    assert len(looked) == len(settled.u) * len(accuracy.PAIRS)
    assert len({values.tobytes() for values in looked}) == len(looked)


def test_what_a_noisy_fit_still_names_is_held_against_the_truth(settled):
    clean = rough_pictures.named(residual.fit(*(x[0] for x in settled)))
    assert [x.name for x in clean] == PARAMETERS
    assert max(x.off for x in clean) < 0.01
    assert rough_pictures.named(residual.fit(np.ones((32, 32)), np.zeros((32, 32)))) == []


def test_bits_at_which_the_cure_does_harm_are_told_from_those_at_which_it_helps():
    dims = ("bits", "parameter")
    plain, cured = (
        [[x, 0.0, 0.0, 0.0] for x in errors] for errors in ([-0.3, 1e-5, np.nan], [0.02, 2e-5, 0.1])
    )
    found = rough_pictures.rounding(
        xr.Dataset({"plain": (dims, plain), "cured": (dims, cured)}, coords={"bits": [6, 16, 4]})
    )
    assert (found.helped, found.not_helped) == ((6, 4), (16,))


def test_third_differences_leave_out_what_diverged():
    x = np.linspace(-1, 1, 7)
    plane = x[:, None] ** 2 + x**2
    plane[0, 0] = np.nan
    assert accuracy.third_difference(plane) < 1e-12
    assert np.isnan(accuracy.third_difference(np.full((5, 5), np.nan)))


def test_the_typical_error_is_no_bias():
    """Errors of both signs have no bias, and are errors all the same."""
    errors = xr.DataArray(
        0.01 * np.array([[1, 0, 0, 0], [-1, 0, 0, 0], [0, -1, 0, 0]]), dims=("seed", "parameter")
    )
    assert float(fit.typical_error(errors, over="seed")) == pytest.approx(0.01)
    errors[0, 3] = np.nan
    assert np.isnan(float(fit.typical_error(errors, over="seed")))


@pytest.mark.parametrize(("medians", "dip"), [([0.5, 0.01, 0.04, 1e-6], 10), ([0.5, 0.04, 0.01, 1e-6], None)])
def test_an_age_after_which_the_error_grows_again_is_named(medians, dip):
    one = np.tile(np.array(medians)[:, None, None], (1, 2, 4))
    dims = ("time", "state", "parameter")
    steady = xr.Dataset({"one": (dims, one), "two": (dims, one)}, coords={"time": [1, 10, 100, 1000]})
    noisy = (("time", "noise", "seed", "parameter"), np.full((1, 2, 2, 4), 0.1))
    variables = {"one": noisy, "two": noisy}
    found = fit.ages(steady, xr.Dataset(variables, coords={"time": [10], "noise": [0.0, fit.NOISE]}))
    assert found.dip == dip
    assert (found.one_dip, found.one_after) == ((0.01, 0.04) if dip else (None, None))
    assert found.young == 10


def test_errors_at_other_sets_are_relative_as_at_the_truth():
    found = accuracy.elsewhere([TRUTH, TRUTH._replace(F=0.036)], size=32, steps=5000, seed=0)
    run = simulate(TRUTH, initial_state(1, size=32), 5000).state
    alone = accuracy.relative_error(residual.fit(*run).params)[0]
    assert found.error[0].values == pytest.approx(alone, rel=1e-3)
    assert 0 < float(found.change[0]) < 0.1


def test_the_clean_error_is_the_largest_over_all_settled_snapshots(settled):
    found = fit.bowl(settled, accuracy.bowls(settled, 4), {("F", "k"): flat_wall()})
    assert found.states == len(settled.u)
    each = np.abs(accuracy.relative_error(residual.fit(*settled).params)).max(axis=1)
    assert found.clean == pytest.approx(each.max())
    assert found.error == pytest.approx(each[0])


def flat_wall() -> xr.Dataset:
    """A spectral loss without any feature, on the F-k plane."""
    axes = {name: np.linspace(*accuracy.BOWL_RANGES[name], 4) for name in ("F", "k")}
    return xr.Dataset({"spectral": (("state", "F", "k"), np.ones((1, 4, 4)))}, coords=axes)


def searched(lost: list[int], starts: int = 4, **attributes: str) -> xr.Dataset:
    """A search over the horizons 1, 10, 100 … that loses so many of its starts at each."""
    table = np.tile(np.array([*TRUTH, 0, 7.0]), (len(lost), starts, 1))
    for i, n in enumerate(lost):
        table[i, :n, 0] *= 2
    origin, measure = attributes.get("origin", "data"), attributes.get("measure", "pixels")
    horizons = tuple(10**i for i in range(len(lost)))
    return labelled(table, horizons, attributes.get("method", "squares"), origin, measure, 1)


def test_all_starts_found_means_at_every_horizon_up_to_it():
    assert horizon.search(searched([0, 0, 3])).all_up_to == 10
    assert horizon.search(searched([0, 1, 0])).all_up_to == 1, "a gap ends it"
    lost = horizon.search(searched([1, 3, 4]))
    assert lost.all_up_to is None
    assert lost.breaks_at is not None
    assert horizon.search(searched([0, 0, 0])).breaks_at is None


def test_controls_compare_the_same_starts():
    reference = searched([0, 1, 3])
    others = [
        searched([0, 2, 3], origin="patch"),
        searched([4, 0, 3], measure="v"),
        searched([4, 4, 4], measure="spectral"),
        searched([4, 2, 4], measure="spectral", origin="patch"),
    ]
    found = horizon.controls(reference, others, short=10)
    assert (found.origin, found.pixels, found.v, found.spectral) == (1, 3, 4, 0)
    assert (found.origin_spectral, found.patch, found.found_longest) == (2, 2, 1)
