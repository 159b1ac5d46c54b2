"""Honest conditions: as many trials for everybody, on targets that nobody is scored on."""

import inspect
import json

import numpy as np
import pytest
import torch

from lib.initial_states import initial_state
from lib.model import Params
from lib.simulate import Outcome, simulate
from lib.studies.inversion import METHODS, TARGETS, tuning
from lib.studies.inversion.problems import TUNED_ON
from lib.studies.inversion.trials import COUNT, TRIALS


def test_everybody_has_the_same_number_of_trials_and_no_setting_twice():
    for method, (_, settings) in TRIALS.items():
        assert len(settings) == COUNT, method
        assert len({str(setting) for setting in settings}) == COUNT, method


def test_whoever_has_settings_is_tuned():
    settings = {
        name: [
            p.name for p in inspect.signature(method.recover).parameters.values() if p.kind == p.KEYWORD_ONLY
        ]
        for name, method in METHODS.items()
    }
    assert {name for name, known in settings.items() if known} == set(TRIALS)
    for name, (_, tried) in TRIALS.items():
        assert all(sorted(setting) == sorted(settings[name]) for setting in tried), name


def test_nothing_is_scored_on_what_was_tuned_on():
    assert not set(TUNED_ON) & set(TARGETS)
    for params in TUNED_ON.values():
        gaps = np.abs(np.array(params) / np.array(list(TARGETS.values())) - 1).max(axis=1)
        assert gaps.min() > 0.15


def test_what_is_tuned_on_makes_patterns():
    points = torch.tensor([list(p) for p in TUNED_ON.values()])
    run = simulate(Params(*points.unbind(1)), initial_state(len(points), size=64, seed=1), 10_000)
    assert bool((run.outcome == Outcome.PATTERN).all())


def test_the_record_holds_every_trial_that_is_planned():
    planned = {(m, str(s)) for m, (_, settings) in TRIALS.items() for s in settings}
    assert {(t.method, str(t.setting)) for t in tuning.recorded()} == planned
    head = json.loads(tuning.RECORD.read_text(encoding="utf-8"))
    assert head["targets"] == {name: list(p) for name, p in TUNED_ON.items()}
    assert (head["size"], head["steps"]) == (tuning.SIZE, tuning.STEPS)
    assert head["forward_equivalents"] == tuning.LIMIT


def test_the_defaults_are_the_winners_of_the_record():
    for method, setting in tuning.winners(tuning.recorded()).items():
        known = inspect.signature(METHODS[method].recover).parameters
        assert {name: known[name].default for name in setting} == setting, method


def trial(number: int, *errors: float | None) -> tuning.Trial:
    return tuning.Trial("paper", "S1", number, {"first": number}, list(errors), [1.0] * len(errors))


@pytest.mark.parametrize(
    ("made", "best"),
    [
        ([trial(0, 0.5, 0.5), trial(1, 0.1, 0.2)], 1),
        ([trial(0, 0.1, 0.1), trial(1, 0.1, 0.1)], 0),  # of equals the first
        ([trial(0, None, 0.01), trial(1, 0.2, 0.2)], 1),  # without an answer: tenfold
        ([trial(0, 50.0, 0.01), trial(1, None, 0.01)], 0),  # no worse than that
    ],
)
def test_the_lowest_typical_error_wins(made: list[tuning.Trial], best: int):
    assert tuning.winners(made)["paper"] == {"first": best}


def test_a_record_is_read_as_it_was_written(tmp_path, monkeypatch):
    made = [tuning.Trial("horizon", "S3-1", 0, {"horizons": (1, 3)}, [0.1, None], [1.0, 2.0])]
    file = tmp_path / "tuning.json"
    file.write_text(tuning.record(made), encoding="utf-8")
    monkeypatch.setattr(tuning, "RECORD", file)
    assert tuning.recorded() == made
