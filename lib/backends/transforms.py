"""What the compiled engines cannot differentiate, said in a sentence instead of answered by 0.

Their gradient is one adjoint sweep. Torch has other ways to ask: a second derivative, a tangent that
goes along (forward mode), function transforms (`torch.func`). None of them can look into compiled
code, and a run that ignored them would pass for one that does not depend on its parameters.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.autograd import forward_ad

REMEDY = (
    "simulate(…, backend='eager') can be differentiated in any way, at many times the time and memory of a "
    "step; of a compiled run take first derivatives with loss.backward() or torch.autograd.grad."
)


def refuse(given: Iterable[Any], backend: Any) -> None:
    """Nothing, for a run that its engine can follow.

    Args:
        given: the parameters and the fields, or whatever holds them.
        backend: as in `lib.simulate.simulate`.

    Raises:
        NotImplementedError: for parameters or fields with a tangent or inside a transform; a sentence.
    """
    tensors = tensors_in(given)
    if any(map(is_batched, tensors)):
        raise NotImplementedError(
            "A run cannot be looked into by torch.vmap, nor by derivatives that use it (vectorize=True, "
            "torch.func.hessian): put the simulations side by side into the state's batch, and take "
            "derivatives one after the other."
        )
    if isinstance(backend, str) and backend == "eager":
        return
    if any(map(is_wrapped, tensors)):
        raise NotImplementedError(f"A compiled run cannot be looked into by torch.func: {REMEDY}")
    if any(map(has_tangent, tensors)):
        raise NotImplementedError(f"A compiled run carries no tangents (forward-mode derivatives): {REMEDY}")


def refuse_transformed(name: str, *given: Any) -> None:
    """Nothing, for what a function that works outside of torch can follow: plain tensors, and no tensors.

    Args:
        name: of the function, for the message.
        given: its arguments, or whatever holds them.

    Raises:
        NotImplementedError: for tensors with a tangent or inside a transform; a sentence.
    """
    if any(is_wrapped(x) or is_batched(x) or has_tangent(x) for x in tensors_in(given)):
        raise NotImplementedError(
            f"{name} cannot be looked into by torch.func or torch.vmap, and carries no tangents "
            "(forward-mode derivatives): call it for one set of arguments after the other, and where it has "
            "derivatives take them with loss.backward() or torch.autograd.grad."
        )


def tensors_in(given: Iterable[Any]) -> list[Tensor]:
    """All tensors among these, and in the dicts, tuples and lists among them."""
    found: list[Tensor] = []
    for each in given:
        if isinstance(each, Tensor):
            found.append(each)
        elif isinstance(each, Mapping):
            found += tensors_in(each.values())
        elif isinstance(each, (tuple, list)):
            found += tensors_in(each)
    return found


def has_tangent(tensor: Tensor) -> bool:
    """Whether a direction of forward-mode derivatives goes along."""
    return forward_ad.unpack_dual(tensor).tangent is not None


def is_wrapped(tensor: Tensor) -> bool:
    """Whether one of torch's function transforms stands behind this tensor."""
    return bool(torch._C._functorch.is_functorch_wrapped_tensor(tensor))


def is_batched(tensor: Tensor) -> bool:
    """Whether it is a whole batch that vmap shows as one tensor, behind other transforms perhaps."""
    while is_wrapped(tensor):
        if torch._C._functorch.is_batchedtensor(tensor):
            return True
        tensor = torch._C._functorch.get_unwrapped(tensor)
    # The vmap behind torch.autograd's vectorised backward passes is another one, with a key of its own.
    return bool(torch._C._dispatch_keys(tensor).has(torch._C._dispatch_key_parse("Batched")))


def only_once(gradients: Iterable[Tensor | None], causes: Iterable[Tensor | None]) -> list[Any]:
    """The gradients, which raise a sentence if they are themselves differentiated by their causes.

    Args:
        gradients: what a backward pass returns.
        causes: everything it depends on; as torch has it, these require a gradient only where it is asked
            to keep a graph of the backward pass (create_graph=True).
    """
    gradients = list(gradients)
    depends = [x for x in causes if x is not None and x.requires_grad]
    if not (torch.is_grad_enabled() and depends):
        return gradients
    wanted = [g for g in gradients if g is not None]
    guarded = iter(Once.apply(len(wanted), *wanted, *depends))
    return [g if g is None else next(guarded) for g in gradients]


class Once(torch.autograd.Function):
    """Gradients go through; the way back from them is closed."""

    @staticmethod
    def forward(ctx: Any, number: int, *tensors: Tensor) -> tuple[Tensor, ...]:
        return tuple(tensor.detach().clone() for tensor in tensors[:number])

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> None:
        raise NotImplementedError(f"A compiled run has no second derivatives: {REMEDY}")
