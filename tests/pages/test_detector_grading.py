"""The view *How good is it?*: on every photo, of every source, with every kind of file, to its end."""

import csv
import io
import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from core.boxes.files import BoxTable
from core.boxes.truth_files import yolo_text
from core.experiments import detecting
from core.images.samples import SAMPLES, sample
from tests.sessions import file, headings, hidden, link, popovers, upload
from tests.snippets import run, snippet_of
from ui.cached import detections
from ui.sections.detector import grading_boxes, grading_presets, grading_truths

PAGE = "pages/detector.py"
PART = "How good is it?"
MADE_UP = grading_boxes.MADE_UP
COCO = {
    "images": [{"id": 1, "file_name": "cat.png"}, {"id": 2, "file_name": "dogs.png"}],
    "categories": [{"id": 1, "name": "cat"}, {"id": 2, "name": "dog"}],
    "annotations": [
        {"image_id": 1, "category_id": 1, "bbox": [0, 0, 401, 300]},
        {"image_id": 2, "category_id": 2, "bbox": [10, 10, 50, 50]},
        {"image_id": 2, "category_id": 2, "bbox": [90, 90, 50, 50]},
    ],
}
VOC = (
    "<annotation><object><name>{name}</name><bndbox><xmin>1</xmin><ymin>1</ymin><xmax>401</xmax><ymax>300</ymax></bndbox>"
    "</object></annotation>"
)


@pytest.fixture
def view(open_page):
    def opened(**query: str) -> AppTest:
        return open_page(PAGE, part=PART, **query)

    return opened


def assert_drawn(at: AppTest) -> None:
    """To its end, without an error."""
    assert not at.exception
    assert not at.error
    assert [one.label for one in at.metric][:3] == ["Found, TP", "False, FP", "Missed, FN"]
    assert ":material/timer:" in at.main.caption[-1].value
    assert popovers(at).count("Copy as PyTorch") == 1


def counts(at: AppTest) -> tuple[int, int, int]:
    found, false, missed = (int(one.value) for one in at.metric[:3])
    return found, false, missed


def said(at: AppTest) -> list[str]:
    """The sentences, as they are read."""
    return [one.value.replace("\\", "") for one in at.markdown]


def give(at: AppTest, name: str, data: bytes, *, names: bytes | None = None) -> AppTest:
    if names is not None:
        at.file_uploader(key="graded-upload-names").set_value(("classes.txt", names, "text/plain"))
    return at.file_uploader(key="graded-upload").set_value((name, data, "text/plain")).run()


def test_it_opens_with_the_cat_judged(view):
    at = view()
    assert_drawn(at)
    found, false, missed = counts(at)
    assert (found, missed) == (1, 0)
    assert false > 1
    assert at.metric[3].value == "1.000"
    assert {"The numbers", "What do the thresholds decide?", "Take it away"} <= set(headings(at))


@pytest.mark.parametrize("key", [row.key for row in SAMPLES])
@pytest.mark.parametrize("source", grading_boxes.SOURCES)
def test_every_photo_is_graded_by_either_detector(view, key, source):
    at = view(photo=key, boxes_of=source)
    assert_drawn(at)
    if source == MADE_UP:
        found, _, missed = counts(at)
        assert found + missed == len(sample(key).truth.labels)
        assert at.metric[3].value != "–"


@pytest.mark.parametrize("name", list(grading_presets.presets()))
def test_every_question_opens_by_its_link(view, name):
    at = view(grade=name)
    assert_drawn(at)
    row = grading_presets.presets()[name]
    assert at.session_state["photo"] == (row.photo or "cat")
    assert at.slider(key="sure").value == row.settings["sure"]


def test_a_question_about_one_photo_is_over_on_another(view, open_page):
    at = view(grade=grading_presets.FALSE)
    at.session_state["photo"] = "astronaut"
    at.run()
    assert at.session_state["grade"] == grading_presets.FIRST
    assert not any("yet AP is 1" in words for words in said(at))


def test_the_answer_to_a_prediction_waits(view):
    at = view(grade=grading_presets.BEST)
    assert "F1 is best" not in " ".join(one.value for one in at.caption)
    at.button(key=f"grade-known-{grading_presets.BEST}-button").click().run()
    assert "F1 is best at" in " ".join(one.value for one in at.caption)


def revealed(view, name: str) -> AppTest:
    return view(grade=name).button(key=f"grade-known-{name}-button").click().run()


def test_the_best_confidence_is_one_that_the_slider_has_and_its_f1_the_one_that_is_told(view):
    at = revealed(view, grading_presets.STRICT)
    (words,) = [one.value for one in at.caption if "F1 is best at" in one.value]
    confidence, f1 = re.findall(r"\*\*([\d.]+)\*\*", words)
    at.slider(key="sure").set_value(float(confidence)).run()
    assert at.metric[2].delta == f"F1 {f1}"


def test_the_answer_of_the_best_confidence_is_true(view):
    at = revealed(view, grading_presets.BEST)
    assert "At 0.71, where it is 0.76" in grading_presets.presets()[grading_presets.BEST].answer
    assert any("F1 is best at **0.71**: **0.76**" in one.value for one in at.caption)


def test_the_answer_of_the_strict_benchmark_is_true(view):
    at = revealed(view, grading_presets.STRICT)
    told = [at.metric[3].value, at.slider(key="match").set_value(0.75).run().metric[3].value]
    assert told == re.findall(r"\d\.\d{3}", grading_presets.presets()[grading_presets.STRICT].answer)


def test_the_area_says_whose_it_is_and_how_it_is_read(view):
    def told(at: AppTest) -> str:
        return next(one.value for one in at.caption if one.value.startswith("r is recall"))

    at = view(grade=grading_presets.STRICT)
    assert "all classes stand in one line" in told(at)
    assert "all classes" not in told(at.selectbox(key="kind").set_value("star").run())
    at.radio(key="area").set_value("Eleven points, VOC until 2009").run()
    assert "mean of eleven heights" in told(at)
    assert "rectangle" not in told(at)


def test_a_moved_confidence_asks_no_network_and_follows_the_curve(view, monkeypatch):
    looks = []
    see = detecting.see
    monkeypatch.setattr(detecting, "see", lambda *given: looks.append(given) or see(*given))
    detections._seen.clear()
    at = view()
    assert len(looks) == 1
    bill = at.main.caption[-1].value
    before = counts(at)
    at.slider(key="sure").set_value(0.5).run()
    assert counts(at) == (1, 0, 0)
    assert before[1] > 0
    at.slider(key="sure").set_value(0.9).run()
    assert counts(at) == (0, 0, 1)
    at.slider(key="match").set_value(0.75).run()
    assert_drawn(at)
    assert len(looks) == 1
    assert at.main.caption[-1].value == bill
    assert any("From" in one.value or "Lower it to" in one.value for one in at.markdown)


def test_a_step_that_is_promised_is_kept(view):
    at = view(photo="crowd", boxes_of=MADE_UP, sure="0.8")
    words = next(one.value for one in at.markdown if "Lower it to" in one.value).replace("\\", "")
    there = float(words.split("Lower it to ")[1].split(" ")[0])
    found, _, missed = counts(at)
    at.slider(key="sure").set_value(there).run()
    assert counts(at)[0] > found
    assert counts(at)[2] < missed


def test_a_stricter_iou_never_finds_more(view):
    at = view(photo="crowd", boxes_of=MADE_UP)
    found = []
    for threshold in (0.3, 0.5, 0.75, 0.9):
        at.slider(key="match").set_value(threshold).run()
        found.append(counts(at)[0])
    assert found == sorted(found, reverse=True)
    assert found[0] > found[-1]


def test_a_class_is_looked_at_alone(view):
    at = view(photo="crowd", boxes_of=MADE_UP)
    every = counts(at)
    each = []
    for label in ("circle", "square", "triangle", "star"):
        at.selectbox(key="kind").set_value(label).run()
        assert_drawn(at)
        each.append(counts(at))
    assert tuple(map(sum, zip(*each, strict=True))) == every


def test_a_picked_box_is_explained_and_so_is_a_missed_object(view):
    assert any("is right: IoU 0.89 with the cat" in words for words in said(view(judged="0")))
    missed = view(photo="cat", sure="0.9", judged=str(len(_found())))
    assert any("The cat is missed at this confidence: box 1 finds it" in words for words in said(missed))


def _found():
    look, settings = detecting.SeeSettings(), detecting.FindSettings(confidence=0.05)
    photo = sample("cat")
    return detecting.found(detecting.see(photo, "lab-yolo", look), (photo.height, photo.width), settings).things


def test_a_photo_without_what_the_network_knows_says_so(view):
    at = view(photo="rocket")
    assert_drawn(at)
    assert any("Nothing is marked that this detector knows on this photo" in one.value for one in at.info)
    assert at.metric[3].value == "–"


def test_a_visitors_photo_is_marked_by_the_visitor(view):
    at = view()
    upload(at, ("grey.png", file(200, 150), "image/png"))
    assert any("Nobody has marked this photo yet" in one.value for one in at.info)
    at.text_input(key="truth").set_value("cat 10, 10, 60, 60; Dog 2 80, 80, 140, 140").run()
    assert_drawn(at)
    assert counts(at)[0] + counts(at)[2] == 2


def test_of_a_coco_file_with_several_photos_one_is_chosen(view):
    at = give(view(truth_from=grading_truths.FILE), "instances.json", json.dumps(COCO).encode())
    assert_drawn(at)
    assert counts(at)[0] + counts(at)[2] == 1
    at.selectbox(key="graded-image").set_value("dogs.png").run()
    assert counts(at)[0] + counts(at)[2] == 2


@pytest.mark.parametrize("name", ["cat", "Cat"])
def test_a_voc_file_is_read(view, name):
    at = give(view(truth_from=grading_truths.FILE), "cat.xml", VOC.format(name=name).encode())
    assert_drawn(at)
    assert counts(at)[0] == 1


def test_a_yolo_file_gets_its_names_from_a_second_one(view):
    photo = sample("cat")
    table = BoxTable(photo.truth.boxes[:1].astype(float), photo.truth.boxes[:1, 0].astype(float) + 1, ("cat",))
    files = yolo_text(table, width=photo.width, height=photo.height, names=("dog", "cat"))
    at = give(view(truth_from=grading_truths.FILE), "cat.txt", files.boxes.encode(), names=files.names.encode())
    assert_drawn(at)
    assert counts(at)[0] == 1


def test_a_name_the_network_does_not_know_can_be_told(view):
    at = give(view(truth_from=grading_truths.FILE), "cat.xml", VOC.format(name="Katze").encode())
    assert counts(at) == (0, counts(at)[1], 0)
    assert any("knows no “Katze”" in one.value for one in at.caption)
    at.selectbox(key="graded-name-Katze").set_value("cat").run()
    assert_drawn(at)
    assert counts(at)[0] == 1
    assert any("“Katze” is read as **cat**" in one.value for one in at.caption)


def test_a_bad_file_keeps_the_last_good_one_and_says_what_to_do(view):
    at = give(view(truth_from=grading_truths.FILE), "cat.xml", VOC.format(name="cat").encode())
    good = counts(at)
    give(at, "broken.xml", b"<annotation><object>")
    assert any("line" in one.value for one in at.error)
    assert not at.exception
    assert counts(at) == good
    assert any("the last good file counts" in one.value for one in at.caption)


def test_what_is_taken_away_is_what_is_seen(view, files):
    at = view(photo="crowd", boxes_of=MADE_UP, sure="0.6")
    rows = list(csv.DictReader(io.StringIO(files["grading.csv"].decode())))
    shown = [row for row in rows if row["shown"] == "1"]
    found, false, _ = counts(at)
    assert sum(row["verdict"] == "right" for row in shown) == found
    assert sum(row["verdict"] != "right" for row in shown) == false
    told = json.loads(files["grading.json"])
    assert (told["found"], told["false"]) == (found, false)
    assert f"{told['mAP']:.3f}" == at.metric[3].value
    assert files["grading.png"].startswith(b"\x89PNG")
    assert run(snippet_of(at))["mAP"] == pytest.approx(told["mAP"])


def test_the_link_opens_the_same_state(view, open_page):
    at = view(photo="crowd", boxes_of=MADE_UP, sure="0.6", match="0.75", kind="star", stray="0.2")
    again = open_page(PAGE, query=link(at))
    assert_drawn(again)
    assert counts(again) == counts(at)
    assert [one.value for one in again.metric] == [one.value for one in at.metric]


def test_a_teacher_hides_parts(view):
    at = view(hide="formulas,curves")
    assert {"formulas", "curves"} <= set(hidden(at))


def test_eleven_points_are_the_older_average(view):
    at = view(photo="crowd", boxes_of=MADE_UP)
    newer = at.metric[3].value
    at.radio(key="area").set_value("Eleven points, VOC until 2009").run()
    assert_drawn(at)
    assert at.metric[3].value != newer
    assert "11 points" in at.metric[3].delta
