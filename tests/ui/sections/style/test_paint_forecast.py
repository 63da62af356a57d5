"""What a painting takes, told before it is started, once the page is there."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.device import Memory
from core.experiments import styling
from core.images.samples import sample
from core.style.settings import Optimiser
from tests.ui.sections.style.paint_cases import SHORT, case
from ui.cached import style_forecasts
from ui.sections.style.case import Case


@pytest.fixture(autouse=True)
def _nothing_known() -> None:
    style_forecasts._forecast.clear()


def app() -> None:
    import streamlit as st

    from ui.sections.style import paint_forecast

    paint_forecast.line(st.session_state["case"])


def session(of: Case) -> AppTest:
    at = AppTest.from_function(app, default_timeout=120)
    at.session_state["case"] = of
    return at.run()


def asked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sides that are foretold from now on."""
    sides, foretell = [], styling.forecast
    monkeypatch.setattr(styling, "forecast", lambda subject, own: (sides.append(own.side), foretell(subject, own))[1])
    return sides


def test_the_page_is_there_before_the_forecast(monkeypatch):
    sides = asked(monkeypatch)
    at = session(case())
    assert not at.exception
    assert sides == []
    assert not at.caption
    at.run()
    assert sides == [96]
    (line,) = at.caption
    assert "6 updates up to 96 × 64 px" in line.value
    assert "under 1 s" in line.value
    at.run()
    assert sides == [96], "it is known now"


def test_a_size_that_does_not_fit_is_told_with_the_largest_that_does(monkeypatch):
    monkeypatch.setattr(styling, "memory", lambda device: Memory(used=0, free=40 * 2**20))
    at = session(case(replace(SHORT, side=1024)))
    at.run()
    longest = style_forecasts.forecast("lab-trunk", sample("cat"), case().styles, replace(SHORT, side=1024)).longest
    (warning,) = at.warning
    assert f"at most {longest} pixels" in warning.value
    assert not at.caption
    at.session_state["case"] = case(replace(SHORT, side=longest))
    at.run().run()
    assert not at.warning
    assert f"up to {longest} × " in at.caption[0].value


def test_only_what_changes_the_work_is_measured_again():
    photo = sample("cat")
    name = style_forecasts.name(photo, SHORT)
    for same in (replace(SHORT, style=3.0), replace(SHORT, rate=0.1, seed=4), replace(SHORT, total_variation=0.0)):
        assert style_forecasts.name(photo, same) == name
    for other in (
        replace(SHORT, side=128),
        replace(SHORT, steps=7),
        replace(SHORT, octaves=2),
        replace(SHORT, optimiser=Optimiser.LBFGS),
        replace(SHORT, style=0.0),
        replace(SHORT, style_layers={"features.1": 1.0}),
    ):
        assert style_forecasts.name(photo, other) != name
    assert style_forecasts.name(sample("coffee"), SHORT) != name
