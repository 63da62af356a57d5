"""Colours that are seen in both themes, each with a second cue."""

import re
from itertools import combinations, pairwise

import pytest

from viz.colours import AREAS, BOX_A, BOX_B, RED_BLUE, SERIES, SHARED, VIRIDIS, Stroke

LIGHT, DARK = (255, 255, 255), (0x13, 0x13, 0x17)


def luminance(rgb: tuple[int, int, int]) -> float:
    """Relative luminance, WCAG 2.2."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (value / 255 for value in rgb)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: tuple[int, int, int], two: tuple[int, int, int]) -> float:
    """Contrast ratio, WCAG 2.2: from 1 to 21."""
    dark, light = sorted((luminance(one), luminance(two)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_that_of_the_guideline():
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((0x77, 0x77, 0x77), (255, 255, 255)) == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("page", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("stroke", [BOX_A, BOX_B, SHARED], ids=["A", "B", "shared"])
def test_the_colours_of_the_boxes_are_seen_on_both_pages(stroke, page):
    assert contrast(stroke.rgb, page) >= 3


@pytest.mark.parametrize("stroke", SERIES, ids=lambda stroke: stroke.colour)
def test_four_things_compared_are_seen_on_both_pages(stroke):
    assert contrast(stroke.rgb, DARK) >= 3
    assert contrast(stroke.rgb, LIGHT) >= 3


def test_four_things_compared_differ_in_colour_and_in_dash():
    assert len({stroke.colour for stroke in SERIES}) == len(SERIES) == 4
    assert len({stroke.dash for stroke in SERIES}) == 4


@pytest.mark.parametrize("stroke", SERIES, ids=lambda stroke: stroke.colour)
def test_a_dash_is_what_svg_reads(stroke):
    assert re.fullmatch(r"(\d+( \d+)*)?", stroke.dash)
    assert len(stroke.dash.split()) % 2 == 0, "an odd list repeats itself with dashes and gaps swapped"


@pytest.mark.parametrize(
    ("colour", "rgb"),
    [("#000000", (0, 0, 0)), ("#FFFFFF", (255, 255, 255)), ("#0072B2", (0, 0x72, 0xB2)), ("#d55e00", (0xD5, 0x5E, 0))],
)
def test_a_colour_is_read_as_red_green_and_blue(colour, rgb):
    assert Stroke(colour).rgb == rgb


def test_box_a_box_b_and_what_they_share_are_three_colours():
    assert len({BOX_A.colour, BOX_B.colour, SHARED.colour}) == 3


def test_areas_have_seven_colours_and_none_of_them_is_grey():
    found = [Stroke(colour).rgb for colour in AREAS]
    assert len(set(found)) == len(AREAS) == 7
    for rgb in found:
        assert max(rgb) - min(rgb) >= 80, "colourful, so that it is told from a photo that is dimmed"


def test_two_areas_side_by_side_differ_more_than_a_little():
    """Most photos have two: these are the farthest apart of all neighbours."""

    def distance(one: str, other: str) -> int:
        return sum(abs(a - b) for a, b in zip(Stroke(one).rgb, Stroke(other).rgb, strict=True))

    assert min(distance(one, other) for one, other in combinations(AREAS, 2)) >= 60
    assert distance(*AREAS[:2]) == max(distance(one, other) for one, other in pairwise(AREAS))


def test_the_sequential_map_grows_brighter_and_the_signed_one_is_pale_in_the_middle():
    brightness = [luminance(Stroke(colour).rgb) for colour in VIRIDIS]
    assert brightness == sorted(brightness)
    signed = [luminance(Stroke(colour).rgb) for colour in RED_BLUE]
    middle = len(signed) // 2
    assert signed.index(max(signed)) == middle
    assert signed[: middle + 1] == sorted(signed[: middle + 1])
    assert signed[middle:] == sorted(signed[middle:], reverse=True)
