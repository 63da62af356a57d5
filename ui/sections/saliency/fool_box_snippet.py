"""The lines that make the same attack on a box with torch and torchvision alone, and print what is found afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from core.adversarial.settings import Attack, AttackSettings
from core.images import imagenet
from core.images.photo import Photo
from core.zoo.model_card import ModelCard
from ui.sections.models import lab_snippet
from ui.sections.models.snippet import opening
from ui.sections.saliency.fool_snippet import climbing, loop, rounding


def attack(
    photo: Photo,
    card: ModelCard,
    settings: AttackSettings,
    *,
    label: int,
    rows: Sequence[int],
    threshold: float,
    least: float,
) -> str:
    """Prints `score`, `updates`, `levels` (L-infinity) and `L2` of the attacked picture, and the boxes found on it.

    Attacked is the best score of class `label` among the anchors `rows`, until it is below `threshold`; boxes are printed
    as `place class = score` from the score `least` on.
    """
    raised = "-f(leaf)" if settings.attack is Attack.COURSE else "-f(leaf).clamp_min(1e-37).log()"
    made = f"""{opening(photo)}
clean = (resize(to_tensor(photo), {[card.resize, card.resize]}, antialias=True)[None] * 255).round() / 255
rows = torch.tensor({list(rows)})    # the anchors of the box


def f(pictures):
    confidence, _, scores = network(normalize(pictures, {imagenet.MEAN}, {imagenet.STD}))[0].split([9, 4 * 9, {card.class_count}])
    return (confidence.sigmoid() * scores.softmax(dim=0)[{label}]).flatten()[rows].max()


def reached(picture):
    return f(picture).item() < {threshold!r}

{rounding(settings)}
{loop(settings, climbing(settings, raised))}
with torch.no_grad():
    print("score =", f(adversarial).item())
print("updates =", updates)
print("levels =", ((adversarial - clean).abs().max() * 255).item())
print("L2 =", (adversarial - clean).norm().item())

# what the detector finds now, in pixels of its own input
photo = Image.fromarray((adversarial[0] * 255).round().byte().permute(1, 2, 0).numpy())"""
    return lab_snippet.detect(card, made, least)
