"""The frame of a chart."""

import xml.etree.ElementTree as ET

from viz import plot


def drawn(**named):
    told = {"x_name": "x", "y_name": "y", "x_ticks": [(0, "0"), (1, "1")], "y_ticks": [(0.5, "half")], **named}
    return ET.fromstring(plot.chart('<circle r="1"/>', **told))


def texts(picture):
    return {
        text.text: (float(text.get("x")), float(text.get("y"))) for text in picture.iter() if text.tag.endswith("text")
    }


def test_ticks_lie_where_their_values_are_drawn():
    found = texts(drawn())
    assert found["0"][0] == plot.x(0)
    assert found["1"][0] == plot.x(1) == plot.LEFT + plot.WIDTH
    assert found["half"][1] == plot.y(0.5) + 4


def test_the_axes_begin_at_the_lower_left():
    assert (plot.x(0), plot.y(0)) == (plot.LEFT, plot.TOP + plot.HEIGHT)
    assert plot.y(1) == plot.TOP


def test_words_are_never_markup():
    found = texts(drawn(x_name="<b>&", y_name='"<i>', x_ticks=[(0, "<u>")], y_ticks=[(0, "&amp;")]))
    assert set(found) == {"<b>&", '"<i>', "<u>", "&amp;"}


def test_what_is_drawn_lies_over_the_grid():
    *_, last = drawn()
    assert last.tag.endswith("circle")


def test_a_setting_is_a_dashed_line_over_the_whole_height():
    line = ET.fromstring(plot.upright(0.25))
    assert {line.get("x1"), line.get("x2")} == {f"{plot.x(0.25):.1f}"}
    assert (float(line.get("y1")), float(line.get("y2"))) == (plot.TOP, plot.y(0))
    assert line.get("stroke-dasharray")
