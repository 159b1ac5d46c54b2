"""Where a method fails is said by its numbers, and a cause is a guess that only a failure asks for."""

from dataclasses import fields
from typing import Any, get_args, get_type_hints

import pytest

from lib.publishing.sentences import inversion as says
from lib.publishing.sentences.failing import LIKELY, failed, fails
from lib.studies.inversion.failing import ASKED, Failing
from lib.studies.inversion.methods import METHODS
from lib.studies.inversion.problems import SCHEMES
from lib.studies.inversion.summary import Remedies, Rivals

GUESS = "A likely cause, not tested by itself: "
NOT_RUN = Failing(None, None, None, None)


def filled(kind: type, missing: bool) -> Any:
    """A summary with every number set, or none."""
    words = {f.name for f in fields(kind) if str in get_args(get_type_hints(kind)[f.name])}
    return kind(**{f.name: None if missing else "words" if f.name in words else 0.4 for f in fields(kind)})


def test_every_method_that_is_asked_has_a_likely_cause_and_exists():
    assert ASKED.keys() == LIKELY.keys() <= METHODS.keys()
    assert set(ASKED.values()) <= SCHEMES.keys()


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (NOT_RUN, "not run on such data in this profile."),
        (Failing(1.0, "Du", 0.01, None), "on none of these 6 problems."),
        (
            Failing(1.0, "Du", 0.01, 0.9),
            "on none of these 6 problems; its stated 95 % intervals hold 90 % of the parameters.",
        ),
        (
            Failing(0.5, "Du", 0.3, 0.4),
            "on 3 of 6 problems; in the median Du is off most, by 30 %; its stated 95 % intervals hold 40 % "
            f"of the parameters. {GUESS}{LIKELY['kalman']}.",
        ),
        (
            Failing(0.0, "k", 0.3, None),
            f"on 6 of 6 problems; in the median k is off most, by 30 %. {GUESS}{LIKELY['kalman']}.",
        ),
        (
            Failing(1 / 3, None, None, None),
            f"on 4 of 6 problems; half of its attempts or more have no answer. {GUESS}{LIKELY['kalman']}.",
        ),
    ],
)
def test_where_it_fails_follows_the_numbers(found: Failing, said: str):
    assert failed("kalman", found, 6).replace("\u00a0", " ") == said


def test_one_problem_is_one():
    assert failed("weak", Failing(1.0, "F", 0.0, None), 1) == "not on the one problem that there is."


@pytest.mark.parametrize("method", ASKED)
def test_a_method_that_fails_nowhere_has_no_cause(method: str):
    assert GUESS not in fails({method: Failing(1.0, "F", 0.01, 1.0)}, 6)[method]
    assert GUESS in fails({method: Failing(0.5, "F", 0.3, None)}, 6)[method]


@pytest.mark.parametrize("missing", [True, False])
def test_the_minutes_of_both_pages_are_sentences_whatever_was_measured(missing: bool):
    for text in (says.remedies(filled(Remedies, missing), 6), says.rivals(filled(Rivals, missing), 6)):
        assert text.count("\n") == 2
        assert not [word for word in ("None", "nan") if word in text]
        assert ("not measured" in text) == missing
