"""The view Inside the grid: on every photo, by every link and preset, to its end."""

import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.experiments import seeing
from core.images.samples import SAMPLES
from core.zoo.catalog import card
from tests.core.zoo import darknet_files
from tests.sessions import file, headings, hidden, link, opened, upload
from tests.snippets import run, snippet_of
from ui.cached import detections
from ui.sections.detector import inside_presets
from ui.sections.detector.inside_stage import CELL

PAGE, PART = "pages/detector.py", "Inside the grid"
SECTIONS = ["What became of it", "From 11 numbers to a box", "Take it away"]


@pytest.fixture(autouse=True)
def _nothing_is_seen_yet() -> None:
    detections._seen.clear()
    detections._found.clear()


@pytest.fixture
def passes(monkeypatch) -> list[str]:
    """The network of every pass."""
    made: list[str] = []
    look = seeing.look

    def counted(network, *given, **options):
        made.append(network.card.key)
        return look(network, *given, **options)

    monkeypatch.setattr(seeing, "look", counted)
    return made


@pytest.fixture
def view(open_page, no_weights):
    """`view(photo="cat", cell="0,6,5")`: the view as that link opens it on a server without other weights."""
    return lambda **query: open_page(PAGE, part=PART, **query)


def assert_drawn(at: AppTest) -> None:
    """The view was drawn to its end, and nothing on it failed."""
    assert not at.exception
    assert not at.error
    assert headings(at) == SECTIONS
    assert ":material/timer:" in at.main.caption[-1].value
    assert "1 forward and 0 backward passes" in at.main.caption[-1].value


def fate(at: AppTest) -> str:
    """The sentence about the picked anchor."""
    return next(one.value for one in at.markdown if one.value.startswith("Anchor ")).replace("\\", "")


def counts(at: AppTest) -> list[str]:
    return [metric.value for metric in at.metric][:4]


@pytest.mark.parametrize("key", [row.key for row in SAMPLES])
def test_the_view_opens_on_every_sample(view, key):
    at = view(photo=key)
    assert_drawn(at)
    assert counts(at)[0] == "1,764"


@pytest.mark.parametrize("size", [(16, 16), (1600, 16), (16, 1600)], ids=str)
def test_the_view_opens_on_the_strangest_photos(view, size):
    assert_drawn(upload(view(), ("strip.png", file(*size), "image/png")))


def test_it_opens_with_the_best_cell_of_the_photo(view):
    at = view(photo="cat")
    assert "Anchor 5 of row 6, column 5 (cat) is kept as number 1" in fate(at)
    assert counts(at) == ["1,764", "59", "58", "1"]
    assert link(at)["cell"] == "0,6,5,5"


def test_a_link_names_a_cell_an_anchor_and_the_thresholds(view):
    at = view(photo="cat", cell="0,7,5,5", confidence="0.2", nms="0.9")
    assert "Anchor 5 of row 7, column 5" in fate(at)
    assert at.slider(key="confidence").value == 0.2
    assert link(at) == {
        "photo": "cat",
        "part": PART,
        "model": "lab-yolo-14",
        "grid": inside_presets.FIRST,
        "map": "Surest anchor",
        "input": "As trained",
        "confidence": "0.2",
        "nms": "0.9",
        "cell": "0,7,5,5",
    }


@pytest.mark.parametrize(
    "query",
    [
        {"cell": "9,9,9"},
        {"cell": "0,14,14,99"},
        {"cell": "<script>"},
        {"confidence": "nan", "nms": "-3"},
        {"confidence": "99", "nms": "x"},
        {"map": "nothing", "input": "7 px"},
        {"model": "no-such-network", "grid": "no such question"},
    ],
    ids=str,
)
def test_absurd_links_open_the_view_as_it_is(view, query):
    at = view(photo="cat", **query)
    assert_drawn(at)
    assert counts(at) == ["1,764", "59", "58", "1"]
    assert "row 6, column 5" in fate(at)


def test_a_threshold_changes_the_fate_and_asks_no_network(view, passes):
    at = view(photo="cat", cell="0,7,5,5")
    assert "was removed by number 1" in fate(at)
    at.slider(key="nms").set_value(1.0).run()
    assert "is kept as number 2" in fate(at)
    at.slider(key="confidence").set_value(0.9).run()
    assert "never raced" in fate(at)
    assert counts(at)[1:] == ["0", "0", "0"]
    assert passes == ["lab-yolo-14"]
    assert not at.exception
    assert not at.error
    assert headings(at) == [SECTIONS[0]], (
        "no threshold changes the numbers of an anchor, and the closing row is read when asked"
    )


def test_what_is_taken_away_follows_the_threshold(view):
    at = view(photo="cat", cell="0,7,5,5")
    opened(at, "Link")
    at.slider(key="confidence").set_value(0.9).run()
    assert not at.exception
    assert link(at)["confidence"] == "0.9"


def test_a_picked_cell_asks_no_network_either(view, passes):
    at = view(photo="cat")
    at.session_state[CELL] = "0,0,0,3"
    at.run()
    assert "Anchor 3 of row 0, column 0" in fate(at)
    assert passes == ["lab-yolo-14"]


def test_a_larger_input_has_more_cells_and_is_another_pass(view, passes):
    at = view(photo="cat", input="320 px")
    assert counts(at)[0] == "3,600"
    assert passes == ["lab-yolo-14"]
    at.selectbox(key="input").set_value("As trained").run()
    assert counts(at)[0] == "1,764"
    assert len(passes) == 2


@pytest.mark.parametrize("name", inside_presets.presets())
def test_every_question_opens_by_its_link(view, name):
    at = view(grid=name)
    assert_drawn(at)
    assert any(inside_presets.presets()[name].question in one.value for one in at.markdown)


def test_the_count_waits_for_the_prediction(view):
    at = view(grid="Which cells answer?")
    assert counts(at) == ["1,764", "?", "?", "?"]
    at.button(key=f"{inside_presets.KEY}-known-Which cells answer?-button").click().run()
    assert counts(at) == ["1,764", "59", "58", "1"]


def test_the_coarse_network_and_the_cell_of_a_question_are_taken(view, passes):
    at = view(grid="Coarser cells")
    assert counts(at) == ["441", "1", "0", "1"]
    at.pills(key=inside_presets.KEY).set_value("Anchors of one cell").run()
    assert "Anchor 5 of row 5, column 5 (person) is kept" in fate(at)
    assert counts(at)[0] == "1,764"
    assert passes == ["lab-yolo", "lab-yolo-14"]


def test_a_network_without_a_grid_offers_one_that_has(view, monkeypatch):
    see = detections.seen

    def seen(photo, model, settings):
        made = see(photo, model, settings)
        if model != "lab-yolo":
            return made
        return replace(made, looks=(replace(made.looks[0], cells=None, raw=None, heads=()),))

    monkeypatch.setattr(detections, "seen", seen)
    at = view(photo="cat", model="lab-yolo")
    assert not at.exception
    assert any("has no grid to look into" in one.value for one in at.info)
    at.button(key="with-a-grid").click().run()
    assert_drawn(at)


def test_a_network_that_is_not_here_leaves_the_last_one(view):
    at = view(photo="cat", model="yolo_fastest_xl")
    assert not at.exception
    assert counts(at)[0] == "441"  # the first of the catalogue: no other gave an answer yet
    assert any("works offline" in one.value for one in at.info)


@pytest.mark.weights
def test_a_network_of_two_grids_opens_on_the_motorcycle(open_page, no_weights):
    darknet_files.put_real(card("yolo_fastest_xl"))
    at = open_page(PAGE, part=PART, photo="motorcycle", model="yolo_fastest_xl")
    assert not at.exception
    assert counts(at)[0] == "1,500"
    assert "(motorbike) is kept as number 1" in fate(at)
    assert headings(at)[1] == "From 85 numbers to a box"


def test_the_files_are_what_the_view_says(view, files):
    at = view(photo="cat")
    rows = list(csv.DictReader(io.StringIO(files["inside-the-grid.csv"].decode())))
    assert len(rows) == 9
    assert rows[4]["fate"] == "kept"
    assert json.loads(files["inside-the-grid.json"])["network"] == "lab-yolo-14"
    values = np.load(io.BytesIO(files["inside-the-grid.npy"]))
    assert values.shape == (14, 14, 9)
    assert values[6, 5, 4] == pytest.approx(float(rows[4]["objectness"]), abs=1e-6)
    assert files["inside-the-grid.png"].startswith(b"\x89PNG")
    assert run(snippet_of(at))["score"] == pytest.approx(float(rows[4]["score"]), abs=1e-5)


def test_a_teachers_link_hides_parts(view):
    at = view(hide="formulas,fate")
    assert hidden(at) == ["formulas", "fate"]
    assert_drawn(at)


def test_the_boxes_go_to_the_stepper(view):
    at = view(photo="cat")
    at.button(key="grid-to-nms").click().run()
    assert not at.exception
    assert at.session_state["boxes-read"][0] == "Lab YOLO, 14 × 14 cells on Cat"
