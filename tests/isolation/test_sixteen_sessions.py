"""Sixteen sessions with their own photos and settings, all at once: every picture and number belongs to its session.

The server is real, has sixteen slots, and each session is a websocket of its own. What a session sees in the end, every
element of its page (pictures by the digest in their address), is compared with what it sees alone on a server that has
answered nothing before. The check itself is checked with two faults that have mixed sessions up in other programs: a hook on a
shared network that hands on what it recorded last, and cached doors whose key misses the photo.
"""

import pytest

from tests.isolation.sessions import SESSIONS, Seen, at_once, mixed_up, one_by_one, serving

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def alone() -> list[Seen]:
    with serving("alone") as address:
        return one_by_one(address)


def together(fault: str) -> list[Seen]:
    with serving(fault) as address:
        return at_once(address)


def test_no_two_sessions_see_the_same_and_none_sees_an_error(alone):
    assert len(SESSIONS) == 16
    assert len({str(sorted(seen.items())) for seen in alone}) == 16
    assert not [text for seen in alone for text in seen.values() if "format: ERROR" in text]


def test_each_of_sixteen_sessions_at_once_sees_what_it_sees_alone(alone):
    assert mixed_up(alone, together("none")) == []


def test_a_hook_that_all_sessions_share_would_be_noticed(alone):
    assert mixed_up(alone, together("hook"))


def test_a_key_that_misses_the_photo_would_be_noticed(alone):
    """All but the first of those that ask these doors see the answer of another."""
    found = mixed_up(alone, together("key"))
    for path in ("", "detector"):
        asking = [str(one) for one in SESSIONS if one.path == path and "part" not in one.query]
        assert sum(line.startswith(f"{one}: ") for one in asking for line in found) >= len(asking) - 1
