"""What programs say on stderr: progress bars, remarks that are known, and all else, which ends a page.

A page is published without any of it. So what was said once, of a file that has been mended since, is not
there to refuse the page tomorrow.
"""

import re
from collections.abc import Iterator

from nbformat import NotebookNode

from book.contents import Chapter
from book.errors import BuildError

#: A line of tqdm: "  40%|████      | 4/10 [00:01<00:02,  2.9it/s]", or a count without a total.
#: The end may be missing where output was cut between two messages.
PROGRESS = re.compile(r"(.*\d+%\|.*)|(.*\d+\S* ?\[\d+:\d+.*)|\s*")

#: Remarks after which every number is what it would have been without them.
KNOWN = re.compile(
    "|".join(
        (
            # Ours: a damaged result was computed again.
            r".*: DamagedResult: .*",
            # Ours: no compiled engine here; the data say which one it was.
            r".*: SlowEngine: .*",
            # joblib replaces a worker that has grown, as ours do on purpose: they keep memory for the next
            # gradient. No call is lost.
            r".*: UserWarning: A worker stopped while some jobs were given to the executor.*",
            # Its temporary files, removed late or by somebody else.
            r".*resource_tracker.*: UserWarning: resource_tracker: .*",
            # torch, of processors that lack what one of its libraries would like to use.
            r"\[W.*NNPACK.*\] Could not initialize NNPACK! .*",
            r".*: UserWarning: Can't initialize NVML.*",
            r".*: UserWarning: CUDA initialization: .*",
        )
    )
)

#: The line of source that Python shows below a warning.
QUOTED = re.compile(r"\s+\S.*")

#: As many lines of an unknown remark are told.
SHOWN = 3


def refuse_remarks(chapter: Chapter, executed: NotebookNode) -> None:
    """Stop if a cell wrote anything to stderr that is neither progress nor a known remark.

    Raises:
        BuildError: with the cell and its own words.
    """
    for number, cell in enumerate(executed.cells):
        if words := list(unknown(on_stderr(cell))):
            said = " / ".join(line.strip() for line in words[:SHOWN])
            raise BuildError(
                f"notebooks/{chapter.name}.py was executed, but cell {number} ({first_line(cell.source)}) "
                f"wrote to stderr: “{said[:500]}”. A page must not come with warnings: look after the cause. "
                "Nothing was published; what was computed is kept."
            )


def on_stderr(cell: NotebookNode) -> str:
    """All that a cell wrote to stderr."""
    streams = [output for output in cell.get("outputs", []) if is_stderr(output)]
    return "".join(output.text for output in streams)


def is_stderr(output: NotebookNode) -> bool:
    """Whether an output is text on stderr."""
    return output.output_type == "stream" and output.name == "stderr"


def unknown(text: str) -> Iterator[str]:
    """The lines that are neither progress nor a known remark."""
    quoted = False
    for line in re.split(r"[\r\n]|\x1b\[A", text):
        if KNOWN.fullmatch(line):
            quoted = True
        elif quoted and QUOTED.fullmatch(line):
            quoted = False
        elif not PROGRESS.fullmatch(line):
            yield line


def first_line(source: str) -> str:
    """What a cell starts with, to recognise it by."""
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    return f"“{lines[0][:70]}”" if lines else "empty"
