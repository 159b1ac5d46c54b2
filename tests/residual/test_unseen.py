"""Images of kinds that nobody planned for: the right value with an error that holds it, or what is wrong."""

import h5py
import numpy as np
import pytest
import xarray as xr
from scipy.ndimage import gaussian_filter

from lib import residual
from lib.residual.looks.units import SCALES
from tests.residual import foreign
from tests.residual.test_own_data import doubted, errors, undecided, values


def draw(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def holed(x: np.ndarray, value: float) -> np.ndarray:
    """The same with a block filled with a number."""
    found = x.copy()
    found[8:14, 4:20] = value
    return found


@pytest.mark.parametrize("name", SCALES)
def test_every_unit_is_recognised_in_both_fields_and_in_one(name):
    u, v = foreign.made("five")
    for pair in ((u * SCALES[name], v * SCALES[name]), (u * SCALES[name], v)):
        found = residual.report(*pair)
        assert found.advice[0].name == "units"
        assert undecided(found.given)
        np.testing.assert_allclose(values(found.final), foreign.TRUTH, rtol=1e-3)


def test_the_numbers_of_another_system_are_not_read_as_grey_levels():
    """3.9 is below 100, 255 and 65535; but no pattern stays at a few hundredths of its unit."""
    u, v = foreign.made("five")
    assert doubted(residual.fit(4 * u, 4 * v)) == {"range"}


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda u, v: (0.9 * u, 0.9 * v), "scale"),
        (lambda u, v: (u / u.max(), v / v.max()), "scale"),
        (lambda u, v: (gaussian_filter(u, 1, mode="wrap"), gaussian_filter(v, 1, mode="wrap")), "unsettled"),
        (lambda u, v: (np.rint(u * 32) / 32, np.rint(v * 32) / 32), "coarse"),
    ],
)
def test_images_that_were_processed_are_doubted(change, name):
    u, v = (x.astype(float) for x in foreign.made("five"))
    found = residual.fit(*change(u, v))
    assert name in doubted(found)
    assert undecided(found)


def test_waves_that_solve_nothing_are_doubted_though_their_residual_repeats():
    """Blocks of 16 cells hold whole periods, so the scatter between them is nothing."""
    wave = np.outer(*[np.sin(2 * np.pi * np.arange(64) / 16)] * 2)
    found = residual.fit(0.6 + 0.2 * wave, 0.2 - 0.1 * wave)
    assert doubted(found) == {"unsettled"}
    assert undecided(found)


def test_cells_that_are_not_square_are_recognised(tmp_path):
    u, v = (x.astype(float) for x in foreign.begin((32, 32)))
    for _ in range(16_000):
        by_u, by_v = (
            0.9 * (np.roll(x, 1, 1) + np.roll(x, -1, 1)) + np.roll(x, 1, 0) + np.roll(x, -1, 0) - 3.8 * x
            for x in (u, v)
        )
        reaction = u * v * v
        u, v = u + 0.16 * by_u - reaction + 0.035 * (1 - u), v + 0.08 * by_v + reaction - 0.1 * v
    found = residual.fit(u, v)
    assert doubted(found) == {"cells"}
    assert "0.949 times as high as wide" in str(found)
    data = xr.Dataset(
        {"u": (("y", "x"), u), "v": (("y", "x"), v)},
        coords={"y": 0.95 * np.arange(32), "x": np.arange(32.0)},
    )
    data.to_netcdf(tmp_path / "oblong.nc", engine="h5netcdf")
    with h5py.File(tmp_path / "oblong.h5", "w") as held:
        for name, x in (("u", u), ("v", v)):
            held[f"t0_fields/{name}"] = x[None, None]
        for name in "xy":
            held[f"dimensions/{name}"] = data[name].values
    for name in ("oblong.nc", "oblong.h5"):
        with pytest.raises(ValueError, match=r"cells of .* and the fit needs square ones"):
            residual.report(str(tmp_path / name))


@pytest.mark.parametrize("fill", [-999.0, 1e20])
def test_gaps_filled_with_a_number_are_left_out(fill):
    found = residual.report(*(holed(x, fill) for x in foreign.made("five")))
    assert doubted(found.given) == {"filled"}
    np.testing.assert_allclose(values(found.final), foreign.TRUTH, rtol=1e-3)


def test_a_report_leaves_out_cells_that_hold_nan_and_says_how_many():
    found = residual.report(*(np.pad(x, 3, constant_values=np.nan) for x in foreign.made("five")))
    np.testing.assert_allclose(values(found.final), foreign.TRUTH, rtol=1e-3)
    assert "Cells that hold NaN, left out: 420." in str(found)
    nothing = residual.report(*2 * [np.full((16, 16), np.nan)])
    assert "no direction" in str(nothing)
    assert "no remedy for what is left" in str(nothing)


def test_noise_is_measured_between_the_gaps_and_its_cure_holds():
    u, v = foreign.noisy(foreign.made("half"), 1e-3)
    found = residual.report(holed(u, np.nan), holed(v, np.nan))
    assert [d.name for d in found.advice] == ["noise"]
    assert np.array(found.given.noise[0]) == pytest.approx(1e-3, rel=0.2)
    assert (np.abs(values(found.final) - foreign.TRUTH) < 3 * errors(found.final)).all()


def test_noise_does_not_make_another_stencils_diffusion_look_scaled_up():
    found = residual.report(*foreign.noisy(foreign.made("nine_sims"), 1e-3))
    assert not found.final.doubts[0]
    np.testing.assert_allclose(values(found.final), (0.3, 0.15, 0.055, 0.062), rtol=0.02)


@pytest.mark.parametrize("spacing", [2, 5, 50])
def test_the_error_of_frames_far_apart_holds_the_truth(spacing):
    """A rule that joins frames is off in the square of their distance; scatter alone does not show it."""
    first = foreign.evolved("five", foreign.begin((32, 32)), 60)
    frames = [first, foreign.evolved("five", first, spacing)]
    u, v = (np.stack(x) for x in zip(*frames, strict=True))
    found = residual.fit(u, v, times=[0, spacing])
    wrong = np.abs(values(found) - foreign.TRUTH)
    assert (wrong < 3 * errors(found)).all()
    assert (wrong > 3 * np.array([float(x) for x in found.standard_errors])).any() or undecided(found)


def test_noise_of_the_change_between_frames_is_expected():
    first = foreign.evolved("five", foreign.begin((32, 32)), 60)
    frames = [foreign.noisy(first, 1e-3, 0), foreign.noisy(foreign.evolved("five", first, 3), 1e-3, 1)]
    u, v = (np.stack(x) for x in zip(*frames, strict=True))
    found = residual.report(u, v, times=[0, 3])
    assert [d.name for d in found.advice] == ["noise"]
    assert not found.final.doubts[0]
    assert float(found.final.expected) == pytest.approx(float(found.final.misfit), rel=0.3)


def test_time_as_the_last_axis_and_channels_first_meet_a_sentence(tmp_path):
    u, v = foreign.made("five")
    last = [np.stack([x] * 6, axis=-1) for x in (u, v)]
    with pytest.raises(ValueError, match="time seems to be the last axis"):
        residual.fit(*last, times=range(6))
    np.savez(tmp_path / "last.npz", u=last[0], v=last[1], times=np.arange(6.0))
    with pytest.raises(ValueError, match="time seems to be the last axis"):
        residual.report(str(tmp_path / "last.npz"))
    with pytest.raises(ValueError, match="colour channels"):
        residual.fit(*(np.stack([x, x, x, np.ones_like(x)]) for x in (u, v)))


def test_a_report_says_that_the_unit_of_v_is_taken_for_granted():
    """With v' = b v the equations at rest hold for b² Du, b Dv, b² F and b (F + k): nothing can show it."""
    u, v = foreign.made("five")
    b, (Du, Dv, F, k) = 1.1, foreign.TRUTH
    found = residual.report(u, b * v)
    expected = (b**2 * Du, b * Dv, b**2 * F, b * (F + k) - b**2 * F)
    np.testing.assert_allclose(values(found.final), expected, rtol=1e-4)
    assert "Taken for granted: the unit of v." in str(found)
    frames = residual.report(*(np.stack([x, x]) for x in (u, v)), times=[0, 1])
    assert "Taken for granted" not in str(frames)
