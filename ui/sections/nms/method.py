"""The controls of the suppression: the method, what runs beside it in lockstep, and the threshold of both."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from streamlit.delta_generator import DeltaGenerator

from core.boxes.nms_settings import Method, NmsSettings
from ui import export

NAME, RACE = "nms", "nms-race"
"""The closing row, and the fragment that leaves it alone."""

METHODS = {method.title: method for method in Method}
RACES = ("Per class", "All together")
NOTHING = "Nothing"
BESIDE = (NOTHING, *RACES, *METHODS)
KEYS = ("method", "iou", "sigma", "least", "races", "beside")


def controls(first: DeltaGenerator, second: DeltaGenerator, far: DeltaGenerator) -> NmsSettings:
    """The method in the first cell, who races in the second, the rest in `far`. What the method goes by is in `limited`."""
    titles = list(METHODS)
    title = first.selectbox("Method", titles, key="method", bind="query-params") or titles[0]
    races = second.segmented_control(
        "Who races whom",
        RACES,
        default=RACES[0],
        required=True,
        key="races",
        bind="query-params",
        help="Per class: a dog never removes a cat. All together: class-agnostic, the names do not matter.",
    )
    least = far.slider(
        "Least score",
        0.0,
        0.5,
        0.05,
        0.01,
        key="least",
        bind="query-params",
        help="Where scores fall, a box is removed when its score falls below this.",
    )
    return NmsSettings(method=METHODS[title], per_class=races != RACES[1], score_threshold=least)


def beside(first: NmsSettings, cell: DeltaGenerator, far: DeltaGenerator) -> NmsSettings | None:
    """What runs in lockstep on the same boxes: the same with the other race, or another method; None for nothing.

    Where that goes by the other of threshold and σ, its slider is drawn in `far`; else it goes by that of the first.
    """
    name = cell.selectbox(
        "Beside it",
        BESIDE,
        key="beside",
        bind="query-params",
        help="A second way to suppress the same boxes, step by step with the first.",
    )
    if name in RACES:
        second = replace(first, per_class=name == RACES[0])
    elif name in METHODS:
        second = replace(first, method=METHODS[name])
        if not _same_limit(first, second):
            second = _limited(second, far)
    else:
        return None
    if second == first:
        cell.caption("That is what runs already.")
        return None
    return second


def limited(first: NmsSettings, second: NmsSettings | None, cell: DeltaGenerator) -> list[NmsSettings]:
    """Both ways, where there are two, with what the first goes by: the one slider that moves the race, in `cell`."""
    set_ = _limited(first, cell, on_change=follow)
    if second is None:
        return [set_]
    if _same_limit(first, second):
        second = replace(second, iou_threshold=set_.iou_threshold, sigma=set_.sigma)
    return [set_, second]


def follow() -> None:
    """For the callbacks of the race: what is open of the closing row follows."""
    export.follow(NAME, RACE)


def _same_limit(first: NmsSettings, second: NmsSettings) -> bool:
    return first.method.has_threshold == second.method.has_threshold


def _limited(settings: NmsSettings, cell: DeltaGenerator, on_change: Callable[[], None] | None = None) -> NmsSettings:
    """The same with the slider of what its method goes by."""
    if settings.method.has_threshold:
        threshold = cell.slider(
            "IoU threshold",
            0.0,
            1.0,
            0.5,
            0.01,
            key="iou",
            bind="query-params",
            help="How much two boxes of one race may overlap before the better one acts on the other.",
            on_change=on_change,
        )
        return replace(settings, iou_threshold=threshold)
    sigma = cell.slider(
        "σ of the decay",
        0.05,
        2.0,
        0.5,
        0.05,
        key="sigma",
        bind="query-params",
        help="Smaller is harder: a box keeps exp(−IoU² / σ) of its score.",
        on_change=on_change,
    )
    return replace(settings, sigma=sigma)


def title(settings: NmsSettings) -> str:
    """A way to suppress in a few words, such as "Greedy, per class"."""
    return f"{settings.method.title}, {'per class' if settings.per_class else 'all together'}"


def names(ways: Sequence[NmsSettings]) -> list[str]:
    """What tells ways to suppress apart, in as few words as that takes."""
    if len({way.per_class for way in ways}) == 1:
        return [way.method.title for way in ways]
    if len({way.method for way in ways}) == 1:
        return [RACES[0 if way.per_class else 1].lower() for way in ways]
    return [title(way) for way in ways]


def lines(settings: NmsSettings) -> tuple[str, str, str, str]:
    """The algorithm in four lines: sort, take the best, act on the rest, return."""
    iou, sigma, least = f"{settings.iou_threshold:.2f}", f"{settings.sigma:.2f}", f"{settings.score_threshold:.2f}"
    mates = "the rest of its class" if settings.per_class else "the rest"
    last = "when nobody waits: return kept"
    match settings.method:
        case Method.GREEDY | Method.DIOU:
            measure = "DIoU" if settings.method is Method.DIOU else "IoU"
            act = f"remove from {mates}: {measure}(best, box) > {iou}"
        case Method.LINEAR:
            act = f"for {mates}: score *= 1 − IoU where IoU ≥ {iou}; remove below {least}"
        case Method.GAUSSIAN:
            act = f"for {mates}: score *= exp(−IoU² / {sigma}); remove below {least}"
        case Method.MATRIX:
            return (
                "sort boxes by score",
                "for all at once: worst = the largest IoU with a better box",
                f"score *= min over better boxes: exp(−(IoU² − their worst²) / {sigma}); remove below {least}",
                "return what is left",
            )
    return ("sort boxes by score, best first", "best = first of those who wait; keep it", act, last)
