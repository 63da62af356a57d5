"""The closing row of the view Imagine: the picture, its numbers and values, the run as an animation, the lines."""

from __future__ import annotations

import streamlit as st

from ui import controls, export, formats, parts
from ui.sections.attribution import case as cases
from ui.sections.saliency import imagine_controls, imagine_drawn, imagine_snippet
from ui.sections.saliency.imagine_drawn import Drawn
from ui.sections.saliency.imagine_film import Roll
from ui.sections.saliency.imagine_presets import KEY
from viz.animations import animated
from viz.images import to_image


def take_away(drawn: Drawn, *, going: bool = False) -> None:
    """The row. While the run goes on there is nothing to take: what is there now is another picture in a moment."""
    if going:
        parts.section("Take it away")
        st.caption("The picture and its numbers can be taken when the run is paused or over.")
        return
    plan = drawn.plan
    export.take_away(
        "saliency-imagine",
        picture=lambda: imagine_drawn.picture(drawn.canvas),
        rows=lambda: rows(drawn.roll),
        settings=lambda: {
            "photo": plan.photo.name if plan.layer else "",
            "network": plan.card.key,
            "class": "" if plan.layer else plan.label,
            "layer": plan.layer or "",
            "side": drawn.side,
            "settings": formats.plain(drawn.settings),
            "finished": drawn.over,
            "raised": drawn.value,
            "score": drawn.score,
            "probability": drawn.probability,
        },
        link=lambda: controls.link("part", KEY, "model", *cases.KEYS[:1], *imagine_controls.KEYS),
        snippet=lambda: imagine_snippet.ascent(plan.photo, plan.card, drawn.settings, drawn.side, plan.layer),
        missing="" if drawn.small else "A run that was started begins anew.",
        raw=lambda: formats.npy(drawn.canvas),
        further=lambda: export.animation(
            "saliency-imagine", lambda: animated([to_image(frame) for frame in drawn.roll.pictures()])
        ),
    )
    st.caption("" if drawn.small else f"The lines draw all {plan.settings.steps} steps, with the weights of now.")


def rows(roll: Roll) -> list[dict[str, str | float | int]]:
    """A row for each step that is kept."""
    shown = zip(roll.indices, roll.values, strict=True)
    table: list[dict[str, str | float | int]] = [{"step": index, "raised": value} for index, value in shown]
    for row, score, probability in zip(table, roll.scores, roll.probabilities, strict=False):
        row.update({"score": score, "probability": probability})
    return table
