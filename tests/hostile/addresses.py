"""Every name that a link may give a value, found in the code and on the pages themselves, and absurd values for them."""

import ast
import importlib
import random
from collections.abc import Iterator
from pathlib import Path

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Block

ROOT = Path(__file__).parents[2]
VALUES: tuple[str | list[str], ...] = (
    *(
        "",
        " ",
        "-1",
        "-0",
        "0",
        "0.0",
        "1e999",
        "-1e999",
        "NaN",
        "nan",
        "inf",
        "-Infinity",
        "1e-320",
        "9" * 400,
        "2147483648",
    ),
    *(
        "18446744073709551616",
        "-9223372036854775809",
        "0x10",
        "1_000",
        "٣",
        "½",
        "²",
        "1,5",
        "1.0.0",
        "+1",
        "true",
        "None",
        "null",
    ),
    *(
        "a" * 5000,
        "😀" * 500,
        "\u202eabc",
        "\x00",
        "%00",
        "\x1b[31m",
        "\r\nSet-Cookie: a=b",
        "a\tb",
        "\ufeff",
        "\u2028",
    ),
    *(
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "[x](javascript:alert(1))",
        "$\\frac{1}{0}$",
        ":red[x]",
        "`x`",
    ),
    *(
        "../../etc/passwd",
        "/dev/zero",
        "file:///etc/passwd",
        "http://127.0.0.1:9/",
        "{{7*7}}",
        "${7*7}",
        "__class__",
        "'; DROP TABLE x;--",
    ),
    *(
        '{"a": [1, 2]}',
        "[]",
        "[1, 2",
        "1,2,3,4",
        "nan,nan,nan,nan",
        "0,0,1e-300,1e300",
        "1 2 3 4 5",
        ";",
        ",",
        "-",
        "=1+1",
        "#",
        "#zzzzzz",
    ),
    *(
        "cat",
        "Detect",
        "Lab classifier",
        "lab-yolo-14",
        "person 1, 2, 3, 4; dog 5, 6, 7, 8",
        "0.5 0 0 10 10",
        "x" * 60 + " 0, 0, 9, 9",
    ),
    *(["1"] * 20, ["a", "b", "NaN"], ["<b>", ""], ["Grad-CAM"] * 9, ["0", "1", "2", "-1"]),
)


MOST = 1000
"""Values of one link that Streamlit reads; a longer link is passed over as a whole, so it would prove nothing."""


def in_code() -> dict[str, set[str]]:
    """By the folder of each page's parts ("" for what pages share): the names that widgets bind, as far as they are constants.

    Names that are made while the page runs are found on the pages by `on_page`.
    """
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "ui").rglob("*.py")):
        inside = path.relative_to(ROOT)
        owner = inside.parts[2] if inside.parts[1] == "sections" and len(inside.parts) > 3 else ""
        keys = [
            word.value
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call) and any(word.arg == "bind" for word in node.keywords)
            for word in node.keywords
            if word.arg == "key"
        ]
        if not keys:
            continue
        words = vars(importlib.import_module(".".join(inside.with_suffix("").parts)))
        for key in keys:
            if isinstance(name := _constant(key, words), str):
                found.setdefault(owner, set()).add(name)
    return found


def on_page(at: AppTest) -> set[str]:
    """The names that the widgets of a page are bound to now."""
    return {name for element in _elements(at) if (name := getattr(element.proto, "query_param_key", ""))}


def views(at: AppTest) -> list[str]:
    """The parts that a page is cut into; one without a name for a page of one piece."""
    parts = [group for group in at.button_group if group.key == "part"]
    return list(parts[0].options) if parts else [""]


def absurd(names: set[str], seed: str) -> dict[str, str | list[str]]:
    """A value for each name, drawn anew for each seed."""
    chance = random.Random(seed)
    query = {name: chance.choice(VALUES) for name in sorted(names)}
    assert sum(len(value) if isinstance(value, list) else 1 for value in query.values()) < MOST
    return query


def _constant(key: ast.expr, words: dict[str, object]) -> object:
    if isinstance(key, ast.Constant):
        return key.value
    if isinstance(key, ast.Name):
        return words.get(key.id)
    if isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name):
        return getattr(words.get(key.value.id), key.attr, None)
    return None


def _elements(at: AppTest) -> Iterator[object]:
    waiting: list[object] = [at._tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, Block):
            waiting.extend(node.children.values())
        else:
            yield node
