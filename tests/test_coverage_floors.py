"""The ruler of what the tests leave out: lines and branches are counted apart, layer by layer, and each has a floor."""

import json

import pytest

from tests.coverage_floors import FLOORS, layers, main


def report(**shares: tuple[int, int]) -> dict:
    """A report with one file in each layer, of 200 lines and 100 branches; `shares` say how many were run, else all."""
    names = {"core": "core/boxes/iou.py", "viz": "viz/boxes.py", "ui": "ui/frame.py", "pages": "app.py"}
    return {"files": {file: summary(*shares.get(layer, (200, 100))) for layer, file in names.items()}}


def summary(lines: int, branches: int) -> dict:
    counts = {"covered_lines": lines, "num_statements": 200, "covered_branches": branches, "num_branches": 100}
    return {"summary": counts}


def judged(tmp_path, made: dict) -> int:
    file = tmp_path / "report.json"
    file.write_text(json.dumps(made))
    return main(str(file))


def test_files_of_a_layer_are_counted_together_and_the_entry_point_is_a_page():
    made = report(core=(190, 95))
    made["files"]["core/errors.py"] = summary(200, 100)
    found = {layer.name: layer for layer in layers(made)}
    assert list(found) == list(FLOORS)
    assert (found["core"].lines.run, found["core"].lines.all) == (390, 400)
    assert found["core"].branches.value == pytest.approx(0.975)
    assert found["pages"].lines.all == 200


def test_what_reaches_its_floor_holds(tmp_path, capsys):
    assert judged(tmp_path, report(core=(190, 95), viz=(180, 90), ui=(170, 85), pages=(170, 85))) == 0
    assert "below" not in capsys.readouterr().out


@pytest.mark.parametrize("layer", FLOORS)
@pytest.mark.parametrize("short", [(0, 100), (200, 84)], ids=["lines", "branches"])
def test_lines_do_not_make_up_for_branches_nor_one_layer_for_another(tmp_path, capsys, layer, short):
    assert judged(tmp_path, report(**{layer: short})) == 1
    (told,) = [line for line in capsys.readouterr().out.splitlines() if "below" in line]
    assert told.startswith(layer)
    assert f"below the floor of {FLOORS[layer]:.0%}" in told


def test_a_layer_without_branches_holds():
    made = report()
    made["files"]["app.py"]["summary"].update(covered_branches=0, num_branches=0)
    assert all(layer.holds for layer in layers(made))


def test_a_file_of_no_layer_is_not_passed_over():
    with pytest.raises(KeyError):
        layers({"files": {"training/report.py": summary(1, 1)}})
