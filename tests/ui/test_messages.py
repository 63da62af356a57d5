"""Errors as words: a visitor never sees a traceback, a file name never becomes markup."""

import logging
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from ui.messages import escape

JOINER = "\u2060"


def plain(escaped):
    """What a visitor reads: without backslashes and invisible joiners."""
    return re.sub(r"\\(.)", r"\1", escaped, flags=re.DOTALL).replace(JOINER, "")


@pytest.mark.parametrize(
    "words", ["www.evil.example.jpg", "HTTP://evil.example", "https://evil.example", "me@evil.example"]
)
def test_a_bare_address_is_taken_apart_so_that_it_becomes_no_link(words):
    escaped = escape(words)
    assert not re.search(r"(?i)www\.|https?\\?:|@\w", escaped)
    assert plain(escaped) == words


@pytest.mark.parametrize(
    "words",
    [
        "[x](https://evil.example)",
        "![x](https://evil.example/pixel.png)",
        "# not a heading",
        "*not bold* __nor this__ ~~nor that~~",
        "$x^2$ and $$y$$",
        "<script>alert(1)</script>",
        ":red[danger] :material/home: :smile:",
        "`code` \\ | - + ! > {x}",
    ],
)
def test_no_markup_survives(words):
    """Every letter that begins markup stands behind a backslash, and nothing else has changed."""
    escaped = escape(words)
    assert plain(escaped) == words
    assert not re.search(r"(?<!\\)(?:\\\\)*[`*_{}\[\]()<>#+!|~$:&-]", escaped)


@given(st.text())
def test_escaping_loses_nothing(words):
    assert plain(escape(words)) == words.replace(JOINER, "")


def test_plain_words_stay_plain():
    assert escape("holiday 2024, München.jpg") == "holiday 2024, München.jpg"


def part(kind: str) -> None:
    import streamlit as st

    from core.errors import CancelledError, PhotoError, SettingError
    from ui import messages

    errors = {
        "photo": PhotoError("[“x.png”](http://x) is damaged.", "Choose another."),
        "setting": SettingError("steps must be from 1 to 1000, got 0."),
        "cancelled": CancelledError(),
        "unknown": RuntimeError("secret/path/model.pth: CUDA error 77"),
        "division": ZeroDivisionError(),
    }
    st.text("before")
    with messages.guard("The descent"):
        if kind == "stop":
            st.stop()
        if kind in errors:
            raise errors[kind]
        st.text("inside")
    st.text("after")


def shown(kind: str) -> AppTest:
    at = AppTest.from_function(part, args=(kind,)).run()
    assert not at.exception, "no traceback"
    return at


def of_the_lab(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """What the lab logged. Streamlit has words of its own about running without a server."""
    return [record for record in caplog.records if record.name.startswith("ui.")]


def texts(at: AppTest) -> list[str]:
    return [element.value for element in at.text]


def test_without_an_error_nothing_is_said(caplog):
    at = shown("none")
    assert texts(at) == ["before", "inside", "after"]
    assert not at.error
    assert not of_the_lab(caplog)


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("photo", r"**\[“x.png”\]\(http\://x\) is damaged.** Choose another."),
        ("setting", "**steps must be from 1 to 1000, got 0.** Choose a value in that range."),
    ],
)
def test_an_error_of_core_is_explained_and_the_rest_of_the_page_stays(kind, words, caplog):
    at = shown(kind)
    assert [error.value.replace(JOINER, "") for error in at.error] == [words]
    assert texts(at) == ["before", "after"]
    assert not of_the_lab(caplog), "the visitor's mistakes are not the server's"


def test_a_cancelled_run_is_no_error(caplog):
    at = shown("cancelled")
    assert not at.error
    assert [caption.value for caption in at.caption] == ["This run was cancelled. Start it again when you like."]
    assert texts(at) == ["before", "after"]
    assert not of_the_lab(caplog)


@pytest.mark.parametrize(("kind", "name"), [("unknown", "RuntimeError"), ("division", "ZeroDivisionError")])
def test_an_unknown_error_is_logged_for_the_server_and_not_shown_to_the_visitor(kind, name, caplog):
    at = shown(kind)
    (error,) = at.error
    assert error.value.startswith("**The descent failed.** Change a setting or choose another photo.")
    assert "secret" not in str(at.main)
    assert "Traceback" not in str(at.main)
    assert texts(at) == ["before", "after"]
    (record,) = of_the_lab(caplog)
    assert record.levelno == logging.ERROR
    assert record.getMessage() == "The descent failed"
    assert record.exc_info[0].__name__ == name


def test_a_page_that_stops_itself_is_not_a_failure(caplog):
    at = shown("stop")
    assert texts(at) == ["before"]
    assert not at.error
    assert not of_the_lab(caplog)
