"""The colours of the classes that are there."""

from core.experiments.segmenting import segment
from core.images.samples import sample
from ui.sections.segmenter.colours import occurring
from viz.masks import palette


def test_all_classes_of_all_answers_have_their_colours_in_the_networks_order():
    cat, astronaut = (segment(sample(key), "lab-fcn") for key in ("cat", "astronaut"))
    both = occurring(cat, astronaut)
    assert list(both) == sorted(both)
    assert set(both) == {row.index for one in (cat, astronaut) for row in one.regions if row.label != "background"}
    assert both == {place: palette(cat.names)[place] for place in both}
    assert set(occurring(cat)) <= set(both)
