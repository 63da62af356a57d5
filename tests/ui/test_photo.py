"""The tray: which photo is chosen, what a visitor may add, and what happens to what can't be read."""

import pytest

from core.images.samples import SAMPLES
from ui import photo
from ui.photo import MOST_OWN


def problems(visitor) -> list[str]:
    return [str(problem) for problem in visitor.session.get("photo_problems", ())]


def test_the_lab_opens_with_a_sample(visitor):
    assert photo.current().name == "Cat"
    assert photo.title() == "Cat"
    assert photo.in_url() == "cat"
    assert visitor.url == {}, "the default is not in the URL"


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda row: row.key)
def test_every_sample_can_be_chosen_and_is_then_in_the_url(visitor, sample):
    photo.choose(sample.key)
    assert photo.current().name == photo.title() == sample.title
    assert photo.in_url() == sample.key
    assert visitor.url == ({} if sample.key == "cat" else {"photo": sample.key})


def test_all_sessions_share_one_copy_of_a_sample(visitor):
    assert photo.current() is photo.current()
    assert not photo.current().pixels.flags.writeable


def test_a_link_names_a_sample(visitor):
    visitor.url["photo"] = "rocket"
    assert photo.current().name == "Rocket"
    photo.choose("coffee")
    assert photo.current().name == "Coffee", "the link wins once"
    assert visitor.url == {"photo": "coffee"}


@pytest.mark.parametrize("named", ["zebra", "", "../../etc/passwd", "Cat", "x" * 10_000, "](http://x)"])
def test_a_link_to_a_photo_that_does_not_exist_is_explained_and_changes_nothing(visitor, named):
    photo.choose("coffee")
    photo.current()
    visitor.url["photo"] = named
    assert photo.current().name == "Coffee"
    (problem,) = problems(visitor)
    assert problem.startswith(f"There is no sample photo called “{named[:40]}”. Choose one of: cat, astronaut,")
    assert len(problem) < 250
    assert visitor.url == {"photo": "coffee"}


def test_a_good_file_is_chosen(visitor, png):
    photo.add([(png(40, 30), "holiday.png")])
    assert (photo.current().width, photo.current().height) == (40, 30)
    assert photo.title() == "holiday.png"
    assert photo.in_url() is None
    assert problems(visitor) == []


def test_a_photo_of_ones_own_leaves_no_sample_in_the_url(visitor, png):
    visitor.url["photo"] = "rocket"
    photo.current()
    photo.add([(png(), "holiday.png")])
    assert photo.current().name == "holiday.png"
    assert visitor.url == {}


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"", "empty.png"), (b"hello, I am a text", "notes.png"), (b"\x89PNG\r\n\x1a\nbroken", "half.png")],
)
def test_a_bad_file_is_explained_and_changes_nothing(visitor, data, name):
    photo.choose("coffee")
    photo.add([(data, name)])
    assert photo.current().name == "Coffee"
    (problem,) = problems(visitor)
    assert name in problem
    assert photo._own() == {}


def test_of_several_files_the_last_good_one_is_chosen_and_each_bad_one_is_explained(visitor, png):
    photo.add(
        [
            (b"no picture", "first.png"),
            (png(shade=1), "second.png"),
            (png(shade=2), "third.png"),
            (b"", "fourth.png"),
        ]
    )
    assert photo.title() == "third.png"
    assert [own.name for own in photo._own().values()] == ["second.png", "third.png"]
    first, fourth = problems(visitor)
    assert "first.png" in first
    assert "fourth.png" in fourth


def test_good_files_take_back_what_was_said_of_bad_ones(visitor, png):
    photo.add([(b"", "empty.png")])
    photo.add([(png(), "holiday.png")])
    assert problems(visitor) == []


def test_with_another_photo_nothing_more_is_said_of_bad_ones(visitor):
    photo.add([(b"", "empty.png")])
    assert len(problems(visitor)) == 1
    photo.choose("rocket")
    assert problems(visitor) == []


def test_a_good_link_takes_back_what_was_said_of_a_bad_one(visitor):
    visitor.url["photo"] = "zebra"
    photo.current()
    visitor.url["photo"] = "rocket"
    assert photo.current().name == "Rocket"
    assert problems(visitor) == []


def test_a_session_holds_a_few_photos_and_the_oldest_leave_first(visitor, png):
    for shade in range(MOST_OWN + 3):
        photo.add([(png(shade=shade), f"{shade}.png")])
    assert [own.name for own in photo._own().values()] == [f"{shade}.png" for shade in range(3, MOST_OWN + 3)]
    assert photo.title() == f"{MOST_OWN + 2}.png"
    assert photo.current().name == f"{MOST_OWN + 2}.png"


def test_many_files_at_once_are_bounded_too(visitor, png):
    photo.add((png(shade=shade), f"{shade}.png") for shade in range(MOST_OWN + 3))
    assert len(photo._own()) == MOST_OWN
    assert photo.current().name == f"{MOST_OWN + 2}.png"


def test_the_same_photo_twice_is_one_photo_and_the_newest(visitor, png):
    photo.add([(png(shade=1), "one.png"), (png(shade=2), "two.png"), (png(shade=1), "one again.png")])
    assert [own.name for own in photo._own().values()] == ["two.png", "one again.png"]
    assert photo.title() == "one again.png"


def test_forgotten_photos_are_gone_and_the_lab_shows_a_sample(visitor, png):
    photo.add([(png(), "holiday.png")])
    photo._forget()
    assert photo._own() == {}
    assert photo.current().name == "Cat"


def test_forgetting_keeps_a_chosen_sample(visitor, png):
    photo.add([(png(), "holiday.png")])
    photo.choose("rocket")
    photo._forget()
    assert photo.current().name == "Rocket"


def test_a_chosen_photo_that_was_pushed_out_gives_way(visitor, png):
    """Whoever looks at the oldest of six and adds a seventh sees the seventh."""
    photo.add((png(shade=shade), f"{shade}.png") for shade in range(MOST_OWN))
    photo.choose(next(iter(photo._own())))
    photo.add([(png(shade=99), "new.png")])
    assert photo.current().name == "new.png"


def test_the_tray_shows_the_newest_photo_first_and_then_the_samples(visitor, png):
    photo.add([(png(shade=1), "one.png"), (png(shade=2), "two.png")])
    rows = photo._thumbnails()
    assert [row["name"] for row in rows] == ["two.png", "one.png", *(sample.title for sample in SAMPLES)]
    assert all(row["thumbnail"].startswith("data:image/webp;base64,") for row in rows)
    assert len({row["key"] for row in rows}) == len(rows)


class File:
    """What the uploader and the camera hand over."""

    def __init__(self, data: bytes, name: str) -> None:
        self.name, self._data = name, data

    def getvalue(self) -> bytes:
        return self._data


def test_files_from_the_widget_are_taken_and_the_widget_is_emptied(visitor, png):
    visitor.session["tray-Files-0"] = [File(png(), "holiday.png")]
    photo._taken("tray", "tray-Files-0")
    assert photo.title() == "holiday.png"
    assert visitor.session["tray-turn"] == 1


def test_a_picture_from_the_camera_is_taken(visitor, png):
    visitor.session["tray-Camera-0"] = File(png(), "camera.png")
    photo._taken("tray", "tray-Camera-0")
    assert photo.title() == "camera.png"


def test_a_cleared_camera_changes_nothing(visitor):
    visitor.session["tray-Camera-0"] = None
    photo._taken("tray", "tray-Camera-0")
    assert photo.current().name == "Cat"
    assert problems(visitor) == []
