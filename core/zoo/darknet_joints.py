"""The sections of a Darknet cfg file that join earlier layers: [route] puts maps one behind the other, [shortcut] adds them.

Torch-free. Bochkovskiy's Darknet, src/parser.c, parse_route and parse_shortcut, but for one thing: a shortcut between maps
of different shapes, which Darknet adds as far as they go, is an error.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.networks.darknet_layers import Activation, Layer, Route, Shortcut, Yolo
from core.zoo.darknet_sections import Section

MOST_CHANNELS = 8192


def route(section: Section, before: Sequence[Layer]) -> Route:
    """The maps of the layers that `layers` names, or of each of them part `group_id` of `groups`.

    Raises:
        ModelError: there is no such layer or part, or the maps are not of one size.
    """
    sources = _sources(section, "layers", before)
    groups = section.whole("groups", 1, least=1, most=MOST_CHANNELS)
    group = section.whole("group_id", 0, least=0, most=MOST_CHANNELS)
    if group >= groups:
        raise section.wrong(f"there is no group {group} of {groups}.", f"Choose one below {groups}.", "group_id")
    uneven = [source for source in sources if before[source].channels % groups]
    if uneven:
        channels = before[uneven[0]].channels
        raise section.wrong(
            f"{channels} channels can't be divided into {groups} groups.",
            "Choose a number that divides them.",
            "groups",
        )
    return Route(
        kind="route",
        line=section.line,
        inputs=sources,
        channels=sum(before[source].channels // groups for source in sources),
        cell=_same_cell(section, sources, before),
        groups=groups,
        group=group,
    )


def shortcut(section: Section, before: Sequence[Layer]) -> Shortcut:
    """The sum of the layer before and those that `from` names.

    Raises:
        ModelError: there is no such layer, or the maps are not of one shape.
    """
    if section.word("weights_type", "none") != "none":
        raise section.wrong("the lab does not run weighted shortcuts.", "Choose another network.", "weights_type")
    if not before:
        raise section.wrong("there is no layer before it to add to.", "Put a [convolutional] section first.")
    sources = (len(before) - 1, *_sources(section, "from", before))
    cell = _same_cell(section, sources, before)
    counts = {before[source].channels for source in sources}
    if len(counts) > 1:
        numbers = " and ".join(str(count) for count in sorted(counts))
        raise section.wrong(
            f"it adds maps of {numbers} channels.",
            "Point it at a layer with as many channels as the one before.",
            "from",
        )
    return Shortcut(
        kind="shortcut",
        line=section.line,
        inputs=sources,
        channels=before[-1].channels,
        cell=cell,
        activation=section.choice("activation", Activation, Activation.LINEAR),
    )


def _sources(section: Section, key: str, before: Sequence[Layer]) -> tuple[int, ...]:
    """The layers that a section points at: counted from 0, or backwards from itself."""
    found = []
    for number in section.wholes(key, least=-(10**6), most=10**6):
        source = number + len(before) if number < 0 else number
        if not 0 <= source < len(before):
            raise section.wrong(
                f"{key} points at layer {number}, which is not before it.",
                f"{len(before)} layers come before it: count from 0, or backwards from -1.",
                key,
            )
        if isinstance(before[source], Yolo):
            raise section.wrong(f"{key} points at a [yolo] layer.", "Point it at a layer before that.", key)
        found.append(source)
    return tuple(found)


def _same_cell(section: Section, sources: Sequence[int], before: Sequence[Layer]) -> int:
    cells = sorted({before[source].cell for source in sources})
    if len(cells) > 1:
        sizes = " and ".join(str(cell) for cell in cells)
        raise section.wrong(
            f"it joins maps of different sizes: one cell for every {sizes} pixels.",
            "Point it at layers whose maps are of one size.",
        )
    return cells[0]
