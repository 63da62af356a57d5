"""The stepper through suppression: what the browser is given, and what is taken from it."""

import json
import math
from base64 import b64decode
from itertools import pairwise

import numpy as np
import pytest
import torch

from core.boxes.nms import trace_nms
from core.boxes.soft_nms import trace_soft_nms
from ui.components import nms_stepper
from ui.components.nms_stepper import Lane, Stage
from viz.colours import BOX_B, IGNORED

LINES = ("order by score", "take the best", "remove the rest", "return")
BOXES = ((0.0, 0.0, 10.04, 10.0), (1.0, 0.0, 11.0, 10.06), (40.0, 40.0, 60.0, 70.0))
HARD = Lane("Per class", "each class alone", (1, 2), (1, 1, 2), (0, 0, 1), (0.818_18, 0.0, 0.0), 0.5, LINES)
STAGE = Stage(
    image="data:,",
    width=100,
    height=80,
    boxes=BOXES,
    scores=(0.7, 0.900_04, 0.900_01),
    names=("cat", "cat", "dog"),
    colours={"dog": "#CC79A7", "cat": "#0072B2", "bird": "#E69F00"},
    lanes=(HARD,),
)


@pytest.fixture
def mounted(visitor, monkeypatch) -> dict:
    """The options of the component when it was mounted last."""
    options: dict = {}
    monkeypatch.setattr(nms_stepper, "_component", lambda **given: options.update(given))
    return options


def show(stage: Stage = STAGE, *, step: int = 0, picked: int | None = None) -> tuple[list, list]:
    """Mounts the stepper. What the page is told from then on: steps, and picked boxes."""
    steps, picks = [], []
    nms_stepper.nms_stepper("nms", stage, step=step, picked=picked, on_step=steps.append, on_pick=picks.append)
    return steps, picks


def told(mounted, visitor, name: str, message: object) -> list:
    """What the page hears of `message`."""
    steps, picks = show()
    visitor.session["nms"] = {name: message}
    mounted[f"on_{name}_change"]()
    assert not (picks if name == "step" else steps)
    return steps if name == "step" else picks


def stage_of(lane: Lane, boxes: torch.Tensor, scores: torch.Tensor, lanes: int = 1) -> Stage:
    names = tuple(("cat", "dog")[place % 2] for place in range(len(boxes)))
    rows = tuple((float(a), float(b), float(c), float(d)) for a, b, c, d in boxes.tolist())
    return Stage("", 640, 480, rows, tuple(scores.tolist()), names, STAGE.colours, (lane,) * lanes)


def crowd(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    chance = torch.Generator().manual_seed(0)
    corner = torch.rand(count, 2, generator=chance) * 400
    size = 20 + torch.rand(count, 2, generator=chance) * 200
    return torch.cat((corner, corner + size), dim=1), torch.rand(count, generator=chance)


def test_the_browser_is_given_the_race_in_columns_and_the_colours(mounted):
    assert show(step=1, picked=2) == ([], [])
    data = mounted["data"]
    assert mounted["key"] == "nms"
    assert (data["image"], data["width"], data["height"]) == ("data:,", 100, 80)
    assert data["boxes"] == [[0, 0, 10, 10], [1, 0, 11, 10.1], [40, 40, 60, 70]], "to tenths of a pixel"
    assert data["scores"] == [0.7, 0.9, 0.9], "to four digits"
    assert data["classes"] == [{"name": "cat", "colour": "#0072B2"}, {"name": "dog", "colour": "#CC79A7"}]
    assert data["names"] == [0, 0, 1]
    assert data["colours"] == {"hit": BOX_B.colour, "gone": IGNORED.colour}
    (lane,) = data["lanes"]
    assert (lane["title"], lane["note"], lane["threshold"]) == ("Per class", "each class alone", 0.5)
    assert lane["lines"] == list(LINES)
    assert (lane["winners"], lane["winner"], lane["step"]) == ([1, 2], [1, 1, 2], [0, 0, 1])
    assert lane["overlap"] == [0.8182, 0, 0]
    assert lane["falls"] is None
    assert (data["step"], data["picked"]) == (1, 2)


def test_the_order_is_that_of_the_exact_scores_and_ties_go_by_index(mounted):
    show()
    assert mounted["data"]["order"] == [1, 2, 0]
    boxes, _ = crowd(4)
    show(stage_of(HARD, boxes, torch.tensor([0.5, 0.9, 0.5, 0.9])))
    assert mounted["data"]["order"] == [1, 3, 0, 2]


def test_no_picked_box_is_minus_one(mounted):
    show()
    assert mounted["data"]["picked"] == -1


def test_scores_that_fall_travel_box_by_box_without_those_that_show_no_change(mounted):
    changes = (((2, 0.5), (0, 0.699_98)), (), ((0, 0.35), (2, 0.499_99)), ((2, 0.0),))
    soft = Lane("Soft", "", (1,), (-1, 1, -1), (3, 0, 3), (0.0, 0.0, 0.0), None, LINES, changes=changes)
    show(Stage(**{**plain_fields(STAGE), "lanes": (soft,)}))
    (lane,) = mounted["data"]["lanes"]
    assert lane["falls"]["counts"] == [1, 0, 2]
    assert unpacked(lane["falls"]["at"]) == [2, 0, 3]
    assert [share * lane["falls"]["most"] for share in unpacked(lane["falls"]["scores"])] == pytest.approx(
        [0.35, 0.5, 0], abs=1e-5
    )
    assert lane["threshold"] is None


def unpacked(text: str) -> list[int]:
    return np.frombuffer(b64decode(text), "<u2").tolist()


def plain_fields(stage: Stage) -> dict:
    return {name: getattr(stage, name) for name in Stage.__slots__}


def test_the_scores_of_a_soft_race_can_be_read_back_at_every_step(mounted):
    boxes, scores = crowd(30)
    trace = trace_soft_nms(boxes, scores, score_threshold=0.01)
    show(stage_of(soft_lane(trace), boxes, scores))
    falls = mounted["data"]["lanes"][0]["falls"]
    starts = np.cumsum([0, *falls["counts"]])
    at, shares = unpacked(falls["at"]), unpacked(falls["scores"])
    for taken in range(len(trace) + 1):
        for box in range(len(boxes)):
            mine = range(starts[box], starts[box + 1])
            past = [shares[row] * falls["most"] for row in mine if at[row] < taken]
            assert ([float(scores[box]), *past])[-1] == pytest.approx(trace.scores_at(taken)[box], abs=1e-4)


def soft_lane(trace) -> Lane:
    scores = [trace.scores_at(step) for step in range(len(trace) + 1)]
    changes = tuple(
        tuple((int(box), float(after[box])) for box in np.flatnonzero(before != after))
        for before, after in pairwise(scores)
    )
    return Lane("Soft", "", *columns(trace), None, LINES, changes=changes)


def columns(trace) -> tuple:
    numbers = (trace.winners, trace.winner, trace.step, trace.overlap)
    return tuple(tuple(column.tolist()) for column in numbers)


def test_two_races_of_two_thousand_boxes_stay_below_three_hundred_kilobytes(mounted):
    boxes, scores = crowd(2000)
    trace = trace_nms(boxes, scores, iou_threshold=0.5)
    show(stage_of(Lane("NMS", "", *columns(trace), 0.5, LINES), boxes, scores, lanes=2))
    assert 100_000 < len(json.dumps(mounted["data"])) < 300_000


def test_a_race_without_boxes_can_be_shown(mounted):
    nobody = Lane("NMS", "", (), (), (), (), 0.5, LINES)
    show(Stage("data:,", 100, 80, (), (), (), {}, (nobody, nobody)))
    assert (mounted["data"]["boxes"], mounted["data"]["order"], mounted["data"]["classes"]) == ([], [], [])
    unchanged = Lane("Soft", "", (0,), (0,), (0,), (0.0,), None, LINES, changes=((),))
    show(stage_of(unchanged, *crowd(1)))
    assert mounted["data"]["lanes"][0]["falls"] | {"most": 0} == {"counts": [0], "at": "", "scores": "", "most": 0}


@pytest.mark.parametrize("step", [0, 1, 2])
def test_where_the_slider_came_to_rest_reaches_the_page(mounted, visitor, step):
    assert told(mounted, visitor, "step", {"value": step, "revision": 1}) == [step]


@pytest.mark.parametrize("step", [-1, 3, 10**400, 1.0, math.nan, True, "1", None, [1], {"step": 1}])
def test_a_step_that_the_race_has_not_is_ignored(mounted, visitor, step):
    assert told(mounted, visitor, "step", {"value": step, "revision": 1}) == []


@pytest.mark.parametrize(("sent", "picked"), [(0, 0), (2, 2), (-1, None)])
def test_a_picked_box_reaches_the_page_and_none_does_too(mounted, visitor, sent, picked):
    assert told(mounted, visitor, "picked", {"value": sent, "revision": 1}) == [picked]


@pytest.mark.parametrize("sent", [-2, 3, 10**30, 1.0, math.inf, True, "1", None, [1], {"picked": 1}])
def test_a_box_that_is_not_there_is_ignored(mounted, visitor, sent):
    assert told(mounted, visitor, "picked", {"value": sent, "revision": 1}) == []


@pytest.mark.parametrize("name", ["step", "picked"])
@pytest.mark.parametrize("message", [None, {}, [], 1, "1", {"revision": 2}])
def test_a_message_that_is_none_is_ignored(mounted, visitor, name, message):
    assert told(mounted, visitor, name, message) == []


def test_the_revision_of_the_latest_message_is_echoed(mounted, visitor):
    show()
    assert mounted["data"]["revision"] == 0
    visitor.session["nms"] = {"step": {"value": 1, "revision": 4}, "picked": {"value": 99, "revision": 5}}
    show()
    assert mounted["data"]["revision"] == 5, "also of a message that is ignored"


@pytest.mark.parametrize("revision", ["7", None, -1, 2.5, True, 10**400])
def test_a_revision_that_is_none_counts_as_the_first(mounted, visitor, revision):
    visitor.session["nms"] = {"step": {"value": 1, "revision": revision}}
    show()
    assert mounted["data"]["revision"] == 0


def test_before_the_first_message_nothing_is_reported(mounted, visitor):
    visitor.session["nms"] = {}
    heard = show()
    mounted["on_step_change"]()
    mounted["on_picked_change"]()
    assert heard == ([], [])
