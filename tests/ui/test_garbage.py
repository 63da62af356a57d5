"""What holds itself is freed by a thread of its own, and by no run."""

import gc
import threading
import weakref

from streamlit import config

from ui import garbage


class Ring:
    """Holds itself, so only a collection frees it."""

    def __init__(self) -> None:
        self.me = self


def test_no_run_collects():
    assert config.get_option("runner.postScriptGC") is False


def collecting() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "garbage"]


def test_one_thread_collects_now_and_then(monkeypatch):
    ended, others = threading.Event(), collecting()
    monkeypatch.setattr(garbage, "_started", threading.Lock())
    monkeypatch.setattr(garbage, "_ended", ended)
    monkeypatch.setattr(garbage, "_PAUSE", 0.01)
    gc.disable()
    try:
        left, freed = Ring(), threading.Event()
        weakref.finalize(left, freed.set)
        del left
        for _ in range(3):
            garbage.begin()
        assert freed.wait(60)
        (mine,) = (thread for thread in collecting() if thread not in others)
        ended.set()
        mine.join(60)
        assert not mine.is_alive()
    finally:
        ended.set()
        gc.enable()
