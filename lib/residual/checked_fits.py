"""What fits are handed, looked at before anything is computed: the right kind of thing, or a sentence.

The functions below wrap a fit. They change what stands for the same thing (a NumPy number, an array that is
walked backwards) and refuse what makes no sense; what images hold is the fit's own matter.
"""

import math
from collections.abc import Callable, Mapping
from functools import wraps
from importlib import import_module
from inspect import signature
from typing import Any

import numpy as np
import torch
from torch import Tensor

from lib.backends.ambient import at_home
from lib.backends.transforms import refuse_transformed
from lib.inputs import params_of, real, shown, tensor_of, whole
from lib.inputs.labels import has_places
from lib.model import Params
from lib.residual.argument_checks import by_field, forward, image, length, pair_of_levels, readable, yes_or_no

#: A test function wider than this, in cells, leaves nothing of a pattern.
WIDEST = 1000.0


#: Cells have no side beyond it, nor below its inverse, in any unit: its fourth power has to be a number.
LONGEST = 1e70


class Unsolved(ValueError, ArithmeticError):
    """Equations of a fit could not be solved; the message says why and what to do."""


def yes(name: str, value: Any) -> bool:
    """True or False."""
    if not isinstance(value, bool | np.bool_):
        raise ValueError(f"{name} is {shown(value)}: say True or False.")
    return bool(value)


def word(name: str, value: Any) -> str:
    """A name; which ones there are is asked later."""
    if not isinstance(value, str):
        raise ValueError(f"{name} is {shown(value)}: give its name, a text.")
    return value


def spacing(name: str, value: Any) -> float:
    """The side of a cell."""
    found = real(f"{name}, the side of a cell,", value)
    if not 0 < found < math.inf:
        raise ValueError(
            f"{name} is {found:g}: the side of a cell is positive and finite. Leave it out to count in cells."
        )
    if not 1 / LONGEST < found < LONGEST:
        raise ValueError(
            f"{name} is {found:g}, and its fourth power, which errors of diffusion come in, is beyond all "
            "floating-point numbers: take another unit of length."
        )
    return found


def width(name: str, value: Any) -> float:
    """The width of a test function in cells."""
    found = length(name, value)
    if found > WIDEST:
        raise ValueError(f"{name} is {found:g} cells, which leaves nothing of any pattern: take a few cells.")
    return found


def block(name: str, value: Any) -> int:
    """The side of a block of cells."""
    return whole(name, value, 1)


def mask(name: str, value: Any) -> Any:
    """Where both fields were seen; labelled arrays as they are."""
    if hasattr(value, "to_numpy"):
        value = value.to_numpy()
    return yes_or_no(name, tensor_of(name, readable(name, value)))


def times(name: str, value: Any) -> Tensor:
    """Times of frames."""
    return tensor_of(name, readable(name, value)).detach().cpu().double().flatten()


def rate(name: str, value: Any) -> Any:
    """Two time derivatives."""
    value = by_field(name, value)
    if not isinstance(value, tuple | list) or len(value) != 2:
        raise ValueError(f"{name} is a pair (∂u/∂t, ∂v/∂t), as State(du, dv): give both derivatives.")
    named = ((f"the {name} of {field}", x) for field, x in zip("uv", value, strict=True))
    return tuple(tensor_of(said, readable(said, x)) for said, x in named)


def levels(name: str, value: Any) -> Any:
    """Noise of u and of v."""
    return pair_of_levels(value)


Check = Callable[[str, Any], Any]

#: What each setting of a fit to u and v must be, where it is not left to the fit.
SETTINGS: Mapping[str, Check] = {
    "rate": rate, "times": times, "observed": mask, "periodic": yes, "boundary": word, "stencil": word,
    "dx": spacing, "noise": levels, "weak": width, "corrected": yes, "block": block,
}  # fmt: skip

#: The same of a fit to v alone.
OF_V: Mapping[str, Check] = {
    "width": width, "noise": length, "block": block, "boundary": word, "dx": spacing,
}  # fmt: skip


def checked(setting: Mapping[str, Any], checks: Mapping[str, Check], known: Any) -> dict[str, Any]:
    """Settings that may be handed on; None is what was not said.

    Args:
        setting: by name.
        checks: of some of them.
        known: all names that there are.

    Raises:
        ValueError: with a sentence.
    """
    if unknown := [name for name in setting if name not in known]:
        raise ValueError(f"There is no setting {', '.join(unknown)}: there are {', '.join(known)}.")
    return {
        name: checks[name](name, value) if name in checks else value
        for name, value in setting.items()
        if value is not None
    }


def of_u_and_v(fit: Callable[..., Any], more: tuple[str, ...] = ()) -> Callable[..., Any]:
    """A fit to u and v with its settings checked."""

    @at_home
    @wraps(fit)
    def call(u: Any, v: Any = None, **setting: Any) -> Any:
        refuse_transformed(f"residual.{fit.__name__}", u, v, setting)
        known = (*(name for name in SETTINGS), *more)
        given = checked(setting, SETTINGS, known)
        try:
            return fit(forward(readable("u", u)), forward(readable("v", v)), **given)
        except (torch.linalg.LinAlgError, np.linalg.LinAlgError) as error:
            raise Unsolved(
                "The equations of these images cannot be solved: look for huge values among them, and at "
                "noise and dx, which stand in the images' own units."
            ) from error

    return call


def of_v(bounds: tuple[list[float], list[float]]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """What wraps a fit to v alone, which searches Du and F between these bounds."""

    def wrap(fit: Callable[..., Any]) -> Callable[..., Any]:
        @at_home
        @wraps(fit)
        def call(v: Any, **setting: Any) -> Any:
            refuse_transformed(f"residual.{fit.__name__}", v, setting)
            known = [name for name in signature(fit).parameters if name != "v"]
            given = checked(setting, {**OF_V, "start": lambda _, value: start(value, bounds)}, known)
            if has_places(v) and "dx" in known:
                v, given = placed(v, given)
            try:
                return fit(image("v", v).detach(), **given)
            except ArithmeticError as error:
                raise Unsolved(f"{error}") from error

        return call

    return wrap


def placed(v: Any, given: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """The numbers of a labelled image, and the settings with the side of its cells, if it says one."""
    settings = import_module("lib.image_files.settings").Settings(dx=given.get("dx"))
    found = import_module("lib.labelled_images").one("v", v, settings)
    return found.v, given if found.dx is None else given | {"dx": found.dx}


def start(value: Any, bounds: tuple[list[float], list[float]]) -> Params:
    """Where a search begins: inside its bounds."""
    given = params_of(value)
    pair = [real("Du of start", given.Du), real("F of start", given.F)]
    for name, number, low, high in zip(("Du", "F"), pair, *bounds, strict=True):
        if not low < number < high:
            raise ValueError(f"start has {name} = {number:.4g}: begin between {low:g} and {high:g}.")
    return Params(*(real(f"{n} of start", x) for n, x in given._asdict().items()))
