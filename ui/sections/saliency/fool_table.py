"""All attacks on the same photo in a table, and the sentences that say what may be compared in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.adversarial.settings import Attack, Norm
from ui import messages, parts
from ui.sections.saliency import fool_case
from ui.sections.saliency.fool_case import Asked

if TYPE_CHECKING:
    from core.adversarial.settings import AttackSettings
    from core.experiments.aims import Aim
    from core.experiments.fooling_trials import Trial

HEAD = (
    "| Attack | Epsilon | On 8 bits | In real numbers | Steps | L2 | L∞ | Time |\n|:--|:--|:--|:--|--:|--:|--:|--:|\n"
)

Row = tuple["Aim", "AttackSettings"]


def table(asked: Asked, trials: Sequence[Trial]) -> str:
    """A row for each attack that is there, in Markdown."""
    return HEAD + "\n".join(line(one, asked.aim) for one in trials)


def line(one: Trial, aim: Aim) -> str:
    """A row of the table; what has another goal than `aim` is marked."""
    name = one.settings.attack.title
    after = f"{messages.escape(one.after.label)} {parts.percent(one.after.probability)}"
    cells = (
        name if one.aim == aim else f"*{name}, to any class*",
        bound(one.settings),
        f"**fooled**: {after}" if one.succeeded else f"no: {after}",
        "fooled" if one.reached else "no",
        f"{one.updates}",
        f"{one.distances.l2:.2f}",
        f"{one.distances.levels:.0f}",
        f"{one.cost.milliseconds:,.0f} ms",
    )
    return f"| {' | '.join(cells)} |"


def bound(settings: AttackSettings) -> str:
    """Its epsilon, as short as a cell."""
    length = settings.ball.norm is Norm.L2 and settings.epsilon is not None
    return f"{fool_case.radius(settings)}{' in L2' if length else ''}"


def said(asked: Asked, rows: Sequence[Row], trials: Sequence[Trial]) -> str:
    """What is below the table: who needs least, and what has to be known to compare."""
    words = [f"{len(rows) - len(trials)} to come."] if len(trials) < len(rows) else [needs_least(asked, trials)]
    settings = [one for _, one in rows]
    words += ["L∞ in levels of 255.", limits(settings), steps(settings)]
    if any(aim != asked.aim for aim, _ in rows):
        goal = messages.escape(asked.clean.classes[asked.aim.label])
        words.append(
            f"DeepFool has an easier task and does not compare: it can't be sent to {goal}, so it goes to whichever other class "
            "is nearest."
        )
    return " ".join(words)


def needs_least(asked: Asked, trials: Sequence[Trial]) -> str:
    """The shortest change and the fewest steps of those that reached the goal that was set."""
    good = [one for one in trials if one.succeeded and one.aim == asked.aim]
    goal = fool_case.goal(asked)
    if not good:
        return f"None of them gets {goal} on 8 bits."
    short, quick = min(good, key=lambda one: one.distances.l2), min(good, key=lambda one: one.updates)
    return (
        f"{goal[0].upper()}{goal[1:]}, **{short.settings.attack.title}** needs the shortest change, an L2 of "
        f"{short.distances.l2:.2f}, and **{quick.settings.attack.title}** the fewest steps, {quick.updates}."
    )


def limits(settings: Sequence[AttackSettings]) -> str:
    """Which of them share an epsilon, and which have another or none."""
    groups: dict[str, list[AttackSettings]] = {}
    for one in settings:
        groups.setdefault(fool_case.reach(one), []).append(one)
    told = "; ".join(f"{_listed(some)} {_verb(some)} {reach}" for reach, some in groups.items())
    mixed = len({one.epsilon for one in settings if one.ball.norm is Norm.LINF}) > 1
    return f"{told}.{' Look at epsilon before you compare.' if mixed else ''}"


def steps(settings: Sequence[AttackSettings]) -> str:
    """How many each may take."""
    single = [one for one in settings if one.attack is Attack.FGSM]
    most = max(one.updates for one in settings)
    return f"Each ends at its first success: {_listed(single)} has 1 step, the others at most {most}."


def _verb(some: Sequence[AttackSettings]) -> str:
    word = "go" if some[0].epsilon is None else "stay"
    return word if len(some) > 1 else {"go": "goes", "stay": "stays"}[word]


def _listed(some: Sequence[AttackSettings]) -> str:
    names = [one.attack.title.replace(", ", " in ") for one in some]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
