"""What a person's function reads around itself belongs to its results, whatever it is and wherever it lies.

Every case is a module that reads its number from a file while it is imported, so that the text of no module
changes with it. All are run by one process, by a second that finds every result, and by a third after the
number has changed.
"""

import json
import os
import subprocess
import sys

import pytest

from tests.running.own_modules import ROOT, write

NUMBER = "import json\nNUMBER = json.load(open('number.json'))\n"

#: Modules whose f(1.0) is the number.
CASES = {
    "a_dict": "CONF = {'F': NUMBER}\ndef f(x):\n    return CONF['F'] * x",
    "a_list": "CONF = [[NUMBER]]\ndef f(x):\n    return CONF[0][0] * x",
    "a_set": "CONF = {NUMBER, 'a', 'b'}\ndef f(x):\n    return (CONF - {'a', 'b'}).pop() * x",
    "a_dataclass": (
        "from dataclasses import dataclass, field\n@dataclass\nclass Conf:\n    F: float\n"
        "    more: list = field(default_factory=list)\n"
        "CONF = Conf(NUMBER)\ndef f(x):\n    return CONF.F * x"
    ),
    "a_class_made_in_f": (
        "from dataclasses import dataclass\n@dataclass\nclass Conf:\n    F: float = NUMBER\n"
        "def f(x):\n    return Conf().F * x"
    ),
    "a_partial": (
        "from functools import partial\ndef g(a, x):\n    return a * x\n"
        "H = partial(g, NUMBER)\ndef f(x):\n    return H(x)"
    ),
    "a_named_tuple": (
        "from typing import NamedTuple\nclass Conf(NamedTuple):\n    F: float\n"
        "    def times(self, x):\n        return self.F * x\n"
        "CONF = Conf(NUMBER)\ndef f(x):\n    return CONF.times(x)"
    ),
    "an_enum": (
        "from enum import Enum\nclass Kind(Enum):\n    F = NUMBER\ndef f(x):\n    return Kind.F.value * x"
    ),
    "an_object": (
        "class Scale:\n    def __init__(self, by):\n        self.by = by\n"
        "    def __call__(self, x):\n        return self.by * x\n"
        "G = Scale(NUMBER)\nH = G.__call__\ndef f(x):\n    return (G(x) + H(x)) / 2"
    ),
    "a_path": (
        "from pathlib import Path\nFILE = Path('content.txt')\n"
        "def f(x):\n    return float(FILE.read_text()) * x"
    ),
    "a_dtype": (
        "import torch\nKIND = torch.float16 if NUMBER == 2 else torch.complex32\n"
        "def f(x):\n    return {torch.float16: 2, torch.complex32: 3}[KIND] * x"
    ),
    "a_choice": (
        "def a(x):\n    return 2 * x\ndef b(x):\n    return 3 * x\n"
        "g = a if NUMBER == 2 else b\ndef f(x):\n    return g(x)"
    ),
    "a_choice_of_lambdas": (
        "g = (lambda x: 2 * x) if NUMBER == 2 else (lambda x: 3 * x)\ndef f(x):\n    return g(x)"
    ),
    "a_function_of_numpy": (
        "import numpy as np\ng = np.add if NUMBER == 2 else np.multiply\n"
        "def f(x):\n    return float(g(3, x) - (g is np.add) * 2)"
    ),
    "a_class_attribute": "class K:\n    s = NUMBER\ndef f(x):\n    return K.s * x",
    "an_inherited_property": (
        "class A:\n    @property\n    def s(self):\n        return VALUES['s']\nclass B(A):\n    pass\n"
        "VALUES = {'s': NUMBER}\ndef f(x):\n    return B().s * x"
    ),
    "a_method_that_reads_an_array": (
        "import numpy as np\nTABLE = np.array([NUMBER])\nclass K:\n"
        "    def get(self):\n        return TABLE[0]\n"
        "def f(x):\n    return float(K().get() * x)"
    ),
    "a_decorator": (
        "from functools import wraps\ndef times(n):\n    def wrap(g):\n        @wraps(g)\n"
        "        def inner(x):\n            return n * g(x)\n        return inner\n    return wrap\n"
        "@times(NUMBER)\ndef f(x):\n    return x"
    ),
    "below_a_decorator_of_torch": (
        "import torch\nCONF = {'F': NUMBER}\n@torch.no_grad()\ndef f(x):\n    return CONF['F'] * x"
    ),
    "below_a_cache": (
        "from functools import lru_cache\nCONF = {'F': NUMBER}\n@lru_cache\ndef g(x):\n"
        "    return CONF['F'] * x\ndef f(x):\n    return g(x)"
    ),
    "a_default": "def g(x, n=NUMBER):\n    return n * x\ndef f(x):\n    return g(x)",
    "a_table_of_functions": (
        "def double(x):\n    return NUMBER * x\nTABLE = {'double': double, 'f': 1}\n"
        "def f(x):\n    return TABLE['double'](x) if x else TABLE['f']"
    ),
    "an_attribute_of_a_module": "import helper\ndef f(x):\n    return helper.SCALE * x",
    "an_attribute_of_a_module_in_a_package": "import pkg.deep\ndef f(x):\n    return pkg.deep.SCALE * x",
    "a_function_of_a_module": "import helper\ndef f(x):\n    return helper.g(x)",
    "a_function_taken_from_a_module": "from helper import g\ndef f(x):\n    return g(x)",
    "a_module_handed_about": "import helper\ndef f(x):\n    return getattr(helper, 'SC' + 'ALE') * x",
    "an_import_inside": "def f(x):\n    import helper\n    return helper.g(x)",
    "a_name_taken_inside": "def f(x):\n    from helper import SCALE, g\n    return (SCALE * x + g(x)) / 2",
    "all_globals": "CONF = NUMBER\ndef f(x):\n    return globals()['CO' + 'NF'] * x",
    "an_inner_function": "CONF = [NUMBER]\ndef f(x):\n    return sum(CONF[0] * x for _ in range(1))",
}  # fmt: skip

PROGRAM = """
import importlib, json, sys
from lib.running.kept import arguments, is_kept, kept_result
found = {}
for name in sys.argv[1:]:
    f = importlib.import_module(name).f
    found[name] = is_kept(f, arguments(1.0)), kept_result(f, 1.0)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def three_runs(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, tuple[bool, float]]]:
    """Whether a result was there already, and what it was, by case."""
    folder = tmp_path_factory.mktemp("person")
    write(folder, **{name: NUMBER + text + "\n" for name, text in CASES.items()})
    write(
        folder,
        helper=f"{NUMBER}SCALE = NUMBER\n\ndef g(x):\n    return TABLE['g'] * x\nTABLE = {{'g': SCALE}}\n",
    )
    write(folder, pkg__deep=f"{NUMBER}SCALE = NUMBER\n", program=PROGRAM)
    environment = {**os.environ, "PYTHONPATH": f"{folder}:{ROOT}", "GRAYSCOTT_CACHE": str(folder / "cache")}
    found = []
    for number in ("2", "2", "3"):
        for file in ("number.json", "content.txt"):
            (folder / file).write_text(number)
        done = subprocess.run(
            [sys.executable, "program.py", *CASES],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        found.append(json.loads(done.stdout))
    return found


@pytest.mark.parametrize("case", CASES)
def test_what_is_read_belongs_to_the_result(three_runs, case: str):
    first, again, changed = (run[case] for run in three_runs)
    assert (first, again, changed) == ([False, 2], [True, 2], [False, 3])
