"""A lesson as a link: a page with its part, question and photo, and what of it is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import urlencode, urlsplit

from ui.controls import Preset
from ui.sections.teach.rooms import Room

HERE = "teach"
"""The last word of the address of the page that makes the links."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the class shall see. `question` is the name of one of the room's, "" for none; `photo` is the key of a sample.

    `hidden` are names of pieces. A question that is about a photo of its own brings it, whatever `photo` is.
    """

    room: Room
    photo: str
    question: str = ""
    preset: Preset | None = None
    hidden: tuple[str, ...] = ()

    @property
    def seen_photo(self) -> str:
        """The key of the sample that the class sees."""
        return (self.preset and self.preset.photo) or self.photo

    def query(self) -> dict[str, str]:
        """The query parameters of the link."""
        query = {"photo": self.seen_photo}
        if self.room.part:
            query["part"] = self.room.part
        if self.question:
            query[self.room.key] = self.question
        if self.hidden:
            query["hide"] = ",".join(self.hidden)
        return query

    def address(self, here: str) -> str:
        """The link itself, where the page that makes it is at `here`."""
        parts = urlsplit(here)
        root = parts.path.rstrip("/").removesuffix(f"/{HERE}")
        page = "" if self.room.file == "app.py" else PurePosixPath(self.room.file).stem
        host = f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
        return f"{host}{root}/{page}?{urlencode(self.query(), safe=',')}"


def seen(lesson: Lesson) -> Sequence[str]:
    """The names of the pieces that the class sees, from top to bottom."""
    return [name for name in lesson.room.pieces if name not in lesson.hidden]
