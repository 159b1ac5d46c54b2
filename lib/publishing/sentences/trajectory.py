"""What Appendix D says about the recorded trajectory, in the form that fits what came out."""

from lib.paper import SAMPLED_SETS
from lib.publishing.wording import counted, said, whole
from lib.studies.training.recorded_trajectory import Approach, TrajectorySummary

#: A cosine above this is the recorded direction, as the claim's criterion has it.
SAME_DIRECTION = 0.9


def in_one_minute(found: TrajectorySummary) -> str:
    """The page in three lines."""
    end, target = found.points["end"], found.points["target"]
    return (
        f"* The recorded end scores {said(end.loss, '.1f')}. From one initial state it grows {end.spots} "
        f"spots, the target {target.spots}.\n"
        f"* Re-run at the recorded rate, the second segment {direction(found.slow)} and covers "
        f"{part(found.slow.covered)} in {counted(found.iterations, 'iteration')}.\n"
        "* With the code's 1,000 further steps the gradient is exactly zero in "
        f"{whole(found.silent)} of the iterations of {counted(found.code_runs, 'run')}."
    )


def points(found: TrajectorySummary) -> str:
    """The four points after full runs."""
    losses = ", ".join(
        f"{name} {said(found.points[key].loss, '.1f')}"
        for name, key in (("start", "start"), ("iteration 8,918", "8918"), ("end", "end"))
    )
    end, target = found.points["end"], found.points["target"]
    off = ", ".join(
        f"{whole(abs(float(value) / float(true) - 1))} in ${symbol}$"
        for symbol, value, true in zip(
            ("D_u", "D_v", "F", "k"), SAMPLED_SETS[2], SAMPLED_SETS[3], strict=True
        )
    )
    return (
        f"Mean losses from {counted(found.states, 'initial state')} that are shared with the target: "
        f"{losses}. From the first of these states the end grows {end.spots} spots where the target has "
        f"{target.spots}. Its parameters are off by {off}."
    )


def part(covered: float) -> str:
    """How much of the recorded way is covered."""
    if abs(covered) < 0.001:
        return "none of the way"
    if covered > 1:
        return f"{said(covered)} times the recorded way"
    return f"{whole(covered)} of the way"


def direction(run: Approach) -> str:
    """Whether the re-runs set out as the record says."""
    if run.cosine is None:
        return "does not move"
    if run.cosine > SAME_DIRECTION:
        return f"leaves in the recorded direction (cosine {said(run.cosine, '.2f')})"
    return f"leaves in another direction (cosine {said(run.cosine, '.2f')})"


def segments(found: TrajectorySummary) -> str:
    """The three variants, one line each."""
    place = ", ".join(said(value, ".4f") for value in found.six.params.values())
    return (
        f"* **At the recorded rate** {counted(found.runs, 'run')} of "
        f"{counted(found.iterations, 'iteration')}: the search {direction(found.slow)} and covers "
        f"{part(found.slow.covered)}.\n"
        f"* **At twelve times that rate**, up to {counted(found.fast_iterations, 'iteration')}: after "
        f"{found.six.at} the nearest run stands at ({place}), {whole(found.six.left)} of the distance away "
        f"from the paper's set 6. The least loss is {said(found.lowest, '.1f')}. The closest approach to "
        f"the recorded end leaves {whole(found.fast.left)} of the distance. {stay(found)}\n"
        f"* **With 1,000 further steps** the gradient is exactly zero in {whole(found.silent)} of the "
        f"iterations of {counted(found.code_runs, 'run')}, since v has died; "
        f"{part(found.code.covered)} is covered.\n"
        "\n"
        f"{verdict(found)}"
    )


def stay(found: TrajectorySummary) -> str:
    """Where the fast re-runs were at last, on the way to the recorded end."""
    low, high = found.fast_ends
    gave_up = (
        f", and {found.fast_aborted} of {counted(found.fast_runs, 'run')} gave up, every rate being refused"
        if found.fast_aborted
        else ""
    )
    span = said(low) if low == high else f"between {said(low)} and {said(high)}"
    where = f"Their last points have covered {span} of the way, where 1 is the recorded end{gave_up}."
    return f"They do not stay there. {where}" if not 0.5 <= low <= high <= 1.5 else where


def verdict(found: TrajectorySummary) -> str:
    """What the re-runs say about the record."""
    if found.fast.left < 0.5 and found.slow.covered < 0.5:
        return (
            "So the record looks like a real search up to the edge of the patterns. Its rate and its "
            "stopping rule, as written, do not lead there within the iterations on record; the first "
            "segment's rate and a stop at convergence come closest."
        )
    return "These re-runs neither reach the recorded end nor rule out that others would."


def measured(found: TrajectorySummary) -> dict[str, float | None]:
    """The numbers of the claim, by the names that its criterion and its finding use."""
    end = found.points["end"]
    return {
        "loss": end.loss, "least": end.least, "most": end.most, "states": found.states, "spots": end.spots,
        "target": found.points["target"].spots, "plateau": found.points["8918"].loss, "runs": found.runs,
        "cosine": found.slow.cosine, "covered": found.covered, "covered_code": found.covered_code,
        "silent": found.silent, "six": found.six.left, "at": found.six.at, "left": found.fast.left,
    }  # fmt: skip
