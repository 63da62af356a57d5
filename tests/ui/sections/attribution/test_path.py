"""The view Path on the lab's own network: the film, its numbers, the formula, what leaves with the closing row."""

import io
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.attribution.methods import AttributionSettings
from core.attribution.settings import Baseline, BaselineSettings, IntegrationSettings, Rule
from core.experiments.integration import walk
from core.images.samples import sample
from tests.ui.sections.attribution.path_cases import SATURATING
from tests.ui.sections.attribution.trust_cases import real
from ui.sections.attribution import path, path_export
from ui.sections.attribution.way import Way


def app() -> None:
    import streamlit as st

    from tests.ui.sections.attribution.trust_cases import real
    from ui.sections.attribution import path, path_export

    near = st.columns(2)
    made = path.controls(real(), (near[0], near[1]), st.container())
    found = path.view(real(), made)
    path.formula(made, found)
    path_export.take_away(real(), made, found)
    st.session_state["found"], st.session_state["reel"] = found, path.reel(real(), made, found)


@pytest.fixture(scope="module")
def opened() -> AppTest:
    at = AppTest.from_function(app, default_timeout=120)
    at.session_state["points"] = 8
    at.run()
    assert not at.exception
    return at


def test_three_pictures_and_two_charts_move_over_the_points(opened):
    reel, found = opened.session_state["reel"], opened.session_state["found"]
    assert len(found.alphas) == len(reel.steps) == len(reel.said) == 8
    assert [panel.sheet.frames for panel in reel.panels] == [8, 8, 8]
    score, added = reel.charts
    assert [level.value for level in score.levels] == [found.baseline_score, found.score]
    assert added.levels[0].value == found.score - found.baseline_score
    assert added.series[0].values == found.running


def test_both_curves_of_the_sum_measure_the_same_thing(opened):
    """The sum follows the rise of f: that is the fundamental theorem, up to the width of a step."""
    reel = opened.session_state["reel"]
    ours, risen = (np.array(one.values) for one in reel.charts[1].series)
    assert np.corrcoef(ours, risen)[0, 1] > 0.95


def test_the_numbers_are_those_of_the_path(opened):
    found = opened.session_state["found"]
    said = {one.label: one.value.replace("−", "-") for one in opened.metric}
    assert float(said["f(x), the photo"]) == pytest.approx(found.score, abs=0.006)
    assert float(said["f(x′), the baseline"]) == pytest.approx(found.baseline_score, abs=0.006)
    assert float(said["Sum of all pixels"]) == pytest.approx(found.running[-1], abs=0.006)
    assert said["Gap"] == path.percent(found.gap)


def test_the_formula_has_the_numbers_of_the_moment(opened):
    found, whole = opened.session_state["found"], " ".join(one.value for one in opened.latex)
    assert path.plain(found.running[-1]) in whole
    assert path.plain(found.score - found.baseline_score) in whole
    assert "^{8}" in whole


def test_it_opens_in_the_middle(opened):
    found = opened.session_state["found"]
    assert abs(found.alphas[path.opens_at(found)] - 0.5) == min(abs(alpha - 0.5) for alpha in found.alphas)
    assert path.FRAME not in opened.query_params


def test_a_frame_of_a_link_is_kept_and_one_beyond_the_end_is_the_last():
    at = AppTest.from_function(app, default_timeout=120)
    at.session_state["points"] = 8
    at.query_params[path.FRAME] = "2"
    at.run()
    assert not at.exception
    assert at.query_params[path.FRAME] == "2"
    at.query_params[path.FRAME] = "999"
    at.run()
    assert not at.exception
    assert path.FRAME not in at.query_params


def test_a_photo_that_is_its_own_baseline_is_told_and_shown():
    settings = AttributionSettings(
        baseline=BaselineSettings(kind=Baseline.PICTURE), integration=IntegrationSettings(rule=Rule.MIDPOINT, steps=3)
    )
    found = walk(real().opened, real().target, settings, sample("cat"))
    reel = path.reel(real(), Way(settings, sample("cat")), found)
    assert found.gap is None
    assert all("no rise to share out" in one for one in reel.said)


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0\u00a0%"),
        (0.0072, "0.72\u00a0%"),
        (0.024, "2.4\u00a0%"),
        (0.14, "14\u00a0%"),
        (0.996, "100\u00a0%"),
        (3.5, "350\u00a0%"),
    ],
)
def test_a_gap_is_said_in_percent(share, words):
    assert path.percent(share) == words


def test_the_rows_are_the_points():
    rows = path_export.rows(SATURATING)
    assert [row["point"] for row in rows] == [1, 2, 3, 4, 5, 6]
    assert rows[2] == {"point": 3, "alpha": pytest.approx(0.4), "score": 5.0, "sum so far": 5.0}


def test_the_raw_values_are_the_whole_attribution_unscaled():
    values = np.random.default_rng(0).normal(size=SATURATING.accumulated.shape)
    loaded = np.load(io.BytesIO(path_export.raw(replace(SATURATING, accumulated=values))))
    assert np.array_equal(loaded, values[-1])


def test_the_picture_has_the_photo_and_the_attribution_beside_each_other():
    assert path_export.picture(SATURATING).size == (4 + 12 + 4, 4)
