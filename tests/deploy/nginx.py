"""nginx in front of two processes of the app, by the very file that deploy/ offers.

`python -m tests.deploy.nginx` makes sure that nginx is there: from apt when root on Debian or Ubuntu, else it says so and fails.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.browser.server import PATIENCE, ROOT, free_port

RECIPE = ROOT / "deploy" / "nginx.conf"
NAME = "lab.example.org"
FRAME = """
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 512; }}
http {{
    include {types};
    default_type application/octet-stream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    log_format test '$status $upstream_addr $request_method $request_uri $cookie_lab_seat';
    access_log {folder}/access.log test;
    include {folder}/site.conf;
}}
"""


class NoNginxError(RuntimeError):
    """No nginx on this machine."""


@dataclass(frozen=True)
class Proxy:
    """nginx that runs: its two ports, and the folder with its logs."""

    https: int
    http: int
    folder: Path

    @property
    def address(self) -> str:
        """What a visitor types."""
        return f"https://{NAME}:{self.https}"

    def answered(self, uri: str, seat: str | None = None) -> list[tuple[int, str]]:
        """Status and process of every request so far whose path begins with `uri`, from the log; of one seat, if given.

        A websocket is logged when it closes.
        """
        lines = [line.split(" ") for line in (self.folder / "access.log").read_text().splitlines()]
        return [
            (int(status), process)
            for status, process, _, path, cookie in lines
            if path.startswith(uri) and seat in (None, cookie)
        ]

    def wait_for(self, uri: str, seat: str) -> None:
        """Wait until a request of this seat is in the log.

        Raises:
            TimeoutError: it is not, after a while.
        """
        deadline = time.monotonic() + PATIENCE
        while not self.answered(uri, seat):
            if time.monotonic() > deadline:
                raise TimeoutError(f"no {uri} of {seat} in the log")
            time.sleep(0.05)


def ensure() -> str:
    """The path of nginx, installed first if it must be.

    Raises:
        NoNginxError: it is not installed and could not be.
    """
    if path := _find():
        return path
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq"], check=False, env=quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "nginx-light"], check=False, env=quiet)
    if path := _find():
        return path
    raise NoNginxError(
        "make test-deploy needs nginx 1.19.3 or newer. Install it (as root: apt install nginx-light) and run this again."
    )


@contextmanager
def proxying(processes: Sequence[str], folder: Path) -> Iterator[Proxy]:
    """nginx before `processes` (as `127.0.0.1:8501`) with a certificate of its own; `folder` is empty and for it alone."""
    proxy = Proxy(free_port(), free_port(), folder)
    _certificate(folder)
    (folder / "site.conf").write_text(site(proxy, processes))
    types = next(
        path for path in (Path("/etc/nginx/mime.types"), Path("/usr/local/etc/nginx/mime.types")) if path.exists()
    )
    (folder / "nginx.conf").write_text(FRAME.format(folder=folder, types=types))
    command = [ensure(), "-c", str(folder / "nginx.conf"), "-e", str(folder / "error.log")]
    if os.geteuid() == 0:
        command += ["-g", "user root;"]  # its helpers must read the temporary folder
    subprocess.run([*command, "-t"], check=True, capture_output=True, text=True)
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(proxy, server)
        yield proxy
    finally:
        server.terminate()
        server.wait(10)


def site(proxy: Proxy, processes: Sequence[str]) -> str:
    """The recipe with the ports, processes and certificate of a test. All else stays as it is."""
    first, second = processes
    changes = (
        ("server 127.0.0.1:8501;", f"server {first};"),
        ("server 127.0.0.1:8502;", f"server {second};"),
        ("listen 80;", f"listen 127.0.0.1:{proxy.http};"),
        ("listen [::]:80;", ""),
        ("listen 443 ssl http2;", f"listen 127.0.0.1:{proxy.https} ssl http2;"),
        ("listen [::]:443 ssl http2;", ""),
        (f"/etc/letsencrypt/live/{NAME}/fullchain.pem", f"{proxy.folder}/certificate.pem"),
        (f"/etc/letsencrypt/live/{NAME}/privkey.pem", f"{proxy.folder}/key.pem"),
    )
    text = RECIPE.read_text()
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def _certificate(folder: Path) -> None:
    subject = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")]
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", *subject, *files],
        check=True,
        capture_output=True,
    )


def _wait_for(proxy: Proxy, server: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise RuntimeError(f"nginx ended: {(proxy.folder / 'error.log').read_text()}")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", proxy.https)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError(f"nginx did not answer within {PATIENCE:.0f} s")


def _find() -> str | None:
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin")


if __name__ == "__main__":
    print(f"Proxy: {ensure()}")
