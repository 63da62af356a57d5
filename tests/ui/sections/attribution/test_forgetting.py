"""The sanity check in words, as curves and as pictures."""

from dataclasses import replace

import numpy as np
import torch

from core.attribution.methods import Method
from tests.ui.sections.attribution.trust_cases import checked
from ui.sections.attribution import forgetting
from ui.sections.attribution.forgetting import Likeness, empty, maps, number, reel, verdict

STAYS = checked(Method.GUIDED, 1.0, 0.9, 0.7)
PARTLY = checked(Method.GRADIENT, 1.0, 0.5, 0.3)
CHANGES = checked(Method.GRAD_CAM, 1.0, 0.1, -0.2)
VOID = checked(Method.DECONVNET, 1.0, 0.1, 0.0, empty=True)


def test_each_map_stayed_changed_in_part_changed_or_is_empty():
    said = verdict([STAYS, PARTLY, CHANGES, VOID])
    assert "**Guided backpropagation (0.90 halfway, 0.70 at the end) stayed much alike**" in said
    assert "**Gradient (0.50 halfway, 0.30 at the end) changed in part.**" in said
    assert "**Grad-CAM (0.10 halfway, −0.20 at the end) changed**: what was learned has a part in it." in said
    assert "**Deconvnet (0.10 halfway, 0.00 at the end): empty**" in said
    assert "counts as 0" in said


def test_a_map_that_changed_is_not_said_to_explain_the_picture():
    assert "picture" not in verdict([CHANGES])


def test_the_film_has_a_panel_and_a_curve_for_each_method_and_a_tick_for_each_stage():
    film = reel("test-forgetting", [STAYS, CHANGES], Likeness.RANKS)
    assert [panel.title for panel in film.panels] == ["Guided backpropagation", "Grad-CAM"]
    (chart,) = film.charts
    assert [one.values for one in chart.series] == [(1.0, 0.9, 0.7), (1.0, 0.1, -0.2)]
    assert [words for _, words in chart.x_ticks] == ["trained", "layer.1", "layer.2"]
    assert film.steps == ("trained", "down to layer.1", "down to layer.2")
    assert chart.y_range is not None
    assert chart.y_range[0] <= -0.2
    assert chart.y_range[1] == 1.0


def test_ssim_takes_the_place_of_the_ranks():
    (chart,) = reel("test-forgetting", [STAYS], Likeness.SSIM).charts
    assert chart.title == "SSIM"
    assert chart.series[0].values == (0.5, 0.45, 0.35)


def test_an_empty_map_is_called_empty_under_its_picture():
    notes = reel("test-forgetting", [VOID], Likeness.RANKS).panels[0].notes
    assert notes == ("rank correlation 1.00", "rank correlation 0.10", "empty")
    assert empty(VOID, -1)
    assert not empty(VOID, 0)


def test_maps_keep_their_shape_and_an_empty_one_is_of_one_colour():
    pictures = maps(VOID)
    assert pictures.shape == (3, 224, 149, 3)
    assert pictures.dtype == np.uint8
    assert len(np.unique(pictures[2].reshape(-1, 3), axis=0)) == 1


def test_a_signed_map_is_shown_in_red_and_blue_and_its_zero_is_pale():
    one = checked(Method.INTEGRATED_GRADIENTS, 1.0)
    values = torch.zeros(6, 4)
    values[0, 0], values[5, 3] = 1.0, -1.0
    (picture,) = maps(replace(one, steps=(replace(one.steps[0], map=values),)))
    red, pale, blue = picture[5, 5].tolist(), picture[112, 70].tolist(), picture[-5, -5].tolist()
    assert red[0] > red[2]
    assert blue[2] > blue[0]
    assert min(pale) > 230


def test_a_number_has_a_real_minus_and_no_minus_zero():
    assert (number(-0.154), number(-0.001)) == ("−0.15", "0.00")


def test_the_formula_has_the_number_of_values_and_the_correlation_of_the_last_stage():
    assert "n = 24" in forgetting.formula(CHANGES)
    assert r"\rho_\text{Grad-CAM} = -0.200" in forgetting.formula(CHANGES)
