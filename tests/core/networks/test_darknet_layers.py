import subprocess
import sys

from core.networks.darknet_layers import PHOTO, Config, Convolution, Head
from core.zoo.darknet_config import parse
from tests.core.zoo import darknet_files as files


def test_the_plan_imports_no_torch():
    code = "import sys, core.networks.darknet_layers, core.zoo.darknet_config; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_a_head_reads_five_numbers_and_the_classes_of_each_anchor():
    assert Head(anchors=((1.0, 2.0), (3.0, 4.0)), classes=7, stride=32).channels == 24


def test_the_weights_of_yolov3_are_as_many_as_people_say():
    assert parse(files.v3()).stored == 62_001_757


def test_a_folded_batch_norm_leaves_one_bias_for_each_channel():
    config = parse(files.v3_tiny())
    normalised = [layer for layer in config.layers if isinstance(layer, Convolution) and layer.normalised]
    assert config.stored - config.parameters == 3 * sum(layer.channels for layer in normalised)


def test_groups_divide_the_kernels():
    alone = parse(files.net(64) + files.conv(8) + files.conv(8) + files.plain(85) + files.yolo("0", 80))
    shared = parse(files.net(64) + files.conv(8) + files.conv(8, groups=4) + files.plain(85) + files.yolo("0", 80))
    assert alone.stored - shared.stored == 8 * 8 * 9 * 3 // 4


def test_heads_and_names_come_in_the_order_of_the_file():
    config = parse(files.v3_tiny())
    assert [head.stride for head in config.heads] == [32, 16]
    assert config.heads[1].anchors == ((10, 14), (23, 27), (37, 58))
    assert config.names[:2] == ("0.convolutional", "1.maxpool")
    assert config.multiple == 32


def test_the_last_reader_of_each_layer_is_known():
    config = parse(files.v3_tiny())
    naive = [
        max([reader for reader, other in enumerate(config.layers) if place in other.inputs], default=place)
        for place in range(len(config.layers))
    ]
    assert list(config.last_use) == naive
    assert config.layers[0].inputs == (PHOTO,)


def test_a_plan_without_layers_needs_no_weights():
    assert Config((), 32, 32).stored == 0
    assert Config((), 32, 32).multiple == 1
