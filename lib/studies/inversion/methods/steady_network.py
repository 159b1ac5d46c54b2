"""Physics-informed networks on a settled picture: with tanh, with sines, and with a homotopy.

    minimise over weights θ and parameters p:   L_data(θ) + α · L_residual(θ, p),

the residual that of the steady equations (Kho et al., 2022, arXiv 2211.13464, for Turing patterns). Sines
instead of tanh: Sitzmann et al., 2020, arXiv 2006.09661. The homotopy of Zheng et al. (2024,
doi:10.1016/j.jcp.2023.112751) begins with the equations heavy, and lets go in stages: α = 0.6ⁿ.
"""

from lib.studies.inversion.budget import Budget, spend
from lib.studies.inversion.networks import follow, objective_for, seen_in
from lib.studies.inversion.problems import Data
from lib.studies.inversion.recovery import Recovery, concluded
from lib.studies.pinn.network import Network, architecture_for
from lib.studies.pinn.training import WEIGHT

#: Stages of the homotopy, the factor from one to the next, and the parts of the budget that the last one has.
STAGES, FACTOR, LAST = 10, 0.6, 2


def with_tanh(data: Data, budget: Budget, seed: int, *, weight: float = WEIGHT) -> Recovery:
    """One training at one weight of the residual."""
    return steady(data, budget, seed, "tanh", weight)


def with_sines(data: Data, budget: Budget, seed: int, *, weight: float = 0.1 * WEIGHT) -> Recovery:
    """The same with sines throughout."""
    return steady(data, budget, seed, "siren", weight)


def steady(data: Data, budget: Budget, seed: int, activation: str, weight: float) -> Recovery:
    """Train until the budget is spent."""
    network = Network(data.size, architecture=architecture_for(data.size, activation), seed=seed)
    seen, objective = seen_in(data), objective_for(data)

    def search() -> None:
        follow(network, seen, budget, until=float("inf"), weight=weight, objective=objective)

    return concluded(budget, spend(budget, search))


def homotopy(data: Data, budget: Budget, seed: int, *, weight: float = 100 * WEIGHT) -> Recovery:
    """Stage after stage with tanh, the residual's weight falling; the last stage has two shares."""
    network = Network(data.size, architecture=architecture_for(data.size, "tanh"), seed=seed)
    seen, objective = seen_in(data), objective_for(data)
    share = budget.limit / (STAGES - 1 + LAST)

    def search() -> None:
        for stage in range(STAGES):
            until = (stage + 1) * share if stage < STAGES - 1 else float("inf")
            follow(network, seen, budget, until=until, weight=weight * FACTOR**stage, objective=objective)

    return concluded(budget, spend(budget, search))
