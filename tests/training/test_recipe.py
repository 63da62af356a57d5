import math

import pytest

from core.errors import SettingError
from training.recipe import FLOOR, Recipe


def test_the_head_learns_alone_at_first_and_ten_times_as_fast_throughout():
    recipe = Recipe(epochs=6, head_epochs=1)
    for step in range(6 * 20):
        trunk, head = recipe.trunk_rate(step, 20), recipe.head_rate(step, 20)
        assert head > 0
        assert (trunk == 0) == (step < 20)
        if step >= 20:
            assert head == pytest.approx(10 * trunk)


def test_the_rate_rises_to_its_height_and_falls_to_a_hundredth_of_it():
    recipe = Recipe(epochs=40, head_epochs=1, rate=1.0)
    rates = [recipe.trunk_rate(step, 100) for step in range(100, 4000)]
    top = rates.index(max(rates))
    assert rates[: top + 1] == sorted(rates[: top + 1])
    assert rates[top:] == sorted(rates[top:], reverse=True)
    assert top == pytest.approx(50, abs=1)
    assert max(rates) == pytest.approx(1, abs=0.01)
    assert min(rates[top:]) == pytest.approx(FLOOR, abs=1e-5)
    half = rates[1950]
    assert half == pytest.approx(FLOOR + (1 - FLOOR) * (1 + math.cos(math.pi / 2)) / 2)


def test_an_epoch_has_as_many_pictures_of_each_class_and_more_of_people():
    assert Recipe(per_class=10, people=1.5).pictures() == (*[10] * 14, 15)


def test_the_average_forgets_the_start():
    recipe = Recipe(averaging=0.9)
    assert recipe.average_kept(0) == pytest.approx(0.1)
    assert recipe.average_kept(10_000) == 0.9


@pytest.mark.parametrize(
    "wrong",
    [
        {"epochs": 0},
        {"batch": 0},
        {"side": 0},
        {"epochs": 2, "head_epochs": 3},
        {"smoothing": 1.0},
        {"dropout": 1.0},
        {"hue": -0.1},
        {"blur": 1.0},
    ],
)
def test_settings_without_meaning_are_refused(wrong):
    with pytest.raises(SettingError):
        Recipe(**wrong)
