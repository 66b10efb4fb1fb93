"""What pages of HTML have in common: templates, style, content policy, colours that can be read."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from importlib.resources import files

import rjsmin
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


@cache
def script(name: str) -> str:
    """A script of `chargeside/scripts/`, without comments and needless white space."""
    return str(rjsmin.jsmin(package_text(f"scripts/{name}.js")))


@cache
def page_scripts() -> tuple[str, ...]:
    """Names of the scripts that stand in pages; the service workers are files of their own."""
    names = (item.name for item in files("chargeside").joinpath("scripts").iterdir())
    return tuple(
        sorted(
            name.removesuffix(".js") for name in names if name.endswith(".js") and not name.startswith("sw")
        )
    )


def page_policy(
    style: str,
    scripts: tuple[str, ...] = (),
    *,
    photos: bool = False,
    fetches: bool = False,
    worker: bool = False,
    frames: bool = False,
) -> str:
    """The content policy of a page: it loads nothing but photos of its own site where it has some, and runs just these
    scripts (their texts). `fetches`: they read data files of their own site; `worker`: they install its service worker;
    `frames`: it shows other pages of its site."""
    parts = ["default-src 'none'", f"style-src {csp_hash(style)}"]
    if scripts:
        parts.append(f"script-src {' '.join(map(csp_hash, scripts))}")
    parts.append("img-src 'self' data:" if photos else "img-src data:")
    parts += ["connect-src 'self'"] if fetches else []
    parts += ["worker-src 'self'"] if worker else []
    parts += ["frame-src 'self'"] if frames else []
    return "; ".join((*parts, "base-uri 'none'", "form-action 'none'"))


def band(colour: str) -> tuple[str, str]:
    """A ground as near to `colour` as can be, and black or white to write on it."""
    ink = "#ffffff" if contrast(colour, "#ffffff") >= contrast(colour, "#000000") else "#000000"
    return with_contrast(colour, ink), ink
