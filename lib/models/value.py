"""A reaction-diffusion model as a value: fields, parameters and right-hand sides, written as text.

    ∂x_f/∂t = D_f ∇²x_f + R_f(x; p)        for every field f

All else is derived from it: the compiled step and its adjoint, the residual, homogeneous states, stability.
"""

import keyword
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sympy

from lib.inputs import real, shown
from lib.models.formula import expression


@dataclass(frozen=True, eq=False)
class ReactionDiffusion:
    """One model. Two of them are equal where all of this is.

    Args:
        name: as it is called in prose.
        reaction: field → R_f, a formula in the fields and parameters (`lib.models.formula`).
        diffusion: field → the parameter that is its diffusion coefficient; a field that is left out does
            not diffuse.
        parameters: name → a typical value, in the order in which they are passed around.
        ranges: name → the lowest and highest value that a search may try.
        units: name → unit of a parameter, as text; "" for a pure number.
        signed: whether fields may be negative; concentrations may not.
        source: where the equations come from.

    Raises:
        ValueError: a sentence, where the pieces do not belong together.
    """

    name: str
    reaction: Mapping[str, str]
    diffusion: Mapping[str, str]
    parameters: Mapping[str, float]
    ranges: Mapping[str, tuple[float, float]]
    units: Mapping[str, str] = field(default_factory=dict)
    signed: bool = False
    source: str = ""

    def __post_init__(self) -> None:
        check_kinds(self)
        if not self.reaction:
            raise ValueError(f"{self.name} has no field: give a reaction term for each one.")
        if twice := set(self.reaction) & set(self.parameters):
            raise ValueError(
                f"{listed(twice)} is a field and a parameter of {self.name}: rename one of them."
            )
        if lost := set(self.diffusion) - set(self.reaction):
            raise ValueError(f"{listed(lost)} diffuses in {self.name} and has no reaction term: give one.")
        if lost := set(self.diffusion.values()) - set(self.parameters):
            raise ValueError(f"The diffusion {listed(lost)} of {self.name} is no parameter: give its value.")
        for kind, table in (("range", self.ranges), ("unit", self.units)):
            if lost := set(table) - set(self.parameters):
                raise ValueError(f"{self.name} has a {kind} for {listed(lost)}, which is no parameter.")
        if lost := set(self.parameters) - set(self.ranges):
            raise ValueError(f"{self.name} has no range for {listed(lost)}: say where a search may look.")
        for name, (low, high) in self.ranges.items():
            if not low <= self.parameters[name] <= high:
                value = f"{name} = {self.parameters[name]:g}"
                raise ValueError(f"{value} of {self.name} lies outside its range {low:g} … {high:g}.")
        _ = self.rates  # read now, so that a text that is no formula is refused here

    @property
    def fields(self) -> tuple[str, ...]:
        """Names of the fields, in their order."""
        return tuple(self.reaction)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the parameters, in their order."""
        return tuple(self.parameters)

    @property
    def diffusions(self) -> tuple[str, ...]:
        """The parameters that are diffusion coefficients."""
        return tuple(name for name in self.parameters if name in self.diffusion.values())

    @cached_property
    def symbols(self) -> dict[str, sympy.Symbol]:
        """A real SymPy symbol for each field and parameter."""
        return {name: sympy.Symbol(name, real=True) for name in (*self.reaction, *self.parameters)}

    @cached_property
    def rates(self) -> dict[str, sympy.Expr]:
        """The reaction terms as SymPy expressions, by field.

        Raises:
            ValueError: for a text that is no expression.
        """
        return {name: parsed(self, name, text) for name, text in self.reaction.items()}

    def content(self) -> tuple[object, ...]:
        """All that tells it from another model."""
        tables = (self.reaction, self.diffusion, self.parameters, self.ranges, self.units)
        return (self.name, *(tuple(table.items()) for table in tables), self.signed)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ReactionDiffusion) and self.content() == other.content()

    def __hash__(self) -> int:
        return hash(self.content())

    def __getstate__(self) -> dict[str, object]:
        """What is stored or sent to another process: the texts, not what was derived from them."""
        return {name: self.__dict__[name] for name in self.__dataclass_fields__}


def check_kinds(model: ReactionDiffusion) -> None:
    """Refuse what is not even of the right kind, before anything is looked up in it."""
    if not isinstance(model.name, str) or not model.name.strip():
        raise ValueError(f"The name of a model is {shown(model.name)}: give a text.")
    for what in ("reaction", "diffusion", "parameters", "ranges", "units"):
        table = getattr(model, what)
        if not isinstance(table, Mapping):
            raise ValueError(f"{what} of {model.name} is {shown(table)}: give a dict from names.")
        if bad := [name for name in table if not is_name(name)]:
            raise ValueError(f"{shown(bad[0])} in {what} of {model.name} is no name: take one like Du or v2.")
    for what in ("diffusion", "units"):
        if bad := [each for each in getattr(model, what).values() if not isinstance(each, str)]:
            raise ValueError(f"{what} of {model.name} has {shown(bad[0])}: give texts.")
    for name, value in model.parameters.items():
        real(f"The parameter {name} of {model.name}", value)
    for name, ends in model.ranges.items():
        if not isinstance(ends, (tuple, list)) or len(ends) != 2:
            raise ValueError(f"The range of {name} in {model.name} is {shown(ends)}: give (lowest, highest).")
        for end in ends:
            real(f"An end of the range of {name} in {model.name}", end)


def is_name(name: Any) -> bool:
    """Whether something can be a field or a parameter: in Python's formulas, and in C's."""
    return isinstance(name, str) and name.isascii() and name.isidentifier() and not keyword.iskeyword(name)


def parsed(model: ReactionDiffusion, name: str, text: Any) -> sympy.Expr:
    """One reaction term as an expression."""
    try:
        return expression(text, model.symbols)
    except ValueError as error:
        raise ValueError(
            f"The reaction of {name} in {model.name}, {shown(text)}, is no expression: {error}."
        ) from error


def model_of(value: Any) -> ReactionDiffusion:
    """A model, or a sentence."""
    if not isinstance(value, ReactionDiffusion):
        raise ValueError(
            f"The model is {shown(value)}: give a ReactionDiffusion, such as lib.models.SCHNAKENBERG."
        )
    return value


def numbers_of(model: ReactionDiffusion, what: str, given: Any, names: Iterable[str]) -> dict[str, float]:
    """Finite numbers by name, from a mapping or None.

    Args:
        model: for the message.
        what: one of them is called there.
        given: what was handed over.
        names: that may occur.

    Raises:
        ValueError: for anything else.
    """
    if given is None:
        return {}
    if not isinstance(given, Mapping):
        raise ValueError(f"The {what}s of {model.name} are {shown(given)}: give a dict of numbers.")
    if unknown := [str(name) for name in given if name not in tuple(names)]:
        raise ValueError(f"{', '.join(unknown)} is no {what} of {model.name}: it has {', '.join(names)}.")
    return {name: real(name, value) for name, value in given.items()}


def listed(names: Iterable[str]) -> str:
    """Names in a message."""
    return ", ".join(sorted(names))
