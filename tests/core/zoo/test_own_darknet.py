import subprocess
import sys

import pytest

from core.errors import ModelError
from core.networks.coco_classes import COCO
from core.zoo import own_darknet
from core.zoo.own_darknet import OwnDarknet, class_names


def test_the_digest_tells_files_apart_and_nothing_else():
    one = OwnDarknet(b"cfg", b"data")
    assert one.digest == OwnDarknet(b"cfg", b"data").digest
    others = [OwnDarknet(b"cf", b"gdata"), OwnDarknet(b"cfg", b"data", b""), OwnDarknet(b"cfg", b"other")]
    assert len({one.digest, *(other.digest for other in others)}) == 4
    assert one != OwnDarknet(b"cfg", b"data"), "two objects are two networks, even of the same files"


def test_files_that_are_too_large_are_refused(monkeypatch):
    monkeypatch.setattr(own_darknet, "MOST_BYTES", 3 * 2**20)
    assert OwnDarknet(b"", bytes(3 * 2**20)).data
    with pytest.raises(ModelError, match="has 5 MB; the most is 3 MB"):
        OwnDarknet(b"", bytes(5 * 2**20))
    with pytest.raises(ModelError, match="list of names has 100,001 bytes"):
        OwnDarknet(b"", b"data", bytes(100_001))
    with pytest.raises(ModelError, match="weights file is empty"):
        OwnDarknet(b"cfg", b"")


def test_without_a_list_80_classes_are_cocos_and_others_are_numbered():
    assert class_names(None, 80) == COCO
    assert class_names(None, 3) == ("class 0", "class 1", "class 2")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_list_has_one_name_on_each_line(end):
    text = end.join(["cat", "  big   dog ", "", "bird\u202e", "cat", "cat (2)", ""])
    names = ("cat", "big dog", "bird", "cat (2)", "cat (2) (2)")
    assert class_names(b"\xef\xbb\xbf" + text.encode(), 5) == names


@pytest.mark.parametrize("count", [2, 4, 80])
def test_a_list_of_another_length_is_refused(count):
    with pytest.raises(ModelError, match=f"has 3 names, but this network tells {count} classes apart"):
        class_names(b"a\nb\nc", count)


def test_it_needs_no_torch():
    script = "import sys, core.zoo.own_darknet; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
