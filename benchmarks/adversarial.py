"""Adversarial: what a step of an attack costs beside the passes that it can't do without, and how soon it is seen.

* *A step of PGD*: ResNet-50 with random weights and one picture of 224 x 224, L-infinity. Ours keeps a copy of the picture and
  of the answer for whoever watches, and rounds to 8 bits; captum.robust's PGD only goes on. The bare passes are one forward
  and one back to the picture, without anything done with the slope. Denormal numbers are flushed for all.
* *From Start to the first frame*: on the page, from the click on Start until the first picture after an update is painted,
  timed inside the page. Cold: networks are not kept by this server, so the run loads its own. The peer is what it may take.
* *A frame while an attack is watched*: from one painted chart of the run to the next. The peer is the tick of the page's
  clock, with which the run goes on.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlencode

import torch
from captum.robust import PGD
from playwright.sync_api import Browser, Page, sync_playwright
from torch import Tensor, nn
from torchvision.models import resnet50 as torchvisions

from benchmarks.driver import open_page, tab
from benchmarks.harness import Median, Row, interleave, report
from core.adversarial.attacks import attack
from core.adversarial.objectives import ClassObjective
from core.adversarial.settings import LEVEL, MOST_STEPS, Attack, AttackSettings, Goal
from core.networks.classifiers import resnet50
from tests.browser import chromium
from tests.browser.server import serving
from ui.live import PERIOD

SIDE, TARGET = 224, 281
ROUNDS = 21
STEP, EPSILON = LEVEL / 4, 8 * LEVEL

SERVERS, WARM_STARTS = 3, 5
MOST_TO_FIRST_FRAME, WATCHED = 1_000.0, 2.0  # milliseconds, and seconds
PATIENCE = 120_000  # milliseconds until all that the page computes by itself is there
ENDLESS = {"attack": "PGD, L∞: small steps", "eps": 0, "updates": 100}
"""Within an epsilon of 0 no attack arrives, so it can be watched for a while; its steps cost as much as any."""
FOOL = "/saliency?" + urlencode({"part": "Fool", "photo": "cat", **ENDLESS})
KEPT_NOWHERE = {"VISION_LAB_MODEL_MEMORY": "0"}
START, STOP = ".st-key-fool-live-start button", ".st-key-fool-live-stop button"
FRAME = "img[alt='Adversarial at this moment']"
CHART = "img[alt='The probabilities over the updates so far']"
FROM_CLICK = """async (button, picture) => {
  const began = Date.now();
  button.click();
  return await stopwatch.appeared(picture) - began;
}"""
SHOWN = """([picture, seconds]) => new Promise((resolve) => {
  const times = [], until = performance.now() + 1000 * seconds;
  let last = "";
  const look = (now) => {
    const source = document.querySelector(picture)?.src;
    if (source && source !== last) { times.push(now); last = source; }
    if (now > until) resolve(times); else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""


# A step --------------------------------------------------------------------------------------------------------------


def networks() -> tuple[nn.Module, nn.Module]:
    """Ours and torchvision's with the same random weights, frozen alike."""
    torch.manual_seed(0)
    theirs = torchvisions().eval().requires_grad_(False)
    return resnet50(theirs.state_dict()), theirs


def steps(ours: nn.Module, theirs: nn.Module, x: Tensor) -> list[Row]:
    """One more step of a run that does not arrive: beside captum's, and beside the bare passes."""
    captum = PGD(theirs, nn.CrossEntropyLoss(reduction="none"), lower_bound=0.0, upper_bound=1.0)
    agree(ours, captum, x)
    settings = AttackSettings(attack=Attack.PGD_LINF, epsilon=EPSILON, step_size=0.0, steps=MOST_STEPS)
    run = attack(ClassObjective(ours, Goal.TOWARDS, TARGET), x, settings)  # on the spot, so that it never arrives
    label = torch.tensor([TARGET])

    def one() -> object:
        return next(run)

    def by_captum() -> object:
        return captum.perturb(x, EPSILON, STEP, 1, label, targeted=True)

    def bare() -> object:
        leaf = x.clone().requires_grad_()
        return torch.autograd.grad(ours(leaf)[0, TARGET], leaf)

    what = "A step of PGD, ResNet-50"
    return [
        Row(what, *interleave(one, by_captum, rounds=ROUNDS), "captum.robust PGD", 1.05),
        Row(what, *interleave(one, bare, rounds=ROUNDS), "a bare forward and backward pass", 1.15),
    ]


def agree(ours: nn.Module, captum: PGD, x: Tensor) -> None:
    """Stop where the two take another first step.

    The sign of a slope near 0 may tip, so a value in a hundred may differ. With random weights those that do then lead
    further apart with each step.

    Raises:
        AssertionError: more of them do.
    """
    settings = AttackSettings(attack=Attack.PGD_LINF, epsilon=EPSILON, step_size=STEP, steps=1)
    *_, last = attack(ClassObjective(ours, Goal.TOWARDS, TARGET), x, settings)
    theirs = captum.perturb(x, EPSILON, STEP, 1, torch.tensor([TARGET]), targeted=True)
    same = torch.isclose(last.picture, theirs, atol=1e-6, rtol=0).float().mean()
    assert same > 0.99, f"only {same:.1%} of all values are the same after a step"


# On the page ---------------------------------------------------------------------------------------------------------


def watched(browser: Browser, home: str, script: str | Path = "serve.py", path: str = FOOL) -> list[Row]:
    """Starts on servers that keep no network, then on one that does, and the frames of one run."""
    cold, warm = [], []
    for _ in range(SERVERS):
        with serving(script, TORCH_HOME=home, **KEPT_NOWHERE) as app, tab(browser) as page:
            cold.append(_started(page, f"{app}{path}"))
    with serving(script, TORCH_HOME=home) as app, tab(browser) as page:
        for _ in range(WARM_STARTS):
            warm.append(_started(page, f"{app}{path}"))
            _stop(page)
        open_page(page, f"{app}{path}", START)
        page.locator(START).evaluate(FROM_CLICK, FRAME)
        frames = page.evaluate(SHOWN, [CHART, WATCHED])
    return watched_rows(cold, warm, frames)


def watched_rows(cold: Sequence[float], warm: Sequence[float], frames: Sequence[float]) -> list[Row]:
    """Medians in milliseconds; `frames` are the moments at which another chart was painted.

    Raises:
        ValueError: fewer than three were: the run was over before it could be watched.
    """
    if len(frames) < 3:
        raise ValueError(f"only {len(frames)} charts of the run were painted")
    between = [after - before for before, after in pairwise(frames)]
    each, tick = Median(between), 1e3 * PERIOD
    return [
        Row("Start to the first frame, network not loaded", Median(cold), MOST_TO_FIRST_FRAME, "the floor", 1.0, "ms"),
        Row("Start to the first frame, network loaded", Median(warm), MOST_TO_FIRST_FRAME, "the floor", 1.0, "ms"),
        Row(
            f"A frame while an attack is watched ({1e3 / each:.1f} a second)",
            each,
            tick,
            "the page's tick",
            unit="ms",
        ),
    ]


def _started(page: Page, address: str) -> float:
    page.set_default_timeout(PATIENCE)
    open_page(page, address, START)
    return page.locator(START).evaluate(FROM_CLICK, FRAME)


def _stop(page: Page) -> None:
    """End the run: the next one of this visitor, who is a new one after the page is opened again, would wait for its lease."""
    page.locator(STOP).click()
    page.get_by_text("Stopped at step").wait_for()


# All of it -----------------------------------------------------------------------------------------------------------


def on_pages(measure: Callable[[Browser, str], list[Row]]) -> list[Row]:
    """What `measure` finds in a browser, on a machine without downloaded weights."""
    path, options = chromium.ensure(), list(chromium.ARGS)
    with (
        TemporaryDirectory() as home,
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=path, args=options) as browser,
    ):
        return measure(browser, home)


def main() -> None:
    """Check that both attacks go the same way, then time all of it."""
    warnings.simplefilter("ignore")  # captum complains of its own ways
    torch.set_flush_denormal(True)
    ours, theirs = networks()
    x = torch.rand((1, 3, SIDE, SIDE), generator=torch.Generator().manual_seed(0))
    report([*steps(ours, theirs, x), *on_pages(watched)], sys.argv[1:])


if __name__ == "__main__":
    main()
