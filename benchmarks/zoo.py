"""Networks: how soon one answers, and how much memory it takes.

* *A network that is kept*: one call of `load`, as experiments ask for a network. The peer is what such a call may take.
* *From a click to its picture*: on the page Models, from the click on "Try it" until the feature maps of the lab's own
  trunk are painted, timed inside the page. Cold: PyTorch is imported, but the server has not loaded or run any network.
  Warm: the network is loaded, and the photo is new to it. The peer is a key press on a page with one line of text.
* *From a click to boxes or areas*: the same, from the click on a question of that page until the first network that answers
  it, one of the lab's own, has drawn on the photo. The peer is what that may take.
* *Loading from disk*: the file is in the page cache and holds random weights. The lab also checks the SHA-256 of what
  it has downloaded, each time that it reads it; torchvision does not, and here only the lab is charged for it.
* *Memory*: what a process grows by that loads this network and no other, beside the bytes of the network's weights. What
  PyTorch allocates for the first weights it ever reads is not counted.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from unittest.mock import patch

import psutil
import torch
import torchvision
from playwright.sync_api import Browser, Page, sync_playwright
from torch import nn

from benchmarks.driver import SAMPLE, TEXT, TEXT_PAGE, open_page, press, rest, row, slider, tab
from benchmarks.harness import Median, Row, interleave, report
from core.networks.chain import built
from core.zoo import weights
from core.zoo.cache import CACHE, load
from core.zoo.catalog import card
from tests.browser import chromium
from tests.browser.server import ROOT, serving

CPU = torch.device("cpu")
FLOOR, CALLS, BATCHES = 50e-6, 1_000, 15  # seconds a call may take
SERVERS = 5  # each is cold once
OTHER_PHOTOS = ("coffee", "rocket")
ANOTHER_ROW = "squeezenet1_1-features"  # is open when the page opens, so that the trunk's waits for its click
TRY_IT = ".st-key-try-lab-trunk button"
MAPS = "img[alt^='The strongest feature maps']"
FROM_CLICK = """async (button, picture) => {
  const began = Date.now();
  button.click();
  return await stopwatch.appeared(picture) - began;
}"""

ASKED = {
    "boxes": ("Which things are where?", "lab-yolo"),
    "areas": ("What is each pixel?", "lab-fcn"),
}
"""What is drawn, the question that asks for it, and the network whose row opens."""

MOST_SECONDS = 2.0
NO_NETWORK = "squeezenet1_1"  # its row is open when the page opens, and its weights are not there

TORCHVISION: dict[str, Callable[[], nn.Module]] = {
    "squeezenet1_1": torchvision.models.squeezenet1_1,
    "mobilenet_v3_large": torchvision.models.mobilenet_v3_large,
    "resnet50": torchvision.models.resnet50,
    "densenet121": torchvision.models.densenet121,
    "lraspp": lambda: torchvision.models.segmentation.lraspp_mobilenet_v3_large(weights_backbone=None),
}
"""Networks of the catalogue with random weights, as torchvision makes them."""

FROM_DISK = ("squeezenet1_1", "resnet50")
WEIGHED = ("lab-classifier", *TORCHVISION)


# A network that is kept --------------------------------------------------------------------------------------------


def kept() -> Row:
    """One call of `load` for a network that is loaded."""
    load("lab-classifier")
    return Row("load of a network that is kept", per_call(lambda: load("lab-classifier")), FLOOR, "the floor", 1.0)


def per_call(call: Callable[[], object], calls: int = CALLS, batches: int = BATCHES) -> float:
    """Seconds of one call: the mean of a batch of `calls`, and of all batches the median."""
    return median(_batch(call, calls) / calls for _ in range(batches))


def _batch(call: Callable[[], object], calls: int) -> float:
    start = perf_counter()
    for _ in range(calls):
        call()
    return perf_counter() - start


# From a click to its picture ---------------------------------------------------------------------------------------


def clicks(browser: Browser, home: str) -> list[Row]:
    """Cold once on each of several new servers, then warm, and in between the page with one line of text."""
    cold, warm, floor = [], [], []
    with serving(TEXT, TORCH_HOME=home) as beside, tab(browser) as text:
        open_page(text, beside, SAMPLE)
        for _ in range(SERVERS):
            with serving("serve.py", TORCH_HOME=home) as app, tab(browser) as page:
                cold.append(_click(page, app, "cat"))
                warm += [_click(page, app, photo) for photo in OTHER_PHOTOS]
            floor += _keys(text)
    return click_rows(cold, warm, floor)


def questions(browser: Browser, home: str) -> list[Row]:
    """Cold once on each of several new servers, then warm on other photos."""
    cold: dict[str, list[float]] = {what: [] for what in ASKED}
    warm: dict[str, list[float]] = {what: [] for what in ASKED}
    for _ in range(SERVERS):
        for what, (question, key) in ASKED.items():
            with serving("serve.py", TORCH_HOME=home) as app, tab(browser) as page:
                cold[what].append(_ask(page, app, "cat", question, key))
                warm[what] += [_ask(page, app, photo, question, key) for photo in OTHER_PHOTOS]
    return [line for what in ASKED for line in question_rows(what, cold[what], warm[what])]


def question_rows(what: str, cold: Sequence[float], warm: Sequence[float]) -> list[Row]:
    """Medians in milliseconds, beside what they may take."""
    most = 1e3 * MOST_SECONDS
    return [
        Row(f"Click to {what} on the photo, {state}", Median(times), most, "the floor", 1.0, "ms")
        for state, times in (("the network is not loaded", cold), ("loaded, a new photo", warm))
    ]


def click_rows(cold: Sequence[float], warm: Sequence[float], floor: Sequence[float]) -> list[Row]:
    """Medians in milliseconds."""
    what, least = "Click on Try it to the painted picture", median(floor)
    return [
        row(f"{what}, the network is not loaded", Median(cold), least, TEXT_PAGE),
        row(f"{what}, loaded, a new photo", Median(warm), least, TEXT_PAGE),
    ]


def _click(page: Page, app: str, photo: str) -> float:
    open_page(page, f"{app}/models?card={ANOTHER_ROW}&photo={photo}", TRY_IT)
    return page.locator(TRY_IT).evaluate(FROM_CLICK, MAPS)


def _ask(page: Page, app: str, photo: str, question: str, key: str) -> float:
    button = f"button[role=radio]:has-text('{question}')"
    open_page(page, f"{app}/models?card={NO_NETWORK}&photo={photo}", button)
    return page.locator(button).evaluate(FROM_CLICK, f".st-key-row-{key} img")


def _keys(text: Page) -> list[float]:
    text.bring_to_front()
    slider(text, "Steps").focus()
    rest(text)
    return [press(text, key, SAMPLE, None).from_key for key in ("ArrowRight", "ArrowLeft")]


# Loading from disk -------------------------------------------------------------------------------------------------


def from_disk(key: str) -> Row:
    """Ours and torchvision's way from the same file to a network that is ready."""
    file = weights.path(card(key))

    def ours() -> nn.Module:
        CACHE.drop(key)
        return load(key, CPU).module

    def theirs() -> nn.Module:
        network = TORCHVISION[key]()
        network.load_state_dict(torch.load(file, weights_only=True))
        return network.eval()

    picture = torch.rand(1, 3, 224, 224, generator=torch.Generator().manual_seed(0))
    with torch.inference_mode():
        torch.testing.assert_close(ours()(picture), theirs()(picture), atol=0, rtol=0)
    what = f"Loading {card(key).title} from disk"
    return Row(what, *interleave(ours, theirs, rounds=7), "torchvision, no checksum")


def write_random(key: str) -> None:
    """Put a file with random weights where the lab expects it, with a record as if the lab had downloaded it."""
    file = weights.path(card(key))
    file.parent.mkdir(parents=True, exist_ok=True)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        torch.save(TORCHVISION[key]().state_dict(), file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    file.with_name(f"{file.name}.sha256").write_text(f"{digest}  {file.name}\n", encoding="utf-8")


# Memory ------------------------------------------------------------------------------------------------------------


def memory_row(key: str, risen: int, size: int) -> Row:
    """Megabytes that a process grew by beside those of the weights."""
    return Row(f"Memory of a loaded {card(key).title}", risen / 2**20, size / 2**20, "its weights", unit="MB")


def weighed(key: str) -> tuple[int, int]:
    """What `weigh` finds in a new process."""
    script = f"import json; from benchmarks.zoo import weigh; print(json.dumps(weigh({key!r})))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    risen, size = json.loads(done.stdout)
    return risen, size


def weigh(key: str) -> tuple[int, int]:
    """Bytes that this process grows by when it loads a network, and the bytes of the network's weights."""
    importlib.import_module(card(key).builder.split(":")[0])
    _read_first_weights()
    gc.collect()
    before = psutil.Process().memory_info().rss
    network = load(key, CPU)
    gc.collect()
    return psutil.Process().memory_info().rss - before, network.size


def _read_first_weights() -> None:
    """Let PyTorch import what it needs to read weights, on the smallest there are."""
    file = io.BytesIO()
    torch.save(nn.Linear(1, 1).state_dict(), file)
    file.seek(0)
    built(lambda: nn.Linear(1, 1), torch.load(file, weights_only=True))


# All of it ---------------------------------------------------------------------------------------------------------


def main() -> None:
    """Measure everything with random weights in a folder of their own."""
    path, options = chromium.ensure(), list(chromium.ARGS)
    with TemporaryDirectory() as home, patch.dict(os.environ, TORCH_HOME=home):
        with sync_playwright() as playwright, playwright.chromium.launch(executable_path=path, args=options) as browser:
            rows = [
                kept(),
                *clicks(browser, home),
                *questions(browser, home),
            ]  # before there are weights: SqueezeNet's row offers a download
        for key in TORCHVISION:
            write_random(key)
        rows += [from_disk(key) for key in FROM_DISK]
        rows += [memory_row(key, *weighed(key)) for key in WEIGHED]
    report(rows, sys.argv[1:])


if __name__ == "__main__":
    main()
