"""Fits of whatever is handed over: a right answer, a doubt or a sentence, never a silent NaN."""

import math
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lib import TRUTH, Params, State, initial_state, residual, simulate
from lib.residual import denoise, elimination
from tests.strange import answer, anything, arrays, budget, numbers


@cache
def settled() -> State:
    """A pattern at rest, small enough to be fitted thousands of times."""
    state = simulate(TRUTH, initial_state(1, size=32, patch=14), 6000).state
    assert float(state.v.std()) > 0.05  # some patches die out, and a dead field tells nothing
    return State(state.u[0], state.v[0])


def check_fit(found: residual.Fit) -> None:
    """Numbers, or the words why there are none."""
    for i, verdict in enumerate(found.verdicts):
        assert verdict.sentence
        for value, known in zip(found.params, verdict.determined, strict=True):
            assert bool(torch.as_tensor(value)[i].isfinite()) or not known or found.doubts[i]
    assert str(found)


@budget
@given(anything, anything)
def test_a_fit_of_anything(u: Any, v: Any) -> None:
    found = answer(residual.fit, u, v)
    if found is not None:
        check_fit(found)


OPTIONS = ("rate", "times", "observed", "periodic", "boundary", "stencil", "dx", "noise", "weak", "corrected",
           "block")  # fmt: skip


@budget
@given(st.sampled_from(OPTIONS), anything, st.sampled_from(OPTIONS), anything)
def test_a_fit_with_any_setting(one: str, value: Any, other: str, another: Any) -> None:
    found = answer(residual.fit, *settled(), **{one: value, other: another})
    if found is not None:
        check_fit(found)


@budget
@given(arrays(), arrays(), numbers, st.integers(0, 3))
def test_a_fit_of_nearly_right_images(u: Any, v: Any, noise: Any, weak: int) -> None:
    found = answer(residual.fit, u, v, noise=noise, weak=weak, corrected=True)
    if found is not None:
        check_fit(found)


@budget
@given(anything, anything)
def test_a_report_of_anything(u: Any, v: Any) -> None:
    found = answer(residual.report, u, v)
    assert found is None or str(found)


@budget
@given(st.one_of(arrays(), anything))
def test_an_elimination_of_anything(v: Any) -> None:
    check_elimination(answer(residual.fit_v, v))


@budget
@given(st.sampled_from(["start", "width", "noise", "block", "dx"]), anything)
def test_an_elimination_with_any_setting(name: str, value: Any) -> None:
    check_elimination(answer(residual.fit_v, settled().v, **{name: value}))


def check_elimination(found: elimination.Elimination | None) -> None:
    """Finite numbers, where it does not refuse."""
    if found is not None:
        assert all(math.isfinite(x) for x in found.params)
        assert bool(found.u.isfinite().all())


@budget
@given(st.one_of(arrays(), anything), st.one_of(arrays(), anything), anything)
def test_cures_for_noise_of_anything(u: Any, v: Any, option: Any) -> None:
    checked_numbers(answer(denoise.fit, u, v))
    checked_numbers(answer(denoise.fit, *settled(), noise=option))
    checked_numbers(answer(denoise.fit, *settled(), transfer=option))
    for found in (
        answer(denoise.noise_level, u), answer(denoise.levels, u, v), answer(denoise.wiener, v),
        answer(denoise.smooth, u, 1.0), answer(denoise.smooth, settled().u, option),
    ):  # fmt: skip
        assert found is None or bool(np.isfinite(np.asarray(found)).all())
    transfer = answer(denoise.gaussian_transfer, option)
    assert transfer is None or bool(transfer(8, 9).isfinite().all())
    for cure in answer(denoise.cures, option) or ():
        checked_numbers(answer(cure.fit, *settled()))


@pytest.mark.parametrize("cure", denoise.cures(), ids=lambda cure: cure.label)
def test_a_cure_of_nearly_right_images(cure: denoise.Cure) -> None:
    @budget
    @given(arrays(), arrays())
    def check(u: Any, v: Any) -> None:
        checked_numbers(answer(cure.fit, u, v))

    check()


def checked_numbers(found: Params | None) -> None:
    """Four finite numbers, where there are any."""
    assert found is None or all(math.isfinite(x) for x in found)


@budget
@given(st.one_of(st.lists(numbers, min_size=4, max_size=4), anything), anything, anything, anything)
def test_a_residual_loss_of_anything(params: Any, state: Any, rate: Any, reduction: Any) -> None:
    start = State(*(x[None] for x in settled()))
    for value in (
        answer(residual.loss, params, state), answer(residual.loss, params, start),
        answer(residual.loss, TRUTH, start, rate=rate),
        answer(residual.loss, TRUTH, start, reduction=reduction),
    ):  # fmt: skip
        assert value is None or value.is_floating_point()  # NaN where something handed over was


@budget
@given(anything, anything, anything, anything)
def test_an_ellipse_of_any_two_parameters(first: Any, second: Any, level: Any, image: Any) -> None:
    fit = residual.fit(*settled())
    for named in ({}, {"level": level}, {"image": image}):
        points = answer(residual.ellipse, fit, first, second, **named)
        assert points is None or bool(np.isfinite(points).all())
    found = answer(residual.ellipse, fit, "F", "k", level=level, image=image)
    assert found is None or bool(np.isfinite(found).all())


@budget
@given(
    st.sampled_from([".npy", ".npz", ".nc", ".h5", ".hdf5", ".png", ".tif", ".tiff", ".txt", ""]),
    st.one_of(st.binary(max_size=200), st.integers(0, 400)), anything,
)  # fmt: skip
def test_a_file_of_anything(tmp_path_factory: Any, suffix: str, content: bytes | int, scale: Any) -> None:
    path = file_of(tmp_path_factory.getbasetemp(), suffix, content)
    for named in ((path,), (path, path)):
        found = answer(residual.report, *named, scale=scale)
        assert found is None or str(found)


def file_of(folder: Path, suffix: str, content: bytes | int) -> Path:
    """A file of any bytes, or a right one of NumPy's that ends after so many bytes."""
    path = folder / f"strange{suffix}"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        made = folder / "right.npz"
        np.savez(made, u=np.random.default_rng(content).random((8, 8)), v=np.zeros((8, 8)))
        path.write_bytes(made.read_bytes()[: len(made.read_bytes()) - content])
    return path
