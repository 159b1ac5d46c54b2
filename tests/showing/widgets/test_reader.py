"""Reading the four numbers off a picture, in a real browser: the page and `residual.fit` agree."""

import base64
import struct
import zlib
from collections.abc import Callable, Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, FilePayload, Locator, Page, ViewportSize, expect

from lib import TRUTH, State, residual
from tests.conftest import until
from tests.showing.widgets.conftest import Visit, missed_by_tab
from tests.showing.widgets.laboratory import LABORATORY, begin, laboratory, paused, run

READER = f"{LABORATORY}.reader"
PHONE: ViewportSize = {"width": 390, "height": 844}
#: Lets go of files over the drop zone, as a hand does.
DROP = """([zone, files]) => {
  const carried = new DataTransfer();
  for (const { name, text } of files) {
    carried.items.add(new File([Uint8Array.from(atob(text), (c) => c.charCodeAt(0))], name));
  }
  for (const type of ["dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(type, { dataTransfer: carried, bubbles: true, cancelable: true }));
  }
}"""


@pytest.fixture(scope="module")
def reading(module_visit: Visit, plain_browser: Browser, laboratory_page: str) -> Page:
    """The page with its first dish grown for 2000 steps, at rest, its numbers being read."""
    page = paused(module_visit(plain_browser, f"{laboratory_page}#laboratory.steps=0"))
    grow(page)
    page.get_by_role("button", name="Read the four numbers").first.click()
    return page


def grow(page: Page) -> None:
    """Take 2000 steps at once, and stay there: what is painted then stays as it is."""
    begin(page)
    page.evaluate(f"{LABORATORY}.obey({{do: 'advance', steps: 2000}})")


@pytest.fixture
def reader(reading: Page) -> Locator:
    """The reader at its beginning: the dish, no noise, one picture."""
    reading.evaluate(
        f"{READER}.messages.replaceChildren(); {READER}.set({{own: null, way: 'one'}}); {READER}.setNoise(0)"
    )
    return laboratory(reading).locator(".gs-reader")


def grown() -> State:
    """The fields that the page shows, as the page's processor computes them."""
    return run(2000, backend="eager").state


def read_off(page: Page) -> list[float]:
    """The four numbers that the page has found."""
    until(page, f"!{READER}.busy && {READER}.found")
    found = page.evaluate(f"Object.values({READER}.found.params)")
    return [float("nan") if x is None else x for x in found]


def choose(reader: Locator, files: Sequence[Path]) -> None:
    """Hand over good files, and wait until they are there."""
    reader.locator("input[type=file]").set_input_files(files)
    expect(reader.get_by_role("button", name="Back to the dish")).to_be_visible()


def saved(folder: Path, *, u: np.ndarray, v: np.ndarray) -> list[Path]:
    """The two fields as files of NumPy's."""
    np.save(folder / "u.npy", u)
    np.save(folder / "v.npy", v)
    return [folder / "u.npy", folder / "v.npy"]


def fitted(u: np.ndarray, v: np.ndarray, **options: object) -> list[float]:
    """What `residual.fit` finds."""
    found = residual.fit(u, v, **options)  # type: ignore[arg-type]
    return [float(torch.as_tensor(x)[0]) for x in found.params]


def pair() -> tuple[np.ndarray, np.ndarray]:
    """u and v of `grown`, (128, 128) each."""
    state = grown()
    return state.u[0].numpy(), state.v[0].numpy()


def test_the_dish_is_read_as_residual_fit_reads_it(reading: Page, reader: Locator) -> None:
    assert read_off(reading) == pytest.approx(fitted(*pair()), abs=1e-5)
    # One picture of a dish that still moves is off, and the page says why.
    expect(reader.locator(".gs-reader-sentence")).to_contain_text("two pictures can")


def test_two_pictures_a_step_apart_give_the_knobs_exactly(reading: Page, reader: Locator) -> None:
    reader.get_by_label("From").select_option("next")
    assert read_off(reading) == pytest.approx(list(TRUTH), abs=1e-5)
    cells = reader.locator("tbody tr").first.locator("td").all_inner_texts()
    assert cells[0] == "0.16"
    assert cells[1].startswith("0.160000")
    assert cells[3] == "< 0.01 %"


def test_noise_breaks_it_and_thirty_steps_mend_it(reading: Page, reader: Locator) -> None:
    reader.get_by_role("slider", name="Noise").press("End")
    assert reader.locator("output").inner_text() == "0.01"
    reader.get_by_label("From").select_option("next")
    broken = np.array(read_off(reading))
    assert not (abs(broken / np.array(TRUTH) - 1) < 0.1).all()
    reader.get_by_label("From").select_option("30")
    assert read_off(reading) == pytest.approx(list(TRUTH), rel=0.03)


def test_it_reads_along_while_one_paints(reading: Page, reader: Locator) -> None:
    before = read_off(reading)
    # What is left over in a square around the place that will be painted.
    left = f"""(() => {{
      const cells = [...Array(256).keys()].map((i) => (88 + (i >> 4)) * 128 + 24 + (i & 15));
      return Math.max(...cells.map((i) => {READER}.found.map[i]));
    }})()"""
    quiet = reading.evaluate(left)
    frame = laboratory(reading).locator(".gs-dish-frame")
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert box is not None
    frame.click(position={"x": box["width"] * 0.25, "y": box["height"] * 0.75})
    after = read_off(reading)
    assert after != before
    # No four numbers explain a stroke: its concentrations came from nowhere.
    assert reading.evaluate(left) > max(0.01, 20 * quiet)
    grow(reading)


def test_a_dropped_pair_of_arrays_gives_the_numbers_of_residual_fit(
    reading: Page, reader: Locator, tmp_path: Path
) -> None:
    u, v = pair()
    files = [
        {"name": path.name, "text": base64.b64encode(path.read_bytes()).decode()}
        for path in reversed(saved(tmp_path, u=u, v=v))
    ]
    zone = reader.locator(".gs-drop").element_handle()
    reading.evaluate(DROP, [zone, files])
    expect(reader.get_by_role("button", name="Back to the dish")).to_be_visible()
    assert read_off(reading) == pytest.approx(fitted(u, v), abs=1e-5)
    # There are no knobs to compare with.
    expect(reader.locator("thead th", has_text="set")).to_be_hidden()
    reader.get_by_role("button", name="Back to the dish").click()
    expect(reader.locator("thead th", has_text="set")).to_be_visible()


def test_a_crop_with_edges_and_another_spacing_is_read_as_such(
    reading: Page, reader: Locator, tmp_path: Path
) -> None:
    u, v = (x[10:90, 20:70].astype(np.float64) for x in pair())
    choose(reader, saved(tmp_path, u=u, v=v))
    reader.get_by_label("Its edges").select_option("end")
    side = reader.get_by_label("Side of a cell")
    side.fill("0.5")
    side.press("Enter")
    assert read_off(reading) == pytest.approx(fitted(u, v, periodic=False, dx=0.5), abs=1e-5)
    # A run from it needs edges that join.
    assert reader.get_by_label("From").locator("option:not([hidden])").count() == 1
    side.fill("1")
    side.press("Enter")
    reader.get_by_label("Its edges").select_option("wrap")


@pytest.mark.parametrize("save", ["grey", "seven"])
def test_grey_pictures_are_read_with_black_0_and_white_1(
    reading: Page, reader: Locator, tmp_path: Path, save: str
) -> None:
    levels = [np.round(255 * x).clip(0, 255).astype(np.uint8) for x in pair()]
    paths = [tmp_path / "u.png", tmp_path / "v.png"]
    for path, x in zip(paths, levels, strict=True):
        write_png(path, x, every_filter=save == "seven")
    choose(reader, paths)
    u, v = (x / 255.0 for x in levels)
    expected = fitted(u, v, noise=1 / 255 / np.sqrt(12))
    assert read_off(reading) == pytest.approx(expected, abs=1e-5, nan_ok=True)
    expect(reader.locator(".gs-reader-sentence")).to_contain_text("a run of 10 or 30 steps")


def write_png(path: Path, levels: np.ndarray, *, every_filter: bool) -> None:
    """A grey PNG of 8 bits; with every line filter that the format knows, or none."""
    height, width = levels.shape
    lines = bytearray()
    before = np.zeros(width, dtype=np.int32)
    for row in range(height):
        here = levels[row].astype(np.int32)
        kind = row % 5 if every_filter else 0
        left, corner = (np.concatenate([[0], x[:-1]]) for x in (here, before))
        guess = [0, left, before, (left + before) // 2, paeth(left, before, corner)][kind]
        lines += bytes([kind]) + ((here - guess) % 256).astype(np.uint8).tobytes()
        before = here

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    packed = zlib.compress(bytes(lines))
    half = len(packed) // 2
    parts = chunk(b"IHDR", head) + chunk(b"IDAT", packed[:half]) + chunk(b"IDAT", packed[half:])
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + parts + chunk(b"IEND", b""))


def paeth(left: np.ndarray, up: np.ndarray, corner: np.ndarray) -> np.ndarray:
    """The predictor of PNG's fourth filter (W3C recommendation, section 9.4)."""
    guess = left + up - corner
    a, b, c = (abs(guess - x) for x in (left, up, corner))
    return np.where((a <= b) & (a <= c), left, np.where(b <= c, up, corner))


def colour_picture(folder: Path) -> list[Path]:
    """Two pictures in colour."""
    for name in ("u", "v"):
        plt.imsave(folder / f"{name}.png", pair()[0])
    return [folder / "u.png", folder / "v.png"]


def text_files(folder: Path) -> list[Path]:
    """Two files of words."""
    for name in ("u", "v"):
        (folder / f"{name}.csv").write_text("0.1, 0.2")
    return [folder / "u.csv", folder / "v.csv"]


def other_shapes(folder: Path) -> list[Path]:
    """Two fields that do not match."""
    return saved(folder, u=np.ones((8, 9)), v=np.ones((9, 8)))


@pytest.mark.parametrize(
    ("files", "words"),
    [
        (colour_picture, "u.png is not a greyscale picture"),
        (text_files, "u.csv is neither a .npy array nor a PNG picture"),
        (other_shapes, "both must show the same cells"),
    ],
)
def test_a_wrong_file_is_answered_in_place_and_the_numbers_stay(
    reading: Page, reader: Locator, tmp_path: Path, files: Callable[[Path], list[Path]], words: str
) -> None:
    before = read_off(reading)
    reader.locator("input[type=file]").set_input_files(files(tmp_path))
    expect(reader.locator(".gs-drop").get_by_role("alert")).to_contain_text(words)
    assert read_off(reading) == before


def test_on_a_phone_and_without_a_network_it_works_as_well(
    visit: Visit, plain_browser: Browser, laboratory_page: str
) -> None:
    page = paused(
        visit(plain_browser, f"{laboratory_page}#laboratory.steps=0", viewport=PHONE, has_touch=True)
    )
    page.wait_for_load_state("networkidle")
    # A browser asks for a page's mark when it likes; everything else has to be here already.
    page.route("**/favicon.svg", lambda route: route.fulfill(status=204))
    page.context.set_offline(True)
    reader = laboratory(page).locator(".gs-reader")
    reader.get_by_role("button", name="Read the four numbers").tap()
    until(page, "location.hash.includes('laboratory.read=1')")  # so that it can be shared
    u, v = pair()
    stack = np.stack([u, v]).tobytes()
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 128, 128), }"
    payload: FilePayload = {
        "name": "both.npy",
        "mimeType": "application/octet-stream",
        "buffer": b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + stack,
    }
    reader.locator("input[type=file]").set_input_files(payload)
    expect(reader.get_by_role("button", name="Back to the dish")).to_be_visible()
    assert read_off(page) == pytest.approx(fitted(u, v), abs=1e-5)
    # Nothing sticks out to the side.
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    box = reader.locator("table").bounding_box()
    assert box is not None
    assert box["x"] + box["width"] <= PHONE["width"]


def test_tab_leads_through_the_reader_too(reading: Page, reader: Locator) -> None:
    expect(reader.get_by_role("slider", name="Noise")).to_be_visible()
    assert missed_by_tab(laboratory(reading)) == []


def test_nothing_went_wrong_on_the_page(reading: Page, module_complaints: list[str]) -> None:
    assert not module_complaints
