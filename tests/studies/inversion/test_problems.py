"""Nobody wins by knowing the answer: what a method gets, and what it may depend on."""

import ast
import sys

import numpy as np
import pytest
import torch

from lib import sources
from lib.initial_states import initial_state
from lib.model import Params
from lib.paper import TRUTH
from lib.running.keys import key
from lib.simulate import Outcome, simulate
from lib.studies.inversion import METHODS, SCHEMES, TARGETS, problems
from lib.studies.inversion.attempt import attempt
from lib.studies.inversion.benchmark import problem
from lib.studies.inversion.budget import Budget
from lib.studies.inversion.recovery import FAILED, HIGHEST, LOWEST

SMALL = {"size": 32, "steps": 400}

OTHER = Params(0.14, 0.06, 0.04, 0.06)


@pytest.mark.parametrize("scheme", ["S1", "S2", "S3-1", "S4-30", "S5"])
def test_shuffling_the_names_of_the_truths_changes_no_methods_input(scheme: str, monkeypatch):
    """The same pictures under another name, and another truth for the scores: the same keys."""
    before = problem("maze", scheme, 3, **SMALL)
    shuffled = dict(zip(TARGETS, [*TARGETS.values()][1:] + [TRUTH], strict=True))
    monkeypatch.setattr(problems, "TARGETS", shuffled)
    name = next(name for name, params in shuffled.items() if params == before.truth)
    after = problem(name, scheme, 3, **SMALL)
    assert name != "maze"
    for method in METHODS.values():
        keys = {
            key(attempt, (method.recover, p.data, 10.0, 0), {}) for p in (before, after._replace(truth=OTHER))
        }
        assert len(keys) == 1


def test_shuffling_truths_against_pictures_is_seen_by_the_scores_alone():
    one = problem("truth", "S2", 0, **SMALL)
    assert not any(isinstance(part, Params) for part in one.data)
    assert "truth" not in one.data._fields
    assert "target" not in one.data._fields


def modules_of_methods() -> list[str]:
    """Files that hold a method or serve one."""
    folder = "lib/studies/inversion/"
    measuring = {"problems", "benchmark", "scores", "tables", "sizes", "budget", "embedding", "__init__"}
    return [
        path.as_posix()
        for path in sources.SNAPSHOT
        if folder in path.as_posix() and path.suffix == ".py" and path.stem not in measuring
    ]


def test_no_method_imports_the_answer():
    assert len(modules_of_methods()) >= 10
    for path, source in sources.SNAPSHOT.items():
        if path.as_posix() in modules_of_methods():
            names = {n.id for n in ast.walk(ast.parse(source.text)) if isinstance(n, ast.Name)}
            assert not names & {"TRUTH", "TARGETS", "SAMPLED_SETS"}, path
            if path.parent.name == "methods":
                assert "inversion.embedding" not in source.text, path


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("scheme", ["S2", "S5"])
def test_another_truth_in_every_module_leaves_the_answer_as_it_is(method: str, scheme: str, monkeypatch):
    data = problem("maze", scheme, 0, **SMALL).data
    first = answer(method, data)
    for module in list(sys.modules.values()):
        if getattr(module, "__name__", "").startswith("lib"):
            for name in ("TRUTH", "SAMPLED_SETS"):
                if hasattr(module, name):
                    monkeypatch.setattr(module, name, OTHER if name == "TRUTH" else (OTHER,))
    assert first == answer(method, data)


#: Forward equivalents, within which every method has an answer.
ENOUGH = 120.0


def answer(method: str, data: problems.Data) -> str:
    """All digits as text, in which one missing number is like another."""
    found = attempt(METHODS[method].recover, data, ENOUGH, 0)
    assert found.ending != FAILED, found.reason
    return str(np.asarray(found.params).tolist())


def test_targets_lie_inside_the_box_and_none_at_its_centre():
    for params in TARGETS.values():
        place = (np.array(params) - LOWEST) / (HIGHEST - LOWEST)
        assert (place > 0.05).all()
        assert (place < 0.95).all()
        assert np.abs(np.array(params) / ((LOWEST + HIGHEST) / 2) - 1).max() > 0.2


@pytest.mark.slow
def test_every_target_makes_a_pattern():
    points = torch.tensor([list(p) for p in TARGETS.values()])
    run = simulate(Params(*points.unbind(1)), initial_state(len(points), size=64, seed=1), 10_000)
    assert bool((run.outcome == Outcome.PATTERN).all())


def test_initial_states_of_methods_are_not_those_of_the_data():
    seeds = {problems.seed_of(purpose, seed) for purpose in ("start", "noise") for seed in range(50)}
    assert len(seeds) == 100
    assert min(seeds) > 10_000


def test_noise_has_the_size_that_is_said():
    clean, noisy = (problem("truth", scheme, 0, **SMALL).data for scheme in ("S2", "S3-1"))
    difference = noisy.v - clean.v
    assert abs(difference.std() / np.ptp(clean.v) - 0.01) < 1e-3


def test_the_share_of_cells_seen_is_the_one_said():
    data = problem("truth", "S4-30", 0, **SMALL).data
    assert abs(np.isfinite(data.v).mean() - 0.3) < 0.06
    np.testing.assert_array_equal(np.isfinite(data.v), np.isfinite(data.u))


def test_growth_is_seen_from_the_start_that_is_handed_over():
    given = problem("truth", "S5", 0, **SMALL)
    start = type(initial_state(1, size=32))(*(torch.from_numpy(x)[None] for x in given.data.start))
    for frame, time in zip(given.data.v, given.data.times, strict=True):
        np.testing.assert_array_equal(simulate(TRUTH, start, time, threads=1).v[0].numpy(), frame)


def test_the_finer_scheme_agrees_where_both_resolve_the_pattern():
    """Another discretisation of the same equations: close while the pattern grows, but not the same."""
    ours, finer = (problem("truth", scheme, 0, size=64, steps=100).data.v for scheme in ("S2", "S7"))
    gap = np.abs(ours - finer).max()
    assert 1e-5 < gap < 0.1


def test_every_scheme_has_a_title_and_bad_names_a_sentence():
    assert all(scheme.title for scheme in SCHEMES.values())
    with pytest.raises(ValueError, match="There is no data scheme 'S9'"):
        problem("truth", "S9", 0, **SMALL)


def test_a_budget_is_a_fresh_one_for_every_attempt():
    assert Budget(5.0, steps=10, size=8).spent == 0
