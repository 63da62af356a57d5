"""The controls of an attack: each shows what it uses, and keeps a value of its own."""

import pytest
from streamlit.testing.v1 import AppTest

from core.adversarial.settings import Attack, AttackSettings
from core.experiments.aims import STANDARD
from ui.sections.saliency import fool_controls


def page() -> None:
    import streamlit as st

    from ui.sections.saliency import fool_controls

    state = st.session_state
    attack = fool_controls.attack(st.container(), state.get("offered", tuple(fool_controls.ATTACKS)))
    epsilon = fool_controls.epsilon(attack, st.container())
    state["found"] = fool_controls.settings(attack, epsilon, st.container())


def opened(attack: Attack, **state) -> AppTest:
    at = AppTest.from_function(page, default_timeout=120)
    title = next(title for title, one in fool_controls.ATTACKS.items() if one is attack)
    for name, value in {fool_controls.ATTACK: title, **state}.items():
        at.session_state[name] = value
    assert not at.run().exception
    return at


def found(at: AppTest) -> AttackSettings:
    return at.session_state["found"]


def keys(at: AppTest) -> set[str]:
    """The controls that are shown."""
    return {one.key for one in (*at.slider, *at.select_slider, *at.toggle, *at.number_input) if one.key}


@pytest.mark.parametrize("attack", Attack)
def test_each_attack_opens_with_its_own_usual_settings(attack):
    settings = found(opened(attack))
    assert settings.attack is attack
    usual = STANDARD if attack is STANDARD.attack else AttackSettings(attack=attack, epsilon=settings.epsilon)
    assert settings.stride == usual.stride
    assert (settings.epsilon is not None) or not attack.needs_epsilon


@pytest.mark.parametrize(
    ("attack", "shown"),
    [
        (Attack.FGSM, set()),
        (Attack.PGD_LINF, {fool_controls.UPDATES, fool_controls.STRIDE, fool_controls.CHANCE}),
        (Attack.PGD_L2, {fool_controls.UPDATES, fool_controls.STRETCH, fool_controls.CHANCE, fool_controls.RADIUS}),
        (Attack.DEEPFOOL, {fool_controls.UPDATES, fool_controls.FREE}),
        (Attack.COURSE, {fool_controls.UPDATES, fool_controls.LENGTH, fool_controls.FREE}),
    ],
)
def test_what_an_attack_does_not_use_is_not_shown(attack, shown):
    some = {
        *(fool_controls.UPDATES, fool_controls.STRIDE, fool_controls.STRETCH, fool_controls.LENGTH),
        *(fool_controls.CHANCE, fool_controls.FREE),
    }
    assert keys(opened(attack)) & some == shown & some


@pytest.mark.parametrize(
    ("attack", "key", "chosen", "size"),
    [
        (Attack.PGD_LINF, fool_controls.STRIDE, "2", 2 / 255),
        (Attack.PGD_LINF, fool_controls.STRIDE, fool_controls.AUTOMATIC, None),
        (Attack.PGD_L2, fool_controls.STRETCH, "0.5", 0.5),
        (Attack.PGD_L2, fool_controls.STRETCH, fool_controls.AUTOMATIC, None),
        (Attack.COURSE, fool_controls.LENGTH, "0.05", 0.05),
    ],
)
def test_a_step_is_as_long_as_chosen(attack, key, chosen, size):
    at = opened(attack)
    at.select_slider(key=key).set_value(chosen).run()
    assert found(at).step_size == (pytest.approx(size) if size else None)


@pytest.mark.parametrize("attack", [Attack.DEEPFOOL, Attack.COURSE])
def test_an_attack_may_go_as_far_as_it_takes_where_it_needs_no_bound(attack):
    at = opened(attack)
    assert found(at).epsilon is not None
    at.toggle(key=fool_controls.FREE).set_value(True).run()
    assert found(at).epsilon is None


def test_an_attack_that_a_view_does_not_have_gives_way_to_its_first():
    offered = [title for title, attack in fool_controls.ATTACKS.items() if attack is not Attack.COURSE]
    at = opened(Attack.COURSE, offered=offered)
    assert at.selectbox(key=fool_controls.ATTACK).value == offered[0]
    assert found(at).attack is fool_controls.ATTACKS[offered[0]]


def test_a_random_start_has_a_seed_of_its_own():
    at = opened(Attack.PGD_LINF)
    assert (found(at).random_start, found(at).seed) == (False, 0)
    at.toggle(key=fool_controls.CHANCE).set_value(True).run()
    assert found(at).starts_at_random
