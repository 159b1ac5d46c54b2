"""What a widget shows is sent as JSON, which has no word for NaN or infinity: such a number is refused."""

import math
from typing import Any

import anywidget


class Widget(anywidget.AnyWidget):
    """A widget that says which of its numbers cannot be sent.

    Raises:
        ValueError: when it is made, or given a value, with a number that is not finite.
    """

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """What is sent, looked through."""
        state: dict[str, Any] = super().get_state(key=key, drop_defaults=drop_defaults)
        for name, value in state.items():
            if place := strange(value):
                raise ValueError(
                    f"{type(self).__name__} cannot show its {name}{place[0]}, which is {place[1]}: a page "
                    "knows finite numbers only. Leave it out, or give None where there is no number."
                )
        return state


def strange(value: Any, place: str = "") -> tuple[str, float] | None:
    """The first number that is not finite, with its place such as [3]['x']; None where all are."""
    if isinstance(value, float):
        return None if math.isfinite(value) else (place, value)
    if isinstance(value, dict):
        inside = ((f"{place}[{key!r}]", each) for key, each in value.items())
    elif isinstance(value, (list, tuple)):
        inside = ((f"{place}[{i}]", each) for i, each in enumerate(value))
    else:
        return None
    return next((found for where, each in inside if (found := strange(each, where))), None)
