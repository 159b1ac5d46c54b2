"""What a session has set in torch stays outside of results."""

import threading

import torch

from lib.running.kept import kept_result
from lib.running.torch_settings import usual_settings


def third() -> torch.Tensor:
    return torch.ones(1) / 3


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
