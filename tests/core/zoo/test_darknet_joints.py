import pytest

from core.errors import ModelError
from core.networks.darknet_layers import PHOTO, Activation, Dropout, Head, Yolo
from core.zoo.darknet_joints import route, shortcut
from core.zoo.darknet_sections import Section, sections

HEAD = Head(anchors=((1.0, 1.0),), classes=1, stride=8)
BEFORE = [
    Dropout(kind="dropout", line=1, inputs=(PHOTO,), channels=channels, cell=cell)
    for channels, cell in ((12, 8), (6, 8), (6, 16))
] + [
    Yolo(kind="yolo", line=1, inputs=(2,), channels=6, cell=16, head=HEAD),
    Dropout(kind="dropout", line=1, inputs=(2,), channels=6, cell=8),
]


def section(text: str) -> Section:
    return sections(text)[0]


def test_a_route_counts_from_the_first_layer_or_backwards_from_itself():
    made = route(section("[route]\nlayers=-1, 0"), BEFORE)
    assert (made.inputs, made.channels, made.cell) == ((4, 0), 18, 8)


def test_groups_of_a_route_are_parts_of_each_map():
    made = route(section("[route]\nlayers=0,1\ngroups=3\ngroup_id=2"), BEFORE)
    assert (made.channels, made.groups, made.group) == (6, 3, 2)


def test_a_shortcut_adds_to_the_layer_before():
    made = shortcut(section("[shortcut]\nfrom=-4\nactivation=leaky"), BEFORE)
    assert (made.inputs, made.channels, made.activation) == ((4, 1), 6, Activation.LEAKY)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[route]\nlayers=5", r"Line 2 .*layers points at layer 5, which is not before it. 5 layers come before it"),
        ("[route]\nlayers=-6", r"points at layer -6"),
        ("[route]\nlayers=", r"layers is “”"),
        ("[route]", r"layers is missing"),
        ("[route]\nlayers=3", r"points at a \[yolo\] layer"),
        ("[route]\nlayers=1,2", r"different sizes: one cell for every 8 and 16 pixels"),
        ("[route]\nlayers=0\ngroups=5", r"12 channels can't be divided into 5 groups"),
        ("[route]\nlayers=0\ngroups=2\ngroup_id=2", r"Line 4 .*no group 2 of 2"),
    ],
)
def test_a_route_that_leads_nowhere_is_an_error(text, problem):
    with pytest.raises(ModelError, match=problem):
        route(section(text), BEFORE)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[shortcut]\nfrom=0", r"Line 2 .*adds maps of 6 and 12 channels"),
        ("[shortcut]\nfrom=2", r"different sizes: one cell for every 8 and 16 pixels"),
        ("[shortcut]\nfrom=9", r"from points at layer 9"),
        ("[shortcut]\nfrom=1\nweights_type=per_feature", r"weighted shortcuts"),
        ("[shortcut]\nfrom=1\nactivation=abc", r"does not know the activation"),
    ],
)
def test_a_shortcut_that_does_not_fit_is_an_error(text, problem):
    with pytest.raises(ModelError, match=problem):
        shortcut(section(text), BEFORE)


def test_a_network_can_not_begin_with_a_joint():
    with pytest.raises(ModelError, match="no layer before it"):
        shortcut(section("[shortcut]\nfrom=-1"), [])
    with pytest.raises(ModelError, match="0 layers come before it"):
        route(section("[route]\nlayers=-1"), [])
