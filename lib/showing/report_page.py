"""A report on someone's own images as one page of HTML, with its figures inside."""

import base64
import html
import io
from pathlib import Path

from matplotlib.figure import Figure

from lib.model import State
from lib.residual import Report
from lib.showing.figures import own_data

STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;padding:0 1rem;color:#22303c}"
    "pre{white-space:pre-wrap;background:#f4f2ec;padding:1rem;border-radius:4px}img{max-width:100%;height:auto}"
    "@media(prefers-color-scheme:dark){body{background:#161c22;color:#dfe6ec}pre{background:#222b33}"
    "img{background:white}}"
)


def write(report: Report, state: State, path: Path) -> Path:
    """Write the page; it needs no other file and no network.

    Args:
        report: the report.
        state: the images as the final fit saw them.
        path: of the file.

    Raises:
        ValueError: if it cannot be written there.
    """
    figures = {
        "The four parameters, as the images came and after the advice.": own_data.parameters(report),
        "The images, and what the equations leave over: grain where all is well.": own_data.images(
            state, report.final
        ),
    }
    drawn = "".join(
        f'<figure><img alt="{html.escape(said)}" src="data:image/png;base64,{encoded(figure)}">'
        f"<figcaption>{html.escape(said)}</figcaption></figure>"
        for said, figure in figures.items()
    )
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Fit of {html.escape(report.names)}</title><style>{STYLE}</style></head><body>"
        f"<h1>What the images say</h1><pre>{html.escape(str(report))}</pre>{drawn}</body></html>\n"
    )
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise ValueError(
            f"The page cannot be written to {path}: {error}. Name another place with --page."
        ) from error
    return path


def encoded(figure: Figure) -> str:
    """A figure as base64 of a PNG."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=120)
    return base64.b64encode(buffer.getvalue()).decode("ascii")
