"""A formula as text, read into a SymPy expression, and nothing else: no text is run as code.

SymPy's own reader evaluates what it is given as Python, so a model out of somebody's file could do anything.
Here a formula has numbers, names, + − * / and powers, and the functions below.
"""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

import sympy

FUNCTIONS: Mapping[str, Callable[[Any], Any]] = {
    "exp": sympy.exp, "log": sympy.log, "sqrt": sympy.sqrt, "sin": sympy.sin, "cos": sympy.cos,
    "tan": sympy.tan, "sinh": sympy.sinh, "cosh": sympy.cosh, "tanh": sympy.tanh, "atan": sympy.atan,
    "Abs": sympy.Abs,
}  # fmt: skip
CONSTANTS = {"pi": sympy.pi, "E": sympy.E}
BINARY: Mapping[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}  # fmt: skip
UNARY: Mapping[type, Callable[[Any], Any]] = {ast.USub: operator.neg, ast.UAdd: operator.pos}

#: A longer text is no formula, and a higher power would fill the memory with digits.
LONGEST, HIGHEST = 10_000, 100

#: What no concentration can be.
LOST = (sympy.zoo, sympy.nan, sympy.oo, -sympy.oo, sympy.I)


def expression(text: Any, symbols: Mapping[str, sympy.Symbol]) -> sympy.Expr:
    """A formula as an expression; `^` is a power too.

    Args:
        text: such as "a - u + u**2*v".
        symbols: names that may stand in it.

    Raises:
        ValueError: for anything but a formula; the message is a part of a sentence, without its full stop.
    """
    if not isinstance(text, str) or len(text) > LONGEST:
        raise ValueError(f"it is no text of at most {LONGEST} characters")
    try:
        tree = ast.parse(text.strip().replace("^", "**"), mode="eval").body
        found = sympy.sympify(walked(tree, symbols))
    except (SyntaxError, RecursionError, MemoryError, OverflowError) as error:
        raise ValueError(f"it cannot be read ({type(error).__name__})") from error
    if found.has(*LOST):
        raise ValueError("it divides by zero, or leaves the real numbers")
    return found


def walked(node: ast.expr, symbols: Mapping[str, sympy.Symbol]) -> sympy.Expr:
    """One piece of a formula."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return sympy.sympify(node.value)
    if isinstance(node, ast.Name):
        known = {**CONSTANTS, **symbols}
        if node.id not in known:
            raise ValueError(f"it names {node.id}, which is unknown")
        return known[node.id]
    if isinstance(node, ast.UnaryOp) and type(node.op) in UNARY:
        return UNARY[type(node.op)](walked(node.operand, symbols))
    if isinstance(node, ast.BinOp) and type(node.op) in BINARY:
        left, right = walked(node.left, symbols), walked(node.right, symbols)
        if isinstance(node.op, ast.Pow) and right.is_number and not abs(right) <= HIGHEST:
            raise ValueError(f"it has the power {right}, and powers go up to {HIGHEST}")
        return BINARY[type(node.op)](left, right)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
        if node.func.id in FUNCTIONS and len(node.args) == 1:
            return FUNCTIONS[node.func.id](walked(node.args[0], symbols))
        raise ValueError(f"it calls {node.func.id}, and there are {', '.join(FUNCTIONS)}, of one argument")
    raise ValueError(
        f"a formula has numbers, names, + - * / ** and functions; it has “{ast.unparse(node)[:40]}” as well"
    )
