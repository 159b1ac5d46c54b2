"""A conditional density: a mixture of normals whose weights, means and factors a small network computes.

    p(θ | x) = Σ_k π_k(x) N(θ; μ_k(x), L_k(x) L_k(x)ᵀ)

(Bishop, 1994: mixture density networks). Fitted to pairs (θ, x) drawn from prior and simulator by maximum
likelihood it becomes the posterior for every x at once: simulation-based inference (Cranmer, Brehmer and
Louppe, 2020, doi:10.1073/pnas.1912789117).
"""

import copy

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

#: Width of the two hidden layers.
WIDTH = 64

#: Pairs in a step, rate, decay of the weights; share held out to stop at, and steps between two looks at it.
BATCH, RATE, DECAY, HELD_OUT, LOOK = 64, 2e-3, 1e-4, 0.15, 25

#: Standardised inputs are cut off here: what lies further out was never learned from.
FURTHEST = 5.0

Inputs = Float[Tensor, "batch features"]
Outputs = Float[Tensor, "batch parameters"]


class Density(nn.Module):
    """The mixture.

    Args:
        inputs, outputs: what it will be fitted to, (pairs, features) and (pairs, parameters): their means
            and spreads are its units.
        components: normals in the mixture.
    """

    def __init__(self, inputs: Inputs, outputs: Outputs, components: int) -> None:
        super().__init__()
        self.centre, self.scale = inputs.mean(dim=0), inputs.std(dim=0).clamp(min=1e-6)
        self.mean, self.spread = outputs.mean(dim=0), outputs.std(dim=0).clamp(min=1e-6)
        self.components, self.dimensions = components, outputs.shape[1]
        d = self.dimensions
        self.layers = nn.Sequential(
            nn.Linear(inputs.shape[1], WIDTH), nn.Tanh(), nn.Linear(WIDTH, WIDTH), nn.Tanh(),
            nn.Linear(WIDTH, components * (1 + d + d * (d + 1) // 2)),
        )  # fmt: skip

    def mixture(self, x: Inputs) -> torch.distributions.MixtureSameFamily:
        """The density of standardised outputs for each row of inputs."""
        seen = ((x - self.centre) / self.scale).clamp(-FURTHEST, FURTHEST)
        d, rows = self.dimensions, self.layers(seen).reshape(len(x), self.components, -1)
        weights, means, entries = rows.split([1, d, d * (d + 1) // 2], dim=2)
        factor = torch.zeros(len(x), self.components, d, d)
        below = torch.tril_indices(d, d)
        factor[:, :, below[0], below[1]] = entries
        diagonal = nn.functional.softplus(factor.diagonal(dim1=2, dim2=3)) + 1e-3
        factor = factor.tril(-1) + torch.diag_embed(diagonal)
        return torch.distributions.MixtureSameFamily(
            torch.distributions.Categorical(logits=weights[:, :, 0]),
            torch.distributions.MultivariateNormal(means, scale_tril=factor),
        )

    def log_density(self, outputs: Outputs, x: Inputs) -> Float[Tensor, " batch"]:
        """log p of each row of standardised outputs."""
        return self.mixture(x).log_prob((outputs - self.mean) / self.spread)

    def sample(self, x: Inputs, count: int, seed: int = 0) -> Float[Tensor, "count batch parameters"]:
        """Draws for each row of inputs; the process's own random numbers are left alone."""
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            torch.manual_seed(seed)
            return self.mean + self.spread * self.mixture(x).sample((count,))


def fitted(
    inputs: Float[np.ndarray, "pairs features"],
    outputs: Float[np.ndarray, "pairs parameters"],
    *,
    seed: int,
    steps: int,
    components: int,
) -> Density:
    """Maximum likelihood by Adam; the weights that are best on the pairs held out are kept.

    Args:
        inputs, outputs: pairs.
        seed: of the weights and the batches.
        steps: at most.
        components: normals in the mixture.

    Raises:
        ArithmeticError: for fewer than eight pairs.
    """
    if len(inputs) < 8:
        raise ArithmeticError(
            f"A density cannot be learned from {len(inputs)} pictures: eight are the least. Give it a "
            "larger budget, or a box with more patterns."
        )
    x, y = (torch.as_tensor(np.asarray(part)).float() for part in (inputs, outputs))
    kept = max(2, round(HELD_OUT * len(x)))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        order = torch.randperm(len(x))
        judged, learned = order[:kept], order[kept:]
        density = Density(x[learned], y[learned], components)
        optimiser = torch.optim.AdamW(density.parameters(), RATE, weight_decay=DECAY)
        best, lowest = copy.deepcopy(density.state_dict()), float("inf")
        for step in range(1, steps + 1):
            chosen = learned[torch.randint(len(learned), (min(BATCH, len(learned)),))]
            loss = -density.log_density(y[chosen], x[chosen]).mean()
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            if step % LOOK == 0:
                with torch.no_grad():
                    missed = -float(density.log_density(y[judged], x[judged]).mean())
                if missed < lowest:
                    best, lowest = copy.deepcopy(density.state_dict()), missed
        density.load_state_dict(best)
    return density.requires_grad_(False)
