"""In which order a build begins its notebooks: the longest chain of them first.

What a notebook says to the build stands in its header (`book: after: [NAME]`, `book: long: true`); how long
it took before, in the records of runs. The results depend on neither.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from book.contents import Chapter
from book.execute import read
from book.record import Record, hardware
from book.runs.keep import kept


def in_order(chapters: Sequence[Chapter], took: Mapping[str, float]) -> list[Chapter]:
    """These notebooks with the longest chain first: its own seconds and those of what waits for it.

    Args:
        chapters: in the order of the book, which decides between equals.
        took: seconds by name. A notebook that was never timed counts as the longest of all where its header
            calls it long, and otherwise as none at all.
    """
    longest = max(took.values(), default=1.0)
    said = {chapter.name: header(chapter) for chapter in chapters}
    own = {name: took.get(name, longest if each.get("long", False) else 0.0) for name, each in said.items()}
    waiting = {
        name: [other for other, each in said.items() if name in each.get("after", [])] for name in said
    }

    def chain(name: str, above: frozenset[str] = frozenset()) -> float:
        # Notebooks that wait for one another are refused when they are run; here they must not go round.
        further = [each for each in waiting[name] if each not in above]
        return own[name] + max((chain(each, above | {name}) for each in further), default=0.0)

    return sorted(chapters, key=lambda chapter: -chain(chapter.name))


def seconds_by_name(root: Path, profile: str, device: str) -> dict[str, float]:
    """What each notebook took in the recorded run that is most like this one; none where none is.

    Raises:
        BuildError: for a record that is not what it should be.
    """
    found = nearest(kept(root, "run"), profile, device)
    return {} if found is None else cold(found)


def cold(run: Record) -> dict[str, float]:
    """Seconds of each page, with the work that it had from an earlier run, shared by all cores."""
    cores = run["machine"].get("cores", 1)
    return {
        page["name"]: page["seconds"] + page["cached"] * page["core_seconds"] / cores for page in run["pages"]
    }


def nearest(runs: list[Record], profile: str, device: str) -> Record | None:
    """The record of a run like this one: of this machine if there is one, else the latest of another."""
    like = [run for run in runs if run["profile"] == profile and run["device"] == device]
    here = hardware(device)
    return max(like, key=lambda run: (run["machine"] == here, run["date"]), default=None)


def after(chapter: Chapter) -> list[str]:
    """The notebooks that should have been executed before this one."""
    return list(header(chapter).get("after", []))


def header(chapter: Chapter) -> dict[str, Any]:
    """What a notebook's header says to the build."""
    return dict(read(chapter).metadata.get("book", {}))
