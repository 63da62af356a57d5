import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.errors import ModelError
from core.networks.darknet_layers import Config, Dropout
from core.zoo.darknet_config import parse
from tests.core.zoo import darknet_files as files

HEAD = files.plain(85) + files.yolo("0")
LINES = files.small_v3().splitlines()


def test_a_small_network_is_read():
    config = parse(files.net(64) + files.conv(8, stride=2) + HEAD)
    assert (config.width, config.height) == (64, 64)
    assert [layer.kind for layer in config.layers] == ["convolutional", "convolutional", "yolo"]
    assert [layer.line for layer in config.layers] == [5, 12, 18]
    assert config.heads[0].stride == 2


def test_width_and_height_are_their_own():
    config = parse("[net]\nwidth=64\nheight=32\n" + files.conv(8, stride=2) + HEAD)
    assert (config.width, config.height) == (64, 32)


def test_dropout_is_a_layer_that_others_count():
    text = files.net(64) + files.conv(8) + files.section("dropout") + files.section("route", layers=-2) + HEAD
    config = parse(text)
    assert isinstance(config.layers[1], Dropout)
    assert config.layers[2].inputs == (0,)


def test_old_names_of_sections_are_known():
    text = "[network]\nwidth=64\nheight=64\n[conv]\nfilters=85\nactivation=linear\n[max]\nstride=2\n" + files.yolo("0")
    assert [layer.kind for layer in parse(text).layers] == ["convolutional", "maxpool", "yolo"]


@pytest.mark.parametrize("text", ["", "# nothing\n", files.conv(8) + HEAD])
def test_a_file_that_does_not_begin_with_net_is_an_error(text):
    with pytest.raises(ModelError, match=r"does not begin with a section \[net\]"):
        parse(text)


def test_a_network_without_a_head_is_an_error():
    with pytest.raises(ModelError, match=r"no section \[yolo\], so it finds no boxes"):
        parse(files.net() + files.conv(8))


def test_a_network_for_other_photos_is_an_error():
    with pytest.raises(ModelError, match=r"Line 4 .*does not take colour photos"):
        parse("[net]\nwidth=64\nheight=64\nchannels=1\n" + HEAD)


def test_a_second_net_is_no_layer():
    with pytest.raises(ModelError, match=r"Line 5 .*in \[net\]: the lab does not know this kind of layer"):
        parse(files.net() + files.net() + HEAD)


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.integers(0, len(LINES) - 1), max_size=4),
    st.lists(
        st.tuples(
            st.integers(0, len(LINES) - 1),
            st.sampled_from(["0", "-1", "-3", "999999999", "x", "", "1,2", "3,4,5,", "nan", "leaky", "16", "2"]),
        ),
        max_size=3,
    ),
)
def test_a_network_with_lines_lost_and_changed_is_read_or_a_known_error(lost, changed):
    lines: list[str] = list(LINES)
    for place, value in changed:
        lines[place] = re.sub("=.*", f"={value}", lines[place])
    text = "\n".join(line for place, line in enumerate(lines) if place not in lost)
    config = files.outcome(lambda: parse(text))
    assert isinstance(config, Config | ModelError)
    assert config.heads if isinstance(config, Config) else config.advice


@settings(deadline=1000)
@given(st.text())
@example("[net]\n[yolo]")
def test_any_text_is_a_network_or_a_known_error(text):
    with pytest.raises(ModelError):
        parse(text)


def test_the_largest_text_that_is_read_takes_no_time():
    text = files.net(64) + files.conv(4) + 900 * files.section("route", layers=",".join(["-1"] * 100), groups=100)
    begun = time.thread_time()
    with pytest.raises(ModelError):
        parse(text[:290_000])
    assert time.thread_time() - begun < 5
