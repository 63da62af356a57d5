"""The view Resolution: on every photo, by every link and preset, to its end."""

import csv
import io
import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.experiments import strides
from core.images.samples import SAMPLES
from tests.sessions import file, headings, hidden, link, upload
from tests.snippets import run, snippet_of
from ui.cached import resolutions
from ui.sections.segmenter import resolution_presets
from ui.sections.segmenter.resolution_stage import POINT

PAGE, PART = "pages/segmenter.py", "Resolution"
SECTIONS = [
    "Depth or kernel?",
    "Scores at their true size",
    "How coarse and fine come together",
    "The kernels that enlarge",
    "Take it away",
]


@pytest.fixture
def passes(monkeypatch) -> list[str]:
    """The photo of every pass."""
    made: list[str] = []
    ask = strides.strides

    def counted(photo):
        made.append(photo.name)
        return ask(photo)

    monkeypatch.setattr(strides, "strides", counted)
    resolutions._strides.clear()
    return made


@pytest.fixture
def view(open_page, no_weights):
    """`view(photo="cat")`: the view as that link opens it on a server without other weights."""
    return lambda **query: open_page(PAGE, part=PART, **query)


def assert_drawn(at: AppTest) -> None:
    """The view was drawn to its end, and nothing on it failed."""
    assert not at.exception
    assert not at.error
    assert headings(at) == SECTIONS
    assert ":material/timer:" in at.main.caption[-1].value
    assert "1 forward and 0 backward passes" in at.main.caption[-1].value


def figures(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def tables(at: AppTest) -> list[list[list[str]]]:
    """The numbers of every table, row by row."""
    found = [one.value.splitlines()[2:] for one in at.markdown if one.value.startswith("| Way |")]
    return [[line.strip("| ").split(" | ")[1:] for line in lines] for lines in found]


def caption(at: AppTest, begins: str) -> str:
    return next(one.value for one in at.caption if one.value.startswith(begins))


@pytest.mark.parametrize("key", [row.key for row in SAMPLES])
def test_the_view_opens_on_every_sample(view, key):
    at = view(photo=key)
    assert_drawn(at)
    assert len(tables(at)) == (1 if key in {"coffee", "motorcycle", "rocket"} else 2)


@pytest.mark.parametrize("size", [(16, 16), (1600, 16), (16, 1600)], ids=str)
def test_the_view_opens_on_the_strangest_photos(view, size):
    at = upload(view(), ("strip.png", file(*size), "image/png"))
    assert_drawn(at)
    assert "32s differs from 8s learned by" in figures(at)


def test_every_depth_has_its_iou_and_the_table_the_same(view):
    at = view(photo="cat", **{"res-way": "Learned"})
    shown = [figures(at)[f"{stride}s: IoU of cat"] for stride in (32, 16, 8)]
    assert shown == ["0.857", "0.859", "0.850"]
    iou, contour = tables(at)
    assert iou[3] == shown
    assert contour[3] == ["0.126", "0.192", "0.206"]


def test_a_scene_of_shapes_says_that_nobody_learned_them(view):
    at = view(photo="overlap")
    assert "32s: IoU of background" in figures(at)
    assert "This network never learned circle, square or star" in caption(at, "This network")


def test_another_way_changes_the_numbers_and_asks_no_network(view, passes):
    at = view(photo="cat")
    assert figures(at)["32s: IoU of cat"] == "0.768"
    at.segmented_control(key="res-way").set_value("Learned").run()
    assert figures(at)["32s: IoU of cat"] == "0.857"
    at.run()
    at.selectbox(key="res-class").set_value("dog").run()
    assert "dog from" in caption(at, "**16s**")
    at.toggle(key="res-scale").set_value(True).run()
    assert not at.exception
    assert passes == ["Cat"]


def test_two_answers_are_compared_pixel_by_pixel(view):
    at = view(photo="cat")
    assert "1,847 of 50,176 of the network's input" in caption(at, "**Pixels that differ**")
    at.segmented_control(key="res-left").set_value("32s").run()
    assert "32s bilinear is right" in caption(at, "Orange: ")
    at.segmented_control(key="res-left").set_value("8s").run()
    at.selectbox(key="res-left-way").set_value("Learned").run()
    assert "0 of 50,176" in caption(at, "**Pixels that differ**")


def test_what_is_taken_away_follows_the_controls(view):
    at = view(photo="cat")
    at.segmented_control(key="res-left").set_value("32s").run()
    assert link(at)["res-left"] == "32s"
    assert "interpolate(at_32, scale_factor=32" in snippet_of(at)


def test_one_scale_is_as_wide_as_the_strongest_score(view):
    at = view(photo="cat", **{"res-scale": "true"})
    bars = [one.value for one in at.html if "Colour scale" in one.value][:3]
    assert len({bar.split("aria-label=")[1].split(">")[0] for bar in bars}) == 1


def test_a_link_names_everything(view):
    query = {
        "res-way": "Before training",
        "res-left": "16s",
        "res-left-way": "Nearest",
        "res-right": "32s",
        "res-right-way": "Before training",
        "res-class": "dog",
        "res-scale": "True",
        "res-at": "100,50",
    }
    at = view(photo="cat", **query)
    assert_drawn(at)
    assert link(at) == {"photo": "cat", "part": PART, "res": resolution_presets.FIRST, **query}
    assert "dog from" in caption(at, "**16s**")


@pytest.mark.parametrize(
    "query",
    [
        {"res-at": "9999,1"},
        {"res-at": "<script>"},
        {"res-way": "nothing", "res-left": "64s", "res-right-way": "x"},
        {"res-class": "dragon", "res-scale": "perhaps", "res": "no such question"},
    ],
    ids=str,
)
def test_absurd_links_open_the_view_as_it_is(view, query):
    at = view(photo="cat", **query)
    assert_drawn(at)
    assert figures(at)["32s: IoU of cat"] == "0.768"
    assert link(at)["res-at"] == link(view(photo="cat"))["res-at"]


def test_a_picked_point_is_in_the_link(view, passes):
    at = view(photo="cat")
    at.session_state[POINT] = "200,100"
    at.run()
    assert link(at)["res-at"] == "200,100"
    assert passes == ["Cat"]


@pytest.mark.parametrize("name", resolution_presets.presets())
def test_every_question_opens_by_its_link(view, name):
    at = view(res=name)
    assert_drawn(at)
    assert any(resolution_presets.presets()[name].question in one.value for one in at.markdown)


def test_the_grades_wait_for_the_prediction(view):
    at = view(res="Does finer win?")
    assert figures(at)["8s: IoU of cat"] == "?"
    assert {cell for table in tables(at) for row in table for cell in row} == {"?"}
    assert not any(one.value.startswith("Orange") for one in at.caption)
    at.button(key=f"{resolution_presets.KEY}-known-Does finer win?-button").click().run()
    assert figures(at)["8s: IoU of cat"] == "0.850"
    assert tables(at)[0][3] == ["0.857", "0.859", "0.850"]


def test_the_files_are_what_the_view_says(view, files):
    at = view(photo="cat")
    rows = list(csv.DictReader(io.StringIO(files["resolution.csv"].decode())))
    told = [f"{float(row['IoU']):.3f}" for row in rows]
    assert [told[start : start + 3] for start in range(0, 12, 3)] == tables(at)[0]
    settings = json.loads(files["resolution.json"])
    assert settings["mean IoU on 174 photos"] == {"32s": 0.55, "16s": 0.562, "8s": 0.57}
    assert np.load(io.BytesIO(files["resolution.npy"])).shape == (7, 28, 28)
    assert files["resolution.png"].startswith(b"\x89PNG")


def test_the_snippet_prints_how_many_pixels_differ(view):
    at = view(photo="cat")
    share = run(snippet_of(at))["differ"]
    shown = caption(at, "**Pixels that differ**").rsplit(", ", 1)[1]
    assert shown == f"{100 * share:.1f}\u00a0%"


def test_a_teachers_link_hides_parts(view):
    at = view(hide="pair,kernels")
    assert hidden(at) == ["pair", "kernels"]
    assert_drawn(at)
