"""A campaign on a machine that is lent for minutes stops in time, and can always go on."""

import signal
import time

import pytest

from benchmarks import gpu_first
from book.runs import campaign


@pytest.mark.parametrize("minutes", ["all day", "-9", "0", "7.5", "inf", "nan"])
def test_minutes_that_are_none_or_too_few_are_told(minutes: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert campaign.main([f"--minutes={minutes}"]) == 1
    assert f"MINUTES={minutes} cannot be used: give 8 or more" in capsys.readouterr().err


def test_no_stage_that_begins_anew_takes_longer_than_the_fewest_minutes() -> None:
    assert gpu_first.MOST < 60 * campaign.SHORTEST
    assert campaign.number_of_minutes("") is None
    assert campaign.number_of_minutes(f"{campaign.SHORTEST}") == campaign.SHORTEST


def test_a_campaign_whose_minutes_are_over_says_how_to_go_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(campaign, "SHORTEST", 0)
    monkeypatch.setattr(campaign, "run", lambda *_: time.sleep(60))
    before = signal.getsignal(signal.SIGALRM)
    try:
        assert campaign.main(["--device=cpu", "--minutes=0.001"]) == 130
    finally:
        signal.signal(signal.SIGALRM, before)
    assert "run the same command to go on" in capsys.readouterr().err
