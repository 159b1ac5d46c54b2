"""Two images that are put into files."""

import numpy as np
import pytest


@pytest.fixture
def pair() -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(0)
    u, v = draw.random((2, 12, 17)).astype(np.float32)
    return u, v
