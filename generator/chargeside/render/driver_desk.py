"""Renders the pages of the help desk. They are read at a desk, so they have a style of their own; drivers' pages carry none of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment

from chargeside.i18n import is_right_to_left, language_name, translator
from chargeside.plan.driver_desk import DESK, DeskPage
from chargeside.plan.driver_views import Site
from chargeside.render import html
from chargeside.render.html import trusted

SCRIPTS = ("lookup", "desk/help")


def desk(page: DeskPage, site: Site, environment: Environment, colours: str, icon: str) -> bytes:
    """The page. `colours`: custom properties with the operator's colours, by day and by night; `icon`: address of a picture."""
    style = _style(colours)
    _ = translator(page.lang)
    text = environment.get_template("desk.html").render(
        page=page,
        site=site,
        root=page.root,
        lang=page.lang,
        rtl=is_right_to_left(page.lang),
        style=trusted(style),
        policy=trusted(_policy(style)),
        scripts=[trusted(html.script(name)) for name in SCRIPTS],
        icon=trusted(icon),
        words={lang: _words(lang) for lang in page.languages},
        language_name=language_name,
        _=_,
    )
    return html.minify_html(text).encode()


def headers(site: Site, colours: str) -> str:
    """What `_headers` says of these pages: they show others in a frame, and stand in none."""
    policy = f"{_policy(_style(colours))}; frame-ancestors 'none'"
    return f"{site.base_path}{DESK}*\n  Content-Security-Policy: {policy}\n  X-Robots-Tag: noindex\n"


def _style(colours: str) -> str:
    return colours + html.minify_css(html.package_text("style/desk.css"))


def _policy(style: str) -> str:
    return html.page_policy(style, tuple(map(html.script, SCRIPTS)), fetches=True, frames=True)


def _words(lang: str) -> Mapping[str, Any]:
    """By what a message in a language is known, and read: the beginnings of its lines. They are those of station_own.html,
    plain_call.html, and the messages that these begin (render/driver.py)."""
    _ = translator(lang)
    return {
        "name": language_name(lang),
        "charger": _stems(_("Charger: {number}"), _("Charger:"), _("Charger")),
        "code": _stems(_("Code: {code}"), _("Code")),
        "heads": _stems(_("Problem:"), _("What I see:"), _("What I have tried:"), _("Site")),
    }


def _stems(*texts: str) -> list[str]:
    """Texts as far as they are the same at every charger, without the colon behind them."""
    stems = (text.partition("{")[0].rstrip(" :\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}") for text in texts)
    return list(dict.fromkeys(filter(None, stems)))
