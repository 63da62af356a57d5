"""The attribution page: every photo, method and link to its end, and passes counted where a visitor changes the class."""

import csv
import io
import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.attribution.methods import Method
from core.experiments import opened as opening
from core.images.samples import SAMPLES
from tests.sessions import file, hidden, link, popovers, upload
from tests.snippets import snippet_of
from ui.sections.attribution import case, compare, presets

PAGE = "pages/attribution.py"
ONE = {"methods": "Grad-CAM"}


def assert_drawn(at: AppTest) -> None:
    """The page was drawn to its end, and nothing on it failed."""
    assert not at.exception
    assert not [error.value for error in at.error if "failed" in error.value]
    assert "the photo went through the network once" in at.main.caption[-1].value
    assert popovers(at).count("Copy as PyTorch") == 1


def bill(at: AppTest) -> str:
    (line,) = [one.value for one in at.main.caption if ":material/timer:" in one.value]
    return line


def captions(at: AppTest) -> str:
    return "\n".join(one.value for one in at.main.caption)


# Opening -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["Compare", "Layers"])
@pytest.mark.parametrize("key", [row.key for row in SAMPLES])
def test_the_page_opens_on_every_sample(open_page, no_weights, key, part):
    at = open_page(PAGE, ONE, photo=key, part=part)
    assert_drawn(at)
    assert not at.error


@pytest.mark.parametrize("size", [(16, 16), (1600, 16), (16, 1600)], ids=str)
def test_the_page_opens_on_the_strangest_photos(open_page, no_weights, size):
    at = upload(open_page(PAGE, ONE), ("strip.png", file(*size), "image/png"))
    assert_drawn(at)
    assert not at.error


def test_it_opens_with_the_class_that_the_network_sees_and_names_it(open_page, no_weights):
    at = open_page(PAGE, ONE, photo="cat")
    assert at.selectbox(key=case.CLASS).value == "First guess"
    assert "cat · 100.0\u00a0%" in captions(at)


def test_by_default_four_methods_are_asked_for_two_classes(open_page, no_weights, files):
    open_page(PAGE, photo="cat")
    rows = list(csv.DictReader(io.StringIO(files["attribution.csv"].decode())))
    assert [row["method"] for row in rows] == [method.title for method in compare.STANDARD for _ in range(2)]
    assert {row["class"] for row in rows} == {"cat", "dog"}


@pytest.mark.parametrize("method", list(Method), ids=lambda method: method.value)
def test_every_method_draws_its_maps(open_page, no_weights, method):
    at = open_page(PAGE, methods=method.title, photo="cat", difference="true", scale="true")
    assert_drawn(at)
    assert not at.error
    assert f"**{method.title}" in captions(at)


# Passes ------------------------------------------------------------------------------------------------------------


def test_another_class_costs_one_pass_back_and_none_forward(open_page, no_weights, monkeypatch):
    calls = []
    through = opening.passed
    monkeypatch.setattr(opening, "passed", lambda *given: calls.append(1) or through(*given))
    at = open_page(PAGE, ONE, photo="cat", against="First guess")
    assert calls == [1]
    assert "0 forward and 1 backward pass " in bill(at)
    at.selectbox(key=case.CLASS).set_value("horse").run()
    assert_drawn(at)
    assert "horse · " in captions(at)
    assert "0 forward and 2 backward passes" in bill(at), "the class, and the first guess beside it"
    assert calls == [1]


def test_what_was_asked_before_is_not_asked_again(open_page, no_weights, monkeypatch):
    from core.experiments import attribution

    asked = []
    explain = attribution.explain
    monkeypatch.setattr(
        attribution, "explain", lambda *given, **named: asked.append(given[1:3]) or explain(*given, **named)
    )
    at = open_page(PAGE, ONE, photo="cat")
    count = len(asked)
    at.slider(key="opacity").set_value(0.5).run()
    assert_drawn(at)
    assert len(asked) == count > 0


# Choices -----------------------------------------------------------------------------------------------------------


def test_a_class_of_another_network_gives_way_to_a_guess(open_page, no_weights):
    at = open_page(PAGE, {**ONE, "class": "no such class"})
    assert_drawn(at)
    assert at.selectbox(key=case.CLASS).value == "First guess"


@pytest.mark.parametrize(
    "key",
    [
        "class",
        "against",
        "methods",
        "layer",
        "measure",
        "channels",
        "baseline",
        "noise",
        "colours",
        "sign",
        "clip",
        "blur",
        "opacity",
        "scale",
        "difference",
        "part",
        "weighing",
        "ask",
    ],
)
def test_a_setting_without_sense_in_a_link_is_no_failure(open_page, no_weights, key):
    for value in ("junk", "-1", "", "<script>", "9" * 300):
        at = open_page(PAGE, {**ONE, key: value}, photo="triangle")
        assert not at.exception
        assert not at.error, value
        assert "the photo went through the network once" in at.main.caption[-1].value


def test_on_one_scale_a_map_follows_the_other_class(open_page, no_weights, files):
    """Cat beside dog is paler or stronger than cat beside itself, whose scale is its own."""
    seen = []
    for other in ("cat", "dog", "horse", "cat"):
        open_page(PAGE, {**ONE, "scale": "true", "class": "dog"}, photo="cat", against=other)
        seen.append(files["attribution.png"])
    assert seen[0] == seen[3]
    assert len(set(seen)) == 3


def test_a_layer_is_followed_and_named(open_page, no_weights):
    at = open_page(PAGE, ONE, photo="cat", layer="features.7")
    assert_drawn(at)
    assert "**Grad-CAM at features.7**" in captions(at)
    assert link(at)["layer"] == "features.7"


@pytest.mark.parametrize("name", presets.presets())
def test_a_question_sets_the_page_and_its_link_opens_it_again(open_page, no_weights, name):
    at = open_page(PAGE, ONE)
    at.button_group(key=presets.KEY).set_value(name).run()
    assert_drawn(at)
    assert not at.error
    again = open_page(PAGE, link(at))
    assert_drawn(again)
    assert again.multiselect(key="methods").value == at.multiselect(key="methods").value


def test_a_prediction_hides_the_grid_until_it_is_revealed(open_page, no_weights):
    at = open_page(PAGE, ONE)
    at.button_group(key=presets.KEY).set_value("One class against another").run()
    assert "The grid waits until you reveal the answer." in captions(at)
    at.button(key=f"{presets.KEY}-known-One class against another-button").click().run()
    assert_drawn(at)
    assert "The grid waits until you reveal the answer." not in captions(at)
    assert "**Difference**" in captions(at)


def test_a_teachers_link_hides_parts(open_page, no_weights):
    at = open_page(PAGE, ONE, hide="grid,formulas")
    assert_drawn(at)
    assert hidden(at) == ["grid", "formulas"]


def test_one_method_goes_down_all_photos_of_the_visitor(open_page, no_weights):
    at = open_page(PAGE, ONE)
    upload(at, ("one.png", file(300, 200, shade=60), "image/png"), ("two.png", file(200, 300, shade=200), "image/png"))
    assert_drawn(at)
    at.run()  # one after another, a run each
    assert all(f"**{name}**" in captions(at).replace("\\", "") for name in ("one.png", "two.png"))


# What leaves -------------------------------------------------------------------------------------------------------


def test_maps_leave_as_numbers_a_picture_and_raw(open_page, no_weights, files):
    open_page(PAGE, ONE, photo="cat")
    raw = np.load(io.BytesIO(files["attribution.npy"]))
    assert raw.shape == (14, 14)
    assert raw.min() >= 0
    rows = list(csv.DictReader(io.StringIO(files["attribution.csv"].decode())))
    assert float(rows[0]["largest"]) == pytest.approx(raw.max())
    told = json.loads(files["attribution.json"])
    assert told["network"] == "lab-classifier"
    assert [row["method"] for row in told["numbers"]] == ["Grad-CAM", "Grad-CAM"]
    assert files["attribution.png"].startswith(b"\x89PNG")


def test_the_lines_are_those_of_the_first_method(open_page, no_weights):
    lines = snippet_of(open_page(PAGE, methods=["Gradient"], photo="cat"))
    assert "register_forward_hook" not in lines
    assert "torch.autograd.grad" in lines


def test_every_layer_has_its_map_with_what_a_cell_sees(open_page, no_weights, files):
    at = open_page(PAGE, part="Layers", photo="cat")
    assert_drawn(at)
    assert "512 maps of 14 × 14; a cell sees 207 px" in captions(at)
    assert "64 maps of 112 × 112; a cell sees 3 px: edges and colours" in captions(at)
    rows = list(csv.DictReader(io.StringIO(files["attribution.csv"].decode())))
    assert [row["layer"] for row in rows[:12]] == [f"features.{place}" for place in range(12, 0, -1)]
