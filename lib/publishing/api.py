"""The public functions as a page shows them: signature and docstring of the very code, as Markdown."""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable
from typing import Any

#: Titles of a docstring's parts (Google's style), which the house uses.
PARTS = ("Args", "Returns", "Raises")

#: One entry of a part: names, a colon, and what they mean, indented further where it goes on.
ENTRY = re.compile(r"^(?P<names>[A-Za-z_][\w, …]*): (?P<text>.+)$")

#: Set as code: in an interface it is a value, and no slip.
NOT_A_NUMBER = re.compile(r"(?<!`)\bNaN\b(?!`)")


def documented(function: Callable[..., Any]) -> str:
    """Markdown with a function's signature, its purpose, and its arguments as a list of definitions.

    Args:
        function: any function or class with a docstring.

    Raises:
        ValueError: for one without a docstring.
    """
    text = inspect.getdoc(function)
    if not text:
        raise ValueError(f"{function.__qualname__} has no docstring, so there is nothing to show: write one.")
    prose, parts = split(text)
    shown = [f"```python\n{signature(function)}\n```", NOT_A_NUMBER.sub("`NaN`", prose)]
    for title, body in parts.items():
        shown.append(f"**{title}**\n\n{NOT_A_NUMBER.sub('`NaN`', definitions(body))}")
    return "\n\n".join(shown)


def signature(function: Callable[..., Any]) -> str:
    """The line that defines a function, one argument a line, as written in the source; a class's name."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
    if not isinstance(tree, ast.FunctionDef):
        return f"class {function.__name__}"
    tree.body, tree.decorator_list = [ast.Expr(ast.Constant(...))], []
    line = ast.unparse(tree).removesuffix("...").rstrip().removesuffix(":")
    arguments = line.removeprefix(f"def {tree.name}(")
    inside, _, returned = arguments.rpartition(") -> ") if ") -> " in arguments else (arguments[:-1], "", "")
    listed = "".join(f"    {argument},\n" for argument in separated(inside))
    return f"{tree.name}(\n{listed})" + (f" -> {returned}" if returned else "")


def separated(arguments: str) -> list[str]:
    """Split at commas that stand in no brackets."""
    depth, found = 0, [""]
    for sign in arguments:
        depth += (sign in "([{") - (sign in ")]}")
        if sign == "," and depth == 0:
            found.append("")
        else:
            found[-1] += sign
    return [argument.strip() for argument in found if argument.strip()]


def split(docstring: str) -> tuple[str, dict[str, str]]:
    """A docstring's prose, and its parts by title."""
    prose, parts, current = [], dict[str, list[str]](), None
    for line in docstring.splitlines():
        if line.rstrip(":") in PARTS and line.endswith(":"):
            current = parts.setdefault(line.rstrip(":"), [])
        elif current is not None and (line.startswith(" ") or not line.strip()):
            current.append(line)
        else:
            current = None
            prose.append(line)
    return "\n".join(prose).strip(), {
        title: textwrap.dedent("\n".join(x)).strip() for title, x in parts.items()
    }


def definitions(body: str) -> str:
    """Entries as a list of definitions; a part without entries stays a paragraph."""
    entries: list[tuple[str, list[str]]] = []
    for line in body.splitlines():
        match = ENTRY.match(line)
        if match:
            entries.append((match["names"], [match["text"]]))
        elif entries and line.startswith(" "):
            entries[-1][1].append(line.strip())
        else:
            return body
    return "\n\n".join(
        ", ".join(f"`{name.strip()}`" for name in names.split(",")) + "\n: " + " ".join(text)
        for names, text in entries
    )
