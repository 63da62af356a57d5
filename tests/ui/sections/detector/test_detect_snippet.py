"""The lines of the view Detect: run as they stand, they print the boxes that are on the page."""

import pytest

from core.boxes.nms_settings import Method, NmsSettings
from core.detection.detecting_settings import FindSettings, SeeSettings
from core.images.samples import sample
from core.zoo.catalog import card
from tests.core.zoo import darknet_files
from tests.snippets import printed_things
from ui.sections.detector import detect_case, detect_snippet
from ui.sections.detector.detect_case import Case

SOFT = [
    NmsSettings(method=method, per_class=method is not Method.LINEAR, iou_threshold=0.45)
    for method in Method
    if method is not Method.GREEDY
]


def made(key: str, photo: str, look: SeeSettings, settings: FindSettings) -> Case:
    return detect_case.case(detect_case.look(sample(photo), card(key), look), settings)


def assert_prints_what_is_found(case: Case) -> None:
    found = printed_things(detect_snippet.snippet(case))
    assert [label for label, _, _ in found] == [one.label for one in case.things]
    assert [score for _, score, _ in found] == pytest.approx([one.score for one in case.things], abs=1e-4)
    for (_, _, box), one in zip(found, case.things, strict=True):
        assert box == pytest.approx(one.box, abs=0.05)


@pytest.mark.parametrize("key", ["lab-yolo", "lab-yolo-14"])
@pytest.mark.parametrize("size", [None, 320])
def test_the_labs_detectors_print_their_boxes_at_any_size(key, size):
    case = made(key, "astronaut", SeeSettings(size=size), FindSettings(confidence=0.15))
    assert len(case.things) > 1
    assert_prints_what_is_found(case)


@pytest.mark.parametrize(
    "nms", [NmsSettings(per_class=False, iou_threshold=0.8), *SOFT], ids=lambda nms: nms.method.value
)
def test_every_way_to_suppress_prints_its_boxes(nms):
    case = made("lab-yolo-14", "astronaut", SeeSettings(), FindSettings(confidence=0.2, nms=nms))
    assert len(case.things) > 1
    assert_prints_what_is_found(case)


def test_chosen_classes_and_the_limit_hold_in_the_lines_too():
    settings = FindSettings(confidence=0.1, nms=NmsSettings(iou_threshold=0.7), classes=("dog", "horse"), limit=5)
    case = made("lab-yolo-14", "astronaut", SeeSettings(), settings)
    assert len(case.things) == 5
    assert_prints_what_is_found(case)


@pytest.mark.parametrize("method", [Method.GREEDY, Method.MATRIX])
def test_where_nothing_is_sure_nothing_is_printed(method):
    case = made("lab-yolo-14", "cat", SeeSettings(), FindSettings(confidence=1.0, nms=NmsSettings(method=method)))
    assert case.things == ()
    assert printed_things(detect_snippet.snippet(case)) == []


def test_tiles_are_read_by_the_labs_own_core():
    case = made("lab-yolo-14", "cat", SeeSettings(tile=224, overlap=56), FindSettings())
    assert len(case.look.seen.looks) == 6
    assert "core.experiments.detecting" in detect_snippet.snippet(case)
    assert_prints_what_is_found(case)


@pytest.mark.weights
@pytest.mark.parametrize("size", [None, 416])
def test_yolo_fastest_prints_its_boxes(size, tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    darknet_files.put_real(card("yolo_fastest_xl"))
    case = made("yolo_fastest_xl", "coffee", SeeSettings(size=size), FindSettings(confidence=0.1))
    assert len(case.things) > 1
    assert_prints_what_is_found(case)
