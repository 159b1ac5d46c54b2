"""States that are the same everywhere: where all reaction terms vanish, found by elimination."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy

from lib.models.value import ReactionDiffusion, model_of, numbers_of

#: Roots whose imaginary part is below this share of their size count as real.
REAL = 1e-7
#: Two roots closer than this, relative to their size, are one.
SAME = 1e-6


def states(model: Any, params: Any = None) -> list[dict[str, float]]:
    """All homogeneous steady states, field → value, in the order of the first field.

    The two reaction terms are brought over their denominators; their resultant has one unknown, and its roots
    are those of a polynomial. Negative concentrations are left out.

    Raises:
        NotImplementedError: for models of other than one or two fields.
        ValueError: for reaction terms that are no ratio of polynomials.
    """
    model = model_of(model)
    params = numbers_of(model, "parameter", params, model.names)
    symbols = [model.symbols[name] for name in model.fields]
    numerators = [polynomial(model, rate, params) for rate in model.rates.values()]
    if len(symbols) == 1:
        places: list[tuple[float, ...]] = [(root,) for root in real_roots(numerators[0], symbols[0])]
    elif len(symbols) == 2:
        places = [*pairs(numerators, symbols)]
    else:
        raise NotImplementedError(
            f"{model.name} has {len(symbols)} fields, and homogeneous states are found for one or two: solve "
            "its reaction terms yourself."
        )
    kept: list[tuple[float, ...]] = []
    for place in sorted(places):
        if not model.signed and min(place) < -REAL:
            continue
        if not any(np.allclose(place, other, rtol=SAME, atol=SAME) for other in kept) and rests(
            model, params, place
        ):
            kept.append(place)
    return [dict(zip(model.fields, place, strict=True)) for place in kept]


def values_of(model: ReactionDiffusion, params: Mapping[str, float] | None) -> dict[sympy.Symbol, sympy.Expr]:
    """Every parameter's symbol with its value, exactly."""
    numbers = {**model.parameters, **(params or {})}
    return {model.symbols[n]: sympy.nsimplify(float(v), rational=True) for n, v in numbers.items()}


def polynomial(model: ReactionDiffusion, rate: sympy.Expr, params: Mapping[str, float] | None) -> sympy.Expr:
    """The numerator of a reaction term at these parameters."""
    top, bottom = sympy.fraction(sympy.together(rate.subs(values_of(model, params))))
    symbols = [model.symbols[name] for name in model.fields]
    if not (top.is_polynomial(*symbols) and bottom.is_polynomial(*symbols)):
        raise ValueError(
            f"A reaction term of {model.name} is no ratio of polynomials in its fields, so its homogeneous "
            "states cannot be found by elimination: solve for them yourself."
        )
    return sympy.expand(top)


def pairs(numerators: list[sympy.Expr], symbols: list[sympy.Symbol]) -> set[tuple[float, float]]:
    """Common real roots of two polynomials in two unknowns."""
    (f, g), (x, y) = numerators, symbols
    found = set()
    for a in real_roots(sympy.resultant(f, g, y), x):
        at = sympy.Float(a, 17)
        for one in (f, g):
            found |= {(a, b) for b in real_roots(one.subs(x, at), y)}
    return found


def real_roots(expression: sympy.Expr, symbol: sympy.Symbol) -> list[float]:
    """Real roots of a polynomial in one unknown; none of one that vanishes everywhere."""
    if not expression.has(symbol):
        return []
    try:
        coefficients = np.array([float(c) for c in sympy.Poly(expression, symbol).all_coeffs()])
    except OverflowError as error:
        raise ValueError(
            "The polynomial whose roots the homogeneous states are has coefficients beyond floating-point "
            "numbers: take units in which the parameters are nearer to 1."
        ) from error
    roots = np.roots(coefficients)
    return [float(r.real) for r in roots if abs(r.imag) <= REAL * max(1.0, abs(r))]


def rests(model: ReactionDiffusion, params: Mapping[str, float] | None, place: tuple[float, ...]) -> bool:
    """Whether all reaction terms vanish at a place, as closely as roots of polynomials do."""
    at = values_of(model, params) | {model.symbols[n]: v for n, v in zip(model.fields, place, strict=True)}
    for rate in model.rates.values():
        terms = [complex(term.subs(at)) for term in sympy.Add.make_args(sympy.expand(rate))]
        size = sum(abs(term) for term in terms)
        if not np.isfinite(size) or abs(sum(terms)) > 1e-5 * max(size, 1e-12):
            return False
    return True
