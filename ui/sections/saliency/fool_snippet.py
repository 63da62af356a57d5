"""The lines that make the same attack with torch and torchvision alone, and print its label and its norms."""

from __future__ import annotations

from core.adversarial.settings import Attack, AttackSettings, Goal, Norm
from core.experiments.aims import Aim
from core.images.photo import Photo
from core.zoo.model_card import ModelCard
from ui.sections.models.snippet import loading, opening

_ROUNDED_L2 = """
def on_8_bits(picture):
    values, home = picture * 255, clean * 255
    nearest = values.round()
    if (nearest - home).norm() > {epsilon!r} * 255 + 1e-4:    # rounded up no more often than the ball allows
        side, least, most = (values - home).sign(), 0.5, 1.0
        nearest = inner = torch.where(side > 0, values.floor(), torch.where(side < 0, values.ceil(), values.round()))
        for _ in range(8):
            middle = (least + most) / 2
            levels = inner + side * ((values - inner).abs() >= middle)
            if (levels - home).norm() > {epsilon!r} * 255 + 1e-4:
                least = middle
            else:
                most, nearest = middle, levels
    return nearest / 255
"""
_ROUNDED = """
def on_8_bits(picture):
    return (picture * 255).round() / 255
"""


def attack(photo: Photo, card: ModelCard, aim: Aim, settings: AttackSettings) -> str:
    """Prints `label`, `probability`, `updates`, `levels` (L-infinity) and `L2` of the picture rounded to 8 bits."""
    return f"""import torch
from PIL import Image
from torch.nn.functional import cross_entropy
from torchvision.transforms.functional import to_tensor
{loading(card, photo)}
mean, std = (torch.tensor(values)[:, None, None] for values in (transforms.mean, transforms.std))


def f(pictures):
    return network((pictures - mean) / std)    # pictures in [0, 1]

{_reached(aim)}
{rounding(settings)}
{opening(photo)}
clean = ((transforms(to_tensor(photo))[None] * std + mean) * 255).round() / 255
{loop(settings, _update(aim, settings))}
with torch.no_grad():
    probabilities = f(adversarial)[0].softmax(dim=0)
print("label =", probabilities.argmax().item())
print("probability =", probabilities.max().item())
print("updates =", updates)
print("levels =", ((adversarial - clean).abs().max() * 255).item())
print("L2 =", (adversarial - clean).norm().item())
"""


def loop(settings: AttackSettings, update: str) -> str:
    """The lines from `clean` to `adversarial`, by `reached` and `on_8_bits`; those of `update` make the next `point`."""
    return f"""{_start(settings)}
for updates in range({settings.updates + 1}):
    shown = {_shown(settings)}
    with torch.no_grad():
        if won is None and reached(shown) and reached(on_8_bits(shown)):
            won = updates
    if updates == {settings.updates} or (won is not None and updates >= won + {settings.steps_after}):
        break
{update}

adversarial = on_8_bits(shown)"""


def _reached(aim: Aim) -> str:
    sign = "==" if aim.goal is Goal.TOWARDS else "!="
    return f"""
def reached(picture):
    return f(picture).argmax().item() {sign} {aim.label}
"""


def rounding(settings: AttackSettings) -> str:
    """The lines of `on_8_bits`, which rounds without leaving the ball."""
    l2 = settings.ball.norm is Norm.L2
    return _ROUNDED_L2.format(epsilon=settings.epsilon) if l2 else _ROUNDED


def _start(settings: AttackSettings) -> str:
    if not settings.starts_at_random:
        return "point, won = clean.clone(), None"
    drawn = f"random = torch.Generator().manual_seed({settings.seed})"
    if settings.ball.norm is Norm.LINF:
        moved = f"change = (torch.rand(clean.shape, generator=random) * 2 - 1) * {settings.epsilon!r}"
        return f"{drawn}\n{moved}\npoint, won = {_inside(settings, 'clean + change')}, None"
    return f"""{drawn}
change = torch.randn(clean.shape, generator=random)
share = torch.rand((), generator=random) ** (1 / clean.numel())
change = change * ({settings.epsilon!r} * share / change.norm())
point, won = (clean + change).clamp(0, 1), None"""


def _shown(settings: AttackSettings) -> str:
    point = "(clean + 1.02 * (point - clean)).clamp(0, 1)" if settings.attack is Attack.DEEPFOOL else "point"
    if settings.attack is Attack.DEEPFOOL and settings.epsilon is not None:
        point = _inside(settings, "clean + 1.02 * (point - clean)")
    if settings.starts_at_random:
        point = "(point if updates else clean)"
    return f"on_8_bits({point})" if settings.round_inside else point


def _inside(settings: AttackSettings, picture: str) -> str:
    """`picture` brought back into the ball and into [0, 1]."""
    if settings.epsilon is None:
        return f"({picture}).clamp(0, 1)"
    return f"({picture}).clamp(clean - {settings.epsilon!r}, clean + {settings.epsilon!r}).clamp(0, 1)"


def _update(aim: Aim, settings: AttackSettings) -> str:
    """The lines of one update of `point`."""
    if settings.attack is Attack.DEEPFOOL:
        return _deepfool(aim, settings)
    sign = "" if aim.goal is Goal.TOWARDS else "-"
    if settings.attack is Attack.COURSE:
        return climbing(settings, f"{sign}f(leaf)[0, {aim.label}]")
    return climbing(settings, f"{'' if sign else '-'}cross_entropy(f(leaf), torch.tensor([{aim.label}]))")


def climbing(settings: AttackSettings, raised: str) -> str:
    """The lines of one update of `point` along the slope of `raised`, a number of `leaf`."""
    leaf = "on_8_bits(point)" if settings.round_inside else "point"
    step = "slope.sign()" if settings.attack in (Attack.FGSM, Attack.PGD_LINF) else "slope / slope.norm()"
    moved = f"point + {settings.stride!r} * {step}"
    if settings.ball.norm is Norm.L2:
        back = f"""    change = {moved} - clean
    length = change.norm().item()
    point = (clean + change * ({settings.epsilon!r} / length if length > {settings.epsilon!r} else 1)).clamp(0, 1)"""
    else:
        back = f"    point = {_inside(settings, moved)}"
    return f"""    leaf = {leaf}.detach().requires_grad_()
    (slope,) = torch.autograd.grad({raised}, leaf)
    if not slope.any():
        break    # nothing would ever move
{back}"""


def _deepfool(aim: Aim, settings: AttackSettings) -> str:
    return f"""    with torch.no_grad():
        there = reached(shown)
    if there:
        change = 0.25 * (point - clean)    # longer, until it survives rounding
    else:
        leaf = point.detach().requires_grad_()
        scores = f(leaf)[0]
        ways = []
        likely = scores.topk(min(10, len(scores))).indices.tolist()
        for rival in [one for one in likely if one != {aim.label}][:9]:
            (w,) = torch.autograd.grad(scores[rival] - scores[{aim.label}], leaf, retain_graph=True)
            if w.any():
                ways.append((abs((scores[rival] - scores[{aim.label}]).item()) / w.norm().item(), w / w.norm()))
        distance, way = min(ways, key=lambda one: one[0], default=(0.0, torch.zeros_like(point)))
        change = distance * way
    if not change.any():
        break    # nothing would ever move
    point = {_inside(settings, "point + change")}"""
