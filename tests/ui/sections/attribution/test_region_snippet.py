"""The lines of PyTorch print where the score of a box and that of an area come from. Run in this process."""

import pytest

from core.experiments.regions import LEAST, BoxMap, box_map, region_map
from core.images.samples import sample
from core.zoo.catalog import card
from tests.snippets import printed
from ui.sections.attribution import region_snippet
from ui.sections.models import snippet

SEGMENTER = "lab-fcn"


def assert_is_of_the_box(said: dict[str, float], found: BoxMap) -> None:
    thing = found.things[found.chosen]
    assert found.map is not None
    assert found.map.any()
    assert said["box score"] == pytest.approx(thing.score, rel=1e-3)
    assert said[f"{found.chosen + 1} {thing.label}"] == said["box score"]
    assert said["box largest"] == pytest.approx(float(found.map.max()), rel=1e-3)


@pytest.mark.parametrize("chosen", [0, 1])
@pytest.mark.parametrize("model", ["lab-yolo", "lab-yolo-14"])
def test_the_lines_print_the_numbers_of_a_box(model, chosen):
    photo = sample("astronaut")
    said = printed(region_snippet.box(photo, card(model), chosen, least=LEAST))
    assert_is_of_the_box(said, box_map(photo, chosen, model))


@pytest.mark.parametrize("index", [None, 0, 1], ids=["the largest", "background", "nowhere"])
def test_the_lines_print_the_numbers_of_an_area(index):
    photo = sample("cat")
    found = region_map(photo, index)
    assert (found.index in found.classes) == (index != 1), "a person is nowhere on this photo"
    said = printed(region_snippet.area(photo, card(SEGMENTER), found.index))
    assert found.map.any()
    assert said["area largest"] == pytest.approx(float(found.map.max()), rel=1e-3)
    for name, _, share in found.names:
        assert said[name] == pytest.approx(share, abs=1e-3)


def test_the_lines_of_both_print_what_each_prints():
    photo, detector, segmenter = sample("cat"), card("lab-yolo-14"), card(SEGMENTER)
    said = printed(region_snippet.both(photo, detector, 1, segmenter, 3, least=LEAST))
    box = printed(region_snippet.box(photo, detector, 1, least=LEAST))
    area = printed(region_snippet.area(photo, segmenter, 3))
    assert said == pytest.approx({**box, **area})
    assert_is_of_the_box(said, box_map(photo, 1))


def test_where_no_box_is_found_the_lines_explain_the_area_alone():
    photo, detector, segmenter = sample("rocket"), card("lab-yolo-14"), card(SEGMENTER)
    code = region_snippet.both(photo, detector, None, segmenter, 0, least=LEAST)
    assert code.startswith(snippet.detect(photo, detector, LEAST))
    said = printed(code)
    assert "box largest" not in said
    assert said["area largest"] == pytest.approx(float(region_map(photo, 0).map.max()), rel=1e-3)
