"""The homogeneous states and where they are born or lose their stability, in closed form.

With s = F + k the state u = 1, v = 0 always exists and always attracts: its Jacobian is diagonal, with
the entries −F − Du μ and −s − Dv μ. Two more exist where F ≥ 4 s²; on both u v = s, so that

    v = (F ± √(F² − 4 F s²)) / (2 s),        s = F v / (v² + F).

A wave on the lattice multiplies the Laplacian by −μ, μ = 4 sin²(π m / N) + 4 sin²(π n / N) in [0, 8], and
sees the Jacobian

    J(μ) = [[−F − v² − Du μ, −2 s], [v², s − Dv μ]].

Every curve below is a zero of its trace or its determinant. The lattice enters through the finite
set of μ, and the time step through the Hopf curve: the Euler map turns a pair of eigenvalues λ into
1 + dt λ, whose product is 1 where trace J + dt det J = 0.
"""

import numpy as np
from jaxtyping import Complex, Float

from lib.model import Params

Numbers = Float[np.ndarray, " n"]

#: No homogeneous state but the trivial one exists above this kill rate, whatever the feed rate is.
CUSP_K = 1 / 16


def saddle_node_k(F: float | np.ndarray) -> float | np.ndarray:
    """The kill rate up to which two more homogeneous states exist: k = √F/2 − F."""
    return np.sqrt(F) / 2 - F


def saddle_node_F(k: float) -> tuple[float, ...]:
    """The feed rates between which they exist: √F = (1 ± √(1 − 16 k)) / 4; none above k = 1/16."""
    if k > CUSP_K:
        return ()
    root = np.sqrt(1 - 16 * k)
    return float(((1 - root) / 4) ** 2), float(((1 + root) / 4) ** 2)


def states(F: float, k: float) -> Float[np.ndarray, "states 2"]:
    """All homogeneous states as rows (u, v): the trivial one, then the lower and the upper one if they do."""
    s = F + k
    found = [(1.0, 0.0)]
    discriminant = F * F - 4 * F * s * s
    if discriminant >= 0 and s > 0:
        roots = [(F + sign * np.sqrt(discriminant)) / (2 * s) for sign in (-1, 1)]
        found += [(s / v, v) for v in roots if v > 0]
    return np.array(found)


def wave_numbers(size: int) -> Numbers:
    """The different values of μ on a periodic lattice of size × size cells, from 0 up."""
    one = 4 * np.sin(np.pi * np.arange(size // 2 + 1) / size) ** 2
    return np.unique(np.round(one[:, None] + one[None, :], 13))


def linearised_kinetics(params: Params, u: float, v: float, mu: Numbers) -> Float[np.ndarray, "n 2 2"]:
    """The linearisation at a homogeneous state for waves of each μ."""
    Du, Dv, F, k = (float(p) for p in params)
    one = np.ones_like(mu)
    top = np.stack([-F - v * v - Du * mu, -2 * u * v * one], axis=-1)
    bottom = np.stack([v * v * one, 2 * u * v - F - k - Dv * mu], axis=-1)
    return np.stack([top, bottom], axis=-2)


def growth(params: Params, u: float, v: float, size: int = 128) -> Complex[np.ndarray, "n 2"]:
    """Eigenvalues at a homogeneous state, (μ, 2), per unit time, for every μ of the lattice."""
    return np.linalg.eigvals(linearised_kinetics(params, u, v, wave_numbers(size))).astype(complex)


def hopf_k(F: float, dt: float = 0.0) -> float | None:
    """The kill rate at which the upper state begins to oscillate as a whole.

    trace + dt·det = 0 means v² = (k − dt s F) / (1 − dt s); with s (v² + F) = F v this is the quartic
    s⁴ (1 − 2 dt F)² = F² (s − F − dt s F) (1 − dt s).

    Args:
        F: feed rate.
        dt: time step of the Euler map; 0 for the equations themselves, where it reads (F + k)² = F √k.

    Returns:
        The root on the upper branch with v² > F, where the determinant is positive; None if there is none.
    """
    s = np.poly1d([1, 0])
    quartic = s**4 * (1 - 2 * dt * F) ** 2 - F**2 * (s * (1 - dt * F) - F) * (1 - dt * s)
    kills = []
    for root in quartic.roots:
        k = float(root.real) - F
        if abs(root.imag) > 1e-9 or k <= 0:
            continue
        v2 = (k - dt * (F + k) * F) / (1 - dt * (F + k))
        upper = states(F, k)
        if v2 > F and len(upper) == 3 and abs(upper[2, 1] - np.sqrt(v2)) < 1e-6:
            kills.append(k)
    return min(kills) if kills else None


def hopf_F(k: float) -> float | None:
    """The feed rate at which it does, in continuous time: F = √k (1 − 2√k − √(1 − 4√k)) / 2, for k ≤ 1/16."""
    root = np.sqrt(k)
    return float(root / 2 * (1 - 2 * root - np.sqrt(1 - 4 * root))) if k <= CUSP_K else None


def turing_k(Du: float, Dv: float, F: float, size: int = 128) -> float | None:
    """The lowest kill rate at which a wave of the lattice grows on the upper state.

    det J(μ) = 0 with s = F v / (v² + F) is, for each μ, a quartic in v:
    Du Dv μ² (v² + F) + Dv μ (v² + F)² − Du μ F v + F v (v² − F) = 0.

    Returns:
        The kill rate, or None where no wave grows before the state ends in the saddle-node.
    """
    mu = wave_numbers(size)[1:]
    one = np.ones_like(mu)
    # By falling powers of v: all waves at once, as the eigenvalues of companion matrices.
    quartic = np.stack([
        Dv * mu, F * one, Du * Dv * mu**2 + 2 * Dv * F * mu, -(Du * F * mu) - F * F,
        Du * Dv * F * mu**2 + Dv * F * F * mu,
    ], axis=-1)  # fmt: skip
    companion = np.zeros((len(mu), 4, 4))
    companion[:, 1:, :-1] = np.eye(3)
    companion[:, 0] = -quartic[:, 1:] / quartic[:, :1]
    roots = np.linalg.eigvals(companion).astype(complex)
    levels = roots.real[(np.abs(roots.imag) < 1e-9) & (roots.real > np.sqrt(F))]
    kills = F * levels / (levels**2 + F) - F
    return float(kills[kills > 0].min()) if (kills > 0).any() else None


def uniform_oscillation(params: Params) -> complex | None:
    """The eigenvalue of the upper state for μ = 0 with the larger imaginary part; None without that state."""
    found = states(float(params.F), float(params.k))
    if len(found) < 3:
        return None
    u, v = found[2].tolist()
    pair = np.linalg.eigvals(linearised_kinetics(params, u, v, np.zeros(1))[0]).astype(complex)
    return complex(pair[np.argmax(pair.imag)])


def curves(F: Numbers, Du: float, Dv: float, size: int = 64) -> dict[str, Numbers]:
    """The kill rates of all three curves at each feed rate; NaN where a curve does not exist."""
    rates = F.tolist()
    kills: dict[str, list[float | None]] = {
        "saddle-node": [float(saddle_node_k(f)) for f in rates],
        "Hopf": [hopf_k(f) for f in rates],
        "Turing": [turing_k(Du, Dv, f, size) for f in rates],
    }
    return {name: np.array([np.nan if k is None else k for k in row]) for name, row in kills.items()}
