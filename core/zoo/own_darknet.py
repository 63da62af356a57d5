"""A visitor's own network: the two files of Darknet, and the names of its classes where they are known. Torch-free."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.boxes.rows import LONGEST_NAME, one_line
from core.errors import ModelError
from core.networks.coco_classes import COCO

MOST_BYTES = 256 * 2**20
"""Of the weights. The largest network of the family, YOLOv3, has 248 million bytes."""

MOST_NAME_BYTES = 100_000


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class OwnDarknet:
    """What is in the files: `config` of the `.cfg`, `data` of the `.weights`, `names` of a list of classes, line by line.

    Two of them are the same network if their `digest` is. What is in the files is looked at when the network is built.

    Raises:
        ModelError: one is larger than any that the lab can use, or the weights are empty.
    """

    config: bytes
    data: bytes
    names: bytes | None = None
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        if not self.data:
            raise ModelError("This weights file is empty.", "Choose the file whose name ends in .weights.")
        if len(self.data) > MOST_BYTES:
            raise ModelError(
                f"This weights file has {len(self.data) / 2**20:,.0f} MB; the most is {MOST_BYTES // 2**20} MB.",
                "Choose a smaller network, such as one whose name ends in -tiny.",
            )
        if self.names is not None and len(self.names) > MOST_NAME_BYTES:
            raise ModelError(
                f"This list of names has {len(self.names):,} bytes, which is more than names of classes take.",
                "Choose the small text file whose name ends in .names.",
            )
        parts = (self.config, self.data, b"" if self.names is None else b"names" + self.names)
        every = hashlib.sha256()
        for part in parts:
            every.update(hashlib.sha256(part).digest())
        object.__setattr__(self, "digest", every.hexdigest())


def class_names(names: bytes | None, count: int) -> tuple[str, ...]:
    """A name for each of `count` classes: those of the file, or COCO's if there are 80, or else "class 0" and so on.

    Names are one line each. One that is there twice is numbered, so that each means one class.

    Raises:
        ModelError: the file names more classes than the network has, or fewer.
    """
    if names is None:
        return COCO if count == len(COCO) else tuple(f"class {number}" for number in range(count))
    lines = (one_line(line)[:LONGEST_NAME] for line in names.decode("utf-8-sig", errors="replace").splitlines())
    found = tuple(line for line in lines if line)
    if len(found) != count:
        raise ModelError(
            f"The list has {len(found):,} names, but this network tells {count:,} classes apart.",
            "Choose the list that belongs to it, with one name on each line, or go on without names.",
        )
    return tuple(_distinct(found))


def _distinct(names: tuple[str, ...]) -> Iterator[str]:
    taken: set[str] = set()
    for name in names:
        number, mine = 1, name
        while mine in taken:
            number += 1
            mine = f"{name} ({number})"
        taken.add(mine)
        yield mine
