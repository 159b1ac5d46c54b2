"""Which device a notebook computes on, and what its maker calls it."""

import platform
from pathlib import Path

import torch

from lib.backends import offload
from lib.running import cluster


def use(name: str) -> str:
    """`pick`, and from here on every simulation runs there, wherever its tensors are.

    That holds for the whole process and for those it starts.
    """
    device = pick(name)
    offload.want(device)
    return device


def pick(name: str) -> str:
    """Turn the DEVICE parameter of a notebook into a torch device for its sweeps.

    With a cluster the workers count, not this machine; they have to be of one kind, since a landscape half
    from GPUs and half from processors would be nobody's.

    Args:
        name: "auto" for a GPU where there is one, else "cpu" or "cuda".

    Raises:
        ValueError: for another name, for "cuda" where there is no usable GPU, or if only some workers of a
            cluster have one.
        lib.running.cluster.ClusterError: if there is a cluster and it cannot be used.
    """
    if name not in ("auto", "cpu", "cuda"):
        raise ValueError(f"There is no device {name!r}: choose auto, cpu or cuda.")
    if name == "cpu":
        return "cpu"
    if cluster.address():
        able = cluster.ask_all(torch.cuda.is_available)
        return of_workers(name, sum(able), len(able))
    if name == "cuda" and not torch.cuda.is_available():
        raise ValueError(
            "DEVICE=cuda, but torch sees no GPU here: use DEVICE=cpu, or install a CUDA build of torch."
        )
    return here(name)


def here(name: str) -> str:
    """The same for what a notebook computes itself: a GPU only where this machine has one."""
    return "cuda" if name != "cpu" and torch.cuda.is_available() else "cpu"


def of_workers(name: str, able: int, workers: int) -> str:
    """The device of a cluster in which so many workers see a GPU."""
    if 0 < able < workers:
        raise ValueError(
            f"{able} of {workers} workers at {cluster.address()} see a GPU, and numbers of the two kinds do "
            "not mix: stop the others, or use DEVICE=cpu."
        )
    if name == "cuda" and not able:
        raise ValueError(
            f"DEVICE=cuda, but none of the {workers} workers at {cluster.address()} sees a GPU: use "
            "DEVICE=cpu, or start them where there is one, with a CUDA build of torch."
        )
    return "cuda" if able else "cpu"


def product(device: str) -> str:
    """The name of this machine's GPU or processor."""
    return torch.cuda.get_device_name(device) if device.startswith("cuda") else processor()


def processor() -> str:
    """What the machine calls its CPU."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()
