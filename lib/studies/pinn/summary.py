"""What the page on networks rests on: its numbers, and those that its claims are judged by."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import torch
import xarray as xr

from lib.coordinates import to_unconstrained
from lib.model import State
from lib.paper import TRUTH
from lib.simulate import Outcome
from lib.studies.pinn.training import Training
from lib.studies.pinn.weight_landscape import FLAT, Coupling, Minimum, Spectrum, other_minima
from lib.studies.residual_fit.accuracy import bowls, third_difference

#: Points along each side of the planes on which the bowl's shape is looked at, at every stage of a training.
POINTS = 9


@dataclass(frozen=True)
class Subspaces:
    """How parameters and weights meet in the total loss, over the networks of a single frame.

    Args:
        networks: how many.
        data: largest change of the data term's gradient in the weights when the parameters move.
        coupling_low, coupling_high: smallest and largest coupling of weights and parameters by the residual
            term, over parameters and networks: 0 for independent problems, 1 for one that is singular.
        third: largest third difference of the bowl at any stage on any of the six planes, as a share of its
            height.
        stages: recorded stages of all trainings together.
        lowest: smallest eigenvalue of its Hessian at any stage.
        best, worst: smallest and largest condition number of it.
        start: relative distance of the bowl's minimum from the truth over the untrained network.
        gap: largest distance of the trained parameters from the bowl's minimum, as a share of it.
        error: largest relative error of the trained parameters.
        trained: most iterations that a training took.
    """

    networks: int
    data: float
    coupling_low: float
    coupling_high: float
    third: float
    stages: int
    lowest: float
    best: float
    worst: float
    start: float
    gap: float
    error: float
    trained: int


def subspaces(
    frames: Mapping[str, Training], along: Mapping[str, xr.Dataset], couplings: Sequence[Coupling]
) -> Subspaces:
    """From the trainings, the bowls along them (`bowls_along`), and the couplings at their ends."""
    ends = [(t.record.params[-1].values, along[name].minimum[-1].values) for name, t in frames.items()]
    conditions = np.concatenate([b.condition.values for b in along.values()])
    return Subspaces(
        networks=len(frames),
        data=max(c.data for c in couplings),
        coupling_low=min(float(c.cosine.min()) for c in couplings),
        coupling_high=max(float(c.cosine.max()) for c in couplings),
        third=max(bowl_third(training.record) for training in frames.values()),
        stages=sum(t.record.sizes["stage"] for t in frames.values()),
        lowest=min(float(b.eigenvalues.min()) for b in along.values()),
        best=float(conditions.min()),
        worst=float(conditions.max()),
        start=max(off(b.minimum[0].values) for b in along.values()),
        gap=max(float(np.abs(p / minimum - 1).max()) for p, minimum in ends),
        error=max(off(p) for p, _ in ends),
        trained=max(int(t.record.stage[-1]) for t in frames.values()),
    )


def bowl_third(record: xr.Dataset) -> float:
    """Largest third difference of the residual loss over a network's output at any recorded stage."""
    u, v = (torch.as_tensor(record[name].values).double() for name in ("u", "v"))
    planes = (plane for i in range(len(u)) for plane in bowls(State(u[i, None], v[i, None]), POINTS).values())
    return max(third_difference(plane.residual.values) for plane in planes)


def off(params: np.ndarray) -> float:
    """The largest of the four relative errors."""
    return float(np.abs(params / np.array(TRUTH) - 1).max())


@dataclass(frozen=True)
class Repair:
    """How far each way of descending came, as a share of the way its steps allowed.

    Args:
        starts, patterned, trivial: how many, and how many where a pattern forms and where v dies.
        unknown: starts that are left out of all this, since a gradient on their way is no number.
        rounds: steps of the parameters.
        step: the longest step, as a share of the distance from the truth to the nearest cliff; None where
            no cliff was found.
        residual, spectral, bare: means over the starts; `…_error`: their standard errors.
        gain: what the network adds to the spectral loss, mean over paired starts.
        possible: what the residual adds to it.
        spectral_inside, bare_inside: the means over starts where a pattern forms; None where there are none.
        gain_inside, possible_inside: the same over these; `…_error`: their standard errors.
        still, still_bare, still_both: starts that never moved, with the network, without it, and in both
            ways, so that their gain is exactly 0.
        lowered, lowered_bare: the spectral loss at the end over that at the start, with the network and
            without it, median over the starts with a pattern; None where there are none.
    """

    starts: int
    patterned: int
    trivial: int
    unknown: int
    rounds: int
    step: float | None
    residual: float | None
    spectral: float | None
    bare: float | None
    residual_error: float | None
    spectral_error: float | None
    bare_error: float | None
    gain: float | None
    gain_error: float | None
    possible: float | None
    possible_error: float | None
    spectral_inside: float | None
    bare_inside: float | None
    gain_inside: float | None
    gain_inside_error: float | None
    possible_inside: float | None
    possible_inside_error: float | None
    still: int
    still_bare: int
    still_both: int
    lowered: float | None
    lowered_bare: float | None


def repair(contest: xr.Dataset, cliff: float | None) -> Repair:
    """From `ill_posed_loss.contest` and `ill_posed_loss.cliff_distance`."""
    known = contest.slope.notnull().all(("kind", "round")).values
    contest = contest.isel(start=known)
    came = progress(contest)
    ways = {"residual": "residual", "spectral": "spectral", "bare": "spectral, bare"}
    each = {name: came.sel(kind=kind).values for name, kind in ways.items()}
    gain, possible = each["spectral"] - each["bare"], each["residual"] - each["bare"]
    inside = contest.outcome.values == Outcome.PATTERN
    idle = {name: still(contest, ways[name]) for name in ("spectral", "bare")}
    return Repair(
        starts=len(inside),
        patterned=int(inside.sum()),
        trivial=int((contest.outcome.values == Outcome.TRIVIAL).sum()),
        unknown=int((~known).sum()),
        rounds=contest.sizes["round"] - 1,
        step=None if cliff is None else float(contest.attrs["step"]) / cliff,
        residual=mean_of(each["residual"]),
        spectral=mean_of(each["spectral"]),
        bare=mean_of(each["bare"]),
        residual_error=standard_error(each["residual"]),
        spectral_error=standard_error(each["spectral"]),
        bare_error=standard_error(each["bare"]),
        gain=mean_of(gain),
        gain_error=standard_error(gain),
        possible=mean_of(possible),
        possible_error=standard_error(possible),
        spectral_inside=mean_of(each["spectral"][inside]),
        bare_inside=mean_of(each["bare"][inside]),
        gain_inside=mean_of(gain[inside]),
        gain_inside_error=standard_error(gain[inside]),
        possible_inside=mean_of(possible[inside]),
        possible_inside_error=standard_error(possible[inside]),
        still=int(idle["spectral"].sum()),
        still_bare=int(idle["bare"].sum()),
        still_both=int((idle["spectral"] & idle["bare"]).sum()),
        lowered=lowered(contest, ways["spectral"], inside),
        lowered_bare=lowered(contest, ways["bare"], inside),
    )


def lowered(contest: xr.Dataset, kind: str, inside: np.ndarray) -> float | None:
    """The loss at the end over that at the start, median over the chosen starts; None without any."""
    loss = contest.loss.sel(kind=kind).values[inside]
    return float(np.median(loss[:, -1] / loss[:, 0])) if len(loss) else None


def away(contest: xr.Dataset) -> xr.DataArray:
    """Distance from the truth in unconstrained coordinates, over (kind, start, round)."""
    truth = xr.DataArray(to_unconstrained(TRUTH).numpy(), dims="parameter")
    return np.sqrt(np.square(contest.place - truth).sum("parameter"))


def progress(contest: xr.Dataset) -> xr.DataArray:
    """Way towards the truth over the way allowed, over (kind, start): 1 there, -1 away from it."""
    distance = away(contest)
    allowed = float(contest.attrs["step"]) * (contest.sizes["round"] - 1)
    return (distance.isel(round=0) - distance.isel(round=-1)) / allowed


def still(contest: xr.Dataset, kind: str) -> np.ndarray:
    """For each start, whether its parameters have not moved at all."""
    place = contest.place.sel(kind=kind)
    return (place == place.isel(round=0)).all(("round", "parameter")).values


def standard_error(x: np.ndarray) -> float | None:
    """Of the mean; None for fewer than two."""
    return float(x.std(ddof=1) / np.sqrt(len(x))) if len(x) > 1 else None


def mean_of(x: np.ndarray) -> float | None:
    """None for nothing."""
    return float(x.mean()) if len(x) else None


@dataclass(frozen=True)
class Landscape:
    """The loss over the weights around several trained networks.

    Args:
        networks, planes: how many, and planes through each, the last of them along the extreme curvatures.
        points: along each side of a plane.
        obstacles: minima besides the solution's own, over all of these planes.
        steps, probes: Lanczos steps from each of so many random vectors, by which curvatures were found.
        lowest: the lowest curvature found in any network, over its largest.
        flat: smallest share of directions flatter than a hundred-thousandth of the steepest.
        error: largest relative error of the parameters.
        rested: networks that had come to rest.
    """

    networks: int
    planes: int
    points: int
    obstacles: tuple["Obstacle", ...]
    steps: int
    probes: int
    lowest: float
    flat: float
    error: float
    rested: int

    @property
    def negative(self) -> float:
        """Size of the most negative curvature over the largest; 0 where none is negative beyond rounding."""
        return -self.lowest if self.lowest < -FLAT else 0.0

    @property
    def measured(self) -> dict[str, float]:
        """The numbers of the claim."""
        counts = {"networks": self.networks, "planes": self.planes, "minima": len(self.obstacles)}
        found = ("negative", "lowest", "flat", "error", "rested")
        return counts | {name: getattr(self, name) for name in found}


class Obstacle(NamedTuple):
    """A minimum besides the solution's own.

    Args:
        network: its label.
        extreme: whether it lies on the plane of the extreme curvatures, and not on a random one.
        at: where, and how high.
        solution: the loss in the middle of that plane.
    """

    network: str
    extreme: bool
    at: Minimum
    solution: float


def landscape(
    trained: Mapping[str, Training], planes: Mapping[str, Sequence[xr.Dataset]],
    spectra: Mapping[str, Spectrum],
) -> Landscape:  # fmt: skip
    """From networks, planes through each, and spectra, by the same labels."""
    found = [spectra[label] for label in trained]
    return Landscape(
        networks=len(trained),
        planes=min(len(planes[label]) for label in trained),
        points=min(plane.sizes["alpha"] for label in trained for plane in planes[label]),
        obstacles=tuple(x for label in trained for x in obstacles(label, planes[label])),
        steps=min(len(spectrum.nodes) // spectrum.probes for spectrum in found),
        probes=min(spectrum.probes for spectrum in found),
        lowest=min(spectrum.lowest for spectrum in found),
        flat=min(spectra[label].flat for label in trained),
        error=max(off(t.record.params[-1].values) for t in trained.values()),
        rested=sum(t.rested for t in trained.values()),
    )


def obstacles(label: str, planes: Sequence[xr.Dataset]) -> list[Obstacle]:
    """Other minima on the planes through one network, of which the last is that of the extreme curvatures."""
    return [
        Obstacle(
            label, plane is planes[-1], minimum, float(plane.total.sel(alpha=0, beta=0, method="nearest"))
        )
        for plane in planes
        for minimum in other_minima(plane)
    ]


#: Case → (network, completion without one) that are held against each other.
COMPARED = {
    "all of u and v": ("network + residual", "closed form"),
    "noise 0.001": ("network + residual", "closed form"),
    "noise 0.01": ("network + residual", "closed form"),
    "v only": ("network + relative residual", "elimination of u"),
    "10 % of the cells": ("network + residual", "interpolation, closed form"),
}

#: One method is clearly more accurate than another if its error is smaller by this factor.
CLEARLY = 2.0


@dataclass(frozen=True)
class Completion:
    """The table of recoveries, put together.

    Args:
        seeds, trainings, rested: repetitions, network trainings, and those that came to rest.
        longest: most iterations of a training.
        gap: over the trainings that rested, the largest distance of trained parameters from the bowl's
            minimum over the network's output, as a share of the truth; None where in some case none rested.
        unrested: cases in which no training came to rest.
        better_without, better_with, alike, undecided: cases in which a completion without a network is
            clearly more accurate, in which the network is, in which neither is, and in which the network
            would have to be trained on to tell.
        errors: case → largest relative error, median over seeds, of (network, completion without one).
        trap: the same for the plain residual where u is unseen.
    """

    seeds: int
    trainings: int
    rested: int
    longest: int
    gap: float | None
    unrested: int
    better_without: int
    better_with: int
    alike: int
    undecided: int
    errors: dict[str, dict[str, float | None]]
    trap: float | None

    @property
    def measured(self) -> dict[str, float | None]:
        """The numbers of the claim, flat."""
        short = {
            "full": "all of u and v", "noisy": "noise 0.01", "v": "v only", "tenth": "10 % of the cells",
        }  # fmt: skip
        counts = ("unrested", "better_without", "better_with", "alike", "undecided", "trainings", "rested")
        found: dict[str, float | None] = {name: getattr(self, name) for name in ("gap", *counts)}
        for name, case in short.items():
            found[f"{name}_network"], found[name] = self.errors[case]["network"], self.errors[case]["rival"]
        return found


def completion(table: xr.Dataset) -> Completion:
    """From `recovery.table`."""
    used = [table.sel({"case": case, "method": network}) for case, (network, _) in COMPARED.items()]
    verdicts = [compare(table, case) for case in COMPARED]
    gaps = [entry.gap.values[entry.rested.values == 1] for entry in used]
    return Completion(
        seeds=table.sizes["seed"],
        trainings=int(table.rested.notnull().sum()),
        rested=int(table.rested.sum()),
        longest=int(table.trained.max()),
        gap=max(float(of_case.max()) for of_case in gaps) if all(map(len, gaps)) else None,
        unrested=sum(not len(of_case) for of_case in gaps),
        better_without=verdicts.count("without"),
        better_with=verdicts.count("with"),
        alike=verdicts.count("alike"),
        undecided=verdicts.count("undecided"),
        errors={
            case: {"network": typical(table, case, network), "rival": typical(table, case, rival)}
            for case, (network, rival) in COMPARED.items()
        },
        trap=typical(table, "v only", "network + residual"),
    )


def compare(table: xr.Dataset, case: str) -> str:
    """Which is clearly more accurate: "with" a network, "without" one, "alike", or "undecided"."""
    network, rival = COMPARED[case]
    ours, theirs = typical(table, case, network), typical(table, case, rival)
    if ours is None or theirs is None:
        return "undecided"
    if CLEARLY * ours < theirs:
        return "with"
    entry = table.sel({"case": case, "method": network})
    rested = bool((entry.rested == 1).all())
    # One that was cut off has lost if not even its best moment was as good.
    if CLEARLY * theirs < (ours if rested else float(entry.best.median())):
        return "without"
    return "alike" if rested else "undecided"


def typical(table: xr.Dataset, case: str, method: str) -> float | None:
    """Median over seeds of the largest of the four relative errors; None where a seed came to no end."""
    error = np.abs(table.error.sel({"case": case, "method": method})).max("parameter", skipna=False)
    found = float(error.median("seed", skipna=False))
    return found if np.isfinite(found) else None
