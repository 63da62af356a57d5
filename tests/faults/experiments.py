"""Every experiment that pages ask a network for, on light settings: what the faults of this folder are played on.

`CALLS` names each as `module.function` of `core.experiments`. What needs another answer first (an opened photo, a finished
attack) finds it in the `Scene`, which is made before the fault. `WITHOUT_NETWORK` names what pages call there besides;
`tests/faults/test_memory.py` compares both with what the code of the pages calls, so that a new experiment has to be entered.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from core.adversarial.settings import Attack, AttackSettings, Goal
from core.adversarial.survival_settings import Handling, Treatment
from core.adversarial.visualisation_settings import VisualisationSettings
from core.attribution.faithfulness import Kind
from core.attribution.methods import AttributionSettings, Method
from core.attribution.settings import BaselineSettings, IntegrationSettings
from core.boxes.settings import Labelled
from core.detection.detecting_settings import SeeSettings
from core.detection.learning_settings import OverfitSettings
from core.experiments import (
    adversarial,
    attribution,
    box_attack,
    candidates,
    detecting,
    fast_styling,
    fooling_trials,
    imagining,
    integration,
    learning,
    looking,
    models,
    opened,
    overfit,
    overview,
    regions,
    segmenting,
    strides,
    style_inside,
    style_layers,
    styling,
    survival,
    tangents,
    tile_looks,
    trust,
)
from core.experiments.aims import Aim, BoxAim
from core.images.photo import Photo
from core.images.samples import sample
from core.images.styles import style_picture
from core.segmentation.settings import SegmentSettings
from core.steps import Run
from core.style.settings import StyleSettings

UI = Path(__file__).parents[2] / "ui"
CLASSIFIER, DETECTOR, SEGMENTER, TRUNK, PAINTER = "lab-classifier", "lab-yolo", "lab-fcn", "lab-trunk", "paint-waves"

PGD = AttackSettings(attack=Attack.PGD_LINF, steps=2)
PATH = AttributionSettings(integration=IntegrationSettings(steps=4))
DREAM = VisualisationSettings(steps=2, octaves=1, jitter=0)
TILES = SegmentSettings(tile=256)


@dataclass(frozen=True, slots=True)
class Scene:
    """What was answered before a fault: the photo and its label, and the answers that others begin with."""

    photo: Photo
    opened: opened.Opened
    clean: adversarial.Clean
    boxes: box_attack.CleanBoxes
    explained: attribution.Explanation
    imagined: imagining.Imagined

    @property
    def target(self) -> int:
        """The class that the classifier names first."""
        return self.opened.guesses[0].index

    @property
    def aim(self) -> Aim:
        """Away from that class."""
        return Aim(Goal.AWAY, self.target)

    @property
    def box_aim(self) -> BoxAim:
        """The first thing that the detector finds."""
        return BoxAim(0, 0.05)


@cache
def scene() -> Scene:
    """The cat, answered."""
    photo = sample("cat")
    first = opened.open_photo(photo, CLASSIFIER)
    return Scene(
        photo,
        first,
        adversarial.clean(photo, CLASSIFIER),
        box_attack.boxes(photo, DETECTOR),
        attribution.explain(first, Method.GRADIENT, first.guesses[0].index),
        imagining.imagined(_subject(), DREAM),
    )


def drained(run: Run[Any]) -> object:
    """The last step of a run."""
    return deque(run, maxlen=1).pop()


def concluded(effort: Any) -> object:
    """The answer of an effort."""
    while (answer := effort.advance(0.0)) is None:
        pass
    return answer


RUNS: dict[str, Callable[[Scene], Run[Any]]] = {
    "adversarial.begin": lambda at: adversarial.begin(at.clean, at.aim, PGD),
    "box_attack.begin": lambda at: box_attack.begin(at.boxes, at.box_aim, PGD),
    "imagining.imagine": lambda at: imagining.imagine(_subject(), DREAM),
    "overfit.overfit": lambda at: overfit.overfit(at.photo, DETECTOR, _objects(at.photo), OverfitSettings(steps=2)),
    "segmenting.segmenting": lambda at: segmenting.segmenting(at.photo, SEGMENTER, TILES),
    "styling.paint": lambda at: styling.paint(_painted(at.photo), _painting()),
}
"""Those that are watched while they go on."""

CALLS: dict[str, Callable[[Scene], object]] = {
    "adversarial.clean": lambda at: adversarial.clean(at.photo, CLASSIFIER),
    "attribution.explain": lambda at: attribution.explain(at.opened, Method.GRADIENT, at.target),
    "box_attack.attacked": lambda at: box_attack.attacked(at.boxes, at.box_aim, PGD),
    "box_attack.boxes": lambda at: box_attack.boxes(at.photo, DETECTOR),
    "candidates.detected": lambda at: candidates.detected(at.photo, DETECTOR),
    "detecting.see": lambda at: detecting.see(at.photo, DETECTOR, SeeSettings()),
    "fast_styling.painted": lambda at: fast_styling.painted(at.photo, PAINTER, 128),
    "fooling_trials.at_epsilon": lambda at: concluded(fooling_trials.at_epsilon(at.clean, at.aim, PGD, 0.01)),
    "fooling_trials.least": lambda at: concluded(fooling_trials.least(at.clean, at.aim, PGD, 8)),
    "fooling_trials.trial": lambda at: concluded(fooling_trials.trial(at.clean, at.aim, PGD)),
    "fooling_trials.whole": lambda at: concluded(fooling_trials.whole(at.clean, at.aim, PGD)),
    "imagining.closing": lambda at: imagining.closing(_subject(), DREAM, at.imagined.canvas),
    "imagining.imagined": lambda at: imagining.imagined(_subject(), DREAM),
    "imagining.imagining": lambda at: concluded(imagining.imagining(_subject(), DREAM)),
    "integration.black_object": lambda at: integration.black_object(at.opened, at.target, PATH),
    "integration.gaps": lambda at: integration.gaps(at.opened, at.target, PATH, 4),
    "integration.walk": lambda at: integration.walk(at.opened, at.target, PATH),
    "learning.learning": lambda at: learning.learning(at.photo, DETECTOR, _objects(at.photo)),
    "looking.cover": lambda at: looking.cover(at.opened, at.target, abs(at.explained.map), 0.1, BaselineSettings()),
    "models.maps": lambda at: models.maps(at.photo, CLASSIFIER),
    "models.regions": lambda at: models.regions(at.photo, SEGMENTER),
    "models.things": lambda at: models.things(at.photo, DETECTOR),
    "opened.open_photo": lambda at: opened.open_photo(at.photo, CLASSIFIER),
    "overview.look": lambda at: overview.look(at.photo, CLASSIFIER),
    "regions.box_map": lambda at: regions.box_map(at.photo, 0, DETECTOR),
    "regions.region_map": lambda at: regions.region_map(at.photo),
    "segmenting.segment": lambda at: segmenting.segment(at.photo, SEGMENTER, TILES),
    "strides.strides": lambda at: strides.strides(at.photo),
    "style_inside.grams": lambda at: style_inside.grams(TRUNK, _layer(), _style(), at.photo),
    "style_inside.pair": lambda at: style_inside.pair(TRUNK, _layer(), (0, 1), _style(), at.photo),
    "style_inside.rebuilding": lambda at: concluded(style_inside.rebuilding(TRUNK, at.photo, _painting())),
    "styling.forecast": lambda at: styling.forecast(_painted(at.photo), _painting()),
    "styling.glimpse": lambda at: concluded(styling.glimpse(_painted(at.photo), _painting())),
    "survival.before_after": lambda at: survival.before_after(at.photo.pixels, at.photo.pixels[::-1], CLASSIFIER),
    "survival.survived": lambda at: survival.survived(at.photo.pixels, CLASSIFIER, Treatment(blur=1.0)),
    "survival.swept": lambda at: survival.swept(at.photo.pixels, CLASSIFIER, Handling.DEPTH),
    "survival.transferred": lambda at: survival.transferred(at.photo.pixels, at.photo.pixels[::-1], CLASSIFIER),
    "survival.verified": lambda at: survival.verified(survival.png(at.photo.pixels), CLASSIFIER),
    "tangents.tangent": lambda at: tangents.tangent(at.opened, at.target, AttributionSettings(), 1.0),
    "tile_looks.look_at": lambda at: tile_looks.look_at(at.photo, SEGMENTER, TILES, 0),
    "trust.fall": lambda at: trust.fall(at.opened, at.target, at.explained, Kind.DELETION),
    "trust.sanity": lambda at: trust.sanity(at.opened, at.target, Method.GRADIENT, AttributionSettings()),
    **{name: lambda at, begin=begin: drained(begin(at)) for name, begin in RUNS.items()},
}
"""What pages ask networks for."""

WITHOUT_NETWORK = frozenset(
    {
        *("aims.Aim", "aims.BoxAim", "aims.curve", "aims.drawn_class", "aims.least_likely", "aims.rivals"),
        *("anchors.descents", "anchors.measure"),
        *("assignment.anchors", "assignment.assign", "assignment.at_place", "assignment.offsets", "assignment.pick"),
        *("axioms.saturation", "box_attack.attacked_rows", "candidates.crowded", "candidates.random_boxes"),
        *("detecting.fate", "detecting.found", "fast_styling.side_seen", "frames.enlarged", "grading.grade"),
        *("imagining.Subject", "imagining.kept", "imagining.pictures", "inside.in_area", "inside.in_box"),
        *("judging_masks.judge", "judging_masks.known_truth", "judging_strides.judge_strides", "looking.magnitude"),
        *("mask_errors.boxed", "mask_errors.near_edge", "models.Found", "naming.alias", "naming.kind"),
        *("nms.curve", "nms.race", "nms.swept", "nms.why", "segmenting.as_seen", "segmenting.plan_of"),
        *("style_alone.content_alone", "style_alone.middle", "style_alone.style_alone"),
        *("style_layers.style_layers", "style_layers.usual_settings"),
        *("styling.Subject", "styling.kept", "survival.png"),
        *("transposing.bilinear", "transposing.enlarging", "transposing.reached", "transposing.transposing"),
        *("trust.pointed", "verdicts.Marked"),
    }
)
"""What they call there besides: numbers of numbers, settings, and what reads an answer again."""


def called() -> set[str]:
    """What the code of the pages calls of `core.experiments`, as `module.function`."""
    found: set[str] = set()
    for path in UI.rglob("*.py"):
        tree = ast.parse(path.read_text())
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        modules = {name.name for node in imports if node.module == "core.experiments" for name in node.names}
        functions = {
            name.name: f"{node.module.rpartition('.')[2]}.{name.name}"
            for node in imports
            if node.module and node.module.startswith("core.experiments.")
            for name in node.names
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            match node.func:
                case ast.Attribute(value=ast.Name(id=module), attr=name) if module in modules:
                    found.add(f"{module}.{name}")
                case ast.Name(id=name) if name in functions:
                    found.add(functions[name])
    return found


def _subject() -> imagining.Subject:
    return imagining.Subject(model=CLASSIFIER, side=64)


def _objects(photo: Photo) -> tuple[Labelled, ...]:
    return (Labelled("cat", (0.2 * photo.width, 0.2 * photo.height, 0.8 * photo.width, 0.8 * photo.height)),)


def _layer() -> str:
    return style_layers.style_layers(TRUNK).style[0]


def _style() -> Photo:
    return style_picture("waves")


def _painted(photo: Photo) -> styling.Subject:
    return styling.Subject(model=TRUNK, photo=photo, styles=(_style(),))


def _painting() -> StyleSettings:
    return replace(style_layers.usual_settings(TRUNK), side=64, steps=2, octaves=1)
