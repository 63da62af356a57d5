"""Over 2,500 hostile files at every door for files: none crashes, hangs, fills the memory, or comes out as anything but words."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hostile.doors import DOORS

ROOT = Path(__file__).parents[2]
LEAST = {"photos": 750, "masks": 400, "boxes": 380, "truths": 360, "names": 180, "networks": 500}
"""Cases of each door, rounded down: 2,570 in all."""


@pytest.mark.slow
@pytest.mark.parametrize("door", DOORS)
def test_no_file_of_a_visitor_does_harm(door):
    """Each door in a process of its own, with one thread: see `tests.hostile.doors` for what counts as harm."""
    one_thread = {"OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    command = [sys.executable, "-m", "tests.hostile.doors", door]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | one_thread, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, f"ended by {done.returncode} at {done.stderr[-3000:]}"
    report = json.loads(done.stdout.splitlines()[-1])
    assert not report["defects"]
    assert report["cases"] == report["accepted"] + report["refused"] >= LEAST[door]
    assert report["accepted"], "a door that lets nobody in proves nothing"


def test_every_upload_of_a_page_has_a_door_here():
    """A new place for files has to be knocked at too: this list grows with it."""
    uploads = {
        str(path.relative_to(ROOT)): path.read_text().count(".file_uploader(")
        + path.read_text().count(".camera_input(")
        for folder in ("ui", "pages")
        for path in (ROOT / folder).rglob("*.py")
    }
    assert {path: count for path, count in uploads.items() if count} == {
        "ui/photo.py": 2,  # photos
        "ui/sections/style/tray.py": 1,  # photos
        "ui/sections/nms/candidates.py": 1,  # boxes
        "ui/sections/detector/grading_truths.py": 2,  # truths and names
        "ui/sections/detector/detect_own.py": 3,  # networks: cfg, weights and names
        "ui/sections/segmenter/grading_file.py": 1,  # masks
    }
