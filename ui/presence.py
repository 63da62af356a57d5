"""Whether the visitor is still there: what is computed for a closed tab ends between two passes of a network.

Streamlit asks a script to end when its tab is closed, but the script hears that where it touches Streamlit, which a computation
in core never does. Only a closed tab ends it: a moved control does not, since its answer may be the next one asked for.
"""

from __future__ import annotations

from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui import preload


def check() -> None:
    """End this run if its tab is closed; it raises what Streamlit ends runs with. Without a browser, as in tests, it goes on."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is None or not runtime.exists():
        return
    if not runtime.get_instance().is_active_session(context.session_id):
        preload.touch()
