"""How the class map is looked at: it stays in the session, stands in the URL, and comes back from a link."""

import pytest

from core.images.samples import sample
from ui.components.class_map import Mode, Veil, View
from ui.sections.segmenter import segment_view

MOVED = View(
    opacity=0.35,
    unsure=0.2,
    off=("cat", "dining table"),
    mode=Mode.MASK,
    veil=Veil.MARGIN,
    edge=0.125,
    contours=False,
    point=(120, 80),
)


def test_what_is_as_usual_stands_in_no_url(visitor):
    segment_view.put_in_url(View())
    assert visitor.url == {}
    assert segment_view.now(sample("cat")) == View()


def test_a_link_brings_the_view_back(visitor):
    visitor.url.update(segment_view.link(MOVED))
    assert segment_view.now(sample("cat")) == MOVED


def test_what_a_visitor_left_is_kept_and_shown(visitor):
    segment_view.keep(MOVED)
    assert segment_view.now(sample("cat")) == MOVED
    segment_view.put_in_url(MOVED)
    assert visitor.url == segment_view.link(MOVED)
    segment_view.keep(View())
    segment_view.put_in_url(segment_view.now(sample("cat")))
    assert visitor.url == {}


@pytest.mark.parametrize("words", ["junk", "-1", "101", "1e9", "٣", "5" * 999, ""])
@pytest.mark.parametrize("name", segment_view.KEYS)
def test_nonsense_leaves_the_usual(visitor, name, words):
    visitor.url[segment_view.key(name)] = words
    view = segment_view.now(sample("cat"))
    if name == segment_view.OFF:
        assert view == View(off=(words[:400],) if words else ())
    else:
        assert view == View()


def test_a_pixel_of_a_larger_photo_is_forgotten(visitor):
    visitor.url["seg-at"] = "500,500"
    assert segment_view.now(sample("astronaut")).point == (500, 500)
    assert segment_view.now(sample("cat")).point is None
