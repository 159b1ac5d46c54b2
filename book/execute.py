"""Run one notebook through papermill, in a scratch folder, streaming its progress to the console."""

from pathlib import Path
from typing import Protocol

import jupytext
import nbformat
import papermill
from jupyter_client.kernelspec import NoSuchKernel
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from book.aside import last_words
from book.contents import Chapter
from book.errors import BuildError
from book.remarks import first_line

Parameters = dict[str, str | int]

#: Seconds that a kernel may take to start, and to hand over what a finished cell has shown. On a machine with
#: much else to do both have taken longer than the minute and the four seconds that are usual.
PATIENCE = 600


class Stream(Protocol):
    """Where text can be written."""

    def write(self, text: str, /) -> int:
        """Write text; returns how many characters."""

    def flush(self) -> None:
        """Pass on what is held back."""


def execute(chapter: Chapter, parameters: Parameters, scratch: Path, progress: Stream) -> NotebookNode:
    """Execute a notebook with the scratch folder as its working directory.

    Args:
        chapter: which notebook.
        parameters: values for its cell tagged `parameters`.
        scratch: an empty folder; whatever the notebook writes lands there.
        progress: where its progress bars go.

    Returns:
        The executed notebook, with papermill's metadata still in it.

    Raises:
        BuildError: naming the notebook, the cell and the error. What was executed until then is kept
            as `_build/failed/NAME.ipynb`.
    """
    source, output = scratch / "source.ipynb", scratch / "executed.ipynb"
    # By file: a notebook handed over as an object would be copied whole into its own metadata.
    nbformat.write(read(chapter), source)
    try:
        papermill.execute_notebook(
            source,
            output,
            parameters=parameters,
            cwd=scratch,
            progress_bar=False,
            stderr_file=progress,
            start_timeout=PATIENCE,
            iopub_timeout=PATIENCE,
            # Errors only: a kernel that talks over loopback would warn about it in every chapter.
            extra_arguments=["--log-level=ERROR"],
        )
    except papermill.PapermillExecutionError as error:
        kept = keep_failed(chapter, output)
        raise BuildError(
            f"notebooks/{chapter.name}.py failed in cell {error.cell_index} ({first_line(error.source)}): "
            f"{error.ename}: {error.evalue.rstrip('.')}. Nothing was published; "
            f"the notebook as far as it came is {kept}."
        ) from error
    except NoSuchKernel as error:
        raise BuildError(
            f"notebooks/{chapter.name}.py asks in its header for the kernel {error.name!r}, which is not "
            "here: write `name: python3` below `kernelspec:`, as the other notebooks do."
        ) from error
    except DeadKernelError as error:
        raise BuildError(
            f"The Python kernel of notebooks/{chapter.name}.py died: most often memory ran out."
            f"{last_words(raw(scratch))} Nothing was published; run the build again to continue, or with one "
            "notebook at a time (AT_ONCE=1)."
        ) from error
    except CellTimeoutError as error:
        raise BuildError(
            f"The Python kernel of notebooks/{chapter.name}.py has not handed over what a cell has shown "
            f"within {PATIENCE} s: this machine is too busy, or was asleep. Nothing was published; run the "
            "build again to continue, or with one notebook at a time (AT_ONCE=1)."
        ) from error
    except RuntimeError as error:
        raise BuildError(
            f"The Python kernel of notebooks/{chapter.name}.py could not start ({str(error).rstrip('.')})."
            f"{last_words(raw(scratch))} Nothing was published. If packages were meddled with, `make purge` "
            "and `make book` install them anew."
        ) from error
    finally:
        source.unlink()
    return take(output)


def raw(scratch: Path) -> Path:
    """Where raw stderr goes while a notebook is executed in this folder."""
    return scratch.with_suffix(".stderr")


def read(chapter: Chapter) -> NotebookNode:
    """The notebook as jupytext reads it, checked for what papermill needs."""
    try:
        notebook = jupytext.read(chapter.source)
    except Exception as error:  # jupytext raises whatever its parsers do
        raise BuildError(f"notebooks/{chapter.name}.py cannot be read as a notebook: {error}") from error
    if "name" not in notebook.metadata.get("kernelspec", {}):
        raise BuildError(
            f"notebooks/{chapter.name}.py names no kernel: its header needs `jupyter:` with `jupytext:` and "
            "`kernelspec:` (name and language) below it, as the other notebooks have."
        )
    if not any("parameters" in cell.metadata.get("tags", []) for cell in notebook.cells):
        raise BuildError(
            f"notebooks/{chapter.name}.py has no cell tagged `parameters`, so profile, device and seed "
            "could not be set: add one with PROFILE, DEVICE and SEED."
        )
    return notebook


def take(path: Path) -> NotebookNode:
    """Read a file and remove it, so that the scratch folder holds the notebook's own files only."""
    notebook = nbformat.read(path, as_version=4)
    path.unlink()
    return notebook


def keep_failed(chapter: Chapter, output: Path) -> str:
    """Move the partly executed notebook out of the scratch folder; returns where to, for people."""
    kept = chapter.root / "_build" / "failed" / f"{chapter.name}.ipynb"
    kept.parent.mkdir(parents=True, exist_ok=True)
    output.replace(kept)
    return kept.relative_to(chapter.root).as_posix()
