"""Models of whatever is handed over: a right answer or a sentence, never a hang or a silent NaN."""

import math
from functools import cache
from typing import Any

import numpy as np
import pytest
import sympy
import torch
from hypothesis import given
from hypothesis import strategies as st

from lib import models
from lib.models import GRAY_SCOTT, SCHNAKENBERG, SYSTEMS, Grid, ReactionDiffusion
from tests.strange import answer, anything, arrays, budget, numbers

named = st.dictionaries(st.sampled_from(["a", "b", "Du", "Dv", "x", "F", "k", "u", "v"]), numbers, max_size=3)
mapping = st.one_of(st.none(), named, anything)
model = st.sampled_from(tuple(SYSTEMS))
grids = st.one_of(
    st.builds(Grid, numbers, numbers, st.sampled_from(["periodic", "no-flux", "open", ""]), numbers),
    st.builds(Grid, st.just(1.0), st.floats(0.001, 0.1)), anything,
)  # fmt: skip


@cache
def field(fields: int = 2) -> torch.Tensor:
    """A small picture of so many fields, (fields, 12, 12)."""
    return 0.5 + 0.2 * torch.rand(
        fields, 12, 12, dtype=torch.float64, generator=torch.Generator().manual_seed(1)
    )


@budget
@given(st.one_of(model, anything), mapping, anything, anything, grids, anything)
def test_a_run_of_anything(which: Any, params: Any, fields: Any, steps: Any, grid: Any, tol: Any) -> None:
    if isinstance(steps, (int, np.integer)) and steps > 50:
        steps = 50
    for call in (
        lambda: models.simulate(which, params, fields, steps),
        lambda: models.simulate(SCHNAKENBERG, params, field()[None], 3, grid=Grid(dt=0.01)),
        lambda: models.simulate(SCHNAKENBERG, None, fields, 3, grid=Grid(dt=0.01)),
        lambda: models.simulate(SCHNAKENBERG, None, field()[None], steps, grid=Grid(dt=0.01)),
        lambda: models.simulate(SCHNAKENBERG, None, field()[None], 3, grid=grid, backend="eager"),
        lambda: models.simulate(SCHNAKENBERG, None, field()[None], 3, grid=Grid(dt=0.01), tol=tol),
        lambda: models.simulate(SCHNAKENBERG, None, field()[None], 3, grid=Grid(dt=0.01), threads=tol),
        lambda: models.simulate(SCHNAKENBERG, None, field()[None], 3, grid=Grid(dt=0.01), backend=tol),
    ):
        run = answer(call)
        if run is not None:
            assert bool(run.fields[~run.diverged].isfinite().all())
            assert bool(run.change[~run.diverged].isfinite().all())


@budget
@given(st.one_of(model, anything), st.one_of(arrays(), anything), grids, mapping)
def test_a_fit_of_anything(which: Any, picture: Any, grid: Any, fixed: Any) -> None:
    for arguments in (
        (which, picture, grid, fixed), (GRAY_SCOTT, picture, Grid()), (GRAY_SCOTT, field(), grid),
        (GRAY_SCOTT, field(), Grid(), fixed),
    ):  # fmt: skip
        found = answer(models.fit, *arguments)
        if found is not None:
            assert all(math.isfinite(x) for x in (*found.params.values(), found.loss, found.condition))


@budget
@given(st.one_of(model, anything), st.one_of(arrays(), anything), st.one_of(arrays(), anything), grids)
def test_a_loss_of_anything(which: Any, params: Any, picture: Any, grid: Any) -> None:
    for arguments in ((which, params, picture, grid), (SCHNAKENBERG, params, field(), Grid())):
        value = answer(models.loss, *arguments)
        assert value is None or not bool(value.isnan().any())


@budget
@given(st.one_of(model, anything), mapping)
def test_homogeneous_states_of_anything(which: Any, params: Any) -> None:
    for arguments in ((which, params), (SCHNAKENBERG, params)):
        for place in answer(models.states, *arguments) or ():
            assert all(math.isfinite(x) for x in place.values())
    answer(models.conditions, which)
    answer(models.linear_parameters, which)


@budget
@given(mapping, mapping, anything)
def test_stability_of_anything(params: Any, state: Any, q: Any) -> None:
    rest = models.states(SCHNAKENBERG)[0]
    for arguments in ((params, rest, [0.0, 1.0]), (None, state, [0.0]), (None, rest, q)):
        rates = answer(models.growth, SCHNAKENBERG, *arguments)
        assert rates is None or bool(np.isfinite(rates).all())
    for arguments in ((params, rest), (None, state)):
        assert answer(models.kind, SCHNAKENBERG, *arguments) in (None, *models.Kind)


texts = st.one_of(
    st.sampled_from(
        ["u*v", "u - v", "1/u", "sqrt(u)", "a*u**2", "", "u +", "__import__('os')", "lambda", "(", "I*u",
         "zoo", "nan*u", "u; v", "f(u)", "u = v", "[u]", "True", "oo", "a", "exp(u)*b"]
    ),
    st.text(max_size=6), anything,
)  # fmt: skip


@budget
@given(anything, texts, texts, st.one_of(mapping, st.just({"u": "a"})), mapping, anything, anything)
def test_a_model_of_anything(
    name: Any, one: Any, other: Any, diffusion: Any, parameters: Any, ranges: Any, units: Any
) -> None:
    usual: dict[str, Any] = {
        "name": "Mine", "reaction": {"u": "a - u", "v": "u - b * v"}, "diffusion": {"u": "Du"},
        "parameters": {"a": 1.0, "b": 2.0, "Du": 0.1},
        "ranges": {"a": (0.0, 2.0), "b": (0.0, 3.0), "Du": (0.0, 1.0)},
    }  # fmt: skip
    for changed in (
        {"name": name}, {"reaction": {"u": one, "v": other}}, {"reaction": other}, {"diffusion": diffusion},
        {"parameters": parameters}, {"ranges": ranges}, {"units": units},
        {"ranges": {**usual["ranges"], "a": ranges}},
    ):  # fmt: skip
        made = answer(without_checks_of_tests, **{**usual, **changed})
        if made is not None:
            assert all(isinstance(rate, sympy.Expr) for rate in made.rates.values())
            answer(models.states, made)


def without_checks_of_tests(**pieces: Any) -> ReactionDiffusion:
    """A model, made as where nobody checks types: in the tests each call's are, by themselves."""
    model = object.__new__(ReactionDiffusion)
    for name, value in {"units": {}, "signed": False, **pieces}.items():
        object.__setattr__(model, name, value)
    model.__post_init__()
    return model


@pytest.mark.parametrize("text", ["__import__('os').mkdir('made')", "open('x', 'w')", "u.__class__"])
def test_a_formula_runs_no_code(text: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"\."):
        ReactionDiffusion("Mine", {"u": text}, {}, {"a": 1.0}, {"a": (0.0, 2.0)})
    assert list(tmp_path.iterdir()) == []
