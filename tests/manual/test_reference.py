"""The reference has a page for each module of core."""

from pathlib import Path

from manual.reference import _contents, modules, packages, page

ROOT = Path(__file__).parents[2]


def test_every_module_is_there_once():
    files = [path for path in (ROOT / "core").rglob("*.py") if path.stem != "__init__"]
    listed = [name for inside in packages().values() for name in inside]
    assert len(listed) == len(set(listed)) == len(files)
    assert {"core.boxes.iou", "core.steps", "core.zoo.catalog"} <= set(listed) <= set(modules())


def test_a_module_stands_in_its_package():
    assert "core.boxes.iou" in packages()["core.boxes"]
    assert "core.steps" in packages()["core"]


def test_the_contents_say_what_each_module_is():
    words = _contents()
    assert "| [`core.boxes.iou`](core.boxes.iou.md) | How much two boxes overlap" in words
    assert all(f"]({page(name).partition('/')[2]})" in words for inside in packages().values() for name in inside)
