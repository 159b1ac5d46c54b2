"""When explicit Euler is stable: the rule of thumb, and the exact form for the linearisation.

A mode with eigenvalue λ is multiplied by 1 + dt λ in each step, so a real one needs dt |λ| < 2. The stiffest
mode is a checkerboard, for which the Laplacian is −8. With v frozen at one level its eigenvalue is
−(8 Du + F + v²), which gives the rule of thumb dt (8 Du + F + v²) < 2. Two things sharpen it.

* On a homogeneous state u and v are coupled; the mode with μ = 8 flips where det(2 + dt J(8)) = 0:
  8 Du + F + v² = 2/dt + 2 dt s v² / (2 + dt s − 8 dt Dv).
* On a pattern v² is large only inside the spots. Writing a checkerboard as (−1)^(i+j) φ turns
  Du ∇² − F − v² into −(8 Du + F) − (Du ∇² + v²): the stiffest eigenvalue is −(8 Du + F + Λ), Λ being the top
  of the spectrum of Du ∇² + v², a particle in the wells made by the spots. 0 < Λ < max v², so that the
  rule of thumb, which puts Λ = max v², asks for too much.
"""

import numpy as np
import xarray as xr
from jaxtyping import Float
from tqdm import tqdm

from lib.initial_states import patched_state
from lib.linearisation import Vector, pack
from lib.model import Params
from lib.paper import CUT_RANGES, DIFFUSION_PLANE, FEED_PLANE, TRUTH
from lib.running.kept import arguments, kept
from lib.running.threads import single_thread
from lib.simulate import Outcome, simulate
from lib.studies.bifurcation.parameter_sweeps import run_each
from lib.studies.bifurcation.stability import stiffest

#: The box all landscapes lie in: the widest of the cuts' and the planes' ranges.
BOX = {
    name: (
        min(ranges[name][0] for ranges in (CUT_RANGES, FEED_PLANE, DIFFUSION_PLANE) if name in ranges),
        max(ranges[name][1] for ranges in (CUT_RANGES, FEED_PLANE, DIFFUSION_PLANE) if name in ranges),
    )
    for name in Params._fields
}


#: Values of Du at which the stiffness is looked at: below the cliff that it makes.
ALONG_DU = np.array([0.20, 0.22, 0.235])


def bound(Du: float, F: float, top: float) -> float:
    """The rule of thumb, 8 Du + F + v², for the largest v; explicit Euler wants dt times this below 2."""
    return 8 * Du + F + top * top


def flip_Du(Dv: float, F: float, k: float, v: float, dt: float = 1.0) -> float:
    """The Du at which a homogeneous state with this v flips in the checkerboard; (2 − F)/8 where v = 0."""
    s = F + k
    return (
        (2 / dt + 2 * dt * s * v * v / (2 + dt * s - 8 * dt * Dv) - F - v * v) / 8 if v else (2 / dt - F) / 8
    )


def stiffness(params: Params, y: Vector) -> float:
    """|λ| of the stiffest mode of a pattern, per unit time: 8 Du + F + Λ, and a little coupling."""
    return -stiffest(params, y)


def stiffness_along_Du(
    values: Float[np.ndarray, " n"] = ALONG_DU, *, size: int = 128, steps: int = 40_000, seed: int = 0
) -> xr.Dataset:
    """Stiffness of the pattern along Du, and where it reaches 2.

    The patterns are grown with dt = 1/2, which no mode of theirs disturbs.

    Args:
        values: of Du, two or more; the stiffness is nearly a straight line in Du.
        size, steps, seed: of the runs that grow the patterns; `steps` in units of time.

    Returns:
        Dataset over Du: `eigenvalue`, and `bound`, the rule of thumb. Attributes `meets_2` and
        `rule_meets_2`: the Du where the line through the last two meets 2, NaN where it does not rise.
    """
    calls = [arguments(float(Du), size, steps, seed) for Du in values]
    found, tops = np.array(list(kept(grown_stiffness, calls, threads=1))).T
    rules = np.array([bound(float(Du), float(TRUTH.F), top) for Du, top in zip(values, tops, strict=True)])
    return xr.Dataset(
        {"eigenvalue": ("Du", found), "bound": ("Du", rules)},
        coords={"Du": values},
        attrs={"meets_2": meets_2(values, found), "rule_meets_2": meets_2(values, rules)},
    )


def meets_2(x: Float[np.ndarray, " n"], y: Float[np.ndarray, " n"]) -> float:
    """Where the line through the last two points meets 2; NaN if it does not rise."""
    rise = (y[-1] - y[-2]) / (x[-1] - x[-2])
    return float(x[-1] + (2 - y[-1]) / rise) if rise > 0 else float("nan")


@single_thread()
def grown_stiffness(Du: float, size: int, steps: int, seed: int) -> tuple[float, float]:
    """Grow a pattern at one Du with half steps; its stiffness and largest v."""
    params = TRUTH._replace(Du=Du)
    run = simulate(params, patched_state(size=size, seed=seed), 2 * steps, dt=0.5, threads=1)
    return stiffness(params, pack(run.state)), float(run.v.max())


def survey(points: int, *, size: int = 128, steps: int = 10_000, seed: int = 0) -> xr.Dataset:
    """Runs from the patch at random points of `BOX`, with dt = 1 and dt = 1/2.

    Args:
        points: how many, uniform in the box.
        size, steps, seed: of the runs; `steps` in units of time.

    Returns:
        Dataset over `point` and `dt`: `outcome` and `top` (largest v at the end); the parameters.
    """
    low, high = np.array(list(BOX.values())).T
    drawn = np.random.default_rng(seed).uniform(low, high, (points, 4))
    chunks = np.array_split(drawn, max(1, points // 8))
    calls = [arguments(chunk, size, steps, seed) for chunk in chunks]
    results = kept(survey_chunk, calls)
    found = np.concatenate(list(tqdm(results, total=len(calls), desc="stability", unit="chunk")))
    columns = {name: ("point", drawn[:, i]) for i, name in enumerate(Params._fields)}
    return xr.Dataset(
        {
            "outcome": (("point", "dt"), found[..., 0].astype(int)),
            "top": (("point", "dt"), found[..., 1]), **columns,
        },
        coords={"dt": [1.0, 0.5]},
    )  # fmt: skip


@single_thread()
def survey_chunk(points: np.ndarray, size: int, steps: int, seed: int) -> Float[np.ndarray, "points 2 2"]:
    """Outcome and largest v of each point with both time steps."""
    values = dict(zip(Params._fields, points.T.tolist(), strict=True))
    states, found = [patched_state(size=size, seed=seed)] * len(points), []
    for dt in (1.0, 0.5):
        run = run_each(values, states, round(steps / dt), dt=dt)
        found.append(np.stack([run.outcome.numpy(), run.v.amax(dim=(1, 2)).numpy()], axis=-1))
    return np.stack(found, axis=1)


def unresolved(outcome: xr.DataArray) -> xr.DataArray:
    """Where the time step no longer resolves the motion: cells flicker, or the numbers are gone."""
    return (outcome == Outcome.DIVERGED) | (outcome == Outcome.FLICKERING)
