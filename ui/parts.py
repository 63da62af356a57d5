"""Pieces of a page that look the same everywhere: pictures, scales, formulas, the closing rows."""

from __future__ import annotations

import html
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from viz.colours import CIVIDIS, JET, RED_BLUE, VIRIDIS
from viz.images import Picture

if TYPE_CHECKING:
    from core.experiments.cost import Cost

RAMPS = {"viridis": VIRIDIS, "cividis": CIVIDIS, "jet": JET, "red-blue": RED_BLUE}


@dataclass(frozen=True, slots=True)
class Scale:
    """The colour bar of a map: which ramp, and the words at its low end, middle and high end."""

    ramp: str
    low: str
    middle: str
    high: str


def picture(image: Picture, title: str, note: str, *, alt: str, scale: Scale | None = None, tallest: int = 420) -> None:
    """A picture with its words left-aligned underneath; never wider than its column, never taller than `tallest`."""
    width = round(tallest * image.width / image.height)
    with st.container(gap="xsmall", width=width):
        st.image(image.data, width="stretch", alt=alt)
        st.caption(f"**{title}** · {note}")
        if scale:
            colour_bar(scale)


def colour_bar(scale: Scale) -> None:
    """Drawn by the browser: no picture, and its words follow the theme."""
    low, middle, high = (html.escape(word) for word in (scale.low, scale.middle, scale.high))
    st.html(
        f'<div role="img" aria-label="Colour scale: {low}, {middle}, {high}">'
        f'<div style="height:8px;border-radius:4px;background:linear-gradient(90deg,{",".join(RAMPS[scale.ramp])})"></div>'
        '<div style="display:flex;justify-content:space-between;gap:1em;font-size:.8125rem;opacity:.7;'
        'font-variant-numeric:tabular-nums;padding-top:4px">'
        f"<span>{low}</span><span>{middle}</span><span>{high}</span></div></div>"
    )


def four(minimum: int = 150) -> list[DeltaGenerator]:
    """Four cells that stand 4, 2 + 2 or (below `minimum`) 1 in a row, but never 3 + 1."""
    outer = st.grid(2, min_column_width=2 * minimum + 32, gap="medium")
    inner = [outer.grid(2, min_column_width=minimum, gap="medium") for _ in range(2)]
    return [pair.cell() for pair in inner for _ in range(2)]


def section(title: str, lead: str = "") -> None:
    """A heading with air above it and at most one sentence below it: one element, since every one costs the browser time."""
    st.markdown(f"## {title}\n\n:gray[{lead}]" if lead else f"## {title}", width=680)


def question(words: str, answer: str) -> None:
    """Predict, then reveal: the question stands in the text, the answer waits behind one click."""
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f"**{words}**", width="content")
        with st.popover(":primary[Reveal]", icon=":material/visibility:", type="tertiary"):
            st.markdown(answer, width=360)


def prediction(words: str, answer: str, key: str) -> bool:
    """A question to be answered first: the answer comes into the text with a click, which the session remembers under `key`.

    Returns whether it is there.
    """
    revealed = bool(st.session_state.get(key))
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        st.markdown(f"**{words}**", width="content")
        if not revealed:
            st.button(
                ":primary[Reveal]",
                icon=":material/visibility:",
                type="tertiary",
                key=f"{key}-button",
                on_click=lambda: st.session_state.update({key: True}),
            )
    if revealed:
        st.markdown(answer, width=760)
    return revealed


@contextmanager
def awaited(place: DeltaGenerator) -> Iterator[None]:
    """Empty `place`, which says that an answer is on its way, where an error in the block says that none comes."""
    try:
        yield
    except Exception:  # Streamlit's own control flow does not derive from it
        place.empty()
        raise


def caveat(words: str) -> None:
    """What the picture does not prove: quiet, always there, never a warning box."""
    st.space("xsmall")
    st.markdown(f"> **What this does not prove.** {words}", width=760)


def cost(*bills: Cost) -> None:
    """The last line of a page: what its answer cost, or all of its answers together."""
    st.divider()
    st.caption(billed(together(bills)))


def together(bills: Sequence[Cost]) -> Cost:
    """One bill for several answers, of which there is at least one: their sum."""
    return sum(bills[1:], start=bills[0])


def billed(bill: Cost) -> str:
    """A bill in one line; what had to give way for want of memory stands in a line of its own."""
    line = (
        f":material/timer: {bill.milliseconds:,.0f} ms on {bill.device} · {passes(bill)} · "
        f"{bill.megabytes:,.0f} MB of memory taken for it"
    )
    return f"{line}  \n:material/info: {bill.notice}" if bill.notice else line


def passes(bill: Cost) -> str:
    """How often a network ran, in words."""
    if not bill.forward and not bill.backward:
        return "no network was asked"
    return f"{bill.forward} forward and {bill.backward} backward pass{'es' if bill.backward != 1 else ''}"


def hideable(part: str, piece: str = "") -> DeltaGenerator:
    """A container that a teacher's link can hide: `?hide=part`. `part` and `piece` are one lower-case word each.

    Pieces are containers of one part that stand apart: all of them are hidden together.
    """
    return st.container(key=f"part-{part}-{piece}" if piece else f"part-{part}")


def percent(share: float, digits: int = 1) -> str:
    """A share, such as "98.4 %", with a space that is never broken; `digits` after the point. What is not 0 is not told as 0."""
    if 0 < 100 * share < 0.5 * 10**-digits:
        return f"<\u00a0{10**-digits:.{digits}f}\u00a0%"
    return f"{100 * share:.{digits}f}\u00a0%"


def signed(value: float) -> str:
    """Three decimals and a real minus; what rounds to zero has no sign."""
    return f"{value:z.3f}".replace("-", "−")


def number(value: float) -> str:
    """Three digits, or whole numbers from 100 on, with a real minus."""
    return (f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}").replace("-", "−")
