"""Explorer, descent and sliders in a real browser: controls change what is drawn, damage is said in place."""

import re
import shutil
import time
from collections.abc import Callable, Iterator
from functools import cache

import pytest
import xarray as xr
from playwright.sync_api import Browser, Locator, Page, expect

from lib import TRUTH, Outcome, grid, paper
from lib.studies.landscapes import sweep
from tests.book.conftest import SETTINGS, serve
from tests.conftest import until
from tests.showing.widgets.conftest import Visit, first_picture, missed_by_tab, small_book

SEED = int(SETTINGS["SEED"])
SWEEP = {"states": 1, "seed": SEED, "size": 32, "steps": 400}

#: Everything on one page, with a damaged explorer at its end.
CELLS = """
# %% [markdown]
# # Maps

# %%
import numpy as np
from lib import landscape
from lib.paper import DIFFUSION_PLANE, FEED_PLANE
from lib.studies.landscapes import derived_maps
from lib.studies.patterns import intermediate_times
from lib.studies.pinn.recovery import steady_states
from lib.studies.residual_fit.confidence import noisy_ellipses
from lib.showing.widgets import Descend, Explorer, planes, sliders
from lib.showing.widgets.explorer import Curve, recorded_path
from lib.showing.widgets.refined_planes import own_axes

setting = dict(states=1, seed=SEED, size=32, steps=400)
feed = landscape.sweep(landscape.axes_over(FEED_PLANE, (5, 6)), **setting)
diffusion = landscape.sweep(landscape.axes_over(DIFFUSION_PLANE, (5, 5)), **setting)
early = intermediate_times.sweep_in_time(
    derived_maps.axes_of(feed), (50, 200), states=1, seed=SEED, size=32, pictures=False
)
steady = steady_states(1, 32, 4000, SEED)

def packed(swept, **options):
    more = {"residual": derived_maps.residual_map(swept, steady)}
    return planes.plane(swept, more=more, bowl=derived_maps.residual_bowl(swept, steady), **options)

first, second = packed(feed, early=early), packed(diffusion)
line = Curve("a line", "F-k", [(0.055, 0.03), (0.06, 0.07)])
def known_on_fewer_lines(layer):
    # The residual as the refined planes bring it along: on a grid of its own.
    if layer["loss"] != "residual":
        return layer
    sparse = derived_maps.residual_map(diffusion, steady)[::2, ::2]
    return layer | {"values": planes.floats(sparse), **own_axes(sparse)}

coarser = second | {"layers": [known_on_fewer_lines(layer) for layer in second["layers"]]}
Explorer([first, coarser], paths=[recorded_path()], curves=[line])

# %%
Descend([first, second])

# %%
sliders.over_floor(derived_maps.floor_maps(feed, (1e-12, 1e-8, 1e-2)))

# %%
sliders.over_noise(noisy_ellipses(steady, (1e-4, 1e-3), seeds=2))

# %%
Explorer([first | {"layers": [layer | {"values": b"1234"} for layer in first["layers"]]}])

# %%
class Lacking(Explorer):
    def __init__(self):
        super(Explorer, self).__init__()

Lacking()
"""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the page with all of them."""
    root = tmp_path_factory.mktemp("maps")
    for start in serve(small_book(root, "maps", CELLS)):
        yield f"{start}/book/chapters/maps.html"
    shutil.rmtree(root, ignore_errors=True)


@pytest.fixture(scope="module")
def page(module_visit: Visit, plain_browser: Browser, address: str) -> Page:
    """One page for tests that leave it as they find it, or do not mind."""
    return ready(module_visit(plain_browser, address))


def ready(page: Page) -> Page:
    """Wait until every widget is there."""
    expect(page.locator(".gs-widget")).to_have_count(6, timeout=20_000)
    return page


def widget(page: Page, number: int) -> Locator:
    """0 the explorer, 1 the descent, 2 and 3 sliders, 4 and 5 broken."""
    return page.locator(".gs-widget").nth(number)


def drawn(place: Locator) -> str:
    """What its canvases show."""
    return str(
        place.evaluate("(x) => [...x.querySelectorAll('canvas.gs-map')].map((c) => c.toDataURL()).join()")
    )


def changes(place: Locator, act: Callable[[], object]) -> bool:
    """Whether an act changes what is drawn."""
    before = drawn(place)
    act()
    for _ in range(20):
        if drawn(place) != before:
            return True
        place.page.wait_for_timeout(50)
    return False


@cache
def swept() -> xr.Dataset:
    """The sweep behind the first plane."""
    axes = grid.axes_over(paper.FEED_PLANE, (5, 6))
    return sweep.sweep(axes, losses=("spectral", "windowed"), **SWEEP)


def test_every_control_of_the_explorer_changes_what_is_drawn(page: Page) -> None:
    explorer = widget(page, 0)
    choose = {
        "Show": ["windowed", "residual", "endings", "spectral"],
        "after": ["50", "200", "400"],
        "Training run": ["recorded", "all"],
        "Plane": ["Du-Dv", "F-k"],
    }
    for label, values in choose.items():
        for value in values[: 1 if label == "Training run" else None]:
            chosen = explorer.get_by_label(label, exact=True)
            assert changes(explorer, lambda c=chosen, v=value: c.select_option(v)), f"{label}: {value}"
    assert changes(explorer, lambda: explorer.get_by_label("curves").click())
    shown = explorer.get_by_label("Iteration shown", exact=True)
    assert changes(explorer, lambda: (shown.focus(), page.keyboard.press("Home")))


def test_keys_move_a_cursor_that_tells_value_and_ending(page: Page) -> None:
    explorer = widget(page, 0)
    canvas = explorer.locator("canvas.gs-map")
    canvas.focus()
    page.keyboard.press("Home")
    spoken = explorer.locator(".gs-hidden[role=status]")
    expect(spoken).to_contain_text("k = 0.065, F = 0.035 · spectral loss 0 ·")
    assert changes(explorer, lambda: page.keyboard.press("ArrowLeft"))
    k = swept().k.values[list(swept().k.values).index(TRUTH.k) - 1]
    expected = swept().sel(F=TRUTH.F, k=k).isel(state=0)
    said = spoken.inner_text()
    assert f"k = {round(float(k), 6):g}" in said
    assert float(re.search(r"loss ([\d.]+)", said)[1]) == pytest.approx(float(expected.spectral), rel=0.01)  # type: ignore[index]
    assert said.endswith(Outcome(int(expected.outcome)).name.lower())


def test_the_pointer_tells_values_too(page: Page) -> None:
    explorer = widget(page, 0)
    explorer.get_by_label("Training run").select_option("")  # which would leave room around the plane
    canvas = explorer.locator("canvas.gs-map")
    canvas.scroll_into_view_if_needed()
    before = explorer.locator(".gs-explorer-readout").inner_text()
    frame = canvas.bounding_box()
    assert frame
    page.mouse.move(frame["x"] + 80, frame["y"] + 40)
    expect(explorer.locator(".gs-explorer-readout")).not_to_have_text(before)


def test_a_chosen_point_shows_its_picture_and_leads_to_the_laboratory(page: Page) -> None:
    explorer = widget(page, 0)
    canvas = explorer.locator("canvas.gs-map")
    canvas.focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    link = explorer.get_by_role("link", name="Start it in the laboratory")
    expect(link).to_have_attribute("href", re.compile("laboratory.F=0.035&laboratory.k=0.065$"))
    tile = "document.querySelector('.gs-tile').toDataURL()"
    until(page, "document.querySelector('.gs-tile').width === 16")
    first = page.evaluate(tile)
    canvas.focus()
    page.keyboard.press("Shift+ArrowLeft")
    page.keyboard.press("Enter")
    until(page, f"(first) => {tile} !== first", arg=first)
    expect(explorer.locator(".gs-tile")).to_have_attribute(
        "aria-label", re.compile("What grows at k = 0.053")
    )


def test_a_value_from_another_place_says_from_which(
    visit: Visit, plain_browser: Browser, address: str
) -> None:
    axes = grid.axes_over(paper.DIFFUSION_PLANE, (5, 5))
    told = []
    for number in (2, 1):
        place = f"explorer.Du={axes['Du'][number]}&explorer.Dv={axes['Dv'][number]}&explorer.F=0.035"
        page = ready(visit(plain_browser, f"{address}#explorer.plane=Du-Dv&{place}&explorer.k=0.065"))
        names = widget(page, 0).locator(".gs-values dt")
        expect(names.last).to_contain_text("residual loss")
        assert not [name for name in names.all_inner_texts() if name.startswith("spectral") and "at" in name]
        told.append(names.last.inner_text())
    assert told[0] == "residual loss"
    assert re.fullmatch(r"residual loss \(at Dᵥ = [\d.]+, Dᵤ = [\d.]+\)", told[1])


def test_the_explorers_address_opens_the_same_view(
    visit: Visit, plain_browser: Browser, address: str
) -> None:
    page = ready(visit(plain_browser, address))
    assert "#" not in page.url
    explorer = widget(page, 0)
    explorer.get_by_label("Show", exact=True).select_option("spectral")
    explorer.get_by_label("after", exact=True).select_option("200")
    explorer.get_by_label("Training run").select_option("recorded")
    explorer.get_by_label("Iteration shown", exact=True).press("ArrowLeft")
    explorer.get_by_label("curves").click()
    explorer.locator("canvas.gs-map").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    until(page, "location.hash.includes('explorer.k=0.065')")
    again = ready(visit(plain_browser, page.url))
    expect(widget(again, 0).get_by_label("after", exact=True)).to_have_value("200")
    expect(widget(again, 0).get_by_label("Training run")).to_have_value("recorded")
    expect(widget(again, 0).get_by_label("Iteration shown", exact=True)).to_have_value("1")
    expect(widget(again, 0).get_by_label("curves")).not_to_be_checked()
    expect(widget(again, 0).get_by_role("link")).to_be_visible()
    assert drawn(widget(again, 0).locator(".gs-map-frame")) == drawn(explorer.locator(".gs-map-frame"))
    assert again.url == page.url


def test_playing_a_run_moves_it(page: Page) -> None:
    explorer = widget(page, 0)
    explorer.get_by_label("Training run").select_option("recorded")
    shown = explorer.get_by_label("Iteration shown", exact=True)
    expect(shown).to_have_value("2")
    assert changes(explorer, lambda: explorer.get_by_role("button", name="Play").click())
    expect(explorer.locator(".gs-explorer-player [role=status]")).to_contain_text(
        "iteration 9016", timeout=5000
    )
    expect(explorer.get_by_role("button", name="Play")).to_be_visible()


def test_a_run_that_leaves_the_plane_is_on_the_map_all_the_same(page: Page) -> None:
    explorer = widget(page, 0)
    explorer.get_by_label("Plane", exact=True).select_option("F-k")
    explorer.get_by_label("Training run").select_option("")
    narrow = drawn(explorer.locator(".gs-map-frame"))
    explorer.get_by_label("Training run").select_option("recorded")
    said = explorer.locator(".gs-explorer-player [role=status]")
    # The paper's own run began at a k that the plane does not reach.
    assert paper.SAMPLED_SETS[0].k < paper.FEED_PLANE["k"][0] - 0.0015
    expect(said).to_contain_text("zoomed out")
    assert drawn(explorer.locator(".gs-map-frame")) != narrow
    explorer.get_by_label("Training run").select_option("")
    assert drawn(explorer.locator(".gs-map-frame")) == narrow


def test_the_learning_rate_is_a_plain_number(page: Page) -> None:
    descent = widget(page, 1)
    typed = descent.get_by_label("Learning rate, as a number")
    typed.fill("0.02")
    typed.press("Enter")
    slider = descent.get_by_label("Learning rate", exact=True)
    assert float(slider.input_value()) == pytest.approx(-1.7, abs=0.026)
    assert slider.get_attribute("aria-valuetext") == "0.02"
    slider.press("ArrowRight")
    assert 0.02 < float(typed.input_value()) < 0.03
    typed.fill("0.3")
    typed.press("Enter")


def test_descent_reaches_the_truth_on_the_bowl_and_not_on_the_landscape(page: Page) -> None:
    descent = widget(page, 1)
    descent.get_by_role("button", name="Go").click()
    said = descent.locator("[role=status]")
    expect(said).to_contain_text("After 400 steps.", timeout=40_000)
    expect(said).to_contain_text("residual loss: arrived at the truth.")
    expect(said).not_to_contain_text("spectral loss: arrived")


def test_every_control_of_the_descent_changes_what_is_drawn(page: Page) -> None:
    descent = widget(page, 1)
    step = descent.get_by_role("button", name="One step")
    back = descent.get_by_role("button", name="Back to the start")
    back.click()  # wherever the tests before have left it
    assert changes(descent, step.click)
    assert changes(descent, back.click)
    assert changes(descent, step.click)
    plain = drawn(descent)
    for label in ("Learning rate", "Noise on the slope"):
        knob = descent.get_by_label(label, exact=True)
        knob.focus()
        page.keyboard.press("PageUp")
        step.click()
        assert drawn(descent) != plain, label
        plain = drawn(descent)
    descent.get_by_label("Seed of the noise").fill("5")
    page.keyboard.press("Enter")
    step.click()
    assert drawn(descent) != plain
    assert changes(descent, lambda: descent.get_by_label("Left map", exact=True).select_option("windowed"))
    canvas = descent.locator("canvas.gs-map").first
    canvas.focus()
    page.keyboard.press("Home")
    assert changes(descent, lambda: page.keyboard.press("Enter"))
    expect(descent.locator("[role=status]")).to_contain_text("Start at k = 0.065, F = 0.035.")
    assert changes(descent, lambda: descent.get_by_label("Plane", exact=True).select_option("Du-Dv"))


def test_the_descents_address_opens_the_same_start(
    visit: Visit, plain_browser: Browser, address: str
) -> None:
    asked = "descend.plane=F-k&descend.loss=windowed&descend.rate=0.01&descend.noise=1&descend.seed=4"
    page = ready(visit(plain_browser, f"{address}#{asked}&descend.across=0.06&descend.up=0.05"))
    descent = widget(page, 1)
    expect(descent.locator("[role=status]")).to_contain_text("Start at k = 0.06, F = 0.05.")
    expect(descent.get_by_label("Left map")).to_have_value("windowed")
    expect(descent.get_by_label("Seed of the noise")).to_have_value("4")
    descent.get_by_label("Seed of the noise").fill("6")
    page.keyboard.press("Enter")
    expected = asked.replace("seed=4", "seed=6") + "&descend.across=0.06&descend.up=0.05"
    until(page, "(hash) => location.hash === hash", arg=f"#{expected}")


@pytest.mark.parametrize("number", [2, 3])
def test_a_slider_shows_its_frames_and_says_what_they_are(page: Page, number: int) -> None:
    frames = widget(page, number)
    shown = frames.locator("input[type=range]")
    text = frames.locator("[role=status]").inner_text()
    shown.focus()
    page.keyboard.press("Home")
    page.keyboard.press("End")
    expect(frames.locator("[role=status]")).not_to_have_text(text) if number == 2 else None
    assert changes(frames, lambda: page.keyboard.press("Home"))
    assert changes(frames, lambda: frames.get_by_role("button", name="Play").click())


def test_damaged_and_missing_data_are_said_in_place_and_the_rest_goes_on(page: Page) -> None:
    expect(widget(page, 4).locator(".gs-error")).to_contain_text("damaged: 4 bytes, where 120 were expected")
    expect(widget(page, 5).locator(".gs-error")).to_contain_text(
        "The explorer cannot be shown: its data are missing."
    )
    expect(widget(page, 0).locator("canvas.gs-map")).to_be_visible()


def test_no_two_controls_share_a_name(page: Page) -> None:
    names = page.evaluate("[...document.querySelectorAll('.gs-widget [id]')].map((x) => x.id)")
    assert len(names) == len(set(names)) > 8


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_all_of_it(visit: Visit, plain_browser: Browser, address: str, scheme: str) -> None:
    options = {"viewport": {"width": 360, "height": 740}, "color_scheme": scheme, "reduced_motion": "reduce"}
    page = ready(visit(plain_browser, address, **options))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    pixels = "c.getContext('2d').getImageData(0, 0, c.width, c.height).data"
    blank = f"(c) => c.width === 0 || !{pixels}.some((x) => x)"
    assert not any(page.locator("canvas.gs-map").nth(i).evaluate(blank) for i in range(4))


@pytest.mark.parametrize("number", range(4))
def test_tab_leads_to_every_control_and_shows_where_it_is(page: Page, number: int) -> None:
    assert missed_by_tab(widget(page, number)) == []


def test_who_wants_less_motion_gets_less(page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")
    explorer, descent, slider = (widget(page, number) for number in (0, 1, 2))
    explorer.get_by_label("Training run").select_option("all")
    descent.get_by_role("button", name="Back to the start").click()
    slider.locator("input[type=range]").press("Home")
    begin = time.monotonic()
    descent.get_by_role("button", name="Go", exact=True).click()
    # The walker jumps to where it ends, and nothing is left to pause.
    expect(descent.locator("[role=status]")).to_contain_text("After 400 steps.")
    for place, name in ((explorer, "Play"), (slider, "Play")):
        place.get_by_role("button", name=name, exact=True).click()
    page.wait_for_timeout(1000)
    shown = int(explorer.get_by_label("Iteration shown", exact=True).input_value())
    frame = int(slider.locator("input[type=range]").input_value())
    passed = time.monotonic() - begin  # more than a second where the machine is busy
    # For others 2.9 iterations and 1.4 frames a second.
    assert shown <= passed / 1.2
    assert frame <= passed / 1.6
    for place in (explorer, slider):
        place.get_by_role("button", name="Pause").click()
    page.emulate_media(reduced_motion="no-preference")


def test_every_map_is_there_within_a_second(visit: Visit, plain_browser: Browser, address: str) -> None:
    assert first_picture(visit, plain_browser, address) < 1


def test_nothing_went_wrong_on_the_page(page: Page, module_complaints: list[str]) -> None:
    assert page.locator("canvas.gs-map").count() > 0
    assert not module_complaints
