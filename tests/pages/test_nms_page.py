"""The NMS page: on every photo, from every source, by every method and link, to its end."""

import csv
import io
import json

import pytest
from streamlit.testing.v1 import AppTest

from core.boxes.nms_settings import Method, NmsSettings
from core.boxes.settings import kind_of
from core.experiments.candidates import detected
from core.experiments.nms import race
from core.images.samples import SAMPLES, sample
from tests.sessions import file, hidden, link, popovers, upload
from ui import cached
from ui.sections.nms import candidates, cases, method, typed, why

PAGE = "pages/nms.py"
TWO = "dog 0.9 10, 10, 110, 110; cat 0.8 12, 12, 112, 112; dog 0.7 15, 10, 110, 110"
every_sample = pytest.mark.parametrize("key", [row.key for row in SAMPLES])
every_source = pytest.mark.parametrize("source", candidates.SOURCES)
every_method = pytest.mark.parametrize("title", method.METHODS)
GOOD = b"label,x1,y1,x2,y2,score\ndog,10,10,110,110,0.9\ndog,12,12,112,112,0.8\ncat,200,50,300,150,0.7\n"


def assert_drawn(at: AppTest) -> None:
    """The page was drawn to its end, and nothing on it failed."""
    assert not at.exception
    assert not any("failed" in error.value for error in at.error)
    assert next(metric.label for metric in at.metric) == "Boxes"
    assert ":material/timer:" in at.main.caption[-1].value
    assert popovers(at).count("Copy as PyTorch") == 1


def counts(at: AppTest) -> list[str]:
    return [metric.value for metric in at.metric]


def words(at: AppTest) -> str:
    """The page's text without the marks that keep it from being Markdown."""
    return "\n".join(element.value for element in (*at.markdown, *at.caption)).replace("\\", "")


# Opening -----------------------------------------------------------------------------------------------------------


@every_sample
@every_source
def test_the_page_opens_on_every_sample_from_every_source(open_page, no_weights, key, source):
    at = open_page(PAGE, photo=key, boxes=source)
    assert_drawn(at)
    assert not at.error


@pytest.mark.parametrize("source", ["Detector", "Crowd", "Chance"])
@pytest.mark.parametrize("size", [(16, 16), (1600, 16), (16, 1600)], ids=str)
def test_the_page_opens_on_the_strangest_photos(open_page, no_weights, size, source):
    at = upload(open_page(PAGE, boxes=source), ("strip.png", file(*size), "image/png"))
    assert_drawn(at)
    assert not at.error


def test_the_detectors_boxes_race_before_any_suppression(open_page, no_weights):
    at = open_page(PAGE, photo="cat")
    table = detected(sample("cat"), "lab-yolo-14").table
    sure = candidates._where(table, table.scores >= 0.3)
    assert counts(at)[:2] == [str(len(sure.labels)), str(len(race(sure, NmsSettings()).kept))]
    assert len(sure.labels) > 20
    assert "1 forward and 0 backward passes" in words(at)


def test_another_score_asks_no_network_again(open_page, no_weights, monkeypatch):
    at = open_page(PAGE, photo="cat")
    before = counts(at)
    monkeypatch.setattr("core.experiments.candidates.load", lambda *given: pytest.fail("asked again"))
    at.slider(key="from_score").set_value(0.6).run()
    assert_drawn(at)
    assert int(counts(at)[0]) < int(before[0])


def test_a_photo_on_which_the_detector_finds_nothing_says_what_to_do(open_page, no_weights):
    at = open_page(PAGE, photo="rocket")
    assert_drawn(at)
    assert any("is sure of none on this photo" in info.value for info in at.info)
    assert counts(at)[:2] == ["0", "0"]


@every_method
@pytest.mark.parametrize("races", method.RACES)
def test_every_method_is_what_core_says(open_page, no_weights, title, races):
    at = open_page(PAGE, boxes="Crowd", photo="overlap", method=title, races=races)
    assert_drawn(at)
    assert not at.error
    made = cached.crowded(
        tuple(one for one in _objects("overlap")), candidates.CrowdSettings(), sample("overlap")
    ).table
    settings = NmsSettings(method=method.METHODS[title], per_class=races == method.RACES[0])
    assert counts(at)[:2] == [str(len(made.labels)), str(len(race(made, settings).kept))]


def _objects(key: str):
    return [candidates.Labelled(kind_of(one.label), one.box) for one in candidates.truths.of(sample(key))]


@pytest.mark.parametrize("name", method.BESIDE)
def test_a_second_way_runs_beside_the_first(open_page, no_weights, name):
    at = open_page(PAGE, boxes="Table", rows=TWO, beside=name)
    assert_drawn(at)
    labels = [metric.label for metric in at.metric]
    if name in (method.NOTHING, "Per class", "Greedy"):
        assert labels[:2] == ["Boxes", "Kept"]
        assert ("That is what runs already." in words(at)) == (name != method.NOTHING)
    else:
        expected = ["per class", "all together"] if name == "All together" else ["Greedy", name]
        assert labels[1:] == [*(f"Kept: {word}" for word in expected), "Kept by one alone"]


@every_method
def test_a_moved_threshold_changes_what_is_kept(open_page, no_weights, title):
    at = open_page(PAGE, boxes="Crowd", photo="overlap", method=title)
    before = counts(at)
    slider = at.slider(key="iou") if method.METHODS[title].has_threshold else at.slider(key="sigma")
    slider.set_value(0.95 if slider.key == "iou" else 0.05).run()
    assert_drawn(at)
    kept = int(counts(at)[1])
    assert kept > int(before[1]) if method.METHODS[title].has_threshold else kept < int(before[1])


# Why ---------------------------------------------------------------------------------------------------------------


@every_method
def test_a_picked_box_is_explained_with_its_numbers(open_page, no_weights, title):
    at = open_page(PAGE, boxes="Table", rows=TWO, method=title, box="2")
    assert_drawn(at)
    settings = NmsSettings(method=method.METHODS[title])
    table = typed.read(TWO)
    found = race(table, settings)
    assert why.sentence(table, settings, cached.why(found, 2)) in words(at)
    assert link(at)["box"] == "2"


def test_the_sentence_names_the_winner_the_overlap_and_the_threshold(open_page, no_weights):
    at = open_page(PAGE, boxes="Table", rows=TWO, box="2")
    assert (
        "Box 2 (dog, score 0.70) was removed in decision 1 by box 0 (dog, score 0.90): they overlap by IoU 0.95"
        in words(at)
    )
    assert "It is kept at thresholds from 0.950 on." in words(at)


@pytest.mark.parametrize("value", ["3", "-1", "junk", "", "9" * 400, "1.5", "<script>", "²"], ids=repr)
def test_a_box_that_is_none_is_not_picked(open_page, no_weights, value):
    at = open_page(PAGE, boxes="Table", rows=TWO, box=value)
    assert_drawn(at)
    assert "No box is picked." in words(at)


def test_names_are_text_and_never_markup(open_page, no_weights):
    at = open_page(
        PAGE, boxes="Table", rows="<b>**x**</b> 0.9 10, 10, 110, 110; [y](http://z) 0.8 12, 12, 112, 112", box="1"
    )
    assert_drawn(at)
    assert not any("<b>" in line.value for line in (*at.markdown, *at.html))
    assert all("[y](" not in line.value for line in at.markdown)


# Tables and files --------------------------------------------------------------------------------------------------


def test_the_rows_of_a_link_race(open_page, no_weights):
    at = open_page(PAGE, boxes="Table", rows=TWO)
    assert counts(at)[:2] == ["3", "2"]
    assert link(at)["rows"] == typed.written(typed.read(TWO))


@pytest.mark.parametrize(
    "rows",
    ["junk", "dog 0.9 1,2,3", "dog 2 0,0,9,9", "dog 0.9 9,9,0,0", "x" * 9_000, "\0", "a 0.5 0,0,1e9,9"],
    ids=repr,
)
def test_rows_that_are_no_boxes_are_explained_and_the_page_goes_on(open_page, no_weights, rows):
    at = open_page(PAGE, boxes="Table", rows=rows)
    assert_drawn(at)
    assert len(at.error) == 1
    assert counts(at)[0] != "0"
    assert any(caption.value.startswith("Change a score") for caption in at.caption), "no table to mend it in"
    assert link(at)["rows"] != rows


def test_an_empty_table_is_a_table(open_page, no_weights):
    at = open_page(PAGE, boxes="Table", rows=" ; ")
    assert_drawn(at)
    assert not at.error
    assert counts(at)[:2] == ["0", "0"]


def test_a_table_begins_with_the_surest_of_what_raced_before(open_page, no_weights):
    at = open_page(PAGE, boxes="Crowd", photo="overlap")
    at.button_group(key="boxes").set_value("Table").run()
    assert_drawn(at)
    assert counts(at)[0] == str(candidates.SEEDED)


def give(at: AppTest, name: str, data: bytes) -> AppTest:
    at.file_uploader(key="boxes-file").set_value([(name, data, "text/csv")]).run()
    assert not at.exception
    return at


def test_a_file_races(open_page, no_weights):
    at = give(open_page(PAGE, boxes="File"), "mine.csv", GOOD)
    assert_drawn(at)
    assert not at.error
    assert counts(at)[:2] == ["3", "2"]


def test_the_good_rows_of_a_file_race_and_the_others_are_told(open_page, no_weights):
    at = give(open_page(PAGE, boxes="File"), "mine.csv", GOOD + b"cow,50,50,10,90,0.5\n")
    assert_drawn(at)
    assert counts(at)[0] == "3"
    (warning,) = at.warning
    assert warning.value.startswith("1 row was left out.")
    assert "ine 5" in warning.value


@pytest.mark.parametrize(
    "data",
    [b"", b"\x89PNG\r\n\x1a\n\0\0", b"[]", b"{", b"a,b", b"a,b,c\n1,2,3\n", b"[" * 50_000],
    ids=lambda data: repr(data[:6]),
)
def test_a_file_that_holds_no_boxes_is_explained_and_the_last_ones_stay(open_page, no_weights, data):
    at = open_page(PAGE, boxes="File", photo="cat")
    before = counts(at)
    give(at, "mine.csv", data)
    assert_drawn(at)
    assert len(at.error) == 1
    assert "The boxes of before race on." in [one.value for one in at.caption]
    assert counts(at) == before


def test_of_a_file_about_several_photos_one_is_chosen(open_page, no_weights):
    rows = [{"image_id": image, "category_id": 1, "bbox": [10, 10, 50, 50], "score": 0.5} for image in (7, 7, 9)]
    at = give(open_page(PAGE, boxes="File"), "results.json", json.dumps(rows).encode())
    at.run()
    assert counts(at)[0] == "2"
    at.selectbox(key="boxes-image").set_value("9").run()
    assert_drawn(at)
    assert counts(at)[0] == "1"


# Presets, links, exports -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", cases.presets())
def test_a_question_sets_the_page_and_its_link_opens_it_again(open_page, no_weights, name):
    at = open_page(PAGE)
    at.button_group(key=cases.KEY).set_value(name).run()
    assert_drawn(at)
    assert not at.error
    assert cases.presets()[name].question in words(at)
    again = open_page(PAGE, link(at))
    assert_drawn(again)
    assert counts(again) == counts(at)


SETTINGS = (
    "boxes",
    "method",
    "iou",
    "sigma",
    "least",
    "races",
    "beside",
    "from_score",
    "count",
    "jitter",
    "noise",
    "seed",
)
NONSENSE = ["junk", "-1", "nan", "1e400", "9" * 400, "<script>", "\0", "", ["junk", "none"]]


@pytest.mark.parametrize("key", [*SETTINGS, "confusion", "boxes_count", "decision"])
def test_a_setting_without_sense_in_a_link_is_no_failure(open_page, no_weights, key):
    for source in ("Crowd", "Chance"):
        for value in NONSENSE:
            at = open_page(PAGE, {"boxes": source, "boxes_count": "20", "count": "3", key: value}, photo="triangle")
            assert_drawn(at)
            assert not at.error, (source, value)


def test_a_question_begins_its_race_anew_whatever_was_set_before(open_page, no_weights):
    at = open_page(
        PAGE, boxes="Crowd", photo="triangle", box="1", decision="3", least="0.3", sigma="2.0", from_score="0.9"
    )
    at.button_group(key=cases.KEY).set_value("A chain").run()
    assert_drawn(at)
    assert not {"box", "decision"} & set(link(at))
    assert (at.session_state["least"], at.session_state["sigma"], at.session_state["from_score"]) == (0.05, 0.5, 0.3)


def test_a_picked_box_is_let_go_with_its_race(open_page, no_weights):
    at = open_page(PAGE, boxes="Crowd", photo="triangle", box="1")
    assert link(at)["box"] == "1"
    at.button_group(key="boxes").set_value("Chance").run()
    assert_drawn(at)
    assert "box" not in link(at)


def test_what_gives_a_prediction_away_waits(open_page, no_weights):
    at = open_page(PAGE)
    at.button_group(key=cases.KEY).set_value("More keeps less").run()
    assert_drawn(at)
    assert counts(at)[:2] == ["4", "?"]
    assert "The curves wait until you reveal the answer." in [one.value for one in at.caption]
    assert cases.presets()["More keeps less"].answer not in words(at)
    at.button(key=f"{cases.KEY}-known-More keeps less-button").click().run()
    assert_drawn(at)
    assert counts(at)[:2] == ["4", "3"]
    assert cases.presets()["More keeps less"].answer in words(at)


def test_of_two_ways_every_verdict_leaves(open_page, no_weights, files):
    open_page(PAGE, boxes="Table", rows=TWO, beside="All together")
    rows = list(csv.DictReader(io.StringIO(files["nms.csv"].decode())))
    assert [row["way"] for row in rows] == ["Greedy, per class"] * 3 + ["Greedy, all together"] * 3
    assert [row["kept"] for row in rows] == ["1", "1", "0", "1", "0", "0"]


def test_a_photo_of_nothing_that_the_detector_knows_is_said_to_be_one(open_page, no_weights):
    at = open_page(PAGE, photo="coffee")
    assert_drawn(at)
    (told,) = [one.value for one in at.caption if "shows none of them (cup" in one.value]
    assert "people and five animals" in told
    assert not [one for one in open_page(PAGE, photo="cat").caption if "shows none of them" in one.value]


def test_a_file_stays_while_other_boxes_race_and_says_so(open_page, no_weights):
    at = give(open_page(PAGE, boxes="File", photo="triangle"), "mine.csv", GOOD)
    at.button_group(key="boxes").set_value("Chance").run()
    at.button_group(key="boxes").set_value("File").run()
    assert_drawn(at)
    assert counts(at)[0] == "3"
    assert "These are still the boxes of mine.csv." in [one.value for one in at.caption]


def test_without_a_file_the_page_says_what_races(open_page, no_weights):
    at = open_page(PAGE, boxes="File", photo="cat")
    assert any(one.value.startswith("No file yet") for one in at.info)


def test_boxes_outside_of_the_photo_are_told(open_page, no_weights):
    at = give(open_page(PAGE, boxes="File", photo="cat"), "mine.csv", GOOD + b"cow,5000,5000,5100,5100,0.5\n")
    assert [one.value for one in at.warning] == ["1 box lies outside of this photo. Is the file about another one?"]


def test_objects_that_nobody_names_are_missed(open_page, no_weights):
    at = open_page(PAGE, boxes="Table", rows="cat 0.9 20, 12, 396, 298", photo="cat")
    assert any("with 1 known object" in one.value for one in at.caption)
    at = open_page(PAGE, boxes="Table", rows="box 0.9 20, 12, 396, 298", photo="cat")
    assert any(one.value.startswith("No box here bears the name of an object") for one in at.caption)


def test_a_teachers_link_hides_parts(open_page, no_weights):
    at = open_page(PAGE, hide="curves,why", photo="triangle")
    assert_drawn(at)
    assert hidden(at) == ["curves", "why"]


def test_every_box_leaves_with_its_verdict(open_page, no_weights, files):
    open_page(PAGE, boxes="Table", rows=TWO)
    rows = list(csv.DictReader(io.StringIO(files["nms.csv"].decode())))
    assert [(row["label"], row["kept"], row["decided by"]) for row in rows] == [
        ("dog", "1", "0"),
        ("cat", "1", "1"),
        ("dog", "0", "0"),
    ]
    assert float(rows[2]["overlap"]) == pytest.approx(0.95)
    told = json.loads(files["nms.json"])
    assert [way["method"] for way in told["ways"]] == [Method.GREEDY.value]
    assert told["boxes"] == "Table"
    assert files["nms.png"].startswith(b"\x89PNG")


@pytest.mark.parametrize("door", ["race", "nms_curve", "candidates"])
def test_an_unknown_error_is_told_in_words(open_page, no_weights, monkeypatch, door):
    monkeypatch.setattr(cached, door, lambda *given: 1 / 0)
    at = open_page(PAGE)
    assert not at.exception
    assert [error.value.split(".")[0] for error in at.error] == [
        {"candidates": "**The boxes failed", "race": "**The suppression failed", "nms_curve": "**The curves failed"}[
            door
        ]
    ]
