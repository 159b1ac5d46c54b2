"""Initial states of other kinds than the paper's patch (Appendix C): scattered patches, a stripe, noise.

The paper tried "much more diverse initial conditions, including fully random initialization"
and records no recipe; these are ours.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from lib import draws
from lib.initial_states import initial_state
from lib.model import State

#: Concentrations inside the paper's patch, used by every kind that has an inside.
INSIDE_U, INSIDE_V = 0.5, 0.25

#: Standard deviation of the noise on every background, as in the paper.
NOISE = 0.02

#: Standard deviation in cells of the blur of coarse noise: its lumps are about as wide as spots.
COARSE = 4

Fields = tuple[Float[Tensor, "size size"], Float[Tensor, "size size"]]


def varied_states(kind: str, batch: int, *, size: int = 128, seed: int = 0) -> State:
    """Draw initial states of one kind.

    Args:
        kind: a name in `KINDS`.
        batch: number of states, at least 1.
        size: cells along each side.
        seed: the same seed gives the same bits, and the first n of a larger batch are a batch of n.

    Returns:
        State with u and v of shape (batch, size, size), float32, u and v in [0, 1.5] and [0, 1].

    Raises:
        ValueError: for an unknown kind or an empty batch.
    """
    if kind not in KINDS:
        raise ValueError(f"There is no kind of initial state {kind!r}: choose one of {', '.join(KINDS)}.")
    if batch < 1:
        raise ValueError(f"Cannot draw {batch} states: ask for at least 1.")
    if kind == "patch":
        return initial_state(batch, size=size, seed=seed)
    generator = draws.generator(seed)
    u, v = zip(*(KINDS[kind](size, generator) for _ in range(batch)), strict=True)
    return State(torch.stack(u).clamp(0, 1.5), torch.stack(v).clamp(0, 1))


def patch(size: int, generator: Generator) -> Fields:
    """The paper's state, one draw; `varied_states` takes `initial_state` itself."""
    seed = int(torch.randint(2**31, (1,), generator=generator, device="cpu"))
    state = initial_state(1, size=size, seed=seed)
    return state.u[0], state.v[0]


def scattered(size: int, generator: Generator) -> Fields:
    """Eight squares of 5 % to 20 % of the side, anywhere, across the edges too."""
    u, v = background(size, generator)
    for _ in range(8):
        side = int(torch.randint(max(1, size // 20), size // 5 + 1, (1,), generator=generator, device="cpu"))
        row, column = torch.randint(size, (2,), generator=generator, device="cpu").tolist()
        rows, columns = ((torch.arange(side, device="cpu") + start) % size for start in (row, column))
        u[rows[:, None], columns], v[rows[:, None], columns] = INSIDE_U, INSIDE_V
    return u, v


def stripe(size: int, generator: Generator) -> Fields:
    """A band across the whole dish, a sixth of its height, anywhere."""
    u, v = background(size, generator)
    start = int(torch.randint(size, (1,), generator=generator, device="cpu"))
    rows = (torch.arange(size // 6, device="cpu") + start) % size
    u[rows], v[rows] = INSIDE_U, INSIDE_V
    return u, v


def coarse_noise(size: int, generator: Generator) -> Fields:
    """Fully random, smooth: v is the positive half of Gaussian noise blurred over `COARSE` cells, u = 1 − 2v.

    v's scale is that of the patch: where the noise is one standard deviation above its mean, v = 0.25
    and u = 0.5.
    """
    noise = draws.normal((size, size), generator)
    waves = torch.fft.fftfreq(size, dtype=torch.float32, device="cpu")
    wave = torch.hypot(waves[:, None], waves[None])
    blur = torch.exp(-2 * (torch.pi * COARSE * wave) ** 2)
    smooth = torch.fft.ifft2(torch.fft.fft2(noise) * blur).real
    v = INSIDE_V * (smooth / smooth.std()).clamp(min=0)
    return 1 - (1 - INSIDE_U) / INSIDE_V * v, v


def white_noise(size: int, generator: Generator) -> Fields:
    """Fully random, cell by cell: u uniform in 0 … 1, v in 0 … 0.5."""
    u, v = draws.uniform((2, size, size), generator)
    return u, v / 2


def background(size: int, generator: Generator) -> Fields:
    """The nearly empty dish of the paper: u around 1, v around 0."""
    noise = NOISE * draws.normal((2, size, size), generator)
    return 1 + noise[0], noise[1].clamp(min=0)


#: What `varied_states` can draw.
KINDS: dict[str, Callable[[int, Generator], Fields]] = {
    "patch": patch,
    "scattered patches": scattered,
    "stripe": stripe,
    "coarse noise": coarse_noise,
    "white noise": white_noise,
}

#: The kinds without any hand-made shape.
RANDOM = ("coarse noise", "white noise")
