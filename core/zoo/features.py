"""Rows of the catalogue: networks that make feature maps and name nothing. Torch-free."""

from __future__ import annotations

from dataclasses import replace

from core.zoo.classifiers import HOST, IMAGENET, LAB, SIMONYAN, SQUEEZENET
from core.zoo.model_card import Layer, ModelCard, Source, Task

LAB_TRUNK = replace(
    LAB,
    key="lab-trunk",
    title="Lab classifier's features",
    task=Task.FEATURES,
    builder="core.networks.lab_classifier:lab_trunk",
    class_count=0,
    names=(),
    parameters=722_496,
    score="No classes: feature maps that tell 15 classes apart",
    layers=(
        *LAB.layers,
        Layer("features.1", "64 maps of 112 × 112, one cell for every 2 pixels: edges and colours"),
    ),
)
"""The same file as the classifier's."""

SQUEEZENET_FEATURES = replace(
    SQUEEZENET,
    key="squeezenet1_1-features",
    title="SqueezeNet 1.1's features",
    task=Task.FEATURES,
    builder="core.networks.features:squeezenet_features",
    class_count=0,
    parameters=722_496,
    score="No classes: feature maps that tell ImageNet's 1,000 classes apart",
    layers=(
        *SQUEEZENET.layers,
        Layer("features.1", "64 maps of 111 × 111, one cell for every 2 pixels: edges and colours"),
    ),
)
"""The same file as the classifier's."""

VGG_FEATURES = ModelCard(
    key="vgg19",
    title="VGG-19's features",
    task=Task.FEATURES,
    source=Source.TORCHVISION,
    builder="core.networks.features:vgg19_features",
    file="vgg19-dcbb9e9d.pth",
    size=574_673_125,
    digest="dcbb9e9d",
    host=HOST,
    entry="VGG19_Weights.IMAGENET1K_V1",
    class_count=0,
    resize=256,
    crop=224,
    parameters=20_024_384,  # six sevenths of the file are the fully connected layers, which are not kept
    score="No classes: the feature maps in which Gatys et al., 2016, measure style and content",
    licence=IMAGENET,
    citation=(
        f"{SIMONYAN}; as features: Gatys et al., Image Style Transfer Using Convolutional Neural Networks, CVPR 2016"
    ),
    layers=(
        Layer("features.29", "512 maps of 14 × 14, one cell for every 16 pixels: relu5_1, style of the largest parts"),
        Layer("features.21", "512 maps of 28 × 28, one cell for every 8 pixels: conv4_2, the content"),
        Layer("features.20", "512 maps of 28 × 28, one cell for every 8 pixels: relu4_1, style of large parts"),
        Layer("features.11", "256 maps of 56 × 56, one cell for every 4 pixels: relu3_1, style of patterns"),
        Layer("features.6", "128 maps of 112 × 112, one cell for every 2 pixels: relu2_1, style of textures"),
        Layer("features.1", "64 maps of 224 × 224, one cell for every pixel: relu1_1, style of colours and edges"),
    ),
)
"""Layers as in Gatys et al., 2016, under torchvision's names. Style is read after the ReLU, content before it."""

ROWS = (LAB_TRUNK, SQUEEZENET_FEATURES, VGG_FEATURES)
"""What ships with the lab comes first."""
