"""What is handed over in another shape, type or order means what it says, or is refused with a sentence."""

import numpy as np
import pytest
import torch

from lib import TRUTH, Params, State, initial_state, losses, simulate
from lib.coordinates import to_params, to_unconstrained
from lib.grid import axes_over, grid_points
from lib.history import history
from lib.images import pair
from lib.linearisation import pack
from lib.models import GRAY_SCOTT
from lib.models import simulate as simulate_model
from lib.studies.landscapes.sweep import checked_points
from lib.studies.pinn.observation import observe

STATE = initial_state(4, size=16, patch=4)
TABLE = torch.tensor([[0.16, 0.08, 0.035, 0.06]]).repeat(4, 1)


@pytest.mark.parametrize("params", [TABLE, TABLE.numpy(), list(TABLE), TABLE.tolist(), tuple(TABLE)])
def test_a_square_table_of_parameters_is_refused_because_nobody_knows_which_way_it_lies(
    params: object,
) -> None:
    with pytest.raises(ValueError, match=r"parameters are .*Params\("):
        simulate(params, STATE, 5)


@pytest.mark.parametrize(
    "params", [TRUTH._asdict(), tuple(TRUTH), list(TRUTH), np.array(TRUTH), torch.tensor(TRUTH).double()]
)
def test_four_numbers_are_parameters_however_they_come(params: object) -> None:
    assert torch.equal(simulate(params, STATE, 20).v, simulate(TRUTH, STATE, 20).v)


def test_columns_named_one_by_one_are_the_table() -> None:
    each = simulate(Params(*TABLE.T), STATE, 20)
    assert torch.equal(each.v, simulate(Params(*TABLE.numpy().T), STATE, 20).v)


@pytest.mark.parametrize(
    "make",
    [
        tuple,
        lambda state: [field.numpy() for field in state],
        lambda state: {"v": state.v, "u": state.u},
        lambda state: [field.numpy().astype(">f4") for field in state],
        lambda state: [np.flip(np.flip(field.numpy(), 1).copy(), 1) for field in state],
    ],
    ids=["tuple", "NumPy", "dict in another order", "big-endian", "negative strides"],
)
def test_fields_are_fields_however_they_come(make) -> None:
    assert torch.equal(simulate(TRUTH, make(STATE), 20).v, simulate(TRUTH, STATE, 20).v)


def test_a_gradient_passes_through_a_dict_of_parameters() -> None:
    k = torch.tensor(0.06, requires_grad=True)
    simulate({**TRUTH._asdict(), "k": k}, STATE, 5).v.sum().backward()
    assert k.grad is not None
    assert float(k.grad) != 0


@pytest.mark.parametrize("steps", [20.7, 20.0, "20", None, True, np.float32(20), 2**31, float("nan")])
def test_steps_are_counted_in_whole_numbers(steps: object) -> None:
    with pytest.raises(ValueError, match=r"whole number|fewer than"):
        simulate(TRUTH, STATE, steps)


@pytest.mark.parametrize("steps", [20, np.int64(20), torch.tensor(20)])
def test_whole_numbers_of_any_make_count(steps: object) -> None:
    assert torch.equal(simulate(TRUTH, STATE, steps).v, simulate(TRUTH, STATE, 20).v)


@pytest.mark.parametrize(
    "value", [True, np.bool_(True), torch.tensor(True), np.array(True), 1 + 0j, np.complex128(1 + 1j),
              torch.tensor(1j), "1", b"1"]
)  # fmt: skip
def test_truth_values_texts_and_complex_numbers_are_no_numbers(value: object) -> None:
    for setting in ({"tol": value}, {"dt": value}):
        with pytest.raises(ValueError, match="one real number is needed"):
            simulate(TRUTH, STATE, 5, **setting)
    with pytest.raises(ValueError, match="whole number"):
        simulate(TRUTH, STATE, value)


def test_an_imaginary_part_is_as_good_as_its_copy() -> None:
    hidden = torch.complex(STATE.v, -STATE.v).conj().imag
    assert hidden.is_neg()
    assert torch.equal(simulate(TRUTH, (STATE.u, hidden), 20).v, simulate(TRUTH, STATE, 20).v)
    points = torch.complex(torch.zeros(2, 4), -torch.tensor([TRUTH] * 2)).conj().imag
    np.testing.assert_array_equal(
        checked_points(points, 1.0), checked_points(points.clone().resolve_neg(), 1.0)
    )
    assert torch.equal(pair(STATE.u, hidden)[1].values, STATE.v)


@pytest.mark.parametrize("threads", [0, -1, float("nan"), 1.5, "2"])
def test_threads_are_whole_numbers_from_one(threads: object) -> None:
    with pytest.raises(ValueError, match="threads"):
        simulate(TRUTH, STATE, 5, threads=threads)


@pytest.mark.parametrize("setting", [{"tol": "x"}, {"tol": float("nan")}, {"dt": "1"}, {"dt": float("nan")}])
def test_tolerance_and_time_step_are_real_numbers(setting: dict) -> None:
    with pytest.raises(ValueError, match=r"real number|finite"):
        simulate(TRUTH, STATE, 5, **setting)


def test_a_masked_image_is_refused_because_its_mask_would_be_lost() -> None:
    masked = np.ma.masked_less(STATE.v.numpy(), 0.01)
    with pytest.raises(ValueError, match="masked array"):
        simulate(TRUTH, (STATE.u, masked), 5)


@pytest.mark.parametrize("seed", [-1, 2**32, 0.0, 1.5, "3", None])
def test_a_seed_is_one_that_the_generator_can_tell_from_others(seed: object) -> None:
    """2³² would silently be seed 0 again: the generator keeps 32 bits."""
    with pytest.raises(ValueError, match="seed"):
        initial_state(1, size=16, patch=4, seed=seed)


def test_seeds_of_any_whole_make_are_the_same_seed() -> None:
    for seed in (np.int64(3), np.uint8(3), torch.tensor(3)):
        assert torch.equal(
            initial_state(1, size=16, seed=seed, patch=4).v, initial_state(1, size=16, seed=3, patch=4).v
        )


@pytest.mark.parametrize(
    "arguments",
    [
        {"batch": 1.0}, {"batch": "1"}, {"batch": 1, "size": 16.5}, {"batch": 1, "patch": 2.5},
        {"batch": 1, "noise": float("nan")}, {"batch": 1, "noise": -1}, {"batch": 1, "patch_u": "x"},
        {"batch": 1, "dtype": torch.float16}, {"batch": 1, "dtype": torch.int32},
    ],
)  # fmt: skip
def test_initial_states_of_no_shape_are_refused(arguments: dict) -> None:
    with pytest.raises(ValueError, match=r"whole number|real number|finite|negative|no states of"):
        initial_state(**arguments)


@pytest.mark.parametrize("times", [[0, 1.5], [0.5], [], [3, 2], [-1, 2], ["1"]])
def test_a_history_has_whole_increasing_times(times: list) -> None:
    """1.5 used to label step 1."""
    with pytest.raises(ValueError, match=r"whole number|increasing"):
        history(TRUTH, STATE, times)


def test_an_axis_stays_inside_its_range() -> None:
    """The truth is a point of an axis that passes it, never of one that ends before it."""
    assert axes_over({"F": (0, 0.01)}, [2])["F"].tolist() == [0, 0.01]
    assert TRUTH.F in axes_over({"F": (0, 0.1)}, [5])["F"]


@pytest.mark.parametrize(
    ("ranges", "points"),
    [
        ({"F": (0, 0.1)}, [2.5]), ({"F": (0, 0.1)}, [0]), ({"F": (0.1, 0)}, [3]), ({"F": 0.1}, [3]),
        ({"F": (0, float("nan"))}, [3]), ({"G": (0, 0.1)}, [3]), ({}, []), ({"F": (0, 1)}, [3, 3]),
    ],
)  # fmt: skip
def test_axes_of_nothing_are_refused(ranges: dict, points: list) -> None:
    with pytest.raises(ValueError, match=r"whole number|at least|range|finite|Cannot vary|counts"):
        axes_over(ranges, points)


@pytest.mark.parametrize("axes", [{"F": [[0.1, 0.2]]}, {"F": []}, {"F": [np.nan]}, {"F": "ab"}, {"F": 0.1}])
def test_grid_points_need_rows_of_numbers(axes: dict) -> None:
    with pytest.raises(ValueError, match="axis of F"):
        grid_points(axes, TRUTH)


def test_a_tuple_is_an_axis() -> None:
    assert grid_points({"F": (0.01, 0.02)}, TRUTH)[:, 2].tolist() == [0.01, 0.02]


@pytest.mark.parametrize("shape", [(4, 32, 32), (1, 64, 256)])
def test_a_vector_of_unknowns_holds_one_square_simulation(shape: tuple[int, ...]) -> None:
    """Four 32² and one 64 × 256 have as many numbers as a square, and would be taken for it."""
    with pytest.raises(ValueError, match="one square simulation"):
        pack(State(torch.zeros(shape), torch.zeros(shape)))


@pytest.mark.parametrize("share", [10, 0, -1, float("nan")])
def test_a_share_of_the_cells_is_at_most_all(share: float) -> None:
    with pytest.raises(ValueError, match="share"):
        observe(STATE, share=share)


#: Tensors that hold no plain number for each entry, and what to do about it.
UNUSUAL = {
    "sparse.*to_dense": lambda x: x.to_sparse(),
    "to_dense": lambda x: x.ceil().fill_(1).to_sparse_csr(),
    "on 'cpu'": lambda x: x.to("meta"),
    "torch.stack": lambda x: torch.nested.nested_tensor(list(x)),
    "take .real": lambda x: x + 0j,
}


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("remedy", UNUSUAL)
def test_tensors_without_a_plain_number_for_each_entry_are_refused(remedy: str) -> None:
    fields = UNUSUAL[remedy](STATE.v)
    numbers = UNUSUAL[remedy](torch.full((4, 4), 0.03))
    for call in (
        lambda: simulate(TRUTH, (STATE.u, fields), 5),
        lambda: simulate(TRUTH._replace(F=numbers), STATE, 5),
        lambda: simulate_model(GRAY_SCOTT, {"F": numbers}, torch.stack(list(STATE), 1), 5),
        lambda: losses.spectral(fields, STATE.v),
        lambda: losses.gram(STATE.v, fields),
        lambda: to_params(numbers),
        lambda: checked_points(numbers, 1.0),
    ):
        with pytest.raises(ValueError, match=remedy):
            call()
    if "real" not in remedy:
        with pytest.raises(ValueError, match=remedy):
            pair(STATE.u, fields)


@pytest.mark.parametrize("wrong", [None, "x", 3.0, np.zeros(3), torch.zeros(5), torch.zeros(0), object()])
def test_unconstrained_numbers_come_in_rows_of_four(wrong: object) -> None:
    for convert in (to_params, to_unconstrained):
        with pytest.raises(ValueError, match=r"real numbers|give rows of"):
            convert(wrong)


@pytest.mark.parametrize("four", [[0, 0, 0, 0], np.zeros(4), torch.zeros(4, dtype=torch.int64), (0.0,) * 4])
def test_unconstrained_numbers_are_numbers_however_they_come(four: object) -> None:
    assert to_params(four) == to_params(torch.zeros(4, dtype=torch.float64))
