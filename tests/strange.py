"""Strange inputs, and what every public function must make of them: a right answer or a sentence.

A fixed, small number of examples in a run of the tests; `make fuzz` tries thousands.
"""

import math
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

EXAMPLES = int(os.environ.get("FUZZ", "25"))
budget = settings(
    max_examples=EXAMPLES, deadline=None, derandomize=EXAMPLES < 100, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip

#: A sentence: it begins with a word, a name or a path, and ends with a full stop.
LONGEST = 600

#: Seconds of the processor that one call may take.
PATIENCE = 20.0

WORDS = ("", "x", "mean", "none", "auto", "cpu", "eager", "1", "nan", "v")
numbers = st.one_of(
    st.floats(), st.integers(-5, 100), st.sampled_from([0.0, -0.0, 1e-300, 1e30, 2**31, 2**63, 2**64]),
    st.builds(np.float32, st.floats(width=32)), st.builds(np.int64, st.integers(-3, 50)),
    st.builds(torch.tensor, st.floats()),
)  # fmt: skip
shapes = st.lists(st.integers(0, 9), max_size=4).map(tuple)
kinds = st.sampled_from(
    ["float32", "float64", "float16", ">f4", "int64", "uint8", "bool", "complex64", "object", "U1"]
)


@st.composite
def arrays(draw: Callable) -> Any:
    """An array or tensor of any shape and kind, of one number, noise, or with a hole in it."""
    shape, kind = draw(st.one_of(shapes, st.just((2, 8, 8)), st.just((1, 16, 16)))), draw(kinds)
    values = np.asarray(np.random.default_rng(draw(st.integers(0, 3))).random(shape))
    match draw(st.sampled_from(["noise", "flat", "hole", "huge", "negative"])):
        case "flat":
            values = np.full(shape, 0.5)
        case "hole" if values.size:
            values.flat[0] = draw(st.sampled_from([math.nan, math.inf, -math.inf]))
        case "huge":
            values = np.asarray(values * 1e30)
        case "negative":
            values = np.asarray(-values)
    with np.errstate(all="ignore"):
        made = values.astype(kind)
    if draw(st.booleans()):
        made = made[..., ::-1] if made.ndim else made
    if kind not in (">f4", "object", "U1") and draw(st.booleans()):
        return torch.from_numpy(made.copy())  # NumPy takes one number for contiguous, whatever its strides
    return made


anything = st.one_of(
    arrays(), numbers, st.none(), st.booleans(), st.sampled_from(WORDS), st.binary(max_size=3),
    st.lists(numbers, max_size=5), st.builds(object),
    st.dictionaries(st.sampled_from(["F", "k", "Du", "Dv", "u", "v"]), numbers),
)  # fmt: skip


@contextmanager
def alarm(seconds: float = PATIENCE) -> Iterator[None]:
    """End what computes for so long, or takes ten times as long because it waits.

    Seconds of the processor, since on a busy machine a short call may take long. Only a main thread can be
    interrupted so; elsewhere, and within another alarm, nothing is done.
    """

    def ring(number: int, frame: object) -> None:
        raise AssertionError(f"This call has not ended within {seconds:g} s of the processor.")

    if threading.current_thread() is not threading.main_thread() or signal.getitimer(signal.ITIMER_PROF)[0]:
        yield
        return
    timers = (
        (signal.SIGPROF, signal.ITIMER_PROF, seconds),
        (signal.SIGALRM, signal.ITIMER_REAL, 10 * seconds),
    )
    before = [signal.signal(number, ring) for number, _, _ in timers]
    try:
        for _, timer, limit in timers:
            signal.setitimer(timer, limit)
        yield
    finally:
        for (number, timer, _), handler in zip(timers, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)


def answer(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """What a function answers; None where it refuses with a sentence.

    Raises:
        AssertionError: for an error from the depths, or a hang.
    """
    try:
        with alarm():
            return function(*args, **kwargs)
    except (ValueError, NotImplementedError) as error:
        said = str(error)
        assert 20 < len(said) < LONGEST, said
        assert said.rstrip()[-1] in ".?!…", said
        assert said[0].isalnum() or said[0] in "/_", said  # a path, too
        return None
