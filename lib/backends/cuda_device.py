"""One GPU with the kernels of `cuda.cu` loaded: launches on torch's current stream."""

import ctypes
import os
import threading
from types import ModuleType
from typing import Any, Protocol, runtime_checkable

import torch
from torch import Tensor

from lib.backends.compiler import CompilerError
from lib.backends.cuda_compile import Machine, cubin, layout
from lib.backends.gpu_clock import clock

# Streams beyond the number of hardware queues, eight by default, wait for each other. The driver reads this
# when CUDA starts, so it is said here, where nothing has started CUDA yet.
os.environ.setdefault("CUDA_DEVICE_MAX_CONNECTIONS", "32")

KERNELS = ("advance", "watch", "measure", "remember", "retreat")


@runtime_checkable
class Kernels(Protocol):
    """What the engine needs of a machine.

    Args:
        device: whose memory it works on.
        concurrent: simulations that run side by side.
    """

    @property
    def device(self) -> torch.device: ...

    @property
    def concurrent(self) -> int: ...

    def launch(self, name: str, simulations: int, *arguments: Tensor | float) -> None:
        """Run a kernel; tensors are passed as pointers, ints as int, floats as float."""

    def free_bytes(self) -> int:
        """Memory that new tensors may take."""


class Gpu:
    """The kernels for one grid on one GPU."""

    def __init__(self, size: int, device: torch.device) -> None:
        properties = torch.cuda.get_device_properties(device)
        self.device = device
        self.parts, self.threads, _ = layout(size)
        arch = f"sm_{properties.major}{properties.minor}"
        self.driver = _driver()
        with torch.cuda.device(device):
            torch.cuda.current_stream().synchronize()  # torch's context has to be there, and current
            most = self._most_shared()
            if most < shared_together(size, 4):
                raise CompilerError(
                    f"A grid of {size} × {size} cells takes {shared_together(size, 4) // 1024} KB of shared "
                    f"memory on each multiprocessor, and those of {properties.name} have {most // 1024} KB."
                )
            ring = 8 if most >= shared_together(size, 8) else 4
            self.shared = shared_bytes(size, ring)
            module = self._ask(self.driver.cuModuleLoadData(cubin(Machine(arch, size, ring))))
            self.functions = {
                name: self._ask(self.driver.cuModuleGetFunction(module, name.encode())) for name in KERNELS
            }
            attribute = self.driver.CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES
            for name, function in self.functions.items():
                self._ask(self.driver.cuFuncSetAttribute(function, attribute, self.shared[name]))
            self.concurrent = self._fitting("retreat", properties.multi_processor_count)
            if self.concurrent < 1:
                raise CompilerError(
                    f"{properties.name} has no room for a simulation of {size} × {size} cells, which takes "
                    f"{self.parts} multiprocessors side by side: use a whole GPU, or backend='eager'."
                )

    def launch(self, name: str, simulations: int, *arguments: Tensor | float) -> None:
        """Queue a kernel for so many simulations on torch's current stream."""
        with torch.cuda.device(self.device):
            stream = torch.cuda.current_stream().cuda_stream
            blocks, threads = (simulations * self.parts, 1, 1), (self.threads, 1, 1)
            where = (*blocks, *threads, self.shared[name], stream)
            with clock(self.device).running():
                self._ask(self.driver.cuLaunchKernel(self.functions[name], *where, packed(arguments), 0))

    def free_bytes(self) -> int:
        """What the driver has left, and what torch holds without using it."""
        held = torch.cuda.memory_reserved(self.device) - torch.cuda.memory_allocated(self.device)
        return torch.cuda.mem_get_info(self.device)[0] + held

    def _most_shared(self) -> int:
        """Bytes of shared memory that a block on the current GPU may ask for."""
        attribute = self.driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN
        return self._ask(self.driver.cuDeviceGetAttribute(attribute, self._ask(self.driver.cuCtxGetDevice())))

    def _fitting(self, name: str, multiprocessors: int) -> int:
        """Simulations that run side by side.

        A cluster's blocks need multiprocessors that lie together, of which some are left over: fewer clusters
        fit than a division says, and only the driver knows how many.
        """
        function, shared = self.functions[name], self.shared[name]
        if self.parts == 1:
            occupancy = self.driver.cuOccupancyMaxActiveBlocksPerMultiprocessor
            return multiprocessors * self._ask(occupancy(function, self.threads, shared))
        value = self.driver.CUlaunchAttributeValue()
        value.clusterDim.x, value.clusterDim.y, value.clusterDim.z = self.parts, 1, 1
        cluster = self.driver.CUlaunchAttribute()
        cluster.id = self.driver.CUlaunchAttributeID.CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION
        cluster.value = value
        config = self.driver.CUlaunchConfig()
        config.gridDimX, config.gridDimY, config.gridDimZ = self.parts, 1, 1
        config.blockDimX, config.blockDimY, config.blockDimZ = self.threads, 1, 1
        config.sharedMemBytes, config.attrs, config.numAttrs = shared, [cluster], 1
        return int(self._ask(self.driver.cuOccupancyMaxActiveClusters(function, config)))

    def _ask(self, answer: tuple) -> Any:
        """The value of an answer that starts with a status."""
        status, *values = answer
        if status.value:
            raise RuntimeError(
                f"The GPU driver refused the on-chip engine with {status.name}. If an earlier kernel failed, "
                "start Python anew; if the driver is older than torch's CUDA, update it; or use "
                "backend='eager'."
            )
        return values[0] if values else None


_loaded: dict[tuple[int, torch.device], Gpu] = {}
_loading = threading.Lock()


def gpu(size: int, device: torch.device) -> Gpu:
    """The kernels for a grid, loaded on a device once, however many threads ask at the same time."""
    with _loading:
        if (size, device) not in _loaded:
            _loaded[size, device] = Gpu(size, device)
        return _loaded[size, device]


def shared_together(size: int, ring: int) -> int:
    """The most that the blocks on one multiprocessor take of its shared memory, in bytes."""
    return max(shared_bytes(size, ring).values()) * (256 // layout(size).threads)


def shared_bytes(size: int, ring: int) -> dict[str, int]:
    """What a block of each kernel takes.

    Two halos of four rows a thread, each with two counts of arrivals; then `Control`, or for the adjoint the
    rows ahead and the totals.
    """
    parts, threads, quads = layout(size)
    halos, control = 2 * (4 * quads * 16 * threads + 2 * 8), 2 * 8 + 2 * 4 * parts + 8
    rows_ahead, totals = ring * 2 * quads * 16 * threads, 4 * 8 * threads
    return dict.fromkeys(KERNELS, halos + control) | {"retreat": halos + rows_ahead + totals}


def packed(arguments: tuple[Tensor | float, ...]) -> tuple[tuple, tuple]:
    """Values and C types of a kernel's arguments."""
    values = tuple(x.data_ptr() if isinstance(x, Tensor) else x for x in arguments)
    return values, tuple(_c_type(x) for x in arguments)


def _c_type(argument: Tensor | float) -> type:
    if isinstance(argument, Tensor):
        return ctypes.c_void_p
    return ctypes.c_int if isinstance(argument, int) else ctypes.c_float


def _driver() -> ModuleType:
    try:
        from cuda.bindings import driver

        driver.cuInit(0)
    except (ImportError, RuntimeError) as error:
        found = "no NVIDIA driver" if isinstance(error, RuntimeError) else "no such package"
        raise CompilerError(
            f"The on-chip GPU engine reaches the driver through cuda-bindings, and there is {found}: "
            "install NVIDIA's driver, and `pip install cuda-bindings`."
        ) from error
    return driver
