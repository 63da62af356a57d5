"""Answers of the lab's FCN to sample photos, each asked once."""

from __future__ import annotations

from functools import cache

from core.experiments.judging_masks import known_truth
from core.experiments.judging_strides import judge_strides
from core.experiments.strides import strides
from core.images.samples import sample
from ui.sections.segmenter.resolution_case import Case


@cache
def lab(key: str) -> Case:
    """What the view knows of a sample photo."""
    photo = sample(key)
    found, truth = strides(photo), known_truth(photo)
    return Case(photo, found, truth, None if truth is None else judge_strides(found, truth))
