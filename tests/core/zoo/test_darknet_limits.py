from dataclasses import replace

import pytest

from core.errors import ModelError
from core.networks.darknet_layers import Config
from core.zoo.darknet_config import parse
from core.zoo.darknet_limits import (
    MOST_ALIVE,
    MOST_ANSWER,
    MOST_TIME,
    alive,
    answer,
    check_whole,
    numbers,
    time,
    work,
)
from tests.core.zoo import darknet_files as files

TAIL32 = (
    files.section("maxpool", size=16, stride=16)
    + files.section("maxpool", size=2, stride=2)
    + files.plain(85)
    + files.yolo("0")
)
TAIL = files.plain(85) + files.yolo("0")


def alive_naively(config: Config) -> int:
    """Whatever was made and will be read again, and what is just made, at every layer."""
    last = config.last_use
    sizes = [numbers(layer, config.width, config.height) for layer in config.layers]
    return max(sizes[now] + sum(sizes[made] for made in range(now) if last[made] >= now) for now in range(len(sizes)))


@pytest.mark.parametrize("text", [files.small_v3(), files.v3_tiny(), files.v4_tiny()])
def test_memory_is_what_a_count_at_every_layer_says(text):
    assert alive(parse(text)) == alive_naively(parse(text))


def test_the_work_of_published_networks_is_the_published_one():
    """Darknet prints 65.86, 5.57 and 6.91 BFLOPS, two for each multiplication; its pools and upsamplings are not counted there."""
    assert 2 * work(parse(files.v3())) / 1e9 == pytest.approx(65.86, rel=0.01)
    assert 2 * work(parse(files.v3_tiny())) / 1e9 == pytest.approx(5.57, rel=0.01)
    assert 2 * work(parse(files.v4_tiny())) / 1e9 == pytest.approx(6.91, rel=0.01)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (files.net(1280) + files.conv(100) + TAIL, r"Line 5 .*more than 40,000,000 numbers"),
        (files.net(96) + files.conv(8192, stride=2) + files.conv(8192) + TAIL, r"more than 100,000,000 weights"),
        (files.net(96) + 8 * files.conv(8, stride=2) + TAIL, r"one cell would stand for 128 pixels.*96 × 96"),
        (files.net(64) + 60 * files.conv(512, 3) + TAIL, r"This network needs more than 100,000,000 weights"),
        (files.net(416) + 90 * files.conv(128, groups=1) + TAIL, r"more than 100,000,000,000 multiplications"),
        (
            files.net(640) + 8 * files.conv(60) + files.section("route", layers="0")
            + files.section("shortcut", **{"from": "1,2,3,4,5,6"}) + TAIL,
            r"more than 100,000,000 numbers in memory",
        ),
        (files.net(416) + files.conv(30) + files.section("route", layers="-1," * 100) + TAIL, r"more than 40,000,000 numbers"),
        (files.net(1280) + files.plain(24) + files.yolo("0,1,2,3", classes=1), r"more than 10,000,000 numbers for its boxes"),
        (
            files.net(1280) + files.plain(1) + 5 * files.section("maxpool", size=15, stride=1) + TAIL32,
            r"the time of 120,000,000,000 multiplications",
        ),
        (
            files.net(640) + files.plain(24) + 130 * files.conv(24, 1, groups=24, activation="mish") + TAIL32,
            r"the time of 120,000,000,000 multiplications",
        ),
        (files.net(333) + files.conv(8, stride=2) + TAIL, r"Line 2 .*width of 333 .*multiple of 2 from 32 to 1280"),
        (files.net(16) + files.conv(8) + TAIL, r"a width of 16"),
        (files.net(2560) + files.conv(1, stride=16, size=16, padding=0, pad=0) + TAIL, r"a width of 2560"),
    ],
)  # fmt: skip
def test_a_network_that_is_too_large_is_refused(text, problem):
    with pytest.raises(ModelError, match=problem):
        parse(text)


@pytest.mark.parametrize("text", [files.v3(), files.v3_tiny(), files.v4_tiny()])
@pytest.mark.parametrize("side", [320, 416, 608])
def test_published_networks_are_far_from_the_limits_of_time_and_boxes(text, side):
    config = replace(parse(text), width=side, height=side)
    assert work(config) < time(config) < 0.85 * MOST_TIME
    assert answer(config) < 0.25 * MOST_ANSWER


def test_a_network_may_be_checked_for_another_size():
    config = parse(files.v3_tiny())
    check_whole(config)
    with pytest.raises(ModelError, match="smaller width and height"):
        check_whole(replace(config, width=4096, height=4096))


def test_a_network_without_layers_holds_nothing():
    assert alive(Config((), 32, 32)) == 0 < MOST_ALIVE
