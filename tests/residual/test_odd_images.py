"""Images too small, too simple or too large to be fitted, masks that are none, and what surrounds a fit."""

import math
import re
from collections import namedtuple
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import TRUTH, State, models, residual, simulate
from lib.model import Params
from lib.residual import bowl, completion, denoise, elimination
from lib.residual.looks import doubts, lone
from lib.residual.snapshot import snapshot
from tests.residual import foreign

NO_NUMBER = re.compile(r"\b(nan|inf)\b")


@cache
def noise(size: int = 16) -> State:
    """Two images that mean nothing."""
    make = torch.Generator().manual_seed(0)
    return State(*torch.rand(2, size, size, generator=make, dtype=torch.float64))


def simple(kind: str, size: int = 16) -> torch.Tensor:
    """v with too few kinds of cells."""
    v = torch.zeros(size, size)
    match kind:
        case "pixel":
            v[3, 4] = 0.3
        case "row":
            v[3] = 0.3
        case "column":
            v[:, 3] = 0.3
        case "stripes":
            v[::2] = 0.3
        case "chequerboard":
            v[::2, ::2] = v[1::2, 1::2] = 0.3
    return v


# A search that ends at a bound


@pytest.mark.parametrize(
    "turn", [lambda v: v, lambda v: v.T, lambda v: v.flip(0)], ids=["as it is", "turned", "flipped"]
)
@pytest.mark.parametrize("setting", [{}, {"width": 1.0}, {"boundary": "no-flux"}], ids=str)
def test_a_search_stopped_just_before_a_bound_has_not_converged(
    turn: Callable[[torch.Tensor], torch.Tensor], setting: dict[str, Any]
) -> None:
    found = elimination.fit_v(turn(torch.cat([torch.zeros(16, 32), torch.full((16, 32), 0.3)])), **setting)
    assert not found.converged
    assert found.doubts


@settings(deadline=None, max_examples=50)
@given(st.floats(0, 1), st.floats(0, 1), st.floats(-6, -4))
def test_every_bound_is_felt_from_within(Du: float, F: float, near: float) -> None:
    low, high = np.log(elimination.BOUNDS)
    inside = low + (high - low) * np.array([0.01 + 0.98 * Du, 0.01 + 0.98 * F])
    assert elimination.stopped(inside) == []
    for i, name in enumerate(("Du", "F")):
        for bound, sign in ((low[i], 1), (high[i], -1)):
            beside = inside.copy()
            beside[i] = bound + sign * 10**near
            assert elimination.stopped(beside) == [name]


# What has names is read by them


def turned(first: Any, second: Any) -> tuple:
    return namedtuple("Turned", "v u")(second, first)


def test_rates_and_levels_with_names_are_read_by_them() -> None:
    u, v = noise()
    rate = State(torch.full_like(u, 1e-3), torch.full_like(v, -2e-3))
    plain = residual.fit(u, v, rate=rate).params
    for named in (turned(*rate), {"v": rate.v, "u": rate.u}):
        assert residual.fit(u, v, rate=named).params == plain
    for cure in (residual.fit, denoise.fit):
        given = cure(u, v, noise=(0.01, 0.02))
        for named in (turned(0.01, 0.02), {"v": 0.02, "u": 0.01}):
            assert str(cure(u, v, noise=named)) == str(given)
    for wrong in ({"u": 0.1}, {"x": 0.1, "y": 0.1}, {0.1, 0.2}):
        with pytest.raises(ValueError, match="names|no order"):
            residual.fit(u, v, noise=wrong)


@pytest.mark.parametrize("fit", [residual.fit, residual.report, residual.fit_v])
def test_a_fit_inside_a_transform_is_refused_in_a_sentence(fit: Callable[..., Any]) -> None:
    u, v = noise()
    others = () if fit is residual.fit_v else (u,)
    for transform in (torch.func.grad, torch.vmap, lambda f: lambda x: torch.func.jvp(f, (x,), (x,))):
        given = v[None] if transform is torch.vmap else v
        with pytest.raises(NotImplementedError, match=rf"residual\.{fit.__name__} cannot be looked into"):
            transform(lambda x: fit(*others, x).params.F.sum())(given)


def test_what_comes_back_is_not_the_memory_of_what_was_given() -> None:
    u, v = noise()
    flat = torch.full((8, 8), 0.3, dtype=torch.float64)
    denoise.wiener(flat).zero_()
    found = residual.report(u, v)
    found.state.u.zero_()
    assert bool((flat == 0.3).all())
    assert bool((u > 0).any())


# Images that say nothing


@pytest.mark.parametrize("kind", ["pixel", "row", "column", "stripes", "chequerboard"])
def test_v_of_too_few_kinds_of_cells_is_refused(kind: str) -> None:
    repeated = kind in ("stripes", "chequerboard")
    for v in (simple(kind), simple(kind) + 0.1) if repeated else (simple(kind),):
        with pytest.raises(ValueError, match="explain v equally well"):
            elimination.fit_v(v)
    if not repeated:  # walls end a repetition, so there are cells of other kinds beside them
        with pytest.raises(ValueError, match="explain v equally well"):
            elimination.fit_v(simple(kind), boundary="no-flux")


@pytest.mark.parametrize("kind", ["pixel", "row"])
def test_a_piece_with_nothing_within_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="u v² is 0 in all cells"):
        elimination.fit_v(simple(kind, 40), boundary="open")


def test_grey_levels_are_a_matter_of_range_even_where_nothing_else_is_told() -> None:
    assert elimination.fit_v(10 * simple("pixel")).doubts[0].name == "range"


def test_no_sentence_holds_a_number_that_is_none() -> None:
    v = noise().v.numpy()
    used = np.ones(v.shape, dtype=bool)
    left = lone.Left(np.full(v.size, 1e-9), used, 1e-9, [])
    for errors in ([math.nan] * 4, [math.inf, 0.5, math.nan, 1e-9]):
        for params in (Params(0.16, 0.0, 0.035, 0.065), Params(0.16, 0.08, 0.035, 0.065)):
            (doubt,) = lone.doubts(v, params, errors, left, "periodic", 1.0, 0.0)
            assert "does not tell how well" in doubt.sentence
            assert not NO_NUMBER.search(doubt.sentence)
    found = elimination.fit_v(foreign.made("five")[1])
    assert "(no error)" in str(found._replace(standard_errors=Params(*[math.nan] * 4)))
    bias = torch.tensor([1.0, 1.0, 1.0, 1.0], dtype=torch.float64)
    p = torch.tensor([0.0, 0.08, 0.035, 0.065], dtype=torch.float64)
    (said,) = doubts.noisy((1e-4, 1e-4), bias, p, (0.1, 0.1), 4, True)
    assert not NO_NUMBER.search(said.sentence)


@pytest.mark.parametrize(
    "setting",
    [{}, {"boundary": "open"}, {"boundary": "no-flux"}, {"weak": 2.0}, {"stencil": "best"}],
    ids=str,
)
@pytest.mark.parametrize("shape", [(1, 2), (1, 16), (16, 1), (2, 2), (2, 16), (3, 3), (3, 9), (4, 3)])
def test_the_smallest_images_are_reported_in_numbers(shape: tuple[int, int], setting: dict[str, Any]) -> None:
    found = residual.fit(*(x[: shape[0], : shape[1]] for x in noise()), **setting)
    assert not NO_NUMBER.search(str(found))


def test_where_nothing_is_left_nothing_is_said_of_change() -> None:
    found = residual.fit(*foreign.made("five"))
    exact = type(found)(**{**vars(found), "rms": torch.zeros_like(found.rms)})
    assert not NO_NUMBER.search(str(exact))


@pytest.mark.parametrize("function", [residual.fit, residual.report, snapshot])
def test_a_single_cell_is_refused(function: Callable[..., Any]) -> None:
    one = [x[:1, :1] for x in noise()]
    for images in (one, [x.numpy() for x in one], [torch.stack([x, x]) for x in one]):
        with pytest.raises(ValueError, match="a single cell"):
            function(*images)


@pytest.mark.parametrize("rows", [1, 2])
def test_a_pattern_along_a_line_is_fitted(rows: int) -> None:
    """On one or two periodic rows nothing crosses them, for the simulator and for the fit alike."""
    truth = Params(0.16, 0.08, 0.035, 0.06)
    u, v = torch.ones(1, rows, 96), torch.zeros(1, rows, 96)
    u[..., 40:56], v[..., 40:56] = 0.5, torch.linspace(0.25, 0.3, 16)
    ended = simulate(truth, State(u, v), 20_000)
    found = residual.fit(ended.u[0], ended.v[0])
    np.testing.assert_allclose([float(p) for p in found.params], truth, rtol=1e-4)
    assert "repetition" not in str(found)


@pytest.mark.parametrize("dx", [1e-99, 1e-75, 1e75, 1e99])
def test_a_side_of_a_cell_whose_powers_are_no_numbers_is_refused(dx: float) -> None:
    for function, images in ((residual.fit, noise()), (residual.fit_v, noise()[1:])):
        with pytest.raises(ValueError, match="take another unit of length"):
            function(*images, dx=dx)


@pytest.mark.parametrize("dx", [1e-69, 1e69])
def test_any_other_side_gives_numbers_with_errors(dx: float) -> None:
    found = residual.fit(*noise(), dx=dx)
    assert all(bool(x.isfinite().all()) for x in (*found.params, *found.errors))
    assert not NO_NUMBER.search(str(found))


@pytest.mark.parametrize("told", [None, 1e-300, 1e6])
def test_images_whose_sums_are_no_numbers_are_refused_in_a_sentence(told: float | None) -> None:
    with pytest.raises(ValueError, match="look for huge values among them"):
        residual.fit(*(x * 1e160 for x in noise()), noise=told)


# Masks


@pytest.mark.parametrize("value", [math.nan, math.inf, -1, 0.5, 2, 255])
@pytest.mark.parametrize("function", [residual.fit, residual.report, snapshot])
def test_a_mask_of_anything_but_yes_and_no_is_refused(function: Callable[..., Any], value: float) -> None:
    wrong = np.ones((16, 16))
    wrong[2, 3] = value
    for observed in (wrong, torch.as_tensor(wrong), wrong.tolist(), np.stack([wrong] * 2)):
        with pytest.raises(ValueError, match=r"^observed holds .* in [12] of its cells, and a mask holds"):
            function(*(x.expand(2, 16, 16) for x in noise()), observed=observed)


@pytest.mark.parametrize("kind", ["bool", "float32", "float64", "uint8", "uint16", "int64"])
def test_a_mask_of_noughts_and_ones_is_a_mask(kind: str) -> None:
    whole = np.ones((16, 16), dtype=bool)
    whole[:3] = False
    picture = snapshot(*noise(), observed=255 * whole.astype("uint8")).seen[0]
    assert torch.equal(picture, torch.as_tensor(whole))
    seen = snapshot(*noise(), observed=whole.astype(kind)).seen[0]
    assert torch.equal(seen, torch.as_tensor(whole))
    assert torch.equal(residual.fit(*noise(), observed=whole.astype(kind)).params.Du,
                       residual.fit(*noise(), observed=whole).params.Du)  # fmt: skip


# Cures for noise


def broken() -> float:
    raise KeyError("many\nlines")


@pytest.mark.parametrize(
    "transfer",
    [lambda: 1, lambda height, width: broken(), lambda height, width: 1 / 0,
     lambda height, width: torch.ones(height, width).to_sparse(), lambda height, width: torch.ones(2, 2),
     lambda height, width: torch.ones(height, width, device="meta")],
)  # fmt: skip
def test_a_transfer_function_that_fails_is_told_in_a_sentence(transfer: Callable[..., Any]) -> None:
    with pytest.raises(ValueError, match=r"^transfer .*16 × 16.*\.$"):
        denoise.fit(*noise(), transfer=transfer)


@pytest.mark.parametrize(
    "cure",
    [denoise.wiener, denoise.noise_level, lambda x: denoise.smooth(x, 1.0), lambda x: denoise.levels(x, x)],
)
def test_numbers_without_squares_are_refused_and_those_below_are_not(cure: Callable[[Any], Any]) -> None:
    with pytest.raises(ValueError, match="divide it by its unit first"):
        cure(noise().u * 1e200)
    assert np.isfinite(np.asarray(cure(noise().u * 1e139))).all()


# What surrounds a fit

WORKS: dict[str, Callable[[], Any]] = {
    "fit": lambda: residual.fit(*foreign.made("five")),
    "fit, told": lambda: residual.fit(*noise(), noise=0.01, weak=1.0, corrected=True, boundary="no-flux"),
    "report": lambda: residual.report(*noise()),
    "ellipse": lambda: residual.ellipse(residual.fit(*foreign.made("five")), "F", "k"),
    "fit_v": lambda: elimination.fit_v(foreign.made("five")[1]),
    "denoise.fit": lambda: denoise.fit(*noise(), transfer=denoise.gaussian_transfer(1.0), noise=0.01),
    "denoise.wiener": lambda: denoise.wiener(noise().u),
    "denoise.smooth": lambda: denoise.smooth(noise().u, 1.0),
    "denoise.noise_level": lambda: denoise.noise_level(noise().u),
    "completion": lambda: completed(),
    "paraboloid": lambda: bowl.quadratic(snapshot(*noise())),
    "blocks": lambda: residual.block_sums(noise().u.expand(4, 16, 16), noise().u > 0.5, 4),
    "another model": lambda: models.residual.fit(
        models.GRAY_SCOTT, torch.stack(noise()), models.Grid()
    ),
}  # fmt: skip


def completed() -> torch.Tensor:
    """A completed field's slope."""
    v = noise().v.clone().requires_grad_()
    completion.loss(TRUTH, v).backward()
    assert v.grad is not None
    return v.grad


@pytest.mark.parametrize("name", WORKS)
def test_the_device_of_a_program_around_changes_nothing(name: str) -> None:
    noise()
    wanted = str(WORKS[name]())
    with torch.device("meta"):
        assert str(WORKS[name]()) == wanted
    torch.set_default_device("meta")
    try:
        assert str(WORKS[name]()) == wanted
    finally:
        torch.set_default_device(None)


def test_the_type_of_a_program_around_changes_nothing() -> None:
    v = foreign.made("five")[1]
    wanted = elimination.fit_v(v).params
    torch.set_default_dtype(torch.float64)
    try:
        assert elimination.fit_v(v).params == wanted
    finally:
        torch.set_default_dtype(torch.float32)


@pytest.mark.parametrize("kind", ["sparse", "meta"])
def test_tensors_that_hide_their_numbers_are_refused(kind: str) -> None:
    u, v = noise()
    hidden = u.to_sparse() if kind == "sparse" else u.to("meta")
    said = "sparse tensor" if kind == "sparse" else "device 'meta'"
    batch = (hidden[None] if kind == "meta" else u[None].to_sparse(), v[None])
    for call in (
        lambda: residual.fit(hidden, hidden), lambda: residual.fit((u, hidden)),
        lambda: residual.report(u, hidden), lambda: residual.fit(u, v, observed=hidden),
        lambda: residual.fit(u, v, rate=(hidden, u)), lambda: residual.fit(u, v, times=hidden),
        lambda: snapshot(hidden, v), lambda: snapshot(u, v, observed=hidden), lambda: residual.fit_v(hidden),
        lambda: denoise.fit(u, hidden), lambda: denoise.wiener(hidden), lambda: denoise.noise_level(hidden),
        lambda: residual.loss(TRUTH, batch), lambda: residual.linear_system(batch),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=said):
            call()
