"""The pictures of README and docs, taken from the running app: `python -m tests.browser.screenshots docs/images`.

Names behind the folder take those pictures alone: `... docs/images nms detector`.
"""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tests.browser import chromium
from tests.browser.pages import open_page, settled
from tests.browser.server import serving

SHRUNK = 1200  # px; in true colour, since a palette would turn the accent blue and cut steps into colour bars
SMALL = 640  # px; for those that the manual alone shows, without the menu


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: the page with its query, the window it is seen in, and whether the menu beside it is."""

    name: str
    path: str
    width: int = 1440
    height: int = 900
    scheme: str = "light"
    ready: str = "h1"
    menu: bool = True


SHOTS = (
    Shot("overview", "/", ready="[data-testid=stMain] img[alt*='heat map']"),
    Shot("iou-lab", "/anchors?photo=coffee", ready=".lab .measure"),
    Shot("iou-lab-dark", "/anchors?photo=motorcycle", scheme="dark", ready=".lab .measure"),
    Shot("anchors", "/anchors?part=Anchors&case=Golden+example&photo=triangle", ready=".cells .verdict"),
    Shot("assignment", "/anchors?part=Assignment&photo=coffee&rule=Textbook", ready=".editor .rows li:not(.none)"),
    Shot("nms", "/nms?photo=astronaut", ready=".nms[data-decisions]"),
    Shot("nms-soft", "/nms?race=Two+in+each+other's+way", ready=".nms[data-decisions]"),
    Shot("detector", "/detector?photo=motorcycle", ready=".found .list [role=option]"),
    Shot("segmenter", "/segmenter?photo=cat", ready=".classes:not([hidden]) .legend"),
    Shot("segmenter-transposed", "/segmenter?part=Transposed+convolution", ready="[data-testid=stMetric]"),
    Shot("attribution", "/attribution?photo=cat", ready=".wipe[data-ready=true], .wipe img"),
    Shot("attribution-path", "/attribution?part=Path&photo=cat", ready=".film[data-ready=true]"),
    Shot("saliency", "/saliency?photo=cat", ready="[data-testid=stMain] img"),
    Shot("adversarial", "/saliency?part=Fool&photo=cat", ready=".film[data-ready=true]"),
    Shot("style", "/style?photo=coffee", ready=".wipe img"),
    Shot("style-inside", "/style?part=Look+inside&photo=cat", ready="[data-testid=stMetric]"),
    Shot("models", "/models?photo=cat", ready="[data-testid=stMain] img[alt*='heat map']"),
    Shot("detector-inside", "/detector?part=Inside+the+grid&photo=cat", ready="[data-testid=stMetric]", menu=False),
    Shot("detector-learning", "/detector?part=How+it+learns&photo=cat", ready="[data-testid=stMetric]", menu=False),
    Shot(
        "segmenter-resolution",
        "/segmenter?part=Resolution&photo=astronaut",
        ready="[data-testid=stMetric]",
        height=840,
        menu=False,
    ),
    Shot(
        "attribution-layers",
        "/attribution?part=Layers&photo=cat",
        ready="[data-testid=stMain] img",
        height=770,
        menu=False,
    ),
    Shot("models-detector", "/models?card=lab-yolo-14&photo=cat", ready="[data-testid=stMain] img", menu=False),
    Shot("iou-lab-phone", "/anchors?photo=astronaut", width=390, height=844, ready=".lab .measure"),
)


def take(page: Page, shot: Shot, url: str) -> Image.Image:
    """Open the page of `shot` and wait until nothing moves any more."""
    open_page(page, url + shot.path)
    page.locator(shot.ready).first.wait_for(timeout=60_000)
    settled(page)
    page.wait_for_timeout(800)
    image = Image.open(io.BytesIO(page.screenshot()))
    frame = page.get_by_test_id("stMain").bounding_box()
    return image if shot.menu or frame is None else image.crop((int(frame["x"]), 0, *image.size))


def main(folder: Path, names: tuple[str, ...] = ()) -> None:
    """Take every shot into `folder`, or those of the `names` alone."""
    folder.mkdir(parents=True, exist_ok=True)
    with serving() as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.ensure(), args=list(chromium.ARGS))
        for shot in [one for one in SHOTS if not names or one.name in names]:
            context = browser.new_context(
                viewport={"width": shot.width, "height": shot.height},
                color_scheme="dark" if shot.scheme == "dark" else "light",
            )
            image = take(context.new_page(), shot, url).convert("RGB")
            side = SHRUNK if shot.menu else SMALL
            image.thumbnail((side, 4 * side), Image.Resampling.LANCZOS)
            image.save(folder / f"{shot.name}.png", optimize=True)
            print(folder / f"{shot.name}.png", image.size)
            context.close()
        browser.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), tuple(sys.argv[2:]))
