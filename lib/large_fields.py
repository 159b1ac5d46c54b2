"""Losses of fields so large that powers of them leave single precision: right numbers or a sentence."""

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from lib.backends import transforms

Compare = Callable[[Tensor, Tensor], Tensor]


def in_range(compare: Compare, v: Tensor, target: Tensor, doubles: bool = True) -> Float[Tensor, " batch"]:
    """A loss per sample, which is a number wherever all cells of both fields are.

    Inside torch.vmap nobody can look whether one was lost: there all are computed in double precision, and
    what is beyond even that, or beyond the fields' own type, is infinite.

    Args:
        compare: fields (batch, height, width) and targets → their losses, (batch,).
        v, target: the fields and their targets, of batch 1 or the same.
        doubles: whether `compare` takes double precision whatever the fields have; else vmap leaves theirs.

    Raises:
        ValueError: for finite fields so large that their loss is no number even in double precision.
    """
    if doubles and any(map(transforms.is_batched, (v, target))):
        return compare(v.double(), target.double()).to(torch.promote_types(v.dtype, target.dtype))
    per_sample = compare(v, target)
    if transforms.is_batched(per_sample):  # whose numbers cannot be looked at
        return per_sample
    lost = ~per_sample.detach().isfinite() & finite(v) & finite(target)
    if not bool(lost.any()):
        return per_sample
    target = target.expand(v.shape)
    found = wider(compare, v, target, lost).to(per_sample.dtype)
    if not bool(found.detach()[lost].isfinite().all()):
        size = max(float(field.detach()[lost].abs().max()) for field in (v, target))
        raise ValueError(
            f"v or target holds {size:.3g}, and this loss of it is beyond {per_sample.dtype}: concentrations "
            "stay near 1, so divide by the field's scale. Did a run diverge? Look at its outcome."
        )
    return found


def finite(field: Tensor) -> Bool[Tensor, " batch"]:
    """Which fields are finite numbers throughout."""
    return field.detach().isfinite().flatten(start_dim=1).all(dim=1)


def wider(
    compare: Compare, v: Tensor, target: Tensor, lost: Bool[Tensor, " batch"]
) -> Float[Tensor, " batch"]:
    """The losses again, the lost ones' in double precision.

    Apart from each other, so that derivatives of the one are not spoiled by the other's infinities.
    """
    found = v.new_zeros(len(v), dtype=torch.float64)
    for some, kinds in ((~lost, (v.dtype, target.dtype)), (lost, (torch.float64, torch.float64))):
        if bool(some.any()):
            apart = compare(v[some].to(kinds[0]), target[some].to(kinds[1]))
            found = found.index_put((some,), apart.double())
    return found
