"""The systems of this study: on which grid each is stepped, from which patch, over which plane."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from lib import draws
from lib.models import SYSTEMS, Grid, ReactionDiffusion, states

#: Standard deviation of the noise on the homogeneous state.
NOISE = 0.02


class Case(NamedTuple):
    """One system.

    Args:
        name: of the model in `lib.models.SYSTEMS`; its typical values are the truth.
        grid: dx and dt, short enough for all of the model's ranges.
        plane: the two parameters of its plane, over their ranges.
        shown: the field whose pictures are compared.
        patch: what the central square differs by from the homogeneous state, field by field.
    """

    name: str
    grid: Grid
    plane: tuple[str, str]
    shown: str
    patch: tuple[float, float]

    @property
    def model(self) -> ReactionDiffusion:
        """The equations."""
        return SYSTEMS[self.name]


CASES = {
    case.name: case
    for case in (
        Case("Gray-Scott", Grid(1.0, 1.0), ("k", "F"), "v", (-0.5, 0.25)),
        Case("Schnakenberg", Grid(1.0, 0.01), ("a", "b"), "u", (0.3, 0.0)),
        Case("Brusselator", Grid(1.0, 0.01), ("A", "B"), "u", (0.3, 0.0)),
        Case("Gierer-Meinhardt", Grid(1.0, 0.01), ("mu", "kappa"), "u", (0.3, 0.0)),
        Case("FitzHugh-Nagumo", Grid(2 / 64, 0.02), ("k", "Dv"), "u", (0.3, 0.0)),
    )
}


def start(case: Case, size: int, seed: int) -> Float[Tensor, "1 fields size size"]:
    """The truth's homogeneous state with noise and a patch, whatever is tried from it, in float32.

    Of several homogeneous states it is the one with the most of the first field: Gray-Scott's trivial one.
    """
    place = torch.tensor(list(states(case.model)[-1].values()))[:, None, None]
    fields = place + NOISE * draws.normal((len(case.model.fields), size, size), draws.generator(seed))
    corner, side = size * 3 // 8, size // 4
    for field, extra in zip(fields, case.patch, strict=True):
        field[corner : corner + side, corner : corner + side] += extra
    return (fields if case.model.signed else fields.clamp(min=0)).float()[None]
