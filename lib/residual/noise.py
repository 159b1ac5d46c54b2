"""What white noise in the images adds to the fit's sums, and how much of it an image holds."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from lib.model import State

#: Standard deviations of the noise of u and of v.
Levels = tuple[float, float]

#: No image of concentrations has noise beyond it, grey levels taken for concentrations included.
LOUDEST = 1e6

#: Mean of |K|², |K|² λ and |K|² λ² over the waves, for a filter K and the Laplacian's eigenvalues λ.
Moments = tuple[float, float, float]

#: Share of the shortest waves that show the noise: patterns leave them almost empty.
TAIL = 0.1

#: Relative error of a variance whose root is told in two digits.
TOLD = 0.02

#: Median of |x| for a normal x of standard deviation 1.
MEDIAN = 0.6745

#: So many differences tell the noise to about a tenth.
ENOUGH = 64


def refuse_louder(largest: float) -> None:
    """A sentence for a standard deviation that is none of concentrations.

    Raises:
        ValueError: above `LOUDEST`.
    """
    if largest > LOUDEST:
        raise ValueError(
            f"noise is {largest:g}: concentrations lie between 0 and 1, and nothing can be seen through "
            "that. Leave it out where it is not known."
        )


def gram(levels: Levels, moments: Moments) -> Float[Tensor, "4 4"]:
    """N: what noise adds to the mean of AᵀA; see `lib.residual.equations` for A."""
    power, cross, rough = moments
    # F stands in both equations, so the noise of u and of v adds up in it; F and k share the column −v.
    of_u = [[rough, 0, -cross, 0], [0, 0, 0, 0], [-cross, 0, power, 0], [0, 0, 0, 0]]
    of_v = [[0, 0, 0, 0], [0, rough, -cross, -cross], [0, -cross, power, power], [0, -cross, power, power]]
    u, v = (torch.tensor(x, dtype=torch.float64) for x in (of_u, of_v))
    return levels[0] ** 2 * u + levels[1] ** 2 * v


def product(squares: float, products: float, levels: Levels, moments: Moments) -> Float[Tensor, "4"]:
    """What it adds to the mean of Aᵀy: noise in a column of A meets the same noise in u v².

    To second order the noise of u v² is v² n_u + 2 u v n_v, with v² and u v averaged over the cells.

    Args:
        squares, products: means of v² and of u v in the noisy images.
        levels, moments: of the noise, and of filter and Laplacian.
    """
    flat, rough, _ = moments
    by_u = (squares - levels[1] ** 2) * levels[0] ** 2
    by_v = 2 * products * levels[1] ** 2
    share = [rough * by_u, -rough * by_v, -flat * by_u + flat * by_v, flat * by_v]
    return torch.tensor(share, dtype=torch.float64)


def level(x: Float[Tensor, "height width"], periodic: bool = True) -> float:
    """Standard deviation of white noise in an image, from its shortest waves.

    The power of a wave number is exponentially distributed under white noise, so its median is
    ln 2 times its mean; the median is deaf to the pattern's own sharp lines.

    Args:
        x: an image without gaps.
        periodic: whether it continues at the opposite edge; where not, a Hann window hides the edges.
    """
    height, width = x.shape
    rows, columns = (torch.fft.fftfreq(n, dtype=torch.float64) for n in (height, width))
    length = (2 * torch.pi * rows).cos()[:, None] + (2 * torch.pi * columns).cos()
    shortest = length <= float(np.quantile(length.numpy(), TAIL))  # torch's takes no more than 2²⁴ cells
    field = x.detach().double().cpu()
    window = torch.ones_like(field)
    if not periodic:
        window = torch.outer(*(torch.hann_window(n, dtype=torch.float64) for n in (height, width)))
        field = field - field.mean()
    power = torch.fft.fft2(field * window).abs().square()[shortest] / window.square().sum().clamp(min=1e-30)
    return float((power.median() / np.log(2)).sqrt())


def levels(state: State, seen: Tensor, periodic: bool) -> Levels | None:
    """`level` of both fields of one image (height, width), or `level_between` where cells are missing.

    None where too few are left to measure it.
    """
    if min(seen.shape) < 8:
        return None
    if not bool(seen.all()):
        found = level_between(state.u, seen), level_between(state.v, seen)
        return None if found[0] is None or found[1] is None else (found[0], found[1])
    return level(state.u, periodic), level(state.v, periodic)


def level_between(x: Float[Tensor, "height width"], seen: Tensor) -> float | None:
    """Standard deviation of white noise from fourth differences along both axes, where all cells were seen.

    A pattern of a dozen cells leaves some thousandths of its height in them. None for fewer than `ENOUGH`.
    """
    taps = torch.tensor([1.0, -4.0, 6.0, -4.0, 1.0], dtype=torch.float64)
    weights = torch.outer(taps, taps)[None, None]
    field, whole = (y.detach().double().cpu()[None, None] for y in (x, seen))
    differences = torch.nn.functional.conv2d(field, weights)
    inside = torch.nn.functional.conv2d(whole, torch.ones_like(weights)) > 24.5
    sample = differences[inside].abs()
    return float(sample.median() / (MEDIAN * weights.norm())) if len(sample) >= ENOUGH else None


def unsure(cells: int) -> float:
    """Relative error of the variance that `level` finds: of a median of as many waves as tell one."""
    return float(1 / (np.log(2) * np.sqrt(max(TAIL * cells / 2, 1))))
