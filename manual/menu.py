"""The order of the chapters, and the pictures and fonts that the manual shares with the app.

A file that is not there yet leaves no gap, and one that nobody put in an order stands at the end of *More*: so a document may
come and go without a change here. The fonts are those that Streamlit ships, so the manual looks like the app and asks no
other host for anything.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
CHAPTERS = {
    "Boxes": ("anchors.md", "nms.md"),
    "Networks": ("detector.md", "segmenter.md"),
    "Explanations": ("attribution.md", "saliency.md"),
    "Pictures": ("style.md", "models.md"),
    "More": ("courses.md", "teach.md", "extending.md", "benchmarks.md", "deploy.md", "security.md"),
}
FONTS = {"sans": "SourceSansVF-Upright", "serif": "SourceSerifVariable-Roman", "code": "SourceCodeVF-Upright"}


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the app's mark and fonts, and lay out the menu."""
    files.append(File.generated(config, "images/mark.svg", abs_src_path=str(ROOT / "assets/logo/mark.svg")))
    for name, font in FONTS.items():
        files.append(File.generated(config, f"fonts/{name}.woff2", abs_src_path=str(_font(font))))
    there = {file.src_uri for file in files.documentation_pages() if "/" not in file.src_uri}
    config.nav = menu(there)
    return files


def menu(there: set[str]) -> list[object]:
    """The menu of the documents that are there, by their names in `docs`; each takes its title from its first heading."""
    placed = {name for names in CHAPTERS.values() for name in names}
    others = sorted(there - placed - {"index.md"})
    rows: list[object] = ["index.md"]
    for section, names in CHAPTERS.items():
        files = [name for name in names if name in there] + (others if section == "More" else [])
        if files:
            rows.append({section: files})
    return rows


def _font(name: str) -> Path:
    """The file of a font of Streamlit, whose name ends in a digest.

    Raises:
        FileNotFoundError: this Streamlit does not ship it.
    """
    spec = find_spec("streamlit")
    media = Path(spec.origin).parent / "static/static/media" if spec and spec.origin else Path()
    found = sorted(media.glob(f"{name}*.woff2"))
    if not found:
        raise FileNotFoundError(f"no {name} in {media}")
    return found[0]
