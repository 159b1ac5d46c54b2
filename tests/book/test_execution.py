"""From a notebook to a published page: what a run leaves behind, and what a broken one must not."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from book.build import main, refresh
from book.errors import BuildError
from book.lock import workplace
from book.publish import retire
from book.record import recorded, write_record
from book.remarks import unknown
from book.settings import look_around
from lib import sources
from tests.book.conftest import SETTINGS, Project, lay_out

FIGURE = """
# %% data=["line"] mystnb={"figure": {"caption": "A line.", "name": "fig-line"}, "image": {"alt": "A line."}}
from pathlib import Path
import xarray as xr
Path("data").mkdir()
xr.Dataset({"x": ("i", [1.0])}, attrs={"core_seconds": 0.5, "cached": 1.0}).to_netcdf("data/line.nc")
from IPython.display import SVG
print(SEED)
SVG("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")
"""


def run(project: Project) -> NotebookNode:
    """Execute and publish the project's notebook; returns what was published."""
    with workplace(project.root) as scratch:
        refresh([project.chapter], project.parameters, {"device": "cpu"}, scratch, 1)
    return nbformat.read(project.chapter.published, as_version=4)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a tiny project whose notebook was executed and published."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", "")
        project = lay_out(tmp_path_factory.mktemp("original"))
        project.write(FIGURE)
        run(project)
        yield project.root


@pytest.fixture
def made(original: Path, tmp_path: Path) -> Project:
    """A copy of that project, to be meddled with."""
    shutil.copytree(original, tmp_path, dirs_exist_ok=True)
    return Project(tmp_path, dict(SETTINGS))


def source_of(notebook: NotebookNode, tag: str) -> str:
    """Source of the first cell with a tag."""
    return next(cell.source for cell in notebook.cells if tag in cell.metadata.get("tags", []))


def test_a_page_shows_the_parameters_that_made_it(project: Project) -> None:
    project.write("# %%\nprint(PROFILE, SEED)\n")
    published = run(project)
    assert source_of(published, "parameters") == 'PROFILE = "smoke"\nDEVICE = "cpu"\nSEED = 3'
    assert "smoke 3" in "".join(o.text for c in published.cells for o in c.get("outputs", []))


def test_the_injected_cell_is_hidden_and_papermill_leaves_no_trace(project: Project) -> None:
    project.write("# %%\nSEED\n")
    published = run(project)
    injected = next(c for c in published.cells if "injected-parameters" in c.metadata.get("tags", []))
    assert "remove-cell" in injected.metadata.tags
    assert "papermill" not in json.dumps([published.metadata, *(c.metadata for c in published.cells)])


def test_the_page_says_how_it_was_made(made: Project) -> None:
    section = nbformat.read(made.chapter.published, as_version=4).cells[-1].source
    for fact in ("## How this page was made", "`smoke`", "`cpu`", "`3`", "torch", "{numref}`fig-line`"):
        assert fact in section
    assert "{download}`line.nc <data/line.nc>`" in section
    assert "0.5 s" in section
    assert "from cache" in section


def test_no_path_of_this_machine_is_published(made: Project, original: Path) -> None:
    assert str(original) not in made.chapter.published.read_text()


@pytest.mark.parametrize(
    ("code", "place"),
    [
        ("print(Path.cwd())", "cell 2"), ("Path.home()", "cell 2"),
        ("print(Path.home() / 'me.txt')", "cell 2"),
        ("{'at': Path('x').resolve()}", "cell 2"), ("print('see file://' + sys.prefix)", "cell 2"),
        ("Path('notes.json').write_text(str(Path.cwd()))", r"notes\.json"),
    ],
)  # fmt: skip
def test_a_page_that_shows_a_folder_of_this_machine_is_refused(
    project: Project, code: str, place: str
) -> None:
    project.write(f"# %%\nimport sys\nfrom pathlib import Path\n{code}\n")
    with pytest.raises(BuildError, match=rf"shows /.*, a folder of this machine, in {place}"):
        run(project)
    assert not project.chapter.published.exists()


def test_a_page_may_show_names_that_only_look_like_folders(project: Project) -> None:
    project.write(
        "# %%\nfrom pathlib import Path\n"
        "print('https://example.org' + str(Path.home()), 'data/x.nc', f'{Path.home()}s', '/')\n"
    )
    run(project)
    assert project.chapter.published.exists()


def test_an_unchanged_notebook_is_not_run_again(made: Project, capsys: pytest.CaptureFixture[str]) -> None:
    run(made)
    assert "unchanged" in capsys.readouterr().out


@pytest.mark.parametrize("what", ["notebook", "seed", "library", "published", "data"])
def test_it_is_run_again_when_anything_it_depends_on_changes(
    made: Project, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    match what:
        case "notebook":
            made.write(FIGURE + "# more\n")
        case "seed":
            made.parameters["SEED"] = 4
        case "library":
            monkeypatch.setattr(sources, "digest", lambda paths: "the hash of other sources")
        case "published":
            made.chapter.published.write_text("{}")
        case "data":
            (made.chapter.published.parent / "data" / "line.nc").unlink()
    # Whether it would run is the question; running it would only take longer to answer.
    monkeypatch.setattr("book.side_by_side.execute", stop)
    with pytest.raises(Stopped):
        run(made)


class Stopped(Exception):
    """Raised in the place of an execution."""


def stop(*arguments: object) -> None:
    """Stand in for `execute`."""
    raise Stopped


def test_a_failing_notebook_is_named_with_its_cell_and_error(project: Project) -> None:
    project.write("# %%\nprint('fine')\n\n# %%\n1 / 0\n")
    with pytest.raises(BuildError, match=r"01_tiny.py failed in cell \d.*1 / 0.*ZeroDivisionError") as caught:
        run(project)
    assert "_build/failed/01_tiny.ipynb" in str(caught.value)
    assert (project.root / "_build" / "failed" / "01_tiny.ipynb").is_file()


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ('"cut", measured={"x": 1}, holds=True', "There is no claim 'cut'"),
        ('"cuts", measured={}, holds=True', "at least one number"),
        ('"cuts", measured={"x": 1}, holds="yes"', "has a criterion"),
    ],
)
def test_a_wrong_verdict_names_its_cell(project: Project, arguments: str, complaint: str) -> None:
    project.write(
        "# %%\nfrom lib.publishing import claims\n"
        f'# %%\nclaims.record({arguments}, tolerance="", finding="")\n'
    )
    with pytest.raises(BuildError, match=rf"01_tiny\.py failed in cell .*claims\.record.*{complaint}"):
        run(project)


def test_a_failing_notebook_leaves_the_published_one_alone(made: Project) -> None:
    folder = made.chapter.published.parent
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    made.write(FIGURE + "\n# %%\nraise SystemError('half way')\n")
    with pytest.raises(BuildError, match="half way"):
        run(made)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_an_interrupted_publication_counts_as_not_made(
    made: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.write(FIGURE + "# more\n")
    monkeypatch.setattr(shutil, "move", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run(made)
    monkeypatch.undo()
    assert not made.chapter.record.exists()
    assert "fig-line" in run(made).cells[-1].source


def interrupt(*arguments: object) -> None:
    """Ctrl-C at the worst moment."""
    raise KeyboardInterrupt


def test_an_error_that_a_cell_allows_itself_is_refused(project: Project) -> None:
    project.write('# %% tags=["raises-exception"]\n1 / 0\n')
    with pytest.raises(BuildError, match="failed in cell 2.*ZeroDivisionError"):
        run(project)


def test_two_chapters_cannot_write_the_same_file(made: Project) -> None:
    record = recorded(made.chapter.record)
    assert record is not None
    del record["sha256"]["01_tiny.ipynb"]
    made.chapter.record.unlink()
    write_record(made.chapter.record.with_name("02_other.json"), record)
    with pytest.raises(BuildError, match=r"01_tiny.py and notebooks/02_other.py both write data/line.nc"):
        run(made)


def test_a_chapter_taken_out_of_the_contents_takes_its_files_along(made: Project) -> None:
    retire(made.root, [made.chapter])
    assert made.chapter.published.is_file()
    retire(made.root, [])
    assert not [path for path in made.chapter.published.parent.rglob("*") if path.is_file()]


def test_a_second_build_in_the_same_folder_is_refused(tmp_path: Path) -> None:
    with workplace(tmp_path), pytest.raises(BuildError, match="Another build"), workplace(tmp_path):
        pass


def test_what_a_killed_build_left_is_cleared_away(tmp_path: Path) -> None:
    leftover = tmp_path / "_build" / "running" / "02_setup" / "half.nc"
    leftover.parent.mkdir(parents=True)
    leftover.touch()
    with workplace(tmp_path) as scratch:
        assert not list(scratch.iterdir())


def test_a_notebook_without_parameters_is_refused(project: Project) -> None:
    project.write("")
    source = project.chapter.source
    source.write_text(source.read_text().replace('tags=["parameters"]', ""))
    with pytest.raises(BuildError, match="no cell tagged `parameters`"):
        run(project)


@pytest.mark.parametrize(
    ("text", "progress"),
    [
        ("\r  0%|          | 0/4 [00:00<?, ?it/s]\r100%|██████████| 4/4 [00:01<00:00,  2.9it/s]\n", True),
        ("cut along k:  57%|█████▋    | 4/7 [00:03<00:02,  1.01point/s]", True),
        ("12it [00:03,  4.00it/s]\n", True),
        ("\r 50%|█████     | 2/4 [00:01<00:01]\nRuntimeWarning: overflow encountered in exp\n", False),
        ("100% of the samples diverged\n", False),
        (
            "/x/lib/y.py:9: DamagedResult: /z/a.result was shortened or altered. It is computed again.\n"
            "  yield next(computed)\n",
            True,
        ),
        ("/x/lib/y.py:9: DamagedResult: /z/a.result was shortened.\n  yield\nRuntimeWarning: x\n", False),
        (
            "/x/executor.py:752: UserWarning: A worker stopped while some jobs were given to the executor. "
            "This can be caused by a too short worker timeout or by a memory leak.\n  warnings.warn(\n",
            True,
        ),
        (
            "[W1126 12:00:00.1 NNPACK.cpp:61] Could not initialize NNPACK! Reason: Unsupported hardware.\n",
            True,
        ),
        ("  an indented line that belongs to nothing\n", False),
    ],
)
def test_progress_bars_are_told_from_warnings(text: str, progress: bool) -> None:
    assert (not list(unknown(text))) is progress


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--profile", "tiny"], "no profile 'tiny': choose one of quick, paper, smoke"),
        (["--device", "abacus"], "no device 'abacus': choose auto, cpu or cuda"),
        (["--seed=-1"], "SEED=-1 cannot be used: The seed is -1: choose a whole number from 0"),
        (["--seed", "4294967296"], "The seed is 4294967296: choose a whole number from 0 to 4294967295"),
        (["--seed", "0.5"], "SEED=0.5 cannot be used: it must be a whole number"),
        (["--seed", ""], "SEED= cannot be used: it must be a whole number"),
        (["--at-once", "0"], "AT_ONCE=0 cannot be used: give a whole number of at least 1"),
        (["--at-once=-3"], "AT_ONCE=-3 cannot be used"),
        (["--at-once", "all"], "AT_ONCE=all cannot be used"),
    ],
)
def test_a_wrong_setting_ends_in_a_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 1
    assert sentence in capsys.readouterr().err


def test_auto_means_a_device_that_exists() -> None:
    assert look_around({"PROFILE": "quick", "DEVICE": "auto", "SEED": 0})["device"] in ("cpu", "cuda")
