"""What the proxy answers, asked without a browser: the redirect, headers, closed addresses, limits."""

from __future__ import annotations

import re
import socket
import ssl

import pytest

from tests.deploy.conftest import ask
from tests.deploy.nginx import NAME, Proxy

OPEN = ("/_stcore/health", "/_stcore/host-config")
CLOSED = (
    "/_stcore/metrics",
    "/_stcore/script-health-check",
    "/_stcore/agent/openapi.json",
    "/_stcore/agent/mcp",
    "/_stcore/agent/interact",
    "/anchors/_stcore/health",
    "/anchors/_stcore/metrics",
    "/_stcore//metrics",
    "/%5fstcore/metrics",
    "/media/../_stcore/metrics",
)


def test_plain_http_leads_to_tls(proxy: Proxy):
    answer = ask(proxy, "/anchors?a=1,2,3,4", tls=False)
    assert (answer.status, answer.header("location")) == (301, f"https://{NAME}/anchors?a=1,2,3,4")


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_is_spoken_in_its_two_living_versions(proxy: Proxy, newest: ssl.TLSVersion):
    context = ssl.create_default_context(cafile=str(proxy.folder / "certificate.pem"))
    context.maximum_version = newest
    with (
        socket.create_connection(("127.0.0.1", proxy.https), timeout=20) as plain,
        context.wrap_socket(plain, server_hostname=NAME) as secure,
    ):
        assert secure.version() == newest.name.replace("_", ".")


@pytest.mark.parametrize("path", OPEN)
def test_what_a_browser_asks_first_is_answered(proxy: Proxy, path: str):
    assert ask(proxy, path).status == 200


@pytest.mark.parametrize("path", CLOSED)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_for_operators_is_closed(proxy: Proxy, path: str, method: str):
    answer = ask(proxy, path, method)
    assert answer.status == 404
    assert b"<center>nginx</center>" in answer.body  # the proxy itself: the app was not asked


@pytest.mark.parametrize("path", ["/", "/anchors", "/_stcore/health", "/_stcore/metrics", "/media/none.jpg"])
def test_every_answer_has_the_headers(proxy: Proxy, path: str):
    answer = ask(proxy, path)
    policy = answer.header("content-security-policy")
    assert policy
    assert "default-src 'none'" in policy
    scripts = next(part for part in policy.split("; ") if part.startswith("script-src "))
    assert "unsafe-inline" not in scripts
    assert "'unsafe-eval'" not in scripts
    assert answer.header("strict-transport-security")
    assert answer.header("x-content-type-options") == "nosniff"
    assert "camera=(self)" in (answer.header("permissions-policy") or "")
    assert answer.header("server") == "nginx"  # no version, and not the app's


def test_a_new_visitor_gets_a_seat_and_one_with_a_seat_keeps_it(proxy: Proxy):
    new = ask(proxy, "/").header("set-cookie")
    assert new
    assert re.fullmatch(r"lab_seat=[0-9a-f]{32}; Path=/; Max-Age=\d+; Secure; HttpOnly; SameSite=Lax", new)
    assert ask(proxy, "/", Cookie=new.split(";")[0]).header("set-cookie") is None
    forged = ask(proxy, "/", Cookie="lab_seat=../../all").header("set-cookie")
    assert forged
    assert forged.startswith("lab_seat=")


def test_seats_are_spread_over_the_processes_and_each_keeps_its_own(proxy: Proxy, processes: tuple[str, str]):
    seats = [f"{number:032x}" for number in range(24)]
    for seat in seats * 3:
        assert ask(proxy, "/_stcore/health", Cookie=f"lab_seat={seat}").status == 200
    homes = [{process for _, process in proxy.answered("/_stcore/health", seat)} for seat in seats]
    assert all(len(home) == 1 for home in homes)
    assert set.union(*homes) == set(processes)


def test_an_upload_above_the_limit_is_refused_before_it_is_sent(proxy: Proxy):
    upload = "/_stcore/upload_file/session/file"
    assert ask(proxy, upload, "PUT", length=22 * 2**20).status == 413
    assert ask(proxy, "/", "POST", length=2**20).status == 413


def test_who_opens_too_many_sessions_at_once_is_told_to_wait(proxy: Proxy):
    """The burst is for a class behind one address; far above it the answer is 429 and the app is not asked."""
    statuses = [ask(proxy, "/_stcore/stream").status for _ in range(120)]
    assert 429 in statuses
    assert statuses[:20].count(429) == 0
    assert ask(proxy, "/").status == 200
