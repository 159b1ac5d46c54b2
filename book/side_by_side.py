"""Several notebooks at once: each in a process of its own, which executes it and hands it over.

Pages differ in how well they fill the cores: one computes for minutes, another imports and draws. Together
they leave no core idle. A notebook that shows what another one computes says so in its header,

    jupyter:
      book:
        after: [04_landscapes]

and waits for it, so that nothing is computed twice. The longest begin first (`book.order`), so that at the
end short ones fill all cores.
"""

import multiprocessing
import os
import signal
import sys
import threading
import traceback
from collections.abc import Collection, Iterable, Iterator, Mapping
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import TextIO

from nbformat import NotebookNode

from book.aside import raw_stderr
from book.contents import Chapter
from book.errors import BuildError, refused
from book.execute import Parameters, Stream, execute, raw
from book.gpu_time import counted
from book.order import after, in_order, seconds_by_name
from book.record import Record, record, usable_cores

#: No more than this at once, whatever the number of cores: each kernel holds a few hundred MB.
MOST = 4

#: Seconds that an interrupted notebook has to shut its kernel down.
PATIENCE = 15.0

Made = tuple[NotebookNode, Record]


def at_once(device: str) -> int:
    """How many notebooks run at a time: one a core, or one on a GPU, which they would fight over."""
    return 1 if device.startswith("cuda") else min(usable_cores(), MOST)


def compute(
    chapter: Chapter, parameters: Parameters, surroundings: dict[str, str], folder: Path,
    progress: Stream | None = None,
) -> Made:  # fmt: skip
    """Execute one notebook in an empty folder; returns it with the record of its run."""
    with counted() as gpu_seconds:
        executed = execute(chapter, parameters, folder, progress or sys.stderr)
        found = record(chapter, executed, parameters, surroundings, folder)
        if surroundings["device"].startswith("cuda"):
            found["gpu_seconds"] = round(gpu_seconds(), 2)
    return executed, found


def compute_all(
    chapters: list[Chapter], parameters: Parameters, surroundings: dict[str, str], scratch: Path, number: int
) -> Iterator[tuple[Chapter, Made]]:
    """Execute notebooks, so many at a time, and hand them over as they finish.

    The cores are shared out: each notebook's experiments take as many processes as there are cores for it.
    One that all others wait for takes them all.

    Raises:
        BuildError: of the first notebook that fails; the others are stopped, and what they have computed
            stays in the cache.
    """
    # A server that has imported everything once, and forks: cheap, and without threads to trip over.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    took = seconds_by_name(chapters[0].root, str(parameters["PROFILE"]), surroundings["device"])
    waiting = dict.fromkeys(in_order(chapters, took))
    running = dict[Connection, tuple[Chapter, BaseProcess]]()
    share = max(1, usable_cores() // number)
    try:
        while waiting or running:
            while len(running) < number and (chapter := first_ready(waiting, busy(running))):
                del waiting[chapter]
                alone = not running and first_ready(waiting, [chapter]) is None
                cores = usable_cores() if alone else share
                answer, theirs = context.Pipe(duplex=False)
                folder = scratch / chapter.name
                job = (theirs, chapter, parameters, surroundings, folder, cores)
                process = context.Process(target=work, args=job, name=chapter.name)
                process.start()
                theirs.close()  # so that the end of the process is the end of the pipe
                running[answer] = (chapter, process)
                print(f"{chapter.name}: running", flush=True)
            spoken = wait(list(running))
            for answer in [one for one in running if one in spoken]:
                made = received(answer, *running[answer])
                yield running.pop(answer)[0], made
    finally:
        stop(process for _, process in running.values())


def busy(running: Mapping[Connection, tuple[Chapter, BaseProcess]]) -> list[Chapter]:
    """The notebooks that are being executed."""
    return [chapter for chapter, _ in running.values()]


def first_ready(waiting: Iterable[Chapter], running: Collection[Chapter]) -> Chapter | None:
    """The first notebook that needs none of those unfinished; None while there is none.

    Raises:
        BuildError: if all wait for one another.
    """
    unfinished = {chapter.name for chapter in (*waiting, *running)}
    ready = next((chapter for chapter in waiting if not unfinished.intersection(after(chapter))), None)
    if ready is None and unfinished and not running:
        raise BuildError(
            f"The notebooks {', '.join(sorted(unfinished))} wait for one another: look at `after` in their "
            "headers, and take out what closes the circle."
        )
    return ready


def received(answer: Connection, chapter: Chapter, process: BaseProcess) -> Made:
    """What a process hands over.

    Raises:
        BuildError: its own, or that it is gone without a word.
    """
    try:
        made: Made | BuildError = answer.recv()
    except EOFError:
        process.join()
        raise BuildError(
            f"The process that executed notebooks/{chapter.name}.py ended without an answer (status "
            f"{process.exitcode}): most often memory ran out. Run the build again to continue, or with "
            "one notebook at a time."
        ) from None
    process.join()
    if isinstance(made, BuildError):
        raise made
    return made


def stop(processes: Iterable[BaseProcess]) -> None:
    """Interrupt what still runs, as Ctrl-C would, and wait for it."""
    running = [process for process in processes if process.is_alive()]
    for process in running:
        assert process.pid is not None
        os.kill(process.pid, signal.SIGINT)
    for process in running:
        process.join(PATIENCE)
        process.kill()


def work(
    answer: Connection, chapter: Chapter, parameters: Parameters, surroundings: dict[str, str], folder: Path,
    cores: int,
) -> None:  # fmt: skip
    """The life of one process."""
    os.setsid()  # Ctrl-C reaches the parent alone, which interrupts us, once
    threading.Thread(target=end_with_parent, daemon=True).start()
    os.environ["LOKY_MAX_CPU_COUNT"] = str(cores)
    with raw_stderr(raw(folder)) as console:
        try:
            made = compute(chapter, parameters, surroundings, folder, Labelled(chapter.name, console))
            answer.send(made)
        except BuildError as error:
            answer.send(error)
        except OSError as error:
            answer.send(BuildError(refused(error)))
        except KeyboardInterrupt:
            pass
        except BaseException as error:
            traceback.print_exc(file=console)
            answer.send(BuildError(f"notebooks/{chapter.name}.py failed: {error!r}, see above."))
        os._exit(0)  # what libraries have to say on their way out is of no use to anybody


def end_with_parent() -> None:
    """Interrupt this process when the one that started it is gone, even if it was killed."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    wait([parent.sentinel])
    os.kill(os.getpid(), signal.SIGINT)


class Labelled:
    """A stream that says at the start of each line which notebook writes.

    Args:
        name: of the notebook.
        stream: where the lines go.
    """

    def __init__(self, name: str, stream: TextIO) -> None:
        self.label, self.stream = f"{name}: ", stream
        # A bar of another notebook may have been longer.
        self.erase = "\x1b[K" if stream.isatty() else ""

    def write(self, text: str) -> int:
        """Write text in which a carriage return begins a line anew."""
        return self.stream.write(text.replace("\r", f"\r{self.erase}{self.label}"))

    def flush(self) -> None:
        """Pass on what is held back."""
        self.stream.flush()
