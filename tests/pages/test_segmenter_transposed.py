"""The view Transposed convolution: by every link and preset, with good and bad numbers, to its end."""

import csv
import io
import json

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest
from torch.nn import functional

from core.images.samples import SAMPLES
from tests.sessions import file, headings, hidden, link, upload
from tests.snippets import run, snippet_of
from ui.sections.segmenter import transposed_presets
from ui.sections.segmenter.transposed_controls import INPUT, KERNEL, PADDING, STEP, STRIDE

PAGE, PART = "pages/segmenter.py", "Transposed convolution"
SECTIONS = [
    "How large is the output?",
    "Checkerboard",
    "The convolution that it turns around",
    "The bilinear kernel",
    "Take it away",
]


@pytest.fixture
def view(open_page, no_weights):
    """`view(photo="cat")`: the view as that link opens it."""
    return lambda **query: open_page(PAGE, part=PART, **query)


def assert_drawn(at: AppTest, sections: list[str] = SECTIONS) -> None:
    """The view was drawn to its end, and nothing on it failed."""
    assert not at.exception
    assert not at.error
    assert headings(at) == sections
    assert "no network was asked" in at.main.caption[-1].value


def figures(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in at.metric}


def test_it_opens_with_the_courses_example(view):
    at = view()
    assert_drawn(at)
    assert figures(at) == {
        "Output": "3 × 3",
        "Products": "4",
        "Places with overlap": "5",
        "Difference": "0",
        "F.conv_transpose2d": "0",
        "Wᵀ times the input": "0",
        "Input gradient": "0",
        "Largest difference inside": "0",
        "At the edge": figures(at)["At the edge"],
    }
    assert float(figures(at)["At the edge"]) > 1
    assert any(r"(2 - 1) \cdot 1 + 2 - 2 \cdot 0 = 3" in one.value for one in at.latex)


@pytest.mark.parametrize("key", [row.key for row in SAMPLES])
def test_every_sample_has_a_patch_that_is_the_same_inside(view, key):
    at = view(photo=key)
    assert_drawn(at)
    assert figures(at)["Largest difference inside"] == "0"


@pytest.mark.parametrize("size", [(16, 16), (1600, 16), (16, 1600)], ids=str)
def test_the_view_opens_on_the_strangest_photos(view, size):
    assert_drawn(upload(view(), ("strip.png", file(*size), "image/png")))


@pytest.mark.parametrize("name", transposed_presets.presets())
def test_every_question_opens_by_its_link(view, name):
    at = view(lay=name)
    waits = SECTIONS[:2] + SECTIONS[3:] if name == transposed_presets.SIZE else SECTIONS
    assert_drawn(at, waits)
    assert any(transposed_presets.presets()[name].question in one.value for one in at.markdown)


def test_the_size_waits_for_the_prediction(view):
    at = view(lay=transposed_presets.SIZE)
    assert figures(at)["Output"] == figures(at)["Places with overlap"] == "?"
    assert not any("= 5" in one.value for one in at.latex)
    at.button(key=f"{transposed_presets.KEY}-known-{transposed_presets.SIZE}-button").click().run()
    assert figures(at)["Output"] == "5 × 5"
    assert any("= 5" in one.value for one in at.latex)
    assert_drawn(at)


def test_typed_numbers_are_worked_with(view):
    at = view()
    at.text_input(key=INPUT).set_value("[[1, -2, 3]]").run()
    at.text_input(key=KERNEL).set_value("1 0.5").run()
    at.number_input(key=STRIDE).set_value(2).run()
    assert_drawn(at)
    assert figures(at)["Output"] == "1 × 6"
    at.number_input(key=PADDING).set_value(1).run()
    assert [error.value for error in at.error] == [
        "**A padding of 1 takes away all of the output.** Choose less padding, or a larger kernel or stride."
    ]
    assert figures(at)["Output"] == "1 × 6", "the last numbers that worked"
    assert headings(at) == SECTIONS
    at.number_input(key=PADDING).set_value(0).run()
    assert_drawn(at)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("0 1; 2", "Row 2 of the input has 1 number"),
        ("cat", "The input needs numbers, got “cat”"),
        ("", "The input has no numbers"),
        ("1 " * 13, "The width of the input must be from 1 to 12 numbers, got 13"),
        ("1e9", "Numbers of the input must lie"),
    ],
)
def test_what_is_no_grid_is_told_and_leaves_the_last(view, words, says):
    at = view()
    at.text_input(key=INPUT).set_value(words).run()
    (error,) = at.error
    assert says in error.value.replace("\\", "")
    assert figures(at)["Output"] == "3 × 3"
    assert headings(at) == SECTIONS


@pytest.mark.parametrize(
    "query",
    [
        {INPUT: "<script>"},
        {KERNEL: "1; 2 3"},
        {STRIDE: "nan", PADDING: "-3"},
        {STRIDE: "99", STEP: "many"},
        {"lay-at": "x", "lay-wide": "0 px", "lay-factor": "7"},
        {"lay": "no such question"},
    ],
    ids=str,
)
def test_absurd_links_open_the_view_as_it_is(view, query):
    at = view(**query)
    assert not at.exception
    assert headings(at) == SECTIONS
    assert figures(at)["Output"] == "3 × 3"


def test_the_largest_grids_are_drawn_without_their_matrix(view):
    at = view()
    for key, side, grid in (("lay-rows", 12, "lay-count-input"), ("lay-size", 16, "lay-bilinear-kernel")):
        at.number_input(key=key).set_value(side).run()
        at.button(key=grid).click().run()
    at.number_input(key=STRIDE).set_value(16).run()
    assert_drawn(at)
    assert figures(at)["Output"] == "192 × 192"
    assert figures(at)["Wᵀ times the input"] == "not made"
    assert any("too many to be read" in one.value for one in at.caption)


@pytest.mark.parametrize(
    ("button", "into", "words"),
    [
        ("lay-count-input", INPUT, "0 1 2; 3 4 5; 6 7 8"),
        ("lay-ones-input", INPUT, "1 1 1; 1 1 1; 1 1 1"),
        ("lay-count-kernel", KERNEL, "0 1 2; 3 4 5; 6 7 8"),
        ("lay-ones-kernel", KERNEL, "1 1 1; 1 1 1; 1 1 1"),
        ("lay-bilinear-kernel", KERNEL, "0.25 0.5 0.25; 0.5 1 0.5; 0.25 0.5 0.25"),
    ],
)
def test_a_grid_is_filled_by_one_click(view, button, into, words):
    at = view()
    at.button(key=button).click().run()
    assert_drawn(at)
    assert at.text_input(key=into).value == words


def test_a_patch_of_the_photo_becomes_the_input(view):
    at = view(photo="coffee")
    at.button(key="lay-patch-input").click().run()
    assert_drawn(at)
    assert figures(at)["Products"] == "64"
    assert figures(at)["Output"] == "9 × 9"


@pytest.mark.parametrize("factor", ["2 times", "4 times", "8 times"])
def test_every_factor_is_interpolation_inside(view, factor):
    at = view(photo="astronaut", **{"lay-factor": factor, "lay-wide": "8 px", "lay-at": "40,50"})
    assert_drawn(at)
    assert figures(at)["Largest difference inside"] == "0"
    assert link(at)["lay-factor"] == factor


def test_the_link_names_the_numbers_that_are_shown_while_others_make_no_grid(view):
    at = view(**{INPUT: "1 2; 3 4"})
    at.text_input(key=INPUT).set_value("1 2; cat").run()
    assert link(at)[INPUT] == "1 2; 3 4"


def test_the_link_restores_the_state(view):
    query = {
        "lay": transposed_presets.SPREAD,
        INPUT: "1 2; 3 4; 5 6",
        KERNEL: "1 1",
        STRIDE: "3",
        STEP: "2",
        "lay-at": "100,90",
        "lay-wide": "32 px",
    }
    at = view(photo="coffee", **query)
    assert_drawn(at)
    offered = link(at)
    assert offered == {
        "photo": "coffee",
        "part": PART,
        **query,
        PADDING: "0",
        "lay-factor": "4 times",
    }
    again = view(**{name: value for name, value in offered.items() if name != "part"})
    assert figures(again) == figures(at)
    assert link(again) == offered


def test_the_pictures_are_described(view, pictures):
    assert_drawn(view(lay=transposed_presets.CHECKERBOARD))
    described = " ".join(pictures)
    for words in (
        "1, 2 or 4 products",
        "every place gets 4 products",
        "matrix W of",
        "matrix Wᵀ of",
        "bilinear kernel",
    ):
        assert words in described


def test_the_files_are_what_the_view_says(view, files):
    view(lay=transposed_presets.BILINEAR)
    rows = list(csv.DictReader(io.StringIO(files["transposed-convolution.csv"].decode())))
    values = np.load(io.BytesIO(files["transposed-convolution.npy"]))
    told = json.loads(files["transposed-convolution.json"])
    x, kernel = (torch.tensor(told[name], dtype=torch.float64)[None, None] for name in ("input", "kernel"))
    peer = functional.conv_transpose2d(x, kernel, stride=told["stride"], padding=told["padding"])[0, 0].numpy()
    np.testing.assert_allclose(values, peer, atol=1e-12)
    assert len(rows) == 64
    for row in rows:
        assert float(row["value"]) == values[int(row["row"]), int(row["column"])]
    assert rows[0]["products"] == "1", "a place of the corner, inside of the padding"
    assert told["largest difference"] < 1e-12
    width, height = Image.open(io.BytesIO(files["transposed-convolution.png"])).size
    assert width > height > 500


@pytest.mark.parametrize("name", [transposed_presets.FIRST, transposed_presets.SIZE, transposed_presets.BILINEAR])
def test_the_snippet_prints_the_output_and_that_torch_agrees(view, files, name):
    at = view(lay=name)
    values = np.load(io.BytesIO(files["transposed-convolution.npy"]))
    assert run(snippet_of(at)) == pytest.approx(
        {"rows": values.shape[0], "columns": values.shape[1], "sum": values.sum(), "difference": 0}, abs=1e-9
    )


def test_a_teachers_link_hides_parts(view):
    at = view(hide="formulas,matrix,bilinear")
    assert hidden(at) == ["formulas", "matrix", "bilinear"]
    assert_drawn(at)
