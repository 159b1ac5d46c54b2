"""Other people's images: the right numbers, or the sentence that says why not."""

import numpy as np
import pytest
import torch
import xarray as xr
from scipy.ndimage import zoom

from lib import TRUTH, initial_state, residual, simulate
from lib.residual import denoise
from lib.residual.lattice import BOUNDARIES, SPECTRAL, STENCILS, Lattice, gaussian
from tests.residual import foreign

DX = 2.5 / 256


def values(found: residual.Fit) -> np.ndarray:
    return np.array([float(x) for x in found.params])


def errors(found: residual.Fit) -> np.ndarray:
    return np.array([float(x) for x in found.errors])


def doubted(found: residual.Fit) -> set[str]:
    return {d.name for d in found.doubts[0]}


def undecided(found: residual.Fit) -> bool:
    """Whether no parameter is called determined, and no sentence says that all are."""
    verdict = found.verdicts[0]
    return verdict.determined == (False,) * 4 and "determine all four" not in str(found)


@pytest.mark.parametrize("kind", ["five", "half", "odd"])
def test_five_point_periodic_data_of_any_step_and_shape_need_no_advice(kind: str):
    found = residual.fit(*foreign.made(kind))
    np.testing.assert_allclose(values(found), foreign.TRUTH, rtol=1e-4)
    assert not found.doubts[0]
    assert found.verdicts[0].sentence == "The data determine all four parameters."


@pytest.mark.parametrize(
    ("kind", "truth", "doubt", "advice"),
    [
        ("neumann", foreign.TRUTH, "edges", {"boundary": "no-flux"}),
        ("zero", foreign.TRUTH, "edges", {"boundary": "open"}),
        ("nine_iso", foreign.TRUTH, "stencil", {"stencil": "nine-point"}),
        ("nine_sims", (0.3, 0.15, 0.055, 0.062), "stencil", {"stencil": "nine-point"}),
    ],
)
def test_other_walls_and_stencils_are_seen_and_their_advice_gives_the_parameters(kind, truth, doubt, advice):
    found = residual.report(*foreign.made(kind))
    assert doubted(found.given) == {doubt}
    assert undecided(found.given)
    assert dict(found.advice[0].arguments) == advice
    np.testing.assert_allclose(values(found.final), truth, rtol=1e-3)
    assert not found.final.doubts[0]


def test_an_exponential_integrator_at_pearsons_cells_is_fitted_in_his_units():
    found = residual.report(*foreign.pearson(), dx=DX)
    assert dict(found.advice[0].arguments) == {"stencil": SPECTRAL}
    np.testing.assert_allclose(values(found.final), (2e-5, 1e-5, 0.037, 0.06), rtol=1e-3)
    # One unit throughout: the paraboloid has its minimum at the parameters, and the digits are not rounded
    # away.
    slope = found.final.quadratic.gradient(torch.stack(list(found.final.params), dim=-1))
    assert float((slope / found.final.quadratic.slope).abs().max()) < 1e-9
    assert "Du = 2.0000" in str(found)
    assert "e-05 ± " in str(found)
    assert "length² per time" in str(found)


def test_the_stencil_that_fits_best_can_be_asked_for_at_once():
    for pair, truth in ((foreign.made("nine_iso"), foreign.TRUTH), (foreign.made("five"), foreign.TRUTH)):
        np.testing.assert_allclose(values(residual.fit(*pair, stencil="best")), truth, rtol=1e-3)
    assert residual.fit(*foreign.made("five"), stencil="best").lattice.stencil == "five-point"


def test_the_error_of_a_fit_with_the_wrong_stencil_covers_what_the_stencil_does():
    """Scatter alone says four digits, and the fourth is not the truth's."""
    found = residual.fit(*foreign.made("nine_iso"))
    wrong = np.abs(values(found) - foreign.TRUTH)
    assert (wrong <= 1.1 * errors(found)).all()
    assert (wrong > 5 * np.array([float(x) for x in found.standard_errors])).any()


@pytest.mark.parametrize(
    ("levels", "kind", "name"),
    [
        (255, np.uint8, "8-bit grey levels"),
        (65535, np.uint16, "16-bit grey levels"),
        (100, np.float64, "percent"),
        (255, np.float32, "8-bit grey levels"),
    ],
)
def test_grey_levels_and_percent_are_recognised_by_their_range(levels, kind, name):
    u, v = (
        np.rint(x * levels).astype(kind) if kind != np.float64 else x * levels for x in foreign.made("five")
    )
    found = residual.report(u, v)
    assert found.advice[0].reading == name
    assert undecided(found.given)
    # D follows the square of the unit, so the plain numbers are worthless.
    assert abs(values(found.given)[0]) > 100
    np.testing.assert_allclose(values(found.final), foreign.TRUTH, rtol=0.01)


def test_grey_levels_cut_off_instead_of_rounded_are_half_a_level_low():
    u, v = ((x * 255).astype(np.uint8) for x in foreign.made("five"))
    found = residual.report(u, v)
    assert [d.name for d in found.advice] == ["units", "noise", "cut off"]
    np.testing.assert_allclose(values(found.final), foreign.TRUTH, rtol=0.01)


def test_images_stretched_to_their_full_range_are_not_fitted():
    found = residual.fit(*((x - x.min()) / np.ptp(x) for x in foreign.made("five")))
    assert doubted(found) == {"stretched"}
    assert undecided(found)


def test_exchanged_fields_are_recognised():
    u, v = foreign.made("five")
    found = residual.report(v, u)
    assert doubted(found.given) == {"exchanged"}
    assert "fit(v, u)" in str(found)
    np.testing.assert_allclose(values(found.final), foreign.TRUTH, rtol=1e-4)


@pytest.mark.parametrize(
    ("turn", "name"), [(np.transpose, "v transposed"), (np.flipud, "v upside down"), (np.rot90, "v turned")]
)
def test_one_field_turned_against_the_other_is_recognised(turn, name):
    u, v = foreign.made("half")
    found = residual.report(u, turn(v))
    assert found.advice[0].reading.startswith(name)
    assert undecided(found.given)
    np.testing.assert_allclose(values(found.final), foreign.TRUTH, rtol=1e-3)


def test_a_piece_of_a_picture_is_recognised_at_its_edges():
    u, v = (x[2:25, 4:30] for x in foreign.made("half"))
    found = residual.report(u, v)
    assert doubted(found.given) == {"edges"}
    np.testing.assert_allclose(values(found.final), foreign.TRUTH, rtol=2e-3)


def test_a_frame_of_zeros_is_recognised():
    found = residual.report(*(np.pad(x, 5) for x in foreign.made("half")))
    assert doubted(found.given) == {"blank"}
    np.testing.assert_allclose(values(found.final), foreign.TRUTH, rtol=2e-3)


def test_masked_arrays_keep_their_mask():
    u, v = foreign.made("five")
    broken, mask = u.copy(), np.zeros(u.shape, dtype=bool)
    mask[8:12, 8:14] = True
    broken[mask] = 77
    found = residual.fit(np.ma.masked_array(broken, mask), v)
    np.testing.assert_allclose(values(found), foreign.TRUTH, rtol=1e-3)
    assert found.residual.u.isnan()[0, 10, 10]


def test_images_of_noise_show_nothing():
    draw = np.random.default_rng(0)
    found = residual.fit(draw.random((48, 48)), draw.random((48, 48)))
    assert doubted(found) == {"noise"}
    assert undecided(found)


def test_images_scaled_up_are_recognised_by_repetition_or_by_their_diffusion():
    pair = foreign.made("half")
    assert "repeated" in doubted(residual.fit(*(x.repeat(2, 0).repeat(2, 1) for x in pair)))
    smooth = residual.fit(*(zoom(x, 2, mode="grid-wrap", grid_mode=True) for x in pair))
    assert undecided(smooth)


def test_a_mean_taken_off_is_recognised():
    found = residual.fit(*(x - x.mean() for x in foreign.made("five")))
    assert doubted(found) == {"negative"}
    assert undecided(found)


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("level", [0.001, 0.006, 0.016])
def test_the_bias_of_noise_is_in_the_verdict_and_the_cure_undoes_it(level, told):
    setting = {"noise": level} if told else {}
    found = residual.report(*foreign.noisy(foreign.made("half"), level), **setting)
    truth = np.array(foreign.TRUTH)
    wrong = np.abs(values(found.given) - truth)
    if np.isfinite(values(found.given)).all():
        assert undecided(found.given)
        assert (wrong < 3 * errors(found.given)).all()
    np.testing.assert_allclose(values(found.final), truth, rtol=0.02 if level < 0.01 else 0.1)
    assert (np.abs(values(found.final) - truth) < 3 * errors(found.final)).all()


def test_noise_of_a_known_level_in_each_field_will_do():
    pair = foreign.made("five")
    assert np.isfinite(values(residual.fit(*pair, noise=0))).all()
    assert np.isfinite(values(residual.fit(*pair, noise=(1e-4, 2e-4)))).all()
    with pytest.raises(ValueError, match="standard deviation"):
        residual.fit(*pair, noise=-1)


def test_a_pattern_that_still_changes_is_called_unsettled_and_two_frames_mend_it():
    start = foreign.evolved("five", foreign.begin((32, 32)), 60)
    later = foreign.evolved("five", start, 1)
    alone = residual.fit(*start)
    assert doubted(alone) == {"unsettled"}
    assert "times=" in str(alone)
    assert float(alone.turnover) < 1000
    both = residual.fit(*(np.stack(x) for x in zip(start, later, strict=True)), times=[60, 61])
    np.testing.assert_allclose(values(both), foreign.TRUTH, rtol=1e-9)
    assert both.scheme == "forward"
    assert not both.doubts[0]


def test_frames_of_small_steps_are_fitted_by_the_trapezoid_rule():
    """With dt = 1/2 and frames two units apart the rule's error is in the square of their distance."""
    frames = [foreign.evolved("half", foreign.begin((32, 32)), 60)]
    for _ in range(3):
        frames.append(foreign.evolved("half", frames[-1], 1))
    u, v = (np.stack(x) for x in zip(*frames, strict=True))
    found = residual.fit(u, v, times=60 + np.arange(4.0))
    assert found.scheme == "trapezoid"
    np.testing.assert_allclose(values(found), foreign.TRUTH, rtol=0.02)


def test_frames_need_times_that_fit_and_rise():
    u, v = (np.stack([x, x]) for x in foreign.made("five"))
    with pytest.raises(ValueError, match="each with its time"):
        residual.fit(u, v, times=[0, 1, 2])
    with pytest.raises(ValueError, match="do not rise"):
        residual.fit(u, v, times=[1, 1])


def test_a_frame_given_as_a_rate_is_refused():
    u, v = foreign.made("five")
    with pytest.raises(ValueError, match="second frame"):
        residual.fit(u, v, rate=(u, v))
    with pytest.raises(ValueError, match="finite"):
        residual.fit(u, v, rate=(np.full_like(u, np.nan), 0 * v))
    with pytest.raises(ValueError, match="same cells"):
        residual.fit(u, v, rate=(u[:-1], v))


@pytest.mark.parametrize("dx", [0, -1, float("nan"), float("inf")])
def test_cells_without_a_size_are_refused(dx):
    with pytest.raises(ValueError, match="side of a cell"):
        residual.fit(*foreign.made("five"), dx=dx)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda x: np.stack([x] * 3, axis=-1), "colour picture with 3 channels"),
        (lambda x: x.ravel(), "reshape"),
        (lambda x: x[:0], "none of them empty"),
        (lambda x: x + 0j, "real part"),
        (lambda x: x.astype(str), "convert it to numbers"),
        (lambda x: x > 0.5, "before it was thresholded"),
        (lambda x: np.where(x > x.max() - 1e-6, np.nan, x), "not a finite number"),
        (lambda x: x.astype(object), "convert it to numbers"),
    ],
)
def test_what_is_no_image_meets_a_sentence(change, words):
    u, v = foreign.made("five")
    with pytest.raises(ValueError, match=words):
        residual.fit(change(u), change(v))


def test_one_image_alone_or_two_of_different_shape_meet_a_sentence():
    u, v = foreign.made("five")
    with pytest.raises(ValueError, match="needs u and v"):
        residual.fit(u)
    with pytest.raises(ValueError, match="same cells"):
        residual.fit(u, v[:-1])


@pytest.mark.parametrize(
    "wrap",
    [
        lambda x: torch.as_tensor(x),
        lambda x: xr.DataArray(x, dims=("y", "x")),
        lambda x: xr.DataArray(x).to_pandas(),
        lambda x: x.astype(">f8"),
        lambda x: np.rot90(np.rot90(x)),
        lambda x: x[::-1],
        lambda x: x.tolist(),
    ],
)
def test_whatever_holds_numbers_gives_the_same_fit(wrap):
    pair = foreign.made("five")
    np.testing.assert_allclose(values(residual.fit(*map(wrap, pair))), foreign.TRUTH, rtol=1e-4)


def test_one_object_that_holds_both_will_do():
    u, v = foreign.made("five")
    dataset = xr.Dataset({"u": (("y", "x"), u), "v": (("y", "x"), v)})
    for both in ((u, v), dataset, {"u": u, "v": v}):
        np.testing.assert_allclose(values(residual.fit(both)), foreign.TRUTH, rtol=1e-4)


def test_half_precision_is_noise_like_any_other():
    found = residual.report(*(x.astype(np.float16) for x in foreign.made("five")))
    np.testing.assert_allclose(values(found.final), foreign.TRUTH, rtol=0.01)


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("stencil", [*STENCILS, SPECTRAL])
def test_every_laplacian_is_the_laplacian_up_to_its_order(stencil, boundary):
    """A wave that fits a period and two walls has an eigenvalue, −|k|² up to the order of the stencil."""
    if (stencil, boundary) == (SPECTRAL, "open"):
        with pytest.raises(ValueError, match="whole period"):
            Lattice(stencil, boundary)
        return
    n, lattice = 48, Lattice(stencil, boundary)
    at = torch.arange(n, dtype=torch.float64) + 0.5
    k = 2 * torch.pi * 2 / n
    wave = torch.outer((k * at).cos(), (k * at).cos())
    whole = lattice.whole(torch.ones(1, n, n, dtype=torch.bool))[0]
    ratio = (lattice.laplacian(wave[None])[0] / (-2 * k**2 * wave))[whole]
    order = {"eighth-order": 1e-6, SPECTRAL: 1e-10}.get(stencil, k**2)
    torch.testing.assert_close(ratio, torch.ones_like(ratio), rtol=order, atol=0)


def test_moments_are_those_of_filtered_noise():
    draw = torch.randn(200, 32, 32, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    for boundary in ("periodic", "no-flux"):
        lattice = Lattice("nine-point", boundary)
        rough = lattice.laplacian(draw)
        found = [float(x.mean()) for x in (draw.square(), draw * rough, rough.square())]
        np.testing.assert_allclose(lattice.moments(32, 32), found, rtol=0.02)
    assert gaussian(1.5).sum() == pytest.approx(1)


def test_the_noise_that_was_measured_can_be_handed_to_the_fit():
    """As a pair, one number a field."""
    u, v = (x[0].double() for x in simulate(TRUTH, initial_state(1, size=64, patch=16), 6000).state)
    noise = 1e-3 * torch.randn(2, 64, 64, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    levels = denoise.levels(u + noise[0], v + noise[1])
    assert levels == pytest.approx((1e-3, 1e-3), rel=0.2)
    found = residual.fit(u + noise[0], v + noise[1], noise=levels)
    same = residual.fit(u + noise[0], v + noise[1], noise=float(np.mean(levels)))
    for one, other in zip(found.params, same.params, strict=True):
        assert float(one[0]) == pytest.approx(float(other[0]), rel=0.1)
