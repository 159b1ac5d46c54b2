"""The one exception of the build that is meant for the person at the console."""

import errno

#: What disks and folders refuse with: full, over quota, read-only, not ours.
DISK = (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM)


class BuildError(Exception):
    """A sentence or two: what happened, why, what to do. The build ends with it."""


def refused(error: OSError) -> str:
    """What a disk or folder refused, and what to do, in sentences."""
    place = error.filename2 or error.filename
    where = f" at {place}" if place else ""
    remedy = "make room, or make the folder writable, and run" if error.errno in DISK else "run"
    return (
        f"The system refused to read or write{where} ({error.strerror or error}): {remedy} the same again to "
        "continue. What was finished is kept."
    )
