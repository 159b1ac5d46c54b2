"""The device that a program around chose for its own tensors changes nothing in here."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import wraps
from typing import ParamSpec, TypeVar

import torch

P = ParamSpec("P")
R = TypeVar("R")

#: Where tensors are made that say nothing else.
HOME = torch.device("cpu")


def home() -> AbstractContextManager[object]:
    """New tensors on the processor, where a default device or a `with torch.device(…):` says otherwise.

    Nothing is entered where nobody chose a device: it would make every operation a little slower.
    """
    return nullcontext() if torch.get_default_device() == HOME else HOME


def at_home(function: Callable[P, R]) -> Callable[P, R]:
    """A function whose own tensors begin on the processor, whatever `torch.set_default_device` says.

    Images stay on the device they came on.
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        with home():
            return function(*args, **kwargs)

    return call
