"""Other networks, in words: what each sees, how many changed, and what is not here with its size."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.experiments.cost import Cost
from core.experiments.overview import Guess
from core.experiments.survival import Transfer
from core.zoo.catalog import card, of
from core.zoo.model_card import Task
from ui import networks
from ui.cached import adversarial
from ui.sections.saliency import survive_elsewhere as elsewhere

CAT, DOG = Guess("tabby", 281, 0.8), Guess("pug", 254, 0.6)
COST = Cost("CPU", 2, 0, 5.0, 1.0)
CHANGED = Transfer("squeezenet1_1", "SqueezeNet 1.1", CAT, DOG, "", "4.7 MB", COST)
SAME = replace(CHANGED, title="ResNet-50", after=replace(CAT, probability=0.7))
GONE = replace(CHANGED, title="VGG-16", before=None, after=None, problem="Its file is damaged.")


def test_a_row_says_whether_the_answer_is_another():
    rows = elsewhere.table([CHANGED, SAME, GONE]).splitlines()
    assert "another answer" in rows[2]
    assert "the same answer" in rows[3]
    assert "Its file is damaged" in rows[4]


def test_the_sum_counts_those_that_answered():
    assert elsewhere.summed([CHANGED, SAME, GONE]).startswith("1 of 2 changed")
    assert elsewhere.summed([GONE]) == "None of them could answer."


def test_what_is_missing_is_told_with_its_size():
    said = elsewhere.absent([card("resnet50"), card("vgg16")])
    assert "ResNet-50 (97.8 MB)" in said
    assert "VGG-16 (527.8 MB)" in said


def page() -> None:
    from types import SimpleNamespace

    import streamlit as st

    from core.zoo.catalog import of
    from core.zoo.model_card import Task
    from ui.sections.saliency import survive_elsewhere as elsewhere

    asked, outcome = SimpleNamespace(card=of(Task.CLASSIFY)[0]), SimpleNamespace(clean_pixels=None, pixels=None)
    st.text(len(elsewhere.others(SimpleNamespace(asked=asked, outcome=outcome, key="one"))))


@pytest.fixture
def here(monkeypatch) -> list[str]:
    """The networks that are on this server, all of which change their answer."""
    keys = [row.key for row in of(Task.CLASSIFY)[:3]]
    monkeypatch.setattr(networks, "present", lambda row: row.key in keys)
    monkeypatch.setattr(adversarial, "transferred", lambda clean, changed, key: replace(CHANGED, title=card(key).title))
    return keys


def seen() -> AppTest:
    at = AppTest.from_function(page, default_timeout=120).run()
    assert not at.exception
    return at


def test_the_others_are_asked_one_after_the_other_once_somebody_clicks(here):
    at = seen()
    assert [button.label for button in at.button] == ["Ask 2 others"]
    assert f"{card(here[1]).title}, {card(here[2]).title}: each is loaded" in at.caption[0].value
    assert at.text[0].value == "0"
    at.button[0].click().run()
    assert not at.exception
    assert not at.button
    assert card(here[1]).title in at.markdown[-1].value
    for _ in range(len(here)):
        at.run()
    rows = at.markdown[-1].value.splitlines()[2:]
    assert [row.split(" | ")[0].removeprefix("| ") for row in rows] == [card(key).title for key in here[1:]]
    assert any("2 of 2 changed" in caption.value for caption in at.caption)


def test_one_other_is_named_on_the_button(here):
    del here[2]
    at = seen()
    assert [button.label for button in at.button] == [f"Ask {card(here[1]).title}"]
    assert not any("each is loaded" in caption.value for caption in at.caption)


def test_where_no_other_is_here_there_is_nothing_to_click(here):
    del here[1:]
    at = seen()
    assert not at.button
    assert at.caption[0].value == elsewhere.absent(of(Task.CLASSIFY)[1:])


def test_where_all_are_here_none_is_said_to_be_missing(here):
    here[:] = [row.key for row in of(Task.CLASSIFY)]
    assert not any("Not on this server" in caption.value for caption in seen().caption)
