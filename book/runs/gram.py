"""Measure the claim on the Gram loss with the filters at hand, apart from the book, and keep the verdict.

python -m book.runs.gram --profile quick --seed 0

The book is built with what there is, which on most machines are random filters. Where `make weights` has
found trained ones, this measures the one claim that needs them, in minutes; the claims board shows it.
"""

import argparse
import sys
from dataclasses import asdict

from book.errors import BuildError
from book.record import Record
from book.runs.claim_record import ROOT, claim_record
from book.runs.keep import keep
from book.settings import checked, look_around
from lib.features import RANDOM
from lib.running.profiles import profile
from lib.studies import shared
from lib.studies.landscapes import summary
from lib.studies.landscapes.coarse import coarse_grid

CLAIM = "gram"


def main(arguments: list[str] | None = None) -> int:
    """Command line; the exit status says whether there is a record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--profile", default="quick", help="how much is computed: quick, paper or smoke")
    parser.add_argument("--device", default="auto", help="where: auto, cpu or cuda")
    parser.add_argument("--seed", default="0", help="of the initial states")
    asked = parser.parse_args(arguments)
    try:
        record = measured(asked.profile, asked.device, asked.seed)
        place = keep(ROOT, record)
    except BuildError as error:
        print(f"Nothing was recorded. {error}", file=sys.stderr)
        return 1
    (claim,) = record["claims"]
    print(f"With {record['features']} the claim {claim['verdict']} ({record['remark']}): {claim['measured']}")
    print(f"Recorded in {place.relative_to(ROOT)}; the next `make book` shows it on the claims board.")
    return 0


def measured(name: str, device: str, seed: str) -> Record:
    """The record of the claim, measured over the F-k plane of a profile.

    Raises:
        BuildError: for settings that are none, and where there are only random filters.
    """
    parameters = checked(name, device, seed)
    around = look_around(parameters)
    if around["features"] == RANDOM:
        raise BuildError(
            "The claim is about trained filters, and there are none here: run `make weights`, or "
            "`make weights FILTERS=vgg16` where VGG-19's host cannot be reached."
        )
    refined = shared.feed_plane(profile(name), seed=int(parameters["SEED"]), device=around["device"])
    plane = coarse_grid(refined)
    found = summary.of_gram(plane)
    return claim_record(
        parameters, around, {CLAIM: asdict(found)}, features=around["features"], remark=parts(found)
    )


def parts(found: summary.Gram) -> str:
    """Which parts of the paper's sentence hold; the first is of the filters' own scale, and not judged."""
    if None in (found.gram_plateau, found.gram_roughness, found.gram_cliffs):
        return "no patterned neighbours, or no plateau, to compare"
    held = {
        "smaller range, in the filters' own unit": found.gram_highest < found.plain_highest,
        "plateau midway": 0.2 < (found.gram_plateau or 0) < 0.8,
        "rougher among patterns": (found.gram_roughness or 0) > (found.plain_roughness or 0),
        "more cliffs among patterns": (found.gram_cliffs or 0) > (found.plain_cliffs or 0),
    }
    return "; ".join(f"{part}: {'yes' if true else 'no'}" for part, true in held.items())


if __name__ == "__main__":
    sys.exit(main())
