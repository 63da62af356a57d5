"""Every element of our own, with the keyboard alone: Tab comes there and leaves again, and keys do what a hand does."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.pages import chosen_photo, live, open_page, settled

MOST_STOPS = 150  # of Tab, from the top of a page to the element
HERE = "node => node === node.getRootNode().activeElement"
LOOK = """node => [node, ...node.querySelectorAll('*')].map(part => {
    const told = ['', '::before', '::after'].map(name => getComputedStyle(part, name || null));
    return told.map(style => [style.outline, style.boxShadow, style.strokeWidth].join()).join();
}).join()"""  # of what can be a ring: outlines, shadows and strokes
SOMEWHERE = "() => ![document.body, document.documentElement].includes(document.activeElement)"


def there(page: Page, app: str, path: str) -> None:
    """Open a page and wait until it is there to its end."""
    page.set_default_timeout(90_000)  # a busy machine takes long for some parts
    open_page(page, f"{app}/{path}")
    expect(page.get_by_text("Send this photo to")).to_be_visible(timeout=90_000)
    settled(page)


def tab_to(page: Page, target: Locator, *, ring: Locator | None = None) -> None:
    """Press Tab until `target` has the focus, and see the ring around it, or around `ring`, which stands for it.

    It has a role and a name, and from there Tab goes on and comes back.
    """
    rings = ring or target
    expect(target).to_be_visible()
    before = rings.evaluate(LOOK)
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        if target.evaluate(HERE):
            break
    assert target.evaluate(HERE), f"Tab does not come to {target}"
    assert rings.evaluate(LOOK) != before, f"{target} has the focus, and nothing shows it"
    expect(target).to_have_accessible_name(re.compile(r"\w\w"))
    for key, back in (("Tab", "Shift+Tab"), ("Shift+Tab", "Tab")):
        page.keyboard.press(key)
        assert not target.evaluate(HERE), f"{target} keeps the focus"
        assert page.evaluate(SOMEWHERE)
        page.keyboard.press(back)
        assert target.evaluate(HERE), f"{back} does not come back to {target}"


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_another_photo_is_taken(page, app):
    there(page, app, "anchors?photo=cat")
    tray = page.get_by_test_id("stSidebar").get_by_role("radiogroup", name="Photo")
    tab_to(page, tray.locator("[aria-checked=true]"))
    press(page, "ArrowRight")
    expect(page).to_have_url(re.compile("photo=astronaut"))
    assert chosen_photo(page) == "Astronaut"


def test_two_boxes_move_and_grow_and_a_fit_is_stepped(page, app):
    there(page, app, "anchors?photo=cat")
    boxes, where = page.locator(".lab .box"), page.locator(".lab .where")
    tab_to(page, boxes.first)
    overlap, left = live(page, "iou"), where.first.inner_text()
    press(page, "ArrowRight", "Shift+ArrowDown")
    x1, y1, x2, y2 = map(int, re.findall(r"\d+", left))
    expect(where.first).to_have_text(f"({x1 + 1}, {y1}, {x2 + 1}, {y2 + 1})")
    assert live(page, "iou") != overlap
    expect(page.locator(".lab .spoken")).to_contain_text("IoU")
    tab_to(page, page.locator(".lab .measures [aria-checked=true]"))
    press(page, "ArrowDown")
    expect(page.locator(".lab")).to_have_attribute("data-shown", "giou")
    settled(page)
    slider = page.locator(".scrubber").get_by_role("slider")
    tab_to(page, slider)
    press(page, "End")
    last = slider.get_attribute("max")
    expect(page.locator(".scrubber .now")).to_have_text(re.compile(rf" {last} of {last}$"))


def test_another_cell_is_chosen_and_an_anchor_pinned(page, app):
    there(page, app, "anchors?part=Anchors&photo=cat")
    facts = page.locator(".cells .facts")
    tab_to(page, page.locator(".cells .frame svg"))
    column = int(re.findall(r"column (\d+)", facts.inner_text())[0])
    press(page, "ArrowRight")
    expect(facts).to_contain_text(f"column {column + 1}")
    expect(page.locator(".cells .spoken")).to_contain_text(f"column {column + 1}")
    settled(page)
    buttons = page.locator(".cells tbody button")
    tab_to(page, buttons.first)
    press(page, "ArrowDown", "Enter")
    expect(buttons.nth(1)).to_have_attribute("aria-pressed", "true")


def test_truth_is_moved_added_and_deleted_and_every_anchor_of_it_picked(page, app):
    there(page, app, "anchors?part=Assignment&photo=overlap&rule=Textbook&grid=5")
    editor, rows = page.locator(".editor"), page.locator(".editor .rows li[data-truth]")
    tab_to(page, editor.locator(".add"))
    count = rows.count()
    press(page, "Enter", "Enter")
    expect(rows).to_have_count(count + 1)
    settled(page)
    last = editor.locator(".truth").last
    expect(last).to_be_focused()
    press(page, "Delete")
    expect(rows).to_have_count(count)
    settled(page)
    page.keyboard.press("Shift+Tab")
    first = editor.locator(".truth").first
    tab_to(page, first, ring=editor.locator(".outlines > g").first)
    press(page, "Enter")
    picked = editor.locator(".spoken")
    expect(picked).to_contain_text("Picked: IoU")
    settled(page)
    best = page.url
    press(page, "Enter")
    page.wait_for_function("best => location.href !== best && location.search.includes('anchor=')", arg=best)
    settled(page)
    before = rows.first.inner_text()
    press(page, "Shift+ArrowRight")
    expect(rows.first).not_to_have_text(before)


def test_suppression_is_stepped_and_a_box_asked_about(page, app):
    there(page, app, "nms")
    race, photo = page.locator(".nms"), page.locator(".nms .photo").first
    tab_to(page, photo)
    press(page, "Home", "ArrowRight")
    expect(race).to_have_attribute("data-decisions", "1")
    press(page, "ArrowDown")
    expect(race).to_have_attribute("data-picked", re.compile(r"\d"))
    settled(page)
    picked = race.get_attribute("data-picked")
    tab_to(page, race.get_by_role("listbox"))
    press(page, "ArrowDown")
    expect(race).not_to_have_attribute("data-picked", str(picked))
    press(page, "Escape")
    expect(race).to_have_attribute("data-picked", "")


def test_a_box_that_was_found_is_picked(page, app):
    there(page, app, "detector")
    found = page.locator(".found")
    tab_to(page, found.get_by_role("listbox"))
    press(page, "ArrowDown")
    expect(found).to_have_attribute("data-picked", re.compile("."))
    expect(found.locator(".spoken")).to_contain_text("is picked")
    settled(page)
    press(page, "Escape")
    expect(found).to_have_attribute("data-picked", "")


def test_a_cell_of_the_network_is_picked_and_one_of_its_anchors(page, app):
    there(page, app, "detector?part=Inside+the+grid&photo=cat")
    grids = page.locator(".grids")
    tab_to(page, grids.locator(".frame svg").first)
    head, row, column, _ = (grids.get_attribute("data-picked") or "").split(",")
    press(page, "ArrowUp")
    expect(grids).to_have_attribute("data-picked", re.compile(rf"^{head},{int(row) - 1},{column},"))
    settled(page)
    tab_to(page, grids.locator("tbody [aria-pressed=true]"))
    anchor = int((grids.get_attribute("data-picked") or "").split(",")[3])
    press(page, "ArrowUp" if anchor else "ArrowDown")
    expect(grids).to_have_attribute("data-picked", re.compile(rf",{anchor - 1 if anchor else 1}$"))


def test_a_verdict_is_asked_for_on_the_photo_and_in_the_list(page, app):
    there(page, app, "detector?part=How+good+is+it%3F&photo=cat")
    rows = page.locator(".verdicts .list button")
    tab_to(page, page.locator(".verdicts .photo"))
    press(page, "ArrowDown", "ArrowDown")
    expect(rows.nth(1)).to_have_attribute("aria-pressed", "true")
    press(page, "Escape")
    expect(rows.nth(1)).to_have_attribute("aria-pressed", "false")
    settled(page)
    tab_to(page, rows.first)
    press(page, "Enter")
    expect(rows.first).to_have_attribute("aria-pressed", "true")


def test_a_point_of_a_class_map_is_read_its_edge_moved_and_a_class_hidden(page, app):
    there(page, app, "segmenter?photo=cat")
    shell = page.locator(".classes:visible").first
    tab_to(page, shell.locator(".stage"))
    x, y = map(int, (shell.get_attribute("data-point") or "").split(","))
    press(page, "ArrowRight")
    expect(shell).not_to_have_attribute("data-point", f"{x},{y}")
    expect(shell.locator(".spoken")).to_contain_text("%")
    tab_to(page, shell.get_by_role("slider", name=re.compile("^Edge")))
    press(page, "Home", "PageUp")
    expect(shell).to_have_attribute("data-edge", "0.1")
    row = shell.locator(".legend button").first
    tab_to(page, row)
    press(page, "Space")
    expect(row).to_have_attribute("aria-pressed", "false")
    expect(shell).to_have_attribute("data-off", re.compile("."))


def test_the_glass_moves_over_the_depths(page, app):
    there(page, app, "segmenter?part=Resolution&photo=cat")
    depths = page.locator(".depths")
    tab_to(page, depths.locator(".whole").first)
    before = depths.locator(".readout").inner_text()
    press(page, "ArrowRight")
    expect(depths.locator(".readout")).not_to_have_text(before)
    expect(depths.locator(".spoken")).to_contain_text(":")


def test_products_are_laid_down_a_sum_read_and_a_patch_moved(page, app):
    there(page, app, "segmenter?part=Transposed+convolution&photo=cat")
    lay = page.locator(".lay")
    tab_to(page, lay.locator("canvas"))
    press(page, "Home", "ArrowRight")
    expect(lay).to_have_attribute("data-taken", "1")
    press(page, "Shift+ArrowRight", "Shift+ArrowRight")
    expect(lay.locator(".readout")).to_have_text(re.compile(r"^Row 0, column 1: "))
    settled(page)
    patch = page.locator(".patch svg")
    tab_to(page, patch)
    before = patch.get_attribute("data-at")
    press(page, "ArrowRight")
    expect(patch).not_to_have_attribute("data-at", str(before))


def test_another_tile_is_chosen(page, app):
    there(page, app, "segmenter?part=Tiles&photo=cat")
    tiled = page.locator(".tiled")
    tab_to(page, tiled.locator("svg"))
    press(page, "Home", "ArrowRight")
    expect(tiled.locator(".facts")).to_contain_text("Tile 2 of")
    expect(page.get_by_role("heading", name=re.compile("^Tile 2 of"))).to_be_visible()


def test_a_mask_is_painted_in_one_stroke_and_its_errors_hidden(page, app):
    there(page, app, "segmenter?part=Grade+it&judge_truth=Painted&photo=coffee")
    painter = page.locator(".painter")
    tab_to(page, painter.locator(".stage"))
    empty = painter.get_attribute("data-shown")
    press(page, "Space")
    expect(painter).not_to_have_attribute("data-shown", str(empty))
    spot = painter.get_attribute("data-shown")
    press(page, "Enter", "Shift+ArrowRight", "Shift+ArrowRight", "Shift+ArrowDown", "Enter")
    expect(painter).not_to_have_attribute("data-shown", str(spot))
    expect(painter).to_have_attribute("data-down", "false")
    expect(page.get_by_text(re.compile(r"of its [\d,]+ px"))).to_be_visible()
    settled(page)
    press(page, "Control+z")
    expect(painter).to_have_attribute("data-shown", str(spot))
    settled(page)
    layer = page.locator(".errors .legend button").first
    shown = layer.get_attribute("aria-pressed")
    tab_to(page, layer)
    press(page, "Space")
    expect(layer).not_to_have_attribute("aria-pressed", str(shown))


def test_a_veil_is_wiped_and_a_film_moved(page, app):
    there(page, app, "saliency?photo=cat")
    wipe, film = page.locator(".wipe").first, page.locator(".film").last
    tab_to(page, wipe.get_by_role("slider", name=re.compile("^Edge")))
    press(page, "Home", "PageUp")
    expect(wipe).to_have_attribute("data-position", "0.1")
    settled(page)
    expect(film).to_have_attribute("data-ready", "true")
    tab_to(page, film.get_by_role("slider"))
    press(page, "Home", "ArrowRight")
    expect(film).to_have_attribute("data-frame", "1")


def test_another_pair_of_maps_is_picked_in_a_matrix(page, app):
    there(page, app, "style?part=Look+inside&photo=cat")
    matrices = page.locator(".matrices[data-picked]")
    tab_to(page, matrices.locator(".frame").first)
    row, column = map(int, (matrices.get_attribute("data-picked") or "").split(","))
    press(page, "ArrowRight")
    expect(matrices).to_have_attribute("data-picked", f"{row},{column + 1}")
    expect(matrices.locator(".spoken")).to_contain_text(f"{column + 1}")
