"""Runs of models from their equations: against the hand-written kernel, plain torch and differences."""

import statistics
import time

import numpy as np
import pytest
import torch

from lib import TRUTH, initial_state
from lib import simulate as gray_scott
from lib.backends import SlowEngine, compiler
from lib.models import FITZHUGH_NAGUMO, GRAY_SCOTT, SCHNAKENBERG, SYSTEMS, Grid, simulate, states
from lib.models import compiled as compiled_engine
from lib.models.eager import laplacian
from tests.backends import vectors

#: dx and dt at which each system is tried.
GRIDS = {
    "Gray-Scott": Grid(1.0, 1.0),
    "Schnakenberg": Grid(1.0, 0.01),
    "Brusselator": Grid(1.0, 0.01),
    "Gierer-Meinhardt": Grid(1.0, 0.01),
    "FitzHugh-Nagumo": Grid(2 / 128, 0.01),
}
SHAPES = [("periodic", 5), ("periodic", 9), ("no-flux", 5), ("no-flux", 9)]


def start(model, height=9, width=13, batch=1, dtype=torch.float64, amplitude=0.1):
    """A homogeneous state of the model, disturbed at every cell."""
    place = states(model)[0]
    generator = torch.Generator().manual_seed(3)
    fields = torch.rand((batch, len(model.fields), height, width), generator=generator, dtype=torch.float64)
    base = torch.tensor([place[n] for n in model.fields], dtype=torch.float64)[:, None, None]
    return (base + amplitude * fields).to(dtype)


@pytest.mark.parametrize(("boundary", "stencil"), SHAPES)
@pytest.mark.parametrize("name", SYSTEMS)
def test_the_compiled_steps_are_those_of_plain_torch(name, boundary, stencil):
    model, grid = SYSTEMS[name], GRIDS[name]._replace(boundary=boundary, stencil=stencil)
    fields = start(model, batch=2)
    params = {
        model.names[0]: torch.tensor([0.9, 1.0], dtype=torch.float64) * model.parameters[model.names[0]]
    }
    fast = simulate(model, params, fields, 40, grid=grid, backend="compiled")
    slow = simulate(model, params, fields, 40, grid=grid, backend="eager")
    torch.testing.assert_close(fast.fields, slow.fields, rtol=1e-11, atol=1e-13)
    torch.testing.assert_close(fast.change, slow.change, rtol=1e-6, atol=1e-15)
    assert (fast.engine, slow.engine) == ("compiled", "eager")
    assert fast.steps.tolist() == slow.steps.tolist() == [40, 40]


@pytest.mark.parametrize(("dtype", "close"), [(torch.float32, 2e-5), (torch.float64, 1e-12)])
def test_the_generated_gray_scott_is_the_hand_written_one_within_round_off(dtype, close):
    state = initial_state(2, size=64, seed=1, dtype=dtype)
    ours = simulate(GRAY_SCOTT, None, torch.stack(list(state), 1), 500, backend="compiled")
    theirs = gray_scott(TRUTH, state, 500, backend="cpu")
    torch.testing.assert_close(ours.fields, torch.stack([theirs.u, theirs.v], 1), rtol=close, atol=close)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
@pytest.mark.parametrize(
    "lanes", [kind for kind in vectors.KINDS if kind in ((16, True), (8, True))], ids=str
)
def test_the_generated_gray_scott_costs_at_most_twice_the_hand_written_one(lanes, dtype):
    """On one thread, at the paper's grid; the two take turns, so that a busy machine slows both."""
    with vectors.compiled_with(vectors.KINDS[lanes]):
        compiled_engine.functions.cache_clear()
        try:
            assert min(cost(dtype) for _ in range(3)) <= 2
        finally:
            compiled_engine.functions.cache_clear()


def cost(dtype: torch.dtype) -> float:
    """Median time of the generated kernel, in that of the hand-written one."""
    state, steps = initial_state(1, size=128, dtype=dtype), 1000
    fields = torch.stack(list(state), 1)

    def ours() -> None:
        simulate(GRAY_SCOTT, None, fields, steps, backend="compiled", threads=1)

    def theirs() -> None:
        gray_scott(TRUTH, state, steps, backend="cpu", threads=1)

    ours(), theirs()
    times: dict[object, list[float]] = {ours: [], theirs: []}
    for _ in range(9):
        for each, taken in times.items():
            begin = time.process_time()
            each()
            taken.append(time.process_time() - begin)
    return statistics.median(times[ours]) / statistics.median(times[theirs])


@pytest.mark.parametrize(("boundary", "stencil"), SHAPES)
@pytest.mark.parametrize("name", SYSTEMS)
def test_the_adjoint_passes_gradcheck(name, boundary, stencil):
    model, grid = SYSTEMS[name], GRIDS[name]._replace(boundary=boundary, stencil=stencil)
    fields = start(model, 4, 5).requires_grad_()
    numbers = [
        torch.tensor(v or 0.05, dtype=torch.float64, requires_grad=True) for v in model.parameters.values()
    ]

    def end(fields, *numbers):
        params = dict(zip(model.names, numbers, strict=True))
        return simulate(model, params, fields, 7, grid=grid, backend="compiled").fields

    assert torch.autograd.gradcheck(end, (fields, *numbers), eps=1e-7, atol=1e-6, rtol=1e-4)


@pytest.mark.parametrize(("boundary", "stencil"), SHAPES)
@pytest.mark.parametrize("name", SYSTEMS)
def test_the_adjoint_of_many_steps_is_that_of_autograd_and_of_differences(name, boundary, stencil):
    model, grid, steps = SYSTEMS[name], GRIDS[name]._replace(boundary=boundary, stencil=stencil), 83
    fields, weight = start(model, 8, 11), start(model, 8, 11)

    def loss(table, backend):
        params = dict(zip(model.names, table, strict=True))
        return (simulate(model, params, fields, steps, grid=grid, backend=backend).fields * weight).sum()

    gradients = []
    for backend in ("compiled", "eager"):
        table = torch.tensor(list(model.parameters.values()), dtype=torch.float64, requires_grad=True)
        gradients.append(torch.autograd.grad(loss(table, backend), table)[0])
    torch.testing.assert_close(*gradients, rtol=1e-9, atol=1e-10)
    table = table.detach()
    for j in range(len(table)):
        h = 1e-6 * max(float(table[j]), 1e-3)
        step = torch.zeros_like(table)
        step[j] = h
        difference = (loss(table + step, "compiled") - loss(table - step, "compiled")) / (2 * h)
        assert float(difference) == pytest.approx(float(gradients[0][j]), rel=1e-4, abs=1e-6)


def test_the_gradient_of_each_simulation_is_its_own_whatever_the_threads():
    fields = start(SCHNAKENBERG, batch=3)
    found = []
    for threads in (1, 3):
        a = torch.tensor([0.08, 0.1, 0.12], dtype=torch.float64, requires_grad=True)
        run = simulate(
            SCHNAKENBERG,
            {"a": a},
            fields,
            30,
            grid=GRIDS["Schnakenberg"],
            backend="compiled",
            threads=threads,
        )
        found.append(torch.autograd.grad(run.fields[:2].square().sum(), a)[0])
    assert torch.equal(*found)
    assert found[0][2] == 0
    assert (found[0][:2] != 0).all()


@pytest.mark.parametrize("flags", ["-march=x86-64-v3", "-march=x86-64-v2"])
def test_other_vectors_give_the_same_numbers_within_round_off(flags, monkeypatch):
    if not compiler.cpu_flags()[0].endswith("native") or compiler.platform.machine() != "x86_64":
        pytest.skip("These flags are for x86-64 processors.")
    fields = start(SCHNAKENBERG)
    args = (SCHNAKENBERG, None, fields, 60)
    here = simulate(*args, grid=GRIDS["Schnakenberg"], backend="compiled")
    monkeypatch.setenv(compiler.CPU_FLAGS, flags)
    compiled_engine.functions.cache_clear()
    try:
        there = simulate(*args, grid=GRIDS["Schnakenberg"], backend="compiled")
    finally:
        compiled_engine.functions.cache_clear()
    torch.testing.assert_close(here.fields, there.fields, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("name", SYSTEMS)
@pytest.mark.parametrize("boundary", ["periodic", "no-flux"])
def test_a_homogeneous_state_stays_and_diffusion_alone_conserves(name, boundary):
    model, grid = SYSTEMS[name], GRIDS[name]._replace(boundary=boundary)
    still = start(model, amplitude=0.0)
    assert (simulate(model, None, still, 20, grid=grid).fields - still).abs().max() < 1e-6
    fields = start(model)
    assert laplacian(fields, grid).sum(dim=(2, 3)).abs().max() * grid.dx**2 < 1e-11


def test_walls_reflect_a_mirrored_picture_is_periodic_on_the_doubled_grid():
    fields = start(SCHNAKENBERG, 6, 7)
    doubled = torch.cat([fields, fields.flip(3)], 3)
    doubled = torch.cat([doubled, doubled.flip(2)], 2)
    grid = GRIDS["Schnakenberg"]
    for stencil in (5, 9):
        walls = simulate(
            SCHNAKENBERG, None, fields, 50, grid=grid._replace(boundary="no-flux", stencil=stencil)
        )
        whole = simulate(SCHNAKENBERG, None, doubled, 50, grid=grid._replace(stencil=stencil))
        torch.testing.assert_close(walls.fields, whole.fields[..., :6, :7], rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("stencil", [5, 9])
def test_the_laplacian_is_of_second_order_in_dx(stencil):
    errors = []
    for cells in (16, 32):
        dx = 2 * np.pi / cells
        x = torch.arange(cells, dtype=torch.float64) * dx
        wave = torch.sin(x)[:, None] * torch.cos(2 * x)[None, :]
        errors.append((laplacian(wave[None, None], Grid(dx, stencil=stencil)) + 5 * wave).abs().max())
    assert 3.5 < float(errors[0] / errors[1]) < 4.5


def test_dx_and_dt_are_what_they_say():
    """Half the cell at a quarter of the diffusion is the same system; two half steps are one, nearly."""
    fields = start(FITZHUGH_NAGUMO)
    usual = GRIDS["FitzHugh-Nagumo"]
    params = {"Du": 4e-3, "Dv": 4e-3}
    quarter = {name: value / 4 for name, value in params.items()}
    one = simulate(FITZHUGH_NAGUMO, params, fields, 100, grid=usual._replace(dt=0.004))
    other = simulate(FITZHUGH_NAGUMO, quarter, fields, 100, grid=usual._replace(dx=usual.dx / 2, dt=0.004))
    torch.testing.assert_close(one.fields, other.fields, rtol=1e-12, atol=1e-14)
    halves = simulate(FITZHUGH_NAGUMO, params, fields, 200, grid=usual._replace(dt=0.002))
    assert 1e-7 < (one.fields - halves.fields).abs().max() < 1e-2


def test_a_run_that_explodes_is_an_outcome_and_one_that_settles_stops():
    fields = start(SCHNAKENBERG, batch=2)
    fields[1] *= 1e6
    run = simulate(SCHNAKENBERG, None, fields, 2000, grid=GRIDS["Schnakenberg"], backend="compiled")
    assert run.diverged.tolist() == [False, True]
    assert run.steps[1] < 2000
    still = start(SCHNAKENBERG, amplitude=0.0)
    assert int(simulate(SCHNAKENBERG, None, still, 5000, grid=GRIDS["Schnakenberg"], tol=1e-6).steps) == 256


def test_without_a_compiler_the_readable_engine_says_so(monkeypatch):
    def none(*_: object) -> None:
        raise compiler.CompilerError("There is no C compiler here: install one.")

    monkeypatch.setattr(compiler, "library", none)
    compiled_engine.functions.cache_clear(), compiled_engine.missing.cache_clear()
    try:
        with pytest.warns(SlowEngine, match=r"no C compiler here.*eager engine runs Schnakenberg"):
            run = simulate(SCHNAKENBERG, None, start(SCHNAKENBERG), 2, grid=GRIDS["Schnakenberg"])
        assert run.engine == "eager"
        with pytest.raises(ValueError, match="compiled engine cannot take"):
            simulate(
                SCHNAKENBERG, None, start(SCHNAKENBERG), 2, grid=GRIDS["Schnakenberg"], backend="compiled"
            )
    finally:
        compiled_engine.functions.cache_clear(), compiled_engine.missing.cache_clear()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"fields": torch.zeros(1, 3, 8, 8)}, "needs .batch, 2, height, width"),
        ({"fields": torch.zeros(1, 2, 8, 8, dtype=torch.int64)}, "make them float32"),
        ({"fields": torch.full((1, 2, 8, 8), torch.nan)}, "finite"),
        ({"fields": torch.zeros(1, 2, 2, 8)}, "at least 3"),
        ({"params": {"c": 1.0}}, "has no parameter c"),
        ({"params": {"a": torch.ones(3)}}, "there are 1 simulations"),
        ({"params": {"a": float("nan")}}, "not finite"),
        ({"params": {"Dv": -1.0}}, "cannot be negative"),
        ({"steps": 0}, "at least 1"),
        ({"grid": Grid(dt=0.1)}, "use dt ≤ 0.0166667"),
        ({"grid": Grid(dx=-1.0)}, "must be positive"),
        ({"grid": Grid(dx=1e-200)}, "take a unit of length"),
        ({"grid": Grid(dx=1e200)}, "take a unit of length"),
        ({"grid": Grid(dt=1e-320)}, "below the normal numbers of torch.float32"),
        ({"grid": Grid(boundary="open")}, "no boundary"),
        ({"grid": Grid(stencil=7)}, "7 points"),
        ({"backend": "cuda"}, "no engine"),
    ],
)
def test_what_cannot_be_run_is_answered_with_a_sentence(change, sentence):
    given = {"params": None, "fields": torch.ones(1, 2, 8, 8), "steps": 5, "grid": Grid(dt=0.01)} | change
    with pytest.raises(ValueError, match=sentence):
        simulate(SCHNAKENBERG, **given)
