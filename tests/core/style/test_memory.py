"""Memory known before a run: what grows with the picture, and the largest size that fits."""

import pytest
import torch

from core.errors import MemoryShortError
from core.style.memory import PICTURE, SHARE, Need, check, check_pixels, need
from core.style.settings import Optimiser
from core.style.transfer import transfer
from tests.core.style.small import SETTINGS, chain, network, picture

CPU = torch.device("cpu")
NEED = Need(kept=400.0, largest=100.0)


def test_what_is_kept_grows_with_the_area_and_weights_do_not_count():
    """ReLU and tanh keep their answers, a pool its input and 8 bytes of places, normalising nothing."""
    found = need(network(), ("two",), CPU)
    answers = 4 * 6 + 2 * 6 + 4 * 8 / 4
    assert found.kept >= answers
    assert found.kept < 4 * (answers + PICTURE)
    assert found.largest == pytest.approx(4 * 6, abs=4 * 6)


def test_a_deeper_layer_needs_more():
    assert need(network(), ("two",), CPU).kept > need(network(), ("one",), CPU).kept


def test_bytes_grow_with_the_area_and_with_what_is_remembered():
    assert NEED.bytes(200, 300, Optimiser.ADAM) == pytest.approx(6 * NEED.bytes(100, 100, Optimiser.ADAM), rel=1e-4)
    assert NEED.bytes(100, 100, Optimiser.LBFGS) > NEED.bytes(100, 100, Optimiser.ADAM)


@pytest.mark.parametrize("shape", [(300, 400), (400, 300), (320, 320), (100, 1600)])
@pytest.mark.parametrize("free", [5 * 10**7, 3 * 10**9])
def test_the_size_that_is_named_fits_and_the_next_does_not(shape, free):
    longest = NEED.longest(free, shape, Optimiser.ADAM)
    assert longest % 16 == 0
    for side, fits in ((longest, True), (longest + 16, False)):
        height, width = (side * one / max(shape) for one in shape)
        assert (height * width * NEED.bytes(1000, 1000, Optimiser.ADAM) / 10**6 <= SHARE * free) == fits


def test_a_size_above_the_budget_is_refused_with_the_largest_that_fits():
    free = NEED.bytes(300, 400, Optimiser.ADAM)
    with pytest.raises(MemoryShortError) as caught:
        check(NEED, free, 300, 400, Optimiser.ADAM)
    assert "400 × 300" in caught.value.problem
    assert f"at most {NEED.longest(free, (300, 400), Optimiser.ADAM)} pixels" in caught.value.advice
    check(NEED, round(free / SHARE) + 1, 300, 400, Optimiser.ADAM)


def test_where_nothing_fits_no_size_is_named():
    with pytest.raises(MemoryShortError) as caught:
        check(NEED, 1000, 300, 400, Optimiser.ADAM)
    assert "smaller network" in caught.value.advice


def test_a_number_of_bytes_for_each_pixel_is_refused_in_the_same_words():
    free = NEED.bytes(300, 400, Optimiser.ADAM)
    with pytest.raises(MemoryShortError) as ours:
        check_pixels(free / (300 * 400), free, 300, 400)
    with pytest.raises(MemoryShortError) as theirs:
        check(NEED, free, 300, 400, Optimiser.ADAM)
    assert str(ours.value) == str(theirs.value)
    check_pixels(SHARE * free / (300 * 400) * 0.99, free, 300, 400)


@pytest.mark.gpu
@pytest.mark.parametrize("optimiser", Optimiser)
def test_a_run_stays_within_what_was_foretold(optimiser):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    device, side = torch.device("cuda"), 512

    net = chain().to(device)

    def features(pictures, names):
        return net.features(pictures, names)

    foretold = need(features, SETTINGS.layers, device).bytes(side, side, optimiser)
    content = picture(0, side, side).to(device)
    torch.cuda.reset_peak_memory_stats()
    before = torch.cuda.memory_allocated()
    list(transfer(features, content, [content], SETTINGS))
    assert torch.cuda.max_memory_allocated() - before < 1.5 * foretold
