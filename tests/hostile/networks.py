"""Valid pairs of Darknet files, and pairs made to hurt whoever builds or runs their network."""

import struct
from collections.abc import Iterator
from functools import cache

import numpy as np

from core.errors import ModelError
from core.zoo.darknet import byte_count, read_config
from tests.core.zoo.darknet_files import conv, net, plain, section, small_tiny, weights, yolo
from tests.hostile.mutations import OF_BYTES, OF_TEXT, mutants

CFG = small_tiny(classes=3, side=96).encode()
WEIGHTS = weights(read_config(CFG))
NAMES = b"cat\ndog\nperson\n"
ONE = "10,10"

Pair = tuple[bytes, bytes, bytes | None]


@cache
def plausible(config: bytes) -> bytes:
    """Random weights of exactly the length that a cfg file asks for; those of the valid one where none can be told."""
    try:
        count = byte_count(read_config(config))
    except ModelError:
        return WEIGHTS
    values = (
        np.random.default_rng(0).uniform(0.02, 0.2, (count - 20) // 4).astype("<f4")
        if count < 2**26
        else np.zeros(2**20, "<f4")
    )
    return struct.pack("<iiiq", 0, 2, 0, 0) + values.tobytes()


def spoiled(configs: int, data: int, names: int) -> Iterator[tuple[str, Pair]]:
    """Pairs of which one file, or the list of names, is spoiled; a spoiled cfg file has weights of its own length."""
    for name, config in mutants({"cfg": CFG}, OF_TEXT, configs):
        yield name, (config, plausible(config), None)
    for name, made in mutants({"weights": WEIGHTS}, OF_BYTES, data):
        yield name, (CFG, made, NAMES)
    for name, made in mutants({"names": NAMES}, OF_TEXT, names):
        yield name, (CFG, WEIGHTS, made)


def head(anchors: int = 1, classes: int = 1) -> str:
    return yolo(",".join(map(str, range(anchors))), classes, ",".join([ONE] * anchors))


def cruel() -> Iterator[tuple[str, Pair]]:
    """Pairs of files that ask for loops, for very much, or for nothing."""
    again = section("route", layers=-2)
    coarse = section("maxpool", size=16, stride=16) + plain(6) + head()
    configs = {
        "an empty cfg": "",
        "only [net]": net(96),
        "a route to itself": net(96) + conv(8) + section("route", layers=1) + plain(6) + head(),
        "a route to what comes later": net(96) + conv(8) + section("route", layers=3) + plain(6) + head(),
        "routes in a ring": net(96) + section("route", layers=1) + section("route", layers=0) + plain(6) + head(),
        "a route to the photo": net(96) + section("route", layers=-1) + plain(6) + head(),
        "a shortcut to itself": net(96) + conv(8) + section("shortcut", **{"from": 1}) + plain(6) + head(),
        "negative filters": net(96) + plain(-6) + head(),
        "no filters": net(96) + plain(0) + head(),
        "a stride of 0": net(96) + conv(8, stride=0) + plain(6) + head(),
        "a negative side": net(-96) + plain(6) + head(),
        "a side of 10**30": net(10**30) + plain(6) + head(),
        "sides that share no cells": net(1279) + conv(8, stride=2) + plain(6) + head(),
        "10**9 filters": net(96) + plain(10**9) + head(),
        "600 million weights": net(96) + conv(8192, stride=2) + conv(8192) + plain(6) + head(),
        "20,000 sections": net(96) + conv(1) * 20_000 + head(),
        "900 layers": net(96) + conv(1, 1) * 900 + plain(6) + head(),
        "900 routes to everything": net(96) + conv(1) + section("route", layers=",".join(["-1"] * 199)) * 900 + head(),
        "anchors that double": net(96)
        + plain(6)
        + head()
        + (section("route", layers="-2,-2") + plain(6) + head()) * 100,
        "13 million boxes": net(1280) + plain(24) + head(4) + again + head(4),
        "6,000 classes": net(1280) + conv(6005, 1, stride=16) + head(1, 6000) + again + head(1, 6000),
        "pools over pools": net(1280) + plain(24) + section("maxpool", size=15, stride=1) * 9 + head(4),
        "pools over pools, few boxes": net(1280) + plain(8) + section("maxpool", size=15, stride=1) * 3 + coarse,
        "large kernels": net(1280) + conv(24, 15) + conv(24, 9, activation="mish") + coarse,
        "too many thin layers": net(1280) + plain(24) + conv(24, 1, groups=24, activation="mish") * 250 + coarse,
        "thin layers": net(640) + plain(24) + conv(24, 1, groups=24, activation="mish") * 8 + coarse,
        "groups of two": net(640) + plain(16) + conv(16, groups=8) * 16 + coarse,
        "pools, as many as may be": net(640) + plain(8) + section("maxpool", size=15, stride=1) * 1 + coarse,
        "boxes, as many as may be": net(608) + plain(24) + head(4),
        "upsampling": net(1280)
        + plain(8)
        + section("maxpool", size=16, stride=16)
        + section("upsample", stride=16) * 9
        + plain(6)
        + head(),
        "anchors of nothing": net(96) + plain(6) + yolo("0", 1, "0,0"),
        "infinite anchors": net(96) + plain(6) + yolo("0", 1, "inf,nan"),
        "a mask beyond the anchors": net(96) + plain(6) + yolo("99", 1, ONE),
        "10**9 classes": net(96) + plain(6) + yolo("0", 10**9, ONE),
        "a million commas": net(96) + section("route", layers="," * 250_000) + plain(6) + head(),
        "one line": "[net]" + "a" * 290_000,
        "300,000 brackets": "[" * 290_000,
        "2 MB": "#" * 2_000_000,
        "a name that is markup": net(96) + "[<script>alert(1)</script>]\n",
    }
    for name, text in configs.items():
        config = text.encode()
        yield name, (config, plausible(config), None)
    body = WEIGHTS[20:]
    count = len(body) // 4
    numbers = {
        "NaN": float("nan"),
        "infinity": float("inf"),
        "the largest": 3.4e38,
        "the least": 1e-45,
        "minus one": -1.0,
    }
    for name, number in numbers.items():
        yield f"weights of {name}", (CFG, WEIGHTS[:20] + np.full(count, number, "<f4").tobytes(), NAMES)
    for version in ((-1, 0), (0, -1), (2**31 - 1, 2**31 - 1), (999, 999), (0, 1)):
        yield f"weights of version {version}", (CFG, struct.pack("<iiiq", *version, 0, -1) + body, NAMES)
    yield "weights that are a pickle", (CFG, b"\x80\x04cos\nsystem\n(S'false'\ntR.", NAMES)
    yield "weights that are a zip", (CFG, b"PK\x03\x04" + WEIGHTS, NAMES)
    yield "one byte too many", (CFG, WEIGHTS + b"\0", NAMES)
    yield "one byte too few", (CFG, WEIGHTS[:-1], NAMES)
    yield "no weights", (CFG, b"", NAMES)
    yield "cfg and weights the other way round", (WEIGHTS, CFG, None)
    yield "a hundred thousand names", (CFG, WEIGHTS, b"a\n" * 49_000)
    yield "too long a list of names", (CFG, WEIGHTS, b"a\n" * 60_000)
    yield "names that are equal", (CFG, WEIGHTS, b"cat\ncat\ncat (2)\n")
    yield "names that are markup", (CFG, WEIGHTS, b"<script>\n[x](javascript:1)\n\xff\xfe\n")
