"""The landscape of a trained network's loss: planes through the solution, and its Hessian's spectrum.

Directions are filter-normalised (Li et al., 2018, arXiv 1712.09913): every neuron's share of a random
direction is scaled to the norm of that neuron's weights, so that planes of different networks compare.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
import torch
import xarray as xr
from jaxtyping import Float
from scipy.linalg import eigh_tridiagonal
from scipy.ndimage import minimum_filter
from torch import Tensor

from lib import draws
from lib.studies.pinn.network import losses
from lib.studies.pinn.training import Training

#: Smallest share of the largest eigenvalue that counts as curvature; below it lies float32's noise.
FLAT = 1e-5


class Spectrum(NamedTuple):
    """Eigenvalues of the total loss's Hessian in the weights.

    Args:
        top: the largest found.
        bottom: the lowest found, of either sign.
        nodes, weights: a quadrature of the spectral density: eigenvalues and their share of all.
        directions: unit vectors of the lowest and the largest found, (2, weights).
        probes: random vectors that they were looked for from, each with as many Lanczos steps.
    """

    top: float
    bottom: float
    nodes: Float[np.ndarray, " nodes"]
    weights: Float[np.ndarray, " nodes"]
    directions: Float[np.ndarray, "2 weights"]
    probes: int = 1

    @property
    def dataset(self) -> xr.Dataset:
        """The quadrature, for publishing."""
        return xr.Dataset({"eigenvalue": ("node", self.nodes), "share": ("node", self.weights)})

    @property
    def lowest(self) -> float:
        """The lowest eigenvalue found over the largest; closer to zero than FLAT, its sign is rounding's."""
        return self.bottom / self.top

    @property
    def flat(self) -> float:
        """Share of directions with less than FLAT of the largest curvature."""
        return float(self.weights[np.abs(self.nodes) < FLAT * self.top].sum())


class Coupling(NamedTuple):
    """How the two subspaces of the total loss touch (equation 7).

    Args:
        data: largest change of ∂L_data/∂θ when the parameters move, over its own size.
        cosine: for each parameter, the correlation that its column of ∂²L/∂θ∂p has with the curvatures it
            couples: |∂²L/∂w∂p| / √(∂²L/∂w² · ∂²L/∂p²), w the direction of that column. 0: separable.
    """

    data: float
    cosine: Float[np.ndarray, "4"]


def survey(
    trained: Mapping[str, Training], *, random: int, points: int, nodes: int, seed: int = 0
) -> tuple[dict[str, list[xr.Dataset]], dict[str, Spectrum]]:
    """Planes through several networks, and their spectra, by the same labels."""
    spectra = {label: spectrum(each, nodes=nodes, seed=seed) for label, each in trained.items()}
    views = {
        label: planes(each, spectra[label], random=random, points=points, seed=seed)
        for label, each in trained.items()
    }
    return views, spectra


def file_names(labels: Iterable[str]) -> dict[str, str]:
    """Each label as a part of a file's name."""
    return {label: label.replace(",", "").replace(" ", "_") for label in labels}


def planes(
    trained: Training, found: Spectrum, *, random: int, points: int, seed: int = 0
) -> list[xr.Dataset]:
    """So many random planes through a network, and the worst one last."""
    chosen = [random_plane(trained, points=points, seed=seed + i) for i in range(random)]
    return [*chosen, worst_plane(trained, found, points=points)]


def together(planes: Sequence[xr.Dataset]) -> xr.Dataset:
    """Planes of one network as one dataset, over `plane`."""
    return xr.concat(planes, "plane", coords="minimal", compat="override")


def random_plane(trained: Training, *, points: int, seed: int = 0) -> xr.Dataset:
    """A plane along two random, filter-normalised directions; arguments as for `plane`."""
    generator = draws.generator(seed)
    weights = trained.network.weights()
    return plane(
        trained, [[filter_normalised(w, generator) for w in weights] for _ in range(2)], points=points
    )


def worst_plane(trained: Training, found: Spectrum, *, points: int) -> xr.Dataset:
    """The plane of the lowest and of the steepest curvature found, each as long as all weights."""
    weights = trained.network.weights()
    length = float(torch.cat([w.detach().ravel() for w in weights]).norm())
    directions = []
    for vector in found.directions:
        parts = torch.as_tensor(length * vector, dtype=torch.float32).split([w.numel() for w in weights])
        directions.append([part.reshape(w.shape) for part, w in zip(parts, weights, strict=True)])
    return plane(trained, directions, points=points)


def plane(trained: Training, directions: list[list[Tensor]], *, span: float = 1.0, points: int) -> xr.Dataset:
    """Data, residual and total loss on a plane through the solution.

    Args:
        trained: a network; left as it was.
        directions: the two that span it, each one tensor for each of the weights.
        span: half the side, in units of the directions.
        points: along each side; odd, so that the solution is one of them.
    """
    weights = trained.network.weights()
    axis = np.linspace(-span, span, points)
    values = np.empty((2, points, points))
    with at_rest(trained), torch.no_grad():
        centre = [w.clone() for w in weights]
        for i, j in np.ndindex(points, points):
            move(weights, centre, directions, (float(axis[i]), float(axis[j])))
            parts = losses(trained.network, trained.seen)
            values[:, i, j] = float(parts.data), trained.weight * float(parts.residual)
    dims = ("alpha", "beta")
    variables = {"data": (dims, values[0]), "residual": (dims, values[1]), "total": (dims, values.sum(0))}
    return xr.Dataset(variables, coords={"alpha": axis, "beta": axis})


def spectrum(trained: Training, *, nodes: int = 60, probes: int = 2, seed: int = 0) -> Spectrum:
    """The Hessian's spectral density by stochastic Lanczos quadrature, and the ends that it reached.

    The extreme nodes approach the extreme eigenvalues from inside, and much faster than the rest. Asking
    ARPACK for the smallest ones instead does not converge: nearly all of them lie close to zero.

    Args:
        trained: a network.
        nodes: Lanczos steps of each probe (Ghorbani et al., 2019, arXiv 1901.10159).
        probes: random vectors that the density is averaged over.
        seed: of the vectors.
    """
    product, size = hessian_product(trained)
    start = np.random.default_rng(seed)
    quadratures = [lanczos(product, start.standard_normal(size), nodes) for _ in range(probes)]
    values, shares = (np.concatenate(x) for x in zip(*((q[0], q[1]) for q in quadratures), strict=True))
    lowest = min(quadratures, key=lambda q: float(q[0].min()))[2][0]
    highest = max(quadratures, key=lambda q: float(q[0].max()))[2][1]
    ends = np.stack([lowest, highest])
    return Spectrum(float(values.max()), float(values.min()), values, shares / probes, ends, probes)


def lanczos(
    product: Callable[[np.ndarray], np.ndarray], start: np.ndarray, steps: int
) -> tuple[Float[np.ndarray, " steps"], Float[np.ndarray, " steps"], Float[np.ndarray, "2 size"]]:
    """Nodes and weights of the quadrature of a symmetric operator's spectral measure at one vector.

    With them, the approximate eigenvectors of the smallest and the largest node.
    """
    basis = [start / np.linalg.norm(start)]
    diagonal, beside = [], []
    for _ in range(min(steps, len(start))):
        w = product(basis[-1])
        diagonal.append(basis[-1] @ w)
        # Against all earlier vectors, twice: without it, rounding breeds copies of eigenvalues.
        for _ in range(2):
            w = w - np.stack(basis).T @ (np.stack(basis) @ w)
        beside.append(np.linalg.norm(w))
        basis.append(w / beside[-1])
    nodes, vectors = eigh_tridiagonal(np.array(diagonal), np.array(beside[:-1]))
    ends = vectors[:, [int(nodes.argmin()), int(nodes.argmax())]].T @ np.stack(basis[: len(nodes)])
    return nodes, vectors[0] ** 2, ends


def hessian_product(trained: Training) -> tuple[Callable[[np.ndarray], np.ndarray], int]:
    """x ↦ ∂²L/∂θ² x of the total loss, and how many weights there are."""
    weights = trained.network.weights()
    parts = losses(trained.network, trained.seen)
    total = parts.data + trained.weight * parts.residual
    slope = torch.cat([g.ravel() for g in gradients(total, weights, create_graph=True)])

    def product(x: np.ndarray) -> np.ndarray:
        vector = torch.as_tensor(x.ravel()).to(slope)
        image = gradients(slope, weights, grad_outputs=vector, retain_graph=True)
        return torch.cat([g.ravel() for g in image]).double().numpy()

    return product, len(slope)


def coupling(trained: Training, *, shift: float = 0.3) -> Coupling:
    """Mixed second derivatives of the total loss, measured on the network as it stands.

    Args:
        trained: a network; left as it was.
        shift: how far the parameters are moved to see whether the data term's gradient notices.
    """
    network, weights = trained.network, trained.network.weights()
    with at_rest(trained):
        before = torch.cat([g.ravel() for g in gradients(losses(network, trained.seen).data, weights)])
        with torch.no_grad():
            network.p.mul_(1 + shift)
        after = torch.cat([g.ravel() for g in gradients(losses(network, trained.seen).data, weights)])
    product, _ = hessian_product(trained)
    by_p = gradients(losses(network, trained.seen).residual, [network.p], create_graph=True)[0]
    cosines = []
    for j in range(4):
        column = torch.cat([g.ravel() for g in gradients(by_p[j], weights, retain_graph=True)])
        across = trained.weight * float(column.norm())
        w = (column / column.norm()).double().numpy()
        along_p = trained.weight * float(gradients(by_p[j], [network.p], retain_graph=True)[0][j])
        cosines.append(across / np.sqrt(max(w @ product(w), 1e-300) * along_p))
    return Coupling(float((after - before).abs().max() / before.abs().max()), np.array(cosines))


def gradients(
    value: Tensor, by: Sequence[Tensor], *, grad_outputs: Tensor | None = None, create_graph: bool = False,
    retain_graph: bool | None = None,
) -> list[Tensor]:  # fmt: skip
    """`torch.autograd.grad` with zeros where nothing depends on a tensor."""
    found = torch.autograd.grad(
        value,
        by,
        grad_outputs=grad_outputs,
        create_graph=create_graph,
        retain_graph=retain_graph,
        allow_unused=True,
    )
    return [torch.zeros_like(w) if g is None else g for g, w in zip(found, by, strict=True)]


class Minimum(NamedTuple):
    """A point of a plane that lies below all eight neighbours.

    Args:
        alpha, beta: where, in units of the plane's two directions.
        loss: the total loss there.
    """

    alpha: float
    beta: float
    loss: float


def other_minima(plane: xr.Dataset) -> list[Minimum]:
    """Local minima of a plane besides the solution's own, the lowest first.

    The solution's own is in the middle or next to it, since a training need not have ended on a grid's point.
    The border is left out: nobody knows what lies beyond.
    """
    values = plane.total.values
    below = minimum_filter(values, size=3, mode="nearest") == values
    below[[0, -1]] = below[:, [0, -1]] = False
    middle = len(values) // 2
    below[middle - 1 : middle + 2, middle - 1 : middle + 2] = False
    found = [
        Minimum(float(plane.alpha[i]), float(plane.beta[j]), float(values[i, j]))
        for i, j in np.argwhere(below)
    ]
    return sorted(found, key=lambda minimum: minimum.loss)


def filter_normalised(weight: Tensor, generator: torch.Generator) -> Tensor:
    """A random direction whose rows (one for each neuron) are as long as the weight's own."""
    direction = draws.normal(weight.shape, generator)
    if weight.ndim == 1:
        return direction * weight.norm() / direction.norm()
    return direction * weight.norm(dim=1, keepdim=True) / direction.norm(dim=1, keepdim=True)


def move(
    weights: list[torch.nn.Parameter],
    centre: list[Tensor],
    directions: list[list[Tensor]],
    by: tuple[float, float],
) -> None:
    """Set the weights to a point of the plane."""
    for w, c, first, second in zip(weights, centre, *directions, strict=True):
        w.copy_(c + by[0] * first + by[1] * second)


@contextmanager
def at_rest(trained: Training) -> Iterator[None]:
    """Put every weight back afterwards."""
    kept = {name: value.clone() for name, value in trained.network.state_dict().items()}
    try:
        yield
    finally:
        trained.network.load_state_dict(kept)
