import pytest
import torch

from core.boxes.deltas import decode
from core.detection import darknet, decoding
from core.detection.detector import grid_of
from core.detection.looked import Family
from core.detection.reading import read_darknet, read_grid
from core.errors import SettingError
from core.images.resize import Placed, letterbox, stretch
from core.images.tiles import Tile
from core.networks.darknet_layers import Head
from core.networks.yolo import taken_apart

HEADS = (
    Head(anchors=((10.0, 20.0), (30.0, 40.0)), classes=3, stride=32, scale_x_y=1.05),
    Head(anchors=((5.0, 6.0),), classes=3, stride=16),
)
PHOTO = torch.rand(1, 3, 30, 50, generator=torch.Generator().manual_seed(0))


def maps(height: int, width: int) -> list[torch.Tensor]:
    random = torch.Generator().manual_seed(1)
    shapes = [(1, head.channels, height // head.stride, width // head.stride) for head in HEADS]
    return [torch.randn(shape, generator=random) for shape in shapes]


def grid_output(rows: int, columns: int, classes: int = 6) -> torch.Tensor:
    return torch.randn(1, 9 * 5 + classes, rows, columns, generator=torch.Generator().manual_seed(2))


def test_of_darknet_every_anchor_is_as_it_is_decoded():
    placed = letterbox(PHOTO, height=64, width=96)
    one = read_darknet(maps(64, 96), HEADS, placed, Tile(1, 2, 3, 4))
    every = darknet.decode_heads(maps(64, 96), HEADS, height=64, width=96)
    assert torch.equal(one.boxes, every.boxes)
    assert torch.equal(one.objectness[:, None] * one.classes, every.scores)
    assert torch.equal(one.cells, torch.stack((every.head, every.row, every.col, every.anchor), dim=1))
    assert (one.size, one.placement, one.tile) == ((64, 96), placed.placement, Tile(1, 2, 3, 4))


def test_of_darknet_the_formula_with_the_heads_numbers_gives_the_box():
    one = read_darknet(maps(64, 96), HEADS, letterbox(PHOTO, height=64, width=96))
    assert [grid.count for grid in one.heads] == [12, 24]
    assert len(one.boxes) == 36
    for number in range(len(one.boxes)):
        head, row, column, anchor = one.cells[number].tolist()
        grid = one.heads[head]
        assert grid.family is Family.YOLO
        assert not grid.softmax
        tx, ty, tw, th = one.raw[number, :4]
        wide, high = grid.anchors[anchor]
        x = (grid.scale_x_y * tx.sigmoid() - (grid.scale_x_y - 1) / 2 + column) * grid.stride
        y = (grid.scale_x_y * ty.sigmoid() - (grid.scale_x_y - 1) / 2 + row) * grid.stride
        half = torch.stack((wide * tw.exp(), high * th.exp())) / 2
        centre = torch.stack((x, y))
        torch.testing.assert_close(one.boxes[number], torch.cat((centre - half, centre + half)), rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(one.objectness, one.raw[:, 4].sigmoid())
    torch.testing.assert_close(one.classes, one.raw[:, 5:].sigmoid())


@pytest.mark.parametrize(("cells", "side"), [(7, 224), (14, 224)])
def test_of_the_labs_own_head_every_anchor_is_as_it_is_decoded(cells, side):
    output = grid_output(cells, cells)
    grid, one = grid_of(output), read_grid(output, stretch(PHOTO, height=side, width=side))
    answer = taken_apart(output, 9)
    offsets = answer.offsets[0].permute(0, 2, 3, 1).reshape(-1, 4)
    assert torch.equal(one.boxes, decode(grid.anchors(), offsets))
    scores = one.objectness[:, None] * one.classes
    torch.testing.assert_close(scores, decoding.class_scores(answer))


@pytest.mark.parametrize(("rows", "columns", "stride"), [(3, 5, 32), (6, 4, 16)])
def test_of_the_labs_own_head_the_formula_gives_the_box_at_any_size(rows, columns, stride):
    one = read_grid(grid_output(rows, columns), stretch(PHOTO, height=rows * stride, width=columns * stride))
    (grid,) = one.heads
    assert (grid.rows, grid.columns, grid.stride, len(grid.anchors)) == (rows, columns, stride, 9)
    assert (grid.family, grid.softmax) == (Family.OFFSETS, True)
    for number in range(0, len(one.boxes), 7):
        _, row, column, anchor = one.cells[number].tolist()
        size = torch.tensor(grid.anchors[anchor])
        middle = torch.tensor(((column + 0.5) * stride, (row + 0.5) * stride))
        centre = middle + 0.1 * one.raw[number, :2] * size
        half = size * (0.2 * one.raw[number, 2:4]).exp() / 2
        torch.testing.assert_close(one.boxes[number], torch.cat((centre - half, centre + half)), rtol=1e-4, atol=1e-3)
    torch.testing.assert_close(one.objectness, one.raw[:, 4].sigmoid())
    torch.testing.assert_close(one.classes, one.raw[:, 5:].softmax(dim=1))


def test_both_heads_of_the_lab_have_anchors_of_the_same_pixels():
    coarse = read_grid(grid_output(7, 7), stretch(PHOTO, height=224, width=224))
    fine = read_grid(grid_output(14, 14), stretch(PHOTO, height=224, width=224))
    for one, other in zip(coarse.heads[0].anchors, fine.heads[0].anchors, strict=True):
        assert one == pytest.approx(other)


def test_cells_of_another_size_are_refused():
    placed = Placed(torch.zeros(1, 3, 100, 100), stretch(PHOTO, height=100, width=100).placement)
    with pytest.raises(SettingError, match=r"10 × 10 cells for 100 × 100 pixels"):
        read_grid(grid_output(10, 10), placed)
