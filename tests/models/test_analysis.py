"""Homogeneous states, their bifurcations and the residual, against formulas known from elsewhere."""

from collections import namedtuple

import numpy as np
import pandas as pd
import pytest
import torch
import xarray as xr

from lib.models import (
    BRUSSELATOR,
    FITZHUGH_NAGUMO,
    GIERER_MEINHARDT,
    GRAY_SCOTT,
    SCHNAKENBERG,
    SYSTEMS,
    Grid,
    Kind,
    ReactionDiffusion,
    conditions,
    fit,
    kind,
    linear_parameters,
    loss,
    states,
)


def value(expression, model, params, state):
    """A condition in numbers."""
    numbers = {**model.parameters, **params, **state}
    return float(expression.subs({model.symbols[n]: v for n, v in numbers.items()}))


def test_homogeneous_states_are_the_known_ones():
    (place,) = states(SCHNAKENBERG, {"a": 0.2, "b": 1.1})
    assert (place["u"], place["v"]) == pytest.approx((1.3, 1.1 / 1.69))
    (place,) = states(BRUSSELATOR, {"A": 3.0, "B": 7.0})
    assert (place["u"], place["v"]) == pytest.approx((3.0, 7 / 3))
    (place,) = states(FITZHUGH_NAGUMO)
    assert place["u"] == place["v"] == pytest.approx(-(0.005 ** (1 / 3)))


def test_gray_scott_has_three_states_inside_its_saddle_node_and_one_outside():
    F, k = 0.04, 0.05
    discriminant = np.sqrt(1 - 4 * (F + k) ** 2 / F)
    expected = [(1 - discriminant) / 2, (1 + discriminant) / 2, 1.0]
    assert [s["u"] for s in states(GRAY_SCOTT, {"F": F, "k": k})] == pytest.approx(expected)
    assert [s["v"] for s in states(GRAY_SCOTT, {"F": F, "k": k})][2] == 0
    assert len(states(GRAY_SCOTT, {"F": F, "k": 0.0501 + np.sqrt(F) / 2 - F})) == 1
    at = {"F": F, "k": np.sqrt(F) / 2 - F}
    node = {"u": 0.5, "v": F / (2 * (F + at["k"]))}
    assert value(conditions(GRAY_SCOTT).saddle_node, GRAY_SCOTT, at, node) == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize(
    ("model", "params"),
    [
        (BRUSSELATOR, {"A": 2.0, "B": 5.0}),  # B = 1 + A²
        (SCHNAKENBERG, {"a": (0.9 - 0.9**3) / 2, "b": (0.9 + 0.9**3) / 2}),  # b − a = (a + b)³
    ],
)
def test_the_hopf_condition_vanishes_where_it_is_known_to(model, params):
    (place,) = states(model, params)
    assert value(conditions(model).hopf, model, params, place) == pytest.approx(0, abs=1e-7)
    assert value(conditions(model).saddle_node, model, params, place) > 0


@pytest.mark.parametrize("A", [2.0, 4.5])
def test_the_turing_condition_vanishes_where_it_is_known_to(A):
    D = BRUSSELATOR.parameters
    B = (1 + A * np.sqrt(D["Du"] / D["Dv"])) ** 2
    (place,) = states(BRUSSELATOR, {"A": A, "B": B})
    assert value(conditions(BRUSSELATOR).turing, BRUSSELATOR, {"A": A, "B": B}, place) == pytest.approx(
        0, abs=1e-6
    )
    for shift, expected in ((-0.05, Kind.STABLE), (0.05, Kind.TURING)):
        params = {"A": A, "B": B + shift}
        (place,) = states(BRUSSELATOR, params)
        assert kind(BRUSSELATOR, params, place) == expected


@pytest.mark.parametrize("model", [m for m in SYSTEMS.values() if m is not GRAY_SCOTT], ids=lambda m: m.name)
def test_at_its_typical_values_every_other_system_makes_patterns(model):
    (place,) = states(model)
    assert kind(model, None, place) == Kind.TURING
    assert value(conditions(model).turing, model, {}, place) > 0
    assert kind(model, dict.fromkeys(model.diffusions, model.parameters["Dv"]), place) != Kind.TURING


def test_a_hopf_unstable_and_a_saddle_state_are_named():
    (place,) = states(BRUSSELATOR, {"A": 1.0, "B": 3.0})
    assert kind(BRUSSELATOR, {"A": 1.0, "B": 3.0}, place) == Kind.HOPF
    middle = states(GRAY_SCOTT, {"F": 0.04, "k": 0.05})[1]
    assert kind(GRAY_SCOTT, {"F": 0.04, "k": 0.05}, middle) == Kind.SADDLE


def test_which_parameters_enter_linearly():
    found = {m.name: set(m.names) - set(linear_parameters(m)) for m in SYSTEMS.values()}
    nothing = set()
    assert found == {
        "Gray-Scott": nothing, "Schnakenberg": nothing, "Brusselator": nothing,
        "Gierer-Meinhardt": {"kappa"}, "FitzHugh-Nagumo": nothing,
    }  # fmt: skip


@pytest.mark.parametrize("model", SYSTEMS.values(), ids=lambda m: m.name)
@pytest.mark.parametrize("boundary", ["periodic", "no-flux"])
def test_the_residual_loss_is_a_paraboloid_in_its_linear_parameters_and_the_fit_is_its_minimum(
    model, boundary
):
    grid = Grid(dx=0.5, dt=0.01, boundary=boundary)
    picture = torch.rand((len(model.fields), 7, 8), generator=torch.Generator().manual_seed(0)).double() + 0.5
    linear = linear_parameters(model)
    fixed = {name: model.parameters[name] for name in model.names if name not in linear}
    found = fit(model, picture, grid, fixed)
    centre = torch.tensor([list(found.params.values())], dtype=torch.float64)
    lowest = float(loss(model, centre, picture, grid))
    assert lowest == pytest.approx(found.loss, rel=1e-9)
    for name in linear:
        unit = torch.zeros_like(centre)
        unit[0, model.names.index(name)] = 0.1
        along = torch.cat([centre + t * unit for t in (-2, -1, 0, 1, 2)])
        values = loss(model, along, picture, grid).numpy()
        assert np.abs(np.diff(values, 3)).max() < 1e-9 * values.max()
        assert values.argmin() == 2


def test_a_parameter_that_is_not_linear_has_to_be_given():
    picture = torch.ones((2, 6, 6), dtype=torch.float64)
    with pytest.raises(ValueError, match="kappa of Gierer-Meinhardt does not enter linearly"):
        fit(GIERER_MEINHARDT, picture, Grid())
    with pytest.raises(ValueError, match="nothing to fit"):
        fit(SCHNAKENBERG, picture, Grid(), dict(SCHNAKENBERG.parameters))


PATTERN = torch.rand((2, 9, 8), generator=torch.Generator().manual_seed(3), dtype=torch.float64) + 0.2


@pytest.mark.parametrize(
    ("picture", "fixed", "sentence"),
    [
        (torch.ones((2, 6, 6), dtype=torch.float64), None, "does not tell Du, Dv, F, k"),
        (torch.ones((2, 6, 6)), {"Du": 0.16, "Dv": 0.08}, "does not tell F, k"),
        (1e30 * torch.rand((2, 6, 6)), None, "leaves the floating-point numbers"),
        (PATTERN[None], None, "needs \\(2, height, width\\)"),
        (PATTERN[:1], None, "its fields being u, v"),
        (PATTERN[:, :0], None, "has shape \\(2, 0, 8\\)"),
        (PATTERN * torch.nan, None, "NaN or infinite"),
        (PATTERN.to(torch.complex128), None, "complex"),
        (PATTERN.half(), None, "float16"),
        ((255 * PATTERN).to(torch.uint8), None, "uint8"),
        (["a", "b"], None, "an array or tensor of real numbers"),
        (PATTERN, {"D": 1.0}, "D is no parameter of Gray-Scott"),
        (PATTERN, {"F": float("nan")}, "F is nan"),
    ],
)
def test_a_picture_that_tells_nothing_and_what_is_no_picture_get_a_sentence(picture, fixed, sentence):
    with pytest.raises(ValueError, match=sentence):
        fit(GRAY_SCOTT, picture, Grid(), fixed)


def test_where_zeros_explain_everything_the_fit_says_so():
    model = ReactionDiffusion(
        "Two", reaction={"u": "a - u*v", "v": "b*u - c*v"}, diffusion={"v": "D"},
        parameters={"a": 1.0, "b": 1.0, "c": 1.0, "D": 1.0}, ranges=dict.fromkeys("abcD", (0.1, 2.0)),
    )  # fmt: skip
    with pytest.raises(ValueError, match="b, c, D of Two stands in has a free factor"):
        fit(model, PATTERN, Grid())
    assert fit(model, PATTERN, Grid(), {"b": 1.0}).fitted == ("a", "c", "D")


TRUE = GRAY_SCOTT.parameters
SHUFFLED = ("k", "F", "Dv", "Du")


def named_pictures():
    """One picture under its names, in the other order."""
    u, v = PATTERN.numpy()
    backwards = namedtuple("Backwards", "v u")
    labels = {"field": ["v", "u"]}
    array = xr.DataArray(np.stack([v, u]), dims=("field", "y", "x"), coords=labels)
    return {
        "array": array,
        "array, fields last": array.transpose("y", "x", "field"),
        "dataset": xr.Dataset({"v": (("y", "x"), v), "u": (("y", "x"), u)}),
        "named tuple": backwards(torch.tensor(v), torch.tensor(u)),
        "dict": {"v": v, "u": u},
    }


@pytest.mark.parametrize("kind", named_pictures())
def test_a_picture_with_names_is_read_by_them(kind):
    picture, rows = named_pictures()[kind], torch.tensor([list(TRUE.values())], dtype=torch.float64)
    assert fit(GRAY_SCOTT, picture, Grid()) == fit(GRAY_SCOTT, PATTERN, Grid())
    assert torch.equal(loss(GRAY_SCOTT, rows, picture, Grid()), loss(GRAY_SCOTT, rows, PATTERN, Grid()))


@pytest.mark.parametrize(
    "sets",
    [
        pd.DataFrame([{n: TRUE[n] * s for n in SHUFFLED} for s in (1.0, 0.9)], columns=SHUFFLED),
        {n: np.array([1.0, 0.9]) * TRUE[n] for n in SHUFFLED},
        [{n: TRUE[n] * s for n in SHUFFLED} for s in (1.0, 0.9)],
        [namedtuple("Backwards", SHUFFLED)(*(TRUE[n] * s for n in SHUFFLED)) for s in (1.0, 0.9)],
    ],
    ids=["table", "columns", "dicts", "named tuples"],
)
def test_parameters_with_names_are_read_by_them(sets):
    rows = torch.tensor([[TRUE[n] * s for n in TRUE] for s in (1.0, 0.9)], dtype=torch.float64)
    torch.testing.assert_close(
        loss(GRAY_SCOTT, sets, PATTERN, Grid()), loss(GRAY_SCOTT, rows, PATTERN, Grid()), rtol=1e-14, atol=0
    )


def test_one_set_with_names_is_a_batch_of_one_and_keeps_its_gradient():
    k = torch.tensor(TRUE["k"], dtype=torch.float64, requires_grad=True)
    found = loss(GRAY_SCOTT, dict(TRUE) | {"k": k}, PATTERN, Grid())
    assert found.shape == (1,)
    assert torch.autograd.grad(found.sum(), k)[0] != 0


def test_names_that_are_none_of_the_models_are_refused():
    with pytest.raises(ValueError, match="The parameters name Du, F, k: Gray-Scott needs Du, Dv, F, k"):
        loss(GRAY_SCOTT, {n: TRUE[n] for n in ("Du", "F", "k")}, PATTERN, Grid())
    with pytest.raises(ValueError, match="The fields are called a, b: those of Gray-Scott are u, v"):
        fit(GRAY_SCOTT, dict(zip("ab", PATTERN, strict=True)), Grid())


def test_derivatives_of_the_loss_are_torchs_own_and_a_fit_has_none():
    rows = torch.tensor([list(TRUE.values())], dtype=torch.float64)

    def of(rows, picture=PATTERN):
        return loss(GRAY_SCOTT, rows, picture, Grid()).sum()

    hessian = torch.autograd.functional.hessian(of, rows)
    torch.testing.assert_close(torch.func.hessian(of)(rows), hessian)
    torch.testing.assert_close(
        torch.func.grad(of)(rows), torch.autograd.functional.jacobian(of, rows), rtol=1e-12, atol=0
    )
    assert torch.autograd.gradcheck(of, (rows.clone().requires_grad_(), PATTERN.clone().requires_grad_()))
    with pytest.raises(NotImplementedError, match="give all parameter sets as rows"):
        torch.vmap(of)(rows[None])
    for transform in (torch.func.grad, torch.vmap, torch.func.jacfwd):
        with pytest.raises(NotImplementedError, match="models.fit cannot be looked into"):
            transform(lambda x: torch.tensor(fit(GRAY_SCOTT, x, Grid()).loss))(
                PATTERN[None] if transform is torch.vmap else PATTERN
            )


@pytest.mark.parametrize("dx", [1e-200, 1e-19, 1e19, 1e200])
def test_cells_whose_area_is_no_number_are_refused(dx):
    with pytest.raises(ValueError, match="take a unit of length"):
        fit(GRAY_SCOTT, PATTERN, Grid(dx=dx))


@pytest.mark.parametrize("dx", [1e-18, 1e18])
def test_the_smallest_and_the_largest_cells_have_finite_losses(dx):
    rows = torch.tensor([[*(dx**2 * TRUE[n] for n in ("Du", "Dv")), TRUE["F"], TRUE["k"]]])
    unit = loss(GRAY_SCOTT, [list(TRUE.values())], PATTERN.float(), Grid())
    torch.testing.assert_close(loss(GRAY_SCOTT, rows, PATTERN.float(), Grid(dx=dx)), unit, rtol=1e-4, atol=0)
