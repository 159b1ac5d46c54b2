"""The four parameters of someone's own images, from the command line.

    python -m lib.fit u.npy v.npy
    python -m lib.fit run.npz --dx 0.0098 --stencil best
    python -m lib.fit u.png v.png --scale 1.0 --boundary open

prints the report and writes it with its figures to one page of HTML. Like `lib.landscape` a door: nothing
else in `lib` imports it.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import torch

from lib.residual import report
from lib.residual.lattice import BEST, BOUNDARIES, SPECTRAL, STENCILS
from lib.residual.report import Report
from lib.showing import figures, report_page


def main(words: Sequence[str] | None = None) -> int:
    """Print a report on files and write its page; returns the exit status."""
    chosen = parser().parse_args(words)
    # Small fields: two threads would spend their time waiting for each other.
    torch.set_num_threads(1)
    try:
        if len(chosen.files) > 2:
            raise ValueError(
                f"{len(chosen.files)} files were named: give one that holds u and v, or one for each."
            )
        found = report(*chosen.files, **settings(chosen))
        print(found)
        if chosen.page:
            figures.style()
            print(f"The page with the figures: {report_page.write(found, found.state, Path(chosen.page))}")
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    return 1 if doubtful(found) else 0


def doubtful(found: Report) -> bool:
    """Whether doubts are left after the advice was followed."""
    return any(found.final.doubts)


def settings(chosen: argparse.Namespace) -> dict[str, object]:
    """The words of the command line as arguments of `report`."""
    names = ("dx", "boundary", "stencil", "noise", "scale", "times")
    return {name: value for name in names if (value := getattr(chosen, name)) is not None}


def parser() -> argparse.ArgumentParser:
    """What can be said on the command line."""
    told = argparse.ArgumentParser(
        prog="python -m lib.fit",
        description="Du, Dv, F and k of the Gray-Scott model from two images of concentrations, in closed "
        "form: with errors, with what the images do not determine, and with what they look like if they are "
        "not what the fit assumes. The report follows its own advice where that needs no further data.",
        epilog="Exit status: 0 for a report without doubts, 1 if the images contradict the fit even after "
        "the advice was followed, 2 for files or settings that cannot be used.",
    )
    told.add_argument(
        "files", nargs="+", metavar="FILE",
        help="one file with u and v, or two: first u, then v. .npy, .npz (arrays u and v), NetCDF (.nc), "
        "HDF5 (.h5, .hdf5; The Well's layout too), grey pictures (.png, .tif, .tiff)",
    )  # fmt: skip
    told.add_argument(
        "--dx", type=float, help="side of a cell, for D in your units (default 1, or the file's)"
    )
    told.add_argument(
        "--times", type=float, nargs="+", metavar="T",
        help="times of the frames, where the files hold several of one run",
    )  # fmt: skip
    told.add_argument("--scale", type=float, help="for pictures: the concentration that white stands for")
    told.add_argument(
        "--boundary", choices=BOUNDARIES,
        help="how the images end: at the opposite edge (the default, if no file says it), at walls, or "
        "inside a larger image",
    )  # fmt: skip
    told.add_argument(
        "--stencil", choices=(*STENCILS, SPECTRAL, BEST),
        help="the Laplacian that made the images (default: five-point, with a word if another fits)",
    )  # fmt: skip
    told.add_argument("--noise", type=float, help="standard deviation of the noise, if you know it")
    told.add_argument(
        "--page", default="fit.html", help="where the page goes (default: fit.html); an empty word for none"
    )
    return told


if __name__ == "__main__":
    sys.exit(main())
