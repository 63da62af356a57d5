"""The three factors of guided Grad-CAM are drawn as the controls say, however somebody else had them drawn before."""

import numpy as np
import pytest
import streamlit as st

from core.attribution.methods import AttributionSettings, Method
from core.experiments.attribution import Explanation
from tests.ui.sections.attribution.trust_cases import COST, real
from ui.sections.attribution import layers
from ui.sections.attribution.display import Display
from viz.attributions import ColourMap

SETTINGS = AttributionSettings()


@pytest.fixture(autouse=True)
def nothing_drawn():
    st.cache_data.clear()
    yield
    st.cache_data.clear()


def test_the_coarse_factor_has_the_colours_that_are_chosen_now():
    case = real()
    values = np.linspace(0, 1, 36, dtype=np.float32).reshape(6, 6)
    one = Explanation(Method.GRAD_CAM, case.target, case.label, 0.9, 1.0, None, values, values, None, COST)
    drawn = [
        layers._factor(case, one, Display(colours=colours), SETTINGS) for colours in ColourMap if not colours.signed
    ]
    assert len(drawn) > 1
    assert len({picture.data for picture in drawn}) == len(drawn)
