"""What became of each pixel of a segmentation. Torch-free."""

from __future__ import annotations

from core.options import Option


class Verdict(Option):
    """What became of a pixel."""

    RIGHT = ("right", "Right", "It is called what it is.")
    MISSED = ("missed", "Missed", "Something is there, and it is called background.")
    INVENTED = ("invented", "Invented", "It is background, and it is called something.")
    CONFUSED = ("confused", "Confused", "Something is there, and it is called something else.")


VERDICTS = tuple(Verdict)
