"""kept(): loaded where it is known, computed where it is not, and never the result of something else."""

import json
import logging
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from lib import sources
from lib.model import Params
from lib.running import engines, keys, store
from lib.running.kept import DamagedResult, arguments, checkpoint, is_kept, kept, kept_result
from lib.running.kept import place as kept_place

CALLS: list[float] = []


class Noted(logging.Handler):
    """Notes calls where no function that is kept reads, since what it reads belongs to its results."""

    def emit(self, record: logging.LogRecord) -> None:
        CALLS.append(record.args[0])


def doubled(x, cache=None):
    logging.getLogger("calls").warning("%s", x)
    return 2 * x


@pytest.fixture(autouse=True)
def nothing_called():
    CALLS.clear()
    logger, noted = logging.getLogger("calls"), Noted()
    logger.addHandler(noted)
    yield
    logger.removeHandler(noted)


def test_what_is_known_is_loaded_and_the_rest_is_computed(tmp_path):
    calls = [arguments(float(x)) for x in range(4)]
    assert list(kept(doubled, calls[:2], jobs=1, cache=tmp_path)) == [0, 2]
    assert [is_kept(doubled, call, tmp_path) for call in calls] == [True, True, False, False]
    assert list(kept(doubled, calls, jobs=1, cache=tmp_path)) == [0, 2, 4, 6]
    assert CALLS == [0, 1, 2, 3]


def test_the_same_results_side_by_side(tmp_path):
    calls = [arguments(float(x)) for x in range(5)]
    assert list(kept(doubled, calls, jobs=2, cache=tmp_path)) == [0, 2, 4, 6, 8]


@pytest.mark.parametrize("damage", [lambda b: b[:-7], lambda b: b"", lambda b: b[:60] + b"\0" + b[61:]])
def test_a_damaged_result_is_one_remark_and_computed_again(tmp_path, damage):
    kept_result(doubled, 3.0, cache=tmp_path)
    (path,) = tmp_path.rglob("*.result")
    path.write_bytes(damage(path.read_bytes()))
    with pytest.warns(DamagedResult, match="shortened or altered. It is computed again"):
        assert kept_result(doubled, 3.0, cache=tmp_path) == 6
    assert kept_result(doubled, 3.0, cache=tmp_path) == 6
    assert CALLS == [3, 3]


def test_a_failed_write_leaves_nothing(tmp_path):
    with pytest.raises(TypeError):
        store.write_bytes(tmp_path / "x.result", "not bytes")
    assert not list(tmp_path.iterdir())


def test_a_result_says_what_computed_it(tmp_path):
    kept_result(doubled, 1.0, cache=tmp_path)
    (path,) = tmp_path.rglob("*.result")
    assert store.read(path)["engine"] == engines.identity()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (0.0, -0.0),
        (np.float32(1), np.float64(1)),
        (np.zeros(4), np.zeros((2, 2))),
        (torch.zeros(2), torch.zeros(2, dtype=torch.float64)),
        ({"a": [1, 2]}, {"a": [2, 1]}),
        (Params(1, 2, 3, 4), (1, 2, 3, 4)),
        (torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)),
    ],
)
def test_arguments_that_differ_have_different_keys(one, other):
    assert keys.key(doubled, (one,), {}) != keys.key(doubled, (other,), {})


def test_arguments_that_are_the_same_have_the_same_key():
    a, b = {"x": np.arange(3), "y": "z"}, {"y": "z", "x": np.arange(6)[:3]}
    assert keys.key(doubled, (a,), {}) == keys.key(doubled, (), {"x": b})
    assert keys.key(doubled, (a,), {}) == keys.key(doubled, (a,), {"cache": "elsewhere"})


def test_an_argument_without_content_is_refused():
    with pytest.raises(TypeError, match="its content is not known here"):
        keys.key(doubled, (object(),), {})


def test_a_checkpoint_belongs_to_its_data(tmp_path):
    one, other = (checkpoint(doubled, np.full(3, x), cache=tmp_path) for x in (1.0, 2.0))
    assert one != other


def test_the_engine_is_part_of_a_key_where_something_simulates(monkeypatch):
    from lib.studies.training.targets import settled_patterns

    before = keys.key(settled_patterns, ((1,), 32, 100, 1e-4, 0), {})
    monkeypatch.setattr(engines, "on_processor", lambda: "eager")
    assert keys.key(settled_patterns, ((1,), 32, 100, 1e-4, 0), {}) != before


#: A study whose result is a few numbers, in a process that sees an edited copy of the sources.
STUDY = """
import json, sys, threading, numpy as np
from pathlib import Path
import lib
from lib.running import keys
from {module} import {function} as function
args = {args}
used, root = set(), str(Path(lib.__file__).parent)
def note(frame, event, argument):
    if event == "call" and frame.f_code.co_filename.startswith(root):
        used.add(frame.f_code.co_filename[len(root) + 1:])
sys.setprofile(note)
threading.setprofile(note)
value = function(*args)
sys.setprofile(None)
leaves = []
def walk(x):
    if isinstance(x, dict):
        [walk(v) for k, v in x.items() if k != "seconds"]
    elif isinstance(x, (tuple, list)):
        [walk(v) for v in x]
    else:
        leaves.append(float(np.nansum(np.asarray(x, dtype=float) * 1.25 + 0.5)))
walk(value)
print(json.dumps([keys.key(function, args, {{}}), leaves, sorted(used)]))
"""

STUDIES = {
    "spectral_across": ("lib.studies.residual_fit.accuracy", "(np.array([0.062, 0.066]), 2, 32, 300, 0)"),
    "leaves": ("lib.studies.training.audit", "((-2.0, -2.5, -0.3, 0.7), 32, 200, 0)"),
    "settled_patterns": ("lib.studies.training.targets", "((1, 2), 32, 400, 1e-4, 0)"),
    "one_point": ("lib.studies.gradients.log_floor", "(0.064, (1e-8, 1e-4), 1, 0, 32, 200)"),
    "point_gradient": (
        "lib.studies.gradients.gradient_field",
        "((0.16, 0.08, 0.035, 0.062), 1, 0, 32, 150, None, 0, 'spectral', 'auto')",
    ),
    "errors_at": ("lib.studies.horizon.noise", "(1e-3, (1, 10), 0, 4, 32, 500, 0)"),
}

NUMBER = re.compile(r"(?<![\w.])(\d+\.\d+(?:e-?\d+)?|\d+e-?\d+)(?![\w.])")


def run_study(root: Path, name: str) -> list | None:
    module, args = STUDIES[name]
    environment = {**os.environ, "PYTHONPATH": str(root), "GRAYSCOTT_CACHE": str(root / "cache")}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", STUDY.format(module=module, function=name, args=args)],
        cwd=root, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    return json.loads(done.stdout) if done.returncode == 0 else None


@pytest.mark.parametrize("name", STUDIES)
def test_a_number_that_changes_means_a_key_that_changes(copied_lib: Path, name: str):
    """Numbers in the sources are edited at random places, one at a time: where the study's own run has
    passed, anywhere in what it can reach, and outside. What it passes has to be known as reached."""
    draw, reached = random.Random(name), sources.closure(STUDIES[name][0])
    before = run_study(copied_lib, name)
    assert before is not None
    passed = {sources.PACKAGE / file for file in before[2]}
    assert passed
    # Whoever decides about keeping runs around a result and is no part of it.
    assert {p for p in passed - reached if p.parent.name != "running"} == set()
    every = [p for p in sources.SNAPSHOT if p.suffix in (".py", ".c", ".h") and "figures" not in p.parts]
    for chosen in (sorted(passed & reached), sorted(reached), sorted(set(every) - reached)):
        path, (begin, end) = draw.choice([(p, m.span()) for p in chosen for m in numbers_in(p)])
        copy = copied_lib / "lib" / path.relative_to(sources.PACKAGE)
        text = copy.read_text()
        copy.write_text(f"{text[:begin]}{float(text[begin:end]) * 1.5}{text[end:]}")
        after = run_study(copied_lib, name)
        copy.write_text(text)
        if after is not None:  # an edit may as well have broken the code
            assert after[0] != before[0] or (after[1] == before[1] and path not in reached), path


def numbers_in(path: Path) -> list[re.Match[str]]:
    """Decimal numbers in a source, but for zeros, which are the same multiplied."""
    return [m for m in NUMBER.finditer(sources.SNAPSHOT[path].text) if float(m[0])]


#: A run in a process without a compiler: who computed, what is said, and by which name it would be kept.
NO_COMPILER = """
import warnings, torch
from lib import TRUTH, initial_state, simulate
from lib.running import engines
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    run = simulate(TRUTH, initial_state(1, size=16, patch=4), 5)
    simulate(TRUTH, initial_state(1, size=16, patch=4), 5)
print(run.engine, len(said), said[0].category.__name__, sep="|", end="|")
print(engines.identity().split(";")[0], said[0].message, sep="|")
"""


def test_without_any_compiler_it_is_said_once_and_results_have_other_names(tmp_path):
    """A PATH that holds nothing, and no compiler among the packages either."""
    blocked = "import importlib.util as u; f = u.find_spec\n"
    blocked += "u.find_spec = lambda n, *a: n != 'ziglang' and f(n, *a)\n"
    environment = {**os.environ, "PATH": str(tmp_path), "GRAYSCOTT_CACHE": str(tmp_path / "cache")}
    environment |= {"PYTHONPATH": str(sources.PACKAGE.parent), "CC": ""}
    done = subprocess.run(
        [sys.executable, "-c", blocked + NO_COMPILER],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    engine, count, category, identity, said = done.stdout.strip().split("|")
    assert (engine, count, category, identity) == ("eager", "1", "SlowEngine", "eager")
    assert "none of cc, gcc and clang was found" in said
    assert not engines.identity().startswith("eager")


def test_the_result_of_another_call_is_not_taken(tmp_path):
    kept_result(doubled, 1.0, cache=tmp_path)
    one, other = (kept_place(doubled, arguments(x), tmp_path) for x in (1.0, 2.0))
    other.parent.mkdir(parents=True, exist_ok=True)
    other.write_bytes(one.read_bytes())
    with pytest.warns(DamagedResult, match="the result of another call"):
        assert kept_result(doubled, 2.0, cache=tmp_path) == 4.0


@pytest.mark.parametrize("content", [None, [1, 2], {"seconds": 1.0}, "text"])
def test_a_whole_file_without_a_result_is_made_again(tmp_path, content):
    kept_result(doubled, 1.0, cache=tmp_path)
    store.write(kept_place(doubled, arguments(1.0), tmp_path), content)
    with pytest.warns(DamagedResult, match="holds no result"):
        assert kept_result(doubled, 1.0, cache=tmp_path) == 2.0


class Scale(torch.nn.Module):
    def __init__(self, much: float) -> None:
        super().__init__()
        self.much = much
        self.register_buffer("hidden", torch.tensor(much), persistent=False)


def test_masks_modules_and_rare_numbers_are_told_apart():
    ones = np.array([1.0, 2.0])
    masked = [np.ma.array(ones, mask=mask) for mask in ([0, 1], [1, 0], [0, 0])]
    fields = [np.zeros(2, dtype=[(name, "f4")]) for name in ("u", "v")]
    modes = Scale(1.0).eval()
    small = [torch.tensor([x], dtype=torch.bfloat16) for x in (1.0, 2.0)]
    conjugate = [torch.tensor([1 + 1j]), torch.tensor([1 + 1j]).conj()]
    values = [ones, *masked, *fields, Scale(1.0), Scale(2.0), modes, *small, *conjugate]
    found = [keys.key(doubled, (value,), {}) for value in values]
    assert len(set(found)) == len(values)
    assert keys.key(doubled, (Scale(1.0),), {}) == found[6]


def test_a_module_with_hooks_and_a_sparse_tensor_are_refused():
    hooked = Scale(1.0)
    hooked.register_forward_hook(lambda *_: None)
    for value, said in ((hooked, "with hooks"), (torch.eye(3).to_sparse(), "its content is not known")):
        with pytest.raises(TypeError, match=said):
            keys.key(doubled, (value,), {})
