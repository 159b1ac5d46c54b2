"""Cures for the residual fit's weakness: noise in the fields, amplified by the Laplacian.

White noise of σ enters the Laplacian with √20 σ. It stands on both sides of r = A p − y, so least
squares does not average it away: the fit is biased, and more data do not help. Three cures:

* smooth the fields, then fit: trades the noise's bias for the filter's;
* the weak form: multiply the equations by a test function φ, integrate, and move the Laplacian onto φ.
  On a periodic lattice and for every translate of φ that is a linear filter applied to the *equations*;
  with ψ the filter, ψ∗∇²u is exact, and the products u v² are formed before filtering, so no bias
  comes from the filter (Reinbold, Gurevich and Grigoriev, 2020, doi:10.1103/PhysRevE.101.010203);
* errors in variables: what the noise adds to AᵀA and Aᵀy is known once σ is, and can be
  subtracted (Fuller, Measurement Error Models, 1987), with or without the weak form.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from jaxtyping import Float
from scipy.ndimage import gaussian_filter
from torch import Tensor

from lib.backends.ambient import at_home
from lib.inputs import whole
from lib.model import Params, State
from lib.residual import argument_checks
from lib.residual.equations import linear_system
from lib.residual.identifiability import filtered_moments
from lib.residual.noise import gram, level, product

#: Condition number of the sums above which not one digit of the answer is certain.
SINGULAR = 1e15

#: A wider filter, in cells, is a slip of the keyboard.
WIDEST = 1000.0

#: Powers of waves are counted from here, so that nothing is divided by zero.
SMALLEST_POWER = 1e-300


class Cure(NamedTuple):
    """One way to fit noisy images.

    Args:
        label: what it is called in tables.
        fit: images u and v (height, width) → parameters.
    """

    label: str
    fit: Callable[[Any, Any], Params]


def cures(width: Any = 1.5) -> tuple[Cure, ...]:
    """The methods compared, from none to all.

    Args:
        width: standard deviation of Gaussian filters, in cells; well below the pattern's own scale.

    Raises:
        ValueError: for what is no width.
    """
    narrow = gaussian_transfer(width)
    return (
        Cure("plain least squares", lambda u, v: fit(u, v)),
        Cure("smoothed fields", lambda u, v: fit(smooth(u, width), smooth(v, width))),
        Cure("low-pass by the noise floor", lambda u, v: fit(wiener(u), wiener(v))),
        Cure("weak form", lambda u, v: fit(u, v, transfer=narrow)),
        Cure("errors in variables", lambda u, v: fit(u, v, noise=levels(u, v))),
        Cure("weak form + errors in variables", lambda u, v: fit(u, v, transfer=narrow, noise=levels(u, v))),
    )


@at_home
def fit(u: Any, v: Any, *, transfer: Any = None, noise: Any = None) -> Params:
    """Least squares on (filtered) equations, with the noise's share subtracted where its level is given.

    Args:
        u, v: images (height, width), periodic, concentrations.
        transfer: (height, width) → real transfer function of the test function; none by default.
        noise: standard deviation of white noise in both, or a pair for u and v.

    Returns:
        Four numbers.

    Raises:
        ValueError: for what is no such image, and where the images do not determine all four.
    """
    u, v = argument_checks.concentrations(u, v)
    noise = argument_checks.pair_of_levels(noise)
    K = argument_checks.filter_of(transfer, *u.shape)
    state = State(u[None], v[None])
    A, y = (x[0] for x in linear_system(state))
    if noise is not None:
        # E[u v²] of noisy fields exceeds the product of the true ones by u σ².
        y = y - torch.stack([u, -u]) * noise[1] ** 2
    A, y = (torch.fft.ifft2(torch.fft.fft2(x) * K).real for x in (A, y))
    G = torch.einsum("epij,eqij->pq", A, A) / u.numel()
    b = torch.einsum("epij,eij->p", A, y) / u.numel()
    if noise is not None:
        moments, (squares, products) = (
            filtered_moments(K),
            (v.square().mean(), (u * v).mean()),
        )
        G = G - gram(noise, moments)
        b = b - product(float(squares), float(products), noise, moments)
    p, failed = torch.linalg.solve_ex(G, b)
    if int(failed) or not bool(p.isfinite().all()) or float(torch.linalg.cond(G)) > SINGULAR:
        raise ValueError(
            "These images do not determine all four parameters: nothing varies, or less than the noise that "
            "was told. residual.fit says which of them they determine."
        )
    return Params(*p.tolist())


@at_home
def noise_level(x: Any) -> float:
    """Standard deviation of white noise in a periodic image (height, width), from its shortest waves.

    Raises:
        ValueError: for what is no whole image, or beyond all squares.
    """
    return level(argument_checks.moderate("the image", x))


def levels(u: Any, v: Any) -> tuple[float, float]:
    """`noise_level` of both fields."""
    return noise_level(u), noise_level(v)


@at_home
def smooth(x: Any, width: Any) -> Float[Tensor, "height width"]:
    """A periodic Gaussian filter of a standard deviation in cells.

    Raises:
        ValueError: for what is no whole image, or beyond all squares, or no width.
    """
    image = argument_checks.moderate("the image", x).detach()
    return torch.as_tensor(gaussian_filter(image.numpy(), widths(width), mode="wrap"))


def widths(width: Any) -> float:
    """The standard deviation of a filter in cells, up to `WIDEST`; a ValueError for anything else."""
    found = argument_checks.length("the width of the filter", width)
    if found > WIDEST:
        raise ValueError(
            f"The filter is {found:g} cells wide, which leaves nothing of any pattern: take fewer."
        )
    return found


@at_home
def wiener(x: Any) -> Float[Tensor, "height width"]:
    """Keep of every wave the share of its power that is not noise, estimated in the image itself.

    Raises:
        ValueError: for what is no whole image, or beyond all squares.
    """
    x = argument_checks.moderate("the image", x).detach()
    transform = torch.fft.fft2(x)
    floor = level(x) ** 2 * x.numel()
    if floor == 0:  # no noise, as in a constant image: nothing to take off
        return x.clone()
    # Averaged over neighbouring wave numbers first, or the filter would follow the noise's own peaks.
    power = torch.as_tensor(gaussian_filter(transform.abs().square().numpy(), 1.0, mode="wrap"))
    keep = (1 - floor / power.clamp(min=max(floor * 1e-6, SMALLEST_POWER))).clamp(min=0)
    return torch.fft.ifft2(transform * keep).real


def gaussian_transfer(width: Any) -> Callable[[int, int], Tensor]:
    """Transfer function of a Gaussian of a standard deviation in cells.

    Raises:
        ValueError: for what is no width.
    """
    width = widths(width)

    @at_home
    def transfer(height: int, columns: int) -> Tensor:
        height, columns = whole("the height", height, 1), whole("the width", columns, 1)
        rows, across = (2 * torch.pi * torch.fft.fftfreq(n, dtype=torch.float64) for n in (height, columns))
        return torch.exp(-0.5 * width**2 * (rows[:, None] ** 2 + across**2))

    return transfer
