"""Two names for one thing: what a file of objects calls so, and a network otherwise. Torch-free.

VOC's class list (2007) and COCO's as its annotations have it (2014) share 20 things and spell 6 of them differently; the
names that come with Darknet's weights for COCO are VOC's there.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.boxes.settings import kind_of

SAME = (
    ("aeroplane", "airplane"),
    ("motorbike", "motorcycle"),
    ("diningtable", "dining table"),
    ("pottedplant", "potted plant"),
    ("sofa", "couch"),
    ("tvmonitor", "tv"),
)
"""What VOC says, and what COCO says."""


def kind(label: str) -> str:
    """The class that somebody means: "Circle 2" is a circle, and letters are small."""
    return kind_of(label.lower())


def alias(label: str, names: Sequence[str]) -> str | None:
    """Which of `names` is another word for `label`, or the same but for spaces, capitals and a number; None for none."""
    words = {_bare(label), _bare(kind(label))}
    for pair in SAME:
        bare = {_bare(one) for one in pair}
        if words & bare:
            words |= bare
    return next((name for name in names if name != label and _bare(name) in words), None)


def _bare(word: str) -> str:
    return "".join(letter for letter in word.lower() if letter.isalnum())
