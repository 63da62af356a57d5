"""Rows of the catalogue: networks that name what is on a photo. Torch-free."""

from __future__ import annotations

from core.networks.lab_classes import CLASSES
from core.zoo.model_card import Layer, ModelCard, Source, Task

HOST = "download.pytorch.org"
IMAGENET = "BSD 3-Clause with torchvision; trained on ImageNet, whose pictures are for non-commercial research"
SIMONYAN = (
    "Simonyan and Zisserman, Very Deep Convolutional Networks for Large-Scale Image Recognition, 2014, arXiv:1409.1556"
)

LAB_FILE = "lab-classifier.safetensors"
LAB_SIZE = 1_465_862
LAB_DIGEST = "7eeff6fbde6cba02e453d54eda009b213521329d5eb23389697628850713c9cd"

LAB = ModelCard(
    key="lab-classifier",
    title="Lab classifier",
    task=Task.CLASSIFY,
    source=Source.BUNDLED,
    builder="core.networks.lab_classifier:lab_classifier_chain",
    file=LAB_FILE,
    size=LAB_SIZE,
    digest=LAB_DIGEST,
    class_count=15,
    names=CLASSES,
    resize=240,
    crop=224,
    parameters=730_191,
    score="94.0 % of Imagenette's validation photos, 83.7 % of animals and people cut out of VOC",
    licence=(
        "MIT with Vision Lab; begun with torchvision's SqueezeNet 1.1 (BSD 3-Clause) and trained on pictures of "
        "ImageNet, which are for non-commercial research, and of PASCAL VOC, under Flickr's terms of use"
    ),
    citation=(
        "Iandola et al., SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size, "
        "2016, arXiv:1602.07360; the head is that of Zhou et al., Learning Deep Features for Discriminative "
        "Localization, 2015, arXiv:1512.04150"
    ),
    layers=(
        Layer("features.12", "512 maps of 14 × 14, one cell for every 16 pixels: objects and their parts"),
        Layer("features.7", "256 maps of 28 × 28, one cell for every 8 pixels: patterns and small parts"),
        Layer("features.4", "128 maps of 56 × 56, one cell for every 4 pixels: corners and textures"),
    ),
)
"""The classifier that ships with the lab."""

SQUEEZENET = ModelCard(
    key="squeezenet1_1",
    title="SqueezeNet 1.1",
    task=Task.CLASSIFY,
    source=Source.TORCHVISION,
    builder="core.networks.squeezenet:squeezenet_1_1",
    file="squeezenet1_1-b8a52dc0.pth",
    size=4_958_716,
    digest="b8a52dc0",
    host=HOST,
    entry="SqueezeNet1_1_Weights.IMAGENET1K_V1",
    class_count=1000,
    resize=256,
    crop=224,
    parameters=1_235_496,
    score="58.2 % of ImageNet's validation photos",
    licence=IMAGENET,
    citation=(
        "Iandola et al., SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size, "
        "2016, arXiv:1602.07360"
    ),
    layers=(
        Layer("features.12", "512 maps of 13 × 13, one cell for every 16 pixels: objects and their parts"),
        Layer("features.7", "256 maps of 27 × 27, one cell for every 8 pixels: patterns and small parts"),
        Layer("features.4", "128 maps of 55 × 55, one cell for every 4 pixels: corners and textures"),
    ),
)
"""The smallest of torchvision's classifiers."""

MOBILENET = ModelCard(
    key="mobilenet_v3_large",
    title="MobileNetV3 Large",
    task=Task.CLASSIFY,
    source=Source.TORCHVISION,
    builder="core.networks.classifiers:mobilenet_v3_large",
    file="mobilenet_v3_large-8738ca79.pth",
    size=22_139_634,
    digest="8738ca79",
    host=HOST,
    entry="MobileNet_V3_Large_Weights.IMAGENET1K_V1",
    class_count=1000,
    resize=256,
    crop=224,
    parameters=5_483_032,
    score="74.0 % of ImageNet's validation photos",
    licence=IMAGENET,
    citation="Howard et al., Searching for MobileNetV3, 2019, arXiv:1905.02244",
    layers=(
        Layer("features.16", "960 maps of 7 × 7, one cell for every 32 pixels: whole objects"),
        Layer("features.12", "112 maps of 14 × 14, one cell for every 16 pixels: objects and their parts"),
        Layer("features.6", "40 maps of 28 × 28, one cell for every 8 pixels: patterns and small parts"),
    ),
)
"""Made for telephones."""

RESNET = ModelCard(
    key="resnet50",
    title="ResNet-50",
    task=Task.CLASSIFY,
    source=Source.TORCHVISION,
    builder="core.networks.classifiers:resnet50",
    file="resnet50-0676ba61.pth",
    size=102_530_810,
    digest="0676ba61",
    host=HOST,
    entry="ResNet50_Weights.IMAGENET1K_V1",
    class_count=1000,
    resize=256,
    crop=224,
    parameters=25_557_032,
    score="76.1 % of ImageNet's validation photos",
    licence=IMAGENET,
    citation="He et al., Deep Residual Learning for Image Recognition, 2015, arXiv:1512.03385",
    layers=(
        Layer("layer4.2", "2,048 maps of 7 × 7, one cell for every 32 pixels: whole objects"),
        Layer("layer3.5", "1,024 maps of 14 × 14, one cell for every 16 pixels: objects and their parts"),
        Layer("layer2.3", "512 maps of 28 × 28, one cell for every 8 pixels: patterns and small parts"),
        Layer("layer1.2", "256 maps of 56 × 56, one cell for every 4 pixels: corners and textures"),
    ),
)
"""Each block adds to the maps it is given."""

DENSENET = ModelCard(
    key="densenet121",
    title="DenseNet-121",
    task=Task.CLASSIFY,
    source=Source.TORCHVISION,
    builder="core.networks.classifiers:densenet121",
    file="densenet121-a639ec97.pth",
    size=32_343_327,
    digest="a639ec97",
    host=HOST,
    entry="DenseNet121_Weights.IMAGENET1K_V1",
    class_count=1000,
    resize=256,
    crop=224,
    parameters=7_978_856,
    score="74.4 % of ImageNet's validation photos",
    licence=IMAGENET,
    citation="Huang et al., Densely Connected Convolutional Networks, 2016, arXiv:1608.06993",
    layers=(
        Layer("features.norm5", "1,024 maps of 7 × 7, one cell for every 32 pixels: whole objects"),
        Layer("features.denseblock3", "1,024 maps of 14 × 14, one cell for every 16 pixels: objects and their parts"),
        Layer("features.denseblock2", "512 maps of 28 × 28, one cell for every 8 pixels: patterns and small parts"),
        Layer("features.denseblock1", "256 maps of 56 × 56, one cell for every 4 pixels: corners and textures"),
    ),
)
"""Each layer of a block sees the maps of all layers before it."""

VGG = ModelCard(
    key="vgg16",
    title="VGG-16",
    task=Task.CLASSIFY,
    source=Source.TORCHVISION,
    builder="core.networks.classifiers:vgg16",
    file="vgg16-397923af.pth",
    size=553_434_218,
    digest="397923af",
    host=HOST,
    entry="VGG16_Weights.IMAGENET1K_V1",
    class_count=1000,
    resize=256,
    crop=224,
    parameters=138_357_544,
    score="71.6 % of ImageNet's validation photos",
    licence=IMAGENET,
    citation=SIMONYAN,
    layers=(
        Layer("features.30", "512 maps of 7 × 7, one cell for every 32 pixels: last pool, whole objects"),
        Layer("features.29", "512 maps of 14 × 14, one cell for every 16 pixels: ReLU of conv5_3, objects and parts"),
        Layer("features.22", "512 maps of 28 × 28, one cell for every 8 pixels: ReLU of conv4_3, patterns"),
        Layer("features.15", "256 maps of 56 × 56, one cell for every 4 pixels: ReLU of conv3_3, corners and textures"),
    ),
)
"""Convolutions of 3 x 3, and three fully connected layers that hold nine tenths of the weights."""

ROWS = (LAB, SQUEEZENET, MOBILENET, RESNET, DENSENET, VGG)
"""What ships with the lab comes first."""
