"""The engines that are timed. For each: where it runs, what a timing needs, how a batch is made ready.

A loop, once made ready, takes a number of steps and returns when all simulations have taken them. Every
simulation has parameters of its own (all at the truth), as in a sweep; py-pde alone has them as constants.
"""

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass, field

import joblib
import torch

from benchmarks.engines import jax_scan, ours, pde_stepper, torch_loop
from lib.backends import cpu, cuda
from lib.model import State

Loop = Callable[[int], object]

SIMULATION, GRADIENT = "simulation", "gradient"
TASKS = (SIMULATION, GRADIENT)


@dataclass(frozen=True)
class Engine:
    """One way to simulate.

    Args:
        prepare: task → function from fields and device to a loop.
        fewest: task → steps of the shortest timing that is fair; others take a multiple.
        fixed: tasks of which every timing takes just these, since each number of steps would have to be
            compiled anew, or takes memory of its own.
        devices: where it can run.
        package: what must be installed for it, if anything.
        serial: it knows no batches.
        threads: the numbers of threads to try on a CPU; None where it sees to that itself.
    """

    prepare: dict[str, Callable[[State, str], Loop]]
    fewest: dict[str, int]
    fixed: tuple[str, ...] = ()
    devices: tuple[str, ...] = ("cpu", "cuda")
    package: str | None = None
    serial: bool = False
    threads: tuple[int | None, ...] = field(default=(None,))


#: Two threads in torch may be slower than one, so both are tried, and the better one counts.
ONE_AND_ALL = tuple(dict.fromkeys((1, joblib.cpu_count())))

ENGINES = {
    "torch eager": Engine(
        {SIMULATION: torch_loop.simulation, GRADIENT: torch_loop.gradient},
        {SIMULATION: 8, GRADIENT: 16},
        fixed=(GRADIENT,),
        threads=ONE_AND_ALL,
    ),
    "torch.compile": Engine(
        {SIMULATION: torch_loop.compiled_simulation, GRADIENT: torch_loop.compiled_gradient},
        {SIMULATION: 8, GRADIENT: 16},
        fixed=(GRADIENT,),
        threads=ONE_AND_ALL,
    ),
    "cpu": Engine(
        {SIMULATION: ours.simulation, GRADIENT: ours.gradient},
        {SIMULATION: 64, GRADIENT: 192},
        devices=("cpu",),
        threads=(joblib.cpu_count(),),
    ),
    "cuda": Engine(
        {SIMULATION: ours.simulation, GRADIENT: ours.gradient},
        {SIMULATION: 2016, GRADIENT: 1008},
        devices=("cuda",),
    ),
    "JAX": Engine(
        {SIMULATION: jax_scan.simulation, GRADIENT: jax_scan.gradient},
        {SIMULATION: 8, GRADIENT: 2 * jax_scan.SEGMENT},
        fixed=(GRADIENT,),
        package="jax",
    ),
    "py-pde": Engine(
        {SIMULATION: pde_stepper.simulation},
        {SIMULATION: 64},
        devices=("cpu",),
        package="pde",
        serial=True,
    ),
}


def refusal(name: str, device: str, task: str, size: int) -> str | None:
    """Why an engine cannot be timed at this here, a sentence; None where it can."""
    engine = ENGINES[name]
    if engine.package and importlib.util.find_spec(engine.package) is None:
        return f"the package {engine.package} is not installed (`make bench` installs it)."
    if task not in engine.prepare:
        return f"it offers no {task}."
    if device == "cuda" and not torch.cuda.is_available():
        return "there is no GPU that torch can use."
    if name == "JAX" and device == "cuda":
        return jax_scan.refuse_gpu()
    if name == "cpu":
        return cpu.supports(size, size, torch.float32)
    if name == "cuda":
        return cuda.supports(size, size, torch.float32, torch.device("cuda", torch.cuda.current_device()))
    return None
