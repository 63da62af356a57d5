"""The view Detect of the detector page: from any photo, by any setting and link, to its end."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.boxes.files import read_boxes
from core.boxes.nms_settings import NmsSettings
from core.boxes.truth_files import read_truths
from core.detection.detecting_settings import FindSettings, SeeSettings
from core.experiments import seeing
from core.experiments.detecting import found, see
from core.images.samples import SAMPLES, sample
from core.zoo.catalog import card
from tests.core.zoo import darknet_files
from tests.pages.conftest import put
from tests.sessions import file, hidden, link, popovers, upload
from ui.cached import detections
from ui.sections.detector import detect_presets, detect_thresholds
from ui.sections.nms import method

PAGE = "pages/detector.py"
every_sample = pytest.mark.parametrize("key", [row.key for row in SAMPLES])


@pytest.fixture(autouse=True)
def _no_look_of_another_test() -> None:
    detections._seen.clear()
    detections._found.clear()


def assert_drawn(at: AppTest) -> None:
    """The view was drawn to its end, and nothing on it failed."""
    assert not at.exception
    assert not any("failed" in error.value for error in at.error)
    assert next(metric.label for metric in at.metric) == "Boxes"
    assert "moving them asks no network" in at.main.caption[-1].value
    assert popovers(at).count("Copy as PyTorch") == 1


def counts(at: AppTest) -> list[str]:
    return [metric.value for metric in at.metric]


def words(at: AppTest) -> str:
    """The page's text without the marks that keep it from being Markdown."""
    every = (*at.markdown, *at.caption, *at.info, *at.error)
    return "\n".join(element.value for element in every).replace("\\", "")


def known(key: str, settings: FindSettings, look: SeeSettings | None = None):
    photo = sample(key)
    return found(see(photo, "lab-yolo-14", look or SeeSettings()), (photo.height, photo.width), settings)


@every_sample
def test_the_view_opens_on_every_sample_without_weights(open_page, no_weights, key):
    at = open_page(PAGE, photo=key)
    assert_drawn(at)
    assert not at.error
    expected = known(key, FindSettings())
    assert counts(at)[0] == str(len(expected.things))
    assert counts(at)[2] == f"{expected.below:,}"


@pytest.mark.parametrize("size", [(16, 16), (1600, 16), (16, 1600)], ids=str)
def test_the_view_opens_on_the_strangest_photos(open_page, no_weights, size):
    at = upload(open_page(PAGE, tile="160 px"), ("strip.png", file(*size), "image/png"))
    assert_drawn(at)


def test_a_threshold_asks_no_network(open_page, no_weights, monkeypatch):
    at = open_page(PAGE, photo="cat")
    before = counts(at)
    monkeypatch.setattr(seeing, "load", lambda *given: pytest.fail("asked again"))
    at.slider(key=detect_thresholds.OVERLAP).set_value(0.9).run()
    at.slider(key=detect_thresholds.CONFIDENCE).set_value(0.2).run()
    assert_drawn(at)
    assert int(counts(at)[0]) > int(before[0])
    assert "1 forward and 0 backward passes" in words(at)


def test_tiles_are_passes_of_their_own(open_page, no_weights):
    at = open_page(PAGE, photo="cat", tile="224 px")
    assert_drawn(at)
    assert "6 forward and 0 backward passes" in words(at)
    assert "of the tile at (" in words(at)
    assert not [button for button in at.button if button.key == "to-nms"], "tiles race by rules of their own"


def test_the_best_box_is_told_with_the_numbers_that_make_its_score(open_page, no_weights):
    at = open_page(PAGE, photo="cat")
    best = known("cat", FindSettings()).things[0]
    assert f"Box 1, cat:** score {best.score:.3f} = " in words(at)
    assert "It removed 58 other candidates." in words(at)
    assert f"= {best.score:.3f}" in at.latex[0].value


def test_a_link_picks_a_box(open_page, no_weights):
    expected = known("astronaut", FindSettings())
    look, anchor = expected.rows[1]
    at = open_page(PAGE, photo="astronaut", found=f"{look}-{anchor}-{expected.things[1].index}")
    assert "Box 2, person:**" in words(at)
    assert link(at)["found"] == f"{look}-{anchor}-{expected.things[1].index}"


@pytest.mark.parametrize(
    "query",
    [
        {"found": "junk"},
        {"found": "0-99999999-9"},
        {"confidence": "7", "nms": "-1"},
        {"only": "zebra"},
        {"suppression": "none", "racing": "x", "input": "1 px", "tile": "-3", "versus": "nobody"},
        {"model": "nobody", "most": "0", "shared": "99"},
    ],
    ids=str,
)
def test_a_link_with_nonsense_opens_the_view_all_the_same(open_page, no_weights, query):
    at = open_page(PAGE, photo="cat", **query)
    assert_drawn(at)
    assert counts(at)[0] == "1"


@pytest.mark.parametrize("title", method.METHODS)
def test_every_method_leaves_what_core_says(open_page, no_weights, title):
    at = open_page(PAGE, photo="astronaut", suppression=title, confidence="0.1")
    assert_drawn(at)
    nms = NmsSettings(method=method.METHODS[title])
    assert counts(at)[0] == str(len(known("astronaut", FindSettings(confidence=0.1, nms=nms)).things))


def test_only_the_chosen_classes_are_looked_for(open_page, no_weights):
    at = open_page(PAGE, photo="astronaut", confidence="0.1", only="dog")
    assert_drawn(at)
    assert counts(at)[0] == str(len(known("astronaut", FindSettings(confidence=0.1, classes=("dog",))).things))
    assert counts(at)[1] == "1"


def test_a_photo_of_nothing_known_says_so_and_offers_a_network_that_knows_more(open_page, no_weights):
    at = open_page(PAGE, photo="rocket")
    assert "finds none of it at this confidence. Its surest box scores" in words(at)
    at.button(key="take-wider").click().run()
    assert_drawn(at)
    assert "Yolo-Fastest 1.1 XL is not on this server, and it works offline." in words(at)
    assert "yolo-fastest-1.1-xl.weights" in words(at)


def test_a_photo_of_other_things_says_that_its_boxes_are_mistakes(open_page, no_weights):
    at = open_page(PAGE, photo="coffee")
    assert "every box here is a mistake" in words(at)


def test_two_networks_stand_beside_each_other_with_the_same_thresholds(open_page, no_weights):
    at = open_page(PAGE, photo="cat", versus="Lab YOLO, 7 × 7 cells")
    assert_drawn(at)
    assert "Both find 1 thing" in words(at)
    assert "2 forward and 0 backward passes" in words(at)
    assert "All that follows is about Lab YOLO, 14 × 14 cells." in words(at)
    assert "One pass for the whole photo by each network." in words(at)
    assert link(at)["versus"] == "Lab YOLO, 7 × 7 cells"


def test_each_of_two_networks_passes_once_for_each_tile(open_page, no_weights):
    at = open_page(PAGE, photo="cat", versus="Lab YOLO, 7 × 7 cells", tile="224 px")
    assert_drawn(at)
    assert "One pass for each of 6 tiles by each network." in words(at)
    assert "12 forward and 0 backward passes" in words(at)


def test_one_network_alone_is_not_told_apart(open_page, no_weights):
    at = open_page(PAGE, photo="cat")
    assert "One pass for the whole photo. The thresholds" in words(at)
    assert "All that follows" not in words(at)


def test_of_two_networks_the_one_that_finds_nothing_is_named(open_page, no_weights):
    at = open_page(PAGE, photo="rocket", versus="Lab YOLO, 7 × 7 cells")
    (info,) = at.info
    assert info.value.startswith("Lab YOLO, 14 × 14 cells knows ")
    assert "finds none of it at this confidence" in info.value


def test_a_network_is_not_compared_with_itself(open_page, no_weights):
    at = open_page(PAGE, photo="cat", versus="Lab YOLO, 14 × 14 cells")
    assert_drawn(at)
    assert "is asked already" in words(at)


def test_yolo_fastest_answers_once_its_files_are_here(open_page, no_weights):
    put("yolo_fastest_xl")
    at = open_page(PAGE, photo="coffee", model="yolo_fastest_xl", confidence="0.01")
    assert_drawn(at)
    assert "trained on photos of COCO" in words(at)


def test_every_file_has_the_boxes_of_the_page(open_page, no_weights, files):
    open_page(PAGE, photo="astronaut", confidence="0.2")
    things = known("astronaut", FindSettings(confidence=0.2)).things
    photo = sample("astronaut")
    for name in ("detections.csv", "detections-coco.json"):
        table = read_boxes(files[name]).table
        assert table.labels == tuple(one.label for one in things)
        np.testing.assert_allclose(table.boxes, [one.box for one in things], atol=1e-5)
        assert table.scores.tolist() == pytest.approx([one.score for one in things], abs=1e-9)
    lines = files["detections-yolo.txt"].decode().splitlines()
    bare = "\n".join(" ".join(line.split()[:5]) for line in lines).encode()
    read = read_truths(
        bare, width=photo.width, height=photo.height, names=see(photo, "lab-yolo-14", SeeSettings()).names
    )
    assert [one.label for one in read.objects] == [one.label for one in things]
    for one, thing in zip(read.objects, things, strict=True):
        assert one.box == pytest.approx(thing.box, abs=1e-3)
    assert files["detections.png"].startswith(b"\x89PNG")
    settings = json.loads(files["detections.json"])
    assert settings["found"]["confidence"] == 0.2
    assert len(settings["numbers"]) == len(things)


@pytest.mark.parametrize("name", list(detect_presets.presets())[1:])
def test_a_question_brings_its_photo_and_settings(open_page, no_weights, name):
    row = detect_presets.presets()[name]
    at = open_page(PAGE, detecting=name)
    if name == detect_presets.TILES:
        assert not at.metric, "the boxes are the answer"
        assert "the boxes wait until you reveal the answer" in words(at)
        at.button(key=f"{detect_presets.KEY}-known-{name}-button").click().run()
    assert_drawn(at)
    assert link(at)["photo"] == row.photo
    assert int(counts(at)[0]) > 1
    assert row.question in words(at)


def test_the_answers_of_the_questions_are_true():
    two = known("astronaut", FindSettings())
    assert [one.label for one in two.things] == ["person", "person"]
    one = known("astronaut", FindSettings(nms=NmsSettings(iou_threshold=0.4)))
    assert len(one.things) == 1
    assert len(known("astronaut", FindSettings(confidence=0.33)).things) == 1
    assert len(known("astronaut", FindSettings(nms=NmsSettings(iou_threshold=0.7))).things) > 2
    cup = known("coffee", FindSettings(confidence=0.2))
    assert [thing.label for thing in cup.things] == ["cat", "person"]
    together = NmsSettings(per_class=False)
    assert [one.label for one in known("coffee", FindSettings(confidence=0.2, nms=together)).things] == ["cat"]
    tiles = known("cat", FindSettings(), SeeSettings(tile=224, overlap=56)).things
    assert (len(tiles), sum(one.label == "dog" for one in tiles)) == (7, 1)


def test_the_link_opens_the_same_state(open_page, no_weights):
    at = open_page(PAGE, photo="astronaut", confidence="0.15", nms="0.7", suppression="DIoU", racing="All together")
    query = link(at)
    assert query["model"] == "lab-yolo-14"
    again = open_page(PAGE, query)
    assert counts(again) == counts(at)


@pytest.mark.parametrize("part", ["controls", "presets", "question", "numbers", "why", "formulas", "export"])
def test_a_teacher_hides_any_part(open_page, no_weights, part):
    at = open_page(PAGE, hide=part)
    assert_drawn(at)
    assert hidden(at) == [part]


def test_the_boxes_that_raced_go_to_the_stepper(open_page, no_weights):
    at = open_page(PAGE, photo="cat", nms="0.6")
    expected = known("cat", FindSettings())
    at.button(key="to-nms").click().run()
    name, data = at.session_state["boxes-read"]
    assert name.startswith("Lab YOLO")
    assert read_boxes(data).table.boxes.tolist() == expected.raced.boxes.tolist()


def test_a_network_that_knows_none_of_the_chosen_classes_finds_nothing(open_page, no_weights):
    put("yolo_fastest_xl")
    at = open_page(PAGE, photo="cat", model="yolo_fastest_xl", versus="Lab YOLO, 14 × 14 cells", only="cup")
    assert_drawn(at)
    assert "Lab YOLO, 14 × 14 cells alone 0" in words(at)


# A visitor's own network ---------------------------------------------------------------------------------------------

ROW = card("yolo_fastest_xl")


def give(at: AppTest, config: bytes, weights: bytes, names: bytes | None = None) -> AppTest:
    """The page after a visitor gave files and pressed the button."""
    at.file_uploader(key="own-cfg-0").upload("mine.cfg", config, "text/plain")
    at.file_uploader(key="own-weights-0").upload("mine.weights", weights, "application/octet-stream")
    if names is not None:
        at.file_uploader(key="own-names-0").upload("mine.names", names, "text/plain")
    at.run()
    at.button(key="own-look").click().run()
    assert not at.exception
    return at


def own_pair() -> tuple[bytes, bytes]:
    config = darknet_files.config(ROW)
    return config, darknet_files.weights(darknet_files.read_config(config), 1)


def test_a_visitors_own_network_is_asked_until_the_visitor_goes_back(open_page, no_weights):
    at = give(open_page(PAGE, photo="cat", confidence="0.01"), *own_pair())
    assert_drawn(at)
    assert "Your network, mine.cfg" in words(at)
    assert "model" not in link(at)
    at.button(key="own-back").click().run()
    assert_drawn(at)
    assert "Your network" not in words(at)
    assert link(at)["model"] == "lab-yolo-14"


def test_a_question_about_the_labs_detector_is_asked_of_it(open_page, no_weights):
    at = give(open_page(PAGE, photo="cat", confidence="0.01"), *own_pair())
    at.button_group(key=detect_presets.KEY).set_value("One person, two boxes").run()
    assert_drawn(at)
    assert "Your network" not in words(at)
    assert counts(at)[0] == "2"


def test_the_names_of_a_list_are_those_of_the_boxes(open_page, no_weights):
    names = "\n".join(f"thing {place}" for place in range(80)).encode()
    at = give(open_page(PAGE, photo="cat", confidence="0.01"), *own_pair(), names)
    assert_drawn(at)
    assert "thing " in at.markdown[-1].value or "thing " in words(at)


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda config, weights: (b"[net]\nwidth=320\nheight=320\n[dance]\n", weights, None), "dance"),
        (lambda config, weights: (config, weights[:-8], None), "weights"),
        (lambda config, weights: (config, b"\0" * len(weights), None), "weights"),
        (lambda config, weights: (config, weights, b"one\ntwo\n"), "The list has 2 names, but this network tells 80"),
    ],
    ids=["layer", "cut off", "version", "names"],
)
def test_bad_files_are_explained_and_the_last_result_stays(open_page, no_weights, spoil, told):
    at = open_page(PAGE, photo="cat")
    before = counts(at)
    config, weights, names = spoil(*own_pair())
    give(at, config, weights, names)
    assert_drawn(at)
    assert len(at.error) == 1
    assert told in at.error[0].value.replace("\\", "")
    assert counts(at) == before
