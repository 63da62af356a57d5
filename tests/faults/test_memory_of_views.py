"""Memory runs out behind every view of every page: the page stays, says so, and works the next time."""

import pytest
import streamlit as st

from core.device import best_device
from core.engine import ENGINE
from core.zoo import cache
from tests.faults.shortage import shortage
from tests.faults.views import LONG, View, asking, errors, name, query, views
from tests.faults.views import WITHOUT_NETWORK as UNASKED

WORDS = (
    "**This needs more memory than the server has.** "
    "Choose a smaller network or a smaller photo, or try again when fewer people use the lab."
)


@pytest.fixture(autouse=True)
def _nothing_known(no_weights, monkeypatch):
    """A server on which nobody has asked anything."""
    st.cache_data.clear()
    st.cache_resource.clear()
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))
    ENGINE._lanes.clear()
    yield
    ENGINE._lanes.clear()


def test_the_views_without_a_network_are_views():
    assert set(views()) > UNASKED


@pytest.mark.parametrize("view", asking(), ids=name)
def test_a_view_that_finds_no_memory_says_so_and_works_when_there_is_some(open_page, view: View):
    page, _ = view
    with shortage() as short:
        at = open_page(page, query(view))
    assert short.hits
    assert errors(at) == [WORDS], "told once"
    assert not any("about to look" in one.value for one in at.main.caption), "none is about to"
    assert at.title, "the frame stays"
    assert short.held() == 0
    assert ENGINE.waiting(best_device().type) == 0
    if view not in LONG:
        at.run()
        assert not at.exception
        assert not at.main.error


@pytest.mark.parametrize("view", sorted(UNASKED), ids=name)
def test_a_view_that_asks_no_network_needs_no_memory_for_one(open_page, view: View):
    page, _ = view
    with shortage():
        at = open_page(page, query(view))
    assert not at.main.error
