"""The class map over the photo, alone or beside that of a second network, and what it came to in numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import streamlit as st

from ui import cached, messages, parts
from ui.cached import segmentations
from ui.components.class_map import ClassScene, Picked, class_map
from ui.sections.segmenter import looks, segment_case, segment_view
from ui.sections.segmenter.segment_case import Case

FEW = 3
"""Classes that a picture's description names."""


def show(case: Case, *, key: str = "class-map", group: str = "") -> None:
    """The map under the hand: where a visitor's hand rests, the view is kept."""
    class_map(key, scene(case, group), case.view, picked(case), segment_view.keep)
    look = case.look
    st.caption(f"**{messages.escape(look.row.title)}**{looks.told(look.found.settings)}")


def both(first: Case, second: Case) -> None:
    """Two networks beside each other, read at the same point, and how far they agree."""
    columns = st.columns(2, gap="medium")
    for column, case, key in zip(columns, (first, second), ("class-map", "class-map-beside"), strict=True):
        with column:
            show(case, key=key, group="beside")
    st.markdown(compared(first, second), width=760)
    st.caption(f"All that follows is about {messages.escape(first.look.row.title)}.")


def compared(first: Case, second: Case) -> str:
    """On how many pixels both networks agree, and which classes the other one cannot name."""
    one, other = first.look.found, second.look.found
    words = [
        f"Both give the same class to **{parts.percent(segment_case.agreement(one, other))}** of the pixels, whatever the "
        "threshold."
    ]
    for mine, theirs, title in ((one, other, second.look.row.title), (other, one, first.look.row.title)):
        foreign = [region.label for region in mine.regions if region.label not in theirs.names]
        if foreign:
            words.append(f"{messages.escape(title)} never learned {messages.escape(', '.join(foreign[:5]))}.")
    return " ".join(words)


def scene(case: Case, group: str) -> ClassScene:
    """The case as the component takes it."""
    look, photo, found = case.look, case.look.photo, case.look.found
    named = ", ".join(f"{one.label} {parts.percent(one.share)}" for one in found.regions[:FEW])
    return ClassScene(
        photo=cached.backdrop(photo),
        width=photo.width,
        height=photo.height,
        alt=f"The photo under its class map by {look.row.title}: {named}",
        names=found.names,
        colours=tuple(look.colours.get(place, "") for place in range(len(found.names))),
        shown=tuple(one.index for one in found.regions),
        screen=segmentations.maps(found, photo),
        group=group,
    )


def picked(case: Case) -> Picked:
    """What the network says at the pixel that is read."""
    here = case.here()
    shares = {one.index: one.probability for one in here}
    return Picked(
        point=case.point,
        shares=tuple(round(shares[place], 4) for place in range(len(shares))),
        margin=round(margin([one.probability for one in here]), 4),
        entropy=round(entropy([one.probability for one in here]), 4),
    )


def margin(shares: Sequence[float]) -> float:
    """How far the best of the probabilities leads, the best first."""
    return shares[0] - shares[1] if len(shares) > 1 else 1.0


def entropy(shares: Sequence[float]) -> float:
    """The entropy of probabilities in bits. Shannon, 1948, section 6."""
    return sum(share * math.log2(1 / share) for share in shares if share > 0)


def figures(case: Case) -> None:
    """How many classes there are, how much belongs to nobody, and how sure the network is on the whole."""
    cells = parts.four(150)
    shares, sure = case.shares(), case.sure
    things = [place for place in shares if place in case.look.colours]
    cells[0].metric("Classes found", f"{len(things):,}", help="Without the background.")
    cells[1].metric(
        "Unknown",
        parts.percent(case.unsure),
        help=f"Pixels whose best class leads by less than {case.view.unsure:.2f}.",
    )
    cells[2].metric(
        "Mean entropy",
        f"{sure.mean:.2f} bits",
        help=f"0 is one class for certain, {sure.most:.2f} bits all {len(case.look.found.names)} alike.",
    )
    largest = things[0] if things else None
    name = case.look.found.names[largest] if largest is not None else ""
    cells[3].metric(
        f"Largest, {name}" if name else "Largest area",
        parts.percent(shares[largest]) if largest is not None else "none",
        help="What part of all pixels the largest class has that is not the background.",
    )
