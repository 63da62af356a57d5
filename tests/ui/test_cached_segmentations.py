"""The segmenter's doors: the network looks once, whatever is moved afterwards."""

import math

import numpy as np
import pytest
import streamlit as st

from core.errors import SettingError, WeightsMissingError
from core.experiments import segmenting
from core.images.samples import sample
from core.segmentation.settings import SegmentSettings
from core.segmentation.truths import TruthMask
from core.zoo.segmenters import LAB_FCN
from tests.viz.test_class_maps import unpacked
from ui.cached import mask_grades, resolutions, segmentations
from ui.components.class_map import Mode, Veil, View
from ui.sections.segmenter import segment_case

FCN = "lab-fcn"


@pytest.fixture(autouse=True)
def _empty_caches():
    st.cache_resource.clear()
    st.cache_data.clear()


@pytest.fixture
def passes(monkeypatch) -> list[float]:
    """The scale of every pass of a network."""
    made: list[float] = []
    ask = segmenting._ask

    def counted(network, row, image, scale):
        made.append(scale)
        return ask(network, row, image, scale)

    monkeypatch.setattr(segmenting, "_ask", counted)
    return made


def test_neither_threshold_nor_opacity_nor_point_runs_the_network_again(passes):
    photo = sample("cat")
    for view in (
        View(),
        View(opacity=0.1),
        View(unsure=0.5, off=("cat",)),
        View(mode=Mode.MASK, veil=Veil.ENTROPY),
        View(point=(3, 4)),
    ):
        look = segment_case.look(photo, LAB_FCN, SegmentSettings())
        segment_case.cases([look], view)
        segmentations.maps(look.found, photo)
    assert passes == [1.0]


def test_another_photo_mirroring_and_other_sizes_do(passes):
    for photo, settings in (
        (sample("cat"), SegmentSettings()),
        (sample("coffee"), SegmentSettings()),
        (sample("cat"), SegmentSettings(flip=True)),
        (sample("cat"), SegmentSettings(scales=(0.75, 1.0))),
        (sample("cat"), SegmentSettings()),
    ):
        segmentations.segmented(photo, FCN, settings)
    assert passes == [1.0, 1.0, 1.0, 1.0, 0.75, 1.0]


def test_sureness_is_that_of_the_answer():
    photo = sample("astronaut")
    found = segmentations.segmented(photo, FCN)
    sure, exact = segmentations.sureness(found, photo), found.certainty()
    np.testing.assert_allclose(sure.margin, exact.margin, atol=1e-3)
    np.testing.assert_allclose(sure.entropy, exact.entropy, atol=2e-3)
    assert sure.mean == pytest.approx(float(exact.entropy.mean()))
    assert sure.most == pytest.approx(math.log2(7))
    assert segmentations.sureness(found, photo) is sure


def test_the_maps_for_the_browser_are_those_of_the_answer():
    photo = sample("cat")
    found = segmentations.segmented(photo, FCN)
    maps = segmentations.maps(found, photo)
    assert (unpacked(maps.classes, maps.columns) == found.classes).all(), "a small photo is shown pixel for pixel"
    shares = unpacked(maps.shares, maps.wide).reshape(7, maps.high, maps.wide) / 255
    table = found.table(top=1)
    assert np.abs(shares.sum(axis=0) - 1).max() <= 7 / 510 + 1e-3
    assert (shares.argmax(axis=0) == table.labels[0]).mean() > 0.99, "but for ties"
    assert segmentations.maps(found, photo) is maps
    other = segmentations.segmented(photo, FCN, SegmentSettings(flip=True))
    assert segmentations.maps(other, photo).name != maps.name


def test_the_maps_of_a_photo_are_a_few_hundred_kilobytes():
    for key in ("cat", "astronaut", "coffee"):
        photo = sample(key)
        maps = segmentations.maps(segmentations.segmented(photo, FCN), photo)
        assert sum(len(text) for text in (maps.classes, maps.margin, maps.entropy, maps.shares)) < 400_000


def test_a_plan_says_what_it_takes_before_anything_is_loaded(passes):
    photo = sample("cat")
    assert segmentations.plan(photo, FCN, SegmentSettings(flip=True, scales=(1.0, 0.5))).passes == 4
    with pytest.raises(SettingError):
        segmentations.plan(photo, FCN, SegmentSettings(tile=64, overlap=0.75, flip=True, scales=(0.5, 1.0, 2.0)))
    assert passes == []


def test_a_watched_run_ends_with_the_same_answer():
    photo = sample("cat")
    *_, last = segmentations.begin(photo, FCN)(SegmentSettings(tile=200))
    whole = segmentations.segmented(photo, FCN, SegmentSettings(tile=200))
    assert last.answer is not None
    assert (last.answer.classes == whole.classes).all()


def test_a_judgement_is_kept_for_its_truth_and_its_answer():
    photo = sample("cat")
    found, truth = segmentations.segmented(photo, FCN), mask_grades.known_truth(photo)
    assert truth is not None
    first = mask_grades.judged(found, photo, truth)
    assert mask_grades.judged(found, photo, truth) is first
    empty = TruthMask(np.zeros((photo.height, photo.width), np.uint8), ("background", "cat"))
    assert mask_grades.judged(found, photo, empty) is not first
    assert mask_grades.known_truth(sample("coffee")) is None


def test_strides_are_computed_once():
    assert resolutions.strides(sample("cat")) is resolutions.strides(sample("cat"))


def test_a_card_shows_what_is_painted():
    picture, names = segmentations.card(sample("cat"), FCN)
    assert (picture.width, picture.height) == (480, 300)
    assert names == ("cat",)
    assert segmentations.card(sample("rocket"), FCN)[1] == ()


def test_errors_reach_the_page(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(WeightsMissingError):
        segmentations.segmented(sample("cat"), "lraspp")
