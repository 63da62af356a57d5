"""Answers leave the server at once.

Streamlit opens its port with a socket that names no protocol, and asyncio switches Nagle's algorithm off only where TCP is
named. What is then sent in two parts, as every file and most runs are, waits for the browser's acknowledgement of the first,
which the browser holds back for 40 ms.
"""

from __future__ import annotations

import os
import socket
import stat
from functools import cache
from pathlib import Path

_OPEN = Path("/dev/fd")
"""What this process has open, on Linux and macOS; elsewhere answers leave as Streamlit sends them."""


@cache
def hurry(port: int) -> int:
    """Switch Nagle's algorithm off for every connection of this process to its `port`, and for all that will come.

    A connection takes the setting of the socket that listens, so only the first call for a port does anything.

    Returns:
        The number of sockets that have the setting now; 0 where the system doesn't tell what is open.
    """
    if not _OPEN.is_dir():
        return 0
    return sum(_hurried(int(entry.name), port) for entry in list(_OPEN.iterdir()))


def _hurried(descriptor: int, port: int) -> bool:
    """Whether the descriptor is a TCP socket of that port; if so it has the setting now."""
    try:
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            return False
        with socket.socket(fileno=os.dup(descriptor)) as opened:
            if opened.proto != socket.IPPROTO_TCP or opened.getsockname()[1] != port:
                return False
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return True
    except OSError:  # closed since it was listed
        return False
