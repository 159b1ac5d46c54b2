"""What is to be inverted: targets, what is seen of them, and what is known beside.

A `Problem` knows its truth, and only the scores read it. A method gets its `Data`: pictures, and what
somebody who took them would know. Pictures are made of the truth's simulation and of nothing else.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float

from lib.initial_states import initial_state
from lib.model import Params, State
from lib.paper import TRUTH
from lib.running.kept import kept_result
from lib.simulate import simulate

Frames = Float[np.ndarray, "times height width"]

#: What makes the pictures, by name. Beside the paper's truth they were chosen by eye, one for each kind of
#: pattern, inside the box that is searched. Settings were tried on none of them (`TUNED_ON`).
TARGETS: dict[str, Params] = {
    "truth": TRUTH,
    "maze": Params(0.15, 0.07, 0.029, 0.057),
    "holes": Params(0.20, 0.10, 0.044, 0.0595),
    "spots": Params(0.19, 0.09, 0.030, 0.062),
    "stripes": Params(0.21, 0.10, 0.042, 0.062),
    "worms": Params(0.18, 0.085, 0.050, 0.0635),
    "beside a cliff": Params(0.14, 0.07, 0.030, 0.0635),
    "never settles": Params(0.16, 0.08, 0.026, 0.051),
}

#: What settings are tried on, and nothing is scored on: the first two of uniform draws from the box (NumPy's
#: generator, seed 2026) that make a pattern and differ from every target by more than 15 % in a parameter.
TUNED_ON: dict[str, Params] = {
    "first drawn": Params(0.1974, 0.0614, 0.0357, 0.0621),
    "second drawn": Params(0.2072, 0.0368, 0.0564, 0.0714),
}

#: When scheme S5 looks, as shares of a full run: the first pattern grows in the first hundredths.
EARLY = (0.01, 0.03, 0.1, 0.3, 1.0)

#: When scheme S6 looks, as a share of a full run: t = 1,000 of 40,000.
YOUNG = 0.025


class Data(NamedTuple):
    """All that a method may see.

    Args:
        scheme: which data scheme these are, a name of `SCHEMES`.
        v, u: concentrations (times, height, width), float32, NaN in cells that were not seen; u is None
            where it was not observed.
        times: steps since the start at which the frames were taken; () for one settled frame of unknown age.
        start: the initial state's u and v, (height, width) each, where it is known.
        steps: how long a simulation has to run until its pattern has grown and aged as in the pictures.
    """

    scheme: str
    v: Frames
    u: Frames | None
    times: tuple[int, ...]
    start: tuple[np.ndarray, np.ndarray] | None
    steps: int

    @property
    def size(self) -> int:
        """Cells along each side."""
        return int(self.v.shape[-1])

    @property
    def whole(self) -> bool:
        """Whether every cell was seen."""
        return bool(np.isfinite(self.v).all())


class Problem(NamedTuple):
    """One target seen in one way.

    Args:
        target: a name of `TARGETS`.
        scheme: a name of `SCHEMES`.
        seed: of the initial state, the noise and the cells that are seen.
        truth: the parameters; only for scores.
        data: what a method gets.
    """

    target: str
    scheme: str
    seed: int
    truth: Params
    data: Data


class Scheme(NamedTuple):
    """A way of seeing: a title for tables, and what it makes of a truth.

    Args:
        title: a few words.
        observe: (truth, start, size, steps, random numbers) → u, v, times; u None where it is not seen.
        start_known: whether the initial state is handed over.
        noise: standard deviation, as a share of each field's range.
        without_noise: the name of the same scheme without noise.
    """

    title: str
    observe: Callable[..., tuple[Frames | None, Frames, tuple[int, ...]]]
    start_known: bool = False
    noise: float = 0.0
    without_noise: str = ""


def problem(target: str, scheme: str, seed: int, *, size: int, steps: int) -> Problem:
    """One problem, its pictures simulated or loaded.

    Args:
        target, scheme: names.
        seed: as in `Problem`.
        size: cells along each side.
        steps: of a full run; settled pictures are four times as old.

    Raises:
        ValueError: for an unknown name.
    """
    truths = TARGETS | TUNED_ON
    for kind, name, known in (("target", target, truths), ("data scheme", scheme, SCHEMES)):
        if name not in known:
            raise ValueError(f"There is no {kind} {name!r}: choose one of {', '.join(known)}.")
    truth = truths[target]
    return Problem(
        target, scheme, seed, truth, kept_result(observed, tuple(truth), scheme, seed, size, steps)
    )


def observed(truth: tuple[float, ...], scheme: str, seed: int, size: int, steps: int) -> Data:
    """What a scheme shows of a truth."""
    start = initial_state(1, size=size, seed=seed_of("start", seed))
    draw = np.random.default_rng(seed_of("noise", seed))
    u, v, times = SCHEMES[scheme].observe(Params(*truth), start, steps, draw)
    known = (start.u[0].numpy(), start.v[0].numpy()) if SCHEMES[scheme].start_known else None
    return Data(scheme, v, u, times, known, steps)


def seed_of(purpose: str, seed: int) -> int:
    """A seed that no method uses: its own initial states must not be those of the data."""
    return int(np.random.SeedSequence([0xDA7A, *purpose.encode(), seed]).generate_state(1)[0])


def long_after(truth: Params, start: State, steps: int) -> tuple[Frames, Frames]:
    """u and v long after the pattern has grown: four full runs."""
    run = simulate(truth, start, 4 * steps, threads=1)
    return run.u.numpy(), run.v.numpy()


def v_alone(truth: Params, start: State, steps: int, draw: np.random.Generator) -> tuple:
    """S1: the settled v."""
    return None, long_after(truth, start, steps)[1], ()


def both(truth: Params, start: State, steps: int, draw: np.random.Generator) -> tuple:
    """S2: the settled u and v."""
    return *long_after(truth, start, steps), ()


def noisy(level: float) -> Callable[..., tuple]:
    """S3: white noise of a share of each field's range on both."""

    def observe(truth: Params, start: State, steps: int, draw: np.random.Generator) -> tuple:
        fields = long_after(truth, start, steps)
        return *(x + level * np.ptp(x) * draw.standard_normal(x.shape, np.float32) for x in fields), ()

    return observe


def sparse(share: float) -> Callable[..., tuple]:
    """S4: a share of the cells, drawn one by one."""

    def observe(truth: Params, start: State, steps: int, draw: np.random.Generator) -> tuple:
        u, v = long_after(truth, start, steps)
        seen = draw.random(u.shape) < share
        return *(np.where(seen, x, np.float32(np.nan)) for x in (u, v)), ()

    return observe


def growing(truth: Params, start: State, steps: int, draw: np.random.Generator) -> tuple:
    """S5: v at five times, the first ones early."""
    frames, now, state = [], 0, start
    times = tuple(max(1, round(share * steps)) for share in EARLY)
    for time in times:
        state, now = simulate(truth, state, time - now, threads=1).state, time
        frames.append(state.v.numpy())
    return None, np.concatenate(frames), times


def young(truth: Params, start: State, steps: int, draw: np.random.Generator) -> tuple:
    """S6: one frame of u and v while the pattern grows."""
    time = max(1, round(YOUNG * steps))
    run = simulate(truth, start, time, threads=1)
    return run.u.numpy(), run.v.numpy(), (time,)


def finer(truth: Params, start: State, steps: int, draw: np.random.Generator) -> tuple:
    """S7: S2 from half the cell and a quarter of the time step, averaged over the cells we know."""
    u, v = (x.repeat_interleave(2, 1).repeat_interleave(2, 2) for x in start)
    fine = Params(4 * truth.Du, 4 * truth.Dv, truth.F, truth.k)
    run = simulate(fine, State(u, v), 16 * steps, dt=0.25, threads=1)
    return *(torch.nn.functional.avg_pool2d(x[:, None], 2)[:, 0].numpy() for x in (run.u, run.v)), ()


#: The ways of seeing.
SCHEMES: dict[str, Scheme] = {
    "S1": Scheme("settled v", v_alone),
    "S2": Scheme("settled u and v", both),
    "S3-0.1": Scheme("u and v, 0.1 % noise", noisy(0.001), noise=0.001, without_noise="S2"),
    "S3-1": Scheme("u and v, 1 % noise", noisy(0.01), noise=0.01, without_noise="S2"),
    "S3-5": Scheme("u and v, 5 % noise", noisy(0.05), noise=0.05, without_noise="S2"),
    "S4-30": Scheme("30 % of the cells of u and v", sparse(0.3)),
    "S4-10": Scheme("10 % of the cells of u and v", sparse(0.1)),
    "S5": Scheme("v at five times, start known", growing, start_known=True),
    "S6": Scheme("one early frame of u and v", young),
    "S7": Scheme("u and v from a finer scheme", finer),
}
