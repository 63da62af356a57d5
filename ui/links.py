"""What a link says of a number is a number.

Streamlit takes back the defaults for values of a link that have no meaning, but `?steps=inf` ends the run where a widget
wants whole numbers: infinity is a float, and none that can be made whole (Streamlit 1.67.0). As "nan", which is refused
everywhere, it is passed over like any other nonsense.
"""

from __future__ import annotations

import math

from streamlit.runtime.state.query_params import QueryParams

_given = QueryParams.get_initial_value


def _finite(self: QueryParams, param_key: str) -> str | list[str] | None:
    """What `QueryParams.get_initial_value` returns, but without infinities."""
    value = _given(self, param_key)
    if isinstance(value, list):
        return [_passed_over(one) for one in value]
    return None if value is None else _passed_over(value)


def _passed_over(value: str) -> str:
    try:
        return "nan" if math.isinf(float(value)) else value
    except ValueError:
        return value


def pass_over_infinity() -> None:
    """Let links name no infinite number, in all sessions of this server. Asking again changes nothing."""
    QueryParams.get_initial_value = _finite
