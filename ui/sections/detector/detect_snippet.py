"""The lines that give the same boxes with torch and torchvision alone: the network, the thresholds and the suppression."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.boxes.files import BoxTable
from core.boxes.nms_settings import NmsSettings
from core.detection.detecting_settings import SeeSettings
from core.images.photo import Photo
from core.zoo.model_card import ModelCard, Source
from ui.sections.detector.detect_case import Case
from ui.sections.models import snippet as model_snippet
from ui.sections.nms import snippet as nms_snippet

_ANY = BoxTable(np.array([[0.0, 0.0, 1.0, 1.0]]), np.array([1.0]), ("any",))
_CELLS = {"lab-yolo": 32, "lab-yolo-14": 16}  # px of the input
_BEGINS = {Source.BUNDLED: "probability, label = scores.softmax", Source.DARKNET: "score, label = scores.max"}
"""Where the lines of the Models page begin to choose boxes: from there on they are those of this page."""

_LAB = """probability, label = scores.softmax(dim=0).max(dim=0)
score = (confidence.sigmoid() * probability).flatten()
label = label.expand(9, -1, -1).flatten()
boxes = boxes * torch.tensor([photo.width, photo.height] * 2) / {side}
"""

_DARKNET = """score, label = scores.max(dim=1)
sides = torch.tensor([photo.width, photo.height] * 2)
boxes = (boxes - torch.tensor([left, top] * 2)) * sides / torch.tensor([width, height] * 2)
boxes = torch.minimum(boxes.clamp(min=0), sides)
"""

_CHOSEN = """
# the candidates: sure enough{words}, and not beside the photo; the surest first
sure = (score >= {least}) & (boxes[:, 2:] > boxes[:, :2]).all(dim=1){wanted}
order = score.argsort(descending=True, stable=True)
order = order[sure[order]][:2000]
boxes, scores, labels = boxes[order].double(), score[order].double(), label[order]
"""

_PRINTED = """
for place, i in enumerate(kept[:{limit}], start=1):
    print(place, classes[labels[i]], "=", scores[i].item())
    print("   ", boxes[i].tolist())
"""

_OWN = """
from pathlib import Path
from core.zoo.own_darknet import OwnDarknet

network = OwnDarknet(*(Path(name).read_bytes() for name in ("your.cfg", "your.weights")))    # and "your.names"
"""

_CORE = """import numpy as np
from PIL import Image

from core.boxes.nms_settings import Method, NmsSettings    # of Vision Lab, as are the next two
from core.experiments.detecting import FindSettings, SeeSettings, found, see
from core.images.photo import from_pixels

{opening}
photo = from_pixels(np.asarray(photo), "photo")
{network}
seen = see(photo, network, {looked})
nms = NmsSettings(method=Method.{method}, per_class={per_class}, iou_threshold={iou}, sigma={sigma})
settings = FindSettings(confidence={confidence}, nms=nms, classes={classes}, limit={limit})
for place, one in enumerate(found(seen, (photo.height, photo.width), settings).things, start=1):
    print(place, one.label, "=", one.score)
    print("   ", list(one.box))
"""


def snippet(case: Case) -> str:
    """Prints `place class = score` for each thing on the photo, and below it the box.

    Tiles and networks whose files are a visitor's own are read by the lab's own core.
    """
    row = case.look.row
    if row is None or row.source not in _BEGINS or case.look.settings.tile is not None:
        return _by_core(case)
    return (
        _until_chosen(row, case.look.photo, case.look.settings)
        + _chosen(case)
        + (_race(case.settings.race) if case.found.raced.labels else "\nkept = []    # there are no candidates\n")
        + _PRINTED.format(limit=case.settings.limit)
    )


def _until_chosen(row: ModelCard, photo: Photo, settings: SeeSettings) -> str:
    """The lines of the Models page up to where they choose boxes, for an input of this size, and the reading of the score."""
    side = settings.size or row.resize
    text = model_snippet.detect(photo, replace(row, resize=side), 0)
    head = text[: text.index(_BEGINS[row.source])]
    head = head.replace("torchvision.ops import batched_nms", "torchvision.ops import batched_nms, box_iou, nms")
    if row.source is Source.DARKNET:
        return head + _DARKNET
    usual, cells = row.resize // _CELLS[row.key], side // _CELLS[row.key]  # as many cells as the larger input has
    for lines in ("torch.arange({})", "/ {}] * 2", "4, {0}, {0})"):
        head = head.replace(lines.format(usual), lines.format(cells))
    return head + _LAB.format(side=side)


def _chosen(case: Case) -> str:
    """The candidates, as `boxes`, `scores` and `labels`."""
    settings = case.settings
    wanted = [case.look.seen.names.index(name) for name in settings.classes]
    return _CHOSEN.format(
        least=settings.confidence,
        wanted=f" & torch.isin(label, torch.tensor({wanted}))" if wanted else "",
        words=", of the chosen classes" if wanted else "",
    )


def _race(settings: NmsSettings) -> str:
    """The lines of the NMS page that make `kept` of `boxes`, `scores` and `labels`."""
    text = nms_snippet.snippet(_ANY, settings)
    return text[text.index("dtype=torch.long)\n") + len("dtype=torch.long)\n") : text.index('\nprint("kept')]


def _by_core(case: Case) -> str:
    look, settings, row = case.look, case.settings, case.look.row
    return _CORE.format(
        opening=model_snippet.opening(look.photo),
        network=f"network = {row.key!r}" if row is not None else _OWN.strip(),
        looked=look.settings,
        confidence=settings.confidence,
        method=settings.nms.method.name,
        per_class=settings.nms.per_class,
        iou=settings.nms.iou_threshold,
        sigma=settings.nms.sigma,
        classes=settings.classes,
        limit=settings.limit,
    )
