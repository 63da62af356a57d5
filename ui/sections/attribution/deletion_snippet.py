"""The lines that reproduce the deletion curve of Grad-CAM, with torch and torchvision alone."""

from __future__ import annotations

from core.images import imagenet
from core.images.photo import Photo
from core.zoo.model_card import ModelCard
from ui.sections.attribution import snippet


def deletion(photo: Photo, card: ModelCard, target: int, layer: str, steps: int) -> str:
    """Prints the score of the class, the largest value of its map, and the area under its deletion curve."""
    return f"""{snippet.grad_cam(photo, card, target, layer)}
# deletion: the pixels that the map ranks first turn black
image = transforms(to_tensor(photo))[None]
large = torch.nn.functional.interpolate(cam[None, None].double(), image.shape[2:], mode="bilinear")[0, 0].float()
place = large.flatten().argsort(descending=True, stable=True).argsort().reshape(large.shape)
black = -torch.tensor({list(imagenet.MEAN)})[:, None, None] / torch.tensor({list(imagenet.STD)})[:, None, None]
shares, probabilities = [], []
for step in range({steps + 1}):
    count = round(step * place.numel() / {steps})
    with torch.no_grad():
        probability = network(torch.where(place < count, black, image)).softmax(dim=1)[0, {target}]
    shares.append(count / place.numel())
    probabilities.append(probability.item())
print("deletion AUC =", torch.trapezoid(torch.tensor(probabilities), torch.tensor(shares)).item())
"""
