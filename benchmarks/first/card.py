"""The machine under test: kernels for each grid, a clock that the GPU keeps, and what to measure there."""

import subprocess
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import torch

from lib.backends import cuda_device
from lib.backends.cuda_device import Kernels


class Plan(NamedTuple):
    """How much is measured.

    Args:
        sizes: grids whose bits and races are looked at.
        steps: of runs whose bits are compared, by grid; odd.
        batches: simulations side by side of which speed is measured.
        pieces: steps of a timed run, forward and gradient.
        rounds: timings of each number.
        waves: how often the GPU is filled where races are looked for.
        rival_steps: of a timed loop in plain torch.
        seconds: after which no new question is begun.
    """

    sizes: tuple[int, ...] = (64, 128, 256)
    steps: tuple[int, ...] = (501, 301, 101)
    batches: tuple[int, ...] = (1, 4, 16, 64, 132, 264, 528, 1024, 4096)
    pieces: tuple[int, int] = (4032, 1008)
    rounds: int = 3
    waves: int = 4
    rival_steps: int = 64
    seconds: float = 420.0


class Card(NamedTuple):
    """A GPU, or what stands in for one in tests.

    Args:
        device: where tensors are.
        kernels: grid → its kernels.
    """

    device: torch.device
    kernels: Callable[[int], Kernels]

    def seconds(self, do: Callable[[], object]) -> float:
        """How long something takes that is queued on the current stream."""
        if self.device.type != "cuda":
            now = time.perf_counter()
            do()
            return time.perf_counter() - now
        begin, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        begin.record()
        do()
        end.record()
        end.synchronize()
        return begin.elapsed_time(end) / 1000


def this_gpu() -> Card:
    """The current one."""
    device = torch.device("cuda", torch.cuda.current_device())
    return Card(device, lambda size: cuda_device.gpu(size, device))


def described() -> dict[str, Any]:
    """What the driver says about the card, clocks and all; and the versions of what compiles for it."""
    asked = (
        "name",
        "driver_version",
        "clocks.sm",
        "clocks.max.sm",
        "clocks.mem",
        "power.limit",
        "temperature.gpu",
    )
    command = ["nvidia-smi", f"--query-gpu={','.join(asked)}", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True, timeout=20)
        said = dict(zip(asked, map(str.strip, done.stdout.splitlines()[0].split(",")), strict=True))
    except (OSError, subprocess.SubprocessError, IndexError, ValueError) as error:
        said = {"nvidia-smi": f"could not be asked ({type(error).__name__})"}
    properties = torch.cuda.get_device_properties(torch.cuda.current_device())
    return {
        **said,
        "multiprocessors": str(properties.multi_processor_count),
        "capability": f"{properties.major}.{properties.minor}",
        "CUDA of torch": str(torch.version.cuda),
    }
