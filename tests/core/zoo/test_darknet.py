import struct

import numpy as np
import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from torch import nn

from core.errors import ModelError, VisionLabError, WeightsDamagedError
from core.zoo.darknet import EPSILON, byte_count, darknet, read_config, read_weights
from core.zoo.darknet_config import parse
from tests.core.zoo import darknet_files as files

TEXT = files.net(64) + files.conv(4, stride=2) + files.conv(6, groups=2) + files.plain(12) + files.yolo("0,1", 1)
CONFIG = parse(TEXT)
BYTES = files.weights(CONFIG)


@pytest.mark.parametrize(
    ("text", "size"), [(files.v3(), 248_007_048), (files.v3_tiny(), 35_434_956), (files.v4_tiny(), 24_251_276)]
)
def test_published_networks_need_the_bytes_of_their_published_files(text, size):
    assert byte_count(parse(text)) == size


@pytest.mark.weights
@pytest.mark.parametrize("name", ["yolo-fastest-1.1", "yolo-fastest-1.1-xl"])
def test_yolo_fastest_needs_the_bytes_of_its_file(name):
    assert byte_count(read_config(files.real(f"{name}.cfg"))) == len(files.real(f"{name}.weights"))


def test_a_folded_batch_norm_is_torchs():
    """The first convolution, read naively from the file and run as a convolution and a batch norm."""
    values = np.frombuffer(BYTES[20:], "<f4")
    biases, scales, means, variances = (torch.tensor(values[4 * part : 4 * part + 4]) for part in range(4))
    convolution, norm = nn.Conv2d(3, 4, 3, 2, 1, bias=False), nn.BatchNorm2d(4, eps=EPSILON)
    convolution.weight.data = torch.tensor(values[16 : 16 + 108]).reshape(4, 3, 3, 3)
    norm.weight.data, norm.bias.data, norm.running_mean, norm.running_var = scales, biases, means, variances
    x = torch.rand(1, 3, 64, 64)
    expected = nn.functional.leaky_relu(norm.eval()(convolution(x)), 0.1)
    found = darknet(CONFIG, BYTES).features(x, ["0.convolutional"])["0.convolutional"]
    torch.testing.assert_close(found, expected.detach(), rtol=1e-4, atol=1e-5)


def test_every_number_of_the_file_is_used():
    """A change of any number changes the weights, so none is skipped or read twice."""
    values = np.arange(1, CONFIG.stored + 1, dtype="<f4")
    state = read_weights(CONFIG, files.header() + values.tobytes())
    last = state["layers.2.weight"].flatten()
    assert last[-1] == CONFIG.stored
    assert state["layers.2.bias"].tolist() == list(values[-(12 * 6 + 12) : -12 * 6])
    assert sum(tensor.numel() for tensor in state.values()) == CONFIG.parameters


def test_older_files_count_their_photos_in_four_bytes():
    old = files.weights(CONFIG, version=(0, 1))
    assert len(old) == byte_count(CONFIG, seen=4) == byte_count(CONFIG) - 4
    for name, value in read_weights(CONFIG, old).items():
        torch.testing.assert_close(value, read_weights(CONFIG, BYTES)[name], rtol=0, atol=0)


def test_the_weights_do_not_change_with_the_bytes_they_came_from():
    data = bytearray(BYTES)
    state = read_weights(CONFIG, memoryview(data))
    before = {name: value.clone() for name, value in state.items()}
    data[:] = bytes(len(data))
    assert all(torch.equal(state[name], before[name]) for name in state)


def test_a_file_that_broke_off_says_how_many_bytes_are_missing():
    with pytest.raises(
        WeightsDamagedError, match=r"has 1,000 bytes and .* needs ([\d,]+): [\d,]+ are missing. Download"
    ):
        read_weights(CONFIG, BYTES[:1000])


def test_a_file_with_more_than_belongs_says_how_many_bytes():
    with pytest.raises(WeightsDamagedError, match=r"4 are too many. Choose the cfg file that belongs to these weights"):
        read_weights(CONFIG, BYTES + b"1234")


@pytest.mark.parametrize("version", [(-1, 2), (1000, 0), (0, 2**31 - 1)])
def test_a_version_that_darknet_never_wrote_is_an_error(version):
    with pytest.raises(WeightsDamagedError, match="does not begin with a version"):
        read_weights(CONFIG, struct.pack("<iii", *version, 0) + BYTES[12:])


def test_a_file_of_another_kind_is_an_error():
    with pytest.raises(WeightsDamagedError, match="no weights file of Darknet"):
        read_weights(CONFIG, b"PK\x03\x04" + bytes(len(BYTES) - 4))
    with pytest.raises(WeightsDamagedError, match="only 3 bytes"):
        read_weights(CONFIG, b"abc")


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_numbers_that_are_none_are_an_error_that_names_the_line(value):
    with pytest.raises(WeightsDamagedError, match="The weights for line 20 of the cfg file"):
        read_weights(CONFIG, BYTES[:-4] + struct.pack("<f", value))


def test_a_negative_variance_is_an_error():
    values = np.frombuffer(BYTES[20:], "<f4").copy()
    values[12:16] = -1
    with pytest.raises(WeightsDamagedError, match="line 5"):
        read_weights(CONFIG, BYTES[:20] + values.tobytes())


@pytest.mark.parametrize(
    "data", [b"\xef\xbb\xbf" + TEXT.encode(), TEXT.replace("\n", "\r\n").encode(), b"# \xe9\n" + TEXT.encode()]
)
def test_files_of_other_systems_are_read(data):
    assert read_config(data).stored == CONFIG.stored


def test_a_cfg_file_that_is_a_photo_is_an_error():
    with pytest.raises(ModelError, match="Line 1 of the cfg file can't be read"):
        read_config(b"\x89PNG\r\n\x1a\n\x00\x00")
    with pytest.raises(ModelError, match="more than any network needs"):
        read_config(bytes(2_000_000))


@settings(deadline=1000)
@given(st.binary())
@example(b"\xff\xfe[\x00n\x00")
def test_any_bytes_as_a_cfg_file_are_a_known_error(data):
    with pytest.raises(VisionLabError):
        read_config(data)


@settings(deadline=1000, max_examples=200)
@given(st.integers(0, len(BYTES) - 1), st.binary(max_size=64))
def test_weights_that_are_cut_or_padded_are_a_known_error(length, more):
    for data in (BYTES[:length], BYTES + more + b"x", BYTES[:length] + more):
        if len(data) != len(BYTES):
            with pytest.raises(WeightsDamagedError):
                read_weights(CONFIG, data)


@settings(deadline=1000, max_examples=200)
@given(st.integers(0, len(BYTES) - 8), st.binary(min_size=8, max_size=8))
def test_weights_with_changed_bytes_are_read_or_a_known_error(place, bits):
    data = BYTES[:place] + bits + BYTES[place + 8 :]
    state = files.outcome(lambda: read_weights(CONFIG, data))
    assert isinstance(state, dict | WeightsDamagedError)
    assert not isinstance(state, dict) or all(bool(value.isfinite().all()) for value in state.values())
