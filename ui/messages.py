"""Errors of core, in words on the page. No traceback ever reaches a visitor."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from core.errors import CancelledError, VisionLabError

_log = logging.getLogger(__name__)


def explain(error: VisionLabError) -> None:
    """Show what happened and what to do next, in the place where it happened."""
    st.error(f"**{escape(error.problem)}** {escape(error.advice)}", icon=":material/error:")


def told(error: Exception, what: str, advice: str) -> VisionLabError:
    """An error in words: `what` failed, with `advice`, for one that core does not know, which is logged."""
    if isinstance(error, VisionLabError):
        return error
    _log.error("%s failed", what, exc_info=error)
    return VisionLabError(f"{what} failed.", advice)


@contextmanager
def guard(what: str) -> Iterator[None]:
    """Keep a failure inside its part of the page: the rest stays, and the visitor reads what to do.

    `what` names the part ("The descent"). An error that core does not know is logged for whoever runs the server.
    """
    try:
        yield
    except CancelledError as error:
        st.caption(f"{error.problem} {error.advice}")
    except VisionLabError as error:
        explain(error)
    except Exception:  # noqa: BLE001 - Streamlit's own control flow does not derive from Exception
        _log.exception("%s failed", what)
        st.error(
            f"**{what} failed.** Change a setting or choose another photo. The rest of the page still works.",
            icon=":material/error:",
        )


def escape(words: str) -> str:
    """`words` as plain text in Markdown: a file name must not become a link, a heading or a formula.

    Bare addresses become links even where they are escaped; an invisible word joiner takes them apart.
    """
    apart = re.sub(r"(?i)(?<=www)(?=\.)|(?<=http)(?=s?://)|(?<=@)", "\u2060", words)
    return "".join("\\" + letter if letter in r"\`*_{}[]()<>#+-!|~$:&" else letter for letter in apart)
