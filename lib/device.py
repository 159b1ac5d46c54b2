"""Which device a notebook computes on."""

import torch


def pick(name: str) -> str:
    """Turn the DEVICE parameter of a notebook into a torch device.

    Args:
        name: "auto" for a GPU where there is one, else "cpu" or "cuda".

    Raises:
        ValueError: for another name, or "cuda" on a machine without a usable GPU.
    """
    if name not in ("auto", "cpu", "cuda"):
        raise ValueError(f"There is no device {name!r}: choose auto, cpu or cuda.")
    available = torch.cuda.is_available()
    if name == "cuda" and not available:
        raise ValueError(
            "DEVICE=cuda, but torch sees no GPU here: use DEVICE=cpu, or install a CUDA build of torch."
        )
    return "cuda" if available and name != "cpu" else "cpu"
