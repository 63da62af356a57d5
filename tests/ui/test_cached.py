"""The doors into core: asked twice they compute once, and whoever waits sees a place in the queue."""

import threading
from contextlib import contextmanager

import numpy as np
import pytest
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.testing.v1 import AppTest

from core.boxes.settings import DescentSettings
from core.device import best_device
from core.engine import ENGINE
from core.errors import WeightsMissingError
from core.experiments import anchors, overview
from core.experiments.cost import Cost
from core.experiments.overview import Guess, Look
from core.images.photo import from_pixels
from core.images.samples import SAMPLES
from ui import cached

START, TARGET = (0.0, 0.0, 10.0, 10.0), (30.0, 30.0, 50.0, 60.0)
SHORT = DescentSettings(steps=3)


@pytest.fixture(autouse=True)
def _empty_caches():
    st.cache_data.clear()
    cached._descents.clear()


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
    at = AppTest.from_function(page, default_timeout=20).run()
    busy.join()
    assert said
    assert set(said) == {":material/hourglass_empty: Place 1 in the queue of this server."}
    assert not at.exception
    assert at.code[0].value == "4"
    assert not at.caption, "once the turn has come, the place is gone"


def test_an_answer_that_is_there_waits_for_nobody(monkeypatch):
    monkeypatch.setattr(ENGINE, "_slots", lambda device: 1)
    AppTest.from_function(page, default_timeout=20).run()
    with free_engine():
        at = AppTest.from_function(page, default_timeout=5).run()
    assert at.code[0].value == "4"


def test_the_samples_come_with_their_thumbnails():
    rows = cached.sample_thumbnails()
    assert len(rows) == len({row["thumbnail"] for row in rows}) == len(SAMPLES)
    assert all(len(row["thumbnail"]) < 12_000 for row in rows), "they travel with every page"
