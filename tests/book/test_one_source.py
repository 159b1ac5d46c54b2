"""One build, one source: what a page says it was made from is what made it, or there is no page."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from book.build import refresh
from book.errors import BuildError
from book.freshness import begin, refuse_edits
from book.lock import workplace
from lib import sources
from tests.book.conftest import SETTINGS, Project

#: A cell that edits its own notebook's source, as a person would in a long build, and may put it back.
EDIT = """
# %%
import os
from pathlib import Path
path = Path({path!r})
text, state = path.read_text(), path.stat()
path.write_text(text + "# another word")
{back}
"""
PUT_BACK = "path.write_text(text); os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))"

#: In a process of its own: a build begins, somebody edits what a notebook imports, the build goes on.
LIBRARY = """
import os, sys
from pathlib import Path
from book.build import refresh
from book.contents import Chapter
from book.errors import BuildError
from book.freshness import begin, refuse_edits
chapter, settings = Chapter("04_landscapes", Path.cwd()), {"PROFILE": "smoke", "DEVICE": "cpu", "SEED": 3}
path = Path("lib/losses.py")
text, state = path.read_text(), path.stat()
def edit():
    path.write_text(text.replace("0", "1", 1))
    path.write_text(text)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
if sys.argv[1] == "before":
    edit()
try:
    begun = begin(chapter, settings, {})
    edit()
    refuse_edits(chapter, begun, settings, {})
except BuildError as error:
    print(error)
"""


@pytest.mark.parametrize("back", ["", PUT_BACK])
def test_a_notebook_edited_while_it_runs_is_not_published(project: Project, back: str) -> None:
    """Put back too, to the very time of writing: what the kernel read may have been the other text."""
    project.write(EDIT.format(path=str(project.chapter.source), back=back))
    with workplace(project.root) as scratch, pytest.raises(BuildError, match="was edited while it was exec"):
        refresh([project.chapter], project.parameters, {"device": "cpu"}, scratch, 1)
    assert not project.chapter.published.exists()
    assert not project.chapter.record.exists()


@pytest.mark.parametrize("when", ["before", "during"])
def test_a_library_edited_and_put_back_ends_the_page_with_a_sentence(copied_lib: Path, when: str) -> None:
    root = Path(__file__).resolve().parents[2]
    for folder in ("book", "notebooks"):
        (copied_lib / folder).symlink_to(root / folder)
    environment = {**os.environ, "PYTHONPATH": str(copied_lib)}
    done = subprocess.run(
        [sys.executable, "-c", LIBRARY, when], cwd=copied_lib, env=environment, capture_output=True, text=True
    )
    assert "notebooks/04_landscapes.py: lib/losses.py was edited while this process" in done.stdout, (
        done.stderr
    )
    assert "Nothing was stored: start again." in done.stdout


def test_a_package_installed_in_between_is_noticed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write("# %%\nimport numpy\n")
    begun = begin(project.chapter, dict(SETTINGS), {})
    refuse_edits(project.chapter, begun, dict(SETTINGS), {})
    monkeypatch.setattr("book.freshness.versions", lambda reached: {"numpy": "99"})
    with pytest.raises(BuildError, match="a package was installed or the build itself was edited"):
        refuse_edits(project.chapter, begun, dict(SETTINGS), {})


def test_a_file_that_was_replaced_by_its_copy_counts_as_edited(tmp_path: Path) -> None:
    path, other = tmp_path / "a.py", tmp_path / "b.py"
    for each in (path, other):
        each.write_text("x = 1\n")
        os.utime(each, ns=(10**18, 10**18))
    before = sources.stamp(path)
    other.replace(path)
    assert sources.stamp(path) != before
