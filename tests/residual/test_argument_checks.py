"""What is no image of concentrations, or says too little, is refused or doubted in words."""

import math
from typing import Any

import numpy as np
import pytest
import torch

from lib.initial_states import initial_state
from lib.model import State
from lib.paper import TRUTH
from lib.residual import denoise, fit_v
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
