"""The most memory held at once since one last asked to start over: by this process, or on a GPU."""

import resource
import sys
from pathlib import Path
from typing import Protocol

import torch

#: Writing 5 to the first sets the peak in the second back to what the process holds now (Linux).
RESET, STATUS = Path("/proc/self/clear_refs"), Path("/proc/self/status")


class Meter(Protocol):
    """Peaks in bytes, above what was held when the meter was made."""

    def start_over(self) -> None: ...

    def peak(self) -> int: ...


def meter(engine: str, device: str) -> Meter:
    """The meter that sees what an engine takes."""
    if device == "cpu":
        return Process()
    return JaxGpu() if engine == "JAX" else TorchGpu()


class Process:
    """This process on the processor. Away from Linux its peak cannot be set back, so batches must grow."""

    def __init__(self) -> None:
        self.start_over()
        self.before = largest_held()

    def start_over(self) -> None:
        if RESET.exists():
            RESET.write_text("5", encoding="utf-8")

    def peak(self) -> int:
        return max(0, largest_held() - self.before)


class TorchGpu:
    """Tensors on the GPU."""

    def start_over(self) -> None:
        torch.cuda.reset_peak_memory_stats()

    def peak(self) -> int:
        return int(torch.cuda.max_memory_allocated())


class JaxGpu:
    """JAX's arrays on the GPU; its peak cannot be set back, so batches must grow."""

    def start_over(self) -> None:
        """Nothing to be done."""

    def peak(self) -> int:
        import jax

        return int(jax.devices("gpu")[0].memory_stats()["peak_bytes_in_use"])


def largest_held() -> int:
    """The most memory that this process has held, in bytes."""
    if STATUS.is_file():
        found = next(
            line for line in STATUS.read_text(encoding="utf-8").splitlines() if line.startswith("VmHWM")
        )
        return int(found.split()[1]) * 1024
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit
