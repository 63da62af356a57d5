"""What a session keeps of a watched run holds while the thread of an older page and that of a newer one overlap."""

import pytest

from ui.watched import Phase, Watched


class Leaving:
    """A lease that another thread gives back while this one looks at it."""

    place = 0

    def __init__(self, held: Watched) -> None:
        self._held = held

    def __bool__(self) -> bool:
        self._held._lease = None
        return True


@pytest.mark.parametrize(
    ("look", "seen"), [(lambda held: held.phase, Phase.RUNNING), (lambda held: held.before, 0)], ids=["phase", "before"]
)
def test_a_look_outlasts_a_lease_that_is_given_back_meanwhile(look, seen):
    held = Watched("a run", None, "The run")
    held._going = True
    held._lease = Leaving(held)
    assert look(held) == seen
