"""How alike two pictures are when it does not matter where their spots lie."""

from itertools import combinations

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float

from lib.studies.patterns.noise_floor import pairwise

#: Structure finer than this many cells is texture: the side of the paper's patch, which a spreading front
#: or the patch itself has little of, and nearly twice the distance between spots.
TEXTURE_WAVELENGTH = 20

Fields = Float[torch.Tensor, "fields height width"]


def unlikeness_in_time(shares: xr.DataArray) -> xr.DataArray:
    """`unlikeness` of all pairs of pictures, over (time, pair).

    Args:
        shares: over (time, …, ring); everything between is a picture.
    """
    flat = shares.transpose("time", ..., "ring").values
    found = [unlikeness(now.reshape(-1, now.shape[-1])) for now in flat]
    return xr.DataArray(np.stack(found), dims=("time", "pair"), coords={"time": shares.time})


def unlikeness(shares: Float[np.ndarray, "pictures rings"]) -> Float[np.ndarray, " pairs"]:
    """Half the absolute difference of every two normalised radial spectra: 0 if equal, 1 if disjoint."""
    return np.array([np.abs(a - b).sum() / 2 for a, b in combinations(shares.astype(float), 2)])


def radial_spectrum(v: Fields) -> Float[torch.Tensor, "fields rings"]:
    """The normalised radial power spectrum of v's variation: its shares at wave numbers 1, 2, … size/2.

    Where spots lie does not matter: two pictures of the same kind are close even when no spot coincides.
    Zero throughout for a field without variation.
    """
    height, width = v.shape[1:]
    rows, columns = (torch.fft.fftfreq(n) * n for n in (height, width))
    ring = torch.hypot(rows[:, None], columns).round().long().flatten()
    power = torch.fft.fft2(v.double() - v.double().mean(dim=(1, 2), keepdim=True)).abs().square().flatten(1)
    sums = torch.zeros(len(v), int(ring.max()) + 1, dtype=torch.float64).index_add_(1, ring, power)
    # The corners beyond half the side hold next to nothing and are left out.
    inner = sums[:, 1 : min(height, width) // 2 + 1]
    return (inner / inner.sum(dim=1, keepdim=True).clamp(min=1e-30)).float()


def texture(v: Fields) -> Float[torch.Tensor, " fields"]:
    """Standard deviation over the cells of v's part with wavelengths up to `TEXTURE_WAVELENGTH`."""
    height, width = v.shape[1:]
    wave = torch.hypot(torch.fft.fftfreq(height)[:, None], torch.fft.fftfreq(width))
    power = torch.fft.fft2(v).abs().square() * (wave >= 1 / TEXTURE_WAVELENGTH)
    return power.sum(dim=(1, 2)).sqrt() / (height * width)


def left_by_diffusion(v: Fields, diffusion: float, steps: int) -> Float[torch.Tensor, " fields"]:
    """The `texture` that would be left if v did nothing but diffuse for so many steps of the lattice."""
    height, width = v.shape[1:]
    rows, columns = (2 * torch.cos(2 * torch.pi * torch.fft.fftfreq(n)) - 2 for n in (height, width))
    factor = (1 + diffusion * (rows[:, None] + columns)) ** steps
    return texture(torch.fft.ifft2(torch.fft.fft2(v) * factor).real)


def losses_in_time(v: xr.DataArray) -> xr.DataArray:
    """The paper's spectral loss of all pairs of pictures, over (time, pair).

    Args:
        v: over (time, …, row, column); everything between is a picture.
    """
    fields = v.transpose("time", ..., "row", "column").values
    found = [pairwise(now.reshape(-1, *now.shape[-2:])) for now in fields]
    return xr.DataArray(np.stack(found), dims=("time", "pair"), coords={"time": v.time})
