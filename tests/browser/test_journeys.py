"""Journeys through the app as a visitor makes them: first start, deep links, own photos, page switches, themes."""

from __future__ import annotations

import io

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.pages import box, chosen_photo, drag, live, no_sideways_scrolling, open_page, settled
from tests.browser.server import serving

PAGES = ("/", "/anchors", "/models")


def rotated_jpeg() -> bytes:
    """A photo 300 wide and 200 high, red on its left, stored lying on its side with EXIF orientation 6."""
    upright = Image.new("RGB", (300, 200), (20, 60, 200))
    upright.paste((220, 30, 30), (0, 0, 150, 200))
    stored = upright.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    file = io.BytesIO()
    stored.save(file, "JPEG", exif=exif, quality=95)
    return file.getvalue()


def upload(page: Page, name: str, data: bytes) -> None:
    """Give a file to the uploader in the sidebar."""
    sidebar = page.get_by_test_id("stSidebar")
    uploader = page.locator("input[type=file]")
    if not uploader.count():
        sidebar.get_by_text("Your photo").click()
        uploader.first.wait_for(state="attached")
    uploader.first.set_input_files({"name": name, "mimeType": "application/octet-stream", "buffer": data})


def test_a_deep_link_works_on_a_fresh_server(browser: Browser, empty_home):
    """The first page that a new server ever sees is not its entry point."""
    with serving(TORCH_HOME=str(empty_home)) as url:
        page = browser.new_page()
        open_page(page, f"{url}/anchors?photo=rocket&a=300,100,340,420")
        expect(page.locator("h1")).to_have_text("Anchors & IoU")
        page.wait_for_selector(".lab .measure")
        settled(page)
        assert chosen_photo(page) == "Rocket"
        expect(page.get_by_label("Box A", exact=True)).to_have_value("300,100,340,420")
        menu = page.get_by_test_id("stSidebar").get_by_test_id("stPageLink-NavLink")
        expect(menu).to_contain_text(["Overview", "Anchors & IoU", "NMS", "Models"])
        page.close()


def test_the_first_start_without_a_network_shows_what_the_bundled_one_sees_and_says_what_is_missing(page, app):
    open_page(page, app)
    expect(page.get_by_alt_text("The photo under a heat map of the class cat")).to_be_visible(timeout=60_000)
    expect(page.get_by_alt_text("Anchors & IoU on this photo")).to_be_visible()
    expect(page.get_by_alt_text("NMS on this photo")).to_be_visible()
    open_page(page, f"{app}/?model=mobilenet_v3_large")
    expect(
        page.get_by_text("MobileNetV3 Large is not on this server yet: 21.1 MB from download.pytorch.org.")
    ).to_be_visible()
    expect(page.get_by_alt_text("The photo under a heat map of the class cat")).to_be_visible()
    page.get_by_role("button", name="Download, 21.1 MB").click()
    expect(page.get_by_text("This server can't reach download.pytorch.org.")).to_be_visible(timeout=60_000)
    expect(page.get_by_alt_text("The photo under a heat map of the class cat")).to_be_visible()
    expect(page.get_by_alt_text("Anchors & IoU on this photo")).to_be_visible()


@pytest.mark.weights
def test_a_network_looks_at_the_photo(page, app_with_weights):
    open_page(page, f"{app_with_weights}/?model=squeezenet1_1")
    expect(page.get_by_text("Egyptian cat", exact=True)).to_be_visible(timeout=60_000)
    expect(page.get_by_alt_text("The photo under a heat map of the class Egyptian cat")).to_be_visible()
    page.get_by_test_id("stSidebar").locator("img[alt=Coffee]").click()
    expect(page.get_by_text("espresso", exact=True)).to_be_visible()


def test_an_uploaded_photo_with_exif_rotation_stands_upright(page, app):
    open_page(page, f"{app}/anchors")
    page.wait_for_selector(".lab .measure")
    settled(page)
    upload(page, "holiday.jpg", rotated_jpeg())
    expect(page.get_by_test_id("stSidebar").get_by_text("Photo · holiday.jpg")).to_be_visible()
    settled(page)
    svg = page.locator(".lab svg")
    expect(svg).to_have_attribute("viewBox", "0 0 300 200")
    left, right = page.evaluate(
        """async (url) => {
            const image = new Image();
            image.src = url;
            await image.decode();
            const canvas = new OffscreenCanvas(image.width, image.height), brush = canvas.getContext("2d");
            brush.drawImage(image, 0, 0);
            return [0.2, 0.8].map((x) => [...brush.getImageData(image.width * x, image.height / 2, 1, 1).data]);
        }""",
        page.locator(".lab svg image").get_attribute("href"),
    )
    assert left[0] > 180 > left[2], "red is on the left"
    assert right[2] > 150 > right[0], "blue is on the right"


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("notes.png", b"these are my notes, not a photo", "notes.png"),
        ("half.jpg", rotated_jpeg()[:900], "half.jpg"),
        ("dot.png", None, "dot.png"),
    ],
)
def test_a_broken_file_is_explained_and_everything_else_keeps_working(page, app, name, data, words):
    if data is None:
        file = io.BytesIO()
        Image.new("RGB", (1, 1)).save(file, "PNG")
        data = file.getvalue()
    open_page(page, f"{app}/anchors?photo=coffee")
    page.wait_for_selector(".lab .measure")
    settled(page)
    upload(page, name, data)
    alert = page.get_by_test_id("stAlert").filter(has_text=words)
    expect(alert.first).to_be_visible()
    assert "Traceback" not in alert.first.inner_text()
    page.keyboard.press("Escape")
    assert chosen_photo(page) == "Coffee"
    before = live(page, "iou")
    drag(page, box(page, "B"), -40, 0)
    settled(page)
    assert live(page, "iou") != before
    page.get_by_test_id("stSidebar").locator("img[alt=Rocket]").click()
    expect(page.get_by_test_id("stSidebar").get_by_text("Photo · Rocket")).to_be_visible()


def test_a_photo_from_the_camera_is_chosen(camera_browser, app):
    page = camera_browser.new_page()
    open_page(page, f"{app}/anchors")
    page.wait_for_selector(".lab .measure")
    settled(page)
    page.get_by_test_id("stSidebar").get_by_text("Your photo").click()
    page.get_by_text("Camera", exact=True).click()
    page.wait_for_function("document.querySelector('video')?.readyState >= 2")
    page.get_by_test_id("stCameraInputButton").click()
    expect(page.get_by_test_id("stSidebar").get_by_text("Photo · camera")).to_be_visible()
    settled(page)
    assert chosen_photo(page).startswith("camera")


def test_several_files_at_once_are_all_kept(page, app):
    open_page(page, f"{app}/anchors")
    page.wait_for_selector(".lab .measure")
    settled(page)
    page.get_by_test_id("stSidebar").get_by_text("Your photo").click()
    files = []
    for name, colour in (("one.png", "red"), ("two.png", "green")):
        file = io.BytesIO()
        Image.new("RGB", (40, 30), colour).save(file, "PNG")
        files.append({"name": name, "mimeType": "image/png", "buffer": file.getvalue()})
    page.locator("input[type=file]").first.set_input_files(files)
    expect(page.get_by_test_id("stSidebar").get_by_text("Photo · two.png")).to_be_visible()
    expect(page.get_by_test_id("stSidebar").locator("img[alt='one.png']")).to_have_count(1)
    page.get_by_role("button", name="Forget my photos").click()
    expect(page.get_by_test_id("stSidebar").get_by_text("Photo · Cat")).to_be_visible()
    expect(page.locator("img[alt='one.png']")).to_have_count(0)


def test_another_page_and_back_keeps_photo_and_settings(page, app):
    open_page(page, f"{app}/anchors")
    page.wait_for_selector(".lab .measure")
    settled(page)
    upload(page, "holiday.jpg", rotated_jpeg())
    expect(page.get_by_test_id("stSidebar").get_by_text("Photo · holiday.jpg")).to_be_visible()
    settled(page)
    page.keyboard.press("Escape")
    drag(page, box(page, "B"), 30, -20)
    settled(page)
    typed = page.get_by_label("Box B", exact=True).input_value()
    menu = page.get_by_test_id("stSidebar").get_by_test_id("stPageLink-NavLink")
    menu.filter(has_text="Overview").click()
    expect(page.locator("h1")).to_have_text("See how vision networks see")
    settled(page)
    assert chosen_photo(page) == "holiday.jpg"
    menu.filter(has_text="Anchors").click()
    page.wait_for_selector(".lab .measure")
    settled(page)
    assert chosen_photo(page) == "holiday.jpg"
    expect(page.get_by_label("Box B", exact=True)).to_have_value(typed)


def test_the_back_button_returns_to_the_photo_before(page, app):
    open_page(page, f"{app}/anchors?photo=coffee")
    page.wait_for_selector(".lab .measure")
    settled(page)
    page.get_by_test_id("stSidebar").locator("img[alt=Rocket]").click()
    page.wait_for_url("**photo=rocket*")
    settled(page)
    page.go_back()
    expect(page.get_by_test_id("stSidebar").get_by_text("Photo · Coffee")).to_be_visible()


def test_the_back_button_returns_to_the_boxes_of_the_photo_before(page, app):
    open_page(page, f"{app}/anchors?photo=coffee&b=100,100,200,200")
    page.wait_for_selector(".lab .measure")
    settled(page)
    page.get_by_test_id("stSidebar").locator("img[alt=Rocket]").click()
    expect(page.get_by_test_id("stSidebar").get_by_text("Photo · Rocket")).to_be_visible()
    expect(page.get_by_label("Box B", exact=True)).not_to_have_value("100,100,200,200")
    settled(page)
    for _ in range(3):  # one choice may leave two entries: the photo, and the boxes made for it
        if "photo=coffee" not in page.evaluate("location.href"):
            page.go_back()
            settled(page)
    expect(page.get_by_test_id("stSidebar").get_by_text("Photo · Coffee")).to_be_visible()
    expect(page.get_by_label("Box B", exact=True)).to_have_value("100,100,200,200")


def test_the_last_of_several_quick_choices_wins(page, app):
    open_page(page, f"{app}/anchors?photo=coffee")
    page.wait_for_selector(".lab .measure")
    settled(page)
    for name in ("Rocket", "Cat", "Astronaut", "Crowd"):
        page.get_by_test_id("stSidebar").locator(f"img[alt={name}]").click(no_wait_after=True)
    expect(page.get_by_test_id("stSidebar").get_by_text("Photo · Crowd")).to_be_visible()
    settled(page)
    assert chosen_photo(page) == "Crowd"
    page.wait_for_url("**photo=crowd*")


def test_nonsense_in_the_address_is_explained_and_the_page_works(page, app):
    open_page(
        page,
        f"{app}/anchors?photo=zebra&a=junk&b=1,2,99999,4&steps=1e9&rate=-3&step=-1&try=%00&from=x&hide=%3Cscript%3E",
    )
    page.wait_for_selector(".lab .measure")
    settled(page)
    expect(page.get_by_text("There is no sample photo called “zebra”.").first).to_be_visible()
    expect(page.get_by_text("Box A needs four numbers").first).to_be_visible()
    expect(page.get_by_text("Box B must lie on the photo").first).to_be_visible()
    drag(page, box(page, "B"), 20, 20)
    settled(page)
    expect(page.get_by_text("Box B must lie on the photo")).to_have_count(0)


def test_two_visitors_do_not_see_each_others_photos(browser, app):
    first, second = browser.new_context().new_page(), browser.new_context().new_page()
    for visitor in (first, second):
        open_page(visitor, f"{app}/anchors")
        visitor.wait_for_selector(".lab .measure")
        settled(visitor)
    upload(first, "mine.jpg", rotated_jpeg())
    expect(first.get_by_test_id("stSidebar").get_by_text("Photo · mine.jpg")).to_be_visible()
    second.get_by_test_id("stSidebar").locator("img[alt=Rocket]").click()
    expect(second.get_by_test_id("stSidebar").get_by_text("Photo · Rocket")).to_be_visible()
    assert chosen_photo(first) == "mine.jpg"
    assert second.locator("img[alt='mine.jpg']").count() == 0
    for visitor in (first, second):
        visitor.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_both_themes_are_readable(browser, app, path, scheme):
    context = browser.new_context(color_scheme=scheme, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    open_page(page, app + path)
    settled(page)
    ink, ground = page.evaluate(
        """() => [getComputedStyle(document.querySelector('h1')).color,
                  getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor]"""
    )
    assert contrast(ink, ground) > 12
    assert (luminance(ground) > 0.5) == (scheme == "light")
    context.close()


@pytest.mark.parametrize("width", [390, 1024, 1440])
@pytest.mark.parametrize("path", PAGES)
def test_no_page_scrolls_sideways(browser, app, path, width):
    context = browser.new_context(viewport={"width": width, "height": 844})
    page = context.new_page()
    open_page(page, app + path)
    settled(page)
    no_sideways_scrolling(page)
    context.close()


def test_on_a_phone_the_photo_is_chosen_under_the_title(browser, app):
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    open_page(page, f"{app}/anchors")
    page.wait_for_selector(".lab .measure")
    settled(page)
    page.get_by_text("Photo: Cat").tap()
    page.get_by_test_id("stPopoverBody").locator("img[alt=Coffee]").tap()
    expect(page.get_by_text("Photo: Coffee")).to_be_visible()
    assert live(page, "iou") > 0
    context.close()


def test_every_picture_has_words_for_those_who_cannot_see_it(page, app):
    for path in PAGES:
        open_page(page, app + path)
        settled(page)
        without = page.evaluate(
            "[...document.querySelectorAll('[data-testid=stMain] img')].filter(image => !image.alt).length"
        )
        assert without == 0


def test_a_card_of_the_overview_is_one_link_and_nothing_else(page, app):
    open_page(page, app)
    settled(page)
    card = page.locator(".st-key-card-nms")
    card.hover()
    expect(card.get_by_role("link")).to_have_count(1)
    expect(card.get_by_role("button")).to_have_count(0)  # none that the link covers, and that a key would still find
    card.locator("img").click(force=True)  # the link lies over the picture
    expect(page.locator("h1")).to_have_text("NMS")


def luminance(colour: str) -> float:
    """Relative luminance of a CSS colour `rgb(r, g, b)`, as WCAG 2.2 defines it."""
    channels = [int(value) / 255 for value in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    """Contrast ratio of two CSS colours, 1 to 21."""
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)
