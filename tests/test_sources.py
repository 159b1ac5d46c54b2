"""What a module can reach, and that an edit under a running process is noticed."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lib import sources

CHANGING = """
import sys
from pathlib import Path
import lib
from lib import sources
before = sources.fingerprint("lib.losses")
path = Path(lib.__file__).with_name("losses.py")
text = path.read_text()
path.write_text(text + "# A word.")
if sys.argv[1] == "put back":
    path.write_text(text)
try:
    sources.fingerprint("lib.losses")
except sources.SourcesChanged as error:
    print(error)
"""


def names(module: str) -> set[str]:
    return {path.relative_to(sources.PACKAGE).as_posix() for path in sources.closure(module)}


def test_a_closure_follows_imports_into_c_and_what_that_includes():
    found = names("lib.simulate")
    assert {
        "simulate.py",
        "model.py",
        "backends/cpu_adjoint.c",
        "backends/cpu_rows.h",
        "backends/cuda.cu",
    } <= found
    assert not any(name.startswith(("showing", "publishing", "studies", "residual")) for name in found)


def test_what_a_package_passes_on_leads_to_its_home():
    assert sources.home_of("lib.residual", "fit") == "lib.residual.fitting"
    assert sources.home_of("lib", "TRUTH") == "lib.paper"
    assert sources.home_of("lib", "losses") == "lib.losses"


def test_a_widget_reaches_its_browser_code():
    found = names("lib.showing.widgets.laboratory")
    assert {
        "showing/widgets/laboratory.js",
        "showing/widgets/js/stepper.js",
        "showing/widgets/widget.css",
    } <= found


def test_a_notebook_reaches_what_it_imports_and_no_more():
    found = {path.name for path in sources.closure_of_text("from lib import losses")}
    assert "losses.py" in found
    assert "bowl.py" not in found


@pytest.mark.parametrize("then", ["left", "put back"])
def test_an_edit_under_a_running_process_is_a_sentence(copied_lib: Path, then: str):
    """Even where the old text is put back: between the two somebody may have imported the other one."""
    environment = {**os.environ, "PYTHONPATH": str(copied_lib)}
    done = subprocess.run(
        [sys.executable, "-c", CHANGING, then],
        cwd=copied_lib,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert "losses.py was edited while this process runs" in done.stdout, done.stderr


@pytest.mark.parametrize("module", ["__main__", "fit", "simulate", "mine.losses"])
def test_a_module_outside_has_no_file_inside(module: str):
    assert sources.path_of(module) is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("from lib import simulate", "from gray_scott_landscapes import simulate"),
        ("from lib.residual import denoise", "import gray_scott_landscapes.residual.denoise as d"),
        ("import lib", "from gray_scott_landscapes import *"),
    ],
)
def test_both_names_of_the_package_reach_the_same(one: str, other: str):
    assert sources.closure_of_text(one) == sources.closure_of_text(other) != frozenset()


def test_what_is_imported_at_its_first_use_is_reached():
    found = {path.name for path in sources.closure_of_text("import lib")}
    assert {"landscape.py", "simulate.py", "losses.py", "cpu.c"} <= found
