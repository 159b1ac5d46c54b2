"""The pictures of a film: fields in colours side by side, titles above them, encoded as an mp4."""

import base64
import io
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import imageio_ffmpeg
import matplotlib as mpl
import numpy as np
from jaxtyping import Float, UInt8
from matplotlib import font_manager
from PIL import Image, ImageColor, ImageDraw, ImageFont

from lib.showing.figures.style import FIELD_MAP, INK, OUTCOME_COLOURS
from lib.simulate import Outcome

FRAMES_PER_SECOND = 25

#: Pixels: a picture's side, the line of text above it, the space around it.
SIDE, LINE, GAP = 192, 24, 6

#: Pixels: the height of letters. A page shows a film somewhat larger than it is.
LETTERS = 15

#: One thread: the encoder's bits depend on how many share a film, and so on the machine's cores.
ALIKE = ("-threads", "1", "-fflags", "+bitexact")

#: JPEG quality of the poster: it is seen until the film plays, and on paper.
POSTER_QUALITY = 60


def video(
    frames: Float[np.ndarray, "time panel height width"],
    titles: Sequence[str],
    times: Sequence[int],
    *,
    columns: int,
    top: float,
    bitrate: int,
    side: int,
) -> str:
    """An html video element; painted directly, since a plotting library takes ten times as long.

    Until it is played, and on paper, it shows its last frame.
    """
    canvas, places = blank(titles, columns, side)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "runs.mp4"
        writer = imageio_ffmpeg.write_frames(
            str(path), canvas.size, fps=FRAMES_PER_SECOND, bitrate=f"{bitrate}k", codec="libx264",
            macro_block_size=2, output_params=[*ALIKE, "-movflags", "+faststart"],
        )  # fmt: skip
        writer.send(None)
        for picture in paint(frames, times, canvas, places, top, side):
            writer.send(picture.tobytes())
        writer.close()
        data = base64.b64encode(path.read_bytes()).decode()
    label = f"{len(titles)} simulations from step {times[0]:,} to step {times[-1]:,}: {', '.join(titles)}"
    return (
        f'<video width="{canvas.width}" height="{canvas.height}" controls loop preload="none" '
        f'aria-label="{label}" poster="{poster(picture)}">'
        f'<source type="video/mp4" src="data:video/mp4;base64,{data}"></video>'
    )


def poster(picture: Image.Image) -> str:
    """A picture as a data URL, as large as the film: its letters are to be read."""
    packed = io.BytesIO()
    picture.save(packed, "jpeg", quality=POSTER_QUALITY, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(packed.getvalue()).decode()}"


def blank(titles: Sequence[str], columns: int, side: int) -> tuple[Image.Image, list[tuple[int, int]]]:
    """A canvas with the titles on it, and the upper left corner of each picture."""
    rows = -(-len(titles) // columns)
    canvas = Image.new("RGB", (columns * (side + GAP) + GAP, LINE + rows * (LINE + side + GAP)), "white")
    draw, places = ImageDraw.Draw(canvas), []
    for number, title in enumerate(titles):
        row, column = divmod(number, columns)
        x, y = GAP + column * (side + GAP), LINE + row * (LINE + side + GAP)
        draw.text((x + side / 2, y + LINE / 2), title, INK, font("DejaVu Sans", LETTERS), anchor="mm")
        places.append((x, y + LINE))
    return canvas, places


def paint(
    frames: Float[np.ndarray, "time panel height width"],
    times: Sequence[int],
    canvas: Image.Image,
    places: Sequence[tuple[int, int]],
    top: float,
    side: int,
) -> Iterator[Image.Image]:
    """One picture for each frame; the clock stands above all panels."""
    colours = (255 * mpl.colormaps[FIELD_MAP](np.arange(256))[:, :3]).round().astype(np.uint8)
    for fields, time in zip(frames, times, strict=True):
        picture = canvas.copy()
        for field, place in zip(fields, places, strict=True):
            picture.paste(Image.fromarray(coloured(field, colours, top)).resize((side, side)), place)
        text = font("DejaVu Sans Mono", LETTERS)
        ImageDraw.Draw(picture).text((canvas.width / 2, LINE / 2), f"step {time:,}", INK, text, anchor="mm")
        yield picture


def coloured(
    field: Float[np.ndarray, "height width"], colours: UInt8[np.ndarray, "256 3"], top: float
) -> UInt8[np.ndarray, "height width 3"]:
    """A field in colours; what is no number has the colour of diverged runs."""
    shares = np.nan_to_num(255 * field / top, nan=0.0, posinf=255, neginf=0).clip(0, 255)
    picture = colours[shares.astype(np.uint8)]
    picture[np.isnan(field)] = ImageColor.getrgb(OUTCOME_COLOURS[Outcome.DIVERGED])
    return picture


def font(family: str, size: int) -> ImageFont.FreeTypeFont:
    """A font that comes with Matplotlib."""
    return ImageFont.truetype(font_manager.findfont(family), size)
