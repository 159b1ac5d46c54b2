"""A GPU's first minutes, emulated: every question is asked, faults are found, the page shows the record."""

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from benchmarks import gpu_first
from benchmarks.first.bits import compared, races, same
from benchmarks.first.card import Card, Plan
from book.errors import BuildError
from book.runs.first_section import first_sections
from book.runs.keep import kept
from lib.backends.kept_library import CompilerError
from tests.backends.emulated import Emulated

ROOT = Path(__file__).resolve().parents[1]
CPU = torch.device("cpu")
SMALL = Plan((64,), (9,), (1, 2), (16, 8), rounds=2, waves=1, rival_steps=2)
H200 = {"processor": "Acme Server", "cores": 16, "gpu": "NVIDIA H200"}


class Flipped(Emulated):
    """Kernels that change a last bit on their way."""

    def launch(self, name, simulations, *arguments):
        super().launch(name, simulations, *arguments)
        if name == "advance":
            arguments[0].view(torch.int32)[0, 0, 0, 0] ^= 1


class Racing(Emulated):
    """Kernels whose last bit depends on how often they were called."""

    calls = 0

    def launch(self, name, simulations, *arguments):
        super().launch(name, simulations, *arguments)
        Racing.calls += 1
        if name == "advance":
            arguments[0].view(torch.int32)[-1, 0, 0, 0] ^= Racing.calls % 2


@pytest.fixture
def quick(monkeypatch):
    """Neither compilers of torch nor a gigabyte of copies: these are not under test."""
    monkeypatch.setattr(gpu_first.speeds, "rivals", lambda *_: iter(()))
    monkeypatch.setattr(gpu_first.room, "bandwidth", lambda card, plan: {"on the card": 1.0})


def first(kernels, root, plan=SMALL):
    return gpu_first.first(
        Card(CPU, kernels), Card(CPU, Emulated), plan, root, H200, {"name": "an emulated card"}
    )


def test_every_question_is_asked_and_the_page_shows_what_came_out(tmp_path, quick):
    record = first(Emulated, tmp_path)
    assert record["left_out"] == []
    assert gpu_first.sound(record)
    assert {row["case"] for row in record["bits"]} == {*gpu_first.bits.CASES, "gradient"}
    assert {row["what"] for row in record["speeds"]} == {
        "advance", "remember", "retreat", "cuda, simulation", "cuda, gradient"
    }  # fmt: skip
    (read,) = kept(tmp_path, "first")
    page = "\n".join(first_sections([read]))
    assert "7 of 7 cases have the bits of the emulation." in page
    assert "not measured" in page, "nothing was timed at 128 × 128, and the page must not pretend"


def test_a_last_bit_that_differs_is_found(tmp_path, quick):
    record = first(Flipped, tmp_path)
    assert not gpu_first.sound(record)
    assert record["criteria"][0]["found"] > 0
    assert "these do not: plain at 64²" in "\n".join(first_sections([record]))


def test_runs_of_one_simulation_that_differ_are_found():
    found = list(races(Card(CPU, Racing), SMALL))
    assert found[0]["different"] + found[0]["twins"] > 0
    assert all(row["different"] + row["twins"] == 0 for row in races(Card(CPU, Emulated), SMALL))


def test_what_time_does_not_allow_is_said_and_not_passed_off_as_sound(tmp_path, quick):
    record = first(Emulated, tmp_path, SMALL._replace(seconds=-1))
    assert len(record["left_out"]) > 5
    assert record["criteria"][0]["met"] is None
    assert not gpu_first.sound(record)


def test_a_question_that_fails_is_named_and_the_others_go_on(tmp_path, quick, monkeypatch):
    def broken(*_):
        raise RuntimeError("the kernel hung")

    monkeypatch.setattr(gpu_first.bits, "races", broken)
    record = first(Emulated, tmp_path)
    assert record["left_out"] == ["Many at a time, three times: RuntimeError: the kernel hung"]
    assert record["speeds"]
    assert not gpu_first.sound(record)


def test_criteria_were_written_down_for_both_cards_and_missing_numbers_are_not_verdicts():
    record = {"machine": H200, "bits": [], "races": [], "speeds": []}
    assert [each["met"] for each in gpu_first.criteria(record)] == [None] * 5
    record["speeds"] = [
        {"what": what, "size": 128, "speed": {"median": speed}}
        for what, speed in (
            ("cuda, simulation", 121.0), ("cuda, gradient", 9.0), ("torch eager, simulation", 2.5),
        )
    ]  # fmt: skip
    assert [each["met"] for each in gpu_first.criteria(record)[2:]] == [True, True, False]
    record["machine"] = H200 | {"gpu": "NVIDIA H100 80GB HBM3"}
    assert [each["asked"] for each in gpu_first.criteria(record)[2:]] == [110, 40, 13]


def test_nan_equals_nan_and_nothing_else():
    nan = torch.tensor([float("nan"), 1.0])
    assert same(nan, nan.clone())
    assert not same(nan, torch.tensor([0.0, 1.0]))
    assert not compared(64, "plain", [nan], [nan.nextafter(torch.tensor(2.0))])["equal"]


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a GPU here")
def test_without_a_gpu_it_ends_in_a_sentence_and_the_page_says_what_to_run(capsys):
    assert gpu_first.main([]) == 1
    assert "Nothing was measured." in capsys.readouterr().err
    (sentence,) = first_sections([])
    assert "python -m benchmarks.gpu_first" in sentence


def test_without_nvidias_compiler_it_ends_in_a_sentence(monkeypatch, capsys):
    def missing():
        raise CompilerError("NVRTC is not here: install nvidia-cuda-nvrtc.")

    for name, stand_in in (("no_gpu", lambda: ""), ("nvrtc_version", missing), ("emulated", lambda: None),
                           ("this_gpu", lambda: None), ("hardware", lambda device: {}),
                           ("described", lambda: {})):  # fmt: skip
        monkeypatch.setattr(gpu_first, name, stand_in)
    assert gpu_first.main([]) == 1
    assert "Nothing was recorded. NVRTC is not here" in capsys.readouterr().err


def test_without_a_compiler_there_is_nothing_to_compare_with(monkeypatch):
    def missing(*_):
        raise FileNotFoundError("c++")

    monkeypatch.setattr("tests.backends.emulated.library", missing)
    with pytest.raises(BuildError, match="install a C.. compiler"):
        gpu_first.emulated()


def test_the_record_is_kept_after_every_question(tmp_path, quick, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(gpu_first.speeds, "kernels_alone", interrupted)
    with pytest.raises(KeyboardInterrupt):
        first(Emulated, tmp_path)
    (record,) = kept(tmp_path, "first")
    assert record["races"]
    assert list(Path(tmp_path).rglob("*.part")) == []


HANGING = """
import sys, time
from pathlib import Path
import torch
from benchmarks import gpu_first
from benchmarks.first.card import Card, Plan
from tests.backends.emulated import Emulated

gpu_first.MOST = 0.5
gpu_first.questions = lambda *given: [("bits", "A kernel that hangs", lambda: time.sleep(600) or [])]
card = Card(torch.device("cpu"), Emulated)
machine = {"processor": "a fast one", "cores": 2}
gpu_first.first(card, card, Plan(), Path(sys.argv[1]), machine, {})
"""


def test_a_kernel_that_hangs_ends_the_call_and_what_was_found_is_kept(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", HANGING, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 1, done.stderr
    assert "A kernel that hangs: still at work after" in done.stdout
    (record,) = (tmp_path / "book" / "records").glob("*.json")
    assert "A kernel that hangs" in record.read_text(encoding="utf-8")
