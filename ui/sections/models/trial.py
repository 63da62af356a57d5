"""A network tried on the chosen photo: guesses, boxes, areas, feature maps or a painting, by what it was trained for."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from core.errors import WeightsDamagedError
from core.images.photo import Photo
from core.zoo.model_card import ModelCard, Task
from ui import cached, export, messages, model_picker, parts
from ui.sections.models import guesses, painting, snippet
from ui.sections.models.tried import TALLEST, Tried
from viz import images
from viz.masks import colours

if TYPE_CHECKING:
    from core.experiments.models import Regions, Things

MOST_AREAS = 7
NAMED = 12
"""Classes of a detector that are named beside its boxes; its card names all."""
LEAST_AREA = 0.001
"""The share of the photo that an area needs to be coloured: a few stray pixels are only listed."""


def show(card: ModelCard, photo: Photo) -> None:
    """What the network makes of the photo, how to take it away, and what it cost."""
    with messages.guard(card.title):
        try:
            tried = _BY_TASK[card.task](card, photo)
        except WeightsDamagedError as error:
            messages.explain(error)
            model_picker.again(card)
            return
        with st.container(horizontal=True, vertical_alignment="center"):
            export.buttons(
                card.key,
                picture=lambda: images.decode(tried.picture),
                rows=lambda: tried.rows,
                settings=lambda: {"network": card.key, "photo": photo.name, **tried.settings},
                link=lambda: {"card": card.key, **tried.link},
                snippet=lambda: tried.snippet,
            )
        st.caption(parts.billed(tried.cost))


def _classify(card: ModelCard, photo: Photo) -> Tried:
    answer = cached.look(photo, card.key)
    left, right = st.columns(2, gap="large")
    with left:
        guesses.where(photo, card, answer, tallest=TALLEST)
    with right:
        guesses.bars(card, answer.guesses)
    rows = [{"class": guess.label, "index": guess.index, "probability": guess.probability} for guess in answer.guesses]
    picture = cached.cam_picture(photo, card.key, answer)
    return Tried(picture, rows, {}, snippet.classify(photo, card), answer.cost)


def _detect(card: ModelCard, photo: Photo) -> Tried:
    answer = cached.things(photo, card.key)
    shown = tuple(one for one in answer.things if one.score >= card.sure)
    picture = cached.thing_picture(photo, shown)
    left, right = st.columns(2, gap="large")
    with left:
        parts.picture(
            picture,
            "Boxes",
            f"each scores at least {parts.percent(card.sure, 0)}, after non-maximum suppression",
            alt="The photo with numbered boxes: " + (", ".join(one.label for one in shown) or "nothing found"),
            tallest=TALLEST,
        )
    with right:
        st.caption(f"**{card.title}** · score of each box")
        of = colours(tuple(dict.fromkeys(one.index for one in shown)))
        _legend([(of[one.index], str(place), one.label, one.score) for place, one in enumerate(shown, start=1)])
        st.caption(_weaker(answer, len(shown)))
        more = f" and {card.class_count - NAMED} more" if card.class_count > NAMED else ""
        st.caption(f"All it knows: {', '.join(card.classes[:NAMED])}{more}. {card.limits}")
    rows = [
        {
            "class": one.label,
            "score": one.score,
            "drawn": int(one in shown),
            **dict(zip(("x1", "y1", "x2", "y2"), one.box, strict=True)),
        }
        for one in answer.things
    ]
    settings = {"drawn from": str(card.sure)}
    return Tried(picture, rows, settings, snippet.detect(photo, card, card.sure), answer.cost)


def _weaker(answer: Things, shown: int) -> str:
    rest = answer.things[shown:]
    best = f"; the surest of them is {rest[0].label}, {parts.percent(rest[0].score, 0)}" if rest else ""
    if not shown:
        return f"No box is that sure: nothing it knows is on the photo, or it can't tell{best.replace(' of them', '')}."
    return f"Boxes that score less, down to 5\u00a0%, are not drawn: {len(rest)}{best}."


def _segment(card: ModelCard, photo: Photo) -> Tried:
    answer = cached.regions(photo, card.key)
    found = (region for region in answer.regions if region.label != "background" and region.share >= LEAST_AREA)
    shown = tuple(region.index for region in found)[:MOST_AREAS]
    picture = cached.region_picture(photo, card.key, answer, shown)
    left, right = st.columns(2, gap="large")
    with left:
        parts.picture(
            picture,
            "Areas",
            f"each pixel by the most probable of {card.class_count} classes",
            alt="The photo with coloured, numbered areas: " + ", ".join(_names(answer, shown)),
            tallest=TALLEST,
        )
    with right:
        st.caption(f"**{card.title}** · share of the photo")
        numbers = {index: str(place) for place, index in enumerate(shown, start=1)}
        of = colours(shown)
        _legend(
            [
                (of.get(one.index, "transparent"), numbers.get(one.index, ""), one.label, one.share)
                for one in answer.regions
            ]
        )
    rows = [{"class": region.label, "index": region.index, "share": region.share} for region in answer.regions]
    return Tried(picture, rows, {}, snippet.segment(photo, card), answer.cost)


def _names(answer: Regions, shown: tuple[int, ...]) -> list[str]:
    found = {region.index: region.label for region in answer.regions}
    return [found[index] for index in shown] or ["background only"]


def _legend(lines: list[tuple[str, str, str, float]]) -> None:
    """A line for each row of colour, number, words and share."""
    rows = [
        f'<span style="width:1em;height:1em;border-radius:3px;background:{colour}"></span>'
        f"<span>{number}</span><span>{html.escape(label)}</span>"
        f'<span style="text-align:right">{parts.percent(share)}</span>'
        for colour, number, label, share in lines
    ]
    st.html(
        '<div style="display:grid;grid-template-columns:auto auto 1fr auto;gap:4px 10px;align-items:center;'
        f'max-width:340px;font-variant-numeric:tabular-nums">{"".join(rows)}</div>'
    )


def _features(card: ModelCard, photo: Photo) -> Tried:
    by_name = {layer.name: layer for layer in card.layers}
    first = card.layers[0].name
    name = st.pills("Layer", list(by_name), default=first, required=True, key="layer", bind="query-params")
    layer = by_name.get(name or first, card.layers[0])
    answer = cached.maps(photo, card.key, layer.name)
    picture = cached.map_tiles(photo, card.key, answer)
    parts.picture(
        picture,
        f"{len(answer.channels)} of {answer.count} feature maps",
        f"numbered, with the largest mean at {layer.name}, all on one scale. {layer.meaning}",
        alt=f"The strongest feature maps of layer {layer.name} on this photo",
        scale=parts.Scale("viridis", f"{answer.low:.1f}", "", f"{answer.high:.1f}"),
    )
    rows = [{"map": channel, "mean": mean} for channel, mean in zip(answer.channels, answer.means, strict=True)]
    chosen = {"layer": layer.name}
    return Tried(picture, rows, chosen, snippet.features(photo, card, layer.name), answer.cost, link=chosen)


_BY_TASK: dict[Task, Callable[[ModelCard, Photo], Tried]] = {
    Task.CLASSIFY: _classify,
    Task.DETECT: _detect,
    Task.SEGMENT: _segment,
    Task.FEATURES: _features,
    Task.PAINT: painting.show,
}
