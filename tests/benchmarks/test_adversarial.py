"""What the benchmark of attacks compares and reckons; the browser's part is the benchmark itself."""

import pytest
import torch
from captum.robust import PGD
from torch import nn

from benchmarks import adversarial
from ui.live import PERIOD

pytestmark = pytest.mark.filterwarnings("ignore:Input Tensor 0 did not already require gradients:UserWarning")


class Linear(nn.Module):
    """A network small enough for a test, and its logits."""

    def __init__(self, sign: float) -> None:
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(0)
            self.last = nn.Linear(3 * 4 * 4, 300)
        self.last.weight.data.mul_(sign)
        self.requires_grad_(False)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        return self.last(pictures.flatten(1))


def captum(sign: float) -> PGD:
    return PGD(Linear(sign), nn.CrossEntropyLoss(reduction="none"), lower_bound=0.0, upper_bound=1.0)


def test_contestants_that_take_the_same_step_agree():
    x = torch.rand(1, 3, 4, 4, generator=torch.Generator().manual_seed(1))
    adversarial.agree(Linear(1.0), captum(1.0), x)


def test_contestants_that_go_different_ways_are_found_out():
    x = torch.rand(1, 3, 4, 4, generator=torch.Generator().manual_seed(1))
    with pytest.raises(AssertionError, match="of all values are the same after a step"):
        adversarial.agree(Linear(1.0), captum(-1.0), x)


def test_starts_are_medians_beside_a_second_and_frames_beside_the_tick():
    cold, warm, frame = adversarial.watched_rows([700.0, 900.0, 2000.0], [100.0, 300.0], [0.0, 200.0, 500.0, 750.0])
    assert (cold.ours, cold.ratio, cold.verdict) == (900.0, 0.9, "met")
    assert (warm.ours, warm.aim) == (200.0, 1.0)
    assert (frame.ours, frame.peer, frame.aim) == (250.0, 1e3 * PERIOD, None)
    assert "4.0 a second" in frame.what


def test_a_run_that_nobody_could_watch_is_no_measurement():
    with pytest.raises(ValueError, match="only 2 charts"):
        adversarial.watched_rows([1.0], [1.0], [0.0, 1.0])
