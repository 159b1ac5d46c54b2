"""Results of a person's own functions: a program's text counts, its second modules too, and what it reads."""

import functools
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lib.running.kept import kept_result

OWN_NAME = Path(__file__).parents[2] / "gray_scott_landscapes.py"


def doubled(x, cache=None):
    return 2 * x


#: A program of somebody who keeps results of a function of their own.
PROGRAM = """
from gray_scott_landscapes import losses
from gray_scott_landscapes.running.kept import arguments, kept

def mine(x):
    return FACTOR * x * losses.LOG_FLOOR

if __name__ == "__main__":
    print(sum(kept(mine, [arguments(0.25), arguments(0.75)], jobs=JOBS)))
"""


def run_program(root: Path) -> float:
    done = subprocess.run(
        [sys.executable, "program.py"],
        cwd=root, env={**os.environ, "PYTHONPATH": str(root), "GRAYSCOTT_CACHE": str(root / "cache")},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return float(done.stdout)


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_program_that_is_edited_gets_new_results_and_so_does_one_whose_library_is(
    copied_lib: Path, jobs: int
):
    (copied_lib / "gray_scott_landscapes.py").write_text(OWN_NAME.read_text())
    program = copied_lib / "program.py"

    def text_of(factor: int) -> str:
        return PROGRAM.replace("FACTOR", str(factor)).replace("JOBS", str(jobs))

    program.write_text(text_of(2))
    first = run_program(copied_lib)
    assert run_program(copied_lib) == first
    program.write_text(text_of(3))
    assert run_program(copied_lib) == pytest.approx(1.5 * first)
    library = copied_lib / "lib" / "losses.py"
    text = library.read_text()
    assert text.count("LOG_FLOOR = 1e-8") == 1
    library.write_text(text.replace("LOG_FLOOR = 1e-8", "LOG_FLOOR = 2e-8"))
    assert run_program(copied_lib) == pytest.approx(3 * first)


class Adder:
    def __init__(self, much: float) -> None:
        self.much = much

    def add(self, x: float) -> float:
        return x + self.much


def made(much):
    return lambda x: x + much


@pytest.mark.parametrize(
    "function",
    [lambda x: x + 1, made(2), Adder(2.0).add, functools.partial(doubled, 1.0)],
    ids=["lambda", "closure", "method", "partial"],
)
def test_what_has_no_name_of_its_own_is_refused(tmp_path, function):
    with pytest.raises(TypeError, match="Write a plain function"):
        kept_result(function, 1.0, cache=tmp_path)


@pytest.mark.parametrize("argument", [lambda x: x, made(1)])
def test_nor_may_it_be_an_argument(tmp_path, argument):
    with pytest.raises(TypeError, match="Write a plain function"):
        kept_result(doubled, argument, cache=tmp_path)


FACTOR = 1.0


def scaled(x):
    return FACTOR * inner(x)


def inner(x):
    return x + OFFSET


OFFSET = 0.0


def test_what_a_function_reads_around_itself_counts(tmp_path, monkeypatch):
    assert kept_result(scaled, 2.0, cache=tmp_path) == 2.0
    monkeypatch.setattr(sys.modules[__name__], "FACTOR", 10.0)
    assert kept_result(scaled, 2.0, cache=tmp_path) == 20.0
    monkeypatch.setattr(sys.modules[__name__], "OFFSET", 1.0)
    assert kept_result(scaled, 2.0, cache=tmp_path) == 30.0


def test_a_second_module_of_a_program_counts_too_and_an_edit_meanwhile_stops_it(copied_lib: Path):
    (copied_lib / "program.py").write_text(
        "from lib.running.kept import kept_result\nfrom helper import C\nimport sys\n\n"
        "def mine(x):\n    return C * x\n\n"
        "if sys.argv[1:]:\n    open('program.py', 'a').write('# A word.')\n"
        "if __name__ == '__main__':\n    print(kept_result(mine, 1.0))\n"
    )
    for value in ("2.0", "3.0"):
        (copied_lib / "helper.py").write_text(f"C = {value}\n")
        assert run_program(copied_lib) == float(value)
    done = subprocess.run(
        [sys.executable, "program.py", "edit"],
        cwd=copied_lib, env={**os.environ, "PYTHONPATH": str(copied_lib)}, capture_output=True, text=True,
    )  # fmt: skip
    assert "program.py was edited while this program runs" in done.stderr


#: A study whose code is edited, and put back, while it is at work.
EDITED_MEANWHILE = """
from pathlib import Path
from lib import losses
from lib.running.kept import kept_result
path = Path(losses.__file__)
text = path.read_text()

def mine(x):
    path.write_text(text + "# A word.")
    path.write_text(text)
    return x

if __name__ == "__main__":
    kept_result(mine, 1.0)
"""


def test_code_edited_while_a_result_is_made_leaves_no_result(copied_lib: Path):
    (copied_lib / "program.py").write_text(EDITED_MEANWHILE)
    cache = copied_lib / "cache"
    done = subprocess.run(
        [sys.executable, "program.py"],
        cwd=copied_lib, env={**os.environ, "PYTHONPATH": str(copied_lib), "GRAYSCOTT_CACHE": str(cache)},
        capture_output=True, text=True,
    )  # fmt: skip
    assert "losses.py was edited while this process runs" in done.stderr
    assert not list(cache.rglob("*.result"))


def test_a_program_in_another_encoding_is_read_as_it_says(copied_lib: Path):
    text = (
        "# -*- coding: latin-1 -*-\n" + "# für mich\n" + PROGRAM.replace("FACTOR", "2").replace("JOBS", "1")
    )
    (copied_lib / "gray_scott_landscapes.py").write_text(
        OWN_NAME.read_text(encoding="utf-8"), encoding="utf-8"
    )
    (copied_lib / "program.py").write_bytes(text.encode("latin-1"))
    assert run_program(copied_lib) > 0
