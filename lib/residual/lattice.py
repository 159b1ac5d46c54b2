"""The lattice of an image: which Laplacian its program used, and how the image ends at its edges.

Every Laplacian here is consistent, ∇² up to terms in dx² (or beyond), so that coefficients found with one can
be compared with those of another. What differs is the discretisation, and a fit to four digits sees it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from lib import model

Field = Float[Tensor, "*batch height width"]
Weights = Mapping[tuple[int, int], float]
Taps = Float[np.ndarray, " taps"]


def symmetric(entries: Mapping[tuple[int, int], float]) -> Weights:
    """A stencil from its entries at non-negative offsets (row ≥ column): the other seven octants follow."""
    full: dict[tuple[int, int], float] = {}
    for (a, b), weight in entries.items():
        for i, j in ((a, b), (b, a)):
            full |= {(si * i, sj * j): weight for si in (1, -1) for sj in (1, -1)}
    return full


#: Weights by offset. Five-point: the paper's. Nine-point: isotropic to fourth order (Patra and Karttunen,
#: 2006, doi:10.1002/num.20129); 10/3 times the popular .2/.05/−1. Oono–Puri: of cell dynamics (1987,
#: doi:10.1103/PhysRevLett.58.836). Eighth-order: central differences, for pieces of spectral data.
STENCILS: Mapping[str, Weights] = {
    "five-point": symmetric({(0, 0): -4.0, (1, 0): 1.0}),
    "nine-point": symmetric({(0, 0): -10 / 3, (1, 0): 2 / 3, (1, 1): 1 / 6}),
    "Oono-Puri": symmetric({(0, 0): -3.0, (1, 0): 0.5, (1, 1): 0.25}),
    "eighth-order": symmetric(
        {(0, 0): -205 / 36, (1, 0): 8 / 5, (2, 0): -1 / 5, (3, 0): 8 / 315, (4, 0): -1 / 560}
    ),
}

#: The one that is no stencil: −|wave number|², as programs that diffuse in Fourier space have it.
SPECTRAL = "spectral"

#: Not a stencil either: whichever leaves least of the equations unexplained.
BEST = "best"

#: The nine-point weights as many programs write them (.2 sides, .05 corners, −1 centre) are this times ours:
#: their D = 1 is a diffusion coefficient of 0.3 cells² per time.
SIMS = 0.3

#: How an image ends: it continues at the opposite edge, it is mirrored there, or nothing is known beyond.
BOUNDARIES = ("periodic", "no-flux", "open")


@dataclass(frozen=True)
class Lattice:
    """A discrete Laplacian in units of cells, with what lies beyond the edges.

    Args:
        stencil: a key of `STENCILS`, or "spectral".
        boundary: one of `BOUNDARIES`.

    Raises:
        ValueError: for names that do not exist, or the spectral Laplacian of a piece of a picture.
    """

    stencil: str = "five-point"
    boundary: str = "periodic"

    def __post_init__(self) -> None:
        if self.stencil not in (*STENCILS, SPECTRAL):
            raise ValueError(
                f"There is no stencil {self.stencil!r}: choose 'best', {', '.join(STENCILS)} or {SPECTRAL}."
            )
        if self.boundary not in BOUNDARIES:
            raise ValueError(
                f"There is no boundary {self.boundary!r}: choose one of {', '.join(BOUNDARIES)}."
            )
        if self.stencil == SPECTRAL and self.boundary == "open":
            raise ValueError(
                "The spectral Laplacian needs a whole period, and a piece of a picture is none: take the "
                "'eighth-order' stencil, which is close to it where the pattern is resolved."
            )

    @property
    def radius(self) -> int:
        """How far a stencil reaches, in cells; 0 for the spectral one, which reaches everywhere."""
        return 0 if self.stencil == SPECTRAL else max(abs(i) for i, _ in STENCILS[self.stencil])

    def laplacian(self, x: Field) -> Field:
        """∇²x per cell², of x's shape; beyond an open edge what the opposite edge holds, never to be used."""
        return self.within(self.periodic_laplacian, x)

    def within(self, operation: Callable[[Tensor], Tensor], x: Tensor) -> Tensor:
        """A periodic operation on a field that ends as this lattice does."""
        if self.boundary != "no-flux":
            return operation(x)
        height, width = x.shape[-2:]
        return operation(mirrored(x))[..., :height, :width]

    def periodic_laplacian(self, x: Field) -> Field:
        if self.stencil == "five-point":
            return model.laplacian(x)  # the same additions in the same order as the simulator
        if self.stencil == SPECTRAL:
            rows, columns = wave_numbers(*x.shape[-2:])
            symbol = -(rows.square()[:, None] + columns.square()).to(x.device)
            return torch.fft.ifft2(torch.fft.fft2(x) * symbol).real
        return sum(
            (w * x.roll((i, j), (-2, -1)) for (i, j), w in STENCILS[self.stencil].items()),
            torch.zeros_like(x),
        )

    def whole(self, seen: Tensor) -> Tensor:
        """Cells whose stencil was seen in full, of `seen`'s shape (batch, height, width)."""
        if self.stencil == SPECTRAL:
            return seen & seen.all(dim=(-2, -1), keepdim=True)
        return self.eroded(seen, list(STENCILS[self.stencil]))

    def eroded(self, seen: Tensor, offsets: list[tuple[int, int]]) -> Tensor:
        """Cells all of whose neighbours at these offsets were seen; none lies beyond an open edge."""
        reach = max(abs(i) for i, _ in offsets)
        if self.boundary == "open" and reach:
            inner = torch.zeros_like(seen)
            inner[..., reach:-reach, reach:-reach] = seen[..., reach:-reach, reach:-reach]
            edge = torch.nn.functional.pad(seen, (reach,) * 4)
            height, width = seen.shape[-2:]
            for i, j in offsets:
                inner &= edge[..., reach + i : reach + i + height, reach + j : reach + j + width]
            return inner

        def erode(x: Tensor) -> Tensor:
            whole = x.clone()
            for i, j in offsets:
                whole &= x.roll((i, j), (-2, -1))
            return whole

        return self.within(erode, seen)

    def moments(self, height: int, width: int, taps: Taps | None = None) -> tuple[float, float, float]:
        """Mean of |K|², |K|² λ and |K|² λ² over the waves of a grid.

        λ are the Laplacian's eigenvalues, K the transfer function of a filter with these taps (none by
        default): what filtered white noise of variance 1 has as its variance, as covariance with its
        Laplacian, and as the Laplacian's variance.
        """
        eigenvalues = self.eigenvalues(height, width)
        power = torch.ones_like(eigenvalues)
        if taps is not None:
            rows, columns = self.waves(height, width)
            power = (response(taps, rows)[:, None] * response(taps, columns)).square()
        return tuple(float((power * eigenvalues**n).mean()) for n in range(3))  # type: ignore[return-value]

    def waves(self, height: int, width: int) -> tuple[Tensor, Tensor]:
        """Angular wave numbers along both axes: of the Fourier or the cosine transform."""
        if self.boundary == "no-flux":
            rows, columns = (torch.pi * torch.arange(n, dtype=torch.float64) / n for n in (height, width))
            return rows, columns
        return wave_numbers(height, width)

    def eigenvalues(self, height: int, width: int) -> Float[Tensor, "height width"]:
        """The Laplacian's eigenvalues, in the order of `torch.fft.fft2` or of the cosine transform."""
        rows, columns = self.waves(height, width)
        rows = rows[:, None]
        if self.stencil == SPECTRAL:
            return -(rows.square() + columns.square())
        terms = (w * (rows * i).cos() * (columns * j).cos() for (i, j), w in STENCILS[self.stencil].items())
        return sum(terms, torch.zeros(height, width, dtype=torch.float64))


def wave_numbers(height: int, width: int) -> tuple[Tensor, Tensor]:
    """Angular wave numbers of a periodic grid, per cell, (height,) and (width,)."""
    rows, columns = (2 * torch.pi * torch.fft.fftfreq(n, dtype=torch.float64) for n in (height, width))
    return rows, columns


def mirrored(x: Tensor) -> Tensor:
    """The even extension to twice the size: walls that nothing flows through, halfway between cells."""
    x = torch.cat([x, x.flip(-1)], dim=-1)
    return torch.cat([x, x.flip(-2)], dim=-2)


def boundary_of(periodic: bool, boundary: str | None) -> str:
    """The boundary meant by the short argument `periodic` and the exact one, of which the exact one wins."""
    return boundary or ("periodic" if periodic else "open")


def gaussian(width: float) -> Taps:
    """A Gaussian filter of a standard deviation in cells, cut off at three of them, its sum 1."""
    reach = int(np.ceil(3 * width))
    with np.errstate(over="ignore"):  # a filter narrower than any number's square is one cell
        taps = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    return taps / taps.sum()


def response(taps: Taps, waves: Float[Tensor, " waves"]) -> Float[Tensor, " waves"]:
    """Transfer function of symmetric taps at angular wave numbers."""
    offsets = torch.arange(len(taps), dtype=torch.float64) - len(taps) // 2
    return (torch.as_tensor(taps) * (waves[:, None] * offsets).cos()).sum(dim=1)
