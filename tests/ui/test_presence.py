"""Who is still there; a real tab that is closed is in `tests/browser/test_faults.py`."""

from types import SimpleNamespace

import pytest
from streamlit import runtime
from streamlit.runtime.scriptrunner import StopException

from ui import preload, presence


def stop() -> None:
    raise StopException


def of(monkeypatch: pytest.MonkeyPatch, *active: str) -> None:
    """A server on which the sessions `active` have an open tab, and a run of the session `mine`."""
    monkeypatch.setattr(runtime, "exists", lambda: True)
    server = SimpleNamespace(is_active_session=lambda session: session in active)
    monkeypatch.setattr(runtime, "get_instance", lambda: server)
    monkeypatch.setattr(presence, "get_script_run_ctx", lambda suppress_warning: SimpleNamespace(session_id="mine"))
    monkeypatch.setattr(preload, "touch", stop)


def test_outside_of_a_session_nothing_ends():
    presence.check()


def test_a_run_with_its_tab_goes_on(monkeypatch):
    of(monkeypatch, "mine", "another")
    presence.check()


def test_a_run_without_its_tab_ends_as_streamlit_ends_it(monkeypatch):
    of(monkeypatch, "another")
    with pytest.raises(StopException):
        presence.check()
