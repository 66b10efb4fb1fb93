"""Colours of the screen as inks of a press: what a plate or overlay draws in red, green and blue, in cyan, magenta, yellow and black.

Greys and black are not touched: they are printed in black ink alone. Pictures, gradients and groups are converted too; what
cannot be is a RenderError (P723), so that no colour of a run is left to chance.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from io import BytesIO
from typing import Any

import pikepdf
from PIL import Image, ImageCms

from chargeside.errors import RenderError
from chargeside.render.pdf import number
from chargeside.render.press import Intent, Plate

_FILL = {"rg": b"k", "RG": b"K"}
_DRAWN = re.compile(rb"(?m)^([0-9.]+) ([0-9.]+) ([0-9.]+) rg$")
_MEND = "choose an operator's logo without gradients, or print without --icc"


class Inks:
    """Converts colours with the profile of a press: relative colorimetric, with black point compensation."""

    def __init__(self, profile: bytes) -> None:
        """Raises RenderError (P720) when it is no profile of a press with four inks, or damaged."""
        mend = "ask the print shop for the ICC profile (CMYK) of their press and paper"
        try:
            loaded = ImageCms.ImageCmsProfile(BytesIO(profile))
            words = ImageCms.getProfileDescription(loaded).strip()
            self._transform = ImageCms.buildTransform(
                ImageCms.createProfile("sRGB"), loaded, "RGB", "CMYK", ImageCms.Intent.RELATIVE_COLORIMETRIC,
                ImageCms.Flags.BLACKPOINTCOMPENSATION,
            )  # fmt: skip
        except (ImageCms.PyCMSError, OSError) as error:
            raise RenderError(
                "this is not the ICC profile of a press that prints in CMYK", code="P720", mend=mend
            ) from error
        self.intent = Intent(profile, " ".join(words.split())[:80] or "Custom")
        self._known: dict[tuple[int, int, int], bytes] = {}

    @cached_property
    def name(self) -> str:
        """What the profile calls the process."""
        return self.intent.condition

    def overlay(self, drawing: bytes) -> bytes:
        """What is one sign's own, in inks."""
        return _DRAWN.sub(self._matched, drawing)

    def plate(self, plate: Plate) -> Plate:
        """A plate that is not put together from others, in inks. Raises RenderError (P723)."""
        with pikepdf.open(BytesIO(plate.pdf)) as document:
            for page in document.pages:
                page.Contents = document.make_stream(self._drawing(page))
            for item in document.objects:
                self._object(item)
            file = BytesIO()
            document.save(file, deterministic_id=True)
        return replace(plate, pdf=file.getvalue())

    def picture(self, image: Image.Image) -> Image.Image:
        """A picture in inks."""
        converted = ImageCms.applyTransform(image.convert("RGB"), self._transform)
        assert converted is not None  # it is not changed in its place
        return converted

    def _inks(self, colour: Sequence[Any]) -> bytes:
        """Four shares of ink for shares of red, green and blue."""
        rgb = tuple(round(float(share) * 255) for share in colour)
        assert len(rgb) == 3
        if rgb not in self._known:
            inks = self.picture(Image.new("RGB", (1, 1), rgb)).tobytes()
            self._known[rgb] = b" ".join(number(ink / 255, 4) for ink in inks)
        return self._known[rgb]

    def _matched(self, match: re.Match[bytes]) -> bytes:
        return self._inks(match.groups()) + b" k"

    def _object(self, item: Any) -> None:
        """Converts an object that holds colours: a drawing in the drawing, a picture, a gradient."""
        if isinstance(item, pikepdf.Stream):
            if item.get("/Subtype") == "/Form" or item.get("/PatternType") == 1:
                item.write(self._drawing(item))
            elif item.get("/Subtype") == "/Image" and item.get("/ColorSpace") == "/DeviceRGB":
                item.write(self.picture(pikepdf.PdfImage(item).as_pil_image()).tobytes())
                item.ColorSpace, item.BitsPerComponent = pikepdf.Name.DeviceCMYK, 8
                if "/Decode" in item:
                    del item.Decode
        if isinstance(item, (pikepdf.Dictionary, pikepdf.Stream)):
            self._gradients(item)

    def _gradients(self, item: Any) -> None:
        for key in ("/Group", "/Shading", "/Resources"):
            inner = item.get(key)
            if not isinstance(inner, pikepdf.Dictionary):
                continue
            if key == "/Group" and inner.get("/CS") == "/DeviceRGB":
                inner.CS = pikepdf.Name.DeviceCMYK
            elif "/ShadingType" in inner:
                self._gradient(inner)
            else:
                self._gradients(inner)
                for one in inner.as_dict().values() if key == "/Shading" else ():
                    self._gradient(one)
        if "/ShadingType" in item:
            self._gradient(item)

    def _gradient(self, shading: Any) -> None:
        if shading.get("/ColorSpace") == "/DeviceRGB":
            self._function(shading.get("/Function"))
            shading.ColorSpace = pikepdf.Name.DeviceCMYK

    def _function(self, function: Any) -> None:
        kind = function.get("/FunctionType") if isinstance(function, pikepdf.Dictionary) else None
        if kind == 3:
            for one in function.Functions.as_list():
                self._function(one)
        elif kind == 2:
            for key in ("/C0", "/C1"):
                inks = self._inks(function[key].as_list()).split()
                function[key] = pikepdf.Array([float(ink) for ink in inks])
        else:
            raise RenderError(
                "the sign has a gradient that cannot be converted to inks", code="P723", mend=_MEND
            )

    def _drawing(self, drawing: Any) -> bytes:
        instructions: list[Any] = []
        for instruction in pikepdf.parse_content_stream(drawing):
            operator, operands = str(instruction.operator), list(instruction.operands)
            if operator in _FILL and not operands[0] == operands[1] == operands[2]:
                inks = [float(ink) for ink in self._inks(operands).split()]
                instructions.append((inks, pikepdf.Operator(_FILL[operator].decode())))
            elif operator in {"INLINE IMAGE", "BI"} or (
                operator in {"cs", "CS"} and "RGB" in str(operands[0])
            ):
                raise RenderError(
                    "the sign has a colour that cannot be converted to inks", code="P723", mend=_MEND
                )
            else:
                instructions.append(instruction)
        return pikepdf.unparse_content_stream(instructions)
