"""A photo on a network's input, and the way back."""

import dataclasses

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torchvision.transforms.v2 import functional as reference

from core.errors import SettingError
from core.images.resize import Placement, centre_crop, fit, letterbox, stretch

SIZES = [(37, 53), (53, 37), (224, 224), (300, 451), (31, 400), (256, 256), (225, 300), (17, 16)]
WAYS = {
    "stretch": lambda image: stretch(image, height=96, width=64),
    "letterbox": lambda image: letterbox(image, height=96, width=64),
    "centre_crop": lambda image: centre_crop(image, resize=48, crop=40),
    "fit": lambda image: fit(image, shortest=48, longest=96),
}
sides = st.integers(1, 60)


def picture(height, width, batch=1, channels=3):
    return torch.rand((batch, channels, height, width), generator=torch.Generator().manual_seed(height * 1000 + width))


def naive_box_mean(image, factor):
    """Downscaling by a whole factor with a triangle of twice its width, as an antialiased bilinear filter, by loops."""
    _, _, height, width = image.shape
    out = torch.zeros(1, image.shape[1], height // factor, width // factor)
    for row in range(out.shape[2]):
        for column in range(out.shape[3]):
            total, weights = torch.zeros(image.shape[1]), 0.0
            for y in range(height):
                for x in range(width):
                    down = 1 - abs((y + 0.5) / factor - (row + 0.5))
                    right = 1 - abs((x + 0.5) / factor - (column + 0.5))
                    if down > 0 and right > 0:
                        total += down * right * image[0, :, y, x]
                        weights += down * right
            out[0, :, row, column] = total / weights
    return out


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("side", [16, 64, 224])
def test_stretch_resizes_as_torchvision_does(height, width, side):
    image = picture(height, width, batch=2)
    placed = stretch(image, height=side, width=2 * side)
    assert torch.equal(placed.image, reference.resize(image, [side, 2 * side], antialias=True))


def test_stretch_averages_as_a_naive_loop_does():
    image = picture(12, 20)
    torch.testing.assert_close(stretch(image, height=3, width=5).image, naive_box_mean(image, 4))


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize(("resize", "crop"), [(256, 224), (232, 224), (64, 64), (65, 64), (48, 33)])
def test_centre_crop_is_torchvisions_preset(height, width, resize, crop):
    image = picture(height, width)
    expected = reference.center_crop(reference.resize(image, [resize], antialias=True), [crop])
    assert torch.equal(centre_crop(image, resize=resize, crop=crop).image, expected)


@given(sides, sides, st.integers(1, 40), st.integers(0, 20))
@settings(max_examples=60, deadline=None)
def test_centre_crop_rounds_as_torchvision_does(height, width, crop, more):
    image = picture(height, width, channels=1)
    expected = reference.center_crop(reference.resize(image, [crop + more], antialias=True), [crop])
    assert torch.equal(centre_crop(image, resize=crop + more, crop=crop).image, expected)


@pytest.mark.parametrize(("height", "width"), SIZES)
@pytest.mark.parametrize("shortest", [48, 65])
def test_a_fitted_photo_is_torchvisions_preset_for_segmentation(height, width, shortest):
    image = picture(height, width)
    expected = reference.resize(image, [shortest], antialias=True)
    assert torch.equal(fit(image, shortest=shortest, longest=16 * shortest).image, expected)


@pytest.mark.parametrize(
    ("height", "width", "shape"), [(16, 1600, (1, 104)), (1600, 16, (104, 1)), (50, 100, (52, 104))]
)
def test_a_fitted_strip_is_no_longer_than_it_may_be(height, width, shape):
    assert fit(picture(height, width), shortest=52, longest=104).image.shape[2:] == shape


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_a_letterbox_holds_the_resized_photo_between_even_bars(height, width):
    image = picture(height, width)
    placed = letterbox(image, height=96, width=128, fill=0.25)
    left, top = int(placed.placement.offset_x), int(placed.placement.offset_y)
    inner_width = round(width * placed.placement.scale_x)
    inner_height = round(height * placed.placement.scale_y)
    expected = torch.full((1, 3, 96, 128), 0.25)
    inner = reference.resize(image, [inner_height, inner_width], antialias=True)
    expected[:, :, top : top + inner_height, left : left + inner_width] = inner
    assert torch.equal(placed.image, expected)
    assert inner_width == 128 or inner_height == 96
    assert 0 <= (128 - inner_width - left) - left <= 1
    assert 0 <= (96 - inner_height - top) - top <= 1


@given(sides, sides, sides, sides)
@settings(max_examples=60, deadline=None)
def test_a_letterbox_keeps_the_shape_to_half_a_pixel(height, width, canvas_height, canvas_width):
    placed = letterbox(picture(height, width, channels=1), height=canvas_height, width=canvas_width)
    scale = min(canvas_height / height, canvas_width / width)
    assert placed.image.shape == (1, 1, canvas_height, canvas_width)
    assert abs(placed.placement.scale_x * width - max(1, scale * width)) <= 0.5 + 1e-9
    assert abs(placed.placement.scale_y * height - max(1, scale * height)) <= 0.5 + 1e-9


@pytest.mark.parametrize(
    "way",
    [
        lambda image: stretch(image, height=48, width=64),
        lambda image: letterbox(image, height=48, width=64),
        lambda image: centre_crop(image[:, :, :, :48], resize=48, crop=48),
        lambda image: fit(image, shortest=48, longest=64),
    ],
)
def test_a_photo_of_the_right_size_comes_back_bit_identical(way):
    image = picture(48, 64)
    placed = way(image)
    assert torch.equal(placed.image, image[:, :, :, : placed.image.shape[3]])
    boxes = torch.tensor([[3.0, 5.0, 20.5, 33.0]])
    assert torch.equal(placed.placement.forward_boxes(boxes), boxes)


@pytest.mark.parametrize("way", WAYS)
@given(height=sides, width=sides, values=st.lists(st.floats(-100, 100, width=32), min_size=4, max_size=40))
@settings(max_examples=40, deadline=None)
def test_there_and_back_is_the_identity(way, height, width, values):
    placement = WAYS[way](picture(height, width, channels=1)).placement
    boxes = torch.tensor(values[: len(values) // 4 * 4], dtype=torch.float64).reshape(-1, 4)
    torch.testing.assert_close(placement.back_boxes(placement.forward_boxes(boxes)), boxes)
    torch.testing.assert_close(placement.forward_boxes(placement.back_boxes(boxes)), boxes)
    points = boxes.reshape(-1, 2)
    torch.testing.assert_close(placement.back_points(placement.forward_points(points)), points)


@pytest.mark.parametrize("way", WAYS)
def test_a_marked_pixel_lands_where_the_placement_says(way):
    image = torch.zeros(1, 1, 130, 90)
    image[:, :, 60:64, 40:44] = 1
    placed = WAYS[way](image)
    rows, columns = torch.arange(placed.image.shape[2]) + 0.5, torch.arange(placed.image.shape[3]) + 0.5
    spot = (placed.image - 0.5 * (placed.image == 0.5))[0, 0]  # without the bars
    centre = torch.stack(((spot.sum(0) * columns).sum(), (spot.sum(1) * rows).sum())) / spot.sum()
    expected = placed.placement.forward_points(torch.tensor([[42.0, 62.0]]))[0]
    torch.testing.assert_close(centre, expected, atol=0.05, rtol=0)


def test_the_photos_edges_are_the_letterboxs_inner_edges():
    placement = letterbox(picture(100, 200), height=64, width=64).placement
    assert placement.forward_boxes(torch.tensor([[0.0, 0.0, 200.0, 100.0]])).tolist() == [[0, 16, 64, 48]]
    assert placement.back_boxes(torch.tensor([[0.0, 16.0, 64.0, 48.0]])).tolist() == [[0, 0, 200, 100]]


def test_boxes_outside_the_photo_are_clipped_only_on_request():
    placement = letterbox(picture(100, 200), height=64, width=64).placement
    canvas = torch.tensor([[0.0, 0.0, 64.0, 64.0]])
    assert placement.back_boxes(canvas).tolist() == [[0, -50, 200, 150]]
    assert placement.back_boxes(canvas, clip=True).tolist() == [[0, 0, 200, 100]]


def test_no_boxes_are_no_boxes():
    placement = stretch(picture(10, 20), height=5, width=5).placement
    assert placement.back_boxes(torch.zeros(0, 4), clip=True).shape == (0, 4)
    assert placement.forward_points(torch.zeros(0, 2)).shape == (0, 2)


def test_boxes_stay_in_their_precision_and_on_their_device(device):
    placement = stretch(picture(10, 20), height=5, width=5).placement
    boxes = torch.ones(3, 4, dtype=torch.float64, device=device)
    back = placement.back_boxes(boxes, clip=True)
    assert (back.dtype, back.device) == (boxes.dtype, boxes.device)


def test_a_one_pixel_photo_can_be_placed_every_way():
    for way in WAYS.values():
        assert way(torch.ones(1, 3, 1, 1)).image.max() == 1


def test_gradients_flow_back_to_the_photo():
    image = picture(20, 30).requires_grad_()
    for way in WAYS.values():
        (gradient,) = torch.autograd.grad(way(image).image.sum(), image)
        assert gradient.abs().sum() > 0


def test_a_placement_is_frozen():
    placement = stretch(picture(10, 20), height=5, width=5).placement
    assert isinstance(placement, Placement)
    with pytest.raises(dataclasses.FrozenInstanceError):
        placement.scale_x = 2.0


@pytest.mark.parametrize(
    "broken",
    [
        lambda image: stretch(image, height=0, width=5),
        lambda image: letterbox(image, height=5, width=-1),
        lambda image: centre_crop(image, resize=0, crop=0),
        lambda image: centre_crop(image, resize=20, crop=21),
        lambda image: fit(image, shortest=0, longest=5),
        lambda image: fit(image, shortest=20, longest=19),
    ],
)
def test_sizes_without_meaning_are_refused_with_their_value(broken):
    with pytest.raises(SettingError, match=r"(at least 1|at most (resize|longest)), got .*\d"):
        broken(picture(10, 20))
