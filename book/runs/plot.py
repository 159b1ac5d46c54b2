"""The picture of a record of speed: steps per µs over the batch, for each engine, grid and task."""

import io
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from book.record import Record
from book.runs.machine import name
from lib.showing.figures.dark import dark_png
from lib.showing.figures.style import ACCENT, INK, panels, style

#: Our own engines stand out; where one engine runs on both devices, its line on the GPU is dashed.
COLOURS = {
    "cpu": ACCENT,
    "cuda": "#d1603d",
    "torch eager": "#5b5f97",
    "torch.compile": "#c9a227",
    "JAX": "#7a9e7e",
    "py-pde": "#8d6a9f",
}
OURS = ("cpu", "cuda")

TITLES = {"simulation": "simulations", "gradient": "exact gradients"}


def pictures(record: Record) -> tuple[bytes, bytes]:
    """The figure as PNG for light and for dark pages."""
    with mpl.rc_context():
        mpl.use("agg")
        style()
        figure = draw(record)
        figure.set_dpi(150)
        light = io.BytesIO()
        figure.savefig(light, format="png", dpi=figure.dpi, metadata={"Software": None})
        return light.getvalue(), dark_png(figure)


def draw(record: Record) -> Figure:
    """A panel for each grid and task."""
    rows = record["rows"]
    sizes = sorted({row["size"] for row in rows})
    tasks = [task for task in TITLES if any(row["task"] == task for row in rows)]
    figure, axes = panels(
        len(sizes), len(tasks), figsize=(3.8 * len(tasks), 0.9 + 2.5 * len(sizes)),
        sharex=True, sharey="col", squeeze=False,
    )  # fmt: skip
    for across, size in zip(axes, sizes, strict=True):
        for panel, task in zip(across, tasks, strict=True):
            here = [row for row in rows if row["size"] == size and row["task"] == task]
            fill(panel, here)
            show_limits(panel, record, here)
            panel.set_title(f"{TITLES[task]}, {size} × {size} cells")
        across[0].set_ylabel("steps per µs")
    for panel in axes[-1]:
        panel.set_xlabel("simulations side by side")
    lines = {line.get_label(): line for panel in axes.flat for line in panel.get_lines()}
    named = {label: line for label, line in lines.items() if not str(label).startswith("_")}
    figure.legend(named.values(), named, loc="outside upper center", ncols=3, title=name(record["machine"]))
    return figure


def fill(panel: Axes, rows: list[dict[str, Any]]) -> None:
    """Lines of medians with bars from quartile to quartile."""
    panel.set_xscale("log", base=4)
    panel.set_yscale("log")
    for engine, device in dict.fromkeys((row["engine"], row["device"]) for row in rows):
        own = sorted(
            (row for row in rows if (row["engine"], row["device"]) == (engine, device)),
            key=lambda row: row["batch"],
        )
        dashed = device == "cuda" and engine not in OURS
        batches, speeds = [row["batch"] for row in own], [row["speed"] for row in own]
        panel.plot(
            batches, [speed["median"] for speed in speeds], marker="o", markersize=3.5,
            color=COLOURS[engine], linestyle="--" if dashed else "-",
            linewidth=2.2 if engine in OURS else 1.3,
            label=f"{engine}, on the GPU" if dashed else engine,
        )  # fmt: skip
        panel.vlines(
            batches, [speed["low"] for speed in speeds], [speed["high"] for speed in speeds],
            color=COLOURS[engine], linewidth=1,
        )  # fmt: skip
    panel.xaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    panel.grid(True, which="major", alpha=0.15)


def show_limits(panel: Axes, record: Record, rows: list[dict[str, Any]]) -> None:
    """Dotted lines at what arithmetic alone would allow each device."""
    for device in dict.fromkeys(row["device"] for row in rows):
        row = rows[0]
        work = record["instructions"][row["task"]] * row["size"] ** 2
        limit = record["limits"][device]["instructions_per_second"] / work / 1e6
        panel.axhline(limit, color=INK, linewidth=1, linestyle=":", label="_limit")
        said = f"limit of the {'GPU' if device == 'cuda' else 'processor'}"
        panel.annotate(
            said, (0.02, limit), xycoords=("axes fraction", "data"), xytext=(0, 2),
            textcoords="offset points", fontsize=8, color=INK,
        )  # fmt: skip
