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
from lib.backends.kept_library import checksum, checksum_file
from lib.initial_states import initial_state
from lib.model import Params
from lib.paper import TRUTH
from lib.simulate import say_once, simulate
from tests.backends.vectors import KINDS


@pytest.fixture
def fresh(monkeypatch, tmp_path):
    """An empty cache folder, and nothing remembered from earlier calls."""
    monkeypatch.setenv("GRAYSCOTT_CACHE", str(tmp_path))
    remembered = (compiler.compiler, compiler._version, cpu_run.functions, cpu.missing, say_once)
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


def libraries(folder):
    return list(folder.glob("*.so"))


def foreign(path):
    """A whole file with its checksum, of a machine with another byte order."""
    header = bytearray(path.read_bytes())
    header[5] = 3 - header[5]
    path.write_bytes(header)
    checksum_file(path).write_text(checksum(path))


def test_a_library_is_compiled_once_per_source_and_macros(fresh, source):
    assert compiler.library(source, {"NUMBER": 7}).number() == 7
    assert compiler.library(source, {"NUMBER": 8}).number() == 8
    compiler.library(source, {"NUMBER": 7})
    assert len(libraries(fresh)) == 2
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
    # Left out of the folder of wheels for a machine with a PyTorch of its own.
    if importlib.util.find_spec("ziglang") is None and not os.environ.get("CI"):
        pytest.skip("There is no ziglang here.")
    params = Params(*(torch.tensor([value], dtype=torch.float64) for value in TRUTH))
    state = initial_state(1, size=16, patch=8, dtype=torch.float64)
    expected = cpu.forward(params, state, 100, None, 1.0)
    cpu_run.functions.cache_clear()
    monkeypatch.setattr(compiler, "compiler", lambda: (sys.executable, "-m", "ziglang", "cc"))
    run = cpu.forward(params, state, 100, None, 1.0)
    assert len(libraries(fresh)) == 2
    assert torch.equal(run.u, expected.u)


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
    assert len(libraries(fresh)) == 1
    assert not list(fresh.glob(".part-*"))


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
    assert library._name == str(libraries(fresh)[0])


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.write_bytes(path.read_bytes()[:5000]),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"garbage" * 1000),
        lambda path: path.unlink(),
        lambda path: checksum_file(path).unlink(),
        lambda path: checksum_file(path).write_bytes(b"\xff\x00"),
        foreign,
    ],
    ids=["truncated", "empty", "garbage", "gone", "no checksum", "bad checksum", "of another machine"],
)
def test_a_damaged_library_is_made_anew_without_a_word(fresh, source, damage, capfd):
    """The loader would end the process with a bus error where a file is shorter than it says it is."""
    compiler.library(source, {"NUMBER": 7})
    (path,) = libraries(fresh)
    whole = path.read_bytes()
    path.rename(path.with_suffix(".before"))  # loaded, and the loader knows it by this file
    path.write_bytes(whole)
    damage(path)
    program = (
        "import sys; from pathlib import Path; from lib.backends import compiler;"
        "print(compiler.library(Path(sys.argv[1]), {'NUMBER': 7}).number())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program, source], capture_output=True, text=True, check=False
    )
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "7\n", "")
    assert path.read_bytes() == whole


def test_others_may_read_and_load_what_is_kept(fresh, source):
    compiler.library(source, {"NUMBER": 7})
    (path,) = libraries(fresh)
    assert path.stat().st_mode & 0o777 == 0o755
    assert checksum_file(path).stat().st_mode & 0o777 == 0o644


def script(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("exit 1", "name another one in the environment variable CC"),
        ("exit 0", "name another one in the environment variable CC"),
        ("echo 'ld: error: No space left on device' >&2; exit 1", "make room there"),
        (
            'for last; do :; done; [ "$last" = --version ] || echo "not a library" > "$last"',
            "makes code for another kind of machine than Python's",
        ),
    ],
    ids=["fails", "writes nothing", "full disk", "other machine"],
)
def test_a_useless_compiler_is_said_once_and_the_run_says_who_computed_it(
    fresh, monkeypatch, tmp_path, text, reason
):
    """The last one stands for `gcc -m32`: it works, and what it makes cannot be loaded."""
    monkeypatch.setenv("CC", script(tmp_path / "cc", text))
    state = initial_state(1, size=8, patch=4)
    with pytest.warns(UserWarning, match="eager engine runs these fields") as warned:
        runs = [simulate(TRUTH, state, 2) for _ in range(2)]
    (sentence,) = {str(w.message) for w in warned}
    assert len(warned) == 1
    assert reason in sentence
    assert "\n" not in sentence
    assert [run.engine for run in runs] == ["eager", "eager"]
    assert compiler.identity() == "eager"
    with pytest.raises(ValueError, match=reason):
        simulate(TRUTH, state, 2, backend="cpu")


def test_a_compiler_that_never_returns_is_not_waited_for(fresh, monkeypatch, tmp_path):
    monkeypatch.setattr(compiler, "PATIENCE", 0.3)
    monkeypatch.setenv("CC", script(tmp_path / "cc", '[ "$1" = --version ] || exec sleep 60'))
    began = time.monotonic()
    with pytest.warns(UserWarning, match=r"has not finished within 0\.3 s.*variable CC"):
        run = simulate(TRUTH, initial_state(1, size=8, patch=4), 2)
    assert run.engine == "eager"
    assert time.monotonic() - began < 20


def test_a_compiler_that_does_not_exist_is_said_and_not_replaced(fresh, monkeypatch):
    monkeypatch.setenv("CC", "no-such-compiler -O3")
    with pytest.raises(compiler.CompilerError, match="CC is 'no-such-compiler -O3'"):
        compiler.compiler()


def test_a_working_compiler_says_what_the_bits_depend_on(fresh, monkeypatch):
    assert simulate(TRUTH, initial_state(1, size=8, patch=4), 2).engine == "cpu"
    for (lanes, fused), flags in KINDS.items():
        monkeypatch.setenv(compiler.CPU_FLAGS, flags)
        assert compiler.vectors() == (4 * lanes, fused)
        assert compiler.identity() == ("fused" if fused else "separate")
        assert f"{lanes} lanes" in compiler.description()
        assert flags in compiler.description()
