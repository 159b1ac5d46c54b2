"""One currency, counted where the work is done; misbehaving methods are failures and no crashes."""

import time

import numpy as np
import pytest
import torch

from lib.initial_states import initial_state
from lib.model import Params
from lib.paper import TRUTH
from lib.simulate import simulate
from lib.studies.inversion import budget as budgets
from lib.studies.inversion.attempt import attempt
from lib.studies.inversion.benchmark import problem
from lib.studies.inversion.budget import Budget, Exhausted
from lib.studies.inversion.methods import METHODS
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import FAILED, FINISHED, NOT_APPLICABLE, DoesNotApply, Recovery, at_once

SMALL = {"size": 32, "steps": 400}
ANSWER = np.array(TRUTH)


@pytest.fixture
def data() -> Data:
    return problem("truth", "S2", 0, **SMALL).data


def test_a_full_run_costs_one():
    budget = Budget(10, **SMALL)
    budget.simulate(np.array([TRUTH, TRUTH]), initial_state(1, size=32))
    assert budget.spent == pytest.approx(2)


def test_a_run_that_dies_early_costs_what_it_took():
    dying = np.array([[0.2, 0.1, 0.02, 0.0799]])
    budget = Budget(10, steps=40_000, size=32)
    run = budget.simulate(dying, initial_state(1, size=32))
    assert budget.spent == pytest.approx(int(run.steps) / 40_000)
    assert budget.spent < 0.2


def test_the_results_are_the_simulators_whatever_the_batches():
    points = np.random.default_rng(0).uniform([0.1, 0.05, 0.03, 0.05], [0.2, 0.1, 0.05, 0.06], (20, 4))
    start = initial_state(20, size=32)
    run = Budget(100, **SMALL).simulate(points, start)
    alone = simulate(Params(*torch.as_tensor(points).float().unbind(1)), start, 400)
    torch.testing.assert_close(run.v, alone.v, rtol=0, atol=0)


def test_a_gradient_costs_its_ratio():
    budget = Budget(10, **SMALL)
    params = Params(*(torch.tensor([p], requires_grad=True) for p in TRUTH))
    budget.differentiable(params, initial_state(1, size=32), 200)
    assert budget.spent == pytest.approx(budgets.GRADIENT / 2)


@pytest.mark.slow
def test_the_gradients_ratio_is_what_this_machine_measures():
    start = initial_state(8, size=64)
    leaf = torch.tensor([list(TRUTH)] * 8, requires_grad=True)
    moments = [time.process_time()]
    simulate(TRUTH, start, 4000, threads=1)
    moments.append(time.process_time())
    simulate(Params(*leaf.unbind(1)), start, 4000, threads=1).v.square().sum().backward()
    moments.append(time.process_time())
    forward, gradient = np.diff(moments)
    assert 0.5 < gradient / forward / budgets.GRADIENT < 2


def test_nothing_is_simulated_once_the_budget_is_spent():
    budget = Budget(3, **SMALL)
    pair, start = np.array([TRUTH] * 2), initial_state(1, size=32)
    for _ in range(2):
        budget.simulate(pair, start)
    with pytest.raises(Exhausted):
        budget.simulate(pair, start)
    assert budget.spent == pytest.approx(4)


def test_other_work_is_paid_in_cell_steps():
    budget = Budget(1e9, **SMALL)
    budget.work(3 * 400 * 32**2)
    assert budget.spent == pytest.approx(3)


@pytest.mark.parametrize("scheme", ["S1", "S2"])
@pytest.mark.parametrize("name", list(METHODS))
def test_the_same_attempt_costs_the_same_whatever_else_the_machine_does(name: str, scheme: str, monkeypatch):
    """The second time clocks run ten times as fast, and nothing but the seconds may differ."""
    data = problem("maze", scheme, 0, **SMALL).data
    first = attempt(METHODS[name].recover, data, 30.0, 0)
    now = time.process_time
    monkeypatch.setattr(time, "process_time", lambda: 10 * now())
    monkeypatch.setattr("lib.studies.inversion.attempt.SMALL_CHANGE", 1e9)
    second = attempt(METHODS[name].recover, data, 30.0, 0)
    assert (first.cost, first.ending, first.reason) == (second.cost, second.ending, second.reason)
    for part in ("params", "uncertainty", "history"):
        np.testing.assert_array_equal(getattr(first, part), getattr(second, part))


def test_a_history_gets_better_and_its_costs_grow():
    budget = Budget(10, **SMALL)
    for loss in (3.0, 5.0, np.nan, 1.0):
        budget.charge(1)
        budget.note(ANSWER * loss, loss)
    assert [row[0] for row in budget.history] == [1, 4]


def honest(data, budget, seed):
    return at_once(budget, ANSWER)


def raising(data, budget, seed):
    raise ZeroDivisionError("by zero")


def exiting_early(data, budget, seed):
    return None


def without_number(data, budget, seed):
    return at_once(budget, ANSWER)._replace(params=np.array([0.1, np.nan, 0.1, 0.1]))


def too_few(data, budget, seed):
    return at_once(budget, ANSWER)._replace(params=ANSWER[:3])


def lying(data, budget, seed):
    budget.simulate(ANSWER[None], initial_state(1, size=32))
    return at_once(budget, ANSWER)._replace(cost=0.1)


def claiming_the_future(data, budget, seed):
    return at_once(budget, ANSWER)._replace(history=np.array([[99.0, *TRUTH]]))


def smuggling(data, budget, seed):
    """Works without paying: here it only burns processor time, as a simulator of its own would."""
    begin = time.process_time()
    while time.process_time() < begin + 0.5:
        pass
    return at_once(budget, ANSWER)


def unnamed_ending(data, budget, seed):
    return Recovery(ANSWER, None, np.empty((0, 5)), 0.0, "triumph")


def with_text(data, budget, seed):
    return at_once(budget, ANSWER)._replace(params="0.16, 0.08, 0.035, 0.065")


def uncertain_in_words(data, budget, seed):
    return at_once(budget, ANSWER)._replace(uncertainty="a little")


def uncertain_of_three(data, budget, seed):
    return at_once(budget, ANSWER)._replace(uncertainty=ANSWER[:3])


def less_than_certain(data, budget, seed):
    return at_once(budget, ANSWER)._replace(uncertainty=-ANSWER)


def complex_answer(data, budget, seed):
    return at_once(budget, ANSWER)._replace(params=ANSWER + 1j)


def before_the_beginning(data, budget, seed):
    return at_once(budget, ANSWER)._replace(history=np.array([[-1.0, *TRUTH]]))


def leaving(data, budget, seed):
    raise SystemExit("enough")


class Speechless(Exception):
    def __str__(self) -> str:
        raise ValueError


def speechless(data, budget, seed):
    raise Speechless


@pytest.mark.parametrize(
    ("method", "said"),
    [
        (uncertain_in_words, "no Recovery"),
        (uncertain_of_three, "uncertainty"),
        (less_than_certain, "uncertainty"),
        (complex_answer, "complex"),
        (before_the_beginning, "begins before"),
        (leaving, "SystemExit: enough"),
        (speechless, "Speechless: (it cannot say what)"),
        (raising, "ZeroDivisionError: by zero"),
        (exiting_early, "no Recovery"),
        (without_number, "not four finite"),
        (too_few, "not four finite"),
        (lying, "states a cost of 0.1"),
        (claiming_the_future, "goes on after"),
        (smuggling, "processor time"),
        (unnamed_ending, "'triumph'"),
        (with_text, "no Recovery"),
    ],
)  # fmt: skip
def test_a_method_that_misbehaves_has_failed(method, said: str, data, monkeypatch):
    monkeypatch.setattr("lib.studies.inversion.attempt.SMALL_CHANGE", 0.2)
    one = attempt(method, data, 10.0, 0)
    assert one.ending == FAILED
    assert said in one.reason
    assert np.isnan(one.params).all()


def test_an_honest_method_has_not(data):
    one = attempt(honest, data, 10.0, 0)
    assert (one.ending, one.reason) == (FINISHED, "")
    np.testing.assert_array_equal(one.params, ANSWER)


def test_an_answer_in_tensors_is_one(data):
    def in_tensors(data, budget, seed):
        found = at_once(budget, ANSWER)
        return found._replace(params=torch.tensor(ANSWER, requires_grad=True), uncertainty=torch.ones(4))

    one = attempt(in_tensors, data, 10.0, 0)
    assert (one.ending, one.uncertainty.tolist()) == (FINISHED, [1.0] * 4)


def test_a_method_changes_nothing_for_the_next(data):
    def changing(data, budget, seed):
        data.v[:] = 0
        torch.set_default_device("meta")
        torch.set_default_dtype(torch.float64)
        torch.use_deterministic_algorithms(True)
        np.seterr(all="raise")
        return at_once(budget, ANSWER)

    before = data.v.copy()
    assert attempt(changing, data, 10.0, 0).ending == FINISHED
    np.testing.assert_array_equal(data.v, before)
    assert torch.zeros(1).device.type == "cpu"
    assert torch.get_default_dtype() == torch.float32
    assert not torch.are_deterministic_algorithms_enabled()
    assert np.geterr()["invalid"] == "warn"


def test_data_of_the_wrong_kind_are_no_failure(data):
    def refusing(data, budget, seed):
        raise DoesNotApply("It needs three fields.")

    assert attempt(refusing, data, 10.0, 0).ending == NOT_APPLICABLE
