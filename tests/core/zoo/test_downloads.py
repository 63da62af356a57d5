import hashlib
import io
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from core.errors import CancelledError, DownloadError, ModelError
from core.zoo import downloads, weights
from core.zoo.downloads import begin, download, running
from core.zoo.model_card import ConfigFile, ModelCard, Source, Task, View
from core.zoo.transfer import Progress


def saved(value: object) -> bytes:
    file = io.BytesIO()
    torch.save(value, file)
    return file.getvalue()


STATE = {"weight": torch.arange(5000.0)}
BODY = saved(STATE)
DIGEST = hashlib.sha256(BODY).hexdigest()
ROW = ModelCard(
    key="small",
    title="Small Net",
    task=Task.CLASSIFY,
    source=Source.TORCHVISION,
    builder="nowhere:none",
    file=f"small-{DIGEST[:8]}.pth",
    size=len(BODY),
    digest=DIGEST[:8],
    host="weights.invalid",
    entry="Small_Weights.DEFAULT",
    class_count=2,
    view=View.FIT,
    resize=8,
    parameters=5000,
    score="none",
    licence="none",
    citation="none",
)
BUNDLED = ModelCard(**{name: getattr(ROW, name) for name in ModelCard.__slots__} | {"source": Source.BUNDLED})


@pytest.fixture(autouse=True)
def source(server, tmp_path, monkeypatch):
    """A mirror that has the file, for a TORCH_HOME where nothing is yet."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setenv(weights.MIRROR, f"{server.base}/mirror")
    monkeypatch.delenv(downloads.OFFLINE, raising=False)
    server.resumes(BODY)
    yield server
    server.release.set()
    for flight in list(downloads._RUNNING.values()):
        flight.cancel()
        assert flight.wait(5.0)


def place(content: bytes) -> Path:
    target = weights.path(ROW)
    target.parent.mkdir(parents=True)
    target.write_bytes(content)
    return target


def part() -> Path:
    return weights.path(ROW).with_name(f"{ROW.file}.part")


def wait_until(condition, seconds: float = 5.0) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited too long"
        time.sleep(0.01)


# One download ------------------------------------------------------------------------------------------------------


def test_a_download_ends_in_weights_that_load():
    flight = begin(ROW)
    assert flight.wait(5.0)
    assert flight.done
    assert flight.card is ROW
    assert (flight.error, flight.cancelled) == (None, False)
    assert flight.progress.share == 1
    assert torch.equal(weights.state_dict(ROW)["weight"], STATE["weight"])


def test_a_mirror_is_asked_for_the_file_by_its_name(source):
    download(ROW)
    assert source.paths == [f"/mirror/{ROW.file}"]


def test_without_a_mirror_the_file_comes_from_torchvisions_address(source, monkeypatch):
    monkeypatch.delenv(weights.MIRROR)
    monkeypatch.setattr(weights, "address", lambda _: source.url)
    download(ROW)
    assert weights.is_present(ROW)


def test_an_address_that_is_not_on_the_web_is_refused(monkeypatch):
    monkeypatch.setenv(weights.MIRROR, "file:///srv/weights")
    with pytest.raises(DownloadError, match="not an address on the web"):
        download(ROW)


def test_whoever_waits_hears_how_far_it_is(source):
    source.stalls_then_finishes(BODY[:5000], BODY[5000:])
    heard = []

    def hear(progress):
        heard.append(progress)
        if len(heard) == 4:
            source.release.set()

    began = time.monotonic()
    download(ROW, progress=hear)
    assert time.monotonic() - began > 0.5, "it is told about five times a second"
    assert heard[2].received == 5000
    assert (heard[-1].received, heard[-1].total) == (len(BODY), len(BODY))


def test_weights_that_are_here_are_not_downloaded(source):
    place(b"mine")
    flight = begin(ROW)
    assert flight.done
    assert flight.progress == Progress(len(BODY), len(BODY))
    download(ROW)
    assert source.requests == 0


def test_weights_that_arrive_otherwise_while_the_address_is_looked_up_are_not_downloaded(source, monkeypatch):
    def slowly(_):
        place(b"mine")
        return source.url

    monkeypatch.setattr(weights, "address", slowly)
    download(ROW)
    assert source.requests == 0


def test_what_comes_with_the_lab_has_no_address():
    with pytest.raises(ValueError, match="comes with the lab"):
        begin(BUNDLED)


@pytest.mark.parametrize("again", [True, False])
def test_a_file_that_was_damaged_on_the_disk_is_repaired_when_asked_for_again(again):
    download(ROW)
    content = bytearray(weights.path(ROW).read_bytes())
    content[len(content) // 2] ^= 1
    weights.path(ROW).write_bytes(content)
    download(ROW, again=again)
    if again:
        assert torch.equal(weights.state_dict(ROW)["weight"], STATE["weight"])
    else:
        with pytest.raises(ModelError, match="damaged"):
            weights.state_dict(ROW)


@pytest.mark.parametrize("value", ["1", "true"])
def test_an_offline_server_downloads_nothing(source, monkeypatch, value):
    monkeypatch.setenv("VISION_LAB_OFFLINE", value)
    assert downloads.offline()
    with pytest.raises(DownloadError, match=rf"set to work offline.*Put {ROW.file}"):
        begin(ROW)
    with pytest.raises(DownloadError, match="set to work offline"):
        download(ROW)
    assert source.requests == 0


def test_an_offline_server_uses_the_weights_it_has(monkeypatch):
    monkeypatch.setenv("VISION_LAB_OFFLINE", "1")
    place(BODY)
    download(ROW)
    assert weights.state_dict(ROW).keys() == STATE.keys()


@pytest.mark.parametrize("value", ["", "0", " "])
def test_a_server_that_is_not_offline_downloads(monkeypatch, value):
    monkeypatch.setenv("VISION_LAB_OFFLINE", value)
    assert not downloads.offline()
    download(ROW)
    assert weights.is_present(ROW)


# Many who ask ------------------------------------------------------------------------------------------------------


def test_sessions_that_ask_at_once_share_one_download(source):
    source.stalls_then_finishes(BODY[:5000], BODY[5000:])
    heard = [[] for _ in range(8)]
    with ThreadPoolExecutor(16) as pool:
        flights = set(pool.map(lambda _: begin(ROW), range(8)))
        runs = [pool.submit(download, ROW, progress=heard[k].append) for k in range(8)]
        wait_until(lambda: all(5000 in [now.received for now in one] for one in heard))
        source.release.set()
        for run in runs:
            run.result(timeout=10)
    (flight,) = flights
    assert flight.done
    assert source.requests == 1
    assert weights.path(ROW).read_bytes() == BODY


def test_a_failure_reaches_all_who_wait_each_with_an_error_of_its_own(source):
    source.stalls_after(BODY[:500], len(BODY))
    with ThreadPoolExecutor(8) as pool:
        runs = [pool.submit(download, ROW, timeout=0.6) for _ in range(8)]
        errors = [run.exception(timeout=10) for run in runs]
    assert {error.problem for error in errors} == {"127.0.0.1 did not answer in time."}
    assert len({id(error) for error in errors}) == 8
    assert source.requests == 1


def test_a_visitor_who_leaves_does_not_stop_it(source):
    def leaves(_):
        raise SystemExit

    source.stalls_then_finishes(BODY[:5000], BODY[5000:])
    with pytest.raises(SystemExit):
        download(ROW, progress=leaves)
    flight = running(ROW)
    source.release.set()
    assert flight.wait(5.0)
    assert weights.is_present(ROW)


def test_a_download_is_known_while_it_runs(source):
    source.stalls_then_finishes(BODY[:5000], BODY[5000:])
    assert running(ROW) is None
    flight = begin(ROW)
    assert running(ROW) is flight
    assert not flight.wait(0.05)
    source.release.set()
    assert flight.wait(5.0)
    assert running(ROW) is None


# A config beside the weights ----------------------------------------------------------------------------------------

PLAN = b"[net]\nwidth=32\n"
TWO_FILES = replace(
    ROW,
    config=ConfigFile("small.cfg", len(PLAN), hashlib.sha256(PLAN).hexdigest(), "https://weights.invalid/small.cfg"),
)


def test_a_network_that_needs_a_config_is_here_when_both_files_are(source):
    source.serves({ROW.file: BODY, "small.cfg": PLAN})
    download(TWO_FILES)
    assert source.paths == ["/mirror/small.cfg", f"/mirror/{ROW.file}"]
    assert weights.files(TWO_FILES) == (PLAN, BODY)


def test_only_the_file_that_is_missing_is_fetched(source):
    place(BODY)
    assert not weights.is_present(TWO_FILES)
    source.serves({"small.cfg": PLAN})
    download(TWO_FILES)
    assert source.paths == ["/mirror/small.cfg"]
    assert weights.is_present(TWO_FILES)


def test_offline_both_files_are_named(source, monkeypatch):
    monkeypatch.setenv(downloads.OFFLINE, "1")
    with pytest.raises(DownloadError, match=rf"Put {ROW.file} and small\.cfg into hub/checkpoints"):
        begin(TWO_FILES)
    assert source.requests == 0


def test_a_config_that_is_not_the_right_one_is_refused(source):
    source.serves({ROW.file: BODY, "small.cfg": PLAN.replace(b"32", b"64")})
    with pytest.raises(DownloadError):
        download(TWO_FILES)
    assert not weights.is_present(TWO_FILES)


# Ways to end -------------------------------------------------------------------------------------------------------


def test_after_a_failure_the_next_download_goes_on_where_it_stopped(source):
    source.resumes(BODY, cut=5000)
    flight = begin(ROW)
    assert flight.wait(5.0)
    assert isinstance(flight.error, DownloadError)
    assert "broke off" in flight.error.problem
    source.resumes(BODY)
    download(ROW)
    assert source.ranges == [None, "bytes=5000-"]
    assert weights.path(ROW).read_bytes() == BODY


def test_a_cancelled_download_stops_within_a_second_and_keeps_what_arrived(source):
    source.stalls_after(BODY[:5000], len(BODY))
    flight = begin(ROW)
    wait_until(lambda: flight.progress.received == 5000)
    flight.cancel()
    assert flight.wait(1.0)
    assert (flight.error, flight.cancelled) == (None, True)
    assert part().read_bytes() == BODY[:5000]


def test_a_download_begun_right_after_another_was_cancelled_is_a_new_one(source):
    source.stalls_after(BODY[:5000], len(BODY))
    first = begin(ROW)
    wait_until(lambda: first.progress.received == 5000)
    source.resumes(BODY)
    first.cancel()
    second = begin(ROW)
    assert second is not first
    assert second.wait(5.0)
    assert (second.error, second.cancelled, first.cancelled) == (None, False, True)
    assert source.ranges == [None, "bytes=5000-"]
    assert weights.path(ROW).read_bytes() == BODY


def test_who_waits_for_a_download_that_somebody_cancels_learns_of_it(source):
    source.stalls_after(BODY[:5000], len(BODY))
    with ThreadPoolExecutor(1) as pool:
        run = pool.submit(download, ROW)
        wait_until(lambda: running(ROW) is not None)
        running(ROW).cancel()
        assert isinstance(run.exception(timeout=5), CancelledError)


def test_an_interrupted_notebook_cancels(source):
    def interrupts(_):
        raise KeyboardInterrupt

    source.stalls_after(BODY[:5000], len(BODY))
    flight = begin(ROW)
    with pytest.raises(KeyboardInterrupt):
        download(ROW, progress=interrupts)
    assert flight.wait(1.0)
    assert flight.cancelled


def test_a_fault_of_the_lab_itself_is_told_and_noted_and_can_be_tried_again(monkeypatch, caplog):
    with monkeypatch.context() as patch:
        patch.setattr(weights, "address", {}.__getitem__)
        with pytest.raises(DownloadError, match=r"for a reason the lab does not know\. Try again.*\(KeyError\)"):
            download(ROW)
    assert f"The download of {ROW.file} stopped" in caplog.text
    assert "KeyError" in caplog.text
    download(ROW)
    assert weights.is_present(ROW)


def test_a_thread_that_cannot_start_leaves_no_download_that_never_ends(monkeypatch):
    def none_left(_):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patch:
        patch.setattr(downloads.threading.Thread, "start", none_left)
        with pytest.raises(RuntimeError):
            begin(ROW)
    assert running(ROW) is None


def test_the_size_on_a_card_can_be_told_without_torchvision():
    script = "import sys, core.zoo.downloads; sys.exit('torchvision' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
