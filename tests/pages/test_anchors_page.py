"""The parts Anchors and Assignment: on every photo, by every link, through every question, to their end."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from core.boxes.layout import AnchorSettings
from core.boxes.settings import AssignmentSettings
from core.experiments.assignment import anchors, assign, at_place, offsets
from core.images.samples import SAMPLES, sample
from tests.sessions import chosen, file, hidden, link, popovers, upload
from ui import cached
from ui.sections.anchors import cases, closer, generator, rule, truths

PAGE = "pages/anchors.py"
LABELS = {
    "Anchors": ["Anchors", "Memory", "Time to make them", "Best IoU here"],
    "Assignment": ["Objects covered", "Positive", "Ignored", "Background"],
}
COUNTS = ("Anchors", "Positive", "Ignored", "Background")
ALLOWED = [
    (gen, name) for gen in generator.GENERATORS for name in rule.RULES if gen == "YOLO grid" or name != rule.CELL
]
every_part = pytest.mark.parametrize("part", LABELS)
every_sample = pytest.mark.parametrize("key", [row.key for row in SAMPLES])
every_rule = pytest.mark.parametrize(("gen", "name"), ALLOWED)


def assert_drawn(at: AppTest, part: str) -> None:
    """The part was drawn to its end, and nothing on it failed."""
    assert not at.exception
    assert not any("failed" in error.value for error in at.error)
    assert [metric.label for metric in at.metric][:4] == LABELS[part]
    assert "no network was asked" in at.main.caption[-1].value
    assert popovers(at).count("Copy as PyTorch") == 1


def numbers(at: AppTest) -> list[str]:
    """What the page measures, without how long it took."""
    return [metric.value for metric in at.metric if "Time" not in metric.label]


def words(at: AppTest) -> str:
    return "\n".join(element.value for element in (*at.markdown, *at.warning))


# Opening -----------------------------------------------------------------------------------------------------------


@every_part
@every_sample
@pytest.mark.parametrize("gen", generator.GENERATORS)
def test_a_part_opens_on_every_sample(open_page, no_weights, part, key, gen):
    at = open_page(PAGE, part=part, photo=key, gen=gen)
    assert_drawn(at, part)
    assert not at.error
    assert at.text_input(key="truth").value == truths.written(truths.of(sample(key)))


@every_part
@pytest.mark.parametrize("gen", generator.GENERATORS)
@pytest.mark.parametrize("size", [(16, 16), (1600, 16), (16, 1600), (1600, 1200)], ids=str)
def test_a_part_opens_on_the_strangest_photos(open_page, no_weights, part, gen, size):
    at = upload(open_page(PAGE, part=part, gen=gen), ("strip.png", file(*size), "image/png"))
    assert_drawn(at, part)
    assert not at.error
    assert at.text_input(key="truth").value.startswith("object "), "nothing is known about it"


@every_part
@pytest.mark.parametrize("size", [(1, 1), (1600, 10)], ids=str)
def test_a_file_too_small_for_a_photo_is_explained_and_the_part_stays(open_page, no_weights, part, size):
    at = upload(open_page(PAGE, part=part, photo="coffee"), ("dot.png", file(*size), "image/png"))
    assert_drawn(at, part)
    assert chosen(at).name == "Coffee"
    assert all("the least is 16 × 16 px" in error.value for error in at.error)
    assert len(at.error) == 2, "one in each tray"


def test_the_parts_lead_to_each_other(open_page):
    """What is set in one holds in the other, and the two boxes between them change nothing."""
    at = open_page(PAGE)
    for part in ("Anchors", "Assignment", "Two boxes", "Anchors"):
        at.button_group(key="part").set_value(part).run()
        if part != "Two boxes":
            assert_drawn(at, part)
        if part == "Anchors":
            at.slider(key="grid").set_value(9)
            at.text_input(key="truth").input("moon 10, 20, 300, 200").run()
    assert at.slider(key="grid").value == 9
    assert at.text_input(key="truth").value == "moon 10, 20, 300, 200"


@every_part
@pytest.mark.parametrize("door", ["anchors", "assign"])
def test_an_unknown_error_is_told_in_words(open_page, monkeypatch, part, door):
    monkeypatch.setattr(cached, door, lambda *given: 1 / 0)
    at = open_page(PAGE, part=part)
    broken = {"anchors": "Anchors", "assign": "Assignment"}[door] == part
    assert not at.exception
    assert [error.value.split(".")[0] for error in at.error] == [f"**The {part.lower()} failed"] * broken


@pytest.mark.parametrize("gen", generator.GENERATORS)
def test_without_objects_the_anchors_are_there_all_the_same(open_page, gen):
    at = open_page(PAGE, part="Anchors", gen=gen, truth=" ; ")
    assert_drawn(at, "Anchors")
    assert not at.error
    assert numbers(at)[-1] == "0.0000"


@every_rule
def test_without_objects_no_rule_has_anything_to_do_until_one_is_added(open_page, gen, name):
    at = open_page(PAGE, part="Assignment", gen=gen, rule=name, truth=" ; ")
    assert not at.exception
    assert not at.error
    assert [info.value for info in at.info] == [
        "There is no object on the photo. Add a box, and the rule has something to assign."
    ]
    at.text_input(key="truth").input("moon 10, 20, 300, 200").run()
    assert_drawn(at, "Assignment")
    at.text_input(key="truth").input("").run()
    assert not at.exception
    assert not at.error


# Links -------------------------------------------------------------------------------------------------------------

NONSENSE = [
    "junk",
    "-1",
    "nan",
    "1e400",
    "9" * 400,
    "²",
    "<script>",
    "\0",
    "x" * 5000,
    ["junk", "none"],
    ["0.9", "0.1", "x"],
]
SHOWN = {
    "case": "YOLO grid",
    "gen": "YOLO grid",
    "grid": "YOLO grid",
    "size": "YOLO grid",
    "shapes": "YOLO grid",
    "scales": "Every pixel",
    "number": "Every pixel",
    "width": "Every pixel",
    "ratios": "Pyramid",
    "strides": "Pyramid",
    "side": "Pyramid",
    "octaves": "Pyramid",
    "rule": "YOLO grid",
    "threshold": "YOLO grid",
    "limits": "YOLO grid",
    "anchor": "YOLO grid",
    "offset": "YOLO grid",
    "look": "YOLO grid",
}
"""Each key of the URL, and with which anchors its control is shown."""


@pytest.mark.parametrize("key", SHOWN)
def test_a_setting_without_sense_in_a_link_leaves_the_default(open_page, key):
    query = {"part": "Assignment", "gen": SHOWN[key], "rule": rule.THRESHOLDS if key == "limits" else rule.GREEDY}
    default = open_page(PAGE, {name: value for name, value in query.items() if name != key})
    for value in NONSENSE:
        at = open_page(PAGE, {**query, key: value})
        assert_drawn(at, "Assignment")
        assert not at.error
        assert numbers(at) == numbers(default), value


@pytest.mark.parametrize("key", [*SHOWN, "at"])
def test_an_empty_setting_in_a_link_is_no_failure(open_page, key):
    for part in LABELS:
        assert_drawn(open_page(PAGE, {"part": part, "gen": SHOWN.get(key, "YOLO grid"), key: ""}), part)


@pytest.mark.parametrize("value", ["", *NONSENSE[:-2]], ids=lambda value: repr(value[:10]))
def test_a_part_that_does_not_exist_opens_the_first(open_page, value):
    at = open_page(PAGE, part=value)
    assert not at.exception
    assert not at.error
    assert [metric.label for metric in at.metric[:4]] == ["IoU", "GIoU", "DIoU", "CIoU"]


@every_part
@pytest.mark.parametrize(
    "value", [*NONSENSE[:-2], "1,2,3", "a 0,0,1e9,1e9", "0,0,9,9;" * 13], ids=lambda value: repr(value[:10])
)
def test_objects_that_make_no_sense_in_a_link_are_explained_and_the_photos_own_stay(open_page, part, value):
    at = open_page(PAGE, part=part, truth=value)
    assert_drawn(at, part)
    assert len(at.error) == 1
    assert numbers(at) == numbers(open_page(PAGE, part=part))


@pytest.mark.parametrize("value", [*NONSENSE, "1", "1,2,3", "500,3"], ids=lambda value: repr(value[:10]))
def test_a_place_that_makes_no_sense_in_a_link_is_explained_and_the_first_stays(open_page, value):
    at = open_page(PAGE, part="Anchors", at=value)
    assert_drawn(at, "Anchors")
    assert len(at.error) == 1
    assert numbers(at) == numbers(open_page(PAGE, part="Anchors"))


@every_part
def test_a_teachers_link_hides_a_part(open_page, part):
    at = open_page(PAGE, part=part, hide="presets,coordinates,export")
    assert_drawn(at, part)
    assert hidden(at) == ["presets", "coordinates", "export"]


STATES = [
    {
        "gen": "YOLO grid",
        "grid": "9",
        "size": "1.5",
        "shapes": ["1 × 1", "3 × 5"],
        "rule": rule.CELL,
        "threshold": "0.4",
    },
    {
        "gen": "YOLO grid",
        "rule": rule.GREEDY,
        "look": closer.OFFSETS,
        "anchor": "100",
        "offset": "25",
        "truth": "box 3 10, 20.5, 300, 200",
    },
    {"gen": "Every pixel", "scales": ["0.2", "0.6"], "number": "2", "ratios": ["1", "1:10"], "rule": rule.GREEDY},
    {"gen": "Every pixel", "width": "w·s·√r, area s²", "rule": rule.THRESHOLDS, "limits": ["0.2", "0.6"]},
    {"gen": "Pyramid", "strides": ["16", "64"], "side": "3.0", "octaves": "2", "rule": rule.THRESHOLDS},
    {"gen": "Pyramid", "truth": "Žluťoučký kůň 5, 5, 200, 280; a+b & c 100, 100, 300, 250", "at": "12.5, 290"},
]


@every_part
@pytest.mark.parametrize("state", STATES, ids=lambda state: f"{state['gen']} {state.get('rule', '')}")
def test_the_link_of_a_part_opens_exactly_its_state(open_page, part, state):
    at = open_page(PAGE, state, part=part, photo="coffee")
    query = link(at)
    again = open_page(PAGE, query)
    assert_drawn(again, part)
    assert not at.error
    assert chosen(again).name == "Coffee"
    assert numbers(again) == numbers(at) != numbers(open_page(PAGE, part=part, photo="coffee"))
    assert link(again) == query
    shown = {key for key in state if not (part == "Anchors" and key in (*rule.KEYS, "look", "anchor", "offset"))}
    assert {key: query[key] for key in shown if key != "at" or part == "Anchors"}.items() <= state.items()


@every_part
@every_sample
def test_the_link_of_a_part_opens_every_photo(open_page, part, key):
    at = open_page(PAGE, part=part, photo=key)
    again = open_page(PAGE, link(at))
    assert numbers(again) == numbers(at)
    assert link(again) == link(at)


def test_the_four_results_of_the_descent_say_after_how_many_steps(open_page):
    at = open_page(PAGE, steps="100")
    assert any(one.value.startswith("After 100 steps, wherever the picture above stands") for one in at.caption)


# Questions ---------------------------------------------------------------------------------------------------------


@every_part
@pytest.mark.parametrize("name", [cases.GOLDEN, cases.THIN, cases.CROWD])
def test_a_question_opens_by_a_click_as_by_its_link(open_page, part, name):
    linked = open_page(PAGE, part=part, case=name)
    clicked = open_page(PAGE, part=part)
    clicked.button_group(key="case").set_value(name).run()
    preset = cases.presets(sample("cat"))[name]
    for at in (linked, clicked):
        assert_drawn(at, part)
        assert not at.error
        assert chosen(at).name == sample(preset.photo).name
        assert preset.question in words(at)
        for key in (*generator.KEYS, *(rule.KEYS if part == "Assignment" else ())):
            if key in preset.settings:
                assert at.session_state[key] == preset.settings[key]
    assert numbers(clicked) == numbers(linked)


@every_part
@pytest.mark.parametrize("name", [cases.GOLDEN, cases.THIN, cases.CROWD])
def test_a_question_ends_with_another_photo(open_page, part, name):
    at = open_page(PAGE, part=part, case=name)
    at.session_state["photo"] = "coffee"
    at.run()
    assert_drawn(at, part)
    assert not at.error
    assert at.button_group(key="case").value == cases.FIRST
    assert chosen(at).name == "Coffee"


@pytest.mark.parametrize("name", [cases.GOLDEN, cases.THIN, cases.CROWD])
def test_a_click_and_a_link_open_the_same_place(open_page, name):
    clicked = open_page(PAGE, part="Anchors")
    clicked.button_group(key="case").set_value(name).run()
    linked = open_page(PAGE, part="Anchors", case=name)
    assert clicked.text_input(key="at").value == linked.text_input(key="at").value


@every_part
@pytest.mark.parametrize("name", [cases.GOLDEN, cases.THIN, cases.CROWD])
def test_a_question_brings_the_objects_of_its_photo_back(open_page, part, name):
    key = cases.presets(sample("cat"))[name].photo
    at = open_page(PAGE, part=part, photo=key)
    at.text_input(key="truth").input("moon 10, 10, 100, 100").run()
    at.button_group(key="case").set_value(name).run()
    assert at.text_input(key="truth").value == truths.written(truths.of(sample(key)))


@every_part
def test_a_photo_of_a_link_ends_its_question_at_once(open_page, part):
    at = open_page(PAGE, part=part, case=cases.THIN, photo="coffee")
    assert_drawn(at, part)
    assert at.button_group(key="case").value == cases.FIRST
    assert "on the rocket" not in words(at)


def test_an_empty_rule_of_a_link_is_the_default(open_page):
    assert numbers(open_page(PAGE, part="Assignment", rule="")) == numbers(open_page(PAGE, part="Assignment"))


def test_the_golden_example_is_told_with_its_numbers(open_page):
    at = open_page(PAGE, part="Assignment", case=cases.GOLDEN)
    assert "Cell [3, 3] is 20.5000 px away, the next cell 34.0714 px" in words(at)
    assert "IoU 0.7454, number **122** of 441" in words(at)
    assert numbers(at)[:4] == ["1 of 1", "1", "0", "440"]
    assert numbers(open_page(PAGE, part="Anchors", case=cases.GOLDEN)) == ["441", "7.1 kB", "0.7454"]


def test_the_thin_case_leaves_the_rocket_alone_until_its_advice_is_followed(open_page):
    at = open_page(PAGE, part="Assignment", case=cases.THIN)
    assert re.search(r"No anchor reaches 0\.50 on rocket \\\(0\.16\\\)", words(at))
    at.button_group(key="ratios").set_value([*generator.FIRST_RATIOS, "1:10"]).run()
    assert r"on rocket \(0.16\)" in words(at), "the ratio alone is not enough"
    at.slider(key="scales").set_value((0.1, 0.2)).run()
    assert_drawn(at, "Assignment")
    assert "on rocket" not in words(at)


def test_the_crowd_meets_at_five_cells_and_parts_at_six(open_page):
    at = open_page(PAGE, part="Assignment", case=cases.CROWD)
    assert words(at).count("want the same anchor**") == 2
    at.slider(key="grid").set_value(6).run()
    assert "want the same anchor**" not in words(at)


# Numbers -----------------------------------------------------------------------------------------------------------


@every_sample
@pytest.mark.parametrize("gen", generator.GENERATORS)
def test_the_anchors_are_what_core_says(open_page, key, gen):
    at = open_page(PAGE, part="Anchors", photo=key, gen=gen)
    photo, settings = sample(key), AnchorSettings(generator=generator.GENERATORS[gen])
    answer = anchors(settings, height=photo.height, width=photo.width)
    boxes = truths.boxes(truths.of(photo))
    x, y = (boxes[0][0] + boxes[0][2]) / 2, (boxes[0][1] + boxes[0][3]) / 2
    best = max(one.iou for one in at_place(answer.levels, boxes, x=x, y=y))
    assert [at.metric[0].value, at.metric[3].value] == [f"{answer.count:,}", f"{best:.4f}"]
    assert at.metric[1].value in (f"{answer.size / 1e3:,.1f} kB", f"{answer.size / 1e6:,.1f} MB")


@every_rule
@pytest.mark.parametrize("key", ["cat", "overlap", "scales"])
def test_the_assignment_is_what_core_says(open_page, key, gen, name):
    at = open_page(PAGE, part="Assignment", photo=key, gen=gen, rule=name, look=closer.OFFSETS)
    photo, settings = sample(key), AnchorSettings(generator=generator.GENERATORS[gen])
    how = AssignmentSettings(rule=rule.RULES[name], positive=0.7 if name == rule.THRESHOLDS else 0.5)
    boxes = truths.boxes(truths.of(photo))
    answer = assign(boxes, settings, how, height=photo.height, width=photo.width)
    four = offsets((answer.taught[0] or answer.best[0]).box, boxes[0]).numbers
    covered = sum(one.iou >= how.positive for one in answer.best)
    assert [metric.value for metric in at.metric] == [
        f"{covered} of {len(boxes)}",
        *(f"{number:,}" for number in answer.counts),
        *(f"{number:z.3f}".replace("-", "−") for number in four),
    ]


def total(at: AppTest) -> int:
    """All anchors of the page, those that learn and those that don't."""
    return sum(int(metric.value.replace(",", "")) for metric in at.metric if metric.label in COUNTS)


@every_part
def test_the_most_that_can_be_chosen_fits_on_the_largest_photo(open_page, no_weights, part):
    query = {"gen": "Pyramid", "octaves": "3", "strides": generator.STRIDES, "ratios": list(generator.RATIOS)}
    at = upload(open_page(PAGE, query, part=part), ("large.png", file(1600, 1600), "image/png"))
    assert_drawn(at, part)
    assert not at.error
    assert total(at) == 3 * 8 * (200**2 + 100**2 + 50**2 + 25**2 + 13**2)


@pytest.mark.parametrize(("threshold", "width"), [("0.5", 160), ("0.65", 208), ("0.7", 224), ("0.9", 288)])
@pytest.mark.parametrize("name", rule.RULES)
def test_an_object_whose_best_iou_is_exactly_the_threshold_is_covered(open_page, threshold, width, name):
    """In float32, in which millions of anchors are compared, 0.7 is a little less than 0.7."""
    anchor = {"photo": "astronaut", "grid": "8", "shapes": "5 × 5", "truth": f"face 64, 64, {64 + width}, 384"}
    limits = {"threshold": threshold, "limits": ["0.3", threshold]}
    at = open_page(PAGE, {**anchor, **limits}, part="Assignment", rule=name)
    assert at.metric[0].value == "1 of 1"
    assert not at.warning


@every_part
def test_a_large_photo_says_that_not_every_pixel_is_taken(open_page, no_weights, part):
    at = upload(open_page(PAGE, part=part, gen="Every pixel"), ("large.png", file(1600, 1200), "image/png"))
    assert_drawn(at, part)
    note = [caption.value for caption in at.caption if "each block of 2 × 2 pixels" in caption.value]
    assert len(note) == (part == "Anchors")
    assert total(at) == 2_400_000
