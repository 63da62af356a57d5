import pytest
import torchvision

from core.zoo.labels import labels

SQUEEZENET = "SqueezeNet1_1_Weights.IMAGENET1K_V1"
LRASPP = "LRASPP_MobileNet_V3_Large_Weights.COCO_WITH_VOC_LABELS_V1"


def test_imagenet_has_a_thousand_classes_in_the_order_of_the_logits():
    names = labels(SQUEEZENET)
    assert len(names) == 1000
    assert names.index("Egyptian cat") == 285


def test_the_names_are_those_of_the_weights():
    weights = torchvision.models.SqueezeNet1_1_Weights.IMAGENET1K_V1
    assert list(labels(SQUEEZENET)) == weights.meta["categories"]


def test_the_background_is_written_as_a_word_and_nothing_else_is_changed():
    names = labels(LRASPP)
    weights = torchvision.models.segmentation.LRASPP_MobileNet_V3_Large_Weights.COCO_WITH_VOC_LABELS_V1
    assert names[0] == "background"
    assert list(names[1:]) == weights.meta["categories"][1:]
    assert len(names) == 21


def test_the_names_are_read_once():
    assert labels(SQUEEZENET) is labels(SQUEEZENET)


def test_weights_that_do_not_exist_are_an_error():
    with pytest.raises(ValueError, match="Nothing"):
        labels("Nothing_Weights.V1")
