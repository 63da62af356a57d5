"""Journeys in the view Transposed convolution: products are laid down in the browser, with the sums that Python has."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

from core.experiments.transposing import transposing
from core.segmentation.transposed_settings import TransposeSettings
from tests.browser.pages import drag, metric, no_sideways_scrolling, open_page, settled
from ui.components import overlap_add as component
from ui.components import script

FIRST_RUN = 60_000
MODULE = script(*(component._HERE / f"{name}.js" for name in ("sums", "painter", "overlap_add")))
CALL = """async ([source, name, scene, given]) => {
    const module = await import(URL.createObjectURL(new Blob([source], { type: "text/javascript" })));
    const made = module[name](module.readTrace(scene), ...given);
    return made?.sums ? { ...made, sums: [...made.sums], counts: [...made.counts] } : made;
}"""


def view(page: Page, app: str, query: str = "") -> Locator:
    """The products of the page with that query, once it is there to its end."""
    open_page(page, f"{app}/segmenter?part=Transposed+convolution{query}")
    expect(page.get_by_text("Send this photo to")).to_be_visible(timeout=FIRST_RUN)
    settled(page)
    lay = page.locator(".lay")
    expect(lay).to_have_attribute("data-taken", re.compile(r"\d"))
    return lay


def rests(lay: Locator, taken: int) -> None:
    """So many products are laid down, and nothing moves."""
    expect(lay).to_have_attribute("data-taken", str(taken))
    expect(lay).to_have_attribute("data-moving", "false")


def current(lay: Locator) -> list[str]:
    """The lines of the loop that are executed now."""
    return [words.strip() for words in lay.locator(".code li[aria-current]").all_inner_texts()]


def point(lay: Locator, row: int, column: int, cells: int = 3) -> tuple[float, float]:
    """The middle of a place of the square output on the screen, which fills the canvas below its title."""
    frame = lay.locator("canvas").bounding_box()
    assert frame
    room = min(max((frame["width"] - 40) * 0.19, 100), 150)
    left, cell = 2 * room + 60, min((frame["width"] - 2 * room - 60) / cells, (2 * room + 44) / cells, 110)
    return frame["x"] + left + (column + 0.5) * cell, frame["y"] + 24 + (row + 0.5) * cell


def test_it_opens_with_the_courses_example_complete(page, app):
    lay = view(page, app)
    rests(lay, 4)
    expect(lay.locator(".said")).to_contain_text("Product 4 of 4: the input at row 1, column 1 is 3")
    assert current(lay) == ["Y[i*s : i*s+h, j*s : j*s+w] += X[i, j] * K", "Y[1 : 3, 1 : 3] += 3 * K", "return Y"]
    assert metric(page, "Products") == 4


def test_arrow_keys_step_and_the_link_keeps_the_step(page, app):
    lay = view(page, app)
    lay.locator("canvas").focus()
    page.keyboard.press("Home")
    rests(lay, 0)
    assert current(lay) == ["Y = zeros(3, 3)"]
    page.keyboard.press("ArrowRight")
    rests(lay, 1)
    page.keyboard.press("ArrowRight")
    rests(lay, 2)
    assert "Y[0 : 2, 1 : 3] += 1 * K" in current(lay)
    expect(page).to_have_url(re.compile("lay-step=2"))
    settled(page)
    page.reload()
    expect(page.locator(".lay")).to_have_attribute("data-taken", "2", timeout=FIRST_RUN)


def test_a_place_is_read_by_pointer_and_by_keys_without_a_message(page, app):
    lay = view(page, app)
    page.mouse.move(*point(lay, 1, 1))
    readout = lay.locator(".readout")
    expect(readout).to_have_text("Row 1, column 1: 0 · 3 + 1 · 2 + 2 · 1 + 3 · 0 = 4.")
    page.mouse.move(*point(lay, 2, 1))
    expect(readout).to_have_text("Row 2, column 1: 2 · 3 + 3 · 2 = 12.")
    page.mouse.move(2, 2)
    expect(readout).to_contain_text("Point at a place")
    lay.locator("canvas").focus()
    for _ in range(3):
        page.keyboard.press("Shift+ArrowRight")
    expect(readout).to_contain_text("Row 0, column 2: 1 · 1 = 1.")
    page.keyboard.press("Escape")
    expect(readout).to_contain_text("Point at a place")


def test_the_slider_scrubs_and_play_lays_all_products_down_while_it_stays_smooth(page, app):
    lay = view(page, app, "&lay=Checkerboard")
    slider = lay.get_by_role("slider", name="Products laid down")
    slider.focus()
    page.keyboard.press("Home")
    rests(lay, 0)
    lay.get_by_role("button", name="Play").click()
    frames = page.evaluate(
        """async () => {
            const times = [];
            await new Promise((done) => {
                const frame = (now) => { times.push(now); if (now - times[0] > 2000) done(); else requestAnimationFrame(frame); };
                requestAnimationFrame(frame);
            });
            return times;
        }"""
    )
    lay.get_by_role("button", name="Pause").click()
    taken = int(lay.get_attribute("data-taken") or 0)
    assert 1 <= taken < 25
    assert float(np.median(np.diff(frames))) < 25, "ms of a frame"
    expect(page).to_have_url(re.compile("lay-step="))
    rests(lay, taken)
    slider.focus()
    page.keyboard.press("End")
    rests(lay, 25)


def test_the_play_button_ends_with_the_last_product(page, app):
    lay = view(page, app, "&lay-step=3")
    lay.get_by_role("button", name="Play").click()
    expect(lay.get_by_role("button", name="Pause")).to_be_visible()
    rests(lay, 4)
    expect(lay.get_by_role("button", name="Play")).to_be_visible()
    expect(lay.get_by_role("button", name="Step on")).to_be_disabled()


def test_a_preset_and_typed_numbers_change_what_is_laid_down(page, app):
    lay = view(page, app)
    page.get_by_text("Stride 2", exact=True).click()
    expect(lay.locator(".code li").first).to_have_text("Y = zeros(4, 4)")
    settled(page)
    assert metric(page, "Places with overlap") == 0
    field = page.get_by_label("Input", exact=True)
    field.fill("1 2 3; 4 5 6")
    field.press("Enter")
    expect(lay.locator(".code li").first).to_have_text("Y = zeros(4, 6)")
    rests(lay, 6)
    field.fill("1 2 3; 4 5")
    field.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Row 2 of the input has 2 numbers")
    rests(lay, 6)


def test_a_prediction_comes_before_the_products(page, app):
    lay = view(page, app, "&lay=How+large%3F")
    expect(lay).to_have_attribute("data-veiled", "true")
    expect(lay.get_by_role("button", name="Play")).to_be_disabled()
    expect(lay.locator(".said")).to_contain_text("Guess first")
    page.get_by_role("button", name="Reveal").click()
    expect(lay).to_have_attribute("data-veiled", "false")
    expect(lay.locator(".code li").last).to_have_text("return Y[1 : 6, 1 : 6]")


def test_the_patch_moves_by_pointer_and_by_keys_and_stays_on_the_photo(page, app):
    view(page, app)
    patch = page.locator(".patch svg")
    patch.scroll_into_view_if_needed()
    before = patch.get_attribute("data-at")
    drag(page, patch, 2000, 2000)
    expect(patch).to_have_attribute("data-at", f"{451 - 32},{300 - 32}")
    expect(page).to_have_url(re.compile(r"lay-at=419(%2C|,)268"))
    patch.focus()
    page.keyboard.press("ArrowLeft")
    expect(patch).to_have_attribute("data-at", "411,268")
    expect(page).to_have_url(re.compile(r"lay-at=411(%2C|,)268"))
    settled(page)
    assert metric(page, "Largest difference inside") == 0
    assert before not in (None, "411,268")


def test_a_phone_shows_the_output_below_without_sideways_scrolling(page, app):
    page.set_viewport_size({"width": 390, "height": 844})
    lay = view(page, app, "&lay=Bilinear")
    no_sideways_scrolling(page)
    canvas, side = lay.locator("canvas").bounding_box(), lay.locator(".side").bounding_box()
    assert canvas
    assert side
    assert canvas["y"] + canvas["height"] <= side["y"]
    assert canvas["width"] <= 390


def scene(settings: TransposeSettings) -> dict[str, object]:
    return {name: getattr(settings, name) for name in ("input", "kernel", "stride", "padding")}


def grid(rows: int, columns: int, seed: int) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(row) for row in np.random.default_rng(seed).normal(size=(rows, columns)).tolist())


@pytest.mark.parametrize(("stride", "padding"), [(1, 0), (2, 1), (3, 2), (16, 0)])
def test_the_browsers_sums_are_those_of_python_to_the_last_digit(page, app, stride, padding):
    page.goto(app)
    settings = TransposeSettings(input=grid(12, 7, 0), kernel=grid(5, 16, 1), stride=stride, padding=padding)
    found = transposing(settings)
    made = page.evaluate(CALL, [MODULE, "sumAfter", scene(settings), [84]])
    assert made["sums"] == found.whole.flatten().tolist()
    assert made["counts"] == found.reached.flatten().tolist()


@pytest.mark.parametrize("count", [0, 1, 5, 11])
def test_the_first_products_are_those_of_the_first_numbers(page, app, count):
    page.goto(app)
    settings = TransposeSettings(input=grid(3, 4, 2), kernel=grid(3, 3, 3), stride=2)
    numbers = np.array(settings.input).flatten()
    numbers[count:] = 0
    rest = tuple(tuple(row) for row in numbers.reshape(3, 4).tolist())
    made = page.evaluate(CALL, [MODULE, "sumAfter", scene(settings), [count]])
    expected = transposing(TransposeSettings(input=rest, kernel=settings.kernel, stride=2)).whole
    np.testing.assert_allclose(made["sums"], expected.flatten(), atol=1e-12)
