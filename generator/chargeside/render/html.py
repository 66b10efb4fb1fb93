"""What pages of HTML have in common: templates, style, content policy, colours that can be read."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from chargeside.model.colour import contrast, with_contrast


def environment(folder: str) -> Environment:
    """Templates of `chargeside/templates/<folder>`, safe by default: everything is escaped, a missing value is an error."""
    return Environment(
        loader=PackageLoader("chargeside", f"templates/{folder}"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def translator(lang: str) -> Callable[[str], str]:
    """Gives an English message in a language. There is no catalogue yet: every language reads English."""
    del lang
    return _same


def _same(message: str) -> str:
    return message


def trusted(text: str) -> Markup:
    """Marks HTML that we made ourselves, or that was sanitised, as safe. Never for a text from outside."""
    return Markup(text)  # noqa: S704 - this is the one place, and its callers are few


@cache
def package_text(path: str) -> str:
    """A text file of the package, read once per process."""
    return files("chargeside").joinpath(path).read_text(encoding="utf-8")


def minify_css(css: str) -> str:
    """The style without comments and needless white space. For style sheets of our own: no strings with `/*` inside."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r" ?([{};,>]) ?", r"\1", css)
    css = re.sub(r"(?<=[\w-]): ", ":", css)
    return css.replace(";}", "}").strip()


def minify_html(html: str) -> str:
    """Without indentation and empty lines. White space that parts words stays."""
    return "\n".join(filter(None, map(str.strip, html.split("\n")))) + "\n"


def csp_hash(text: str) -> str:
    """The source expression that allows an inline style or script with just this text (CSP level 3)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def page_policy(style: str, *, photos: bool = False) -> str:
    """The content policy of a page that runs nothing, and loads nothing but photos of its own site where it has some."""
    images = "'self' data:" if photos else "data:"
    return f"default-src 'none'; style-src {csp_hash(style)}; img-src {images}; base-uri 'none'; form-action 'none'"


def band(colour: str) -> tuple[str, str]:
    """A ground as near to `colour` as can be, and black or white to write on it."""
    ink = "#ffffff" if contrast(colour, "#ffffff") >= contrast(colour, "#000000") else "#000000"
    return with_contrast(colour, ink), ink
