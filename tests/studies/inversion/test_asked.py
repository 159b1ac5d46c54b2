"""What a benchmark is asked for is checked first; what a stranger's method leaves does not reach the next."""

import random
import warnings
from collections import namedtuple
from typing import Any

import numpy as np
import pytest
import torch

from lib.paper import TRUTH
from lib.studies.inversion.asked import once_each, pairs_left_out
from lib.studies.inversion.attempt import attempt
from lib.studies.inversion.benchmark import benchmark
from lib.studies.inversion.budget import Budget
from lib.studies.inversion.methods import METHODS, Method
from lib.studies.inversion.problems import SCHEMES, TARGETS, problem
from lib.studies.inversion.recovery import FINISHED, Recovery
from lib.studies.inversion.sizes import SIZES

ASKED: dict[str, Any] = {
    "schemes": ["S2"], "targets": ["maze"], "seeds": [0], "limit": 20.0, "size": 32, "steps": 400, "jobs": 1,
    "methods": {"centre": METHODS["centre"], "residual": METHODS["residual"]},
}  # fmt: skip
DATA = problem("maze", "S2", 0, size=32, steps=400).data
TURNED = {"k": TRUTH.k, "F": TRUTH.F, "Dv": TRUTH.Dv, "Du": TRUTH.Du}


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"limit": float("nan")}, "limit"), ({"limit": float("inf")}, "limit"), ({"limit": "5"}, "limit"),
        ({"limit": -1}, "positive"), ({"limit": 0}, "positive"), ({"limit": True}, "limit"),
        ({"seeds": [0.5]}, "whole number"), ({"seeds": [-1]}, "seed"), ({"seeds": []}, "at least one"),
        ({"seeds": [0, 0]}, "once"), ({"seeds": 3}, "at least one"), ({"schemes": []}, "choose some"),
        ({"schemes": ["S9"]}, "no data scheme 'S9'"), ({"targets": ["moon"]}, "no target 'moon'"),
        ({"targets": None}, "choose some"), ({"methods": {}}, "at least one"),
        ({"methods": ["centre"]}, "a dict"),
        ({"methods": {"mine": print}}, "Method"), ({"left_out": ("centre", "S2")}, "pairs"),
        ({"left_out": [("center", "S2")]}, "pairs"), ({"left_out": [("centre", "S22")]}, "pairs"),
        ({"size": 8}, "size"), ({"steps": 0}, "steps"), ({"jobs": 0}, "jobs"),
    ],
)  # fmt: skip
def test_settings_that_are_none_are_refused_before_anything_runs(wrong, sentence, tmp_path):
    asked = {**ASKED, **wrong}
    lists = [asked.pop(name) for name in ("schemes", "targets", "seeds")]
    with pytest.raises(ValueError, match=sentence):
        benchmark(*lists, cache=tmp_path, **asked)
    assert not list(tmp_path.rglob("*.result"))


def test_names_and_seeds_may_come_one_by_one(tmp_path):
    asked = {**ASKED, "cache": tmp_path}
    lists = [asked.pop(name) for name in ("schemes", "targets", "seeds")]
    found = benchmark(*(iter(x) for x in lists), left_out=iter([("centre", "S2")]), **asked)
    assert dict(found.sizes) | {"approach": 2, "scheme": 1, "target": 1, "seed": 1} == dict(found.sizes)
    assert found.ending.values.ravel().tolist() == [4, 0]


def test_a_budget_without_an_end_is_refused():
    for limit in (float("nan"), float("inf"), 0, -3, None):
        with pytest.raises(ValueError, match="limit"):
            Budget(limit, steps=400, size=32)


@pytest.mark.parametrize(
    "answer", [TURNED, namedtuple("Turned", TURNED)(**TURNED), np.array(list(TRUTH)), list(TRUTH), TRUTH]
)
def test_an_answer_with_names_is_read_by_them(answer):
    def recover(data, budget, seed):
        return Recovery(answer, answer, np.empty((0, 5)), 0.0, FINISHED)

    found = attempt(recover, DATA, 20.0, 0)
    assert found.params.tolist() == list(TRUTH)
    assert found.uncertainty.tolist() == list(TRUTH)


@pytest.mark.parametrize("answer", [[".16", ".08", ".035", ".065"], set(TRUTH), {"F": 1.0}, TURNED.values()])
def test_an_answer_of_texts_or_without_order_is_a_failure(answer):
    def recover(data, budget, seed):
        return Recovery(answer, None, np.empty((0, 5)), 0.0, FINISHED)

    assert "no Recovery" in attempt(recover, DATA, 20.0, 0).reason


def test_a_method_leaves_neither_filters_of_warnings_nor_drawn_numbers_behind():
    def recover(data, budget, seed):
        warnings.simplefilter("error")
        random.seed(1), np.random.seed(1), torch.manual_seed(1)  # noqa: NPY002
        return Recovery(TRUTH, None, np.empty((0, 5)), 0.0, FINISHED)

    before = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()  # noqa: NPY002
    filters = list(warnings.filters)
    assert attempt(recover, DATA, 20.0, 0).reason == ""
    assert warnings.filters == filters
    after = random.getstate(), np.random.get_state()[1].tolist(), torch.get_rng_state().tolist()  # noqa: NPY002
    assert after == before


def test_a_method_is_what_the_table_takes():
    assert all(isinstance(method, Method) for method in METHODS.values())


@pytest.mark.parametrize("profile", SIZES)
def test_what_the_profiles_ask_for_is_there(profile):
    sizes = SIZES[profile]
    assert pairs_left_out(sizes.inversion_left_out, METHODS) == set(sizes.inversion_left_out)
    assert once_each("scheme", "schemes", sizes.inversion_schemes, SCHEMES) == tuple(sizes.inversion_schemes)
    assert once_each("target", "targets", sizes.inversion_targets, TARGETS) == tuple(sizes.inversion_targets)
