"""What a program around a fit chose for its own tensors changes nothing in the fit."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

import torch

P = ParamSpec("P")
R = TypeVar("R")

#: Where tensors are made that say nothing else.
HOME = torch.device("cpu")


def at_home(function: Callable[P, R]) -> Callable[P, R]:
    """A function whose own tensors begin on the processor, whatever `torch.set_default_device` says.

    Images stay on the device they came on. Nothing is entered where nobody chose a device: it would make
    every operation a little slower.
    """

    @wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        if torch.get_default_device() == HOME:
            return function(*args, **kwargs)
        with HOME:
            return function(*args, **kwargs)

    return call
