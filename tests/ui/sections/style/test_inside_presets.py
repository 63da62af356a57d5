"""The questions of the view Look inside follow what is looked at."""

import pytest

from ui.sections.style import inside_presets
from ui.sections.style.inside_case import CHOICE, CHOICES, GRAMS
from ui.sections.style.inside_presets import FIRST, KEY, follow, follow_link, presets


def test_every_question_opens_what_it_is_about():
    for row in presets().values():
        assert row.settings[CHOICE] in CHOICES
    assert {row.settings[CHOICE] for row in presets().values()} == {*CHOICES}


@pytest.mark.parametrize("choice", CHOICES)
def test_whoever_chooses_by_hand_or_by_link_gets_a_question_about_that(visitor, choice):
    visitor.session[CHOICE] = choice
    follow()
    by_hand = visitor.session.pop(KEY)
    assert presets()[by_hand].settings[CHOICE] == choice
    visitor.url[CHOICE] = choice
    follow_link()
    assert visitor.session.get(KEY, FIRST) == by_hand


def test_a_link_that_names_a_question_keeps_it(visitor):
    visitor.url.update({CHOICE: inside_presets.CONTENT, KEY: "Which is hardest?"})
    follow_link()
    assert KEY not in visitor.session


def test_nonsense_asks_the_first(visitor):
    visitor.url[CHOICE] = "nonsense"
    follow_link()
    assert KEY not in visitor.session
    visitor.session[CHOICE] = None
    follow()
    assert visitor.session[KEY] == FIRST
    assert presets()[FIRST].settings[CHOICE] == GRAMS
