"""Text is UTF-8 whatever the locale: widgets would be mojibake under Latin-1, and errors under ASCII."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

#: Calls that read or write text, and how many arguments they have before the encoding.
TEXT = {"read_text": 0, "write_text": 1}


def without_encoding(path: Path) -> Iterator[str]:
    """Places of a module where the locale would choose the encoding."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        named = {keyword.arg for keyword in node.keywords}
        reads = name in TEXT and len(node.args) <= TEXT[name] and "encoding" not in named
        runs = name in ("run", "Popen", "check_output") and {"text", "universal_newlines"} & named
        opens = name == "open" and not binary(node) and "encoding" not in named
        if reads or opens or (runs and "encoding" not in named):
            yield f"{path.relative_to(ROOT)}:{node.lineno}"


def binary(node: ast.Call) -> bool:
    """Whether a call of `open` names a binary mode, or is of something that is no text file."""
    modes = [value.value for value in (*node.args, *(k.value for k in node.keywords if k.arg == "mode"))
             if isinstance(value, ast.Constant) and isinstance(value.value, str)]  # fmt: skip
    return any("b" in mode and len(mode) < 4 for mode in modes)


def test_every_text_file_and_program_names_its_encoding() -> None:
    sources = [path for folder in ("lib", "book", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    assert len(sources) > 100
    found = [place for path in sources for place in without_encoding(path)]
    # Archives and pictures that are opened, and a file that holds nothing.
    others = (
        "book/vendor.py",
        "book/lock.py",
        "book/runs/wheels.py",
        "lib/image_files/pictures.py",
    )
    assert [place for place in found if not place.startswith(others)] == []
