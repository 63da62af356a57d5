"""From the names in the data sets to the classes of the lab's classifier."""

from __future__ import annotations

from dataclasses import dataclass

from core.networks.lab_classifier import CLASSES

ANIMALS = ("dog", "cat", "horse", "cow", "sheep")
"""The animals that are cut out of PASCAL VOC photos, by VOC's names, which are also ours."""

CUT_OUT = (*ANIMALS, "person")
"""Every class that is cut out of PASCAL VOC photos."""


@dataclass(frozen=True, slots=True)
class Folder:
    """One class of Imagenette: its name, its WordNet id, its index in ImageNet-1k, and the class it counts as."""

    name: str
    wordnet: str
    imagenet: int
    counts_as: str


FOLDERS = (
    Folder("tench", "n01440764", 0, "tench"),
    Folder("English springer", "n02102040", 217, "dog"),
    Folder("cassette player", "n02979186", 482, "cassette player"),
    Folder("chain saw", "n03000684", 491, "chain saw"),
    Folder("church", "n03028079", 497, "church"),
    Folder("French horn", "n03394916", 566, "French horn"),
    Folder("garbage truck", "n03417042", 569, "garbage truck"),
    Folder("gas pump", "n03425413", 571, "gas pump"),
    Folder("golf ball", "n03445777", 574, "golf ball"),
    Folder("parachute", "n03888257", 701, "parachute"),
)
"""The ten classes of Imagenette. A photo has the label of its folder, also where a person holds the fish."""


def label(name: str) -> int:
    """The index in `CLASSES` of a class, or of a folder of Imagenette by its name or its WordNet id.

    Raises:
        KeyError: there is no such class.
    """
    for folder in FOLDERS:
        if name in (folder.name, folder.wordnet):
            return CLASSES.index(folder.counts_as)
    if name not in CLASSES:
        raise KeyError(name)
    return CLASSES.index(name)
