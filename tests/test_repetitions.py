"""Seeds of repetitions: those of one build belong to it alone."""

import ast
import re
from pathlib import Path

from lib.repetitions import repetitions
from lib.studies import shared
from lib.studies.training import experiments
from lib.studies.training.sizes import sizes

ROOT = Path(__file__).resolve().parents[1]


def test_no_two_builds_share_a_repetition() -> None:
    every = [seed for build in range(3) for seed in repetitions(build, 4)]
    assert every == list(range(12))
    assert list(repetitions(0, 4)) == [0, 1, 2, 3], "seed 0 counts as it always has"


def test_trainings_of_two_builds_share_no_run() -> None:
    profile = sizes("quick")
    for plan in ("text", "windowed", "code"):
        first, second = (experiments.main_plans(profile, seed)[plan] for seed in (0, 1))
        assert not {*(first.seeds or ())} & {*(second.seeds or ())}
    assert shared.plain_training(profile, seed=1).seeds != shared.plain_training(profile, seed=0).seeds


def test_nothing_counts_on_from_a_builds_seed() -> None:
    """`range(seed, seed + n)` would give seeds 0 and 1 nearly the same repetitions."""
    counting = re.compile(r"range\((\w*\.)?(seed|SEED)( \+ 1)?, (seed|SEED) \+")
    for place in [*(ROOT / "lib").rglob("*.py"), *(ROOT / "notebooks").glob("*.py")]:
        assert not counting.search(place.read_text()), place.name


def test_every_page_with_a_seed_uses_it() -> None:
    """A page that ignored it would be the same for every seed, and its verdicts would seem to agree."""
    without = []
    for place in sorted((ROOT / "notebooks").glob("*.py")):
        tree = ast.parse(re.sub(r"^[%!].*$", "", place.read_text(), flags=re.MULTILINE))
        names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "SEED"]
        stored = [node for node in names if isinstance(node.ctx, ast.Store)]
        if stored and len(names) == len(stored):
            without.append(place.stem)
    assert not without
