"""The controls of the suppression, and the algorithm in four lines with the numbers that are set."""

import pytest
from streamlit.testing.v1 import AppTest

from core.boxes.nms_settings import Method, NmsSettings
from ui.sections.nms import method
from ui.sections.nms.method import lines, title


def page() -> None:
    import streamlit as st

    from ui.sections.nms import method

    first, second, third, far, own = st.columns(5)
    settings = method.controls(first, second, far)
    ways = method.limited(settings, method.beside(settings, third, far), own)
    st.session_state["made"], st.session_state["other"] = (*ways, None)[:2]


def opened(**query: str) -> AppTest:
    at = AppTest.from_function(page)
    at.query_params.update(query)
    at.run()
    assert not at.exception
    return at


@pytest.mark.parametrize("per_class", [True, False])
@pytest.mark.parametrize("kind", Method)
def test_four_lines_tell_any_method_with_the_numbers_that_decide(kind, per_class):
    settings = NmsSettings(method=kind, per_class=per_class, iou_threshold=0.37, sigma=0.64, score_threshold=0.11)
    told = lines(settings)
    assert len(told) == 4
    assert all(told)
    words = " ".join(told)
    assert ("0.37" in words) == kind.has_threshold
    assert ("0.64" in words) == (not kind.has_threshold)
    assert ("0.11" in words) == kind.decays
    assert ("DIoU" in words) == (kind is Method.DIOU)
    if kind is not Method.MATRIX:
        assert ("of its class" in words) == per_class


@pytest.mark.parametrize(
    ("settings", "third"),
    [
        (NmsSettings(), "remove from the rest of its class: IoU(best, box) > 0.50"),
        (NmsSettings(method=Method.DIOU, per_class=False), "remove from the rest: DIoU(best, box) > 0.50"),
        (
            NmsSettings(method=Method.LINEAR, per_class=False),
            "for the rest: score *= 1 − IoU where IoU ≥ 0.50; remove below 0.05",
        ),
        (
            NmsSettings(method=Method.GAUSSIAN),
            "for the rest of its class: score *= exp(−IoU² / 0.50); remove below 0.05",
        ),
        (
            NmsSettings(method=Method.MATRIX),
            "score *= min over better boxes: exp(−(IoU² − their worst²) / 0.50); remove below 0.05",
        ),
    ],
)
def test_the_third_line_acts_on_the_others(settings, third):
    assert lines(settings)[2] == third


def test_a_title_names_the_method_and_who_races():
    assert title(NmsSettings()) == "Greedy, per class"
    assert title(NmsSettings(method=Method.GAUSSIAN, per_class=False)) == "Soft, Gaussian, all together"
    assert len({title(NmsSettings(method=kind, per_class=each)) for kind in Method for each in (True, False)}) == 10


def test_it_opens_with_greedy_per_class_and_nothing_beside_it():
    at = opened()
    assert at.session_state["made"] == NmsSettings()
    assert at.session_state["other"] is None


@pytest.mark.parametrize("kind", Method)
def test_each_method_has_the_slider_that_decides(kind):
    at = opened(method=kind.title, iou="0.3", sigma="0.7", least="0.1", races="All together")
    expected = NmsSettings(
        method=kind,
        per_class=False,
        iou_threshold=0.3 if kind.has_threshold else 0.5,
        sigma=0.5 if kind.has_threshold else 0.7,
        score_threshold=0.1,
    )
    assert at.session_state["made"] == expected
    assert {slider.key for slider in at.slider} == {"iou" if kind.has_threshold else "sigma", "least"}


@pytest.mark.parametrize("name", method.BESIDE)
def test_beside_it_runs_the_other_race_or_another_method_and_never_the_same(name):
    at = opened(beside=name, iou="0.3")
    if name in (method.NOTHING, "Per class", "Greedy"):
        assert at.session_state["other"] is None
    elif name == "All together":
        assert at.session_state["other"] == NmsSettings(iou_threshold=0.3, per_class=False)
    else:
        other = method.METHODS[name]
        assert at.session_state["other"] == NmsSettings(method=other, iou_threshold=0.3 if other.has_threshold else 0.5)
    already = ["That is what runs already."] if name in ("Per class", "Greedy") else []
    assert [caption.value for caption in at.caption] == already


def test_every_control_has_a_key_that_a_link_carries():
    keys = set()
    for kind in Method:
        at = opened(method=kind.title)
        keys |= {widget.key for widget in (*at.slider, *at.selectbox, *at.button_group)}
    assert keys == set(method.KEYS)


def test_ways_are_told_apart_by_what_differs():
    greedy, soft = NmsSettings(), NmsSettings(method=Method.GAUSSIAN)
    together = NmsSettings(per_class=False)
    assert method.names([greedy]) == ["Greedy"]
    assert method.names([greedy, soft]) == ["Greedy", "Soft, Gaussian"]
    assert method.names([greedy, together]) == ["per class", "all together"]
    assert method.names([soft, together]) == ["Soft, Gaussian, per class", "Greedy, all together"]
