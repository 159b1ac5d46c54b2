"""The Laboratory: a live Gray-Scott dish in the page, and the loss it scores against a target."""

from typing import Any

import numpy as np
import torch
import traitlets
from jaxtyping import Float
from torch import Tensor

from lib.model import Params, State
from lib.paper import SAMPLED_NAMES, SAMPLED_SETS, TRUTH
from lib.showing.widgets.finite import Widget
from lib.showing.widgets.source import FOLDER, esm

#: Where the sliders end. Diffusion: up to where no explicit step is stable (1/4); rates: the range that
#: the paper's reparametrisation allows.
KNOB_RANGES = {"Du": (0.01, 0.25), "Dv": (0.01, 0.25), "F": (0.0, 0.1), "k": (0.0, 0.1)}

#: The paper's stop rule in training: change in one step, and most steps (original code, commit 79fff04).
TOLERANCE, LONGEST = 5e-5, 40_000

#: What `checked_side` checks, so that a wrong shape is answered with a sentence.
Picture = Float[Tensor, "..."]


class Laboratory(Widget):
    """A dish of size × size cells that runs in the reader's browser, with or without a kernel.

    Traits that Python may set, and that follow what the reader does:
        Du, Dv, F, k: the parameters.
        seed: of the initial state, drawn from the same random numbers as `lib.initial_state`'s first.
        running: whether time goes on.
        speed: steps a frame, 1 … 200.
        stop: "never" (by itself), "training" (the paper's stop rule), or "landscape" (so many steps).
    Traits that follow the dish:
        steps, loss, change, outcome: step number, spectral loss against the target (None without one),
        change in the last step, and a word of `lib.Outcome` in lower case.
    """

    _esm = esm("laboratory.js")
    _css = (FOLDER / "widget.css").read_text(encoding="utf-8") + (FOLDER / "laboratory.css").read_text(
        encoding="utf-8"
    )

    Du = traitlets.Float(float(TRUTH.Du)).tag(sync=True)
    Dv = traitlets.Float(float(TRUTH.Dv)).tag(sync=True)
    F = traitlets.Float(float(TRUTH.F)).tag(sync=True)
    k = traitlets.Float(float(TRUTH.k)).tag(sync=True)
    seed = traitlets.Int(0, min=0, max=2**32 - 1).tag(sync=True)
    running = traitlets.Bool(True).tag(sync=True)
    speed = traitlets.Int(20, min=1, max=200).tag(sync=True)
    stop = traitlets.Enum(("training", "landscape", "never"), "never").tag(sync=True)

    steps = traitlets.Int(0).tag(sync=True)
    loss = traitlets.Float(None, allow_none=True).tag(sync=True)
    change = traitlets.Float(None, allow_none=True).tag(sync=True)
    outcome = traitlets.Unicode("").tag(sync=True)

    name = traitlets.Unicode("laboratory").tag(sync=True)
    engine = traitlets.Enum(("auto", "webgl", "cpu"), "auto").tag(sync=True)
    size = traitlets.Int(128).tag(sync=True)
    tol = traitlets.Float(TOLERANCE).tag(sync=True)
    limit = traitlets.Int(LONGEST).tag(sync=True)
    ranges = traitlets.Dict(KNOB_RANGES).tag(sync=True)
    presets: traitlets.List[dict[str, Any]] = traitlets.List().tag(sync=True)
    recipe = traitlets.Dict({"patch": 20, "patchU": 0.5, "patchV": 0.25, "noise": 0.02}).tag(sync=True)
    target = traitlets.Bytes(b"").tag(sync=True)
    initial = traitlets.Bytes(b"").tag(sync=True)
    # Bytes come from the browser as a view of a message.
    fields = traitlets.Bytes(b"").tag(sync=True, from_json=lambda view, widget: bytes(view))

    def __init__(
        self,
        target: Picture | None = None,
        *,
        initial: State | None = None,
        **traits: Any,
    ) -> None:
        """Set up a dish.

        Args:
            target: the field v to compare with; its side must be a power of two, at least 16.
                Kept as float32: at half precision the truth would score 0.1 against itself.
            initial: a state to begin with, fields (1, height, width); by default the paper's recipe
                with `seed`.
            traits: initial values of the traits above, and `name`, which marks this dish in the address.

        Raises:
            ValueError: for a target of another shape.
        """
        if target is not None:
            traits = {"size": checked_side(target), "target": as_bytes(target), **traits}
        if initial is not None:
            traits["initial"] = as_bytes(torch.cat([initial.u, initial.v]))
        super().__init__(presets=named_sets(), **traits)

    def reset(self) -> None:
        """Start afresh in the browser, from the seed or from the state that was handed over."""
        self.send({"do": "reset"})

    def advance(self, steps: int) -> None:
        """Take that many steps in the browser at once, and pause; `state` then holds the fields."""
        if steps < 1:
            raise ValueError(f"Cannot take {steps} steps: ask for at least 1.")
        self.send({"do": "advance", "steps": steps})

    @property
    def state(self) -> State:
        """The dish after the last `advance`, fields (1, size, size).

        Raises:
            ValueError: before one has been made, or where no browser shows the widget.
        """
        if not self.fields:
            raise ValueError(
                "The browser has sent no fields yet: show the widget and call advance(steps) first."
            )
        both = torch.from_numpy(np.frombuffer(self.fields, dtype="<f4").copy())
        u, v = both.reshape(2, 1, self.size, self.size)
        return State(u, v)


def named_sets() -> list[dict[str, Any]]:
    """The truth and the seven sampled sets, each with its name."""
    sets: list[tuple[str, Params]] = [("the truth", TRUTH)]
    sets += [
        (f"set {i}, {name}", params)
        for i, (name, params) in enumerate(zip(SAMPLED_NAMES, SAMPLED_SETS, strict=True), start=1)
    ]
    return [{"name": name, **params._asdict()} for name, params in sets]


def checked_side(target: Picture) -> int:
    """The side of a square field that the page can transform."""
    shape = tuple(target.shape)
    if len(shape) != 2 or shape[0] != shape[1] or shape[0] < 16 or shape[0] & (shape[0] - 1):
        raise ValueError(
            f"The target has shape {shape}: the page transforms square fields whose side is a power of two, "
            "16 or more. Give one field, without a batch axis."
        )
    return shape[0]


def as_bytes(field: Tensor) -> bytes:
    """Little-endian float32 numbers, row by row."""
    return field.detach().cpu().numpy().astype("<f4").tobytes()
