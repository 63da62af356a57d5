import torchvision

from core.zoo.catalog import card
from core.zoo.labels import labels


def test_imagenet_has_a_thousand_classes_in_the_order_of_the_logits():
    names = labels(card("squeezenet1_1"))
    assert len(names) == 1000
    assert names.index("Egyptian cat") == 285


def test_the_names_are_those_of_the_weights():
    weights = torchvision.models.SqueezeNet1_1_Weights.IMAGENET1K_V1
    assert list(labels(card("squeezenet1_1"))) == weights.meta["categories"]
