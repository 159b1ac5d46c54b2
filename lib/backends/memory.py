"""Large memory that is asked for again and again: the states that a gradient keeps.

Handing a gigabyte back and asking for it anew makes the system clear every page of it once more,
which takes about as long as the simulation that fills it.
"""

import mmap
import weakref

import numpy as np
import torch
from torch import Tensor

#: Memory that is not in use: at most one piece, the largest of late.
_spare: list[mmap.mmap] = []


def borrow(size: int) -> Tensor:
    """`size` bytes with any content, as a tensor of uint8; they come back by themselves when it goes."""
    memory = _take(size) or mmap.mmap(-1, size, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
    array = np.frombuffer(memory, dtype=np.uint8, count=size)
    # The tensor owns the array as long as anything, a saved tensor of autograd's too, shares its memory.
    weakref.finalize(array, _give_back, memory).atexit = False
    return torch.from_numpy(array)


def _take(size: int) -> mmap.mmap | None:
    """The spare piece, if it is large enough."""
    try:
        memory = _spare.pop()
    except IndexError:
        return None
    if len(memory) >= size:
        return memory
    _spare.append(memory)
    return None


def _give_back(memory: mmap.mmap) -> None:
    """Keep the larger piece; the system may take its pages when it is short of memory."""
    if hasattr(mmap, "MADV_FREE"):
        memory.madvise(mmap.MADV_FREE)
    _spare.append(memory)
    _spare.sort(key=len)
    del _spare[:-1]
