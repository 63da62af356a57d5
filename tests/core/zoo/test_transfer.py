import errno
import hashlib
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from core.errors import DownloadError
from core.zoo import transfer
from core.zoo.transfer import fetch

BODY = bytes(range(256)) * 1024
DIGEST = hashlib.sha256(BODY).hexdigest()[:8]


def get(url: str, target: Path, **options) -> None:
    fetch(url, target, **({"digest": DIGEST, "size": len(BODY), "progress": lambda *_: None} | options))


def failure(url: str, target: Path, **options) -> str:
    """The words of a failed fetch, which leaves nothing behind."""
    with pytest.raises(DownloadError) as caught:
        get(url, target, **options)
    if target.parent.is_dir():
        assert list(target.parent.iterdir()) == []
    return str(caught.value)


def test_the_file_arrives_whole_and_alone_in_a_folder_that_is_made_for_it(server, tmp_path):
    server.sends(BODY)
    target = tmp_path / "new" / "file.pth"
    get(server.url, target)
    assert target.read_bytes() == BODY
    assert list(target.parent.iterdir()) == [target]


def test_progress_rises_to_the_size_the_server_states(server, tmp_path):
    server.sends(BODY)
    heard = []
    get(server.url, tmp_path / "file.pth", progress=lambda *now: heard.append(now), size=1)
    assert heard[-1] == (len(BODY), len(BODY))
    assert heard == sorted(heard)


def test_progress_uses_the_expected_size_where_the_server_states_none(server, tmp_path):
    def without_length(handler):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(BODY)

    server.answer = without_length
    heard = []
    get(server.url, tmp_path / "file.pth", progress=lambda *now: heard.append(now))
    assert heard[-1] == (len(BODY), len(BODY))


def test_a_missing_file_says_that_it_is_gone(server, tmp_path):
    assert "does not have this file any more (HTTP 404)" in failure(server.url, tmp_path / "file.pth")


def test_a_busy_server_says_to_come_back(server, tmp_path):
    server.answer = lambda handler: handler.send_error(503)
    words = failure(server.url, tmp_path / "file.pth")
    assert "refused to send the file (HTTP 503)" in words
    assert "in a few minutes" in words


def test_another_file_than_expected_is_thrown_away(server, tmp_path):
    server.sends(BODY[:-1] + b"x")
    assert "its checksum is different" in failure(server.url, tmp_path / "file.pth")


def test_a_body_that_ends_early_says_that_it_broke_off(server, tmp_path):
    server.truncates(BODY[:5000], len(BODY))
    assert "broke off" in failure(server.url, tmp_path / "file.pth")


def test_an_answer_that_is_not_http_says_that_it_broke_off(server, tmp_path):
    server.answer = lambda handler: handler.wfile.write(b"nonsense\r\n\r\n")
    assert "broke off" in failure(server.url, tmp_path / "file.pth")


def test_a_silent_server_is_given_up_after_the_timeout(server, tmp_path):
    server.stalls_after(BODY[:5000], len(BODY))
    began = time.monotonic()
    assert "did not answer in time" in failure(server.url, tmp_path / "file.pth", timeout=0.3)
    assert time.monotonic() - began < 3


def test_a_server_that_trickles_is_given_up_at_the_deadline(server, tmp_path):
    def trickle(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(BODY)))
        handler.end_headers()
        for byte in BODY:
            if server.release.wait(0.05):
                return
            handler.wfile.write(bytes([byte]))

    server.answer = trickle
    began = time.monotonic()
    assert "did not answer in time" in failure(server.url, tmp_path / "file.pth", timeout=5.0, deadline=0.4)
    server.release.set()
    assert time.monotonic() - began < 3


def test_a_refused_port_says_that_the_host_cannot_be_reached(tmp_path, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers there
        url = f"http://127.0.0.1:{free.getsockname()[1]}/file.pth"
        assert "This server can't reach 127.0.0.1." in failure(url, tmp_path / "file.pth")


def test_a_name_nobody_knows_says_that_the_host_cannot_be_reached(tmp_path, monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert "This server can't reach weights.invalid." in failure("http://weights.invalid/f", tmp_path / "file.pth")


def test_a_server_that_speaks_no_tls_is_not_trusted(server, tmp_path):
    server.sends(BODY)
    words = failure(server.url.replace("http:", "https:"), tmp_path / "file.pth", timeout=2.0)
    assert "could not prove that it is 127.0.0.1" in words


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_says_how_much_to_free(server, tmp_path, monkeypatch, number):
    def full(_):
        raise OSError(number, "no space")

    server.sends(BODY)
    monkeypatch.setattr(transfer.os, "fsync", full)
    words = failure(server.url, tmp_path / "file.pth", size=5 << 20)
    assert "The disk of this server is full. Free at least 5.0 MB" in words


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
def test_a_folder_that_is_read_only_says_which_to_make_writable(server, tmp_path, monkeypatch, number):
    def refused(*_, **__):
        raise OSError(number, "refused")

    server.sends(BODY)
    monkeypatch.setattr(transfer.Path, "open", refused)
    words = failure(server.url, tmp_path / "file.pth")
    assert "can't write to the folder of its weights. Make the folder hub/checkpoints in TORCH_HOME writable" in words
    assert server.requests == 0


def test_a_folder_below_a_file_cannot_be_written(server, tmp_path):
    server.sends(BODY)
    (tmp_path / "taken").write_text("a file")
    assert "can't write to the folder" in failure(server.url, tmp_path / "taken" / "hub" / "file.pth")


def test_a_failed_download_leaves_the_file_that_was_there(server, tmp_path):
    target = tmp_path / "file.pth"
    target.write_bytes(b"old")
    server.truncates(BODY[:5000], len(BODY))
    with pytest.raises(DownloadError):
        get(server.url, target)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_an_error_of_the_watcher_ends_the_download_and_leaves_nothing(server, tmp_path):
    def leaves(*_):
        raise KeyboardInterrupt

    server.sends(BODY)
    with pytest.raises(KeyboardInterrupt):
        get(server.url, tmp_path / "file.pth", progress=leaves)
    assert list(tmp_path.iterdir()) == []


def test_a_process_killed_half_way_leaves_no_file_under_the_final_name(server, tmp_path):
    server.stalls_after(BODY[:5000], len(BODY))
    target = tmp_path / "file.pth"
    script = (
        "from pathlib import Path; from core.zoo.transfer import fetch\n"
        f"fetch({server.url!r}, Path({str(target)!r}), digest={DIGEST!r}, size=1,"
        " progress=lambda *now: print(*now, flush=True))"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout.readline() == f"5000 {len(BODY)}\n"
        child.send_signal(signal.SIGKILL)
    assert not target.exists()
    server.sends(BODY)
    get(server.url, target)
    assert target.read_bytes() == BODY


def test_fetching_needs_no_torch():
    script = "import sys, core.zoo.transfer; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
