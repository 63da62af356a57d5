"""Networks as pages handle them: which are here, loaded or on their way. Torch is imported inside, after the shell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.zoo.model_card import ModelCard
from ui import preload

if TYPE_CHECKING:
    from core.zoo.downloads import Download


@dataclass(frozen=True, slots=True)
class Room:
    """The memory of one device, in bytes: what its networks take and may take, what this process holds, what is free."""

    title: str
    networks: int
    budget: int
    used: int
    free: int


def present(card: ModelCard) -> bool:
    """Whether the weights are on this server."""
    preload.wait()
    from core.zoo import weights

    return weights.is_present(card)


def host(card: ModelCard) -> str:
    """Where a download would come from."""
    preload.wait()
    from core.zoo import weights

    return weights.host(card)


def stamp(key: str) -> tuple[int, ...] | None:
    """What changes when the file of this network is replaced or taken away; None where there is no such network."""
    preload.wait()
    from core.zoo import catalog, weights

    return next((weights.stamp(card) for card in catalog.CARDS if card.key == key), None)


def offline() -> bool:
    """Whether this server may not download."""
    preload.wait()
    from core.zoo import downloads

    return downloads.offline()


def begin(card: ModelCard, *, again: bool) -> Download:
    """Fetch the weights, with `again` over a file that is there, or join the download that is under way.

    Raises:
        DownloadError: this server may not download.
    """
    preload.wait()
    from core.zoo import downloads

    return downloads.begin(card, again=again)


def running(card: ModelCard) -> Download | None:
    """The download of these weights that is under way, whoever asked for it."""
    preload.wait()
    from core.zoo import downloads

    return downloads.running(card)


def load(card: ModelCard) -> str:
    """Load a network onto the device that experiments run on, where it stays while there is room.

    Says in words where that was not to be had; empty where all is well.

    Raises:
        ModelError: its file is damaged.
        WeightsMissingError: its weights are not on this server.
        MemoryShortError: no device has room for it.
    """
    preload.wait()
    from core.device import best_device, within_memory
    from core.zoo import cache

    fitted = within_memory(lambda device, _: cache.load(card.key, device), best_device())
    budget = cache.CACHE.budget(fitted.device)
    if fitted.value.size > budget:
        return (
            f"{card.title} takes {fitted.value.size / 2**20:.1f} MB, more than the {budget / 2**20:.1f} MB that networks "
            "may keep here. It works, but is loaded anew for each answer."
        )
    return fitted.notice


def unload(card: ModelCard) -> None:
    """Let go of a network on every device."""
    preload.wait()
    from core.zoo import cache

    cache.CACHE.drop(card.key)


def loaded(card: ModelCard) -> dict[str, int]:
    """The devices by title that keep this network, and its bytes there."""
    preload.wait()
    from core.device import describe
    from core.zoo import cache

    return {describe(one.device).title: one.size for one in cache.CACHE.kept() if one.card.key == card.key}


def rooms() -> tuple[Room, ...]:
    """The memory of every device that may hold networks."""
    preload.wait()
    from core.device import describe, devices, memory
    from core.zoo.cache import CACHE

    found = []
    for device in devices():
        there = memory(device)
        found.append(Room(describe(device).title, CACHE.held(device), CACHE.budget(device), there.used, there.free))
    return tuple(found)
