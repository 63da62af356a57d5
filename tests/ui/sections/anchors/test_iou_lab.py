"""The IoU lab: its table, its words, and whether browser and server agree."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from core.experiments.anchors import measure
from ui.sections.anchors.boxes import Pair
from ui.sections.anchors.iou_lab import rows

A, B = (10.0, 10.0, 50.0, 40.0), (30.0, 20.0, 90.0, 60.0)


def test_the_table_holds_four_measures_and_the_boxes_they_belong_to():
    found = measure(A, B)
    table = rows(Pair(A, B), found)
    assert [(row["measure"], row["value"]) for row in table] == [
        ("IoU", found.iou),
        ("GIoU", found.giou),
        ("DIoU", found.diou),
        ("CIoU", found.ciou),
    ]
    for row in table:
        assert tuple(row[f"a_{side}"] for side in ("x1", "y1", "x2", "y2")) == A
        assert tuple(row[f"b_{side}"] for side in ("x1", "y1", "x2", "y2")) == B


def page() -> None:
    import streamlit as st

    from core.experiments.anchors import measure
    from ui.sections.anchors import iou_lab
    from ui.sections.anchors.boxes import Pair

    pair = Pair(st.session_state["a"], st.session_state["b"])
    overlap = measure(pair.a, pair.b)
    iou_lab.check(pair, overlap)
    iou_lab.formulas(overlap)


def shown(a, b, release: dict | None = None) -> AppTest:
    at = AppTest.from_function(page)
    at.session_state["a"], at.session_state["b"] = a, b
    if release is not None:
        at.session_state["two-boxes"] = {"release": release}
    at.run()
    assert not at.exception
    return at


def test_each_number_stands_with_its_verdict():
    found = measure(A, B)
    verdicts = {metric.label: (metric.value, metric.delta) for metric in shown(A, B).metric}
    assert verdicts["IoU"] == (f"{found.iou:.3f}", "no match at 0.5")
    assert verdicts["GIoU"] == (
        f"{found.giou:.3f}".replace("-", "−"),
        f"{100 * (1 - found.union / found.enclosing):.0f}\u00a0% of C empty",
    )
    assert verdicts["DIoU"][1] == "centres 34 px apart"
    assert verdicts["CIoU"][1] == "aspect 1.33 and 1.50"


@pytest.mark.parametrize(("height", "verdict"), [(50, "no match at 0.5"), (51, "a match at 0.5")])
def test_a_match_needs_more_than_one_half(height, verdict):
    at = shown((0.0, 0.0, 20.0, 100.0), (0.0, 0.0, 20.0, float(height)))
    assert at.metric[0].delta == verdict


def test_the_formulas_hold_with_the_numbers_that_stand_in_them():
    """What is printed is computed again, as a reader with a calculator would."""
    texts = [latex.value for latex in shown(A, B).latex]
    assert len(texts) == 4
    iou, giou, diou, ciou = (
        [float(number) for number in re.findall(r"-?\d+\.?\d*", text.split(r"\\[0.7em]")[1].replace("{,}", ""))]
        for text in texts
    )
    assert iou[0] / iou[1] == pytest.approx(iou[2], abs=6e-4)
    assert giou[0] - giou[1] / giou[2] == pytest.approx(giou[3], abs=2e-3)
    assert diou[0] - diou[1] / diou[2] == pytest.approx(diou[3], abs=2e-3)
    found = measure(A, B)
    assert (iou[2], giou[3], diou[3], ciou[-1]) == pytest.approx(
        (found.iou, found.giou, found.diou, found.ciou), abs=6e-4
    )


def release(**changes) -> dict:
    found = measure(A, B)
    numbers = {name: getattr(found, name) for name in ("iou", "giou", "diou", "ciou")}
    return {"revision": 1, "boxes": [list(A), list(B)], **numbers, **changes}


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (None, "Computed by torch on the server when a box is let go."),
        (release(), "Computed by torch on the server when a box is let go. The browser's numbers are the same."),
        (release(boxes=[list(B), list(A)]), "Computed by torch on the server when a box is let go."),
    ],
    ids=["no release", "the same", "other boxes"],
)
def test_browser_and_server_are_compared_where_they_speak_of_the_same_boxes(sent, words):
    assert words in [caption.value for caption in shown(A, B, sent).caption]


def test_a_browser_that_computes_otherwise_is_not_hidden():
    at = shown(A, B, release(giou=release()["giou"] + 0.25))
    assert any("differ by at most 2e-01" in caption.value for caption in at.caption)
