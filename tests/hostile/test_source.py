"""What the product never does with what a visitor brings, held for every line: bandit looks for the usual, this for the rest."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PRODUCT = [
    ROOT / "app.py",
    ROOT / "serve.py",
    *sorted(path for folder in ("pages", "ui", "viz", "core") for path in (ROOT / folder).rglob("*.py")),
]
SCRIPTS = sorted((ROOT / "ui").rglob("*.js"))
NEVER = {"eval", "exec", "compile", "__import__", "execfile", "input", "breakpoint"}
STRANGE = {
    *(
        "pickle",
        "cPickle",
        "dill",
        "marshal",
        "shelve",
        "joblib",
        "cloudpickle",
        "yaml",
        "subprocess",
        "pty",
        "code",
        "codeop",
    ),
    *(
        "ctypes",
        "telnetlib",
        "ftplib",
        "smtplib",
        "requests",
        "httpx",
        "aiohttp",
        "paramiko",
        "lxml",
        "socketserver",
        "tempfile",
    ),
}
NETWORK = {"urllib", "http", "socket", "ssl"}
"""The network: only the catalogue's own weights come from there."""
READ_BY_HAND = {
    "open",
    "read_bytes",
    "read_text",
    "write_bytes",
    "write_text",
    "unlink",
    "mkdir",
    "rename",
    "replace",
    "touch",
}


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def imports(tree: ast.AST) -> set[str]:
    found = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    return found | {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}


def calls(tree: ast.AST) -> list[ast.Call]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call)]


@pytest.mark.parametrize("path", PRODUCT, ids=named)
def test_nothing_is_evaluated_or_unpickled(path):
    tree = ast.parse(path.read_text())
    assert not {name.split(".")[0] for name in imports(tree)} & STRANGE
    for call in calls(tree):
        name, words = ast.unparse(call.func), {word.arg: ast.unparse(word.value) for word in call.keywords}
        assert name not in NEVER, ast.unparse(call)
        assert name not in ("os.system", "os.popen", "os.startfile")
        assert not name.startswith(("os.exec", "os.spawn"))
        if name == "torch.load":
            assert words.get("weights_only") == "True", ast.unparse(call)
        if name in ("np.load", "numpy.load"):
            assert words.get("allow_pickle") == "False", ast.unparse(call)
        assert name not in ("np.fromfile", "torch.jit.load", "torch.hub.load"), ast.unparse(call)
        assert words.get("unsafe_allow_javascript") != "True"
        assert words.get("unsafe_allow_html") != "True", "st.html says what it is, and its callers escape"


@pytest.mark.parametrize("path", PRODUCT, ids=named)
def test_the_network_is_asked_for_the_catalogues_weights_alone(path):
    if named(path) not in ("core/zoo/connection.py", "core/zoo/downloads.py", "core/zoo/transfer.py"):
        used = {name for name in imports(ast.parse(path.read_text())) if name.split(".")[0] in NETWORK}
        assert used <= {"urllib.parse"} | ({"socket"} if named(path) == "ui/sockets.py" else set()), (
            "which only writes addresses"
        )


def test_the_module_that_knows_sockets_opens_and_asks_none():
    """It looks at those that the server has, and sets an option."""
    tree = ast.parse((ROOT / "ui/sockets.py").read_text())
    asked = {ast.unparse(call.func) for call in calls(tree)}
    assert {name for name in asked if name.startswith(("socket.", "opened."))} == {
        "socket.socket",
        "opened.getsockname",
        "opened.setsockopt",
    }
    (made,) = (call for call in calls(tree) if ast.unparse(call.func) == "socket.socket")
    assert [word.arg for word in made.keywords] == ["fileno"]


@pytest.mark.parametrize("path", [path for path in PRODUCT if ".getvalue()" in path.read_text()], ids=named)
def test_who_takes_an_upload_knows_no_files_of_the_server(path):
    """So neither its name nor anything in it can become a path."""
    tree = ast.parse(path.read_text())
    uploads = ("file_uploader", "camera_input")
    if any(ast.unparse(call.func).endswith(uploads) for call in calls(tree)):
        assert not imports(tree) & {"pathlib", "os", "os.path", "io", "shutil", "glob"}
        assert not [
            call for call in calls(tree) if ast.unparse(call.func).rpartition(".")[2] in READ_BY_HAND - {"replace"}
        ]


READERS = (
    *("core/images/decode.py", "core/images/header.py", "core/segmentation/mask_files.py", "core/boxes/files.py"),
    *(
        "core/boxes/rows.py",
        "core/boxes/coco.py",
        "core/boxes/voc.py",
        "core/boxes/yolo_rows.py",
        "core/boxes/truth_files.py",
    ),
    *("core/zoo/own_darknet.py", "core/zoo/own_network.py", "core/zoo/darknet.py", "core/zoo/darknet_config.py"),
    *("core/zoo/darknet_sections.py", "core/zoo/darknet_readers.py", "core/zoo/darknet_joints.py", "ui/address.py"),
)


@pytest.mark.parametrize("path", READERS)
def test_what_reads_a_visitors_bytes_opens_no_file(path):
    tree = ast.parse((ROOT / path).read_text())
    assert not imports(tree) & {"os", "os.path", "shutil", "glob"}
    assert "pathlib" not in imports(tree) or path == "core/boxes/coco.py", "which takes a name apart with PurePosixPath"
    touching = READ_BY_HAND - {"replace"} | {"stat", "exists", "is_file"}
    assert not [call for call in calls(tree) if ast.unparse(call.func).rpartition(".")[2] in touching]
    assert not re.search(r"\bPath\(", (ROOT / path).read_text().replace("PurePosixPath(", ""))


@pytest.mark.parametrize("path", SCRIPTS, ids=named)
def test_the_browser_writes_words_and_never_markup(path):
    text = path.read_text()
    for markup in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "setHTMLUnsafe",
        "DOMParser",
        "eval(",
        "new Function",
    ):
        assert markup not in text
    assert not re.search(r"\b(fetch|XMLHttpRequest|WebSocket|EventSource|sendBeacon|importScripts)\b *\(", text)


@pytest.mark.parametrize("path", PRODUCT, ids=named)
def test_an_assert_only_tells_the_type_checker_what_is_known(path):
    """Python may run without asserts, so none of them may be what stops a visitor."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Assert):
            test = ast.unparse(node.test)
            assert test.endswith("is not None") or test.startswith("isinstance("), test


def test_bandit_finds_nothing():
    command = ["-m", "bandit", "--quiet", "--configfile", "pyproject.toml", "--recursive"]
    folders = ["app.py", "serve.py", "core", "viz", "ui", "pages", "training"]
    done = subprocess.run([sys.executable, *command, *folders], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
