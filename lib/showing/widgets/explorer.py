"""The landscape explorer: planes of losses, the picture behind every point, and training runs over them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import traitlets
import xarray as xr

from lib.paper import SAMPLED_SETS
from lib.showing.widgets.finite import Widget
from lib.showing.widgets.planes import endings
from lib.showing.widgets.source import FOLDER, esm
from lib.studies.training.trace_statistics import main_outcome

CSS = (FOLDER / "widget.css").read_text(encoding="utf-8") + (FOLDER / "maps.css").read_text(encoding="utf-8")

#: Iterations at which the paper's recorded trajectory is known (original code, commits 87c54a2, 290ffda):
#: its start, the end of the first segment, and the end of the second, 98 iterations later.
RECORDED = (0, 8918, 9016)


class Curve(NamedTuple):
    """A line over one plane, such as a bifurcation.

    Args:
        label: what it is called in the legend.
        plane: name of the plane, such as "F-k": the parameter drawn upwards first.
        points: (across, up) pairs; a NaN in one starts the line anew.
    """

    label: str
    plane: str
    points: Sequence[tuple[float, float]] | np.ndarray


class Explorer(Widget):
    """Planes as heat maps. Everything the reader chooses is a trait, to be read or set from Python.

    Traits:
        plane: name of the plane shown, such as "F-k".
        loss: "spectral", "windowed", "gram", "residual", or "endings" for how the runs ended.
        time: run length in steps; the nearest one known is shown.
        selected: the four parameters (Du, Dv, F, k) whose picture is shown, or nothing.
        path, frame: name of the training run laid over ("" for none, "all"), and the iteration shown.
        curves_shown: whether the curves are drawn.
        laboratory: address of the page with the laboratory, to which parameters are handed over.
    """

    _esm = esm("explorer.js")
    _css = CSS

    planes: traitlets.List[Any] = traitlets.List().tag(sync=True)
    endings: traitlets.List[Any] = traitlets.List().tag(sync=True)
    paths: traitlets.List[Any] = traitlets.List().tag(sync=True)
    curves: traitlets.List[Any] = traitlets.List().tag(sync=True)

    plane = traitlets.Unicode("").tag(sync=True)
    loss = traitlets.Unicode("spectral").tag(sync=True)
    time = traitlets.Int(0).tag(sync=True)
    selected = traitlets.List(traitlets.Float()).tag(sync=True)
    path = traitlets.Unicode("").tag(sync=True)
    frame = traitlets.Int(0).tag(sync=True)
    curves_shown = traitlets.Bool(True).tag(sync=True)
    laboratory = traitlets.Unicode("laboratory.html").tag(sync=True)

    def __init__(
        self,
        planes: Sequence[Mapping[str, Any]],
        *,
        paths: Sequence[Mapping[str, Any]] = (),
        curves: Iterable[Curve] = (),
        **traits: Any,
    ) -> None:
        """Show planes.

        Args:
            planes: from `lib.showing.widgets.planes.plane`; the first one is shown.
            paths: training runs, from `training_paths` and `recorded_path`.
            curves: lines over the planes.
            traits: initial values of the traits above.

        Raises:
            ValueError: without a plane, or for a curve over a plane that is not there.
        """
        if not planes:
            raise ValueError("An explorer needs a plane: make one with lib.showing.widgets.planes.plane.")
        names = [str(plane["name"]) for plane in planes]
        longest = max(int(layer["time"]) for layer in planes[0]["layers"])
        chosen = {"plane": names[0], "time": longest, "endings": endings()} | traits
        super().__init__(
            planes=list(planes), paths=list(paths), curves=[drawn(c, names) for c in curves], **chosen
        )

    @traitlets.validate("selected")
    def check_selected(self, proposal: Any) -> list[float]:
        """A point has four parameters, or there is none."""
        point = [float(x) for x in proposal["value"]]
        if len(point) not in (0, 4):
            raise traitlets.TraitError(
                f"A point has four parameters (Du, Dv, F, k), and {len(point)} were given: "
                "set all four, or []."
            )
        return point


def drawn(curve: Curve, planes: Sequence[str]) -> dict[str, Any]:
    """A curve as the browser takes it: gaps are null."""
    if curve.plane not in planes:
        raise ValueError(
            f"The curve “{curve.label}” lies over the plane {curve.plane!r}, which is not there: choose "
            f"one of {', '.join(planes)}."
        )
    points = np.asarray(curve.points, dtype=float)
    known = np.isfinite(points).all(axis=1)
    listed = [[float(x) for x in p] if there else None for p, there in zip(points, known, strict=True)]
    return {"label": curve.label, "plane": curve.plane, "points": listed}


def training_paths(traces: xr.Dataset, labels: Sequence[str], *, stem: str = "run") -> list[dict[str, Any]]:
    """Training runs as paths: parameters, loss, and how most simulations ended, iteration by iteration.

    Args:
        traces: from `lib.studies.training.train_plans`, with dimensions (run, iteration, …).
        labels: one for each run.
        stem: of the runs' names.
    """
    where = main_outcome(traces).values
    paths = []
    for i, label in enumerate(labels):
        known = np.flatnonzero(np.isfinite(traces.loss.values[i]))
        params = traces.params.values[i][known].astype(float)
        paths.append(
            {
                "name": f"{stem}-{i}",
                "label": label,
                "params": params.round(6).tolist(),
                "losses": traces.loss.values[i][known].astype(float).round(3).tolist(),
                "outcomes": where[i][known].tolist(),
            }
        )
    return [path for path in paths if path["params"]]


def recorded_path() -> dict[str, Any]:
    """The paper's own trajectory, at the three points of it that are on record (Appendix D)."""
    points = [[float(x) for x in SAMPLED_SETS[i]] for i in range(len(RECORDED))]
    return {
        "name": "recorded",
        "label": "the paper's, as recorded",
        "params": points,
        "iterations": list(RECORDED),
    }
