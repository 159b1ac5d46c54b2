"""Values found independently of this code, at the size that shows them: 128² cells, 40,000 steps."""

import numpy as np
import pytest
import torch

from lib import TRUTH, Outcome, Params, State, initial_state, residual, simulate
from lib.studies.bifurcation.flashes import fate
from lib.studies.horizon.least_squares import solve
from lib.studies.horizon.losses import problem
from lib.studies.horizon.recovery import starts_of
from lib.studies.patterns.noise_floor import plateau_height

STATES, STEPS = 2, 40_000


@pytest.fixture(scope="module")
def truth() -> State:
    """The truth's patterns from eight initial states."""
    return simulate(TRUTH, initial_state(8), STEPS).state


@pytest.mark.parametrize(("floor", "height"), [(1e-12, 618), (1e-8, 252), (1e-4, 55), (1e-2, 16.7)])
def test_the_plateaus_height_is_set_by_the_floor_of_the_logarithm(truth, floor, height):
    assert float(plateau_height(truth.v.numpy(), floor).mean()) == pytest.approx(height, rel=0.03)


def worst(u: torch.Tensor, v: torch.Tensor) -> np.ndarray:
    """The largest relative error of the four fitted parameters, for each picture."""
    found = torch.stack([torch.as_tensor(p) for p in residual.fit(u, v).params]).numpy()
    return np.abs(found / np.array(TRUTH)[:, None] - 1).max(axis=0)


def test_the_residual_fit_is_right_to_a_millionth_and_two_percent_with_noise(truth):
    u, v = (field.double() for field in truth)
    generator = torch.Generator().manual_seed(0)
    noisy = [x + 1e-3 * torch.randn(x.shape, generator=generator, dtype=x.dtype) for x in (u, v)]
    assert np.median(worst(u, v)) < 2e-6
    assert np.median(worst(*noisy)) == pytest.approx(0.02, rel=0.25)


#: Parameter, values that bracket an edge from the paper's patch: the first keeps the pattern, the second not.
EDGES = [
    ("k", 0.0653, 0.0657), ("F", 0.0331, 0.0324), ("F", 0.0579, 0.0586), ("Dv", 0.0814, 0.0822),
    ("Du", 0.2362, 0.2372),
]  # fmt: skip


def outcomes(parameter: str, values: list[float], dt: float = 1.0) -> torch.Tensor:
    """How runs from the paper's patch end, (values, states)."""
    every = {**TRUTH._asdict(), parameter: torch.tensor(values).repeat_interleave(STATES)}
    state = State(*(field.repeat(len(values), 1, 1) for field in initial_state(STATES)))
    return simulate(Params(**every), state, round(STEPS / dt), dt=dt).outcome.reshape(-1, STATES)


@pytest.mark.parametrize(("parameter", "kept", "lost"), EDGES)
def test_the_edges_lie_within_narrow_brackets(parameter, kept, lost):
    ends = outcomes(parameter, [kept, lost])
    assert (ends[0] == Outcome.PATTERN).all()
    assert (ends[1] != Outcome.PATTERN).all()


def test_the_cliff_in_du_is_gone_with_half_the_time_step():
    assert (outcomes("Du", [0.24, 0.28], dt=0.5) == Outcome.PATTERN).all()


def test_beyond_the_hopf_point_every_field_is_trivial_by_120_000_steps():
    assert (simulate(TRUTH._replace(k=0.0557), initial_state(4), 120_000).outcome == Outcome.TRIVIAL).all()


@pytest.mark.parametrize(("k", "fires"), [(0.0557, True), (0.0560, False), (0.0562, False)])
def test_the_stop_rule_fires_within_16_000_steps_at_the_lowest_of_three_kill_rates_only(k, fires):
    found = fate(k, 128, 16_000, seed=0)
    assert found.mistaken == fires
    assert (found.stop is not None) == fires


@pytest.mark.parametrize(("horizon", "arriving"), [(10, 12), (100, 12), (200, 7), (300, 5), (500, 2)])
def test_least_squares_from_the_data_finds_the_truth_at_short_horizons_and_is_lost_at_long_ones(
    horizon: int, arriving: int
):
    """Of twelve starts; others than those of the independent search, so within two of its count."""
    given = problem("data", horizon, size=128, settle=STEPS)
    ends = [
        solve(Params(*map(float, place)), given, 40).params for place in starts_of(None, 1, 12, seed=0)[0]
    ]
    found = sum(np.abs(end / np.array(TRUTH) - 1).max() < 0.01 for end in ends)
    assert abs(found - arriving) <= 2
