"""The mask painter: what the browser is given, and what is taken from it; masks as runs."""

import math
from itertools import pairwise

import numpy as np
import pytest

from core.segmentation.settings import IGNORE
from ui.components import mask_painter
from ui.components.mask_painter import Canvas, runs

MASK = np.array([[0, 0, 1], [1, 1, 255]], np.uint8)
RUNS = "0,2,1,3,255,1"
CANVAS = Canvas("data:,", "cat background cat", ("background", "cat"), ("", "#009E73"), MASK)


@pytest.fixture
def mounted(visitor, monkeypatch) -> dict:
    """The options of the component when it was mounted last."""
    options: dict = {}
    monkeypatch.setattr(mask_painter, "_component", lambda **given: options.update(given))
    return options


def show() -> list:
    """Mounts the painter. The masks that the page is told of from then on."""
    heard: list = []
    mask_painter.mask_painter("painter", CANVAS, on_paint=heard.append)
    return heard


def told(mounted, visitor, message: object) -> list:
    """What the page hears of `message`."""
    heard = show()
    visitor.session["painter"] = {"painted": message}
    mounted["on_painted_change"]()
    return heard


def sent(text: object = RUNS, about: object = CANVAS.about, revision: object = 1) -> dict:
    return {"runs": text, "about": about, "revision": revision}


def test_the_browser_is_given_the_mask_and_the_classes(mounted):
    assert show() == []
    data = mounted["data"]
    assert (data["width"], data["height"], data["runs"]) == (3, 2, RUNS)
    assert (data["names"], data["colours"], data["open"]) == (CANVAS.names, CANVAS.colours, IGNORE)
    assert (data["about"], data["revision"]) == (CANVAS.about, 0)


def test_a_painted_mask_reaches_the_page(mounted, visitor):
    (mask,) = told(mounted, visitor, sent("1,6"))
    assert mask.dtype == np.uint8
    assert np.array_equal(mask, np.ones((2, 3)))


WRONG = {
    "a class that is not there": sent("2,6"),
    "a class above all": sent("254,6"),
    "too few pixels": sent("0,5"),
    "too many pixels": sent("0,7"),
    "a class without a length": sent("0,6,1"),
    "a negative length": sent("0,7,1,-1"),
    "a length of many digits": sent("0,66666666"),
    "spaces": sent("0, 6"),
    "letters": sent("a,6"),
    "digits of another script": sent("٠,٦"),
    "a line more": sent("0,6\n"),
    "nothing": sent(""),
    "a list": sent([0, 6]),
    "a number": sent(6),
    "no number": sent(math.nan),
    "another photo": sent("0,6", about="dog background cat"),
    "no photo": sent("0,6", about=None),
    "not a message": 3,
    "no message": None,
    "a list of messages": [sent()],
}


@pytest.mark.parametrize("message", WRONG.values(), ids=WRONG)
def test_what_the_browser_would_not_send_is_refused_quietly(mounted, visitor, message):
    assert told(mounted, visitor, message) == []


def test_a_text_that_is_too_long_is_not_even_read(monkeypatch):
    monkeypatch.setattr(runs, "MOST_LETTERS", 10)
    assert runs.read("0,2,1,3,255,1", 2, 3, classes=2) is None
    assert runs.read("0,6", 2, 3, classes=2) is not None


@pytest.mark.parametrize(("revision", "expected"), [(4, 4), ("4", 0), (None, 0), (-1, 0), (True, 0), (10**400, 0)])
def test_the_revision_of_the_last_message_is_echoed(mounted, visitor, revision, expected):
    visitor.session["painter"] = {"painted": sent("9,9", revision=revision)}
    show()
    assert mounted["data"]["revision"] == expected


@pytest.mark.parametrize("shape", [(1, 1), (1, 7), (7, 1), (23, 31)])
@pytest.mark.parametrize("seed", range(3))
def test_written_and_read_is_the_same_mask(shape, seed):
    generator = np.random.default_rng(seed)
    mask = generator.choice(np.array([0, 1, 2, IGNORE], np.uint8), shape, p=[0.7, 0.1, 0.1, 0.1])
    text = runs.written(mask)
    assert np.array_equal(runs.read(text, *shape, classes=3), mask)
    values = text.split(",")[::2]
    assert all(one != other for one, other in pairwise(values))
