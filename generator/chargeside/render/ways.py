"""Draws where guides lead as one SVG: a row for each guide, a lane for each end point, and arcs from guide to guide.

Rows rather than a net of boxes: with 150 guides every line can still be followed by eye, and a change moves little.
"""

from __future__ import annotations

from html import escape

from chargeside.plan.ways import Node, WaysPage

_ROW, _HEAD, _TOP = 22, 40, 92
_TEXT, _DOT = 12, 236
_LANES = (("fixed", "Fixed", 276), ("another-charger", "Another charger", 316), ("call", "Call us", 356))
_BASE, _WIDTH, _REACH = 396, 640, 216
"""Where arcs start, how wide the drawing is, and how far arcs reach at most; all in px."""

_STYLE = (
    ".ways{font:13px/1.3 system-ui,sans-serif;fill:currentColor}.ways a:hover{text-decoration:underline}"
    ".ways .head{font-weight:700;font-size:14px}.ways .lane{stroke:currentColor;stroke-opacity:.25}"
    ".ways .row{stroke:currentColor;stroke-opacity:.3;stroke-dasharray:1 4}"
    ".ways .arc{fill:none;stroke:currentColor;stroke-opacity:.55;stroke-width:1.5}"
    ".ways .arc:hover{stroke-opacity:1;stroke-width:3}"
)


def ways_svg(page: WaysPage) -> str:
    """The drawing, whole and on its own: colours are those of the text around it. Widths and heights in px."""
    rows: dict[str, int] = {}
    heads: list[tuple[str, int]] = []
    y = _TOP
    for name, nodes in page.categories:
        heads.append((name, y + _HEAD - 12))
        y += _HEAD
        for node in nodes:
            rows[node.slug] = y + _ROW // 2
            y += _ROW
    height = y + 12
    guides = [node for _, nodes in page.categories for node in nodes]
    parts = [
        *(_lane(x, words, height) for _, words, x in _LANES),
        *(f'<text class="head" x="0" y="{place}">{escape(name)}</text>' for name, place in heads),
        *(_row(node, rows) for node in guides),
        *(
            _arc(node, lead.to, lead.answer, rows)
            for node in guides
            for lead in node.leads
            if lead.to in rows
        ),
    ]
    title = f"Where {len(guides)} guides lead"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ways" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" '
        f'height="{height}" role="img" aria-label="{title}"><title>{title}</title><style>{_STYLE}</style>'
        '<defs><marker id="to" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="6" markerHeight="6" orient="auto">'
        f'<path d="M0 0 8 4 0 8z"/></marker></defs>{"".join(parts)}</svg>\n'
    )


def _lane(x: int, words: str, height: int) -> str:
    return (
        f'<path class="lane" d="M{x} {_TOP}V{height}"/>'
        f'<text transform="translate({x + 4} {_TOP - 6}) rotate(-38)">{words}</text>'
    )


def _row(node: Node, rows: dict[str, int]) -> str:
    y = rows[node.slug]
    ends = [x for name, _, x in _LANES if any(lead.to == name for lead in node.leads)]
    onward = any(lead.to in rows for lead in node.leads)
    furthest = _BASE if onward else max(ends, default=_DOT)
    mark = (
        f'<path d="M{_DOT} {y - 6}l6 6-6 6-6-6z"/>'
        if node.question
        else f'<circle cx="{_DOT}" cy="{y}" r="4"/>'
    )
    dots = "".join(f'<circle cx="{x}" cy="{y}" r="5"/>' for x in ends)
    told = f"{node.title} {node.question}".strip()
    return (
        f'<g id="way-{node.slug}"><title>{escape(told)}</title><path class="row" d="M{_DOT} {y}H{furthest}"/>'
        f'<text x="{_TEXT}" y="{y + 4}">{escape(node.short)}</text>{mark}{dots}</g>'
    )


def _arc(node: Node, to: str, answer: str, rows: dict[str, int]) -> str:
    """From the guide's row round to that of the next one: the further, the wider."""
    start, end = rows[node.slug], rows[to]
    reach = min(_REACH, 24 + abs(end - start) // 6)
    told = f"{node.short}: {answer}" if answer else node.short
    return (
        f'<path class="arc" marker-end="url(#to)" d="M{_BASE} {start}C{_BASE + reach} {start} {_BASE + reach} {end} {_BASE} {end}">'
        f"<title>{escape(told)} → {escape(to)}</title></path>"
    )
