"""Code that a text loads in ways that do not say which: a result that depends on it cannot be kept.

An import by name is followed to its file, and an edit there gives a new result. What `exec` runs, or a module
whose name is put together while the program runs, is not seen, so such a text is refused.
"""

import ast
from collections.abc import Iterator
from functools import cache

#: Built-in functions that run code from anywhere.
RUNNING = {"__import__", "exec", "eval"}
#: Names that load a file as a module, whoever they are taken from.
LOADING = {"spec_from_file_location", "spec_from_loader", "SourceFileLoader", "SourcelessFileLoader"}
#: Modules that are for nothing else.
LOADERS = {"runpy", "imp", "zipimport"}


@cache
def refuse_hidden_code(name: str, text: str) -> None:
    """Refuse a module of that file name and text that runs code which its imports do not name.

    Raises:
        TypeError: with the line and what stands there.
    """
    for line, what in sorted(hidden(ast.parse(text))):  # the first is enough
        raise TypeError(
            f"Results that depend on {name} cannot be kept, because line {line} there uses {what}, which "
            "runs code that cannot be followed: a change of it would go unnoticed. Import it by its name."
        )


def hidden(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Lines that run such code, and by what."""
    nodes = list(ast.walk(tree))
    own = {name for node in nodes for name in bound(node)}
    followed = {id(node.func) for node in nodes if isinstance(node, ast.Call) and is_literal(node)}
    for node in nodes:
        if isinstance(node, ast.Name) and node.id in RUNNING - own:
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and node.attr in RUNNING and named(node.value) == "builtins":
            yield node.lineno, node.attr
        elif isinstance(node, (ast.Name, ast.Attribute)) and named(node) in LOADING:
            yield node.lineno, named(node)
        elif isinstance(node, (ast.Name, ast.Attribute)) and named(node) == "import_module":
            if id(node) not in followed:
                yield node.lineno, "import_module without a plain name"
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from ((node.lineno, what) for what in imported(node))


def bound(node: ast.AST) -> Iterator[str]:
    """A name that a node gives to something of the text's own, such as a parameter called `eval`."""
    if isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name


def is_literal(call: ast.Call) -> bool:
    """Whether `import_module` is called with a name that can be read, and not relative to a package."""
    names = [each.value for each in call.args if isinstance(each, ast.Constant)]
    return (
        len(call.args) == len(names) == 1
        and not call.keywords
        and isinstance(names[0], str)
        and not names[0].startswith(".")
    )


def named(node: ast.AST) -> str:
    """The last part of a name such as `importlib.import_module`; nothing for what is none."""
    return str(getattr(node, "attr", getattr(node, "id", "")))


def imported(node: ast.Import | ast.ImportFrom) -> Iterator[str]:
    """What an import takes that hides code from then on."""
    module = getattr(node, "module", None) or ""
    hiding = LOADING | RUNNING if module == "builtins" else LOADING
    if module.split(".")[0] in LOADERS:
        yield module
    for alias in node.names:
        if alias.name in hiding or (not module and alias.name.split(".")[0] in LOADERS):
            yield alias.name
        elif alias.name == "import_module" and alias.asname not in (None, alias.name):
            yield f"import_module under the name {alias.asname}"
