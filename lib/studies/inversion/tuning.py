"""Trials of settings on targets that are never scored; the same number for every method.

    python -m lib.studies.inversion.tuning FILE     runs what is missing and writes the record

A setting is worth the median over the targets of log₁₀ of the largest relative error, an attempt without an
answer or off by more than tenfold counting as tenfold. The lowest wins; of equals the one that is tried
first. The defaults of a method's function are its winner: a test compares them with the record.
"""

import json
import sys
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from tqdm import tqdm

from lib.folders import Folder
from lib.running.kept import arguments, kept
from lib.studies.inversion.attempt import attempt
from lib.studies.inversion.methods import METHODS
from lib.studies.inversion.problems import TUNED_ON, problem
from lib.studies.inversion.trials import TRIALS, Setting

#: Where they are tried: the quick profile's grid, steps and budget, with one draw.
SIZE, STEPS, LIMIT, SEED = 64, 10_000, 400.0, 0

#: What an attempt counts as at most, as a relative error.
WORST = 10.0

#: The trials that the defaults rest on.
RECORD = Path(__file__).parent / "records" / "tuning.json"


class Trial(NamedTuple):
    """One setting of one method: its largest relative errors on the targets, and what it spent there."""

    method: str
    scheme: str
    number: int
    setting: Setting
    errors: list[float | None]
    costs: list[float]


def trials(jobs: int = -1, cache: Folder = None) -> list[Trial]:
    """All of them, what is missing computed."""
    planned = [
        (method, scheme, number, setting)
        for method, (scheme, settings) in TRIALS.items()
        for number, setting in enumerate(settings)
    ]
    calls = [
        arguments(method, tuple(setting.items()), target, scheme)
        for method, scheme, _, setting in planned
        for target in TUNED_ON
    ]
    for target in TUNED_ON:
        for scheme in sorted({scheme for scheme, _ in TRIALS.values()}):
            problem(target, scheme, SEED, size=SIZE, steps=STEPS)
    found = iter(tqdm(kept(tried, calls, jobs, cache=cache), total=len(calls), desc="trials of settings"))
    made = []
    for plan in planned:
        ends = [next(found) for _ in TUNED_ON]
        made.append(Trial(*plan, [error for error, _ in ends], [cost for _, cost in ends]))
    list(found)  # asked once more, it knows that all are done
    return made


def tried(method: str, setting: tuple, target: str, scheme: str) -> tuple[float | None, float]:
    """The largest relative error, None without an answer, and the cost."""
    given = problem(target, scheme, SEED, size=SIZE, steps=STEPS)
    recover = partial(METHODS[method].recover, **dict(setting))
    found = attempt(recover, given.data, LIMIT, SEED)
    gap = float(np.abs(found.params / np.array(given.truth) - 1).max())
    return (gap if np.isfinite(gap) else None), found.cost


def worth(errors: Iterable[float | None]) -> float:
    """Median of log₁₀ of the errors, each at most `WORST`."""
    return float(np.median([np.log10(min(WORST, WORST if e is None else max(e, 1e-12))) for e in errors]))


def winners(made: Iterable[Trial]) -> dict[str, Setting]:
    """Method → the setting that is best; of equals the first."""
    best: dict[str, Trial] = {}
    for trial in made:
        if trial.method not in best or worth(trial.errors) < worth(best[trial.method].errors):
            best[trial.method] = trial
    return {method: trial.setting for method, trial in best.items()}


def record(made: Iterable[Trial]) -> str:
    """All trials as JSON, one a line."""
    lines = ",\n".join("  " + json.dumps(trial._asdict(), ensure_ascii=False) for trial in made)
    head = {"targets": {name: list(p) for name, p in TUNED_ON.items()}, "size": SIZE, "steps": STEPS}
    head |= {"forward_equivalents": LIMIT, "seed": SEED}
    return json.dumps(head)[:-1] + ', "trials": [\n' + lines + "\n]}\n"


def recorded() -> list[Trial]:
    """The trials of the record. Lists in a setting become tuples, as they were."""
    rows = json.loads(RECORD.read_text(encoding="utf-8"))["trials"]
    for row in rows:
        row["setting"] = {k: tuple(v) if isinstance(v, list) else v for k, v in row["setting"].items()}
    return [Trial(**row) for row in rows]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(record(trials()), encoding="utf-8")
