"""Whether two losses draw the same land, and whether pictures change gradually: on land one knows."""

import numpy as np
import pytest
import torch
import xarray as xr

from lib import Outcome, losses
from lib.studies.landscapes import likeness


def cut(values: list[float], alive: list[bool], **more: list[float]) -> xr.Dataset:
    outcome = [[Outcome.PATTERN if a else Outcome.TRIVIAL] for a in alive]
    return xr.Dataset(
        {"outcome": (("k", "state"), outcome)}
        | {n: (("k", "state"), [[x] for x in xs]) for n, xs in {"spectral": values, **more}.items()},
        coords={"k": np.arange(len(alive), dtype=float)},
    )


def test_a_loss_agrees_with_its_own_monotone_function_and_not_with_its_opposite():
    values = [250.0, 249.0, 251.0, 10.0, 3.0, 7.0]
    both = cut(values, [False] * 3 + [True] * 3, same=[x * 2 + 1 for x in values], other=[-x for x in values])
    same = likeness.agreement(both, "spectral", "same")
    assert (same.edges_apart, same.rank_patterned) == (pytest.approx(0), pytest.approx(1))
    other = likeness.agreement(both, "spectral", "other")
    assert (other.edges_apart, other.rank_patterned) == (pytest.approx(0), pytest.approx(-1))


def test_an_edge_elsewhere_and_a_plateau_with_a_slope_are_seen():
    alive = [False] * 6 + [True] * 5
    mesa, late = [1.0] * 6 + [0.0, 0.1, 0, 0, 0], [1.0] * 8 + [0.0, 0.1, 0]
    sloping = [1.0, 0.95, 0.9, 0.85, 0.8, 0.75, 0.0, 0.1, 0, 0, 0]
    both = cut(mesa, alive, late=late, sloping=sloping)
    assert likeness.agreement(both, "spectral", "late").edges_apart == pytest.approx(0.2)
    assert likeness.agreement(both, "spectral", "sloping").plateaus == pytest.approx(0.225)
    assert likeness.agreement(both, "spectral", "spectral").plateaus == 0


def test_placement_reads_plateau_and_roughness_in_the_range():
    rough = cut([50, 50, 50, 100, 0, 100], [False] * 3 + [True] * 3)
    found = likeness.placement(rough, "spectral")
    assert (found.plateau, found.ridges, found.roughness, found.cliffs) == (0.5, pytest.approx(2 / 3), 1, 1)
    # Another unit, another zero: the same land.
    assert likeness.placement(rough.assign(spectral=3 * rough.spectral + 7), "spectral")[1:5] == found[1:5]


def test_pictures_on_one_side_are_nearer_than_across_the_edge():
    generator = np.random.default_rng(0)
    spots = generator.random((16, 16), dtype=np.float32)
    pictures = np.stack(
        [[spots, spots + 0.01 * generator.random((16, 16), dtype=np.float32)], [spots, 0 * spots]]
    )
    outcome = np.array([[[2], [2]], [[2], [0]]])
    plane = xr.Dataset(
        {"outcome": (("F", "k", "state"), outcome), "v": (("F", "k", "row", "column"), pictures)}
    )
    inside, across = likeness.neighbour_distances(plane)
    assert len(inside) == 2
    assert len(across) == 2
    assert inside.max() < across.min() / 10


def pictures_plane(shuffled: bool) -> xr.Dataset:
    """6 × 6 pictures whose spectra slide with both parameters, or the same pictures in a random order."""
    waves = np.random.default_rng(1).normal(size=(3, 16, 16))
    i, j = np.meshgrid(np.arange(6.0), np.arange(6.0), indexing="ij")
    v = waves[0] + 0.3 * (i[..., None, None] * waves[1] + j[..., None, None] * waves[2])
    v = v.reshape(36, 16, 16)
    if shuffled:
        v = v[np.random.default_rng(2).permutation(36)]
    return xr.Dataset(
        {
            "v": (("F", "k", "row", "column"), v.reshape(6, 6, 16, 16).astype(np.float32)),
            "outcome": (("F", "k", "state"), np.full((6, 6, 1), int(Outcome.PATTERN))),
        },
        coords={"F": np.arange(6.0), "k": np.arange(6.0)},
    )


def test_gradual_pictures_pass_mantels_test_and_shuffled_ones_do_not():
    gradual, shuffled = (likeness.gradual(pictures_plane(x), permutations=99) for x in (False, True))
    assert gradual.correlation is not None
    assert gradual.correlation > 0.5
    assert gradual.p == pytest.approx(0.01)
    assert shuffled.correlation == pytest.approx(0, abs=0.2)
    assert shuffled.p is not None
    assert shuffled.p > 0.05


def test_mantel_distances_are_the_papers_loss():
    v = torch.rand(2, 16, 16, generator=torch.Generator().manual_seed(0))
    power = losses.log_power(v).flatten(1)
    assert float((power[0] - power[1]).square().mean()) == pytest.approx(
        float(losses.spectral(v[:1], v[1:])), rel=1e-5
    )


def test_three_pictures_are_too_few_to_test():
    plane = pictures_plane(False).isel(F=slice(2), k=slice(2))
    plane.outcome[{"F": 0, "k": 0}] = Outcome.TRIVIAL
    found = likeness.gradual(plane)
    assert (found.correlation, found.p, found.points) == (None, None, 3)
