"""Products and convolutions with all digits of their numbers, whatever a session chose for its own.

Three things round them without a word: torch's autocast (to half precision), TF32 on a GPU (ten bits; torch's
default for convolutions, and for products after `torch.set_float32_matmul_precision("high")`), and bfloat16
on a processor (after "medium"). The way back asks again, at a time when the session's choices hold again: so
products have derivatives of their own here, and on a GPU convolutions too.
"""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, TypeGuard

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import conv2d, conv_transpose2d

_backends: Any = torch.backends  # whose attributes appear at import

#: Where torch keeps what it may round to. Each has its own name there, and may be set to "ieee", not at all.
ROUNDINGS = (
    _backends.cuda.matmul, _backends.cudnn.conv, _backends.mkldnn.matmul, _backends.mkldnn.conv,
)  # fmt: skip


class _Unrounded:
    """Float32 in all its digits. The settings are the process's: the last thread out puts them back."""

    def __init__(self) -> None:
        self.lock, self.inside, self.before = threading.Lock(), 0, ("none",) * len(ROUNDINGS)

    def __enter__(self) -> None:
        with self.lock:
            if self.inside == 0:
                self.before = tuple(each.fp32_precision for each in ROUNDINGS)
                self.put(("ieee",) * len(ROUNDINGS))
            self.inside += 1

    def __exit__(self, *exception: object) -> None:
        with self.lock:
            self.inside -= 1
            if self.inside == 0:
                self.put(self.before)

    def put(self, settings: tuple[str, ...]) -> None:
        """Give each of them its setting."""
        for each, setting in zip(ROUNDINGS, settings, strict=True):
            if each.fp32_precision != setting:
                each.fp32_precision = setting


_unrounded = _Unrounded()


@contextmanager
def full_precision() -> Iterator[None]:
    """Nothing in here is rounded to fewer digits than its type has."""
    with _unrounded, no_autocast():
        yield


@contextmanager
def no_autocast() -> Iterator[None]:
    """Every operation in here in the precision of what it is given."""
    with ExitStack() as stack:
        for device in ("cpu", "cuda"):
            if torch.is_autocast_enabled(device):  # entering takes time, and hardly anyone asks for it
                stack.enter_context(torch.autocast(device, enabled=False))
        yield


class Product(torch.autograd.Function):
    """a @ b in full precision, and so are all of its derivatives."""

    generate_vmap_rule = True

    @staticmethod
    def forward(a: Tensor, b: Tensor) -> Tensor:
        with full_precision():
            return a @ b

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Tensor, Tensor], output: Tensor) -> None:
        ctx.save_for_backward(*inputs)
        ctx.save_for_forward(*inputs)

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor, Tensor]:
        a, b = ctx.saved_tensors
        return Product.apply(slope, b.mT), Product.apply(a.mT, slope)

    @staticmethod
    def jvp(ctx: Any, da: Tensor, db: Tensor) -> Tensor:
        a, b = ctx.saved_tensors
        return Product.apply(da, b) + Product.apply(a, db)


class Convolution(torch.autograd.Function):
    """A convolution with frozen filters and stride 1, or its transpose, in full precision; linear in x."""

    generate_vmap_rule = True

    @staticmethod
    def forward(
        x: Tensor, weight: Tensor, bias: Tensor | None, kind: tuple[Any, ...], transposed: bool
    ) -> Tensor:
        padding, dilation, groups = kind
        with full_precision():
            if transposed:
                return conv_transpose2d(x, weight, bias, padding=padding, dilation=dilation, groups=groups)
            return conv2d(x, weight, bias, padding=padding, dilation=dilation, groups=groups)

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Tensor) -> None:
        _, weight, _, ctx.kind, ctx.transposed = inputs
        ctx.save_for_backward(weight)
        ctx.save_for_forward(weight)

    @staticmethod
    def backward(ctx: Any, slope: Tensor) -> tuple[Tensor | None, ...]:
        back = Convolution.apply(slope, *ctx.saved_tensors, None, ctx.kind, not ctx.transposed)
        return back, None, None, None, None

    @staticmethod
    def jvp(ctx: Any, dx: Tensor, *others: Any) -> Tensor:
        return Convolution.apply(dx, *ctx.saved_tensors, None, ctx.kind, ctx.transposed)


def through(layers: nn.Sequential, x: Float[Tensor, "batch channels height width"]) -> Tensor:
    """What a network makes of images, in full precision; on a GPU all its derivatives by x are too.

    On a processor torch's own way back is taken, which nothing rounds but torch.backends.mkldnn.conv where
    somebody set that.
    """
    with full_precision():
        for layer in layers:
            x = convolved(layer, x) if x.is_cuda and is_plain(layer) else layer(x)
        return x


def convolved(layer: nn.Conv2d, x: Tensor) -> Tensor:
    """One convolution, whose derivatives are in full precision."""
    kind = (layer.padding, layer.dilation, layer.groups)
    return Convolution.apply(x, layer.weight, layer.bias, kind, False)


def is_plain(layer: nn.Module) -> TypeGuard[nn.Conv2d]:
    """Whether a layer is a convolution as those of VGG are: frozen, of stride 1, with zeros around."""
    if not isinstance(layer, nn.Conv2d) or isinstance(layer.padding, str):
        return False
    frozen = not any(x.requires_grad for x in layer.parameters())
    return frozen and layer.stride == (1, 1) and layer.padding_mode == "zeros"
