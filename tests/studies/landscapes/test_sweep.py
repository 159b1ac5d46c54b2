"""Landscapes: every number equals a direct computation, chunks are kept, an interrupted sweep goes on."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch
import xarray as xr

from lib import TRUTH, Outcome, Params, grid, initial_state, losses, paper, simulate
from lib.studies.landscapes import flatness, sweep

SMALL = {"size": 32, "steps": 300, "states": 2}
AXES = {"F": np.array([0.03, 0.035, 0.05]), "k": np.array([0.06, 0.065])}


@pytest.fixture
def store(tmp_path) -> Path:
    return tmp_path / "cache"


def test_every_number_of_a_landscape_equals_its_own_simulation(store):
    found = sweep.sweep(AXES, losses=("spectral", "gram"), cache=store, **SMALL)
    state = initial_state(2, size=32)
    target = simulate(TRUTH, state, 300).v
    for F in AXES["F"]:
        for k in AXES["k"]:
            run = simulate(Params(0.16, 0.08, float(F), float(k)), state, 300)
            here = found.sel(F=F, k=k)
            expected = losses.spectral(run.v, target, reduction="none")
            np.testing.assert_allclose(here.spectral, expected, rtol=1e-5, atol=1e-6)
            np.testing.assert_allclose(
                here.gram, losses.gram(run.v, target, reduction="none"), rtol=1e-3, atol=1e-12
            )
            np.testing.assert_array_equal(here.v, run.v[0])
            assert here.outcome.values.tolist() == run.outcome.tolist()


def test_the_loss_at_the_truth_is_exactly_zero(store):
    found = sweep.sweep({"k": np.array([0.06, 0.065])}, cache=store, **SMALL)
    assert (found.spectral.sel(k=0.065) == 0).all()
    assert (found.windowed.sel(k=0.065) == 0).all()


def test_a_picture_as_target_is_what_every_run_is_compared_with(store):
    """A run's own picture is at distance zero from it, and any other at the loss's own value."""
    state = initial_state(2, size=32)
    picture = simulate(Params(0.16, 0.08, 0.03, 0.06), state, 300).v[:1]
    found = sweep.sweep(AXES, target=picture, cache=store, **SMALL)
    assert float(found.spectral.sel(F=0.03, k=0.06, state=0)) == 0
    run = simulate(Params(0.16, 0.08, 0.05, 0.065), state, 300)
    expected = losses.spectral(run.v, picture.expand(2, -1, -1), reduction="none")
    np.testing.assert_allclose(found.spectral.sel(F=0.05, k=0.065), expected, rtol=1e-5)
    assert found.attrs["target"] == "a picture"


def test_another_picture_is_another_result(store):
    first, second = torch.rand(2, 32, 32, generator=torch.Generator().manual_seed(0))
    axes = {"k": np.array([0.06])}
    one = sweep.sweep(axes, target=first, cache=store, **SMALL)
    two = sweep.sweep(axes, target=second.numpy(), cache=store, **SMALL)
    assert (one.spectral != two.spectral).all()
    assert two.attrs["cached"] == 0


def test_the_grid_is_the_targets_and_another_truth_can_be_named(store):
    setting = {"steps": 300, "states": 1, "cache": store}
    assert sweep.sweep({"k": np.array([0.06])}, target=np.ones((48, 48)), **setting).v.shape[-1] == 48
    other = Params(0.16, 0.08, 0.03, 0.06)
    found = sweep.sweep({"k": np.array([0.06])}, around=other, truth=other, size=32, **setting)
    assert float(found.spectral.squeeze()) == 0


@pytest.mark.parametrize(
    ("target", "words"),
    [
        (np.ones((32, 24)), "square picture"),
        (np.ones((16, 16)), "square picture"),
        (np.ones((3, 32, 32)), "one for each initial state"),
        (255 * np.ones((32, 32)), "stay between 0 and 1"),
        (np.full((32, 32), np.nan), "spectra need every cell"),
        (np.ones((32, 32, 3)), "colour picture"),
        (np.ones(32), "reshape"),
    ],
)
def test_a_target_that_no_run_can_match_is_refused_before_anything_runs(target, words, store):
    with pytest.raises(ValueError, match=words):
        sweep.sweep(AXES, target=target, cache=store, **SMALL)


def test_dimensions_carry_names_and_attributes_say_what_was_done(store):
    found = sweep.sweep(AXES, cache=store, **SMALL)
    assert found.spectral.dims == ("F", "k", "state")
    assert found.v.dims == ("F", "k", "row", "column")
    assert found.attrs["seed"] == 0
    assert found.attrs["around_Du"] == 0.16
    assert found.attrs["core_seconds"] > 0


def test_a_second_sweep_computes_nothing_and_gives_the_same_bits(store):
    first = sweep.sweep(AXES, cache=store, **SMALL)
    second = sweep.sweep(AXES, cache=store, **SMALL)
    assert (first.attrs["cached"], second.attrs["cached"]) == (0, 1)
    xr.testing.assert_identical(first.drop_attrs(), second.drop_attrs())


def test_the_number_of_processes_changes_no_bit(tmp_path):
    one = sweep.sweep(AXES, cache=tmp_path / "1", jobs=1, **SMALL)
    two = sweep.sweep(AXES, cache=tmp_path / "2", jobs=2, **SMALL)
    xr.testing.assert_identical(one.drop_attrs(), two.drop_attrs())


LONG = {"size": 64, "steps": 40_000, "states": 4}
LONG_AXIS = {"k": np.linspace(0.058, 0.065, 24)}


def test_an_interrupted_sweep_keeps_what_it_had_and_goes_on(tmp_path):
    """Ctrl-C in a process of its own, as a reader would; then the same call again."""
    code = (
        # A test run in the background inherits that Ctrl-C is ignored.
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "import numpy as np; from lib import landscape; "
        f"found = landscape.sweep({{'k': np.linspace(0.058, 0.065, 24)}}, "
        f"cache={str(tmp_path)!r}, **{LONG!r}); print(found.attrs['cached']); "
        f"found.drop_attrs().to_netcdf({str(tmp_path / 'found.nc')!r})"
    )
    # A group of its own: Ctrl-C reaches every process of it, and none of ours.
    process = subprocess.Popen([sys.executable, "-c", code], start_new_session=True, stderr=subprocess.PIPE)
    deadline = time.monotonic() + 120
    while len(list(tmp_path.rglob("*compute_chunk/*/*.result"))) < 2:
        assert process.poll() is None, process.stderr.read().decode()
        assert time.monotonic() < deadline
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGINT)
    assert b"KeyboardInterrupt" in process.communicate(timeout=60)[1]
    again = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 0 < float(again.stdout) < 1
    resumed = xr.load_dataset(tmp_path / "found.nc")
    whole = sweep.sweep(LONG_AXIS, cache=tmp_path / "fresh", **LONG)
    xr.testing.assert_identical(resumed.drop_attrs(), whole.drop_attrs())


def test_a_diverged_run_has_no_loss(store):
    found = sweep.evaluate(np.array([[0.25, 0.08, 0.035, 0.065]]), cache=store, states=1, size=64, steps=6000)
    assert found.outcome.values.tolist() == [[Outcome.DIVERGED]]
    assert np.isnan(found.spectral.values).all()


def test_cliffs_lie_where_the_outcome_changes():
    outcome = xr.DataArray([[0], [0], [2], [2], [1]], dims=("k", "state"), coords={"k": [0.0, 1, 2, 3, 4]})
    assert flatness.cliffs(xr.Dataset({"outcome": outcome}), "k") == [1.5, 3.5]


def test_axes_pass_through_the_truth():
    axes = grid.axes_over(paper.FEED_PLANE, (7, 9))
    assert TRUTH.F in axes["F"]
    assert TRUTH.k in axes["k"]
    assert [len(x) for x in axes.values()] == [7, 9]
    assert all((np.diff(x) > 0).all() for x in axes.values())


@pytest.mark.parametrize("axes", [{}, {"D": np.array([0.1])}])
def test_unknown_axes_are_refused(axes, store):
    with pytest.raises(ValueError, match="name some of Du, Dv, F, k"):
        sweep.sweep(axes, cache=store, **SMALL)


def test_an_unknown_loss_is_refused_before_anything_is_simulated(store):
    with pytest.raises(ValueError, match="There is no loss 'vgg'"):
        sweep.sweep(AXES, losses=("vgg",), cache=store, **SMALL)


def test_cross_losses_average_over_the_targets():
    v = torch.rand(3, 16, 16, generator=torch.Generator().manual_seed(0))
    expected = [float(losses.spectral(x[None].expand(3, -1, -1), v)) for x in v]
    np.testing.assert_allclose(sweep.cross_losses(v, v), expected, rtol=1e-5)


@pytest.mark.parametrize(
    ("points", "setting"),
    [
        (np.tile(TRUTH, (7, 1)).T, {}),
        (np.array(TRUTH), {}),
        (np.empty((0, 4)), {}),
        (np.array([[0.16, 0.08, 0.035, np.nan]]), {}),
        (np.array([[-0.16, 0.08, 0.035, 0.065]]), {}),
        (np.array([[0.3, 0.08, 0.035, 0.065]]), {}),
        (np.array([TRUTH]), {"steps": 20.7}),
        (np.array([TRUTH]), {"seed": 2**32}),
        (np.array([TRUTH]), {"device": "auto"}),
        (np.array([TRUTH]), {"size": 0}),
    ],
)
def test_points_and_settings_that_are_none_are_refused_at_once(points, setting, tmp_path):
    with pytest.raises(ValueError, match=r"[Pp]oints|finite|must be|amplifies|whole number|seed|device"):
        sweep.evaluate(points, **{"cache": tmp_path, "states": 1, "size": 16, "steps": 5, **setting})
    assert not list(tmp_path.rglob("*.result"))


def test_one_loss_a_tuple_as_an_axis_and_a_seed_of_numpys_are_what_they_say(tmp_path):
    setting = {"cache": tmp_path, "states": 1, "size": 32, "steps": 5, "jobs": 1}
    one = sweep.sweep({"k": (0.06, 0.065)}, losses="spectral", seed=np.int64(0), **setting)
    other = sweep.sweep({"k": np.array([0.06, 0.065])}, losses=("spectral",), seed=0, **setting)
    np.testing.assert_array_equal(one.spectral, other.spectral)
    assert other.attrs["cached"] == 1


def test_a_title_is_anything_that_can_be_shown(tmp_path):
    found = sweep.sweep({"F": [0.03]}, title=3, size=32, steps=10, jobs=1, cache=tmp_path)
    assert found.sizes["F"] == 1


@pytest.mark.parametrize(
    ("setting", "sentence"),
    [
        ({"jobs": 0}, "jobs is 0"), ({"jobs": 10**6}, "jobs is 1000000"), ({"jobs": "all"}, "whole number"),
        ({"jobs": None}, "whole number"), ({"losses": None}, "losses are"), ({"losses": 3}, "losses are"),
        ({"losses": []}, "losses are"), ({"losses": [["spectral"]]}, "losses are"),
        ({"losses": ["vgg"]}, "no loss 'vgg'"), ({"size": 16}, "16 cells .* patch of 20"),
        ({"device": None}, "no device"), ({"device": ["cpu"]}, "no device"), ({"truth": None}, "parameters"),
        ({"size": None, "target": np.zeros((16, 16))}, "16 cells .* patch of 20"),
    ],
)  # fmt: skip
def test_wrong_settings_are_answered_before_anything_is_computed(setting, sentence, tmp_path):
    with pytest.raises(ValueError, match=sentence):
        sweep.sweep({"F": [0.03]}, **{"size": 32, "steps": 10, "jobs": 1, "cache": tmp_path} | setting)
    assert not list(tmp_path.rglob("*.result"))
