"""What rebuilt pictures say in numbers."""

import math

from core.experiments.effort import Effort
from core.experiments.style_alone import content_alone, style_alone
from tests.ui.sections.style.inside_cases import SIGHT, rebuilt
from ui.sections.style.inside_rebuilt import Row
from ui.sections.style.inside_rebuilt_words import rows_of, sentence, told


def finished(answer) -> Effort:
    effort = Effort(lambda: iter(()), lambda steps: answer)
    effort.answer = answer
    return effort


CONTENT = [Row(name, (name,), content_alone(SIGHT.card, name), SIGHT.photo) for name in ("features.1", "features.12")]
STYLE = [Row("Layer 1", ("features.1",), style_alone(SIGHT.card, ("features.1",)), SIGHT.style)]


def test_a_line_tells_what_is_left_and_of_a_photo_how_far_off_it_is():
    assert told(rebuilt(), texture=False) == "0.5\u00a0% of its loss is left, values 5.0\u00a0% off"
    assert told(rebuilt(), texture=True) == "0.5\u00a0% of its loss is left"


def test_the_finest_and_the_deepest_are_compared():
    words = sentence(CONTENT[0], rebuilt(far=0.006), CONTENT[1], rebuilt(far=0.19))
    assert words.startswith(
        "Rebuilt from features.1, the values are 0.6\u00a0% off those of the photo; from features.12, 19.0"
    )
    assert "Neither is a copy of the style" in sentence(STYLE[0], rebuilt(), STYLE[0], rebuilt())


def test_only_finished_pictures_have_a_row():
    (row,) = rows_of(CONTENT, [finished(rebuilt()), finished(None)])
    assert row == {
        "layers": "features.1",
        "updates": 200,
        "first loss": 2.0,
        "last loss": 0.01,
        "left": 0.005,
        "mean difference": 0.05,
    }
    assert math.isclose(row["left"], rebuilt().left)
