"""Links that name numbers that are none."""

import pytest
from streamlit.testing.v1 import AppTest


def script():
    import streamlit as st

    from ui import links

    links.pass_over_infinity()
    links.pass_over_infinity()
    steps = st.slider("Steps", 0, 100, 50, key="steps", bind="query-params")
    seed = st.number_input("Seed", 0, 9999, 7, key="seed", bind="query-params")
    level = st.slider("Level", 0.0, 1.0, 0.5, key="level", bind="query-params")
    name = st.text_input("Name", "none", key="name", bind="query-params")
    several = st.multiselect("Several", ["a", "b"], key="several", bind="query-params")
    st.write(f"{steps} {seed} {level} {name} {several}")


def told(**query):
    at = AppTest.from_function(script)
    at.query_params.update(query)
    at.run()
    assert not at.exception
    return at.markdown[0].value


@pytest.mark.parametrize("value", ["inf", "-inf", "Infinity", "1e999", "9" * 400, "nan", "1e400"])
def test_a_number_without_end_is_passed_over(value):
    assert told(steps=value, seed=value, level=value) == "50 7 0.5 none []"


def test_all_else_is_as_the_link_says():
    assert told(steps="60", seed="8", level="0.25", name="infant", several=["a", "b"]) == "60 8 0.25 infant ['a', 'b']"
    assert told(several=["inf", "b"]) == "50 7 0.5 none ['b']"
