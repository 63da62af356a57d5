import pytest
import torch

from core.detection.detecting_settings import LEAST, Labels
from core.detection.looked import Family, HeadGrid, Looked, surest
from core.images.resize import letterbox
from core.images.tiles import Tile


def looked(count: int = 40, classes: int = 3, seed: int = 0, tile: Tile | None = None) -> Looked:
    """Random boxes on an input of 64 x 64 for a photo of 40 x 20, between bars above and below."""
    random = torch.Generator().manual_seed(seed)
    corners = torch.rand(count, 2, generator=random) * 64 - 8
    return Looked(
        placement=letterbox(torch.zeros(1, 3, 20, 40), height=64, width=64).placement,
        size=(64, 64),
        tile=tile,
        boxes=torch.cat((corners, corners + torch.rand(count, 2, generator=random) * 30), dim=1),
        objectness=torch.rand(count, generator=random),
        classes=torch.rand(count, classes, generator=random),
        raw=None,
        cells=None,
        heads=(),
    )


@pytest.mark.parametrize("labels", Labels)
@pytest.mark.parametrize("least", [0.01, 0.3, 0.9])
def test_the_surest_are_those_of_a_loop_over_every_box_and_class(labels, least):
    one = looked()
    naive = []
    for row, (objectness, classes) in enumerate(zip(one.objectness.tolist(), one.classes.tolist(), strict=True)):
        every = [(objectness * likely, label) for label, likely in enumerate(classes)]
        chosen = [max(every)] if labels is Labels.BEST else every
        naive += [(score, label, row) for score, label in chosen if score >= least]
    found, rows = surest(one.boxes, one.objectness, one.classes, least=least, labels=labels)
    naive.sort(key=lambda entry: -entry[0])
    assert rows.tolist() == [row for _, _, row in naive]
    assert found.labels.tolist() == [label for _, label, _ in naive]
    assert found.scores.tolist() == pytest.approx([score for score, _, _ in naive])
    assert torch.equal(found.boxes, one.boxes[rows])


def test_a_box_that_is_no_number_is_nobodys_candidate():
    one = looked()
    one.boxes[one.objectness.argmax()] = torch.nan
    _, rows = surest(one.boxes, one.objectness, one.classes, least=0.0)
    assert len(rows) == 39
    assert int(one.objectness.argmax()) not in rows.tolist()


def test_candidates_are_on_the_photo_and_cut_at_its_edges():
    one = looked()
    found, anchors = one.candidates()
    back = one.placement.back_boxes(one.boxes[anchors], clip=True)
    torch.testing.assert_close(found.boxes, back)
    assert 0 < len(anchors) < 40
    assert (found.boxes[:, :2] < found.boxes[:, 2:]).all()
    assert (found.boxes >= 0).all()
    assert (found.boxes <= torch.tensor((40, 20, 40, 20))).all()
    assert found.scores.min() >= LEAST
    assert (found.scores.diff() <= 0).all()


def test_of_a_tile_they_are_cut_at_its_own_edges():
    found, _ = looked(tile=Tile(10, 5, 12, 10)).candidates(Labels.EVERY)
    assert len(found.boxes)
    assert (found.boxes[:, :2] >= torch.tensor((10, 5))).all()
    assert (found.boxes[:, 2:] <= torch.tensor((22, 15))).all()


def test_with_every_class_a_box_may_stand_several_times():
    one = looked()
    assert len(one.candidates(Labels.EVERY)[1]) > len(one.candidates()[1])
    assert len(set(one.candidates()[1].tolist())) == len(one.candidates()[1])


def test_its_size_is_that_of_its_tensors():
    assert looked().bytes == 40 * 4 * (4 + 1 + 3)
    grid = HeadGrid(rows=4, columns=5, stride=16.0, anchors=((1.0, 2.0), (3.0, 4.0)), family=Family.YOLO)
    assert grid.count == 40
