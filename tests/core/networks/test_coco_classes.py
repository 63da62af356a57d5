from core.networks.coco_classes import COCO


def test_there_are_80_different_words():
    assert len(COCO) == len(set(COCO)) == 80
    assert all(word == word.strip().lower() and word for word in COCO)


def test_some_stand_where_every_list_of_coco_has_them():
    assert (COCO[0], COCO[15], COCO[41], COCO[79]) == ("person", "cat", "cup", "toothbrush")
