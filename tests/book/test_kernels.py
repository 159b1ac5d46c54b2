"""Kernels start clean: whatever a user has set for other work, pages and numbers are the same."""

import os
from pathlib import Path

import nbformat
import papermill
import pytest
from nbclient.exceptions import CellTimeoutError

from book.build import refresh
from book.errors import BuildError
from book.kernels import clean_settings
from book.lock import workplace
from tests.book.conftest import HEADER, Project

#: What a notebook finds, and what it would show.
LOOK = """
# %%
1
2
# %% data=["line"] mystnb={"figure": {"caption": "A line.", "name": "fig-line"}, "image": {"alt": "A line."}}
import sys
from pathlib import Path
import matplotlib
import matplotlib.pyplot as plt
import torch
import xarray as xr
Path("data").mkdir()
xr.Dataset({"x": ("i", [1.0])}).to_netcdf("data/line.nc")
print(sorted(matplotlib.rcParams["font.family"]), matplotlib.rcParams["text.usetex"])
print(torch.get_num_threads(), sys.flags.optimize, sys.flags.utf8_mode, "EVIL" in globals())
plt.plot([1, 2])
plt.show()
"""


@pytest.fixture
def meddled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings as people have them in their homes and shells, all of which would change a page."""
    home = tmp_path / "home"
    ipython = home / ".ipython" / "profile_default"
    (ipython / "startup").mkdir(parents=True)
    (ipython / "startup" / "evil.py").write_text("EVIL = True")
    for name in ("ipython_config.py", "ipython_kernel_config.py"):
        (ipython / name).write_text("c = get_config()\nc.InteractiveShell.ast_node_interactivity = 'all'\n")
    style = home / ".config" / "matplotlib" / "matplotlibrc"
    style.parent.mkdir(parents=True)
    style.write_text("text.usetex: True\nfont.family: fantasy\nbackend: agg\n")
    kernel = home / ".local" / "share" / "jupyter" / "kernels" / "python3" / "kernel.json"
    kernel.parent.mkdir(parents=True)
    kernel.write_text('{"argv": ["/bin/false"], "display_name": "Mine", "language": "python"}')
    startup = home / "startup.py"
    startup.write_text("EVIL = True")
    settings = {
        "HOME": home, "IPYTHONDIR": ipython.parent, "MATPLOTLIBRC": style, "MPLBACKEND": "agg",
        "OMP_NUM_THREADS": "2", "PYTHONOPTIMIZE": "1", "PYTHONSTARTUP": startup, "PYTHONWARNINGS": "error",
        "JUPYTER_PATH": kernel.parents[2], "LC_ALL": "C",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(name, str(value))


def make(project: Project) -> nbformat.NotebookNode:
    """Execute and publish it as a build does."""
    with workplace(project.root) as scratch, clean_settings(scratch / ".settings"):
        refresh([project.chapter], project.parameters, {"device": "cpu"}, scratch, 1)
    return nbformat.read(project.chapter.published, as_version=4)


@pytest.mark.usefixtures("meddled")
def test_a_users_own_settings_stay_out(project: Project) -> None:
    project.write(LOOK)
    cells = [cell for cell in make(project).cells if cell.cell_type == "code"]
    assert [output.data["text/plain"] for output in cells[-2].outputs] == ["2"]
    said = "".join(output.text for output in cells[-1].outputs if output.output_type == "stream")
    assert said == "['sans-serif'] False\n1 0 1 False\n"
    assert any("image/png" in output.get("data", {}) for output in cells[-1].outputs)
    assert os.environ["MPLBACKEND"] == "agg"  # afterwards all is as it was


def test_a_figure_without_a_picture_stops_the_build(project: Project) -> None:
    project.write(LOOK.replace("plt.show()", "plt.close()"))
    with pytest.raises(BuildError, match=r"is to show the figure fig-line and shows nothing"):
        make(project)


def test_a_kernel_that_is_not_here_is_named(project: Project) -> None:
    project.chapter.source.write_text(HEADER.replace("name: python3", "name: my-env"))
    with pytest.raises(BuildError, match=r"asks in its header for the kernel 'my-env', which is not here"):
        make(project)


def test_a_kernel_that_cannot_start_says_its_last_words(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project.write("# %%\n1\n")
    (project.root / "ipykernel_launcher.py").write_text("raise SystemExit('this kernel is broken')")
    monkeypatch.setenv("PYTHONPATH", str(project.root))
    with pytest.raises(BuildError, match=r"01_tiny.py could not start .* “this kernel is broken”"):
        make(project)


def test_a_kernel_that_is_killed_is_a_sentence(project: Project) -> None:
    project.write("# %%\nimport os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    with pytest.raises(BuildError, match=r"kernel of notebooks/01_tiny.py died: most often memory ran out"):
        make(project)
    project.write("# %%\n1\n")
    make(project)


def test_a_machine_that_is_too_busy_is_waited_for_and_then_told(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """nbclient gives up after four seconds by itself, with an error that looks like one of the disk."""
    asked: dict[str, object] = {}

    def too_busy(*arguments: object, **settings: object) -> None:
        asked.update(settings)
        raise CellTimeoutError("A cell timed out", 4, "x = 1")

    monkeypatch.setattr(papermill, "execute_notebook", too_busy)
    project.write("# %%\nx = 1\n")
    with pytest.raises(BuildError, match="too busy, or was asleep. Nothing was published"):
        project.build()
    assert min(int(str(asked[name])) for name in ("iopub_timeout", "start_timeout")) >= 300
