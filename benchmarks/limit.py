"""How fast could it be at all? The arithmetic limit of this machine's devices, in steps per µs.

    limit = arithmetic instructions a second / (instructions per cell and step × cells)

An instruction here is one fused multiply-add, multiplication or addition of one float32 number, so the
first factor is half the device's peak flop rate, which counts a fused multiply-add as two operations.
Memory, loads, shuffles and loop counters are free in this model, so no program reaches it; only a core
that adds on further units, beside those that multiply, could.

Run it with `python -m benchmarks.limit`, a few seconds.
"""

import time
from concurrent.futures import ThreadPoolExecutor
from ctypes import c_float, c_long
from pathlib import Path
from typing import Any

import joblib
import torch

from lib.backends import compiler

#: A step takes six instructions at each cell, with u' = fma(Du, Σu, fma(fma(−v, v, a), u, F)) and
#: v' = fma(fma(u, v, c), v, Dv Σv). The two sums over neighbours take four more, since each sum of a
#: diagonal pair serves two cells, and about half of one for pairs at the edge of a tile of 64 cells.
STEP = 10.5

#: A step of the adjoint: two instructions for w = v (μ − λ), three and four for λ' and μ', seven for the
#: parameters' four sums, and the neighbours again. A gradient takes one step forward and one back.
STEP_BACK = 2 + 3 + 4 + 7 + 4.5

INSTRUCTIONS = {"simulation": STEP, "gradient": STEP + STEP_BACK}

#: Float32 units of a multiprocessor, by compute capability: 128 from Ampere's second kind (8.6) on, and
#: 64 in the first, A100's (CUDA C++ Programming Guide, table of arithmetic instructions' throughput).
UNITS, FEWER_UNITS = 128, {(8, 0): 64}

SOURCE = Path(__file__).with_name("peak.c")


def main() -> None:
    """Print the limits of all devices here."""
    for device, limit in limits(with_gpu=torch.cuda.is_available()).items():
        print(f"{device}: {limit['instructions_per_second']:.3g} instructions a second, {limit['source']}")
        for task in INSTRUCTIONS:
            print(f"  {task} steps at 128 × 128: at most {steps_per_us(limit, task, 128):.3g} per µs")


def limits(with_gpu: bool) -> dict[str, dict[str, Any]]:
    """Device → instructions a second, and how they are known."""
    return {"cpu": measured_cpu()} | ({"cuda": computed_gpu()} if with_gpu else {})


def steps_per_us(limit: dict[str, Any], task: str, size: int) -> float:
    """The limit for grids of size × size cells."""
    return float(limit["instructions_per_second"] / (INSTRUCTIONS[task] * size**2) / 1e6)


def measured_cpu(seconds: float = 0.1, rounds: int = 15) -> dict[str, Any]:
    """Multiply-adds of all cores together, the best of some rounds: disturbances only take away."""
    library = compiler.library(SOURCE, {})
    library.spin.argtypes, library.spin.restype = (c_long, c_float, c_float), c_float
    library.width.restype = c_long
    cores, turns = joblib.cpu_count(), 100_000
    with ThreadPoolExecutor(cores) as pool:

        def rate(turns: int) -> float:
            begin = time.perf_counter()
            list(pool.map(lambda _: library.spin(turns, 0.999, 0.001), range(cores)))
            return float(cores * turns * library.width() / (time.perf_counter() - begin))

        turns = int(seconds * rate(turns) / cores / library.width())
        best = max(rate(turns) for _ in range(rounds))
    lanes = f"{best / cores / 1e9:.0f} · 10⁹ a second and core"
    return {"instructions_per_second": best, "source": f"measured: fused multiply-adds on all cores, {lanes}"}


def computed_gpu() -> dict[str, Any]:
    """Units × clock, as the driver reports them."""
    from cuda.bindings import driver

    properties = torch.cuda.get_device_properties(0)
    units = FEWER_UNITS.get((properties.major, properties.minor), UNITS)
    attribute = driver.CUdevice_attribute.CU_DEVICE_ATTRIBUTE_CLOCK_RATE
    status, kilohertz = driver.cuDeviceGetAttribute(attribute, torch.cuda.current_device())
    if status.value:
        raise RuntimeError(f"The GPU driver does not tell the clock's highest rate ({status.name}).")
    processors = properties.multi_processor_count
    return {
        "instructions_per_second": float(processors * units * kilohertz * 1000),
        "source": f"{processors} multiprocessors × {units} float32 units × {kilohertz / 1e6:.2f} GHz at most",
    }


if __name__ == "__main__":
    main()
