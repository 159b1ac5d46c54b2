"""Another program for the same equations: an exponential integrator between two transforms.

Diffusion and linear decay are exact over a step, the reaction is held (ETD1: Cox and Matthews, 2002,
doi:10.1006/jcph.2002.6995). Its steady states are those of the equations with the Laplacian of its transform,
whatever the step. It shares no line with the simulator of this book, which is the point.
"""

from collections.abc import Sequence

import numpy as np
import scipy.fft
import xarray as xr
from jaxtyping import Float

from lib.model import Params

Field = Float[np.ndarray, "height width"]

#: Pearson's constants, on 256 cells over a length of 2.5 (Pearson, 1993, doi:10.1126/science.261.5118.189).
PEARSON, PEARSON_DX = Params(2e-5, 1e-5, 0.037, 0.06), 2.5 / 256


def images(
    params: Params,
    times: Sequence[float],
    *,
    size: int,
    dx: float = 1.0,
    dt: float = 1.0,
    walls: bool = False,
    seed: int = 0,
) -> xr.Dataset:
    """u and v at some times, in float32 as programs store them.

    Args:
        params: with diffusion in dx² per time.
        times: when pictures are taken; whole multiples of dt, rising.
        size: cells along each side.
        dx, dt: side of a cell, time step.
        walls: a cosine transform with the five-point Laplacian between walls that nothing flows through;
            without them a Fourier transform and the spectral Laplacian on a period.
        seed: of the small noise on the initial state.

    Returns:
        Dataset with u and v of dimensions (time, y, x), and the coordinates of cell centres.
    """
    program = Program(params, size, dx, dt, walls)
    u, v = beginning(size, seed)
    kept, now = [], 0
    for time in times:
        for _ in range(round(time / dt) - now):
            u, v = program.step(u, v)
        now = round(time / dt)
        kept.append((u, v))
    at = (np.arange(size) + 0.5) * dx
    fields = np.array(kept, dtype=np.float32)
    dims = ("time", "y", "x")
    return xr.Dataset(
        {"u": (dims, fields[:, 0]), "v": (dims, fields[:, 1])},
        coords={"time": np.asarray(times, dtype=float), "y": at, "x": at},
    )


class Program:
    """One step of the exponential integrator, with everything that does not change prepared."""

    def __init__(self, params: Params, size: int, dx: float, dt: float, walls: bool):
        self.walls, self.F = walls, float(params.F)
        number = np.arange(size)
        if walls:
            along = 2 * np.cos(np.pi * number / size) - 2
        else:
            along = -((2 * np.pi * scipy.fft.fftfreq(size)) ** 2)
        eigenvalues = (along[:, None] + along[: size if walls else size // 2 + 1]) / dx**2
        decay = [
            rate - float(D) * eigenvalues
            for D, rate in ((params.Du, self.F), (params.Dv, self.F + float(params.k)))
        ]
        self.keep = [np.exp(-x * dt) for x in decay]
        self.gain = [(1 - e) / x for e, x in zip(self.keep, decay, strict=True)]

    def step(self, u: Field, v: Field) -> tuple[Field, Field]:
        """u and v one step later."""
        reaction = u * v * v
        after = [
            self.back(e * self.there(x) + g * self.there(source))
            for x, source, e, g in zip(
                (u, v), (self.F - reaction, reaction), self.keep, self.gain, strict=True
            )
        ]
        return after[0], after[1]

    def there(self, x: Field) -> np.ndarray:
        return scipy.fft.dctn(x, type=2, norm="ortho") if self.walls else scipy.fft.rfft2(x)

    def back(self, x: np.ndarray) -> Field:
        if self.walls:
            return scipy.fft.idctn(x, type=2, norm="ortho")
        return scipy.fft.irfft2(x, s=(len(x), len(x)))


def beginning(size: int, seed: int) -> tuple[Field, Field]:
    """u = 1 and v = 0 with a block in the middle that is large enough to live, and noise against symmetry."""
    u, v = np.ones((size, size)), np.zeros((size, size))
    middle = slice(size // 2 - 10, size // 2 + 10)
    u[middle, middle], v[middle, middle] = 0.5, 0.25
    draw = np.random.default_rng(seed)
    u, v = (x + 0.01 * draw.standard_normal(x.shape) for x in (u, v))
    return u, np.abs(v)
