"""Files that hold what the page shows: tables, settings and arrays are read back as they were."""

import csv
import io
import json
from dataclasses import fields

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from core.attribution.methods import AttributionSettings
from core.attribution.settings import Baseline, BaselineSettings
from core.boxes.cells import of_cell
from core.experiments.style_layers import usual_settings
from ui import formats

ROWS = [
    {"measure": "IoU", "value": 1 / 3, "a_x1": 12},
    {"measure": 'so-called "GIoU", below', "value": -2e-17, "a_x1": 0},
]


def test_a_table_is_read_back_with_every_digit():
    back = list(csv.DictReader(io.StringIO(formats.csv(ROWS))))
    assert [row["measure"] for row in back] == [row["measure"] for row in ROWS]
    assert [float(row["value"]) for row in back] == [row["value"] for row in ROWS]
    assert [float(row["a_x1"]) for row in back] == [12, 0]


def test_a_table_begins_with_the_names_of_its_columns():
    assert formats.csv(ROWS).splitlines()[0] == "measure,value,a_x1"
    assert "\r" not in formats.csv(ROWS)


WORDS = st.text(st.characters(exclude_characters="\r\0", codec="utf-8"))


@given(st.lists(st.fixed_dictionaries({"word": WORDS, "x": st.floats(allow_nan=False)}), min_size=1))
def test_any_table_is_read_back(rows):
    back = list(csv.DictReader(io.StringIO(formats.csv(rows), newline="")))
    assert [(of_cell(row["word"]), float(row["x"])) for row in back] == [(row["word"], row["x"]) for row in rows]


def test_no_word_is_run_by_a_spreadsheet():
    words = ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "'=1", "dog"]
    back = list(csv.DictReader(io.StringIO(formats.csv([{"label": word, "score": -0.5} for word in words]))))
    assert [row["label"] for row in back] == [*(f"'{word}" for word in words[:-1]), "dog"]
    assert {row["score"] for row in back} == {"-0.5"}


def test_no_rows_are_an_empty_table():
    assert formats.csv([]) == ""


def test_raw_values_come_back_as_they_were():
    values = np.random.default_rng(0).normal(size=(3, 4, 5)).astype(np.float32)
    loaded = np.load(io.BytesIO(formats.npy(values)))
    assert loaded.dtype == np.float32
    assert np.array_equal(loaded, values)


def test_settings_leave_as_json_that_can_be_read_back():
    made = AttributionSettings(baseline=BaselineSettings(kind=Baseline.BLURRED, blur=7.5))
    told = json.loads(json.dumps(formats.plain(made)))
    assert told["measure"] == "score"
    assert told["baseline"] == {"kind": "blurred", "blur": 7.5, "noise": 0.3, "colour": [0.5, 0.5, 0.5], "seed": 0}
    assert set(told) == {one.name for one in fields(AttributionSettings)}


def test_weights_by_name_leave_as_an_object():
    own = usual_settings("lab-trunk")
    told = json.loads(json.dumps(formats.plain(own)))
    assert told["style_layers"] == dict(own.style_layers)
