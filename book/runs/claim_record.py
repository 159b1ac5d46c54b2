"""A record of claims that are measured apart from the book."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from book.execute import Parameters
from book.record import Record, criterion_of, hardware, versions
from book.runs.machine import commit
from lib.publishing import claims
from lib.publishing.criteria import CRITERIA

ROOT = Path(__file__).resolve().parents[2]

Measured = Mapping[str, float | None]


def claim_record(
    parameters: Parameters, around: Mapping[str, str], measured: Mapping[str, Measured], **more: Any
) -> Record:
    """Verdicts on claims with what they were measured with; `book.runs.schema` names the fields.

    Args:
        parameters: profile, device and seed, as `settings.checked` gives them.
        around: what they were measured on, from `settings.look_around`.
        measured: claim → its numbers.
        more: further fields.
    """
    return {
        "kind": "claim",
        "machine": hardware(around["device"]),
        "date": datetime.now(UTC).date().isoformat(),
        "versions": versions(),
        "commit": commit(ROOT),
        "profile": str(parameters["PROFILE"]),
        "device": around["device"],
        "seed": int(parameters["SEED"]),
        "claims": [
            {
                "id": claim,
                "verdict": str(claims.judged(CRITERIA[claim], numbers)[0]),
                "measured": numbers,
                "criterion": criterion_of({"tolerance": CRITERIA[claim].threshold}),
            }
            for claim, numbers in measured.items()
        ],
        **more,
    }
