"""Pages as a visitor opens them, on a server with weights or without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core.zoo import cache
from tests.sessions import no_search_for_components as no_search_for_components
from tests.sessions import torch_is_there as torch_is_there
from ui import cached

APP = Path(__file__).parents[2] / "app.py"

Open = Callable[..., AppTest]


@pytest.fixture(autouse=True)
def _no_network_of_another_test(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what depends on the server: looks at photos, and networks. Descents and pictures follow from their
    arguments alone, so they stay cached and the tests stay quick."""
    for door in (cached._look, cached._regions, cached._maps):
        door.clear()
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))


@pytest.fixture
def no_weights(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A server that has no weights and may not fetch any."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv("VISION_LAB_OFFLINE", "1")


@pytest.fixture
def open_page() -> Open:
    """`open_page("pages/anchors.py", photo="coffee")`: the page as that link opens it in a new session."""

    def opened(page: str = "app.py", query: dict[str, str] | None = None, **more: str) -> AppTest:
        at = AppTest.from_file(APP, default_timeout=30)
        if page != "app.py":
            at.switch_page(page)
        at.query_params.update({**(query or {}), **more})
        at.run()
        assert not at.exception
        return at

    return opened


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """The file of every picture a page shows, by its alternative text; the newest of each."""
    shown: dict[str, bytes] = {}
    show = st.image

    def spy(image: bytes, *, alt: str, **options: object) -> object:
        shown[alt] = image
        return show(image, alt=alt, **options)

    monkeypatch.setattr(st, "image", spy)
    return shown
