"""What the pages on remedies and rivals say of their numbers in one minute (Sections 5.2, 6.1 and 6.3)."""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

from lib.publishing.wording import counted, percent, said, whole
from lib.studies.inversion.asides import Asides
from lib.studies.inversion.summary import Remedies, Rivals


def remedies(found: Remedies, problems: int) -> str:
    """Section 5.2 in three lines.

    Args:
        found: shares of problems solved.
        problems: how many there are for each kind of data.
    """
    return (
        f"* From a settled $v$ alone, another loss solves {whole(found.best)} of the "
        f"{counted(problems, 'problem')}, the surrogate with time {whole(found.surrogate)}, and the paper's "
        f"loss {whole(found.paper)}.\n"
        f"* With frames between start and end, fitting one after the other solves {whole(found.growing)} of "
        f"{counted(problems, 'problem')}.\n"
        f"* Without such frames, but with $u$ and $v$, a growing horizon solves {whole(found.clean)} of "
        f"{counted(problems, 'problem')}, and {whole(found.noisy)} with 1 % of noise."
    )


def rivals(found: Rivals, problems: int) -> str:
    """The page on rivals in three lines."""
    best = "no method that ran has an error to compare"
    if found.best_name is not None and found.best_error is not None:
        best = f"the smallest median error is {percent(found.best_error)} ({found.best_name})"
    cheapest = "no method solves half of them"
    if found.cheapest_name is not None:
        cheapest = (
            f"the cheapest method that solves half of them ({found.cheapest_name}) spends "
            f"{said(found.cheapest)} full simulations for each one solved"
        )
    return (
        f"* From a settled $v$ alone, over {counted(problems, 'problem')}, {best}; {cheapest}.\n"
        f"* Evolution spends {said(found.evolution)} full simulations in an attempt and solves "
        f"{whole(found.evolution_solved)} of {counted(problems, 'problem')}.\n"
        f"* With $u$ and $v$ and 1 % of noise, the plain residual fit is off by "
        f"{said_error(found.residual_noisy)} in the median, its weak form by {said_error(found.weak_noisy)}."
    )


def said_error(words: str | None) -> str:
    """An error that is already in words, or that there is none."""
    return said(None) if words is None else words


def at_rest(unsettled: Mapping[str, Sequence[str]], once: Sequence[str] = ()) -> str:
    """For which methods the budget was too small to see the end, one line for each kind of data.

    Args:
        unsettled: scheme → titles of methods whose curve has not flattened.
        once: titles of methods that answer once.
    """
    lines = [
        f"* Answers come only at the end, so that no curve can tell what more would give: {'; '.join(once)}."
    ] * bool(once)
    for scheme, titles in unsettled.items():
        if titles:
            lines.append(
                f"* {scheme}: **not yet flat** {'is the curve' if len(titles) == 1 else 'are the curves'} of "
                f"{'; '.join(titles)}."
            )
        else:
            lines.append(f"* {scheme}: every {'other ' if once else ''}curve has flattened.")
    return "\n".join(lines)


def forward(found: Asides) -> str:
    """What the forward network's error is, beside the simulator's."""
    if found.network is None:
        return (
            f"The two finest grids agree at the first {counted(found.moments, 'moment')} only, so that "
            "nobody's error can be told."
        )
    if found.solver is None:
        return "No run of the simulator was as quick as the network's training."
    return (
        f"The two finest grids agree within a tenth at the first {counted(found.moments, 'moment')} of ten; "
        f"what follows is about these. After {said(found.network_seconds)} s of processor time the better "
        f"network is off by {percent(found.network)}; the simulator needs {said(found.solver_seconds)} s "
        f"to be off by {percent(found.solver)}."
    )


def kernel_or_network(record: Mapping[str, Any]) -> str:
    """Which reverse surrogate is closer on a small set of Gierer and Meinhardt's patterns."""
    kernel, network = (median(record[name]["error"].values()) for name in ("kernel", "convolutions"))
    closer = "the kernel is closer" if kernel < network else "the network is closer"
    as_said = "as its authors say of" if kernel < network else "while its authors find kernels better on"
    return (
        f"Taught with {record['taught']} patterns on {record['cells']} × {record['cells']} cells, {closer}: "
        f"its median error is {said(min(kernel, network))} of the spread, the other's "
        f"{said(max(kernel, network))}, {as_said} small training sets."
    )
