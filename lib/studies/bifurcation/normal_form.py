"""What is born at the Hopf curve: the first Lyapunov coefficient, of the equations and of their Euler map.

At the curve the pair of eigenvalues is ± iω (or e^{± iθ} for the Euler map), and the amplitude r of a small
oscillation obeys, to third order,

    dr/dt = ω l₁ r³        or        r ← r + d r³ .

A negative coefficient (supercritical) makes a stable limit cycle whose size grows from zero. A positive one
(subcritical) makes an unstable cycle, which no run stays on: what grows away from the state goes on growing.
With B and C the second and third derivatives, A q = iω q, Aᵀ p = −iω p and ⟨p, q⟩ = 1,

    l₁ = Re[⟨p, C(q, q, q̄)⟩ − 2 ⟨p, B(q, A⁻¹B(q, q̄))⟩ + ⟨p, B(q̄, (2iω − A)⁻¹B(q, q))⟩] / 2ω,
    d = Re[e^{−iθ} (⟨p, C(q, q, q̄)⟩ + 2 ⟨p, B(q, (1 − M)⁻¹B(q, q̄))⟩ + ⟨p, B(q̄, (e^{2iθ} − M)⁻¹B(q, q))⟩)] / 2

(Kuznetsov, Elements of Applied Bifurcation Theory, Sections 3.5 and 4.7). Here u v² is the only term that is
not linear.
"""

import numpy as np
from jaxtyping import Complex, Float

from lib.model import Params
from lib.paper import TRUTH
from lib.studies.bifurcation import homogeneous

Pair = Complex[np.ndarray, "2"]


def lyapunov(F: float = float(TRUTH.F), dt: float = 0.0) -> float | None:
    """The coefficient of r³ at the Hopf point for this feed rate, for q of length one.

    Args:
        F: feed rate.
        dt: time step of the Euler map, which gives d, per step; 0 for the equations, which give l₁.

    Returns:
        Positive where the bifurcation is subcritical; None where there is no Hopf point.
    """
    k = homogeneous.hopf_k(F, dt)
    if k is None:
        return None
    u, v = homogeneous.states(F, k)[2].tolist()
    rates = homogeneous.linearised_kinetics(Params(0.0, 0.0, F, k), u, v, np.zeros(1))[0]
    return of_flow(rates, u, v) if dt == 0 else of_map(np.eye(2) + dt * rates, u, v, dt)


def of_flow(A: Float[np.ndarray, "2 2"], u: float, v: float) -> float:
    """l₁ of the equations, A being their Jacobian at the Hopf point."""
    q, p, pair = eigenvectors(A)
    omega = pair.imag
    second = np.linalg.solve(2j * omega * np.eye(2) - A, quadratic(q, q, u, v))
    first = np.linalg.solve(A, quadratic(q, q.conj(), u, v))
    whole = np.vdot(p, cubic(q, q, q.conj())) - 2 * np.vdot(p, quadratic(q, first, u, v))
    return float((whole + np.vdot(p, quadratic(q.conj(), second, u, v))).real / (2 * omega))


def of_map(M: Float[np.ndarray, "2 2"], u: float, v: float, dt: float) -> float:
    """d of the map x ← x + dt f(x), M being its Jacobian where its multipliers are e^{± iθ}."""
    q, p, pair = eigenvectors(M)
    pair = pair / abs(pair)
    second = np.linalg.solve(pair**2 * np.eye(2) - M, dt * quadratic(q, q, u, v))
    first = np.linalg.solve(np.eye(2) - M, dt * quadratic(q, q.conj(), u, v))
    whole = np.vdot(p, cubic(q, q, q.conj())) + 2 * np.vdot(p, quadratic(q, first, u, v))
    whole = dt * (whole + np.vdot(p, quadratic(q.conj(), second, u, v)))
    return float((whole / pair).real / 2)


def eigenvectors(matrix: Float[np.ndarray, "2 2"]) -> tuple[Pair, Pair, complex]:
    """q and p of the eigenvalue with positive imaginary part, |q| = 1 and ⟨p, q⟩ = 1; the eigenvalue."""
    values, vectors = np.linalg.eig(matrix.astype(complex))
    q = vectors[:, values.imag.argmax()]
    left_values, left = np.linalg.eig(matrix.T.astype(complex))
    p = left[:, left_values.imag.argmin()]
    return q, p / np.vdot(p, q).conj(), complex(values[values.imag.argmax()])


def quadratic(x: Pair, y: Pair, u: float, v: float) -> Pair:
    """B(x, y): the second derivative of (−u v², u v²)."""
    there = 2 * v * (x[0] * y[1] + x[1] * y[0]) + 2 * u * x[1] * y[1]
    return np.array([-there, there])


def cubic(x: Pair, y: Pair, z: Pair) -> Pair:
    """C(x, y, z): its third derivative."""
    there = 2 * (x[0] * y[1] * z[1] + x[1] * y[0] * z[1] + x[1] * y[1] * z[0])
    return np.array([-there, there])


def growth_per_step(k: float, F: float = float(TRUTH.F), dt: float = 1.0) -> float | None:
    """Relative growth of the dish's unison oscillation in one step of the map; None without that state."""
    pair = homogeneous.uniform_oscillation(TRUTH._replace(F=F, k=k))
    return None if pair is None else float(np.log(abs(1 + dt * pair)))
