"""The clock: what the browser is told. How it waits there is seen by the journeys of a run that is watched."""

from types import SimpleNamespace

import pytest

from ui.components import clock


@pytest.fixture
def mounted(monkeypatch) -> dict:
    """The options of the component when it was mounted last."""
    options: dict = {}

    def mount(**given: object) -> SimpleNamespace:
        options.update(given)
        return SimpleNamespace(tick=2)

    monkeypatch.setattr(clock, "_component", mount)
    return options


@pytest.mark.parametrize(("pause", "told"), [(0.05, 50), (None, None)])
def test_the_browser_is_told_how_long_to_wait_or_not_to_ask(mounted, pause, told):
    assert clock.clock("toy-clock", 3, pause) == 2
    assert mounted["key"] == "toy-clock"
    assert mounted["data"] == {"turn": 3, "pause": told}


def test_a_tick_changes_nothing_by_itself(mounted, visitor):
    clock.clock("toy-clock", 3, 0.05)
    before = dict(visitor.session)
    mounted["on_tick_change"]()
    assert dict(visitor.session) == before
