"""From an example to the picture a network takes: varied for training, always the same for validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import Image
from torch import Tensor
from torch.utils.data import Dataset
from torchvision.transforms import v2

from core.images import imagenet
from core.images.normalise import normalise
from core.images.resize import centre_crop, stretch
from core.networks.lab_classifier import CLASSES
from training.crops import training_window, validation_window
from training.data import Example, read

PERSON = CLASSES.index("person")
VOC_PERSON = 15
"""The number of people in the masks of PASCAL VOC."""


class View(Enum):
    """How a photo of any shape becomes a square, as the app can do it (core.images.resize)."""

    CROP = "crop"  # the shortest side becomes the input's side, the middle is cut out
    INNER_CROP = "inner crop"  # the shortest side becomes 15/14 of it (240 for 224), then the same: the app's way
    STRETCH = "stretch"  # the whole photo, squeezed


def view_of(picture: UInt8[Tensor, "3 h w"], view: View, side: int) -> Float[Tensor, "1 3 side side"]:
    """A picture as the app shows it to the network: in [0, 1], `side` pixels square, normalised."""
    image = picture[None].float() / 255
    if view is View.STRETCH:
        return normalise(stretch(image, height=side, width=side).image)
    resize = side if view is View.CROP else side * 15 // 14
    return normalise(centre_crop(image, resize=resize, crop=side).image)


def validation_picture(example: Example) -> UInt8[Tensor, "3 h w"]:
    """The photo of an example, or the validation window around its object."""
    photo = read(example.file)
    if example.box is None:
        return photo
    x1, y1, x2, y2 = validation_window(example.box, width=photo.shape[2], height=photo.shape[1])
    return photo[:, y1:y2, x1:x2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Variation:
    """How much training pictures vary, beside being mirrored and seen in other light.

    Crops take `least_area` of the picture and more. The colours of people turn by up to `hue` of the colour circle. The
    part `blur` of all pictures is blurred. The part `pasted` of the pictures of people is cut out along their outline and
    pasted onto a photo of something else.
    """

    least_area: float = 0.4
    hue: float = 0.0
    blur: float = 0.0
    pasted: float = 0.0


@lru_cache(maxsize=8)
def augmentation(side: int, least_area: float, hue: float = 0.0, blur: float = 0.0) -> v2.Transform:
    """Random crops from `least_area` of the picture up, mirrored, in other light; some with a hole, some blurred."""
    blurred = [v2.RandomApply([v2.GaussianBlur(9, sigma=(0.3, 2.5))], p=blur)] if blur else []
    return v2.Compose(
        [
            v2.RandomResizedCrop(side, scale=(least_area, 1.0), ratio=(0.7, 1.43), antialias=True),
            v2.RandomHorizontalFlip(),
            v2.RandomApply([v2.ColorJitter(brightness=0.35, contrast=0.35, saturation=0.35, hue=hue)], p=0.6),
            v2.RandomGrayscale(p=0.05),
            *blurred,
            v2.ToDtype(torch.float32, scale=True),
            v2.Normalize(imagenet.MEAN, imagenet.STD),
            v2.RandomErasing(p=0.1, scale=(0.02, 0.15)),
        ]
    )


@dataclass(frozen=True, slots=True)
class EpochPictures(Dataset[tuple[Tensor, int]]):
    """The pictures of one epoch from `start` on, in `order` (indices of `examples`).

    Picture k depends on seed, epoch and k alone: not on what was drawn before, nor on the number of workers.
    """

    examples: Sequence[Example]
    order: Sequence[int]
    side: int
    seed: int
    epoch: int
    start: int = 0
    variation: Variation = Variation()

    def __len__(self) -> int:
        return len(self.order) - self.start

    def __getitem__(self, index: int) -> tuple[Float[Tensor, "3 side side"], int]:
        position = self.start + index
        example = self.examples[self.order[position]]
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(random_seed(self.seed, self.epoch, position))
            return training_picture(example, self.side, self.variation, self.examples), example.label


def training_picture(
    example: Example, side: int, variation: Variation | None = None, others: Sequence[Example] = ()
) -> Float[Tensor, "3 side side"]:
    """A varied picture of an example, drawn from torch's global random numbers. `others` may lie behind people."""
    how = variation or Variation()
    photo = read(example.file)
    if example.box is None:
        return augmentation(side, how.least_area, blur=how.blur)(photo)
    person = example.label == PERSON
    x1, y1, x2, y2 = training_window(
        example.box, width=photo.shape[2], height=photo.shape[1], upper=person, whole=example.whole
    )
    if person and how.pasted and torch.rand(()).item() < how.pasted:
        photo = _before_another(photo, example, others)
    least = min(1.0, how.least_area + 0.1)
    return augmentation(side, least, how.hue if person else 0.0, how.blur)(photo[:, y1:y2, x1:x2])


def _before_another(photo: UInt8[Tensor, "3 h w"], example: Example, others: Sequence[Example]) -> Tensor:
    """The people of a photo, cut out along their outlines, before one of the `others` that is a photo of a thing.

    Where nobody drew outlines, the photo as it is. Ghiasi et al., Simple Copy-Paste, 2021.
    """
    mask = (example.file.parents[1] / "masks" / example.file.name).with_suffix(".png")
    things = [other for other in others if other.box is None]
    if not mask.is_file() or not things:
        return photo
    with Image.open(mask) as image:
        people = torch.from_numpy(np.array(image) == VOC_PERSON)
    behind = read(things[int(torch.randint(len(things), ()))].file)
    height, width = photo.shape[1:]
    return torch.where(people, photo, v2.functional.resize(behind, [height, width], antialias=True))


def random_seed(*numbers: int) -> int:
    """One seed made of several numbers, so that neighbours have nothing in common."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> 1)
