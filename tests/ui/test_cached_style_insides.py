"""Doors into what is inside of style transfer: asked once, shared, and kept apart by all that matters."""

from dataclasses import replace

import numpy as np
import pytest

from core.experiments import style_inside
from core.experiments.style_alone import content_alone, style_alone
from core.images.photo import Photo, from_pixels
from core.zoo.catalog import card
from ui.cached import style_insides

MODEL = "lab-trunk"


@pytest.fixture(autouse=True)
def _empty() -> None:
    for door in (style_insides._grams, style_insides._pair, style_insides._rebuilding):
        door.clear()


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """The experiments that were run, in order."""
    made: list[str] = []
    for name in ("grams", "pair"):
        run = getattr(style_inside, name)

        def counted(*given, name=name, run=run):
            made.append(name)
            return run(*given)

        monkeypatch.setattr(style_inside, name, counted)
    return made


def noise(seed: int) -> Photo:
    pixels = np.random.default_rng(seed).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    return from_pixels(pixels, f"noise {seed}")


def test_the_same_matrices_are_computed_once(asked):
    style, photo, painting = noise(0), noise(1), noise(2)
    first = style_insides.grams(MODEL, "features.1", style, photo)
    assert style_insides.grams(MODEL, "features.1", noise(0), noise(1)) is first
    others = [
        style_insides.grams(MODEL, "features.4", style, photo),
        style_insides.grams(MODEL, "features.1", photo, style),
        style_insides.grams(MODEL, "features.1", style, photo, painting),
    ]
    assert len({id(one) for one in (first, *others)}) == 4
    assert asked == ["grams"] * 4


def test_the_same_two_maps_are_computed_once(asked):
    first = style_insides.pair(MODEL, "features.1", (3, 5), noise(0), noise(1))
    assert style_insides.pair(MODEL, "features.1", (3, 5), noise(0), noise(1)) is first
    assert style_insides.pair(MODEL, "features.1", (5, 3), noise(0), noise(1)) is not first
    assert asked == ["pair"] * 2


def test_an_effort_is_one_for_all_visitors_and_another_for_content_and_style():
    photo, layers = noise(0), ("features.1",)
    content, style = content_alone(card(MODEL), *layers), style_alone(card(MODEL), layers)
    first = style_insides.rebuilding(MODEL, photo, content)
    assert style_insides.rebuilding(MODEL, noise(0), content) is first
    others = [
        style_insides.rebuilding(MODEL, photo, style),
        style_insides.rebuilding(MODEL, noise(1), content),
        style_insides.rebuilding(MODEL, photo, content_alone(card(MODEL), "features.4")),
        style_insides.rebuilding(MODEL, photo, replace(content, steps=3)),
    ]
    assert len({id(one) for one in (first, *others)}) == 5
