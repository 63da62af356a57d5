"""Tiled scores: against one pass and a loop over the tiles, laws, edges, memory."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from core.images.normalise import to_tensor
from core.images.tiles import Tile, Window, window
from core.segmentation.segmenter import class_map, probabilities
from core.segmentation.settings import IGNORE, SegmentSettings, planned
from core.segmentation.tiled import PREVIEW, Canvas, tiled

CLASSES = 5
ROOT = Path(__file__).resolve().parents[3]


def network(seed=0):
    torch.manual_seed(seed)
    return nn.Sequential(nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.Tanh(), nn.Conv2d(8, CLASSES, 3, padding=1)).eval()


NETWORK = network()


def ask(image, scale):
    """Scores of half the picture's size, of the picture at a scale."""
    size = [round(side * scale) for side in image.shape[2:]]
    with torch.no_grad():
        return NETWORK(functional.interpolate(image, size, mode="bilinear", antialias=True))[0]


def pixels(height=70, width=100, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def run(photo, settings, **options):
    return list(tiled(photo, ask, planned(*photo.shape[:2], CLASSES, settings), settings, **options))


def scores_of(photo, settings):
    return run(photo, settings)[-1].scores


def enlarged(scores, height, width):
    return functional.interpolate(scores[None], (height, width), mode="bilinear", align_corners=False)[0]


@pytest.mark.parametrize("kind", list(Window))
@pytest.mark.parametrize("tile", [None, 100, 4000])
def test_one_tile_that_covers_all_is_one_pass(kind, tile):
    photo = pixels()
    steps = run(photo, SegmentSettings(tile=tile, window=kind))
    assert len(steps) == 1
    torch.testing.assert_close(steps[0].scores, enlarged(ask(to_tensor(photo), 1.0), 70, 100))


@pytest.mark.parametrize("kind", list(Window))
def test_scores_are_those_of_a_loop_over_the_tiles(kind):
    photo, settings = pixels(150, 200), SegmentSettings(tile=80, overlap=0.3, window=kind)
    sums, weights = torch.zeros(CLASSES, 150, 200).double(), torch.zeros(150, 200).double()
    for tile in planned(150, 200, CLASSES, settings).tiles:
        part = np.s_[tile.y : tile.y + tile.height, tile.x : tile.x + tile.width]
        weight = torch.from_numpy(window(tile.height, tile.width, kind)).double()
        sums[(slice(None), *part)] += weight * enlarged(ask(to_tensor(photo[part]), 1.0), tile.height, tile.width)
        weights[part] += weight
    torch.testing.assert_close(scores_of(photo, settings), (sums / weights).float())


def test_the_order_of_the_tiles_does_not_matter():
    settings = SegmentSettings(tile=64, overlap=0.5)
    photo = pixels(150, 200)
    plan = planned(150, 200, CLASSES, settings)
    expected = scores_of(photo, settings)
    for seed in range(3):
        order = np.random.default_rng(seed).permutation(len(plan.tiles))
        mixed = replace(plan, tiles=tuple(plan.tiles[place] for place in order))
        *_, last = tiled(photo, ask, mixed, settings)
        torch.testing.assert_close(last.scores, expected)


def test_probabilities_sum_to_one_everywhere():
    shares = probabilities(scores_of(pixels(150, 200), SegmentSettings(tile=64, overlap=0.1, flip=True)))
    torch.testing.assert_close(shares.sum(dim=0), torch.ones(150, 200))


def test_looks_are_averaged_before_the_softmax():
    photo = pixels()
    image = to_tensor(photo)
    looks = [
        enlarged(look, 70, 100)
        for scale in (1.0, 1.5)
        for look in (ask(image, scale), ask(image.flip(-1), scale).flip(-1))
    ]
    # a mirrored map is enlarged after it was turned back, which is the same
    torch.testing.assert_close(
        scores_of(photo, SegmentSettings(flip=True, scales=(1.0, 1.5))), sum(looks) / 4, atol=1e-5, rtol=1e-4
    )


def test_of_a_mirrored_photo_the_answer_is_mirrored():
    settings = SegmentSettings(flip=True)
    photo = pixels(64, 96)
    ours, mirrored = scores_of(photo, settings), scores_of(photo[:, ::-1].copy(), settings)
    torch.testing.assert_close(mirrored.flip(-1), ours, atol=1e-5, rtol=1e-4)


def test_a_step_shows_what_is_known_so_far():
    photo, settings = pixels(150, 200), SegmentSettings(tile=80, overlap=0.3)
    steps = run(photo, settings)
    seen = np.zeros((150, 200), bool)
    for index, step in enumerate(steps):
        assert (step.index, step.count) == (index, len(steps))
        seen[step.tile.y : step.tile.y + step.tile.height, step.tile.x : step.tile.x + step.tile.width] = True
        assert ((step.preview != IGNORE) == seen).all()
        assert (step.scores is None) == (index < len(steps) - 1)
    assert seen.all()
    assert steps[-1].preview.tolist() == class_map(steps[-1].scores).tolist()
    assert (steps[0].preview == IGNORE).any(), "a later step repaints no earlier one"


def test_a_preview_is_small_and_of_the_same_classes():
    photo, settings = pixels(500, 900), SegmentSettings(tile=300)
    last = run(photo, settings)[-1]
    assert max(last.preview.shape) <= PREVIEW
    assert last.preview.tolist() == class_map(last.scores)[::3, ::3].tolist()


def test_a_coarse_grid_has_the_scores_of_its_cells():
    photo, settings = pixels(91, 121), SegmentSettings()
    plan = replace(planned(91, 121, CLASSES, settings), factor=2, tiles=(Tile(0, 0, 61, 46),))
    (step,) = tiled(photo, ask, plan, settings)
    beyond = np.pad(photo, ((0, 1), (0, 1), (0, 0)), mode="edge")
    assert step.tile == Tile(0, 0, 122, 92)
    torch.testing.assert_close(step.scores, enlarged(ask(to_tensor(beyond), 1.0), 46, 61))


def test_scores_larger_than_a_tile_are_smoothed_as_they_shrink():
    canvas = Canvas(1, 2, 2, Window.FLAT, torch.device("cpu"))
    checks = torch.tensor([[0.0, 1.0], [1.0, 0.0]]).repeat(8, 8)[None]
    canvas.add(Tile(0, 0, 2, 2), checks)
    torch.testing.assert_close(canvas.averages(), torch.full((1, 2, 2), 0.5), atol=0.02, rtol=0)


def test_a_run_can_be_left_at_any_step():
    photo, settings = pixels(150, 200), SegmentSettings(tile=64)
    begun = tiled(photo, ask, planned(150, 200, CLASSES, settings), settings)
    next(begun)
    begun.close()
    assert list(begun) == []


def test_the_photo_stays_as_it_was():
    photo = pixels()
    run(photo, SegmentSettings(flip=True))
    assert (photo == pixels()).all()


def test_eight_threads_get_the_same():
    photo, settings = pixels(150, 200), SegmentSettings(tile=80)
    expected = scores_of(photo, settings)
    with ThreadPoolExecutor(8) as pool:
        assert all(one.equal(expected) for one in pool.map(lambda _: scores_of(photo, settings), range(16)))


def test_every_device_gives_the_same(device):
    photo, settings = pixels(150, 200), SegmentSettings(tile=80, flip=True, scales=(0.75, 1.0))
    there = NETWORK if device.type == "cpu" else network().to(device)

    def asked(image, scale):
        size = [round(side * scale) for side in image.shape[2:]]
        with torch.no_grad():
            return there(functional.interpolate(image, size, mode="bilinear", antialias=True))[0]

    plan = planned(150, 200, CLASSES, settings)
    *_, last = tiled(photo, asked, plan, settings, home=lambda part: to_tensor(part, device))
    assert last.scores.device.type == "cpu"
    torch.testing.assert_close(last.scores, scores_of(photo, settings), atol=1e-3, rtol=1e-3)


LARGE = """
import sys
import numpy as np, torch
from core.segmentation.segmenter import class_map
from core.segmentation.settings import SegmentSettings, planned
from core.segmentation.tiled import tiled
from tests.memory import peak
classes, tile = int(sys.argv[1]), int(sys.argv[2]) or None
photo = np.zeros((3000, 4000, 3), np.uint8)
settings = SegmentSettings(tile=tile)
plan = planned(3000, 4000, classes, settings)
ask = lambda image, scale: torch.nn.functional.adaptive_avg_pool2d(image[0, :1], 224).repeat(classes, 1, 1)
*_, last = tiled(photo, ask, plan, settings)
assert class_map(last.scores).shape == (plan.rows, plan.columns)
print(peak())
"""


@pytest.mark.slow
@pytest.mark.parametrize("classes", [7, 21])
@pytest.mark.parametrize("tile", [0, 512])
def test_a_photo_of_twelve_megapixels_needs_less_than_two_gigabytes(classes, tile):
    done = subprocess.run(
        [sys.executable, "-c", LARGE, str(classes), str(tile)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert int(done.stdout) < 2 * 10**9
