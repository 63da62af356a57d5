"""What the stepper is given."""

import numpy as np

from core.boxes.files import BoxTable
from ui.sections.nms import stage
from viz.colours import BOX_B


def named(*names: str) -> BoxTable:
    return BoxTable(np.tile([0.0, 0.0, 9.0, 9.0], (len(names), 1)), np.full(len(names), 0.5), names)


def test_no_class_wears_the_colour_of_what_is_removed():
    of = stage.colours(named(*(f"kind {place}" for place in range(9))))
    assert len(of) == 9
    assert BOX_B.colour not in of.values()


def test_classes_differ_while_there_are_colours():
    of = stage.colours(named("cat", "dog", "cat", "person"))
    assert set(of) == {"cat", "dog", "person"}
    assert len(set(of.values())) == 3
