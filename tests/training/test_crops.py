import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from training.crops import Annotated, covered, cut_out, training_window, validation_window
from training.labels import CUT_OUT

RIDER = Annotated("person", (50.0, 10.0, 110.0, 130.0))
HORSE = Annotated("horse", (20.0, 60.0, 220.0, 200.0))
sides = st.integers(60, 320)


@st.composite
def boxes(draw, width: int, height: int):
    x1, y1 = draw(st.floats(0, width - 2)), draw(st.floats(0, height - 2))
    return x1, y1, draw(st.floats(x1 + 1, width)), draw(st.floats(y1 + 1, height))


def test_small_objects_and_other_classes_are_left_out():
    small = Annotated("dog", (0.0, 0.0, 47.0, 200.0))
    large = Annotated("dog", (60.0, 0.0, 108.0, 200.0))
    assert cut_out([small, large, Annotated("sofa", (0.0, 0.0, 300.0, 200.0))], CUT_OUT) == [large]


def test_an_object_that_another_class_covers_is_left_out():
    """The rider is half in front of the horse, the horse shows mostly itself."""
    assert covered(RIDER.box, HORSE.box) == pytest.approx(70 / 120)
    assert cut_out([RIDER, HORSE], CUT_OUT) == [HORSE]


def test_an_object_that_its_own_kind_covers_stays():
    twin = Annotated("horse", (30.0, 60.0, 220.0, 200.0))
    assert cut_out([HORSE, twin], CUT_OUT) == [HORSE, twin]


def test_boxes_apart_cover_nothing():
    assert covered((0.0, 0.0, 10.0, 10.0), (10.0, 0.0, 20.0, 10.0)) == 0
    assert covered((0.0, 0.0, 10.0, 10.0), (-5.0, -5.0, 20.0, 20.0)) == 1


def test_a_validation_window_is_a_square_around_the_box():
    assert validation_window((100.0, 80.0, 140.0, 100.0), 320, 240) == (95, 65, 145, 115)


def test_a_validation_window_ends_where_the_photo_ends():
    assert validation_window((0.0, 0.0, 320.0, 240.0), 320, 240) == (0, 0, 320, 240)


@given(data=st.data(), width=sides, height=sides, upper=st.booleans(), whole=st.booleans(), seed=st.integers(0, 99))
def test_every_window_has_pixels_and_lies_on_the_photo(data, width, height, upper, whole, seed):
    box = data.draw(boxes(width, height))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        windows = [training_window(box, width, height, upper=upper, whole=whole), validation_window(box, width, height)]
    for x1, y1, x2, y2 in windows:
        assert 0 <= x1 < x2 <= width
        assert 0 <= y1 < y2 <= height


def test_training_windows_show_some_people_from_the_waist_up_and_some_photos_whole():
    box = (100.0, 10.0, 140.0, 230.0)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        windows = [training_window(box, 320, 240, upper=True, whole=True) for _ in range(400)]
    whole = sum(window == (0, 0, 320, 240) for window in windows)
    upper = sum(y2 < 150 for _, _, _, y2 in windows)
    assert 60 < whole < 140
    assert 100 < upper < 200
