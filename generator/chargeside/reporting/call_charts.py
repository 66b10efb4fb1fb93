"""What the page says of calls: sentences in the operator's language, and the charts of rates before and after and week by week."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from markupsafe import Markup

from chargeside.i18n import money, number, percent, short_day, translator
from chargeside.render.html import trusted
from chargeside.reporting.calling import CallFigures, Change, Comparison, Rate
from chargeside.reporting.charts import COLOURS, svg

_HALO = {"stroke": "#fff", "strokeWidth": 4, "strokeJoin": "round"}
"""Below a number that a line runs through."""


class CallView:
    """What templates/report/calls.html asks for. `figures` may be None: then it is not asked."""

    def __init__(self, figures: CallFigures | None, lang: str) -> None:
        self.figures, self.lang, self._ = figures or CallFigures(), lang, translator(lang)

    # ── Numbers ──────────────────────────────────────────────────────────────────────────────────────────────────

    def per_1000(self, value: float) -> str:
        """A rate, with as many digits behind the point as tell something."""
        return number(value, self.lang, 2 if value < 1 else 1 if value < 100 else 0, all_digits=True)

    def reach(self, rate: Rate) -> str:
        """`3.8 to 4.6`."""
        return self._("{low} to {high}").format(low=self.per_1000(rate.low), high=self.per_1000(rate.high))

    def pct(self, share: float) -> str:
        """A share in whole per cent."""
        return percent(round(100 * share), self.lang)

    def _ends(self, change: Change) -> dict[str, str]:
        """Both ends of a change, the smaller first; where one is fewer and the other more, the fewer first."""
        low, high = 1 - change.low, change.high - 1
        if change.high < 1:
            return {"low": self.pct(1 - change.high), "high": self.pct(low)}
        return {"low": self.pct(low if change.low < 1 else change.low - 1), "high": self.pct(high)}

    # ── Sentences ────────────────────────────────────────────────────────────────────────────────────────────────

    def plainly(self) -> str:
        """The large number in plain words."""
        rate = self.figures.overall
        assert rate is not None
        over = self._.many(
            "Counted over {count} whole week.", "Counted over {count} whole weeks.", len(self.figures.weeks)
        )
        if not rate.calls:
            return (
                self._("No call in {sessions} sessions.").format(sessions=self._n(rate.sessions)) + f" {over}"
            )
        text = self._("{calls} calls and {sessions} sessions: one call in about {share} sessions.").format(
            calls=self._n(rate.calls),
            sessions=self._n(rate.sessions),
            share=self._n(rate.sessions / rate.calls),
        )
        return f"{text} {over}"

    def _n(self, value: float) -> str:
        return number(value, self.lang, 0)

    def verdict(self) -> str:
        """What may be said of signs, and no more than that."""
        found = self.figures.comparison
        if found is None:
            return ""
        if found.change is not None:
            return self._of_change(found, found.change)
        _ = self._
        smallest = self.pct(found.smallest or 0)
        texts = {
            "below": _(
                "Calls fell by more than chance explains, but by less than {smallest}, the smallest fall that so many sites and weeks can show reliably. No number is claimed: go on counting."
            ),
            "no-signs": _(
                "No site in these files is known to have a sign, so nothing is compared. Record in signs.csv what you print."
            ),
            "few-weeks": _(
                "Too early to say whether signs change anything: {needed} whole weeks before and after the signs were put up are needed."
            ),
            "few-calls": _(
                "Too few calls to say whether signs change anything: {needed} are needed in each group, before and after."
            ),
            "few-sites": _(
                "Too few sites to say whether signs change anything: {matched} can be compared, {needed} are needed."
            ),
        }
        if found.design == "pilot":
            texts["few-weeks"] = _(
                "Too early to say: the pilot was planned for {needed} whole weeks after the signs were put up, and at least four before."
            )
        return texts[found.verdict].format(
            smallest=smallest, needed=self._n(found.needed), matched=self._n(found.matched)
        )

    def _of_change(self, found: Comparison, change: Change) -> str:
        _ = self._
        if found.verdict == "alone":
            if change.high < 1:
                text = _("Between {low} and {high} fewer calls per 1,000 sessions than before the signs.")
            elif change.low > 1:
                text = _("Between {low} and {high} more calls per 1,000 sessions than before the signs.")
            else:
                text = _("Between {low} fewer and {high} more calls than before the signs: this cannot be told apart from no change.")  # fmt: skip
        elif found.verdict == "unclear":
            text = _("Between {low} fewer and {high} more calls than at sites without signs: this cannot be told apart from no change.")  # fmt: skip
        elif found.verdict == "more":
            text = _("Between {low} and {high} more calls per 1,000 sessions than at sites without signs.")
        else:
            text = _("Between {low} and {high} fewer calls per 1,000 sessions than at sites without signs.")
        return text.format(**self._ends(change))

    def grounds(self) -> str:
        """How far the comparison can be trusted."""
        found = self.figures.comparison
        if found is None or found.signs is None:
            return ""
        _ = self._
        return {
            "pilot": _(
                "The sites were drawn by lot, and each counts in the group that the lot put it in. Only the signs and chance tell the groups apart."
            ),
            "matched": _(
                "The sites were not drawn by lot. Each is held against one of the same country, plugs and power with about as many sessions; what else differs is not known. A pilot, with sites drawn by lot, would tell."
            ),
            "alone": _(
                "No site without a sign is there to compare. Season, software and much else change from before to after as well, so this does not show what the signs did."
            ),
        }[found.design]

    def span(self) -> str:
        """What was compared, in numbers."""
        found = self.figures.comparison
        if found is None or found.signs is None:
            return ""
        said = {
            "with_signs": self._n(found.with_signs),
            "matched": self._n(found.matched),
            "before": self._from_to(found.weeks_before),
            "after": self._from_to(found.weeks_after),
        }
        return self._(
            "{matched} of {with_signs} sites with signs are compared: {before} whole weeks before, {after} after. The two weeks after printing, in which signs are put up, are left out."
        ).format(**said)

    def _from_to(self, ends: tuple[int, int]) -> str:
        low, high = map(self._n, ends)
        return low if low == high else self._("{low} to {high}").format(low=low, high=high)

    def smallest(self) -> str:
        """How small a fall may be to be seen."""
        found = self.figures.comparison
        if found is None or not found.smallest or found.signs is None:
            return ""
        return self._("Smallest fall that this comparison shows in four cases of five: {smallest}.").format(
            smallest=self.pct(found.smallest)
        )

    def money(self) -> list[str]:
        """What calls cost, and what signs saved: both ends, or that nothing is claimed."""
        paid, rate = self.figures.money, self.figures.overall
        if paid is None or rate is None:
            return []
        _ = self._
        said = {
            "spent": money(paid.spent, paid.currency, self.lang, whole=True),
            "cost": money(paid.per_call, paid.currency, self.lang),
            "calls": self._n(rate.calls),
        }
        found = [_("The calls of these weeks cost about {spent}: {calls} at {cost} each.").format(**said)]
        comparison = self.figures.comparison
        if paid.saved and comparison and comparison.avoided:
            fewest, most = comparison.avoided
            low, high = (money(end, paid.currency, self.lang, whole=True) for end in paid.saved)
            found.append(
                _(
                    "Where signs hang, {fewest} to {most} calls did not come in the weeks compared: between {low} and {high}."
                ).format(fewest=self._n(fewest), most=self._n(most), low=low, high=high)
            )
        else:
            found.append(_("No saving is claimed, because no fall in calls is shown."))
        return found

    def cannot(self) -> list[str]:
        """What all this does not show."""
        _, figures = self._, self.figures
        texts = [
            _("Calls are those in your file. Who wrote, chatted, gave up or charged elsewhere is in none of these numbers."),
            _("Why somebody called is what your staff wrote down; problems are told from that."),
        ]  # fmt: skip
        if not figures.attempts:
            texts.insert(0, _("The file of sessions does not tell of sessions that failed, as with CDRs of OCPI. Attempts are more than these, so the true rates are lower; and where signs help a session to succeed, it counts here only afterwards."))  # fmt: skip
        if figures.unplaced >= 0.005:
            texts.append(_("{share} of calls name no charger that is known. They are in the large number and in no comparison.").format(share=self.pct(figures.unplaced)))  # fmt: skip
        if figures.comparison and figures.comparison.crossed:
            texts.append(
                _.many(
                    "At {count} site of the pilot the signs are not as the lot said. It counts where the lot put it, so that the true effect may be larger.",
                    "At {count} sites of the pilot the signs are not as the lot said. They count where the lot put them, so that the true effect may be larger.",
                    figures.comparison.crossed,
                )
            )
        return texts

    # ── Charts ───────────────────────────────────────────────────────────────────────────────────────────────────

    def before_after(self) -> Markup:
        """Rates of both groups before and after, each with its interval."""
        found = self.figures.comparison
        assert found is not None
        assert found.signs is not None
        _ = self._
        groups = [(_("With signs"), found.signs)]
        if found.control:
            groups.append((_("Without signs"), found.control))
        rows = [
            {"group": name, "at": at, "when": when, "rate": rate.per_1000, "low": rate.low, "high": rate.high, "text": self.per_1000(rate.per_1000)}
            for name, group in groups
            for at, (when, rate) in enumerate(((_("before"), group.before), (_("after"), group.after)))
            if rate
        ]  # fmt: skip
        return trusted(svg(_interval_chart(rows), _("Calls per 1,000 sessions before and after")))

    def weeks(self) -> Markup:
        """The rate week by week."""
        rows = [
            {"at": at, "label": short_day(week.week, self.lang), "rate": week.per_1000}
            for at, week in enumerate(self.figures.weeks)
        ]
        return trusted(svg(_weeks_chart(rows, self.lang), self._("Calls per 1,000 sessions week by week")))


def _interval_chart(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A panel for each group: dots with whiskers before and after, joined, each with its number beside it."""
    x = {
        "field": "when",
        "type": "nominal",
        "sort": {"field": "at"},
        "axis": {
            "title": None,
            "labelAngle": 0,
            "labelFontSize": 13,
            "labelColor": "#1b1f23",
            "ticks": False,
        },
        "scale": {"padding": 0.6},
    }
    y = {
        "field": "rate",
        "type": "quantitative",
        "axis": {"title": None, "tickCount": 5, "labels": False, "ticks": False, "domain": False},
        "scale": {"domain": [0, 1.08 * max((row["high"] for row in rows), default=1) or 1]},
    }
    ends = {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}
    layers = [
        {"mark": {"type": "line", "color": COLOURS["pale"], "strokeWidth": 2}, "encoding": {"x": x, "y": y}},
        {"mark": {"type": "rule", "color": COLOURS["main"], "strokeWidth": 2}, "encoding": ends},
        *(
            {"mark": {"type": "tick", "color": COLOURS["main"], "thickness": 2, "width": 14, "orient": "horizontal"}, "encoding": {"x": x, "y": {**y, "field": end}}}
            for end in ("low", "high")
        ),
        {"mark": {"type": "point", "filled": True, "size": 110, "opacity": 1, "color": COLOURS["main"]}, "encoding": {"x": x, "y": y}},
        *(
            {"mark": {"type": "text", "dx": 14, "align": "left", "fontWeight": "bold", "fontSize": 14, **edge}, "encoding": {"x": x, "y": y, "text": {"field": "text"}}}
            for edge in (_HALO, {})
        ),
    ]  # fmt: skip
    header = {
        "title": None,
        "labelFontSize": 14,
        "labelFontWeight": "bold",
        "labelColor": "#1b1f23",
        "labelPadding": 8,
    }
    return {
        "data": {"values": rows},
        "padding": 4,
        "facet": {"column": {"field": "group", "type": "nominal", "sort": None, "header": header}},
        "spec": {"width": 190, "height": 190, "layer": layers},
        "config": {"facet": {"spacing": 24}},
    }


def _weeks_chart(rows: list[dict[str, Any]], lang: str) -> dict[str, Any]:
    """A line with a dot for each week; numbers stand at its first, its last, its highest and its lowest point."""
    wide = max(12, min(62, 806 // max(1, len(rows))))
    every = max(1, -(-58 // wide))
    rates = [row["rate"] for row in rows]
    told = {0, len(rows) - 1, rates.index(max(rates)), rates.index(min(rates))} if rows else set()
    values = [
        {
            **row,
            "label": row["label"] if row["at"] % every == 0 else "",
            "text": number(row["rate"], lang, 1) if row["at"] in told else "",
        }
        for row in rows
    ]
    x = {"field": "at", "type": "ordinal", "axis": None}
    y = {
        "field": "rate",
        "type": "quantitative",
        "axis": None,
        "scale": {"domain": [0, 1.1 * max(rates, default=1) or 1]},
    }
    foot = {"x": x, "y": {"value": {"expr": "height"}}, "text": {"field": "label"}}
    return {
        "width": {"step": wide},
        "height": 130,
        "padding": {"left": 24, "right": 24, "top": 14, "bottom": 4},
        "data": {"values": values},
        "layer": [
            {
                "mark": {"type": "line", "color": COLOURS["main"], "strokeWidth": 2},
                "encoding": {"x": x, "y": y},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 36, "opacity": 1, "color": COLOURS["main"]},
                "encoding": {"x": x, "y": y},
            },
            *(
                {
                    "mark": {"type": "text", "dy": -10, "fontWeight": "bold", **edge},
                    "encoding": {"x": x, "y": y, "text": {"field": "text"}},
                }
                for edge in (_HALO, {})
            ),
            {
                "mark": {"type": "text", "baseline": "top", "dy": 8, "color": "#57606a"},
                "encoding": foot,
            },
        ],
    }


def call_tables(
    figures: CallFigures | None,
) -> dict[str, tuple[tuple[str, ...], Iterable[tuple[object, ...]]]]:
    """Head and rows of the tables beside the page, by name; none where calls were not asked for."""
    if figures is None:
        return {}
    sites = (
        "pair",
        "group",
        "site",
        "name",
        "calls_before",
        "sessions_before",
        "calls_after",
        "sessions_after",
    )
    return {
        "calls-by-reason.csv": (
            ("problem", "title", "calls", "sessions", "per_1000", "low", "high", "told_by_like_words"),
            [
                (row.slug, row.title, row.rate.calls, row.rate.sessions, row.rate.per_1000, row.rate.low, row.rate.high, row.guessed)
                for row in figures.reasons
            ],
        ),
        "calls-by-week.csv": (
            ("week", "calls", "sessions", "per_1000"),
            [(row.week, row.calls, row.sessions, row.per_1000) for row in figures.weeks],
        ),
        "calls-by-site.csv": (sites, [tuple(row[name] for name in sites) for row in figures.sites]),
    }  # fmt: skip
