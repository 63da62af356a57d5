"""What everyday handling does: Pillow's and skimage's pictures, closed forms, and nothing where nothing is done."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from PIL import Image
from skimage.filters import gaussian

from core.adversarial.survival import blurred, cropped, jpeg, noisy, of_depth, resized, treated
from core.adversarial.survival_settings import Handling, Treatment, sweep
from core.images.normalise import to_pixels, to_tensor
from core.images.resize import centre_crop, letterbox, stretch

KINDS = [pytest.param(kind, id=kind.value) for kind in Handling]
EVERYTHING = Treatment(crop=0.1, resize=0.5, blur=0.7, noise=3.0, depth=6, jpeg=80)


def photo(height: int = 40, width: int = 52) -> np.ndarray:
    """Smooth with some noise, as photos are."""
    rows, columns = np.mgrid[:height, :width]
    waves = np.stack([np.sin(rows / 7 + shift) + np.cos(columns / 5 - shift) for shift in (0, 1, 2)], axis=-1)
    grain = np.random.default_rng(0).normal(0, 8, waves.shape)
    return (127 + 55 * waves + grain).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("quality", [5, 50, 75, 95, 100])
def test_a_jpeg_is_what_pillow_saves_and_opens(quality, tmp_path):
    Image.fromarray(photo()).save(tmp_path / "photo.jpg", quality=quality)
    np.testing.assert_array_equal(jpeg(photo(), quality), np.asarray(Image.open(tmp_path / "photo.jpg")))


def test_a_worse_jpeg_is_further_from_the_photo():
    distances = [np.abs(jpeg(photo(), quality).astype(int) - photo()).mean() for quality in (95, 75, 40, 10)]
    assert distances == sorted(distances)


@pytest.mark.parametrize("sigma", [0.4, 1.0, 3.0])
def test_blur_is_the_gaussian_of_skimage_within_one_level(sigma):
    mirrored = 8 * 3  # far from the border, where both have all their weights
    inside = slice(mirrored, -mirrored)
    large = photo(90, 100)
    theirs = gaussian(large.astype(float), sigma=sigma, channel_axis=2, truncate=6.0)
    difference = np.abs(blurred(large, sigma).astype(float) - theirs)[inside, inside]
    assert difference.size
    assert difference.max() <= 0.51


@pytest.mark.parametrize("bits", range(1, 9))
def test_bit_depth_is_the_nearest_of_evenly_spread_levels(bits):
    every = np.arange(256, dtype=np.uint8).repeat(3).reshape(16, 16, 3)
    grid = np.rint(np.linspace(0, 255, 2**bits))
    found = of_depth(every, bits)
    np.testing.assert_array_equal(np.unique(found), grid)
    highest = 2**bits - 1
    np.testing.assert_array_equal(found, np.rint(np.rint(every / 255 * highest) * 255 / highest))


def test_one_bit_is_black_or_white():
    assert of_depth(np.array([[[0, 127, 128], [255, 64, 200]]], np.uint8), 1).tolist() == [[[0, 0, 255], [255, 0, 255]]]


def test_a_change_of_less_than_half_a_step_is_rounded_away():
    levels = np.full((4, 4, 3), 85, np.uint8)  # one of the four levels of two bits
    np.testing.assert_array_equal(of_depth(levels + np.uint8(8), 2), levels)


@pytest.mark.parametrize("share", [0.5, 0.25])
def test_smaller_and_back_is_torchs_resize_there_and_back(share):
    image = torch.from_numpy(photo()).permute(2, 0, 1)[None].float()
    size = (round(40 * share), round(52 * share))
    small = torch.nn.functional.interpolate(image, size, mode="bilinear", antialias=True).round()
    back = torch.nn.functional.interpolate(small, (40, 52), mode="bilinear").round()
    difference = np.abs(resized(photo(), share).astype(int) - back[0].permute(1, 2, 0).numpy())
    assert difference.max() <= 1  # a half may be rounded either way


def test_a_pattern_of_single_pixels_does_not_survive_half_the_size():
    board = np.indices((16, 16)).sum(axis=0) % 2 * 16 + 120
    found = resized(np.repeat(board[..., None], 3, axis=2).astype(np.uint8), 0.5)
    assert np.abs(found[2:-2, 2:-2].astype(int) - 128).max() <= 1


def test_a_crop_of_half_is_the_middle_enlarged():
    middle = np.ascontiguousarray(photo()[10:30, 13:39])
    expected = to_pixels(stretch(to_tensor(middle), height=40, width=52).image)
    np.testing.assert_array_equal(cropped(photo(), 0.5), expected)


def test_a_crop_keeps_the_middle_where_it_is():
    dot = np.zeros((41, 41, 3), np.uint8)
    dot[20, 20] = 255
    found = cropped(dot, 0.3)[..., 0].astype(float)
    rows, columns = np.mgrid[:41, :41]
    assert ((found * rows).sum() / found.sum(), (found * columns).sum() / found.sum()) == pytest.approx((20, 20))


def test_noise_has_the_spread_that_was_asked_for_and_no_bias():
    grey = np.full((100, 100, 3), 128, np.uint8)
    difference = noisy(grey, 6.0, seed=0).astype(float) - 128
    assert difference.std() == pytest.approx(6, rel=0.02)
    assert abs(difference.mean()) < 0.1


def test_seeded_noise_repeats():
    np.testing.assert_array_equal(noisy(photo(), 5.0, seed=3), noisy(photo(), 5.0, seed=3))
    assert (noisy(photo(), 5.0, seed=3) != noisy(photo(), 5.0, seed=4)).any()


def test_nothing_done_is_the_very_same_picture():
    pixels = photo()
    assert treated(pixels, Treatment(seed=9)) is pixels


@pytest.mark.parametrize("kind", [kind for kind in Handling if kind is not Handling.JPEG])
def test_the_neutral_strength_changes_no_bit_even_when_it_is_applied(kind):
    neutral = {
        Handling.CROP: lambda pixels: cropped(pixels, 0.0),
        Handling.RESIZE: lambda pixels: resized(pixels, 1.0),
        Handling.BLUR: lambda pixels: blurred(pixels, 0.0),
        Handling.NOISE: lambda pixels: noisy(pixels, 0.0, seed=0),
        Handling.DEPTH: lambda pixels: of_depth(pixels, 8),
    }[kind]
    np.testing.assert_array_equal(neutral(photo()), photo())


def test_everything_is_done_in_the_order_a_picture_meets_it():
    by_hand = resized(cropped(photo(), 0.1), 0.5)
    by_hand = noisy(blurred(by_hand, 0.7), 3.0, seed=0)
    by_hand = jpeg(of_depth(by_hand, 6), 80)
    np.testing.assert_array_equal(treated(photo(), EVERYTHING), by_hand)


@pytest.mark.parametrize("kind", KINDS)
def test_every_strength_of_a_sweep_changes_the_photo_more_than_the_first(kind):
    changes = [
        np.abs(treated(photo(), Treatment.only(kind, point)).astype(int) - photo()).mean() for point in sweep(kind)
    ]
    assert changes[0] == 0
    assert 0 < changes[1] < changes[-1]


@pytest.mark.parametrize("kind", KINDS)
@given(
    pixels=arrays.arrays(np.uint8, st.tuples(st.integers(1, 9), st.integers(1, 9), st.just(3))),
    position=st.integers(0, 99),
)
@settings(max_examples=20, deadline=None)
def test_size_type_and_the_picture_that_came_in_are_kept(kind, pixels, position):
    before = pixels.copy()
    points = sweep(kind)
    found = treated(pixels, Treatment.only(kind, points[position % len(points)]))
    assert found.shape == pixels.shape
    assert found.dtype == np.uint8
    np.testing.assert_array_equal(pixels, before)


@pytest.mark.parametrize("size", [(1, 1), (1, 30), (30, 1), (2, 3)])
def test_the_smallest_pictures_survive_everything_at_its_strongest(size):
    hardest = Treatment(crop=0.9, resize=0.02, blur=20.0, noise=128.0, depth=1, jpeg=1)
    assert treated(photo(*size), hardest).shape == (*size, 3)


@pytest.mark.parametrize("kind", [Handling.CROP, Handling.RESIZE, Handling.BLUR])
def test_one_colour_stays_that_colour(kind):
    plain = np.full((13, 17, 3), (200, 100, 7), np.uint8)
    for point in sweep(kind):
        np.testing.assert_array_equal(treated(plain, Treatment.only(kind, point)), plain)


def test_a_photo_that_must_not_be_written_can_be_treated():
    pixels = photo()
    pixels.setflags(write=False)
    assert treated(pixels[::-1], EVERYTHING).shape == pixels.shape


@pytest.mark.parametrize(("height", "width"), [(224, 224), (64, 64)])
def test_a_picture_of_the_networks_own_size_is_placed_bit_for_bit(height, width):
    """So what an attack made at that size is what the network sees when the saved picture comes back."""
    pixels = photo(height, width)
    image = to_tensor(pixels)
    placed = [
        stretch(image, height=height, width=width),
        letterbox(image, height=height, width=width),
        centre_crop(image, resize=height, crop=height),
    ]
    for one in placed:
        assert torch.equal(one.image, image)
        np.testing.assert_array_equal(to_pixels(one.image), pixels)
