"""The doors into fooling and survival: asked twice they compute once, and what differs is computed anew."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import streamlit as st

from core.adversarial.settings import Attack, AttackSettings, Goal
from core.adversarial.survival_settings import Handling, Treatment
from core.experiments import adversarial, box_attack, fooling_trials, survival
from core.experiments.aims import Aim, BoxAim
from core.images.samples import sample
from ui.cached import adversarial as doors
from ui.cached import efforts

LAB, YOLO = "lab-classifier", "lab-yolo-14"
TARGET = Aim(Goal.TOWARDS, 8)
SHORT = AttackSettings(attack=Attack.PGD_LINF, epsilon=8 / 255, steps=3)


@pytest.fixture(autouse=True)
def _empty_caches():
    st.cache_resource.clear()


@pytest.fixture
def runs(monkeypatch) -> list[str]:
    """The names of the experiments that were really run."""
    seen: list[str] = []

    def counted(module, name):
        function = getattr(module, name)

        def call(*given, **named):
            seen.append(name)
            return function(*given, **named)

        monkeypatch.setattr(module, name, call)

    for module, names in {
        adversarial: ("clean",),
        box_attack: ("boxes",),
        fooling_trials: ("whole", "trial", "at_epsilon", "least"),
        survival: ("survived", "swept", "transferred", "before_after", "verified"),
    }.items():
        for name in names:
            counted(module, name)
    return seen


def test_the_doors_need_no_torch_to_be_there():
    code = "import sys; from ui.cached import adversarial; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_attack_is_made_once_and_the_clean_answer_with_it(runs):
    cat = sample("cat")
    assert doors.attacked(cat, LAB, TARGET, SHORT) is doors.attacked(cat, LAB, TARGET, replace(SHORT))
    assert runs == ["clean", "whole"]
    doors.attacked(cat, LAB, TARGET, replace(SHORT, steps=2))
    doors.attacked(cat, LAB, Aim(Goal.AWAY, 8), SHORT)
    doors.attacked(sample("coffee"), LAB, TARGET, SHORT)
    assert runs[2:] == ["whole", "whole", "clean", "whole"]


def test_a_row_and_a_point_and_the_least_epsilon_are_made_once(runs):
    cat = sample("cat")
    efforts = [
        (
            doors.trial(cat, LAB, TARGET, SHORT),
            doors.at_epsilon(cat, LAB, TARGET, SHORT, 1 / 255),
            doors.least(cat, LAB, TARGET, SHORT, 2),
        )
        for _ in range(2)
    ]
    assert runs == ["clean", "trial", "at_epsilon", "trial", "least"]
    assert all(one is other for one, other in zip(*efforts, strict=True))


def test_an_effort_goes_on_where_another_visitor_left_it():
    cat, begun = sample("cat"), 0
    while efforts.advanced(doors.trial(cat, LAB, TARGET, SHORT), 0.0) is None:
        begun += 1
        assert begun < 20
    assert begun > SHORT.steps
    found = efforts.advanced(doors.trial(cat, LAB, TARGET, SHORT), 0.0)
    assert found is not None
    assert found.updates == SHORT.steps


def test_a_watched_run_and_a_drained_one_come_to_the_same():
    cat = sample("cat")
    last, drained = list(doors.begin(cat, LAB, TARGET)(SHORT))[-1], doors.attacked(cat, LAB, TARGET, SHORT)
    assert np.array_equal(last.pixels, drained.pixels)
    assert last.index == drained.updates


def test_a_detection_is_attacked_by_its_own_doors(runs):
    cat = sample("cat")
    aim = BoxAim(0, doors.boxes(cat, YOLO).sure)
    found = doors.box_attacked(cat, YOLO, aim, SHORT)
    assert doors.box_attacked(cat, YOLO, aim, SHORT) is found
    assert runs == ["boxes"]
    assert np.array_equal(list(doors.begin_box(cat, YOLO, aim)(SHORT))[-1].pixels, found.pixels)


def test_what_survives_is_asked_once_for_each_picture(runs):
    cat = doors.clean(sample("cat"), LAB).pixels
    other = 255 - cat
    for _ in range(2):
        doors.survived(cat, LAB, Treatment(jpeg=50))
        doors.swept(cat, LAB, Handling.CROP)
        doors.transferred(cat, other, LAB)
        doors.before_after(cat, other, LAB)
        doors.verified(doors.png(cat), LAB)
    assert runs == ["clean", "survived", "swept", "transferred", "before_after", "verified"]
    doors.survived(other, LAB, Treatment(jpeg=50))
    doors.swept(cat, LAB, Handling.BLUR)
    assert runs[6:] == ["survived", "swept"]
