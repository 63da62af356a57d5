import pytest
import torchvision

from core.networks.coco_classes import COCO
from core.zoo.model_card import Source, Task, View
from core.zoo.published_detectors import ROWS


def test_both_detect_the_80_classes_of_coco_and_the_smaller_comes_first():
    assert all((row.task, row.source, row.names) == (Task.DETECT, Source.TORCHVISION, COCO) for row in ROWS)
    assert list(ROWS) == sorted(ROWS, key=lambda row: row.size)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.key)
def test_a_row_states_torchvisions_score(row):
    meta = torchvision.models.get_weight(row.entry).meta
    assert row.score == f"{meta['_metrics']['COCO-val2017']['box_map']} % mAP at IoU 0.5 to 0.95 on COCO, 80 classes"
    assert row.parameters == meta["num_params"]


def test_each_is_shown_a_photo_as_torchvision_shows_it():
    ssd, rcnn = ROWS
    assert (ssd.view, ssd.side, ssd.plain) == (View.STRETCH, 320, True)
    assert (rcnn.view, rcnn.resize, rcnn.longest, rcnn.plain) == (View.FIT, 320, 640, False)
