"""Integrated gradients step by step, on the classifier that ships with the lab."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
import torch

from core.attribution.methods import AttributionSettings, Method
from core.attribution.scores import slopes
from core.attribution.settings import Baseline, BaselineSettings, IntegrationSettings, Measure, Rule
from core.errors import SettingError
from core.experiments import integration
from core.experiments.attribution import Question, explain
from core.experiments.integration import HIDDEN, MOST_FRAMES, BlackObject, Walk, black_object, gaps, walk
from core.experiments.opened import Opened, open_photo
from core.images.normalise import normalise
from core.images.samples import sample
from core.zoo import cache

MODEL = "lab-classifier"
CAT, DOG = 10, 9
SETTINGS = AttributionSettings(integration=IntegrationSettings(rule=Rule.GAUSS_LEGENDRE, steps=6))
TWO = replace(SETTINGS, integration=IntegrationSettings(steps=2))


@pytest.fixture(scope="module")
def cat() -> Opened:
    return open_photo(sample("cat"), MODEL)


@pytest.fixture(scope="module")
def walked(cat) -> Walk:
    return walk(cat, CAT, SETTINGS)


@pytest.fixture(scope="module")
def blackened(cat) -> BlackObject:
    return black_object(cat, CAT, SETTINGS)


def close(ours: np.ndarray, theirs: np.ndarray, share: float = 1e-4) -> None:
    """Equal to a share of the largest value: sums over points and pixels are rounded in another way."""
    np.testing.assert_allclose(ours, theirs, atol=share * np.abs(theirs).max(), rtol=0)


def logit(pictures: torch.Tensor, target: int = CAT) -> torch.Tensor:
    return cache.load(MODEL).module(normalise(pictures))[:, target]


def test_the_way_ends_where_the_whole_attribution_does(cat, walked):
    whole = explain(cat, Method.INTEGRATED_GRADIENTS, CAT, SETTINGS)
    close(walked.accumulated[-1], whole.map)
    assert walked.running[-1] == pytest.approx(whole.raw.sum(), rel=1e-3)
    assert walked.gap == pytest.approx(whole.gap, abs=1e-4)
    assert walked.label == "cat"


def test_what_has_accumulated_at_each_point_adds_up_to_the_running_sum(walked):
    sums = walked.accumulated.astype(np.float64).sum(axis=(1, 2))
    close(sums, np.array(walked.running))


def test_the_gap_is_what_the_sum_misses_of_the_rise(cat, walked):
    with torch.no_grad():
        ends = logit(torch.stack([cat.image[0], torch.zeros_like(cat.image[0])])).tolist()
    assert (walked.score, walked.baseline_score) == pytest.approx(ends, abs=1e-3)
    rise = walked.score - walked.baseline_score
    assert walked.gap == pytest.approx(abs(walked.running[-1] - rise) / abs(rise), abs=1e-4)


def test_the_pictures_begin_near_the_baseline_and_end_near_the_photo(cat, walked):
    photo = (cat.image[0].permute(1, 2, 0) * 255).numpy()
    assert walked.pictures.shape == (6, 224, 224, 3)
    assert [*walked.alphas] == sorted(walked.alphas)
    assert 0 < walked.alphas[0] < 0.05 < 0.95 < walked.alphas[-1] < 1
    for alpha, picture in zip(walked.alphas, walked.pictures, strict=True):
        assert np.abs(picture - alpha * photo).max() <= 0.51, "rounded to whole values"


def test_the_slopes_and_the_scores_are_those_at_the_points_of_the_path(cat, walked):
    for place in (0, 3):
        picture = walked.alphas[place] * cat.image
        found = slopes(logit, picture)
        close(walked.slopes[place], found.slopes[0].sum(dim=0).numpy(), share=1e-3)
        assert walked.path_scores[place] == pytest.approx(found.scores.item(), abs=1e-3)


def test_a_sum_that_begins_at_the_baseline_shows_it_and_one_with_both_ends_shows_the_photo_too(cat):
    settings = replace(SETTINGS, integration=IntegrationSettings(rule=Rule.TRAPEZOID, steps=3))
    found = walk(cat, DOG, settings)
    assert found.alphas == (0.0, 0.5, 1.0)
    assert not found.pictures[0].any()
    assert np.array_equal(found.pictures[-1], (cat.image[0] * 255).round().byte().permute(1, 2, 0).numpy())
    assert (found.path_scores[0], found.path_scores[-1]) == (found.baseline_score, found.score)


def test_the_settings_choose_the_baseline_and_what_is_measured(cat):
    settings = replace(
        SETTINGS,
        measure=Measure.LOG_PROBABILITY,
        baseline=BaselineSettings(kind=Baseline.COLOUR, colour=(0.0, 1.0, 0.0)),
    )
    settings = replace(settings, integration=IntegrationSettings(rule=Rule.LEFT, steps=2))
    found = walk(cat, DOG, settings)
    assert (found.pictures[0] == (0, 255, 0)).all()
    assert found.score == pytest.approx(np.log(cat.probabilities[DOG]), abs=1e-3)


def test_the_way_may_begin_at_another_photo(cat):
    settings = replace(
        SETTINGS,
        baseline=BaselineSettings(kind=Baseline.PICTURE),
        integration=IntegrationSettings(rule=Rule.LEFT, steps=2),
    )
    other = open_photo(sample("astronaut"), MODEL)
    found = walk(cat, CAT, settings, sample("astronaut"))
    assert np.array_equal(found.pictures[0], (other.image[0] * 255).round().byte().permute(1, 2, 0).numpy())
    for call in (walk, lambda *given: gaps(*given, 4)):
        with pytest.raises(SettingError, match="there is none"):
            call(cat, CAT, settings)


def test_the_points_of_a_way_are_one_pass_forward_and_one_back_and_its_ends_one_more(walked):
    assert (walked.cost.forward, walked.cost.backward) == (2, 1)


def test_more_points_than_can_be_kept_are_refused(cat):
    many = replace(SETTINGS, integration=IntegrationSettings(steps=MOST_FRAMES + 1))
    with pytest.raises(SettingError, match="steps must be at most 48 to be kept, got 49"):
        walk(cat, CAT, many)


@pytest.mark.parametrize("target", [-1, 15])
def test_a_class_that_is_none_is_refused(cat, target):
    for call in (walk, black_object, lambda *given: gaps(*given, 4)):
        with pytest.raises(SettingError, match="target must be a class from 0 to 14"):
            call(cat, target, SETTINGS)


def test_every_rule_has_its_gap_at_as_many_points(cat):
    found = gaps(cat, CAT, SETTINGS, 6)
    assert [point.rule for point in found.points] == [*Rule]
    assert {point.steps for point in found.points} == {6}
    for point in found.points:
        assert point.relative >= 0
    gauss = explain(cat, Method.INTEGRATED_GRADIENTS, CAT, SETTINGS).gap
    assert found.points[-1].relative == pytest.approx(gauss, abs=1e-4)
    assert found.cost.backward == 5
    assert found.cost.forward == 5 + 4, "trapezoids have both ends among their points"


def test_one_point_makes_no_trapezoid(cat):
    with pytest.raises(SettingError, match="Trapezoids"):
        gaps(cat, CAT, SETTINGS, 1)


def test_more_points_leave_a_smaller_gap(cat):
    few, many = (gaps(cat, CAT, SETTINGS, steps).points for steps in (2, 10))
    for rule in (Rule.MIDPOINT, Rule.GAUSS_LEGENDRE):
        ours, theirs = (next(one.relative for one in points if one.rule is rule) for points in (few, many))
        assert theirs < ours


def test_from_black_a_black_object_gets_exactly_nothing_and_from_white_it_gets_its_share(blackened):
    assert blackened.black_share == 0.0
    assert not blackened.black[blackened.hidden].any()
    assert blackened.white_share > 0.05
    assert blackened.white[blackened.hidden].any()
    shares = np.abs(blackened.white[blackened.hidden]).sum() / np.abs(blackened.white).sum()
    assert blackened.white_share == pytest.approx(shares, rel=1e-4)


def test_what_is_black_is_where_grad_cam_speaks_most_and_nothing_else_is_touched(cat, blackened):
    photo = (cat.image[0].permute(1, 2, 0) * 255).numpy()
    assert blackened.hidden.mean() == pytest.approx(HIDDEN, abs=1e-4)
    assert not blackened.picture[blackened.hidden].any()
    rest = ~blackened.hidden
    assert np.abs(blackened.picture[rest] - photo[rest]).max() <= 0.51
    large = np.kron(explain(cat, Method.GRAD_CAM, CAT).map, np.ones((16, 16)))
    assert large[blackened.hidden].mean() > 2 * large[rest].mean()


def test_without_it_the_network_takes_the_cat_for_a_cat_no_more(cat, blackened):
    assert blackened.label == "cat"
    assert blackened.probability < 0.5 < cat.probabilities[CAT]


def test_both_paths_and_the_map_are_on_the_bill(blackened):
    assert (blackened.cost.forward, blackened.cost.backward) == (5, 3)


def test_where_few_pixels_speak_for_a_class_no_other_is_painted():
    """Of a map that is 0 nearly everywhere most pixels tie, and a threshold would let all of them in."""
    map = torch.zeros(14, 14)
    map[3, 5] = 1.0
    found = integration._foremost(map, 224, 224)
    assert 0 < found.float().mean() < 0.03, "one cell and half of those around it"
    assert found[3 * 16 + 8, 5 * 16 + 8]
    assert not integration._foremost(torch.zeros(14, 14), 224, 224).any()


def test_where_memory_is_short_fewer_points_pass_at_once_and_the_answer_is_the_same(cat, walked, monkeypatch):
    made = integration._walked

    def short(question: Question, device: torch.device, chunk: int) -> Walk:
        if chunk > 4:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return made(question, device, chunk)

    monkeypatch.setattr(integration, "_walked", short)
    found = walk(cat, CAT, SETTINGS)
    assert "4 at a time instead of 16" in found.cost.notice
    close(found.accumulated, walked.accumulated)
    assert found.running == pytest.approx(walked.running, abs=1e-3)


def test_eight_sessions_at_once_see_what_each_sees_alone(cat):
    tasks = [(walk, CAT), (walk, DOG), (black_object, CAT), (walk, 0)] * 2
    alone = [main(call(cat, target, TWO)) for call, target in tasks[:4]] * 2
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda task: main(task[0](cat, task[1], TWO)), tasks))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def main(answer: Walk | BlackObject) -> np.ndarray:
    return answer.accumulated if isinstance(answer, Walk) else answer.white


def test_every_device_walks_as_the_cpu_does(device, monkeypatch):
    """Scores to 0.05, and maps that correlate to 0.98: a ReLU near 0 may tip."""
    found = []
    for kind in ("cpu", device.type):
        monkeypatch.setenv("VISION_LAB_DEVICE", kind)
        opened = open_photo(sample("cat"), MODEL)
        found.append((walk(opened, CAT, TWO), black_object(opened, CAT, TWO), gaps(opened, CAT, TWO, 2)))
    (way, black, points), (other_way, other_black, other_points) = found
    assert other_way.path_scores == pytest.approx(way.path_scores, abs=0.05)
    assert np.corrcoef(other_way.accumulated[-1].ravel(), way.accumulated[-1].ravel())[0, 1] > 0.98
    assert np.abs(other_way.pictures.astype(int) - way.pictures).max() <= 1
    assert (other_black.hidden == black.hidden).mean() > 0.99
    assert other_black.black_share == 0
    assert other_black.white_share == pytest.approx(black.white_share, abs=0.02)
    for one, other in zip(points.points, other_points.points, strict=True):
        assert other.gap == pytest.approx(one.gap, abs=0.1)
