"""Resistance distances of a pattern's graph: the features of Schnörr and Schnörr (arXiv 2108.08542).

Cells are nodes, neighbours are joined by a conductance of 1 inside one phase (v above or below its middle)
and by `ACROSS` between phases. The resistance between two cells then says whether they lie in one piece, and
how long the way is. With a node grounded, R_ij = K_ii + K_jj − 2 K_ij, K the inverse of what is left of the
Laplacian.
"""

import numpy as np
import scipy.sparse as sparse
from jaxtyping import Float
from scipy.ndimage import label
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import splu

#: Conductance across the border of a phase: a tenth of what their reproduction has (869b97e), as trials on
#: other targets had it.
ACROSS = 0.0003

#: Cells whose distances are taken, and the bins of log₁₀ R they are counted in.
SAMPLED, BINS = 64, np.linspace(-1.0, 2.5, 17)

Field = Float[np.ndarray, "height width"]


def features(v: Field, across: float = ACROSS) -> Float[np.ndarray, " features"]:
    """Histogram of resistance distances (16), the largest v, the number of connected pieces."""
    coarse = halved(v) if v.shape[0] >= 64 else v
    inside = coarse > (coarse.min() + coarse.max()) / 2
    counts, _ = np.histogram(np.log10(distances(inside, across)), bins=BINS)
    return np.array([*(counts / counts.sum().clip(min=1)), v.max(), np.log1p(pieces(inside))])


def halved(v: Field) -> Float[np.ndarray, "rows columns"]:
    """Means over squares of 2 × 2 cells: the Laplacian's factors grow faster than the picture."""
    height, width = (n // 2 * 2 for n in v.shape)
    return v[:height, :width].reshape(height // 2, 2, width // 2, 2).mean(axis=(1, 3))


def distances(inside: np.ndarray, across: float = ACROSS, seed: int = 0) -> Float[np.ndarray, " pairs"]:
    """Resistances between all pairs of some cells, the same cells for every picture."""
    count = inside.size
    chosen = np.random.default_rng(seed).choice(count - 1, min(SAMPLED, count - 1), replace=False)
    grounded = splu(conductances(inside, across)[: count - 1, : count - 1].tocsc())
    unit = np.zeros((count - 1, len(chosen)))
    unit[chosen, np.arange(len(chosen))] = 1
    K = grounded.solve(unit)[chosen]
    R = np.diag(K)[:, None] + np.diag(K) - 2 * K
    return R[np.triu_indices(len(chosen), 1)]


def conductances(inside: np.ndarray, across: float = ACROSS) -> sparse.csr_matrix:
    """The graph's Laplacian matrix on a periodic lattice."""
    number = np.arange(inside.size).reshape(inside.shape)
    rows, columns, weights = [], [], []
    for axis in (0, 1):
        same = inside == np.roll(inside, -1, axis)
        rows.append(number.ravel())
        columns.append(np.roll(number, -1, axis).ravel())
        weights.append(np.where(same, 1.0, across).ravel())
    i, j, w = (np.concatenate(parts) for parts in (rows, columns, weights))
    one_way = sparse.coo_matrix((w, (i, j)), shape=(inside.size, inside.size))
    both = (one_way + one_way.T).tocsr()
    return sparse.diags(np.asarray(both.sum(axis=1)).ravel()).tocsr() - both


def pieces(inside: np.ndarray) -> int:
    """Connected pieces of the phase where v is high, on a torus."""
    labels, count = label(inside)
    edges = [(labels[0], labels[-1]), (labels[:, 0], labels[:, -1])]
    first, last = (np.concatenate(side) for side in zip(*edges, strict=True))
    touching = (first > 0) & (last > 0)
    joined = (first[touching] - 1, last[touching] - 1)
    graph = sparse.coo_matrix((np.ones(int(touching.sum())), joined), shape=(count, count))
    return int(connected_components(graph, directed=False, return_labels=False)) if count else 0
