"""Torch on one thread for a while."""

import torch


class single_thread:
    """Torch on one thread for a while: processes side by side must not fight over the cores, and
    sums must not depend on how many there are."""

    def __enter__(self) -> None:
        self.before = torch.get_num_threads()
        torch.set_num_threads(1)

    def __exit__(self, *exception: object) -> None:
        torch.set_num_threads(self.before)
