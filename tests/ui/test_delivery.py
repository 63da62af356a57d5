"""Words on the way to the browser, when a fragment runs again before they are sent."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

from ui import delivery

STREAMLITS = delivery._dropped


def words(place: int, text: str, fragment: str = "") -> ForwardMsg:
    """An element of a fragment at a place of the page."""
    message = ForwardMsg()
    message.delta.new_element.text.body = text
    message.delta.fragment_id = fragment
    message.metadata.delta_path.extend([0, place])
    return message


def told(queue: ForwardMsgQueue) -> list[str]:
    return [message.delta.new_element.text.body for message in queue.flush()]


@pytest.fixture
def queue() -> ForwardMsgQueue:
    """The last words of a run: those of a fragment, and of one inside of it."""
    queue = ForwardMsgQueue()
    for message in (words(0, "page"), words(1, "outer", "outer"), words(2, "inner", "inner")):
        queue.enqueue(message)
    return queue


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    monkeypatch.setattr(ForwardMsgQueue, "clear", STREAMLITS)
    return delivery.keep_all


def test_streamlit_keeps_the_inner_fragment_without_what_is_before_it(queue, kept):
    """The reason for all this. When it fails, `ui/delivery.py` can go."""
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["outer"])
    assert told(queue) == ["page", "inner"]


def test_a_run_of_a_fragment_drops_nothing_and_comes_after_all(queue, kept):
    kept()
    kept()
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["outer"])
    queue.enqueue(words(1, "outer again", "outer"))
    assert told(queue) == ["page", "outer", "inner", "outer again"]


def test_a_run_of_the_page_drops_all_as_before(queue, kept):
    kept()
    queue.clear(retain_lifecycle_msgs=True)
    assert told(queue) == []
    queue.enqueue(words(0, "page"))
    queue.clear()
    assert told(queue) == []
