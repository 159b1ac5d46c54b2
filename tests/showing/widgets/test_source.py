"""Several browser modules become one, or a sentence says why they cannot."""

from pathlib import Path

import pytest

from lib.showing.widgets.source import esm


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    """A widget and two modules it needs, one of them through the other."""
    (tmp_path / "js").mkdir()
    write(
        tmp_path,
        "js/low.js",
        "export const ONE = 1;\nconst hidden = 2;\nexport function two() { return hidden; }\n",
    )
    write(
        tmp_path,
        "js/high.js",
        'import { ONE, two } from "./low.js";\n\nexport const three = () => ONE + two();\n',
    )
    write(
        tmp_path,
        "widget.js",
        'import { three } from "./js/high.js";\nimport {\n  ONE,\n} from "./js/low.js";\n\n'
        "export default { render({ el }) { el.textContent = three() + ONE; } };\n",
    )
    return tmp_path


def write(folder: Path, name: str, text: str) -> None:
    """Write a module."""
    (folder / name).write_text(text)


def test_what_is_needed_comes_first_and_once(modules: Path) -> None:
    text = esm("widget.js", folder=modules)
    assert [line for line in text.splitlines() if line.startswith("// ")] == [
        "// low.js",
        "// high.js",
        "// widget.js",
    ]
    assert "import" not in text
    assert text.count("export") == text.count("export default") == 1


def test_a_name_used_twice_is_refused(modules: Path) -> None:
    write(
        modules,
        "js/high.js",
        'import { ONE } from "./low.js";\nconst hidden = 3;\nexport const three = () => ONE + hidden;\n',
    )
    with pytest.raises(ValueError, match=r"low.js and high.js both declare hidden .* rename one of them"):
        esm("widget.js", folder=modules)


def test_a_name_from_a_destructuring_counts_too(modules: Path) -> None:
    write(
        modules,
        "js/high.js",
        'import { ONE } from "./low.js";\nconst [a, hidden] = [1, 2];\nexport const three = () => a + ONE;\n',
    )
    with pytest.raises(ValueError, match="both declare hidden"):
        esm("widget.js", folder=modules)


def test_what_is_not_exported_cannot_be_imported(modules: Path) -> None:
    write(modules, "js/high.js", 'import { hidden } from "./low.js";\nexport const three = () => hidden;\n')
    with pytest.raises(ValueError, match=r"high.js imports hidden from low.js, which exports no such name"):
        esm("widget.js", folder=modules)


@pytest.mark.parametrize(
    "line",
    ['import * as low from "./low.js";', 'import low from "./low.js";', 'export { ONE } from "./low.js";'],
)
def test_other_ways_to_import_are_refused(modules: Path, line: str) -> None:
    write(modules, "js/high.js", f"{line}\nexport const three = () => 3;\n")
    with pytest.raises(ValueError, match="high.js has the line"):
        esm("widget.js", folder=modules)


def test_a_ring_is_refused(modules: Path) -> None:
    write(
        modules, "js/low.js", 'import { three } from "./high.js";\nexport const ONE = 1, two = () => three;\n'
    )
    with pytest.raises(ValueError, match=r"ring \(widget.js → high.js → low.js → high.js\)"):
        esm("widget.js", folder=modules)


def test_a_missing_module_is_named_with_who_wants_it(modules: Path) -> None:
    (modules / "js" / "low.js").unlink()
    with pytest.raises(FileNotFoundError, match=r"low.js, which high.js imports, does not exist"):
        esm("widget.js", folder=modules)
