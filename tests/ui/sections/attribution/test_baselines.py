"""Baselines in a strip: two at once, all after a click, the film's own taken from the film."""

from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.attribution.settings import Baseline
from ui.sections.attribution import baselines


def app() -> None:
    from core.attribution.methods import AttributionSettings
    from tests.ui.sections.attribution.path_cases import SATURATING
    from tests.ui.sections.attribution.trust_cases import real
    from ui.cached import sample
    from ui.sections.attribution import baselines
    from ui.sections.attribution.way import Way

    baselines.strip(real(), Way(AttributionSettings(), sample("coffee")), SATURATING)


@pytest.fixture
def asked(monkeypatch):
    """Which baselines were asked for, with the photo of those that are one."""
    asked = {}

    def answer(photo, model, method, target, settings, *, other):
        asked[settings.baseline.kind] = other
        gap = None if settings.baseline.kind is Baseline.PICTURE else 0.123
        return SimpleNamespace(map=np.eye(4), gap=gap)

    monkeypatch.setattr(baselines.attributions, "explain", answer)
    return asked


def captions(at: AppTest) -> str:
    assert not at.exception
    return " ".join(one.value for one in at.caption)


def test_black_and_white_are_there_at_once_and_black_comes_from_the_film(asked):
    at = AppTest.from_function(app, default_timeout=120).run()
    assert list(asked) == [Baseline.WHITE]
    assert len(at.get("image")) == 3
    assert "**Black** · gap 0\u00a0% · on the film" in captions(at)
    assert "**White** · gap 12\u00a0%" in captions(at)
    assert "7 paths of 6 points" in captions(at)


def test_a_click_asks_for_all_of_them(asked):
    at = AppTest.from_function(app, default_timeout=120).run()
    at.button(key="all-baselines").click().run()
    assert list(asked) == [Baseline.WHITE, Baseline.BLURRED]  # one at a time: between two every control is heard
    assert len(at.get("image")) == 4
    for _ in range(6):
        at.run()
    assert list(asked) == [kind for kind in Baseline if kind is not Baseline.BLACK]
    assert len(at.get("image")) == len(Baseline) + 1
    said = captions(at)
    for kind in Baseline:
        assert kind.lesson in said
    assert "Another photo: Coffee" in said
    assert "there is no gap to tell" in said
    assert asked[Baseline.PICTURE].name == "Coffee"
    assert asked[Baseline.MEAN_PHOTO].name == "Mean of the training photos"
    assert asked[Baseline.WHITE] is None
