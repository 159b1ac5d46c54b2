"""The paper's training (Section 3): its optimiser with every safeguard, and why it stagnates."""

from lib.studies.training.runs import (
    WRITE_EVERY,
    Plan,
    absent,
    going_on,
    identity,
    progress_line,
    recipe_pool,
    traces_together,
    train,
    train_plans,
)

__all__ = [
    "Plan",
    "WRITE_EVERY",
    "absent",
    "going_on",
    "identity",
    "progress_line",
    "recipe_pool",
    "traces_together",
    "train",
    "train_plans",
]
