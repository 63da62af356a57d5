"""Journeys with the wipe: the edge, the opacity and the choice of veil move in the browser, and Python hears where they rest."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import drag, no_sideways_scrolling, open_page, settled
from tests.browser.server import ROOT, serving
from tests.browser.wipe_app import BLUE, GREEN, GREY, RED
from ui.components import script
from ui.components import wipe as component

DIMMED = tuple(0.45 * value for value in GREY)
LINE = 0.75  # of the height: a row of pixels that holds neither names nor the handle


@pytest.fixture(scope="module")
def app() -> Iterator[str]:
    with serving(Path(__file__).with_name("wipe_app.py"), PYTHONPATH=str(ROOT)) as url:
        yield url


def wiped(page: Page, app: str, query: str = "") -> Locator:
    """The picture of the page with that query."""
    open_page(page, f"{app}/{query}")
    expect(page.locator(".wipe")).to_have_attribute("data-position", "0.5")
    settled(page)
    stage = page.locator(".wipe .stage")
    stage.evaluate("node => Promise.all([...node.querySelectorAll('img[src]')].map((image) => image.decode()))")
    return stage


def handle(page: Page) -> Locator:
    return page.locator(".wipe .handle")


def colour(stage: Locator, share: float) -> np.ndarray:
    """What is seen at so much of the width, in a row that nothing else is drawn on."""
    pixels = np.asarray(Image.open(io.BytesIO(stage.screenshot())).convert("RGB")).astype(float)
    return pixels[int(LINE * pixels.shape[0]), min(pixels.shape[1] - 1, int(share * pixels.shape[1]))]


def seen(stage: Locator, share: float, expected: tuple[float, ...]) -> None:
    assert np.abs(colour(stage, share) - np.array(expected)).max() <= 4, (share, colour(stage, share), expected)


def says(page: Page, words: str) -> None:
    expect(page.get_by_test_id("stText").filter(has_text=words)).to_be_visible()


def test_left_of_the_edge_is_the_photo_and_right_of_it_the_veil(page, app):
    stage = wiped(page, app)
    for share, expected in ((0.1, GREY), (0.3, GREY), (0.48, GREY), (0.52, RED), (0.73, RED), (0.77, DIMMED)):
        seen(stage, share, expected)


def test_dragging_the_handle_moves_the_edge_and_python_hears_where_it_was_let_go(page, app):
    stage = wiped(page, app)
    across = stage.bounding_box()["width"]
    drag(page, handle(page), -0.2 * across, 30)
    expect(page.locator(".wipe")).to_have_attribute("data-position", "0.3")
    for share, expected in ((0.1, GREY), (0.28, GREY), (0.32, RED), (0.7, RED), (0.8, DIMMED)):
        seen(stage, share, expected)
    says(page, "heard 1 times")
    says(page, "at 0.300, 1.00, veil 0")
    drag(page, handle(page), 2 * across, 0)
    expect(page.locator(".wipe")).to_have_attribute("data-position", "1")
    for share in (0.1, 0.5, 0.9):
        seen(stage, share, GREY)
    says(page, "at 1.000, 1.00, veil 0")


def test_a_press_on_the_picture_brings_the_edge_there(page, app):
    stage = wiped(page, app)
    frame = stage.bounding_box()
    stage.click(position={"x": 0.6 * frame["width"], "y": 0.2 * frame["height"]})
    seen(stage, 0.58, GREY)
    seen(stage, 0.62, RED)
    expect(handle(page)).to_be_focused()
    says(page, "at 0.600, 1.00, veil 0")


def test_nothing_is_sent_while_the_mouse_is_down(page, app):
    stage = wiped(page, app)
    frame = stage.bounding_box()
    page.mouse.move(frame["x"] + 0.5 * frame["width"], frame["y"] + 0.5 * frame["height"])
    page.mouse.down()
    for share in (0.4, 0.6, 0.3):
        page.mouse.move(frame["x"] + share * frame["width"], frame["y"] + 40, steps=5)
        page.wait_for_timeout(300)
    expect(page.locator(".wipe")).to_have_attribute("data-position", "0.3")
    says(page, "heard 0 times")
    page.mouse.up()
    says(page, "heard 1 times")


def test_keys_move_the_edge_and_say_how_much_of_each_is_seen(page, app):
    stage = wiped(page, app)
    knob = handle(page)
    expect(knob).to_have_attribute("role", "slider")
    expect(knob).to_have_attribute("aria-label", "Edge between Photo and Red")
    knob.focus()
    for key, position in (
        ("ArrowRight", "0.52"),
        ("ArrowLeft", "0.5"),
        ("Shift+ArrowLeft", "0.4"),
        ("PageUp", "0.5"),
        ("ArrowUp", "0.52"),
        ("Home", "0"),
        ("ArrowLeft", "0"),
    ):
        page.keyboard.press(key)
        expect(page.locator(".wipe")).to_have_attribute("data-position", position)
    expect(knob).to_have_attribute("aria-valuenow", "0")
    expect(knob).to_have_attribute("aria-valuetext", "Photo 0 %, Red 100 %")
    seen(stage, 0.1, DIMMED)
    seen(stage, 0.3, RED)
    page.keyboard.press("End")
    seen(stage, 0.7, GREY)
    expect(knob).to_have_attribute("aria-valuetext", "Photo 100 %, Red 0 %")
    says(page, "at 1.000, 1.00, veil 0")


def test_the_handle_can_be_grabbed_at_both_ends(page, app):
    """It stays within the picture there, beside the edge, and does not jump when it is taken."""
    stage = wiped(page, app)
    frame = stage.bounding_box()
    for key, inwards, position in (("Home", 0.2, "0.2"), ("End", -0.3, "0.7")):
        handle(page).focus()
        page.keyboard.press(key)
        knob = handle(page).bounding_box()
        assert frame["x"] <= knob["x"]
        assert knob["x"] + knob["width"] <= frame["x"] + frame["width"]
        drag(page, handle(page), inwards * frame["width"], 0)
        expect(page.locator(".wipe")).to_have_attribute("data-position", position)


def test_the_opacity_mixes_veil_and_photo_and_python_hears_it(page, app):
    stage = wiped(page, app)
    slider = page.get_by_role("slider", name="Opacity")
    slider.focus()
    page.keyboard.press("Home")
    seen(stage, 0.6, GREY)
    for _ in range(8):
        page.keyboard.press("ArrowRight")
    seen(stage, 0.6, tuple(0.6 * grey + 0.4 * red for grey, red in zip(GREY, RED, strict=True)))
    seen(stage, 0.9, DIMMED)
    expect(slider).to_have_attribute("aria-valuetext", "40 %")
    says(page, "at 0.500, 0.40, veil 0")


def test_veils_are_switched_by_click_and_by_key_without_a_jump(page, app):
    stage = wiped(page, app)
    slider = page.get_by_role("slider", name="Opacity")
    before = slider.bounding_box()
    expect(page.get_by_text("a veil of one colour")).to_be_visible()
    page.get_by_role("radio", name="Blue").click()
    seen(stage, 0.6, BLUE)
    expect(page.get_by_text("another one")).to_be_visible()
    expect(page.get_by_text("a veil of one colour")).to_be_hidden()
    expect(handle(page)).to_have_attribute("aria-label", "Edge between Photo and Blue")
    says(page, "at 0.500, 1.00, veil 1")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Red")).to_be_focused()
    expect(page.get_by_role("radio", name="Red")).to_have_attribute("aria-checked", "true")
    seen(stage, 0.6, RED)
    assert slider.bounding_box() == before
    says(page, "at 0.500, 1.00, veil 0")


def test_the_browser_follows_what_python_asks_for(page, app):
    stage = wiped(page, app)
    button = page.get_by_role("button", name="Ask for a quarter of blue")
    for share in (None, 0.8, 0.6):  # untouched, and after a visitor has moved it
        if share is not None:
            frame = stage.bounding_box()
            stage.click(position={"x": share * frame["width"], "y": 20})
            says(page, f"at {share:.3f}")
        button.click()
        expect(page.locator(".wipe")).to_have_attribute("data-position", "0.25")
        expect(page.locator(".wipe")).to_have_attribute("data-veil", "1")
        seen(stage, 0.27, BLUE)


def test_an_answer_that_comes_while_the_edge_is_in_the_hand_waits_for_the_next(page, app):
    stage = wiped(page, app, "?slow=1")
    frame = stage.bounding_box()
    handle(page).focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_timeout(300)
    page.mouse.move(frame["x"] + 0.7 * frame["width"], frame["y"] + 40)
    page.mouse.down()
    page.mouse.move(frame["x"] + 0.8 * frame["width"], frame["y"] + 40)
    says(page, "at 0.520, 1.00, veil 0")
    expect(page.locator(".wipe")).to_have_attribute("data-position", "0.8")
    page.mouse.up()
    says(page, "at 0.800, 1.00, veil 0")
    expect(page.locator(".wipe")).to_have_attribute("data-position", "0.8")


def test_a_late_answer_never_moves_the_edge_back(page):
    """The component without a server, so that the answers can be given in any order."""
    folder = Path(component.__file__).parent
    page.set_content(f"<style>{(folder / 'wipe.css').read_text()}</style>{(folder / 'wipe.html').read_text()}")
    page.evaluate(
        """async (code) => {
          const { default: serve } = await import(URL.createObjectURL(new Blob([code], { type: "text/javascript" })));
          const two = { photo: "data:,", after: "data:,", names: ["", ""], alt: "", width: 40, height: 20, tallest: 99 };
          window.sent = [];
          window.answer = (position, revision) => void serve({
            parentElement: document.body, setStateValue: (name, value) => sent.push(value),
            data: { ...two, seen: null, veils: [], position, opacity: 1, veil: 0, revision },
          });
        }""",
        script(folder / "wipe.js"),
    )
    page.evaluate("answer(0.5, 0)")
    handle(page).focus()
    for revision, position in ((1, 0.52), (2, 0.54)):
        page.keyboard.press("ArrowRight")
        page.wait_for_function(f"sent.length === {revision}")
        assert page.evaluate("sent.at(-1)") == {"position": position, "opacity": 1, "veil": 0, "revision": revision}
    for position, revision, shown in ((0.52, 1, "0.54"), (0.54, 2, "0.54"), (0.1, 2, "0.1")):
        page.evaluate("([position, revision]) => answer(position, revision)", [position, revision])
        expect(page.locator(".wipe")).to_have_attribute("data-position", shown)


def test_veils_in_another_order_leave_the_chosen_one_and_the_edge(page, app):
    stage = wiped(page, app)
    handle(page).focus()
    page.keyboard.press("PageDown")
    page.get_by_role("radio", name="Blue").click()
    says(page, "at 0.400, 1.00, veil 1")
    page.get_by_role("button", name="The veils in another order").click()
    expect(page.get_by_role("radio").first).to_have_text("Blue")
    expect(page.get_by_role("radio", name="Blue")).to_have_attribute("aria-checked", "true")
    expect(page.locator(".wipe")).to_have_attribute("data-position", "0.4")
    seen(stage, 0.45, BLUE)


def test_two_pictures_are_wiped_without_opacity_and_choices(page, app):
    stage = wiped(page, app, "?only=two")
    for share, expected in ((0.1, GREY), (0.48, GREY), (0.52, GREEN), (0.95, GREEN)):
        seen(stage, share, expected)
    expect(page.get_by_role("slider", name="Opacity")).to_be_hidden()
    expect(page.get_by_role("radio")).to_have_count(0)
    expect(handle(page)).to_have_attribute("aria-label", "Edge between Before and After")
    drag(page, handle(page), 0.25 * stage.bounding_box()["width"], 0)
    seen(stage, 0.7, GREY)
    says(page, "at 0.750, 1.00, veil 0")


def test_a_tall_photo_is_no_higher_than_it_may_be(page, app):
    frame = wiped(page, app, "?tall=1").bounding_box()
    assert frame["height"] == pytest.approx(420, abs=1)
    assert frame["width"] == pytest.approx(105, abs=1)


@pytest.mark.parametrize(("dx", "dy"), [(-60, 0), (0, -60)], ids=["sideways", "up"])
def test_a_finger_moves_the_edge_sideways_and_the_page_upwards(browser, app, dx, dy):
    with browser.new_context(viewport={"width": 390, "height": 700}, has_touch=True) as context:
        page = context.new_page()
        frame = wiped(page, app).bounding_box()
        touch = context.new_cdp_session(page)
        x, y = frame["x"] + 0.7 * frame["width"], frame["y"] + 0.8 * frame["height"]

        def point(kind: str, share: float) -> None:
            points = [] if kind == "touchEnd" else [{"x": x + share * dx, "y": y + share * dy}]
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        point("touchStart", 0)
        for step in range(1, 11):
            point("touchMove", step / 10)
            page.wait_for_timeout(20)
        point("touchEnd", 1)
        moved = frame["y"] - page.locator(".wipe .stage").bounding_box()["y"]
        position = float(page.locator(".wipe").get_attribute("data-position") or "")
        if dx:
            assert position == pytest.approx(0.7 + dx / frame["width"], abs=0.02)
            assert moved == 0
        else:
            assert position == 0.5
            assert moved > 20


def test_a_tap_brings_the_edge_there(browser, app):
    with browser.new_context(viewport={"width": 390, "height": 700}, has_touch=True) as context:
        page = context.new_page()
        stage = wiped(page, app)
        frame = stage.bounding_box()
        stage.tap(position={"x": 0.3 * frame["width"], "y": 20})
        says(page, "at 0.3")


@pytest.mark.parametrize("query", ["", "?only=two", "?tall=1"])
def test_on_a_phone_in_the_dark_nothing_is_wider_than_the_screen(browser, app, query):
    with browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark") as context:
        page = context.new_page()
        stage = wiped(page, app, query)
        no_sideways_scrolling(page)
        frame = stage.bounding_box()
        assert frame["x"] + frame["width"] <= 390
        handle(page).focus()
        page.keyboard.press("End")
        no_sideways_scrolling(page)
