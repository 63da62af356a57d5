"""An option is known by its value and bears its words."""

import pickle

import pytest

from core.options import Option


class Drink(Option):
    """What there is."""

    TEA = ("tea", "Tea", "Leaves and time.")
    COFFEE = ("coffee", "Coffee", "Beans and pressure.")


def test_a_member_is_its_value_and_has_words():
    assert [(one.value, one.title, one.lesson) for one in Drink] == [
        ("tea", "Tea", "Leaves and time."),
        ("coffee", "Coffee", "Beans and pressure."),
    ]
    assert Drink("tea") is Drink.TEA
    assert pickle.loads(pickle.dumps(Drink.COFFEE)) is Drink.COFFEE


def test_what_is_no_value_is_refused():
    with pytest.raises(ValueError, match="Tea"):
        Drink("Tea")
