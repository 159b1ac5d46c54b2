"""Raw stderr, set aside: what programs write there from the depths goes into a file, not to the console.

A kernel that dies says why on it; one that is interrupted leaves tracebacks of several libraries. The file
has the former for a sentence, and takes the latter along when it goes.
"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

#: As much of the end of the file is told, in lines and in characters.
LINES, CHARACTERS = 3, 400


@contextmanager
def raw_stderr(file: Path) -> Iterator[TextIO]:
    """Send this process's file descriptor 2, and that of all it starts, into a file for a while.

    Yields:
        A stream to where `sys.stderr` went before.
    """
    sys.stderr.flush()
    before = os.dup(2)
    with file.open("wb") as aside:
        os.dup2(aside.fileno(), 2)
    try:
        if is_descriptor_2(sys.stderr):
            with os.fdopen(os.dup(before), "w", encoding="utf-8", errors="replace") as console:
                yield console
        else:
            yield sys.stderr
    finally:
        os.dup2(before, 2)
        os.close(before)


def is_descriptor_2(stream: TextIO) -> bool:
    """Whether a stream writes to file descriptor 2; tests and notebooks put others in its place."""
    try:
        return stream.fileno() == 2
    except (OSError, AttributeError):
        return False


def last_words(file: Path) -> str:
    """The end of what was written, in brackets; nothing where nothing was."""
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return f" Its last words: “{' / '.join(lines[-LINES:])[-CHARACTERS:]}”." if lines else ""
