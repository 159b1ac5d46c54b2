"""Torch on one thread for a while."""

from contextlib import ContextDecorator

import torch


class single_thread(ContextDecorator):
    """Torch on one thread for a while, as `with single_thread():` or as a function's `@single_thread()`.

    Processes side by side must not fight over the cores, and sums must not depend on how many there are.
    """

    def _recreate_cm(self) -> "single_thread":
        """One guard for each call of a decorated function, which may call itself."""
        return single_thread()

    def __enter__(self) -> None:
        self.before = torch.get_num_threads()
        torch.set_num_threads(1)

    def __exit__(self, *exception: object) -> None:
        torch.set_num_threads(self.before)
