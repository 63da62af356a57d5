"""The lines that reproduce the sum and the gap of integrated gradients, with torch and torchvision alone."""

from __future__ import annotations

from core.attribution.settings import Baseline, BaselineSettings, IntegrationSettings, Measure, Rule
from core.images.photo import Photo
from core.zoo.model_card import ModelCard
from ui.sections.models.snippet import loading, opening

_NODES = {
    Rule.LEFT: "alphas = torch.arange({n}) / {n}\nweights = torch.full(({n},), 1 / {n})",
    Rule.RIGHT: "alphas = (torch.arange({n}) + 1) / {n}\nweights = torch.full(({n},), 1 / {n})",
    Rule.MIDPOINT: "alphas = (torch.arange({n}) + 0.5) / {n}\nweights = torch.full(({n},), 1 / {n})",
    Rule.TRAPEZOID: "alphas = torch.linspace(0, 1, {n})\nweights = torch.full(({n},), 1 / ({n} - 1))\nweights[[0, -1]] /= 2",
    Rule.GAUSS_LEGENDRE: (
        "points, shares = np.polynomial.legendre.leggauss({n})\n"
        "alphas, weights = torch.tensor((points + 1) / 2).float(), torch.tensor(shares / 2).float()"
    ),
}

_BLURRED = """def gaussian(size):
    places = torch.arange(size, dtype=torch.float64)
    weights = (-0.5 * ((places[:, None] - places) / {blur}) ** 2).exp()
    return (weights / weights.sum(dim=1, keepdim=True)).float()


baseline = gaussian(x.shape[2]) @ x @ gaussian(x.shape[3]).T"""


def integrated_gradients(
    photo: Photo,
    card: ModelCard,
    target: int,
    baseline: BaselineSettings,
    integration: IntegrationSettings,
    other: Photo | None,
    measure: Measure = Measure.SCORE,
) -> str:
    """Prints `sum`, `rise` and, where the score rises at all, `gap` for one class of a classifier on this photo."""
    legendre = "import numpy as np\n" if integration.rule is Rule.GAUSS_LEGENDRE else ""
    return f"""{legendre}import torch
from PIL import Image
from torchvision.transforms.functional import resize, to_tensor
{loading(card, photo)}
mean, std = (torch.tensor(values)[:, None, None] for values in (transforms.mean, transforms.std))


def seen(photo):
    return transforms(to_tensor(photo))[None] * std + mean    # what the network sees of it, in [0, 1]


def f(pictures):
    {answer(target, measure)}


{opening(photo)}
x = seen(photo)
{_baseline(baseline, other)}

{_NODES[integration.rule].format(n=integration.steps)}
attribution = torch.zeros_like(x)
for alpha, weight in zip(alphas, weights):
    picture = (baseline + alpha * (x - baseline)).requires_grad_()
    attribution += weight * torch.autograd.grad(f(picture).sum(), picture)[0]
attribution *= x - baseline

with torch.no_grad():
    rise = (f(x) - f(baseline)).item()
print("sum =", attribution.sum().item())
print("rise =", rise)
if rise:
    print("gap =", abs(attribution.sum().item() / rise - 1))
"""


def answer(target: int, measure: Measure) -> str:
    """The line that returns the number that is explained."""
    logits = "network((pictures - mean) / std)"
    match measure:
        case Measure.SCORE:
            return f"return {logits}[:, {target}]"
        case Measure.LOG_PROBABILITY:
            return f"return {logits}.log_softmax(dim=1)[:, {target}]"
        case Measure.CROSS_ENTROPY:
            return f"return -{logits}.log_softmax(dim=1)[:, {target}]"


def _baseline(settings: BaselineSettings, other: Photo | None) -> str:
    """The lines that make the picture `baseline` from `x`."""
    drawn = f"generator=torch.Generator().manual_seed({settings.seed})"
    match settings.kind:
        case Baseline.BLACK:
            return "baseline = torch.zeros_like(x)"
        case Baseline.WHITE:
            return "baseline = torch.ones_like(x)"
        case Baseline.BLURRED:
            return _BLURRED.format(blur=settings.blur)
        case Baseline.RANDOM_PIXELS:
            return f"baseline = torch.rand(x.shape[1:], {drawn})[None]"
        case Baseline.NOISY:
            return f"baseline = (x + {settings.noise} * torch.randn(x.shape[1:], {drawn})).clamp(0, 1)"
        case Baseline.MEAN_COLOUR:
            return "baseline = x.mean(dim=(2, 3), keepdim=True).expand_as(x)"
        case Baseline.COLOUR:
            return f"baseline = torch.tensor({settings.colour})[:, None, None].expand_as(x)"
        case Baseline.MEAN_PHOTO:
            return (
                'average = to_tensor(Image.open("assets/photos/mean_photo.png"))    # of Vision Lab\n'
                "baseline = resize(average, x.shape[2:], antialias=True)[None]"
            )
        case Baseline.PICTURE:
            assert other is not None  # the page always has one
            return f"{opening(other)}\nbaseline = seen(photo)"
