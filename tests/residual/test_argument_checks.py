"""What is no image of concentrations, or says too little, is refused or doubted in words."""

import math
from typing import Any

import numpy as np
import pytest
import torch

from lib.initial_states import initial_state
from lib.model import Params, State
from lib.paper import TRUTH
from lib.residual import denoise, fit, fit_v, loss
from lib.residual.looks.doubts import times
from lib.residual.noise import LOUDEST
from lib.simulate import simulate


@pytest.fixture(scope="module")
def settled() -> State:
    state = simulate(TRUTH, initial_state(1, size=64), 40_000).state
    return State(state.u[0], state.v[0])


def noisy(x: torch.Tensor, level: float) -> torch.Tensor:
    return x + level * torch.randn(x.shape, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    "setting",
    [{"width": math.nan}, {"width": -1}, {"noise": "much"}, {"block": 0}, {"dx": 0}, {"start": (9, 9)}],
)
def test_a_senseless_setting_of_an_elimination_is_refused(settled: State, setting: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        fit_v(settled.v, **setting)


def test_grey_levels_and_flat_images_have_no_cure(settled: State) -> None:
    grey = [np.asarray(x * 255, dtype="uint8") for x in settled]
    with pytest.raises(
        ValueError, match="concentrations lie between 0 and 1: divide grey levels by what white"
    ):
        denoise.fit(*grey)
    with pytest.raises(ValueError, match="do not determine all four parameters: nothing varies"):
        denoise.fit(np.full((16, 16), 0.5), np.full((16, 16), 0.25))


def test_a_filter_leaves_a_constant_image_as_it_is() -> None:
    flat = np.full((16, 18), 0.25)
    assert torch.equal(denoise.wiener(flat), torch.as_tensor(flat))
    assert denoise.noise_level(flat) == 0


def test_noise_is_measured_in_images_of_any_size() -> None:
    """More cells than torch's quantile takes."""
    assert denoise.noise_level(np.random.default_rng(0).normal(0, 0.1, (4200, 4100))) == pytest.approx(
        0.1, rel=0.01
    )


@pytest.mark.parametrize("noise", [1e3, 1e10, 1e154, 1e300])
def test_noise_that_nothing_can_be_seen_through_is_refused(settled: State, noise: float) -> None:
    said = "nothing can be seen through that"
    with pytest.raises(ValueError, match=said):
        fit_v(settled.v, noise=noise)
    if noise > LOUDEST:
        for refused in (fit, denoise.fit):
            with pytest.raises(ValueError, match=said):
                refused(*settled, noise=noise)


@pytest.mark.parametrize("block", [10**6, 2**64, 10**100])
def test_a_block_that_holds_any_image_is_as_good_as_a_larger_one(settled: State, block: int) -> None:
    found = fit(*settled, block=block).covariance
    torch.testing.assert_close(found, fit(*settled, block=2**40).covariance)


def test_parameters_may_be_tensors_of_one_number(settled: State) -> None:
    state = State(*(x[None] for x in settled))
    one = Params(*(torch.tensor(x, dtype=torch.float64, requires_grad=True) for x in TRUTH))
    found = loss(one, state)
    assert float(found.detach()) == pytest.approx(float(loss(TRUTH, state)), rel=1e-3)
    assert all(slope.shape == () for slope in torch.autograd.grad(found.sum(), one))


def test_how_many_times_more_is_told_of_nothing_too() -> None:
    assert [times(1.0, x) for x in (0.8, 0.001, 1e-5, 0.0)] == ["1.25", "1,000", "100,000", "over a million"]


@pytest.mark.parametrize("noise", [1e-300, 1e-30])
def test_what_has_no_number_is_not_called_determined(noise: float) -> None:
    nothing = np.zeros((2, 8, 8), dtype=int)
    found = fit(nothing, nothing, noise=noise, weak=1, corrected=True)
    for verdict in found.verdicts:
        assert not any(verdict.determined)
        assert "no one solution" in verdict.sentence
