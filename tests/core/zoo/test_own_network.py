"""A visitor's own pair of files: built once, freed with them, and every error says what is wrong."""

import gc
import weakref

import pytest
import torch

from core.device import CPU, Memory, make_room
from core.errors import MemoryShortError, ModelError, SettingError, WeightsDamagedError
from core.networks.coco_classes import COCO
from core.zoo import own_network
from core.zoo.catalog import card
from core.zoo.darknet import read_config
from core.zoo.own_darknet import OwnDarknet
from core.zoo.own_network import check_size, is_own, own
from tests.core.zoo import darknet_files

PLAN = darknet_files.small_tiny(6, 96).encode()
DATA = darknet_files.weights(read_config(PLAN))


def pair(names: bytes | None = None) -> OwnDarknet:
    return OwnDarknet(PLAN, DATA, names)


def test_the_network_is_the_one_of_the_two_files():
    network = own(pair(b"a\nb\nc\nd\ne\nf"), CPU)
    assert network.card.names == tuple("abcdef")
    assert (network.card.resize, network.card.plain, network.card.class_count) == (96, True, 6)
    assert is_own(network.card)
    assert not is_own(card("yolov3_tiny"))
    with torch.inference_mode():
        maps = network.module(torch.zeros(1, 3, 96, 96))
    assert [one.shape[1] for one in maps] == [3 * 11, 3 * 11]
    assert not any(weight.requires_grad for weight in network.module.parameters())


def test_eighty_classes_are_cocos():
    plan = darknet_files.small_tiny(80, 96).encode()
    assert own(OwnDarknet(plan, darknet_files.weights(read_config(plan))), CPU).card.classes == COCO


def test_it_is_built_once_and_let_go_with_its_files():
    files = pair()
    network = own(files, CPU)
    assert own(files, CPU) is network
    assert own(pair(), CPU) is not network
    gone = weakref.ref(network.module)
    del files, network
    gc.collect()
    assert gone() is None


def test_where_there_is_no_room_it_is_not_built(monkeypatch):
    emptied = []
    monkeypatch.setattr(own_network, "memory", lambda device: Memory(used=0, free=len(DATA) - 1))
    monkeypatch.setattr(own_network, "make_room", emptied.append)
    with pytest.raises(MemoryShortError):
        own(pair(), CPU)
    assert emptied == [CPU]


def test_what_can_be_let_go_makes_room_for_it(monkeypatch):
    free = iter([len(DATA), 2 * len(DATA)])
    monkeypatch.setattr(own_network, "memory", lambda device: Memory(used=0, free=next(free)))
    assert is_own(own(pair(), CPU).card)


def test_where_memory_is_short_it_is_let_go_and_built_again():
    files = pair()
    gone = weakref.ref(own(files, CPU).module)
    make_room(CPU)
    assert gone() is None
    assert own(files, CPU).card.digest == files.digest


@pytest.mark.parametrize(
    ("config", "data", "said"),
    [
        (PLAN, DATA[:-4], "4 are missing"),
        (PLAN, DATA + b"1234", "4 are too many"),
        (PLAN, b"GIF89a" * 100, "no weights file of Darknet"),
        (PLAN.replace(b"[upsample]", b"[downsample]"), DATA, r"[Ll]ine \d+.*downsample"),
        (b"hello", DATA, "cfg"),
        (PLAN[: PLAN.index(b"[yolo]")], DATA, r"no section \[yolo\]"),
    ],
    ids=["cut off", "too long", "a picture", "unknown section", "no cfg", "no head"],
)
def test_what_is_wrong_with_a_file_is_said(config, data, said):
    with pytest.raises(ModelError, match=said):
        own(OwnDarknet(config, data), CPU)


def test_heads_that_disagree_and_names_that_do_not_fit_are_refused():
    with pytest.raises(ModelError, match="has 2 names, but this network tells 6"):
        own(pair(b"a\nb"), CPU)
    out, other = 3 * (5 + 6), 3 * (5 + 4)
    plan = PLAN.decode()
    last = plan.rindex(f"filters={out}")
    mixed = plan[:last] + plan[last:].replace(f"filters={out}", f"filters={other}").replace("classes=6", "classes=4")
    config = mixed.encode()
    with pytest.raises(ModelError, match="disagree: they have 4 and 6 classes"):
        own(OwnDarknet(config, darknet_files.weights(read_config(config))), CPU)


def test_weights_that_are_no_numbers_are_refused():
    broken = DATA[:-4] + b"\x00\x00\xc0\x7f"
    with pytest.raises(WeightsDamagedError, match="no number"):
        own(OwnDarknet(PLAN, broken), CPU)


def test_an_input_that_does_not_suit_it_is_refused():
    network = own(pair(), CPU)
    check_size(network, 416)
    with pytest.raises(SettingError, match=r"multiple of 32 pixels, got 100\. Choose 96"):
        check_size(network, 100)
    big = own(OwnDarknet((plan := darknet_files.v3_tiny().encode()), darknet_files.weights(read_config(plan))), CPU)
    check_size(big, 1280)


def test_an_input_that_takes_too_much_work_is_refused(monkeypatch):
    def too_much(config):
        if config.width > 200:
            raise ModelError("It would take too long.", "Choose a smaller network.")

    monkeypatch.setattr(own_network, "check_whole", too_much)
    network = own(pair(), CPU)
    check_size(network, 192)
    with pytest.raises(SettingError, match=r"416 × 416 pixels is too much .* too long\. Choose a smaller one"):
        check_size(network, 416)
