"""Reverse surrogates and the neural posterior where they come from: Gierer and Meinhardt's model.

    ∂u/∂t = a − b u + u² / (v (1 + c u²)) + s ∇²u,      ∂v/∂t = u² − v + s δ ∇²v,      s = 0.5,

with the prior of Schnörr and Schnörr (2023, doi:10.1007/s10994-023-06334-9): uniform in a, b, c and δ, among
those that are unstable after Turing. Diffusion and decay are taken implicitly, in Fourier space, the reaction
explicitly: a steady pattern is the same whatever the step.

    python -m lib.studies.inversion.gierer_meinhardt FILE PATTERNS     writes the record
"""

import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float
from scipy.stats import spearmanr

from lib.studies.inversion import calibration, density
from lib.studies.inversion.methods import reverse_network, reverse_surrogate
from lib.studies.inversion.resistance import features
from lib.studies.inversion.statistics import described

#: What came of the validation: a small record, made by the command above.
RECORD = Path(__file__).parent / "records" / "gierer_meinhardt.json"

#: The prior: lowest and highest value of each parameter.
PRIOR = {"a": (0.01, 0.7), "b": (0.4, 2.0), "c": (0.02, 7.0), "delta": (20.0, 200.0)}

#: Diffusion of u; cells along a side, each one unit of length; time step and last moment;
#: amplitude of the start.
S, SIZE, DT, END, BEGIN = 0.5, 32, 0.2, 1000.0, 0.01

#: A field that varies less than this, relative to its mean, has no pattern.
FLAT = 0.05

#: Runs side by side, the share that is judged, and what the three are taught with.
TOGETHER, JUDGED, NETWORK_STEPS, DENSITY_STEPS, COMPONENTS = 64, 0.25, 600, 800, 2

Points = Float[np.ndarray, "points 4"]


class Patterns(NamedTuple):
    """Parameters (patterns, 4) and steady u (patterns, height, width)."""

    points: Points
    u: Float[np.ndarray, "patterns height width"]


def drawn(count: int, seed: int) -> Points:
    """So many draws from the prior."""
    low, high = np.array(list(PRIOR.values())).T
    draw, found = np.random.default_rng(seed), np.empty((0, 4))
    while len(found) < count:
        points = low + (high - low) * draw.random((256, 4))
        found = np.concatenate([found, points[unstable(points)]])
    return found[:count]


def homogeneous(points: Points) -> Float[np.ndarray, " points"]:
    """u of the one homogeneous state, where v = u²: a − b u + 1/(1 + c u²) falls and has one zero."""
    a, b, c, _ = points.T
    low, high = np.zeros(len(points)), (a + 1) / b
    for _ in range(60):
        middle = (low + high) / 2
        positive = a - b * middle + 1 / (1 + c * middle**2) > 0
        low, high = np.where(positive, middle, low), np.where(positive, high, middle)
    return (low + high) / 2


def unstable(points: Points) -> Bool[np.ndarray, " points"]:
    """Whether the homogeneous state is stable by itself and unstable to some wave."""
    _, b, c, delta = points.T
    u = homogeneous(points)
    saturated = 1 + c * u**2
    f_u, f_v, g_u, g_v = -b + 2 / (u * saturated**2), -1 / (u**2 * saturated), 2 * u, -1.0
    determinant = f_u * g_v - f_v * g_u
    rise = delta * f_u + g_v  # of the determinant with the wave number, in units of s
    return (f_u + g_v < 0) & (determinant > 0) & (rise > 0) & (rise**2 > 4 * delta * determinant)


def patterns(count: int, seed: int, size: int = SIZE) -> Patterns:
    """Steady patterns of draws from the prior; what stayed flat or did not stay finite is left out."""
    points = drawn(count, seed)
    parts = [steady(points[i : i + TOGETHER], seed + i, size) for i in range(0, count, TOGETHER)]
    u = np.concatenate(parts)
    fine = np.isfinite(u).all(axis=(1, 2)) & (u.std(axis=(1, 2)) > FLAT * np.abs(u).mean(axis=(1, 2)))
    return Patterns(points[fine], u[fine])


def steady(points: Points, seed: int, size: int) -> Float[np.ndarray, "points size size"]:
    """u at the last moment, from the homogeneous state × (1 + 0.01 U), U uniform on 0 … 1."""
    a, b, c, delta = (torch.as_tensor(x).float()[:, None, None] for x in points.T)
    generator = torch.Generator().manual_seed(seed)
    level = torch.as_tensor(homogeneous(points)).float()[:, None, None]
    u, v = (
        x * (1 + BEGIN * torch.rand(len(points), size, size, generator=generator)) for x in (level, level**2)
    )
    down, across = torch.fft.fftfreq(size), torch.fft.rfftfreq(size)
    laplacian = 2 * (torch.cos(2 * torch.pi * down)[:, None] + torch.cos(2 * torch.pi * across)) - 4
    of_u, of_v = 1 + DT * (b - S * laplacian), 1 + DT * (1 - S * delta * laplacian)
    with torch.no_grad():
        for _ in range(round(END / DT)):
            square = u**2
            new_u = u + DT * (a + square / (v * (1 + c * square)))
            new_v = v + DT * square
            u, v = (
                torch.fft.irfft2(torch.fft.rfft2(x) / by, s=(size, size))
                for x, by in ((new_u, of_u), (new_v, of_v))
            )
    return u.numpy()


def validated(found: Patterns, seed: int = 0) -> dict[str, Any]:
    """How well the three recover parameters of patterns that they were not taught with.

    Returns:
        For each, the root mean square error in units of the parameter's own spread (1: nothing learned) and
        the rank correlation; for the posterior also the coverage of its 90 % interval.
    """
    order = np.random.default_rng(seed).permutation(len(found.points))
    count = round(JUDGED * len(order))
    judged, taught = order[:count], order[count:]
    truth, known = found.points[judged], found.points[taught]
    rows = np.stack([features(x.astype(float)) for x in found.u])
    regression = reverse_surrogate.fitted(rows[taught], known)
    by_kernel = np.stack([regression(x) for x in rows[judged]])
    reader, _ = reverse_network.fitted(found.u[taught], known, seed, NETWORK_STEPS)
    with torch.no_grad():
        by_network = reader(torch.as_tensor(found.u[judged])).numpy()
    said = described(torch.as_tensor(found.u)).numpy()
    learned = density.fitted(said[taught], known, seed=seed, steps=DENSITY_STEPS, components=COMPONENTS)
    draws = learned.sample(torch.as_tensor(said[judged]), 400).double().numpy()
    ranks = calibration.ranks(draws, truth)
    answers = {"kernel": by_kernel, "convolutions": by_network, "posterior mean": draws.mean(axis=0)}
    result: dict[str, Any] = {
        name: {"error": scaled(x, truth), "rank correlation": correlations(x, truth)}
        for name, x in answers.items()
    }
    result["coverage of 90 %"] = dict(
        zip(PRIOR, calibration.coverage(ranks, 0.9).round(3).tolist(), strict=True)
    )
    return {"taught": len(taught), "judged": len(judged), "cells": found.u.shape[-1], **result}


def scaled(answer: Points, truth: Points) -> dict[str, float]:
    """Root mean square error over the spread of the true values."""
    gaps = np.sqrt(np.square(answer - truth).mean(axis=0)) / truth.std(axis=0)
    return dict(zip(PRIOR, gaps.round(3).tolist(), strict=True))


def correlations(answer: Points, truth: Points) -> dict[str, float]:
    """Rank correlation of each parameter."""
    return {
        name: round(float(spearmanr(answer[:, i], truth[:, i]).statistic), 3) for i, name in enumerate(PRIOR)
    }


def recorded() -> dict[str, Any]:
    """The record."""
    return dict(json.loads(RECORD.read_text(encoding="utf-8")))


if __name__ == "__main__":
    torch.set_num_threads(1)
    Path(sys.argv[1]).write_text(
        json.dumps(validated(patterns(int(sys.argv[2]), seed=0)), indent=1) + "\n", encoding="utf-8"
    )
