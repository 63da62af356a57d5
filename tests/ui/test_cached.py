"""The doors into core: asked twice they compute once, and whoever waits sees a place in the queue."""

import threading
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
import pytest
import streamlit as st
from PIL import Image
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

from core.boxes.settings import DescentSettings
from core.device import best_device
from core.engine import ENGINE
from core.errors import WeightsMissingError
from core.experiments import anchors, models, overview
from core.experiments.cost import Cost
from core.experiments.models import Found, Maps, Region, Regions
from core.experiments.overview import Guess, Look
from core.images.photo import from_pixels
from core.images.samples import SAMPLES
from ui import cached, networks
from ui.cached import boxes, pictures
from viz import images
from viz.colours import MANY
from viz.heatmaps import tiles
from viz.masks import coloured, colours

START, TARGET = (0.0, 0.0, 10.0, 10.0), (30.0, 30.0, 50.0, 60.0)
SHORT = DescentSettings(steps=3)


@pytest.fixture(autouse=True)
def _empty_caches():
    st.cache_data.clear()
    boxes._descents.clear()


@pytest.fixture
def runs(monkeypatch) -> list[tuple]:
    """The arguments of every experiment that was really run."""
    seen: list[tuple] = []

    def counted(function):
        def call(*given):
            seen.append(given)
            return function(*given)

        return call

    monkeypatch.setattr(anchors, "descents", counted(anchors.descents))
    monkeypatch.setattr(overview, "look", counted(looked))
    return seen


def looked(photo, model) -> Look:
    """An answer that tells photos apart without a network: the mean of the photo."""
    guess = Guess("grey", 0, float(photo.pixels.mean()) / 255)
    return Look((guess,), (0.0, 0.0, 10.0, 10.0), np.ones((2, 2), np.float32), "grey", Cost("CPU", 1, 1, 1.0, 0.0))


def test_a_descent_is_computed_once(runs):
    first = cached.descents(START, TARGET, SHORT)
    second = cached.descents(START, TARGET, SHORT)
    assert len(runs) == 1
    assert second.rows == first.rows


@pytest.mark.parametrize(
    "other",
    [
        (START, TARGET, DescentSettings(steps=4)),
        (START, TARGET, DescentSettings(steps=3, learning_rate=0.36)),
        (START, (30.0, 30.0, 50.0, 60.1), SHORT),
        (TARGET, START, SHORT),
    ],
    ids=["steps", "rate", "target", "swapped"],
)
def test_other_boxes_or_settings_are_computed_anew(runs, other):
    cached.descents(START, TARGET, SHORT)
    cached.descents(*other)
    assert runs == [(START, TARGET, SHORT), other]


def test_a_look_at_the_same_photo_is_computed_once(runs, blank):
    first = cached.look(blank(40, 30), "squeezenet1_1")
    second = cached.look(blank(40, 30), "squeezenet1_1")
    assert len(runs) == 1, "another object with the same pixels is the same photo"
    assert second.guesses == first.guesses


def test_a_replaced_file_of_weights_is_another_network(runs, blank, monkeypatch):
    for stamp in ((1, 1, 1), (1, 2, 1), (1, 1, 1), None):
        monkeypatch.setattr(networks, "stamp", lambda key, stamp=stamp: stamp)
        cached.look(blank(40, 30), "squeezenet1_1")
    assert len(runs) == 3, "the first answer is still right for the first file"


def test_one_different_pixel_of_a_large_photo_is_another_photo(runs):
    """Streamlit's own hash samples large arrays: it would have given the first answer again."""
    pixels = np.zeros((1000, 1000, 3), np.uint8)
    cached.look(from_pixels(pixels, "one"), "squeezenet1_1")
    pixels[501, 503, 1] = 1
    cached.look(from_pixels(pixels, "two"), "squeezenet1_1")
    assert len(runs) == 2


def test_another_network_is_another_answer(runs, blank):
    cached.look(blank(40, 30), "squeezenet1_1")
    cached.look(blank(40, 30), "other")
    assert len(runs) == 2


def test_pictures_differ_where_photos_differ(blank):
    light, dark = blank(40, 30, 200), blank(40, 30, 20)
    for door in (cached.thumbnail, cached.picture, cached.backdrop):
        assert door(light) == door(blank(40, 30, 200))
        assert door(light) != door(dark)


def test_pictures_have_the_sizes_they_promise(blank):
    assert (cached.picture(blank(1500, 300)).width, cached.picture(blank(1500, 300)).height) == (960, 192)
    assert (cached.picture(blank(40, 30)).width, cached.picture(blank(40, 30)).height) == (40, 30)
    card = cached.overlap_card(blank(90, 700), (0.0, 0.0, 20.0, 20.0), (10.0, 10.0, 40.0, 60.0))
    assert (card.width, card.height) == (480, 300)
    seen = cached.cam_picture(blank(1500, 300), "any", looked(blank(10, 10), ""))
    assert (seen.width, seen.height) == (960, 192)


def test_a_card_differs_where_its_boxes_differ(blank):
    photo, a = blank(90, 70), (0.0, 0.0, 20.0, 20.0)
    assert cached.overlap_card(photo, a, a) != cached.overlap_card(photo, a, (30.0, 30.0, 60.0, 60.0))


def test_a_heat_map_differs_where_photo_network_or_class_differ(blank):
    """The map itself rides along and is not hashed, so whatever decides it must be."""
    base, other_map = looked(blank(40, 30), ""), np.zeros((2, 2), np.float32)
    first = cached.cam_picture(blank(40, 30), "one", base)
    assert cached.cam_picture(blank(40, 30), "one", replace(base, cam=other_map)) == first, "the same question"
    assert cached.cam_picture(blank(40, 30), "two", replace(base, cam=other_map)) != first
    assert cached.cam_picture(blank(40, 30), "one", replace(base, cam=other_map, target="black")) != first
    assert cached.cam_picture(blank(40, 30, 9), "one", base) != first


def found_regions(photo, model) -> Regions:
    """The left half is class 3, the right class 5."""
    classes = np.full((6, 8), 3, np.uint8)
    classes[:, 4:] = 5
    found = (Region("sky", 3, float(photo.pixels.mean()) / 255), Region("sea", 5, 0.5))
    return Regions(classes, found, (0.0, 0.0, 8.0, 6.0), Cost("CPU", 1, 0, 1.0, 0.0))


def found_maps(photo, model, layer) -> Maps:
    tile = np.full((2, 4, 4), photo.pixels.mean() / 255, np.float32)
    return Maps(layer, (1, 0), (0.5, 0.25), tile, 0.0, 1.0, 2, (0.0, 0.0, 8.0, 6.0), Cost("CPU", 1, 0, 1.0, 0.0))


@pytest.mark.parametrize("name", ["regions", "maps"])
def test_segmenters_and_layers_are_asked_once_for_each_photo_network_and_layer(monkeypatch, blank, name):
    seen: list[tuple] = []
    answer = {"regions": found_regions, "maps": found_maps}[name]
    monkeypatch.setattr(models, name, lambda *given: seen.append(given[1:]) or answer(*given))
    door, more = getattr(cached, name), ("features.1",) * (name == "maps")
    asked = [(blank(40, 30), "one", *more), (blank(40, 30, 7), "one", *more), (blank(40, 30), "two", *more)]
    if more:
        asked.append((blank(40, 30), "one", "features.2"))
    for given in asked:
        assert door(*given).cost == door(*given).cost
    assert seen == [given[1:] for given in asked]


@pytest.mark.parametrize("name", ["regions", "maps"])
def test_a_failure_of_any_network_is_not_remembered(monkeypatch, blank, name):
    def missing(*given):
        raise WeightsMissingError("They are not here.", "Download them.")

    answer = {"regions": found_regions, "maps": found_maps}[name]
    given = (blank(40, 30), "one", *("features.1",) * (name == "maps"))
    with monkeypatch.context() as earlier:
        earlier.setattr(models, name, missing)
        with pytest.raises(WeightsMissingError):
            getattr(cached, name)(*given)
    monkeypatch.setattr(models, name, answer)
    assert getattr(cached, name)(*given).cost.forward == 1
    with free_engine():
        pass


def test_the_picture_of_regions_is_the_photo_in_the_colours_of_the_classes_shown(blank):
    photo = blank(1500, 300)
    answer = found_regions(photo, "one")
    picture = cached.region_picture(photo, "one", answer, (3, 5))
    assert (picture.width, picture.height) == (960, 192)
    expected = coloured(np.asarray(images.fit(photo.pixels, 960)), answer.classes, colours((3, 5)))
    assert picture == images.encode(expected)


@pytest.mark.parametrize("other", [("two", (3, 5)), ("one", (5, 3)), ("one", (3,)), ("one", ())], ids=str)
def test_the_picture_of_regions_follows_network_and_classes_shown(blank, other):
    photo = blank(90, 60)
    first = cached.region_picture(photo, "one", found_regions(photo, "one"), (3, 5))
    model, shown = other
    answer = found_regions(photo, model)
    if model == "two":
        answer = replace(answer, classes=answer.classes[:, ::-1].copy())
    assert cached.region_picture(photo, model, answer, shown) != first


def test_the_picture_of_maps_follows_photo_network_and_layer(blank):
    def shown(shade: int, model: str, layer: str) -> images.Picture:
        answer = found_maps(blank(40, 30, shade), model, layer)
        scale = {("one", "a"): 1.0, ("two", "a"): 0.5, ("one", "b"): 0.25}[model, layer]
        return cached.map_tiles(blank(40, 30, shade), model, replace(answer, maps=answer.maps * np.float32(scale)))

    pictures = [shown(200, "one", "a"), shown(20, "one", "a"), shown(200, "two", "a"), shown(200, "one", "b")]
    assert len({picture.data for picture in pictures}) == 4
    answer = found_maps(blank(40, 30, 200), "one", "a")
    assert pictures[0] == images.encode(
        tiles(answer.maps, columns=4, names=[str(channel) for channel in answer.channels])
    )


def test_measuring_gives_what_core_measures():
    assert cached.measure(START, TARGET) == anchors.measure(START, TARGET)


def test_a_failure_is_not_remembered(monkeypatch, blank):
    """Weights that were missing may arrive: the next visitor asks again."""

    def missing(photo, model):
        raise WeightsMissingError("They are not here.", "Download them.")

    with monkeypatch.context() as earlier:
        earlier.setattr(overview, "look", missing)
        with pytest.raises(WeightsMissingError):
            cached.look(blank(40, 30), "squeezenet1_1")
    monkeypatch.setattr(overview, "look", looked)
    assert cached.look(blank(40, 30), "squeezenet1_1").target == "grey"


def test_a_failure_gives_its_place_back(monkeypatch, blank):
    def broken(photo, model):
        raise RuntimeError

    monkeypatch.setattr(overview, "look", broken)
    for _ in range(3):
        with pytest.raises(RuntimeError):
            cached.look(blank(40, 30), "squeezenet1_1")
    with free_engine():
        pass


@contextmanager
def free_engine():
    """All slots of the engine, which must be free within a second."""
    device = best_device().type
    with ENGINE.join(device) as ticket:
        assert ticket.wait(1.0)
        yield ticket


def test_a_computation_stands_in_the_queue_of_its_device(runs, monkeypatch):
    """While it runs it holds a slot."""
    waiting = []
    monkeypatch.setattr(
        anchors, "descents", lambda *given: waiting.append(len(ENGINE._queues[best_device().type])) or "answer"
    )
    assert cached.descents(START, TARGET, SHORT) == "answer"
    assert waiting == [1]
    assert len(ENGINE._queues[best_device().type]) == 0


def page() -> None:
    import streamlit as st

    from core.boxes.settings import DescentSettings
    from ui import cached

    answer = cached.descents((0.0, 0.0, 10.0, 10.0), (30.0, 30.0, 50.0, 60.0), DescentSettings(steps=3))
    st.code(len(answer.rows), language=None)


def test_who_waits_sees_the_place_and_then_the_answer(monkeypatch):
    """The engine is busy until the page has said so; then it is set free, and the page goes on."""
    said, caption = [], DeltaGenerator.caption
    ahead = threading.Event()

    def spy(self, words, **options):
        said.append(words)
        ahead.set()
        return caption(self, words, **options)

    monkeypatch.setattr(DeltaGenerator, "caption", spy)
    monkeypatch.setattr(ENGINE, "_slots", lambda device: 1)
    holding = threading.Event()

    def work():
        with ENGINE.join(best_device().type) as ticket:
            assert ticket.wait(5.0)
            holding.set()
            ahead.wait(10)

    busy = threading.Thread(target=work)
    busy.start()
    assert holding.wait(5)
    at = AppTest.from_function(page, default_timeout=120).run()
    busy.join()
    assert said
    assert set(said) == {":material/hourglass_empty: Place 1 in the queue of this server."}
    assert not at.exception
    assert at.code[0].value == "4"
    assert not at.caption, "once the turn has come, the place is gone"


def test_an_answer_that_is_there_waits_for_nobody(monkeypatch):
    monkeypatch.setattr(ENGINE, "_slots", lambda device: 1)
    AppTest.from_function(page, default_timeout=120).run()
    with free_engine():
        at = AppTest.from_function(page, default_timeout=5).run()
    assert at.code[0].value == "4"


def test_the_samples_come_with_their_thumbnails():
    rows = cached.sample_thumbnails()
    assert len(rows) == len({row["thumbnail"] for row in rows}) == len(SAMPLES)
    assert all(len(row["thumbnail"]) < 12_000 for row in rows), "they travel with every page"


def test_the_card_of_the_detector_wears_the_colours_and_scores_of_its_page(monkeypatch):
    drawn = []

    def draw(pixels, tagged):
        drawn.extend((one.words, one.colour) for one in tagged)
        return Image.fromarray(pixels)

    monkeypatch.setattr(pictures, "detection_picture", draw)
    photo = from_pixels(np.full((30, 48, 3), 7, np.uint8), "seen.png")
    person, horse = Found("person", 4, 0.606, (5.0, 2.0, 20.0, 28.0)), Found("horse", 1, 0.48, (4.0, 9.0, 40.0, 29.0))
    cached.thing_card(photo, (person, horse, replace(person, score=0.31)))
    one, two = MANY[0].colour, MANY[1].colour
    assert drawn == [("1 person 0.61", one), ("2 horse 0.48", two), ("3 person 0.31", one)]
