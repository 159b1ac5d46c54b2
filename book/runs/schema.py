"""What a record holds, as JSON Schema: a run of the book, several seeds, speeds, or a GPU's first minutes."""

from typing import Any

Schema = dict[str, Any]


def table(properties: dict[str, Schema], optional: dict[str, Schema] | None = None) -> Schema:
    """An object with just these properties; the first ones must be there."""
    return {
        "type": "object",
        "properties": properties | (optional or {}),
        "required": list(properties),
        "additionalProperties": False,
    }


def many(items: Schema) -> Schema:
    """A list."""
    return {"type": "array", "items": items}


def each(values: Schema) -> Schema:
    """An object with any names, whose values are alike."""
    return {"type": "object", "additionalProperties": values}


TEXT, TRUTH = {"type": "string", "minLength": 1}, {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
AMOUNT: Schema = {"type": "number", "minimum": 0}
SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}
DATE: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}

MACHINE = table({"processor": TEXT, "cores": COUNT}, {"gpu": TEXT, "workers": COUNT})

#: What both kinds say about themselves. `commit` is null where the sources were at none.
LABEL: dict[str, Schema] = {
    "machine": MACHINE,
    "date": DATE,
    "versions": each(TEXT),
    "commit": {"type": ["string", "null"], "pattern": "^[0-9a-f]{7,40}$"},
}

#: `seconds` is wall time. `core_seconds` is what the page's data took to compute, summed over cores, as far
#: as they say so and whenever that was; `cached` is the part from an earlier run. `gpu_seconds` is how long
#: simulations and gradients by the on-chip engine ran on the GPU in this run, those side by side counted
#: once; losses, networks and what plain PyTorch simulates there are not in it.
PAGE = table(
    {
        "name": TEXT,
        "seconds": AMOUNT,
        "figures": each(AMOUNT),
        "core_seconds": AMOUNT,
        "gpu_seconds": AMOUNT,
        "cached": SHARE,
    }
)
#: `criterion` names what the claim was held against: verdicts compare where it is the same.
CLAIM = table(
    {"id": TEXT, "verdict": TEXT, "measured": each({"type": ["number", "null"]})}, {"criterion": TEXT}
)
TESTS = table({"passed": COUNT, "failed": COUNT, "skipped": COUNT, "seconds": AMOUNT})

RUN = table(
    {
        "kind": {"const": "run"},
        **LABEL,
        "profile": TEXT,
        "device": TEXT,
        "seed": {"type": "integer"},
        "features": TEXT,
        "pages": {**many(PAGE), "minItems": 1},
        "claims": many(CLAIM),
    },
    # How many notebooks ran side by side, and wall time from the first one's start to the last one's end.
    {"tests": TESTS, "speed": TEXT, "at_once": COUNT, "wall": AMOUNT, "memory": COUNT, "remark": TEXT},
)

#: Verdicts and numbers of one claim, in the order of the seeds.
OVER_SEEDS = table(
    {
        "id": TEXT,
        "criterion": TEXT,
        "verdicts": {**many(TEXT), "minItems": 2},
        "measured": each({**many({"type": ["number", "null"]}), "minItems": 2}),
    }
)

SEEDS = table(
    {
        "kind": {"const": "seeds"},
        **LABEL,
        "profile": TEXT,
        "device": TEXT,
        "features": TEXT,
        "seeds": {**many({"type": "integer"}), "minItems": 2},
        "claims": many(OVER_SEEDS),
    }
)

#: Claims that were measured apart from a book: with filters that it did not have, or under another scheme.
APART = table(
    {
        "kind": {"const": "claim"},
        **LABEL,
        "profile": TEXT,
        "device": TEXT,
        "seed": {"type": "integer"},
        "claims": {**many(CLAIM), "minItems": 1, "maxItems": 1},
    },
    # What was other than in the book: filters, with what they found of the claim, or the numerical scheme.
    {"features": TEXT, "remark": TEXT, "scheme": TEXT},
)

QUARTILES = table({"low": AMOUNT, "median": AMOUNT, "high": AMOUNT})

#: Of the arithmetic limit. Units beside those that multiply may add; twice the limit is a mistake.
FRACTION: Schema = {"type": "number", "minimum": 0, "maximum": 2}

#: One measured number: steps per µs of one engine at one grid and batch; memory in bytes.
ROW = table(
    {
        "engine": TEXT,
        "device": {"enum": ["cpu", "cuda"]},
        "task": {"enum": ["simulation", "gradient"]},
        "size": COUNT,
        "batch": COUNT,
        "rounds": COUNT,
        "steps": COUNT,
        "speed": QUARTILES,
        "memory": AMOUNT,
        "fraction": FRACTION,
    },
    {"threads": COUNT},
)

#: How many arithmetic instructions a device issues in a second, and how that is known.
LIMIT = table({"instructions_per_second": AMOUNT, "source": TEXT})

SPEED = table(
    {
        "kind": {"const": "speed"},
        **LABEL,
        "limits": each(LIMIT),
        "instructions": table({"simulation": AMOUNT, "gradient": AMOUNT}),
        "rows": {**many(ROW), "minItems": 1},
        "left_out": many(TEXT),
        "seconds": AMOUNT,
    },
    # How many times faster a sweep is on all cores than on one.
    {"sweep": table({"cores": COUNT, "rounds": COUNT, "ratio": QUARTILES})},
)

#: The first minutes on a GPU; `found` and `met` are null where something was not measured.
FIRST = table(
    {
        "kind": {"const": "first"},
        **LABEL,
        "card": each(TEXT),
        "bits": many(table({"size": COUNT, "case": TEXT, "equal": TRUTH, "apart": AMOUNT})),
        "races": many(
            table({"size": COUNT, "task": TEXT, "simulations": COUNT, "different": COUNT, "twins": COUNT})
        ),
        "speeds": many(
            table({"what": TEXT, "size": COUNT, "batch": COUNT, "steps": COUNT, "speed": QUARTILES})
        ),
        "queues": each(AMOUNT),
        "bandwidth": each(AMOUNT),
        "memory": each(AMOUNT),
        "criteria": many(
            table(
                {
                    "criterion": TEXT,
                    "asked": {"type": ["number", "null"]},
                    "found": {"type": ["number", "null"]},
                    "at_least": TRUTH,
                    "met": {"type": ["boolean", "null"]},
                }
            )
        ),
        "left_out": many(TEXT),
        "seconds": AMOUNT,
    }
)

SCHEMAS = {"run": RUN, "seeds": SEEDS, "claim": APART, "speed": SPEED, "first": FIRST}
