"""The page of runs: every record, labelled with its machine, and what no machine has run yet."""

import json
from collections.abc import Iterator
from pathlib import Path

from book.board import DOWNLOAD
from book.contents import PUBLISHED
from book.provenance import counted, seconds
from book.record import Record, criterion_of
from book.runs.first_section import first_sections
from book.runs.keep import FOLDER, kept, title
from book.runs.machine import name
from book.runs.record import RUN
from book.runs.speed_section import speed_sections

#: The page that frames it; a book without it has no page of runs.
FRAME = Path("book") / "runs.md"
#: What is generated for it, one file a section.
GENERATED = Path("book") / "_generated" / "records"

#: What the `gpu_seconds` of a record count.
COUNTED = (
    "simulations and gradients by the on-chip engine, those side by side counted once; not losses, networks "
    "and what plain PyTorch simulates there"
)


def write_runs(root: Path) -> None:
    """Write the generated parts of the page, with its pictures.

    Raises:
        BuildError: naming the file, if a record is not what it should be.
    """
    if not (root / FRAME).is_file():
        return
    runs, speeds, firsts = (kept(root, kind) for kind in ("run", "speed", "first"))
    sections = {
        "here": here(root),
        "first": first_sections(firsts),
        "speed": speed_sections(root, speeds),
        "runs": run_sections(root, runs),
        "remains": remains(root, runs, speeds),
    }
    (root / GENERATED).mkdir(parents=True, exist_ok=True)
    for part, blocks in sections.items():
        (root / GENERATED / f"{part}.md").write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def here(root: Path) -> Iterator[str]:
    """Where the numbers on all other pages come from."""
    first = json.loads((root / RUN).read_text(encoding="utf-8"))[0]
    parameters = first["parameters"]
    yield (
        f"The numbers and figures on every other page were computed on **{name(first['hardware'])}**, at the "
        f"profile `{parameters['PROFILE']}` on the device `{first['device']}`, with seed "
        f"`{parameters['SEED']}`. How long single figures took stands at the end of each page."
    )


def run_sections(root: Path, runs: list[Record]) -> Iterator[str]:
    """One section for each record of a run."""
    if not runs:
        yield "No run has been recorded yet: `make record` keeps times and verdicts of the last `make book`."
    for run in runs:
        yield f"### `{run['profile']}` on {name(run['machine'])}"
        yield circumstances(run)
        yield pages_table(root, run)
        yield claims_otherwise(root, run)


def circumstances(run: Record) -> str:
    """What a rerun would need to agree on, and the totals."""
    rows = {
        "Computer": name(run["machine"]),
        "Date": run["date"],
        "Profile": f"`{run['profile']}`",
        "Device": f"`{run['device']}`",
        "Seed": f"`{run['seed']}`",
        "Filters of the Gram loss": run["features"],
        "Versions": ", ".join(f"{package} {version}" for package, version in run["versions"].items()),
        "Sources": sources(run),
        "Wall time": wall_time(run),
        "Computing": f"{computing(run['pages'])}, as far as the data files say{from_cache(run)}",
    }
    if any(page["gpu_seconds"] for page in run["pages"]):
        rows["Seconds on the GPU"] = COUNTED
    if "remark" in run:
        rows["Remark"] = run["remark"]
    if tests := run.get("tests"):
        rows["Engines' tests"] = f"{tests['passed']} passed, {tests['skipped']} skipped"
    rows["Record"] = f"{{download}}`{title(run)}.json <records/{title(run)}.json>`"
    lines = "\n".join(f"* - {key}\n  - {value}" for key, value in rows.items())
    return f":::{{list-table}}\n:class: how-made\n{lines}\n:::"


def wall_time(run: Record) -> str:
    """From the first notebook to the last, where they ran without a break; else their sum."""
    number, total = run.get("at_once", 1), sum(page["seconds"] for page in run["pages"])
    how = f"up to {number} at a time" if number > 1 else "one after the other"
    span = f"{seconds(run['wall'])} for" if "wall" in run else f"{seconds(total)} in all, taken by"
    took = f"; at most {run['memory'] / 1e9:.1f} GB of memory" if "memory" in run else ""
    return f"{span} {counted(len(run['pages']), 'notebook')}, {how}{took}"


def computing(pages: list[Record]) -> str:
    """Seconds of the on-chip engine on the GPU, and of cores behind the data of pages."""
    on_gpu, on_cores = (sum(page[key] for page in pages) for key in ("gpu_seconds", "core_seconds"))
    parts = [*([f"{seconds(on_gpu)} on the GPU"] if on_gpu else [])]
    parts += [f"{seconds(on_cores)} on one core"] if on_cores else []
    return " and ".join(parts) or "–"


def from_cache(run: Record) -> str:
    """How much of the computing was done before that run."""
    spent = [(page["gpu_seconds"] + page["core_seconds"], page["cached"]) for page in run["pages"]]
    total = sum(work for work, _ in spent)
    share = sum(work * cached for work, cached in spent) / total if total else 0.0
    return f"; {100 * share:.0f} % of that came from an earlier run" if share > 0 else ""


def sources(record: Record) -> str:
    """Which sources ran."""
    return f"commit `{record['commit']}`" if record["commit"] else "at no commit, or changed since"


def pages_table(root: Path, run: Record) -> str:
    """Seconds of every notebook, folded away."""
    lines = []
    for page in run["pages"]:
        still_here = (root / PUBLISHED / f"{page['name']}.ipynb").is_file()
        link = f"{{doc}}`chapters/{page['name']}`" if still_here else f"`{page['name']}`"
        lines.append(f"* - {link}\n  - {seconds(page['seconds'])}\n  - {computing([page])}")
    head = "* - Page\n  - Wall time\n  - Computing behind its data"
    table = "\n".join([":::{list-table}", ":header-rows: 1", head, *lines, ":::"])
    return f"::::{{dropdown}} Time of each page\n{table}\n::::"


def claims_otherwise(root: Path, run: Record) -> str:
    """Verdicts of that run that differ from this book's."""
    if not (root / DOWNLOAD).is_file():
        return "This book has no claims board to compare that run's verdicts with."
    board = json.loads((root / DOWNLOAD).read_text(encoding="utf-8"))
    against = {verdict["id"]: criterion_of(verdict) for verdict in board}
    here = {verdict["id"]: verdict["verdict"] for verdict in board}
    known = [claim for claim in run["claims"] if claim["id"] in here]
    there = {c["id"]: c["verdict"] for c in known if c.get("criterion") == against[c["id"]]}
    if not there:
        return "Its verdicts were held against other criteria than this copy's, so they do not compare."
    different = [id for id in there if there[id] != here[id]]
    if not different:
        return f"All verdicts, {len(there)} of them, came out as in this copy of the book."
    lines = [f"* - {{ref}}`{id} <claim-{id}>`\n  - {there[id]}\n  - {here[id]}" for id in different]
    table = "\n".join([":::{list-table}", ":header-rows: 1", "* - Claim\n  - There\n  - Here", *lines, ":::"])
    share = f"{len(different)} of {counted(len(there), 'verdict')}"
    return f"{share} came out otherwise than in this copy:\n\n{table}"


def remains(root: Path, runs: list[Record], speeds: list[Record]) -> Iterator[str]:
    """What has not been measured, said rather than guessed."""
    missing = [
        *([] if any("gpu" in run["machine"] for run in runs) else ["a run of the whole book on a GPU"]),
        *([] if any("gpu" in speed["machine"] for speed in speeds) else ["the speed of any engine on a GPU"]),
        *whole_paper(root, runs),
    ]
    if not missing:
        yield "Nothing: a GPU and the `paper` profile are both on record above."
        return
    yield (
        f"Not measured so far: {', '.join(missing)}. Such numbers are absent from this book rather than "
        "estimated. On a machine with an NVIDIA GPU, `make gpu` runs the engines' tests, the benchmarks and "
        f"every notebook, and leaves its records in `{FOLDER}/`, from where this page takes them."
    )


def whole_paper(root: Path, runs: list[Record]) -> list[str]:
    """What of the `paper` profile nobody has run."""
    pages = {run["chapter"] for run in json.loads((root / RUN).read_text(encoding="utf-8"))}
    done = {page["name"] for run in runs if run["profile"] == "paper" for page in run["pages"]}
    if not done:
        return ["a run at the `paper` profile"]
    left = sorted(pages - done)
    return (
        [f"the `paper` profile of {', '.join(f'{{doc}}`chapters/{name}`' for name in left)}"] if left else []
    )
