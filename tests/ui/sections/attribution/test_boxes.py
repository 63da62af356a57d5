"""Why this box, why these pixels: what can be picked, what is drawn, and what is said where nothing is found."""

import numpy as np
from streamlit.testing.v1 import AppTest

from core.experiments.candidates import check_grid_head
from core.experiments.regions import BoxMap, RegionMap, box_map, region_map
from core.images.samples import sample
from tests.ui.sections.attribution.trust_cases import COST
from ui.cached import attributions
from ui.sections.attribution import areas, boxes, region_away
from ui.sections.attribution.boxes import Boxed

WHOLE = (0.0, 0.0, 451.0, 300.0)


def view(name: str) -> None:
    import streamlit as st

    from core.images.samples import sample
    from ui.sections.attribution import areas, boxes, region_away

    boxed = boxes.boxes(sample(name))
    area = areas.areas(sample(name))
    st.session_state["shown"] = (boxed.model, boxed.found.chosen, area.label)
    region_away.take_away(sample(name), boxed, area)
    region_away.bill(boxed, area)


def test_the_cat_is_picked_and_its_numbers_stand_below():
    at = AppTest.from_function(view, args=("cat",), default_timeout=120).run()
    assert not at.exception
    assert at.session_state["shown"] == ("lab-yolo-14", 0, "cat")
    found = {one.label: one.value for one in at.metric}
    assert found["Score"] == "0.85"
    assert {"Map inside the box", "Map on the area"} <= found.keys()
    assert any("0.853" in one.value for one in at.latex)


def test_another_box_another_detector_and_another_class_are_heard():
    at = AppTest.from_function(view, args=("cat",), default_timeout=120).run()
    at.radio(key="box").set_value("2").run()
    at.selectbox(key="area").select("background").run()
    assert at.session_state["shown"] == ("lab-yolo-14", 1, "background")
    at.selectbox(key="detector").select_index(1).run()
    assert at.session_state["shown"] == ("lab-yolo", 0, "background")  # which finds one box only
    assert not at.exception


def test_where_nothing_is_found_the_words_say_what_to_do(monkeypatch):
    monkeypatch.setattr(attributions, "box_map", lambda *_: BoxMap((), 0, None, None, WHOLE, COST))
    at = AppTest.from_function(view, args=("rocket",), default_timeout=120).run()
    assert not at.exception
    first, second = (one.value for one in at.info)
    assert "finds no box" in first
    assert "other detector" in first
    assert "nothing but background" in second
    assert "the cat" in second


def test_a_choice_that_another_photo_left_behind_is_replaced():
    at = AppTest.from_function(view, args=("cat",), default_timeout=120)
    at.session_state["box"], at.session_state["area"] = "7", "horse"
    at.run()
    assert not at.exception
    assert at.session_state["shown"] == ("lab-yolo-14", 0, "cat")


def test_the_box_is_drawn_on_the_map_where_it_lies_on_the_photo():
    photo, found = sample("cat"), box_map(sample("cat"))
    plain = boxes.laid(photo.pixels, found.map, found.seen)
    drawn = np.asarray(boxes.map_under_box(photo, found))
    changed = np.argwhere((drawn != np.asarray(plain)).any(axis=2))
    x1, y1, x2, y2 = (round(side) for side in found.things[0].box)
    assert changed.min(axis=0).tolist() == [y1, x1]
    assert changed.max(axis=0).tolist() == [y2 - 1, x2 - 1]


def test_a_low_score_and_evidence_outside_of_the_box_are_said():
    at = AppTest.from_function(view, args=("rocket",), default_timeout=120)
    at.session_state["detector"] = next(title for title, key in boxes.DETECTORS.items() if key == "lab-yolo")
    at.run()
    assert any("of the evidence lies outside of the box. The score is low." in one.value for one in at.caption)


def test_an_empty_map_leaves_the_photo_as_it_is():
    pixels = np.full((20, 30, 3), 90, np.uint8)
    assert np.array_equal(np.asarray(boxes.laid(pixels, np.zeros((4, 4), np.float32), (0.0, 0.0, 30.0, 20.0))), pixels)


def test_outside_of_its_area_the_photo_is_dimmed_and_inside_it_is_as_it_was():
    photo = sample("cat")
    classes = np.zeros((60, 90), np.uint8)
    classes[20:40, 30:60] = 3
    found = RegionMap(classes, (("cat", 3, 0.1),), "cat", 3, np.zeros((2, 2), np.float32), WHOLE, COST)
    drawn = np.asarray(areas.area(photo, found))
    assert np.array_equal(drawn[130:170, 180:270], photo.pixels[130:170, 180:270])
    assert np.array_equal(drawn[:80, :100], (photo.pixels[:80, :100] * 0.45).astype(np.uint8))


def test_the_row_to_take_away_has_every_box_and_every_class():
    photo = sample("cat")
    boxed, area = Boxed("lab-yolo-14", box_map(photo)), region_map(photo)
    rows = region_away.rows(boxed, area)
    assert [row["what"] for row in rows] == ["box"] * len(boxed.found.things) + ["area"] * len(area.names)
    assert all(list(row) == list(rows[0]) for row in rows)
    assert region_away.picture(photo, boxed, area).width > 2 * 400
    assert region_away.picture(photo, Boxed("lab-yolo", BoxMap((), 0, None, None, WHOLE, COST)), area).width < 500


def test_only_detectors_that_can_be_followed_to_an_anchor_are_offered():
    assert len(boxes.DETECTORS) == 2
    for key in boxes.DETECTORS.values():
        check_grid_head(key)
