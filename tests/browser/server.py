"""A real server of the app in a process of its own, and a real Chromium that looks at it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serving(script: str | Path = "serve.py", folder: Path = ROOT, **environment: str) -> Iterator[str]:
    """Start Streamlit on `script` in `folder`, wait until it answers, and yield its address; stop it at the end."""
    port = free_port()
    server = started(port, script, folder, **environment)
    try:
        yield answering(port, server)
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait(10)


def started(
    port: int, script: str | Path = "serve.py", folder: Path = ROOT, **environment: str
) -> subprocess.Popen[bytes]:
    """A server on its way; whoever starts it ends it."""
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        str(script),
        "--server.port",
        str(port),
        "--server.address",
        "127.0.0.1",
    ]
    return subprocess.Popen(
        command, cwd=folder, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def answering(port: int, server: subprocess.Popen[bytes]) -> str:
    """The address of a server, once it answers."""
    address = f"http://127.0.0.1:{port}"
    _wait_for(address, server)
    return address


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"the server ended with code {server.returncode} before it answered")
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError(f"the server did not answer within {PATIENCE:.0f} s")
