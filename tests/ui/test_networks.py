"""Networks as pages handle them: here or not, loaded or not, and what they take of the memory."""

import pytest
import torch

from core.device import best_device, describe, devices, memory
from core.errors import DownloadError, WeightsDamagedError, WeightsMissingError
from core.zoo import cache, weights
from core.zoo.catalog import CARDS, card
from core.zoo.model_card import Source
from tests.core.zoo.conftest import server as server
from ui import networks

LAB, TRUNK, SQUEEZENET = card("lab-classifier"), card("lab-trunk"), card("squeezenet1_1")
every_download = pytest.mark.parametrize("row", [row for row in CARDS if not row.bundled], ids=lambda row: row.key)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A server of its own, with nothing but what ships with the lab, and no network loaded."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    for name in ("VISION_LAB_OFFLINE", "VISION_LAB_MIRROR", "VISION_LAB_MODEL_MEMORY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))


def put(row, content: bytes = b"weights") -> None:
    target = weights.path(row)
    target.parent.mkdir(parents=True, exist_ok=True)
    for name in row.files:
        target.with_name(name).write_bytes(content)


@pytest.mark.parametrize("row", [row for row in CARDS if row.bundled], ids=lambda row: row.key)
def test_what_ships_with_the_lab_is_here(row):
    assert networks.present(row)


@every_download
def test_what_is_downloaded_is_here_once_its_file_is(row):
    assert not networks.present(row)
    put(row)
    assert networks.present(row)


@pytest.mark.parametrize("row", [row for row in CARDS if row.config], ids=lambda row: row.key)
def test_of_two_files_both_must_be_here(row):
    put(row)
    weights.path(row).with_name(row.config.file).unlink()
    assert not networks.present(row)
    assert networks.stamp(row.key) is None


@every_download
def test_the_host_is_the_one_on_the_card_or_the_mirror(row, monkeypatch):
    assert networks.host(row) == row.host
    assert row.host == "download.pytorch.org" or row.source is Source.DARKNET
    monkeypatch.setenv("VISION_LAB_MIRROR", "https://weights.school.example:8443/nets")
    assert networks.host(row) == "weights.school.example:8443"


@pytest.mark.parametrize(("value", "expected"), [(None, False), ("", False), ("0", False), ("1", True), ("yes", True)])
def test_a_server_is_offline_where_it_is_told_to_be(monkeypatch, value, expected):
    if value is not None:
        monkeypatch.setenv("VISION_LAB_OFFLINE", value)
    assert networks.offline() is expected


def test_offline_no_download_begins(monkeypatch):
    monkeypatch.setenv("VISION_LAB_OFFLINE", "1")
    with pytest.raises(DownloadError, match="set to work offline"):
        networks.begin(SQUEEZENET, again=False)
    assert networks.running(SQUEEZENET) is None


def test_a_download_that_is_under_way_is_seen_by_everybody_until_it_is_over(server, monkeypatch):
    monkeypatch.setenv("VISION_LAB_MIRROR", server.base)
    server.stalls_after(b"x" * 100, 1000)
    flight = networks.begin(SQUEEZENET, again=False)
    assert networks.begin(SQUEEZENET, again=False) is flight, "the second visitor joins"
    assert networks.running(SQUEEZENET) is flight
    assert networks.running(card("squeezenet1_1-features")) is flight, "it is the same file"
    assert networks.running(card("lraspp")) is None
    flight.cancel()
    assert flight.wait(10.0)
    assert networks.running(SQUEEZENET) is None
    assert server.requests == 1


def test_a_file_that_is_here_is_fetched_only_if_it_is_asked_for_again(server, monkeypatch):
    monkeypatch.setenv("VISION_LAB_MIRROR", server.base)
    put(SQUEEZENET)
    flight = networks.begin(SQUEEZENET, again=False)
    assert flight.wait(10.0)
    assert flight.error is None
    assert server.requests == 0
    flight = networks.begin(SQUEEZENET, again=True)
    assert flight.wait(10.0)
    assert isinstance(flight.error, DownloadError)
    assert server.requests == 1
    assert weights.path(SQUEEZENET).read_bytes() == b"weights", "what could not be replaced stays"


def test_a_network_is_loaded_once_and_let_go():
    assert networks.loaded(LAB) == {}
    networks.load(LAB)
    size = sum(tensor.nbytes for tensor in cache.load(LAB.key).module.state_dict().values())
    assert networks.loaded(LAB) == {describe(best_device()).title: size}
    assert networks.loaded(TRUNK) == {}, "the same file is another network"
    kept = cache.load(LAB.key)
    networks.load(LAB)
    assert cache.load(LAB.key) is kept
    networks.unload(LAB)
    assert networks.loaded(LAB) == {}
    networks.unload(LAB)  # what is gone can be let go again


def test_who_uses_a_network_may_finish_after_it_was_unloaded():
    networks.load(LAB)
    held = cache.load(LAB.key)
    networks.unload(LAB)
    with torch.inference_mode():
        assert held.module(torch.zeros(1, 3, 224, 224)).shape == (1, LAB.class_count)


def test_missing_and_damaged_weights_are_told_apart():
    with pytest.raises(WeightsMissingError):
        networks.load(SQUEEZENET)
    put(SQUEEZENET, b"this is no file of weights")
    with pytest.raises(WeightsDamagedError):
        networks.load(SQUEEZENET)
    assert networks.loaded(SQUEEZENET) == {}


def test_every_device_has_its_room():
    rooms = networks.rooms()
    assert [room.title for room in rooms] == [describe(device).title for device in devices()]
    for room, device in zip(rooms, devices(), strict=True):
        assert room.networks == 0
        assert room.used > 0
        assert 0 < room.free <= memory(device).free * 2
        assert 0 < room.budget <= room.free * 2


def test_a_network_takes_its_bytes_of_the_room_and_gives_them_back():
    networks.load(LAB)
    networks.load(TRUNK)
    taken = {room.title: room.networks for room in networks.rooms()}
    (title,) = networks.loaded(LAB)
    assert taken[title] == networks.loaded(LAB)[title] + networks.loaded(TRUNK)[title] > 0
    networks.unload(LAB)
    assert {room.title: room.networks for room in networks.rooms()}[title] == networks.loaded(TRUNK)[title]


def test_the_budget_is_what_whoever_runs_the_server_says(monkeypatch):
    monkeypatch.setenv("VISION_LAB_MODEL_MEMORY", "7")
    assert {room.budget for room in networks.rooms()} == {7 * 2**20}


def test_a_network_too_large_for_the_budget_is_not_kept(monkeypatch):
    monkeypatch.setenv("VISION_LAB_MODEL_MEMORY", "1")
    networks.load(LAB)
    assert networks.loaded(LAB) == {}
