"""Attribution: which pixels an answer comes from, by every method, layer by layer, and whether to believe it."""

import streamlit as st

from core.attribution.methods import AttributionSettings
from ui import controls, frame, messages, parts
from ui import photo as photo_tray
from ui.sections.attribution import bill, case, compare, display, formula, layers, photos, presets, take_away

photo = frame.open_page("pages/attribution.py")


@st.fragment
def compared() -> None:
    """Methods and classes beside each other."""
    with messages.guard("The comparison"):
        hidden = controls.hidden(presets.KEY)
        with parts.hideable("controls"):
            first, second, third, fourth = parts.four(170)
            stage = st.empty()
            compare.waiting(photo, stage)
            mine = case.choose(photo, first, second, third)
            asked = compare.methods(mine, fourth)
            far = fourth.popover("More settings", icon=":material/tune:", width="stretch")
            settings, layer = compare.controls(mine, far)
            shown = display.controls(far)
        with stage.container():
            large = compare.stage(mine, shown, asked, settings, layer)
        found = []
        if hidden:
            st.caption("The grid waits until you reveal the answer.")
        else:
            with parts.hideable("grid"):
                parts.section("Method by method, class by class")
                found = list(compare.grid(mine, shown, asked, settings, layer))
        with parts.hideable("photos"):
            photos.down(photo_tray.own(), mine, asked[0], shown, settings)
        with parts.hideable("formulas"):
            formula.formula(mine, large)
        parts.caveat(
            "A saliency map is not a cause: it shows what moved this score of this network, and another method or baseline may "
            "show something else. What it leaves out may matter too."
        )
        with parts.hideable("export"):
            take_away.take_away(mine, [large, *found], settings, layer, shown)
        frame.send_to("pages/nms.py", "pages/models.py")
        bill.bill([large, *found])


@st.fragment
def layered() -> None:
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
            "A cell may see more than its receptive field suggests matters, and usually the middle of what it sees counts most. "
            "A sharp early map is not a better explanation: it may answer to edges of any class."
        )
        with parts.hideable("export"):
            take_away.take_away(mine, found, settings, None, shown)
        frame.send_to("pages/nms.py", "pages/models.py")
        bill.bill(found)


PARTS = {"Compare": compared, "Layers": layered}
row, question = st.container(horizontal=True), st.container()
with row:
    part = st.segmented_control(
        "Part",
        list(PARTS),
        default="Compare",
        required=True,
        key="part",
        bind="query-params",
        label_visibility="collapsed",
    )
    part = part if part in PARTS else "Compare"  # nothing, after a link with an empty part
if part == "Compare":
    with question:
        controls.presets(presets.KEY, presets.presets(), default=presets.FIRST)
PARTS[part]()
