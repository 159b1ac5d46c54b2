"""How far the time between frames moves a fit: the two rules that relate frames, against each other."""

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor

from lib.residual.looks.doubts import Trial

#: The forward rule is exact for explicit Euler with a step between frames; it then leaves this much less.
EXACT = 0.1


def apart(rules: Mapping[str, Trial]) -> Float[Tensor, "batch 4"]:
    """What the spacing of frames may do to each parameter, in cells; zeros where the forward rule is exact.

    The forward rule is off in the first order of the spacing and the trapezoid in the second, unless the
    program itself took long steps: then the truth lies between them. So half of the largest relative
    difference counts for every parameter.
    """
    if len(rules) < 2:
        return torch.zeros_like(next(iter(rules.values())).params)
    forward, trapezoid = rules["forward"], rules["trapezoid"]
    if bool((forward.misfit <= EXACT * trapezoid.misfit).all()):
        return torch.zeros_like(trapezoid.params)
    size = trapezoid.params.abs()
    relative = (forward.params - trapezoid.params).abs() / size.clamp(min=1e-300)
    return size * relative.amax(dim=1, keepdim=True) / 2
