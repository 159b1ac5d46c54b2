"""What a session has set in torch stays outside of results."""

import threading
from pathlib import Path

import pytest
import torch

from lib.landscape import evaluate
from lib.running.kept import kept_result
from lib.running.torch_settings import usual_settings


def third() -> torch.Tensor:
    return torch.ones(1) / 3


def product() -> torch.Tensor:
    return torch.full((3, 3), 1 / 3) @ torch.full((3, 3), 1 / 7)


def test_a_result_made_in_double_precision_sessions_is_not_served_to_others(tmp_path) -> None:
    torch.set_default_dtype(torch.float64)
    try:
        with torch.inference_mode():
            made = kept_result(third, cache=tmp_path)
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
    assert made.dtype == torch.float32
    assert not made.is_inference()


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_a_result_made_inside_autocast_is_as_any_other(tmp_path, kind) -> None:
    with torch.autocast("cpu", dtype=kind):
        made = kept_result(product, cache=tmp_path)
        with usual_settings():
            assert not torch.is_autocast_enabled("cpu")
        assert torch.is_autocast_enabled("cpu")
    assert torch.equal(made, product())


@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_a_landscape_made_inside_autocast_is_kept_as_any_other(tmp_path, kind) -> None:
    def gram(cache: Path) -> list[float]:
        points = [[0.16, 0.08, 0.035, 0.06]]
        table = evaluate(points, losses=("gram",), size=32, steps=50, states=1, jobs=1, cache=cache)
        return table.gram.values.tolist()

    with torch.autocast("cpu", dtype=kind):
        made = gram(tmp_path / "inside")
    assert made == gram(tmp_path / "outside")


def test_threads_that_come_and_go_leave_the_setting_to_those_inside() -> None:
    """The setting is the whole process's: the first thread out must not take it from the second."""
    entered, leave = threading.Event(), threading.Event()

    def first() -> None:
        with usual_settings():
            entered.set()
            leave.wait(10)

    torch.set_default_dtype(torch.float64)
    try:
        thread = threading.Thread(target=first)
        thread.start()
        entered.wait(10)
        with usual_settings():
            leave.set()
            thread.join()
            assert torch.get_default_dtype() == torch.float32
        assert torch.get_default_dtype() == torch.float64
    finally:
        torch.set_default_dtype(torch.float32)
