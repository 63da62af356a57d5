"""The view Tiles: on every photo, by every link and preset, at once and as a run, to its end."""

import csv
import io
import json
import math

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from core.experiments import judging_masks, segmenting
from core.images.samples import SAMPLES, sample
from core.images.tiles import Window
from core.segmentation.seams import borders, jumps
from core.segmentation.settings import SegmentSettings
from tests.sessions import file, headings, hidden, link, upload
from ui.cached import mask_grades, segmentations
from ui.sections.segmenter import tiles_run
from ui.sections.segmenter.tiles_presets import AVERAGED, FIRST, KEY, KNOWS, SEAMS, presets

PAGE, PART = "pages/segmenter.py", "Tiles"


@pytest.fixture(autouse=True)
def _nothing_is_seen_yet() -> None:
    for door in (segmentations._segmented, segmentations._tile_look, mask_grades._judged):
        door.clear()


@pytest.fixture
def view(open_page, no_weights, monkeypatch):
    """`view(photo="cat")`: the view as that link opens it; tiles are looked at without being asked for."""
    monkeypatch.setattr(tiles_run, "AT_ONCE", math.inf)
    return lambda **query: open_page(PAGE, part=PART, **query)


@pytest.fixture
def slow(open_page, no_weights, monkeypatch):
    """The same on a machine on which every run has to be started."""
    monkeypatch.setattr(tiles_run, "AT_ONCE", 0.0)
    return lambda **query: open_page(PAGE, part=PART, **query)


def assert_drawn(at: AppTest, *, tiles: int) -> None:
    """The view was drawn to its end, and nothing on it failed."""
    assert not at.exception
    assert not at.error
    assert [line.split(" of ")[-1] for line in headings(at)] == [
        f"{tiles} by itself",
        "Seams",
        "In numbers",
        "Take it away",
    ]
    assert ":material/timer:" in at.main.caption[-1].value


def metrics(at: AppTest) -> dict[str, str]:
    return {one.label: one.value.replace("\u00a0", " ") for one in at.metric}


def end(at: AppTest, key: str = "tiles-run", most: int = 40) -> AppTest:
    """Start the run and look at it until it has ended."""
    at.button(key=f"{key}-start").click().run()
    for _ in range(most):
        if any(one.key == f"{key}-start" for one in at.button):
            return at
        at.run()
    raise AssertionError("the run does not end")


@pytest.mark.parametrize("key", [row.key for row in SAMPLES])
def test_the_view_opens_on_every_sample(view, key):
    photo = sample(key)
    plan = segmenting.plan_of(photo, "lab-fcn", SegmentSettings(tile=256, overlap=0.2))
    at = view(photo=key)
    assert_drawn(at, tiles=len(plan.tiles))
    assert metrics(at)["Passes"] == str(plan.passes)


@pytest.mark.parametrize("size", [(16, 16), (1600, 16), (16, 1600)], ids=str)
def test_the_view_opens_on_the_strangest_photos(view, size):
    at = upload(view(), ("strip.png", file(*size), "image/png"))
    assert not at.exception
    assert not at.error
    assert "Take it away" in headings(at)


def test_the_numbers_are_those_of_the_experiment(view):
    at = view(photo="cat")
    photo, settings = sample("cat"), SegmentSettings(tile=256, overlap=0.2)
    found, whole = segmenting.segment(photo, "lab-fcn", settings), segmenting.segment(photo, "lab-fcn")
    truth = judging_masks.known_truth(photo)
    assert truth
    counted = jumps(found.classes, borders(segmenting.plan_of(photo, "lab-fcn", settings)))
    assert metrics(at) == {
        "Passes": "4",
        "Changed by tiles": f"{100 * (found.classes != whole.classes).mean():.1f} %",
        "Jumps at borders": f"{100 * counted.share:.1f} %",
        "IoU of cat": f"{judging_masks.judge(found, truth).iou('cat'):.3f}",
    }
    assert any(one.value.startswith("**Tiles are worse here:**") for one in at.markdown)


def test_where_nothing_is_marked_the_closer_look_stands_in_place_of_the_iou(view):
    at = view(photo="coffee")
    assert "A closer look" in metrics(at)
    assert any("no number says which of the two is right" in one.value for one in at.markdown)


def test_a_link_restores_the_state_and_the_page_offers_that_link(view):
    query = {
        "photo": "cat",
        "tiles-side": "192 px",
        "tiles-overlap": "50",
        "tiles-window": "Linear",
        "tiles-mirror": "true",
        "tiles-picked": "2",
        "tiles-opacity": "40",
    }
    at = view(**query)
    assert at.selectbox(key="tiles-side").value == "192 px"
    assert metrics(at)["Passes"] == "24"
    assert headings(at)[0] == "Tile 3 of 12 by itself"
    assert link(at) == {
        **query,
        "part": PART,
        "model": "lab-fcn",
        KEY: FIRST,
        "tiles-mirror": "True",
        "tiles-scales": "1 ×",
        "tiles-original": "False",
    }


@pytest.mark.parametrize(
    "query",
    [
        {"tiles-side": "7 px", "tiles-overlap": "99"},
        {"tiles-overlap": "nan", "tiles-window": "x"},
        {"tiles-picked": "99999", "tiles-opacity": "900", "tiles-map": "7"},
        {"tiles-picked": "-1", "tiles-scales": "nothing"},
        {"tiles-original": "true", "tiling": "no such question"},
    ],
    ids=str,
)
def test_absurd_links_open_the_view(view, query):
    at = view(photo="cat", **query)
    assert not at.exception
    assert not at.error
    assert "Take it away" in headings(at)


def test_sizes_and_mirroring_multiply_the_passes(view):
    at = view(photo="cat")
    at.toggle(key="tiles-mirror").set_value(True).run()
    assert metrics(at)["Passes"] == "8"
    at.button_group(key="tiles-scales").set_value(["½ ×", "1 ×"]).run()
    assert metrics(at)["Passes"] == "16"
    assert link(at)["tiles-scales"] == ["½ ×", "1 ×"]
    at.button_group(key="tiles-scales").set_value([]).run()
    assert metrics(at)["Passes"] == "8"
    assert_drawn(at, tiles=4)


def test_a_link_to_several_sizes_restores_them(view):
    at = view(photo="cat", **{"tiles-scales": ["½ ×", "1 ×"]})
    assert at.button_group(key="tiles-scales").value == ["½ ×", "1 ×"]
    assert metrics(at)["Passes"] == "8"


def test_the_tile_before_and_the_next_one(view):
    at = view(photo="astronaut", **{"tiles-overlap": "0"})
    assert headings(at)[0] == "Tile 4 of 4 by itself"
    assert at.button(key="tiles-arrow_forward").disabled
    at.button(key="tiles-arrow_back").click().run()
    assert headings(at)[0] == "Tile 3 of 4 by itself"
    assert any(one.value.startswith("Alone it says: ") for one in at.markdown)


def test_too_many_tiles_are_refused_in_words_and_larger_ones_are_a_click_away(slow):
    at = upload(slow(), ("large.png", file(1600, 1200), "image/png"))
    at.selectbox(key="tiles-side").set_value("128 px").run()
    at.slider(key="tiles-overlap").set_value(75).run()
    assert "are more than 400" in at.error[0].value
    assert at.button(key="tiles-larger").label == "Take tiles of 256 px"
    at.button(key="tiles-larger").click().run()
    assert not at.error
    assert at.selectbox(key="tiles-side").value == "256 px"


def test_a_run_is_started_comes_to_its_end_and_is_kept(slow):
    at = slow(photo="cat")
    assert "Take it away" not in headings(at)
    assert not at.metric
    end(at)
    assert metrics(at)["Passes"] == "4"
    assert any(one.value == "Done after 4 tiles" for one in at.caption)
    assert "Take it away" in headings(at)
    at.selectbox(key="tiles-side").set_value("384 px").run()
    assert not at.metric, "other tiles have not been looked at"
    at.selectbox(key="tiles-side").set_value("256 px").run()
    assert metrics(at)["Passes"] == "4"


def test_a_run_survives_another_view_and_faster_passes_do_not_repeat_it(slow, monkeypatch):
    at = end(slow(photo="cat"))
    before = metrics(at)
    at.button_group(key="part").set_value("Transposed convolution").run()
    assert "Passes" not in metrics(at)
    at.button_group(key="part").set_value(PART).run()
    assert metrics(at) == before
    monkeypatch.setattr(tiles_run, "AT_ONCE", math.inf)
    asked, ask = [], segmenting.segment
    monkeypatch.setattr(segmenting, "segment", lambda *given: asked.append(given[-1]) or ask(*given))
    assert metrics(at.run()) == before
    assert asked == [SegmentSettings(tile=256, overlap=0.0, window=Window.FLAT)], (
        "what the tiles are compared with, alone"
    )


def test_the_way_to_compare_with_is_a_run_of_its_own(slow):
    at = end(slow(photo="cat"))
    assert not any("| Side by side |" in one.value for one in at.markdown)
    end(at, "tiles-other")
    (table,) = [one.value for one in at.markdown if "| Side by side |" in one.value]
    assert "| Averaged |" in table
    assert "IoU of cat" in table


def test_the_session_keeps_few_runs_and_few_probabilities(slow):
    at = slow(photo="cat")
    for side in ("256 px", "384 px", "512 px", "192 px"):
        at.selectbox(key="tiles-side").set_value(side).run()
        end(at)
    kept = at.session_state[tiles_run.KEPT]
    assert len(kept) == tiles_run.MOST_KEPT
    assert all(one.probabilities.nbytes <= tiles_run.KEPT_BYTES for one in kept.values())


def test_the_original_waits_for_a_start_and_is_cut(view):
    at = upload(view(), ("large.png", file(2400, 1300), "image/png"))
    at.selectbox(key="tiles-side").set_value("1024 px").run()
    at.toggle(key="tiles-original").set_value(True).run()
    assert not at.metric
    assert any("3 × 2 = 6 tiles" in one.value for one in at.caption)
    end(at)
    assert metrics(at)["Passes"] == "6"


@pytest.mark.parametrize("name", list(presets()))
def test_every_question_opens_by_a_link_and_is_answered(view, name):
    at = view(**{KEY: name})
    assert not at.exception
    assert not at.error
    if presets()[name].predict:
        assert not at.metric
        assert any("wait until you reveal" in one.value for one in at.caption)
        at.button(key=f"{KEY}-known-{name}-button").click().run()
    assert metrics(at)["Passes"] == {FIRST: "4", SEAMS: "4", AVERAGED: "9", KNOWS: "15"}[name]


def test_the_answers_of_the_questions_are_what_is_measured():
    """The numbers in the words, by the experiments themselves."""
    rows = presets()
    side, averaged, small = (
        SegmentSettings(tile=256, overlap=0.0, window=Window.FLAT),
        SegmentSettings(tile=256, overlap=0.5),
        SegmentSettings(tile=128),
    )
    for name, key, label, settings in (
        (SEAMS, "astronaut", "person", side),
        (AVERAGED, "astronaut", "person", averaged),
        (KNOWS, "cat", "cat", small),
    ):
        photo = sample(key)
        found, truth = segmenting.segment(photo, "lab-fcn", settings), judging_masks.known_truth(photo)
        whole = segmenting.segment(photo, "lab-fcn")
        assert truth
        counted = jumps(found.classes, borders(segmenting.plan_of(photo, "lab-fcn", settings)))
        if name != KNOWS:
            assert f"{100 * counted.share:.1f} %" in rows[name].answer
        if name != SEAMS:
            assert f"{judging_masks.judge(found, truth).iou(label):.3f}" in rows[name].answer
            assert f"{judging_masks.judge(whole, truth).iou(label):.3f}" in rows[name].answer
        else:
            assert f"{judging_masks.judge(found, truth).iou(label):.3f}" in rows[AVERAGED].answer
            assert f"elsewhere {100 * counted.elsewhere:.1f} %" in rows[name].answer
    strange = sum(row.share for row in found.regions if row.label in ("dog", "sheep"))
    assert f"{100 * strange:.1f} %" in rows[KNOWS].answer


def test_the_files_hold_the_classes_the_areas_and_the_plan(view, files):
    view(photo="astronaut", **{"tiles-overlap": "0", "tiles-window": "Flat"})
    settings = SegmentSettings(tile=256, overlap=0.0, window=Window.FLAT)
    found = segmenting.segment(sample("astronaut"), "lab-fcn", settings)
    classes = np.load(io.BytesIO(files["segmenter-tiles.npy"]))
    mask = Image.open(io.BytesIO(files["segmenter-tiles-mask.png"]))
    assert (classes == found.classes).all()
    assert mask.mode == "P"
    assert (np.asarray(mask) == classes).all()
    rows = {
        row["class"]: float(row["share"]) for row in csv.DictReader(io.StringIO(files["segmenter-tiles.csv"].decode()))
    }
    assert {row.label: row.share for row in found.regions} == {name: share for name, share in rows.items() if share}
    told = json.loads(files["segmenter-tiles.json"])
    assert told["plan"]["tiles"] == [[0, 0, 256, 256], [256, 0, 256, 256], [0, 256, 256, 256], [256, 256, 256, 256]]
    assert told["settings"]["window"] == "flat"
    assert Image.open(io.BytesIO(files["segmenter-tiles.png"])).size == (512, 512)


def test_a_teacher_hides_parts(view):
    assert hidden(view(photo="cat", hide="seams,tile,export")) == ["seams", "tile", "export"]
