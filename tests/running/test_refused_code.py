"""What a key cannot know is refused by a sentence that names it."""

import json
import os
import subprocess
import sys

import pytest

from lib.running.kept import kept_result
from tests.running.own_modules import ROOT, run, value, write

F = "\ndef f(x):\n    return G(x)\n"

#: Modules, and what is said of them.
CASES = {
    "a_name_put_together": (
        "from importlib import import_module\nG = import_module('d' + 'yn').g" + F,
        "line 2 there uses import_module without a plain name",
    ),
    "another_name": ("from importlib import import_module as im\nG = im('dyn').g" + F, "under the name im"),
    "by_attribute": (
        "import importlib\nG = importlib.import_module(str('dyn')).g" + F,
        "uses import_module without a plain name",
    ),
    "the_builtin": ("G = __import__('dyn').g" + F, "uses __import__"),
    "of_builtins": ("import builtins\nG = builtins.__import__('dyn').g" + F, "uses __import__"),
    "from_a_place": (
        "from importlib.util import module_from_spec, spec_from_file_location\n"
        "s = spec_from_file_location('dyn', 'dyn.py')\n"
        "m = module_from_spec(s)\ns.loader.exec_module(m)\nG = m.g" + F,
        "line 1 there uses spec_from_file_location",
    ),
    "executed": ("exec(open('dyn.py').read())\nG = g" + F, "uses exec"),
    "evaluated": ("G = eval('lambda x: x')" + F, "uses eval"),
    "run_as_a_path": ("import runpy\nG = runpy.run_path('dyn.py')['g']" + F, "uses runpy"),
    "in_a_helper": ("from helper import G" + F, "depend on helper.py"),
    "from_sys": ("import dyn, sys\ndef f(x):\n    return sys.modules['dyn'].g(x)", "from sys.modules"),
    "a_frame": (
        "import pandas\nG = pandas.DataFrame({'a': [1]})\ndef f(x):\n    return G.a[0]",
        "reads 'G' around itself, which is or holds a pandas",
    ),
    "random_numbers": (
        "import numpy as np\nRNG = np.random.default_rng(0)\ndef f(x):\n    return RNG.normal()",
        "a numpy.random._generator.Generator",
    ),
    "in_a_class": (
        "class K:\n    file = open('dyn.py')\n    def g(self):\n        return 1.0\n"
        "def f(x):\n    return K().g()",
        "reads 'K' around itself, which is or holds a _io.TextIOWrapper",
    ),
    "a_folder": (
        "from pathlib import Path\nHERE = Path(__file__).parent\n"
        "def f(x):\n    return len((HERE / 'dyn.py').read_text())",
        "under the folder",
    ),
}  # fmt: skip

PROGRAM = """
import importlib, json, sys
from lib.running.kept import kept_result
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = str(kept_result(importlib.import_module(name).f, 1.0))
    except TypeError as error:
        found[name] = str(error)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What is said of each case."""
    folder = tmp_path_factory.mktemp("person")
    write(folder, **{name: text + "\n" for name, (text, _) in CASES.items()})
    write(folder, dyn="def g(x):\n    return x\n", helper="exec('G = abs')\n", program=PROGRAM)
    environment = {**os.environ, "PYTHONPATH": f"{folder}:{ROOT}", "GRAYSCOTT_CACHE": str(folder / "cache")}
    done = subprocess.run(
        [sys.executable, "program.py", *CASES], cwd=folder, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert not list(folder.rglob("*.result"))
    return json.loads(done.stdout)


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_followed_is_refused(told, case: str):
    assert "cannot be kept" in told[case]
    assert CASES[case][1] in told[case]


def test_a_name_that_can_be_read_is_followed(tmp_path):
    write(tmp_path, mine="from importlib import import_module\nG = import_module('dyn').g" + F)
    for factor in (2, 3):
        write(tmp_path, dyn=f"def g(x, eval={factor}):\n    return eval * x\n")
        assert value(tmp_path) == factor


def text_in(path, cache=None):
    return path.read_text()


def test_a_file_that_is_handed_over_counts_by_what_it_holds(tmp_path):
    path = tmp_path / "file.txt"
    for text in ("one", "two", "one"):
        path.write_text(text)
        assert kept_result(text_in, path, cache=tmp_path / "cache") == text
    assert len(list(tmp_path.rglob("*.result"))) == 2
    with pytest.raises(TypeError, match="under the folder"):
        kept_result(text_in, tmp_path, cache=tmp_path / "cache")


#: A program whose own functions come along to workers by value.
WORKERS = """
import functools, json
import torch
import helper
from lib.running.kept import arguments, kept

NUMBER = json.load(open("number.json"))
CONF = {"F": NUMBER, "names": {"a", "b", "c"}}

class K:
    s = NUMBER
    def __init__(self, by):
        self.by = by
    def get(self):
        return self.by * CONF["F"] / self.s

def times(n):
    def wrap(g):
        @functools.wraps(g)
        def inner(x):
            return n * g(x)
        return inner
    return wrap

TABLE = {"k": lambda x: K(x).get()}

@torch.no_grad()
@times(helper.ONE)
def f(x):
    return TABLE["k"](x) * helper.g(NUMBER)

if __name__ == "__main__":
    print(sum(kept(f, [arguments(0.25), arguments(0.75)], jobs=2)))
"""


def test_workers_find_around_a_function_what_the_program_found(tmp_path):
    write(tmp_path, helper="ONE = 1.0\n\ndef g(x):\n    return ONE * x\n", by_workers=WORKERS)
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}:{ROOT}"}
    environment |= {"GRAYSCOTT_CACHE": str(tmp_path / "cache")}
    for number in ("2", "2", "3"):
        (tmp_path / "number.json").write_text(number)
        done = subprocess.run(
            [sys.executable, "by_workers.py"], cwd=tmp_path, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        assert float(done.stdout) == float(number)
    assert len(list(tmp_path.rglob("*.result"))) == 4


def test_a_function_that_changes_what_it_reads_is_told(tmp_path):
    write(tmp_path, mine="SEEN = []\n\ndef f(x):\n    SEEN.append(x)\n    return x\n")
    assert run(tmp_path).returncode == 0
    assert value(tmp_path) == 1.0
