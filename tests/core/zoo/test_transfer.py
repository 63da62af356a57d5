import contextlib
import errno
import hashlib
import random
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from filelock import FileLock

from core.errors import CancelledError, DownloadError
from core.zoo import transfer
from core.zoo.transfer import fetch, recorded

BODY = random.Random(0).randbytes(256 * 1024)
SHA = hashlib.sha256(BODY).hexdigest()
DIGEST = SHA[:8]
KEPT = "What arrived is kept: try again to go on from there."

CHILD = """
import sys
from pathlib import Path
from core.zoo.transfer import fetch
url, target, digest, size = sys.argv[1:]
fetch(url, Path(target), digest=digest, size=int(size), progress=lambda now: print(now.received, flush=True))
"""
SOON = 8.0  # seconds, on the busiest machine: less than a look-up that hangs (10) and a server that may be silent (20)


def get(url: str, target: Path, **options) -> None:
    fetch(url, target, **({"digest": DIGEST, "size": len(BODY), "progress": lambda _: None} | options))


def failure(url: str, target: Path, **options) -> str:
    """The words of a failed fetch, which leaves nothing under the final name and no record."""
    with pytest.raises(DownloadError) as caught:
        get(url, target, **options)
    assert not target.exists()
    assert not record_of(target).exists()
    return str(caught.value)


def child(url: str, target: Path) -> subprocess.Popen:
    words = [sys.executable, "-c", CHILD, url, str(target), DIGEST, str(len(BODY))]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True)


def part_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.part")


def record_of(target: Path) -> Path:
    return target.with_name(f"{target.name}.sha256")


@pytest.fixture
def target(tmp_path) -> Path:
    return tmp_path / "file.pth"


# A file that arrives -----------------------------------------------------------------------------------------------


def test_the_file_arrives_whole_with_its_record_in_a_folder_that_is_made_for_it(server, tmp_path):
    server.sends(BODY)
    target = tmp_path / "new" / "file.pth"
    get(server.url, target)
    assert target.read_bytes() == BODY
    assert recorded(target) == SHA
    assert {path.name for path in target.parent.iterdir()} == {"file.pth", "file.pth.sha256"}


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no sha256sum on this machine")
def test_the_record_is_what_sha256sum_reads(server, target):
    server.sends(BODY)
    get(server.url, target)
    subprocess.run(["sha256sum", "--check", "--status", record_of(target).name], cwd=target.parent, check=True)


def test_a_file_nobody_fetched_has_no_record(target):
    assert recorded(target) is None


def test_a_damaged_record_fits_no_file(target):
    record_of(target).write_bytes(b"")
    assert recorded(target) == ""


def test_progress_rises_to_the_size_the_server_states(server, target):
    server.resumes(BODY)
    heard = []
    get(server.url, target, progress=heard.append, size=len(BODY) - 1000)
    received = [now.received for now in heard]
    assert received == sorted(received)
    assert (heard[-1].received, heard[-1].total, heard[-1].share) == (len(BODY), len(BODY), 1.0)


def test_progress_uses_the_expected_size_where_the_server_states_none(server, target):
    def without_length(handler):
        handler.send_response(200)
        handler.end_headers()
        handler.wfile.write(BODY)

    server.answer = without_length
    heard = []
    get(server.url, target, progress=heard.append)
    assert (heard[-1].received, heard[-1].total) == (len(BODY), len(BODY))


def test_the_speed_is_that_of_this_attempt(server, target):
    part_of(target).write_bytes(BODY[: len(BODY) // 2])
    server.resumes(BODY, pause=0.04)  # 16 pieces of 8 KiB: at most 200 KiB a second
    heard = []
    get(server.url, target, progress=heard.append)
    assert heard[0].speed == 0.0
    assert 20_000 < heard[-1].speed < 300_000


def test_the_speed_sinks_while_the_server_is_silent(server, target):
    server.stalls_after(BODY[:200_000], len(BODY))
    heard = []
    failure(server.url, target, progress=heard.append, timeout=1.2)
    speeds = [now.speed for now in heard if now.speed]
    assert len(speeds) > 3
    assert speeds == sorted(speeds, reverse=True)


def test_the_speed_begins_anew_when_the_server_does(server, target):
    def answer(handler):
        time.sleep(0.4)
        server.resumes(BODY, pause=0.04)
        handler.headers.replace_header("Range", "bytes=0-")
        server.answer(handler)

    part_of(target).write_bytes(BODY[:200_000])
    server.answer = answer
    heard = []
    get(server.url, target, progress=heard.append)
    assert [now.received for now in heard][:1] == [200_000]
    assert all(0 <= now.speed < 300_000 for now in heard)
    assert heard[-1].speed > 0


# Going on where an attempt stopped ---------------------------------------------------------------------------------


def test_after_a_broken_connection_only_the_rest_is_asked_for(server, target):
    server.resumes(BODY, cut=100_000)
    assert KEPT in failure(server.url, target)
    server.resumes(BODY)
    heard = []
    get(server.url, target, progress=heard.append)
    assert target.read_bytes() == BODY
    assert server.ranges == [None, "bytes=100000-"]
    assert server.sent == len(BODY)
    assert heard[0].received == 100_000
    assert heard[0].total == len(BODY)


def test_a_server_that_knows_no_ranges_sends_all_again(server, target):
    part_of(target).write_bytes(BODY[:5000])
    server.sends(BODY)
    get(server.url, target)
    assert target.read_bytes() == BODY
    assert server.requests == 1


def test_a_server_that_cannot_go_on_from_there_is_asked_for_all(server, target):
    part_of(target).write_bytes(BODY + b"too much")
    server.resumes(BODY)
    get(server.url, target)
    assert target.read_bytes() == BODY
    assert server.ranges == [f"bytes={len(BODY) + 8}-", None]


def test_an_answer_that_leaves_a_gap_is_not_used(server, target):
    def gap(handler):
        server.resumes(BODY)
        handler.send_response(206)
        handler.send_header("Content-Range", f"bytes 6000-{len(BODY) - 1}/{len(BODY)}")
        handler.end_headers()
        handler.wfile.write(BODY[6000:])

    part_of(target).write_bytes(BODY[:5000])
    server.answer = gap
    get(server.url, target)
    assert target.read_bytes() == BODY
    assert server.ranges == ["bytes=5000-", None]


def test_a_part_with_wrong_bytes_heals_itself(server, target):
    part_of(target).write_bytes(b"x" * 5000)
    server.resumes(BODY)
    get(server.url, target)
    assert target.read_bytes() == BODY
    assert server.ranges == ["bytes=5000-", None]


def test_a_part_that_is_whole_needs_no_server(server, target):
    part_of(target).write_bytes(BODY)
    get(server.url, target)
    assert target.read_bytes() == BODY
    assert server.requests == 0


# Ways to fail ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [404, 416, 503])
def test_a_server_that_refuses_is_asked_once_and_leaves_no_part(server, target, code):
    server.answer = lambda handler: handler.send_error(code)
    assert f"(HTTP {code})" in failure(server.url, target)
    assert server.requests == 1
    assert not part_of(target).exists()


def test_another_file_than_expected_is_thrown_away(server, target):
    server.sends(BODY[:-1] + b"x")
    assert "its checksum is different" in failure(server.url, target)
    assert not part_of(target).exists()
    assert server.requests == 1


def test_another_file_after_a_part_is_asked_for_once_more_and_then_given_up(server, target):
    part_of(target).write_bytes(BODY[:5000])
    server.resumes(BODY[:-1] + b"x")
    assert "its checksum is different" in failure(server.url, target)
    assert not part_of(target).exists()
    assert server.requests == 2


def test_a_body_that_ends_early_says_that_it_broke_off(server, target):
    server.truncates(BODY[:5000], len(BODY))
    assert f"The download from 127.0.0.1 broke off. {KEPT}" in failure(server.url, target)
    assert part_of(target).read_bytes() == BODY[:5000]


def test_an_answer_that_never_begins_leaves_no_part(server, target):
    server.answer = lambda handler: handler.wfile.write(b"nonsense\r\n\r\n")
    assert "broke off. Try again in a few minutes." in failure(server.url, target)
    assert not part_of(target).exists()


def test_a_silent_server_is_given_up_after_the_timeout(server, target):
    server.stalls_after(BODY[:5000], len(BODY))
    began = time.monotonic()
    assert f"did not answer in time. {KEPT}" in failure(server.url, target, timeout=0.3)
    assert time.monotonic() - began < SOON
    assert part_of(target).read_bytes() == BODY[:5000]


def test_a_server_that_drips_is_given_up_at_the_deadline(server, target):
    server.drips(BODY)
    began = time.monotonic()
    words = failure(server.url, target, timeout=5.0, deadline=0.6)
    assert "The download from 127.0.0.1 is too slow: 0.0 MB of 0.2 MB came in 0.01 minutes." in words
    assert KEPT in words
    assert time.monotonic() - began < SOON
    assert BODY.startswith(part_of(target).read_bytes())


@pytest.mark.parametrize("silent", [True, False], ids=["silent", "dripping"])
def test_a_cancelled_download_stops_soon_and_keeps_what_arrived(server, target, silent):
    server.stalls_after(BODY[:5000], len(BODY)) if silent else server.drips(BODY)
    end = time.monotonic() + 0.5
    with pytest.raises(CancelledError, match="cancelled") as caught:
        get(server.url, target, cancelled=lambda: time.monotonic() > end)
    assert time.monotonic() - end < SOON
    assert caught.value.advice == KEPT
    assert 0 < part_of(target).stat().st_size <= 5000
    assert BODY.startswith(part_of(target).read_bytes())


def test_a_cancelled_download_leaves_no_reader_behind(server, target):
    server.drips(BODY)
    with pytest.raises(CancelledError):
        get(server.url, target, cancelled=lambda: bool(server.requests))
    end = time.monotonic() + SOON
    while any(thread.name == "reader of weights" for thread in threading.enumerate()):
        assert time.monotonic() < end
        time.sleep(0.01)


def test_a_look_up_of_a_name_that_takes_long_can_be_cancelled(server, target, monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: server.release.wait(10) and [])
    began = time.monotonic()
    with pytest.raises(CancelledError):
        get(server.url, target, cancelled=lambda: time.monotonic() > began + 0.2)
    assert time.monotonic() - began < SOON
    assert not part_of(target).exists()


def test_what_is_no_address_on_the_web_is_refused_before_anything_is_written(tmp_path):
    assert "that is not an address on the web" in failure("file:///etc/hostname", tmp_path / "new" / "file.pth")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_says_how_much_to_free_and_takes_nothing_of_it(server, target, monkeypatch, number):
    def full(_):
        raise OSError(number, "no space")

    server.sends(BODY)
    monkeypatch.setattr(transfer.os, "fsync", full)
    words = failure(server.url, target)
    assert "The disk of this server is full. Free at least 0.2 MB" in words
    assert not part_of(target).exists()


def test_a_disk_that_is_too_small_is_told_before_the_download(server, target, monkeypatch):
    part_of(target).write_bytes(BODY[:5000])
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(100 << 30, 99 << 30, 12 << 20))
    words = failure(server.url, target, size=(540 << 20) + 5000)
    assert "The download needs 540.0 MB, 12.0 MB are free on the disk of this server. Free at least 528.0 MB" in words
    assert server.requests == 0


def test_a_drive_that_does_not_know_its_room_is_tried(server, target, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(0, 0, 0))
    server.sends(BODY)
    get(server.url, target)
    assert target.read_bytes() == BODY


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS])
@pytest.mark.parametrize("call", ["mkdir", "open"])
def test_a_folder_that_is_read_only_says_which_to_make_writable(server, tmp_path, monkeypatch, call, number):
    def refused(*_, **__):
        raise OSError(number, "refused")

    with monkeypatch.context() as patch:
        patch.setattr(transfer.os, call, refused)
        words = failure(server.url, tmp_path / ("new" if call == "mkdir" else ".") / "file.pth")
    assert "can't write to the folder of its weights. Make the folder hub/checkpoints in TORCH_HOME writable" in words
    assert server.requests == 0


def test_a_folder_below_a_file_cannot_be_written(server, tmp_path):
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(DownloadError, match="can't write to the folder"):
        get(server.url, tmp_path / "taken" / "hub" / "file.pth")


def test_a_failed_download_leaves_the_file_that_was_there(server, target):
    target.write_bytes(b"old")
    server.truncates(BODY[:5000], len(BODY))
    with pytest.raises(DownloadError):
        get(server.url, target)
    assert target.read_bytes() == b"old"


def test_an_error_of_the_watcher_ends_the_download_and_the_next_goes_on(server, target):
    def leaves(now):
        if now.received:
            raise KeyboardInterrupt

    server.resumes(BODY)
    with pytest.raises(KeyboardInterrupt):
        get(server.url, target, progress=leaves)
    assert part_of(target).stat().st_size > 0
    get(server.url, target)
    assert target.read_bytes() == BODY


# Processes that are killed, or meet --------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_a_process_killed_again_and_again_ends_with_the_exact_file(server, target, seed):
    chance = random.Random(seed)
    server.resumes(BODY, pause=0.002)
    for _ in range(30):
        enough = chance.randrange(1, 120_000) + (part_of(target).stat().st_size if part_of(target).exists() else 0)
        with child(server.url, target) as process:
            for line in process.stdout:
                if int(line) >= enough:
                    process.kill()
        if process.returncode == 0:
            break
        assert not target.exists() or target.read_bytes() == BODY
    assert process.returncode == 0
    assert target.read_bytes() == BODY
    assert recorded(target) == SHA
    assert server.requests >= 2


class Killed(BaseException):
    """Stands for a process that ends at this very step."""


@pytest.mark.parametrize("old", [None, BODY, b"damaged"], ids=["no file before", "the same before", "damaged before"])
@pytest.mark.parametrize("step", [0, 1])
def test_a_process_killed_in_the_last_steps_leaves_nothing_that_is_wrongly_trusted(
    server, target, monkeypatch, step, old
):
    steps = []

    def replace(source, destination, really=transfer.os.replace):
        if len(steps) == step:
            raise Killed
        steps.append(destination)
        really(source, destination)

    if old is not None:
        target.write_bytes(old)
        record_of(target).write_text(f"{SHA}  file.pth\n")
    server.resumes(BODY)
    with monkeypatch.context() as patch:
        patch.setattr(transfer.os, "replace", replace)
        with pytest.raises(Killed):
            get(server.url, target)
    if target.exists():
        assert recorded(target) == SHA  # so a damaged file is known to be damaged
    get(server.url, target)
    assert target.read_bytes() == BODY
    assert recorded(target) == SHA
    assert server.requests == 1


def test_two_processes_that_meet_download_once(server, target):
    server.stalls_then_finishes(BODY[:5000], BODY[5000:])
    with child(server.url, target) as first:
        while first.stdout.readline() != "5000\n":
            pass
        with child(server.url, target) as second:
            assert second.stdout.readline() == "5000\n"  # how far the other one is
            server.release.set()
            assert second.stdout.readlines()[-1] == f"{len(BODY)}\n"
        first.stdout.read()
    assert (first.returncode, second.returncode) == (0, 0)
    assert target.read_bytes() == BODY
    assert server.requests == 1
    assert {path.name for path in target.parent.iterdir()} == {"file.pth", "file.pth.sha256"}


def test_a_process_that_waits_takes_over_when_the_other_is_killed(server, target):
    server.stalls_then_finishes(BODY[:5000], BODY[5000:])
    with child(server.url, target) as first:
        while first.stdout.readline() != "5000\n":
            pass
        with child(server.url, target) as second:
            assert second.stdout.readline() == "5000\n"
            server.resumes(BODY)
            first.kill()
            second.stdout.read()
    assert second.returncode == 0
    assert target.read_bytes() == BODY
    assert server.ranges == [None, "bytes=5000-"]


def test_one_who_waits_for_another_process_can_cancel(server, target):
    began = time.monotonic()
    with FileLock(f"{target}.lock"), pytest.raises(CancelledError):
        get(server.url, target, cancelled=lambda: time.monotonic() > began + 0.2)
    assert time.monotonic() - began < SOON
    assert server.requests == 0


def test_fetching_needs_no_torch():
    script = "import sys, core.zoo.transfer; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize("stated", [True, False], ids=["stated", "not stated"])
def test_an_answer_that_does_not_end_is_cut_off_and_nothing_is_kept(server, tmp_path, stated):
    def endless(handler):
        handler.send_response(200)
        if stated:
            handler.send_header("Content-Length", str(1 << 40))
        handler.end_headers()
        with contextlib.suppress(OSError):  # the lab hangs up
            while True:
                handler.wfile.write(bytes(1 << 16))

    server.answer = endless
    with pytest.raises(DownloadError, match="not the file the lab asked for"):
        get(server.url, tmp_path / "file.pth")
    assert [path.name for path in tmp_path.iterdir() if not path.name.endswith(".lock")] == []
