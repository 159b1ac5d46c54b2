"""Gray-Scott patterns of other programs, in NumPy alone: other stencils, walls, steps, and Fourier space.

Nothing here comes from `lib`, so that a mistake there cannot hide in its own data.
"""

from functools import cache

import numpy as np
from scipy import sparse

Pair = tuple[np.ndarray, np.ndarray]

FIVE = np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], dtype=float)
ISOTROPIC = np.array([[1, 4, 1], [4, -20, 4], [1, 4, 1]]) / 6
#: As many programs write it; its D of 1 is a diffusion coefficient of 0.3.
POPULAR = np.array([[0.05, 0.2, 0.05], [0.2, -1, 0.2], [0.05, 0.2, 0.05]])

TRUTH = (0.16, 0.08, 0.035, 0.065)

#: Kind: weights, how the field goes on beyond its edges, shape, time step, parameters.
KINDS = {
    "five": (FIVE, "wrap", (32, 32), 1.0, TRUTH),
    "half": (FIVE, "wrap", (32, 32), 0.5, TRUTH),
    "odd": (FIVE, "wrap", (27, 38), 1.0, TRUTH),
    "neumann": (FIVE, "edge", (32, 32), 1.0, TRUTH),
    "zero": (FIVE, "constant", (48, 48), 1.0, TRUTH),
    "nine_iso": (ISOTROPIC, "wrap", (32, 32), 1.0, TRUTH),
    "nine_sims": (POPULAR, "wrap", (32, 32), 1.0, (1.0, 0.5, 0.055, 0.062)),
}


def laplacian(shape: tuple[int, int], weights: np.ndarray, beyond: str) -> sparse.csr_array:
    """A three-by-three stencil as a matrix, with the field continued as `numpy.pad` does."""
    cells = np.arange(np.prod(shape)).reshape(shape)
    wide = np.pad(cells, 1, mode=beyond) if beyond != "constant" else np.pad(cells, 1, constant_values=-1)
    rows, columns, values = [], [], []
    for (i, j), weight in np.ndenumerate(weights):
        neighbour = wide[i : i + shape[0], j : j + shape[1]]
        inside = neighbour >= 0
        rows.append(cells[inside])
        columns.append(neighbour[inside])
        values.append(np.full(inside.sum(), weight))
    entries = (np.concatenate(values), (np.concatenate(rows), np.concatenate(columns)))
    return sparse.csr_array(entries, shape=(cells.size, cells.size))


def begin(shape: tuple[int, int], seed: int = 3) -> Pair:
    """u = 1 and v = 0 with a block in the middle that is large enough to live, and noise against symmetry."""
    u, v = np.ones(shape), np.zeros(shape)
    half = 7 if max(shape) < 40 else 12
    middle = tuple(slice(n // 2 - half, n // 2 + half) for n in shape)
    u[middle], v[middle] = 0.5, 0.25
    draw = np.random.default_rng(seed)
    return u + 0.01 * draw.standard_normal(shape), np.abs(v + 0.01 * draw.standard_normal(shape))


@cache
def made(kind: str, time: float = 16_000) -> Pair:
    """A pattern of one kind at a time, by explicit Euler steps, as float32."""
    u, v = evolved(kind, begin(KINDS[kind][2]), time)
    return u.astype(np.float32), v.astype(np.float32)


def evolved(kind: str, pair: Pair, time: float) -> Pair:
    """A state of one kind some time later."""
    weights, beyond, shape, dt, (Du, Dv, F, k) = KINDS[kind]
    L = laplacian(shape, weights, beyond)
    u, v = (x.ravel().astype(float) for x in pair)
    for _ in range(round(time / dt)):
        reaction = u * v * v
        by_u = Du * (L @ u) - reaction + F * (1 - u)
        by_v = Dv * (L @ v) + reaction - (F + k) * v
        u, v = u + dt * by_u, v + dt * by_v
    return u.reshape(shape), v.reshape(shape)


@cache
def pearson(time: float = 8_000, dt: float = 1.0) -> Pair:
    """Pearson's constants on cells of 2.5/256, by an exponential integrator in Fourier space (ETD1).

    Diffusion and the linear decay are exact, the rest is held over a step (Cox and Matthews, 2002,
    doi:10.1006/jcph.2002.6995); its steady states are those of the equations with a spectral Laplacian.
    """
    dx, F, k, shape = 2.5 / 256, 0.037, 0.06, (32, 32)
    u, v = begin(shape)
    rows, columns = (2 * np.pi * np.fft.fftfreq(n, dx) for n in shape)
    square = rows[:, None] ** 2 + columns[None, : shape[1] // 2 + 1] ** 2
    decay = [D * square + rate for D, rate in ((2e-5, F), (1e-5, F + k))]
    keep = [np.exp(-x * dt) for x in decay]
    gain = [(1 - e) / x for e, x in zip(keep, decay, strict=True)]
    for _ in range(round(time / dt)):
        reaction = u * v * v
        u, v = (
            np.fft.irfft2(e * np.fft.rfft2(x) + g * np.fft.rfft2(source), s=shape)
            for x, source, e, g in zip((u, v), (F - reaction, reaction), keep, gain, strict=True)
        )
    return u.astype(np.float32), v.astype(np.float32)


def noisy(pair: Pair, level: float, seed: int = 0) -> Pair:
    """The same with white noise on both fields."""
    draw = np.random.default_rng(seed)
    u, v = (x + level * draw.standard_normal(x.shape) for x in pair)
    return u, v
