"""What the template of a design is given: the sign's values, and functions that draw plugs, labels, pictograms, the code and slots.

A template is an author's, so it is run in a sandbox that reads no file and calls nothing but these.
"""

from __future__ import annotations

import re
import traceback
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from chargeside.errors import RenderError
from chargeside.i18n import is_right_to_left, translator
from chargeside.model.colour import contrast
from chargeside.model.connector import ConnectorType, Fill, View
from chargeside.model.design import Design
from chargeside.model.network import Logo
from chargeside.plan.placards import Placard, Plug
from chargeside.render import html
from chargeside.render.faces import face_svg, label_svg
from chargeside.render.pictograms import inline
from chargeside.render.qr import fit
from chargeside.render.slots import LEADING, PT_MM, Align, Paragraphs, Slot, VAlign, can_set, set_text
from chargeside.render.type import face as letters_of

POINTS_PER_METRE = 12.0
"""Smallest letters of a sign, in points for each metre of reading distance: 3 mm high capitals at 1 m."""
FINE_PT = 6.0
"""Smallest letters of what is not for drivers: the mark and the date."""
_LAST_NUMBER = re.compile(r'(?<=id=")([a-z-]+)-[0-9]+(?=")')
_VISIBLE = 3.0  # contrast of a line with the paper (WCAG 2.2, 1.4.11)


class Said(NamedTuple):
    """A text in one of the sign's languages, with the tag and the direction of that."""

    lang: str
    text: str
    dir: str


class BrokenDesignError(Exception):
    """What a template does wrong."""


@dataclass(frozen=True)
class Part:
    """A piece of a sign that is laid out by itself, since it stands on many kinds of signs: its HTML, its size in mm, its slots.

    Its ids end in 0 whatever they end in on the sign, where it is the one with this `id`: `ids` has those of the sign by its own.
    """

    id: str
    html: str
    width_mm: float
    height_mm: float
    slots: tuple[Slot, ...]
    ids: Mapping[str, str]


@dataclass
class Canvas:
    """One attempt at a sign. `level`: size of the text, 1 as the design has it.

    `texts`: what may stand in each slot, the fullest first; None leaves the slots empty for us to draw into. `chosen`: sizes
    to try, counted from the largest, in slots whose text only the print engine can set. `slots` and `codes` fill up as the
    template is run.
    """

    placard: Placard
    design: Design
    shared: Mapping[str, Any]
    level: float
    dropped: frozenset[str]
    texts: Mapping[str, Sequence[Paragraphs]] | None = None
    chosen: Mapping[str, int] = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    code_mm: float = 0.0

    @property
    def scale(self) -> float:
        """Millimetres of a rem."""
        return self.design.scale_at((self.placard.width_mm, self.placard.height_mm))

    @property
    def least_pt(self) -> float:
        """The smallest letters for drivers, in points of the design's own size."""
        return POINTS_PER_METRE * self.placard.distance_m / self.scale

    def begin(self, chosen: Mapping[str, int]) -> None:
        """Starts anew, with other sizes for texts that only the print engine can set."""
        self.chosen = dict(chosen)
        self.slots = {}
        self.parts = []

    def html(self, bleed_mm: float) -> tuple[str, str]:
        """The page, and the style that it needs. Raises RenderError (P707) when the template fails."""
        sign, scale = self.placard, self.scale
        template, style = _compiled(self.design.template, self.design.style)
        brand, on_brand = html.band(sign.colour)
        values = {
            "sign": sign,
            "level": self.level,
            "width": sign.width_mm / scale,
            "height": sign.height_mm / scale,
            "shows": lambda block: block not in self.dropped,
            "t": self._size,
            "fitted": self._fitted,
            "slot": self._slot,
            "part": self._part,
            "code": self._code,
            "face": self._face,
            "label": _label,
            "pictogram": _pictogram,
            "arrow": _arrow,
            "_": translator(sign.langs[0]),
            "_all": self._all,
            "in_each": self._in_each,
            "logo": self._logo(),
            "brand": brand,
            "on_brand": on_brand,
            "frame": brand if contrast(brand, "#ffffff") >= _VISIBLE else "#000000",
        }
        try:
            css = style.render(values)
            body = template.render(values)
        except BrokenDesignError as error:
            raise self._broken(str(error), error) from error
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError) as error:
            raise self._broken(f"{type(error).__name__}: {error}", error) from error
        return (
            f'<!DOCTYPE html><html lang="{escape(sign.langs[0])}"><head><meta charset="utf-8">'
            f"<title>{escape(title(sign))}</title>"
            f'<meta name="author" content="{escape(sign.operator)}"><meta name="dcterms.created" content="{sign.issued}">'
            f'<meta name="dcterms.modified" content="{sign.issued}">'
            f"{page_style(sign.width_mm, sign.height_mm, bleed_mm)}</head><body>{body}</body></html>"
        ), f"html {{ font-size: {scale:.6f}mm }}{_BASE}\n{css}"

    def _broken(self, message: str, error: Exception) -> RenderError:
        lines = [f.lineno for f in traceback.extract_tb(error.__traceback__) if f.filename == "<template>"]
        where = f", line {lines[-1]}" if lines else ""
        return RenderError(
            f'the design "{self.design.name}" is broken (sign.html.jinja or style.css{where}): {message[:300]}',
            code="P707",
            mend="mend the design; the packaged ones show how each function is called",
        )

    # ── what templates call ────────────────────────────────────────────────────────────────────────────────────────

    def _size(self, points: float) -> str:
        """A size of letters at this level, never below the smallest that can be read from the sign's distance."""
        return f"{max(points * self.level, self.least_pt) * PT_MM:.4f}rem"

    def _fitted(self, text: str, width: float, points: float, bold: bool = True) -> str:
        """The size of letters, at most `points`, at which the text is no wider than `width` rem."""
        letters = letters_of(bold=bold)
        em = letters.width(text) if letters.has(text) else 1.05 * len(text)
        return f"{max(min(points, width / PT_MM / max(em, 0.01)), self.least_pt) * PT_MM:.4f}rem"

    def _all(self, message: str) -> list[Said]:
        """A message in each language of the sign."""
        return self._in_each(tuple(translator(lang)(message) for lang in self.placard.langs))

    def _in_each(self, texts: Sequence[str]) -> list[Said]:
        """Texts of the sign's languages with their tags; what two languages share stands once."""
        said: dict[str, Said] = {}
        for lang, text in zip(self.placard.langs, texts, strict=True):
            said.setdefault(text, Said(lang, text, "rtl" if is_right_to_left(lang) else "ltr"))
        return list(said.values())

    def _slot(
        self,
        name: str,
        width: float,
        height: float,
        points: float,
        *,
        least: float = 0.0,
        lines: int = 1,
        bold: bool = False,
        align: Align = "left",
        valign: VAlign = "middle",
        ink: str = "#000000",
        fine: bool = False,
    ) -> Markup:
        """The place of a text that differs from station to station: width and height in rem, sizes of letters in points."""
        if not re.fullmatch(r"#[0-9a-f]{6}", ink):
            raise BrokenDesignError(f'slot("{name}"): ink must be a colour such as #000000, not "{ink}"')
        if self.texts is not None and name not in self.texts:
            raise BrokenDesignError(
                f'slot("{name}"): there is no such text; there are {", ".join(self.texts)}'
            )
        scale, floor = self.scale, FINE_PT / self.scale if fine else self.least_pt
        small = max(least, floor) * PT_MM * scale
        slot = Slot(
            name, width * scale, height * scale, max(points * PT_MM * scale, small), small, lines, bold, align,
            valign, ink, lines > 1,
        )  # fmt: skip
        self.slots[name] = slot
        inner = self._filled(slot, self.texts[name]) if self.texts is not None else ""
        return Markup('<div class="slot" id="slot-{}" style="width:{:.4f}rem;height:{:.4f}rem{}"{}>{}</div>').format(
            name, width, height, Markup(";font-weight:700") if bold else "",
            Markup(' data-fine="1"') if fine else "", inner,
        )  # fmt: skip

    def _part(self, width: float, height: float, caller: Callable[[], Markup]) -> Markup:
        """What stands between {% call part(width, height) %} and {% endcall %}: it inherits nothing, so that it looks the same
        wherever it stands, and all its ids end in the same number."""
        name, before = f"part-{len(self.parts)}", self.slots
        self.slots = {}
        inner = caller()
        slots, self.slots = self.slots, before
        if self.texts is None:
            html = _LAST_NUMBER.sub(r"\1-0", inner)
            ids = {f"{match[1]}-0": match[0] for match in _LAST_NUMBER.finditer(inner)}
            scale = self.scale
            self.parts.append(Part(name, html, width * scale, height * scale, tuple(slots.values()), ids))
            inner = Markup("")
        else:
            self.parts.append(Part(name, "", 0.0, 0.0, (), {}))
            self.slots |= slots
        return Markup(
            '<div class="part" id="{}" data-fit="plugs" style="width:{:.4f}rem;height:{:.4f}rem">{}</div>'
        ).format(name, width, height, inner)

    def _filled(self, slot: Slot, texts: Sequence[Paragraphs]) -> Markup:
        """The text itself: line by line as we would draw it, or as a whole for the print engine to set."""
        if can_set(texts[:1], slot.bold):
            setting = set_text(slot, texts)
            if setting is None:
                raise NoRoomError(slot.name)
            return Markup("").join(
                Markup(
                    '<div class="line" id="{}-l{}" style="left:{:.4f}mm;top:{:.4f}mm;font-size:{:.4f}mm;color:{}">{}</div>'
                ).format(
                    slot.name,
                    number,
                    line.x,
                    line.baseline - _above(line.size, slot.bold),
                    line.size,
                    slot.ink,
                    line.text,
                )
                for number, line in enumerate(setting.lines)
            )
        sizes = list(slot.sizes())
        size = sizes[min(self.chosen.get(slot.name, 0), len(sizes) - 1)]
        text = Markup("<br>").join(paragraph for paragraph in texts[0] if paragraph)
        return Markup(
            '<div data-fit="slot:{0}" style="width:{1:.4f}mm;height:{2:.4f}mm"><div class="run" style="width:{1:.4f}mm;height:{2:.4f}mm;'
            'font-size:{3:.4f}mm;text-align:{4};color:{5}"><div id="{0}-l0" dir="auto" style="vertical-align:{6}">{7}</div></div></div>'
        ).format(slot.name, slot.width, slot.height, size, slot.align, slot.ink, slot.valign, text)

    def _code(self, side: float) -> Markup:
        """The code on its white card of `side` rem, quiet zone and all."""
        self.code_mm = side * self.scale
        inner = ""
        if self.texts is not None:
            printed = fit(self.placard.url, self.code_mm, self.placard.distance_m)
            inner = html.trusted(printed.svg())
        return Markup(
            '<div class="code" id="code" style="width:{0:.4f}rem;height:{0:.4f}rem">{1}</div>'
        ).format(side, inner)

    def _face(self, plug: Plug, per_mm: float) -> str:
        """The drawing of a plug; a millimetre of it is `per_mm` rem here."""
        return _face(self.shared[plug.face], plug.face, plug.view, round(per_mm * self.scale, 5))

    def _logo(self) -> str:
        logo: Logo | None = self.shared[self.placard.logo] if self.placard.logo else None
        return _data(logo.data, logo.media_type) if logo else ""


class NoRoomError(Exception):
    """A text that we set ourselves does not fit into its slot at the smallest size. Its argument names the slot."""


def title(placard: Placard) -> str:
    """The title of the document."""
    numbers = " | ".join(number.text for number in placard.numbers) or placard.name
    _ = translator(placard.langs[0])
    help_at = _("Help at charger")
    return f"{help_at} {numbers}".strip()


def page_style(width_mm: float, height_mm: float, bleed_mm: float) -> str:
    """The size of the page, as an element of its head."""
    size = f"size: {width_mm:.4f}mm {height_mm:.4f}mm"
    return f"<style>@page {{ {size}; margin: 0; bleed: {bleed_mm:g}mm }}</style>"


_BASE = """
html { font-family: "Noto Sans", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Thai", "Noto Sans Devanagari",
  "Noto Sans Georgian", "Noto Sans Armenian", "Noto Sans CJK SC", "Noto Sans CJK JP", "Noto Sans CJK KR", sans-serif;
  color: #000; line-height: 1.2 }
body, h1, h2, p, ul { margin: 0; padding: 0; list-style: none; font-size: inherit }
.slot { position: relative; display: block }
.line { position: absolute; white-space: pre; line-height: 1.2; font-kerning: none; font-variant-ligatures: none }
.run { display: table; line-height: 1.2; overflow-wrap: anywhere }
.run > div { display: table-cell }
.part { font-size: 4rem; font-weight: 400; line-height: 1.2; color: #000; text-align: left }
.code { background: #fff }
.code svg { display: block; width: 100%; height: 100% }
"""


def _above(size: float, bold: bool) -> float:
    """How far the baseline of a line of text lies below the top of its box, in mm."""
    letters = letters_of(bold=bold)
    return ((LEADING - letters.ascent - letters.descent) / 2 + letters.ascent) * size


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    return ImmutableSandboxedEnvironment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


@cache
def _compiled(template: str, style: str) -> tuple[Template, Template]:
    environment = _environment()
    return environment.from_string(template), environment.from_string(style)


_faces: dict[tuple[str, View, float], str] = {}


def _face(connector: ConnectorType, digest: str, view: View, scale: float) -> str:
    """A drawing, made once for each connector, view and scale."""
    key = (digest, view, scale)
    if key not in _faces:
        _faces[key] = _data(face_svg(connector, prefix="f", view=view, scale=scale, standalone=True))
    return _faces[key]


@cache
def _label(letter: str, fill: Fill) -> str:
    return _data(label_svg(letter, fill, prefix="l", width_mm=30, standalone=True))


@cache
def _pictogram(name: str, colour: str = "#000") -> str:
    return _data(inline(name, colour=colour))


@cache
def _arrow(place: str, colour: str = "#000") -> str:
    turn = {"left": 0, "right": 180, "centre": 270}[place]
    return _data(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">'
        f'<path transform="rotate({turn} 12 12)" fill="{colour}" d="M2 12 12 3v6h10v6H12v6z"/></svg>'
    )


def _data(image: str | bytes, media_type: str = "image/svg+xml") -> str:
    raw = image.encode() if isinstance(image, str) else image
    return f"data:{media_type};base64,{b64encode(raw).decode()}"
