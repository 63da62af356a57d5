"""What was made of a network's answer: who removed whom, what a score is made of, and which colour a class has."""

import pytest

from core.boxes.nms_settings import Method, NmsSettings
from core.detection.detecting_settings import FindSettings, SeeSettings
from core.images.samples import sample
from core.zoo.catalog import card
from ui.sections.detector import detect_beside, detect_case, detect_words
from ui.sections.detector.detect_case import Case

TILES = SeeSettings(tile=224, overlap=56)


def made(settings: FindSettings, look: SeeSettings | None = None, photo: str = "astronaut") -> Case:
    return detect_case.case(detect_case.look(sample(photo), card("lab-yolo-14"), look or SeeSettings()), settings)


@pytest.mark.parametrize("look", [SeeSettings(), TILES], ids=["whole", "tiles"])
@pytest.mark.parametrize("method", [Method.GREEDY, Method.DIOU])
def test_every_candidate_is_kept_or_was_removed_by_one_that_is(look, method):
    case = made(FindSettings(confidence=0.1, nms=NmsSettings(method=method)), look)
    assert len(case.things) > 2
    assert sum(case.removals()) == case.removed == len(case.found.raced.labels) - len(case.things)


@pytest.mark.parametrize("method", Method)
def test_the_removals_belong_to_the_things_one_each(method):
    case = made(FindSettings(confidence=0.1, nms=NmsSettings(method=method), limit=3))
    assert len(case.removals()) == len(case.things) == 3
    assert 0 <= sum(case.removals()) <= case.removed


def test_a_score_is_the_product_of_its_factors_and_keys_lead_back():
    case = made(FindSettings(confidence=0.1))
    for place, one in enumerate(case.things):
        sure, likely = case.factors(place)
        assert sure * likely == pytest.approx(one.score, abs=1e-6)
        assert case.place(case.keys[place]) == place
    assert len(set(case.keys)) == len(case.keys)
    assert case.place("0-0-0") is None
    assert case.place(None) is None


def test_a_class_keeps_its_colour_whatever_the_thresholds_leave():
    low, high = made(FindSettings(confidence=0.05)), made(FindSettings(confidence=0.5))
    assert {one.label for one in high.things} < {one.label for one in low.things}
    assert low.stroke("person") == high.stroke("person")
    assert len({low.stroke(name) for name in low.palette}) == len(low.palette)


def test_a_score_that_fell_is_told_with_what_is_left_of_it():
    case = made(FindSettings(confidence=0.1, nms=NmsSettings(method=Method.GAUSSIAN)))
    fallen = [
        place
        for place, one in enumerate(case.things)
        if one.score < case.factors(place)[0] * case.factors(place)[1] - 0.01
    ]
    assert fallen
    assert f"What overlaps it left it {case.things[fallen[0]].score:.3f}." in detect_words.sentence(case, fallen[0])


def test_a_network_agrees_with_itself():
    case = made(FindSettings(confidence=0.1))
    found = detect_beside.pairs(case.things, case.things)
    assert found.both == tuple((place, place) for place in range(len(case.things)))
    assert "alone finds 0" in detect_beside.sentence(case, case, found)


@pytest.mark.parametrize(("label", "words"), [("cat", "a cat"), ("apple", "an apple"), ("*", "a \\*")])
def test_a_class_has_its_article(label, words):
    assert detect_words.article(label) == words
