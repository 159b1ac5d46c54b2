"""A model as a value: what it refuses, how it travels, and that a new one is a block of text."""

import inspect
import pickle

import pytest
import torch

from lib.models import (
    SCHNAKENBERG,
    SYSTEMS,
    Grid,
    ReactionDiffusion,
    fit,
    linear_parameters,
    simulate,
    states,
)
from lib.models import systems as systems_module
from lib.running.contents import described


def sixth() -> ReactionDiffusion:
    """Lengyel and Epstein's model of the chlorite reaction."""
    return ReactionDiffusion(
        "Lengyel-Epstein",
        reaction={"u": "a - u - 4*u*v/(1 + u**2)", "v": "sigma*b*(u - u*v/(1 + u**2))"},
        diffusion={"u": "Du", "v": "Dv"},
        parameters={"Du": 1.0, "Dv": 20.0, "a": 12.0, "b": 0.8, "sigma": 8.0},
        ranges={"Du": (0.5, 2.0), "Dv": (4.0, 24.0), "a": (8.0, 16.0), "b": (0.1, 1.0), "sigma": (1.0, 20.0)},
    )


def test_a_sixth_system_is_one_block_and_has_everything():
    assert len(inspect.getsource(sixth).splitlines()) <= 25
    model, grid = sixth(), Grid(dx=1.0, dt=0.005)
    (place,) = states(model)
    assert place["u"] == pytest.approx(12 / 5)  # u = a/5, v = 1 + u²
    assert place["v"] == pytest.approx(1 + (12 / 5) ** 2)
    generator = torch.Generator().manual_seed(0)
    fields = torch.rand((1, 2, 6, 7), generator=generator, dtype=torch.float64) + 1
    runs = [simulate(model, None, fields, 60, grid=grid, backend=b).fields for b in ("compiled", "eager")]
    torch.testing.assert_close(*runs, rtol=1e-11, atol=1e-12)
    a = torch.tensor(12.0, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda a: simulate(model, {"a": a}, fields, 5, grid=grid).fields, a)
    assert linear_parameters(model) == ("Du", "Dv", "a", "b")
    # Of a picture that stands still, the second equation tells b and Dv only by their ratio.
    found = fit(model, steady(model, grid), grid, {"sigma": 8.0, "b": 0.8})
    assert found.params == pytest.approx(dict(model.parameters), rel=1e-3)


def steady(model: ReactionDiffusion, grid: Grid) -> torch.Tensor:
    """A pattern that has settled."""
    place = torch.tensor(list(states(model)[0].values()), dtype=torch.float64)[:, None, None]
    noise = torch.rand((1, 2, 24, 24), generator=torch.Generator().manual_seed(1), dtype=torch.float64)
    return simulate(model, None, place + 0.1 * noise, 60_000, grid=grid, tol=1e-12).fields[0]


def test_every_system_is_a_block_of_at_most_25_lines():
    text = inspect.getsource(systems_module)
    for model in SYSTEMS.values():
        block = text[text.index(f'"{model.name}"') :]
        assert block[: block.index("\n)\n")].count("\n") + 2 <= 25
        assert model.source
        assert set(model.units) == set(model.names)


def test_a_model_travels_as_its_text_and_equals_itself():
    there = pickle.loads(pickle.dumps(SCHNAKENBERG))
    assert there == SCHNAKENBERG
    assert hash(there) == hash(SCHNAKENBERG)
    assert there != SYSTEMS["Brusselator"]
    assert b"".join(described(there)) == b"".join(described(SCHNAKENBERG))


def test_models_of_one_and_of_three_fields_run_too():
    one = ReactionDiffusion(
        "Fisher", {"n": "r*n*(1 - n)"}, {"n": "D"}, {"D": 1.0, "r": 1.0}, {"D": (0.1, 2), "r": (0.1, 2)}
    )
    three = ReactionDiffusion(
        "May-Leonard",
        {"x": "x*(1 - x - s*y)", "y": "y*(1 - y - s*z)", "z": "z*(1 - z - s*x)"},
        {"x": "D", "y": "D"},
        {"D": 1.0, "s": 1.5},
        {"D": (0.1, 2), "s": (1, 2)},
    )
    for model in (one, three):
        fields = torch.rand((2, len(model.fields), 5, 6), dtype=torch.float64).requires_grad_()
        runs = [
            simulate(model, None, fields, 30, grid=Grid(dt=0.1), backend=b) for b in ("compiled", "eager")
        ]
        torch.testing.assert_close(runs[0].fields, runs[1].fields, rtol=1e-11, atol=1e-12)
        by = [torch.autograd.grad(run.fields.square().sum(), fields)[0] for run in runs]
        torch.testing.assert_close(*by, rtol=1e-9, atol=1e-11)
    assert [place["n"] for place in states(one)] == pytest.approx([0, 1])
    with pytest.raises(NotImplementedError, match="3 fields"):
        states(three)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"reaction": {}}, "no field"),
        ({"reaction": {"u": "a - w"}}, "names w, which is unknown"),
        ({"reaction": {"u": "a -"}}, "no expression"),
        ({"reaction": {"a": "a"}, "diffusion": {}}, "a field and a parameter"),
        ({"diffusion": {"w": "D"}}, "no reaction term"),
        ({"diffusion": {"u": "E"}}, "is no parameter"),
        ({"ranges": {"D": (0, 2)}}, "no range for a"),
        ({"ranges": {"D": (2, 3), "a": (0, 2)}}, "outside its range"),
        ({"units": {"q": "m"}}, "no parameter"),
    ],
)
def test_pieces_that_do_not_belong_together_are_refused(change, sentence):
    given = {
        "name": "Test",
        "reaction": {"u": "a - u"},
        "diffusion": {"u": "D"},
        "parameters": {"D": 1.0, "a": 1.0},
        "ranges": {"D": (0, 2), "a": (0, 2)},
    } | change
    with pytest.raises(ValueError, match=sentence):
        ReactionDiffusion(**given)
