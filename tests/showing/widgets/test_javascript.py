"""The widgets' browser code: linted, and run by Node's own test runner against what lib computes."""

import base64
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
import pytest
import torch

from lib import TRUTH, Outcome, Params, State, initial_state, losses, residual, simulate
from lib.simulate import classify

HERE = Path(__file__).parent
WIDGETS = HERE.parents[2] / "lib" / "showing" / "widgets"
SIZE = 64
#: Alive, dying, and one whose coefficients have many digits.
SETS = (TRUTH, TRUTH._replace(k=0.08), Params(0.1342671811580658, 0.067914, 0.04293986, 0.0653478))


def packed(field: torch.Tensor) -> str:
    """A field's float32 numbers, as text."""
    return base64.b64encode(field.numpy().astype("<f4").tobytes()).decode()


def both(state: State) -> dict[str, str]:
    """Both fields of a state."""
    return {"u": packed(state.u[0]), "v": packed(state.v[0])}


def reference() -> dict[str, object]:
    """States, losses and colours as Python has them."""
    start = initial_state(1, size=SIZE)
    plain = [simulate(params, start, 60, backend="eager") for params in SETS]
    stopped = simulate(SETS[1], start, 2000, tol=1e-4, backend="eager")
    grown = [simulate(TRUTH, initial_state(1, size=SIZE, seed=seed), 1500).v for seed in (0, 1)]
    return {
        "size": SIZE,
        "runs": [
            {
                "params": p._asdict(),
                "start": both(start),
                "after": both(run.state),
                "steps": 60,
                "change": float(run.change),
            }
            for p, run in zip(SETS, plain, strict=True)
        ],  # fmt: skip
        "stopped": {
            "params": SETS[1]._asdict(),
            "start": both(start),
            "tol": 1e-4,
            "steps": int(stopped.steps),
            "after": both(stopped.state),
        },  # fmt: skip
        "fits": list(fits()),
        "outcomes": [outcome.name.lower() for outcome in Outcome],
        "ends": list(ends()),
        "starts": [
            {"seed": s, "fields": both(initial_state(1, size=SIZE, seed=s))} for s in (0, 7, 2**32 - 1)
        ],
        "losses": [scores(grown[0], grown[1]), scores(torch.zeros_like(grown[0]), grown[1])],
        "colours": {
            name: (255 * matplotlib.colormaps[name](np.arange(256))[:, :3]).ravel().tolist()
            for name in ("magma", "viridis")
        },
    }


def numbers(params: Params) -> list[float | None]:
    """Four numbers of one picture; JSON knows no NaN, so what is not determined is null there."""
    values = [float(torch.as_tensor(x)[0]) for x in params]
    return [None if np.isnan(x) else x for x in values]


def fits() -> Iterator[dict[str, object]]:
    """Pictures of several kinds with what `residual.fit` makes of them: the page has to agree."""
    grown = simulate(TRUTH, initial_state(1, size=SIZE, seed=3), 2500)
    later = simulate(TRUTH, grown.state, 1)
    rate = State(later.u.double() - grown.u.double(), later.v.double() - grown.v.double())
    generator = torch.Generator().manual_seed(5)
    noisy = State(*(x + 1e-2 * torch.randn(x.shape, generator=generator) for x in grown.state))
    crop = State(*(x[:, 5:45, 3:61].contiguous() for x in grown.state))
    homogeneous = State(torch.full_like(grown.u, 0.4), torch.full_like(grown.u, 0.2))
    empty = State(torch.ones_like(grown.u), torch.zeros_like(grown.u))
    cases: list[tuple[State, dict[str, Any]]] = [
        (grown.state, {}),
        (grown.state, {"rate": rate}),
        (noisy, {"noise": 1e-2}),
        (crop, {"periodic": False, "dx": 0.5}),
        (crop, {}),
        (homogeneous, {}),
        (empty, {}),
    ]
    for state, options in cases:
        found = residual.fit(state.u, state.v, **options)
        listed = (
            {**options, "rate": both(State(*(x.float() for x in rate)))} if "rate" in options else options
        )
        yield {
            "fields": both(state),
            "shape": list(state.u.shape[1:]),
            "options": listed,
            "params": numbers(found.params),
            "errors": numbers(found.standard_errors),
            "rms": float(found.rms[0]),
            "misfit": float(found.misfit[0]) if found.verdicts[0].rank == 4 else None,
            "rank": found.verdicts[0].rank,
        }


def ends() -> list[dict[str, object]]:
    """One state of each outcome, with the name lib gives it."""
    spread = torch.linspace(0.1, 0.3, SIZE).expand(1, SIZE, SIZE)
    cases = [
        (spread * 0, 0.0),
        (spread * 0 + 0.3, 0.0),
        (spread, 0.0),
        (spread * torch.nan, 0.0),
        (spread, 0.3),
    ]
    found = []
    for v, change in cases:
        state = State(torch.full_like(v, 0.6), v)
        name = Outcome(int(classify(TRUTH, state, torch.tensor([change])))).name.lower()
        found.append({"params": TRUTH._asdict(), "fields": both(state), "change": change, "outcome": name})
    assert len({case["outcome"] for case in found}) == len(Outcome)
    return found


def scores(v: torch.Tensor, target: torch.Tensor) -> dict[str, object]:
    """Two fields and their losses."""
    return {
        "v": packed(v[0]),
        "target": packed(target[0]),
        "spectral": float(losses.spectral(v, target)),
        "windowed": float(losses.windowed_spectral(v, target)),
    }


def test_the_modules_do_what_lib_does(tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        message = "Node was not found: install nodejs to test the widgets' browser code."
        pytest.fail(message) if os.environ.get("CI") else pytest.skip(message)
    file = tmp_path / "reference.json"
    file.write_text(json.dumps(reference(), allow_nan=False))
    tests = sorted(map(str, HERE.glob("*.test.mjs")))
    environment = {**os.environ, "REFERENCE": str(file)}
    done = subprocess.run(
        [node, "--test", *tests], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def lint(*paths: Path) -> subprocess.CompletedProcess[str]:
    """Deno's linter, its recommended rules."""
    command = [Path(sys.executable).with_name("deno"), "lint", *paths]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_browser_code_is_clean() -> None:
    done = lint(WIDGETS, HERE)
    assert done.returncode == 0, done.stderr


def test_the_linter_notices_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / "wrong.js").write_text(
        "export function f() { const unused = 1; return undefinedName === NaN; }\n"
    )
    done = lint(tmp_path / "wrong.js")
    assert done.returncode != 0
    assert "no-unused-vars" in done.stderr
