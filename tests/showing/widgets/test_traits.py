"""The Python half of the Laboratory."""

import pytest
import torch

from lib import TRUTH, initial_state
from lib.paper import SAMPLED_SETS
from lib.showing.widgets import Descend, Explorer, Frames, Horizon, Laboratory
from lib.showing.widgets.finite import Widget


def test_a_target_is_kept_bit_by_bit() -> None:
    target = torch.rand(32, 32)
    laboratory = Laboratory(target)
    assert laboratory.size == 32
    assert torch.frombuffer(bytearray(laboratory.target), dtype=torch.float32).equal(target.flatten())


@pytest.mark.parametrize("shape", [(1, 32, 32), (32, 16), (8, 8), (48, 48)])
def test_a_target_that_the_page_cannot_transform_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match=r"square fields whose side is a power of two"):
        Laboratory(torch.zeros(shape))


def test_it_begins_at_the_truth_and_knows_the_sets() -> None:
    laboratory = Laboratory()
    assert (laboratory.Du, laboratory.Dv, laboratory.F, laboratory.k) == TRUTH
    assert [tuple(p[name] for name in TRUTH._fields) for p in laboratory.presets] == [TRUTH, *SAMPLED_SETS]
    for params in SAMPLED_SETS:
        for name, value in params._asdict().items():
            low, high = laboratory.ranges[name]
            assert low < value < high


def test_fields_come_back_as_a_state() -> None:
    state = initial_state(1, size=32)
    laboratory = Laboratory(size=32)
    with pytest.raises(ValueError, match=r"call advance\(steps\) first"):
        _ = laboratory.state
    laboratory.fields = torch.cat([state.u, state.v]).numpy().tobytes()
    assert laboratory.state.u.equal(state.u)
    assert laboratory.state.v.equal(state.v)


def test_no_steps_are_no_command() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        Laboratory().advance(0)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_a_number_that_a_page_cannot_hold_is_refused_with_its_place(value: float) -> None:
    """Jupyter would stop with "Message serialization failed", and name neither widget nor trait."""
    laboratory = Laboratory()
    with pytest.raises(ValueError, match=r"Laboratory cannot show its F, which is -?(nan|inf)"):
        laboratory.F = value
    panels = [{"title": "a", "frames": [{"y": [1.0, value]}]}]
    with pytest.raises(ValueError, match=r"Frames cannot show its panels\[0\]\['frames'\]\[0\]\['y'\]\[1\]"):
        Frames(panels, label="Time", names=["1"], texts=["One."])


def test_every_widget_of_the_book_refuses_so() -> None:
    assert all(issubclass(widget, Widget) for widget in (Descend, Explorer, Frames, Horizon, Laboratory))
