"""One method on one problem, whatever the method does: what it answered, what it cost, how it ended.

A method that raises, answers what is no number, or states another cost than was counted has failed, and
its answer counts for nothing. The benchmark goes on.
"""

import copy
import random
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Float

from lib.inputs import params_of
from lib.inputs.labels import entries
from lib.running.threads import single_thread
from lib.studies.inversion.budget import Budget, cell_steps_per_second
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import FAILED, FINISHED, NOT_APPLICABLE, SPENT, DoesNotApply

#: How far a stated cost may be from the counted one, relative, and beyond that in forward equivalents.
HONEST, ROUND_OFF = 0.01, 1e-6

#: Processor time that may go unpaid, relative to what was paid for, and beyond that in seconds: what a method
#: does between its simulations is not worth counting, but a simulator of its own would be.
UNPAID, SMALL_CHANGE = 3.0, 5.0


class Attempt(NamedTuple):
    """What came of it.

    Args:
        params, uncertainty: of the answer, (4,); NaN where there is none.
        history: of its answers, (answers, 5): cost, Du, Dv, F, k.
        cost: forward equivalents, as counted.
        seconds: of processor time.
        ending: one of the kinds in `lib.studies.inversion.recovery`.
        reason: a sentence where it failed or does not apply.
    """

    params: Float[np.ndarray, "4"]
    uncertainty: Float[np.ndarray, "4"]
    history: Float[np.ndarray, "answers 5"]
    cost: float
    seconds: float
    ending: str
    reason: str


def attempt(recover: Any, data: Data, limit: float, seed: int) -> Attempt:
    """Let a method try.

    Args:
        recover: its function.
        data: what it gets.
        limit: forward equivalents.
        seed: of its random numbers.
    """
    budget = Budget(limit, steps=data.steps, size=data.size)
    cell_steps_per_second()  # measured beforehand, so that no method pays for it
    begin = time.process_time()
    try:
        with single_thread(), left_as_found():
            found = recover(copy.deepcopy(data), budget, seed)
        seconds = time.process_time() - begin
        refusal = objection(found, budget, seconds)
    except DoesNotApply as refused:
        return without_answer(NOT_APPLICABLE, str(refused), budget, time.process_time() - begin)
    except (Exception, SystemExit) as error:  # whatever a stranger's method raises
        reason = f"It raised {type(error).__name__}: {words(error)}"
        return without_answer(FAILED, reason, budget, time.process_time() - begin)
    if refusal:
        return without_answer(FAILED, refusal, budget, seconds)
    params, uncertainty, history = answered(found)
    return Attempt(params, uncertainty, history, budget.spent, seconds, found.ending, "")


def objection(found: Any, budget: Budget, seconds: float) -> str:
    """Why an answer cannot be taken; nothing where it can."""
    try:
        params, uncertainty, history = answered(found)
        cost = float(found.cost)
    except (AttributeError, TypeError, ValueError, RuntimeError) as error:
        return f"Its answer is no Recovery: {error}."
    if params.shape != (4,) or not np.isfinite(params).all():
        return f"Its answer {params.tolist()} is not four finite numbers."
    if uncertainty.shape != (4,) or bool((uncertainty < 0).any()):
        return f"Its uncertainty {uncertainty.tolist()} is not four numbers from zero on, nor None."
    if history.ndim != 2 or history.shape[1] != 5 or not np.isfinite(history).all():
        return f"Its history of shape {history.shape} is not rows of five finite numbers."
    if not abs(cost - budget.spent) <= HONEST * budget.spent + ROUND_OFF:
        return f"It states a cost of {cost:g} forward equivalents, and {budget.spent:g} were counted."
    if len(history) and history[:, 0].min() < 0:
        return "Its history begins before anything was spent."
    if len(history) and history[:, 0].max() > budget.spent * (1 + HONEST) + ROUND_OFF:
        return "Its history goes on after its cost was spent."
    paid = budget.spent * budget.cells_of_a_run / cell_steps_per_second()
    if seconds > UNPAID * paid + SMALL_CHANGE:
        return f"It took {seconds:.1f} s of processor time and paid for {paid:.1f} s."
    if found.ending not in (FINISHED, SPENT):
        return f"Its ending is {found.ending!r}, which is none."
    return ""


@contextmanager
def left_as_found() -> Iterator[None]:
    """Settings of the whole process that a stranger's method may change, put back for the next one."""
    device, strict = torch.get_default_device(), torch.are_deterministic_algorithms_enabled()
    dtype, drawn = torch.get_default_dtype(), (random.getstate(), np.random.get_state())  # noqa: NPY002
    try:
        with np.errstate(), warnings.catch_warnings(), torch.random.fork_rng(devices=[]):
            yield
    finally:
        random.setstate(drawn[0])
        np.random.set_state(drawn[1])  # noqa: NPY002
        if torch.get_default_device() != device:
            torch.set_default_device(device if device.type != "cpu" else None)
        torch.use_deterministic_algorithms(strict)
        torch.set_default_dtype(dtype)


def answered(found: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Parameters, uncertainty (NaN where none is stated) and history of an answer, as `Attempt` has them.

    Raises:
        AttributeError, TypeError, ValueError: for what is none.
    """
    uncertainty = np.full(4, np.nan) if found.uncertainty is None else by_name(found.uncertainty)
    return by_name(found.params), uncertainty, real(found.history)


def by_name(four: Any) -> np.ndarray:
    """One number for each parameter as an array: by their names where they have names, else in order."""
    named = entries("an answer", four)
    return real(four if named is None else [real(x) for x in params_of(named)])


def real(values: Any) -> np.ndarray:
    """Real numbers as an array, whoever made them.

    Raises:
        TypeError, ValueError: for what is none.
    """
    found = np.asarray(values.detach().cpu() if isinstance(values, torch.Tensor) else values)
    if np.iscomplexobj(found):
        raise TypeError("complex numbers")
    if found.dtype.kind in "US" or any(isinstance(x, (str, bytes)) for x in found.flat):
        raise TypeError("text")
    return found.astype(float)


def words(error: BaseException) -> str:
    """What an exception says; it may be a stranger's, and raise when it is asked."""
    try:
        return str(error)
    except Exception:
        return "(it cannot say what)"


def without_answer(ending: str, reason: str, budget: Budget, seconds: float) -> Attempt:
    """A failure, or data that are not what the method needs."""
    nothing = np.full(4, np.nan)
    return Attempt(nothing, nothing, np.empty((0, 5)), budget.spent, seconds, ending, reason)
