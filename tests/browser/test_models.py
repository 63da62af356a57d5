"""Journeys with the networks of the lab: choosing one, fetching it over a slow or wrong line, trying and unloading it."""

from __future__ import annotations

import hashlib
import io
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
import torchvision
from playwright.sync_api import Locator, Page, expect

from core.images.styles import style_picture
from core.zoo.catalog import card
from core.zoo.model_card import ModelCard
from core.zoo.painters import ROWS as PAINTERS
from core.zoo.painters import style_of
from tests.browser.pages import metric, no_sideways_scrolling, open_page, settled, take_photo
from tests.browser.server import ROOT, serving
from tests.core.zoo.conftest import Server, begin_rest

LAB, TRUNK, SQUEEZENET = card("lab-classifier"), card("lab-trunk"), card("squeezenet1_1")
FIRST_RUN = 60_000  # ms: a fresh server imports torch first
PIECE, PAUSE = 8192, 0.1  # bytes and seconds: a minute for SqueezeNet, if nobody hurries
STAND_IN = '''"""For this server, SqueezeNet's card tells of a file that the test made."""

from dataclasses import replace

from core.zoo import classifiers

told = replace(classifiers.SQUEEZENET, digest={digest!r}, size={size})
classifiers.ROWS = tuple(told if row is classifiers.SQUEEZENET else row for row in classifiers.ROWS)
classifiers.SQUEEZENET = told
'''


@pytest.fixture(scope="session")
def weights() -> bytes:
    """A file with random weights of SqueezeNet 1.1."""
    with torch.random.fork_rng():
        torch.manual_seed(0)
        network = torchvision.models.squeezenet1_1()
    file = io.BytesIO()
    torch.save(network.state_dict(), file)
    return file.getvalue()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """The TORCH_HOME of a server that nobody else uses."""
    return tmp_path / "torch_home"


@pytest.fixture
def fresh(home: Path) -> Iterator[str]:
    """The app on a new server with nothing but what ships with the lab."""
    with serving(TORCH_HOME=str(home)) as url:
        yield url


@pytest.fixture
def mirrored(mirror: Server, weights: bytes, home: Path, tmp_path: Path) -> Iterator[str]:
    """The app on a new server that downloads from `mirror` and takes `weights` for SqueezeNet's."""
    startup = tmp_path / "startup"
    startup.mkdir()
    digest = hashlib.sha256(weights).hexdigest()
    (startup / "sitecustomize.py").write_text(STAND_IN.format(digest=digest, size=len(weights)))
    path = os.pathsep.join((str(startup), str(ROOT)))
    with serving(TORCH_HOME=str(home), VISION_LAB_MIRROR=mirror.base, PYTHONPATH=path) as url:
        yield url


def drip(mirror: Server, body: bytes) -> None:
    """Send what is asked for, slowly, until `mirror.release` is set."""

    def answer(handler) -> None:
        for place in range(begin_rest(handler, body), len(body), PIECE):
            handler.wfile.write(body[place : place + PIECE])
            mirror.release.wait(PAUSE)

    mirror.answer = answer


def files(home: Path) -> set[str]:
    """What lies where downloads go, but for the lock of a download that failed."""
    return {path.name for path in (home / "hub/checkpoints").iterdir() if path.suffix != ".lock"}


def heat_map(page: Page) -> Locator:
    """The photo as the classifier in use sees it."""
    return page.get_by_alt_text(re.compile("^The photo under a heat map of the class "))


def picture(page: Page) -> str:
    """The address of the heat map: another answer has another one."""
    source = heat_map(page).get_attribute("src")
    assert source
    return source


def another_photo_works(page: Page, name: str) -> None:
    """Choose a photo, and the network in use answers."""
    before = picture(page)
    take_photo(page, name)
    expect(page.get_by_test_id("stSidebar").get_by_text(f"Photo · {name}")).to_be_visible()
    expect(heat_map(page)).not_to_have_attribute("src", before)
    expect(heat_map(page)).to_be_visible()


def choose(page: Page, title: str) -> None:
    """Choose a network in the picker."""
    page.get_by_role("combobox", name="Network").click()
    page.get_by_role("option", name=title).click()


def answers(page: Page, network: ModelCard) -> Locator:
    """The line above the guesses of a classifier."""
    return page.get_by_text(f"{network.title} · 5 of {network.class_count:,} classes")


def download(page: Page) -> Locator:
    """The button that fetches SqueezeNet."""
    return page.get_by_role("button", name="Download, 4.7 MB")


def progress(page: Page) -> Locator:
    """How far a download is."""
    return page.get_by_test_id("stProgress")


def row(page: Page, network: ModelCard) -> Locator:
    """The row of a network on the page Models."""
    return page.locator(f".st-key-row-{network.key}")


def maps(page: Page, layer: str) -> Locator:
    """The feature maps that a trial of the lab's trunk shows."""
    return page.get_by_alt_text(f"The strongest feature maps of layer {layer} on this photo")


def memory(*networks: ModelCard) -> float:
    """Megabytes of weights as float32."""
    return sum(4 * network.parameters for network in networks) / 2**20


def loaded(network: ModelCard) -> re.Pattern[str]:
    """What a row says of a network that some device keeps."""
    return re.compile(rf"loaded on .*, {memory(network):.1f} MB")


# Fetching ----------------------------------------------------------------------------------------------------------


def test_an_offline_server_says_so_and_the_network_before_goes_on(page, empty_home):
    with serving(TORCH_HOME=str(empty_home), VISION_LAB_OFFLINE="1") as url:
        open_page(page, url)
        expect(answers(page, LAB)).to_be_visible(timeout=FIRST_RUN)
        before = picture(page)
        choose(page, "SqueezeNet 1.1")
        expect(page.get_by_text("SqueezeNet 1.1 is not on this server, and it works offline.")).to_be_visible()
        expect(page.get_by_text(SQUEEZENET.file)).to_be_visible()
        expect(download(page)).to_have_count(0)
        expect(answers(page, LAB)).to_be_visible()
        assert picture(page) == before
        another_photo_works(page, "Coffee")
        expect(answers(page, LAB)).to_be_visible()


def test_where_the_host_cannot_be_reached_the_page_works_on_and_the_download_is_still_offered(page, app):
    open_page(page, app)
    expect(answers(page, LAB)).to_be_visible(timeout=FIRST_RUN)
    choose(page, "SqueezeNet 1.1")
    download(page).click()
    problem = page.get_by_text("This server can't reach download.pytorch.org.")
    expect(problem).to_be_visible(timeout=FIRST_RUN)
    expect(page.get_by_text("Check that it may connect to the internet, then try again.")).to_be_visible()
    another_photo_works(page, "Coffee")
    expect(answers(page, LAB)).to_be_visible()
    download(page).click()
    settled(page)
    expect(problem).to_be_visible(timeout=FIRST_RUN)
    expect(download(page)).to_be_enabled()


def test_a_slow_download_is_shared_and_in_nobodys_way_and_its_network_is_used_when_it_is_here(
    page, mirrored, mirror, weights
):
    drip(mirror, weights)
    open_page(page, f"{mirrored}/?model=squeezenet1_1")
    expect(answers(page, LAB)).to_be_visible(timeout=FIRST_RUN)
    page.evaluate("window.neverReloaded = true")
    download(page).click()
    expect(progress(page)).to_have_text(re.compile(r"SqueezeNet 1\.1 · \d\.\d of 4\.7 MB · \d\.\d MB/s · \d+ s left"))
    shown = progress(page).inner_text()
    expect(progress(page)).not_to_have_text(shown)
    another_photo_works(page, "Coffee")
    expect(answers(page, LAB)).to_be_visible()
    expect(progress(page)).to_be_visible()
    with page.context.browser.new_context() as other_visitor:
        other = other_visitor.new_page()
        open_page(other, f"{mirrored}/?model=squeezenet1_1&photo=rocket")
        expect(progress(other)).to_have_text(re.compile(r"of 4\.7 MB · \d\.\d MB/s"))
        mirror.release.set()
        for tab in (page, other):
            expect(answers(tab, SQUEEZENET)).to_be_visible(timeout=FIRST_RUN)
            expect(heat_map(tab)).to_be_visible()
            expect(progress(tab)).to_have_count(0)
    assert mirror.paths == [f"/{SQUEEZENET.file}"]
    assert page.evaluate("window.neverReloaded")


def test_what_arrived_before_stop_is_kept_and_only_the_rest_is_asked_for(page, mirrored, mirror, weights, home):
    drip(mirror, weights)
    open_page(page, f"{mirrored}/models?photo=cat")
    expect(answers(page, LAB)).to_be_visible(timeout=FIRST_RUN)
    row(page, SQUEEZENET).get_by_role("button", name="Get it").click()
    download(page).click()
    expect(progress(page)).to_contain_text("s left")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("The download was stopped. What arrived is kept")).to_be_visible()
    kept = (home / "hub/checkpoints" / f"{SQUEEZENET.file}.part").stat().st_size
    assert 0 < kept < len(weights)
    download(page).click()
    expect(progress(page)).to_be_visible()
    mirror.release.set()
    expect(answers(page, SQUEEZENET)).to_be_visible(timeout=FIRST_RUN)
    expect(row(page, SQUEEZENET)).to_contain_text("On this server, 4.7 MB")
    assert mirror.ranges == [None, f"bytes={kept}-"]
    assert (home / "hub/checkpoints" / SQUEEZENET.file).read_bytes() == weights


def test_a_wrong_file_is_refused_and_the_right_one_is_taken_after_it(page, mirrored, mirror, weights, home):
    mirror.sends(bytes(len(weights)))
    open_page(page, f"{mirrored}/?model=squeezenet1_1")
    expect(answers(page, LAB)).to_be_visible(timeout=FIRST_RUN)
    download(page).click()
    expect(page.get_by_text("What 127.0.0.1 sent is not the file the lab asked for: its checksum")).to_be_visible()
    expect(answers(page, LAB)).to_be_visible()
    assert files(home) == set()
    mirror.sends(weights)
    download(page).click()
    expect(answers(page, SQUEEZENET)).to_be_visible(timeout=FIRST_RUN)
    assert files(home) == {SQUEEZENET.file, f"{SQUEEZENET.file}.sha256"}


# The page Models ---------------------------------------------------------------------------------------------------


def test_loading_trying_and_unloading_are_told_in_the_row_and_in_the_memory(page, fresh):
    open_page(page, f"{fresh}/models?card=squeezenet1_1")
    expect(download(page)).to_be_visible(timeout=FIRST_RUN)
    settled(page)
    ours = row(page, LAB)
    expect(ours).to_contain_text(f"Ships with the lab, {LAB.megabytes}")
    expect(ours).not_to_contain_text("loaded on")
    assert metric(page, "Networks") == 0

    ours.get_by_role("button", name="Load", exact=True).click()
    expect(ours).to_contain_text(loaded(LAB))
    settled(page)
    assert metric(page, "Networks") == pytest.approx(memory(LAB), abs=0.06)
    expect(heat_map(page)).to_have_count(0)

    ours.get_by_role("button", name="Try it").click()
    expect(heat_map(page)).to_be_visible()
    page.get_by_role("radio", name="What do layers answer to?").click()
    expect(maps(page, "features.12")).to_be_visible()
    expect(row(page, TRUNK)).to_contain_text(loaded(TRUNK))
    settled(page)
    assert metric(page, "Networks") == pytest.approx(memory(LAB, TRUNK), abs=0.06)

    row(page, TRUNK).get_by_role("button", name="Unload").click()
    expect(row(page, TRUNK)).not_to_contain_text("loaded on")
    expect(row(page, TRUNK).get_by_role("button", name="Load", exact=True)).to_be_visible()
    settled(page)
    assert metric(page, "Networks") == pytest.approx(memory(LAB), abs=0.06)


def test_a_link_opens_a_layer_of_a_network_on_a_fresh_server(page, fresh):
    open_page(page, f"{fresh}/models?card=lab-trunk&layer=features.4")
    expect(maps(page, "features.4")).to_be_visible(timeout=FIRST_RUN)
    expect(page.get_by_text("8 of 128 feature maps")).to_be_visible()
    expect(page.get_by_role("radio", name="features.4")).to_be_checked()
    expect(page.get_by_role("radio", name="What do layers answer to?")).to_be_checked()
    settled(page)
    assert page.evaluate("location.search") == "?card=lab-trunk&layer=features.4"


def test_the_photo_is_painted_by_one_network_after_the_other(page, app):
    open_page(page, f"{app}/models?photo=astronaut")
    page.get_by_role("radio", name="What would it look like painted?").click(timeout=FIRST_RUN)
    for painter in PAINTERS:
        if painter is not PAINTERS[0]:
            row(page, painter).get_by_role("button", name="Try it").click()
        style = style_picture(style_of(painter)).name
        painted = row(page, painter).get_by_role("img", name=f"The photo painted in the style {style}")
        expect(painted).to_be_visible(timeout=FIRST_RUN)
        expect(row(page, painter).get_by_role("img", name=f"The picture whose style is {style}")).to_be_visible()
        expect(row(page, painter).get_by_text("1 forward and 0 backward passes")).to_be_visible()
        settled(page)


def test_a_network_is_tried_from_the_keyboard_alone(page, app):
    open_page(page, f"{app}/models?card=squeezenet1_1")
    expect(download(page)).to_be_visible(timeout=FIRST_RUN)
    settled(page)
    page.get_by_role("radio", name="What is on the photo?").focus()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.innerText").endswith("Try it"):
            break
    expect(row(page, LAB).get_by_role("button", name="Try it")).to_be_focused()
    page.keyboard.press("Enter")
    expect(heat_map(page)).to_be_visible()
    expect(answers(page, LAB)).to_be_visible()


@pytest.mark.parametrize("query", ["", "?card=lab-trunk", "?card=squeezenet1_1", "?card=lraspp", "?card=paint-waves"])
def test_on_a_phone_in_the_dark_no_row_is_wider_than_the_screen(browser, app, query):
    with browser.new_context(viewport={"width": 390, "height": 844}, color_scheme="dark") as context:
        page = context.new_page()
        open_page(page, f"{app}/models{query}")
        expect(page.get_by_text("What this does not prove.")).to_be_visible(timeout=FIRST_RUN)
        settled(page)
        no_sideways_scrolling(page)
        page.get_by_role("button", name="Card").first.click()
        expect(page.get_by_text("Licence ·")).to_be_visible()
        no_sideways_scrolling(page)
        body = page.get_by_test_id("stPopoverBody").bounding_box()
        assert body
        assert body["x"] >= 0
        assert body["x"] + body["width"] <= 390
