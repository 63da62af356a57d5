"""The training itself: epochs of batches, a checkpoint now and then, and the same result after any interruption."""

from __future__ import annotations

import copy
import json
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, default_collate

from training import checkpoints
from training.checkpoints import Progress, moments, part, remember, write_whole
from training.recipe import Schedule

Judge = Callable[[nn.Module], dict[str, Any]]
"""Metrics of a network, ready for JSON."""

NEWS = 30.0
"""Seconds between two lines about an epoch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workshop:
    """Where and how to work; none of this changes the result on one machine.

    `checkpoint` is the file to keep, written after every epoch and every `minutes`; `workers` are processes that read
    photos; `say` takes a line of progress.
    """

    device: torch.device
    checkpoint: Path
    workers: int = 0
    minutes: float = 2.0
    say: Callable[[str], None] = print


Batch = Any
"""What the data loader of a training yields."""


class Training(ABC):
    """A network that is being trained, its running average and its optimiser.

    What is learned, from which pictures and how wrong an answer is, say those that derive from it.
    """

    def __init__(self, network: nn.Module, recipe: Schedule, progress: Progress, shop: Workshop) -> None:
        self.recipe, self.progress, self.shop = recipe, progress, shop
        self.network = network.train().requires_grad_(True)
        self.network.to(shop.device).to(memory_format=torch.channels_last)
        self.average = copy.deepcopy(self.network).eval().requires_grad_(False)
        groups = [{"params": list(part.parameters())} for part in self.parts()]
        self.optimiser = torch.optim.AdamW(groups, lr=recipe.rate, weight_decay=recipe.decay)

    @abstractmethod
    def parts(self) -> tuple[nn.Module, nn.Module]:
        """The part that has learned before, and what is new: they learn at the rates of the recipe."""

    @abstractmethod
    def order(self, examples: Sequence[Any]) -> list[int]:
        """Which examples the present epoch takes, and in which order."""

    @abstractmethod
    def pictures(self, examples: Sequence[Any], order: Sequence[int]) -> Dataset[Any]:
        """The pictures of the present epoch from its present step on."""

    @abstractmethod
    def loss(self, batch: Batch, *, head_alone: bool) -> Tensor:
        """How wrong the network is about a batch. With `head_alone` the trunk needs no gradient."""

    @staticmethod
    def gathered(rows: list[Any]) -> Batch:
        """A batch of pictures."""
        return default_collate(rows)

    def run(self, examples: Sequence[Any], judge: Judge) -> None:
        """Train from where `progress` stands to the last epoch."""
        while self.progress.epoch < self.recipe.epochs:
            began = time.monotonic()
            self._epoch(examples)
            self._finish_epoch(judge, time.monotonic() - began)

    def save(self) -> None:
        """Write the checkpoint."""
        checkpoints.write(self.shop.checkpoint, self._tensors(), self.progress)

    def restore(self, tensors: dict[str, Tensor]) -> None:
        """Take weights, average and moments from a checkpoint."""
        self.network.load_state_dict(part(tensors, "network."))
        self.average.load_state_dict(part(tensors, "average."))
        remember(self.optimiser, part(tensors, "optimiser."))

    def _epoch(self, examples: Sequence[Any]) -> None:
        recipe, progress = self.recipe, self.progress
        order = self.order(examples)
        steps = len(order) // recipe.batch or 1
        pictures = self.pictures(examples, order[: steps * recipe.batch])
        loader = DataLoader(pictures, batch_size=recipe.batch, num_workers=self.shop.workers, collate_fn=self.gathered)
        began = saved = told = time.monotonic()
        first = progress.step
        for batch in loader:
            progress.loss += self._step(batch, steps)
            progress.step += 1
            now = time.monotonic()
            if now - saved > 60 * self.shop.minutes:
                self.save()
                saved = now
            if now - told > NEWS:
                self._tell(steps, (now - began) / (progress.step - first))
                told = now

    def _step(self, batch: Batch, steps: int) -> float:
        recipe = self.recipe
        at = self.progress.epoch * steps + self.progress.step
        trunk_rate = recipe.trunk_rate(at, steps)
        trunk, head = self.optimiser.param_groups
        trunk["lr"], head["lr"] = trunk_rate, recipe.head_rate(at, steps)
        loss = self.loss(batch, head_alone=trunk_rate == 0)
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        self.optimiser.step()
        kept = recipe.average_kept(at)
        with torch.no_grad():
            for mean, weight in zip(self.average.parameters(), self.network.parameters(), strict=True):
                mean.lerp_(weight, 1 - kept)
            for mean, now in zip(self.average.buffers(), self.network.buffers(), strict=True):
                mean.copy_(now)
        return loss.item()

    def _finish_epoch(self, judge: Judge, seconds: float) -> None:
        progress = self.progress
        row = {"epoch": progress.epoch + 1, "loss": progress.loss / progress.step, **judge(self.average)}
        progress.history.append(row)
        progress.epoch, progress.step, progress.loss = progress.epoch + 1, 0, 0.0
        self.save()
        write_whole(self.shop.checkpoint.with_name("metrics.json"), json.dumps(progress.history, indent=1).encode())
        shown = ", ".join(f"{key} {value:.4f}" for key, value in row.items() if isinstance(value, float))
        self.shop.say(f"epoch {progress.epoch}/{self.recipe.epochs} done in {seconds:.0f} s: {shown}")

    def _tell(self, steps: int, pace: float) -> None:
        progress, epochs = self.progress, self.recipe.epochs
        left = ((epochs - progress.epoch) * steps - progress.step) * pace / 60
        mean = progress.loss / progress.step
        self.shop.say(
            f"epoch {progress.epoch + 1}/{epochs} step {progress.step}/{steps} loss {mean:.4f}, about {left:.0f} min left"
        )

    def _tensors(self) -> dict[str, Tensor]:
        remembered = {f"optimiser.{name}": value for name, value in moments(self.optimiser).items()}
        network = {f"network.{name}": value for name, value in self.network.state_dict().items()}
        average = {f"average.{name}": value for name, value in self.average.state_dict().items()}
        return {**network, **average, **remembered}
