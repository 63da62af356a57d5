"""Errors speak to visitors."""

import pytest

from core import errors

TREE = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.VisionLabError)]


@pytest.mark.parametrize("kind", TREE)
def test_every_error_says_what_happened_and_what_to_do(kind):
    error = kind("The file is empty.", "Choose another one.")
    assert (error.problem, error.advice) == ("The file is empty.", "Choose another one.")
    assert str(error) == "The file is empty. Choose another one."


@pytest.mark.parametrize("kind", TREE)
def test_every_error_stands_in_the_tree_of_the_docstring(kind):
    assert kind.__name__ in (errors.__doc__ or "")


def test_a_setting_error_is_a_value_error_too():
    assert issubclass(errors.SettingError, ValueError)
