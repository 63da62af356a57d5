"""What black hides: it waits for a click and a guess, and is honest about the probability."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.experiments.integration import BlackObject
from tests.ui.sections.attribution.trust_cases import COST, real
from ui.sections.attribution import black


def made(
    probability: float = 0.9, black_share: float = 0.0, white_share: float = 0.237, hidden: float = 0.25
) -> BlackObject:
    part = np.zeros((8, 8), bool)
    part[: round(8 * hidden)] = True
    map = np.where(part, 0.0, 1.0)
    return BlackObject(
        "cat", probability, np.zeros((8, 8, 3), np.uint8), part, map, 1 - map, black_share, white_share, COST
    )


def app() -> None:
    from core.attribution.methods import AttributionSettings
    from tests.ui.sections.attribution.trust_cases import real
    from ui.sections.attribution import black
    from ui.sections.attribution.way import Way

    black.black(real(), Way(AttributionSettings(), real().photo))


@pytest.fixture
def asked(monkeypatch):
    asked = []

    def answer(*question):
        asked.append(question)
        return made()

    monkeypatch.setattr(black.attributions, "black_object", answer)
    return asked


def shown(at: AppTest) -> str:
    assert not at.exception
    return " ".join(one.value for one in [*at.caption, *at.markdown])


def test_nothing_is_painted_before_a_click(asked):
    at = AppTest.from_function(app, default_timeout=120).run()
    assert not at.get("image")
    assert asked == []


def test_the_maps_and_the_shares_wait_for_a_guess(asked):
    at = AppTest.from_function(app, default_timeout=120).run()
    at.button(key="paint-black").click().run()
    assert len(at.get("image")) == 1
    assert "23.7" not in shown(at)
    at.button_group(key=black.GUESS).set_value(black.GUESSES[1]).run()
    assert len(at.get("image")) == 3
    assert "**0.0\u00a0%** of the attribution lies in the black part" in shown(at)
    assert "**23.7\u00a0%** of the attribution lies in the black part" in shown(at)
    assert "It is nothing at all: **0.0\u00a0%**" in shown(at)


def test_a_right_guess_is_called_right():
    assert black.answer(made(), black.GUESSES[0]).startswith("Right: **0.0\u00a0%**")
    assert black.answer(made(), black.GUESSES[2]).startswith("It is nothing at all")


def test_the_answer_says_how_large_the_part_is():
    assert "they are 25\u00a0% of the picture" in black.answer(made(), black.GUESSES[0])


def test_where_nothing_was_painted_it_says_so():
    assert "nothing was painted" in black.answer(made(hidden=0.0), black.GUESSES[0])


@pytest.mark.parametrize(
    ("probability", "words"),
    [(0.95, "still goes by the rest"), (0.03, "lost what it went by"), (0.0002, "<\u00a00.1\u00a0%")],
)
def test_the_class_is_named_with_what_is_left_of_its_probability(probability, words):
    said = black.probability(real(), made(probability))
    assert words in said
    assert said.startswith(real().label)
    assert "before" in said
