import pytest

from core.errors import ModelError
from core.networks.darknet_layers import PHOTO, Activation, Convolution, Dropout, Layer, MaxPool, Upsample, Yolo
from core.zoo.darknet_readers import READERS, read
from core.zoo.darknet_sections import sections

BEFORE = [Dropout(kind="dropout", line=1, inputs=(PHOTO,), channels=12, cell=8)]


def layer(text: str, before: list[Layer] = BEFORE) -> Layer:
    (section,) = sections(text)
    return read(section.kind, section, before)


def test_a_convolution_reads_the_layer_before():
    made = layer("[convolutional]\nfilters=6\nsize=3\nstride=2\npad=1\ngroups=3\nbatch_normalize=1\nactivation=mish")
    assert isinstance(made, Convolution)
    assert (made.inputs, made.channels_in, made.channels, made.cell) == ((0,), 12, 6, 16)
    assert (made.size, made.step, made.padding, made.groups, made.normalised) == (3, 2, 1, 3, True)
    assert made.activation is Activation.MISH


def test_the_defaults_are_darknets():
    convolution, pool = layer("[convolutional]"), layer("[maxpool]\nstride=2")
    assert isinstance(convolution, Convolution)
    assert (convolution.channels, convolution.size, convolution.padding, convolution.groups) == (1, 1, 0, 1)
    assert (convolution.normalised, convolution.activation) == (False, Activation.LOGISTIC)
    assert isinstance(pool, MaxPool)
    assert (pool.size, pool.step, pool.padding) == (2, 2, 1)


def test_the_first_layer_reads_the_photo():
    made = layer("[convolutional]", [])
    assert isinstance(made, Convolution)
    assert (made.inputs, made.channels_in, made.cell) == ((PHOTO,), 3, 1)


def test_pad_is_a_switch_and_padding_a_number():
    made = [layer(f"[convolutional]\nsize=5\n{text}") for text in ("pad=1", "padding=2", "pad=1\npadding=1")]
    assert [one.padding for one in made if isinstance(one, Convolution)] == [2, 2, 2]


def test_upsampling_divides_the_cell():
    made = layer("[upsample]\nstride=4")
    assert isinstance(made, Upsample)
    assert (made.channels, made.cell, made.factor) == (12, 2, 4)


def test_a_head_takes_the_anchors_of_its_mask():
    made = layer("[yolo]\nmask=2,0\nanchors=1,2, 3,4, 5,6\nnum=3\nclasses=1\nscale_x_y=1.2")
    assert isinstance(made, Yolo)
    assert made.head.anchors == ((5, 6), (1, 2))
    assert (made.head.classes, made.head.stride, made.head.scale_x_y) == (1, 8, 1.2)


def test_a_head_without_a_mask_takes_all_anchors():
    made = layer("[yolo]\nanchors=1,2, 3,4\nclasses=1")
    assert isinstance(made, Yolo)
    assert made.head.anchors == ((1, 2), (3, 4))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[lstm]", r"Line 1 .*in \[lstm\]: the lab does not know this kind of layer.*\[convolutional\]"),
        ("[connected]\noutput=3", r"in \[connected\]: the lab does not know"),
        ("[convolutional]\n\nactivation=gelu", r"Line 3 .*does not know the activation “gelu”.*leaky"),
        ("[convolutional]\ndilation=2", r"Line 2 .*does not run dilation.*dilation=1"),
        ("[convolutional]\nshare_index=3", r"Line 2 .*does not run share_index"),
        ("[convolutional]\nstride_x=2", r"equal strides"),
        ("[convolutional]\nfilters=8\ngroups=3", r"Line 3 .*12 channels and 8 filters can't both be divided into 3"),
        ("[convolutional]\nsize=3", r"no longer fits the photo's grid.*pad=1"),
        ("[convolutional]\nsize=4\npad=1", r"no longer fits the photo's grid"),
        ("[convolutional]\nfilters=-1", r"filters is “-1”.*from 1 to"),
        ("[convolutional]\nbatch_normalize=2", r"batch_normalize is “2”"),
        ("[maxpool]\nsize=2\npadding=2", r"no longer fits"),
        ("[maxpool]\nsize=100", r"size is “100”"),
        ("[maxpool]\nmaxpool_depth=1", r"does not run maxpool_depth"),
        ("[upsample]\nstride=3", r"every 8 pixels can't be made 3 times finer"),
        ("[upsample]\nstride=-2", r"stride is “-2”"),
        ("[yolo]\nclasses=1", r"anchors is missing"),
        ("[yolo]\nclasses=1\nanchors=1,2,3", r"Line 3 .*1 anchors have 2 numbers, here are 3"),
        ("[yolo]\nclasses=1\nanchors=1,2\nnum=2", r"2 anchors have 4 numbers|num is “2”"),
        ("[yolo]\nclasses=1\nanchors=1,0", r"anchors is “1,0”"),
        ("[yolo]\nclasses=1\nanchors=1,2,3,4\nmask=1,2", r"Line 4 .*mask is “1,2”.*from 0 to 1"),
        ("[yolo]\nclasses=2\nanchors=1,2,3,4", r"2 anchors and 2 classes need 14 channels.*gives 12.*filters=14"),
        ("[yolo]\nclasses=1\nanchors=1,2,3,4\nnew_coords=1", r"does not run new_coords"),
    ],
)
def test_what_does_not_fit_is_an_error_that_says_where_and_what_to_do(text, problem):
    with pytest.raises(ModelError, match=problem) as caught:
        layer(text)
    assert caught.value.advice.endswith(".")


def test_only_a_route_follows_a_head():
    head = layer("[yolo]\nanchors=1,2, 3,4\nclasses=1")
    with pytest.raises(ModelError, match=r"can't follow \[yolo\]. Begin the next branch with \[route\]"):
        layer("[convolutional]", [*BEFORE, head])
    assert layer("[route]\nlayers=0", [*BEFORE, head]).channels == 12


@pytest.mark.parametrize("kind", READERS)
def test_every_layer_tells_its_section_and_line(kind):
    settings = {"route": "layers=-1", "shortcut": "from=-1", "yolo": "anchors=1,2,3,4\nclasses=1"}
    made = layer(f"\n\n[{kind}]\n{settings.get(kind, '')}")
    assert (made.kind, made.line) == (kind, 3)
