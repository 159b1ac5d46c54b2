"""Launch buttons lead to notebooks that exist where they lead to."""

import runpy
from pathlib import Path

import nbformat

from book.colab import write
from book.contents import chapters
from tests.book.conftest import ROOT

launch = runpy.run_path(str(ROOT / "book" / "_ext" / "launch.py"))


def test_github_has_both_buttons() -> None:
    assert launch["addresses"]("https://github.com/someone/something.git/", "main", "04_landscapes") == {
        "Binder": "https://mybinder.org/v2/gh/someone/something/main"
        "?urlpath=lab/tree/notebooks/04_landscapes.ipynb",
        "Colab": "https://colab.research.google.com/github/someone/something/blob/colab/04_landscapes.ipynb",
    }


def test_other_hosts_have_binder() -> None:
    found = launch["addresses"]("https://codeberg.org/someone/something", "main", "04_landscapes")
    assert list(found) == ["Binder"]
    assert found["Binder"].startswith("https://mybinder.org/v2/git/https%3A%2F%2Fcodeberg.org%2Fsomeone%2F")


def test_binder_makes_the_notebooks_that_it_is_to_open() -> None:
    script = ROOT / "postBuild"
    assert script.stat().st_mode & 0o111
    assert "jupytext --to ipynb notebooks/*.py" in script.read_text()


def test_colab_gets_every_notebook_with_a_cell_that_fetches_the_rest(tmp_path: Path) -> None:
    written = write(tmp_path / "colab", "https://github.com/someone/something", "main")
    assert [path.stem for path in written] == [chapter.name for chapter in chapters(ROOT)]
    workflow = (ROOT / ".github" / "workflows" / "book.yml").read_text()
    assert f"git init --quiet --initial-branch {launch['COLAB_BRANCH']}" in workflow
    for path in written:
        notebook = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
        first = notebook.cells[0].source
        assert "--branch main https://github.com/someone/something /content/companion" in first
        assert not any(cell.get("outputs") for cell in notebook.cells)
        # Without the cell's magics what is left is Python.
        compile("\n".join(line for line in first.splitlines() if line[0] not in "!%"), "first", "exec")
