"""The five views of the attribution page, each of its parts in order. A moved control reruns one view, not the frame."""

from __future__ import annotations

import streamlit as st

from core.attribution.methods import AttributionSettings
from core.images.photo import Photo
from ui import controls, first_look, frame, messages, parts
from ui import photo as photo_tray
from ui.sections.attribution import (
    areas,
    axioms,
    baselines,
    bill,
    black,
    boxes,
    case,
    compare,
    display,
    fall,
    formula,
    gaps,
    layers,
    path,
    path_export,
    photos,
    presets,
    region_away,
    sanity,
    take_away,
    trust_away,
    verdict,
)


@st.fragment
def compared(photo: Photo) -> None:
    """Methods and classes beside each other."""
    with messages.guard("The comparison"):
        hidden = controls.hidden(presets.KEY)
        head, stage = parts.hideable("controls"), st.empty()
        first_look.waiting(compare.LOOKED, photo, stage)
        with parts.awaited(stage), head:
            first, second, third, fourth = parts.four(170)
            mine = case.choose(photo, first, second, third)
            far = fourth.popover("More settings", icon=":material/tune:", width="stretch")
            asked = compare.methods(mine, st.container())
            settings, layer = compare.controls(mine, far)
            shown = display.controls(far)
        with stage.container():
            large = compare.stage(mine, shown, asked, settings, layer, hidden=hidden)
        found = []
        if hidden:
            st.caption("The grid waits until you reveal the answer.")
        else:
            with parts.hideable("grid"):
                parts.section("Method by method, class by class")
                found = compare.grid(mine, shown, asked, settings, layer)
        with parts.hideable("photos"):
            photos.down(photo_tray.own(), mine, asked[0], shown, settings, layer)
        if not hidden:
            with parts.hideable("formulas"):
                formula.formula(mine, large, settings.measure)
        parts.caveat(
            "A saliency map is not a cause: it shows what moved this score of this network, and another method or baseline may "
            "show something else. What it leaves out may matter too."
        )
        with parts.hideable("export"):
            take_away.take_away(mine, [large, *found], settings, shown)
        frame.send_to("pages/nms.py", "pages/models.py")
        bill.bill([large, *found])


@st.fragment
def layered(photo: Photo) -> None:
    """The same method at every layer."""
    with messages.guard("The layers"):
        with parts.hideable("controls"):
            first, second, third, _ = parts.four(170)
            mine = case.choose(photo, first, second)
            method = layers.method(third)
        settings, shown = AttributionSettings(), display.Display()
        found = layers.strip(mine, method, shown, settings)
        with parts.hideable("factors"):
            found += layers.factors(mine, shown, settings)
        parts.caveat(
            "What a cell can see is not what it looks at: usually the middle counts most. A sharp early map is not a better "
            "explanation, since it may answer to edges of any class."
        )
        with parts.hideable("export"):
            take_away.take_away(
                mine, found, settings, shown, picture=lambda: layers.sheet(mine, found, shown, settings)
            )
        frame.send_to("pages/nms.py", "pages/models.py")
        bill.bill(found)


@st.fragment
def walked(photo: Photo) -> None:
    """Integrated gradients, step by step."""
    with messages.guard("The path"):
        with parts.hideable("controls"):
            first, second, third, fourth = parts.four(170)
            mine = case.choose(photo, first, second)
            near = fourth.container()
            far = fourth.popover("More settings", icon=":material/tune:", width="stretch")
            made = path.controls(mine, (third, near), far)
        way = path.view(mine, made)
        with parts.hideable("formulas"):
            path.formula(made, way)
        strip, measured = parts.hideable("baselines"), parts.hideable("gaps")
        with parts.hideable("black"):
            black.black(mine, made)
        with parts.hideable("axioms"):
            axioms.axioms()
        parts.caveat(
            "Complete is not right: the map adds up to the rise of the score for every baseline, and each baseline gives another "
            "map. What the pictures on the way are worth, the network was never asked."
        )
        with parts.hideable("export"):
            path_export.take_away(mine, made, way)
        frame.send_to("pages/nms.py", "pages/models.py")
        parts.cost(way.cost)
        with strip, messages.guard("The baselines"):
            baselines.strip(mine, made, way)
        with measured, messages.guard("The gaps"):
            gaps.gaps(mine, made, way)


@st.fragment
def judged(photo: Photo) -> None:
    """Deletion, insertion, and the sanity check."""
    with messages.guard("The checks"):
        with parts.hideable("controls"):
            first, second, third, _ = parts.four(170)
            mine = case.choose(photo, first, second)
            asked = fall.methods(mine, st.container())
            watched = fall.watched(asked, third)
        titles = fall.wanted(asked, watched)
        found = fall.judged(mine, titles)
        with parts.hideable("question"):
            verdict.question(found)
        with parts.hideable("curves"):
            fall.fall(mine, found, watched, titles)
        with parts.hideable("numbers"):
            verdict.verdict(mine, found)
        with parts.hideable("formulas"):
            verdict.formula(found)
        with parts.hideable("sanity"):
            checked = sanity.sanity(mine)
        parts.caveat(
            "Black pixels are a picture that the network has never seen, so the probability may fall for that reason alone. A map "
            "that passes may still be wrong."
        )
        with parts.hideable("export"):
            trust_away.take_away(mine, found, watched, checked)
        frame.send_to("pages/nms.py", "pages/models.py")
        trust_away.bill(mine, found, checked)
        fall.more(mine, titles)  # last: each draws what is there, and runs again
        sanity.more(mine, checked)


@st.fragment
def pointed(photo: Photo) -> None:
    """What a box and an area of the lab's detector and segmenter come from."""
    with messages.guard("Boxes and areas"):
        with parts.hideable("boxes"):
            boxed = boxes.boxes(photo)
        with parts.hideable("areas"):
            area = areas.areas(photo)
        parts.caveat(
            "A box's evidence may lie outside of it. Grad-CAM sees the trunk's 14 × 14 cells only, and the head may add more."
        )
        with parts.hideable("export"):
            region_away.take_away(photo, boxed, area)
        frame.send_to("pages/nms.py", "pages/segmenter.py", "pages/models.py")
        region_away.bill(boxed, area)


VIEWS = {"Compare": compared, "Layers": layered, "Path": walked, "Trust": judged, "Boxes & areas": pointed}
