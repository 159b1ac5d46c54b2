"""The residual loss: a paraboloid to round-off, its minimum the truth, its verdict a sentence."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import residual
from lib.initial_states import initial_state
from lib.model import Params, State, laplacian, step
from lib.model import residual as right_hand_sides
from lib.paper import TRUTH
from lib.residual import denoise
from lib.residual.identifiability import judge, laplacian_eigenvalues, noise_gram
from lib.residual.snapshot import snapshot
from lib.simulate import simulate
from lib.studies.residual_fit.accuracy import third_difference

VECTOR = torch.tensor(TRUTH, dtype=torch.float64)


def random_pattern(seed: int, size: int = 24) -> State:
    """Smooth random fields of a pattern's size; no steady state of anything."""
    draws = torch.randn(2, 1, size, size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    smooth = [denoise.smooth(x[0], 2.0)[None] for x in draws]
    u, v = (x / x.std() for x in smooth)
    return State(0.7 + 0.15 * u, 0.12 + 0.05 * v)


@pytest.fixture(scope="module")
def settled() -> State:
    """The truth's pattern on a small grid."""
    return simulate(TRUTH, initial_state(2, size=64), 40_000).state


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000), st.lists(st.floats(0.001, 0.3), min_size=4, max_size=4))
def test_value_gradient_and_hessian_of_the_formula_are_those_of_autograd(seed, values):
    state, p = random_pattern(seed), torch.tensor(values, dtype=torch.float64)
    found = residual.quadratic(snapshot(*state))

    def loss(x: torch.Tensor) -> torch.Tensor:
        return residual.loss(Params(*x.split(1)), state)

    torch.testing.assert_close(found.value(p)[0], loss(p), rtol=1e-10, atol=1e-15)
    gradient = torch.autograd.functional.jacobian(loss, p)
    torch.testing.assert_close(found.gradient(p)[0], gradient, rtol=1e-9, atol=1e-14)
    torch.testing.assert_close(
        found.hessian[0], torch.autograd.functional.hessian(loss, p), rtol=1e-11, atol=1e-15
    )


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000), st.integers(0, 23), st.integers(0, 23))
def test_the_fit_does_not_see_translation_or_transposition(seed, down, right):
    u, v = random_pattern(seed)
    here = torch.stack(residual.fit(u, v).params)
    moved = residual.fit(u.roll((down, right), (1, 2)), v.roll((down, right), (1, 2)))
    turned = residual.fit(u.transpose(1, 2), v.transpose(1, 2))
    torch.testing.assert_close(torch.stack(moved.params), here, rtol=1e-8, atol=1e-12)
    torch.testing.assert_close(torch.stack(turned.params), here, rtol=1e-8, atol=1e-12)


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 1000), st.lists(st.floats(0.005, 0.2), min_size=4, max_size=4))
def test_with_the_rate_of_change_known_any_patterned_state_gives_the_parameters_exactly(seed, values):
    truth, state = Params(*values), random_pattern(seed)
    rate = State(*right_hand_sides(truth, state))
    found = torch.stack(residual.fit(*state, rate=rate).params)[:, 0]
    torch.testing.assert_close(found, torch.tensor(values, dtype=torch.float64), rtol=1e-9, atol=1e-12)


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 1000))
def test_gradient_descent_ends_in_the_closed_form_minimum(seed):
    state = random_pattern(seed)
    found = residual.quadratic(snapshot(*state))
    scale = 1 / found.hessian[0].diagonal().sqrt()
    p = torch.zeros(4, dtype=torch.float64)
    for _ in range(4000):
        p = p - 0.5 * scale**2 * found.gradient(p)[0]
    torch.testing.assert_close(p, torch.stack(residual.fit(*state).params)[:, 0], rtol=1e-6, atol=1e-9)


def test_third_differences_vanish_to_round_off():
    state = random_pattern(0)
    axes = np.linspace(0.01, 0.2, 7), np.linspace(0.0, 0.1, 7)
    values = [[float(residual.loss(Params(0.1, Dv, 0.03, k), state)) for k in axes[1]] for Dv in axes[0]]
    assert third_difference(np.array(values)) < 1e-13
    assert third_difference(np.array(values) ** 1.5) > 1e-6


def test_a_settled_snapshot_gives_all_four_parameters_within_1e_5(settled):
    found = residual.fit(*settled)
    for value, truth in zip(found.params, TRUTH, strict=True):
        assert (value - truth).abs().max() < 1e-5
    assert all(verdict.rank == 4 for verdict in found.verdicts)
    assert (found.condition < 1e3).all()
    assert (found.rms < 1e-3).all()


def test_other_parameters_are_recovered_too():
    for other in (Params(0.15, 0.07, 0.04, 0.0635), Params(0.17, 0.078, 0.045, 0.0625)):
        state = simulate(other, initial_state(1, size=64), 40_000).state
        found = residual.fit(*state)
        errors = [abs(float(x) - float(t)) for x, t in zip(found.params, other, strict=True)]
        assert max(errors) < 1e-4


def test_a_second_frame_does_away_with_the_need_for_a_steady_state():
    early = simulate(TRUTH, initial_state(1, size=64, dtype=torch.float64), 100).state
    after = step(TRUTH, early)
    alone = residual.fit(*early)
    paired = residual.fit(*early, rate=State(after.u - early.u, after.v - early.v))
    assert abs(float(alone.params.Du) / 0.16 - 1) > 0.05
    for value, truth in zip(paired.params, TRUTH, strict=True):
        assert float(value) == pytest.approx(truth, rel=1e-9)


def test_the_fit_is_differentiable_in_the_fields():
    u, v = random_pattern(3, size=6)
    u, v = u.requires_grad_(), v.requires_grad_()
    assert torch.autograd.gradcheck(lambda a, b: torch.stack(residual.fit(a, b).params), (u, v), rtol=1e-4)


def test_the_loss_is_differentiable_in_fields_and_parameters():
    u, v = (x.requires_grad_() for x in random_pattern(4, size=6))
    p = VECTOR.clone().requires_grad_()
    assert torch.autograd.gradcheck(
        lambda a, b, q: 1e3 * residual.loss(Params(*q.split(1)), State(a, b), reduction="none"), (u, v, p)
    )


def test_the_loss_takes_many_parameters_for_one_image_and_one_for_many_images():
    state = random_pattern(6, size=12)
    many = Params(*(torch.tensor([0.9 * p, p], dtype=torch.float64) for p in TRUTH))
    both = residual.loss(many, state, reduction="none")
    for row, single in enumerate(zip(*many, strict=True)):
        assert float(both[row]) == pytest.approx(float(residual.loss(Params(*map(float, single)), state)))
    images = State(*(torch.cat([x, x, x]) for x in state))
    assert residual.loss(TRUTH, images, reduction="none").shape == (3,)
    with pytest.raises(ValueError, match="one for each of 3 images"):
        residual.loss(many, images)
    with pytest.raises(ValueError, match="one for each of 2 images"):
        residual.loss(many._replace(k=torch.zeros(3, dtype=torch.float64)), state)


def test_standard_errors_cover_the_truth_where_the_equations_are_noisy():
    state, rate = random_pattern(5, size=48), State(*right_hand_sides(TRUTH, random_pattern(5, size=48)))
    scores = []
    for seed in range(40):
        generator = torch.Generator().manual_seed(1000 + seed)  # not the draws of the pattern
        noise = [1e-3 * torch.randn(x.shape, generator=generator, dtype=torch.float64) for x in rate]
        found = residual.fit(*state, rate=State(rate.u + noise[0], rate.v + noise[1]), block=8)
        scores.append((torch.stack(found.params)[:, 0] - VECTOR) / torch.stack(found.standard_errors)[:, 0])
    spread = torch.stack(scores).std(0)
    # 160 standardised errors: their spread is 1 up to sampling and the blocks' small number.
    assert ((spread > 0.7) & (spread < 1.5)).all()


def test_the_ellipse_lies_at_the_quantile_of_its_level(settled):
    found = residual.fit(*settled)
    edge = residual.ellipse(found, "F", "k") - np.array([float(found.params.F[0]), float(found.params.k[0])])
    block = found.covariance[0][2:, 2:].numpy()
    distance = np.einsum("ni,ij,nj->n", edge, np.linalg.inv(block), edge)
    np.testing.assert_allclose(distance, 5.991, rtol=1e-3)


def test_the_trivial_state_determines_nothing_and_says_so():
    found = residual.fit(torch.ones(32, 32), torch.zeros(32, 32))
    assert found.verdicts[0].rank == 0
    assert "no direction" in found.verdicts[0].sentence
    assert torch.stack(found.params).isnan().all()


def test_a_uniform_steady_state_determines_feed_and_kill_only():
    F, k = 0.04, 0.05
    u = 0.5 - (0.25 - (F + k) ** 2 / F) ** 0.5
    v = F * (1 - u) / (F + k)
    found = residual.fit(
        torch.full((16, 16), u, dtype=torch.float64), torch.full((16, 16), v, dtype=torch.float64)
    )
    assert found.verdicts[0].determined == (False, False, True, True)
    assert found.params.Du.isnan()
    assert found.params.Dv.isnan()
    assert str(found).startswith("Du not determined\nDv not determined\n F = 0.040000000 ± ")
    assert float(found.params.F) == pytest.approx(F)
    assert float(found.params.k) == pytest.approx(k)


def test_a_single_observed_cell_determines_nothing(settled):
    seen = torch.zeros(64, 64, dtype=torch.bool)
    seen[10, 20] = True
    found = residual.fit(settled.u[0], settled.v[0], observed=seen)
    assert found.verdicts[0].rank == 0
    assert "too few neighbouring cells" in str(found)


def test_cells_that_were_not_seen_do_not_matter(settled):
    u, v = settled.u[0].clone(), settled.v[0].clone()
    seen = torch.ones(64, 64, dtype=torch.bool)
    seen[5:20, 30:50] = False
    u[~seen], v[~seen] = torch.nan, 1e9
    for value, truth in zip(residual.fit(u, v, observed=seen).params, TRUTH, strict=True):
        assert float(value) == pytest.approx(truth, rel=1e-3)


def test_an_image_that_is_not_periodic_is_fitted_without_its_border(settled):
    window = settled.u[0, 3:40, 7:50], settled.v[0, 3:40, 7:50]
    inside, wrapped = residual.fit(*window, periodic=False), residual.fit(*window)
    assert abs(float(inside.params.Du) / 0.16 - 1) < 1e-3
    assert abs(float(wrapped.params.Du) / 0.16 - 1) > 0.1


def test_diffusion_comes_in_the_units_of_the_cells(settled):
    fine, coarse = residual.fit(*settled), residual.fit(*settled, dx=2.0)
    torch.testing.assert_close(coarse.params.Du, 4 * fine.params.Du)
    torch.testing.assert_close(coarse.params.F, fine.params.F)


def test_numpy_images_will_do(settled):
    found = residual.fit(settled.u[0].numpy(), settled.v[0].numpy())
    assert float(found.params.k) == pytest.approx(0.065, abs=1e-5)


@pytest.mark.parametrize(
    ("u", "v", "words"),
    [
        (torch.ones(8, 8), torch.ones(8, 9), "same cells"),
        (torch.ones(8), torch.ones(8), "same cells"),
        (torch.full((8, 8), torch.nan), torch.ones(8, 8), "not a finite number"),
        (torch.ones(8, 8), torch.full((8, 8), torch.inf), "observed="),
    ],
)
def test_images_that_cannot_be_fitted_are_refused_with_a_sentence(u, v, words):
    with pytest.raises(ValueError, match=words):
        residual.fit(u, v)


def test_a_mask_of_another_shape_is_refused():
    with pytest.raises(ValueError, match="mask of observed cells"):
        residual.fit(torch.ones(8, 8), torch.ones(8, 8), observed=torch.ones(4, 4))


def test_the_noise_gram_is_what_noise_alone_makes():
    noise = 0.01 * torch.randn(
        2, 400, 128, 128, generator=torch.Generator().manual_seed(0), dtype=torch.float64
    )
    u, v = 1 + noise[0], noise[1]
    A, _ = residual.linear_system(State(u, v))
    gram = torch.einsum("bepij,beqij->pq", A, A) / u.numel()
    torch.testing.assert_close(gram, noise_gram(0.01), rtol=0.02, atol=2e-6)


def test_noise_that_hides_the_diffusion_is_said_to(settled):
    generator = torch.Generator().manual_seed(0)
    u, v = (x[0] + 0.03 * torch.randn(64, 64, generator=generator) for x in settled)
    verdict = residual.fit(u, v, noise=0.03).verdicts[0]
    assert 0 < verdict.rank < 4
    assert not verdict.determined[0]


def test_a_strong_signal_is_judged_as_determined():
    verdict = judge(torch.eye(4, dtype=torch.float64), noise_gram(1e-3))
    assert verdict.rank == 4
    assert verdict.sentence == "The data determine all four parameters."


def test_the_eigenvalues_are_those_of_the_lattice_laplacian():
    x = torch.randn(1, 8, 12, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    by_fourier = torch.fft.ifft2(torch.fft.fft2(x) * laplacian_eigenvalues(8, 12)).real
    torch.testing.assert_close(by_fourier, laplacian(x))


@pytest.mark.parametrize("level", [1e-3, 1e-2])
def test_the_noise_level_is_read_from_the_image_itself(settled, level):
    x = settled.u[0] + level * torch.randn(64, 64, generator=torch.Generator().manual_seed(1))
    assert denoise.noise_level(x) == pytest.approx(level, rel=0.15)


def test_weak_form_and_errors_in_variables_undo_the_bias_of_noise(settled):
    generator = torch.Generator().manual_seed(2)
    plain, cured = [], []
    for _ in range(6):
        u, v = (x[0] + 0.01 * torch.randn(64, 64, generator=generator) for x in settled)
        plain.append(denoise.fit(u, v))
        cured.append(denoise.cures()[-1].fit(u, v))
    of_plain, of_cured = (np.median(np.array(x), axis=0) / TRUTH - 1 for x in (plain, cured))
    assert of_plain[1] < -0.5
    assert np.abs(of_cured).max() < 0.03


def test_every_cure_leaves_clean_images_alone_but_smoothing(settled):
    for cure in denoise.cures():
        error = np.abs(np.array(cure.fit(settled.u[0], settled.v[0])) / TRUTH - 1).max()
        if cure.label == "smoothed fields":
            assert error > 0.1
        else:
            assert error < 5e-3
