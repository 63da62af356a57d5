"""What is handed to other pages: the same boxes with the same way to suppress, and the box that is there too."""

import numpy as np
import pytest
import streamlit as st

from core.boxes.files import BoxTable, read_boxes
from core.boxes.nms_settings import Method, NmsSettings
from core.experiments.models import Found
from core.images.samples import sample
from tests.ui.sections.detector.grid_cases import chosen, lab
from ui.cached import attributions
from ui.sections.attribution import boxes, views
from ui.sections.detector import handing
from ui.sections.nms import candidates, cases, method


@pytest.fixture
def switched(visitor, monkeypatch) -> list[tuple[str, dict[str, str]]]:
    """Where buttons lead that are pressed as soon as they are drawn."""
    made: list[tuple[str, dict[str, str]]] = []

    def pressed(label: str, *, on_click=None, args=(), disabled=False, **options: object) -> bool:
        if not disabled and on_click:
            on_click(*args)
        return not disabled

    monkeypatch.setattr(st, "button", pressed)
    monkeypatch.setattr(st, "switch_page", lambda page, *, query_params: made.append((page, query_params)))
    monkeypatch.setattr(st, "caption", lambda words, **options: made.append(("caption", {"words": words})))
    return made


def test_the_stepper_reads_exactly_the_boxes_that_raced(visitor, switched):
    table = chosen(lab()).raced
    visitor.session.update({"boxes-images": ("old",), "racers-last": "old", cases.PICKED: 7, cases.STEP: 3})
    handing.to_nms(table, NmsSettings(iou_threshold=0.45), name="cat", key="k", picked=2)
    name, data = visitor.session["boxes-read"]
    reading = read_boxes(data)
    assert name == "cat"
    assert reading.table.boxes.tolist() == table.boxes.tolist()
    assert reading.table.scores.tolist() == table.scores.tolist()
    assert reading.table.labels == table.labels
    assert "racers-last" not in visitor.session
    assert visitor.session[cases.PICKED] == 2
    assert visitor.session[cases.STEP] is None
    assert switched == [("pages/nms.py", handing.nms_link(NmsSettings(iou_threshold=0.45), 2))]


@pytest.mark.parametrize("way", list(Method))
@pytest.mark.parametrize("per_class", [True, False])
def test_the_link_names_widgets_and_options_of_the_stepper(way, per_class):
    query = handing.nms_link(NmsSettings(method=way, per_class=per_class, iou_threshold=0.45, sigma=0.7))
    assert set(query) <= {candidates.KEY, *method.KEYS}
    assert query["boxes"] in candidates.SOURCES
    assert method.METHODS[query["method"]] is way
    assert query["races"] == method.RACES[0 if per_class else 1]
    assert (query["iou"], query["sigma"]) == ("0.45", "0.70")
    assert ("least" in query) == way.decays


def test_no_boxes_lead_nowhere(visitor, switched):
    handing.to_nms(BoxTable(np.empty((0, 4)), np.empty(0), ()), NmsSettings(), name="none", key="k")
    assert switched == []
    assert "boxes-read" not in visitor.session


def test_a_box_is_found_again_on_the_attribution_page(visitor, switched):
    photo, made = sample("cat"), lab()
    thing = chosen(made).things[0]
    handing.to_attribution(photo, "lab-yolo-14", thing, key="k")
    assert switched == [
        (
            "pages/attribution.py",
            {boxes.DETECTOR: "Lab YOLO, 14 × 14 cells", boxes.BOX: "1"},
        )
    ]
    assert visitor.session["part"] in views.VIEWS
    assert handing.ASKED not in visitor.session
    there = attributions.box_map(photo, 0, "lab-yolo-14").things[0]
    assert there.label == thing.label


def test_a_box_that_is_not_there_is_told(visitor, switched):
    handing.to_attribution(sample("cat"), "lab-yolo-14", Found("cat", 0, 0.5, (0.0, 0.0, 20.0, 20.0)), key="k")
    ((where, told),) = switched
    assert where == "caption"
    assert "none of them" in told["words"]
    assert "part" not in visitor.session


def test_another_network_says_which_ones_can_be_asked(switched):
    handing.to_attribution(sample("cat"), "yolo_fastest", Found("cat", 0, 0.5, (0.0, 0.0, 20.0, 20.0)), key="k")
    ((where, told),) = switched
    assert where == "caption"
    assert "Lab YOLO, 7 × 7 cells" in told["words"]


@pytest.mark.parametrize("way", list(Method))
def test_the_story_sets_widgets_of_the_stepper_to_options_that_they_have(way):
    made = handing.nms_settings(NmsSettings(method=way, iou_threshold=0.45, sigma=0.7, score_threshold=0.2))
    assert set(made) <= {candidates.KEY, *method.KEYS}
    assert made["boxes"] in candidates.SOURCES
    assert method.METHODS[made["method"]] is way
    assert (made["iou"], made["sigma"]) == (0.45, 0.7)
    assert made["beside"] in method.BESIDE
    assert made.get("least") == (0.2 if way.decays else None)


def test_the_story_without_boxes_takes_nothing_along(visitor):
    taken = handing.to_story(None)
    assert (dict(taken.settings), taken.label, taken.picture) == ({}, "", b"")
    assert "boxes-read" not in visitor.session
