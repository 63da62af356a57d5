import numpy as np
import pytest
import torch
from PIL import Image

from core.images.normalise import normalise
from core.images.resize import centre_crop, stretch
from core.networks.lab_classes import CLASSES
from training.data import Example, Split, animals, read, things
from training.pictures import (
    EpochPictures,
    Variation,
    View,
    _before_another,
    random_seed,
    training_picture,
    validation_picture,
    view_of,
)


def epoch(drawn, **changes) -> EpochPictures:
    examples = [*things(drawn, Split.TRAIN), *animals(drawn, Split.TRAIN)]
    settings = {"side": 48, "seed": 3, "epoch": 1, **changes}
    return EpochPictures(examples, list(range(len(examples)))[::5], **settings)


@pytest.mark.parametrize("view", View)
def test_a_view_is_what_the_app_shows_the_network(view):
    photo = torch.randint(0, 256, (3, 100, 150), dtype=torch.uint8)
    image = photo[None] / 255
    expected = {
        View.CROP: centre_crop(image, resize=224, crop=224),
        View.INNER_CROP: centre_crop(image, resize=240, crop=224),
        View.STRETCH: stretch(image, height=224, width=224),
    }[view]
    assert torch.equal(view_of(photo, view, 224), normalise(expected.image))


def test_a_validation_picture_is_the_photo_or_the_window_around_its_object(drawn):
    photo, crop = things(drawn, Split.VALIDATION)[0], animals(drawn, Split.VALIDATION)[0]
    assert torch.equal(validation_picture(photo), read(photo.file))
    x1, y1 = (int(value) for value in crop.box[:2])
    cut = Example(crop.file, crop.label, (x1 + 10.0, y1 + 10.0, x1 + 50.0, y1 + 50.0))
    assert torch.equal(validation_picture(cut), read(crop.file)[:, y1 + 5 : y1 + 55, x1 + 5 : x1 + 55])


def test_a_picture_does_not_depend_on_what_was_drawn_before(drawn):
    pictures = epoch(drawn)
    alone, label = pictures[4]
    torch.rand(7)
    for index in range(5):
        again, label_again = pictures[index]
    assert torch.equal(alone, again)
    assert label == label_again


def test_a_later_start_goes_on_with_the_same_pictures(drawn):
    whole, rest = epoch(drawn), epoch(drawn, start=3)
    assert len(rest) == len(whole) - 3
    assert all(torch.equal(rest[index][0], whole[index + 3][0]) for index in range(len(rest)))


def test_pictures_change_with_epoch_and_seed(drawn):
    picture = epoch(drawn)[0][0]
    assert not torch.equal(picture, epoch(drawn, epoch=2)[0][0])
    assert not torch.equal(picture, epoch(drawn, seed=4)[0][0])


def test_drawing_a_picture_leaves_the_random_numbers_of_others_alone(drawn):
    state = torch.get_rng_state()
    epoch(drawn)[0]
    assert torch.equal(torch.get_rng_state(), state)


def test_training_pictures_are_square_and_normalised(drawn):
    for example in (*things(drawn, Split.TRAIN)[:3], *animals(drawn, Split.TRAIN)[:6]):
        picture = training_picture(example, 48)
        assert picture.shape == (3, 48, 48)
        assert picture.dtype == torch.float32
        assert picture.abs().max() < 3


def test_seeds_of_neighbours_differ():
    assert len({random_seed(a, b, c) for a in range(3) for b in range(3) for c in range(50)}) == 450


def test_only_the_colours_of_people_turn(tmp_path):
    """A red photo: without its hue turned, red stays the strongest channel of every picture but the few grey ones."""
    file = tmp_path / "red.png"
    Image.new("RGB", (120, 100), (200, 30, 30)).save(file)

    def red(label: int, hue: float) -> int:
        example = Example(file, label, (10.0, 10.0, 110.0, 90.0))
        strongest = []
        for seed in range(40):
            torch.manual_seed(seed)
            strongest.append(int(training_picture(example, 32, Variation(hue=hue)).mean(dim=(1, 2)).argmax()))
        return sum(channel == 0 for channel in strongest)

    person, dog = CLASSES.index("person"), CLASSES.index("dog")
    assert red(dog, 0.5) == red(dog, 0.0) == red(person, 0.0) >= 36
    assert red(person, 0.5) < 30


def test_blurred_pictures_have_softer_edges(tmp_path):
    file = tmp_path / "grid.png"
    grid = np.indices((100, 120)).sum(axis=0) // 4 % 2 * 255
    Image.fromarray(np.repeat(grid[..., None], 3, axis=2).astype(np.uint8)).save(file)
    example = Example(file, CLASSES.index("church"))

    def sharpness(blur: float) -> float:
        found = []
        for seed in range(20):
            torch.manual_seed(seed)
            found.append(training_picture(example, 64, Variation(blur=blur)).diff(dim=2).abs().mean().item())
        return sum(found) / len(found)

    assert sharpness(0.99) < 0.7 * sharpness(0.0)


def test_people_are_pasted_before_other_things(tmp_path):
    """A red person on a blue ground, before a green photo: no blue is left."""
    for folder in ("images", "masks"):
        (tmp_path / folder).mkdir()
    photo = Image.new("RGB", (120, 100), (20, 20, 220))
    photo.paste((220, 20, 20), (40, 20, 80, 90))
    photo.save(tmp_path / "images" / "a.png")
    mask = Image.new("L", (120, 100), 0)
    mask.paste(15, (40, 20, 80, 90))
    mask.save(tmp_path / "masks" / "a.png")
    Image.new("RGB", (60, 60), (20, 220, 20)).save(tmp_path / "green.png")
    person = Example(tmp_path / "images" / "a.png", CLASSES.index("person"), (40.0, 20.0, 80.0, 90.0))
    others = [person, Example(tmp_path / "green.png", CLASSES.index("church"))]
    photo = read(person.file)
    pasted = _before_another(photo, person, others)
    inside = torch.zeros(100, 120, dtype=torch.bool)
    inside[20:90, 40:80] = True
    assert torch.equal(pasted[:, inside], photo[:, inside])
    assert (pasted[:, ~inside].float().mean(dim=1).argmax()).item() == 1
    alone = _before_another(photo, person, [person])
    assert torch.equal(alone, photo), "nothing to paste them before"
    (tmp_path / "masks" / "a.png").unlink()
    assert torch.equal(_before_another(photo, person, others), photo), "nobody drew their outline"
