"""A call that does not end is ended, so that strange inputs cannot stop the tests."""

import time

import pytest

from tests.strange import alarm


def forever() -> None:
    """A loop as of a number that is halved and never 1."""
    while True:
        pass


def test_a_call_that_does_not_end_is_ended() -> None:
    with pytest.raises(AssertionError, match=r"has not ended within 0\.2 s"), alarm(0.2):
        forever()


def test_a_call_that_waits_for_ever_is_ended() -> None:
    with pytest.raises(AssertionError, match="has not ended"), alarm(0.02):
        time.sleep(60)


def test_a_call_that_ends_in_time_is_left_alone() -> None:
    with alarm(0.2):
        pass
    time.sleep(0.3)
