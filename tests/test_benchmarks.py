"""The benchmarks run end to end, and say where and why an engine is left out."""

import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import joblib
import pytest
import torch

from benchmarks import cores, limit, speed, vector_width
from benchmarks.engines import ENGINES, GRADIENT, SIMULATION
from benchmarks.memory import RESET
from benchmarks.race import Budget, Runner, race, row, too_much
from book.runs.keep import kept
from lib.backends import compiler
from lib.model import State

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict:
    """A tiny table of speeds."""
    root = tmp_path_factory.mktemp("speed")
    engines = ["--engines", "torch eager", "cpu", "cuda"]
    size = ["--sizes", "32", "--batches", "1", "4", "--rounds", "3", "--tasks", SIMULATION]
    rest = ["--device", "cpu", "--no-sweep", "--root", str(root)]
    assert speed.main([*engines, *size, *rest]) == 0
    return kept(root, "speed")[0]


def test_every_engine_is_timed_or_says_why_not(recorded: dict) -> None:
    timed = {row["engine"] for row in recorded["rows"]}
    explained = {sentence.split(":")[0].split(" on the ")[0] for sentence in recorded["left_out"]}
    assert {"torch eager", "cpu"} <= timed
    assert timed | explained == {"torch eager", "cpu", "cuda"}


def test_every_number_has_its_spread_memory_and_share_of_the_limit(recorded: dict) -> None:
    for each in recorded["rows"]:
        assert 0 < each["speed"]["low"] <= each["speed"]["median"] <= each["speed"]["high"]
        assert each["rounds"] == 3
        assert 0 < each["fraction"] < 2
    whole = {(row["engine"], row["batch"]) for row in recorded["rows"]}
    assert {("torch eager", 1), ("torch eager", 4), ("cpu", 1), ("cpu", 4)} <= whole
    assert len(whole) == len(recorded["rows"])


def test_a_gradient_is_timed_in_a_process_of_its_own() -> None:
    found = list(race([Runner("cpu", "cpu", 1, GRADIENT, 128)], [64], Budget(rounds=2, target=0.001)))
    assert len(found) == 1
    assert isinstance(found[0], dict)
    assert found[0]["steps"] % ENGINES["cpu"].fewest[GRADIENT] == 0
    # It keeps a state in 48 steps at least: the first and the last of two simulations.
    assert found[0]["memory"] > 2 * 64 * 2 * 128 * 128 * 4


def test_an_engine_that_fails_is_left_out_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", shutil.which("false"))
    (sentence,) = race([Runner("JAX", "cpu", None, GRADIENT, 32)], [1, 4], Budget(rounds=1))
    place = "JAX on the CPU: gradient at 32 × 32, from a batch of 1 on"
    assert sentence == f"{place}: its process ended with status 1: without a word"


@pytest.mark.parametrize(
    ("engine", "per_step", "memory", "sentence"),
    [
        ("cpu", 1e-3, 1, "64 steps, would take about 0.3 s; a timing may take 0.1 s"),
        ("cpu", 1e-6, 10**9, "about 4.0 GB of memory, and its share is 2.0 GB"),
        ("py-pde", 1e-6, 1, "one simulation at a time"),
    ],
)
def test_an_engine_stops_before_it_takes_too_much(
    engine: str, per_step: float, memory: int, sentence: str
) -> None:
    runner = Runner(engine, "cpu", 1, SIMULATION, 128, per_step=per_step, memory=memory)
    assert sentence in str(too_much(runner, 4, Budget(longest=0.1), 2e9))


@pytest.mark.parametrize("task", [SIMULATION, GRADIENT])
def test_a_run_that_comes_to_rest_is_not_timed(task: str) -> None:
    rest = State(torch.ones(1, 32, 32), torch.zeros(1, 32, 32))
    with pytest.raises(RuntimeError, match="came to rest within 1000 steps"):
        ENGINES["cpu"].prepare[task](rest, "cpu")(1000)


def test_quartiles_are_of_speeds() -> None:
    runner = Runner("cpu", "cpu", 1, SIMULATION, 128, steps=10, times=[1e-6, 2e-6, 4e-6])
    assert row(runner, 8)["speed"] == {"low": 3.0, "median": 4.0, "high": 6.0}


def test_a_sweep_is_timed_on_one_core_and_on_all() -> None:
    found = cores.gain(rounds=3, points=(2, 4), steps=300)
    assert found["rounds"] == 3
    assert 0 < found["ratio"]["low"] <= found["ratio"]["median"] <= found["ratio"]["high"]


def test_the_better_number_of_threads_counts() -> None:
    one, two = (
        row(Runner("torch eager", "cpu", threads, SIMULATION, 128, times=[time]), 1)
        for threads, time in ((1, 2e-6), (2, 1e-6))
    )
    assert speed.best_threads([one, two]) == [two]


def test_the_limit_of_an_h200_is_its_units_times_its_clock() -> None:
    h200 = {"instructions_per_second": 132 * 128 * 1.98e9}
    assert limit.steps_per_us(h200, SIMULATION, 128) == pytest.approx(194.5, rel=1e-3)
    assert limit.steps_per_us(h200, SIMULATION, 64) == pytest.approx(4 * 194.5, rel=1e-3)


def test_the_limit_of_this_processor_is_more_than_one_lane_a_cycle() -> None:
    known = limit.measured_cpu(seconds=0.005, rounds=3)
    assert known["instructions_per_second"] > joblib.cpu_count() * 1e9
    assert known["instructions_per_second"] < joblib.cpu_count() * 1e12


#: In a process where nothing else comes and goes: the peak with 256 MB, and the peak after them. Less would
#: not stand out: a system short of memory may take back tens of megabytes of libraries meanwhile.
HOLD_256_MB = """
from benchmarks.memory import meter

seen = meter("cpu", "cpu")
held = b"x" * 256_000_000
print(seen.peak())
del held
seen.start_over()
print(seen.peak())
"""

#: Whether the system sets a peak back at all when asked to, found without the meter.
SETS_BACK = """
def peak():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))

held = b"x" * 256_000_000
del held
before = peak()
with open("/proc/self/clear_refs", "w") as asked:
    asked.write("5")
print(before - peak() > 150_000)
"""


def alone(program: str) -> str:
    """What a program prints in a process of its own."""
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout


def test_peak_memory_is_that_since_the_last_start() -> None:
    tries = ([int(peak) for peak in alone(HOLD_256_MB).split()] for _ in range(3))
    held, after = next(((held, after) for held, after in tries if held > 240e6), (0, 0))
    assert 240e6 < held < 260e6
    if RESET.exists() and alone(SETS_BACK).strip() == "True":
        assert after < 100e6


def test_what_is_compared_with_changes_no_pin_of_ours() -> None:
    pins = [
        {
            re.split("[=;]", line)[0].lower().replace("_", "-")
            for line in file.read_text().splitlines()
            if "==" in line
        }
        for file in (ROOT / "requirements.txt", ROOT / "benchmarks" / "requirements.txt")
    ]
    assert pins[1]
    assert not pins[0] & pins[1]


def test_a_machine_without_a_gpu_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(speed.torch, "cuda", SimpleNamespace(is_available=lambda: False))
    assert speed.main(["--device", "cuda"]) == 1
    assert "There is no GPU that torch can use here" in capsys.readouterr().err


def test_the_engine_and_the_plain_loop_are_compiled_for_the_same_processor(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Without flags of its own the benchmark would compare other vectors than it names."""
    monkeypatch.setattr(vector_width, "STEPS", 40)
    monkeypatch.setattr(vector_width, "ROUNDS", 2)
    asked: list[tuple[str, ...]] = []
    monkeypatch.setattr(
        vector_width, "straightforward", lambda state, flags: asked.append(tuple(flags)) or (lambda n: 1)
    )
    lanes, own, plain, ratio, back, *flags = vector_width.row().split()
    assert asked == [tuple(flags)] == [compiler.cpu_flags()]
    assert int(lanes) == compiler.vectors().bytes // 4
    assert float(own) > 0
    assert float(back) > 1
