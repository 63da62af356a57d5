"""The controls of the anchors: the settings they make, and what happens where they make none."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from core.boxes.layout import AnchorSettings, Convention, Generator, count, levels
from core.images.samples import SAMPLES, sample
from ui.sections.anchors import generator


def page() -> None:
    import streamlit as st

    from ui.sections.anchors import generator

    st.session_state["made"] = generator.controls()


def opened(**query: str | list[str]) -> AppTest:
    at = AppTest.from_function(page)
    at.query_params.update(query)
    at.run()
    assert not at.exception
    return at


def made(at: AppTest) -> AnchorSettings:
    assert not at.exception
    return at.session_state["made"]


def test_it_opens_with_the_grid_of_the_course():
    assert made(opened()) == AnchorSettings(generator=Generator.GRID)
    assert count(levels(made(opened()), height=333, width=500)) == 441


def test_every_pixel_opens_with_the_textbooks_scales_and_ratios():
    settings = made(opened(gen="Every pixel"))
    assert settings == AnchorSettings(generator=Generator.PIXEL)
    assert settings.scales == (0.75, 0.5, 0.25)
    assert settings.ratios == (1.0, 2.0, 0.5)
    assert count(levels(settings, height=561, width=728)) == 2_042_040


def test_the_pyramid_opens_with_three_maps():
    assert made(opened(gen="Pyramid")) == AnchorSettings(generator=Generator.PYRAMID)


@pytest.mark.parametrize(
    ("ends", "number", "scales"),
    [
        (["0.25", "0.75"], 1, (0.75,)),
        (["0.25", "0.75"], 2, (0.75, 0.25)),
        (["0.75", "0.25"], 2, (0.75, 0.25)),
        (["0.2", "0.8"], 4, (0.8, 0.6, 0.4, 0.2)),
        (["0.05", "1.0"], 6, (1.0, 0.81, 0.62, 0.43, 0.24, 0.05)),
        (["0.5", "0.5"], 1, (0.5,)),
        (["0.5", "0.5"], 6, (0.5,)),
    ],
    ids=str,
)
def test_scales_fall_evenly_from_the_largest_and_equal_ends_are_one(ends, number, scales):
    assert made(opened(gen="Every pixel", scales=ends, number=str(number))).scales == scales


def test_the_two_ways_to_count_a_width_can_be_chosen():
    at = opened(gen="Every pixel")
    at.button_group(key="width").set_value("w·s·√r, area s²").run()
    assert made(at).convention is Convention.AREA


def test_ratios_keep_their_order_however_they_are_clicked():
    at = opened(gen="Every pixel")
    at.button_group(key="ratios").set_value(["1:10", "2", "1"]).run()
    assert made(at).ratios == (1.0, 2.0, 0.1), "the first one goes with every scale"


def test_shapes_keep_the_order_of_the_course_however_they_are_clicked():
    at = opened()
    at.button_group(key="shapes").set_value(["5 × 3", "1 × 1"]).run()
    at.slider(key="grid").set_value(13)
    at.slider(key="size").set_value(2.5).run()
    assert made(at) == AnchorSettings(cells=13, size=2.5, shapes=((1.0, 1.0), (5.0, 3.0)))


def test_maps_are_sorted_from_fine_to_coarse():
    at = opened(gen="Pyramid")
    at.button_group(key="strides").set_value(["128", "8"]).run()
    assert made(at).strides == (8, 128)


@pytest.mark.parametrize(
    ("octaves", "sides"), [("1", (4.0,)), ("2", (4.0, 5.6569)), ("3", (4.0, 5.0397, 6.3496))], ids=str
)
def test_the_sizes_of_a_map_divide_an_octave(octaves, sides):
    assert made(opened(gen="Pyramid", octaves=octaves)).octaves == sides


@pytest.mark.parametrize(
    ("gen", "key", "what"),
    [
        ("YOLO grid", "shapes", "shape"),
        ("Every pixel", "ratios", "ratio"),
        ("Pyramid", "ratios", "ratio"),
        ("Pyramid", "strides", "stride"),
    ],
)
def test_without_a_choice_the_last_anchors_stay_and_the_visitor_reads_why(gen, key, what):
    at = opened(gen=gen)
    before = made(at.button_group(key=key).set_value(at.button_group(key=key).value[:2]).run())
    at.button_group(key=key).set_value([]).run()
    assert made(at) == before
    (error,) = at.error
    assert error.value == f"**No {what} is chosen, so there are no anchors.** Choose at least one {what}."
    at.button_group(key=key).set_value(at.button_group(key=key).options[:1]).run()
    assert not at.error
    assert made(at) != before


@pytest.mark.parametrize(("gen", "key"), [("YOLO grid", "shapes"), ("Every pixel", "ratios"), ("Pyramid", "strides")])
def test_a_link_without_a_choice_opens_the_defaults_and_says_why(gen, key):
    at = opened(gen=gen, **{key: ""})
    assert made(at) == AnchorSettings(generator=generator.GENERATORS[gen])
    assert "is chosen" in at.error[0].value


def test_each_way_to_lay_anchors_keeps_its_own_last_settings():
    at = opened(gen="Every pixel")
    at.slider(key="number").set_value(5).run()
    at.button_group(key="gen").set_value("Pyramid").run()
    assert made(at).generator is Generator.PYRAMID
    at.button_group(key="gen").set_value("Every pixel").run()
    assert len(made(at).scales) == 5


@pytest.mark.parametrize("row", SAMPLES, ids=lambda row: row.key)
@pytest.mark.parametrize(
    "query",
    [
        {"gen": "Every pixel", "number": "6", "ratios": list(generator.RATIOS)},
        {"gen": "YOLO grid", "grid": "26"},
        {"gen": "Pyramid", "octaves": "3", "strides": generator.STRIDES, "ratios": list(generator.RATIOS)},
    ],
    ids=lambda query: query["gen"],
)
def test_no_choice_on_a_sample_makes_too_many_anchors(query, row):
    photo = sample(row.key)
    assert count(levels(made(opened(**query)), height=photo.height, width=photo.width)) > 1000


def test_every_control_has_a_key_that_a_link_carries():
    keys = set()
    for gen in generator.GENERATORS:
        at = opened(gen=gen)
        keys |= {widget.key for widget in (*at.slider, *at.button_group)}
    assert keys == set(generator.KEYS)


@pytest.mark.parametrize("gen", generator.GENERATORS)
def test_the_settings_of_a_file_are_plain(gen):
    settings = made(opened(gen=gen))
    plain = json.loads(json.dumps(generator.plain(settings)))
    assert plain["generator"] == settings.generator.value
    assert plain["convention"] == "textbook"
    assert plain["shapes"] == [list(shape) for shape in settings.shapes]
    assert plain["cells"] == 7
