"""The lines of every method, run as a reader would, keep the boxes and print the scores of the page."""

import csv

import numpy as np
import pytest

from core.boxes.crowd_settings import CrowdSettings
from core.boxes.files import BoxTable
from core.boxes.nms_settings import Method, NmsSettings
from core.boxes.settings import Labelled
from core.experiments.candidates import crowded
from core.experiments.nms import race
from tests.pages.test_snippets import TOGETHER
from tests.snippets import run
from ui.sections.nms.snippet import MOST_INLINE, snippet

EVERY = {
    f"{method.value} {per_class}": NmsSettings(
        method=method, per_class=per_class, iou_threshold=0.4, sigma=0.3, score_threshold=0.15
    )
    for method in Method
    for per_class in (True, False)
}
EMPTY = BoxTable(np.empty((0, 4)), np.empty(0), ())


def crowd(count: int, name: str = "cat", seed: int = 0) -> BoxTable:
    truths = (
        Labelled(name, (20.0, 20.0, 90.0, 90.0)),
        Labelled(name, (45.0, 25.0, 120.0, 100.0)),
        Labelled("dog", (30.0, 40.0, 110.0, 110.0)),
    )
    settings = CrowdSettings(count=count, jitter=0.2, noise=0.2, confusion=0.3, seed=seed)
    return crowded(truths, settings, height=120, width=140).table


def expected(table: BoxTable, settings: NmsSettings) -> dict[str, float]:
    """What the page says."""
    found = race(table, settings)
    return {"kept": len(found.kept), **{f"box {box}": found.final[box] for box in found.kept[:40]}}


def assert_prints_the_race(tables: dict[str, BoxTable], snippets: dict[str, str]) -> None:
    """All of them in one process: most of what each would take is the import of torch."""
    printed = run(TOGETHER.format(snippets=snippets))
    wanted = {}
    for key in snippets:
        which, _, how = key.partition(": ")
        wanted |= {f"{key}/{name}": value for name, value in expected(tables[which], EVERY[how]).items()}
    assert printed == pytest.approx(wanted, abs=1e-9)


def test_with_few_boxes_inline_every_method_keeps_what_the_page_keeps():
    hostile = "\"\\'{x}\n import box_iou, <b>"
    tables = {
        "few": crowd(MOST_INLINE // 3),
        "hostile": crowd(5, hostile),
        "one": BoxTable(np.array([[0.0, 0, 5, 5]]), np.array([0.5]), ("cat",)),
        "alike": BoxTable(np.array([[0.0, 0, 5, 5]] * 3), np.array([0.5] * 3), ("cat",) * 3),
        "low": BoxTable(np.array([[0.0, 0, 5, 5]] * 2), np.array([0.1, 0.05]), ("cat",) * 2),
        "none": EMPTY,
    }
    assert all(len(table.labels) <= MOST_INLINE for table in tables.values())
    assert any("import box_iou," in label for label in tables["hostile"].labels)
    snippets = {f"{which}: {how}": snippet(tables[which], EVERY[how]) for which in tables for how in EVERY}
    assert not any("nms.csv" in code for code in snippets.values())
    assert_prints_the_race(tables, snippets)


def test_with_many_boxes_they_are_read_from_the_table_of_the_page(tmp_path):
    table = crowd(40, "chat noir; “é”, 猫")
    assert len(table.labels) > MOST_INLINE
    stored = tmp_path / "nms.csv"
    with stored.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, ["box", "label", "x1", "y1", "x2", "y2", "score", "kept"], lineterminator="\n")
        writer.writeheader()
        for box, (label, sides, score) in enumerate(
            zip(table.labels, table.boxes.tolist(), table.scores.tolist(), strict=True)
        ):
            numbers = dict(zip(("x1", "y1", "x2", "y2"), sides, strict=True))
            writer.writerow({"box": box, "label": label, **numbers, "score": score, "kept": 1})
    snippets = {f"many: {how}": snippet(table, settings) for how, settings in EVERY.items()}
    assert all('"nms.csv"' in code for code in snippets.values())
    assert_prints_the_race(
        {"many": table}, {key: code.replace('"nms.csv"', repr(str(stored))) for key, code in snippets.items()}
    )


@pytest.mark.parametrize("count", [1, 40])
@pytest.mark.parametrize("settings", EVERY.values(), ids=EVERY)
def test_a_snippet_is_a_program_that_imports_only_what_it_uses(settings, count):
    code = snippet(crowd(count), settings)
    compile(code, "snippet", "exec")
    for line in code.splitlines():
        if line.startswith(("import ", "from ")):
            for name in line.split("import ")[1].split(", "):
                assert code.count(name) > 1, f"{name} is imported for nothing"
    assert max(map(len, code.splitlines())) < (200 if count == 1 else 130)


def test_greedy_takes_the_function_of_torchvision_that_knows_classes_or_not():
    per_class, together = (snippet(crowd(2), NmsSettings(per_class=per_class)) for per_class in (True, False))
    assert "kept = batched_nms(boxes, scores, labels, 0.5).tolist()" in per_class
    assert "kept = nms(boxes, scores, 0.5).tolist()" in together
