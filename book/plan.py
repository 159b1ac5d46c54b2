"""What a build will do and how long that took before: said at its start, from the records of runs."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from book.contents import Chapter
from book.execute import Parameters
from book.order import after, cold, in_order, nearest
from book.provenance import counted, seconds
from book.runs.keep import kept
from book.runs.machine import name


def plan(
    root: Path, stale: Sequence[Chapter], parameters: Parameters, device: str, number: int
) -> Iterator[str]:
    """Lines for the console; none where nothing is to be done.

    Args:
        stale: the notebooks that will be executed.
        device: "cpu" or "cuda".
        number: how many run at a time.

    Raises:
        BuildError: for a record that is not what it should be.
    """
    if not stale:
        return
    profile = str(parameters["PROFILE"])
    yield f"{counted(len(stale), 'notebook')} to run, {number} at a time."
    found = nearest(kept(root, "run"), profile, device)
    if found is None:
        yield f"How long that takes at the profile {profile} on this device has not been recorded yet."
        return
    took = cold(found)
    known = [chapter for chapter in stale if chapter.name in took]
    on = f"{name(found['machine'])} on {found['date']}"
    if not known:
        yield f"None of them was in the run recorded on {on}."
        return
    total = seconds(finished(known, took, number))
    yield f"About {total} at most, going by {on}; what is in the cache is quicker."
    yield "Alone: " + ", ".join(described(chapter, took) for chapter in stale) + "."


def described(chapter: Chapter, took: dict[str, float]) -> str:
    """A notebook with what it took, and what it waits for."""
    waits = f", after {' and '.join(after(chapter))}" if after(chapter) else ""
    time = seconds(took[chapter.name]) if chapter.name in took else "not recorded"
    return f"{chapter.name} ({time}{waits})"


def finished(chapters: Sequence[Chapter], took: dict[str, float], number: int) -> float:
    """Seconds until the last of these is done, so many at a time, in the order that a build takes."""
    waiting = in_order(chapters, took)
    unfinished = {chapter.name for chapter in waiting}
    running: dict[str, float] = {}
    now = 0.0
    while waiting or running:
        ready = [chapter for chapter in waiting if not unfinished.intersection(after(chapter))]
        for chapter in ready[: max(0, number - len(running))]:
            waiting.remove(chapter)
            running[chapter.name] = now + took[chapter.name]
        if not running:  # they wait for one another, which the build itself will say
            return now + sum(took[chapter.name] for chapter in waiting)
        first = min(running, key=lambda each: running[each])
        now = running.pop(first)
        unfinished.discard(first)
    return now
