"""Every function that reads what a visitor brings, with hostile files for it. `python -m tests.hostile.doors photos` knocks.

A door may let a file in, or refuse it with an error of `core.errors`, which the page tells in words. Anything else is a
defect: another exception, more than five seconds of a processor, or more than a gigabyte beside what was there before.
Each door runs in a process of its own, since what ends a process or never comes back can't be caught in it; the process
prints one line of JSON at its end, and the name of each case before, so that the last one is known.
"""

import faulthandler
import json
import signal
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from itertools import chain, cycle
from pathlib import Path

from tests.memory import peak

RESET = Path("/proc/self/clear_refs")
SECONDS = 5
BYTES = 10**9
STUCK = 100  # seconds by the clock, after which code that no signal reaches is ended
COUNTS = {"photos": 30, "masks": 45, "boxes": 70, "truths": 110, "names": 150, "networks": 250}
"""How often each valid file of a door is spoiled."""

FILE_NAMES = (
    *(
        "photo.png",
        "../../etc/passwd",
        "C:\\Windows\\win.ini",
        "/dev/zero",
        "a" * 5000,
        "",
        ".",
        "\0",
        "\u202egnp.exe",
        "a\nb",
    ),
    *(
        "<script>alert(1)</script>.png",
        '"><img src=x onerror=alert(1)>.png',
        "[a](javascript:alert(1)).png",
        "$x$ :smile: *b*",
    ),
    *("http://example.org/a.png", "|id", "%00.png", "\ud800.png", "CON", "😀" * 300),
)


class SlowError(BaseException):
    """Too many seconds of the processor; no `except Exception` of a door holds it back."""


@dataclass(frozen=True, slots=True)
class Case:
    """One hostile file: its name, and what opens the door with it."""

    name: str
    knock: Callable[[], object]


@dataclass(slots=True)
class Report:
    """What a door did with all of its cases."""

    door: str
    cases: int = 0
    accepted: int = 0
    refused: int = 0
    defects: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    largest: tuple[int, str] = (0, "")


def photos() -> Iterator[Case]:
    """`core.images.decode`: the photo tray, the camera and the tray of styles."""
    import numpy as np

    from core.images.decode import decode, original
    from core.images.photo import from_pixels
    from tests.hostile import pictures
    from tests.hostile.mutations import OF_BYTES, mutants

    files = chain(mutants(pictures.photos(), OF_BYTES, COUNTS["photos"]), pictures.bombs(), pictures.large_photos())
    for (name, data), called in zip(files, cycle(FILE_NAMES), strict=False):
        yield Case(name, lambda data=data, called=called: decode(data, called))
    for name, data in pictures.photos().items():
        large = from_pixels(np.zeros((1, 2000, 3), np.uint8), name, source=data)
        yield Case(f"{name} again in its full size", lambda large=large: original(large))
    for called in FILE_NAMES:
        yield Case(f"a photo called {called[:30]!r}", lambda called=called: decode(pictures.photos()["JPEG"], called))


def masks() -> Iterator[Case]:
    """`core.segmentation.mask_files`: masks of the photo on the segmenter's page."""
    import numpy as np

    from core.images.photo import from_pixels
    from core.segmentation.mask_files import read_mask
    from tests.hostile import pictures
    from tests.hostile.mutations import OF_BYTES, mutants

    square, wide = (from_pixels(np.zeros((40, width, 3), np.uint8), "photo") for width in (40, 60))
    files = chain(mutants(pictures.masks(), OF_BYTES, COUNTS["masks"]), pictures.photos().items(), pictures.bombs())
    for (name, data), called in zip(files, cycle(FILE_NAMES), strict=False):
        yield Case(name, lambda data=data, called=called: read_mask(data, called, wide))
    for name, data in pictures.large_masks():
        yield Case(name, lambda data=data: read_mask(data, "mask.png", square))


def boxes() -> Iterator[Case]:
    """`core.boxes.files`: scored boxes on the NMS page."""
    from core.boxes.files import read_boxes
    from tests.hostile import texts
    from tests.hostile.mutations import OF_TEXT, mutants

    for name, data in chain(mutants(texts.scored(), OF_TEXT, COUNTS["boxes"]), texts.heavy()):
        yield Case(name, lambda data=data: read_boxes(data).table.digest)


def truths() -> Iterator[Case]:
    """`core.boxes.truth_files`: ground truth on the detector's page."""
    from core.boxes.truth_files import read_truths
    from tests.hostile import texts
    from tests.hostile.mutations import OF_TEXT, mutants

    for name, data in chain(mutants(texts.truths(), OF_TEXT, COUNTS["truths"]), texts.heavy()):
        yield Case(name, lambda data=data: read_truths(data, width=60, height=40, names=("cat",)).objects)


def names() -> Iterator[Case]:
    """`core.boxes.truth_files.read_names`: the names of YOLO's classes."""
    from core.boxes.truth_files import read_names
    from tests.hostile import texts
    from tests.hostile.mutations import OF_TEXT, mutants

    for name, data in chain(mutants({"names": texts.NAMES.encode()}, OF_TEXT, COUNTS["names"]), texts.heavy()):
        yield Case(name, lambda data=data: read_names(data))


def networks() -> Iterator[Case]:
    """`core.zoo.own_network`: a visitor's own cfg, weights and names. What can be built also looks at a photo."""
    import torch

    from core.detection.detecting_settings import FindSettings, SeeSettings
    from core.experiments import detecting
    from core.images.samples import sample
    from core.zoo.own_darknet import OwnDarknet
    from core.zoo.own_network import own
    from tests.hostile import networks

    photo, cpu = sample("coffee"), torch.device("cpu")
    torch.set_num_threads(1)

    def asked(config: bytes, data: bytes, listed: bytes | None) -> object:
        files = OwnDarknet(config, data, listed)
        own(files, cpu)
        seen = detecting.see(photo, files, SeeSettings())
        return detecting.found(seen, (photo.height, photo.width), FindSettings())

    asked(networks.CFG, networks.WEIGHTS, networks.NAMES)  # torch starts its threads and kernels once
    for name, pair in chain(networks.spoiled(COUNTS["networks"], 150, 50), networks.cruel()):
        yield Case(name, lambda pair=pair: asked(*pair))


DOORS: dict[str, Callable[[], Iterator[Case]]] = {
    door.__name__: door for door in (photos, masks, boxes, truths, names, networks)
}


def knock(door: str, cases: Iterable[Case]) -> Report:
    """Try every case and note what is a defect."""
    from core.errors import VisionLabError

    report = Report(door)
    signal.signal(signal.SIGPROF, _too_slow)
    for case in cases:
        print(ascii(case.name), file=sys.stderr)
        before, began = settled(), time.process_time()
        faulthandler.dump_traceback_later(STUCK, exit=True)
        signal.setitimer(signal.ITIMER_PROF, 2 * SECONDS)
        try:
            case.knock()
            report.accepted += 1
        except VisionLabError as error:
            report.refused += 1
            if not (error.problem.strip() and error.advice.strip()) or len(str(error)) > 3000:
                report.defects.append(f"{case.name}: the error is {str(error)[:300]!r}")
        except (Exception, SlowError) as error:  # noqa: BLE001 - told below, with its name
            report.defects.append(f"{case.name}: {type(error).__name__}: {str(error)[:300]}")
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            faulthandler.cancel_dump_traceback_later()
        seconds, bytes_ = time.process_time() - began, peak() - before
        report.cases += 1
        report.slowest = max(report.slowest, (round(seconds, 2), case.name))
        report.largest = max(report.largest, (bytes_, case.name))
        if seconds > SECONDS:
            report.defects.append(f"{case.name}: {seconds:.1f} seconds")
        if bytes_ > BYTES:
            report.defects.append(f"{case.name}: {bytes_ / 10**6:,.0f} MB")
    return report


def settled() -> int:
    """The bytes that are resident now; from now on `peak` counts anew, where the system can do that (Linux)."""
    if RESET.exists():
        RESET.write_text("5")
    return peak()


def _too_slow(number: int, frame: object) -> None:
    raise SlowError(f"still at work after {2 * SECONDS} seconds")


if __name__ == "__main__":
    made = list(DOORS[sys.argv[1]]())  # before anything is measured
    print(json.dumps(asdict(knock(sys.argv[1], made))))
