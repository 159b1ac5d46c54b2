"""The emulation finds what a GPU would leave to chance: each fault here is planted in a copy of the kernels.

A fault is found if the emulation refuses to go on, or if the bits are not the same in every order of warps.
What no emulation can find stands in `GPU_ONLY`, with where it is looked for.
"""

import pytest
import torch

from lib.backends import cuda_compile, cuda_device
from tests.backends.emulated import EmulationError
from tests.backends.planted_faults import FAULTS, GPU_ONLY, LAST_WORDS
from tests.backends.short_runs import outcomes

ORDERS = (0, 1, 2, 3)


def same(a, b):
    return all(torch.equal(x.nan_to_num(7), y.nan_to_num(7)) for x, y in zip(a, b, strict=True))


def all_same(runs, others):
    """Run after run, up to the first that differs."""
    return all(same(a, b) for a, b in zip(runs, others, strict=True))


@pytest.fixture(scope="module")
def right():
    """What the kernels as they are give, in the first order."""
    return {size: list(outcomes(size)) for size in (64, 256)}


@pytest.mark.parametrize("size", [64, 256])
def test_the_kernels_give_the_same_bits_in_every_order_of_warps(size, right):
    assert all(all_same(outcomes(size, order=order), right[size]) for order in (*ORDERS, 17))


def plant(there, instead, folder):
    """Put a copy of the kernels there that has something else in one place."""
    replaced = 0
    for path in (cuda_compile.SOURCE, cuda_compile.HEADER):
        text = path.read_text()
        replaced += text.count(there)
        (folder / path.name).write_text(text.replace(there, instead))
    assert replaced == 1, "the fault has to be planted in one place"


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault, right, tmp_path):
    size, there, instead = FAULTS[fault]
    plant(there, instead, tmp_path)
    try:
        found = any(not all_same(outcomes(size, tmp_path, order), right[size]) for order in ORDERS)
    except EmulationError:
        return
    assert found


@pytest.mark.parametrize("kernel", LAST_WORDS)
def test_shared_memory_that_ends_before_a_kernels_last_word_is_found(kernel):
    given = cuda_device.shared_bytes(256, 8)
    with pytest.raises(EmulationError, match=f"{kernel}: .*behind the shared memory"):
        list(outcomes(256, shared=given | {kernel: given[kernel] - LAST_WORDS[kernel]}))


@pytest.mark.parametrize("fault", GPU_ONLY)
def test_what_is_left_to_a_gpu_is_not_found_here(fault, right, tmp_path):
    """Else it belongs to the others."""
    size, there, instead = GPU_ONLY[fault]
    plant(there, instead, tmp_path)
    assert all(all_same(outcomes(size, tmp_path, order), right[size]) for order in ORDERS[:2])
