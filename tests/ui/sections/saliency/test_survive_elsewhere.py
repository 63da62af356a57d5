"""Other networks, in words: what each sees, how many changed, and what is not here with its size."""

from dataclasses import replace

from core.experiments.cost import Cost
from core.experiments.overview import Guess
from core.experiments.survival import Transfer
from core.zoo.catalog import card
from ui.sections.saliency import survive_elsewhere as elsewhere

CAT, DOG = Guess("tabby", 281, 0.8), Guess("pug", 254, 0.6)
COST = Cost("CPU", 2, 0, 5.0, 1.0)
CHANGED = Transfer("squeezenet1_1", "SqueezeNet 1.1", CAT, DOG, "", "4.7 MB", COST)
SAME = replace(CHANGED, title="ResNet-50", after=replace(CAT, probability=0.7))
GONE = replace(CHANGED, title="VGG-16", before=None, after=None, problem="Its file is damaged.")


def test_a_row_says_whether_the_answer_is_another():
    rows = elsewhere.table([CHANGED, SAME, GONE]).splitlines()
    assert "another answer" in rows[2]
    assert "the same answer" in rows[3]
    assert "Its file is damaged" in rows[4]


def test_the_sum_counts_those_that_answered():
    assert elsewhere.summed([CHANGED, SAME, GONE]).startswith("1 of 2 changed")
    assert elsewhere.summed([GONE]) == "None of them could answer."


def test_what_is_missing_is_told_with_its_size():
    said = elsewhere.absent([card("resnet50"), card("vgg16")])
    assert "ResNet-50 (97.8 MB)" in said
    assert "VGG-16 (527.8 MB)" in said
