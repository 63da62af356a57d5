"""A network that is ready for use: frozen, shared, with its card and the way from a photo to its input."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor, nn

from core.errors import ModelError
from core.images.normalise import normalise, to_tensor
from core.images.photo import Photo
from core.images.resize import Placed, centre_crop, fit, stretch
from core.networks.chain import Chain, Halves
from core.zoo.model_card import ModelCard, View


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """`module` is shared by all who ask for it: do not change it. `size` is the memory of its weights in bytes.

    The module is in eval mode, its weights ask for no gradient, and no activation writes in place.
    `module(preprocess(photo))` gives logits of shape (1, classes); of a segmenter (1, classes, h, w); of a grid head its
    raw output (1, channels, rows, cols); of a network without classes its last feature map.
    """

    module: nn.Module
    card: ModelCard
    device: torch.device
    size: int

    def place(self, photo: Photo) -> Placed:
        """The photo as large as this network takes it, in [0, 1], and where it lies there."""
        image = to_tensor(photo.pixels, self.device)
        if self.card.view is View.STRETCH:
            return stretch(image, height=self.card.resize, width=self.card.resize)
        if self.card.crop is None:
            return fit(image, shortest=self.card.resize, longest=self.card.longest)
        return centre_crop(image, resize=self.card.resize, crop=self.card.crop)

    def preprocess(self, photo: Photo) -> Float[Tensor, "1 3 h w"]:
        """The photo as this network's input, prepared as torchvision's preset does.

        But for photos more than twice as long as wide that are not cropped: they are made smaller than there.
        """
        return normalise(self.place(photo).image)

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
