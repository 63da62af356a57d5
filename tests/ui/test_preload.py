"""Torch in the background: once per process, and its failure is told to whoever waits."""

import threading
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import StartError
from ui import preload


@pytest.fixture
def fresh(monkeypatch) -> list[str]:
    """A process that has loaded nothing. Returns the modules that were imported, in order; nothing is frozen."""
    imported: list[str] = []
    monkeypatch.setattr(preload, "_started", threading.Lock())
    monkeypatch.setattr(preload, "_done", threading.Event())
    monkeypatch.setattr(preload, "_error", None)
    monkeypatch.setattr(preload, "importlib", SimpleNamespace(import_module=imported.append))
    monkeypatch.setattr(preload, "gc", SimpleNamespace(collect=int, freeze=lambda: imported.append("frozen")))
    return imported


def test_waiting_starts_the_import_and_ends_when_all_is_there(fresh):
    assert not preload.ready()
    preload.wait()
    assert preload.ready()
    assert fresh == [*preload._MODULES, "frozen"]


def test_the_heap_is_frozen_once_and_after_the_imports(fresh):
    for _ in range(3):
        preload.start()
        preload.wait()
    assert fresh.count("frozen") == 1
    assert fresh[-1] == "frozen"


def test_many_sessions_start_it_once(fresh):
    threads = [threading.Thread(target=preload.start) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    preload.wait()
    assert fresh == [*preload._MODULES, "frozen"]


@pytest.mark.parametrize("error", [ImportError("libcudart.so"), OSError("damaged"), SystemExit(1), MemoryError()])
def test_a_failed_import_is_kept_logged_and_told_to_everyone_who_waits(fresh, monkeypatch, caplog, error):
    def broken(name):
        raise error

    monkeypatch.setattr(preload, "importlib", SimpleNamespace(import_module=broken))
    for _ in range(2):
        with pytest.raises(StartError) as caught:
            preload.wait()
        assert caught.value.problem == "The lab could not load PyTorch on this server."
        assert "pip install" in caught.value.advice
        assert caught.value.__cause__ is error
    assert preload.ready(), "nobody waits for ever"
    assert [record.getMessage() for record in caplog.records if record.name == "ui.preload"] == ["Preload failed"]


def test_a_visitor_who_leaves_ends_the_wait(fresh, monkeypatch):
    """Streamlit ends a run by raising out of what it touches."""
    gate = threading.Event()
    monkeypatch.setattr(preload, "importlib", SimpleNamespace(import_module=lambda name: gate.wait(10)))

    class LeftError(BaseException):
        pass

    def leave():
        raise LeftError

    monkeypatch.setattr(preload, "touch", leave)
    with pytest.raises(LeftError):
        preload.wait()
    assert not preload.ready()
    gate.set()
    assert preload._done.wait(10)


def test_touching_reads_the_session(visitor):
    preload.touch()
    assert visitor.session == {}


def waiting_page() -> None:
    import streamlit as st

    from ui import messages, preload

    st.text("the shell")
    with messages.guard("The network"):
        preload.wait()
        st.text("the network")


def test_a_page_says_in_words_that_torch_is_broken(fresh, monkeypatch):
    def broken(name):
        raise ImportError("/opt/secret/libtorch.so: undefined symbol")

    monkeypatch.setattr(preload, "importlib", SimpleNamespace(import_module=broken))
    at = AppTest.from_function(waiting_page).run()
    assert not at.exception
    assert [text.value for text in at.text] == ["the shell"]
    assert at.error[0].value.startswith("**The lab could not load PyTorch on this server.**")
    assert "secret" not in at.error[0].value
