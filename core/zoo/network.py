"""A network that is ready for use: frozen, shared, with its card and the way from a photo to its input."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from core.errors import ModelError
from core.images.normalise import normalise, to_tensor
from core.images.photo import Photo
from core.images.resize import Placed, centre_crop, fit, letterbox, stretch
from core.networks.chain import Chain, Halves
from core.zoo.model_card import ModelCard, View


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """`module` is shared by all who ask for it: do not change it. `size` is the memory of its weights in bytes.

    The module is in eval mode, its weights ask for no gradient, and no activation writes in place.
    `module(preprocess(photo))` gives logits of shape (1, classes); of a segmenter (1, classes, h, w); of a grid head its
    raw output (1, channels, rows, cols), of one with several heads a tuple of these; of one that paints the painted
    picture (1, 3, h, w) in [0, 1]; of any other network without classes its last feature map.
    """

    module: nn.Module
    card: ModelCard
    device: torch.device
    size: int

    def place(self, photo: Photo) -> Placed:
        """The photo as large as this network takes it, in [0, 1], and where it lies there.

        A photo of exactly the input's size passes unchanged, also where other photos are made larger and cut: a picture
        that was made for this network is what it sees after it was saved and opened again.
        """
        return self.lay(to_tensor(photo.pixels, self.device))

    def lay(self, image: Float[Tensor, "1 3 h w"], size: int | None = None) -> Placed:
        """The same for a photo as a tensor in [0, 1]; with `size` as the longest side of the input in pixels.

        Raises:
            SettingError: `size` is less than 1.
        """
        side = size or self.card.resize
        if self.card.view is View.STRETCH:
            return stretch(image, height=side, width=side)
        if self.card.view is View.LETTERBOX:
            return letterbox(image, height=side, width=side)
        if self.card.crop is None:
            return fit(image, shortest=side, longest=size or self.card.longest)
        crop = size or self.card.crop
        fits = tuple(image.shape[2:]) == (crop, crop)
        return centre_crop(image, resize=crop if fits else self.card.resize * crop // self.card.crop, crop=crop)

    def preprocess(self, photo: Photo) -> Float[Tensor, "1 3 h w"]:
        """The photo as this network's input, prepared as torchvision's preset does, or as it was trained.

        But for three: photos more than twice as long as wide that are not cropped are made smaller than there, one of
        exactly the input's size is not made larger first, and what a detector makes smaller is smoothed.
        """
        return self.prepared(self.place(photo).image)

    def prepared(self, image: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b 3 h w"]:
        """A placed photo in [0, 1] as the input: normalised with the colours of ImageNet, where the network learned so."""
        return image if self.card.plain else normalise(image)

    def split(self, layer: str) -> Halves:
        """The network cut after `layer`: `head(trunk(x))` equals `module(x)` to the last bit.

        Raises:
            ModelError: there is no such layer, or the network does not run layer by layer.
        """
        if not isinstance(self.module, Chain):
            raise ModelError(f"{self.card.title} can't be cut in two.", "Choose a network that classifies.")
        return self.module.split(layer)


def ready(module: nn.Module, card: ModelCard, device: torch.device) -> Network:
    """`module` on `device`, with its size counted."""
    placed = module.to(device)
    tensors = (*placed.parameters(), *placed.buffers())
    return Network(placed, card, device, sum(tensor.nbytes for tensor in tensors))
