"""Images in memory that bring coordinates along are read as the same images in a file are."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from lib import State, models, residual, simulate
from lib.model import Params
from lib.models import Grid
from tests.residual import foreign

#: Side of a cell in a unit of somebody's own.
SIDE = 0.25


def pair() -> tuple[np.ndarray, np.ndarray]:
    return foreign.made("five")


def placed(x: np.ndarray, step: float = SIDE, dims: tuple[str, ...] = ("y", "x")) -> xr.DataArray:
    """An image with even coordinates along both axes."""
    return xr.DataArray(x, {d: step * np.arange(n) for d, n in zip(dims, x.shape, strict=True)}, dims)


def table(x: np.ndarray, step: float = SIDE) -> pd.DataFrame:
    rows, columns = (step * np.arange(n) for n in x.shape)
    return pd.DataFrame(x, rows, columns)


def one(x: xr.DataArray) -> xr.DataArray:
    """A batch of one image."""
    return x.expand_dims("image")


def diffusion(found) -> np.ndarray:
    return np.array([float(found.params.Du), float(found.params.Dv)])


@pytest.mark.parametrize("wrap", [placed, table])
@pytest.mark.parametrize(
    "together",
    [
        lambda u, v: (u, v),
        lambda u, v: ((u, v),),
        lambda u, v: ({"u": u, "v": v},),
        lambda u, v: (State(u, v),),
    ],
)
def test_the_side_of_the_cells_is_read_from_coordinates(wrap, together):
    u, v = pair()
    by_hand = residual.fit(u, v, dx=SIDE)
    found = residual.fit(*together(wrap(u), wrap(v)))
    np.testing.assert_allclose(diffusion(found), diffusion(by_hand), rtol=1e-6)
    np.testing.assert_allclose(
        diffusion(residual.fit(*together(wrap(u), wrap(v)), dx=1)), diffusion(found) * 16
    )


def test_a_dataset_and_an_array_of_both_fields_are_read_so_too():
    u, v = map(placed, pair())
    right = diffusion(residual.fit(*pair(), dx=SIDE))
    both = xr.concat([v, u], pd.Index(["v", "u"], name="field"))
    for data in (xr.Dataset({"v": v, "u": u}), both):
        np.testing.assert_allclose(diffusion(residual.fit(data)), right, rtol=1e-6)
    assert residual.report(xr.Dataset({"u": u, "v": v})).given.params.Du == pytest.approx(right[0], rel=1e-6)


def test_what_lies_beside_the_fields_counts(tmp_path):
    u, v = pair()
    right = diffusion(residual.fit(u, v, dx=SIDE))
    np.savez(tmp_path / "run.npz", u=u, v=v, dx=SIDE)
    for data in (np.load(tmp_path / "run.npz"), {"u": u, "v": v, "dx": SIDE}):
        np.testing.assert_allclose(diffusion(residual.fit(data)), right, rtol=1e-6)
    contradiction = {"u": placed(u), "v": placed(v), "dx": 3.0}
    with pytest.raises(ValueError, match="dx is 3.0 in the data and 0.25 in their coordinates"):
        residual.fit(contradiction)


def test_time_is_found_by_its_name_and_its_values():
    start = State(*(np.asarray(x)[None] for x in pair()))
    truth = Params(0.15, 0.07, 0.04, 0.061)
    frames = [simulate(truth, start, n).state for n in (1, 2, 3, 4)]
    u, v = (np.concatenate([np.asarray(f[i]) for f in frames]) for i in (0, 1))
    times = np.arange(4.0)
    right = residual.fit(u, v, times=times)
    last = [placed(np.moveaxis(x, 0, -1), 1.0, ("y", "x", "time")) for x in (u, v)]
    found = residual.fit(*last)
    np.testing.assert_array_equal(np.asarray(found.params), np.asarray(right.params))
    assert float(found.params.Du.ravel()[0]) == pytest.approx(0.15, rel=1e-3)


def test_coordinates_that_no_fit_can_take_are_refused():
    u, v = pair()
    uneven = placed(u).assign_coords(x=np.arange(u.shape[1]) ** 1.1)
    with pytest.raises(ValueError, match="cells of different sizes"):
        residual.fit(uneven, placed(v))
    oblong = placed(u).assign_coords(x=np.arange(u.shape[1]) * 0.5)
    with pytest.raises(ValueError, match="cells of 0.25 by 0.5"):
        residual.fit(oblong, placed(v))
    elsewhere = placed(v).assign_coords(y=placed(v).y + 5)
    with pytest.raises(ValueError, match="The coordinate y goes from 0 to .* in u and from 5"):
        residual.fit(placed(u), elsewhere)


def test_v_alone_is_measured_by_its_coordinates():
    _, v = pair()
    right, found = residual.fit_v(v, dx=SIDE), residual.fit_v(placed(v))
    np.testing.assert_allclose(np.asarray(found.params), np.asarray(right.params), rtol=1e-9)


@pytest.mark.parametrize(
    "use",
    [
        lambda u, v: residual.completion.complete(v, 0.16, 0.035),
        lambda u, v: residual.bowl.loss(Params(0.16, 0.08, 0.035, 0.06), State(one(u), one(v))),
        lambda u, v: simulate(Params(0.16, 0.08, 0.035, 0.06), State(one(u), one(v)), 10),
        lambda u, v: models.fit(models.GRAY_SCOTT, {"u": u, "v": v}, Grid()),
        lambda u, v: models.simulate(models.GRAY_SCOTT, None, {"u": one(u), "v": one(v)}, 10),
    ],
)
def test_where_lengths_count_in_cells_another_side_is_refused(use):
    u, v = pair()
    use(placed(u, 1.0), placed(v, 1.0))
    with pytest.raises(ValueError, match="have steps of 0.25, and its cells count with a side of 1 here"):
        use(placed(u), placed(v))


def test_a_grid_with_that_side_takes_them():
    u, v = map(placed, pair())
    plain = models.fit(models.GRAY_SCOTT, np.stack(pair()), Grid(dx=SIDE))
    assert models.fit(models.GRAY_SCOTT, {"u": u, "v": v}, Grid(dx=SIDE)).params == plain.params


def test_dimensions_of_both_fields_are_brought_into_one_order():
    u, v = pair()
    right = residual.fit(u, v)
    turned = placed(v, 1.0).transpose("x", "y")
    for data in ((placed(u, 1.0), turned), (xr.Dataset({"u": placed(u, 1.0), "v": turned}),)):
        np.testing.assert_array_equal(np.asarray(residual.fit(*data).params), np.asarray(right.params))
    with pytest.raises(ValueError, match="has u along y, x and v along y, z: both must show the same cells"):
        residual.fit(placed(u), placed(v).rename(x="z"))
    plain = residual.bowl.loss(Params(0.16, 0.08, 0.035, 0.06), State(u[None], v[None]))
    found = residual.bowl.loss(Params(0.16, 0.08, 0.035, 0.06), State(one(placed(u, 1.0)), one(turned)))
    assert float(found) == float(plain)
    fields = {"u": placed(u, 1.0), "v": turned}
    assert (
        models.fit(models.GRAY_SCOTT, fields, Grid()).params
        == models.fit(models.GRAY_SCOTT, np.stack(pair()), Grid()).params
    )


def test_odd_labels_are_read_or_refused():
    u, v = pair()
    right = residual.fit(u, v)
    uv = [xr.DataArray(x, dims=("u", "v")) for x in (u, v)]
    assert float(residual.fit(*uv).params.Du) == float(right.params.Du)
    assert float(residual.fit({"u": u, "v": v, "dx": None, "times": None}).params.Du) == float(
        right.params.Du
    )
    days = pd.date_range("2026-01-01", periods=3)
    frames = [
        xr.DataArray(np.stack([x, x + 0.01, x + 0.02]), {"time": days}, ("time", "y", "x")) for x in (u, v)
    ]
    with pytest.raises(ValueError, match="The times are dates: say in which unit time counts"):
        residual.fit(*frames)
