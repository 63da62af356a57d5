"""Torch in the background: once per process, and its failure is told to whoever waits."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from core.errors import StartError
from ui import preload

ROOT = Path(__file__).parents[2]


def ended() -> None:
    """Wait until the thread has imported what comes later too."""
    for thread in threading.enumerate():
        if thread.name == "preload":
            thread.join(60)


@pytest.fixture
def fresh(monkeypatch) -> Iterator[list[str]]:
    """A process that has loaded nothing. Yields the modules that were imported, in order; nothing is frozen."""
    ended()  # of what other tests began in this process
    imported: list[str] = []
    monkeypatch.setattr(preload, "_started", threading.Lock())
    monkeypatch.setattr(preload, "_done", threading.Event())
    monkeypatch.setattr(preload, "_error", None)
    monkeypatch.setattr(preload, "importlib", SimpleNamespace(import_module=imported.append))
    monkeypatch.setattr(preload, "_QUIET", 0.0)
    others = dict.fromkeys(("disable", "enable", "unfreeze", "collect"), int)
    monkeypatch.setattr(preload, "gc", SimpleNamespace(freeze=lambda: imported.append("frozen"), **others))
    yield imported
    ended()


def test_waiting_starts_the_import_and_ends_when_all_is_there(fresh):
    assert not preload.ready()
    preload.wait()
    assert preload.ready()
    assert fresh[: len(preload._MODULES) + 1] == [*preload._MODULES, "frozen"]


def test_what_no_first_answer_needs_is_imported_after_it_and_frozen_too(fresh):
    for _ in range(3):
        preload.start()
        preload.wait()
    ended()
    assert fresh == [*preload._MODULES, "frozen", preload._LATER, "frozen"]


def test_what_comes_later_may_be_broken_and_the_rest_works(fresh, monkeypatch, caplog):
    def broken(name):
        if name == preload._LATER:
            raise ImportError("no image codec")

    monkeypatch.setattr(preload, "importlib", SimpleNamespace(import_module=broken))
    preload.wait()
    ended()
    preload.wait()
    assert [record.getMessage() for record in caplog.records if record.name == "ui.preload"] == [
        f"{preload._LATER} could not be imported"
    ]


def test_the_labs_own_networks_come_without_what_is_imported_later():
    """In a fresh process: neither torchvision nor the compiler that torch imports for some of its functions; both take long."""
    code = """
import importlib, sys
import torch
from core.zoo.cache import load
from core.zoo.catalog import CARDS
from ui import preload
for module in preload._MODULES:
    importlib.import_module(module)
for card in CARDS:
    if card.bundled:
        load(card.key, torch.device("cpu"))
print([name for name in ("torchvision", "torch._dynamo", "sympy") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_many_sessions_start_it_once(fresh):
    threads = [threading.Thread(target=preload.start) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    preload.wait()
    ended()
    assert fresh == [*preload._MODULES, "frozen", preload._LATER, "frozen"]


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
