"""The notebooks as Colab opens them: without outputs, and with a first cell that fetches everything else.

    python -m book.colab FOLDER --repository https://github.com/someone/something --branch main

The workflow puts that folder on a branch of its own, where the book's launch buttons lead.
"""

import argparse
from pathlib import Path

import jupytext
import nbformat

from book.contents import chapters

ROOT = Path(__file__).resolve().parents[1]

FETCH = """\
# Here only: fetch the library, and what it needs at the versions it was tested with. If a message
# asks for the session to be restarted, do so, and run this cell once more.
!test -d /content/companion || git clone --quiet --depth 1 --branch {branch} {repository} /content/companion
%cd -q /content/companion
%pip install --quiet --requirement requirements.txt
%cd -q notebooks
import sys; sys.path.insert(0, "..")"""


def main() -> None:
    """Write every chapter's notebook into a folder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", type=Path, help="where the notebooks go")
    parser.add_argument("--repository", required=True, help="address to clone from")
    parser.add_argument("--branch", default="main", help="branch to clone")
    arguments = parser.parse_args()
    write(arguments.folder, arguments.repository, arguments.branch)


def write(folder: Path, repository: str, branch: str, root: Path = ROOT) -> list[Path]:
    """Write the notebooks; returns their paths.

    Raises:
        BuildError: if the table of contents cannot be read.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for chapter in chapters(root):
        notebook = jupytext.read(chapter.source)
        fetch = nbformat.v4.new_code_cell(FETCH.format(repository=repository, branch=branch), id="fetch")
        notebook.cells.insert(0, fetch)
        written.append(folder / f"{chapter.name}.ipynb")
        nbformat.write(notebook, written[-1])
    return written


if __name__ == "__main__":
    main()
