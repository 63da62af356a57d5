"""What docs/deploy.md and deploy/ say, against the code and the settings. The proxy itself is tried by `make test-deploy`."""

from __future__ import annotations

import ast
import base64
import configparser
import hashlib
import re
import shlex
import tomllib
from pathlib import Path

import pytest
import streamlit

from tests.deploy.image import copies, instructions

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs/deploy.md").read_text()
NGINX = (ROOT / "deploy/nginx.conf").read_text()
UNIT = ROOT / "deploy/vision-lab@.service"
SETTINGS = tomllib.loads((ROOT / ".streamlit/config.toml").read_text())
PRODUCT = [
    ROOT / "app.py",
    ROOT / "serve.py",
    *(path for folder in ("pages", "ui", "viz", "core") for path in (ROOT / folder).rglob("*.py")),
]
READERS = ("environ.get", "getenv", "environ.setdefault", "environ.pop")


def variables() -> set[str]:
    """The environment variables that the product reads, by name; a constant of the module stands for its text.

    Raises:
        KeyError: one is named by something else, which this test cannot follow.
    """
    found: set[str] = set()
    for path in PRODUCT:
        tree = ast.parse(path.read_text())
        texts = {
            target.id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            name = None
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(READERS):
                name = node.args[0]
            elif isinstance(node, ast.Subscript) and ast.unparse(node.value).endswith("environ"):
                name = node.slice
            if name is not None:
                found.add(name.value if isinstance(name, ast.Constant) else texts[ast.unparse(name)])
    return found


def table() -> set[str]:
    """The names in the table of settings."""
    return set(re.findall(r"^\| `([A-Z][A-Z_]+)", GUIDE, re.MULTILINE))


def test_the_table_has_every_variable_that_the_code_reads_and_no_other_of_ours():
    assert variables() <= table()
    assert {name for name in table() if name.startswith("VISION_LAB_")} == variables()


def test_the_table_says_what_the_settings_say():
    assert f"| `STREAMLIT_SERVER_MAX_UPLOAD_SIZE` | {SETTINGS['server']['maxUploadSize']} |" in GUIDE
    assert f"| `STREAMLIT_SERVER_DISCONNECTED_SESSION_TTL` | {SETTINGS['server']['disconnectedSessionTTL']} |" in GUIDE


def test_the_policy_allows_the_one_inline_script_of_streamlits_page():
    page = (Path(streamlit.__file__).parent / "static/index.html").read_text()
    scripts = re.findall(r"<script(?![^>]*\bsrc)[^>]*>(.*?)</script>", page, re.DOTALL)
    hashes = {base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts}
    assert set(re.findall(r"'sha256-([^']+)'", NGINX)) == hashes


def test_the_proxy_takes_a_little_more_than_the_app():
    largest = SETTINGS["server"]["maxUploadSize"]
    upload = NGINX.split("location ^~ /_stcore/upload_file/", 1)[1]
    (megabytes,) = re.findall(r"client_max_body_size (\d+)m;", upload)
    assert largest < int(megabytes) <= largest + 1


@pytest.mark.parametrize("location", re.findall(r"^    location [^{]*\{[^}]*\}", NGINX, re.MULTILINE))
def test_no_location_takes_the_headers_away(location):
    assert "add_header" not in location


def test_the_image_gets_files_that_exist_and_all_that_the_app_needs():
    sources = [source for paths, _ in copies() for source in paths]
    assert all((ROOT / source).exists() for source in sources)
    assert {"requirements.txt", "app.py", "serve.py", ".streamlit/config.toml", "assets"} <= set(sources)
    assert {path.relative_to(ROOT).parts[0] for path in PRODUCT} <= set(sources)
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert ignored[0] == "*"
    assert {line.removeprefix("!") for line in ignored if line.startswith("!")} == set(sources)


def test_the_image_has_a_fixed_base_runs_as_nobody_special_and_says_how_it_is():
    names = [name for name, _ in instructions()]
    given = dict(instructions())
    assert re.fullmatch(r"\S+/python:3\.\d+\.\d+-slim-\w+", given["FROM"])
    user, group = given["USER"].split(":")
    assert int(user) > 0
    assert int(group) > 0
    assert names.index("USER") > max(index for index, name in enumerate(names) if name in ("RUN", "COPY"))
    assert "/_stcore/health" in given["HEALTHCHECK"]
    assert "requirements-dev" not in (ROOT / "deploy/Containerfile").read_text()


def test_nothing_that_is_offered_holds_a_secret():
    for path in (ROOT / "deploy").iterdir():
        assert not re.search(r"(secret|password|token)\w*\s*=\s*\S", path.read_text(), re.IGNORECASE), path.name
    assert "secret" not in str(SETTINGS).lower()


def test_the_unit_runs_the_app_without_rights():
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # pyright: ignore[reportAttributeAccessIssue]
    unit.read(UNIT)
    service = unit["Service"]
    assert service["DynamicUser"] == service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    assert service["CapabilityBoundingSet"] == ""
    command = shlex.split(service["ExecStart"])
    assert command[1:3] == ["run", "serve.py"]
    assert command[command.index("--server.port") + 1] == "%i"
    assert command[command.index("--server.address") + 1] == "127.0.0.1"  # only the proxy may ask
