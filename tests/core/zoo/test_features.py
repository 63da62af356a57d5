import torchvision

from core.zoo.classifiers import LAB, SQUEEZENET
from core.zoo.features import LAB_TRUNK, ROWS, SQUEEZENET_FEATURES, VGG_FEATURES
from core.zoo.model_card import Task


def test_every_row_gives_features_and_no_classes():
    assert all(row.task is Task.FEATURES and row.classes == () for row in ROWS)


def test_features_lie_in_the_file_of_their_classifier():
    assert (LAB_TRUNK.file, LAB_TRUNK.digest, LAB_TRUNK.size) == (LAB.file, LAB.digest, LAB.size)
    assert SQUEEZENET_FEATURES.file == SQUEEZENET.file
    assert LAB_TRUNK.layers[: len(LAB.layers)] == LAB.layers


def test_the_layers_of_gatys_are_found_by_counting_convolutions():
    """Their names count blocks between pools and convolutions in a block; torchvision counts modules."""
    names, block, convolution = {}, 1, 0
    layers = torchvision.models.vgg.make_layers(torchvision.models.vgg.cfgs["E"])
    for index, layer in enumerate(layers):
        kind = type(layer).__name__
        if kind == "MaxPool2d":
            block, convolution = block + 1, 0
            continue
        convolution += kind == "Conv2d"
        names[f"{'conv' if kind == 'Conv2d' else 'relu'}{block}_{convolution}"] = f"features.{index}"
    wanted = ("relu5_1", "conv4_2", "relu4_1", "relu3_1", "relu2_1", "relu1_1")
    assert [layer.name for layer in VGG_FEATURES.layers] == [names[name] for name in wanted]
    assert all(name in layer.meaning for name, layer in zip(wanted, VGG_FEATURES.layers, strict=True))
