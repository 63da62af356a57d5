"""Pieces of a page: numbers as people read them, and words that can't become markup."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from core.experiments.cost import Cost
from ui import parts


def bill(forward: int = 0, backward: int = 0) -> Cost:
    return Cost("CPU · 2 threads", forward, backward, 12.34, 5.6)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.5, "0.500"),
        (-0.25, "−0.250"),
        (-1.0, "−1.000"),
        (0.12345, "0.123"),
        (0.0, "0.000"),
        (-0.0004, "0.000"),
        (-0.0, "0.000"),
    ],
)
def test_a_signed_number_has_three_decimals_and_a_real_minus(value, words):
    assert parts.signed(value) == words


@pytest.mark.parametrize(
    ("share", "digits", "words"),
    [
        (0.9841, 1, "98.4 %"),
        (1.0, 1, "100.0 %"),
        (0.0, 1, "0.0 %"),
        (1.6e-7, 1, "< 0.1 %"),
        (0.00049, 1, "< 0.1 %"),
        (0.0006, 1, "0.1 %"),
        (0.004, 0, "< 1 %"),
        (0.25, 0, "25 %"),
    ],
)
def test_a_share_is_told_in_percent_and_only_nothing_is_told_as_nothing(share, digits, words):
    assert parts.percent(share, digits) == words.replace(" ", "\u00a0")


@pytest.mark.parametrize(
    ("cost", "words"),
    [
        (bill(), "no network was asked"),
        (bill(1, 1), "1 forward and 1 backward pass"),
        (bill(1, 0), "1 forward and 0 backward passes"),
        (bill(3, 20), "3 forward and 20 backward passes"),
    ],
)
def test_passes_are_counted_in_words(cost, words):
    assert parts.passes(cost) == words


def pieces() -> None:
    import numpy as np
    import streamlit as st

    from core.experiments.cost import Cost
    from ui import parts
    from viz import images

    picture = images.encode(images.to_image(np.zeros((100, 200, 3), np.uint8)))
    scale = parts.Scale("viridis", "0", "<b>half</b> & more", "1")
    parts.picture(picture, "Map", "what it shows", alt="A map", scale=scale, tallest=400)
    for number, cell in enumerate(parts.four()):
        cell.text(str(number))
    parts.section("Heading", "One sentence.")
    parts.question("Is it?", "It is.")
    parts.caveat("Nothing.")
    with parts.hideable("descent"):
        st.text("inside")
    parts.cost(Cost("CPU · 2 threads", 0, 0, 1234.5, 0.2))


@pytest.fixture(scope="module")
def at() -> AppTest:
    at = AppTest.from_function(pieces).run()
    assert not at.exception
    return at


def test_a_picture_stands_with_its_words_and_its_scale(at):
    (image,) = at.image
    assert image.proto.imgs[0].alt == "A map"
    assert "**Map** · what it shows" in [caption.value for caption in at.caption]


def test_words_on_a_colour_bar_are_text(at):
    (bar,) = [html.value for html in at.html if "Colour scale" in html.value]
    assert "&lt;b&gt;half&lt;/b&gt; &amp; more" in bar
    assert "<b>" not in bar
    assert "#440154" in bar


def test_four_cells_stand_in_order(at):
    assert [text.value for text in at.text][:4] == ["0", "1", "2", "3"]


def test_the_answer_waits_behind_a_click(at):
    assert "**Is it?**" in [words.value for words in at.markdown]
    (popover,) = at.get("popover")
    assert popover.markdown[0].value == "It is."


def test_a_part_can_be_hidden_by_its_key(at):
    assert at.get_by_key("part-descent").text[0].value == "inside"


def test_the_bill_names_time_device_passes_and_memory(at):
    assert at.caption[-1].value == (
        ":material/timer: 1,234 ms on CPU · 2 threads · no network was asked · 0 MB of memory taken for it"
    )


def test_what_gave_way_for_want_of_memory_stands_in_a_line_of_its_own():
    short = replace(bill(1, 1), notice="The memory of GPU did not suffice, so this was computed on the CPU.")
    first, second = parts.billed(short).split("  \n")
    assert first == parts.billed(bill(1, 1))
    assert second == ":material/info: The memory of GPU did not suffice, so this was computed on the CPU."


def test_a_bill_without_a_notice_is_one_line():
    assert parts.billed(bill(1, 0)) == (
        ":material/timer: 12 ms on CPU · 2 threads · 1 forward and 0 backward passes · 6 MB of memory taken for it"
    )


def test_several_bills_are_one():
    bill = parts.together([Cost("GPU", 1, 2, 3.0, 40.0), Cost("CPU", 10, 20, 30.0, 4.0, "On the CPU.")])
    assert bill == Cost("GPU", 11, 22, 33.0, 40.0, "On the CPU.")
