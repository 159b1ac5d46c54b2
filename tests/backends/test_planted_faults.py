"""The emulation finds what a GPU would leave to chance: each fault here is planted in a copy of the kernels.

A fault is found if the emulation refuses to go on, or if the bits are not the same in every order of warps.
What no emulation can find, `benchmarks.gpu_first` looks for: it runs the same simulations many at a time on a
GPU, three times, where any difference is a race.
"""

import pytest
import torch

from lib.backends import cuda, cuda_compile, cuda_run
from lib.initial_states import initial_state
from lib.model import Params, State
from lib.paper import TRUTH
from tests.backends.emulated import Emulated, EmulationError
from tests.backends.test_adjoint import gradients

ORDERS = (0, 1, 2, 3)

#: What is broken → grid, what stands in the sources, what stands there instead.
FAULTS = {
    "copies are never waited for": (64, "        wait_for_all_but<RING - 1>();\n", ""),
    "copies are waited for one row late": (64, "wait_for_all_but<RING - 1>", "wait_for_all_but<RING>"),
    "rows fetched in the loop belong to no group": (
        64,
        "            fetch_row(state - STATE, i + RING - ROWS);\n        end_group();",
        "            fetch_row(state - STATE, i + RING - ROWS);",
    ),
    "a row is fetched over the one that is read": (
        64,
        "        wait_for_all_but<RING - 1>();\n        unpack(ring_row(i, 0), u, THREADS);",
        "        wait_for_all_but<RING - 1>();\n        if (i + RING < ROWS) fetch_row(state, i + RING);\n"
        "        unpack(ring_row(i, 0), u, THREADS);",
    ),
    "a state too many is fetched": (64, "else if (left > 0)", "else if (left >= 0)"),
    "no barrier between writing halos and reading them": (
        64,
        "    publish(halo, u, v);\n    __syncthreads();",
        "    publish(halo, u, v);",
    ),
    "one halo for two steps": (
        64,
        "        step(u, v, halos[1], visitor);\n    }\n    if (steps % 2)",
        "        step(u, v, halos[0], visitor);\n    }\n    if (steps % 2)",
    ),
    "the largest change is read before all have told theirs": (
        64,
        "atomicMax(&control()->largest, of_warp);\n    barrier();",
        "atomicMax(&control()->largest, of_warp);",
    ),
    "half of a block leaves before a barrier": (
        64,
        "simulation();\n    if (progress[own].finished) return;",
        "simulation();\n    if (progress[own].finished || threadIdx.x < 32) return;",
    ),
    "the ring begins inside the halos": (
        64,
        "return shared + 2 * sizeof(Halo) / sizeof(float4);",
        "return shared + sizeof(Halo) / sizeof(float4);",
    ),
    "shared memory is used behind what was asked for": (
        64,
        "return (Control *)((Halo *)shared + 2);",
        "return (Control *)((Halo *)shared + 2) + 1;",
    ),
    "a shuffle goes around the warp, not the row": (
        64,
        "x, thread % ACROSS, ACROSS)",
        "x, thread % 32, 32)",
    ),
    "blocks of a cluster wait for themselves only": (256, "    receive_rows(halo);\n", ""),
    "a warp goes on while its first lane waits for rows": (
        256,
        "sizeof halo.first / THREADS * ACROSS, waits);\n    __syncwarp();",
        "sizeof halo.first / THREADS * ACROSS, waits);",
    ),
    "rows from above are waited for, those from below are not": (
        256,
        "(at_top() || at_bottom())",
        "at_top()",
    ),
    "rows from below are counted as rows from above": (
        256,
        "at_top() ? halo.from_above : halo.from_below",
        "halo.from_above",
    ),
    "one field's rows are waited for": (256, "/ THREADS * ACROSS,", "/ THREADS * ACROSS / 2,"),
    "a row too many is waited for": (256, "/ THREADS * ACROSS,", "/ THREADS * ACROSS * 3 / 2,"),
    "rows are sent before the other block can count them": (
        256,
        "open(((Halo *)shared)[i].from_above);\n    barrier();",
        "open(((Halo *)shared)[i].from_above);",
    ),
    "rows are sent over those that the other block still reads": (
        256,
        "        step(u, v, halos[1], visitor);\n    }\n    if (steps % 2)",
        "        __syncthreads();\n        step(u, v, halos[0], visitor);\n        __syncthreads();\n    }\n"
        "    if (steps % 2)",
    ),
    "a block leaves while its rows are on their way": (
        256,
        "    barrier(); /* nobody leaves while its rows are on their way */\n",
        "",
    ),
    "a block leaves while its vote is on its way": (
        256,
        "            barrier(); /* nobody leaves while its vote is on its way */\n            return;",
        "            return;",
    ),
    "a block leaves while others add up its sums": (
        256,
        "    barrier(); /* nobody leaves while its sums are read */\n",
        "",
    ),
    "the votes of other blocks are read before they are there": (
        256,
        "    receive(control()->cast[turn], sizeof control()->votes[turn], threadIdx.x == 0);\n",
        "",
    ),
    "a vote of other blocks is not waited for": (
        256,
        "receive(control()->cast[turn], sizeof control()->votes[turn],",
        "receive(control()->cast[turn], sizeof control()->votes[turn] - sizeof(int),",
    ),
    "a block sends its first row to itself": (
        256,
        "above = (part_anew() + PARTS - 1) % PARTS",
        "above = part_anew()",
    ),
}


def outcomes(size, folder, order, monkeypatch):
    """Runs with and without tol, and a gradient: every kernel, odd and even steps."""
    monkeypatch.setattr(cuda, "kernels_for", lambda state: Emulated(size, schedule=order, folder=folder))
    # Several launches, in each of which `advance` asks whether it has come back to where it began.
    monkeypatch.setattr(cuda_run, "CHUNK", 2)
    one = initial_state(1, size=size, patch=20)
    # What changes most lies in the first warp's rows of one, and in the last one's of the other.
    state = State(*(torch.cat([x.roll(-size // 4, 1), x.roll(size // 4, 1)]) for x in one))
    params = Params(*(torch.full((2,), float(p)) for p in TRUTH))
    steps = 9 if size == 64 else 4
    return [
        *cuda.forward(params, state, steps, None, 1.0),
        *cuda.forward(params, state, steps, 1e-9, 1.0),
        *gradients(cuda.differentiable_forward, TRUTH, state, steps),
    ]


def same(a, b):
    return all(torch.equal(x.nan_to_num(7), y.nan_to_num(7)) for x, y in zip(a, b, strict=True))


@pytest.fixture(scope="module")
def right():
    """What the kernels as they are give, in the first order."""
    with pytest.MonkeyPatch.context() as patch:
        return {size: outcomes(size, None, 0, patch) for size in (64, 256)}


@pytest.mark.parametrize("size", [64, 256])
def test_the_kernels_give_the_same_bits_in_every_order_of_warps(size, right, monkeypatch):
    for order in (*ORDERS, 17):
        assert same(outcomes(size, None, order, monkeypatch), right[size])


@pytest.mark.parametrize("fault", FAULTS)
def test_a_planted_fault_is_found(fault, right, monkeypatch, tmp_path):
    size, there, instead = FAULTS[fault]
    replaced = 0
    for path in (cuda_compile.SOURCE, cuda_compile.HEADER):
        text = path.read_text()
        replaced += text.count(there)
        (tmp_path / path.name).write_text(text.replace(there, instead))
    assert replaced == 1, "the fault has to be planted in one place"
    try:
        found = [not same(outcomes(size, tmp_path, order, monkeypatch), right[size]) for order in ORDERS]
    except EmulationError:
        return
    assert any(found)
