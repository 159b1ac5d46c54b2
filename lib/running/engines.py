"""What really computes: the engine's name, its vectors, the GPU. Part of every key, and of every record."""

import platform
from functools import cache

import torch

from lib.backends import compiler, cpu, offload
from lib.running import cluster


def identity() -> str:
    """Engines that simulations of this process run on, as far as their bits depend on it."""
    return f"{on_processor()}; {processor()}; {on_gpu() if offload.wanted() else 'no GPU'}"


@cache
def on_processor() -> str:
    """The engine for float32 fields here: "cpu" and how it rounds, or "eager" where there is no compiler."""
    refused = cpu.supports(128, 128, torch.float32)
    return "eager" if refused else f"cpu {compiler.identity()}"


@cache
def on_gpu() -> str:
    """The architecture that kernels are compiled for: of the GPU here, or of those at a cluster's workers."""
    if not torch.cuda.is_available():
        return str(cluster.ask_all(on_gpu)[0]) if cluster.address() else "no GPU"
    major, minor = torch.cuda.get_device_capability()
    return f"cuda sm_{major}{minor}"


@cache
def processor() -> str:
    """Architecture and vector width, on which the sums of torch and BLAS depend."""
    return f"{platform.machine().lower()} {torch.backends.cpu.get_cpu_capability()}"
