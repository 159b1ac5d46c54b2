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
from typing import NamedTuple

import torch
from jaxtyping import Float
from scipy.ndimage import gaussian_filter
from torch import Tensor

from lib.model import Params, State
from lib.residual.equations import linear_system
from lib.residual.identifiability import filtered_moments
from lib.residual.noise import gram, level, product


class Cure(NamedTuple):
    """One way to fit noisy images.

    Args:
        label: what it is called in tables.
        fit: images u and v (height, width) → parameters.
    """

    label: str
    fit: Callable[[Tensor, Tensor], Params]


def cures(width: float = 1.5) -> tuple[Cure, ...]:
    """The methods compared, from none to all.

    Args:
        width: standard deviation of Gaussian filters, in cells; well below the pattern's own scale.
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


def fit(
    u: Float[Tensor, "height width"],
    v: Float[Tensor, "height width"],
    *,
    transfer: Callable[[int, int], Tensor] | None = None,
    noise: tuple[float, float] | None = None,
) -> Params:
    """Least squares on (filtered) equations, with the noise's share subtracted where its level is given.

    Args:
        u, v: images (height, width), periodic.
        transfer: (height, width) → real transfer function of the test function; none by default.
        noise: standard deviations of white noise in u and in v.

    Returns:
        Four numbers.
    """
    state = State(u[None].double(), v[None].double())
    A, y = (x[0] for x in linear_system(state))
    if noise is not None:
        # E[u v²] of noisy fields exceeds the product of the true ones by u σ².
        y = y - torch.stack([u.double(), -u.double()]) * noise[1] ** 2
    K = torch.ones_like(u, dtype=torch.float64) if transfer is None else transfer(*u.shape)
    A, y = (torch.fft.ifft2(torch.fft.fft2(x) * K).real for x in (A, y))
    G = torch.einsum("epij,eqij->pq", A, A) / u.numel()
    b = torch.einsum("epij,eij->p", A, y) / u.numel()
    if noise is not None:
        moments, (squares, products) = (
            filtered_moments(K),
            (v.double().square().mean(), (u * v).double().mean()),
        )
        G = G - gram(noise, moments)
        b = b - product(float(squares), float(products), noise, moments)
    return Params(*torch.linalg.solve(G, b).tolist())


def noise_level(x: Float[Tensor, "height width"]) -> float:
    """Standard deviation of white noise in a periodic image, from its shortest waves."""
    return level(x)


def levels(u: Float[Tensor, "height width"], v: Float[Tensor, "height width"]) -> tuple[float, float]:
    """`noise_level` of both fields."""
    return noise_level(u), noise_level(v)


def smooth(x: Float[Tensor, "height width"], width: float) -> Float[Tensor, "height width"]:
    """A periodic Gaussian filter of a standard deviation in cells."""
    return torch.as_tensor(gaussian_filter(x.double().numpy(), width, mode="wrap"))


def wiener(x: Float[Tensor, "height width"]) -> Float[Tensor, "height width"]:
    """Keep of every wave the share of its power that is not noise, estimated in the image itself."""
    transform = torch.fft.fft2(x.double())
    floor = noise_level(x) ** 2 * x.numel()
    # Averaged over neighbouring wave numbers first, or the filter would follow the noise's own peaks.
    power = torch.as_tensor(gaussian_filter(transform.abs().square().numpy(), 1.0, mode="wrap"))
    keep = (1 - floor / power.clamp(min=floor * 1e-6)).clamp(min=0)
    return torch.fft.ifft2(transform * keep).real


def gaussian_transfer(width: float) -> Callable[[int, int], Tensor]:
    """Transfer function of a Gaussian of a standard deviation in cells."""

    def transfer(height: int, columns: int) -> Tensor:
        rows, across = (2 * torch.pi * torch.fft.fftfreq(n, dtype=torch.float64) for n in (height, columns))
        return torch.exp(-0.5 * width**2 * (rows[:, None] ** 2 + across**2))

    return transfer
