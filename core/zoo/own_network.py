"""A visitor's own Darknet network, built once for each device and kept as long as somebody holds its files."""

from __future__ import annotations

import threading
from dataclasses import replace
from weakref import WeakKeyDictionary

import torch

from core.device import CPU, make_room, memory, on_shortage
from core.errors import MemoryShortError, ModelError, SettingError, WeightsDamagedError
from core.networks.darknet import Darknet
from core.networks.darknet_layers import Config
from core.zoo.darknet import OTHER_FILE, darknet, read_config
from core.zoo.darknet_limits import check_whole
from core.zoo.model_card import ModelCard, Source, Task, View
from core.zoo.network import Network, ready
from core.zoo.own_darknet import OwnDarknet, class_names

_KEPT: WeakKeyDictionary[OwnDarknet, dict[torch.device, Network]] = WeakKeyDictionary()
_LOCK = threading.Lock()


def own(files: OwnDarknet, device: torch.device) -> Network:
    """The network of a visitor's files on `device`, shared: do not change it. It is let go when `files` are.

    Raises:
        ModelError: the cfg file can't be read, with its line; its parts disagree; the names do not fit.
        WeightsDamagedError: the weights are cut off, too long, of another version, or hold something that is no number.
        MemoryShortError: there is no room to build it.
    """
    with _LOCK:
        kept = _KEPT.get(files, {}).get(device)
    if kept is not None:
        return kept
    if memory(CPU).free < 2 * len(files.data):
        make_room(CPU)
        if memory(CPU).free < len(files.data):
            raise MemoryShortError
    config = read_config(files.config)
    card = _card(files, config)
    network = ready(darknet(config, files.data), card, device)
    with _LOCK:
        return _KEPT.setdefault(files, {}).setdefault(device, network)


def check_size(network: Network, size: int) -> None:
    """Whether a Darknet network may be given an input of `size` x `size` pixels: it takes more work and memory then.

    Raises:
        SettingError: it is too large, or no multiple of the network's coarsest cells.
    """
    if not isinstance(network.module, Darknet):
        return
    multiple = network.module.multiple
    if size % multiple:
        raise SettingError(
            f"This network's input must be a multiple of {multiple} pixels, got {size}.",
            f"Choose {max(1, round(size / multiple)) * multiple}.",
        )
    try:
        check_whole(replace(network.module.config, width=size, height=size))
    except ModelError as error:
        raise SettingError(
            f"An input of {size} × {size} pixels is too much for this network. {error.problem}", "Choose a smaller one."
        ) from error


def overrun(card: ModelCard) -> WeightsDamagedError:
    """The error for a network of these files whose answers are no numbers."""
    return WeightsDamagedError(f"{card.title} answers with something that is no number.", OTHER_FILE)


def is_own(card: ModelCard) -> bool:
    """Whether a network is of a visitor's files, and so of no catalogue."""
    return card.source is Source.DARKNET and not card.url


def _card(files: OwnDarknet, config: Config) -> ModelCard:
    counts = sorted({head.classes for head in config.heads})
    if len(counts) > 1:
        raise ModelError(
            f"The [yolo] layers of this cfg file disagree: they have {counts[0]} and {counts[-1]} classes.",
            "Give all of them the same number of classes.",
        )
    return ModelCard(
        key=f"own-{files.digest[:16]}",
        title="Your own network",
        task=Task.DETECT,
        source=Source.DARKNET,
        builder="core.zoo.darknet:build",
        file="",
        size=len(files.data),
        digest=files.digest,
        class_count=counts[0],
        names=class_names(files.names, counts[0]),
        view=View.LETTERBOX,
        resize=max(config.width, config.height),
        plain=True,
        parameters=config.parameters,
        score="",
        licence="",
        citation="",
    )


def _let_go() -> None:
    with _LOCK:
        _KEPT.clear()


on_shortage(_let_go)
