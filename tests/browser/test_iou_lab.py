"""Journeys on Anchors & IoU: what moves under the hand moves in the browser, and Python agrees."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.pages import box, corner, drag, live, metric, open_page, settled
from tests.browser.server import ROOT
from ui.components import script

MEASURES = {"iou": "IoU", "giou": "GIoU", "diou": "DIoU", "ciou": "CIoU"}


def lab(page: Page, app: str, query: str = "") -> None:
    open_page(page, f"{app}/anchors{query}")
    page.wait_for_selector(".lab .measure")
    expect(page.get_by_text("Take it away")).to_be_visible()
    settled(page)


def python_agrees(page: Page) -> None:
    """Python's four numbers are the browser's, to the last digit shown."""
    for key, title in MEASURES.items():
        expect_value(page, title, live(page, key))


def expect_value(page: Page, title: str, value: float) -> None:
    words = f"{value:.3f}".replace("-", "−")
    found = page.get_by_test_id("stMetric").filter(has=page.get_by_text(title, exact=True))
    expect(found.get_by_test_id("stMetricValue")).to_have_text(words)


def test_a_dragged_box_is_measured_live_and_python_gets_the_same_numbers(page, app):
    lab(page, app, "?photo=coffee")
    before = live(page, "iou")
    frame = box(page, "B").bounding_box()
    assert frame
    page.mouse.move(frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2)
    page.mouse.down()
    page.mouse.move(frame["x"] + frame["width"] / 2 - 50, frame["y"] + frame["height"] / 2 - 30, steps=8)
    page.wait_for_timeout(100)
    during = live(page, "iou")
    assert during != before
    assert metric(page, "IoU") == pytest.approx(before, abs=1e-3), "Python is asked on release only"
    page.mouse.up()
    expect_value(page, "IoU", live(page, "iou"))
    python_agrees(page)
    expect(page.get_by_text("The browser's numbers")).to_be_visible()


def test_the_exact_numbers_of_browser_and_python_agree_to_a_thousandth(page, app):
    lab(page, app, "?photo=coffee")
    drag(page, box(page, "A"), 37, 21)
    expect(page.get_by_text("The browser's numbers")).to_be_visible()
    settled(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Numbers").click()
    rows = [line.split(",") for line in download.value.path().read_text().splitlines()]
    python = {name.lower(): float(value) for name, value, *_ in rows[1:]}
    corners = [[float(value) for value in rows[1][start : start + 4]] for start in (2, 6)]
    browser = page.evaluate(
        """async ([source, boxes]) => {
            const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
            const { iou, giou, diou, ciou } = module.measure(...boxes);
            return { iou, giou, diou, ciou };
        }""",
        [javascript(), corners],
    )
    assert python.keys() == browser.keys()
    for key, value in browser.items():
        assert value == pytest.approx(python[key], abs=1e-3)
        assert live(page, key) == pytest.approx(python[key], abs=1e-3)


def javascript() -> str:
    return script(ROOT / "ui/components/two_boxes/two_boxes.js")


@pytest.mark.parametrize("which", ["nw", "ne", "se", "sw"])
def test_every_corner_resizes_and_leaves_the_opposite_one(page, app, which):
    lab(page, app, "?photo=coffee")
    read = "node => ['x', 'y', 'width', 'height'].map(name => Number(node.getAttribute(name)))"
    line = box(page, "A").locator(".line")
    x, y, width, height = line.evaluate(read)
    drag(page, corner(page, "A", which), 20 if which[1] == "w" else -20, 15 if which[0] == "n" else -15)
    page.wait_for_timeout(100)
    x2, y2, width2, height2 = line.evaluate(read)
    assert width2 < width
    assert height2 < height
    fixed = (
        (x2 + width2, x + width) if which[1] == "w" else (x2, x),
        (y2 + height2, y + height) if which[0] == "n" else (y2, y),
    )
    for now, before in fixed:
        assert now == pytest.approx(before, abs=0.1)
    settled(page)
    python_agrees(page)


def test_a_box_never_leaves_the_photo_and_never_turns_inside_out(page, app):
    lab(page, app, "?photo=coffee")
    drag(page, box(page, "B"), 2000, 2000)
    settled(page)
    expect(page.get_by_label("Box B", exact=True)).to_have_value("396, 156, 600, 400")
    drag(page, corner(page, "B", "nw"), 2000, 2000)
    settled(page)
    expect(page.get_by_label("Box B", exact=True)).to_have_value("596, 396, 600, 400")
    python_agrees(page)


def test_the_keyboard_moves_and_resizes(page, app):
    lab(page, app, "?photo=coffee&b=100,100,200,200")
    box(page, "B").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+ArrowRight")
    expect(page.get_by_label("Box B", exact=True)).to_have_value("101, 101, 202, 201")
    expect(page.locator(".spoken")).to_contain_text("CIoU")
    settled(page)
    python_agrees(page)


def test_typed_coordinates_move_the_box_and_nonsense_keeps_the_last_ones(page, app):
    lab(page, app, "?photo=coffee")
    field = page.get_by_label("Box A", exact=True)
    field.fill("10 20 110 220")
    field.press("Enter")
    expect(page.locator(".lab .size").first).to_have_text("A  100 × 200 px")
    settled(page)
    python_agrees(page)
    field.fill("ten, twenty")
    field.press("Enter")
    expect(page.get_by_text("Box A needs four numbers")).to_be_visible()
    expect(page.locator(".lab .size").first).to_have_text("A  100 × 200 px")


def test_choosing_a_measure_shows_on_the_photo_what_it_looks_at(page, app):
    lab(page, app, "?try=Apart")
    for key, selector in (("giou", ".corner"), ("diou", ".centres"), ("ciou", ".aspect")):
        page.locator(f"[data-measure={key}]").click()
        expect(page.locator(f"[data-measure={key}]")).to_have_attribute("aria-checked", "true")
        page.wait_for_timeout(300)
        assert float(page.locator(f".lab {selector}").evaluate("node => getComputedStyle(node).opacity")) > 0.4


def test_a_preset_moves_the_boxes_and_asks_its_question(page, app):
    lab(page, app)
    page.get_by_text("Half aside", exact=True).click()
    expect(page.get_by_text("Is the IoU one half?")).to_be_visible()
    expect_value(page, "IoU", 0.333)
    assert live(page, "iou") == pytest.approx(1 / 3, abs=1e-3)
    page.get_by_text("Reveal", exact=True).click()
    expect(page.get_by_text("No, one third.")).to_be_visible()


def test_challenges_check_themselves(page, app):
    lab(page, app, "?photo=coffee&a=0,0,100,100&b=50,0,150,100")
    expect(page.get_by_text("Solved.")).to_have_count(0)
    field = page.get_by_label("Box B", exact=True)
    for typed, solved in (("33.3, 0, 133.3, 100", 1), ("300, 200, 400, 300", 2)):
        field.fill(typed)
        field.press("Enter")
        expect(page.get_by_text("Solved.")).to_have_count(solved)
    for typed, pairs in (("50, 0, 150, 100", 1), ("29.3, 29.3, 129.3, 129.3", 2)):
        field.fill(typed)
        field.press("Enter")
        settled(page)
        page.get_by_role("button", name="Save this pair").click()
        expect(page.get_by_text("Pair 1")).to_be_visible()
        expect(page.get_by_text(f"Pair {pairs}")).to_be_visible()
    expect(page.get_by_text("Solved.")).to_have_count(3)
    expect(page.get_by_text("equal IoU", exact=True)).to_have_count(2)


def test_the_descent_is_scrubbed_in_the_browser_without_asking_python(page, app):
    lab(page, app)
    messages: list[str] = []
    page.on("websocket", lambda socket: socket.on("framesent", lambda _: messages.append("sent")))
    slider = page.locator(".scrubber input[type=range]")
    expect(page.locator(".scrubber .now")).to_have_text("Step 50 of 200")
    moving = page.locator(".scrubber .moving .line").nth(2)
    before = moving.get_attribute("x")
    slider.evaluate("node => { node.value = 120; node.dispatchEvent(new Event('input')); }")
    expect(page.locator(".scrubber .now")).to_have_text("Step 120 of 200")
    assert moving.get_attribute("x") != before
    assert messages == []
    slider.evaluate("node => node.dispatchEvent(new Event('change'))")
    page.wait_for_url("**step=120*")


def test_play_runs_to_the_end_and_stops(page, app):
    lab(page, app, "?steps=50")
    page.locator(".scrubber .play").click()
    expect(page.locator(".scrubber .play")).to_have_attribute("aria-label", "Pause")
    expect(page.locator(".scrubber .now")).to_have_text("Step 50 of 50", timeout=15_000)
    expect(page.locator(".scrubber .play")).to_have_attribute("aria-label", "Play")


def test_the_link_opens_exactly_this_state_in_another_session(page, app, browser):
    lab(page, app, "?photo=coffee")
    drag(page, box(page, "B"), -40, -25)
    settled(page)
    page.get_by_text("Link", exact=True).click()
    link = page.get_by_test_id("stCode").first.inner_text().strip()
    assert link.startswith(app)
    other = browser.new_page()
    other.goto(link)
    other.wait_for_selector(".lab .measure")
    settled(other)
    for name in ("Box A", "Box B"):
        expect(other.get_by_label(name, exact=True)).to_have_value(page.get_by_label(name, exact=True).input_value())
    assert live(other, "ciou") == live(page, "ciou")
    other.close()


def test_the_settings_can_be_taken_away(page, app):
    lab(page, app, "?photo=coffee&a=0,0,100,100&b=50,0,150,100")
    with page.expect_download() as download:
        page.get_by_role("button", name="Settings").click()
    taken = json.loads(download.value.path().read_text())
    assert taken["photo"] == "Coffee"
    assert taken["numbers"][0]["value"] == pytest.approx(1 / 3)
    with page.expect_download() as picture:
        page.get_by_role("button", name="Picture").click()
    assert picture.value.path().read_bytes().startswith(b"\x89PNG")


def test_a_teachers_link_hides_parts(page, app):
    open_page(page, f"{app}/anchors?hide=challenges,descent&try=Crossed")
    page.wait_for_selector(".lab .measure")
    expect(page.get_by_text("Which measure sees that the shapes differ?")).to_be_visible()
    settled(page)
    expect(page.get_by_text("Can you build it?")).to_be_hidden()
    expect(page.get_by_text("Which loss pulls a box home?")).to_be_hidden()
