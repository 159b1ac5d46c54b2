"""The Laboratory on a page, for tests: its parts, how it is set, and what lib makes of the same state."""

import base64
from functools import cache

import numpy as np
from playwright.sync_api import Locator, Page

from lib import TRUTH, Run, initial_state, simulate
from tests.book.conftest import SETTINGS
from tests.conftest import until

SEED = int(SETTINGS["SEED"])
LABORATORY = "document.querySelectorAll('.gs-laboratory')[0].laboratory"
SECOND = "document.querySelectorAll('.gs-laboratory')[1].laboratory"
#: Both fields as base64 of float32 numbers, row by row.
FIELDS = """({u, v}) => [u, v].map((field) => {
  const bytes = new Uint8Array(field.buffer, field.byteOffset, field.byteLength);
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
})"""


@cache
def run(steps: int, tol: float | None = None, k: float = float(TRUTH.k), backend: str = "auto") -> Run:
    """What lib makes of the page's initial state."""
    return simulate(TRUTH._replace(k=k), initial_state(1, seed=SEED), steps, tol=tol, backend=backend)


def paused(page: Page) -> Page:
    """Wait for the laboratory."""
    laboratory(page).wait_for()
    return page


def laboratory(page: Page) -> Locator:
    """The first laboratory of the page."""
    return page.locator(".gs-laboratory").first


def begin(page: Page, **state: object) -> Page:
    """Open the first laboratory anew, as its address would; at rest where no step to run to is given."""
    everything = {"Du": 0.16, "Dv": 0.08, "F": 0.035, "k": 0.065, "stop": "training", "steps": 0, **state}
    texts = {name: str(value) for name, value in everything.items() if value is not None}
    page.evaluate(
        f"(state) => {LABORATORY}.open({{...state, engine: {LABORATORY}.engineAsked}}, true)", texts
    )
    return page


def fields(page: Page) -> np.ndarray:
    """u and v of the dish, (2, 128, 128)."""
    texts = page.evaluate(f"({FIELDS})({LABORATORY}.dish.read())")
    return np.stack([np.frombuffer(base64.b64decode(text), "<f4").reshape(128, 128) for text in texts])


def steps(page: Page) -> int:
    """The step that is shown."""
    return int(laboratory(page).locator("dd").nth(2).inner_text().replace(",", ""))


def wait_until_paused_at(page: Page, last: int) -> None:
    """Wait for a run to end at a step."""
    until(page, f"!{LABORATORY}.running && {LABORATORY}.last.steps === {last}", timeout=60_000)


def drawn(page: Page) -> str:
    """The picture on the canvas, in a browser without WebGL."""
    return str(page.evaluate(f"{LABORATORY}.dish.canvas.toDataURL()"))


def shown_loss(page: Page) -> float:
    """The number beside the dish."""
    return float(laboratory(page).locator(".gs-loss").inner_text())
