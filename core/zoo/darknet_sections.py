"""The text of a Darknet cfg file as sections with their settings, each with the number of its line. Torch-free.

The rules are Darknet's own: `#` and `;` begin a comment, blanks do not count, and of a setting that stands twice the last
one holds. Unlike there, a number that is none is an error, not 0. The text comes from a stranger, so its size is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple, TypeVar

from core.errors import ModelError

MOST_CHARACTERS = 300_000
"""The largest cfg files that are known have 30,000."""
MOST_SECTIONS = 1000
MOST_VALUES = 200  # between the commas of one setting
SHOWN = 40  # characters of a stranger's text that an error repeats

EnumT = TypeVar("EnumT", bound=Enum)

_WHOLE = re.compile(r"[+-]?[0-9]{1,9}")
_NUMBER = re.compile(r"[+-]?([0-9]{1,20}(\.[0-9]{0,20})?|\.[0-9]{1,20})([eE][+-]?[0-9]{1,2})?")
_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


class Entry(NamedTuple):
    """The text behind `=`, and its line."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Section:
    """One `[kind]` in lower case, the line it stands on, and its settings by their names in lower case.

    A setting that is missing is read as its default, or is an error where there is none.
    """

    kind: str
    line: int
    entries: Mapping[str, Entry]

    def word(self, key: str, default: str) -> str:
        """The text of a setting, in lower case."""
        return self.entries[key].text.lower() if key in self.entries else default

    def choice(self, key: str, choices: type[EnumT], default: EnumT) -> EnumT:
        """The member of an enum whose value is the text of a setting.

        Raises:
            ModelError: it has no such member.
        """
        found = self.word(key, default.value)
        words = [member.value for member in choices]
        if found not in words:
            raise self.wrong(f"the lab does not know the {key} “{shown(found)}”.", f"It knows {', '.join(words)}.", key)
        return choices(found)

    def whole(self, key: str, default: int | None = None, *, least: int, most: int) -> int:
        """A whole number from `least` to `most`.

        Raises:
            ModelError: it is none, or the setting is missing and has no default.
        """
        if key not in self.entries and default is not None:
            return default
        numbers = self.wholes(key, least=least, most=most)
        if len(numbers) != 1:
            raise self.wrong(f"{key} must be one whole number.", f"Give one from {least} to {most}.", key)
        return numbers[0]

    def wholes(self, key: str, *, least: int, most: int) -> tuple[int, ...]:
        """Whole numbers between commas, each from `least` to `most`.

        Raises:
            ModelError: one of them is none, or there are none.
        """
        texts = self._parts(key)
        if not all(_WHOLE.fullmatch(text) and least <= int(text) <= most for text in texts):
            raise self.wrong(f"{key} is “{self._shown(key)}”.", f"It takes whole numbers from {least} to {most}.", key)
        return tuple(int(text) for text in texts)

    def number(self, key: str, default: float, *, least: float, most: float) -> float:
        """A number from `least` to `most`.

        Raises:
            ModelError: it is none.
        """
        return self.numbers(key, least=least, most=most)[0] if key in self.entries else default

    def numbers(self, key: str, *, least: float, most: float) -> tuple[float, ...]:
        """Numbers between commas, each from `least` to `most`.

        Raises:
            ModelError: one of them is none, or there are none.
        """
        texts = self._parts(key)
        if not all(_NUMBER.fullmatch(text) and least <= float(text) <= most for text in texts):
            raise self.wrong(f"{key} is “{self._shown(key)}”.", f"It takes numbers from {least:g} to {most:g}.", key)
        return tuple(float(text) for text in texts)

    def wrong(self, problem: str, advice: str, key: str | None = None) -> ModelError:
        """The error that names this section and the line of its setting `key`, or its own."""
        entry = self.entries.get(key or "")
        line = entry.line if entry else self.line
        return ModelError(f"Line {line} of the cfg file, in [{shown(self.kind)}]: {problem}", advice)

    def _parts(self, key: str) -> list[str]:
        if key not in self.entries:
            raise self.wrong(f"{key} is missing.", f"Add a line such as {key}=1 to this section.")
        texts = [text.strip() for text in self.entries[key].text.split(",")]
        if len(texts) > MOST_VALUES:
            raise self.wrong(f"{key} has more than {MOST_VALUES} values.", "Choose another network.", key)
        return texts[:-1] if len(texts) > 1 and not texts[-1] else texts  # a comma at the end is common

    def _shown(self, key: str) -> str:
        return shown(self.entries[key].text)


def sections(text: str) -> tuple[Section, ...]:
    """The sections of a cfg file in their order.

    Raises:
        ModelError: the file is too long, a line is neither a section nor a setting, or a setting stands before any section.
    """
    if len(text) > MOST_CHARACTERS:
        raise ModelError(
            f"This cfg file has {len(text):,} characters, and the lab reads at most {MOST_CHARACTERS:,}.",
            "Choose the small text file that ends in .cfg.",
        )
    found: list[tuple[str, int, dict[str, Entry]]] = []
    for number, raw in enumerate(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")), start=1):
        line = re.split("[#;]", raw, maxsplit=1)[0].strip()
        if line.startswith("["):
            found.append((_kind(line, number), number, {}))
        elif line:
            name, value = _setting(line, number)
            if not found:
                raise _unreadable(number, line, "Begin the file with a section such as [net].")
            found[-1][2][name] = Entry(value, number)
        if len(found) > MOST_SECTIONS:
            raise ModelError(f"This cfg file has more than {MOST_SECTIONS} sections.", "Choose a smaller network.")
    return tuple(Section(kind, line, MappingProxyType(entries)) for kind, line, entries in found)


def shown(text: str) -> str:
    """A stranger's text as an error may repeat it: short, and without what can't be seen."""
    plain = _UNSEEN.sub("·", text)
    return plain if len(plain) <= SHOWN else plain[: SHOWN - 1] + "…"


def _kind(line: str, number: int) -> str:
    inside = line[1:-1].strip().lower()
    if not line.endswith("]") or not inside:
        raise _unreadable(number, line, "Write the name of a section between brackets, such as [convolutional].")
    return inside


def _setting(line: str, number: int) -> tuple[str, str]:
    name, equals, value = line.partition("=")
    if not equals or not name.strip():
        raise _unreadable(number, line, "A line is a section such as [net] or a setting such as width=416.")
    return name.strip().lower(), value.strip()


def _unreadable(number: int, line: str, advice: str) -> ModelError:
    return ModelError(f"Line {number} of the cfg file can't be read: “{shown(line)}”.", advice)
