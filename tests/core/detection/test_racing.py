import dataclasses

import pytest
import torch

from core.boxes.evaluation import Detections
from core.boxes.nms_settings import MOST_BOXES
from core.detection.detecting_settings import Labels
from core.detection.looked import Looked
from core.detection.racing import merged_looks, racers
from core.detection.tiling import merged
from core.errors import SettingError
from core.images.resize import stretch
from core.images.tiles import Tile

LEFT, RIGHT = Tile(0, 0, 60, 100), Tile(40, 0, 60, 100)


def looked(count: int = 30, seed: int = 0, tile: Tile | None = None) -> Looked:
    """Random boxes on an input of the photo's own 100 x 100 pixels."""
    random = torch.Generator().manual_seed(seed)
    corners = torch.rand(count, 2, generator=random) * 70
    return Looked(
        placement=stretch(torch.zeros(1, 3, 100, 100), height=100, width=100).placement,
        size=(100, 100),
        tile=tile,
        boxes=torch.cat((corners, corners + 5 + torch.rand(count, 2, generator=random) * 25), dim=1),
        objectness=torch.rand(count, generator=random),
        classes=torch.rand(count, 3, generator=random),
        raw=None,
        cells=None,
        heads=(),
    )


@pytest.mark.parametrize("labels", Labels)
@pytest.mark.parametrize("wanted", [(), (1,), (0, 2)], ids=str)
def test_who_races_is_every_candidate_that_is_sure_and_asked_for(labels, wanted):
    looks = (looked(seed=0), looked(seed=1))
    found = racers(looks, confidence=0.3, labels=labels, wanted=wanted)
    naive, below = [], 0
    for number, one in enumerate(looks):
        scores = one.objectness[:, None] * one.classes
        for anchor in range(len(scores)):
            classes = [int(scores[anchor].argmax())] if labels is Labels.BEST else range(3)
            for label in classes:
                score = float(scores[anchor, label])
                if wanted and label not in wanted:
                    continue
                below += 0.01 <= score < 0.3
                naive += [(score, label, number, anchor)] if score >= 0.3 else []
    naive.sort(key=lambda entry: -entry[0])
    assert found.rows.tolist() == [[number, anchor] for _, _, number, anchor in naive]
    assert found.found.labels.tolist() == [label for _, label, _, _ in naive]
    assert found.found.scores.tolist() == pytest.approx([score for score, *_ in naive])
    assert found.below == below


def test_of_too_many_the_surest_race():
    found = racers((looked(3000),), confidence=0.01)
    every = racers((looked(3000),), confidence=float(found.found.scores[-1]))
    assert len(found.rows) == MOST_BOXES == len(every.rows)
    assert (found.found.scores.diff() <= 0).all()


def test_where_nobody_is_sure_nobody_races():
    found = racers((looked(),), confidence=1.0)
    assert (len(found.rows), found.found.boxes.shape) == (0, (0, 4))
    assert found.below == len(looked().candidates()[1])


@pytest.mark.parametrize("per_class", [True, False])
def test_tiles_are_merged_as_their_detections_are(per_class):
    looks = tuple(
        dataclasses.replace(looked(seed=seed, tile=tile), tile=tile) for seed, tile in ((0, LEFT), (1, RIGHT))
    )
    who = racers(looks, confidence=0.05)
    merge = merged_looks(who.found, who.rows[:, 0], (LEFT, RIGHT), iou_threshold=0.3, per_class=per_class)
    parts = []
    for number, tile in enumerate((LEFT, RIGHT)):
        mine = who.rows[:, 0] == number
        corner = torch.tensor((tile.x, tile.y) * 2)
        labels = who.found.labels[mine] * per_class
        parts.append((tile, Detections(who.found.boxes[mine] - corner, who.found.scores[mine], labels)))
    expected = merged(parts, iou_threshold=0.3, edge=2.0)
    assert 3 < len(merge.kept) < len(who.rows)
    torch.testing.assert_close(who.found.boxes[merge.kept], expected.boxes)
    torch.testing.assert_close(who.found.scores[merge.kept], expected.scores)


def test_every_box_of_a_merge_was_decided_by_one_that_is_kept():
    looks = (looked(seed=0, tile=LEFT), looked(seed=1, tile=RIGHT))
    who = racers(looks, confidence=0.05)
    merge = merged_looks(who.found, who.rows[:, 0], (LEFT, RIGHT), iou_threshold=0.3, per_class=True)
    kept = set(merge.kept.tolist())
    for box, (winner, overlap) in enumerate(zip(merge.winner.tolist(), merge.overlap.tolist(), strict=True)):
        assert winner in kept
        assert (winner == box) == (box in kept)
        assert (overlap > 0.3) == (box not in kept)
        assert who.found.labels[winner] == who.found.labels[box]


def test_without_tiles_there_is_nothing_to_merge():
    who = racers((looked(),), confidence=0.3)
    with pytest.raises(SettingError, match="no tiles"):
        merged_looks(who.found, who.rows[:, 0], (), iou_threshold=0.5, per_class=True)
