"""Names of one thing in two lists."""

import pytest

from core.experiments.naming import SAME, alias, kind
from core.networks.vision_classes import DETECTED

BOTH = [*SAME, *((coco, voc) for voc, coco in SAME)]


@pytest.mark.parametrize(("given", "known"), BOTH)
def test_what_coco_and_voc_call_by_two_names_is_one_thing_in_both_directions(given, known):
    assert alias(given, ["person", known, "cup"]) == known
    assert alias(f"{given} 2", ["person", known]) == known


@pytest.mark.parametrize(("given", "known"), [("Cat", "cat"), ("cat 1", "cat"), ("Potted_Plant", "pottedplant")])
def test_capitals_spaces_and_numbers_do_not_make_another_thing(given, known):
    assert alias(given, ["person", known]) == known


@pytest.mark.parametrize("given", ["eye", "rocket", "class 3", "7", ""])
def test_other_things_have_no_other_name(given):
    assert alias(given, DETECTED) is None


def test_a_name_is_no_alias_of_itself():
    assert alias("cat", ["cat"]) is None


def test_a_kind_is_the_name_without_its_number_and_never_empty():
    assert [kind(label) for label in ("circle 2", "Cat", "tv 12", "7")] == ["circle", "cat", "tv", "7"]
