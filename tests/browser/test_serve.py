"""The server that `make run` starts: ready before the first visitor, and quick to answer on a connection that stays open."""

import http.client
import time
from urllib.parse import urlsplit

from tests.browser.server import serving

FILES = 40
HELD_BACK = 0.040  # seconds a browser's acknowledgement may take, which the second half of an answer would wait for


def test_no_answer_waits_for_an_acknowledgement():
    """The quickest of many: with Nagle's algorithm none on a connection that stays open takes less than 40 ms."""
    with serving() as address:
        connection = http.client.HTTPConnection(urlsplit(address).netloc)
        taken = []
        for _ in range(FILES):
            begun = time.monotonic()
            connection.request("GET", "/index.html")
            assert connection.getresponse().read()
            taken.append(time.monotonic() - begun)
        connection.close()
    assert sorted(taken)[FILES // 4] < HELD_BACK, taken
