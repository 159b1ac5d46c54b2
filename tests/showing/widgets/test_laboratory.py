"""The Laboratory in a real browser: it computes what lib computes, and its knobs do something."""

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from lib import TRUTH, initial_state, losses
from lib.paper import SAMPLED_SETS
from lib.showing.widgets import Laboratory
from tests.conftest import until
from tests.showing.widgets.conftest import Visit, first_picture, missed_by_tab
from tests.showing.widgets.laboratory import (
    LABORATORY,
    SECOND,
    begin,
    drawn,
    fields,
    laboratory,
    paused,
    run,
    shown_loss,
    steps,
    wait_until_paused_at,
)


@pytest.fixture(scope="module")
def software(module_visit: Visit, webgl_browser: Browser, laboratory_page: str) -> Page:
    """The page in a browser with WebGL, its first dish at the initial state and paused."""
    return paused(
        module_visit(webgl_browser, f"{laboratory_page}#laboratory.engine=webgl&laboratory.steps=0")
    )


@pytest.fixture(scope="module")
def plain(module_visit: Visit, plain_browser: Browser, laboratory_page: str) -> Page:
    """The same in a browser without it, on the processor."""
    return paused(module_visit(plain_browser, f"{laboratory_page}#laboratory.steps=0"))


@pytest.fixture(params=["software", "plain"])
def either(request: pytest.FixtureRequest) -> Page:
    """One page after the other."""
    page: Page = request.getfixturevalue(request.param)
    return page


def test_fields_and_loss_after_2000_steps_are_libs(either: Page) -> None:
    begin(either, steps=2000, speed=200, stop="landscape")
    wait_until_paused_at(either, 2000)
    expected = run(2000)
    u, v = fields(either)
    assert abs(u - expected.u[0].numpy()).max() < 1e-3
    assert abs(v - expected.v[0].numpy()).max() < 1e-3
    assert shown_loss(either) == pytest.approx(float(losses.spectral(expected.v, run(40_000).v)), rel=0.01)


def test_each_page_has_the_engine_it_is_to_have(software: Page, plain: Page) -> None:
    kind = f"{LABORATORY}.dish.engine.kind"
    assert (software.evaluate(kind), plain.evaluate(kind)) == ("webgl", "cpu")


def test_a_dying_run_stops_where_the_papers_rule_says_and_scores_the_plateau(either: Page) -> None:
    expected = run(5000, tol=5e-5, k=0.09, backend="eager")
    begin(either, k=0.09, steps=None, speed=50)
    until(either, f"{LABORATORY}.last.stopped", timeout=60_000)
    assert steps(either) == int(expected.steps)
    expect(laboratory(either).locator(".gs-status")).to_contain_text("steady enough. v is dying out or gone")
    assert shown_loss(either) == pytest.approx(float(losses.spectral(expected.v, run(40_000).v)), rel=0.01)
    assert shown_loss(either) > 100


def test_a_run_of_fixed_length_ends_there(plain: Page) -> None:
    plain.evaluate(f"{LABORATORY}.model.set('limit', 30)")
    begin(plain, steps=None, stop="landscape")
    wait_until_paused_at(plain, 30)
    plain.evaluate(f"{LABORATORY}.model.set('limit', 40000)")


def test_every_parameter_changes_what_is_drawn(plain: Page) -> None:
    seen = set()
    for name in (None, "Dᵤ, spread of u", "Dᵥ, spread of v", "F, feed rate", "k, kill rate"):
        begin(plain)
        if name:
            laboratory(plain).get_by_label(name, exact=True).press("PageUp")
        plain.evaluate(f"{LABORATORY}.obey({{do: 'advance', steps: 100}})")
        assert steps(plain) == 100
        seen.add(drawn(plain))
    assert len(seen) == 5


def test_the_knobs_of_the_run_do_what_they_say(plain: Page) -> None:
    lab = laboratory(begin(plain))
    first = drawn(plain)
    lab.get_by_role("button", name="One step").click()
    assert steps(plain) == 1
    lab.get_by_role("button", name="Run").click()
    until(plain, f"{LABORATORY}.last.steps > 20")
    lab.get_by_role("button", name="Pause").click()
    stood = steps(plain)
    assert drawn(plain) != first
    plain.wait_for_timeout(200)
    assert plain.evaluate(f"{LABORATORY}.dish.engine.steps") == stood
    assert "L" in str(lab.locator(".gs-curve-line").get_attribute("d"))
    lab.get_by_role("button", name="Start afresh").click()
    assert drawn(plain) == first


def test_the_brush_sows_and_wipes_by_mouse_and_by_keys(plain: Page) -> None:
    frame = laboratory(begin(plain)).locator(".gs-dish-frame")
    box = frame.bounding_box()
    assert box is not None
    frame.click(position={"x": box["width"] * 0.25, "y": box["height"] * 0.75})
    u, v = fields(plain)
    assert (u[96, 32], v[96, 32]) == (0.5, 0.25)
    assert v[32, 96] < 0.2
    laboratory(plain).get_by_label("Brush").select_option("wipe")
    frame.press("Space")
    frame.press("ArrowRight")
    at = plain.evaluate(f"{LABORATORY}.dish.at")
    u, v = fields(plain)
    assert (u[at["row"], at["column"] - 4], v[at["row"], at["column"] - 4]) == (1, 0)
    frame.press("s")
    assert steps(plain) == 1


def test_the_brush_paints_the_same_on_the_graphics_processor(software: Page, plain: Page) -> None:
    for page in (software, plain):
        laboratory(begin(page)).get_by_label("Brush").select_option("sow")
        page.evaluate(f"{LABORATORY}.dish.move(1, 127); {LABORATORY}.dish.paint()")
    assert (fields(software) == fields(plain)).all()


def test_a_run_goes_on_until_the_reader_ends_it(plain: Page) -> None:
    assert Laboratory().stop == "never"
    plain.evaluate(f"{LABORATORY}.model.set('limit', 30)")
    begin(plain, steps=None, stop="never")
    until(plain, f"{LABORATORY}.running && {LABORATORY}.last.steps > 60")
    plain.evaluate(f"{LABORATORY}.model.set('limit', 40000)")


@pytest.mark.parametrize("touch", ["brush", "knob"])
def test_a_run_that_a_rule_has_ended_goes_on_when_it_is_touched(plain: Page, touch: str) -> None:
    plain.evaluate(f"{LABORATORY}.model.set('limit', 30)")
    begin(plain, steps=None, stop="landscape")
    wait_until_paused_at(plain, 30)
    if touch == "brush":
        laboratory(plain).locator(".gs-dish-frame").click()
    else:
        laboratory(plain).get_by_label("k, kill rate", exact=True).press("ArrowRight")
    wait_until_paused_at(plain, 60)  # on for as long again as the rule allows
    plain.evaluate(f"{LABORATORY}.model.set('limit', 40000)")


def test_what_the_reader_has_paused_stays_paused_while_painting(plain: Page) -> None:
    frame = laboratory(begin(plain)).locator(".gs-dish-frame")
    frame.click()
    assert not plain.evaluate(f"{LABORATORY}.running")
    assert steps(plain) == 0


def test_a_dish_without_finite_numbers_begins_afresh_when_it_is_touched(plain: Page) -> None:
    begin(plain)
    begun = drawn(plain)
    plain.evaluate(f"{LABORATORY}.dish.engine.states[0].v[5] = NaN; {LABORATORY}.single()")
    assert plain.evaluate(f"{LABORATORY}.outcome") == "diverged"
    laboratory(plain).get_by_label("k, kill rate", exact=True).press("ArrowRight")
    assert steps(plain) == 0
    assert drawn(plain) == begun


def test_a_stroke_leaves_no_gaps_however_fast_the_hand(plain: Page) -> None:
    frame = laboratory(begin(plain)).locator(".gs-dish-frame")
    laboratory(plain).get_by_label("Brush").select_option("sow")
    frame.scroll_into_view_if_needed()
    box = frame.bounding_box()
    assert box is not None
    row = box["y"] + box["height"] * 0.125
    plain.mouse.move(box["x"] + 0.1 * box["width"], row)
    plain.mouse.down()
    plain.mouse.move(box["x"] + 0.9 * box["width"], row)  # one event for the whole way
    plain.mouse.up()
    _, v = fields(plain)
    painted = (v == 0.25).any(axis=0)
    assert painted[13:115].all()
    # Thick everywhere: discs that only touch would leave a string of beads.
    assert ((v[:32] == 0.25).sum(axis=0)[13:115] >= 8).all()


def test_a_finger_on_the_dish_paints_and_does_not_scroll(
    visit: Visit, plain_browser: Browser, laboratory_page: str
) -> None:
    phone: ViewportSize = {"width": 390, "height": 844}
    page = paused(
        visit(plain_browser, f"{laboratory_page}#laboratory.steps=0", viewport=phone, has_touch=True)
    )
    frame = laboratory(page).locator(".gs-dish-frame")
    frame.scroll_into_view_if_needed()
    box, before, scrolled = frame.bounding_box(), drawn(page), page.evaluate("scrollY")
    assert box is not None
    session = page.context.new_cdp_session(page)
    x, y = box["x"] + box["width"] / 4, box["y"] + 3 * box["height"] / 4
    gesture = {"x": x, "y": y, "yDistance": -box["height"] / 2, "gestureSourceType": "touch"}
    session.send("Input.synthesizeScrollGesture", gesture)
    assert page.evaluate("scrollY") == scrolled
    assert drawn(page) != before
    # The dish, the loss, the buttons of the run and the four knobs stand on one screen.
    top = frame.bounding_box()
    last = laboratory(page).get_by_label("k, kill rate", exact=True).bounding_box()
    loss = laboratory(page).locator(".gs-loss").bounding_box()
    assert top is not None
    assert last is not None
    assert loss is not None
    assert last["y"] + last["height"] - top["y"] < 844 - 60  # less the page's bar
    assert top["y"] < loss["y"] < last["y"]


def test_links_in_the_text_set_the_knobs_again_and_again(plain: Page) -> None:
    begin(plain)
    link = plain.get_by_role("link", name="load this")
    for _ in range(2):
        link.click()
        until(plain, f"{LABORATORY}.running && {LABORATORY}.params.k === 0.0625")
        expected = SAMPLED_SETS[6]._replace(k=0.0625)._asdict()
        assert plain.evaluate(f"{LABORATORY}.params") == expected
        plain.evaluate(f"{LABORATORY}.change({{F: 0.05, k: 0.05}}); {LABORATORY}.run(false)")
    expect(laboratory(plain).locator(".gs-dish-frame")).to_be_in_viewport()


def test_presets_are_the_papers_sets_and_begin_afresh(plain: Page) -> None:
    choice = laboratory(begin(plain)).get_by_label("Parameters of")
    assert choice.locator("option").count() == 2 + len(SAMPLED_SETS)
    for number, params in enumerate(SAMPLED_SETS, start=1):
        choice.select_option(str(number))
        assert plain.evaluate(f"{LABORATORY}.params") == params._asdict()
        assert plain.evaluate(f"{LABORATORY}.running")


def test_the_seed_gives_libs_state(plain: Page) -> None:
    begin(plain)
    given = plain.evaluate_handle(f"{LABORATORY}.model.get('initial')")
    plain.evaluate(f"{LABORATORY}.model.set('initial', null)")
    seed = laboratory(plain).get_by_label("Seed")
    seed.fill("11")
    seed.press("Enter")
    expected = initial_state(1, seed=11)
    assert fields(plain) == pytest.approx(np.stack([expected.u[0], expected.v[0]]), abs=3e-7)
    plain.evaluate(f"(given) => {LABORATORY}.model.set('initial', given)", given)


def test_the_processor_manages_ten_frames_a_second_at_four_steps(plain: Page) -> None:
    begin(plain, steps=None, speed=4)
    best = 0.0
    for _ in range(5):
        plain.wait_for_timeout(500)
        best = max(best, plain.evaluate(f"{LABORATORY}.framesPerSecond") or 0)
    assert best >= 10
    assert plain.evaluate(f"{LABORATORY}.allowed") == 4


def test_memory_does_not_grow(either: Page) -> None:
    begin(either, speed=1, stop="never", steps=1_000_000)
    # A frame every 250 ms looks at the loss each time: 60 of them are 15 seconds of a reader's time.
    frames = f"for (let i = 0; i < 60; i++) {LABORATORY}.frame({LABORATORY}.measured + 250)"
    session = either.context.new_cdp_session(either)
    sizes = []
    for _ in range(5):
        either.evaluate(frames)
        session.send("HeapProfiler.collectGarbage")
        usage = session.send("Runtime.getHeapUsage")
        sizes.append(usage["usedSize"] + usage["backingStorageSize"])  # the fields are in the second
    begin(either)
    # A single field kept would be 65 kB for each frame. The first round still fills caches.
    assert np.polyfit(60 * np.arange(4), sizes[1:], 1)[0] < 2000


def test_the_address_brings_back_the_same_view(
    visit: Visit, plain_browser: Browser, laboratory_page: str, plain: Page
) -> None:
    begin(plain, stop="landscape")
    typed = laboratory(plain).get_by_label("k, kill rate, as a number")
    typed.fill("0.0621")
    typed.press("Enter")
    laboratory(plain).get_by_role("button", name="Run").click()
    until(plain, f"{LABORATORY}.last.steps > 100")
    laboratory(plain).get_by_role("button", name="Pause").click()
    until(plain, f"location.hash.includes(`laboratory.steps=${{{LABORATORY}.last.steps}}`)")
    other = paused(visit(plain_browser, plain.url))
    wait_until_paused_at(other, steps(plain))
    for what in ("params", "shared()"):
        assert other.evaluate(f"{LABORATORY}.{what}") == plain.evaluate(f"{LABORATORY}.{what}")
    assert (fields(other) == fields(plain)).all()
    # The second laboratory of the page keeps its own.
    assert other.evaluate(f"{SECOND}.params") == TRUTH._asdict()
    # And the first one may go on from there.
    laboratory(other).get_by_role("button", name="Run").click()
    until(other, f"{LABORATORY}.last.steps > {steps(plain)}")


def test_without_webgl_or_a_target_it_says_so_and_runs(plain: Page) -> None:
    bare = plain.locator(".gs-laboratory").nth(1)
    expect(bare.get_by_role("alert")).to_contain_text("The target's picture is missing")
    expect(laboratory(plain).locator(".gs-note")).to_contain_text("computed on the processor")
    before = plain.evaluate(f"{SECOND}.last.steps")
    bare.get_by_role("button", name="One step").click()
    assert plain.evaluate(f"{SECOND}.last.steps") == before + 1
    assert bare.locator(".gs-loss").inner_text() == "–"


def test_a_lost_graphics_context_is_told_and_the_dish_goes_on(software: Page) -> None:
    begin(software, speed=4, steps=None)
    until(software, f"{LABORATORY}.last.steps > 8")
    software.evaluate(f"{LABORATORY}.dish.engine.gl.getExtension('WEBGL_lose_context').loseContext()")
    expect(laboratory(software).get_by_role("alert")).to_contain_text("has taken the graphics context away")
    reached = steps(software)
    until(software, f"{LABORATORY}.last.steps > {reached + 20}")
    assert software.evaluate(f"{LABORATORY}.dish.engine.kind") == "cpu"
    assert np.isfinite(fields(software)).all()


def test_an_old_browser_is_told_in_place(visit: Visit, plain_browser: Browser, laboratory_page: str) -> None:
    page = visit(plain_browser, laboratory_page, script="delete Array.prototype.at;")
    told = page.get_by_role("alert").first
    expect(told).to_contain_text("The laboratory cannot be shown: this.points.at is not a function.")
    assert page.get_by_role("heading", name="Another").is_visible()


def test_tab_leads_to_every_control_and_shows_where_it_is(plain: Page) -> None:
    assert missed_by_tab(laboratory(begin(plain))) == []


def test_the_dish_is_there_within_a_second(
    visit: Visit, plain_browser: Browser, laboratory_page: str
) -> None:
    assert first_picture(visit, plain_browser, laboratory_page) < 1


def test_who_wants_no_motion_is_not_given_any(
    visit: Visit, plain_browser: Browser, laboratory_page: str
) -> None:
    page = paused(visit(plain_browser, laboratory_page, reduced_motion="reduce"))
    expect(laboratory(page).get_by_role("button", name="Run", exact=True)).to_be_visible()
    page.wait_for_timeout(300)
    assert steps(page) == 0


def test_nothing_went_wrong_on_the_pages(software: Page, plain: Page, module_complaints: list[str]) -> None:
    assert not module_complaints
