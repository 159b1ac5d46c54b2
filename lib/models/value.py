"""A reaction-diffusion model as a value: fields, parameters and right-hand sides, written as text.

    ∂x_f/∂t = D_f ∇²x_f + R_f(x; p)        for every field f

All else is derived from it: the compiled step and its adjoint, the residual, homogeneous states, stability.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import sympy


@dataclass(frozen=True, eq=False)
class ReactionDiffusion:
    """One model. Two of them are equal where all of this is.

    Args:
        name: as it is called in prose.
        reaction: field → R_f, an expression in the fields and parameters in SymPy's notation.
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
        known = set(self.reaction) | set(self.parameters)
        for name, rate in self.rates.items():
            if lost := {str(symbol) for symbol in rate.free_symbols} - known:
                raise ValueError(
                    f"The reaction of {name} in {self.name} names {listed(lost)}, which is unknown."
                )

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


def parsed(model: ReactionDiffusion, name: str, text: str) -> sympy.Expr:
    """One reaction term as an expression."""
    try:
        found = sympy.sympify(text, locals=dict(model.symbols))
    except (sympy.SympifyError, TypeError, SyntaxError, AttributeError) as error:
        raise ValueError(
            f"The reaction of {name} in {model.name}, {text!r}, is no expression: {error}."
        ) from error
    if not isinstance(found, sympy.Expr):
        raise ValueError(f"The reaction of {name} in {model.name}, {text!r}, is no expression of numbers.")
    return found


def listed(names: set[str]) -> str:
    """Names in a message."""
    return ", ".join(sorted(names))
