"""The four films of Appendix E: twelve simultaneous runs along each parameter."""

from collections.abc import Mapping, Sequence

import numpy as np

from lib.folders import Folder
from lib.model import Params, State
from lib.paper import CUT_RANGES, TRUTH
from lib.running.kept import arguments, kept
from lib.showing.animation.frames import Film, film_of_panels

#: Runs in one film.
PANELS = 12

#: kbit/s: four films together should stay below 4 MB.
BITRATE = 360

#: The values of each film (original code, commit ede8c67): uniform along the cuts, but these for F.
VALUES: Mapping[str, Sequence[float]] = {
    "Du": np.linspace(*CUT_RANGES["Du"], PANELS).tolist(),
    "Dv": np.linspace(*CUT_RANGES["Dv"], PANELS).tolist(),
    "F": [0.030, 0.035, 0.040, 0.045, 0.050, 0.052, 0.054, 0.055, 0.056, 0.057, 0.058, 0.059],
    "k": np.linspace(*CUT_RANGES["k"], PANELS).tolist(),
}


def along_each(
    state: State, times: Sequence[int], *, jobs: int = -1, cache: Folder = None
) -> dict[str, Film]:
    """Twelve runs along every parameter, the others at the truth.

    Args:
        state: one initial state, (1, height, width), shared by all.
        times: steps at which a frame is taken (`animate.frame_times`).
        jobs: processes; the films do not depend on it.
        cache: where films are kept; the usual folder by default.
    """
    calls = [arguments(name, tuple(values), state, tuple(times)) for name, values in VALUES.items()]
    found = kept(film, calls, jobs, cache=cache)
    return dict(zip(VALUES, found, strict=True))


def film(name: str, values: Sequence[float], state: State, times: Sequence[int]) -> Film:
    """One film."""
    sets = [Params(**(TRUTH._asdict() | {name: value})) for value in values]
    titles = [f"{name} = {value:.4g}" for value in values]
    return film_of_panels(sets, titles, state, times, columns=4, bitrate=BITRATE, side=state.v.shape[-1])
