"""The ruler of the tests that bound memory: it measures one process alone."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
HELD = 10**9  # bytes
CHILD = """
from tests.memory import peak
held = bytearray(b"x") * 100_000_000
print(peak())
"""
PARENT = """
import subprocess, sys
from tests.memory import peak
held = bytearray(b"x") * int(sys.argv[1])
print(peak(), subprocess.run([sys.executable, "-c", sys.argv[2]], capture_output=True, text=True, check=True).stdout)
"""


def peaks(held: int) -> tuple[int, int]:
    """The peak of a process that holds so many bytes, and that of one it starts, which holds 100 MB; both in bytes."""
    command = [sys.executable, "-c", PARENT, str(held), CHILD]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
    parent, child = map(int, done.stdout.split())
    return parent, child


def test_a_process_is_not_charged_with_what_the_one_that_started_it_holds():
    parent, child = peaks(HELD)
    assert parent > HELD
    assert 100e6 < child < 200e6


def test_what_was_given_back_still_counts():
    code = "from tests.memory import peak; held = bytearray(b'x') * 300_000_000; del held; print(peak())"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert 300e6 < int(done.stdout) < 400e6
