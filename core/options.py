"""What a visitor chooses among: one of several, with the words for it. Torch-free."""

from __future__ import annotations

from enum import Enum


class Option(Enum):
    """One of several: `NAME = ("value", "Title", "Lesson.")`. `lesson` says in one line what it does."""

    title: str
    lesson: str

    def __new__(cls, value: str, title: str, lesson: str) -> Option:
        """A member whose `value` is the first of the three alone."""
        member = object.__new__(cls)
        member._value_ = value
        member.title, member.lesson = title, lesson
        return member
