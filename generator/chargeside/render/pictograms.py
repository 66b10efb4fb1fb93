"""The pictograms: drawings in one line style on a 24 x 24 grid, and the ways to put them on a page or a sign.

A page names what it shows once, in a hidden sprite, and points to it; WeasyPrint does not follow such pointers from one
inline SVG to another and does not hand an element's colour down into an inline SVG, so a sign takes `inline`.

The drawings are package data: `chargeside/pictograms/NAME.svg`, groups and text alternatives in `alt.yml`
beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from html import escape
from importlib.resources import files
from types import MappingProxyType

import yaml

_STYLE = 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"'
_HEAD = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" {_STYLE}>'
_FOOT = "</svg>"


@dataclass(frozen=True, slots=True)
class Pictogram:
    """One drawing: `body` is the SVG inside the common `<svg>`, in grid units (24 to the side)."""

    name: str
    alt: str
    body: str


class _Catalogue(dict[str, Pictogram]):
    """A dict whose KeyError says what was probably meant."""

    def __missing__(self, name: str) -> Pictogram:
        near = get_close_matches(name, self, n=1)
        hint = f'did you mean "{near[0]}"?' if near else f"known are: {', '.join(self)}"
        raise KeyError(f'no pictogram "{name}"; {hint}')


@cache
def load_groups() -> Mapping[str, tuple[Pictogram, ...]]:
    """All pictograms by what they are about, in the order in which authors look through them. Read once.

    Raises ValueError for a drawing that is not of the family.
    """
    folder = files("chargeside").joinpath("pictograms")
    groups: dict[str, dict[str, str]] = yaml.safe_load(folder.joinpath("alt.yml").read_text(encoding="utf-8"))
    return MappingProxyType(
        {
            group: tuple(
                Pictogram(name, alt, _body(name, folder.joinpath(f"{name}.svg").read_text(encoding="utf-8")))
                for name, alt in alts.items()
            )
            for group, alts in groups.items()
        }
    )


def _body(name: str, text: str) -> str:
    text = text.strip()
    if not (text.startswith(_HEAD) and text.endswith(_FOOT)):
        raise ValueError(f'pictograms/{name}.svg does not open with the common head "{_HEAD}"')
    return text.removeprefix(_HEAD).removesuffix(_FOOT)


@cache
def load_pictograms() -> Mapping[str, Pictogram]:
    """All pictograms by name, in the order of their names. Read once; an unknown name raises KeyError with a hint."""
    every = (picture for group in load_groups().values() for picture in group)
    return MappingProxyType(_Catalogue({one.name: one for one in sorted(every, key=lambda one: one.name)}))


def sprite(names: Iterable[str]) -> str:
    """A hidden `<svg>` with one `<symbol>` for each name given, sorted; empty for no names. Once per page.

    Needs `.sprite {position: absolute}` in the page's style, so that its line takes no height.
    Raises KeyError (with a hint) for an unknown name.
    """
    known = load_pictograms()
    symbols = "".join(
        f'<symbol id="p-{name}" viewBox="0 0 24 24" {_STYLE}>{known[name].body}</symbol>'
        for name in sorted(set(names))
    )
    return f'<svg class="sprite" width="0" height="0" aria-hidden="true">{symbols}</svg>' if symbols else ""


def use(name: str, *, decorative: bool) -> str:
    """A pictogram out of the page's sprite, in the colour of the text around it.

    `decorative`: the words beside it say the same, so screen readers pass over it; otherwise it is read out.
    24 px wide unless the style of `.pic` says otherwise. Raises KeyError (with a hint) for an unknown name.
    """
    picture = load_pictograms()[name]
    access = _access(picture, decorative=decorative)
    return f'<svg class="pic" width="24" height="24" {access}><use href="#p-{name}"/></svg>'


def inline(name: str, *, decorative: bool = True, colour: str | None = None) -> str:
    """A pictogram that stands alone, for print. `colour` is any CSS colour; without it WeasyPrint draws in black.

    24 px wide unless the style of `.pic` says otherwise. Raises KeyError (with a hint) for an unknown name.
    """
    picture = load_pictograms()[name]
    access = _access(picture, decorative=decorative)
    paint = f' color="{escape(colour)}"' if colour else ""
    return (
        _HEAD.replace("<svg", f'<svg class="pic" width="24" height="24" {access}{paint}', 1)
        + picture.body
        + _FOOT
    )


def contact_sheet_html() -> str:
    """A whole HTML page that shows every pictogram at 24 px, 48 px and 10 mm, light and dark: to be looked at."""
    known = load_pictograms()
    cells = "".join(
        f"<li>{use(name, decorative=True)}{use(name, decorative=True).replace('pic', 'pic pic-48', 1)}"
        f"{inline(name).replace('pic', 'pic pic-print', 1)}<span>{name}<br>{escape(picture.alt)}</span></li>"
        for name, picture in known.items()
    )
    style = (
        "body{margin:0;font:11px/1.3 sans-serif}ul{display:grid;grid-template-columns:repeat(4,1fr);gap:12px;"
        "list-style:none;margin:0;padding:16px;background:#fff;color:#111}ul+ul{background:#111;color:#fff}"
        "li{display:flex;align-items:center;gap:10px}.sprite{position:absolute}.pic{flex:none}"
        ".pic-48{width:48px;height:48px}.pic-print{width:10mm;height:10mm}"
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Pictograms</title>'
        f"<style>{style}</style></head><body>{sprite(known)}<ul>{cells}</ul><ul>{cells}</ul></body></html>"
    )


def _access(picture: Pictogram, *, decorative: bool) -> str:
    return 'aria-hidden="true"' if decorative else f'role="img" aria-label="{escape(picture.alt)}"'
