"""From a model's expressions to the C macros from which `backends/reaction_diffusion.c` is compiled.

SymPy differentiates the reaction terms for the adjoint, and takes out what they have in common.
"""

from collections.abc import Iterable
from functools import cache

import sympy
from sympy.printing.c import C99CodePrinter

from lib.models.value import ReactionDiffusion


class Printer(C99CodePrinter):
    """Expressions in C: whole powers as products, and every constant of the type that is computed in."""

    def _print_Pow(self, expr: sympy.Pow) -> str:
        base, exponent = expr.as_base_exp()
        if exponent.is_Integer and 0 < abs(int(exponent)) <= 8:
            product = "*".join([f"({self._print(base)})"] * abs(int(exponent)))
            return f"({product})" if exponent > 0 else f"(1/({product}))"
        return f"(REAL)({super()._print_Pow(expr)})"

    def _print_Rational(self, expr: sympy.Rational) -> str:
        return f"((REAL){expr.p}.0/(REAL){expr.q}.0)"

    def _print_Float(self, flt: sympy.Float) -> str:
        return f"((REAL){float(flt)!r})"


@cache
def macros(model: ReactionDiffusion) -> dict[str, str]:
    """Preprocessor definitions, name → text; how they are used, the C file says."""
    return {
        "FIELDS": str(len(model.fields)),
        "PARAMETERS": str(len(model.names)),
        "LOAD_PARAMETERS": " ".join(f"const REAL p_{p} = p[{i}];" for i, p in enumerate(model.names)),
        "LOAD_FIELDS(X)": " ".join(f"const REAL x_{f} = X({i});" for i, f in enumerate(model.fields)),
        "RATES(RATE)": forward(model),
        "PULLS(PULL,ADD)": backward(model),
    }


def forward(model: ReactionDiffusion) -> str:
    """RATE(i, R_i) for every field."""
    return written(model, [(f"RATE({i},", rate) for i, rate in enumerate(model.rates.values())])


def backward(model: ReactionDiffusion) -> str:
    """PULL(i, Σ_f ∂R_f/∂x_i λ_f) for every field, ADD(j, Σ_f ∂R_f/∂p_j λ_f) for every parameter in them.

    The part of a diffusion coefficient is the Laplacian's, which the C file has at hand.
    """
    adjoint = [sympy.Symbol(f"adjoint_of_{name}", real=True) for name in model.fields]

    def pulled(name: str) -> sympy.Expr:
        by = model.symbols[name]
        return sum((a * r.diff(by) for a, r in zip(adjoint, model.rates.values(), strict=True)), sympy.S.Zero)

    calls = [(f"PULL({i},", pulled(name)) for i, name in enumerate(model.fields)]
    for j, name in enumerate(model.names):
        of_area = [f"x_{f}*l_{i}" for i, f in enumerate(model.fields) if model.diffusion.get(f) == name]
        calls += [(f"ADD({j},area*({'+'.join(of_area)})+", pulled(name))] if of_area else []
        calls += [(f"ADD({j},", pulled(name))] if not of_area else []
    loads = " ".join(f"const REAL a_{f} = A({i}), l_{i} = L({i});" for i, f in enumerate(model.fields))
    return f"{loads} {written(model, calls)}"


def written(model: ReactionDiffusion, calls: Iterable[tuple[str, sympy.Expr]]) -> str:
    """Macro calls with their expressions in C, what these share computed once."""
    calls = list(calls)
    shared, reduced = sympy.cse([e for _, e in calls], symbols=sympy.numbered_symbols("shared_"))
    printer = Printer()
    names = {s: f"x_{n}" if n in model.fields else f"p_{n}" for n, s in model.symbols.items()}
    names |= {sympy.Symbol(f"adjoint_of_{n}", real=True): f"a_{n}" for n in model.fields}
    rename = {old: sympy.Symbol(new, real=True) for old, new in names.items()}

    def in_c(expression: sympy.Expr) -> str:
        return printer.doprint(expression.xreplace(rename))

    lines = [f"const REAL {name} = {in_c(value)};" for name, value in shared]
    lines += [f"{call}{in_c(value)});" for (call, _), value in zip(calls, reduced, strict=True)]
    return " ".join(lines)
