"""Which parameters a snapshot determines: the strength of its signal against that of its noise.

The residual r = A p − y tells directions of parameter space apart only as far as the columns of A
stand out of the noise in the fields. With G = mean AᵀA of the snapshot and N the same of the noise
alone, a direction w has the signal-to-noise ratio wᵀG w / wᵀN w. Where it is near 1 there is
nothing but noise; least squares shrinks the direction by about the ratio's inverse.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float
from scipy.linalg import eigh
from torch import Tensor

from lib.model import Params
from lib.residual.noise import gram

#: A direction counts as determined where signal and noise together are this many times the noise.
SEPARATION = 2.0

#: A parameter is determined where undetermined directions (of unit length) touch it by less than this.
TOUCH = 0.1


@dataclass(frozen=True)
class Identifiability:
    """What a snapshot determines.

    Args:
        rank: how many directions of (Du, Dv, F, k) are determined, 0 … 4.
        strengths: the four signal-to-noise ratios, falling.
        directions: (4, 4), the direction of each ratio in a row.
        determined: for each parameter, whether it is.
        sentence: all that in words.
    """

    rank: int
    strengths: Float[Tensor, "4"]
    directions: Float[Tensor, "4 4"]
    determined: tuple[bool, bool, bool, bool]
    sentence: str


def judge(signal: Float[Tensor, "4 4"], noise: Float[Tensor, "4 4"]) -> Identifiability:
    """Compare the signal with the noise, direction by direction.

    Args:
        signal: G = mean over the cells of AᵀA, half the residual loss's Hessian.
        noise: N, what noise alone would contribute to G; see `noise_gram`.

    Raises:
        LinAlgError: where the sums are no numbers.
    """
    if not bool(signal.isfinite().all() and noise.isfinite().all()):
        raise np.linalg.LinAlgError("The sums over these images are beyond all floating-point numbers.")
    strengths, vectors = eigh(signal.cpu().numpy(), noise.cpu().numpy())
    strengths, vectors = strengths[::-1].copy(), vectors[:, ::-1].T.copy()
    rank = int((strengths > SEPARATION).sum())
    lost = vectors[rank:] / np.linalg.norm(vectors[rank:], axis=1, keepdims=True)
    touched = np.abs(lost).max(axis=0, initial=0)
    determined = tuple(bool(t < TOUCH) for t in touched)
    sentence = describe(rank, determined, lost)
    four = (determined[0], determined[1], determined[2], determined[3])
    return Identifiability(rank, torch.as_tensor(strengths), torch.as_tensor(vectors), four, sentence)


def doubted(verdict: Identifiability, doubts: list[str]) -> Identifiability:
    """The verdict on images that are not what the fit assumes: no number is determined by them."""
    if not doubts:
        return verdict
    first = "" if verdict.rank == 4 else f"{verdict.sentence} "
    said = first + "The numbers stand under assumptions that the images contradict. " + " ".join(doubts)
    return replace(verdict, determined=(False, False, False, False), sentence=said)


def unsolved(verdict: Identifiability, found: Float[Tensor, "4"]) -> Identifiability:
    """The verdict where the equations leave no number, although the noise is small enough for one."""
    known = tuple(bool(yes) and bool(x) for yes, x in zip(verdict.determined, found.isfinite(), strict=True))
    if known == verdict.determined:
        return verdict
    four = (known[0], known[1], known[2], known[3])
    return replace(
        verdict, determined=four, sentence=f"{verdict.sentence} Its equations have no one solution."
    )


def noise_gram(level: float, kernel: Float[Tensor, "height width"] | None = None) -> Float[Tensor, "4 4"]:
    """N: mean of AᵀA that white noise of a standard deviation makes on its own.

    The Laplacian of white noise has variance 20 σ² and covariance −4 σ² with the noise itself.

    Args:
        level: σ, the same in u and v.
        kernel: transfer function of a linear filter that the fields went through, on the
            wave numbers of `torch.fft.fft2`; none by default.
    """
    return gram((level, level), (1.0, -4.0, 20.0) if kernel is None else filtered_moments(kernel))


def filtered_moments(kernel: Float[Tensor, "height width"]) -> tuple[float, float, float]:
    """Mean of |K|², of |K|² λ and of |K|² λ² over the wave numbers, λ the Laplacian's eigenvalues."""
    power, eigenvalues = kernel.abs().square().double(), laplacian_eigenvalues(*kernel.shape)
    return tuple(float((power * eigenvalues**n).mean()) for n in range(3))  # type: ignore[return-value]


def laplacian_eigenvalues(height: int, width: int) -> Float[Tensor, "height width"]:
    """Eigenvalues of the periodic five-point Laplacian, in the order of `torch.fft.fft2`; from −8 to 0."""
    rows, columns = (2 * torch.pi * torch.fft.fftfreq(n, dtype=torch.float64) for n in (height, width))
    return 2 * (rows.cos()[:, None] + columns.cos()) - 4


def describe(rank: int, determined: tuple[bool, ...], lost: Float[np.ndarray, "lost 4"]) -> str:
    """The verdict in words."""
    if rank == 4:
        return "The data determine all four parameters."
    if rank == 0:
        return (
            "The data determine no direction of parameter space: every parameter set explains them "
            "equally well (a trivial state, or too few neighbouring cells)."
        )
    known = [name for name, yes in zip(Params._fields, determined, strict=True) if yes]
    directions = "; ".join(combination(row) for row in lost)
    return (
        f"The data determine {rank} of 4 directions of parameter space"
        + (f", among them {', '.join(known)}" if known else "")
        + f". Not determined: {directions}."
    )


def combination(direction: Float[np.ndarray, "4"]) -> str:
    """A direction as a sum of parameters, such as +0.71 F −0.71 k."""
    parts = zip(direction, Params._fields, strict=True)
    return " ".join(f"{weight:+.2f} {name}" for weight, name in parts if abs(weight) >= TOUCH)
