"""The four films of Appendix E: twelve simultaneous runs along each parameter."""

from collections.abc import Mapping, Sequence

import joblib
import numpy as np

from lib.model import Params, State
from lib.paper import CUT_RANGES, TRUTH
from lib.running import parallel
from lib.running.cache import fingerprint, memory
from lib.showing.animation.frames import Film, side_by_side

#: Runs in one film.
PANELS = 12

#: kbit/s: four films must share one page of under 5 MB.
BITRATE = 360

#: The values of each film (original code, commit ede8c67): uniform along the cuts, but these for F.
VALUES: Mapping[str, Sequence[float]] = {
    "Du": np.linspace(*CUT_RANGES["Du"], PANELS).tolist(),
    "Dv": np.linspace(*CUT_RANGES["Dv"], PANELS).tolist(),
    "F": [0.030, 0.035, 0.040, 0.045, 0.050, 0.052, 0.054, 0.055, 0.056, 0.057, 0.058, 0.059],
    "k": np.linspace(*CUT_RANGES["k"], PANELS).tolist(),
}


def along_each(
    state: State, times: Sequence[int], *, jobs: int = -1, cache: joblib.Memory | None = None
) -> dict[str, Film]:
    """Twelve runs along every parameter, the others at the truth.

    Args:
        state: one initial state, (1, height, width), shared by all.
        times: steps at which a frame is taken (`animate.frame_times`).
        jobs: processes; the films do not depend on it.
        cache: where films are kept; `cache.memory()` by default.
    """
    draw = (cache or memory()).cache(film)
    code = fingerprint("films.py", "animate.py", "history.py", "figures/film.py")
    calls = [
        joblib.delayed(draw)(name, tuple(values), state, tuple(times), code)
        for name, values in VALUES.items()
    ]
    found = parallel.results(calls, jobs)
    return dict(zip(VALUES, found, strict=True))


def film(name: str, values: Sequence[float], state: State, times: Sequence[int], code: str) -> Film:
    """One film."""
    sets = [Params(**(TRUTH._asdict() | {name: value})) for value in values]
    titles = [f"{name} = {value:.4g}" for value in values]
    return side_by_side(sets, titles, state, times, columns=4, bitrate=BITRATE, side=state.v.shape[-1])
