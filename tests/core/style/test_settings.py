"""Settings of style transfer check themselves."""

from dataclasses import replace

import pytest

from core.errors import SettingError
from core.style.settings import MOST_STEPS, Colours, Optimiser, Start, StyleSettings

PLAIN = StyleSettings(content_layers={"a": 1.0}, style_layers={"a": 2.0, "b": 0.0})


@pytest.mark.parametrize(
    "wrong",
    [
        {"content": -1.0},
        {"style": float("nan")},
        {"total_variation": 1e9},
        {"rate": 1.1},
        {"steps": 0},
        {"steps": MOST_STEPS + 1},
        {"octaves": 0},
        {"octave_scale": 0.5},
        {"side": 10},
        {"seed": -1},
        {"style_scale": 0.0},
        {"mix": (1.0, -1.0)},
        {"mix": (0.0, 0.0)},
        {"style_layers": {"a": -1.0}},
        {"content_layers": {}, "style_layers": {}},
    ],
    ids=str,
)
def test_what_has_no_meaning_is_refused(wrong):
    with pytest.raises(SettingError):
        replace(PLAIN, **wrong)


def test_layers_are_named_once_in_order_and_those_of_weight_0_too():
    assert PLAIN.layers == ("a", "b")


def test_what_is_given_may_change_afterwards_and_the_settings_do_not():
    weights = {"a": 1.0}
    settings = replace(PLAIN, content_layers=weights)
    weights["a"] = 5.0
    assert dict(settings.content_layers) == {"a": 1.0}
    with pytest.raises(TypeError):
        settings.content_layers["a"] = 2.0


def test_shares_sum_to_1_and_an_empty_mix_is_even():
    assert PLAIN.shares(4) == (0.25,) * 4
    assert replace(PLAIN, mix=(1.0, 3.0)).shares(2) == (0.25, 0.75)
    with pytest.raises(SettingError, match="2 styles"):
        replace(PLAIN, mix=(1.0,)).shares(2)


def test_a_run_may_be_steered_but_not_begun_anew():
    assert PLAIN.steered(None) is PLAIN
    newer = replace(PLAIN, style=1.0, steps=7)
    assert PLAIN.steered(newer) is newer
    for other in ({"start": Start.NOISE}, {"seed": 1}, {"side": 100}, {"colours": Colours.LUMINANCE}):
        with pytest.raises(SettingError, match="must stay"):
            PLAIN.steered(replace(PLAIN, **other))


def test_pace_and_size_leave_the_loss_as_it_is_and_weights_do_not():
    assert PLAIN.same_loss(replace(PLAIN, rate=0.1, optimiser=Optimiser.LBFGS, steps=3, octaves=4))
    for other in ({"style": 2.0}, {"style_layers": {"a": 1.0}}, {"mix": (1.0,)}, {"total_variation": 0.0}):
        assert not PLAIN.same_loss(replace(PLAIN, **other))
