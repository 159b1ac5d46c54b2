"""Landscapes in time: continued runs are uninterrupted ones, measures say what their names promise."""

import numpy as np
import pytest
import torch
import xarray as xr

from lib import TRUTH, Params, initial_state, losses, simulate
from lib.studies.patterns import intermediate_times, spectral_distance
from lib.studies.patterns.other_initial_runs import how_they_ended, varied_runs
from lib.studies.patterns.other_initial_states import KINDS, varied_states

K = np.array([0.055, 0.065])
TIMES = (100, 300)


@pytest.fixture(scope="module")
def cut(tmp_path_factory) -> xr.Dataset:
    store = tmp_path_factory.mktemp("cache")
    return intermediate_times.sweep_in_time({"k": K}, TIMES, states=3, size=32, jobs=1, cache=store)


def test_every_number_equals_its_own_uninterrupted_simulation(cut):
    state = initial_state(3, size=32)
    run = simulate(Params(0.16, 0.08, 0.035, 0.055), state, 300)
    target = simulate(TRUTH, state, 300).v
    here = cut.sel(time=300, k=0.055)
    np.testing.assert_array_equal(here.v, run.v[0])
    assert here.outcome.values.tolist() == run.outcome.tolist()
    np.testing.assert_allclose(here.spectral, losses.spectral(run.v, target, reduction="none"), rtol=1e-4)
    others = [
        np.mean([float(losses.spectral(run.v[i : i + 1], target[j : j + 1])) for j in range(3) if j != i])
        for i in range(3)
    ]
    np.testing.assert_allclose(here.independent, others, rtol=1e-4)


def test_the_truth_scores_zero_at_every_time_but_only_against_itself(cut):
    assert (cut.spectral.sel(k=0.065) == 0).all()
    assert (cut.independent.sel(k=0.065) > 0).all()


def test_texture_is_the_spread_in_short_waves_only():
    x = torch.arange(64) * 2 * torch.pi / 64
    long, short = torch.cos(2 * x), torch.cos(8 * x)
    field = (0.3 + 0.5 * long + 0.1 * short).expand(1, 64, 64)
    assert float(spectral_distance.texture(field)) == pytest.approx(0.1 / 2**0.5, rel=1e-5)


def test_diffusion_alone_is_that_of_the_lattice():
    v = torch.rand(1, 32, 32, generator=torch.Generator().manual_seed(0)).double()
    # With u at zero there is no reaction, and F = k = 0 leaves diffusion by itself.
    still = type(initial_state(1, size=32))(torch.zeros_like(v), v)
    run = simulate(Params(0.1, 0.08, 0.0, 0.0), still, 40)
    assert float(spectral_distance.left_by_diffusion(v, 0.08, 40)) == pytest.approx(
        float(spectral_distance.texture(run.v)), rel=1e-6
    )


def test_pictures_are_alike_wherever_their_spots_lie():
    v = torch.rand(1, 32, 32, generator=torch.Generator().manual_seed(0))
    pair = torch.cat([v, v.roll((5, 9), dims=(1, 2))])
    assert spectral_distance.unlikeness(spectral_distance.radial_spectrum(pair).numpy())[0] == pytest.approx(
        0, abs=1e-5
    )
    x = torch.arange(32) * 2 * torch.pi / 32
    waves = torch.stack([torch.cos(n * x).expand(32, 32) for n in (3, 7)])
    assert spectral_distance.unlikeness(spectral_distance.radial_spectrum(waves).numpy())[0] == pytest.approx(
        1, abs=1e-5
    )


def test_a_walk_ends_in_the_first_hollow_and_never_leaves_a_plateau():
    assert intermediate_times.downhill_share(np.array([4.0, 3.0, 2.0, 1.0, 2.0]), 3) == 1
    assert intermediate_times.downhill_share(np.array([5.0, 5.0, 5.0, 1.0, 0.0, 1.0]), 4) == pytest.approx(
        4 / 6
    )
    assert intermediate_times.downhill_share(np.array([1.0, 2.0, 3.0, 1.0, 0.0]), 4) == pytest.approx(3 / 5)


def test_a_middle_counts_only_for_runs_that_end_without_a_pattern():
    texture = [[[0.0], [0.09], [0.01]], [[0.1], [0.0], [0.0]]]
    outcome = [[[2], [2], [2]], [[2], [0], [1]]]
    dims = ("time", "k", "state")
    made = xr.Dataset({"texture": (dims, texture), "outcome": (dims, outcome)}, coords={"time": [250, 500]})
    found = intermediate_times.patterned_middles(made, 0.1).values[:, 0]
    assert np.isnan(found[0])
    assert found[1:].tolist() == [1, 0]


def test_ground_as_high_as_each_states_plateau_is_all_of_it(cut):
    assert cut.plateau.dims == ("time", "state")
    goals = simulate(TRUTH, initial_state(3, size=32), 300).v
    flat = losses.spectral(torch.zeros_like(goals), goals, reduction="none")
    np.testing.assert_allclose(cut.plateau.sel(time=300), flat, rtol=1e-4)
    beyond = xr.where(cut.k == 0.055, 0, 2) + 0 * cut.outcome
    made = cut.assign(spectral=cut.plateau.expand_dims(k=cut.k), outcome=beyond.transpose(*cut.outcome.dims))
    np.testing.assert_allclose(intermediate_times.ground_height(made, "k", "low"), 1)
    assert np.isnan(intermediate_times.ground_height(made, "k", "high")).all()


@pytest.mark.parametrize("kind", KINDS)
def test_states_of_every_kind_are_concentrations_and_repeat_themselves(kind):
    one, two = varied_states(kind, 1, size=32, seed=4), varied_states(kind, 2, size=32, seed=4)
    assert torch.equal(one.v[0], two.v[0])
    assert not torch.equal(two.v[0], two.v[1])
    for field, top in ((two.u, 1.5), (two.v, 1.0)):
        assert field.shape == (2, 32, 32)
        assert float(field.min()) >= 0
        assert float(field.max()) <= top


def test_an_unknown_kind_is_refused():
    with pytest.raises(ValueError, match="choose one of patch"):
        varied_states("ring", 1)


def test_runs_from_the_patch_are_the_papers(tmp_path):
    found = varied_runs(TRUTH, [0, 200], batch=2, size=32, kinds=("patch", "stripe"), jobs=1, cache=tmp_path)
    state = initial_state(2, size=32)
    np.testing.assert_array_equal(found.v.sel(kind="patch", time=200), simulate(TRUTH, state, 200).v)
    ends = simulate(TRUTH, state, 200).outcome.tolist()
    words = {0: "trivial", 1: "uniform", 2: "patterned"}
    expected = ", ".join(f"{ends.count(code)} {words[code]}" for code in sorted(set(ends)))
    assert how_they_ended(found.sel(kind="patch")) == expected


def test_ends_are_counted_in_the_words_of_the_book():
    ends = xr.Dataset({"outcome": (("time", "state"), [[2, 2, 2, 2], [2, 0, 2, 1]])})
    assert how_they_ended(ends) == "1 trivial, 1 uniform, 2 patterned"
