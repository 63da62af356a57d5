"""The view How it learns: on every photo, by every preset, with typed objects and broken links, and its run to the end."""

import csv
import io
import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from core.images.samples import SAMPLES, sample
from tests.sessions import file, hidden, link, popovers, upload
from ui.sections.detector import learning_presets
from ui.sections.detector import learning_truths as taught

PAGE, PART = "pages/detector.py", "How it learns"
every_sample = pytest.mark.parametrize("key", [row.key for row in SAMPLES])
every_head = pytest.mark.parametrize("head", ["7 × 7 cells", "14 × 14 cells"])
RUN = "learning-overfit"


@pytest.fixture
def open_view(open_page, no_weights):
    def opened(**query: str) -> AppTest:
        return open_page(PAGE, part=PART, **query)

    return opened


def assert_drawn(at: AppTest) -> None:
    """The view was drawn to its end, and nothing in it failed."""
    assert not at.exception
    assert not any("failed" in error.value for error in at.error)
    assert popovers(at).count("Copy as PyTorch") == 1
    assert ":material/timer:" in at.main.caption[-1].value


def words(at: AppTest) -> str:
    """The page's text without the marks that keep it from being Markdown."""
    return "\n".join(one.value for one in (*at.markdown, *at.caption)).replace("\\", "").replace("\u00a0", " ")


def metric(at: AppTest, label: str) -> str:
    return next(one.value for one in at.metric if one.label == label)


def watched(at: AppTest, most: int = 80) -> AppTest:
    """The run, started and looked at until it is over."""
    at.button(key=f"{RUN}-start").click().run()
    for _ in range(most):
        if any("Done after" in one.value for one in at.caption):
            return at
        at.run()
        assert not at.exception
    raise AssertionError("the run did not end")


# Opening -----------------------------------------------------------------------------------------------------------


@every_sample
@every_head
def test_the_view_opens_on_every_sample_with_both_heads(open_view, key, head):
    at = open_view(photo=key, head=head)
    assert_drawn(at)
    assert not at.error
    assert metric(at, "Offsets")


def test_the_class_of_an_object_can_be_changed_and_not_cleared(open_view):
    at = open_view(photo="cat")
    select = at.selectbox(key=taught.NAMED)
    assert select.proto.required
    select.select("dog").run()
    assert_drawn(at)
    assert at.text_input(key=taught.KEY).value.startswith("dog ")


def test_it_opens_with_the_cat_and_every_part_of_its_loss(open_view):
    at = open_view(photo="cat")
    told = words(at)
    assert "cell [3, 3], anchor 4 of 5 × 5 cells" in told
    assert "0.884" in told
    assert "left out here: eye, nose" in told
    assert "1 forward and 0 backward passes" in told
    (loss,) = re.findall(r"Loss ([\d.]+)", told.replace("**", ""))
    assert sum(float(one.value) for one in at.metric[:4]) == pytest.approx(float(loss), abs=2e-4)


@pytest.mark.parametrize("size", [(16, 16), (1600, 16), (16, 1600)], ids=str)
def test_the_strangest_photos_ask_for_a_box(open_view, size):
    at = upload(open_view(), ("strip.png", file(*size), "image/png"))
    assert not at.exception
    assert not at.error
    assert any("Draw a box" in one.value for one in at.caption)


def test_a_box_on_a_photo_that_nobody_marked_is_learned(open_view):
    at = upload(open_view(), ("grey.png", file(200, 100), "image/png"))
    at.text_input(key=taught.KEY).set_value("dog 20, 10, 120, 90").run()
    assert_drawn(at)
    assert "1 dog" in words(at)


# Objects -----------------------------------------------------------------------------------------------------------


def test_a_class_that_the_network_does_not_have_says_so(open_view):
    at = open_view(photo="cat", taught="teapot 20, 20, 200, 200")
    assert_drawn(at)
    assert "The network has no class for teapot; it knows person, dog" in words(at)
    assert metric(at, "Class") == "—"
    at.selectbox(key=taught.NAMED).set_value("dog").run()
    assert_drawn(at)
    assert at.text_input(key=taught.KEY).value == "dog 20, 20, 200, 200"
    assert metric(at, "Class") != "—"


@pytest.mark.parametrize(
    "typed",
    ["cat", "cat 1 2 3", "cat 5, 5, 5, 9", "cat 0, 0, 99999, 9", "cat nan, 0, 9, 9", "; ".join(["cat 1 1 9 9"] * 13)],
)
def test_what_makes_no_boxes_is_explained_and_leaves_the_last_ones(open_view, typed):
    at = open_view(photo="cat")
    before = [one.value for one in at.metric[:4]]
    at.text_input(key=taught.KEY).set_value(typed).run()
    assert_drawn(at)
    assert len(at.error) == 1
    assert [one.value for one in at.metric[:4]] == before


def test_without_an_object_there_is_nothing_to_learn_and_the_next_one_is_learned(open_view):
    at = open_view(photo="cat")
    at.text_input(key=taught.KEY).set_value("").run()
    assert not at.exception
    assert any("no object on the photo" in one.value for one in at.info)
    at.text_input(key=taught.KEY).set_value("cat 10, 10, 200, 200").run()
    assert_drawn(at)


def test_another_photo_brings_its_own_objects(open_view):
    at = open_view(photo="cat")
    at.session_state["photo"] = "astronaut"
    at.run()
    assert at.text_input(key=taught.KEY).value.startswith("person 18, 15")


def test_another_object_is_looked_at(open_view):
    at = open_view(photo="cat", taught="cat 0, 0, 401, 300; dog 9, 9, 99, 140")
    at.segmented_control(key=taught.CHOSEN).set_value("2 dog").run()
    assert_drawn(at)
    assert "Who learns 2 dog" in words(at)
    at.text_input(key=taught.KEY).set_value("cat 0, 0, 401, 300").run()
    assert_drawn(at)
    assert "Who learns 1 cat" in words(at)


def test_a_label_is_shown_letter_by_letter(open_view):
    at = open_view(photo="cat", taught="**b**$x$ 0, 0, 401, 300")
    assert_drawn(at)
    assert at.segmented_control(key=taught.CHOSEN).proto.options[0].content == r"1 \*\*b\*\*\$x\$"


def test_a_link_names_the_object_that_is_looked_at(open_view):
    two = "cat 0, 0, 401, 300; dog 9, 9, 99, 140"
    assert "Who learns 2 dog" in words(open_view(photo="cat", taught=two, object="2 dog"))
    assert "Who learns 1 cat" in words(open_view(photo="cat", taught=two, object="3 cow"))


@pytest.mark.parametrize(
    "query",
    [{"head": "nothing"}, {"gamma": "99"}, {"lesson": "none"}, {"taught": "💥"}, {"overfit-steps": "-1"}],
    ids=str,
)
def test_a_broken_link_still_opens(open_view, query):
    assert_drawn(open_view(photo="cat", **query))


# Presets -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(learning_presets.presets()))
def test_every_preset_opens_by_its_name_alone(open_view, name):
    at = open_view(lesson=name)
    assert_drawn(at)
    assert not at.error
    row = learning_presets.presets()[name]
    assert row.photo in (None, at.session_state["photo"])
    if taught.KEY in row.settings:
        assert at.text_input(key=taught.KEY).value == row.settings[taught.KEY]


def test_the_golden_example_has_the_courses_numbers(open_view):
    at = open_view(lesson="Golden example")
    assert "cell [3, 3], anchor 2 of 3 × 3 cells" in words(at)
    assert any("= 0.163" in one.value for one in at.latex)


def test_who_learns_what_waits_for_the_prediction(open_view):
    at = open_view(lesson="Two want one anchor")
    assert "No anchor learns this object" not in words(at)
    at.button(key="lesson-known-Two want one anchor-button").click().run()
    assert "No anchor learns this object" in words(at)


def test_the_shares_wait_for_the_prediction(open_view):
    at = open_view(lesson="Easy anchors")
    assert "of the cross-entropy" not in words(at)
    at.button(key="lesson-known-Easy anchors-button").click().run()
    assert "of the cross-entropy" in words(at)


# Focal loss --------------------------------------------------------------------------------------------------------


def test_gamma_moves_without_a_network(open_view, monkeypatch):
    at = open_view(photo="cat")
    monkeypatch.setattr("core.experiments.learning.load", lambda *given: pytest.fail("asked again"))
    at.slider(key="gamma").set_value(0.0).run()
    assert_drawn(at)
    assert "stay silent" in words(at)


# The run -----------------------------------------------------------------------------------------------------------


def test_a_run_ends_with_a_film_and_the_iou_of_each_object(open_view):
    at = watched(open_view(photo="cat", **{"overfit-steps": "40"}))
    assert_drawn(at)
    newest = at.session_state[f"live-{RUN}"].shown().newest
    assert newest.index == 40
    assert newest.reached
    assert metric(at, "Smallest IoU") == f"{min(newest.ious):.3f}"
    assert "41 forward and 40 backward passes" in words(at)
    assert "no box" in words(at)  # at first, with new weights


def test_a_run_that_is_steered_goes_on_and_one_with_other_objects_begins_anew(open_view):
    at = open_view(photo="cat", **{"overfit-steps": "1000"})
    at.button(key=f"{RUN}-start").click().run()
    before = at.session_state[f"live-{RUN}"]
    at.select_slider(key="overfit-rate").set_value(0.01).run()
    assert at.session_state[f"live-{RUN}"] is before
    assert before.phase.going
    at.text_input(key=taught.KEY).set_value("cat 5, 5, 200, 200").run()
    assert at.session_state[f"live-{RUN}"] is not before
    assert not before.phase.going


def test_a_run_that_is_stopped_keeps_what_it_has(open_view):
    at = open_view(photo="cat", **{"overfit-steps": "1000"})
    at.button(key=f"{RUN}-start").click().run()
    at.run()
    at.button(key=f"{RUN}-stop").click().run()
    assert_drawn(at)
    assert any("Stopped at step" in one.value for one in at.caption)
    assert metric(at, "Smallest IoU")


def test_the_finer_head_warns_of_four_objects(open_view):
    four = "; ".join(f"cat {left}, 10, {left + 80}, 200" for left in (5, 100, 200, 300))
    assert "7 × 7 head is steadier" in words(open_view(photo="cat", taught=four, head="14 × 14 cells"))
    assert "7 × 7 head is steadier" not in words(open_view(photo="cat", taught=four))


# Taken away --------------------------------------------------------------------------------------------------------


def test_numbers_and_settings_are_those_of_the_view(open_view, files):
    at = open_view(photo="cat")
    (row,) = csv.DictReader(io.StringIO(files["detector-learning.csv"].decode()))
    given = json.loads(files["detector-learning.json"])
    assert (row["object"], row["anchor"]) == ("cat", "220")
    assert float(row["class_loss"]) == pytest.approx(given["loss"]["class"])
    assert f"{given['loss']['total']:.4f}" in words(at)
    assert files["detector-learning.png"].startswith(b"\x89PNG")
    assert sample("cat").name == given["photo"]


def test_a_link_opens_the_same_view(open_view):
    at = open_view(photo="cat", taught="dog 20, 20, 200, 200", head="14 × 14 cells", gamma="3.5")
    query = link(at)
    again = open_view(**{name: value for name, value in query.items() if name != "part"})
    assert [one.value for one in again.metric[:4]] == [one.value for one in at.metric[:4]]
    assert again.slider(key="gamma").value == 3.5


def test_a_teacher_can_hide_parts(open_view):
    names = ["lesson", "formulas", "focal", "overfit", "weights", "export"]
    at = open_view(photo="cat", hide=",".join(names))
    assert hidden(at)
    assert_drawn(at)
