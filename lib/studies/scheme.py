"""Another time step, or double precision: the same runs again, to tell what is the scheme's own."""

from typing import NamedTuple

import torch

from lib.model import State


class Scheme(NamedTuple):
    """A time step, and whether fields have double precision."""

    dt: float = 1.0
    double: bool = False

    @property
    def dtype(self) -> torch.dtype:
        """Of fields and parameters."""
        return torch.float64 if self.double else torch.float32

    def steps(self, time: int) -> int:
        """Steps that so many units of time take."""
        return round(time / self.dt)

    def state(self, state: State) -> State:
        """The same state in this precision; it was drawn in single precision."""
        return State(*(field.to(self.dtype) for field in state))


#: The paper's, and two that differ in one thing each.
PAPER, HALF, DOUBLE = Scheme(), Scheme(dt=0.5), Scheme(double=True)
