"""Cases that tests of the view How it learns share."""

from core.boxes.settings import Labelled, kind_of
from core.experiments.learning import learning
from core.images.samples import sample
from core.zoo.catalog import card
from ui.sections.detector.learning_case import Case

CAT = Labelled("cat", (0.0, 0.0, 401.0, 300.0))
DOG = Labelled("dog 2", (9.0, 9.0, 99.0, 140.0))
CUP = Labelled("cup", (30.0, 200.0, 90.0, 290.0))


def case(*objects: Labelled, model: str = "lab-yolo", chosen: int = 0, photo: str = "cat") -> Case:
    """A case of the cat's photo, as `learning_case.learned` makes it, without the app."""
    row, mine = card(model), objects or (CAT,)
    asked = tuple(
        Labelled(kind if (kind := kind_of(one.label)) in row.classes else row.classes[0], one.box) for one in mine
    )
    return Case(sample(photo), row, mine, chosen, learning(sample(photo), model, asked))
