"""Whatever the bytes, `decode` gives a Photo or a PhotoError: hundreds of damaged files, and bombs.

Memory is measured as the peak resident size of a fresh process (`tests.memory`), which counts what Pillow and its C
libraries take; tracemalloc would not see it.
"""

import io
import json
import random
import struct
import subprocess
import sys
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.errors import PhotoError
from core.images.decode import decode
from core.images.photo import Photo

ROOT = Path(__file__).resolve().parents[3]
KINDS = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "JPEG": ("L", "RGB", "CMYK", "progressive"),
    "WEBP": ("RGB", "RGBA", "lossless", "animated"),
    "BMP": ("1", "L", "P", "RGB", "RGBA"),
    "GIF": ("L", "P", "transparent", "animated"),
    "TIFF": ("1", "L", "RGB", "RGBA", "CMYK", "LAB", "I;16", "F", "lzw", "deflate", "jpeg"),
}
MUTATIONS_EACH = 12
MEASURE = """
import json, sys, time
from core.errors import PhotoError
from core.images.decode import decode
from tests.memory import peak
files = [(name, bytes.fromhex(data)) for name, data in json.load(sys.stdin)]
start, rows = peak(), []
for name, data in files:
    began = time.thread_time()
    try:
        decode(data, name)
        said = ""
    except PhotoError as error:
        said = str(error)
    rows.append((name, said, time.thread_time() - began, peak() - start))
print(json.dumps(rows))
"""


def picture(mode="RGB"):
    image = Image.radial_gradient("L").resize((61, 47)).convert("RGB")
    ImageDraw.Draw(image).rectangle((10, 8, 40, 30), fill=(200, 30, 90), outline="white")
    if mode in ("I;16", "F"):
        levels = np.asarray(image.convert("L"))
        return Image.fromarray(levels.astype(np.uint16) * 257 if mode == "I;16" else levels.astype(np.float32) / 255)
    return image.convert("RGBA").convert(mode) if mode == "LA" else image.convert(mode)


def healthy(kind, variant):
    """The bytes of a good file, with a little EXIF where the format has it."""
    options = {
        "progressive": {"progressive": True},
        "lossless": {"lossless": True},
        "lzw": {"compression": "tiff_lzw"},
        "deflate": {"compression": "tiff_adobe_deflate"},
        "jpeg": {"compression": "jpeg"},
        "animated": {"save_all": True, "append_images": [picture().rotate(90)] * 2},
        "transparent": {"transparency": 3},
    }.get(variant, {})
    mode = variant if variant in ("1", "L", "LA", "P", "RGBA", "CMYK", "LAB", "I;16", "F") else "RGB"
    mode = "P" if variant == "transparent" else mode
    if kind in ("JPEG", "PNG", "WEBP"):
        exif = Image.Exif()
        exif[0x0112] = 6
        options = {**options, "exif": exif}
    file = io.BytesIO()
    picture(mode).save(file, kind, **options)
    return file.getvalue()


def flip_bytes(data, rng, _other):
    damaged = bytearray(data)
    for _ in range(rng.choice((1, 3, 20))):
        damaged[rng.randrange(len(damaged))] = rng.randrange(256)
    return bytes(damaged)


def cut_off(data, rng, _other):
    return data[: rng.randrange(len(data))]


def insert_block(data, rng, _other):
    at = rng.randrange(len(data))
    return data[:at] + rng.randbytes(rng.choice((1, 7, 300))) + data[at:]


def delete_block(data, rng, _other):
    at = rng.randrange(len(data))
    return data[:at] + data[at + rng.choice((1, 4, 60)) :]


def change_header(data, rng, _other):
    """Extreme numbers where sizes, counts and offsets stand."""
    at = rng.randrange(4, min(len(data), 120))
    number = rng.choice((0, 1, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0xFFFFFFFF))
    block = number.to_bytes(4, rng.choice(("little", "big")))[: rng.choice((1, 2, 4))]
    return data[:at] + block + data[at + len(block) :]


def splice(data, rng, other):
    return data[: rng.randrange(len(data))] + other[rng.randrange(len(other)) :]


def add_tail(data, rng, _other):
    return data + rng.randbytes(rng.randrange(1, 4000))


MUTATIONS = (flip_bytes, cut_off, insert_block, delete_block, change_header, change_header, splice, add_tail)


def damaged_files(kind, seed=0, each=MUTATIONS_EACH):
    others = [healthy(other, variants[0]) for other, variants in KINDS.items()]
    for variant in KINDS[kind]:
        rng = random.Random(f"{kind} {variant} {seed}")
        data = healthy(kind, variant)
        for number in range(each):
            mutate = MUTATIONS[number % len(MUTATIONS)]
            yield f"{variant} {mutate.__name__} {number}.{kind.lower()}", mutate(data, rng, rng.choice(others))


def outcome(data, name):
    try:
        return decode(data, name)
    except PhotoError as error:
        return error


def measured(files):
    """Each file's message ("" for a photo), seconds, and peak memory so far, in bytes, in a process of its own."""
    files = json.dumps([(name, data.hex()) for name, data in files])
    done = subprocess.run(
        [sys.executable, "-c", MEASURE], input=files, capture_output=True, text=True, cwd=ROOT, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize(("kind", "variant"), [(kind, variant) for kind, row in KINDS.items() for variant in row])
def test_the_files_to_be_damaged_are_good(kind, variant):
    assert isinstance(decode(healthy(kind, variant), "good"), Photo)


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_a_photo_or_a_photo_error_within_two_seconds(kind):
    results = []
    for name, data in damaged_files(kind):
        began = time.thread_time()
        results.append(outcome(data, name))
        assert time.thread_time() - began < 2, name
        assert isinstance(results[-1], Photo | PhotoError), name
    assert len(results) == MUTATIONS_EACH * len(KINDS[kind])
    assert any(isinstance(result, PhotoError) for result in results), "nothing was damaged"


def test_there_are_at_least_300_damaged_files():
    assert sum(len(list(damaged_files(kind))) for kind in KINDS) >= 300


def test_damaged_files_take_no_more_memory_than_the_largest_photo():
    rows = measured([file for kind in KINDS for file in damaged_files(kind)])
    # a changed header may truthfully ask for 40 megapixels: Pillow's 160 MB, and copies on the way to RGB
    assert rows[-1][3] < 700e6


def png(width, height):
    def chunk(kind, body):
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(bytes(100_000))) + chunk(b"IEND", b"")


def gif(screen, frame):
    control = b"!\xf9\x04\x08\x00\x00\x00\x00"  # dispose to background: Pillow would fill the frame on opening
    descriptor = b"," + struct.pack("<HHHHB", 0, 0, frame, frame, 0)
    return b"GIF89a" + struct.pack("<HHBBB", screen, screen, 0, 0, 0) + control + descriptor + b"\x08\x02\x00\x01\x00;"


def bmp(width, height, *, compression=0, body=b"\0" * 64):
    info = struct.pack("<LllHHLLllLL", 40, width, height, 1, 8, compression, len(body), 0, 0, 256, 0)
    palette = b"".join(bytes((level, 0, 0, 0)) for level in range(256))
    return b"BM" + struct.pack("<LHHL", 0, 0, 0, 54 + 1024) + info + palette + body


def tiff(width, height, *extra, big=False, body=b"\0" * 4000):
    tags = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 5), (262, 3, 1, 1)]
    tags = sorted((*tags, *(extra or ((273, 4, 1, 400), (279, 4, 1, 4000)))))
    head = (
        struct.pack("<2sHHHQQ", b"II", 43, 8, 0, 16, len(tags))
        if big
        else struct.pack("<2sHLH", b"II", 42, 8, len(tags))
    )
    entry = "<HHQQ" if big else "<HHLL"
    directory = head + b"".join(struct.pack(entry, *tag) for tag in tags) + bytes(8)
    return directory.ljust(400, b"\0") + body


def webp(kind, body):
    data = b"WEBP" + kind + struct.pack("<L", len(body)) + body
    return b"RIFF" + struct.pack("<L", len(data)) + data


def jpeg(width, height):
    data = healthy("JPEG", "RGB")
    at = data.index(b"\xff\xc0") + 5
    return data[:at] + struct.pack(">HH", height, width) + data[at + 4 :]


SIDE = (16_383).to_bytes(2, "little")
BOMBS = {
    "png": (png(30_000, 30_000), "is 30,000 × 30,000 px; the most is 40 megapixels."),
    "gif screen": (gif(30_000, 10), "is 30,000 × 30,000 px; the most is 40 megapixels."),
    "gif frame": (gif(10, 65_535), "is 65,535 × 65,535 px; the most is 40 megapixels."),
    "bmp": (bmp(30_000, 30_000), "is 30,000 × 30,000 px; the most is 40 megapixels."),
    "bmp run-length": (bmp(6000, 6000, compression=1), "is a large run-length BMP"),
    "tiff": (tiff(30_000, 30_000), "is 30,000 × 30,000 px; the most is 40 megapixels."),
    "bigtiff": (tiff(30_000, 30_000, big=True), "is 30,000 × 30,000 px; the most is 40 megapixels."),
    "tiff tile": (
        tiff(100, 100, (322, 4, 1, 32_768), (323, 4, 1, 32_768), (324, 4, 1, 400), (325, 4, 1, 4000)),
        "has tiles of 32,768 × 32,768 px",
    ),
    "tiff strips": (
        tiff(100, 100, (278, 4, 1, 1), (273, 4, 1_000_000, 400), (279, 4, 1, 4), body=bytes(4_000_000)),
        "is cut into more than 200,000 strips",
    ),
    "bigtiff strips": (
        tiff(100, 100, (278, 4, 1, 1), (273, 4, 1_000_000, 400), (279, 4, 1, 4), big=True, body=bytes(4_000_000)),
        "is cut into more than 200,000 strips",
    ),
    "webp canvas": (
        webp(b"VP8X", b"\x10\0\0\0" + b"\xff\x3f\x00" * 2 + bytes(50)),
        "is 16,384 × 16,384 px; the most is 40 megapixels.",
    ),
    "webp lossy": (
        webp(b"VP8 ", b"\x10\x02\x00\x9d\x01\x2a" + SIDE * 2 + bytes(50)),
        "is 16,383 × 16,383 px; the most is 40 megapixels.",
    ),
    "webp lossless": (
        webp(b"VP8L", b"\x2f" + (16_382 | 16_382 << 14).to_bytes(4, "little") + bytes(50)),
        "is 16,383 × 16,383 px; the most is 40 megapixels.",
    ),
    "jpeg": (jpeg(65_500, 65_500), "is 65,500 × 65,500 px; the most is 40 megapixels."),
}


def test_bombs_are_refused_by_their_size_at_once_and_in_little_memory():
    for (name, said, seconds, memory), (_, words) in zip(
        measured((name, data) for name, (data, _) in BOMBS.items()), BOMBS.values(), strict=True
    ):
        assert words in said, name
        assert seconds < 0.25, name  # milliseconds, on a machine that is busy
        assert memory < 30e6, name


def test_a_jpeg_with_thousands_of_scans_is_refused():
    data = healthy("JPEG", "progressive")
    last = data[data.rindex(b"\xff\xda") : -2]
    with pytest.raises(PhotoError, match=r"has 5,0\d\d scans; the most is 100"):
        decode(data[:-2] + last * 5000 + b"\xff\xd9", "endless.jpg")


def test_what_follows_the_end_of_a_jpeg_is_not_counted_as_scans():
    tail = b"\xff\xda\x00\x02" * 5000  # as the film behind a phone's motion photo
    assert isinstance(decode(healthy("JPEG", "RGB") + tail, "motion.jpg"), Photo)
