import dataclasses
import subprocess
import sys

import pytest

from core.zoo.model_card import ConfigFile, Layer, ModelCard, Source, Task, View

TORCHVISIONS = ModelCard(
    key="small",
    title="Small",
    task=Task.CLASSIFY,
    source=Source.TORCHVISION,
    builder="module:function",
    file="small-0123abcd.pth",
    size=5 * 2**20 + 2**18,
    digest="0123abcd",
    host="example.org",
    entry="SqueezeNet1_1_Weights.IMAGENET1K_V1",
    class_count=1000,
    resize=256,
    crop=224,
    parameters=1,
    score="half of the photos",
    licence="MIT",
    citation="Somebody, 2016",
)
OURS = dataclasses.replace(TORCHVISIONS, source=Source.BUNDLED, host="", entry="", class_count=2, names=("cat", "dog"))


def test_what_the_lab_made_is_bundled():
    assert OURS.bundled
    assert not TORCHVISIONS.bundled


def test_the_size_is_given_in_megabytes_of_a_binary_million():
    assert TORCHVISIONS.megabytes == "5.2 MB"
    assert dataclasses.replace(OURS, size=0).megabytes == "0.0 MB"


def test_the_input_is_the_square_that_is_cut_out_or_else_the_shorter_side():
    assert OURS.input_size == "224 × 224 px"
    assert (
        dataclasses.replace(OURS, view=View.FIT, resize=520, crop=None).input_size
        == "520 px at the shorter side, at most 1040 px long"
    )
    assert dataclasses.replace(OURS, view=View.STRETCH, resize=96, crop=None).input_size == "96 × 96 px"


@pytest.mark.parametrize(
    ("view", "crop"), [(View.CROP, None), (View.FIT, 224), (View.STRETCH, 224), (View.LETTERBOX, 224)]
)
def test_only_a_view_that_cuts_has_a_crop(view, crop):
    with pytest.raises(ValueError, match="only a view that cuts"):
        dataclasses.replace(OURS, view=view, crop=crop)


def test_only_a_fitted_photo_has_no_square():
    assert OURS.side == 224
    assert dataclasses.replace(OURS, view=View.FIT, resize=520, crop=None).side is None
    for view in (View.STRETCH, View.LETTERBOX):
        assert dataclasses.replace(OURS, view=view, resize=96, crop=None).side == 96


def test_the_files_of_a_network_are_its_weights_and_the_config_that_they_need():
    assert TORCHVISIONS.files == ("small-0123abcd.pth",)
    config = ConfigFile("small.cfg", 10, "00", "https://weights.invalid/small.cfg")
    assert dataclasses.replace(TORCHVISIONS, config=config).files == ("small-0123abcd.pth", "small.cfg")


def test_classes_are_those_on_the_card_or_else_those_of_the_weights():
    assert OURS.classes == ("cat", "dog")
    assert TORCHVISIONS.classes[285] == "Egyptian cat"
    assert len(TORCHVISIONS.classes) == TORCHVISIONS.class_count


def test_a_network_without_classes_has_no_names_for_them():
    assert dataclasses.replace(TORCHVISIONS, task=Task.FEATURES, class_count=0).classes == ()


@pytest.mark.parametrize(("thing", "field"), [(OURS, "title"), (Layer("a", "edges"), "name")])
def test_cards_and_layers_cannot_be_changed(thing, field):
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(thing, field, "other")


def test_a_card_needs_no_torch_even_for_names_it_brings_along():
    script = """
import sys
from core.zoo.catalog import card
assert len(card("lab-classifier").classes) == 15
sys.exit("torch" in sys.modules or "torchvision" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
