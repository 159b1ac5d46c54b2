"""One browser module out of several: anywidget wants a widget's code as a single file.

Each module keeps plain `export`s and imports such as `import { step } from "./stepper.js";`, so that
Node's test runner reads the very files that end up in the page.
"""

import re
from collections.abc import Iterator
from pathlib import Path

FOLDER = Path(__file__).resolve().parent

IMPORT = re.compile(r'^import\s*\{([^}]*)\}\s*from\s*"(\.[^"]+)";[ \t]*\n', re.MULTILINE)
ANY_IMPORT = re.compile(r"^(?:import\b|export\s*(?:\*|\{)).*$", re.MULTILINE)
EXPORT = re.compile(r"^export (?!default\b)", re.MULTILINE)
DECLARED = re.compile(
    r"^(export )?(?:default )?(?:(?:async )?function\*?|class|const|let|var)\s+"
    r"(?:(\w+)|[\[{]([^\]}]*)[\]}])",
    re.MULTILINE,
)


def esm(*names: str, folder: Path = FOLDER) -> str:
    """Compose one ES module from files and everything they import, each once, what is needed first.

    Args:
        names: files below `folder`, such as "laboratory.js"; the last may have a default export.
        folder: where they are; `lib/showing/widgets` by default.

    Returns:
        The source of one module without imports, for anywidget's `_esm`.

    Raises:
        ValueError: if two modules declare the same name at their top level, a module imports what
            another does not export, or an import is written in another way than above.
        FileNotFoundError: if a module does not exist.
    """
    modules: dict[Path, str] = {}
    for name in names:
        collect((folder / name).resolve(), modules)
    refuse_clashes(modules)
    return "\n".join(stripped(path, text) for path, text in modules.items())


def collect(path: Path, modules: dict[Path, str], above: tuple[Path, ...] = ()) -> None:
    """Add a module after all it imports."""
    if path in above:
        ring = " → ".join(module.name for module in (*above, path))
        raise ValueError(
            f"The modules import each other in a ring ({ring}): move what they share to a third."
        )
    if path in modules:
        return
    if not path.is_file():
        wanted = f", which {above[-1].name} imports," if above else ""
        raise FileNotFoundError(f"The browser module {path.name}{wanted} does not exist in {path.parent}.")
    text = path.read_text(encoding="utf-8")
    for wanted_names, source in imports(path, text):
        target = (path.parent / source).resolve()
        collect(target, modules, (*above, path))
        check_exported(path, target, modules[target], wanted_names)
    modules[path] = text


def imports(path: Path, text: str) -> Iterator[tuple[list[str], str]]:
    """Names and source of every import; other ways to write one are refused."""
    for match in IMPORT.finditer(text):
        yield [name.strip() for name in match[1].split(",") if name.strip()], match[2]
    left = ANY_IMPORT.search(IMPORT.sub("", text))
    if left:
        raise ValueError(
            f'{path.name} has the line {left[0]!r}: write `import {{ name }} from "./file.js";` and '
            "`export` in front of what is exported, or the widget's code cannot be put into one file."
        )


def check_exported(path: Path, target: Path, text: str, wanted: list[str]) -> None:
    """Refuse an import of what is not there, which a browser would only notice when the page is open."""
    exported = {name for name, public in declared(text) if public}
    missing = [name for name in wanted if name not in exported]
    if missing:
        raise ValueError(
            f"{path.name} imports {', '.join(missing)} from {target.name}, which exports no such name."
        )


def declared(text: str) -> Iterator[tuple[str, bool]]:
    """Every name declared at the top level of a module, and whether it is exported."""
    for match in DECLARED.finditer(text):
        names = [match[2]] if match[2] else [part.split(":")[-1].strip() for part in match[3].split(",")]
        for name in names:
            yield name.split("=")[0].strip(), bool(match[1])


def refuse_clashes(modules: dict[Path, str]) -> None:
    """In one file all modules share one set of names."""
    owners: dict[str, Path] = {}
    for path, text in modules.items():
        for name, _ in declared(text):
            if name in owners:
                raise ValueError(
                    f"{owners[name].name} and {path.name} both declare {name} at their top level, and in one "
                    "file they would be the same: rename one of them."
                )
            owners[name] = path


def stripped(path: Path, text: str) -> str:
    """A module's text without imports and `export`, under a line that names its file."""
    return f"// {path.name}\n{EXPORT.sub('', IMPORT.sub('', text)).strip()}\n"
