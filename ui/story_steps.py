"""The seven steps of the story, in order: where each of them is, and why it comes after the one before."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step: where it is, and in one sentence why it comes after the one before. `part` is "" where a page has none."""

    name: str
    file: str
    part: str
    why: str
    icon: str

    @property
    def number(self) -> int:
        """Its place in the story, from 1."""
        return STEPS.index(self) + 1


DETECT = Step(
    name="Detect",
    file="pages/detector.py",
    part="Detect",
    why="Begin with what is on the photo, and where: a detector draws its boxes.",
    icon=":material/detection_and_zone:",
)
SUPPRESS = Step(
    name="Suppress",
    file="pages/nms.py",
    part="",
    why="Before these boxes there were many more: see how all but the best of each object went.",
    icon=":material/filter_none:",
)
SEGMENT = Step(
    name="Segment",
    file="pages/segmenter.py",
    part="Segment",
    why="A box holds more than its object: ask for the class of each pixel.",
    icon=":material/format_paint:",
)
EXPLAIN = Step(
    name="Explain",
    file="pages/attribution.py",
    part="Compare",
    why="Now it has a name. Ask which pixels that answer comes from.",
    icon=":material/center_focus_strong:",
)
ATTACK = Step(
    name="Attack",
    file="pages/saliency.py",
    part="Fool",
    why="The slope that explains the answer can be used against it: change the pixels until it is another.",
    icon=":material/bolt:",
)
AGAIN = Step(
    name="Explain again",
    file="pages/attribution.py",
    part="Compare",
    why="Ask for the same map of the attacked picture: where does the network look now?",
    icon=":material/center_focus_strong:",
)
STYLISE = Step(
    name="Stylise",
    file="pages/style.py",
    part="Paint",
    why="Last, your photo follows a painting instead of a class: the same slope, with another wish.",
    icon=":material/brush:",
)
STEPS = (DETECT, SUPPRESS, SEGMENT, EXPLAIN, ATTACK, AGAIN, STYLISE)
