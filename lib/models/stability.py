"""Stability of a homogeneous state: growth rates of its waves, and the conditions at which it changes.

With J the Jacobian of the reaction terms and D the diffusion coefficients, a wave of wave number q grows
at the largest real part of the eigenvalues of J − q² D. For two fields

    saddle-node, where two states meet     det J = 0
    Hopf, where a state starts to swing    tr J = 0 while det J > 0
    Turing, where a pattern starts         D_v J_uu + D_u J_vv = 2 √(D_u D_v det J) while tr J < 0 < det J
"""

from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
import sympy

from lib.inputs import tensor_of
from lib.models.value import ReactionDiffusion, model_of, numbers_of

#: Wave numbers at which growth is looked at.
WAVES = 4001


class Kind(StrEnum):
    """What a homogeneous state does when it is disturbed a little."""

    STABLE = "stable"
    TURING = "unstable to patterns"
    HOPF = "unstable to oscillations"
    SADDLE = "unstable without oscillation"


class Conditions(NamedTuple):
    """Expressions in fields and parameters, zero on the curves; taken at a homogeneous state.

    Args:
        saddle_node: det J.
        hopf: tr J; positive where the state swings, if det J is.
        turing: D_v J_uu + D_u J_vv − 2 √(D_u D_v det J); positive where patterns grow.
    """

    saddle_node: sympy.Expr
    hopf: sympy.Expr
    turing: sympy.Expr


def reaction_derivatives(model: ReactionDiffusion) -> sympy.Matrix:
    """Derivatives of the reaction terms by the fields."""
    rows = [[rate.diff(model.symbols[n]) for n in model.fields] for rate in model.rates.values()]
    return sympy.Matrix(rows)


def conditions(model: Any) -> Conditions:
    """The three conditions of a model of two fields.

    Raises:
        NotImplementedError: for any other number of fields; `growth` answers for all of them.
    """
    model = model_of(model)
    if len(model.fields) != 2:
        raise NotImplementedError(
            f"{model.name} has {len(model.fields)} fields, and these conditions are for two: "
            "look at `growth`."
        )
    J = reaction_derivatives(model)
    Du, Dv = (
        model.symbols[model.diffusion[n]] if n in model.diffusion else sympy.S.Zero for n in model.fields
    )
    det = sympy.simplify(J.det())
    turing = Dv * J[0, 0] + Du * J[1, 1] - 2 * sympy.sqrt(Du * Dv * det)
    return Conditions(det, sympy.simplify(J.trace()), turing)


def growth(model: Any, params: Any, state: Any, q: Any) -> np.ndarray:
    """Largest growth rate (real part) of waves of these wave numbers, and its frequency, (len(q), 2).

    Args:
        model: the equations.
        params: name → value; what is left out has the model's typical value.
        state: field → value, a homogeneous state.
        q: wave numbers, in radians per unit of length.

    Raises:
        ValueError: a sentence, for what is not that, or where the reaction has no derivative.
    """
    waves = tensor_of("q", q).detach().cpu().double().numpy()
    if waves.ndim != 1 or not np.isfinite(waves).all():
        raise ValueError(f"The wave numbers have shape {waves.shape}: give a row of finite numbers.")
    J, D = matrices(model_of(model), params, state)
    with np.errstate(over="ignore", invalid="ignore"):  # what comes of it is refused
        damped = J - waves[:, None, None] ** 2 * np.diag(D)
    if not np.isfinite(damped).all():
        raise ValueError("Some wave numbers are so large that their decay leaves the floating-point numbers.")
    values = np.linalg.eigvals(damped)
    first = values[np.arange(len(values)), values.real.argmax(axis=1)]
    return np.stack([first.real, np.abs(first.imag)], axis=1)


def kind(model: Any, params: Any, state: Any) -> Kind:
    """What a homogeneous state does; looked at are the waves up to the one that diffusion surely damps.

    Raises:
        ValueError: as `growth`.
    """
    still, frequency = growth(model, params, state, np.zeros(1))[0]
    if still > 0:
        return Kind.HOPF if frequency > 0 else Kind.SADDLE
    J, D = matrices(model, params, state)
    if not (D > 0).any():
        return Kind.STABLE
    waves = np.linspace(0, np.sqrt(np.linalg.norm(J, 2) / D[D > 0].min()), WAVES)
    return Kind.TURING if growth(model, params, state, waves)[:, 0].max() > 0 else Kind.STABLE


def matrices(model: ReactionDiffusion, params: Any, state: Any) -> tuple[np.ndarray, np.ndarray]:
    """J and the diffusion coefficients in numbers."""
    place = numbers_of(model, "field", state, model.fields)
    if lost := [name for name in model.fields if name not in place]:
        raise ValueError(f"The state says nothing of {', '.join(lost)}: give a value for each field.")
    numbers = {**model.parameters, **numbers_of(model, "parameter", params, model.names), **place}
    if bad := [name for name in model.diffusions if numbers[name] < 0]:
        raise ValueError(f"{bad[0]} = {numbers[bad[0]]:g}: a diffusion coefficient cannot be negative.")
    try:
        J = np.array(
            reaction_derivatives(model).subs({model.symbols[n]: v for n, v in numbers.items()}), dtype=float
        )
    except TypeError:
        J = np.full((1, 1), np.nan)
    if not np.isfinite(J).all():
        raise ValueError(f"The reaction of {model.name} has no finite derivative at this state: try another.")
    return J, np.array([numbers[model.diffusion[n]] if n in model.diffusion else 0.0 for n in model.fields])
