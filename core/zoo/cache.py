"""The process-wide cache of networks: each is loaded once per device and shared by all sessions."""

from __future__ import annotations

import importlib
import os
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, wait

import torch

from core.device import CPU, best_device, is_shortage, make_room, memory, on_shortage, release
from core.errors import MemoryShortError, ModelError, StartError, VisionLabError
from core.zoo import weights
from core.zoo.catalog import card
from core.zoo.model_card import ModelCard
from core.zoo.network import Network, ready

OVERRIDE = "VISION_LAB_MODEL_MEMORY"
SHARE = 4  # networks may keep a quarter of what is free when the first of them is loaded

Place = tuple[str, torch.device]


class NetworkCache:
    """Networks by key and device, within a budget of bytes for each device; the least recently used leave first.

    Threads that ask for the same network at once wait for one `load(key, device)`. If it fails, its error reaches
    every one of them and the next request tries again. A network larger than the budget is handed out but not kept.
    """

    def __init__(
        self, load: Callable[[str, torch.device], Network], budget: Callable[[torch.device], int] | None = None
    ) -> None:
        self._load = load
        self._choose = budget or default_budget
        self._budgets: dict[torch.device, int] = {}
        self._lock = threading.Lock()
        self._kept: OrderedDict[Place, Network] = OrderedDict()
        self._stamps: dict[Place, object] = {}
        self._loading: dict[Place, tuple[object, Future[Network]]] = {}  # with the stamp that was asked for
        self._unwanted: set[Place] = set()

    def get(self, key: str, device: torch.device, stamp: object = None) -> Network:
        """The network `key` on `device`, loaded first where it is not kept, or was loaded under another `stamp`.

        Raises:
            Exception: whatever `load` raised.
        """
        place = (key, _numbered(device))
        while True:
            with self._lock:
                kept = self._kept.get(place)
                if kept is not None and self._stamps[place] == stamp:
                    self._kept.move_to_end(place)
                    return kept
                under_way = self._loading.get(place)
                flight = under_way[1] if under_way else Future[Network]()
                if under_way is None:
                    self._loading[place] = stamp, flight
            if under_way is None:
                return self._lead(place, flight, stamp)
            if under_way[0] == stamp:
                return _followed(flight)
            wait([flight])  # of another file, which is none of ours

    def budget(self, device: torch.device) -> int:
        """How many bytes of networks `device` may keep: settled when it is first asked for."""
        place = _numbered(device)
        if place not in self._budgets:
            self._budgets.setdefault(place, self._choose(place))  # of two threads the first settles it
        return self._budgets[place]

    def held(self, device: torch.device) -> int:
        """Bytes of the networks that `device` keeps now."""
        with self._lock:
            return self._held(_numbered(device))

    def kept(self) -> tuple[Network, ...]:
        """All networks that are kept, the least recently used first."""
        with self._lock:
            return tuple(self._kept.values())

    def drop(self, key: str, device: torch.device | None = None) -> None:
        """Forget the network `key` on `device`, or everywhere. Whoever uses it now may finish."""
        place = None if device is None else _numbered(device)
        with self._lock:
            leaving = [(name, where) for name, where in self._kept if name == key and place in (None, where)]
            for one in leaving:
                del self._kept[one]
            self._unwanted |= {one for one in self._loading if one[0] == key and place in (None, one[1])}
        for _, where in leaving:
            release(where)

    def clear(self) -> None:
        """Forget every network. Those in use live on until they are let go."""
        with self._lock:
            devices = {device for _, device in self._kept}
            self._kept.clear()
            self._unwanted |= set(self._loading)
        for device in devices:
            release(device)

    def _lead(self, place: Place, flight: Future[Network], stamp: object) -> Network:
        try:
            network = self._load(*place)
            budget = self.budget(place[1])
        except BaseException as error:
            with self._lock:
                del self._loading[place]
                self._unwanted.discard(place)
            flight.set_exception(error)
            raise
        with self._lock:
            del self._loading[place]
            self._kept.pop(place, None)  # of an older file
            self._stamps[place] = stamp
            left = place not in self._unwanted and self._keep(place, network, budget)
            self._unwanted.discard(place)
        flight.set_result(network)
        if left:
            release(place[1])
        return network

    def _keep(self, place: Place, network: Network, budget: int) -> bool:
        """Keep `network` within `budget`; whether others had to leave for it."""
        if network.size > budget:
            return False
        self._kept[place] = network
        left = False
        while self._held(place[1]) > budget:
            del self._kept[next(other for other in self._kept if other[1] == place[1])]
            left = True
        return left

    def _held(self, device: torch.device) -> int:
        return sum(network.size for (_, where), network in self._kept.items() if where == device)


def load(key: str, device: torch.device | None = None) -> Network:
    """The network `key` of the catalogue on `device` (by default the best one), shared: do not change it.

    Raises:
        ModelError: there is no such network, or its file is damaged.
        WeightsMissingError: its weights are not on this machine yet.
    """
    return CACHE.get(key, device or best_device(), weights.stamp(card(key)))


def default_budget(device: torch.device) -> int:
    """A quarter of what is free on `device` now, or `VISION_LAB_MODEL_MEMORY` megabytes.

    Raises:
        StartError: that is no number of megabytes.
    """
    wanted = os.environ.get(OVERRIDE, "").strip()
    if wanted and not wanted.isdecimal():
        raise StartError(
            f"{OVERRIDE} is set to '{wanted}', which is no number of megabytes.",
            "Set it to one such as 500, or unset it.",
        )
    return int(wanted) * 2**20 if wanted else memory(device).free // SHARE


def _load(key: str, device: torch.device) -> Network:
    row = card(key)
    module, function = row.builder.split(":")
    build = getattr(importlib.import_module(module), function)
    _look_ahead(row)
    given = (weights.state_dict(row),) if row.config is None else weights.files(row)
    try:
        built = build(*given)
    except (RuntimeError, ModelError) as error:  # names or shapes of another network, or a config that is none
        if is_shortage(error):
            raise
        raise weights.damaged(row) from error
    return ready(built, row, device)


def _look_ahead(row: ModelCard) -> None:
    """Make room for a file before it is read: in a small container too much memory ends the process, with no error."""
    if memory(CPU).free < 2 * row.size:
        make_room(CPU)
        if memory(CPU).free < row.size:
            raise MemoryShortError


def _followed(flight: Future[Network]) -> Network:
    """What another thread loads. An error is raised anew, since each thread writes its own way into it."""
    try:
        return flight.result()
    except VisionLabError as error:
        raise type(error)(error.problem, error.advice) from error


def _numbered(device: torch.device) -> torch.device:
    """The device with its number, so that "cuda" and "cuda:0" are one place."""
    if device.type == "cuda" and device.index is None:
        return torch.device("cuda", torch.cuda.current_device())
    return device


CACHE = NetworkCache(_load)
"""The cache of this process."""

on_shortage(lambda: CACHE.clear())
