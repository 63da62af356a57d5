"""The painting: references, laws, and settings that change on the way."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import torch

from core.errors import ModelError, SettingError
from core.steps import State, Stepper
from core.style.colour import luminance
from core.style.losses import gram
from core.style.settings import Colours, Optimiser, Start, StyleSettings
from core.style.steps import StyleStep
from core.style.transfer import transfer
from tests.core.style.small import SETTINGS, chain, network, picture


def run(settings: StyleSettings = SETTINGS, styles: tuple[int, ...] = (1,), **named) -> list[StyleStep]:
    return list(transfer(network(), picture(0), [picture(seed) for seed in styles], settings, **named))


def same(ours: StyleStep, theirs: StyleStep) -> bool:
    """To the last bit, but for what a run remembers."""
    return (
        torch.equal(ours.canvas, theirs.canvas)
        and torch.equal(ours.best.canvas, theirs.best.canvas)
        and (ours.index, ours.losses, ours.octave, ours.best.index, ours.best.total)
        == (theirs.index, theirs.losses, theirs.octave, theirs.best.index, theirs.best.total)
    )


@pytest.mark.parametrize("optimiser", Optimiser)
def test_content_alone_comes_back_from_noise(optimiser):
    settings = replace(SETTINGS, style=0.0, total_variation=0.0, start=Start.NOISE, steps=200, optimiser=optimiser)
    steps = run(settings)
    assert steps[-1].best.total < 0.05 * steps[0].losses.total


@pytest.mark.parametrize("optimiser", Optimiser)
def test_style_alone_comes_to_the_gram_matrices_from_noise(optimiser):
    settings = replace(SETTINGS, content=0.0, total_variation=0.0, start=Start.NOISE, steps=200, optimiser=optimiser)
    steps = run(settings)
    assert steps[-1].best.total < 0.05 * steps[0].losses.total
    net, wanted = network(), network()(picture(1), ("one", "two"))
    for name, found in net(steps[-1].best.canvas[None], ("one", "two")).items():
        far = (gram(found) - gram(wanted[name])).square().mean()
        begun = (gram(net(steps[0].canvas[None], (name,))[name]) - gram(wanted[name])).square().mean()
        assert far < 0.05 * begun


def test_the_first_step_is_the_start_and_the_last_has_the_number_of_updates():
    steps = run()
    assert [step.index for step in steps] == list(range(SETTINGS.steps + 1))
    assert torch.equal(steps[0].canvas, picture(0)[0])
    assert steps[0].losses.content == pytest.approx(0, abs=1e-8)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"style": 300.0}, 3),
        ({"style_layers": {"two": 1.0}}, 2),
        ({"content_layers": {"one": 1.0}}, 0),
        ({"rate": 0.2}, 4),
        ({"optimiser": Optimiser.LBFGS}, 3),
        ({"optimiser": Optimiser.ADAM, "total_variation": 50.0}, 5),
        ({"octaves": 1}, 1),
        ({"steps": 9}, 4),
        ({"mix": (1.0, 4.0)}, 3),
    ],
    ids=str,
)
@pytest.mark.parametrize("optimiser", Optimiser)
def test_a_change_on_the_way_is_a_run_resumed_from_there_with_it(optimiser, change, where):
    settings = replace(SETTINGS, octaves=2, octave_scale=1.4, optimiser=optimiser)
    newer = replace(settings, **change)
    content, styles = picture(0, 48, 64), [picture(1), picture(3)]
    going, steered = transfer(network(), content, styles, settings), []
    for _ in range(where):
        next(going)
    at = next(going)
    steered.append(going.send(newer))
    steered.extend(going)
    resumed = list(transfer(network(), content, styles, newer, after=at))
    assert len(steered) == newer.steps - where
    assert all(same(ours, theirs) for ours, theirs in zip(steered, resumed, strict=True))


def test_a_change_changes_the_very_next_update():
    plain = run()
    going = transfer(network(), picture(0), [picture(1)], SETTINGS)
    next(going)
    changed = going.send(replace(SETTINGS, style=0.0, content=0.0, total_variation=100.0))
    assert not torch.equal(changed.canvas, plain[1].canvas)
    assert changed.losses.total_variation < plain[1].losses.total_variation


def test_settings_that_say_the_same_cost_nothing_and_change_nothing():
    calls = []

    def gradient(*inputs):
        calls.append(1)
        return torch.autograd.grad(*inputs)

    going = transfer(network(), picture(0), [picture(1)], SETTINGS, gradient=gradient)
    steps = [next(going)]
    for _ in range(SETTINGS.steps):
        steps.append(going.send(replace(SETTINGS)))
    assert len(calls) == SETTINGS.steps
    assert all(same(ours, theirs) for ours, theirs in zip(steps, run(), strict=True))


def test_an_iteration_is_one_pass_each_way_and_the_last_picture_has_no_pass_back():
    passes, net, slopes = [], network(), []

    def features(pictures, names):
        passes.append(torch.is_grad_enabled())
        return net(pictures, names)

    def gradient(*inputs):
        slopes.append(1)
        return torch.autograd.grad(*inputs)

    list(transfer(features, picture(0), [picture(1)], SETTINGS, gradient=gradient))
    assert passes == [False, False, *[True] * SETTINGS.steps, False]
    assert len(slopes) == SETTINGS.steps


def test_the_best_picture_is_kept_while_the_run_gets_worse():
    steps = run(replace(SETTINGS, rate=1.0, steps=12, total_variation=0.0))
    totals = [step.losses.total for step in steps]
    assert steps[-1].best.total == min(totals) < totals[-1]
    assert torch.equal(steps[-1].best.canvas, steps[totals.index(min(totals))].canvas)


def test_with_other_weights_the_best_is_sought_anew():
    going = transfer(network(), picture(0), [picture(1)], SETTINGS)
    before = next(going).best.total
    heavier = going.send(replace(SETTINGS, total_variation=10_000.0))
    assert heavier.best.total > 10 * before


@pytest.mark.parametrize("index", [0, 2])
def test_a_loss_that_is_no_number_ends_the_run_in_words_and_the_best_is_still_there(index):
    net, calls = network(), []

    def failing(pictures, names):
        calls.append(1)
        found = net(pictures, names)
        return {name: maps * math.nan for name, maps in found.items()} if len(calls) > 2 + index else found

    stepper = Stepper(transfer(failing, picture(0), [picture(1)], SETTINGS))
    assert stepper.advance(60.0) is State.FAILED
    assert isinstance(stepper.error, ModelError)
    assert f"after {index} updates" in stepper.error.problem
    assert (stepper.newest is None) == (index == 0)
    if stepper.newest:
        assert math.isfinite(stepper.newest.best.total)


def test_it_grows_from_small_to_large_and_detail_of_the_photo_comes_back():
    content = picture(0, 96, 128)
    settings = replace(SETTINGS, octaves=3, octave_scale=1.4, steps=9, rate=0.0)
    steps = list(transfer(network(), content, [picture(1)], settings))
    assert [step.octave for step in steps] == [0, 0, 0, 1, 1, 1, 2, 2, 2, 2]
    assert steps[0].canvas.shape == (3, 49, 65)
    torch.testing.assert_close(steps[-1].canvas, content[0])


def test_noise_is_not_painted_in_again_where_the_picture_grows():
    content = torch.full((1, 3, 96, 128), 0.5)
    settings = replace(SETTINGS, octaves=2, steps=2, rate=0.0, start=Start.NOISE)
    first, *_, last = transfer(network(), content, [picture(1)], settings)
    assert last.canvas.std() < first.canvas.std()


def test_the_style_is_measured_at_the_size_of_the_painting():
    shapes, net = [], network()

    def features(pictures, names):
        shapes.append(tuple(pictures.shape[2:]))
        return net(pictures, names)

    settings = replace(SETTINGS, octaves=2, steps=2, style_scale=0.5)
    list(transfer(features, picture(0, 192, 256), [picture(1, 30, 20)], settings))
    assert shapes[:2] == [(96, 128), (64, 43)]
    assert (128, 85) in shapes


def test_a_style_stays_so_large_that_a_network_sees_it():
    shapes, net = [], network()
    list(
        transfer(
            lambda pictures, names: (shapes.append(tuple(pictures.shape[2:])), net(pictures, names))[1],
            picture(0, 96, 128),
            [picture(1, 10, 20)],
            replace(SETTINGS, octaves=2, steps=2, style_scale=0.5),
        )
    )
    assert shapes[:2] == [(48, 64), (32, 64)]


@pytest.mark.parametrize("start", Start)
def test_it_begins_with_what_was_chosen(start):
    settings = replace(SETTINGS, start=start, seed=3)
    first = run(settings)[0].canvas
    if start is Start.NOISE:
        assert first.std() == pytest.approx(1 / math.sqrt(12), abs=0.02)
        assert torch.equal(first, run(settings)[0].canvas)
        assert not torch.equal(first, run(replace(settings, seed=4))[0].canvas)
    else:
        assert torch.equal(first, picture(0 if start is Start.CONTENT else 1)[0])


def test_painting_brightness_alone_leaves_every_hue():
    photo = 0.4 + 0.2 * picture(0)
    style = 0.4 + 0.2 * picture(1)
    *_, last = transfer(network(), photo, [style], replace(SETTINGS, colours=Colours.LUMINANCE, rate=0.01))
    tint = photo - luminance(photo)
    torch.testing.assert_close(last.canvas[None] - luminance(last.canvas[None]), tint, atol=1e-4, rtol=0)
    assert last.losses.style < 10
    assert not torch.allclose(last.canvas, photo[0], atol=1e-3)


def test_matched_colours_are_those_of_the_photo_from_the_start():
    dark = 0.3 * picture(0)
    plain = next(transfer(network(), dark, [1 - 0.3 * picture(1)], SETTINGS))
    matched = next(transfer(network(), dark, [1 - 0.3 * picture(1)], replace(SETTINGS, colours=Colours.HISTOGRAM)))
    assert matched.losses.style < 0.5 * plain.losses.style


def test_what_would_be_another_run_is_refused():
    going = transfer(network(), picture(0), [picture(1)], SETTINGS)
    next(going)
    with pytest.raises(SettingError, match="seed must stay"):
        going.send(replace(SETTINGS, seed=1))
    with pytest.raises(SettingError, match="1 style"):
        next(transfer(network(), picture(0), [picture(1)], replace(SETTINGS, mix=(1.0, 1.0))))


def test_without_any_weight_the_picture_stays():
    *_, last = run(replace(SETTINGS, content=0.0, style=0.0, total_variation=0.0))
    assert torch.equal(last.canvas, picture(0)[0])


def test_leaves_nothing_behind_not_even_when_it_is_left_early():
    net, content = chain(), picture(0).requires_grad_()
    with torch.no_grad():
        going = transfer(lambda x, names: net.features(x, names), content, [picture(1)], SETTINGS)
        step = next(going)
        next(going)
        assert not torch.is_grad_enabled()
    going.close()
    assert torch.is_grad_enabled()
    assert content.grad is None
    assert not step.canvas.requires_grad
    assert not step.standing.canvas.requires_grad
    assert all(p.grad is None and not p.requires_grad for p in net.parameters())
    assert not any(m._forward_hooks or m._backward_hooks for m in net.modules())


def test_a_step_that_is_written_to_changes_no_other():
    going = transfer(network(), picture(0), [picture(1)], SETTINGS)
    next(going).canvas.zero_()
    assert torch.equal(next(going).canvas, run()[1].canvas)


@pytest.mark.parametrize("optimiser", Optimiser)
def test_more_updates_after_the_last_go_on_down(optimiser):
    short, long = (replace(SETTINGS, steps=steps, optimiser=optimiser) for steps in (4, 7))
    last = run(short)[-1]
    resumed = list(transfer(network(), picture(0), [picture(1)], long, after=last))
    assert [step.index for step in resumed] == [5, 6, 7]
    whole = run(long)
    assert all(same(ours, theirs) for ours, theirs in zip(resumed, whole[5:], strict=True))


def test_eight_threads_paint_what_one_paints():
    net = network()

    def last(seed: int) -> torch.Tensor:
        settings = replace(SETTINGS, start=Start.NOISE, seed=seed)
        *_, step = transfer(net, picture(0), [picture(1)], settings)
        return step.canvas

    alone = [last(seed) for seed in range(8)]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(last, range(8)))
    assert all(torch.equal(a, b) for a, b in zip(alone, together, strict=True))


@pytest.mark.parametrize("optimiser", Optimiser)
@pytest.mark.parametrize("colours", Colours)
def test_every_device_paints_as_the_cpu(device, optimiser, colours):
    settings = replace(SETTINGS, optimiser=optimiser, colours=colours, steps=4, start=Start.NOISE, rate=0.01)
    net = chain().to(device)

    def features(pictures, names):
        return net.features(pictures, names)

    there = list(transfer(features, picture(0).to(device), [picture(1).to(device)], settings))
    cpu = chain()
    here = list(transfer(lambda x, names: cpu.features(x, names), picture(0), [picture(1)], settings))
    for ours, theirs in zip(here, there, strict=True):
        assert theirs.canvas.device.type == "cpu"
        torch.testing.assert_close(theirs.canvas, ours.canvas, rtol=0, atol=5e-3)
        assert theirs.losses.total == pytest.approx(ours.losses.total, rel=0.02)
