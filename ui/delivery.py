"""What is on the way to the browser when a fragment runs again.

Streamlit then drops what the fragment's last run left in the queue, but keeps what fragments inside of it left there. Where a
visitor is quicker than the first picture of a page, that comes to places which the browser was never told of, and the whole
page goes blank (Streamlit 1.67.0). Told twice, everything is right: so nothing is dropped.
"""

from __future__ import annotations

from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

_dropped = ForwardMsgQueue.clear


def _clear(
    self: ForwardMsgQueue, retain_lifecycle_msgs: bool = False, fragment_ids_this_run: list[str] | None = None
) -> None:
    """What `ForwardMsgQueue.clear` does, but for a run of fragments: what it sends is not put in the place of older words."""
    if fragment_ids_this_run is None:
        _dropped(self, retain_lifecycle_msgs)
    else:
        self._delta_index_map = {}


def keep_all() -> None:
    """Let runs of fragments drop nothing, in all sessions of this server. Asking again changes nothing."""
    ForwardMsgQueue.clear = _clear
