"""Texts in the cells of a CSV: a spreadsheet runs one that begins like a formula, whoever wrote it. Torch-free."""

_FORMULA = tuple("=+-@＝＋－＠")  # what a spreadsheet may run, the wide ones in East Asian settings


def as_cell(text: str) -> str:
    """A text as a cell: one that a spreadsheet would run as a formula is led by an '. `of_cell` takes it back."""
    return f"'{text}" if _is_formula(text) else text


def of_cell(text: str) -> str:
    """The text that `as_cell` made this cell of."""
    return text[1:] if text.startswith("'") and _is_formula(text) else text


def _is_formula(text: str) -> bool:
    """Whether it begins like one, also behind the ' that `as_cell` leads it by: so both are told apart from others."""
    return text.lstrip("'").startswith(_FORMULA)
