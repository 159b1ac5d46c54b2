"""An end for a call that hangs: a kernel that never returns cannot be interrupted from Python."""

import os
import threading
from collections.abc import Callable


def watch(seconds: float, last_words: Callable[[], None]) -> threading.Timer:
    """End this process after so many seconds, unless the timer is cancelled before.

    Args:
        seconds: from now on.
        last_words: called before the end, to keep what there is; whatever it raises, the end comes.

    Returns:
        The timer; its `cancel()` calls the end off.
    """

    def end() -> None:
        try:
            last_words()
        finally:
            os._exit(1)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    return timer
