"""What has names is read by them, never by its order; what has neither is refused with a sentence."""

from collections import namedtuple
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import xarray as xr

from lib import TRUTH, Params, initial_state, simulate
from lib.coordinates import to_unconstrained
from lib.images import pair
from lib.inputs.rows import rows_of
from lib.models import GRAY_SCOTT
from lib.models import simulate as simulate_model
from lib.studies.landscapes.sweep import checked_points, evaluate

STATE = initial_state(4, size=16, patch=4)

#: The truth under its names, in another order than the model's.
TURNED = {name: getattr(TRUTH, name) for name in ("F", "k", "Du", "Dv")}
NAMES = list(TURNED)


class Series:
    """A row as pandas has them: values under an index."""

    def __init__(self, values: dict) -> None:
        self.index, self.values = list(values), list(values.values())

    def __iter__(self):
        return iter(self.values)

    def __len__(self) -> int:
        return len(self.values)

    def to_dict(self) -> dict:
        return dict(zip(self.index, self.values, strict=True))


class Table:
    """A table as pandas has them: rows of values under columns."""

    def __init__(self, rows: list, columns: list, index: list | None = None) -> None:
        self.rows, self.columns = np.array(rows), columns
        self.index = list(range(len(rows))) if index is None else index

    def __array__(self, dtype=None, copy=None) -> np.ndarray:
        return self.rows.astype(dtype or float)


def record(values: dict) -> np.void:
    return np.array([tuple(values.values())], dtype=[(name, "f8") for name in values])[0]


LABELLED = {
    "dict": TURNED,
    "series": Series(TURNED),
    "named tuple": namedtuple("Turned", NAMES)(**TURNED),
    "record": record(TURNED),
    "labelled array": xr.DataArray(list(TURNED.values()), dims="name", coords={"name": NAMES}),
    "dataset": xr.Dataset(TURNED),
}


@pytest.mark.parametrize("kind", LABELLED)
def test_parameters_with_names_are_read_by_them(kind: str) -> None:
    assert torch.equal(simulate(LABELLED[kind], STATE, 20).v, simulate(TRUTH, STATE, 20).v)
    assert torch.equal(to_unconstrained(LABELLED[kind]), to_unconstrained(TRUTH))
    assert checked_points([LABELLED[kind]] * 4, 1.0).tolist() == [list(TRUTH)] * 4


@pytest.mark.parametrize(
    "params",
    [
        set(TRUTH), frozenset(TRUTH), Series(dict(zip("abcd", TRUTH, strict=True))),
        Series(dict(zip((3, 1, 0, 2), TRUTH, strict=True))), SimpleNamespace(**TURNED),
        TURNED.values(), TURNED.keys(), TURNED.items(),
    ],
)  # fmt: skip
def test_parameters_without_order_or_with_other_names_are_refused(params: object) -> None:
    said = r"no order|name |without their names|[Pp]aram.* is|The parameters are a"
    for read in (lambda: simulate(params, STATE, 5), lambda: to_unconstrained(params)):
        with pytest.raises(ValueError, match=said):
            read()


@pytest.mark.parametrize(
    "points",
    [
        Table([list(TURNED.values())] * 4, NAMES),
        {name: [x] * 4 for name, x in TURNED.items()},
        Params(*(np.full(4, x) for x in TRUTH)),
        np.array([tuple(TURNED.values())] * 4, dtype=[(name, "f8") for name in NAMES]),
        xr.DataArray([list(TURNED.values())] * 4, dims=("point", "name"), coords={"name": NAMES}),
        xr.DataArray([[x] * 4 for x in TURNED.values()], dims=("name", "point"), coords={"name": NAMES}),
        [Params(*TRUTH)] * 4, np.array([TRUTH] * 4), [list(TRUTH)] * 4,
        [torch.tensor(TRUTH, dtype=torch.float64)] * 4,
        Table([list(TRUTH)] * 4, [0, 1, 2, 3]),
    ],
)  # fmt: skip
def test_tables_of_parameters_are_read_by_their_columns(points: object) -> None:
    """Four points, so that a table which lies the wrong way has the right shape."""
    assert checked_points(points, 1.0).tolist() == [list(TRUTH)] * 4


@pytest.mark.parametrize(
    "points",
    [
        Table([list(TRUTH)] * 4, list("abcd")), Table(np.array([TRUTH] * 4).T, [0, 1, 2, 3], NAMES),
        {"F": [0.03]}, set(TRUTH), [set(TRUTH)], {**TURNED, "F": [1, 2], "k": [1, 2, 3]}, [TRUTH, TRUTH[:3]],
        Table([list(TRUTH)] * 4, ["F", "k", "Du", "Du"]),
    ],
)  # fmt: skip
def test_tables_with_other_names_or_no_order_are_refused(points: object) -> None:
    with pytest.raises(ValueError, match=r"name |transpose|no order|one length|array or tensor|once"):
        checked_points(points, 1.0)


def test_a_truth_with_names_is_the_truth(tmp_path) -> None:
    def at(truth: object) -> np.ndarray:
        found = evaluate([TRUTH], truth=truth, states=1, size=32, steps=20, jobs=1, cache=tmp_path)
        return found.spectral.values

    assert at(LABELLED["series"]).tolist() == at(TURNED).tolist() == [[0.0]]


def test_rows_keep_their_derivatives() -> None:
    k = torch.tensor(0.06, requires_grad=True)
    rows_of("params", {**TRUTH._asdict(), "k": k})[3].backward()
    assert float(k.grad) == 1


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("batch", [1, 2, 3])
def test_one_array_of_both_fields_is_refused_because_nobody_knows_which_axis_holds_them(
    axis: int, batch: int
) -> None:
    both = torch.stack(list(initial_state(batch, size=16, patch=4)), axis)
    for array in (both, both.numpy(), xr.DataArray(both.numpy())):
        with pytest.raises(ValueError, match="which axis"):
            simulate(TRUTH, array, 5)


def test_fields_with_names_are_read_by_them() -> None:
    state = initial_state(2, size=16, patch=4)
    turned = np.stack([state.v.numpy(), state.u.numpy()])
    plain = simulate(TRUTH, state, 5).v
    for labelled in (
        namedtuple("Turned", "v u")(state.v, state.u),
        xr.DataArray(turned, dims=("field", "b", "r", "c"), coords={"field": ["v", "u"]}),
        xr.DataArray(turned.swapaxes(0, 1), dims=("b", "field", "r", "c"), coords={"field": ["v", "u"]}),
    ):
        assert torch.equal(simulate(TRUTH, labelled, 5).v, plain)
        assert torch.equal(pair(labelled)[1].values, state.v)
        stacked = simulate_model(GRAY_SCOTT, TRUTH._asdict(), labelled, 5).fields
        right = simulate_model(GRAY_SCOTT, TRUTH._asdict(), torch.stack(list(state), 1), 5).fields
        assert torch.equal(stacked, right)
    with pytest.raises(ValueError, match="no order"):
        simulate(TRUTH, {state.u, state.v}, 5)
    with pytest.raises(ValueError, match="called u, w"):
        simulate_model(GRAY_SCOTT, None, {"u": state.u, "w": state.v}, 5)
