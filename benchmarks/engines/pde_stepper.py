"""py-pde: its numba backend, explicit Euler with a fixed step, one simulation; it computes in float64."""

from collections.abc import Callable

from lib.model import State
from lib.paper import TRUTH


def simulation(state: State, device: str) -> Callable[[int], object]:
    """Forward runs of one simulation."""
    import pde

    u, v = (field[0].double().numpy() for field in state)
    grid = pde.CartesianGrid([[0, u.shape[0]], [0, u.shape[1]]], u.shape, periodic=True)
    fields = pde.FieldCollection([pde.ScalarField(grid, u), pde.ScalarField(grid, v)])
    equation = pde.PDE(
        {
            "u": f"{TRUTH.Du} * laplace(u) - u * v**2 + {TRUTH.F} * (1 - u)",
            "v": f"{TRUTH.Dv} * laplace(v) + u * v**2 - {TRUTH.F + TRUTH.k} * v",
        }
    )
    stepper = pde.EulerSolver(equation, backend="numba").make_stepper(fields, dt=1.0)

    def loop(steps: int) -> None:
        stepper(fields.copy(), 0.0, float(steps))

    return loop
