"""The family's landscapes: one long run at each point, compared at every horizon on its way."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
import xarray as xr
from tqdm import tqdm

from lib.folders import Folder
from lib.grid import grid_points
from lib.history import history
from lib.initial_states import initial_state
from lib.model import Params, State
from lib.paper import TRUTH
from lib.running.kept import arguments, kept
from lib.running.threads import single_thread
from lib.studies.horizon.losses import MEASURES, ORIGINS, differences, mean_square, settled

#: Wide enough to hold the paper's start and its whole pattern matrix, inside the bound D ≤ 1/4.
CUT_ENDS = {"Du": (0.10, 0.24), "Dv": (0.03, 0.13), "F": (0.02, 0.08), "k": (0.045, 0.075)}

#: Parameter sets whose runs share one call.
CHUNK = 6


def panorama(
    axes: Mapping[str, np.ndarray],
    horizons: Sequence[int],
    *,
    size: int,
    settle: int,
    seed: int = 0,
    origins: Sequence[str] = ORIGINS,
    jobs: int = -1,
    cache: Folder = None,
) -> xr.Dataset:
    """Every member's loss over a cut or a plane through the truth.

    Args:
        axes: parameter names with their values, in the order of the dataset's dimensions.
        horizons: numbers of steps, increasing.
        size, settle, seed: as in `family.problem`.
        origins: where runs begin.
        jobs: processes; −1 for one per core. Numbers do not depend on it.
        cache: where chunks are kept as they finish; the usual folder by default.

    Returns:
        Dataset `loss` over (origin, measure, horizon, *axes); NaN from the first horizon after a run
        diverged. Runs are in float32.
    """
    points = grid_points(axes, TRUTH)
    pieces = [points[i : i + CHUNK] for i in range(0, len(points), CHUNK)]
    settled(size, settle, seed)  # once, before every process asks for it
    setting = (tuple(horizons), size, settle, seed)
    calls = (arguments(piece, origin, *setting) for origin in origins for piece in pieces)
    found = kept(compute_piece, calls, jobs, cache=cache)
    title = f"{' × '.join(axes)} over horizons"
    rows = list(tqdm(found, total=len(origins) * len(pieces), desc=title, unit="piece"))
    values = np.concatenate(rows, axis=2).reshape(len(MEASURES), len(horizons), len(origins), -1)
    values = np.moveaxis(values, 2, 0).reshape(
        len(origins), len(MEASURES), len(horizons), *(len(x) for x in axes.values())
    )
    coords = {"origin": list(origins), "measure": list(MEASURES), "horizon": list(horizons), **axes}
    return xr.Dataset({"loss": (tuple(coords), values)}, coords=coords, attrs={"size": size, "seed": seed})


def shown(horizons: Sequence[int]) -> list[int]:
    """Horizons for a row of maps: the shortest two, three in the middle, and the longest."""
    middle = len(horizons) // 2
    return [horizons[i] for i in sorted({0, 1, middle - 1, middle, middle + 1, len(horizons) - 1})]


def compute_piece(
    points: np.ndarray, origin: str, horizons: tuple[int, ...], size: int, settle: int, seed: int
) -> np.ndarray:
    """Losses of a few points, (measures, horizons, points)."""
    one = begin(origin, size, settle, seed)
    columns = torch.as_tensor(np.concatenate([points, [TRUTH]]), dtype=torch.float32).unbind(1)
    start = State(*(x.repeat(len(points) + 1, 1, 1) for x in one))
    with single_thread():
        frames = history(Params(*columns), start, horizons, threads=1)
        return np.stack([[losses_at(frames, T, origin, one, m) for T in horizons] for m in MEASURES])


def begin(origin: str, size: int, settle: int, seed: int) -> State:
    """Where runs begin, in float32, (1, size, size)."""
    if origin == "data":
        return State(*(x.float() for x in settled(size, settle, seed)))
    return initial_state(1, size=size, seed=seed)


def losses_at(frames: xr.Dataset, horizon: int, origin: str, data: State, measure: str) -> np.ndarray:
    """The loss of every run at one horizon; the last run is the truth's, the goal where the patch began."""
    u, v = (torch.from_numpy(frames[name].sel(time=horizon).values) for name in ("u", "v"))
    goal = data if origin == "data" else State(u[-1:], v[-1:])
    return mean_square(differences(State(u[:-1], v[:-1]), goal, measure)).numpy()


def funnel(cut: xr.Dataset) -> xr.DataArray:
    """Share of a cut's points from which the loss falls at every step of the grid towards the truth.

    1 for any bowl with its minimum there; over (origin, measure, horizon).

    Args:
        cut: from `panorama` over one parameter, with the truth among its values.
    """
    name = str(cut.loss.dims[-1])
    at = int(np.abs(cut[name].values - getattr(TRUTH, name)).argmin())

    def share(values: np.ndarray) -> float:
        # Away from the truth the loss must rise; NaN, a diverged run, ends the slope.
        sides = (np.diff(values[at::-1]) > 0, np.diff(values[at:]) > 0)
        return float(sum(np.logical_and.accumulate(side).sum() for side in sides) / (len(values) - 1))

    return xr.apply_ufunc(share, cut.loss, input_core_dims=[[name]], vectorize=True)
