"""Transport of power along the wave numbers, and terms found by sparse regression."""

import numpy as np
import pytest
import torch
from scipy.stats import wasserstein_distance

from lib.model import State
from lib.studies.inversion import METHODS, transport
from lib.studies.inversion.attempt import attempt
from lib.studies.inversion.benchmark import problem
from lib.studies.inversion.methods import sparse_terms
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import NOT_APPLICABLE

FULL = {"size": 64, "steps": 10_000}


def stripes(periods: int, size: int = 64) -> torch.Tensor:
    """A wave of so many periods, as a field of v."""
    x = torch.arange(size, dtype=torch.float64) / size
    return (0.2 + 0.1 * torch.sin(2 * torch.pi * periods * x)).expand(1, size, size).contiguous()


def seen(v: torch.Tensor) -> Data:
    return Data("S1", v.float().numpy(), None, (), None, 1000)


def test_the_closed_form_is_scipys_wasserstein_distance():
    draw = np.random.default_rng(0)
    one, other = draw.random((2, 1, 20))
    rings = np.arange(1, 21)
    expected = wasserstein_distance(rings, rings, one[0], other[0])
    found = transport.wasserstein(*(torch.as_tensor(x) for x in (one, other)))
    assert float(found) == pytest.approx(expected)


def test_it_grows_with_the_distance_between_peaks_that_do_not_overlap():
    goal = transport.RingTransport(seen(stripes(6)))
    losses = [float(goal.loss(stripes(n).float(), stripes(n).float())) for n in (6, 8, 12, 20)]
    assert losses[0] < 1e-3
    assert losses[1] < losses[2] < losses[3]


def test_it_does_not_know_where_the_pattern_lies():
    v = torch.as_tensor(problem("maze", "S1", 0, size=32, steps=400).data.v)
    goal = transport.RingTransport(seen(v))
    assert float(goal.loss(v.roll((5, 9), (1, 2)), v)) < 1e-6


def test_its_gradient_is_that_of_finite_differences():
    goal = transport.RingTransport(seen(stripes(6)))
    x = (stripes(9) + 0.01 * stripes(4)).requires_grad_()
    goal.goals = [g.double() for g in goal.goals]
    direction = torch.randn(x.shape, generator=torch.Generator().manual_seed(0), dtype=x.dtype)
    slope = float((torch.autograd.grad(goal.loss(x, x).sum(), x)[0] * direction).sum())
    ends = [float(goal.loss(x.detach() + h * direction, x)) for h in (1e-6, -1e-6)]
    assert slope == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-4)


def test_a_picture_with_holes_has_no_spectrum():
    data = problem("maze", "S4-30", 0, size=32, steps=400).data
    assert attempt(METHODS["transport"].recover, data, 1.0, 0).ending == NOT_APPLICABLE


@pytest.mark.parametrize("target", ["truth", "maze", "holes"])
def test_without_noise_the_equations_own_terms_are_found(target: str):
    given = problem(target, "S2", 0, **FULL)
    fields = State(*(torch.as_tensor(x[-1]).double() for x in (given.data.u, given.data.v)))
    of_u, of_v = sparse_terms.identified(fields)
    assert set(of_u) == {"∇²u", "1", "u"}
    assert set(of_v) == {"∇²v", "v"}
    found = attempt(METHODS["sparse"].recover, given.data, 10.0, 0)
    np.testing.assert_allclose(found.params, given.truth, rtol=2e-3)


def test_the_best_subset_of_a_known_combination_is_found():
    draw = np.random.default_rng(0)
    columns = {name: draw.standard_normal(200) for name in "abcdef"}
    found = sparse_terms.sparse(columns, 2 * columns["b"] - 0.5 * columns["e"])
    assert set(found) == {"b", "e"}
    assert found["b"] == pytest.approx(2)
    assert found["e"] == pytest.approx(-0.5)
