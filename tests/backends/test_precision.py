"""Products and convolutions keep their digits, whatever the session around them rounds to."""

import threading

import pytest
import torch

from lib import losses
from lib.backends.precision import ROUNDINGS, Convolution, Product, convolved, full_precision, is_plain
from lib.features import at_hand


def fields(seed: int) -> torch.Tensor:
    return torch.rand(2, 16, 16, generator=torch.Generator().manual_seed(seed))


def gram_and_slope(way_back_too: bool, around) -> tuple[torch.Tensor, torch.Tensor]:
    """A Gram loss and its gradient, one or both within some setting."""
    v = fields(0).requires_grad_()
    with around:
        loss = losses.gram(v, fields(1))
        if way_back_too:
            return loss.detach(), torch.autograd.grad(loss, v)[0]
    return loss.detach(), torch.autograd.grad(loss, v)[0]


@pytest.mark.parametrize("way_back_too", [False, True])
@pytest.mark.parametrize("kind", [torch.float16, torch.bfloat16])
def test_autocast_changes_no_bit_of_a_gram_loss_nor_of_its_gradient(kind, way_back_too):
    plain = gram_and_slope(True, torch.enable_grad())
    found = gram_and_slope(way_back_too, torch.autocast("cpu", dtype=kind))
    assert all(x.dtype == torch.float32 and torch.equal(x, y) for x, y in zip(found, plain, strict=True))


@pytest.fixture
def medium():
    """As after torch.set_float32_matmul_precision("medium")."""
    torch.set_float32_matmul_precision("medium")
    yield
    torch.set_float32_matmul_precision("highest")


def test_a_session_that_asked_for_fewer_digits_gets_all_of_them_and_keeps_its_setting(request):
    plain = gram_and_slope(True, torch.enable_grad())
    request.getfixturevalue("medium")
    before = [each.fp32_precision for each in ROUNDINGS]
    found = gram_and_slope(True, torch.enable_grad())
    assert all(torch.equal(x, y) for x, y in zip(found, plain, strict=True))
    assert [each.fp32_precision for each in ROUNDINGS] == before
    assert before[0] == "tf32"
    assert torch.get_float32_matmul_precision() == "medium"


def test_products_are_made_at_full_precision_on_the_way_back_too(medium, monkeypatch):
    """What a GPU would be asked for: seen from inside each product."""
    seen, real = [], torch.Tensor.__matmul__

    def watched(a, b):
        seen.append([each.fp32_precision for each in ROUNDINGS])
        return real(a, b)

    monkeypatch.setattr(torch.Tensor, "__matmul__", watched)
    a = torch.ones(2, 3, 4, requires_grad=True)
    Product.apply(a, a.mT).square().sum().backward()
    assert seen == [["ieee"] * 4] * 3
    assert ROUNDINGS[0].fp32_precision == "tf32"


def test_an_error_inside_and_the_first_thread_out_leave_the_setting_right(medium):
    with pytest.raises(ZeroDivisionError), full_precision():
        raise ZeroDivisionError
    assert ROUNDINGS[0].fp32_precision == "tf32"
    entered, leave = threading.Event(), threading.Event()

    def first() -> None:
        with full_precision():
            entered.set()
            leave.wait(10)

    thread = threading.Thread(target=first)
    thread.start()
    entered.wait(10)
    with full_precision():
        leave.set()
        thread.join()
        assert ROUNDINGS[0].fp32_precision == "ieee"
    assert ROUNDINGS[0].fp32_precision == "tf32"


def doubles(*shape: int) -> torch.Tensor:
    return torch.rand(shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64) - 0.5


def test_all_derivatives_of_a_product_are_right():
    given = (doubles(2, 3, 4).requires_grad_(), doubles(2, 4, 2).requires_grad_())
    assert torch.autograd.gradcheck(Product.apply, given, check_forward_ad=True)
    assert torch.autograd.gradgradcheck(Product.apply, given)
    stack = doubles(5, 2, 3, 4)
    assert torch.equal(torch.vmap(lambda a: Product.apply(a, a.mT))(stack), stack @ stack.mT)


@pytest.mark.parametrize("transposed", [False, True])
def test_all_derivatives_of_a_convolution_by_its_images_are_right(transposed):
    weight, kind = doubles(4, 2, 3, 3), ((1, 0), (1, 2), 1)

    def call(x):
        return Convolution.apply(x, weight, None, kind, transposed)

    x = doubles(2, 4 if transposed else 2, 6, 7).requires_grad_()
    assert torch.autograd.gradcheck(call, (x,), check_forward_ad=True)
    assert torch.autograd.gradgradcheck(lambda x: call(x).square(), (x,))


def test_the_convolutions_of_the_network_are_torchs_own():
    layer = at_hand().layers[2]
    assert is_plain(layer)
    assert not is_plain(torch.nn.Conv2d(2, 2, 3))  # whose filters are still learned
    x = torch.rand(2, 64, 8, 8, generator=torch.Generator().manual_seed(2)).requires_grad_()
    assert torch.equal(convolved(layer, x), layer(x))
    whole, own = (torch.autograd.grad(y.square().sum(), x)[0] for y in (layer(x), convolved(layer, x)))
    torch.testing.assert_close(own, whole)
