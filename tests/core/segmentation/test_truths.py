"""True classes of pixels: from objects and outlines, and what is refused."""

import subprocess
import sys

import numpy as np
import pytest

from core.errors import SettingError
from core.images.samples import sample
from core.segmentation.truths import TruthMask, of_objects, of_outline

MASK = np.array([[0, 1, 2], [3, 3, 0]], np.uint8)


def test_objects_of_one_label_are_one_class():
    truth = of_objects(MASK, ["star", "circle", "star"])
    assert truth.names == ("background", "star", "circle")
    assert truth.numbers.tolist() == [[0, 1, 2], [1, 1, 0]]


def test_a_drawn_scene_has_the_classes_of_its_shapes():
    scene = sample("crowd").truth
    truth = of_objects(scene.mask, scene.labels)
    for place, label in enumerate(scene.labels, start=1):
        assert {truth.names[number] for number in truth.numbers[scene.mask == place].tolist()} <= {label}
    assert (truth.numbers == 0).tolist() == (scene.mask == 0).tolist()


def test_an_outline_is_one_class_on_background():
    truth = of_outline("cat", np.array([[True, False]]))
    assert (truth.names, truth.numbers.tolist()) == (("background", "cat"), [[1, 0]])


def test_ignored_pixels_need_no_name():
    assert TruthMask(np.full((2, 2), 255, np.uint8), ("cat",)).numbers.min() == 255


def test_refusals_name_the_rule():
    with pytest.raises(SettingError, match="holds the number 3, and there are names from 0 to 1"):
        TruthMask(MASK.copy(), ("background", "cat"))
    with pytest.raises(SettingError, match="1 to 255 names, got 0"):
        TruthMask(MASK.copy(), ())
    with pytest.raises(SettingError, match="shows object 3, and there are 2 labels"):
        of_objects(MASK, ["star", "circle"])


def test_a_truth_can_not_be_changed():
    truth = of_objects(MASK, ["star", "circle", "star"])
    with pytest.raises(ValueError, match="read-only"):
        truth.numbers[0, 0] = 1


@pytest.mark.parametrize("module", ["truths", "mask_files", "areas", "hover"])
def test_what_the_shell_may_need_comes_without_torch(module):
    code = f"import sys, core.segmentation.{module}; print('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"
