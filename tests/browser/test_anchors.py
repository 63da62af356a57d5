"""Journeys on the parts Anchors and Assignment: what moves under the hand moves in the browser, and torch agrees."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import drag, metric, no_sideways_scrolling, number, open_page, settled

NINE = ["0.1007", "0.4029", "0.7454", "0.5733", "0.3971", "0.5918", "0.5216", "0.6619", "0.4799"]


def part(page: Page, app: str, name: str, query: str = "") -> None:
    open_page(page, f"{app}/anchors?part={name}{query}")
    expect(page.get_by_text("no network was asked")).to_be_visible(timeout=60_000)
    settled(page)


def ious(page: Page) -> list[str]:
    return page.locator(".cells tbody td.iou").all_inner_texts()


def truth(page: Page, index: int = 0) -> Locator:
    return page.locator(".editor .truth").nth(index)


def value(page: Page, label: str) -> Locator:
    found = page.get_by_test_id("stMetric").filter(has=page.get_by_text(label, exact=True))
    return found.get_by_test_id("stMetricValue")


def photo_point(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where the pixel (x, y) of the photo is on the screen."""
    return tuple(
        page.locator(".cells .frame svg, .editor svg.photo").first.evaluate(
            "(svg, [x, y]) => { const at = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM()); return [at.x, at.y]; }",
            [x, y],
        )
    )


# Anchors -----------------------------------------------------------------------------------------------------------


def test_the_golden_example_shows_its_nine_ious_and_number_122(page, app):
    part(page, app, "Anchors")
    page.get_by_text("Golden example", exact=True).click()
    expect(page.locator(".cells .facts .verdict")).to_contain_text("anchor 122 of 441")
    assert ious(page) == NINE
    expect(value(page, "Best IoU here")).to_have_text("0.7454")
    expect(page.locator(".cells tbody tr.best .name")).to_have_text("3 × 3 cells")


def test_a_click_chooses_a_cell_and_torch_finds_the_same_best_iou(page, app):
    part(page, app, "Anchors", "&photo=coffee")
    before = ious(page)
    page.mouse.click(*photo_point(page, 400, 300))
    expect(page.get_by_label("Place", exact=True)).to_have_value(re.compile(r"^(399|400|401)"))
    assert ious(page) != before
    settled(page)
    best = max(float(iou) for iou in ious(page))
    assert metric(page, "Best IoU here") == pytest.approx(best, abs=1e-4)


def test_while_the_pointer_is_down_the_cell_follows_and_python_is_not_asked(page, app):
    part(page, app, "Anchors", "&photo=coffee")
    place = page.get_by_label("Place", exact=True)
    expect(place).not_to_have_value("")  # a field is there a moment before its value
    typed, shown = place.input_value(), ious(page)
    page.mouse.move(*photo_point(page, 100, 100))
    page.mouse.down()
    for step in range(5):
        page.mouse.move(*photo_point(page, 100 + 90 * step, 100 + 40 * step), steps=3)
        expect(page.locator(".cells tbody td.iou")).not_to_have_text(shown)
        shown = ious(page)
    assert place.input_value() == typed
    page.mouse.up()
    expect(place).not_to_have_value(typed)


def test_the_keyboard_walks_from_cell_to_cell(page, app):
    part(page, app, "Anchors", "&case=Golden+example")
    page.locator(".cells .frame svg").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".cells .facts")).to_contain_text("column 4")
    expect(page.get_by_label("Place", exact=True)).to_have_value("321.4, 166.5")
    expect(page.locator(".cells .spoken")).to_contain_text("column 4")


def test_every_pixel_counts_two_million_by_its_formula_and_shows_both_conventions(page, app):
    part(page, app, "Anchors", "&gen=Every+pixel&photo=motorcycle")
    assert number(value(page, "Anchors").inner_text()) == 741 * 500 * 5
    expect(page.locator(".cells th.size")).to_have_count(2)
    rows = page.locator(".cells tbody tr")
    expect(rows).to_have_count(5)
    textbook, area = (rows.first.locator("td.size").nth(index).inner_text() for index in range(2))
    assert (textbook, area) == ("375 × 375", "556 × 375")
    expect(page.locator(".katex").first).to_contain_text("1,852,500")


@pytest.mark.parametrize(
    ("generator", "count"), [("Every pixel", 500 * 333 * 5), ("YOLO grid", 441), ("Pyramid", 3 * (176 + 48 + 12))]
)
def test_each_generator_lays_its_anchors(page, app, generator, count):
    part(page, app, "Anchors", "&photo=triangle")
    page.get_by_text(generator, exact=True).click()
    expect(value(page, "Anchors")).to_have_text(f"{count:,}")


# Assignment --------------------------------------------------------------------------------------------------------


def test_the_golden_example_activates_number_122(page, app):
    part(page, app, "Assignment", "&case=Golden+example")
    expect(page.get_by_text("20.5000 px away")).to_contain_text("34.0714 px")
    expect(page.get_by_text("20.5000 px away")).to_contain_text("122")
    table = page.get_by_test_id("stMarkdown").locator("table")
    assert table.locator("tbody td:last-child").all_inner_texts() == NINE
    expect(table.locator("strong")).to_have_text(["0.7454"])


def test_a_dragged_object_changes_its_assignment_and_its_text(page, app):
    part(page, app, "Assignment", "&case=Golden+example")
    typed = page.get_by_label("Objects", exact=True)
    drag(page, truth(page), 60, 0)
    expect(typed).not_to_have_value("triangle 156, 97, 351, 270")
    settled(page)
    expect(page.get_by_text("20.5000 px away")).to_have_count(0)
    expect(page.get_by_text("has its centre at")).not_to_contain_text("122")
    live = page.locator(".editor .rows .iou").first.inner_text()
    table = page.get_by_test_id("stMarkdown").locator("table strong").inner_text()
    assert number(live) == pytest.approx(float(table), abs=1e-3), "the best anchor of this object is in its own cell"


def test_the_best_iou_is_live_while_an_object_is_dragged(page, app):
    part(page, app, "Assignment", "&photo=coffee")
    frame = truth(page).bounding_box()
    assert frame
    words = page.locator(".editor .rows .iou").first
    before = words.inner_text()
    page.mouse.move(frame["x"] + 8, frame["y"] + frame["height"] * 0.7)
    page.mouse.down()
    page.mouse.move(frame["x"] - 40, frame["y"] + frame["height"] * 0.7 + 30, steps=8)
    page.wait_for_timeout(100)
    assert words.inner_text() != before
    page.mouse.up()
    settled(page)


def test_objects_are_added_and_deleted(page, app):
    part(page, app, "Assignment", "&photo=triangle")
    expect(value(page, "Objects covered")).to_have_text("1 of 1")
    page.get_by_text("Add a box", exact=True).click()
    start, end = photo_point(page, 20, 20), photo_point(page, 90, 80)
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*end, steps=6)
    page.mouse.up()
    expect(value(page, "Objects covered")).to_have_text(re.compile("of 2$"))
    page.locator(".editor .rows .delete").last.click()
    expect(value(page, "Objects covered")).to_have_text("1 of 1")
    page.locator(".editor .rows .delete").last.click()
    expect(page.get_by_text("There is no object on the photo.")).to_be_visible()


def test_a_finer_grid_takes_rivals_apart(page, app):
    part(page, app, "Assignment", "&case=Crowd")
    expect(page.get_by_text("want the same anchor", exact=False).first).to_be_visible()
    page.get_by_role("slider", name="Cells a side").focus()
    for _ in range(2):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_text("want the same anchor,", exact=False)).to_have_count(0)


def test_no_anchor_reaches_the_rocket_until_ratio_and_scale_do(page, app):
    part(page, app, "Assignment", "&case=Tall+and+thin")
    warning = page.get_by_test_id("stAlert").filter(has_text="No anchor reaches")
    expect(warning).to_contain_text("rocket (0.16)")
    page.get_by_text("More settings", exact=True).click()
    page.get_by_text("1:10", exact=True).click()
    expect(warning).to_contain_text(re.compile(r"rocket \(0\.[01]"))
    page.keyboard.press("Escape")
    high = page.get_by_role("slider", name="Scales, from and to").last
    low = page.get_by_role("slider", name="Scales, from and to").first
    for thumb, presses in ((low, 3), (high, 11)):
        thumb.focus()
        for _ in range(presses):
            page.keyboard.press("ArrowLeft")
            page.wait_for_timeout(40)
    expect(page.get_by_text("rocket", exact=True).first).to_be_visible()
    expect(page.locator(".editor .rows .iou").first).to_have_text("best IoU 0.823", timeout=15_000)
    expect(warning).not_to_contain_text("rocket")


def test_a_clicked_anchor_is_the_one_whose_offsets_are_shown_with_the_object_it_learns(page, app):
    part(page, app, "Assignment", "&photo=overlap&rule=Textbook&grid=5")
    line = page.locator(".editor .lines rect[data-kind=positive]").first
    frame = line.bounding_box()
    assert frame
    page.mouse.move(frame["x"] + 1, frame["y"] + 0.63 * frame["height"])
    tag = page.locator(".editor .tags > g:not(.named) text").first
    expect(tag).to_have_text(re.compile("IoU"))
    iou, label = re.match(r"IoU ([\d.]+) · (.+)", tag.text_content()).groups()
    page.mouse.down()
    page.mouse.up()
    page.wait_for_function("location.search.includes('anchor=')")
    index = int(re.search(r"anchor=(\d+)", page.evaluate("location.search"))[1])
    words = page.get_by_test_id("stCaptionContainer").filter(has_text=f"Anchor {index} and {label}, IoU")
    assert number(words.inner_text().partition("IoU")[2]) == pytest.approx(float(iou), abs=6e-4)
    expect(page.locator(".scrubber .legend")).to_contain_text(f"Anchor {index}, decoded")


def test_the_page_opens_on_an_anchor_that_learns(page, app):
    part(page, app, "Assignment", "&photo=cat&look=How+YOLO+decides")
    activated = page.get_by_text("has its centre at").first
    expect(activated).to_contain_text("number 220 of 441")
    page.get_by_text("What is predicted", exact=True).click()
    expect(page.locator(".scrubber .legend")).to_contain_text("Anchor 220, decoded")


def test_the_offset_slider_moves_the_anchor_onto_its_box_in_the_browser(page, app):
    part(page, app, "Assignment", "&case=Golden+example")
    page.get_by_text("What is predicted", exact=True).click()
    slider = page.get_by_role("slider", name="Share")
    place = "node => ['x', 'y', 'width', 'height'].map(name => Number(node.getAttribute(name)))"
    moving = page.locator(".scrubber .moving .line")
    slider.fill("0")
    assert moving.evaluate(place) == pytest.approx([250 - 107.14, 166.5 - 71.36, 214.29, 142.71], abs=0.1)
    slider.fill("100")
    assert moving.evaluate(place) == pytest.approx([156, 97, 195, 173], abs=0.1)
    expect(page.locator(".scrubber .now")).to_have_text("Share 1.00 of 1.00")
    expect(page.locator(".scrubber .legend")).to_contain_text("1.000")


@pytest.mark.parametrize("name", ["Anchors", "Assignment"])
@pytest.mark.parametrize("width", [390, 1024])
def test_no_part_scrolls_sideways(page, app, name, width):
    page.set_viewport_size({"width": width, "height": 844})
    part(page, app, name, "&photo=astronaut&gen=Every+pixel")
    no_sideways_scrolling(page)


def test_a_finger_drags_boxes_objects_and_cells(browser, app):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    part(page, app, "Assignment", "&photo=coffee")
    _swipe(page, truth(page), 40, 30)
    expect(page.get_by_label("Objects", exact=True)).not_to_have_value(re.compile("^cup 172, 18"))
    open_page(page, f"{app}/anchors?photo=coffee")
    page.wait_for_selector(".lab .measure")
    settled(page)
    _swipe(page, page.locator(".lab .box[data-box=B]"), 30, 40)
    expect(page.locator(".lab .spoken")).to_contain_text("CIoU")
    context.close()


def _swipe(page: Page, target: Locator, dx: float, dy: float) -> None:
    """A finger, as the browser itself feels it: it may take the touch for scrolling."""
    target.scroll_into_view_if_needed()
    frame = target.bounding_box()
    assert frame
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    session = page.context.new_cdp_session(page)
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 9):
        at = {"x": x + dx * step / 8, "y": y + dy * step / 8}
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [at]})
        page.wait_for_timeout(20)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
