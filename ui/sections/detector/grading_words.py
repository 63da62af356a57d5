"""Sentences about a judgement, every one with the numbers of this moment: why a box counts or not, and what a step would do."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from core.experiments.verdicts import Marked, Operating, Verdict
from ui.sections.nms.why import near

if TYPE_CHECKING:
    from core.experiments.grading import Grade

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_ORDER = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def verdict(graded: Grade, box: int) -> str:
    """Why a detection is right or wrong, in one sentence or two."""
    one, ruling = graded.found[box], graded.rulings[box]
    subject = f"Box {box + 1} ({one.label}, score {one.score:.2f})"
    if ruling.truth is None:
        return f"{subject} is false: there is no {one.label} that it overlaps."
    thing, limit = the(graded.truths, ruling.truth), f"the {graded.threshold:.2f} asked for"
    overlap = f"IoU {near(ruling.iou, graded.threshold)}"
    match ruling.verdict:
        case Verdict.RIGHT:
            return f"{subject} is right: {overlap} with {thing} reaches {limit}, and no surer box found it before."
        case Verdict.DOUBLE:
            first = graded.finder[ruling.truth]
            surer = "" if first is None else f" box {first + 1} (score {graded.found[first].score:.2f})"
            return f"{subject} is a double, so false: {overlap} with {thing} would do, but{surer} has found it already."
        case Verdict.CLASS:
            words = f"{subject} has the wrong class: {overlap} with {thing}, which is not called {one.label}."
            known = graded.counts[ruling.truth] or graded.truths[ruling.truth].difficult
            return words if known else f"{words} The detector knows no such class."
        case Verdict.OVERLAP:
            return f"{subject} overlaps {thing} too little: {overlap} is below {limit}."
        case Verdict.IGNORED:
            return f"{subject} does not count: {thing}, {overlap}, is marked difficult and need not be found."
    return f"{subject} is false: nothing of its class is there. It overlaps {thing} most, by IoU {ruling.iou:.2f}."


def missed(graded: Grade, truth: int, confidence: float) -> str:
    """Why an object is not found."""
    thing = f"{_capital(the(graded.truths, truth))} is missed"
    finder = graded.finder[truth]
    if finder is not None:
        score = near(graded.found[finder].score, confidence)
        return f"{thing} at this confidence: box {finder + 1} finds it, but scores {score}, below {confidence:.2f}."
    near_it = [
        (one.iou, -box)
        for box, one in enumerate(graded.rulings)
        if one.truth == truth and graded.found[box].label == graded.truths[truth].label
    ]
    if not near_it:
        named = [box for box, one in enumerate(graded.rulings) if one.truth == truth and one.verdict is Verdict.CLASS]
        if named:
            other = graded.found[named[0]]
            return f"{thing} at every confidence: box {named[0] + 1} lies on it, but calls it {other.label}."
        return f"{thing} at every confidence: no box of its class points at it."
    best, box = max(near_it)
    iou = near(best, graded.threshold)
    return f"{thing} at every confidence: its best box, {1 - box}, overlaps it by {iou}, below {graded.threshold:.2f}."


def name(truths: tuple[Marked, ...], place: int) -> str:
    """What an object is called; with its number where there are several of its class."""
    label = truths[place].label
    alike = [one for one in range(len(truths)) if truths[one].label == label]
    return label if len(alike) == 1 else f"{label} {alike.index(place) + 1}"


def the(truths: tuple[Marked, ...], place: int) -> str:
    """The same in a sentence: "the cup", or "cup 2"."""
    told = name(truths, place)
    return f"the {told}" if told == truths[place].label else told


def moved(before: Operating, now: Operating) -> str:
    """What a moved confidence changed."""
    found, false = now.right - before.right, now.wrong - before.wrong
    if not found and not false:
        return f"From {before.confidence:.2f} to {now.confidence:.2f} nothing changes."
    told = [
        f"{count(abs(number), word)} {more if number > 0 else less}"
        for number, word, more, less in (
            (found, "object", "more found", "lost"),
            (false, "false box", "more", "fewer"),
        )
        if number
    ]
    return f"From {before.confidence:.2f} to {now.confidence:.2f}: {', '.join(told)}."


def following(graded: Grade, confidence: float, label: str | None) -> str:
    """What the next step down would find and at what price, and what a step up would save."""
    told = [words for words in (_lower(graded, confidence, label), _higher(graded, confidence, label)) if words]
    return " ".join(told)


def _lower(graded: Grade, confidence: float, label: str | None) -> str:
    now = graded.at(confidence, label)
    if not now.right + now.missed:
        return ""
    if not now.missed:
        return "Every object is found."
    reach = [
        graded.found[box].score
        for truth in graded.missed(confidence, label)
        if (box := graded.finder[truth]) is not None
    ]
    if not reach:
        if now.missed == 1:
            return "The one that is missed is found at no confidence: click it to read why."
        return f"The {number(now.missed)} that are missed are found at no confidence: click one to read why."
    there = cents(max(reach))
    then = graded.at(there, label)
    gained = set(graded.missed(confidence, label)) - set(graded.missed(there, label))
    what = (
        f"the {_ordinal(graded.truths, min(gained))} is"
        if len(gained) == 1
        else f"{number(len(gained))} more objects are"
    )
    price = then.wrong - now.wrong
    cost = f"at the price of {count(price, 'false box')}" if price else "at no price"
    return f"Lower it to {there:.2f} and {what} found, {cost}."


def _higher(graded: Grade, confidence: float, label: str | None) -> str:
    now = graded.at(confidence, label)
    if not now.wrong:
        return ""
    line = graded.curve(label).line
    kept = line.scores[line.right & (line.scores >= confidence)].tolist()
    if not kept:
        return "Every box that is shown is false."
    there = cents(min(kept))
    saved = now.wrong - graded.at(there, label).wrong
    if there <= confidence or saved < 1:
        return ""
    go = "goes" if saved == 1 else "go"
    return f"Raise it to {there:.2f} and {count(saved, 'false box')} {go}, with no object lost."


def cents(score: float) -> float:
    """The highest value of the slider at which a score still counts."""
    return max(0.0, math.floor(score * 100 + 1e-9) / 100)


def count(many: int, word: str) -> str:
    """Such as "three false boxes": words up to ten, then digits."""
    plural = f"{word}es" if word.endswith("x") else f"{word}s"
    return f"{number(many)} {word if many == 1 else plural}"


def number(many: int) -> str:
    """A number as it stands in a sentence."""
    return _NUMBERS[many] if many < len(_NUMBERS) else f"{many:,}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _ordinal(truths: tuple[Marked, ...], place: int) -> str:
    """Such as "second cup": of several alike by their order, else the name alone."""
    label = truths[place].label
    alike = [one for one in range(len(truths)) if truths[one].label == label]
    at = alike.index(place)
    return label if len(alike) == 1 or at >= len(_ORDER) else f"{_ORDER[at]} {label}"
