"""A handful of cells: four unknowns fit them whatever the Laplacian, so nothing is said about it."""

import torch

from lib import TRUTH, initial_state, residual, simulate


def test_a_few_cells_raise_no_doubt_about_the_laplacian():
    run = simulate(TRUTH, initial_state(1, size=32), 400)
    seen = torch.rand((1, 32, 32), generator=torch.Generator().manual_seed(0)) < 0.25
    found = residual.fit(*run.state, observed=seen)
    assert not [doubt for doubt in found.doubts[0] if "Laplacian" in doubt.sentence]
