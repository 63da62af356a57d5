"""The snippet computes what the page shows, with torch and torchvision alone."""

import pytest

from core.experiments.grading import grade
from core.experiments.models import Found
from core.experiments.verdicts import Marked
from tests.core.experiments.test_grading import NAMES, by_chance
from tests.snippets import run
from ui.sections.detector.grading_snippet import snippet


@pytest.mark.parametrize("seed", [1, 4, 7])
@pytest.mark.parametrize("threshold", [0.5, 0.75])
def test_the_lines_print_the_same_average_precisions(seed, threshold):
    graded = grade(*by_chance(seed), NAMES, threshold=threshold)
    printed = run(snippet(graded))
    assert printed.pop("mAP") == pytest.approx(graded.mean_ap)
    assert printed == pytest.approx({f"AP {one.label}": one.ap for one in graded.classes if one.ap is not None})


def test_without_detections_every_average_precision_is_0():
    graded = grade([], [Marked("cat", (0.0, 0.0, 9.0, 9.0))], NAMES)
    assert run(snippet(graded)) == {"AP cat": 0, "mAP": 0}


def test_without_objects_the_lines_say_so():
    graded = grade([Found("cat", 0, 0.5, (0.0, 0.0, 9.0, 9.0))], [], NAMES)
    assert run(snippet(graded)) == {"objects to find": 0}
