"""Anchors as tensors: against naive loops, the textbook and torchvision, their order, and odd photos."""

import math

import pytest
import torch
from torchvision.models.detection.anchor_utils import AnchorGenerator, DefaultBoxGenerator
from torchvision.models.detection.image_list import ImageList

from core.boxes.anchors import Convention, grid_anchors, lay, pixel_anchors, pyramid_anchors
from core.boxes.formats import to_cxcywh
from core.boxes.layout import COURSE_SHAPES, AnchorSettings, Generator, Level, Shape, count, grid_level, levels

SCALES, RATIOS = (0.75, 0.5, 0.25), (1.0, 2.0, 0.5)


def around(x, y, width, height):
    return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)


def naive_pixel(height, width, scales, ratios, convention):
    boxes = []
    for row in range(height):
        for col in range(width):
            for scale, ratio in [(s, ratios[0]) for s in scales] + [(scales[0], r) for r in ratios[1:]]:
                base = height if convention is Convention.TEXTBOOK else width
                size = (base * scale * math.sqrt(ratio), height * scale / math.sqrt(ratio))
                boxes.append(around(col + 0.5, row + 0.5, *size))
    return torch.tensor(boxes)


def naive_grid(rows, cols, height, width, shapes):
    boxes = []
    for w, h in shapes:
        for row in range(rows):
            for col in range(cols):
                x, y = (col + 0.5) * width / cols, (row + 0.5) * height / rows
                boxes.append(around(x, y, w * width / cols, h * height / rows))
    return torch.tensor(boxes)


def naive_pyramid(height, width, stride, scales, ratios):
    boxes = []
    for row in range(-(-height // stride)):
        for col in range(-(-width // stride)):
            for scale in scales:
                for ratio in ratios:
                    side = scale * stride
                    size = (side * math.sqrt(ratio), side / math.sqrt(ratio))
                    boxes.append(around((col + 0.5) * stride, (row + 0.5) * stride, *size))
    return torch.tensor(boxes)


@pytest.mark.parametrize("convention", Convention)
@pytest.mark.parametrize(("height", "width"), [(6, 9), (9, 6), (1, 1), (1, 5)])
def test_pixel_anchors_are_those_of_a_naive_loop(height, width, convention):
    made = pixel_anchors(height, width, scales=SCALES, ratios=RATIOS, convention=convention)
    torch.testing.assert_close(made, naive_pixel(height, width, SCALES, RATIOS, convention))


@pytest.mark.parametrize(("rows", "cols"), [(7, 7), (2, 5), (1, 1)])
def test_grid_anchors_are_those_of_a_naive_loop(rows, cols):
    made = grid_anchors(rows, cols, height=333, width=500, shapes=COURSE_SHAPES)
    torch.testing.assert_close(made, naive_grid(rows, cols, 333, 500, COURSE_SHAPES), atol=1e-4, rtol=0)


@pytest.mark.parametrize(("height", "width"), [(128, 256), (100, 130), (1, 1)])
def test_pyramid_anchors_are_those_of_a_naive_loop(height, width):
    made = pyramid_anchors(height, width, strides=(16, 64), scales=(2.0, 4.0), ratios=RATIOS)
    assert len(made) == 2
    for anchors, stride in zip(made, (16, 64), strict=True):
        torch.testing.assert_close(anchors, naive_pyramid(height, width, stride, (2.0, 4.0), RATIOS))


def test_the_textbooks_photo_has_2_042_040_anchors():
    made = pixel_anchors(561, 728, scales=SCALES, ratios=RATIOS)
    assert made.shape == (2_042_040, 4)
    assert made.dtype == torch.float32
    assert made.is_contiguous()
    last = torch.tensor(around(727.5, 560.5, 561 * 0.75 * math.sqrt(0.5), 561 * 0.75 / math.sqrt(0.5)))
    torch.testing.assert_close(made[-1], last)


def test_row_122_of_the_course_is_its_third_shape_in_the_middle_cell():
    made = grid_anchors(7, 7, height=333, width=500, shapes=COURSE_SHAPES)
    torch.testing.assert_close(made[122], torch.tensor(around(250.0, 166.5, 3 * 500 / 7, 3 * 333 / 7)))
    assert made.view(9, 7, 7, 4)[2, 3, 3].equal(made[122])


def test_pyramids_are_those_of_torchvision_half_a_stride_further():
    # Its ratios are height over width, it lists all sizes of a ratio, its first place is the corner, and it rounds.
    ratios, strides = (0.25, 1.0, 4.0), (16, 32)
    peer = AnchorGenerator(sizes=((32, 64), (64, 128)), aspect_ratios=((4.0, 1.0, 0.25),) * 2)
    photo = torch.zeros(1, 3, 128, 192)
    maps = [torch.zeros(1, 1, 128 // stride, 192 // stride) for stride in strides]
    expected = peer(ImageList(photo, [(128, 192)]), maps)[0]
    made = pyramid_anchors(128, 192, strides=strides, scales=(2.0, 4.0), ratios=ratios)
    shifted = [
        (level - stride / 2).view(-1, 2, 3, 4).transpose(1, 2) for level, stride in zip(made, strides, strict=True)
    ]
    torch.testing.assert_close(torch.cat([level.reshape(-1, 4) for level in shifted]), expected)


def test_square_pyramids_are_the_default_boxes_of_torchvisions_ssd():
    # Its second square has the geometric mean of a scale and the next one, which is 1 after the last.
    peer = DefaultBoxGenerator([[], []], scales=[0.25, 0.5, 1.0], steps=[32, 64], clip=False)
    maps = [torch.zeros(1, 1, 8, 8), torch.zeros(1, 1, 4, 4)]
    expected = peer(ImageList(torch.zeros(1, 3, 256, 256), [(256, 256)]), maps)[0]
    made = pyramid_anchors(256, 256, strides=(32, 64), scales=(2.0, 2.0 * math.sqrt(2)), ratios=(1.0,))
    torch.testing.assert_close(torch.cat(made), expected)


@pytest.mark.parametrize("generator", Generator)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_every_row_is_the_box_of_its_index(generator, dtype):
    settings = AnchorSettings(generator=generator, strides=(7, 16), octaves=(1.5, 3.0), cells=6)
    for level in levels(settings, height=23, width=37):
        made = lay(level, dtype=dtype)
        expected = torch.tensor([level.box(*level.at(index)) for index in range(level.count)], dtype=torch.float64)
        assert made.dtype == dtype
        torch.testing.assert_close(made.double(), expected, rtol=0, atol=0 if dtype == torch.float64 else 1e-5)


def test_the_generators_make_as_many_rows_as_their_levels_count():
    size = {"height": 60, "width": 83}
    chosen = AnchorSettings()
    laid = {
        Generator.PIXEL: [pixel_anchors(**size, scales=chosen.scales, ratios=chosen.ratios)],
        Generator.GRID: [grid_anchors(7, 7, **size, shapes=chosen.shapes)],
        Generator.PYRAMID: pyramid_anchors(**size, strides=chosen.strides, scales=chosen.octaves, ratios=chosen.ratios),
    }
    for generator, made in laid.items():
        assert sum(map(len, made)) == count(levels(AnchorSettings(generator=generator), **size))


def test_anchors_of_ratio_one_are_squares_in_the_textbook_and_share_the_photos_shape_in_the_area_convention():
    options = {"scales": (0.5,), "ratios": (1.0,)}
    square, similar = (
        to_cxcywh(pixel_anchors(20, 30, **options, convention=convention))[:, 2:] for convention in Convention
    )
    torch.testing.assert_close(square, torch.tensor([10.0, 10.0]).expand(600, 2))
    torch.testing.assert_close(similar, torch.tensor([15.0, 10.0]).expand(600, 2))


def test_anchors_may_reach_beyond_the_photo():
    made = grid_anchors(1, 1, height=10, width=20, shapes=[(3, 3)])
    assert made.tolist() == [[-20.0, -10.0, 40.0, 20.0]]


def test_no_shapes_and_no_strides_give_no_anchors():
    assert grid_anchors(3, 3, height=9, width=9, shapes=[]).shape == (0, 4)
    assert lay(Level(3, 3, 1.0, 1.0, ())).shape == (0, 4)
    assert pyramid_anchors(9, 9, strides=(), scales=(1.0,), ratios=(1.0,)) == ()


def test_one_place_with_one_shape_is_one_anchor():
    for shape_major in (False, True):
        level = Level(1, 1, 10.0, 6.0, (Shape("a", 4.0, 2.0),), shape_major)
        assert lay(level).tolist() == [[3.0, 2.0, 7.0, 4.0]]


def test_every_device_lays_the_same_anchors(device):
    options = {"scales": SCALES, "ratios": RATIOS}
    made = [
        pixel_anchors(50, 70, **options, device=device),
        grid_anchors(7, 7, height=333, width=500, shapes=COURSE_SHAPES, device=device),
        *pyramid_anchors(333, 500, strides=(32, 64), **options, device=device),
    ]
    expected = [
        pixel_anchors(50, 70, **options),
        grid_anchors(7, 7, height=333, width=500, shapes=COURSE_SHAPES),
        *pyramid_anchors(333, 500, strides=(32, 64), **options),
    ]
    for ours, reference in zip(made, expected, strict=True):
        assert ours.device.type == device.type
        torch.testing.assert_close(ours.cpu(), reference, atol=1e-4, rtol=0)  # pixels


def test_a_level_is_laid_the_same_twice_and_into_memory_of_its_own():
    level = grid_level(2, 2, height=8, width=8, shapes=[(1, 1)])
    first = lay(level)
    lay(level).zero_()
    assert first.equal(lay(level))
    assert bool(first.any())
