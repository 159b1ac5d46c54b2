"""The coordinate network: periodic, held to the model's equations, resumable to the bit, honestly probed."""

import numpy as np
import pytest
import torch
import xarray as xr

from lib import residual
from lib.coordinates import to_unconstrained
from lib.initial_states import initial_state
from lib.model import State
from lib.paper import TRUTH
from lib.simulate import Outcome, simulate
from lib.studies import pinn
from lib.studies.pinn import ill_posed_loss, recovery, training
from lib.studies.pinn import weight_landscape as network_landscape
from lib.studies.pinn.observation import observe
from lib.studies.pinn.studies import bowls_along, window_times
from lib.studies.pinn.training import Training, train

SMALL = pinn.Architecture(waves=24, reach=6, width=16, depth=2)
SIZE = 32


@pytest.fixture(scope="module")
def steady() -> State:
    return simulate(TRUTH, initial_state(1, size=SIZE), 20_000).state


@pytest.fixture(scope="module", params=["siren", "tanh"])
def trained(request, steady) -> Training:
    network = pinn.Network(SIZE, architecture=SMALL._replace(activation=request.param), seed=1)
    return train(network, observe(steady), iterations=60)


@pytest.mark.parametrize("activation", ["siren", "tanh"])
def test_the_network_is_periodic(activation):
    network = pinn.Network(SIZE, architecture=SMALL._replace(activation=activation))
    here = network()
    # A wave with a whole number of periods has one frequency and its opposite along each column of cells.
    spectrum = torch.fft.fft(network.waves.reshape(SIZE, SIZE, -1), dim=0).abs()
    assert (spectrum > 1e-3 * SIZE).sum(dim=0).max() <= 2
    assert here.u.shape == (1, SIZE, SIZE)


def test_the_same_seed_gives_the_same_network_and_another_seed_another():
    first, again, other = (pinn.Network(SIZE, architecture=SMALL, seed=s)().v for s in (0, 0, 1))
    assert torch.equal(first, again)
    assert not torch.allclose(first, other)


def test_the_networks_residual_is_the_models(steady):
    network = pinn.Network(SIZE, architecture=SMALL)
    parts = pinn.losses(network, observe(steady))
    state = network()
    expected = residual.loss(network.params, state)
    torch.testing.assert_close(parts.residual, expected)
    exact = pinn.losses(network, observe(steady), State(*(x.detach() for x in steady)))
    assert float(exact.data) == 0


def test_a_window_is_held_to_the_models_step():
    start = simulate(TRUTH, initial_state(1, size=SIZE), 500).state
    frames = [start]
    for _ in range(3):
        frames.append(simulate(TRUTH, frames[-1], 1).state)
    pairs = [frames[0], frames[1], frames[2], frames[3]]
    output = State(torch.cat([f.u for f in pairs]), torch.cat([f.v for f in pairs]))
    network = pinn.Network(SIZE, (0.0, 0.1, 0.2, 0.3), SMALL, start=TRUTH)
    seen = observe(State(output.u[::2], output.v[::2]))
    parts = pinn.losses(network, seen, output)
    assert float(parts.data) == 0
    assert float(parts.residual.detach()) < 1e-12


def test_the_times_of_a_window_run_from_minus_one_to_one():
    now, times = window_times(90, 10)
    assert now == [10, 40, 70, 100]
    assert times[::2] == pytest.approx((-1, -1 / 3, 1 / 3, 1))
    assert times[1] - times[0] == pytest.approx(2 / 90)


def test_what_was_not_seen_does_not_enter_the_data_loss(steady):
    network = pinn.Network(SIZE, architecture=SMALL)
    seen = observe(steady, share=0.1, sees_u=False)
    assert int(seen.sees_v.sum()) == round(0.1 * SIZE * SIZE)
    hidden = seen._replace(u=seen.u + 1e6, v=torch.where(seen.sees_v, seen.v, torch.nan))
    data = [float(pinn.losses(network, each).data.detach()) for each in (seen, hidden)]
    assert data[0] == data[1]


@pytest.mark.parametrize("broken", [torch.nan, torch.inf])
def test_what_is_not_finite_cannot_be_observed(steady, broken):
    v = steady.v.clone()
    v[0, 0, 0] = broken
    with pytest.raises(ValueError, match="Something to be seen is not finite"):
        observe(State(steady.u, v))


def test_seeing_no_cell_at_all_is_refused(steady):
    with pytest.raises(ValueError, match="at least one"):
        observe(steady, share=1e-9)


def test_an_unknown_activation_is_refused():
    with pytest.raises(ValueError, match="siren"):
        pinn.Network(SIZE, architecture=SMALL._replace(activation="relu"))


def test_training_lowers_both_losses_and_moves_the_parameters_to_the_bowls_minimum(trained):
    record = trained.record
    assert record.data[-1] < 0.05 * record.data[0]
    assert record.residual[-1] < record.residual[0]
    minimum = bowls_along(trained).minimum[-1].values
    before, after = (np.abs(record.params[i].values - minimum).max() for i in (0, -1))
    assert after < 0.5 * before


def test_an_interrupted_training_ends_in_the_same_bits(steady, tmp_path, monkeypatch):
    seen = observe(steady)
    whole = train(pinn.Network(SIZE, architecture=SMALL), seen, iterations=20)
    path = tmp_path / "run.pt"

    class Interrupted(Exception):
        pass

    def until_interrupted(network, stage):
        if stage > 5:
            raise Interrupted

    with monkeypatch.context() as patch:
        patch.setattr(training, "check", until_interrupted)
        with pytest.raises(Interrupted):
            train(pinn.Network(SIZE, architecture=SMALL), seen, iterations=20, checkpoint=path)
    resumed = train(pinn.Network(SIZE, architecture=SMALL), seen, iterations=20, checkpoint=path)
    assert torch.equal(resumed.network.p, whole.network.p)
    assert all(
        torch.equal(a, b) for a, b in zip(resumed.network.weights(), whole.network.weights(), strict=True)
    )
    assert resumed.record.stage.values.tolist() == whole.record.stage.values.tolist()


def test_a_loss_that_explodes_is_an_error_with_a_remedy(steady):
    with pytest.raises(FloatingPointError, match="lower the residual's weight"):
        train(
            pinn.Network(SIZE, architecture=SMALL), observe(steady), iterations=3,
            objective=lambda n, s: pinn.Losses(n().u.mean() * torch.nan, pinn.losses(n, s).residual),
        )  # fmt: skip


def test_at_zero_the_plain_residual_vanishes_and_the_relative_one_does_not(steady):
    network = pinn.Network(SIZE, architecture=SMALL, start=TRUTH._replace(Du=0.0, Dv=0.0, F=0.0, k=0.0))
    dead = State(torch.full_like(steady.u, 1e-4), steady.v)
    seen = observe(steady, sees_u=False)
    assert float(pinn.losses(network, seen, dead).residual.detach()) < 1e-8 * float(steady.v.square().mean())
    assert float(pinn.relative_losses(network, seen, dead).residual.detach()) > 1e-4


def test_the_hessian_product_matches_finite_differences(trained):
    product, size = network_landscape.hessian_product(trained)
    direction = np.random.default_rng(0).standard_normal(size)
    direction /= np.linalg.norm(direction)
    image = product(direction)
    h = 2e-3
    slopes = []
    with network_landscape.at_rest(trained):
        weights = trained.network.weights()
        for sign in (1, -1):
            offset = 0
            with torch.no_grad():
                for w in weights:
                    piece = direction[offset : offset + w.numel()].reshape(w.shape)
                    w.add_(torch.as_tensor(piece, dtype=w.dtype) * h * (1 if sign > 0 else -2))
                    offset += w.numel()
            parts = pinn.losses(trained.network, trained.seen)
            gradient = torch.autograd.grad(
                parts.data + trained.weight * parts.residual, weights, allow_unused=True
            )
            flat = [
                torch.zeros_like(w).ravel() if g is None else g.ravel()
                for g, w in zip(gradient, weights, strict=True)
            ]
            slopes.append(torch.cat(flat).double().numpy())
    differences = (slopes[0] - slopes[1]) / (2 * h)
    # In length as well as in direction: a product half as long would halve every curvature on the page.
    assert np.linalg.norm(image - differences) < 0.1 * np.linalg.norm(differences)


def test_lanczos_finds_the_spectrum_of_a_known_matrix():
    eigenvalues = np.array([-1.0, 0.0, 0.5, 2.0, 10.0])
    start = np.ones(5)
    nodes, weights, ends = network_landscape.lanczos(lambda x: eigenvalues * x, start, 5)
    np.testing.assert_allclose(np.sort(nodes), eigenvalues, atol=1e-10)
    np.testing.assert_allclose(weights, 0.2, atol=1e-10)
    np.testing.assert_allclose(np.abs(ends), np.eye(5)[[0, 4]], atol=1e-8)


def test_the_middle_of_a_plane_is_the_solution(trained):
    dataset = network_landscape.random_plane(trained, points=5)
    parts = pinn.losses(trained.network, trained.seen)
    assert float(dataset.data[2, 2]) == pytest.approx(float(parts.data.detach()), rel=1e-4)
    assert float(dataset.total[2, 2]) == float(dataset.total.min())


def test_the_worst_plane_bends_as_the_spectrum_says(trained):
    """Along the steepest direction the loss rises by half its curvature times the way squared."""
    found = network_landscape.spectrum(trained, nodes=12, probes=1)
    length = torch.cat([w.detach().ravel() for w in trained.network.weights()]).norm()
    product, _ = network_landscape.hessian_product(trained)
    steepest = found.directions[1]
    assert float(steepest @ product(steepest)) == pytest.approx(found.top, rel=0.01)
    plane = network_landscape.worst_plane(trained, found, points=5)
    assert float(plane.total[2, 3]) > float(plane.total[2, 2])
    assert np.linalg.norm(steepest) * float(length) == pytest.approx(float(length), rel=1e-6)


def test_other_minima_are_those_that_are_not_the_solutions_own_and_not_on_the_border():
    axis = np.linspace(-1, 1, 11)
    a, b = np.meshgrid(axis, axis, indexing="ij")

    def minima(values: np.ndarray) -> list[tuple[float, float]]:
        plane = xr.Dataset({"total": (("alpha", "beta"), values)}, coords={"alpha": axis, "beta": axis})
        return [(round(m.alpha, 1), round(m.beta, 1)) for m in network_landscape.other_minima(plane)]

    bowl = a**2 + b**2
    assert minima(bowl) == []
    assert minima((a - 0.2) ** 2 + b**2) == [], "a training that did not end on the grid's lowest point"
    pit = bowl - 2.0 * np.exp(-((a + 0.8) ** 2 + (b + 0.4) ** 2) / 0.01)
    assert minima(pit) == [(-0.8, -0.4)]
    # The lowest point of all may lie on the border: the pit is a minimum all the same.
    assert minima(np.where(a == 1, -9.0, pit)) == [(-0.8, -0.4)]


def test_filter_normalised_directions_are_as_long_as_the_weights():
    weight = torch.randn(7, 5) * torch.arange(1.0, 8.0)[:, None]
    direction = network_landscape.filter_normalised(weight, torch.Generator().manual_seed(0))
    torch.testing.assert_close(direction.norm(dim=1), weight.norm(dim=1))


def test_the_data_term_does_not_see_the_parameters_and_the_residual_term_does(trained):
    found = network_landscape.coupling(trained)
    assert found.data == 0
    assert (found.cosine > 1e-4).all()


def test_every_method_of_the_table_names_the_parameters(steady, tmp_path):
    for case in recovery.CASES[:1] + recovery.CASES[3:4]:
        for method in recovery.METHODS:
            if recovery.applies(method, case):
                found = recovery.recover(case, method, steady, 0, 3, tmp_path)
                assert found.error.shape == (4,)
                assert np.isfinite(found.error).all()
                assert found.seconds > 0
                assert np.isnan(found.gap) == ("network" not in method)


def test_the_gap_to_the_bowl_is_that_of_the_networks_own_output(trained):
    lowest = bowls_along(trained).minimum[-1].values
    expected = np.abs((np.array(trained.params) - lowest) / np.array(TRUTH)).max()
    assert recovery.gap_to_bowl(trained) == pytest.approx(expected, rel=1e-3)


def rows(values) -> list[dict]:
    """A record whose first parameter takes these values, every 100 steps."""
    return [{"stage": 100 * i, "params": np.array([x, 0.08, 0.035, 0.065])} for i, x in enumerate(values)]


def test_a_training_rests_when_half_of_it_has_moved_nothing():
    still = [0.12, 0.15, 0.16, 0.16, 0.16, 0.16]
    assert training.at_rest(rows(still), 1e-4)
    assert not training.at_rest(rows([0.12, 0.14, 0.15, 0.16]), 1e-4)
    assert not training.at_rest(rows([0.16, 0.16]), 1e-4), "too early to tell"


def test_a_training_that_creeps_does_not_rest_however_slow_each_step_is():
    """As the logarithm of the time: in every doubling as far as in the one before."""
    creeping = 0.16 - 0.001 * np.log2(1 + np.arange(60))
    assert np.abs(np.diff(creeping[-2:])) < 1e-4
    assert not training.at_rest(rows(creeping), 1e-4)


def test_a_line_search_that_fails_starts_anew_and_not_where_the_loss_still_falls():
    def losses_of(values):
        return [{"data": x, "residual": 0.0} for x in values]

    assert training.stalled(losses_of([2.0, 1.0, 1.0]))
    assert not training.stalled(losses_of([1.0, 0.999]))


def test_a_resting_training_ends_before_its_iterations_do(steady):
    network = pinn.Network(SIZE, architecture=SMALL)
    found = train(network, observe(steady), iterations=400, rest=1.0)
    assert found.rested
    assert int(found.record.stage[-1]) == 200
    cut_off = train(pinn.Network(SIZE, architecture=SMALL), observe(steady), iterations=20, rest=1e-12)
    assert not cut_off.rested


def test_interpolation_reproduces_a_smooth_periodic_field_from_a_third_of_its_cells():
    angle = 2 * np.pi * np.arange(32) / 32
    field = np.sin(angle)[:, None] * np.cos(2 * angle)
    seen = np.random.default_rng(0).random((32, 32)) < 0.33
    np.testing.assert_allclose(recovery.interpolate(field, seen), field, atol=0.05)


@pytest.fixture(scope="module")
def descents(steady, tmp_path_factory):
    """Two starts, a few steps in each of the three ways, with short simulations."""
    cache = tmp_path_factory.mktemp("repair")
    return ill_posed_loss.contest(steady, steps=300, starts=2, rounds=4, fitting=300, jobs=1, cache=cache)


def test_no_step_is_longer_than_allowed_and_all_ways_begin_at_the_same_places(descents):
    length = np.linalg.norm(np.diff(descents.place, axis=2), axis=-1)
    assert length.max() <= ill_posed_loss.STEP * (1 + 1e-3)
    assert bool((descents.place.isel(round=0) == descents.place.isel(round=0, kind=0)).all())
    far = np.linalg.norm(descents.place.isel(round=0, kind=0) - to_unconstrained(TRUTH).numpy(), axis=-1)
    np.testing.assert_allclose(far, ill_posed_loss.FAR, rtol=1e-4)


def test_the_residual_leads_towards_the_truth(descents):
    loss = descents.loss.sel(kind="residual").values
    assert (loss[:, -1] < loss[:, 0]).all()
    away = np.linalg.norm(descents.place.sel(kind="residual") - to_unconstrained(TRUTH).numpy(), axis=-1)
    assert away[:, -1].mean() < away[:, 0].mean()


def test_where_v_has_died_the_spectral_loss_moves_nothing_and_the_residual_does(steady):
    """v is zero in every cell there, so its spectrum has no slope in any parameter."""
    dead = to_unconstrained(np.array([[0.1, 0.03, 0.02, 0.09]])).numpy()
    network = pinn.Network(SIZE, architecture=SMALL, seed=1)
    setting = (steady, dead, 4000, 1, 0)
    moved = {
        kind: np.abs(np.diff(ill_posed_loss.descend(kind, network, *setting)["place"], axis=1)).max()
        for kind in ("spectral", "spectral, bare", "residual")
    }
    assert moved["spectral"] == moved["spectral, bare"] == 0
    assert moved["residual"] > 0


def test_a_gradient_that_is_no_number_is_not_taken_for_none(steady, monkeypatch):
    """Where the loss itself is zero, its logarithm has no gradient."""
    place = to_unconstrained(TRUTH)[None].numpy()
    monkeypatch.setattr(ill_posed_loss, "second_term", lambda at, reached, shown: 0.0 * at.sum(dim=1))
    found = ill_posed_loss.descend(
        "residual", pinn.Network(SIZE, architecture=SMALL), steady, place, 10, 1, 0
    )
    assert np.isnan(found["slope"]).all()
    assert (found["place"][:, 0] == found["place"][:, 1]).all()


def test_the_weights_follow_downhill_and_not_past_it(steady):
    network, seen = pinn.Network(SIZE, architecture=SMALL, seed=1), observe(steady)
    place = to_unconstrained(TRUTH).float()

    def joint() -> float:
        output = network()
        second = ill_posed_loss.second_term(place[None], None, output)
        return float((pinn.losses(network, seen, output).data + second).detach())

    before = joint()
    ill_posed_loss.follow(network, seen, place, None, 1.0, ill_posed_loss.FIRST_RATE)
    assert joint() < before


def test_starts_lie_on_both_sides_where_both_are_found():
    found = ill_posed_loss.both_sides(4, SIZE, 6000, 0)
    assert (found.outcomes == Outcome.PATTERN).sum() == 2
    assert len(np.unique(found.places, axis=0)) == len(found.places)
