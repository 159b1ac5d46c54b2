"""Every cliff on the lines through the truth, located by bisection."""

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from tqdm import tqdm

from lib.initial_states import PAPER_PATCH, patched_state
from lib.model import Params, State
from lib.paper import TRUTH
from lib.running.kept import arguments, kept
from lib.running.threads import single_thread
from lib.simulate import Outcome, simulate
from lib.studies.scheme import PAPER, Scheme

#: Width of the last bracket of a bisection, in the parameter's own units.
PRECISION = 1e-5

#: Steps to the first look at whether v is certain to die out; the next ones come at twice as many each.
LOOK = 2000

#: Stride of the search for a bracket along each parameter.
STRIDE = {"Du": 0.01, "Dv": 0.002, "F": 0.004, "k": 0.001}


#: Strides that a search goes back to look for a living run, where there is none at its beginning.
RETREATS = 12


class Edge(NamedTuple):
    """One way out of the patterned region.

    Args:
        name: the parameter that moves away from the truth.
        sign: its direction.
        alive: outcomes that count as this side of the edge.
        label: a few words.
    """

    name: str
    sign: int
    alive: tuple[int, ...]
    label: str


PATTERN = (int(Outcome.PATTERN),)

#: The ways out. Along Du upwards there are two: cells begin to flicker, and later v is gone.
EDGES = (
    Edge("Du", -1, PATTERN, "low Du"),
    Edge("Du", 1, PATTERN, "high Du: flicker"),
    Edge("Du", 1, (*PATTERN, int(Outcome.FLICKERING)), "high Du: plateau"),
    Edge("Dv", 1, PATTERN, "high Dv"),
    Edge("F", -1, PATTERN, "low F"),
    Edge("F", 1, PATTERN, "high F"),
    Edge("k", -1, PATTERN, "low k"),
    Edge("k", 1, PATTERN, "high k"),
)


class Start(NamedTuple):
    """What a run starts from and how it goes on; the paper's by default.

    Args:
        size, seed: of the initial state.
        steps: of time 1; a smaller time step takes more of its own.
        scheme: time step and precision.
        patch: side, u and v of the patch.
        disc: whether it is round.
    """

    size: int = 128
    seed: int = 0
    steps: int = 40_000
    scheme: Scheme = PAPER
    patch: tuple[int, float, float] = PAPER_PATCH
    disc: bool = False


class Cliff(NamedTuple):
    """Where an edge lies for one start.

    Args:
        inside, outside: the last bracket; NaN where no end of the pattern was met up to `limit`.
        after: outcome of the run at `outside`.
        runs: simulations spent.
    """

    inside: float
    outside: float
    after: int
    runs: int

    @property
    def place(self) -> float:
        """The middle of the bracket."""
        return (self.inside + self.outside) / 2


#: Where a search gives up: beyond the bound 1/4 of Du·dt no run can start; the others are far out.
LIMITS = {"Du": (0.05, 0.25), "Dv": (0.02, 0.14), "F": (0.01, 0.1), "k": (0.045, 0.08)}


def locate_all(
    jobs: Sequence[tuple[Edge, Start]], near: Sequence[float | None] | None = None, *, title: str = "cliffs",
    workers: int = -1,
) -> list[Cliff]:  # fmt: skip
    """Locate several edges side by side, in processes; results are kept.

    Args:
        jobs: what to locate, for which start.
        near: a guess for each, where there is one: the search for a bracket begins around it.
        title: shown by the progress bar.
        workers: processes; −1 for one per core.
    """
    guesses: Iterable[float | None] = near if near is not None else [None] * len(jobs)
    calls = [arguments(edge, start, guess) for (edge, start), guess in zip(jobs, guesses, strict=True)]
    results = kept(locate, calls, workers)
    return list(tqdm(results, total=len(calls), desc=title, unit="cliff"))


@single_thread()
def locate(
    edge: Edge, start: Start, near: float | None = None, around: Params = TRUTH, precision: float = PRECISION
) -> Cliff:
    """Walk outwards from the truth, or from a guess, until the pattern is gone; then bisect."""
    seen: dict[float, int] = {}

    def alive(value: float) -> bool:
        seen[value] = outcome(around._replace(**{edge.name: value}), start)
        return seen[value] in edge.alive

    bracket = find_bracket(alive, edge, near)
    if bracket is None:
        return Cliff(float("nan"), float("nan"), -1, len(seen))
    inside, outside = bisect(alive, *bracket, precision)
    return Cliff(inside, outside, seen[outside], len(seen))


def find_bracket(
    alive: Callable[[float], bool], edge: Edge, near: float | None
) -> tuple[float, float] | None:
    """A value with the pattern and one stride further one without; None if there is none up to the limit."""
    truth, stride = float(getattr(TRUTH, edge.name)), edge.sign * STRIDE[edge.name]
    limit = LIMITS[edge.name][0 if edge.sign < 0 else 1]
    inside = truth if near is None else near - stride / 4
    stride = stride if near is None else stride / 2
    for _ in range(RETREATS):
        if alive(inside):
            break
        inside -= stride
    else:
        return None
    while inside != limit:
        outside = min(inside + stride, limit) if edge.sign > 0 else max(inside + stride, limit)
        if not alive(outside):
            return inside, outside
        inside = outside
    return None


def bisect(
    alive: Callable[[float], bool], inside: float, outside: float, precision: float
) -> tuple[float, float]:
    """Halve a bracket until it is no wider than `precision`.

    Returns:
        Two values, alive at the first and not at the second. Where the border is ragged, it is one of
        its crossings.
    """
    while abs(outside - inside) > precision:
        middle = (inside + outside) / 2
        inside, outside = (middle, outside) if alive(middle) else (inside, middle)
    return inside, outside


def outcome(params: Params, start: Start) -> int:
    """How the run from a start ends."""
    side, u, v = start.patch
    state = patched_state(side, u, v, size=start.size, seed=start.seed, disc=start.disc)
    scheme = start.scheme
    return survive(params, scheme.state(state), scheme.steps(start.steps), scheme.dt)


def survive(params: Params, state: State, steps: int, dt: float = 1.0) -> int:
    """The outcome of one simulation, without the steps after its end is certain.

    TRIVIAL and DIVERGED are final; a uniform or patterned state may still change its mind.
    """
    done, final = 0, (int(Outcome.TRIVIAL), int(Outcome.DIVERGED))
    while done < steps:
        stride = min(max(LOOK, done), steps - done)
        run = simulate(params, state, stride, dt=dt, threads=1)
        state, done = run.state, done + stride
        if int(run.outcome) in final:
            break
    return int(run.outcome)
