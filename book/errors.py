"""The one exception of the build that is meant for the person at the console."""


class BuildError(Exception):
    """A sentence or two: what happened, why, what to do. The build ends with it."""
