"""The story: which step comes next from where, what is taken along, and what the session remembers."""

import pytest
import streamlit as st
from streamlit.errors import StreamlitAPIException

from tests.sessions import file
from ui import story
from ui.story import Taken
from ui.story_steps import AGAIN, ATTACK, DETECT, EXPLAIN, SEGMENT, STEPS, STYLISE, SUPPRESS


def at(visitor, step, part=None):
    visitor.session.update({story.PAGE: step.file, story.PART: step.part if part is None else part})


@pytest.mark.parametrize(
    ("step", "after"), [(DETECT, SUPPRESS), (SUPPRESS, SEGMENT), (SEGMENT, EXPLAIN), (EXPLAIN, ATTACK), (STYLISE, None)]
)
def test_a_step_leads_to_the_one_after_it(visitor, step, after):
    at(visitor, step)
    assert story.following() is after


def test_an_attack_leads_to_a_second_explanation_only_with_a_picture_that_fools(visitor):
    at(visitor, ATTACK)
    assert story.following(picture=True) is AGAIN
    assert story.following() is STYLISE


def test_another_part_of_the_page_leads_to_its_step(visitor):
    at(visitor, ATTACK, part="Look")
    assert story.following() is ATTACK


def test_a_page_that_is_no_step_leads_to_the_first_that_was_not_seen(visitor):
    visitor.session.update({story.PAGE: "pages/models.py", story.SEEN: ["Detect", "Segment"]})
    assert story.following() is SUPPRESS


def test_the_part_that_checks_an_attack_hands_its_picture_on(visitor):
    at(visitor, ATTACK, part="Does it survive?")
    assert story.following(picture=True) is AGAIN


def test_only_what_was_seen_to_its_end_is_remembered(visitor):
    at(visitor, SEGMENT, part="Tiles")
    story.reached()
    assert story.seen() == set()
    at(visitor, SEGMENT)
    story.reached()
    story.reached()
    assert story.seen() == {"Segment"}
    story.forget()
    assert story.seen() == set()


def test_the_class_that_was_found_is_the_one_that_is_explained(visitor):
    story._go(SUPPRESS, lambda: Taken(settings={"iou": 0.4}, label="dog"))
    assert visitor.session[story.GOING] == (SUPPRESS.file, {"iou": "0.4"})
    assert visitor.session["iou"] == 0.4
    story._go(SEGMENT, None)
    story._go(EXPLAIN, None)
    assert visitor.session["class"] == "dog"
    assert visitor.session[story.PART] == EXPLAIN.part


def test_the_class_of_another_photo_is_not_explained(visitor):
    story._go(SUPPRESS, lambda: Taken(label="dog"))
    visitor.session["photo"] = "coffee"
    story._go(EXPLAIN, None)
    assert "class" not in visitor.session


def test_the_attacked_picture_becomes_the_visitors_photo_and_is_explained_again(visitor):
    at(visitor, ATTACK)
    story._go(AGAIN, lambda: Taken(settings={"against": "cat"}, picture=file(40, 30), name="Cat attacked.png"))
    (own,) = visitor.session["own_photos"].values()
    assert own.name == "Cat attacked.png"
    assert visitor.session["photo"] == own.digest
    assert visitor.session["against"] == "cat"
    at(visitor, AGAIN)
    assert story.here() is AGAIN
    assert story.following() is STYLISE
    visitor.session["photo"] = "cat"
    assert story.here() is EXPLAIN


def test_nothing_is_explained_again_before_there_is_an_attacked_picture(visitor):
    visitor.session[story.SEEN] = [step.name for step in STEPS if step is not AGAIN]
    assert story.first_unseen() is ATTACK
    story._go(AGAIN, lambda: Taken(picture=file(40, 30), name="Cat attacked.png"))
    assert story.first_unseen() is AGAIN
    visitor.session["photo"] = "cat"
    story._go(AGAIN, None)
    assert story._attacked(), "the newest attacked picture is chosen again"


def test_the_last_step_paints_the_photo_itself_and_not_what_was_attacked_of_it(visitor):
    visitor.session["photo"] = "coffee"
    story._go(AGAIN, lambda: Taken(picture=file(40, 30), name="Coffee attacked.png"))
    story._go(AGAIN, lambda: Taken(picture=file(50, 30), name="Coffee attacked attacked.png"))
    assert story._attacked()
    story._go(STYLISE, None)
    assert visitor.session["photo"] == "coffee", "also where an attacked picture was attacked once more"


def test_where_the_attacked_photo_is_gone_its_attacked_picture_is_painted(visitor):
    visitor.session["photo"] = "one of the visitor's own"
    story._go(AGAIN, lambda: Taken(picture=file(40, 30), name="Cup attacked.png"))
    story._go(STYLISE, None)
    assert story._attacked()


def test_after_the_last_step_nothing_is_left(visitor):
    visitor.session[story.SEEN] = [step.name for step in STEPS]
    assert story.first_unseen() is None


def test_where_the_url_may_not_be_set_the_session_alone_goes_along(visitor, monkeypatch):
    gone: list[dict[str, str]] = []

    def switch(file, *, query_params):
        gone.append(query_params)
        if query_params:
            raise StreamlitAPIException("it is bound to a widget")

    monkeypatch.setattr(st, "switch_page", switch)
    story._go(SUPPRESS, lambda: Taken(settings={"iou": 0.4}))
    story._leave()
    story._leave()
    assert gone == [{"iou": "0.4"}, {}], "and only once"
