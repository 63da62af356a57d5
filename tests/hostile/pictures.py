"""Valid pictures of every format and mode, and pictures made to hurt whoever opens them."""

import io
import struct
import zlib
from collections.abc import Iterator

import numpy as np
from PIL import Image

SIDE = 6320  # squared, just below the 40 megapixels that are allowed


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def picture(mode: str, width: int = 60, height: int = 40) -> Image.Image:
    chance = np.random.default_rng(len(mode))
    pixels = chance.integers(0, 256, (height, width, 4), np.uint8) // 32 * 32
    image = Image.fromarray(pixels)
    if mode in ("I;16", "I", "F"):
        kind = {"I;16": np.uint16, "I": np.int32, "F": np.float32}[mode]
        return Image.fromarray((pixels[..., 0] * 200.0).astype(kind))
    return image.convert("RGB").convert(mode) if mode in ("P", "CMYK", "1") else image.convert(mode)


def photos() -> dict[str, bytes]:
    """Small valid photos by what they are."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "a camera"
    frames = [picture("P"), picture("P").transpose(Image.Transpose.ROTATE_180)]
    made = {f"PNG {mode}": encoded(picture(mode), "PNG") for mode in ("RGB", "RGBA", "P", "LA", "L", "1", "I;16")}
    made |= {
        "PNG animated": encoded(picture("RGB"), "PNG", save_all=True, append_images=[picture("RGB")], duration=40),
        "PNG transparent": encoded(picture("P"), "PNG", transparency=3),
        "JPEG": encoded(picture("RGB"), "JPEG", exif=exif),
        "JPEG progressive": encoded(picture("L"), "JPEG", progressive=True),
        "JPEG CMYK": encoded(picture("CMYK"), "JPEG"),
        "WebP": encoded(picture("RGB"), "WEBP", exif=exif),
        "WebP lossless": encoded(picture("RGBA"), "WEBP", lossless=True),
        "BMP": encoded(picture("RGB"), "BMP"),
        "BMP P": encoded(picture("P"), "BMP"),
        "GIF animated": encoded(frames[0], "GIF", save_all=True, append_images=frames[1:], loop=0),
        "TIFF": encoded(picture("RGB"), "TIFF", exif=exif),
    }
    for compression in ("tiff_deflate", "tiff_lzw", "jpeg", "packbits"):
        made[f"TIFF {compression}"] = encoded(picture("RGB"), "TIFF", compression=compression)
    return made | {"TIFF F": encoded(picture("F"), "TIFF"), "TIFF CMYK": encoded(picture("CMYK"), "TIFF")}


def masks() -> dict[str, bytes]:
    """Small valid masks of 60 x 40 pixels."""
    return {mode: encoded(picture(mode), "PNG") for mode in ("P", "L", "LA", "1", "RGB", "RGBA", "I;16")}


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, *more: bytes, depth: int = 8, colour: int = 2, rows: bytes = b"") -> bytes:
    """A PNG by hand, which may claim anything of itself."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def bombs() -> Iterator[tuple[str, bytes]]:
    """Small files that claim, or unfold into, very much. None of these claims is true."""
    huge = 2**31 - 1
    bomb = zlib.compress(bytes(200 * 10**6), 9)
    for width, height in (
        (huge, huge),
        (huge, 1),
        (1, huge),
        (0, 0),
        (0, 50),
        (100_000, 100_000),
        (6400, 6400),
        (20, 2**20),
    ):
        yield f"PNG of {width} x {height}", png(width, height)
        yield (
            f"BMP of {width} x {height}",
            b"BM" + struct.pack("<IIIIiiHHIIiiII", 54, 0, 54, 40, width, height, 1, 24, 0, 0, 0, 0, 0, 0),
        )
        yield (
            f"GIF of {width} x {height}",
            b"GIF89a" + struct.pack("<HHBBB", width & 65535, height & 65535, 0x80, 0, 0) + bytes(6) + b"," + bytes(9),
        )
        webp = (
            b"VP8X"
            + struct.pack("<I", 10)
            + b"\x10\0\0\0"
            + (width & 0xFFFFFF).to_bytes(3, "little")
            + (height & 0xFFFFFF).to_bytes(3, "little")
        )
        yield f"WebP of {width} x {height}", b"RIFF" + struct.pack("<I", len(webp) + 4) + b"WEBP" + webp
        tags = b"".join(
            struct.pack("<HHII", tag, 4, 1, value)
            for tag, value in (
                (256, width),
                (257, height),
                (258, 8),
                (259, 1),
                (262, 1),
                (273, 8),
                (278, 1),
                (279, huge),
            )
        )
        yield f"TIFF of {width} x {height}", b"II*\0" + struct.pack("<IH", 8, 8) + tags + bytes(4)
    yield "PNG that unfolds into more than its size", b"".join((png(60, 40)[: -12 - 20], chunk(b"IDAT", bomb)))
    for kind in (b"zTXt", b"iCCP"):
        yield (
            f"PNG with a {kind.decode()} that unfolds into 200 MB",
            png(60, 40, chunk(kind, b"x\0\0" + bomb), rows=bytes(181 * 40)),
        )
    yield (
        "PNG with an iTXt that unfolds into 200 MB",
        png(60, 40, chunk(b"iTXt", b"x\0\1\0\0\0" + bomb), rows=bytes(181 * 40)),
    )
    yield (
        "PNG with a palette of one colour",
        png(60, 40, chunk(b"PLTE", b"\1\2\3"), colour=3, rows=bytes(1) + b"\xff" * 60),
    )
    yield "PNG without a palette", png(60, 40, colour=3, rows=bytes(61 * 40))
    yield "PNG of an unknown depth", png(60, 40, depth=7, rows=bytes(181 * 40))
    yield "PNG with 50,000 chunks", png(60, 40, *([chunk(b"tEXt", b"a\0b")] * 50_000), rows=bytes(181 * 40))
    yield (
        "JPEG of 5,000 scans",
        encoded(picture("L"), "JPEG", progressive=True)[:-2] + b"\xff\xda\0\x08\1\1\0\0\x3f\0" * 5000 + b"\xff\xd9",
    )
    yield "JPEG of nothing but markers", b"\xff\xd8" + b"\xff\xe1\xff\xff" + bytes(65533) + b"\xff\xd8" * 10_000
    yield "TIFF whose directory is itself", b"II*\0\x08\0\0\0\0\0\x08\0\0\0"
    yield "TIFF of 65,535 tags", b"II*\0\x08\0\0\0\xff\xff" + bytes(range(256)) * 3000
    yield (
        "TIFF with tiles of 2 thousand million pixels",
        encoded(picture("L"), "TIFF", tiffinfo={322: 2**16, 323: 2**15}),
    )
    yield "GIF without a frame", b"GIF89a" + struct.pack("<HHBBB", 60, 40, 0, 0, 0) + b"!\xfe\1a\0" * 10_000
    yield (
        "GIF whose frame is larger than its screen",
        b"GIF89a"
        + struct.pack("<HHBBB", 1, 1, 0, 0, 0)
        + b","
        + struct.pack("<HHHHB", 60_000, 60_000, 5535, 5535, 0)
        + b"\2\1\0\0;",
    )
    yield "an archive", b"PK\x03\x04" + bytes(200)
    yield "a program", b"\x7fELF" + bytes(500)
    yield "a pickle", b"\x80\x04cos\nsystem\n(S'false'\ntR."
    yield "an SVG", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    yield "PostScript", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 99 99\n(false) run\n"
    yield "nothing", b""
    yield "one byte", b"\x89"
    yield "21 MB", bytes(21 * 10**6)
    yield "a web page that is a GIF too", b"GIF89a/*" + b"<script>alert(1)</script>*/=1;" * 40


def large_photos() -> Iterator[tuple[str, bytes]]:
    """Valid files of all the pixels that are allowed, in the modes that cost most."""
    square = Image.new("RGBA", (SIDE, SIDE), (200, 30, 30, 90))
    yield "40 megapixels, PNG RGBA", encoded(square, "PNG", compress_level=1)
    yield "40 megapixels, JPEG CMYK", encoded(Image.new("CMYK", (SIDE, SIDE)), "JPEG", progressive=True)
    levels = np.zeros((SIDE, SIDE), np.float32)
    levels[::50] = 3000.5
    yield "40 megapixels, TIFF F", encoded(Image.fromarray(levels), "TIFF", compression="tiff_deflate")
    yield "40 megapixels, WebP", encoded(square, "WEBP", lossless=True, method=0)


def large_masks() -> Iterator[tuple[str, bytes]]:
    """Valid masks of all the pixels that are allowed."""
    rows = np.zeros((SIDE, SIDE, 3), np.uint8)
    rows[::2] = (9, 1, 1)
    yield "40 megapixels, RGB", encoded(Image.fromarray(rows), "PNG", compress_level=1)
    yield (
        "40 megapixels, grey of 16 bits",
        encoded(Image.fromarray(rows[..., 0].astype(np.uint16)), "PNG", compress_level=1),
    )
    chance = np.random.default_rng(0).integers(0, 256, (1000, 1500, 3), np.uint8)
    yield "1.5 million colours", encoded(Image.fromarray(chance), "PNG", compress_level=1)
