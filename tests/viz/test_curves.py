"""Charts: what is read from a curve is what a count says, also beside its steps."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plotly.graph_objects import Figure

from viz.curves import CONFIG, coverage_curve, layout

IOUS = st.lists(st.floats(0, 1, allow_subnormal=False), max_size=8)


def naive(best, threshold):
    return 100 * sum(iou >= threshold for iou in best) / max(1, len(best))


def read(figure, threshold):
    """The height of the drawn line over `threshold`: of a "vh" line the next point to the right tells it."""
    (trace,) = figure.data
    assert trace.line.shape == "vh"
    return next(y for x, y in zip(trace.x, trace.y, strict=True) if x >= threshold)


@settings(deadline=None)
@given(best=IOUS, threshold=st.floats(0, 1, allow_subnormal=False), at=st.floats(0, 1, allow_subnormal=False))
def test_the_curve_shows_the_share_of_objects_that_reach_each_threshold(best, threshold, at):
    figure = coverage_curve(best, threshold)
    for place in (at, threshold, 0.0, 1.0, *best):
        assert read(figure, place) == pytest.approx(naive(best, place))
        for beside in (math.nextafter(place, 0), math.nextafter(place, 1)):
            assert read(figure, beside) == pytest.approx(naive(best, beside))


@settings(deadline=None)
@given(best=IOUS, threshold=st.floats(0, 1, allow_subnormal=False))
def test_the_curve_goes_from_zero_to_one_and_never_rises(best, threshold):
    (trace,) = coverage_curve(best, threshold).data
    assert (trace.x[0], trace.x[-1]) == (0, 1)
    assert list(trace.x) == sorted(set(trace.x))
    assert list(trace.y) == sorted(trace.y, reverse=True)


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5, 0.745, 1.0])
def test_one_mark_stands_on_the_curve_at_the_threshold(threshold):
    best = (0.745, 0.3, 0.9)
    (trace,) = coverage_curve(best, threshold).data
    assert trace.mode == "lines+markers"
    (mark,) = [number for number, size in enumerate(trace.marker.size) if size]
    assert trace.x[mark] == threshold
    assert trace.y[mark] == pytest.approx(naive(best, threshold))


def test_just_above_the_best_iou_of_an_object_it_is_gone():
    figure = coverage_curve((0.4, 0.8), 0.5)
    assert [read(figure, at) for at in (0.4, 0.41, 0.8, 0.81, 1.0)] == [100, 50, 50, 0, 0]


def test_objects_that_fit_equally_well_fall_together():
    figure = coverage_curve((0.6, 0.6, 0.6, 0.9), 0.5)
    assert [read(figure, at) for at in (0.6, 0.61, 0.9, 0.91)] == [100, 25, 25, 0]


def test_a_perfect_fit_is_covered_at_every_threshold():
    assert set(coverage_curve((1.0, 1.0), 0.5).data[0].y) == {100}


def test_no_objects_draw_a_line_and_no_error():
    (trace,) = coverage_curve((), 0.5).data
    assert list(trace.x) == [0, 0.5, 1]
    assert len(set(trace.y)) == 1


def test_the_whole_curve_and_its_mark_are_in_view():
    page = coverage_curve((0.2, 1.0), 1.0).layout
    assert page.xaxis.range[0] <= 0
    assert page.xaxis.range[1] > 1
    assert page.yaxis.range[0] <= 0
    assert page.yaxis.range[1] > 100
    assert page.xaxis.title.text == "IoU threshold"
    assert page.yaxis.ticksuffix == " %"


def test_a_chart_takes_its_colours_from_the_page():
    figure = coverage_curve((0.5,), 0.5)
    assert figure.layout.paper_bgcolor == figure.layout.plot_bgcolor == "rgba(0,0,0,0)"
    assert figure.data[0].line.color is None
    assert figure.data[0].marker.color is None


def test_what_an_axis_says_of_itself_goes_before_the_house_style():
    figure = Figure(layout=layout(180, x={"nticks": 3}, y={"range": [0, 7]}))
    assert figure.layout.height == 180
    assert (figure.layout.xaxis.nticks, figure.layout.yaxis.range) == (3, (0, 7))
    assert figure.layout.xaxis.fixedrange


def test_a_chart_cannot_be_zoomed_by_accident():
    page = coverage_curve((0.5,), 0.5).layout
    assert page.dragmode is False
    assert page.xaxis.fixedrange
    assert page.yaxis.fixedrange
    assert CONFIG["displayModeBar"] is False
