"""The controls of the assignment: who decides which anchors learn from which object, and at which IoU."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.boxes.layout import AnchorSettings, Generator
from core.boxes.settings import AssignmentSettings, Rule
from ui.sections.anchors import generator

GREEDY, THRESHOLDS, CELL = "Textbook", "Two thresholds", "YOLO cell"
RULES = {GREEDY: Rule.GREEDY, THRESHOLDS: Rule.THRESHOLDS, CELL: Rule.CELL}
KEYS = ("rule", "threshold", "limits")
LESSONS = {
    Rule.GREEDY: "Every object gets its best free anchor, then every anchor from the threshold on learns too.",
    Rule.THRESHOLDS: "From the upper threshold on positive, below the lower one background, between the two left out of "
    "the loss. The best anchor of each object is always positive.",
    Rule.CELL: "One anchor for each object: in the cell nearest to its centre, the one with the largest IoU. "
    "The threshold only says whether that is good enough.",
}


def controls() -> tuple[AnchorSettings, AssignmentSettings]:
    """The controls of anchors and rule: four in view, the rest in an expander."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        laid = generator.kind()
        chosen = kind(laid)
        far = generator.more()
    first, second = st.columns(2, gap="medium")
    how = settings(chosen, first)
    return generator.settings(laid, [second], far), how


def kind(laid: Generator) -> Rule:
    """The rule. YOLO's needs YOLO's grid; without it, the textbook's is taken."""
    names, default = (list(RULES), CELL) if laid is Generator.GRID else ([GREEDY, THRESHOLDS], GREEDY)
    if st.session_state.get("rule", CELL) not in names:
        st.session_state["rule"] = GREEDY
        st.session_state["rule_waits"] = True
    elif laid is Generator.GRID and st.session_state.pop("rule_waits", False) and st.session_state["rule"] == GREEDY:
        st.session_state["rule"] = CELL  # the grid is back, and nobody has chosen another rule meanwhile
    chosen = st.segmented_control(
        "Who learns what",
        names,
        default=default,
        required=True,
        key="rule",
        bind="query-params",
    )
    return RULES[chosen or default]


def settings(rule: Rule, cell: DeltaGenerator) -> AssignmentSettings:
    """The threshold of a rule, or its two."""
    if rule is Rule.THRESHOLDS:
        limits = cell.slider(
            "Background, positive",
            0.0,
            1.0,
            (0.3, 0.7),
            0.05,
            key="limits",
            bind="query-params",
            help="Below the lower IoU an anchor is background, from the upper one on positive.",
        )
        return AssignmentSettings(
            rule=rule, positive=max(limits), negative=min(limits)
        )  # a link may name them in any order
    threshold = cell.slider("IoU threshold", 0.05, 0.95, 0.5, 0.05, key="threshold", bind="query-params")
    return AssignmentSettings(rule=rule, positive=threshold)
