"""What a painting is measured against: parts, weights, and several styles."""

from dataclasses import replace

import pytest
import torch

from core.errors import ModelError, SettingError
from core.style.losses import gram
from core.style.objective import targets
from tests.core.style.small import SETTINGS, network, picture


def measured(settings=SETTINGS, styles=(1,), canvas=2):
    net = network()
    aims = targets(net, picture(0), [picture(seed, 16, 16) for seed in styles], settings)
    return aims.measure(net, picture(canvas), settings)


def test_the_total_is_the_weighted_sum_of_its_parts():
    settings = replace(SETTINGS, content=2.0, style=3.0, total_variation=0.5, style_layers={"one": 1.0, "two": 3.0})
    found = measured(settings).losses
    assert found.total == pytest.approx(2 * found.content + 3 * found.style + 0.5 * found.total_variation, rel=1e-5)
    layers = found.style_layers
    assert found.style == pytest.approx(0.25 * layers["one"] + 0.75 * layers["two"], rel=1e-5)
    assert found.content == pytest.approx(found.content_layers["two"])


def test_the_photo_has_the_content_and_the_style_has_the_style():
    net = network()
    aims = targets(net, picture(0), [picture(1)], SETTINGS)
    assert aims.measure(net, picture(0), SETTINGS).losses.content == pytest.approx(0, abs=1e-10)
    assert aims.measure(net, picture(1), SETTINGS).losses.style == pytest.approx(0, abs=1e-10)


def test_a_part_or_a_layer_of_weight_0_is_measured_and_moves_nothing():
    some = replace(SETTINGS, style_layers={"one": 1.0, "two": 0.0}, content=0.0)
    plain = replace(SETTINGS, style_layers={"one": 1.0}, content=0.0)
    assert measured(some).losses.style_layers["two"] > 0
    assert measured(some).losses.content > 0
    assert measured(some).losses.total == pytest.approx(measured(plain).losses.total)


def test_without_any_weight_there_is_nothing_to_follow():
    nothing = measured(replace(SETTINGS, content=0.0, style=0.0, total_variation=0.0))
    assert nothing.losses.total == 0
    assert not nothing.total.requires_grad


def test_of_several_styles_only_those_with_a_share_count():
    one = measured(SETTINGS, styles=(3,)).losses
    of_two = measured(replace(SETTINGS, mix=(0.0, 2.0)), styles=(1, 3)).losses
    assert of_two.style == pytest.approx(one.style, rel=1e-5)
    even = measured(replace(SETTINGS, mix=()), styles=(1, 3)).losses
    assert even.style == pytest.approx(measured(replace(SETTINGS, mix=(7.0, 7.0)), styles=(1, 3)).losses.style)
    with pytest.raises(SettingError):
        measured(replace(SETTINGS, mix=(1.0,)), styles=(1, 3))


def test_one_channel_stands_for_three_alike():
    net, grey = network(), picture(0).mean(dim=1, keepdim=True)
    of_one = targets(net, grey, [grey], SETTINGS).measure(net, picture(2).mean(dim=1, keepdim=True), SETTINGS)
    three = grey.expand(-1, 3, -1, -1)
    of_three = targets(net, three, [three], SETTINGS)
    again = of_three.measure(net, picture(2).mean(dim=1, keepdim=True).expand(-1, 3, -1, -1), SETTINGS)
    assert of_one.losses.total == pytest.approx(again.losses.total, rel=1e-5)


def test_it_is_the_gram_matrix_of_the_layer_that_is_compared():
    net = network()
    aims = targets(net, picture(0), [picture(1)], SETTINGS)
    torch.testing.assert_close(aims.styles[0]["one"], gram(net(picture(1), ("one",))["one"]))


def test_a_layer_that_is_not_there_is_named():
    with pytest.raises(ModelError, match="three"):
        measured(replace(SETTINGS, style_layers={"three": 1.0}))


def test_a_loss_under_other_weights_is_what_would_have_been_measured():
    other = replace(SETTINGS, content=0.5, style=20.0, total_variation=3.0, style_layers={"one": 0.0, "two": 3.0})
    found, expected = measured(SETTINGS).losses.under(other), measured(other).losses
    assert found.total == pytest.approx(expected.total, rel=1e-5)
    assert found.style == pytest.approx(expected.style, rel=1e-5)
    assert found.content == pytest.approx(expected.content, rel=1e-5)
    assert measured(SETTINGS).losses.under(SETTINGS).total == pytest.approx(measured(SETTINGS).losses.total, rel=1e-5)


def test_a_part_without_any_weight_is_nothing_and_one_that_was_not_measured_stays():
    losses = measured(SETTINGS).losses
    assert losses.under(replace(SETTINGS, style_layers={"one": 0.0})).style == 0
    assert losses.under(replace(SETTINGS, content_layers={"elsewhere": 1.0})).content == losses.content
