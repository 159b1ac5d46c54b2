"""Hold the verdicts of several seeds side by side, and keep them as a record: `make seeds`.

python -m book.runs.seeds --profile quick --seeds 0 1 2     execute the notebooks once a seed, then compare
python -m book.runs.seeds --book A --book B --book C        compare books that were built elsewhere

Each seed has a copy of the sources in `_build/seeds`, and all share this project's folder of results: stop it
whenever you like, and the same command goes on where it was. The book in this folder stays as it is, and
where it was built with one of the seeds, it is not built again.
"""

import argparse
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from book import archive
from book.build import interrupt
from book.contents import chapters
from book.draws import told
from book.errors import BuildError
from book.execute import Parameters
from book.record import Record
from book.runs.keep import keep
from book.runs.machine import commit
from book.runs.record import all_fresh, condensed, last_build
from book.settings import checked, look_around
from lib.folders import CACHE, WEIGHTS, results_folder, weights_file

ROOT = Path(__file__).resolve().parents[2]
#: Copies of the sources, one a profile and seed, with what was made from them.
COPIES = Path("_build") / "seeds"
#: What has to be the same in all books for their verdicts to differ by the seed alone.
SHARED = ("machine", "profile", "device", "features", "versions")


def main(arguments: list[str] | None = None) -> int:
    """Command line; the exit status says whether there is a record."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--profile", default="quick", help="how much is computed: quick, paper or smoke")
    parser.add_argument("--device", default="auto", help="where: auto, cpu or cuda")
    parser.add_argument("--seeds", nargs="+", default=["0", "1", "2"], help="at least two")
    parser.add_argument("--book", type=Path, action="append", help="a folder whose book was built; several")
    asked = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, interrupt)
    try:
        settings = [checked(asked.profile, asked.device, seed) for seed in dict.fromkeys(asked.seeds)]
        books = [book.resolve() for book in asked.book or ()] or made(ROOT, settings)
        record = compared(books)
        place = keep(ROOT, record)
    except BuildError as error:
        print(f"\nNothing was recorded. {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. What was finished is kept; run the same command to go on.", file=sys.stderr)
        return 130
    print(*told(record), sep="\n")
    print(f"\nRecorded in {place.relative_to(ROOT)}; the next `make book` shows it on the claims board.")
    return 0


def made(root: Path, settings: list[Parameters]) -> list[Path]:
    """One folder a seed with its notebooks executed.

    Raises:
        BuildError: if there is only one seed, or the notebooks of one cannot be executed.
    """
    if len(settings) < 2:
        raise BuildError("One seed leaves nothing to compare: name at least two, SEEDS='0 1 2'.")
    return [root if is_here(root, each) else executed(root, each) for each in settings]


def is_here(root: Path, parameters: Parameters) -> bool:
    """Whether the book in this folder was built, from these sources, with these settings."""
    try:
        runs, contents = last_build(root), chapters(root)
    except BuildError:
        return False
    same = [run["chapter"] for run in runs] == [chapter.name for chapter in contents]
    wanted = {key: parameters[key] for key in ("PROFILE", "SEED")}
    device = look_around(parameters)["device"]
    return (
        same
        and all(run["device"] == device for run in runs)
        and all({key: run["parameters"][key] for key in wanted} == wanted for run in runs)
        and all_fresh(contents, runs)
    )


def executed(root: Path, parameters: Parameters) -> Path:
    """Execute the notebooks with these settings in a copy of the sources; returns its folder.

    Raises:
        BuildError: if that fails.
    """
    place = root / COPIES / f"{parameters['PROFILE']}-seed-{parameters['SEED']}"
    copy(root, place)
    filters = weights_file().parent
    environment = {
        **os.environ,
        "PYTHONPATH": str(place),
        CACHE: str(results_folder()),
        **({WEIGHTS: str(filters)} if filters.is_dir() else {}),
    }
    options = [f"--{name.lower()}={value}" for name, value in parameters.items()]
    command = [sys.executable, "-m", "book.build", "--no-pages", *options]
    print(f"Seed {parameters['SEED']} in {place.relative_to(root)}", flush=True)
    # A session of its own: an interruption reaches it once, through us.
    process = subprocess.Popen(command, cwd=place, env=environment, start_new_session=True)
    try:
        status = process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        raise
    if status:
        raise BuildError(
            f"The notebooks could not be executed with seed {parameters['SEED']}: the reason stands above. "
            "What was finished is kept; run the same command to go on."
        )
    return place


def copy(root: Path, place: Path) -> None:
    """Bring a copy of the sources up to date; what is as it was stays untouched."""
    wanted = {path.relative_to(root) for path in archive.sources(root)}
    for path in list(archive.sources(place)):
        if path.relative_to(place) not in wanted:
            path.unlink()
    for path in sorted(wanted):
        target = place / path
        if not target.is_file() or target.read_bytes() != (root / path).read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(root / path, target)


def compared(books: list[Path]) -> Record:
    """The record of what several books, one a seed, found.

    Raises:
        BuildError: if one was not built, or they differ in more than their seeds.
    """
    runs = sorted((condensed(book) for book in books), key=lambda run: int(run["seed"]))
    refuse_mixtures(runs)
    first = runs[0]
    # A copy of our sources is at no commit of its own.
    copied = any(book.is_relative_to(ROOT) for book in books)
    commits = {run["commit"] for run in runs} | ({commit(ROOT)} if copied else set())
    return {
        "kind": "seeds",
        "machine": first["machine"],
        "date": max(run["date"] for run in runs),
        "versions": first["versions"],
        "commit": first["commit"] if len(commits) == 1 else None,
        **{key: first[key] for key in ("profile", "device", "features")},
        "seeds": [run["seed"] for run in runs],
        "claims": [over_seeds(list(each)) for each in zip(*map(sorted_claims, runs), strict=True)],
    }


def over_seeds(claims: list[Record]) -> Record:
    """One claim's verdicts and numbers, in the order of the seeds; numbers have six digits."""
    names = dict.fromkeys(name for claim in claims for name in claim["measured"])
    values = {name: [shortened(claim["measured"].get(name)) for claim in claims] for name in names}
    verdicts = [claim["verdict"] for claim in claims]
    return {**{key: claims[0][key] for key in ("id", "criterion")}, "verdicts": verdicts, "measured": values}


def shortened(value: float | None) -> float | None:
    """A number with six significant digits."""
    return None if value is None else float(f"{value:.6g}")


def refuse_mixtures(runs: list[Record]) -> None:
    """Stop where books differ in more than their seeds."""
    if len({run["seed"] for run in runs}) < max(2, len(runs)):
        raise BuildError("These books do not have a seed each: build at least two, with different seeds.")
    for key in SHARED:
        if any(run[key] != runs[0][key] for run in runs):
            found = ", ".join(dict.fromkeys(str(run[key]) for run in runs))
            raise BuildError(
                f"These books differ in more than their seeds ({key}: {found}), so what flips could have "
                "another cause: build them alike, with `make seeds`."
            )
    asked = [[(claim["id"], claim["criterion"]) for claim in sorted_claims(run)] for run in runs]
    if any(each != asked[0] for each in asked):
        raise BuildError(
            "These books hold their claims against different criteria: build them from the same sources."
        )


def sorted_claims(run: Record) -> list[Record]:
    """A run's claims by name; on a board they stand by verdict."""
    return sorted(run["claims"], key=lambda claim: str(claim["id"]))


if __name__ == "__main__":
    sys.exit(main())
