"""The exact gradient taken apart: its field over parameters, its size back in time."""

from lib.studies.gradients.gradient_field import (
    agreement,
    by_region,
    gather,
    gradient_field,
    one_by_one,
    point_gradient,
    right_way,
    shared_target,
    size,
    target_fields,
)

__all__ = [
    "agreement",
    "by_region",
    "gather",
    "gradient_field",
    "one_by_one",
    "point_gradient",
    "right_way",
    "shared_target",
    "size",
    "target_fields",
]
