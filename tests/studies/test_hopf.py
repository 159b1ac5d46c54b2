"""What is born at the Hopf curve, and what a dish near it does: each computed in two ways."""

import numpy as np
import pytest
import xarray as xr

from lib import TRUTH
from lib.initial_states import patched_state
from lib.studies.bifurcation import flash_checks, flashes, homogeneous, normal_form


def space_free(u: float, v: float, k: float, steps: int, F: float = float(TRUTH.F)) -> np.ndarray:
    """The map without space, (steps + 1, 2)."""
    way = [(u, v)]
    for _ in range(steps):
        u, v = u + F * (1 - u) - u * v * v, v + u * v * v - (F + k) * v
        way.append((u, v))
    return np.array(way)


def test_at_the_hopf_point_the_amplitude_grows_by_its_cube() -> None:
    k = homogeneous.hopf_k(0.035, 1.0)
    d = normal_form.lyapunov(0.035, 1.0)
    assert k is not None
    assert d is not None
    u, v = homogeneous.states(0.035, k)[2]
    q, p, _ = normal_form.eigenvectors(
        np.eye(2) + homogeneous.linearised_kinetics(TRUTH._replace(k=k), u, v, np.zeros(1))[0]
    )
    begin = np.array([u, v]) + 2 * np.real(1e-3 * q)
    way = space_free(*begin, k, 200_000) - [u, v]
    # Averaged over a period the square falls as 1/r² = 1/r₀² − 2 d n.
    inverse = 1 / np.abs(way @ p.conj()) ** 2
    fall = (inverse[:5000].mean() - inverse[-5000:].mean()) / (len(way) - 5000)
    assert fall / 2 == pytest.approx(d, rel=0.03)


@pytest.mark.parametrize("F", [0.02, 0.035, 0.05])
def test_the_bifurcation_is_subcritical_with_and_without_a_time_step(F: float) -> None:
    found = [normal_form.lyapunov(F, dt) for dt in (0.0, 0.5, 1.0)]
    assert all(x is not None and x > 0 for x in found)


def test_the_maps_coefficient_tends_to_that_of_the_equations() -> None:
    flow, fine = normal_form.lyapunov(0.035), normal_form.lyapunov(0.035, 1e-3)
    k = homogeneous.hopf_k(0.035)
    assert flow is not None
    assert fine is not None
    assert k is not None
    pair = homogeneous.uniform_oscillation(TRUTH._replace(k=k))
    assert pair is not None
    # d is per step and the flow's per ω.
    assert fine / 1e-3 == pytest.approx(flow * pair.imag, rel=0.02)


def test_beyond_the_hopf_point_nothing_lasts_without_space() -> None:
    assert normal_form.growth_per_step(0.0557) == pytest.approx(1 / 22_334, rel=1e-3)
    # Found independently: at step 22,707, with another threshold for "dead".
    assert flashes.unison(0.0557, 40_000) == pytest.approx(22_707, rel=0.01)
    # With half the step the state is on the stable side of its own Hopf point, and the disturbance fades.
    half = normal_form.growth_per_step(0.0557, dt=0.5)
    assert half is not None
    assert half < 0
    assert flashes.unison(0.0557, 80_000, dt=0.5) is None
    assert flashes.unison(0.06, 1000) is None


def made(spread: list[float]) -> xr.Dataset:
    return xr.Dataset(
        {"mean": ("time", np.full(len(spread), 0.2)), "spread": ("time", spread)},
        coords={"time": np.arange(len(spread)) * 40},
        attrs={"k": 0.0557, "every": 40},
    )


def test_a_flash_needs_a_long_calm_before_it() -> None:
    calm, bright = [0.001] * 20, [0.1] * 3
    short = [0.001] * 2
    # Long calm, flash, short calm, the same flash again, long calm to the end.
    found = flashes.rhythm(made(calm + bright + short + bright + calm))
    assert found.crossings == 2
    assert found.flashes == 1
    assert found.longest_calm == 800
    assert found.uniform_share == pytest.approx(42 / 48)
    assert flashes.rhythm(made(calm)).flashes == 0
    assert flashes.rhythm(made(bright)).uniform_share == 0


def test_the_period_of_a_sine_is_found() -> None:
    series = 0.2 + 0.01 * np.sin(2 * np.pi * np.arange(0, 20_000, 10) / 143.0)
    assert flashes.period(series, 10.0) == pytest.approx(143.0, rel=2e-3)
    assert flashes.period(np.full(100, 0.2), 10.0) is None


def test_a_run_that_has_died_is_no_cycle_and_a_dead_dish_is_no_mistake() -> None:
    fate = flashes.fate(0.09, 32, 2000, 0)
    assert fate.died is not None
    assert fate.died <= 2000
    assert not fate.pulses
    assert not fate.mistaken, "the stop rule is right about a dish in which v has died"


def test_a_record_continues_one_run() -> None:
    # In parts or at once: the end is the uninterrupted run's.
    record = flashes.watch(0.056, 32, 9000, 0, 10)
    assert record.sizes["time"] == 225
    assert record.time.values[-1] == 8960
    assert np.isfinite(record.spread).all()
    assert float(record.v[0].std()) == pytest.approx(float(record.spread[0]), rel=1e-4)


def test_a_record_with_half_the_step_keeps_the_time_of_the_whole_step() -> None:
    # Another scheme of the same equations: early on, before anything flashes, the records are close.
    state = patched_state(size=32, seed=0)
    whole, half = (flashes.series(0.056, state, 800, 0, dt)[0] for dt in (1.0, 0.5))
    assert whole.time.equals(half.time)
    assert 0 < float(np.abs(whole["mean"] - half["mean"]).max()) < 0.01
    again = flash_checks.run_again(0.056, 32, 800, 0, 0.5, False)
    record = half.assign_attrs(k=0.056, every=flashes.EVERY)
    assert again.rhythm == flashes.rhythm(record, after=400)


def test_double_precision_is_another_run_of_the_same_length() -> None:
    single, double = (flash_checks.run_again(0.056, 32, 800, 0, 1.0, both) for both in (False, True))
    assert double.rhythm.brightest == pytest.approx(single.rhythm.brightest, rel=1e-2)
    assert double.rhythm.brightest != single.rhythm.brightest
    assert not flash_checks.run_again(0.09, 32, 2000, 0, 1.0, True).mistaken, "v has died there"


def test_schemes_are_compared_on_the_same_kill_rates() -> None:
    whole, half = (homogeneous.hopf_k(float(TRUTH.F), dt) for dt in (1.0, 0.5))
    assert whole is not None
    assert half is not None
    assert whole < half
    assert flash_checks.common((whole - 1e-4, (whole + half) / 2, half + 1e-4)) == [half + 1e-4]
    kills = ((whole + half) / 2, half + 1e-4)
    usual = {k: flashes.watch(k, 32, 800, 0, 0) for k in kills}
    found = flash_checks.check(kills, 0, usual, size=32, steps=800)
    assert (found.checks, found.common) == (2, 1)
    assert found.uniform_usual == flashes.rhythm(usual[kills[1]], after=400).uniform_share
