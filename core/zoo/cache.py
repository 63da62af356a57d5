"""The process-wide cache of networks: each is loaded once per device and shared by all sessions.

A network that comes out of here is never changed by anyone: it is in eval mode and its weights ask for no gradient.
"""

from __future__ import annotations

import importlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

import torch
from torch import nn

from core.networks.squeezenet import SplitNetwork
from core.zoo import weights
from core.zoo.catalog import card

CAPACITY = 1 << 30  # bytes, over all devices

NetworkT = TypeVar("NetworkT", bound=nn.Module)
Place = tuple[str, torch.device]


class ModelCache(Generic[NetworkT]):
    """Networks by key and device, at most `capacity_bytes` of weights together; the least recently used leave first.

    Threads that ask for the same network at once wait for one `load(key, device)`. If it fails, its error reaches
    every one of them and the next request tries again. A network larger than the capacity is handed out but not kept.
    """

    def __init__(self, capacity_bytes: int, load: Callable[[str, torch.device], NetworkT]) -> None:
        self._capacity = capacity_bytes
        self._load = load
        self._lock = threading.Lock()
        self._kept: OrderedDict[Place, NetworkT] = OrderedDict()
        self._loading: dict[Place, Future[NetworkT]] = {}

    @property
    def size(self) -> int:
        """Bytes of the weights kept now."""
        with self._lock:
            return self._held()

    def get(self, key: str, device: torch.device) -> NetworkT:
        """The network `key` on `device`, loaded first where it is not kept.

        Raises:
            Exception: whatever `load` raised.
        """
        place = (key, _numbered(device))
        with self._lock:
            if place in self._kept:
                self._kept.move_to_end(place)
                return self._kept[place]
            flight = self._loading.get(place)
            leads = flight is None
            if flight is None:
                flight = self._loading[place] = Future()
        return self._lead(place, flight) if leads else flight.result()

    def clear(self) -> None:
        """Forget every network. Those in use live on until they are let go."""
        with self._lock:
            self._kept.clear()

    def _lead(self, place: Place, flight: Future[NetworkT]) -> NetworkT:
        try:
            network = self._load(*place).eval().requires_grad_(False)
        except BaseException as error:
            with self._lock:
                del self._loading[place]
            flight.set_exception(error)
            raise
        with self._lock:
            del self._loading[place]
            self._keep(place, network)
        flight.set_result(network)
        return network

    def _keep(self, place: Place, network: NetworkT) -> None:
        if _bytes(network) > self._capacity:
            return
        self._kept[place] = network
        while self._held() > self._capacity:
            self._kept.popitem(last=False)

    def _held(self) -> int:
        return sum(_bytes(network) for network in self._kept.values())


def network(key: str, device: torch.device) -> SplitNetwork:
    """The network `key` of the catalogue on `device`, shared: do not change it.

    Raises:
        ModelError: there is no such network, or its file is damaged.
        WeightsMissingError: its weights are not on this machine yet.
    """
    return CACHE.get(key, device)


def _load(key: str, device: torch.device) -> SplitNetwork:
    row = card(key)
    module, function = row.builder.split(":")
    build = getattr(importlib.import_module(module), function)
    state = weights.state_dict(row)
    try:
        network = build(state)
    except RuntimeError as error:  # names or shapes of another network
        raise weights.damaged(row) from error
    return network.to(device)


def _numbered(device: torch.device) -> torch.device:
    """The device with its number, so that "cuda" and "cuda:0" are one place."""
    if device.type == "cuda" and device.index is None:
        return torch.device("cuda", torch.cuda.current_device())
    return device


def _bytes(network: nn.Module) -> int:
    tensors = (*network.parameters(), *network.buffers())
    return sum(tensor.nbytes for tensor in tensors)


CACHE: ModelCache[SplitNetwork] = ModelCache(CAPACITY, _load)
"""The cache of this process."""
