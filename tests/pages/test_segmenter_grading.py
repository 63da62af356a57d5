"""The view *Grade it*: on every photo, with every kind of truth, to its end."""

import csv
import io
import json
import re

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.experiments import segmenting
from core.experiments.judging_masks import known_truth
from core.images.samples import SAMPLES, sample
from core.segmentation.mask_files import MaskKind, read_mask
from tests.pages.conftest import put
from tests.sessions import file, headings, hidden, link, popovers, upload
from tests.snippets import run, snippet_of
from ui.cached import mask_grades, segmentations
from ui.sections.segmenter import grading_beside, grading_painted, grading_presets

PAGE, PART = "pages/segmenter.py", "Grade it"


@pytest.fixture
def view(open_page, no_weights):
    def opened(**query: str) -> AppTest:
        return open_page(PAGE, part=PART, **query)

    return opened


def assert_drawn(at: AppTest) -> None:
    """To its end, without an error."""
    assert not at.exception
    assert not at.error
    assert [one.label for one in at.metric] == ["Mean IoU", "Pixels right", "Boundary F", "Wrong near a contour"]
    assert ":material/timer:" in at.main.caption[-1].value
    assert "Copy as PyTorch" in popovers(at)


def said(at: AppTest) -> str:
    """All sentences, as they are read."""
    return "\n".join(one.value.replace("\\", "").replace("\u00a0", " ") for one in at.markdown)


def iou(at: AppTest, label: str) -> float:
    """The IoU of a class in the table."""
    found = re.search(rf"^\| \*\*{label}\*\*[^|]*\| ([\d.]+) \|", said(at), re.MULTILINE)
    assert found, label
    return float(found[1])


def png(mask: np.ndarray) -> bytes:
    out = io.BytesIO()
    Image.fromarray(mask).save(out, "PNG")
    return out.getvalue()


def give(at: AppTest, name: str, data: bytes) -> AppTest:
    return at.file_uploader(key="judge-upload").set_value((name, data, "image/png")).run()


def paint(at: AppTest, photo: str, numbers: np.ndarray, names: tuple[str, ...]) -> AppTest:
    """The page after the session got a painted mask."""
    at.session_state["judge-masks"] = {sample(photo).digest: grading_painted.TruthMask(numbers, names)}
    return at.run()


def test_it_opens_with_the_cat_judged(view):
    at = view()
    assert_drawn(at)
    assert iou(at, "cat") == 0.85
    assert at.metric[0].value == "0.719"
    assert {"Area and contour", "Class by class", "Told as boxes", "Take it away"} <= set(headings(at))
    assert "\\frac{94{,}787}{94{,}787 + 9{,}713 + 6{,}995}" in at.latex[0].value.replace("\n", "")


@pytest.mark.parametrize("key", [row.key for row in SAMPLES])
def test_every_photo_is_judged_or_painted(view, key):
    at = view(photo=key)
    assert_drawn(at)
    painted = [one.value for one in at.info if "Nobody has outlined" in one.value]
    assert bool(painted) == (known_truth(sample(key)) is None)


@pytest.mark.parametrize("name", list(grading_presets.presets()))
def test_every_question_opens_by_its_link(view, name):
    at = view(judge=name)
    assert_drawn(at)
    assert at.session_state["photo"] == (grading_presets.presets()[name].photo or "cat")


def test_the_numbers_of_the_questions_are_those_of_the_page(view):
    rows = grading_presets.presets()
    at = view(judge=grading_presets.CONTOUR)
    assert "0.85, by contour 0.21" in rows[grading_presets.CONTOUR].question
    assert (iou(at, "cat"), round(float(re.findall(r"contour scores ([\d.]+):", said(at))[0]), 2)) == (0.85, 0.21)
    at = view(judge=grading_presets.HALF)
    assert "0.54" in rows[grading_presets.HALF].question
    at.button(key=f"judge-known-{grading_presets.HALF}-button").click().run()
    assert iou(at, "person") == 0.54
    scores = _row("astronaut", "person").pixels
    assert f"{100 * scores.precision:.0f} %" in rows[grading_presets.HALF].answer
    assert f"{100 * (1 - scores.recall):.0f} %" in rows[grading_presets.HALF].answer
    at = view(judge=grading_presets.SCENE)
    right = at.metric[1].value.replace("\u00a0", " ")
    assert f"{right}; mean IoU: {at.metric[0].value}" in rows[grading_presets.SCENE].answer
    assert "never learned triangle, star, circle, square" in said(at)


def _row(key, label):
    photo = sample(key)
    judged = mask_grades.judged(segmentations.segmented(photo, "lab-fcn"), photo, known_truth(photo))
    return next(row for row in judged.rows if row.label == label)


def test_the_answer_to_where_the_errors_are_waits_and_is_true(view):
    at = view(judge=grading_presets.WHERE)
    assert at.metric[3].value == "?"
    assert "most errors are" not in said(at)
    at.button(key=f"judge-known-{grading_presets.WHERE}-button").click().run()
    assert "most errors are away from it" in said(at)
    answer = grading_presets.presets()[grading_presets.WHERE].answer
    five = at.metric[3].value.replace("\u00a0", " ")
    assert f"{five} of the wrong pixels lie within 5 px" in answer
    assert at.metric[3].delta.replace("\u00a0", " ").startswith("4 % of all")
    assert "5 px has 4 % of all" in answer
    at.slider(key="judge_edge").set_value(20).run()
    assert f"there are only {at.metric[3].value}".replace("\u00a0", " ") in answer


@pytest.mark.parametrize("name", [grading_presets.HALF, grading_presets.WHERE])
def test_while_a_question_is_open_nothing_on_the_page_answers_it(view, name):
    at = view(judge=name)
    assert "missed" not in said(at)
    assert headings(at) == ["Take it away"]
    assert not at.latex
    assert any("its errors wait until you reveal the answer" in one.value for one in at.main.caption)
    at.button(key=f"judge-known-{name}-button").click().run()
    assert_drawn(at)
    assert {"Area and contour", "Class by class", "Told as boxes"} <= set(headings(at))


def test_before_anything_is_painted_it_says_what_the_numbers_mean(view):
    at = view(photo="coffee")
    assert any("until you paint the truth here, every pixel counts as background" in one.value for one in at.info)
    assert "No contour of this class is true" in said(at)
    assert "The truth has no contour, so none of" in said(at)


def test_another_class_asks_no_network(view, monkeypatch):
    segmentations._segmented.clear()
    asked = []
    ask = segmenting.segment
    monkeypatch.setattr(segmenting, "segment", lambda *given: asked.append(given) or ask(*given))
    at = view()
    assert len(asked) == 1
    at.selectbox(key="judge_class").set_value("background").run()
    assert_drawn(at)
    assert "Two scores of one class: background" in said(at)
    at.slider(key="judge_edge").set_value(9).run()
    assert len(asked) == 1


def test_a_painted_mask_is_judged_and_belongs_to_its_photo(view):
    at = view(judge_truth="Painted")
    assert_drawn(at)
    assert iou(at, "cat") == 0.85
    truth = known_truth(sample("cat"))
    half = truth.numbers.copy()
    half[:, : half.shape[1] // 2] = 0
    paint(at, "cat", half, truth.names)
    assert_drawn(at)
    assert iou(at, "cat") < 0.5
    at.session_state["photo"] = "astronaut"
    at.run()
    assert iou(at, "person") == 0.54
    at.session_state["photo"] = "cat"
    at.run()
    assert iou(at, "cat") < 0.5


@pytest.mark.parametrize("message", [None, 3, [], {"runs": "0,5"}, {"runs": 5, "about": None, "revision": "x"}])
def test_a_hostile_message_of_the_painter_changes_nothing(view, message):
    at = view(judge_truth="Painted")
    at.session_state["judge-painter"] = {"painted": message}
    at.run()
    assert_drawn(at)
    assert iou(at, "cat") == 0.85


def test_painting_starts_from_nothing_from_the_known_and_from_the_answer(view):
    at = view(judge_truth="Painted")
    at.button(key="judge-start-answer").click().run()
    assert_drawn(at)
    assert (iou(at, "cat"), at.metric[1].value.replace("\u00a0", " ")) == (1.0, "100.0 %")
    assert at.metric[3].value == "–"
    at.button(key="judge-start-empty").click().run()
    assert_drawn(at)
    assert iou(at, "cat") == 0.0
    at.button(key="judge-start-known").click().run()
    assert iou(at, "cat") == 0.85


def test_a_visitors_photo_is_painted(view):
    at = upload(view(), ("grey.png", file(200, 150), "image/png"))
    assert_drawn(at)
    assert any("Nobody has outlined this photo yet:" in one.value for one in at.info)
    with pytest.raises(KeyError):
        at.button(key="judge-start-known")


def test_a_mask_file_of_numbers_is_judged_and_its_names_can_be_told(view):
    truth = known_truth(sample("cat")).numbers
    at = give(view(judge_truth="File"), "cat.png", png(truth * np.uint8(255)))
    assert_drawn(at)
    assert iou(at, "cat") == 0.85
    (named,) = [one for one in at.selectbox if one.label.startswith("1,")]
    named.set_value("dog").run()
    assert_drawn(at)
    assert iou(at, "dog") < 0.1
    named = next(one for one in at.selectbox if one.label.startswith("1,"))
    named.set_value("not counted").run()
    assert_drawn(at)
    assert iou(at, "background") < 0.8


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("notes.png", b"These are no pixels.", "is not a picture that the lab can read. Save the mask as PNG"),
        ("wide.png", png(np.zeros((30, 300), np.uint8)), "they have different shapes"),
        ("dot.png", png(np.zeros((1, 1), np.uint8)), "they have different shapes"),
        ("open.png", png(np.full((300, 451), 255, np.uint8)), "leaves every pixel open"),
        ("cut.png", png(np.ones((300, 451), np.uint8))[:60], "damaged or cut off"),
    ],
)
def test_a_bad_mask_file_is_told_in_words_and_leaves_the_last_good_one(view, name, data, words):
    at = give(view(judge_truth="File"), name, data)
    assert not at.exception
    assert any(words in one.value.replace("\\", "").replace("*", "") for one in at.error)
    assert iou(at, "cat") == 0.85
    half = known_truth(sample("cat")).numbers.copy()
    half[:, :200] = 0
    good = iou(give(at, "half.png", png(half)), "cat")
    assert good < 0.6
    give(at, name, data)
    assert iou(at, "cat") == good
    assert any("the last good file counts" in one.value for one in at.caption)


def test_six_looks_stand_beside_one(view):
    at = view(judge_beside=grading_beside.LOOKS)
    assert_drawn(at)
    assert "IoU 0.850 by Lab FCN, 0.879 by Lab FCN, six looks" in said(at)
    assert "7 forward" in at.main.caption[-1].value


def test_two_networks_are_judged_by_one_truth(view):
    put("lraspp")
    at = view(judge_beside="LR-ASPP MobileNetV3")
    assert_drawn(at)
    assert "IoU, LR-ASPP MobileNetV3" in said(at)


def test_a_network_that_is_not_here_is_not_judged(view):
    at = view(judge_beside="FCN ResNet-50")
    assert_drawn(at)
    assert any("FCN ResNet-50 is not on this server" in one.value for one in at.info)


def test_what_is_taken_away_is_what_is_seen(view, files, tmp_path):
    at = view()
    rows = {row["class"]: row for row in csv.DictReader(io.StringIO(files["judge.csv"].decode()))}
    assert round(float(rows["cat"]["IoU"]), 3) == iou(at, "cat")
    told = json.loads(files["judge.json"])
    assert f"{told['mean IoU'][0]:.3f}" == at.metric[0].value
    assert Image.open(io.BytesIO(files["judge.png"])).size == (451, 300)
    reading = read_mask(files["judge-truth.png"], "truth.png", sample("cat"))
    assert reading.kind is MaskKind.PALETTE
    assert np.array_equal(reading.truth({0: "background", 8: "cat"}).numbers, known_truth(sample("cat")).numbers)
    paths = {}
    for name in ("judge-truth.png", "judge-answer.png"):
        (tmp_path / name).write_bytes(files[name])
        paths[f"'{name}'"] = repr(str(tmp_path / name))
    printed = run(snippet_of(at), **paths)
    assert printed["mean IoU"] == pytest.approx(told["mean IoU"][0])
    assert printed["pixels right"] == pytest.approx(told["pixels right"][0])
    assert printed["IoU cat"] == pytest.approx(float(rows["cat"]["IoU"]))
    again = give(view(judge_truth="File"), "truth.png", files["judge-truth.png"])
    assert_drawn(again)
    assert [one.value for one in again.metric] == [one.value for one in at.metric]


def test_the_link_opens_the_same_state(view, open_page):
    at = view(photo="astronaut", judge_class="background", judge_edge="9", judge_seen="missed")
    again = open_page(PAGE, query=link(at))
    assert_drawn(again)
    assert [one.value for one in again.metric] == [one.value for one in at.metric]
    assert again.selectbox(key="judge_class").value == "background"
    assert again.session_state["judge_seen"] == ("missed",)


def test_a_link_can_not_bring_a_painted_mask_and_says_so(view):
    at = view(judge_truth="Painted")
    assert any("The mask that you painted is not part of it" in one.value for one in at.caption)


@pytest.mark.parametrize(
    "query",
    [
        {"judge_class": "unicorn"},
        {"judge_edge": "900"},
        {"judge_seen": "nothing at all"},
        {"judge_truth": "Guess"},
        {"judge": "?"},
        {"judge_beside": "x"},
    ],
)
def test_nonsense_in_a_link_is_left_aside(view, query):
    at = view(**query)
    assert_drawn(at)
    assert iou(at, "cat") == 0.85


def test_a_teacher_hides_parts(view):
    at = view(hide="formulas,boxes,words")
    assert {"formulas", "boxes", "words"} <= set(hidden(at))


def test_the_way_to_the_attribution_page_is_there_for_the_labs_own_network(view):
    assert view().button(key="judge-why").label == "Why these pixels?"
    at = view(photo="crowd")
    assert any("the network calls none" in one.value for one in at.caption)
