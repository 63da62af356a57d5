"""Attribution: what a map costs beside the passes that it can't do without.

ResNet-50 with random weights and one picture of 224 x 224. Beside captum and pytorch-grad-cam, which write the graph of a whole
pass where the head's alone is needed, and beside the bare passes of the same batches, without anything summed or kept.
Denormal numbers are flushed for all: with random weights they would decide the times.
"""

from __future__ import annotations

import copy
import sys
import warnings
from collections.abc import Callable

import torch
from captum.attr import IntegratedGradients, LayerGradCam, NoiseTunnel, Saliency
from pytorch_grad_cam import GradCAM
from pytorch_grad_cam.utils.model_targets import ClassifierOutputTarget
from torch import Tensor, nn
from torchvision.models import resnet50 as torchvisions

from benchmarks.harness import Row, interleave, report
from core.attribution.grad_cam import explained, grad_cam, record
from core.attribution.integrated_gradients import integrated_gradients
from core.attribution.saliency import smooth_grad
from core.attribution.scores import scored, slopes
from core.attribution.settings import IntegrationSettings, Rule
from core.networks.chain import Halves
from core.networks.classifiers import resnet50

SIDE = 224
LAYER = "layer4.2"
TARGET, OTHER = 281, 207
STEPS, SAMPLES, CHUNK = 50, 20, 10
NOISE = 0.15
ROUNDS, LONG_ROUNDS = 21, 7


def networks() -> tuple[Halves, nn.Module]:
    """Ours cut in two, and torchvision's with the same weights, frozen alike."""
    torch.manual_seed(0)
    theirs = torchvisions().eval().requires_grad_(False)
    ours = resnet50(theirs.state_dict())
    return ours.split(LAYER), theirs


def grad_cams(halves: Halves, theirs: nn.Module, x: Tensor) -> list[Row]:
    """One class from the picture on, and a second class after it."""
    trunk, head = halves
    captum = LayerGradCam(theirs, theirs.layer4[-1])
    learning = copy.deepcopy(theirs).requires_grad_(
        True
    )  # as torchvision gives it; with frozen weights it finds no graph
    packed = GradCAM(model=learning, target_layers=[learning.layer4[-1]])

    def ours() -> Tensor:
        with torch.no_grad():
            features = trunk(x)
        return grad_cam(features, head, TARGET).map

    def bare() -> object:
        with torch.no_grad():
            features = trunk(x)
        leaf = features.requires_grad_()
        return torch.autograd.grad(head(leaf)[0, TARGET], leaf)

    def by_captum() -> Tensor:
        return captum.attribute(x, TARGET, relu_attributions=True)

    def by_packed() -> object:
        return packed(x, [ClassifierOutputTarget(TARGET)])

    agree(ours(), by_captum()[0, 0].detach())
    with torch.no_grad():
        recorded = record(trunk(x), head)

    def another() -> Tensor:
        return explained(recorded, lambda logits: logits[0, OTHER]).map

    agree(another(), captum.attribute(x, OTHER, relu_attributions=True)[0, 0].detach())
    what = "Grad-CAM, ResNet-50"
    return [
        Row(what, *interleave(ours, by_captum, rounds=ROUNDS), "captum LayerGradCam", 1.0),
        Row(what, *interleave(ours, bare, rounds=ROUNDS), "a bare forward and the head's backward pass", 1.05),
        Row(what, *interleave(ours, by_packed, rounds=ROUNDS), "pytorch-grad-cam GradCAM", 0.4),
        Row("Grad-CAM, a further class", *interleave(another, ours, rounds=ROUNDS), "Grad-CAM of the first", 0.15),
    ]


def on_the_pixels(halves: Halves, theirs: nn.Module, image: Tensor) -> list[Row]:
    """Integrated gradients and SmoothGrad, `CHUNK` pictures at a time for every contestant."""
    whole = nn.Sequential(*halves)
    score = scored(whole, TARGET)
    return [*integrated(score, theirs, image), *smoothed(score, theirs, image)]


def integrated(score: Callable[[Tensor], Tensor], theirs: nn.Module, image: Tensor) -> list[Row]:
    """From black, by Gauss and Legendre, who are captum's default as well."""
    settings, captum = IntegrationSettings(rule=Rule.GAUSS_LEGENDRE, steps=STEPS), IntegratedGradients(theirs)
    baseline = torch.zeros_like(image)

    def ours() -> Tensor:
        return integrated_gradients(score, image, baseline, settings, chunk=CHUNK).attribution

    def by_captum() -> Tensor:
        return captum.attribute(
            image[None], baseline[None], TARGET, n_steps=STEPS, method="gausslegendre", internal_batch_size=CHUNK
        )

    agree(ours(), by_captum()[0].float())
    what = f"integrated gradients, {STEPS} steps"
    ends = 2  # f(x) and f(x'), for the gap
    bare = passes(score, image, STEPS, ends)
    return [
        Row(what, *interleave(ours, by_captum, rounds=LONG_ROUNDS), "captum IntegratedGradients", 1.05),
        Row(what, *interleave(ours, bare, rounds=LONG_ROUNDS), "the bare passes", 1.1),
    ]


def smoothed(score: Callable[[Tensor], Tensor], theirs: nn.Module, image: Tensor) -> list[Row]:
    """With noise that is there already; captum draws its own, which is a small part of its time.

    Its Saliency of our noisy pictures is what both must agree with.
    """
    noise = torch.randn((SAMPLES, *image.shape), generator=torch.Generator().manual_seed(0)) * NOISE
    tunnel = NoiseTunnel(Saliency(theirs))

    def ours() -> Tensor:
        return smooth_grad(score, image, noise, chunk=CHUNK)

    def by_captum() -> Tensor:
        return tunnel.attribute(
            image[None],
            nt_type="smoothgrad",
            nt_samples=SAMPLES,
            nt_samples_batch_size=CHUNK,
            stdevs=NOISE,
            target=TARGET,
            abs=False,
        )

    agree(ours(), Saliency(theirs).attribute(image + noise, TARGET, abs=False).mean(dim=0))
    what = f"SmoothGrad, {SAMPLES} samples"
    return [
        Row(what, *interleave(ours, by_captum, rounds=LONG_ROUNDS), "captum NoiseTunnel(Saliency)", 1.05),
        Row(what, *interleave(ours, passes(score, image, SAMPLES, 0), rounds=LONG_ROUNDS), "the bare passes", 1.1),
    ]


def passes(score: Callable[[Tensor], Tensor], image: Tensor, count: int, ends: int) -> Callable[[], None]:
    """Forward and back for `count` copies of the picture, `CHUNK` at a time, and forward alone for `ends` more."""
    batch = image.expand(CHUNK, *image.shape).contiguous()

    def run() -> None:
        for _ in range(count // CHUNK):
            slopes(score, batch)
        if ends:
            with torch.no_grad():
                score(batch[:ends])

    return run


def agree(ours: Tensor, theirs: Tensor) -> None:
    """Stop where both differ by more than a hundredth of the largest value: in other batches a ReLU near 0 may tip.

    Raises:
        AssertionError: they do.
    """
    torch.testing.assert_close(ours, theirs, atol=1e-2 * float(theirs.abs().max()), rtol=0)


def main() -> None:
    """Check that all make the same maps, then time them."""
    warnings.simplefilter("ignore")  # captum and pytorch-grad-cam complain of their own ways
    torch.set_flush_denormal(True)
    halves, theirs = networks()
    x = torch.randn((1, 3, SIDE, SIDE), generator=torch.Generator().manual_seed(0))
    report([*grad_cams(halves, theirs, x), *on_the_pixels(halves, theirs, x[0])], sys.argv[1:])


if __name__ == "__main__":
    main()
