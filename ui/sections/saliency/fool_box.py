"""Attack a box: the score of one detection is pushed below the threshold from which boxes are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.adversarial.settings import Attack, AttackSettings
from core.experiments.aims import BoxAim
from core.images.photo import Photo
from core.zoo.catalog import card
from ui import cached, frame, messages, parts
from ui.cached import adversarial
from ui.sections.saliency import fool_box_away, fool_box_pictures, fool_film, fool_handing, fool_live, fool_words
from ui.sections.saliency import fool_controls as controls
from viz import images
from viz.colours import IGNORED, POSITIVE
from viz.threshold_curves import Line

if TYPE_CHECKING:
    from core.experiments.adversarial import FoolStep
    from core.experiments.box_attack import BoxOutcome, CleanBoxes
    from core.experiments.models import Found

DETECTORS = {card(key).title: key for key in ("lab-yolo-14", "lab-yolo")}
DETECTOR, VICTIM, AROUND, FRAME = "finder", "victim", "around", "boxupdate"
KEYS = (DETECTOR, VICTIM, AROUND, FRAME)
LABELS = tuple(label for label, one in controls.ATTACKS.items() if one is not Attack.DEEPFOOL)
MOST = 8  # boxes in the list
HELD = "fool-box-held"
"""In the session: the attack whose result was shown last. The result itself is in the cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Boxed:
    """An attack on one of the boxes that a detector finds on a photo."""

    photo: Photo
    model: str
    clean: CleanBoxes
    aim: BoxAim
    settings: AttackSettings

    @property
    def name(self) -> str:
        """What is attacked and how, as a part of keys."""
        return f"{self.photo.digest} {cached.version(self.model)} {self.aim} {self.settings}"

    @property
    def of(self) -> tuple[str, str, BoxAim, Attack]:
        """What is attacked and how, whatever the numbers of that are."""
        return self.photo.digest, self.model, self.aim, self.settings.attack


def view(photo: Photo, cells: list[DeltaGenerator], far: DeltaGenerator) -> None:
    """Controls in `cells` and `far`, then before and after, the film, the numbers and the closing rows."""
    asked = choose(photo, cells, far)
    if asked is None:
        return
    with parts.hideable("result"):
        stage = st.container()
        factor = fool_film.factor()
    numbers = parts.hideable("numbers")
    with parts.hideable("live"):
        going = fool_live.watch(scene(asked), factor)
    with stage:
        boxed, outcome = result(asked, going=going)
        st.markdown(verdict(outcome, boxed.clean.sure), width=860)
        _before_after(boxed, outcome)
        parts.section("Update by update", "The score that is attacked, and the threshold that it has to fall below.")
        reel = fool_box_pictures.reel(boxed.name, boxed, outcome.steps, factor)
        fool_film.show("fool-box-film", reel, FRAME)
    with numbers:
        fool_words.figures(outcome)
    with parts.hideable("formulas"):
        _formula(outcome)
    parts.caveat(
        "The detector is attacked with all its weights known, on this one picture. A box that is gone here may be found "
        "again after the smallest change, and other boxes may appear."
    )
    with parts.hideable("export"):
        pair = images.beside([images.decode(one) for one in fool_box_pictures.pictures(boxed, outcome)])
        fool_box_away.take_away(boxed, outcome, factor, pair)
    frame.send_to(
        "pages/nms.py",
        "pages/attribution.py",
        takes=lambda: fool_handing.picture(boxed.photo, outcome),
        attacked=outcome.succeeded,
    )
    parts.cost(boxed.clean.cost, outcome.cost)


def result(asked: Boxed, *, going: bool) -> tuple[Boxed, BoxOutcome]:
    """The attack and what it came to. While a run goes on nothing is computed: the last result stays, and says so."""
    held: Boxed | None = st.session_state.get(HELD)
    shown = held if going and held is not None and held.of == asked.of else asked
    with st.skeleton(height=560):
        outcome = adversarial.box_attacked(shown.photo, shown.model, shown.aim, shown.settings)
    st.session_state[HELD] = shown
    fool_words.note_earlier(shown.settings, asked.settings)
    return shown, outcome


def scene(boxed: Boxed) -> fool_live.Scene:
    """The attack on a box as something to be watched."""
    victim, threshold = boxed.clean.things[boxed.aim.number], boxed.aim.threshold

    def lines(steps: Sequence[FoolStep]) -> list[Line]:
        level = ((0.0, threshold), (float(boxed.settings.updates), threshold))
        return [Line("the attacked score", POSITIVE, fool_live.curve(steps, 0)), Line("threshold", IGNORED, level)]

    return fool_live.Scene(
        key="fool-box-live",
        of=(cached.version(boxed.model), boxed.of),
        name=str(boxed.of),
        begin=adversarial.begin_box(boxed.photo, boxed.model, boxed.aim),
        settings=boxed.settings,
        clean=boxed.clean.pixels,
        before=f"{victim.label} {victim.score:.2f}",
        told=fool_box_pictures.told,
        measure="score",
        lines=lines,
        said=lambda step: f"score {float(step.answer[0]):.2f}, threshold {threshold:g}",
        reel=lambda key, steps, factor: fool_box_pictures.reel(key, boxed, steps, factor),
    )


def choose(photo: Photo, cells: list[DeltaGenerator], far: DeltaGenerator) -> Boxed | None:
    """Epsilon, attack, box and detector in four cells; None where there is no box to attack."""
    attack = controls.attack(cells[1], LABELS)
    settings = controls.settings(attack, controls.epsilon(attack, cells[0]), far)
    titles = list(DETECTORS)
    chosen = cells[3].selectbox("Detector", titles, key=DETECTOR, bind="query-params")
    model = DETECTORS.get(chosen or titles[0], DETECTORS[titles[0]])
    around = far.toggle(
        "Its neighbours too",
        value=True,
        key=AROUND,
        bind="query-params",
        help="All anchors that find the same thing are held down, so that it does not come back one anchor further.",
    )
    clean = adversarial.boxes(photo, model)
    if not clean.things:
        st.info(
            f"{card(model).title} finds no box on this photo. Choose the photo of the cat or the astronaut.",
            icon=":material/info:",
        )
        return None
    aim = BoxAim(_victim(clean.things[:MOST], cells[2]), clean.sure, bool(around))
    return Boxed(photo, model, clean, aim, settings)


def _victim(shown: tuple[Found, ...], cell: DeltaGenerator) -> int:
    """The place of the chosen box; the options are numbers, which stay the same on every photo."""
    options = [str(number) for number in range(1, len(shown) + 1)]
    if st.session_state.get(VICTIM) not in (None, *options):
        st.session_state[VICTIM] = options[0]
    chosen = cell.selectbox("Box", options, key=VICTIM, bind="query-params", help="The best first, as in the picture.")
    place = options.index(chosen) if chosen in options else 0
    cell.caption(f"{shown[place].label} {shown[place].score:.2f}")
    return place


def verdict(outcome: BoxOutcome, sure: float) -> str:
    """Whether the thing is found no more, as a picture of 8 bits."""
    name = messages.escape(outcome.before.label)
    was = f"**{name} {outcome.before.score:.2f}**"
    if outcome.before.score < sure:
        return f"{was} is below {sure:g} already, so its box is not drawn. Choose another box."
    if not outcome.succeeded:
        real = ", though in real numbers it is below" if outcome.reached else ""
        return (
            f"{was} went to **{outcome.score:.2f}**, not below {sure:g}{real}: the attack failed. Allow more steps or a larger "
            "epsilon."
        )
    far = f"no pixel value changed by more than {fool_words.levels(outcome.distances.levels)} of 255"
    if not outcome.vanished and outcome.left is not None:
        return (
            f"Its own anchor fell from {was} to **{outcome.score:.2f}**, but another one finds the {name} again with "
            f"{outcome.left.score:.2f}. Hold its neighbours down too, under More settings."
        )
    return (
        f"{was} fell to **{outcome.score:.2f}**, below {sure:g}: the detector overlooks the {name}. {far.capitalize()}, and it "
        "holds as a picture of 8 bits."
    )


def _before_after(boxed: Boxed, outcome: BoxOutcome) -> None:
    sure, found = boxed.clean.sure, (boxed.clean.things, outcome.things)
    for cell, title, picture, things in zip(
        st.columns(2, gap="medium"), ("Before", "After"), fool_box_pictures.pictures(boxed, outcome), found, strict=True
    ):
        count = sum(one.score >= sure for one in things)
        words = f"{count} box{'es' if count != 1 else ''} from {sure:g} on"
        with cell:
            parts.picture(picture, title, words, alt=f"{title} the attack: {words}")


def _formula(outcome: BoxOutcome) -> None:
    before = float(outcome.steps[0].answer[0])
    parts.section("The formula", "The same step as for a class; only the number that is pushed is another.")
    st.latex(
        r"\begin{gathered} s = \sigma(t)\, p_c, \quad g = -\frac{\partial \log s}{\partial x} \\[4pt]"
        rf"s: {before:.3f} \to {outcome.score:.3f}, \quad \lVert x' - x \rVert_2 = {outcome.distances.l2:.2f} \end{{gathered}}"
    )
    st.caption("σ(t) is the confidence of the anchor, p the probability of its class. Gradient ascent pushes s itself.")
