"""Sweeps of any model: lowest at the truth, with the layout of Gray-Scott's, for frames and with gaps."""

import numpy as np
import pytest
import torch

from lib import TRUTH, initial_state, landscape
from lib.models import GRAY_SCOTT, SCHNAKENBERG, Grid, simulate, states
from lib.simulate import Outcome

GRID = Grid(1.0, 0.01)
AXES = {"a": [0.05, 0.1, 0.15], "b": [0.9, 1.2]}


@pytest.fixture(scope="module")
def start() -> torch.Tensor:
    """Two noisy homogeneous states on an oblong grid."""
    place = torch.tensor([states(SCHNAKENBERG)[0][n] for n in SCHNAKENBERG.fields])[:, None, None]
    noise = torch.randn(2, 2, 16, 24, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    return place + 0.05 * noise


def swept(start, tmp_path, steps=800, **setting):
    return landscape.sweep_model(
        SCHNAKENBERG, AXES, start, steps, grid=GRID, jobs=1, cache=tmp_path, **setting
    )


def test_against_its_own_truth_a_sweep_is_zero_there_and_nowhere_else(start, tmp_path):
    found = swept(start, tmp_path, losses=("spectral", "squares"))
    for name in ("spectral", "squares"):
        loss = found[name]
        assert loss.dims == ("a", "b", "state")
        assert (loss.sel(a=0.1, b=0.9) == 0).all()
        assert int((loss > 1e-8).sum()) == loss.size - 2
    assert found.v.dims == ("a", "b", "row", "column")
    assert (found.outcome == Outcome.PATTERN).all()
    assert (found.steps == 800).all()
    assert found.attrs["around_Du"] == SCHNAKENBERG.parameters["Du"]
    assert found.attrs["model"] == "Schnakenberg"


def test_a_picture_of_ones_own_and_its_frames_have_their_minimum_at_what_made_them(start, tmp_path):
    made = {"a": 0.15, "b": 1.2}
    early = simulate(SCHNAKENBERG, made, start[:1], 300, grid=GRID).fields
    late = simulate(SCHNAKENBERG, made, early, 500, grid=GRID).fields
    frames = torch.stack([early[0, 1], late[0, 1]])
    found = swept(start[:1], tmp_path, [300, 800], target=frames, field="v", losses="squares")
    assert found.squares.sel(**made).item() == 0
    assert (found.squares.drop_sel(a=0.15) > 1e-8).all()
    one = swept(start[:1], tmp_path, target=late[0, 1].numpy(), field="v")
    assert one.spectral.sel(**made).item() == 0


def test_what_is_not_seen_does_not_count(start, tmp_path):
    end = simulate(SCHNAKENBERG, None, start[:1], 800, grid=GRID).fields[0, 0].numpy()
    broken = end.copy()
    broken[3:6, 4:9] = np.nan
    found = swept(start[:1], tmp_path, target=broken, losses="squares")
    assert found.squares.sel(a=0.1, b=0.9).item() == 0
    masked = swept(
        start[:1],
        tmp_path,
        target=np.nan_to_num(broken, nan=9.0),
        observed=np.isfinite(broken),
        losses="squares",
    )
    np.testing.assert_array_equal(found.squares, masked.squares)
    with pytest.raises(ValueError, match="spectra need every one"):
        swept(start[:1], tmp_path, target=broken)


def test_gray_scott_as_a_model_has_the_losses_of_its_own_sweep(tmp_path):
    state = initial_state(2, size=32, seed=0)
    axes = {"F": [TRUTH.F, 0.04]}
    ours = landscape.sweep_model(
        GRAY_SCOTT, axes, torch.stack(list(state), 1), 400, field="v", jobs=1, cache=tmp_path
    )
    theirs = landscape.sweep(axes, states=2, size=32, steps=400, losses="spectral", jobs=1, cache=tmp_path)
    assert set(theirs.data_vars) == set(ours.data_vars)
    assert {n: x.dims for n, x in theirs.data_vars.items()} == {n: x.dims for n, x in ours.data_vars.items()}
    np.testing.assert_allclose(ours.spectral, theirs.spectral, rtol=0.05, atol=0.05)


def test_a_run_that_diverges_has_no_loss(start, tmp_path):
    found = landscape.sweep_model(
        SCHNAKENBERG, {"b": [0.9, 1e4]}, start[:1], [200, 400], grid=GRID, jobs=1, cache=tmp_path
    )
    assert found.outcome.values.ravel().tolist() == [Outcome.PATTERN, Outcome.DIVERGED]
    assert np.isnan(found.spectral.sel(b=1e4))


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"around": {"F": 1.0}}, "`around` names F, and Schnakenberg has Du, Dv, a, b"),
        ({"field": "w"}, "no field 'w'"),
        ({"losses": "gram"}, "choose some of spectral"),
        ({"target": np.ones((4, 4))}, "The target has shape"),
        ({"target": np.ones((3, 16, 24))}, "looked at 1 times"),
        ({"steps": [200, 100]}, "that rise"),
        ({"steps": 0}, "at least 1"),
        ({"observed": np.ones((16, 24))}, "a mask belongs to a target"),
        ({"target": np.ones((16, 24)), "observed": np.zeros((16, 24)), "losses": "squares"}, "No cell"),
    ],
)
def test_what_cannot_be_swept_meets_a_sentence(start, tmp_path, setting, sentence):
    with pytest.raises(ValueError, match=sentence):
        swept(start, tmp_path, **setting)
    with pytest.raises(ValueError, match="`axes` names F"):
        landscape.sweep_model(SCHNAKENBERG, {"F": [1.0]}, start, 5, cache=tmp_path)


@pytest.mark.parametrize(
    ("model", "axes", "sentence"),
    [("schnakenberg", {"b": [0.9]}, "The model is"), (SCHNAKENBERG, [("b", [0.9])], "A dict")],
)
def test_what_is_no_model_and_axes_without_names_are_refused(model, axes, sentence, start, tmp_path):
    with pytest.raises(ValueError, match=sentence):
        landscape.sweep_model(model, axes, start[:1], 100, grid=GRID, jobs=1, cache=tmp_path)
