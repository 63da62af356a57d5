"""Ways to spoil a valid file, each drawn from a seeded generator, so that a case that failed comes back by its name."""

import random
import re
import struct
import zlib
from collections.abc import Callable, Iterator

Spoil = Callable[[random.Random, bytes, bytes], bytes]
"""Makes a hostile file of a valid one; the second is another valid file to borrow from."""

NUMBER = re.compile(rb"[+-]?[0-9]+(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?")
NUMBERS = (
    *(b"0", b"-1", b"-0", b"1e308", b"-1e308", b"1e999", b"NaN", b"nan", b"Infinity", b"-Infinity", b"inf", b"1e-320"),
    *(b"2147483648", b"-2147483649", b"18446744073709551616", b"9" * 30, b"9" * 5000, b"0x7f", b"1_000", b"1,5", b""),
    *(
        "٣".encode(),
        "½".encode(),
        b"true",
        b"null",
        b"[]",
        b"{}",
        b'"1"',
        b"0.1" + b"0" * 400 + b"1",
        b"+1",
        b".",
        b"e5",
    ),
)
WORDS = (
    *(
        b"<script>alert(1)</script>",
        b'"><img src=x onerror=alert(1)>',
        b"[x](javascript:alert(1))",
        b"&amp;lt;",
        b"$x$",
    ),
    *(
        b"../../etc/passwd",
        b"file:///etc/passwd",
        b"http://example.org/",
        b"__import__('os')",
        b"=1+1",
        b"%s%n",
        b"\\N",
    ),
    *("\u202etxt.exe".encode(), "\ufeff".encode(), b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\x1b[31m", b"a" * 100_000),
    *(
        b"[" * 2000,
        b'{"a":' * 500,
        b"<a>" * 500,
        b"-" * 5000,
        b",",
        b"\r",
        b"\n\n\n",
        b";",
        b"#",
        b'"',
        b"'",
        b"]]>",
        b"<![CDATA[",
    ),
)


def mutants(valid: dict[str, bytes], spoils: tuple[Spoil, ...], count: int) -> Iterator[tuple[str, bytes]]:
    """`count` hostile files of each valid one, with their names; each is spoiled one to four times."""
    others = list(valid.values())
    for name, data in valid.items():
        for number in range(count):
            chance = random.Random(f"{name} {number}")
            spoiled, how = data, []
            for _ in range(chance.choice((1, 1, 1, 2, 2, 4))):
                spoil = chance.choice(spoils)
                spoiled = spoil(chance, spoiled, chance.choice(others))
                how.append(spoil.__name__)
            if number % 2 and spoiled.startswith(b"\x89PNG"):
                spoiled = resealed(spoiled)
            yield f"{name} {number}: {', '.join(how)}", spoiled


def flipped(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Some bits of it are others."""
    made = bytearray(data)
    for _ in range(chance.choice((1, 1, 3, 10, 50)) if made else 0):
        made[chance.randrange(len(made))] ^= 1 << chance.randrange(8)
    return bytes(made)


def flipped_early(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Some of its first bytes are others: there it says what it is."""
    made = bytearray(data)
    for _ in range(chance.randint(1, 4) if made else 0):
        made[chance.randrange(min(len(made), 64))] = chance.choice((0, 1, 127, 128, 255, chance.randrange(256)))
    return bytes(made)


def cut(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """It breaks off."""
    return data[: chance.randrange(len(data) + 1)]


def without(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """A piece in the middle is gone."""
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start + chance.choice((1, 2, 4, 100)) :]


def repeated(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """A piece is there many times."""
    start = chance.randrange(len(data) + 1)
    piece = data[start : start + chance.choice((1, 8, 64))]
    return data[:start] + piece * chance.choice((2, 100, 1000)) + data[start:]


def spliced(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """It begins like one file and goes on like another."""
    return other[: chance.randrange(len(other) + 1)] + data[chance.randrange(len(data) + 1) :]


def glued(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Something else stands before or behind it."""
    return chance.choice(
        (data + other, other + data, b"PK\x03\x04" + data, data + b"PK\x05\x06" + bytes(18), bytes(9) + data)
    )


def overwritten(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Four bytes say the largest, the smallest or an odd number."""
    start = chance.randrange(max(1, len(data) - 3))
    word = chance.choice(
        (b"\xff" * 4, bytes(4), b"\x7f\xff\xff\xff", b"\x80\0\0\0", b"\xff\xff\xff\x7f", b"\0\0\xff\xff")
    )
    return data[:start] + word + data[start + 4 :]


def renumbered(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """One of its numbers is absurd."""
    places = list(NUMBER.finditer(data[:200_000]))
    if not places:
        return data
    place = chance.choice(places)
    return data[: place.start()] + chance.choice(NUMBERS) + data[place.end() :]


def worded(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Somewhere in it are words that mean something elsewhere."""
    start = chance.randrange(len(data) + 1)
    return data[:start] + chance.choice(WORDS) + data[start:]


def shuffled(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """Its lines are in another order, some of them twice."""
    lines = data.splitlines(keepends=True)
    return b"".join(chance.choices(lines, k=len(lines))) if lines else data


def in_another_coding(chance: random.Random, data: bytes, other: bytes) -> bytes:
    """The same text, or nearly, in another coding."""
    text = data.decode("utf-8", errors="replace")
    return chance.choice(
        (b"\xef\xbb\xbf" * 2 + data, text.encode("utf-16", "ignore"), text.encode("utf-7", "ignore"), data * 2)
    )


def resealed(data: bytes) -> bytes:
    """A PNG with checksums that are right again, so that what is wrong with it comes further in."""
    made, at = bytearray(data[:8]), 8
    while at + 12 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        inside = data[at + 4 : at + 8 + length]
        made += data[at : at + 4] + inside + struct.pack(">I", zlib.crc32(inside))
        at += 12 + length
    return bytes(made)


OF_BYTES: tuple[Spoil, ...] = (flipped, flipped_early, cut, without, repeated, spliced, glued, overwritten)
OF_TEXT: tuple[Spoil, ...] = (
    flipped,
    cut,
    without,
    repeated,
    spliced,
    glued,
    renumbered,
    renumbered,
    worded,
    shuffled,
    in_another_coding,
)
