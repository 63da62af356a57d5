"""The lines that make Grad-CAM again."""

import contextlib
import io

import pytest

from core.attribution.methods import Method
from core.experiments.attribution import explain
from core.experiments.opened import open_photo
from core.images.samples import sample
from core.zoo.catalog import of
from core.zoo.model_card import Task
from ui.sections.attribution.snippet import grad_cam


@pytest.mark.parametrize("layer", ["features.12", "features.7"])
def test_the_lines_print_the_score_and_the_largest_value_of_the_map(layer):
    photo = sample("cat")
    opened = open_photo(photo, "lab-classifier")
    target = opened.guesses[0].index
    found = explain(opened, Method.GRAD_CAM, target, layer=layer)
    (card,) = [row for row in of(Task.CLASSIFY) if row.key == "lab-classifier"]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(grad_cam(photo, card, target, layer), {})
    told = dict(line.split(" = ") for line in printed.getvalue().splitlines())
    assert float(told["score"]) == pytest.approx(found.score, abs=1e-4)
    assert float(told["largest"]) == pytest.approx(found.map.max(), rel=1e-4)


@pytest.mark.parametrize("card", of(Task.CLASSIFY), ids=lambda row: row.key)
def test_every_classifier_has_lines_that_are_a_program(card):
    for layer in card.layers:
        compile(grad_cam(sample("cat"), card, 0, layer.name), "snippet", "exec")
