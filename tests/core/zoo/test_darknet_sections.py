import time
from enum import Enum

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.errors import ModelError
from core.zoo.darknet_sections import MOST_CHARACTERS, MOST_SECTIONS, MOST_VALUES, Section, sections, shown
from tests.core.zoo import darknet_files as files

TEXT = "[net]\n# a comment\nwidth = 320 ; and another\n\n[convolutional]\n filters=16\nfilters = 8\nSize=3\n"


def only(text: str) -> Section:
    (found,) = sections(text)
    return found


def test_sections_know_their_lines_and_settings():
    net, convolutional = sections(TEXT)
    assert (net.kind, net.line, net.whole("width", least=1, most=999)) == ("net", 1, 320)
    assert (convolutional.kind, convolutional.line) == ("convolutional", 5)
    assert convolutional.entries["filters"].line == 7


def test_of_a_setting_that_stands_twice_the_last_one_holds():
    assert sections(TEXT)[1].whole("filters", least=1, most=99) == 8


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends_of_every_system_are_read(end):
    assert [(one.kind, one.line) for one in sections(TEXT.replace("\n", end))] == [("net", 1), ("convolutional", 5)]


def test_case_and_a_byte_order_mark_do_not_matter():
    assert only("\ufeff[ NET ]\nWIDTH=7").whole("width", least=1, most=9) == 7


def test_numbers_stand_between_commas_and_the_last_comma_is_forgiven():
    section = only("[yolo]\nanchors = 10,14,  23.5,1e1,\nmask= 0 , -2")
    assert section.numbers("anchors", least=0.0, most=99.0) == (10, 14, 23.5, 10)
    assert section.wholes("mask", least=-9, most=9) == (0, -2)


def test_a_missing_setting_is_its_default_or_an_error():
    section = only("[yolo]")
    assert section.whole("num", 1, least=1, most=9) == 1
    assert section.number("scale_x_y", 1.5, least=1.0, most=2.0) == 1.5
    assert section.word("activation", "linear") == "linear"
    with pytest.raises(ModelError, match=r"Line 1 of the cfg file, in \[yolo\]: num is missing"):
        section.whole("num", least=1, most=9)


@pytest.mark.parametrize("value", ["", "x", "1.5", "0x10", "1_0", "１", "--1", "9" * 5000, "10", "-1", "1 2"])
def test_what_is_no_whole_number_in_range_is_an_error_that_names_the_line(value):
    with pytest.raises(
        ModelError, match=r"Line 3 of the cfg file, in \[yolo\]: num is “.*It takes whole numbers from 0 to 9"
    ):
        only(f"[yolo]\n\nnum={value}").whole("num", least=0, most=9)


@pytest.mark.parametrize("value", ["", "x", "nan", "inf", "1e999", "1e99", "-1", "1,,2"])
def test_what_is_no_number_in_range_is_an_error(value):
    with pytest.raises(ModelError, match="It takes numbers from 0 to 9"):
        only(f"[yolo]\nscale={value}").numbers("scale", least=0.0, most=9.0)


def test_two_numbers_where_there_is_place_for_one_are_an_error():
    with pytest.raises(ModelError, match="must be one whole number"):
        only("[yolo]\nnum=1,2").whole("num", least=0, most=9)


def test_too_many_numbers_are_an_error():
    with pytest.raises(ModelError, match="more than 200 values"):
        only("[route]\nlayers=" + "0," * (MOST_VALUES + 1)).wholes("layers", least=0, most=9)


def test_a_choice_is_one_of_an_enum_or_an_error_that_lists_them():
    colour = Enum("colour", {"RED": "red", "BLUE": "blue"})
    assert only("[a]\nactivation=Blue").choice("activation", colour, colour.RED) is colour.BLUE
    with pytest.raises(ModelError, match=r"does not know the activation “green”\. It knows red, blue"):
        only("[a]\nactivation=green").choice("activation", colour, colour.RED)


@pytest.mark.parametrize(
    ("text", "line"),
    [("width=3", 1), ("[net]\nwidth", 2), ("[net]\n\n=3", 3), ("[net", 1), ("[]", 1), ("\n[net] x", 2)],
)
def test_a_line_that_is_nothing_is_an_error_that_names_it(text, line):
    with pytest.raises(ModelError, match=f"Line {line} of the cfg file can't be read"):
        sections(text)


def test_a_file_of_another_kind_is_refused_before_it_is_read():
    with pytest.raises(ModelError, match="300,001 characters"):
        sections("x" * (MOST_CHARACTERS + 1))
    with pytest.raises(ModelError, match="more than 1000 sections"):
        sections("[dropout]\n" * (MOST_SECTIONS + 1))


def test_what_an_error_repeats_is_short_and_can_be_seen():
    assert shown("a\x00\u202eb") == "a··b"
    assert len(shown("x" * 1000)) == 40


@given(st.text())
@example("[\x00]")
@example("[net]\n=\n")
def test_any_text_is_read_or_a_known_error(text):
    found = files.outcome(lambda: sections(text))
    assert isinstance(found, tuple | ModelError)
    assert len(str(found)) < 300 if isinstance(found, ModelError) else all(section.kind for section in found)


@pytest.mark.parametrize("piece", ["\n", "[a]", ",", "#", "a=1\n", "="])
def test_the_longest_text_takes_no_time(piece):
    begun = time.thread_time()
    text = "[net]\n" + piece * ((MOST_CHARACTERS - 10) // len(piece))
    assert isinstance(files.outcome(lambda: sections(text)), tuple | ModelError)
    assert time.thread_time() - begun < 5
