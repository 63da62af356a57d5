"""Other eyes: what other networks see in the changed picture, and where this one looks before and after."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.zoo.catalog import of
from core.zoo.model_card import ModelCard, Task
from ui import growing, messages, networks, parts
from ui.cached import adversarial, drawings
from ui.sections.attribution.boxes import laid
from ui.sections.saliency.survive_case import Fooled
from viz import images
from viz.attributions import strongest

if TYPE_CHECKING:
    from core.experiments.attribution import Explanation
    from core.experiments.cost import Cost
    from core.experiments.survival import Transfer

NAME = "survive-others"
LARGE = 448  # px of a picture under its map


def others(made: Fooled) -> list[Cost]:
    """All other classifiers of the catalogue, asked after a click where they are here; what they cost so far."""
    parts.section(
        "Does it fool other networks?", "The change was made for one network. The others get the same picture."
    )
    cards = [card for card in of(Task.CLASSIFY) if card is not made.asked.card]
    here = [card for card in cards if networks.present(card)]
    costs: list[Cost] = []

    def draw(done: int) -> None:
        costs.clear()
        asked = [_asked(made, card) for card in here[:done]]
        costs.extend(one.cost for one in asked)
        if asked:
            st.markdown(table(asked))
            st.caption(summed(asked))

    mine = f"{made.key} {len(here)}"
    _start(here, mine)
    growing.growing(NAME, mine, len(here), draw)
    missing = [card for card in cards if card not in here]
    if missing:
        st.caption(absent(missing))
    return costs


def _start(here: Sequence[ModelCard], mine: str) -> None:
    """The button that loads and asks them, while nobody has clicked it."""
    progress = growing.progress(NAME, mine)
    with st.container():
        if here and not progress.going and progress.done < len(here):
            words = f"Ask {here[0].title if len(here) == 1 else f'{len(here)} others'}"
            icon = ":material/groups:"
            st.button(words, key="survive-others-start", icon=icon, on_click=growing.begin, args=(NAME, mine))
            if len(here) > 1:
                st.caption(f"{', '.join(card.title for card in here)}: each is loaded and asked twice.")


def table(found: Sequence[Transfer]) -> str:
    """A row for each network, in Markdown."""
    head = "| Network | Clean | Adversarial | Verdict |\n|:--|:--|:--|:--|\n"
    return head + "\n".join(_line(one) for one in found)


def _line(one: Transfer) -> str:
    if one.before is None or one.after is None:
        return f"| {one.title} | – | – | {messages.escape(one.problem)} |"
    before, after = (
        f"{messages.escape(guess.label)} {parts.percent(guess.probability)}" for guess in (one.before, one.after)
    )
    return f"| {one.title} | {before} | {after} | {'**another answer**' if one.changed else 'the same answer'} |"


def summed(found: Sequence[Transfer]) -> str:
    """How many changed their answer, in a sentence."""
    asked = [one for one in found if one.after is not None]
    if not asked:
        return "None of them could answer."
    changed = sum(one.changed for one in asked)
    return (
        f"{changed} of {len(asked)} changed their answer. Classes differ from network to network, so only whether an answer "
        "stays is compared."
    )


def absent(missing: Sequence[ModelCard]) -> str:
    """What is not on this server, with its size."""
    named = ", ".join(f"{card.title} ({card.megabytes})" for card in missing)
    return f"Not on this server: {named}. Choose one under The attack, or on the page Models, to fetch it."


def _asked(made: Fooled, card: ModelCard) -> Transfer:
    return adversarial.transferred(made.outcome.clean_pixels, made.outcome.pixels, card.key)


def looks(made: Fooled) -> Cost:
    """Grad-CAM before and after beside each other, each for its own answer; what it cost."""
    parts.section(
        "Where does it look?", "Grad-CAM of the clean and of the changed picture, each for what the network sees."
    )
    model, outcome = made.asked.card.key, made.outcome
    found = adversarial.before_after(outcome.clean_pixels, outcome.pixels, model)
    pairs = (("Before", outcome.clean_pixels, found.before), ("After", outcome.pixels, found.after))
    for cell, (title, pixels, one) in zip(st.columns(2, gap="medium"), pairs, strict=True):
        with cell:
            _look(made, title, pixels, one)
    st.caption(
        "Each map has a scale of its own. Where the network looks may hardly change while what it says does: a map is not a "
        "check for attacks."
    )
    return found.cost


def _look(made: Fooled, title: str, pixels: np.ndarray, one: Explanation) -> None:
    large = np.asarray(images.to_image(pixels).resize((LARGE, LARGE)))
    parts.picture(
        drawings.drawn(f"{made.key} {title} cam", lambda: laid(large, one.map, (0.0, 0.0, LARGE, LARGE))),
        title,
        f"where {messages.escape(one.label)} {parts.percent(one.probability)} comes from",
        alt=f"{title} the attack: Grad-CAM of {one.label} over the picture",
        tallest=340,
        scale=parts.Scale("viridis", "0", "", f"{strongest([one.map]):.2g}"),
    )
