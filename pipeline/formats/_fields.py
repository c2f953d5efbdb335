"""Everything around a title: which text is a nickname, authors, a venue with its year, a date, a link.

A layout finds the title; `describe` reads the rest by what it is, before and behind the title alike, so
that orders of fields need no rules of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import unquote

from pipeline.formats._inline import Inline, Mark, scan
from pipeline.formats._model import Candidate, CharSpan, Context, EntryDraft, LinkDraft, TitleSlot
from pipeline.formats._people import find_people, is_name
from pipeline.formats._when import When, find_when, is_acronym, trim

_LABELS = {
    "authors": re.compile(r"authors?|作者|written by|by$", re.I),
    "venue": re.compile(
        r"venues?|conference|journal|publish\w*(?: in| at)?|publication|会议|期刊|发表|source$", re.I
    ),
    "date": re.compile(r"dates?|year|published on|time$|日期|时间|年份", re.I),
    "short_name": re.compile(r"name$|model name|short name|简称", re.I),
}
_LABEL = re.compile(
    r"(?:[^\w\n\[\](){}<>\"“”'‘`$\\!|:]|_)*+(?:\d+[.)]\s*+)?([^\W\d_][\w /&'-]{0,30}?)(?:\s?\([^()\n]{1,60}+\))?"
    r"[*_]*+\s?[:：][*_]*+(?!//)\s*+"
)
_GENERIC = re.compile(
    r"[\W_]*(?:paper|pdf|arxiv|abs|link|links?|code|github|git|project(?: ?page)?|page|website|web|site|homepage|home"
    r"|demo|blog|blogpost|video|slides?|data|dataset|model|models|weights|hugging ?face|hf|poster|bib|bibtex|html"
    r"|official|official code|tweet|twitter|youtube|talk|notes?|supp(?:lementary)?|openreview|proceedings?"
    r"|tensorflow|pytorch|tf|torch|keras|star|stars|repo|resources?|supplement|appendix|doc|docs|abstract|url"
    r"|论文|代码|项目|主页|阅读笔记|链接|leaderboard|benchmark|colab|unofficial|space|here|read|view|preprint"
    r"|paper link|code link|read paper|full paper|download|acl|pmlr|ieee|acm|springer|repository|source|media"
    r"|[\d\s.:v]+)[\W_]*$",
    re.I,
)
_PLACEHOLDER = re.compile(
    r"(?:url|link|xxx+|todo|tbd|tba|none|n/?a|-|\.|\(\)|paper|code|http://|https://)$", re.I
)
_FILE = re.compile(
    r"[^\s<>\"|]{1,500}\.(?:pdf|md|html?|ipynb|pptx?|docx?|txt|bib|zip|ps)$|\.{0,2}/[\w%.-]", re.I
)
_SYSTEM = re.compile(r"([^:\n]{2,120}?)\s*+:\s+[a-z]{4,}s\s")
_PUBLISHED = re.compile(r"\b(?:published|accepted|appeared|presented)\s+(?:at|in|to|by)\s+", re.I)
_QUOTES = '"“”„«»「」『』《》'
_AROUND = " \t\r\n.,;:|-–—*_·()[]`\"'>/!（）【】，。；：、"
_VENUE_LABEL = re.compile(r"[A-Za-z]{2}[^\n]{0,30}\d\d|\d{4}[^\n]{0,10}[A-Za-z]{2}")
_NOISE = re.compile(r"[\W_\d]*$")
_DATED_TAIL = re.compile(r"\s*+[(（]([^()（）\n]{2,80}+)[)）][\s*_.\"”]*$")
_BAR = re.compile(r"\s\|{1,2}\s")
_DATED = frozenset(("venue", "year", "date"))
_BADGE_LABELS = frozenset(("conference", "publish", "published", "venue", "journal", "paper"))
_BADGE = "img.shields.io/badge/"
_BADGE_TEXT = re.compile(r"(?:[^-]|--)++")
_NUMBER = re.compile(r"[\d.]+(?:v\d)?")
_YEAR_BEHIND = re.compile(r"\s?(?:19|20)\d\d\b")
_TRACK_BEHIND = re.compile(r"[ ,]{1,2}\(?(Findings|Workshops?)\b", re.I)
_LABEL_ASIDE = re.compile(r"\([^()]*+\)|\s[-–—:|]\s.*+$")
_LABEL_NOISE = re.compile(r"[\W\d_]++")
_COUNTER = re.compile(r"\W*(?:\d+|[ivx]+)\W*$")


@dataclass(slots=True)
class Segment:
    """A stretch of text without marks inside; `label` is the field label its line opens with, folded."""

    start: int
    end: int
    style: str
    label: str | None


@dataclass(slots=True)
class _Notes:
    """Fields as they are found; what is found first stays, except a preprint label before a venue."""

    text: str
    context: Context
    values: dict[str, str] = field(default_factory=dict)
    spans: dict[str, CharSpan] = field(default_factory=dict)
    authors: tuple[str, ...] = ()
    et_al: bool = False
    year: int | None = None
    date_year: int | None = None


def is_generic(label: str, learned: frozenset[str] = frozenset()) -> bool:
    """Whether a link's label only says what kind of thing it leads to (`Paper`, `Code`, `2310.05470`).

    `learned` are the labels of this list, folded by `fold_label`.
    """
    if len(label) >= 40:
        return False
    return _GENERIC.match(label) is not None or (bool(learned) and fold_label(label) in learned)


def fold_label(label: str) -> str:
    """A label without its signs, case and what follows in parentheses: `[PyTorch (someone)]` is `pytorch`."""
    return _LABEL_NOISE.sub(" ", _LABEL_ASIDE.sub("", label)).strip().casefold()


def links_of(inlines: Iterable[Inline]) -> tuple[LinkDraft, ...]:
    """Every URL once, in order: no anchors, placeholders, mail addresses or images."""
    found: dict[str, LinkDraft] = {}
    for inline in inlines:
        for mark in inline.links:
            if is_target(mark.url) and mark.url not in found:
                label = inline.plain(mark.inner_start, mark.inner_end) or _alt(inline, mark)
                found[mark.url] = LinkDraft(label, mark.url, mark.url_start, mark.url_end)
    return tuple(found.values())


def _alt(inline: Inline, link: Mark) -> str:
    """The alternative text of the image that is the label of this link."""
    for mark in inline.marks:
        if mark.kind == "image" and link.start <= mark.start < link.end:
            return inline.text[mark.inner_start : mark.inner_end]
    return ""


def is_target(url: str) -> bool:
    """Whether a link leads anywhere: a web address, or a file beside the list."""
    if url.startswith(("http://", "https://", "ftp://")):
        return len(url) > 10
    if not url or url[0] == "#" or url.startswith("mailto:") or _PLACEHOLDER.match(url):
        return False
    return (
        url.startswith(("www.", "//"))
        or _FILE.match(unquote(url)) is not None
        or _FILE.match(url) is not None
    )


def clean_title(text: str) -> str:
    """A title as a person would quote it: no quotes around it, no final period."""
    text = text.strip().rstrip(",;:|")
    if text[:1] in _QUOTES or text[-1:] in _QUOTES or text[-2:-1] in _QUOTES:
        text = text.rstrip(".,; ").strip(_QUOTES + "'").strip() if _quoted(text) else text
    if text.endswith(".") and not text.endswith("..."):
        text = text[:-1]
    return text.strip().rstrip(",;|").strip()


def _quoted(text: str) -> bool:
    inner = text.strip(".,; ")
    return (inner[:1] in _QUOTES) == (inner[-1:] in _QUOTES) or sum(inner.count(q) for q in _QUOTES) % 2 == 1


def title_span(text: str, start: int, end: int) -> CharSpan:
    """The place of the title's own text: without white space, quotes and the final period around it."""
    while start < end and (text[start].isspace() or text[start] in _QUOTES):
        start += 1
    while start < end and (text[end - 1].isspace() or text[end - 1] in _QUOTES + ".,;|"):
        if text[end - 3 : end] == "...":
            break
        end -= 1
    return start, end


def describe(
    candidate: Candidate, slot: TitleSlot, context: Context, roles: tuple[str, ...] = ()
) -> EntryDraft:
    """The draft of an entry whose title stands in `slot`; `roles` say what each cell of a row holds."""
    notes = _Notes(candidate.head.text, context)
    _note_title(notes, candidate.head, slot)
    inlines = candidate.cells or (candidate.head,)
    for inline, role in zip(inlines, roles or ("",) * len(inlines), strict=False):
        _read_cell(notes, inline, role, slot)
    for inline in candidate.tail:
        if not _note_system(notes, inline):
            _read_segments(notes, inline, slot)
    for inline in (*inlines, *candidate.tail):
        _note_linked_people(notes, inline, slot)
    _note_link_labels(notes, candidate)
    _note_badges(notes, candidate)
    links = links_of((*inlines, *candidate.tail))
    return _draft(notes, slot, links)


def _read_cell(notes: _Notes, inline: Inline, role: str, slot: TitleSlot) -> None:
    if role in ("", "title") or inline.start <= slot.start < inline.end:
        if inline.start < slot.outer[0] or slot.outer[1] < inline.end:
            _read_segments(notes, inline, slot)
    elif role == "authors":
        _note_people(notes, inline.start, inline.end, sure=True)
    elif role in ("venue", "date"):
        _read_dated_cell(notes, inline, role == "venue")
    elif role == "name":
        text = inline.plain(inline.start, inline.end)
        if text and not _NOISE.match(text):
            _note_name(notes, Segment(inline.start, inline.end, "", None))


def _read_dated_cell(notes: _Notes, inline: Inline, venues: bool) -> None:
    """Note what a cell of a venue or date column says. Such cells are short and return from row to row."""
    plain = not inline.marks or (
        len(inline.marks) == 1 and inline.marks[0].kind in ("bold", "italic", "code")
    )
    if not plain or inline.end - inline.start > 80 or not _DATED.isdisjoint(notes.values):
        _note_dated_cell(notes, inline, venues)
        return
    read = _dated_cell(inline.text[inline.start : inline.end], venues, notes.context)
    notes.values.update(read.values)
    notes.year, notes.date_year = read.year, read.date_year
    for key, (start, end) in read.spans.items():
        notes.spans[key] = (start + inline.start, end + inline.start)


@lru_cache(maxsize=4096)
def _dated_cell(text: str, venues: bool, context: Context) -> _Notes:
    notes = _Notes(text, context)
    _note_dated_cell(notes, scan(text, 0, len(text)), venues)
    return notes


def _note_dated_cell(notes: _Notes, inline: Inline, venues: bool) -> None:
    for segment in segments(inline, (-1, -1)):
        _note_when(notes, segment.start, segment.end, alone=venues)
        if venues:
            _note_bare_venue(notes, segment)


def _note_bare_venue(notes: _Notes, segment: Segment) -> None:
    """In a venue's own column any short text is a venue."""
    start, end = trim(notes.text, segment.start, segment.end)
    free = "venue" not in notes.values and "year" not in notes.spans
    if free and 1 < end - start < 60 and not _NOISE.match(notes.text[start:end]):
        _set(notes, "venue", 0, (start, end))


def _note_title(notes: _Notes, head: Inline, slot: TitleSlot) -> None:
    stop = slot.end
    begin = max(slot.start + 3, slot.end - 100)
    closed = notes.text.find(")", begin, slot.end) >= 0 or notes.text.find("）", begin, slot.end) >= 0
    tail = _DATED_TAIL.search(notes.text, begin, slot.end) if closed else None
    when = find_when(tail[1], known=notes.context.venues, alone=True) if tail else None
    if tail and when and when.year_at and not slot.name and _is_only_when(tail[1], when):
        stop = tail.start()
        _take_when(notes, tail.start(1), replace(when, venue=None) if notes.context.places else when)
    start, end = title_span(notes.text, slot.start, stop)
    title = clean_title(head.plain(slot.start, stop))
    while start < end and notes.text[end - 1] in "([ \t":
        end -= 1
    title = title.rstrip("([ ")
    if title and start < end:
        key = "short_name" if slot.name else "title"
        notes.values[key] = title
        notes.spans[key] = (start, end)


def _is_only_when(text: str, when: When) -> bool:
    """Whether parentheses hold a year, or a venue before its year, and not a part of the title."""
    rest = len(text) - (when.end - when.start)
    if when.venue is None or when.year_at is None:
        return rest < 4
    if when.venue[0] < when.year_at[0]:
        return rest < 40
    return rest < 4 and is_acronym(text[slice(*when.venue)].split()[0])


def _draft(notes: _Notes, slot: TitleSlot, links: tuple[LinkDraft, ...]) -> EntryDraft:
    values, spans = notes.values, notes.spans
    title_url = notes.text[slot.link[0] : slot.link[1]] if slot.link else None
    evidence = (
        2 * bool(links) + bool(notes.authors) + bool("venue" in values or "year" in spans or "date" in spans)
    )
    confidence = (
        slot.weight * (0.25 + 0.25 * min(3, evidence)) if values.keys() & {"title", "short_name"} else 0.0
    )
    return EntryDraft(
        confidence=confidence,
        title=values.get("title"),
        short_name=values.get("short_name"),
        authors=notes.authors,
        et_al=notes.et_al,
        venue_text=values.get("venue"),
        year=notes.year if notes.year is not None else notes.date_year,
        date_text=values.get("date"),
        links=links,
        title_url=title_url if title_url and is_target(title_url) else None,
        spans={key: span for key, span in spans.items() if span[0] < span[1]},
    )


def _read_segments(notes: _Notes, inline: Inline, slot: TitleSlot) -> None:
    for segment in segments(inline, slot.outer):
        if segment.label is not None:
            _labelled(notes, segment)
        elif (
            segment.end <= slot.outer[0]
            and segment.start >= slot.outer[0] - 400
            and inline.start <= slot.start < inline.end
        ):
            _before_title(notes, segment, slot)
        else:
            _anywhere(notes, segment)


def segments(inline: Inline, taken: CharSpan) -> list[Segment]:
    """The stretches of text outside of title, links and images, split where the style changes."""
    found: list[Segment] = []
    at, label = inline.start, _line_label(inline, inline.start, taken)
    if not inline.marks and not inline.start <= taken[0] < inline.end:
        _add_segment(found, inline, (at, inline.end), "", label)
        return found
    style: list[tuple[int, str]] = []
    walls = _walls(inline, taken)
    for start, end, kind in [*walls, (inline.end, inline.end, "end")]:
        while style and style[-1][0] <= start:
            stop, name = style.pop()
            _add_segment(found, inline, (at, stop), name, label)
            at = max(at, stop)
        _add_segment(found, inline, (at, start), style[-1][1] if style else "", label)
        at = max(at, start)
        if kind == "skip":
            at = max(at, end)
        elif kind == "break":
            at = max(at, end)
            label = _line_label(inline, end, taken)
        elif kind != "end":
            style.append((end, kind))
    return found


def _walls(inline: Inline, taken: CharSpan) -> list[tuple[int, int, str]]:
    """Where text is interrupted: title, links, images, line breaks; and where a style begins and ends."""
    found: list[tuple[int, int, str]] = [(*taken, "skip")] if inline.start <= taken[0] < inline.end else []
    busy, styled, bold = -1, -1, -1
    for mark in inline.marks:
        if mark.start < busy:
            continue
        if mark.kind in ("link", "image"):
            found.append((mark.start, mark.end, "skip"))
            busy = mark.end
        elif mark.kind == "break":
            if mark.start >= styled and not _is_enumeration(inline.text, mark):
                found.append((mark.start, mark.end, "break"))
        elif mark.kind not in ("quote", "paren") or (mark.start >= bold and _is_slot(inline, mark)):
            found.append((mark.inner_start, mark.inner_end, mark.kind))
            styled = mark.end if mark.kind == "italic" else styled
            bold = mark.end if mark.kind == "bold" else bold
    return sorted(found, key=lambda wall: (wall[0], -wall[1]))


def _is_enumeration(text: str, mark: Mark) -> bool:
    """Whether a bare line end stands in the middle of names: `Packer,` and on the next line `Benjamin`."""
    before = text[max(0, mark.start - 5) : mark.start].rstrip()
    return text[mark.start] == "\n" and (before.endswith((",", " and")))


_ET_AL_BEHIND = re.compile(r"[ \t]*,?[ \t]*et\.? ?al\b")


def _is_slot(inline: Inline, mark: Mark) -> bool:
    """Whether parentheses hold a venue or a date and not an aside; quotes never do."""
    inside = inline.text[mark.inner_start : mark.inner_end]
    if inside.isalpha() and _YEAR_BEHIND.match(inline.text, mark.end):
        return False  # a series behind its venue: `SIGGRAPH Asia (TOG) 2021`
    if _ET_AL_BEHIND.match(inline.text, mark.end):
        return False  # where somebody works: `Linxi Fan (NVIDIA) et al. NeurIPS`
    return (
        mark.kind == "paren"
        and len(inside) < 100
        and (any(c.isdigit() for c in inside) or is_acronym(inside.strip()))
    )


def _add_segment(found: list[Segment], inline: Inline, span: CharSpan, style: str, label: str | None) -> None:
    """Add a stretch in one style, taken apart at bars; none that holds no word."""
    start, end = span
    while start < end:
        bar = _BAR.search(inline.text, start, end) if inline.text.find("|", start, end) >= 0 else None
        stop = bar.start() if bar else end
        text = inline.text[start:stop]
        if len(text.strip("*_ \t\r\n`~")) > 1 or text.strip().isalnum():
            found.append(Segment(start, stop, style, label))
        start = bar.end() if bar else end


def _line_label(inline: Inline, start: int, taken: CharSpan) -> str | None:
    """The field label that the line at `start` opens with, folded: `Authors:`, `**Code**:`, `作者：`.

    On a line with the title only a label that names a field counts: `FlashAttention:` opens a title.
    """
    stop = min(inline.end, start + 60)
    colon = inline.text.find(":", start, stop) >= 0 or inline.text.find("：", start, stop) >= 0
    match = _LABEL.match(inline.text, start, stop) if colon else None
    if match is None:
        return None
    label = match[1].strip().casefold()
    stop = inline.text.find("\n", start, inline.end)
    titled = taken[0] >= start and taken[0] <= (stop if stop >= 0 else inline.end)
    if titled and (_label_role(label) is None or match.end() > taken[0]):
        return None
    return label


def line_label(inline: Inline) -> str:
    """The folded label that a text opens with (`📅 Date: ...`, `github(official): ...`); empty where none."""
    stop = min(inline.end, inline.start + 100)
    colon = inline.text.find(":", inline.start, stop) >= 0 or inline.text.find("：", inline.start, stop) >= 0
    match = _LABEL.match(inline.text, inline.start, stop) if colon else None
    return fold_label(match[1]) if match else ""


def _label_role(label: str) -> str | None:
    return next((role for role, pattern in _LABELS.items() if pattern.match(label)), None)


def _labelled(notes: _Notes, segment: Segment) -> None:
    text = notes.text[segment.start : segment.end]
    role = _label_role(segment.label or "")
    match = _LABEL.match(text)
    start = segment.start + (match.end() if match else 0)
    if role == "authors":
        _note_people(notes, start, segment.end, sure=True)
    elif role in ("venue", "date"):
        _note_when(notes, start, segment.end, alone=role == "venue")
    elif role is None and (published := _PUBLISHED.search(notes.text, segment.start, segment.end)):
        _note_when(notes, published.end(), segment.end, alone=False)
    elif role is None and _is_venue_first(notes, start, segment.end):
        _note_when(notes, start, segment.end, alone=True)
    elif role is None and len(segment.label or "") > 24 or segment.style in ("italic", "code"):
        _anywhere(notes, segment)


def _is_venue_first(notes: _Notes, start: int, end: int) -> bool:
    """Whether a line with a label of its own (`intro: ICCV 2017 oral`) opens with a venue and its year."""
    when = find_when(notes.text[start:end], known=notes.context.venues)
    return when is not None and when.venue is not None and when.year_at is not None and when.start < 3


def _before_title(notes: _Notes, segment: Segment, slot: TitleSlot) -> None:
    """Text before a title: a nickname, a date, a venue, or authors first."""
    text = notes.text[segment.start : segment.end]
    when = find_when(text, known=notes.context.venues, alone=True)
    if (
        slot.people_first
        and (start := _note_people(notes, segment.start, segment.end, sure=True)) > segment.start
    ):
        _note_when(notes, start, segment.end, alone=True)
        return
    if _is_nickname(notes, segment, slot, when):
        _note_name(notes, segment)
        return
    start = segment.start
    if segment.style in ("", "italic", "quote"):
        start = _note_people(
            notes, start, segment.end, sure=segment.style == "italic" and " " in text.strip()
        )
    if start > segment.start:
        _note_when(notes, start, segment.end, alone=True)
    elif when and (when.year or segment.style in ("code", "paren", "bracket", "italic")):
        _take_when(notes, segment.start, when)
    elif segment.style == "bold":
        _note_name(notes, segment)


def _is_nickname(notes: _Notes, segment: Segment, slot: TitleSlot, when: When | None) -> bool:
    """Underlined, or before a colon, or bold in parentheses; not a date or a venue with its year."""
    after = notes.text[segment.end : slot.outer[0]].strip(" *_\"“'`")
    text = notes.text[segment.start : segment.end].strip()
    if segment.style == "under":
        return not (when and when.year)
    if segment.style in ("bold", "bracket", "paren", "code") and _is_tag(notes, segment, text):
        return not (when and when.year)
    colon = text.endswith((":", "：")) or after.startswith((":", "："))
    return colon and len(text) <= 60 and not (when and when.year) and not find_people(text)


def _is_tag(notes: _Notes, segment: Segment, text: str) -> bool:
    """Whether a text in brackets is this paper's own: not a venue, nor a word that returns all over the list."""
    bracketed = segment.style == "bracket" or (segment.style == "bold" and text[:1] in "([")
    folded = text.strip("[](){} ").casefold()
    return bracketed and folded not in notes.context.venues and folded not in notes.context.tags


def _note_name(notes: _Notes, segment: Segment) -> None:
    start, end = trim(notes.text, segment.start, segment.end)
    text = notes.text[start:end]
    if (
        "short_name" in notes.values
        or not text
        or len(text) > 60
        or is_generic(text, notes.context.labels)
        or _COUNTER.match(text)
        or _NOISE.match(text)
        or (notes.text[start - 1 : start] == notes.text[end : end + 1] == ":")
    ):
        return
    if segment.style == "under" and notes.text[end : end + 1] == ".":
        end += 1
    notes.values["short_name"] = notes.text[start:end]
    notes.spans["short_name"] = (start, end)


def _anywhere(notes: _Notes, segment: Segment) -> None:
    """Text behind a title or on a line of its own: names, then a venue or date, in either order."""
    text = notes.text[segment.start : segment.end]
    if segment.style in ("bold", "paren") and text.strip()[:1] == "(" and not any(c.isdigit() for c in text):
        _note_name(notes, segment)
        return
    lead = len(text) - len(text.lstrip(' \t\r\n.,;:|-–—*()·"”>'))
    start = segment.start + lead
    sure = segment.style == "italic" and not _in_parens(notes, segment)
    whole = find_when(text, known=notes.context.venues, alone=True)
    if (
        whole
        and whole.venue
        and not text[: whole.start].strip(" .,:;()*|–—-")
        and (whole.year or not sure or len(text.split()) < 4)
        and not _are_names(text[slice(*whole.venue)])
    ):
        _take_when(notes, segment.start, whole)
        start = segment.start + whole.end
    if not notes.authors and segment.style in ("", "italic", "quote", "bold"):
        start = _note_people(notes, start, segment.end, sure=sure)
    _note_when(notes, start, segment.end, alone=len(notes.text[start : segment.end].split()) <= 14)


def _are_names(text: str) -> bool:
    """Whether what stands beside a year is a list of people: `Simon Prince and Ann Lee, 2012`."""
    people = find_people(text) if " and " in text or "," in text else None
    return people is not None and len(text) - people.end < 3 and all(" " in name for name in people.names)


def _in_parens(notes: _Notes, segment: Segment) -> bool:
    """Whether a styled text fills parentheses: `(*Google*)` is a laboratory, not an author."""
    before = notes.text[max(0, segment.start - 4) : segment.start].rstrip(" *_")
    return before.endswith("(")


def _note_people(notes: _Notes, start: int, end: int, *, sure: bool) -> int:
    """Note the authors that `start:end` begins with; where they stop (or `start`)."""
    text = notes.text[start:end]
    bare = text.lstrip(" \t\r\n.,;:|-–—*_·>")
    start += len(text) - len(bare)
    people = None if notes.authors else find_people(bare, sure=sure)
    if people is None:
        return start
    notes.authors, notes.et_al = people.names, people.et_al
    notes.spans["authors"] = (start + people.start, start + people.end)
    return start + people.end


def _note_linked_people(notes: _Notes, inline: Inline, slot: TitleSlot) -> None:
    """Authors whose names are links to their pages; the names have no place apart from the links."""
    if not inline.links:
        return
    named = [mark for mark in inline.links if mark.start >= slot.outer[1] and _is_person(inline, mark)]
    if len(named) < 1 + (not notes.authors):
        return
    begin = max(inline.start, slot.outer[1], inline.text.rfind("\n", 0, named[0].start) + 1)
    close = inline.text.find("\n", named[-1].end, inline.end)
    line = inline.plain(begin, close if close >= 0 else inline.end).lstrip(" .,;:|-–—·>")
    label = _LABEL.match(line)
    if label and _label_role(label[1].strip().casefold()) not in ("authors", None):
        return
    people = find_people(line[label.end() :] if label else line, sure=True)
    if people and len(people.names) > len(notes.authors) and len(people.names) >= len(named):
        notes.authors, notes.et_al = people.names, people.et_al
        notes.spans.pop("authors", None)


def _is_person(inline: Inline, mark: Mark) -> bool:
    """Whether a link's text is a name among names: a comma, "and" or a line's end beside it."""
    text = inline.plain(mark.inner_start, mark.inner_end)
    if not 2 <= len(text.split()) <= 5 or not is_name(text) or is_generic(text):
        return False
    after = inline.text[mark.end : mark.end + 6].lstrip(" *_†‡")
    before = inline.text[max(inline.start, mark.start - 6) : mark.start].rstrip(" *_[")
    return after[:1] in (",", ";", "&", "、", "，", ".", "") or after.startswith(("and", "\n", "<br")) or before[-1:] in (
        ",", ";", "&", "、", "，",
    )  # fmt: skip


def _note_when(notes: _Notes, start: int, end: int, *, alone: bool) -> None:
    """Note a venue, year or date; behind a date alone, look once more (`2024-01, NAACL 24`)."""
    for _ in range(2):
        text = notes.text[start:end]
        when = find_when(text, known=notes.context.venues, alone=alone)
        if when is None:
            return
        before = text[: when.start].strip(_AROUND)
        after = text[when.end :].strip(_AROUND)
        if not before or (when.venue and (len(before) < 80 or (not after and len(before) < 200))):
            _take_when(notes, start, when)
        if when.venue or not when.date_at:
            return
        start += when.end


def _take_when(notes: _Notes, offset: int, when: When) -> None:
    if when.date_at and "date" not in notes.spans:
        notes.date_year = when.year
        _set(notes, "date", offset, when.date_at)
    replaces = _is_preprint(notes.values.get("venue")) and when.venue is not None and when.year is not None
    if when.venue and ("venue" not in notes.values or replaces):
        _set(notes, "venue", offset, when.venue)
        _add_track(notes, offset, when)
        if replaces:
            notes.spans.pop("year", None)
            notes.year = None
    if when.year_at and "year" not in notes.spans:
        notes.year = when.year
        _set(notes, "year", offset, when.year_at)


def _add_track(notes: _Notes, offset: int, when: When) -> None:
    """`ACL 2024 Findings` is the venue "ACL Findings"; with its year inside it has no place of its own."""
    track = _TRACK_BEHIND.match(notes.text, offset + when.year_at[1]) if when.year_at and when.venue else None
    if track and when.year_at and when.venue and when.venue[0] < when.year_at[0]:
        notes.values["venue"] += f" {track[1]}"
        notes.spans.pop("venue")


def _is_preprint(venue: str | None) -> bool:
    return venue is not None and venue.casefold().startswith(("arxiv", "preprint"))


def _set(notes: _Notes, key: str, offset: int, span: CharSpan) -> None:
    start, end = offset + span[0], offset + span[1]
    notes.spans[key] = (start, end)
    notes.values[key] = " ".join(notes.text[start:end].split())


def _note_system(notes: _Notes, inline: Inline) -> bool:
    """Whether a line opens a digest (`MetaGPT: introduces ...`); the system's name is then noted."""
    match = _SYSTEM.match(notes.text, inline.start, inline.end)
    if match and "short_name" not in notes.values:
        notes.values["short_name"] = match[1].strip(" *_")
        start = match.start(1) + len(match[1]) - len(match[1].lstrip(" *_"))
        notes.spans["short_name"] = (start, start + len(notes.values["short_name"]))
    return match is not None


def _note_link_labels(notes: _Notes, candidate: Candidate) -> None:
    """A venue that is the text of a link: `[[EMNLP 2013]](url)`."""
    if "venue" in notes.values or "year" in notes.spans:
        return
    for inline in (*(candidate.cells or (candidate.head,)), *candidate.tail):
        for mark in inline.links:
            label = notes.text[mark.inner_start : mark.inner_end]
            if len(label) >= 50 or not _VENUE_LABEL.search(label):
                continue
            when = find_when(label, known=notes.context.venues, alone=True)
            if when and when.venue and when.year_at and len(label) - (when.end - when.start) < 5:
                _take_when(notes, mark.inner_start, when)
                return


def _note_badges(notes: _Notes, candidate: Candidate) -> None:
    """A venue that stands only in a badge: its text as shown, or the address of a shields.io image."""
    if "venue" in notes.values or not candidate.tail and notes.text.find(_BADGE, *_extent(candidate)) < 0:
        return
    for inline in (*(candidate.cells or (candidate.head,)), *candidate.tail):
        for mark in inline.of("image"):
            if _BADGE in mark.url and _note_badge(notes, mark):
                return


def _extent(candidate: Candidate) -> CharSpan:
    return candidate.block.start, candidate.block.end


def _note_badge(notes: _Notes, mark: Mark) -> bool:
    """A badge of two texts that says where: `Conference-ICML'24`, `ICLR-Paper`; `arXiv-2401.00001` does not."""
    parts = mark.url.split("/badge/", 1)[1].split("?")[0]
    at = mark.url_start + mark.url.index("/badge/") + 7
    pieces = [piece for piece in _BADGE_TEXT.finditer(parts)][:-1]
    texts = [unquote(piece[0]).replace("_", " ").strip() for piece in pieces]
    if len(pieces) < 2 or any(_NUMBER.fullmatch(text) for text in texts):
        return False
    beside_paper = texts[1].casefold() == "paper" and not is_generic(texts[0])
    found = [
        (piece, text, find_when(text, known=notes.context.venues, alone=beside_paper))
        for piece, text in zip(pieces, texts, strict=True)
    ]
    for piece, text, when in sorted(found, key=lambda item: not (item[2] and item[2].year)):
        if when and when.venue and len(text) < 40 and text.casefold() not in _BADGE_LABELS:
            _take_badge(notes, (at + piece.start(), at + piece.end()), text, when)
            return True
    if beside_paper or (texts[1].casefold() == "paper" and texts[0].casefold() == "arxiv"):
        _set(notes, "venue", at, pieces[0].span())
        return True
    return False


def _take_badge(notes: _Notes, place: CharSpan, text: str, when: When) -> None:
    """Note a badge's venue and year; their places only where the address spells them as shown."""
    raw = notes.text[place[0] : place[1]]
    notes.year = when.year
    for key, span in (("venue", when.venue), ("year", when.year_at)):
        shown = text[slice(*span)] if span else ""
        if shown and (at := raw.find(shown)) >= 0:
            notes.spans[key] = (place[0] + at, place[0] + at + len(shown))
        if shown:
            notes.values[key] = shown
