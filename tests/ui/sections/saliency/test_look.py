"""The view Look on the lab's own network: the map, what covering takes, the walk, the formula, what leaves."""

import ast
import json
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.attribution.methods import AttributionSettings, Method
from core.attribution.settings import Channels, Measure, SmoothGradSettings
from core.experiments.attribution import explain
from core.experiments.cost import Cost
from core.experiments.looking import cover, magnitude
from core.experiments.tangents import Tangent, tangent
from core.images.samples import sample
from core.zoo.catalog import CARDS, card
from core.zoo.model_card import Task
from tests.sessions import headings, link
from tests.snippets import printed
from tests.ui.sections.attribution.trust_cases import real
from ui.controls import Preset
from ui.sections.saliency import look_away, look_cover, look_line, look_presets, look_snippet, look_stage
from ui.sections.saliency.look_controls import (
    CHANNELS,
    FILLS,
    METHODS,
    REACHES,
    SAMPLES,
    SHARES,
    Gaze,
)
from ui.sections.saliency.look_stage import Seen

COST = Cost("CPU", 1, 1, 1.0, 0.0)
PLAIN = Gaze(Method.GRADIENT, AttributionSettings(), 0.05, FILLS["Grey"])


def app() -> None:
    import pytest
    import streamlit as st

    from core.images.samples import sample
    from ui import cached, frame
    from ui.sections.saliency import look, look_away

    away = look_away.take_away
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frame, "send_to", lambda *files, **takes: None)  # there is no menu here
        patch.setattr(look_away, "take_away", lambda *given: (st.session_state.update(given=given), away(*given))[1])
        cached.device()
        look.look(sample("cat"))


@pytest.fixture(scope="module")
def opened() -> AppTest:
    at = AppTest.from_function(app, default_timeout=120).run()
    assert not at.exception
    assert not at.error
    return at


def metrics(at: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in at.metric}


def found_for(gaze: Gaze) -> Seen:
    opened, target = real().opened, real().target
    one = explain(opened, gaze.method, target, gaze.settings)
    map = magnitude(one, gaze.settings.channels)
    return Seen(one, map, cover(opened, target, map, gaze.share, gaze.fill))


def walk(real_: tuple[float, ...], predicted: tuple[float, ...], *, slope: float = 1.0, parting: float | None = 0.5):
    count = len(real_)
    return Tangent(
        label="cat",
        lengths=tuple(float(place) for place in range(count)),
        real=real_,
        predicted=predicted,
        random=real_,
        value=real_[0],
        slope=slope,
        random_slope=0.0,
        parting=parting,
        pictures=np.zeros((count, 4, 4, 3), np.uint8),
        direction=np.zeros((3, 4, 4), np.float32),
        cost=COST,
    )


def test_the_view_has_its_parts_and_the_numbers_of_its_experiments(opened):
    case, gaze, found, walked = opened.session_state["given"]
    said = metrics(opened)
    assert said["Before"] == "100.0\u00a0%"
    assert said["‖g‖, the slope"] == f"{walked.slope:.3g}"
    assert said["They part by 10 % at"] == f"t = {walked.parting:.2g}"
    assert said["Top pixels covered"].startswith(f"{100 * found.covered.probability:.1f}")
    assert gaze == PLAIN
    assert case.label == "cat"
    assert headings(opened) == [
        "Do these pixels carry the answer?",
        "How far does the gradient hold?",
        "The formula",
        "Take it away",
    ]


def test_the_formula_has_the_numbers_of_the_frame_that_is_shown(opened):
    walked = opened.session_state["given"][3]
    whole = " ".join(one.value for one in opened.latex)
    place = look_line.OPENS
    assert look_line.tex(walked.lengths[place]) in whole
    assert look_line.tex(walked.slope) in whole
    assert look_line.tex(walked.real[place]) in whole


def test_every_method_and_channel_and_measure_draws():
    at = AppTest.from_function(app, default_timeout=120)
    at.session_state["slope"] = "Gradient × input"
    at.session_state["strength"] = "Length (L2)"
    at.session_state["measured"] = "Cross-entropy"
    at.session_state["share"] = "20 %"
    at.session_state["fill"] = "Mean colour"
    at.session_state["reach"] = "2"
    at.run()
    assert not at.exception
    assert not at.error
    _, gaze, found, walked = at.session_state["given"]
    assert gaze.method is Method.GRADIENT_X_INPUT
    assert gaze.settings.channels is Channels.LENGTH
    assert gaze.measure is Measure.CROSS_ENTROPY
    np.testing.assert_allclose(found.map, np.linalg.norm(found.explanation.raw, axis=0), rtol=1e-4, atol=1e-9)
    assert found.covered.share == 0.2
    assert walked.lengths[-1] == 2.0
    assert any("nearly flat" in one.value for one in at.caption)


def test_a_link_with_values_that_are_none_falls_back():
    at = AppTest.from_function(app, default_timeout=120)
    for key in ("slope", "strength", "measured", "share", "fill", "reach", "along", "gaze"):
        at.query_params[key] = "nothing"
    at.run()
    assert not at.exception
    assert not at.error
    assert at.session_state["given"][1] == PLAIN


def test_a_frame_beyond_the_end_is_the_last():
    at = AppTest.from_function(app, default_timeout=120)
    at.query_params["along"] = "99"
    at.run()
    assert not at.exception
    assert not at.error


def test_presets_move_only_what_there_is():
    rows = look_presets.presets()
    assert look_presets.FIRST in rows
    assert sum(row.predict for row in rows.values()) >= 1
    for row in rows.values():
        assert isinstance(row, Preset)
        assert row.settings["slope"] in METHODS
        assert row.settings["share"] in SHARES
        assert row.settings["strength"] in CHANNELS
        assert row.settings["fill"] in FILLS
        assert row.settings["reach"] in REACHES


def test_the_answer_of_a_prediction_waits():
    at = AppTest.from_function(app, default_timeout=120).run()
    at.button_group(key="gaze").set_value("Smoother, and better?").run()
    assert not at.exception
    assert at.session_state["slope"] == "SmoothGrad"
    assert at.session_state["gaze-hidden"]
    assert not any("Compare what covering takes" in one.value for one in at.markdown)


@pytest.mark.parametrize(
    ("top", "random", "words"),
    [
        (0.995, (0.995,), "Neither"),
        (0.95, (0.9,), "Random pixels take as much"),
        (0.85, (0.9,), "less than twice"),
        (0.2, (0.9,), "at least twice"),
    ],
)
def test_the_verdict_compares_with_chance(top, random, words):
    found = found_for(PLAIN)
    covered = replace(found.covered, before=1.0, probability=top, random=random)
    assert words in look_cover.verdict(replace(found, covered=covered))


def test_what_is_marked_is_what_is_covered():
    found = found_for(PLAIN)
    alpha = np.asarray(look_stage.marked(found))[..., 3]
    assert np.array_equal(alpha == 255, found.covered.hidden)
    assert set(np.unique(alpha)) == {0, 255}


def test_an_empty_map_is_told():
    found = found_for(PLAIN)
    empty = replace(found, map=np.zeros_like(found.map))
    assert "empty" in look_stage.words(real(), PLAIN, empty, hidden=False)


def test_the_sentences_of_the_walk_have_its_numbers():
    found = walk((1.0, 2.5), (1.0, 3.0))
    assert look_line.said(found, 1) == "The tangent promises +2, the network says +1.5."
    assert "nothing has changed" in look_line.said(found, 0)
    assert "promises +2 and the network says +1.5" in look_line.sentence(found)
    assert "gradient is 0" in look_line.sentence(walk((1.0, 1.0), (1.0, 1.0), slope=0.0, parting=None))


def test_the_film_is_json_and_has_a_frame_for_each_length():
    found = walk((1.0, 2.0, 2.5), (1.0, 2.0, 3.0))
    film = look_line.reel(real(), PLAIN, found)
    assert len(film.steps) == 3
    assert [one.name for one in film.charts[0].series] == [
        "promised by the tangent",
        "what the network says",
        "after a random step as long",
    ]
    assert film.charts[0].series[1].values == found.real
    assert json.dumps(film.said)


def test_a_direction_of_nothing_is_grey():
    assert (look_line.direction(walk((1.0,), (1.0,))) == 128).all()


def test_small_numbers_are_powers_of_ten_in_latex():
    assert look_line.tex(6.3e-6) == r"6.3 \cdot 10^{-6}"
    assert look_line.tex(12.34) == "12.3"
    assert look_line.number(-0.5) == "−0.5"


def test_what_leaves_is_a_table_of_the_walk_and_a_picture():
    found = walk((1.0, 2.0), (1.0, 3.0))
    assert look_away.rows(found)[1] == {
        "t": 1.0,
        "levels": found.levels(1.0),
        "promised": 3.0,
        "real": 2.0,
        "random step": 2.0,
    }
    sheet = look_away.sheet(real(), found_for(PLAIN))
    assert sheet.width > 2 * sheet.height


@pytest.mark.parametrize(
    "gaze",
    [
        PLAIN,
        replace(PLAIN, method=Method.GRADIENT_X_INPUT, share=0.2, fill=FILLS["Mean colour"]),
        replace(
            PLAIN,
            method=Method.SMOOTH_GRAD,
            settings=AttributionSettings(channels=Channels.LENGTH, noise=SmoothGradSettings(samples=SAMPLES)),
            share=0.2,
        ),
        replace(PLAIN, settings=AttributionSettings(measure=Measure.LOG_PROBABILITY)),
    ],
    ids=["gradient", "times-input", "smooth", "log"],
)
def test_the_lines_print_the_numbers_of_the_page(gaze):
    if gaze.measure is Measure.LOG_PROBABILITY:
        gaze = replace(gaze, settings=AttributionSettings(measure=Measure.CROSS_ENTROPY))
        photo = sample("astronaut")
        case = real("astronaut")
    else:
        photo, case = sample("cat"), real()
    found = tangent(case.opened, case.target, gaze.settings, 0.5)
    one = explain(case.opened, gaze.method, case.target, gaze.settings)
    covered = cover(case.opened, case.target, magnitude(one, gaze.settings.channels), gaze.share, gaze.fill)
    said = printed(look_snippet.saliency(photo, card("lab-classifier"), case.target, gaze, found.lengths[8]))
    assert said["value"] == pytest.approx(found.value, abs=2e-3)
    assert said["slope"] == pytest.approx(found.slope, rel=0.01)
    assert said["promised"] == pytest.approx(found.predicted[8], rel=0.01)
    assert said["real"] == pytest.approx(found.real[8], rel=0.02)
    assert said["covered"] == pytest.approx(covered.probability, abs=0.02)


@pytest.mark.parametrize("row", [row for row in CARDS if row.task is Task.CLASSIFY], ids=lambda row: row.key)
def test_every_classifier_has_lines_that_are_a_program(row):
    for method in METHODS.values():
        ast.parse(look_snippet.saliency(sample("cat"), row, 1, replace(PLAIN, method=method), 0.1))


def test_the_link_opens_this_state():
    at = AppTest.from_function(app, default_timeout=120)
    at.session_state["share"] = "20 %"
    at.session_state["reach"] = "2"
    at.session_state["slope"] = "SmoothGrad"
    at.run()
    query = link(at)
    other = AppTest.from_function(app, default_timeout=120)
    for name, value in query.items():
        other.query_params[name] = value
    other.run()
    assert not other.exception
    assert other.session_state["given"][1] == at.session_state["given"][1]
    assert other.session_state["given"][3].lengths == at.session_state["given"][3].lengths
