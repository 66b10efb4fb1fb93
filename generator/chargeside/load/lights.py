"""Lights described by their colour alone: of no use to somebody who does not see it."""

from __future__ import annotations

import re

from chargeside.findings import Findings
from chargeside.load.source import Yaml
from chargeside.model.operator import LightMeaning

# Colours in the languages of the site, in all the forms they take before a noun.
_COLOURS = """
amber black blue cyan green magenta orange pink purple red turquoise violet white yellow
blau gelb grün lila rosa rot schwarz türkis violett weiss weiß
blanc blanche bleu bleue jaune noir noire rose rouge vert verte violette
blauw geel groen oranje paars rood roze wit zwart
amarilla amarillo azul blanca blanco morada morado naranja negra negro roja rojo verde violeta
arancio arancione azzurra azzurro bianca bianco blu gialla giallo nera nero rossa rosso verdi viola
"""
# Words that say no more than that there is a light of that colour.
_BESIDE = """
a an and beacon bright colour color dark indicator is lamp led light lights or pale ring strip the
der die das dunkel ein eine farbe hell lampe leds leuchte licht lichter oder ring und anzeige
claire clair couleur et foncé la le les lumière lumineux ou témoin une un voyant
donker een en het kleur lamp lampje licht of
clara claro color de el indicador la luz o oscura oscuro piloto un una y
chiara chiaro colore di e il la luce o scura scuro spia una un
"""
_ENDINGS = ("er", "es", "en", "em", "e", "s", "")
_WORDS = frozenset(_COLOURS.casefold().split())
_OTHERS = frozenset(_BESIDE.casefold().split())


def colour_alone(text: str) -> bool:
    """Whether a text names a colour and says nothing of what the light does."""
    words = re.findall(r"[^\W\d_]+", text.casefold())
    colours = [word for word in words if _is_colour(word)]
    return bool(colours) and all(word in _OTHERS or _is_colour(word) for word in words)


def _is_colour(word: str) -> bool:
    return any(
        word.removesuffix(ending) in _WORDS for ending in _ENDINGS if not ending or word.endswith(ending)
    )


def check_lights(leds: tuple[LightMeaning, ...], number: int, doc: Yaml, findings: Findings) -> None:
    """Finds lights of rule `number` of kits.yml that are described by their colour alone."""
    for place, led in enumerate(leds):
        for text in [led.light] if isinstance(led.light, str) else led.light.values():
            if colour_alone(text):
                line = doc.line(("kits", number, "leds", place, "light"))
                message = f'the light "{text}" is described by its colour alone, which not everybody sees'
                mend = "say what it does as well: steady, blinking, pulsing; and which one it is if there are several"
                findings.add("O213", doc.shown, line, message, mend)
