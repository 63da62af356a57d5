"""The most memory that a process has needed. Torch-free, so that a process may measure itself from its start."""

import importlib
import re
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def peak() -> int:
    """The most bytes that were resident in this process since it began.

    Linux tells it anew for each program that is started. `ru_maxrss`, which is read where there is no /proc, begins there
    at the size of the process that started this one.
    """
    if STATUS.exists() and (match := re.search(r"VmHWM:\s+(\d+) kB", STATUS.read_text())):
        return int(match[1]) * 1024
    resource = importlib.import_module("resource")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
