"""The report of a visit: pictures, numbers and settings in one HTML file that needs nothing else and runs nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from viz.images import Picture, as_url

STYLE = """
:root { color-scheme: light dark; --line: light-dark(#D9D9E3, #3A3A46); --quiet: light-dark(#5C5C6B, #A6A6B5); }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 860px; margin: 0 auto; padding: 2rem 1rem;
  background: light-dark(#FFFFFF, #131317); color: light-dark(#1B1B22, #ECECF1); }
h1, h2 { font-family: "Source Serif 4", "Source Serif Pro", Georgia, serif; font-weight: 600; text-wrap: balance; }
h1 { font-size: 2rem; margin: 0; } h2 { font-size: 1.375rem; margin: 0 0 .25rem; }
h3, summary { font-size: .875rem; font-weight: 600; margin: 1rem 0 .25rem; }
.quiet { color: var(--quiet); font-size: .875rem; margin: .25rem 0; overflow-wrap: anywhere; }
section { border-top: 1px solid var(--line); margin-top: 2rem; padding-top: 1.5rem; }
img { display: block; width: auto; max-width: 100%; height: auto; max-height: 640px; margin: .75rem 0; border-radius: 4px; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem 1.25rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--quiet); font-weight: 400; }
summary { cursor: pointer; width: fit-content; }
dl { columns: 15rem; column-gap: 2rem; margin: 0; font-size: .8125rem; font-variant-numeric: tabular-nums; }
dl div { display: flex; justify-content: space-between; gap: 1rem; padding: .125rem 0; border-bottom: 1px solid var(--line);
  break-inside: avoid; }
dt { color: var(--quiet); } dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
a { color: light-dark(#4A3FD1, #A9A2FF); }
@media print { :root { color-scheme: light; } body { padding: 0; max-width: none; } section:first-of-type { border: 0; }
  h2, h3, summary { break-after: avoid; } img, tr { break-inside: avoid; } img { max-height: 14cm; }
  .wide { overflow: visible; } details::details-content { content-visibility: visible; block-size: auto; }
  a::after { content: ": " attr(href); } }
"""
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


@dataclass(frozen=True, slots=True)
class Entry:
    """One page as the visitor kept it.

    `number` tells entries apart, and a higher one is newer. `place` sorts new entries among the others. `numbers` is a table
    whose first row are its headings, and `settings` are names and values. `link` opens the same state, but for what `note` says.
    """

    number: int
    place: int
    title: str
    photo: str
    made: str
    picture: Picture
    numbers: tuple[tuple[str, ...], ...]
    settings: tuple[tuple[str, str], ...]
    link: str
    note: str = ""

    @property
    def size(self) -> int:
        """Bytes of the picture and of all words."""
        words = [self.title, self.photo, self.made, self.link, self.note]
        cells = [cell for row in (*self.numbers, *self.settings) for cell in row]
        return len(self.picture.data) + sum(len(one.encode()) for one in (*words, *cells))


def document(entries: Sequence[Entry], *, made: str) -> str:
    """The whole file, an entry after the other. `made` is when it was written."""
    told = "1 picture" if len(entries) == 1 else f"{len(entries)} pictures"
    body = "".join(_section(place, entry) for place, entry in enumerate(entries, start=1))
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Report · Vision Lab</title><style>{STYLE}</style></head><body>"
        f'<h1>What I saw in Vision Lab</h1><p class="quiet">{told} · {escape(made)}</p>{body}</body></html>\n'
    )


def _section(place: int, entry: Entry) -> str:
    alt = escape(f"{entry.title}, on the photo {entry.photo}")
    return (
        f"<section><h2>{place}. {escape(entry.title)}</h2>"
        f'<p class="quiet">Photo: {escape(entry.photo)} · {escape(entry.made)}</p>'
        f'<img src="{as_url(entry.picture)}" width="{entry.picture.width}" alt="{alt}">'
        f"{_numbers(entry.numbers)}{_settings(entry.settings)}{_link(entry)}</section>"
    )


def _numbers(rows: tuple[tuple[str, ...], ...]) -> str:
    if len(rows) < 2:
        return ""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in rows[0])
    body = "".join("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in rows[1:])
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f'<h3>Numbers</h3><div class="wide" tabindex="0">{table}</div>'


def _settings(rows: tuple[tuple[str, str], ...]) -> str:
    if not rows:
        return ""
    body = "".join(f"<div><dt>{escape(name)}</dt><dd>{escape(value)}</dd></div>" for name, value in rows)
    return f"<details><summary>Settings</summary><dl>{body}</dl></details>"


def _link(entry: Entry) -> str:
    """Only an address of the web becomes a link: whatever else stands there stays words. On paper it is written out."""
    words = escape(entry.link)
    known = entry.link.startswith(("http://", "https://"))
    shown = f'<a href="{words}">Open this in Vision Lab</a>' if known else f"The same state: {words}"
    return f'<p class="quiet">{shown} {escape(entry.note)}</p>'
