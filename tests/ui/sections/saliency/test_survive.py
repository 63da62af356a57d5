"""The view Does it survive? on the lab's own network: it works on the picture of Fool, and its sliders are heard."""

import io

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.sections.saliency.fool_cases import fooled
from ui import formats, frame, growing
from ui.sections.saliency import survive_away, survive_case


def app() -> None:
    from core.images.samples import sample
    from ui.sections.saliency import survive

    survive.survive(sample("cat"))


@pytest.fixture(autouse=True)
def alone(monkeypatch):
    """One view without the frame of the page, with one curve of those that fill in."""
    monkeypatch.setattr(frame, "send_to", lambda *files, **takes: None)
    monkeypatch.setattr(growing, "filled", lambda name, of, total, draw: draw(1))


def opened(**state: object) -> AppTest:
    at = AppTest.from_function(app, default_timeout=120)
    for key, value in state.items():
        at.session_state[key] = value
    at.run()
    assert not at.exception
    assert not at.error, [one.value for one in at.error]
    return at


def said(at: AppTest) -> str:
    return " ".join(one.value for one in [*at.markdown, *at.caption])


def test_it_says_which_attack_it_works_on_and_that_nothing_is_done_yet():
    words = said(opened())
    assert "Gradient ascent, within 8/255, towards parachute" in words
    assert "Move a slider" in words
    assert "Grad-CAM" in words
    assert "gone at" in words


def test_the_settings_of_fool_are_those_of_this_view():
    words = said(opened(attack="PGD, L∞: small steps", eps=4, target="horse"))
    assert "PGD, L∞, within 4/255, towards horse" in words


def test_a_moved_slider_changes_the_label():
    at = opened(blurred="2 px")
    assert "gone after a blur of 2 px" in said(at)


def test_a_picture_that_fools_nobody_says_so():
    at = opened(eps=0)
    (info,) = [one.value for one in at.info]
    assert "does not fool the network" in info
    assert "raise it under The attack" in info
    words = said(at)
    assert "JPEG" not in words
    assert "what the network sees in it" not in words
    assert "Move a slider" not in words
    assert "Grad-CAM" not in words
    assert "**After the attack** · cat" in words


def test_a_target_that_was_seen_from_the_beginning_is_no_attack():
    (info,) = [one.value for one in opened(target="cat").info]
    assert "choose another one under The attack" in info


def test_too_few_steps_say_so():
    (info,) = [one.value for one in opened(updates=1, length="0.02").info]
    assert "Allow more steps" in info


def test_the_way_to_fool_sets_the_part():
    at = opened()
    at.button(key="survive-fool").click().run()
    assert at.session_state["part"] == survive_case.FOOL


def test_other_networks_that_are_not_here_are_named_with_their_sizes(monkeypatch, tmp_path):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    at = opened()
    assert "Not on this server: SqueezeNet 1.1 (4.7 MB)" in said(at)
    assert not [one for one in at.button if one.key == "survive-others-start"]


def test_the_rows_have_both_probabilities_of_every_class():
    from core.adversarial.survival_settings import Treatment
    from core.experiments.survival import survived
    from tests.ui.sections.saliency.fool_cases import MODEL

    made = fooled()
    before, after = (
        survived(pixels, MODEL, Treatment()) for pixels in (made.outcome.clean_pixels, made.outcome.pixels)
    )
    rows = survive_away.rows(made, before, after)
    assert len(rows) == len(made.outcome.classes)
    assert sum(row["clean"] for row in rows) == pytest.approx(1, abs=1e-4)
    best = max(rows, key=lambda row: row["adversarial"])
    assert best["class"] == made.outcome.after.label
    assert np.array_equal(np.load(io.BytesIO(formats.npy(after.pixels))), made.outcome.pixels)
