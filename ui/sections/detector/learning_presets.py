"""The questions of the view, as pills."""

from __future__ import annotations

from core.boxes.settings import Labelled
from core.zoo.detectors import LAB_YOLO
from ui import cached
from ui.controls import Preset
from ui.sections.anchors import truths
from ui.sections.detector import learning_truths as taught
from ui.sections.detector.learning_case import HEAD
from ui.sections.detector.learning_focal import GAMMA

KEY = "lesson"
FIRST, GOLDEN, TWINS, EASY, STRANGER = (
    "This photo",
    "Golden example",
    "Two want one anchor",
    "Easy anchors",
    "A new class",
)
_COURSE = LAB_YOLO.title.removeprefix("Lab YOLO, ")


def presets() -> dict[str, Preset]:
    """A row for the pills."""
    return {
        FIRST: Preset(
            question="Drag a corner of the box. Which of the six things that its anchor should say are others now?",
            answer="All but the class. A corner changes the size, tw and th, and moves the middle too, tx and ty; and the "
            "confidence should be the IoU with the object, which is another as well. Move the whole box, and tw and th stay, "
            "until the middle of another cell is nearer: then another anchor has to learn it from scratch.",
        ),
        GOLDEN: Preset(
            question="The course's example: 500 × 333 px, box (156, 97, 351, 270). Which cell answers, which anchor, and what "
            "should its tx be?",
            answer="Cell [3, 3], 20.5 px away, and its anchor 2 of 3 × 3 cells, number 122 of 441, with an IoU of 0.7454. The "
            "object's centre is 3.5 px to the right of the anchor's, which is 214.3 px wide: tx = 3.5 / (0.1 · 214.3) = 0.163.",
            settings={HEAD: _COURSE, **_drawn("triangle", truths.of(cached.sample("triangle")))},
            photo="triangle",
        ),
        TWINS: Preset(
            question="A cat, and a dog box right in its middle, of the same size. The course's rule gives each its best anchor. "
            "Start the run below: what are the IoUs of both at its end?",
            answer="The dog's goes to nearly 1 and the cat's stays at 0. Both activate the same anchor, and it can say one box "
            "only; the later object gets it. With 14 × 14 cells many anchors learn, those of the cat and those of the dog are "
            "not the same, and both are found.",
            settings={
                HEAD: _COURSE,
                taught.KEY: "cat 60, 40, 360, 260; dog 70, 45, 350, 255",
                taught.PHOTO: cached.sample("cat").digest,
            },
            photo="cat",
            predict=True,
        ),
        EASY: Preset(
            question="One cat, 441 anchors. With plain cross-entropy, which share of the confidence loss do the anchors have "
            "that find nothing, and know it?",
            answer="About 70 %: each pays little, but there are more than 430 of them. With γ = 2 it is about 5 %, and the "
            "few that matter are heard.",
            settings={HEAD: _COURSE, GAMMA: 2.0, **_drawn("cat", taught.of(cached.sample("cat")))},
            photo="cat",
            predict=True,
        ),
        STRANGER: Preset(
            question="The network has no class for a cup. Can its head learn one from a single photo?",
            answer="Yes, this cup on this photo: within about 40 updates its IoU is above 0.9. It learned the photo by heart, "
            "and forgot all others on the way.",
            settings={HEAD: _COURSE, **_drawn("coffee", truths.of(cached.sample("coffee")))},
            photo="coffee",
        ),
    }


def _drawn(sample: str, objects: tuple[Labelled, ...]) -> dict[str, object]:
    """The objects of a sample, as they are."""
    return {taught.KEY: truths.written(objects), taught.PHOTO: cached.sample(sample).digest}
