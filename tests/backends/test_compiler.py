"""Finding a compiler, keeping its results, and saying in a sentence what is missing."""

import ctypes
import importlib.util
import os
import shutil
import subprocess
import sys
import time

import pytest
import torch

from lib.backends import compiler, cpu, cpu_run
from lib.initial_states import initial_state
from lib.model import Params
from lib.paper import TRUTH


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """An empty cache folder, and nothing remembered from earlier calls."""
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path))
    remembered = (compiler.compiler, compiler._version, cpu_run.functions)
    for function in remembered:
        function.cache_clear()
    yield tmp_path / "compiled"
    for function in remembered:
        function.cache_clear()


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "seven.c"
    path.write_text("int number(void) { return NUMBER; }\n")
    return path


def test_a_library_is_compiled_once_per_source_and_macros(fresh, source):
    assert compiler.library(source, {"NUMBER": 7}).number() == 7
    assert compiler.library(source, {"NUMBER": 8}).number() == 8
    compiler.library(source, {"NUMBER": 7})
    assert len(list(fresh.iterdir())) == 2
    source.write_text("int number(void) { return 2 * NUMBER; }\n")
    assert compiler.library(source, {"NUMBER": 7}).number() == 14


def test_a_second_process_finds_the_compiled_library(fresh, source):
    compiler.library(source, {"NUMBER": 7})
    made = {path: path.stat().st_mtime_ns for path in fresh.iterdir()}
    compiler._loaded.clear()
    compiler.library(source, {"NUMBER": 7})
    assert {path: path.stat().st_mtime_ns for path in fresh.iterdir()} == made


def test_a_failing_compilation_leaves_nothing_behind(fresh, source):
    source.write_text("this is not C\n")
    with pytest.raises(compiler.CompilerError, match=r"could not compile seven\.c"):
        compiler.library(source, {"NUMBER": 7})
    assert list(fresh.iterdir()) == []


def test_no_compiler_is_said_in_a_sentence_with_the_remedy(fresh, monkeypatch):
    monkeypatch.delenv("CC", raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(compiler.CompilerError, match="pip install ziglang"):
        compiler.compiler()
    assert "pip install ziglang" in cpu.supports(8, 8, torch.float32)


def test_an_unwritable_cache_is_said_in_a_sentence_with_the_remedy(monkeypatch, tmp_path, source):
    occupied = tmp_path / "a file"
    occupied.write_text("in the way of the folder\n")
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(occupied))
    with pytest.raises(compiler.CompilerError, match="set the environment variable GRAYSCOTT_CACHE"):
        compiler.library(source, {"NUMBER": 9})


def test_the_compiler_in_the_ziglang_wheel_gives_the_same_result(fresh, monkeypatch):
    params = Params(*(torch.tensor([value], dtype=torch.float64) for value in TRUTH))
    state = initial_state(1, size=16, patch=8, dtype=torch.float64)
    expected = cpu.forward(params, state, 100, None, 1.0)
    cpu_run.functions.cache_clear()
    monkeypatch.setattr(compiler, "compiler", lambda: (sys.executable, "-m", "ziglang", "cc"))
    run = cpu.forward(params, state, 100, None, 1.0)
    assert len(list(fresh.iterdir())) == 2
    assert torch.allclose(run.u, expected.u, rtol=0, atol=1e-13)


def test_processes_that_compile_at_the_same_time_do_not_disturb_each_other(fresh, source):
    program = (
        "import sys; from pathlib import Path; from lib.backends import compiler;"
        "print(compiler.library(Path(sys.argv[1]), {'NUMBER': 5}).number())"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", program, str(source)], stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    assert [run.communicate()[0].strip() for run in runs] == ["5", "5"]
    assert len(list(fresh.iterdir())) == 1


def test_ctrl_c_interrupts_a_long_run_soon(tmp_path):
    program = (
        # A test run in the background inherits that Ctrl-C is ignored.
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
        "import torch; from lib.backends import cpu; from lib.initial_states import initial_state;"
        "from lib.model import Params; from lib.paper import TRUTH;"
        "p = Params(*(torch.full((2,), x) for x in TRUTH)); s = initial_state(2);"
        "cpu.forward(p, s, 10, None, 1.0); print('running', flush=True);"
        "cpu.forward(p, s, 10**8, None, 1.0, threads=2)"
    )
    run = subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert run.stdout.readline() == "running\n"
    time.sleep(0.3)
    start = time.perf_counter()
    os.kill(run.pid, 2)
    assert "KeyboardInterrupt" in run.communicate(timeout=30)[1]
    assert time.perf_counter() - start < 5


def test_the_loaded_library_is_the_kept_one(fresh, source):
    library = compiler.library(source, {"NUMBER": 7})
    assert isinstance(library, ctypes.CDLL)
    assert library._name == str(next(fresh.iterdir()))
