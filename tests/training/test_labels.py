import pytest

from core.networks.lab_classifier import CLASSES
from training.labels import ANIMALS, CUT_OUT, FOLDERS, label


def test_a_folder_is_known_by_its_name_and_by_its_wordnet_id():
    assert all(label(folder.name) == label(folder.wordnet) for folder in FOLDERS)


def test_a_springer_is_a_dog_and_every_other_folder_is_itself():
    assert CLASSES[label("English springer")] == CLASSES[label("n02102040")] == "dog"
    assert all(folder.counts_as == folder.name for folder in FOLDERS if folder.name != "English springer")


def test_every_class_comes_from_somewhere_and_dogs_from_both():
    assert {folder.counts_as for folder in FOLDERS} | set(CUT_OUT) == set(CLASSES)
    assert {folder.counts_as for folder in FOLDERS} & set(CUT_OUT) == {"dog"}
    assert {*ANIMALS, "person"} == set(CUT_OUT)


def test_a_class_is_its_own_label():
    assert [label(name) for name in CLASSES] == list(range(15))


def test_a_name_nobody_knows_is_refused():
    with pytest.raises(KeyError):
        label("sofa")


@pytest.mark.weights
def test_the_indices_of_imagenet_are_torchvisions():
    from torchvision.models import SqueezeNet1_1_Weights

    names = SqueezeNet1_1_Weights.IMAGENET1K_V1.meta["categories"]
    theirs = {"chain saw": "chain saw", "gas pump": "gas pump"}
    for folder in FOLDERS:
        assert names[folder.imagenet].lower() == theirs.get(folder.name, folder.name).lower()
