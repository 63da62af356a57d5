"""The check on every journey: it fails when a page shows an exception, be it for a moment or in another tab."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.server import ROOT, serving

JOURNEYS = """
from playwright.sync_api import expect

def exception(page):
    return page.get_by_test_id("stException")

def mended(page):
    page.get_by_role("button", name="Mend").click()
    expect(exception(page)).to_have_count(0)

def test_at_the_end(page):
    page.goto("{url}")
    expect(exception(page)).to_be_visible()

def test_in_between(page):
    page.goto("{url}")
    expect(exception(page)).to_be_visible()
    mended(page)

def test_in_a_tab_that_is_closed(browser):
    tab = browser.new_page()
    tab.goto("{url}")
    expect(exception(tab)).to_be_visible()
    tab.close()

def test_in_a_context_that_is_closed(browser):
    with browser.new_context() as context:
        tab = context.new_page()
        tab.goto("{url}")
        expect(exception(tab)).to_be_visible()

def test_in_another_browser(camera_browser):
    tab = camera_browser.new_page()
    tab.goto("{url}")
    expect(exception(tab)).to_be_visible()

def test_of_none(page):
    page.goto("about:blank")
"""


def outcomes(tmp_path: Path, journeys: str) -> dict[str, str]:
    """What became of each journey, run by pytest with the fixtures of this folder: PASSED, FAILED or ERROR, the last of them."""
    file = tmp_path / "test_journeys.py"
    file.write_text(journeys)
    command = [sys.executable, "-m", "pytest", "-rA", "-c", str(ROOT / "pyproject.toml"), f"--rootdir={tmp_path}"]
    command += ["-p", "no:cacheprovider", "-p", "tests.browser.conftest", str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    found = re.findall(r"^(PASSED|FAILED|ERROR) \S*::(\w+)", done.stdout, re.MULTILINE)
    assert found, done.stdout + done.stderr
    return {name: outcome for outcome, name in sorted(found, key=lambda row: row[0] == "ERROR")}


@pytest.mark.slow
def test_a_journey_fails_on_an_exception_wherever_and_whenever_it_was_shown(tmp_path):
    with serving(Path(__file__).with_name("failing_app.py")) as url:
        found = outcomes(tmp_path, JOURNEYS.replace("{url}", url))
    assert found.pop("test_of_none") == "PASSED"
    assert len(found) == 5
    assert set(found.values()) == {"ERROR"}
