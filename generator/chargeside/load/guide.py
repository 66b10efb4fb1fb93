"""Reads a guide: front matter, and a Markdown body of sentences, numbered steps and "Call us if …".

Authors' text is not trusted: what comes out is sanitised inline HTML, and whatever was taken out is a finding.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Annotated, Literal
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element

import markdown
import nh3
from markdown.extensions import Extension
from markdown.treeprocessors import Treeprocessor
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints

from chargeside.findings import Findings, nearest
from chargeside.load.guide_shape import block_name, condition_mend, is_rule, nearly_steps, no_facts, slips
from chargeside.load.source import CONFLICT, Yaml, line_at, parse_yaml, refuse_control, validate
from chargeside.model.condition import ALWAYS, Condition, ConditionError, parse_condition
from chargeside.model.problem import Guide, Outcome, Step

ALLOWED_TAGS = frozenset({"a", "abbr", "b", "br", "code", "em", "i", "kbd", "strong", "sub", "sup"})
_ATTRIBUTES: dict[str, set[str]] = {"a": {"href"}, "abbr": {"title"}}
_SCHEMES = frozenset({"https", "mailto", "tel"})
_STEP_KEYS = ("id", "pictogram", "when")
_STEP_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")
_MAX_MARKS = 60
_BLOCKS = frozenset({"ul", "ol", "pre", "blockquote", "hr", "h1", "h2", "h3", "h4", "h5", "h6"})
# What is left of a merge conflict when somebody deleted its first line only.
_CONFLICT_REST = re.compile(r"^(?:={7}|[|>]{7} .*)$", re.MULTILINE)
_TAG = re.compile(r'<(?:[^">]|"[^"]*")*>')

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Short = Annotated[str, Field(min_length=1, max_length=24)]


def _date(text: str) -> str:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError("must be a date like 2027-11-01")
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a day that the calendar has, like 2027-11-01") from None
    return text


def _way(value: object) -> object:
    if not value or not isinstance(value, str | dict | NextAsk):
        raise ValueError("must be the folder name of another guide, or another-charger, call or fixed")
    return value


def _answer(value: object) -> object:
    if not isinstance(value, dict | AskAnswer):
        raise ValueError('must be like {text: "Yes", next: fixed}')
    return value


class AskAnswer(BaseModel):
    """One answer of `ask`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    text: Words
    next: Words


class Ask(BaseModel):
    """A question that splits the way."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    question: Words
    answers: tuple[Annotated[AskAnswer, BeforeValidator(_answer)], ...] = Field(min_length=2, max_length=5)


class NextAsk(BaseModel):
    """`next: {ask: …}`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    ask: Ask


class AskWords(BaseModel):
    """`ask` in another language: the question, and the answers in their English order."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)
    question: Words
    answers: tuple[Words, ...] = Field(min_length=2, max_length=5)


class TranslationMatter(BaseModel):
    """Front matter of a guide in another language than English."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)
    title: Words
    short: Short | None = None
    symptoms: tuple[Words, ...] = Field((), max_length=12)
    ask: AskWords | None = Field(None, description="Question and answers, in the order of the English ones")
    translates: dict[str, str] = Field(
        default_factory=dict, description="Fingerprint of each English piece by its name"
    )


class FrontMatter(BaseModel):
    """Front matter of an English guide: it carries the facts of the problem."""

    model_config = ConfigDict(frozen=True, extra="forbid", coerce_numbers_to_str=True)
    title: Words = Field(description="What the driver sees, in their words")
    short: Short | None = Field(None, description="The title on a button; absent = the title itself")
    symptoms: tuple[Words, ...] = Field(
        (), max_length=12, description="Other words for it, and texts that screens print"
    )
    category: Literal[
        "starting", "payment", "connector", "communication", "speed", "stopping", "billing", "app", "vehicle", "weather",
        "site", "safety", "accessibility", "special",
    ]  # fmt: skip
    applies_to: str | None = Field(None, description="Condition; absent = every station")
    codes: tuple[Annotated[str, Field(pattern=r"^[a-z0-9]+:[A-Za-z0-9._-]+$")], ...] = ()
    outcome: Outcome
    next: Annotated[Words | NextAsk, BeforeValidator(_way)]
    weight: int = Field(0, ge=0, le=100, description="How often a driver needs it, 0 to 100")
    review: Annotated[str, AfterValidator(_date)] | None = None
    sources: tuple[Words, ...] = ()
    needs_review: Literal["electrical"] | None = None


class _Capture(Treeprocessor):
    """Keeps the root element; runs behind attr_list (priority 8)."""

    root: Element | None = None

    def run(self, root: Element) -> None:
        self.root = root


class _CaptureExtension(Extension):
    def extendMarkdown(self, md: markdown.Markdown) -> None:  # noqa: N802 - the name is Python-Markdown's
        self.capture = _Capture(md)
        md.treeprocessors.register(self.capture, "chargeside-capture", 5)


@dataclass(frozen=True)
class ReadGuide:
    """A guide as read. `matter` is None but for English; `doc` is the front matter with its lines.

    `translates`: by name of a piece, the fingerprint of the English one that a translation was made of.
    """

    guide: Guide
    matter: FrontMatter | None
    doc: Yaml
    translates: Mapping[str, str] = field(default_factory=dict)


_BLANKS = re.compile(r"[ \t\r\n\f]+")
_TAKEN_OUT = ("G508", "G509")


class UnreadableError(Exception):
    """Markdown that the parser gives up on."""


class GuideReader:
    """Reads guides with one Markdown parser; not for use by several threads.

    `whole`: folders whose guides are read whole; None for all. Of others only what those are held against is read, which takes a
    fraction of the time: title, symptoms and facts of the English guide, and no translation; with `titles` titles and symptoms of
    translations as well.
    """

    def __init__(
        self,
        pictograms: Iterable[str],
        connectors: Iterable[str],
        whole: Collection[str] | None = None,
        *,
        titles: bool = False,
    ) -> None:
        self.pictograms = tuple(pictograms)
        self._whole = whole
        self._titles = titles
        self._connectors = tuple(connectors)
        self._start_parser()

    def _start_parser(self) -> None:
        extension = _CaptureExtension()
        self._md = markdown.Markdown(extensions=["attr_list", extension])
        self._capture = extension.capture

    def read(self, text: str, lang: str, shown: str, findings: Findings) -> ReadGuide | None:
        """The guide, and for English its front matter; None with findings when it cannot be used."""
        found = Findings()
        whole = self._whole is None or shown.rpartition("/")[0] in self._whole
        guide = self._read(text, lang, shown, found, whole) if whole or self._titles or lang == "en" else None
        findings.extend(found)
        # What was taken out is an error that stops the build, yet what is left of the guide is safe and whole: it is read on,
        # so that nothing else is reported for want of it.
        return None if any(finding.code not in _TAKEN_OUT for finding in found.errors) else guide

    def _read(self, text: str, lang: str, shown: str, findings: Findings, whole: bool) -> ReadGuide | None:
        if mark := _CONFLICT_REST.search(text):
            mend = "decide which version holds, and delete the lines ======= and those that begin with <<<<<<<, ||||||| or >>>>>>>"
            findings.add("F104", shown, line_at(text, mark.start()), CONFLICT, mend)
            return None
        split = _front_matter(text)
        if split is None:
            message, mend = no_facts(text)
            if not refuse_control(
                text, shown, findings
            ):  # as in UTF-16, which looks like text with a NUL behind each letter
                findings.add("G501", shown, 1, message, mend)
            return None
        matter_text, body, body_line = split
        doc = parse_yaml(matter_text, shown, findings, first_line=2)
        if doc is None or refuse_control(body, shown, findings, first_line=body_line):
            return None
        matter: FrontMatter | TranslationMatter | None
        if lang == "en":
            matter = validate(FrontMatter, doc, findings, code="G501")
        else:
            _refuse_facts(doc, findings)
            matter = validate(TranslationMatter, doc, findings, code="G501")
        reading = _Body(self, body, body_line, shown, findings)
        intro, steps, call = reading.read() if whole else ("", (), "")
        if matter is None:
            return None
        line = doc.line(("title",)) or 1
        question, answers = _ask_words(matter)
        guide = Guide(
            lang, matter.title, matter.short or matter.title, matter.symptoms, intro, steps, call, shown, line,
            question, answers, lines=_lines(doc) | reading.lines,
        )  # fmt: skip
        if isinstance(matter, FrontMatter):
            return ReadGuide(guide, matter, doc)
        return ReadGuide(guide, None, doc, matter.translates)

    def condition(self, text: str | None, shown: str, line: int | None, findings: Findings) -> Condition:
        """A condition; ALWAYS with a finding when it cannot be read."""
        if text is None:
            return ALWAYS
        try:
            return parse_condition(text, self._connectors)
        except ConditionError as error:
            mend = nearest(error.wrong, error.right) if error.right else ""
            if not mend.startswith("did"):
                mend = (
                    condition_mend(text)
                    or mend
                    or "write it like start_order=plug_first and payment=contactless"
                )
            findings.add("G505", shown, line, str(error), mend)
            return ALWAYS

    def tree(self, body: str) -> Element | None:
        """The tree of a Markdown text, with the attributes of steps on their elements; None for no text.

        Raises UnreadableError for text that the parser gives up on, such as a thousand quotes in one another.
        """
        self._md.reset()
        self._capture.root = None
        try:
            self._md.convert(body)
        except (RecursionError, ValueError) as error:
            self._start_parser()  # the old one believes that it is still in the middle of a list or quote
            raise UnreadableError from error
        return self._capture.root

    def inner_html(self, element: Element) -> str:
        """What an element of the last tree holds, as HTML that is not yet sanitised."""
        html = self._md.serializer(element).strip()
        # The element's own tags go before raw HTML is put back in, or a raw <p onclick=…> would go with them unseen.
        html = re.sub(rf"^<{element.tag}[^>]*>|</{element.tag}>$", "", html).strip()
        for post in self._md.postprocessors:
            html = post.run(html)
        return re.sub(r"</?p>", " ", html).strip()


class _Body:
    """Reads the body of one guide."""

    def __init__(
        self, reader: GuideReader, body: str, first_line: int, shown: str, findings: Findings
    ) -> None:
        self._reader = reader
        self._body = body
        self._source = body.split("\n")
        self._first_line = first_line
        self._shown = shown
        self._findings = findings
        self.lines: dict[str, int] = {}
        """Lines of intro and call."""
        self._intro: list[str] = []
        self._steps: list[Step] = []
        self._call: str | None = None
        self._misplaced = False
        self._unquoted: set[int] = set()
        self._cursor = 0

    def read(self) -> tuple[str, tuple[Step, ...], str]:
        """Intro, steps and "Call us if …", sanitised."""
        ends = self._look_for_slips()
        self._look_for_what_is_not_seen()
        if ends:
            return "", (), ""
        if too_many := [mark for mark in "[<" if self._body.count(mark) > _MAX_MARKS]:
            # The parser's time grows with the square of these: a page of them would stop a build for minutes.
            message = f'holds more than {_MAX_MARKS} "{too_many[0]}"'
            self._add("G501", self._first_line, message, "write plain sentences with few links and no HTML")
            return "", (), ""
        try:
            root = self._reader.tree(self._body)
            nearly = None if root is None or root.find("ol") is not None else nearly_steps(self._source)
            if nearly:  # whatever else is wrong follows from that
                self._add(
                    "G502", self._first_line + nearly[0], "the steps are not numbered as steps", nearly[1]
                )
                return "", (), ""
            for block in root if root is not None else ():
                self._block(block)
        except UnreadableError:
            self._add(
                "G501", self._first_line, "lists or quotes are nested too deeply", "use one numbered list"
            )
        if not self._steps:
            mend = "write each step as a line that starts with 1. 2. 3. …, with an empty line above the first"
            self._add("G502", self._first_line, "the guide has no numbered steps", mend)
        return "<br>".join(self._intro), tuple(self._steps), self._call or ""

    def _look_for_slips(self) -> bool:
        """Whether one of them ends the reading."""
        ends = False
        for slip in slips(self._source):
            line = self._first_line + slip.number
            self._add(slip.code, line, slip.message, slip.mend)
            self._misplaced = self._misplaced or slip.code == "G503"
            if slip.code == "G505":
                self._unquoted.add(line)
            ends = ends or slip.ends
        return ends

    def _look_for_what_is_not_seen(self) -> None:
        for found in re.finditer(r"<!--(.{0,60})", self._body):
            line = self._first_line + line_at(self._body, found.start()) - 1
            words = found.group(1).partition("-->")[0].strip()
            mend = "delete it: no driver sees it; write to other authors in the pull request"
            self._add("G543", line, f'the comment "{words}" was taken out', mend)
        for number, line_text in enumerate(self._source):
            if "\t" in line_text:
                mend = "indent with spaces: three below a step, four from step 10 on"
                self._add("G542", self._first_line + number, "the line holds a tab", mend)

    def _block(self, block: Element) -> None:
        if block.tag == "ol":
            for item in block:
                self._step(item)
        elif block.tag == "p" and block.get("id") == "call":
            self._call_block(block)
        elif block.tag == "p":
            self._paragraph(block)
        else:
            message = f"{block_name(block.tag)} is not shown in guides"
            self._add("G501", self._line_of(block), message, "use sentences and one numbered list")

    def _call_block(self, block: Element) -> None:
        line = self._line_of(block)
        for key in sorted(set(block.keys()) - {"id"}):
            mend = "leave it out: who to call does not depend on the charger"
            self._add("G503", line, f'"Call us if" takes no attribute "{key}"', mend)
        if self._call is not None:
            self._add("G507", line, '"Call us if" stands twice', "join the two into one")
        self._call = self._inline(block, line)
        self.lines["call"] = line

    def _paragraph(self, block: Element) -> None:
        line = self._line_of(block)
        html = self._inline(block, line)
        if self._steps and html:
            message = "text behind the steps is shown only as **Call us if …** with {: #call } below it"
            mend = "make it a step, move it above the steps, or mark it {: #call }"
            self._add("G501", line, message, mend)
        elif block.attrib:
            message = "a sentence takes no attributes {: … }"
            self._add("G503", line, message, "delete them: they belong to steps")
        elif html:
            self._intro.append(html)
            self.lines.setdefault("intro", line)

    def _step(self, item: Element) -> None:
        line = self._step_line(item)
        below = self._attribute_line(line)
        attributes = dict(item.attrib)
        item.attrib.clear()
        if (
            len(item) and item[0].tag == "p"
        ):  # blank lines between steps put text and attributes on an inner <p>
            attributes |= item[0].attrib
            item[0].attrib.clear()
        if not self._is_one_paragraph(item, line):
            return
        html = self._inline(item, line)
        step_id = self._step_id(attributes, below, html)
        pictogram = attributes.get("pictogram")
        if pictogram is not None and pictogram not in self._reader.pictograms:
            mend = nearest(pictogram, self._reader.pictograms)
            if not mend.startswith("did"):
                mend = "choose one from the page of pictograms, or leave pictogram out"
            self._add("G504", below, f'step "{step_id}": no pictogram "{pictogram}"', mend)
        condition = None if below in self._unquoted else attributes.get("when")
        when = self._reader.condition(condition, self._shown, below, self._findings)
        if html:
            self._steps.append(Step(step_id, html, plain_text(html), pictogram, when, line))
        else:
            message = f'step "{step_id}" has no text'
            self._add("G502", line, message, "write the action, or delete the step")

    def _is_one_paragraph(self, item: Element, line: int) -> bool:
        """Whether a step is nothing but words; findings where it is not."""
        inner = next((child for child in item if child.tag in _BLOCKS), None)
        if inner is not None:
            message = f"{block_name(inner.tag)} stands inside a step"
            self._add(
                "G501", line, message, "make each line a step of its own, or join them into one sentence"
            )
        elif not len(item) and re.fullmatch(r"\s*\{:[^{}]*\}\s*", item.text or ""):
            self._add("G502", line, "the step has no text", "write the action, or delete the step")
        else:
            return True
        return False

    def _step_id(self, attributes: Mapping[str, str | None], line: int, html: str) -> str:
        """`attributes`: None for a word without `=`, whatever the types of ElementTree say."""
        step_id = attributes.get("id") or ""
        for key, value in attributes.items():
            bare = not value  # a word without = stands for a name whose # is missing
            if key in _STEP_KEYS:
                if value is None:
                    self._add("G503", line, f'"{key}" says nothing', f'write {key}="…", or delete the word')
            elif bare and not step_id:
                self._add("G503", line, f'there is no # before "{key}"', f"write {{: #{key} }}")
                return ""
            else:
                mend = f"join the parts of a name: #{step_id}-{key}" if bare else nearest(key, _STEP_KEYS)
                self._add("G503", line, f'a step takes no attribute "{key}"', mend)
        if step_id and not _STEP_ID.fullmatch(step_id):
            plain = "-".join(re.findall(r"[a-z0-9]+", step_id.lower())).lstrip("0123456789-")[:40]
            mend = f"write #{plain or 'short-name'}: small letters, digits and hyphens"
            self._add("G503", line, f'"{step_id}" cannot be the id of a step', mend)
        elif not step_id:
            if "{:" in html:
                return ""  # said already: the id is in attributes that were not understood
            mend = "put {: #short-name } on the line below the step, small letters, digits and hyphens"
            self._add("G503", line, "the step has no id", mend)
        elif any(step.id == step_id for step in self._steps):
            self._add("G507", line, f'step id "{step_id}" stands twice', "give each step an id of its own")
        return step_id

    def _inline(self, element: Element, line: int) -> str:
        html = self._reader.inner_html(element)
        safe = clean(html)
        if "{:" in plain_text(safe) and not self._misplaced:
            mend = "put a # before the id and check quotes; indent the line like the text of the step"
            self._add("G503", line, "attributes {: … } were not understood", mend)
        for code, message, mend in _removed(html, safe):
            self._add(code, line, message, mend)
        return safe

    def _step_line(self, item: Element) -> int:
        """The line of a step: the next one that starts with a number and holds the step's words."""
        words = _longest_run(item)
        rest = range(self._cursor, len(self._source))
        numbered = [number for number in rest if re.match(r" {0,3}\d+\.\s", self._source[number])]
        here = next((number for number in numbered if words in self._source[number]), None)
        if here is None:
            here = numbered[0] if numbered else self._cursor
        self._cursor = here + 1
        return self._first_line + min(here, len(self._source) - 1)

    def _attribute_line(self, step_line: int) -> int:
        """The line of a step's attributes, which are read first; else the step's own."""
        start = step_line - self._first_line + 1
        behind_blank = False
        for number, line in enumerate(self._source[start:], start):
            if behind_blank and line[:1] not in ("", " ", "\t"):
                break
            if re.match(r"\s*\{:", line):
                return self._first_line + number
            if re.match(r" {0,3}\d+\.\s", line):
                break
            behind_blank = behind_blank or not line.strip()
        return step_line

    def _line_of(self, block: Element) -> int:
        """The line where a block starts. Blocks come in order; raw HTML may make several of one line."""
        if block.tag == "hr":
            return self._line_of_rule()
        words = _longest_run(block)
        source = self._source
        rest = range(self._cursor, len(source))
        behind = next((number for number in rest if not source[number].strip()), self._cursor)
        holding = [number for number in rest if words and words in source[number]]
        here = next((number for number in holding if number >= behind), holding[0] if holding else None)
        if here is None:
            return self._first_line + next((number for number in rest if source[number].strip()), 0)
        while here > self._cursor and source[here - 1].strip():
            here -= 1
        self._cursor = here
        return self._first_line + here

    def _line_of_rule(self) -> int:
        rest = range(self._cursor, len(self._source))
        here = next((number for number in rest if is_rule(self._source[number])), self._cursor)
        self._cursor = min(here + 1, len(self._source) - 1)
        return self._first_line + here

    def _add(self, code: str, line: int, message: str, mend: str) -> None:
        self._findings.add(code, self._shown, line, message, mend)


def clean(html: str) -> str:
    """Inline HTML with only allowed tags, attributes and links; text of scripts and styles is dropped."""
    safe = nh3.clean(
        html, tags=set(ALLOWED_TAGS), attributes=_ATTRIBUTES, url_schemes=set(_SCHEMES), link_rel="noopener",
        clean_content_tags={"script", "style", "template", "noscript", "iframe", "object", "svg", "math"},
        attribute_filter=lambda tag, name, value: value if name != "href" or _link_allowed(value) else None,
    )  # fmt: skip
    return _on_one_line(safe)


def plain_text(html: str) -> str:
    """The text of sanitised inline HTML."""
    return _on_one_line(unescape(_TAG.sub("", html.replace("<br>", " "))))


def _on_one_line(text: str) -> str:
    """Without line breaks and runs of blanks. No-break spaces stay: French has them inside its quotation marks."""
    return _BLANKS.sub(" ", text).strip(" ")


def _link_allowed(url: str) -> bool:
    try:
        return urlsplit(url.strip()).scheme.lower() in _SCHEMES
    except ValueError:
        return False


class _Scan(HTMLParser):
    """What in a piece of HTML is not allowed."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str, str]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img":
            source = next((value for name, value in attrs if name == "src"), "")
            self._add("G509", f'the image "{source}" was removed', "use a pictogram; guides carry no images")
            return
        if tag not in ALLOWED_TAGS:
            self._add("G508", f"<{tag}> was removed", "leave it out; bold is **so** and italics are *so*")
        for name, value in attrs:
            if tag in ALLOWED_TAGS or name.startswith("on"):  # the others went with their tag
                self._attribute(tag, name, value or "")

    def handle_data(self, data: str) -> None:
        self.text += data

    def _attribute(self, tag: str, name: str, value: str) -> None:
        if name in _ATTRIBUTES.get(tag, ()):
            if name == "href" and not _link_allowed(value):
                self._add("G509", f'the link "{value}" was removed', "link to an https:// address")
        elif name in _STEP_KEYS and tag in ALLOWED_TAGS:
            message = f'the attribute "{name}" stands on a word, not on the step'
            self._add("G503", message, "put {: … } on a line of its own below the step")
        else:
            self._add("G508", f'the attribute "{name}" was removed', "leave it out")

    def _add(self, code: str, message: str, mend: str) -> None:
        self.found.append((code, message, mend))


def _removed(html: str, safe: str) -> list[tuple[str, str, str]]:
    """What `clean` took out of `html`: code, message, mend of each finding."""
    if html == safe:
        return []
    scan = _Scan()
    scan.feed(html)
    scan.close()
    if not scan.found and "".join(scan.text.split()) != "".join(plain_text(safe).split()):
        return [("G508", "broken HTML was removed", "leave it out; write a lone < as &lt;")]
    return scan.found


def _refuse_facts(doc: Yaml, findings: Findings) -> None:
    """A translation carries none; who copied the English guide is told so once, and of nothing else."""
    facts = FrontMatter.model_fields.keys() - TranslationMatter.model_fields.keys()
    copied = [key for key in doc.data if key in facts] if isinstance(doc.data, dict) else []
    if copied:
        message = f"facts that the English guide alone carries: {', '.join(copied)}"
        findings.add("F106", doc.shown, doc.line((copied[0],)), message, "delete them here")
    for key in copied:
        del doc.data[key]


def _ask_words(matter: FrontMatter | TranslationMatter) -> tuple[str, tuple[str, ...]]:
    if isinstance(matter, TranslationMatter):
        return (matter.ask.question, matter.ask.answers) if matter.ask else ("", ())
    ask = matter.next.ask if isinstance(matter.next, NextAsk) else None
    return (ask.question, tuple(answer.text for answer in ask.answers)) if ask else ("", ())


def _lines(doc: Yaml) -> dict[str, int]:
    """Lines of the front matter's keys, and of the members of its lists, by the names that Guide.lines has for them."""
    lines: dict[str, int] = {}
    for loc, line in doc.lines.items():
        if loc[:3] == ("next", "ask", "answers") and len(loc) == 4:
            lines[f"next.{loc[3]}"] = line
        elif len(loc) == 1 or (len(loc) == 2 and loc[0] in ("symptoms", "sources")):
            lines[".".join(map(str, loc))] = line
    return lines


def _front_matter(text: str) -> tuple[str, str, int] | None:
    """Front matter, body, and the body's first line."""
    match = re.match(r"---[ \t]*\n(.*?\n)---[ \t]*\n", text + "\n", re.DOTALL)
    if not match:
        return None
    return match.group(1), text[match.end() :], match.group(0).count("\n") + 1


def _longest_run(block: Element) -> str:
    """The longest piece of a block's text that stands in the source as it is, by which its line is found."""
    runs = (run for text in block.itertext() for run in re.split(r"\x02[^\x03]*\x03|\n", text))
    longest = max((run.strip() for run in runs), key=len, default="")
    return longest if len(longest) > 3 else ""  # a letter or two stand anywhere
