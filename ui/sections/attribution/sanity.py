"""The sanity check: after a click the network forgets stage after stage, and one sees which maps do not change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from core.attribution.methods import AttributionSettings, Method
from core.attribution.settings import IntegrationSettings, Rule, SmoothGradSettings
from ui import address, parts
from ui.cached import attributions
from ui.components.film import film
from ui.sections.attribution import case as cases
from ui.sections.attribution import forgetting
from ui.sections.attribution.case import Case
from ui.sections.attribution.forgetting import Likeness

if TYPE_CHECKING:
    from core.experiments.trust import SanityAnswer

STANDARD = (Method.GRAD_CAM, Method.GUIDED, Method.DECONVNET, Method.GRADIENT)
MOST = 6
CHECKED, BY, STAGE = "checked", "alike", "stage"
KEYS = (CHECKED, BY, STAGE)
RUNS, THERE = "sanity-runs", "sanity-there"
"""In the session: the cases for which somebody asked, and what has been computed."""

REMEMBERED = 100
SETTINGS = AttributionSettings(
    integration=IntegrationSettings(rule=Rule.GAUSS_LEGENDRE, steps=16), noise=SmoothGradSettings(samples=10)
)
LIGHT = "To be quick, integrated gradients take 16 steps here and SmoothGrad 10 samples."


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """The methods to be checked, and the answers that are there."""

    asked: tuple[Method, ...]
    found: tuple[SanityAnswer, ...]


def sanity(case: Case) -> Checked:
    """The check as far as it has come, or the button that starts it."""
    parts.section(
        "Does it depend on what was learned?",
        "The weights are drawn anew from the output down to the input. A map that stays explains the picture, not the network.",
    )
    left, right = st.columns([3, 1], gap="medium", vertical_alignment="bottom")
    asked = cases.methods(case, left, label="Maps to check", key=CHECKED, standard=STANDARD, most=MOST)
    by = right.segmented_control(
        "Compared by",
        [one.value for one in Likeness],
        default=Likeness.RANKS.value,
        required=True,
        key=BY,
        bind="query-params",
        help="SSIM compares the maps as pictures, each from its smallest to its largest value.",
    )
    if _name(case) not in st.session_state.get(RUNS, ()):
        st.button("Let the network forget", icon=":material/shuffle:", key="forget", on_click=_ask, args=(case,))
        st.caption(f"On a copy. It takes some seconds for each map, and longer with a large network. {LIGHT}")
        return Checked(tuple(asked), ())
    there = st.session_state.get(THERE, ())
    with st.container(gap=None):
        found = [_check(case, method) for method in asked if _name(case, method) in there]
    if found:
        _show(case, found, Likeness(by) if by else Likeness.RANKS)
    else:
        st.empty().skeleton(height=420)
    return Checked(tuple(asked), tuple(found))


def more(case: Case, checked: Checked) -> None:
    """Compute the next map that was asked for, and run the page again. Stands last."""
    there = st.session_state.get(THERE, ())
    missing = next((method for method in checked.asked if _name(case, method) not in there), None)
    if missing is None or _name(case) not in st.session_state.get(RUNS, ()):
        return
    st.caption(f":material/hourglass_empty: {missing.title}: the network forgets, stage by stage.")
    _check(case, missing)
    st.session_state[THERE] = (*there, _name(case, missing))[-REMEMBERED:]
    st.rerun()


def _show(case: Case, found: Sequence[SanityAnswer], by: Likeness) -> None:
    stage = min(address.number(STAGE, None) or 0, len(found[0].steps) - 1)
    film("sanity-film", forgetting.reel(_name(case), found, by), stage, lambda moved: address.keep(STAGE, moved))
    address.show(STAGE, str(stage) if stage else None)
    st.markdown(forgetting.verdict(found), width=760)
    spent, stages = sum(one.cost.milliseconds for one in found) / 1_000, len(found[0].steps) - 1
    st.caption(
        f"In brackets the rank correlation with the first map. From {forgetting.STAYED} on it counts as alike, below "
        f"{forgetting.CHANGED} as changed; both lines are ours. Adebayo et al., Sanity Checks for Saliency Maps, 2018.  \n"
        f"{stages} stages for {len(found)} map{'s' if len(found) > 1 else ''} took {spent:.1f} s. {LIGHT}"
    )
    st.latex(forgetting.formula(found[0]))
    st.caption(
        "r and q are the ranks of the n values of |map|, in the trained network and after everything is forgotten."
    )


def _check(case: Case, method: Method) -> SanityAnswer:
    return attributions.sanity(case.photo, case.card.key, case.target, method, SETTINGS)


def _ask(case: Case) -> None:
    st.session_state[RUNS] = (*st.session_state.get(RUNS, ()), _name(case))[-REMEMBERED:]


def _name(case: Case, method: Method | None = None) -> str:
    return case.name + (f" {method.value}" if method else "")
