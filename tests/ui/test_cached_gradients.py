"""The doors of looking and imagining: what is the same question, and what is another one. Core is asked nothing here."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import streamlit as st

from core.adversarial.visualisation_settings import Raised, VisualisationSettings
from core.attribution.methods import AttributionSettings, Method
from core.attribution.settings import Baseline, BaselineSettings, Channels, Measure
from core.experiments import imagining, looking, tangents
from ui.cached import attributions, gradients

SETTINGS, FILL = AttributionSettings(), BaselineSettings()
LAB = "lab-classifier"


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """The experiments that were really run, by name; each gives an answer of its own."""
    st.cache_resource.clear()
    names: list[str] = []

    def stand_in(name: str):
        def answer(*given):
            names.append(name)
            return SimpleNamespace(name=name, given=given)

        return answer

    for module, name in ((looking, "cover"), (tangents, "tangent"), (imagining, "closing"), (imagining, "imagined")):
        monkeypatch.setattr(module, name, stand_in(name))
    monkeypatch.setattr(looking, "magnitude", lambda explanation, channels: explanation.map)
    monkeypatch.setattr(attributions, "opened", lambda photo, model: SimpleNamespace(photo=photo, model=model))
    yield names
    st.cache_resource.clear()


def explanation(method: Method = Method.GRADIENT, target: int = 3) -> SimpleNamespace:
    return SimpleNamespace(method=method, target=target, map=np.zeros((2, 2)))


def test_what_is_painted_over_is_asked_once_for_all_that_decides_it(asked, blank):
    photo = blank(40, 30)
    first = gradients.cover(photo, LAB, explanation(), SETTINGS, 0.2, FILL)
    assert gradients.cover(blank(40, 30), LAB, explanation(), SETTINGS, 0.2, FILL) is first
    others = (
        (blank(40, 30, 7), LAB, explanation(), SETTINGS, 0.2, FILL),
        (photo, "squeezenet1_1", explanation(), SETTINGS, 0.2, FILL),
        (photo, LAB, explanation(Method.GRADIENT_X_INPUT), SETTINGS, 0.2, FILL),
        (photo, LAB, explanation(target=4), SETTINGS, 0.2, FILL),
        (photo, LAB, explanation(), replace(SETTINGS, channels=list(Channels)[-1]), 0.2, FILL),
        (photo, LAB, explanation(), SETTINGS, 0.3, FILL),
        (photo, LAB, explanation(), SETTINGS, 0.2, replace(FILL, kind=Baseline.WHITE)),
    )
    answers = [gradients.cover(*other) for other in others]
    assert len({id(answer) for answer in (first, *answers)}) == len(asked) == 1 + len(others)


def test_a_tangent_is_asked_once_for_its_class_its_measure_and_its_length(asked, blank):
    photo, measure, other = blank(40, 30), *list(Measure)[:2]
    first = gradients.tangent(photo, LAB, 3, measure, 1.0)
    assert gradients.tangent(photo, LAB, 3, measure, 1.0) is first
    assert first.given[2] == AttributionSettings(measure=measure)
    for question in ((4, measure, 1.0), (3, other, 1.0), (3, measure, 2.0)):
        assert gradients.tangent(photo, LAB, *question) is not first
    assert len(asked) == 4


def test_a_closing_depends_on_the_picture_and_on_what_was_raised_not_on_how(asked):
    canvas, settings = np.linspace(0, 1, 36, dtype=np.float32).reshape(3, 3, 4), VisualisationSettings(target=3)
    first = gradients.closing(LAB, settings, canvas)
    assert gradients.closing(LAB, replace(settings, steps=9, rate=0.5, seed=2), canvas.copy()) is first
    others = (
        (LAB, replace(settings, target=4), canvas),
        (LAB, replace(settings, raised=Raised.SOFTMAX), canvas),
        (LAB, settings, 1 - canvas),
        (LAB, settings, canvas.reshape(3, 4, 3)),
        (LAB, settings, canvas, "features.3"),
        ("squeezenet1_1", settings, canvas),
    )
    answers = [gradients.closing(*other) for other in others]
    assert len({id(answer) for answer in (first, *answers)}) == len(asked) == 1 + len(others)


def test_a_finished_run_depends_on_the_photo_only_where_it_begins_with_one(asked, blank):
    settings = VisualisationSettings()
    first = gradients.imagined(LAB, settings, 64)
    assert gradients.imagined(LAB, settings, 64) is first
    others = ((64, blank(40, 30)), (64, blank(40, 30, 7)), (32, None), (64, blank(40, 30), "features.3"))
    answers = [gradients.imagined(LAB, settings, *other) for other in others]
    assert len({id(answer) for answer in (first, *answers)}) == len(asked) == 1 + len(others)
    assert first.given[0] == imagining.Subject(model=LAB, side=64, photo=None, layer=None)


def test_an_effort_is_one_for_all_who_ask_the_same(asked, blank):
    settings = VisualisationSettings(steps=2)
    effort = gradients.imagining(LAB, settings, 64)
    assert gradients.imagining(LAB, settings, 64) is effort
    assert gradients.imagining(LAB, settings, 64, blank(40, 30), "features.3") is not effort
    assert not asked, "nobody has advanced it"
