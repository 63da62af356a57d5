"""The lines of PyTorch: with the lists of the page in them, they compute what core computes. Run in this process."""

import pytest

from core.boxes.layout import AnchorSettings, Generator, levels
from core.boxes.settings import AssignmentSettings, Rule
from core.experiments.assignment import assign, at_place
from tests.snippets import printed
from ui.sections.anchors import snippet
from ui.sections.anchors.boxes import Pair

WIDTH, HEIGHT = 120, 90
TRUTHS = ((10.0, 12.0, 60.0, 70.5), (40.0, 30.0, 110.0, 80.0), (40.0, 30.0, 111.0, 80.0))
SETTINGS = [
    AnchorSettings(cells=5),
    AnchorSettings(generator=Generator.PIXEL, scales=(0.6, 0.3), ratios=(1.0, 2.0)),
    AnchorSettings(generator=Generator.PYRAMID, strides=(8, 32), octaves=(2.0, 3.0)),
]
every_generator = pytest.mark.parametrize("settings", SETTINGS, ids=lambda settings: settings.generator.value)


@every_generator
@pytest.mark.parametrize("point", [(0.0, 0.0), (60.0, 45.0), (37.3, 88.8), (120.0, 90.0)], ids=str)
def test_the_best_anchor_of_a_place_is_found(settings, point):
    grids = levels(settings, height=HEIGHT, width=WIDTH)
    placed = at_place(grids, TRUTHS, x=point[0], y=point[1])
    expected = {"anchors": sum(grid.count for grid in grids), "best": max(one.iou for one in placed)}
    assert printed(snippet.anchors(grids, TRUTHS, *point)) == pytest.approx(expected, abs=1e-5)


@every_generator
def test_without_objects_the_anchors_are_counted(settings):
    grids = levels(settings, height=HEIGHT, width=WIDTH)
    assert printed(snippet.anchors(grids, (), 5.0, 5.0)) == {"anchors": sum(grid.count for grid in grids), "best": 0}


RULES = [
    AssignmentSettings(rule=Rule.GREEDY, positive=0.5),
    AssignmentSettings(rule=Rule.GREEDY, positive=0.05),
    AssignmentSettings(rule=Rule.THRESHOLDS, positive=0.7, negative=0.3),
    AssignmentSettings(rule=Rule.THRESHOLDS, positive=0.4, negative=0.4),
    AssignmentSettings(rule=Rule.CELL),
]


@pytest.mark.parametrize(
    ("settings", "how"),
    [(one, how) for one in SETTINGS for how in RULES if how.rule is not Rule.CELL or one.generator is Generator.GRID],
    ids=lambda one: f"{one.rule.value} {one.positive}" if isinstance(one, AssignmentSettings) else one.generator.value,
)
@pytest.mark.parametrize("number", [1, 2, 3])
def test_a_rule_counts_as_core_does(settings, how, number):
    truths = TRUTHS[:number]
    answer = assign(truths, settings, how, height=HEIGHT, width=WIDTH)
    expected = dict(zip(("positive", "ignored", "background"), answer.counts, strict=True))
    assert printed(snippet.assignment(answer.levels, truths, how)) == expected


def test_more_objects_than_anchors_are_shared_out():
    settings = AnchorSettings(cells=1, shapes=((1, 1), (0.5, 0.5)))
    how = AssignmentSettings(rule=Rule.GREEDY, positive=0.95)
    answer = assign(TRUTHS, settings, how, height=HEIGHT, width=WIDTH)
    assert printed(snippet.assignment(answer.levels, TRUTHS, how))["positive"] == answer.counts[0] == 2


def test_two_boxes_print_four_measures():
    code = snippet.overlap(Pair((0.0, 0.0, 20.0, 20.0), (10.0, 0.0, 30.0, 20.0)))
    assert printed(code)["iou"] == pytest.approx(1 / 3)
    assert list(printed(code)) == ["iou", "giou", "diou", "ciou"]
