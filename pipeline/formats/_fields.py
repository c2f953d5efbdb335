"""Everything around a title: which text is a nickname, authors, a venue with its year, a date, a link.

A layout finds the title; `describe` reads the rest by what it is, before and behind the title alike, so
that orders of fields need no rules of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import unquote

from pipeline.formats._badges import STATIC_BADGE, PlainBadge, plain_badge, stated
from pipeline.formats._cells import find_attributes, find_status, find_users
from pipeline.formats._cited import (
    Cited,
    find_citation,
    find_cited_name,
    find_people_or_one,
    find_reference,
    find_signature,
)
from pipeline.formats._inline import Inline, Mark, scan
from pipeline.formats._issues import find_issue
from pipeline.formats._keyed import find_key_line, find_keyed
from pipeline.formats._model import Candidate, CharSpan, Context, EntryDraft, LinkDraft, TitleSlot
from pipeline.formats._people import OTHERS, People, are_halves, find_people, is_name
from pipeline.formats._signed import find_signer
from pipeline.formats._when import (
    When,
    expand_year,
    find_dated,
    find_when,
    is_acronym,
    is_known,
    is_venue_label,
    trim,
    venue_like,
)
from pipeline.formats._works import find_marked, find_volume
from pipeline.identifiers import read_url
from pipeline.text import lazy

_LABELS = {
    "authors": re.compile(r"authors?|researchers?|作者|written by|by$", re.I),
    "venue": re.compile(
        r"venues?|conference|journal|publish\w*(?: in| at)?|publication|会议|期刊|发表|source$", re.I
    ),
    "date": re.compile(r"dates?|year|published on|time$|(?:发布|更新)?(?:日期|时间)|年份", re.I),
    "short_name": re.compile(r"name$|model name|short name|简称", re.I),
}
_LABEL = lazy(
    r"(?:[^\w\n\[\](){}<>\"“”'‘`$\\!|:]|_)*+(?:\d+[.)]\s*+)?([^\W\d_][\w /&'-]{0,30}?)(?:\s?\([^()\n]{1,60}+\))?"
    r"[*_]*+\s?[:：][*_]*+(?!//)\s*+"
)
_GENERIC = lazy(
    r"[\W_]*(?:[\d\s.:v]+|paper|pdf|arxiv|abs|link|links?|code|github|git|project(?: ?page)?|page|website|web|site|homepage|home"
    r"|demo|blog|blogpost|video|slides?|data|dataset|model|models|weights|hugging ?face|hf|poster|bib|bibtex|html"
    r"|official|official code|tweet|twitter|youtube|talk|notes?|supp(?:lementary)?|openreview|proceedings?"
    r"|tensorflow|pytorch|tf|torch|keras|(?-i:[Ss]tars?)|repo|resources?|reddit|supplement|appendix|doc|docs|abstract|url"
    r"|论文|代码|项目|主页|阅读笔记|链接|leaderboard|benchmark|colab|unofficial|space|here|read|view|preprint"
    r"|(?:paper )?title|论文(?:标题|题目|名称)|标题|题目|must[- ]read|(?:ar[xX]iv|preprint|journal|conference|workshop|published|extended|full|long|short|camera[- ]ready|open[- ]access|online) version|paper[-_ ](?:arxiv|(?-i:[A-Z]{3,8}|NeurIPS))|paper link|code link|read paper|full paper|download|acl|pmlr|ieee|acm|springer|repository|source|media"
    r")[\W_]*$",
    re.I,
)
_PLACEHOLDER = lazy(r"(?:url|link|xxx+|todo|tbd|tba|none|n/?a|-|\.|\(\)|paper|code|http://|https://)$", re.I)
_FOLDER = lazy(r"[\w.%-]{1,200}(?:/[\w.%-]{1,200})*/?")
_FILE = lazy(
    r"[^\s<>\"|]{1,500}\.(?:pdf|md|html?|ipynb|pptx?|docx?|txt|bib|zip|ps)(?:/?#\S*)?$|\.{0,2}/[\w%.-]", re.I
)
_SYSTEM = lazy(r"([^:\n]{2,120}?)\s*+:\s+[a-z]{4,}s\s")
_PUBLISHED = lazy(r"\b(?:published|accepted|appeared|presented)\s+(?:at|in|to|by)\s+", re.I)
_QUOTES = '"“”„«»「」『』《》'
_AROUND = " \t\r\n.,;:|-–—*_·()[]`\"'>/!（）【】，。；：、"
_VENUE_LABEL = lazy(r"[A-Za-z]{2}[^\n]{0,30}\d\d|\d{4}[^\n]{0,10}[A-Za-z]{2}")
_NAMED = lazy(r"(?=[^\s]*(?:\d|[A-Z][^\s]*[A-Z]|[a-z][A-Z]))[^\s,]{2,24}(?: [^\s,]{1,20}){0,2}")
"""A name of a method or model in parentheses: `(GopherCite)`, `(GPT-2)`; praise is none."""
_YEAR_NEXT = lazy(
    r"(?:[*_]{1,3}|</(?:ins|[iu]|em)>)[,.]?\s?(?:[(（]?(?:19|20)\d\d(?!\d)|vol(?:ume)?\.?\s?\d|\d{1,4}\s?[(:,]\s?\d|\d{1,4},\s?pp?\.)",
    re.I,
)
"""What follows the name of a venue: its year, or the volume of a journal."""
_VOLUME = lazy(
    r"(?:\W|\d|\b(?:vol(?:ume)?|no|number|issue|pp?|pages?|art(?:icle)?|e\d+|doi|suppl|[A-Z]\d+)\b){1,60}+",
    re.I,
)
"""What stands between a journal and its year: `vol. 18, no. 2, pp. 99-132`."""
_SPACES = lazy(r"(?<=[\w.]) (?=\w)")
_NOISE = lazy(r"[\W_\d]*$")
_DATED_TAIL = lazy(r"\s*+[(（【]([^()（）【】\n]{2,80}+)[)）】][\s*_.\"”\[]*$")
_SENTENCE_BEHIND = lazy(r"[.?!,][*_]{0,3}\s+(?=[A-Z][^\n]{1,60}(?:\b(?:19|20)|['’ ])\d\d(?!\d)[^\n]{0,40}$)")
"""What ends a title before a venue with its year in the same style: `**Title. ICML 2020**`."""
_STATES = frozenset(
    (
        "",
        "under review",
        "pending review",
        "in submission",
        "accepted",
        "to appear",
        "workshop",
        "oral",
        "poster",
        "spotlight",
        "paper",
        "conference paper",
    )
)
_DASHED_LEAD = lazy(
    r"(?P<year>(?:19|20)?\d\d)\s?[-–_]\s?(?P<venue>[A-Z][A-Za-z&]{1,14}(?:[ /][A-Z]{2,8}|[-_](?:[A-Z]{2,8}|W)(?=\s[-–]\s))?)\s?[-–_]\s?(?=[\"“*_]*\w)"
)
_DASHED_TAIL = lazy(
    r"\s+[-–—]\s?(?P<venue>[A-Za-z](?:[^\n–—-]|(?<=\w)-(?=\w)){1,60}?)\s?[-–—]\s?(?P<year>(?:19|20)\d\d)\s*$"
)
"""A venue and a year with dashes before them that close a title: `Deep Image Matting - CVPR - 2017`."""
_NAME_DASHED = lazy(r"(?P<name>[A-Z][^\s–—]{1,20}(?: [^\s–—]{2,20})?) - (?=\S+ \S)")
_AT = lazy(r"\s?\(@[^\W\d_][^()@\n]{1,60}\)\s*$")
"""Where the work was done, behind a title: `Efficient Memory Management ...(@UC Berkeley etc)`."""
_DATE_TAIL = lazy(r"\s++((?:19|20)\d\d-(?:0\d|1[0-2])(?:-[0-3]\d)?)[\s*_.]*$")
"""A date behind a title, in the same style: `**A Survey of Text Generation 2020-10-09**`."""
_IN_CHINESE = lazy(r"(?<=[\x21-\x7e])\s*+[(（](?=[^()（）\n]*[\u4e00-\u9fff])[^()（）\n]{2,120}+[)）][\s.]*$")
"""What a Chinese list says behind an English title: `PolyFormer: ... Polygon Generation (将图像分割表述为...)`."""
_SERVER = lazy(r"\W*(?:ar|bior|medr|psyar|chemr)xiv\W*|\W*(?:ssrn|preprint)\W*", re.I)
_LETTERS = lazy(r"[A-Z][^\W\d_]|[^\W\d_][A-Z]")
_REMARK = lazy(
    r"(?<=\d)\s?[,;]\s?[^,;]*\bcit(?:ations?|ed)\b[^,;]*+$|(?<=\d)\s?[,;]\s?(?:oral|spotlight|poster|highlight|best paper[^,;]*+)$",
    re.I,
)
"""What may stand behind the year of a paper: `(KDD 2016, 900+ citations)`."""
_BAR = lazy(r"\s\|{1,2}\s")
_DATED = frozenset(("venue", "year", "date"))
_SHORT_CELL = 80
"""Cells of dates and venues up to this length return from row to row."""
_DAY = lazy(r"(\*\*)?+((?:19[5-9]|20[0-4])[0-9]-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))(?(1)\*\*)")
_BADGE_LABELS = frozenset(("conference", "publish", "published", "venue", "journal", "paper"))
_BADGE_TEXT = lazy(r"(?:[^-]|--)++")
_FULL_YEAR = lazy(r"(?:19|20)\d\d(?:[./-](?:0?[0-9]|1[0-2]))?")
"""A year, perhaps with its month, which is `00` where that is not known."""
_MONTH_ONLY = lazy(r"(?:19[5-9]|20[0-4])\d[./-](?:0[1-9]|1[0-2])")
_NO_LINK = lazy(r"\W*no (?:link|paper|pdf|url)\W*", re.I)
_SHORT_VENUE = lazy(r"[A-Z]{2,}\w*(?:[ _-][A-Z]\w*){0,3}")
_NUMBER = lazy(r"[\d.]+(?:v\d)?")
_DATED_NAMES = lazy(
    r"\W*(?P<names>[A-Z][\w'’-]+(?:,? (?:and|&) [A-Z][\w'’-]+)?\.?)\s*[-–—]\s*(?P<year>(?:19|20)\d\d)\s*[-–—:]?[\s*_]*"
)
_KEY = lazy(
    r"(?P<names>[A-Z][\w'’-]{1,20}(?:,? (?:and|&) [A-Z][\w'’-]{1,20})?)(?P<al>,? ?\bet\.? ?a[lt]\b\.?)?,? (?P<year>(?:19|20)\d\d)[a-z]?"
)
_DATED_PEOPLE = lazy(
    r"(?P<y1>(?:19|20)\d\d), (?P<n1>[A-Z][^()\d]{3,400})|(?P<n2>[A-Z][^()\d]{3,400}), (?P<y2>(?:19|20)\d\d)"
)
_AND = lazy(r",? (?:and|&) ")
_VOLUME_BEFORE = lazy(r"[a-z]{4}\s\d{1,3}\s?$")
_ISSUE = lazy(r"(?<![\d./])\d{1,4}\.\s?\d{1,3}\s?$")
_NAMED_BEFORE = lazy(
    r"\b(?:Conference|Symposium|Workshop|Transactions|Journal|Proceedings|Privacy|Meeting|Letters|Congress|Advances in)\b(?:[^.,;:()|]|, (?=and ))*+$"
    r"|\b(?:Int|Symp|Conf|Trans|Proc)\.[^,;:()|]*+$"
)
_INITIAL_WITHIN = lazy(r"(?:^|\s)[A-Z]\. ")
_SERIES = lazy(r"\W*(?:Proceedings of Machine Learning Research|Lecture Notes in|PMLR|CEUR)")
_PROCEEDINGS = lazy(r"\b(?:Proceedings|Conference|Transactions|Journal|Symposium|Workshop)\b")
_SHORT_MONTH = lazy(r"\s*(1[5-9]|2\d)\.(0[1-9]|1[0-2])\s*")
"""A month in a column of dates: `20.10`."""
_YEAR_ONLY = lazy(r"(?:19|20)\d\d")
_YEAR_LAST = lazy(r"\s[-–—]\s+((?:19|20)\d\d)\s*$")
"""A year behind a remark and a dash: `[Title](url) - Slope One explained. - 2007`."""
_YEAR_GLUED = lazy(r"\s(?:19|20)\d\d$")
"""A year behind the last of the names, with nothing between: `Devi Parikh, Dhruv Batra 2017`."""
_YEAR_BEHIND = lazy(r"\s?(?:19|20)\d\d\b")
_TRACK_BEHIND = lazy(
    r"(?:[ ,]{1,2}\(?|\()(Findings|(?-i:[Ww]orkshop on [A-Z][\w-]*+(?: (?:and|for|of|in|on|&)(?: the)?(?= [A-Z])| [A-Z][\w-]*+){0,9})"
    r"|(?:(?-i:[A-Z]\w*[A-Z\d]\w*(?: [A-Z]\w+){0,2}) )?Workshops?(?:(?-i: [A-Z]{2,}[\w-]*+)(?=[ )`*_]*+(?:$|\[)))?|(?-i:[A-Z][a-z]+ Track(?=\)))|(?-i:(?:[A-Z][\w-]+ (?:(?:and|for|of|in|on|&) )?){2,6}Workshop(?=\W*$|[`)\]*_]))|Posters?|Orals?|Spotlights?|Highlights?|Demos?|Tutorials?|(?-i:WS)|Submissions?|Companion|Industry|(?:Long|Short)(?: Papers?)?"
    r"|Main|(?:D&B|(?:Datasets? (?:and|&) )?Benchmarks?(?: (?:and|&) Datasets?)?)(?: Track)?)\b(?!\s+(?-i:[a-z]))",
    re.I,
)
_SERIES_BEHIND = lazy(r"\s\(([A-Z][A-Za-z]{1,9}) ?['’‘]\d\d\)")
"""The short name of a conference behind its year: `Proceedings of The Web Conference 2020 (WWW '20)`."""
_BEFORE_ADDRESS = lazy(r"(?P<name>[^\W_][^\n]{0,300}?)\s?(?:[:：]|\s[-–—]|\s\[)\s{0,2}")
_SHORT_NAME = lazy(r"[^\s:：\[\](){}]{2,24}(?:,? [^\s:：\[\](){}]{1,24}){0,2}")
_CODED_WORD = lazy(r"[^\W_]\S*[A-Z\d]")
_NAMELESS = lazy(r"unnamed|untitled|unknown|no ?name|none|n/?a|tb[ad]", re.I)
_NO_WORDS = lazy(r"[\W\d_]{0,16}+")
_SURNAMES = lazy(
    r"([A-Z][\w'’-]+) (?:and|&) ([A-Z][\w'’-]+)(?=,? [A-Z(][^\n]{0,40}(?:19|20)\d\d|,? \(?(?:19|20)\d\d)"
)
_TWO_SURNAMES = lazy(r"([A-Z][\w'’-]+) (?:and|&) ([A-Z][\w'’-]+)(?=\.(?:\s|$))")
_ONE_WORD = lazy(r"([A-Z][^\W\d_]+(?:-[A-Z][^\W\d_]+)?)\.\s*")
_TAG_FIRST = lazy(r"\s*+【([^【】\n]{1,60}+)】\s*+(?=\S)")
_VENUE_GLUED = lazy(
    r"\s++(?:(?P<venue>[A-Za-z][\w&-]{1,14}) ?['’](?P<year>\d\d)|(?P<first>\d\d)?(?P<server>ar[xX]iv))\s*+$"
)
"""A venue that closes a title without any sign before it: `Proteus: agile ML elasticity Eurosys'17`."""
_WITHIN = lazy(r"\s(?:the|of|in|on|at|from|for|to|and|with|by|an?|using|via|behind|beyond)\s$", re.I)
"""What a title never ends with: a venue behind it belongs to the title (`The Structure of arXiv`)."""
_PREPRINT = lazy(
    r"[\[\s]*+(?P<server>(?:ar|bior|medr|chemr|psyar)xiv)(?:\s?:\s?|\s)\d{4}\.[\d.]{4,}(?:v\d+)?[\]\s]*+",
    re.I,
)
"""A server and the number of a preprint, as a link's text: `arXiv:1706.03762`, `bioRxiv 2023.06.21.545880`."""
_LINK_LABEL = lazy(r"\blink\s?[:：][\s*_\[]*$", re.I)
"""What says that the text behind it is the name of a link: `Paper Link: [arXiv 1706.03762](url)`."""
_LABEL_VOLUME = lazy(r"(?<=[a-z])\s\d{1,3}(?:\.\s?\d{1,3})?[\s\]]*$")
"""The volume, perhaps with the issue, behind a journal that a link is called by: `Patterns 1.9`."""
_FULL_NAME = lazy(
    r"\s?\([^()\n]{3,80}\)\s?[:：]\s?(?=[^\W\d_][\w'’ .&-]{1,60},? (?:et al\.?,? )?\(?(?:19|20)\d\d\)?\s*$)"
)
_SIGNS_LAST = lazy(r"(?:\s+:[a-z][a-z0-9_+-]{1,40}+:)++\s*$")
"""Signs by their names behind a title: `... Language Processing :star:`."""
_TAG_LAST = lazy(r"\s*+【([^【】\n]{1,60}+)】[\s.]*$")
_YEAR_IN_PARENS = lazy(r".?\s?\((?:19|20)\d\d\)")
_ENDS_LINE = lazy(r"[*_.,\s]{0,4}(?:\n|$)")
_PLACE = lazy(
    r"\b(?:Universit\w+|Institut\w*|Labs?|Laborator\w+|Research|College|School|Group|Team|Inc|AI|DeepMind|Google|OpenAI"
    r"|Facebook|Meta|Microsoft|Nvidia|Anthropic|Alibaba|Tencent|Baidu|Huawei|Amazon|Apple|CMU|MIT|UC)\b",
    re.I,
)
"""Where people work."""
_NOBODY = frozenset(
    "anonymous various unknown several team none google microsoft meta facebook anthropic amazon apple alibaba tencent baidu"
    " huawei bytedance mistral cohere salesforce ibm intel deepseek".split()
)
"""One word that stands where authors do and is nobody's surname."""
_PROSE_LABELS = frozenset(("abstract", "summary", "tldr", "tl;dr", "摘要"))
_PRAISE = lazy(
    r"(?:(\S{2,40})[^()\n]{0,80}\b(?:winners?|\d(?:st|nd|rd|th)[- ]place|runner[- ]up)|\d(?:st|nd|rd|th)[- ]place)\b",
    re.I,
)
"""What a title may have won: `(VizDoom 2016 Full DM Winner)`."""
_AND_LAST = lazy(r", (?:and|&) \S+$")
_CAPITALS = lazy(r"[A-Z]{2}")
_BETWEEN_SURNAMES = lazy(r"\s*,\s*(?:(?:and|&)\s+)?|\s+(?:and|&)\s+")
_ENDS = lazy(r"\s*(?:[.,;|(\[]|$)")
_LABEL_ASIDE = lazy(r"\([^()]*+\)|\s[-–—:|]\s.*+$")
_LABEL_NOISE = lazy(r"[\W\d_]++")
_COUNTER = lazy(r"\W*(?:\d+|[ivx]+)\W*$")


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
    outer: CharSpan = (-1, -1)
    """The place of the title with its markup."""


def is_generic(label: str, learned: frozenset[str] = frozenset()) -> bool:
    """Whether a link's label only says what kind of thing it leads to (`Paper`, `Code`, `2310.05470`).

    `learned` are the labels of this list, folded by `fold_label`.
    """
    if len(label) >= 40:
        return False
    return _GENERIC.match(label) is not None or (bool(learned) and fold_label(label) in learned)


def before_address(head: Inline) -> CharSpan | None:
    """The text that opens an entry, where the bare address of a paper stands behind it: `MelNet: https://...`."""
    first = head.links[0] if head.links else None
    if first is None or not first.is_bare or first.start - head.start > 320:
        return None
    match = _BEFORE_ADDRESS.fullmatch(head.text, head.start, first.start)
    if match is None or not (read_url(first.url).role == "paper" or first.url.endswith(".pdf")):
        return None
    return match.span("name")


def is_short_name(text: str) -> bool:
    """Whether a text is what a system is called: one word, or up to three with one like `FFTNet` or `Speech2`."""
    if _SHORT_NAME.fullmatch(text) is None:
        return False
    return " " not in text or any(_CODED_WORD.match(word) for word in text.split())


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
        or ("/" in url and _FOLDER.fullmatch(url) is not None)
    )


def clean_title(text: str) -> str:
    """A title as a person would quote it: no quotes around it, no final period."""
    text = text.strip().rstrip(",;:|")
    if text[:1] == "‘" and text.rstrip(".,")[-1:] == "’":
        text = text.rstrip(".,")[1:-1]
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
    if text[start : start + 1] == "‘" and text[start:end].rstrip(" .,;").endswith("’"):
        start, end = start + 1, start + len(text[start:end].rstrip(" .,;")) - 1
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
    notes = _Notes(candidate.head.text, context, outer=slot.outer)
    lone = "before" in context.people
    named = slot.people_first or slot.name
    cited = None if named else find_citation(notes.text, slot.start, slot.end, lone=lone)
    if cited:
        slot = replace(slot, start=cited.title[0], end=cited.title[1])
        _note_names(notes, cited.people, cited.names)
    slot = _before_mark(notes, _holder(candidate, slot), slot)
    _note_title(notes, _holder(candidate, slot), slot, in_cell=bool(candidate.cells))
    if not (candidate.cells or slot.name or cited):
        _note_reference(notes, candidate.head, slot)
    if not (candidate.cells or cited):
        slot = _with_lines_beside(notes, candidate.head, slot)
    inlines = candidate.opening
    for inline, role in zip(inlines, roles or ("",) * len(inlines), strict=False):
        _read_cell(notes, inline, role, slot)
    _note_cited(notes, cited, inlines, roles)
    for inline in candidate.tail:
        if "below" in context.people and not notes.authors:
            _note_lone_name(notes, inline)
        if not (
            _note_signature(notes, inline) or _note_system(notes, inline) or _note_attributes(notes, inline)
        ):
            _read_segments(notes, inline, slot)
    linked = [inline for inline in (*inlines, *candidate.tail) if inline.links]
    for inline in linked:
        _note_linked_people(notes, inline, slot)
    if not _note_keyed(notes, linked):
        _note_link_labels(notes, candidate.head, linked, slot)
    _note_badges(notes, candidate)
    _note_date_badge(notes, candidate)
    return _draft(notes, slot, links_of(linked))


def describe_plain(
    text: str,
    slot: TitleSlot,
    context: Context,
    cells: Iterable[tuple[str, CharSpan]],
    links: tuple[LinkDraft, ...],
) -> EntryDraft:
    """As `describe`, for a row whose title fills `slot` and whose links say nothing but where they lead.

    `cells` are the role and place of those that say more; each is plain or bold text, nobody cited in it,
    that of the authors plain.
    """
    notes = _Notes(text, context, outer=slot.outer)
    notes.values["title"], notes.spans["title"] = text[slot.start : slot.end], (slot.start, slot.end)
    for role, (start, end) in cells:
        if role in ("venue", "date") and end - start <= _SHORT_CELL and _DATED.isdisjoint(notes.values):
            _take_dated_cell(notes, start, text[start:end], role == "venue")
        elif role == "authors":
            _read_authors_cell(notes, Inline(text, start, end, (), ()))
        else:
            _read_cell(notes, scan(text, start, end), role, slot)
    return _draft(notes, slot, links)


def _with_lines_beside(notes: _Notes, head: Inline, slot: TitleSlot) -> TitleSlot:
    """The same title, whose authors and year are noted from the line above it, or that below in a list that has them
    there: then the title takes up that and the prose behind it.
    """
    if signer := find_signer(head):
        _note_names(notes, signer.people, signer.names)
        _note_year(notes, signer.year)
    key = find_key_line(head, slot.outer[1]) if "line" in notes.context.people else None
    if key is None:
        return slot
    notes.authors, notes.et_al, notes.year = key.people.names, key.people.et_al, key.year
    if key.names and key.year_at:
        notes.spans["authors"], notes.spans["year"] = key.names, key.year_at
    return replace(slot, outer=(slot.outer[0], head.end))


def _before_mark(notes: _Notes, head: Inline, slot: TitleSlot) -> TitleSlot:
    """The same title without the mark that says what kind of work it is (`[J]`); the venue behind that is noted."""
    work = None if slot.name else find_marked(notes.text, slot.start, slot.end, head.end)
    if work is None:
        return slot
    if work.venue and work.year:
        _set(notes, "venue", 0, work.venue)
        _note_year(notes, work.year)
    return replace(slot, end=work.title_end)


def _note_reference(notes: _Notes, head: Inline, slot: TitleSlot) -> None:
    """What the line before a title, or the one behind it, says if it is a whole reference."""
    begin = slot.outer[1]
    while begin < head.end and notes.text[begin].isspace():
        begin += 1
    line = notes.text.find("\n", begin, head.end)
    for start, end in ((head.start, slot.outer[0]), (begin, line if line >= 0 else head.end)):
        found = find_reference(notes.text, start, end)
        if found:
            _note_names(notes, found.people, found.names)
            if found.venue:
                _set(notes, "venue", 0, found.venue)
            _set(notes, "year", 0, found.year)
            notes.year = int(notes.values["year"])
            return


def _note_year(notes: _Notes, place: CharSpan) -> None:
    """Note a year of four digits, unless one is known."""
    if notes.year is None:
        _set(notes, "year", 0, place)
        notes.year = int(notes.values["year"])


def _note_signature(notes: _Notes, inline: Inline) -> bool:
    """Note the authors of a line that names them with a year or the place where they work, and nothing else."""
    if notes.authors or inline.links or inline.end - inline.start > 300:
        return False
    signed = find_signature(notes.text, inline.start, inline.end)
    if signed is None or _is_venue(signed.people):
        return False
    _note_names(notes, signed.people, signed.names)
    if signed.year:
        _note_year(notes, signed.year)
    return True


def _holder(candidate: Candidate, slot: TitleSlot) -> Inline:
    """The scanned text the title stands in: a cell of a row, or the head."""
    for cell in candidate.cells:
        if cell.start <= slot.start < cell.end:
            return cell
    return candidate.head


def _read_cell(notes: _Notes, inline: Inline, role: str, slot: TitleSlot) -> None:
    if role in ("", "title") or inline.start <= slot.start < inline.end:
        if inline.start < slot.outer[0] or slot.outer[1] < inline.end:
            _read_segments(notes, inline, slot)
    elif role == "authors":
        _read_authors_cell(notes, inline)
    elif role in ("venue", "date"):
        _read_dated_cell(notes, inline, role == "venue")
    elif role == "name":
        _read_name_cell(notes, inline)
    elif role in ("comment", "status"):
        _read_comment_cell(notes, inline)
        if role == "status" and (status := find_status(notes.text[inline.start : inline.end])):
            _take_when(notes, inline.start + status[0], status[1])


def _read_authors_cell(notes: _Notes, inline: Inline) -> None:
    text = notes.text[inline.start : inline.end]
    people = None if inline.marks else find_users(text)
    if people is None:
        if _note_people(notes, inline.start, inline.end, sure=True) > inline.start or inline.marks:
            return
        people = find_people_or_one(text)
    if people:
        _note_names(notes, people, (inline.start + people.start, inline.start + people.end))


def _read_name_cell(notes: _Notes, inline: Inline) -> None:
    """A nickname: the text of the cell's link, else its first text that is no image, without a citation behind it."""
    start, end = name_place(inline)
    cited = find_cited_name(notes.text, start, end)
    end = cited.end if cited else end
    text = inline.plain(start, end)
    if "short_name" in notes.values or _NOISE.match(text):
        return
    _note_name(notes, Segment(start, end, "", None))
    if "short_name" in notes.values:
        notes.values["short_name"] = inline.plain(*notes.spans["short_name"])


def name_place(inline: Inline) -> CharSpan:
    """Where in a cell its name stands: the text of a link, else the first text between images and line breaks."""
    if not inline.marks:
        return inline.start, inline.end
    for mark in inline.links:
        text = inline.plain(mark.inner_start, mark.inner_end)
        if not mark.is_bare and text and not is_generic(text):
            return mark.inner_start, mark.inner_end
    at = inline.start
    for mark in inline.marks:
        if mark.kind in ("image", "break", "link") and mark.start >= at:
            if not _NOISE.match(inline.plain(at, mark.start)):
                return at, mark.start
            at = mark.end
    return at, inline.end


def _read_comment_cell(notes: _Notes, inline: Inline) -> None:
    """A remark may say where a paper was accepted: `12 pages, accepted to ICML 2024`; other venues in it are prose."""
    for published in _PUBLISHED.finditer(notes.text, inline.start, inline.end):
        stop = min(inline.end, published.end() + 120)
        if (tag := notes.text.find("<", published.end(), stop)) >= 0:
            stop = tag
        when = find_when(notes.text[published.end() : stop], known=notes.context.venues, alone=True)
        if when and when.venue and when.start < 12:
            venue = notes.text[published.end() :][slice(*when.venue)]
            if when.year or is_known(venue):
                _take_when(notes, published.end(), when)
                return


def _note_names(notes: _Notes, people: People, place: CharSpan) -> None:
    if not notes.authors:
        notes.authors, notes.et_al = people.names, people.et_al
        notes.spans["authors"] = place


def _note_cited(notes: _Notes, cited: Cited | None, inlines: Sequence[Inline], roles: Sequence[str]) -> None:
    """What citations say that no field of its own does: names and year behind a nickname, venue behind a title."""
    if cited:
        if cited.year and notes.year is None:
            notes.year = int(notes.text[slice(*cited.year)])
            notes.spans["year"] = cited.year
        if "venue" not in notes.values:
            rest = scan(notes.text, *cited.rest)
            for segment in segments(rest, (-1, -1)):
                _note_when(notes, segment.start, segment.end, alone=True)
    if "name" not in roles:
        return
    for inline, role in zip(inlines, roles, strict=False):
        named = find_cited_name(notes.text, *name_place(inline)) if role == "name" else None
        if named:
            _note_names(notes, named.people, named.names)
            if named.year and notes.year is None and notes.date_year is None:
                notes.year = int(notes.text[slice(*named.year)])
                notes.spans["year"] = named.year


def _read_dated_cell(notes: _Notes, inline: Inline, venues: bool) -> None:
    """Note what a cell of a venue or date column says. Such cells are short and return from row to row."""
    plain = not inline.marks or (
        len(inline.marks) == 1 and inline.marks[0].kind in ("bold", "italic", "code")
    )
    if not plain or inline.end - inline.start > _SHORT_CELL or not _DATED.isdisjoint(notes.values):
        _note_dated_cell(notes, inline, venues)
        return
    _take_dated_cell(notes, inline.start, inline.text[inline.start : inline.end], venues)


def _take_dated_cell(notes: _Notes, at: int, text: str, venues: bool) -> None:
    read = _dated_cell(text, venues, notes.context)
    notes.values.update(read.values)
    notes.year, notes.date_year = read.year, read.date_year
    for key, (start, end) in read.spans.items():
        notes.spans[key] = (start + at, end + at)


@lru_cache(maxsize=4096)
def _dated_cell(text: str, venues: bool, context: Context) -> _Notes:
    notes = _Notes(text, context)
    if day := _DAY.fullmatch(text):  # what most such cells of large tables hold
        notes.values["date"], notes.spans["date"] = day[2], day.span(2)
        notes.date_year = int(day[2][:4])
        return notes
    _note_dated_cell(notes, scan(text, 0, len(text)), venues)
    return notes


def _note_dated_cell(notes: _Notes, inline: Inline, venues: bool) -> None:
    if not venues and (month := _SHORT_MONTH.fullmatch(notes.text, inline.start, inline.end)):
        notes.date_year = expand_year(month[1])
        _set(notes, "date", 0, (month.start(1), month.end(2)))
    if venues and not inline.marks and (volume := find_volume(notes.text[inline.start : inline.end])):
        if "venue" not in notes.values:
            notes.values["venue"] = volume[0]  # with its years inside it has no place of its own
            _note_year(notes, (inline.start + volume[1][0], inline.start + volume[1][1]))
        return
    for segment in segments(inline, (-1, -1)):
        _note_when(notes, segment.start, segment.end, alone=venues)
        if venues:
            _note_bare_venue(notes, segment)


def _note_bare_venue(notes: _Notes, segment: Segment) -> None:
    """In a venue's own column any short text is a venue."""
    start, end = trim(notes.text, segment.start, segment.end)
    at = notes.spans["year"][0] if "year" in notes.spans else -1
    free = "venue" not in notes.values and not segment.start <= at < segment.end
    when = find_when(notes.text[start:end]) if free else None
    if when and when.date_at and when.venue is None:
        return  # `May, 2023` in a column of venues and dates
    longest = 150 if _NAMED_BEFORE.search(notes.text[start:end] + " ") else 60
    if free and 1 < end - start < longest and not _NOISE.match(notes.text[start:end]):
        _set(notes, "venue", 0, (start, end))


def dashed_lead(text: str, start: int, end: int) -> re.Match[str] | None:
    """The year and the venue with dashes behind them that open a title: `16-ATC-Design Guidelines for ...`."""
    lead = _DASHED_LEAD.match(text, start, end)
    return lead if lead and is_known(lead["venue"], preprints=True) else None


def dashed_tail(text: str, begin: int, end: int, known: frozenset[str]) -> re.Match[str] | None:
    """The venue and the year with dashes before them that close a title: `Title - CVPR - 2018`."""
    tail = _DASHED_TAIL.search(text, begin, end) if text[end - 1].isdigit() else None
    if tail is None or not (is_known(tail["venue"], preprints=True) or venue_like(tail["venue"], known)):
        return None
    return tail


def _past_name(notes: _Notes, start: int, stop: int) -> int:
    """Where a title starts behind its nickname and a dash, which is noted: `GrabCut - Interactive Foreground ...`."""
    named = _NAME_DASHED.match(notes.text, start, stop)
    if named:
        _note_name(notes, Segment(*named.span("name"), "", None))
    return named.end() if named else start


def _note_title(notes: _Notes, head: Inline, slot: TitleSlot, *, in_cell: bool) -> None:
    if not slot.name and (lead := dashed_lead(notes.text, slot.start, slot.end)):
        slot = replace(slot, start=lead.end())
        _take_when(notes, 0, When(0, 0, lead.span("venue"), expand_year(lead["year"]), lead.span("year")))
    stop = slot.end
    begin = max(slot.start + 3, slot.end - 100)
    if notes.text[stop - 1] in ": " and (signs := _SIGNS_LAST.search(notes.text, begin, stop)):
        stop = signs.start()
        slot = replace(slot, end=stop)
    if not slot.name and (closing := dashed_tail(notes.text, begin, stop, notes.context.venues)):
        slot = replace(slot, start=_past_name(notes, slot.start, closing.start()), end=closing.start())
        stop = slot.end
        year = expand_year(closing["year"])
        _take_when(notes, 0, When(0, 0, closing.span("venue"), year, closing.span("year")))
    closed = any(notes.text.find(sign, begin, slot.end) >= 0 for sign in ")）】")
    tail = _DATED_TAIL.search(notes.text, begin, slot.end) if closed else None
    if tail and not slot.name:
        stop = _before_parens(notes, tail) or stop
    if tail is None and not slot.name:
        stop = _before_date(notes, begin, stop)
        if sentence := venue_sentence(notes.text, begin, stop):
            stop = _before_date(notes, begin, sentence[0])
            _take_when(notes, *sentence[1:])
        stop = _before_venue(notes, begin, stop)
    if closed:
        stop = _before_asides(notes, slot.start + 3, begin, stop)
    stop = _before_tags(notes, head, slot.start, stop, in_cell=in_cell)
    start, end = title_span(notes.text, slot.start, stop)
    title = clean_title(head.plain(slot.start, stop).rstrip("([ "))
    while start < end and notes.text[end - 1] in "([ \t":
        end -= 1
    if title and start < end:
        key = "short_name" if slot.name else "title"
        notes.values[key] = title
        notes.spans[key] = (start, end)


def _before_asides(notes: _Notes, first: int, begin: int, stop: int) -> int:
    """Where a title ends behind which it stands in Chinese, or its nickname in a tag, or where the work was done."""
    if chinese := _IN_CHINESE.search(notes.text, max(first, stop - 140), stop):
        stop = chinese.start()
    if tag := _TAG_LAST.search(notes.text, begin, stop):
        stop = tag.start()
        _note_alias(notes, tag)
    place = _AT.search(notes.text, begin, stop)
    return place.start() if place else stop


def _note_alias(notes: _Notes, tag: re.Match[str]) -> None:
    """Note the nickname that opens the tag behind a title: `【PromptBERT, more data】`."""
    named = _NAMED.match(tag[1])
    if named and tag[1][named.end() : named.end() + 1] in ("", ",", "，") and not is_known(named[0]):
        _note_name(notes, Segment(tag.start(1), tag.start(1) + named.end(), "bracket", None))


def _before_parens(notes: _Notes, tail: re.Match[str]) -> int:
    """Where a title ends with parentheses behind it that hold a year, a venue, which are noted, or a state; else 0."""
    when = find_dated(tail[1], known=notes.context.venues, alone=True)
    if when and when.venue and when.year_at and ";" in tail[1][when.venue[1] : when.year_at[0]]:
        when = when if is_known(tail[1][slice(*when.venue)]) else replace(when, venue=None)  # `(TRPO; 2015)`
    if when and when.year_at and _is_only_when(tail[1], when):
        _take_when(notes, tail.start(1), replace(when, venue=None) if notes.context.places else when)
        return tail.start()
    return tail.start() if tail[1].casefold() in _STATES else 0


def _before_tags(notes: _Notes, head: Inline, start: int, stop: int, *, in_cell: bool) -> int:
    """Where a title ends that has tags of this list in code behind it (``Federated Graphs **`kg.`** ``), or in a
    cell its nickname, which is then noted.
    """
    for mark in reversed(head.marks):
        if mark.kind != "code" or not start < mark.start < stop or notes.text[mark.end : stop].strip(" *_"):
            continue
        text = notes.text[mark.inner_start : mark.inner_end]
        named = in_cell and _NAMED.fullmatch(text) is not None
        if named:
            notes.values["short_name"], notes.spans["short_name"] = text, (mark.inner_start, mark.inner_end)
        if named or text.casefold() in notes.context.tags:
            stop = start + len(notes.text[start : mark.start].rstrip(" *_"))
    return stop


def _before_date(notes: _Notes, begin: int, stop: int) -> int:
    """Where a title ends that has a date behind it, which is then noted; else `stop`."""
    dated = _DATE_TAIL.search(notes.text, begin, stop)
    if dated:
        _take_when(notes, dated.start(1), When(0, 0, None, int(dated[1][:4]), None, (0, len(dated[1]))))
    return dated.start() if dated else stop


def _before_venue(notes: _Notes, begin: int, stop: int) -> int:
    """Where a title ends with nothing but a blank between it and a venue that it is no sentence with, which is noted."""
    glued = _VENUE_GLUED.search(notes.text, begin, stop)
    if glued is None or _WITHIN.search(notes.text, max(begin, glued.start() - 8), glued.start() + 1):
        return stop
    venue = glued.span("venue" if glued["venue"] else "server")
    if not is_known(notes.text[slice(*venue)], preprints=True):
        return stop
    place = next((glued.span(name) for name in ("year", "first") if glued[name]), None)
    year = expand_year(notes.text[slice(*place)]) if place else None
    _take_when(notes, 0, When(0, 0, venue, year, place))
    return glued.start()


def venue_sentence(text: str, begin: int, stop: int) -> tuple[int, int, When] | None:
    """The venue and year that are the last sentence of a title: `... Federated Optimization. ICML 2020.`

    Where the title ends, where what was found begins, and what. Only a venue that publishes papers will do.
    """
    for sentence in _SENTENCE_BEHIND.finditer(text, begin + 9, stop):
        rest = text[sentence.end() : stop]
        when = find_when(rest, alone=True)
        if when is None or when.venue is None or when.year_at is None or when.start > 0:
            continue
        behind = _TRACK_BEHIND.match(rest, when.end)
        said = rest[behind.end() if behind else when.end :].strip(" .,*_()").casefold()
        if when.venue[0] < when.year_at[0] and is_known(rest[slice(*when.venue)]) and said in _STATES:
            return sentence.start() + (sentence[0][0] in "?!"), sentence.end(), when
    return None


def _is_only_when(text: str, when: When) -> bool:
    """Whether parentheses hold a year, or a venue before its year, and not a part of the title."""
    said = _REMARK.sub("", text)
    rest = len(said) - (when.end - when.start)
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
        slot.weight * (0.25 + 0.25 * min(3, evidence)) if "title" in values or "short_name" in values else 0.0
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
        elif not (_note_key(notes, segment) or _note_last_year(notes, segment)):
            _anywhere(notes, _behind_full_name(notes.text, segment, slot))


def _behind_full_name(text: str, segment: Segment, slot: TitleSlot) -> Segment:
    """The same stretch without what a name stands for, where whom to cite for it follows: `(Expert Iteration): Anthony et al, 2017`."""
    if segment.start != slot.outer[1] or text.find("(", segment.start, segment.start + 3) < 0:
        return segment
    found = _FULL_NAME.match(text, segment.start, segment.end)
    return replace(segment, start=found.end()) if found else segment


def segments(inline: Inline, taken: CharSpan) -> list[Segment]:
    """The stretches of text outside of title, links and images, split where the style changes."""
    found: list[Segment] = []
    at, label = inline.start, _line_label(inline, inline.start, taken)
    if not inline.marks and not inline.cuts and not inline.start <= taken[0] < inline.end:
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
    found += [
        (*cut, "skip")
        for cut in inline.cuts
        if inline.text[cut[0]] in "<~"
        and not inline.text.startswith(("<sup>", "</sup>"), cut[0])
        and not taken[0] <= cut[0] < taken[1]
    ]
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


_ET_AL_NEXT = lazy(r"[*_]{0,2}(?:et|el)\.?\s?al\b\.?[*_]{1,2}", re.I)
_ET_AL_BEHIND = lazy(r"[ \t]*,?[ \t]*et\.? ?al\b")


_IN_YEAR = lazy(r"\bIn (?:19|20)\d\d [A-Z\d][^()\n]{4,150}+$")


def _is_slot(inline: Inline, mark: Mark) -> bool:
    """Whether parentheses hold a venue or a date and not an aside; quotes never do."""
    inside = inline.text[mark.inner_start : mark.inner_end]
    if _YEAR_ONLY.fullmatch(inside) and (
        _ISSUE.search(inline.text, max(0, mark.start - 12), mark.start)
        or _VOLUME_BEFORE.search(inline.text, max(0, mark.start - 12), mark.start)
        or inline.text[mark.start - 1 : mark.start].isalpha()
    ):
        return False  # `IEEE Transactions on Robotics 27.3 (2016)`, `OpenAI(2023)`
    if inside.isdigit() and len(inside) < 4 and inline.text[mark.start - 1 : mark.start].isdigit():
        return False  # the issue behind a volume: `ACM Queue 16(1), 2018`
    if inside.isalpha() and _YEAR_BEHIND.match(inline.text, mark.end):
        return False  # a series behind its venue: `SIGGRAPH Asia (TOG) 2021`
    if inside.isalpha() and _IN_YEAR.search(inline.text, max(inline.start, mark.start - 180), mark.start):
        return False  # the short name of a conference: `In 2021 Int. Symposium on Network Management (IM)`
    if (
        inside.isascii()
        and is_acronym(inside)
        and _NAMED_BEFORE.search(inline.text, max(inline.start, mark.start - 90), mark.start)
    ):
        return False  # `IEEE Conference on Computer Vision and Pattern Recognition (CVPR). 2017.`
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

    Up to the title only a label that names a field counts: `FlashAttention:` is a name, or opens a title.
    """
    stop = min(inline.end, start + 60)
    colon = inline.text.find(":", start, stop) >= 0 or inline.text.find("：", start, stop) >= 0
    match = _LABEL.match(inline.text, start, stop) if colon else None
    if match is None:
        return None
    label = match[1].strip().casefold()
    if inline.end >= taken[0] >= start and (_label_role(label) is None or match.end() > taken[0]):
        return None
    return label


def line_label(inline: Inline) -> str:
    """The folded label that a text opens with (`📅 Date: ...`, `github(official): ...`); empty where none."""
    stop = min(inline.end, inline.start + 100)
    colon = inline.text.find(":", inline.start, stop) >= 0 or inline.text.find("：", inline.start, stop) >= 0
    match = _LABEL.match(inline.text, inline.start, stop) if colon else None
    return fold_label(match[1]) if match else ""


def names_field(inline: Inline) -> bool:
    """Whether a text opens with the label of a field and nothing else before its colon: `Venue: EMNLP (Findings) 2021`."""
    label = line_label(inline)
    return bool(label) and any(pattern.fullmatch(label) for pattern in _LABELS.values())


def _label_role(label: str) -> str | None:
    return next((role for role, pattern in _LABELS.items() if pattern.match(label)), None)


def _labelled(notes: _Notes, segment: Segment) -> None:
    text = notes.text[segment.start : segment.end]
    role = _label_role(segment.label or "")
    match = _LABEL.match(text)
    start = segment.start + (match.end() if match else 0)
    if role == "authors":
        _note_people(notes, start, segment.end, sure=True)
        _note_surname(notes, start, segment.end)
    elif role in ("venue", "date"):
        _note_labelled_when(notes, start, segment.end, alone=role == "venue")
    elif role is None and segment.label in _PROSE_LABELS:
        return
    elif role is None and (published := _PUBLISHED.search(notes.text, segment.start, segment.end)):
        _note_when(notes, published.end(), segment.end, alone=False)
    elif role is None and _is_venue_first(notes, start, segment.end):
        _note_when(notes, start, segment.end, alone=True)
    elif role is None and len(segment.label or "") > 24 or segment.style in ("italic", "code"):
        _anywhere(notes, segment)


def _note_surname(notes: _Notes, start: int, end: int) -> None:
    """Note the one surname that stands where a record has its authors: `Authors: Hopfield`."""
    people = None if notes.authors else find_people_or_one(notes.text[start:end].strip(" :：*_"))
    name = people.names[0] if people else ""
    if people and len(people.names) == 1 and name.casefold() not in _NOBODY and not _is_venue(people):
        at = notes.text.index(name, start)
        _note_names(notes, people, (at, at + len(name)))


def _note_labelled_when(notes: _Notes, start: int, end: int, *, alone: bool) -> None:
    """Note what stands where a record has its venue or date: it is more than a name beside a year in the title's
    parentheses: `Language Models are Few-Shot Learners (GPT-3, 2020)`.
    """
    title, venue = notes.spans.get("title"), notes.spans.get("venue")
    beside = title is not None and venue is not None and 0 < venue[0] - title[1] < 4
    told = alone and beside
    when = find_when(notes.text[start:end], known=notes.context.venues, alone=True) if told else None
    if when and when.venue and not is_known(notes.values["venue"], preprints=True):
        named = _NAMED.fullmatch(notes.values.pop("venue"))
        place = notes.spans.pop("venue")
        if named:
            _note_name(notes, Segment(*place, "paren", None))
    _note_when(notes, start, end, alone=alone)


def _is_venue_first(notes: _Notes, start: int, end: int) -> bool:
    """Whether a line with a label of its own (`intro: ICCV 2017 oral`) opens with a venue and its year."""
    when = find_when(notes.text[start:end], known=notes.context.venues)
    return when is not None and when.venue is not None and when.year_at is not None and when.start < 3


def _before_title(notes: _Notes, segment: Segment, slot: TitleSlot) -> None:
    """Text before a title: a nickname, a date, a venue, or authors first."""
    if tag := _TAG_FIRST.match(notes.text, segment.start, segment.end):
        _note_tag(notes, Segment(*tag.span(1), "bracket", None))
        segment = replace(segment, start=tag.end())
    text = notes.text[segment.start : segment.end]
    if (
        _is_remark(notes, segment, slot)
        or _note_learned_names(notes, segment, text)
        or _note_keyed_tag(notes, segment, slot)
    ):
        return
    when = find_when(text, known=notes.context.venues, alone=True)
    if _note_first_people(notes, segment, slot):
        return
    if _is_nickname(notes, segment, slot, when):
        _note_name(notes, segment)
        return
    start = segment.start
    if segment.style in ("", "italic", "quote") or (segment.style == "code" and OTHERS.search(text)):
        cited = when is not None and when.venue is None and when.year_at is not None and when.year_at[0] > 4
        sure = cited or (segment.style == "italic" and " " in text.strip())
        sure |= text.rstrip().endswith((":", "：")) and _are_somebody(text.strip())
        start = _note_people(notes, start, segment.end, sure=sure)
    if start > segment.start:
        _note_when(notes, start, segment.end, alone=True)
    elif when and (when.year or _fills_a_slot(notes.text, segment)):
        _take_when(notes, segment.start, _without_name(notes, segment, when))
        _note_behind(notes, segment, when)
    elif (
        segment.style == "bold"
        or (segment.style == "paren" and _NAMED.fullmatch(text.strip()))
        or (segment.style == "code" and notes.text[segment.start - 3 : segment.start] == "| `")
    ):
        _note_name(notes, segment)  # also `2023/07` | `InternLM` | Title


def _note_keyed_tag(notes: _Notes, segment: Segment, slot: TitleSlot) -> bool:
    """Note who, where and when a tag before a title says, `[Dong et al. CVPR19] Title`; a venue behind that says more."""
    text = notes.text[segment.start : segment.end]
    bare = text.lstrip("[(【 ")
    if segment.style not in ("code", "bracket") or notes.authors or not OTHERS.search(bare, 0, 60):
        return False
    people = find_people(bare, sure=True)
    when = find_when(bare[people.end :], known=notes.context.venues, alone=True) if people else None
    if (
        people is None
        or people.start
        or not people.et_al
        or when is None
        or when.venue is None
        or when.year is None
    ):
        return False
    start = segment.end - len(bare)
    _note_names(notes, people, (start, start + people.end))
    if not _says_where(notes, slot):
        _take_when(notes, start + people.end, when)
    return True


def _says_where(notes: _Notes, slot: TitleSlot) -> bool:
    """Whether a venue and a year stand right behind a title: `Title. ACM Multimedia, 2020. [[paper]](url)`."""
    behind = _UP_TO_LINK.match(notes.text, slot.outer[1])
    when = find_when(behind[0], known=notes.context.venues, alone=True) if behind else None
    return when is not None and when.venue is not None and when.year is not None and when.start < 4


_UP_TO_LINK = lazy(r"[.,\s]*+[^\[\]\n]{4,120}+")


def _note_first_people(notes: _Notes, segment: Segment, slot: TitleSlot) -> bool:
    """Note the authors that stand before a title where they do, and what stands between."""
    start = _note_people(notes, segment.start, segment.end, sure=True) if slot.people_first else 0
    if start > segment.start:
        _note_when(notes, start, segment.end, alone=True)
    return start > segment.start


def _fills_a_slot(text: str, segment: Segment) -> bool:
    """Whether what stands before a title stands in signs of its own: `(CVPR)`, and in bold `[**Thesis**] [Title](url)`."""
    before, behind = text[max(0, segment.start - 3) : segment.start], text[segment.end : segment.end + 3]
    bold = segment.style == "bold" and before in ("[**", "[__") and behind in ("**]", "__]")
    return bold or segment.style in ("code", "paren", "bracket", "italic")


def _note_behind(notes: _Notes, segment: Segment, when: When) -> None:
    """Note what stands behind a date or a venue before a title: `OSDI 2016, Abadi et al., [Title](url)`."""
    start = segment.start + when.end
    if when.date_at and not when.venue:
        _note_when(notes, start, segment.end, alone=True)
    elif when.venue and OTHERS.search(notes.text, start, segment.end):
        _note_people(notes, start, segment.end, sure=True)


def _is_remark(notes: _Notes, segment: Segment, slot: TitleSlot) -> bool:
    """Whether words in italics right before a title are what this list says of it."""
    noted = notes.context.remarks and segment.style == "italic"
    return noted and not notes.text[segment.end : slot.outer[0]].strip(" *_")


def _note_learned_names(notes: _Notes, segment: Segment, text: str) -> bool:
    """Note surnames before a title: with a colon where the list has them so, or with a year between dashes."""
    if "surnames" in notes.context.people and _note_surnames(notes, segment.start, text):
        return True
    return segment.style == "" and _note_dated_names(notes, segment)


def _note_tag(notes: _Notes, segment: Segment) -> None:
    """Note what stands in Chinese brackets before a title: a venue, or a nickname."""
    text = notes.text[segment.start : segment.end]
    when = find_when(text, known=notes.context.venues, alone=True)
    if when and (when.year or (when.venue and is_known(text, preprints=True))):
        _take_when(notes, segment.start, when)
    elif text.isascii() and _is_tag(notes, segment, text):
        _note_name(notes, segment)


def _without_name(notes: _Notes, segment: Segment, when: When) -> When:
    """The same venue without the name of a method behind it, which is noted: `2015 ICLR FGSM [Title](url)`."""
    venue = notes.text[segment.start + when.venue[0] : segment.start + when.venue[1]] if when.venue else ""
    if when.venue is None or when.year_at is None or when.year_at[0] > when.venue[0] or is_known(venue):
        return when
    for space in reversed([match.start() for match in _SPACES.finditer(venue)]):
        if venue[space + 1 :].casefold() in _STATES or _TRACK_BEHIND.fullmatch(venue, space):
            return when
        if is_known(venue[:space], preprints=True):
            start = segment.start + when.venue[0] + space
            _note_name(notes, Segment(start, start + len(venue) - space, "", None))
            return replace(when, venue=(when.venue[0], when.venue[0] + space))
    return when


def surnames(text: str) -> tuple[str, ...]:
    """The surnames that a text consists of: `Manna, Waldinger`; none where anything else stands there."""
    names = tuple(_BETWEEN_SURNAMES.split(text.strip(" *_:.")))
    single = all(is_name(name) and " " not in name and not _CAPITALS.search(name) for name in names)
    return names if single else ()


def _note_surnames(notes: _Notes, start: int, text: str) -> bool:
    """Note what stands before a title and a colon, in a list where surnames do."""
    bare = text.strip(" *_")
    names = surnames(bare) if bare.endswith(":") else ()
    if names:
        at = start + text.index(names[0])
        _note_names(notes, People(names, False, 0, 0), (at, start + text.rindex(names[-1]) + len(names[-1])))
    return bool(names)


def _note_dated_names(notes: _Notes, segment: Segment) -> bool:
    """Note last names and a year between dashes: `Faruqui and Dyer - 2014 - **Title**`; one alone where names stand there."""
    if notes.authors or "year" in notes.spans:
        return False
    match = _DATED_NAMES.fullmatch(notes.text, segment.start, segment.end)
    names = _AND.split(match["names"].rstrip(".")) if match else []
    lone = len(names) == 1 and "before" not in notes.context.people
    if match is None or lone or not all(is_name(name) and not is_known(name) for name in names):
        return False
    _note_names(notes, People(tuple(names), False, 0, 0), match.span("names"))
    notes.year = int(match["year"])
    notes.spans["year"] = match.span("year")
    return True


def _is_nickname(notes: _Notes, segment: Segment, slot: TitleSlot, when: When | None) -> bool:
    """Underlined, or before a colon, or bold in parentheses; not a date or a venue with its year."""
    after = notes.text[segment.end : slot.outer[0]].strip(" *_\"“'`")
    text = notes.text[segment.start : segment.end].strip(" \t\r\n*_\"“'`([")
    if segment.style == "under":
        return not (when and when.year)
    if segment.style in ("bold", "bracket", "paren", "code") and _is_tag(notes, segment, text):
        placed = bool(notes.context.venues) or " " in text
        return not (when and (when.year or (when.venue and placed and is_known(text))))
    colon = text.endswith((":", "：")) or after.startswith((":", "："))
    return colon and len(text) <= 60 and not (when and when.year) and not _are_somebody(text)


def _are_somebody(text: str) -> bool:
    """Whether what stands before a colon are people: two names and more, or one with an initial."""
    bare = text.rstrip(" :：")
    people = find_people(bare, sure=True)
    if people is None or people.start or len(bare) - people.end > 1:
        return find_people(text) is not None
    full = all(" " in name for name in people.names)
    return (
        people.et_al
        or (full and len(people.names) > 1)
        or (full and _INITIAL_WITHIN.search(bare) is not None)
    )


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
        or _NAMELESS.fullmatch(text)
        or (notes.text[start - 1 : start] == notes.text[end : end + 1] == ":")
    ):
        return
    if segment.style == "under" and notes.text[end : end + 1] == ".":
        end += 1
    notes.values["short_name"] = notes.text[start:end]
    notes.spans["short_name"] = (start, end)


def _note_dated_people(notes: _Notes, segment: Segment, text: str) -> bool:
    """Note authors and a year in parentheses; one alone in a list that has its authors there: `(2017, Xiangnan He)`."""
    found = _DATED_PEOPLE.fullmatch(text.strip("() ")) if segment.style == "paren" else None
    if found is None or notes.authors:
        return False
    offset = segment.start + text.index(found[0])
    name, year = ("n1", "y1") if found["n1"] else ("n2", "y2")
    people = find_people(found[name], sure=True)
    if people is None or people.end < len(found[name]) or is_known(found[name]):
        return False
    if len(people.names) > 1:
        enough = people.et_al or all(" " in who for who in people.names)
    else:
        placed = not notes.context.people.isdisjoint(("aside", "behind"))
        enough = placed and _may_be_alone(people, found[name])
    if not enough:
        return False
    at = offset + found.start(name)
    _note_names(notes, people, (at + people.start, at + people.end))
    _note_year(notes, (offset + found.start(year), offset + found.end(year)))
    return True


def _note_key(notes: _Notes, segment: Segment) -> bool:
    """Note whom and when a key in parentheses cites: `(Pawar et al., 2017)`, `(Bach and Badaskar, 2017)`."""
    text = notes.text[segment.start : segment.end]
    key = _KEY.fullmatch(text.strip("() ")) if segment.style == "paren" and not notes.authors else None
    names = _AND.split(key["names"]) if key else []
    if key is None:
        return _note_dated_people(notes, segment, text) or _note_people_aside(notes, segment, text)
    alone = "key" in notes.context.people and not is_known(key["names"])
    if not (key["al"] or len(names) == 2 or alone) or not all(map(is_name, names)):
        return False
    start = segment.start + text.index(key["names"])
    _note_names(notes, People(tuple(names), bool(key["al"]), 0, 0), (start, start + len(key["names"])))
    at = segment.start + text.index(key["year"])
    _note_year(notes, (at, at + 4))
    return True


def _note_people_aside(notes: _Notes, segment: Segment, text: str) -> bool:
    """Note the authors that parentheses open with before they say where: `(Fei Wang et al., IEEE Network 2023)`."""
    cited = segment.style == "paren" and " et" in text and not notes.authors
    people = find_people(text, sure=True) if cited else None
    if people is None or people.start or not people.et_al:
        return False
    start = segment.start + people.end
    when = find_when(notes.text[start : segment.end], known=notes.context.venues, alone=True)
    if when is None or when.venue is None or when.year is None or not _is_all(text[people.end :], when):
        return False
    _note_names(notes, people, (segment.start, start))
    _take_when(notes, start, when)
    return True


def _anywhere(notes: _Notes, segment: Segment) -> None:
    """Text behind a title or on a line of its own: names, then a venue or date, in either order."""
    text = notes.text[segment.start : segment.end]
    if _is_aside(notes, segment, text):
        name = text.strip("( )*_").split(",")[0].strip()
        if _NAMED.fullmatch(name) and not is_known(name):
            start = notes.text.index(name, segment.start)
            _note_name(notes, Segment(start, start + len(name), segment.style, None))
            return
        if segment.style == "bold":
            return
    elif segment.style == "paren" and (praise := _PRAISE.match(text)) and not is_known(praise[1] or ""):
        return
    elif _is_venue_by_place(notes, segment, text):
        _set(notes, "venue", 0, trim(notes.text, segment.start, segment.end))
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
        and not _are_names(notes, segment.start + whole.venue[0], segment.start + whole.venue[1])
    ):
        _take_when(notes, segment.start, whole)
        start = segment.start + whole.end
        track = _TRACK_BEHIND.match(notes.text, start, segment.end)
        if track and track[1] not in ("Long", "Short", "Main"):  # surnames, too
            start = track.end()
    elif whole and whole.venue is None and whole.year_at and not text[: whole.start].strip(" .,:;(*|–—-"):
        _take_when(notes, segment.start, whole)  # `(2014, C. Dong et al.`
        start = segment.start + whole.end
    if not notes.authors and segment.style in ("", "italic", "quote", "bold"):
        start = _note_people(notes, start, segment.end, sure=sure)
    _note_when(notes, start, segment.end, alone=len(notes.text[start : segment.end].split()) <= 14)


def _note_last_year(notes: _Notes, segment: Segment) -> bool:
    """Note the year at the end of a remark, which is no venue: `[Title](url) - Slope One explained. - 2007`."""
    text = notes.text[segment.start : segment.end]
    last = _YEAR_LAST.search(text) if notes.year is None and "date" not in notes.spans else None
    before = text[: last.start()].strip(_AROUND) if last else ""
    if (
        last is None
        or len(before.split()) < 3
        and before.isascii()
        or is_known(before)
        or find_people(before)
    ):
        return False
    _take_when(notes, segment.start, When(*last.span(1), None, int(last[1]), last.span(1)))
    return True


def _is_aside(notes: _Notes, segment: Segment, text: str) -> bool:
    """Whether a stretch fills parentheses: `(**GPT-2**)`, `**(GPT-2)**`, `(GPT-2)`."""
    if segment.style == "bold" and text.strip()[:1] == "(":
        return True
    if notes.text[segment.start - 1 : segment.start] == "(" and segment.style == "paren":
        behind = notes.text[max(0, segment.start - 4) : segment.start - 1].rstrip()[-1:] in tuple(')]*_>"”')
        return behind and find_when(text) is None
    before = notes.text[max(0, segment.start - 3) : segment.start]
    return (
        segment.style == "bold" and before.rstrip("*_").endswith("(") and find_when(text, alone=True) is None
    )


def _is_venue_with_year(notes: _Notes, segment: Segment, text: str) -> bool:
    """Whether a styled text is a venue for its year follows: `in *Data Mining and Knowledge Discovery* 2019`."""
    if "venue" in notes.values or _SERIES.match(text):
        return False
    named = segment.style == "italic" and find_dated(text) is None and _PROCEEDINGS.search(text) is not None
    if named and not _YEAR_NEXT.match(notes.text, segment.end) and is_known(text.strip(" .,*_")):
        return True
    if not _YEAR_NEXT.match(notes.text, segment.end):
        return False
    words = text.split()
    short = 1 <= len(words) <= 12 and text.strip()[:1].isupper()
    return short and (
        bool(notes.authors) or is_known(text.strip(" .,")) or find_people(text, sure=True) is None
    )


def _is_venue_by_place(notes: _Notes, segment: Segment, text: str) -> bool:
    """Whether a text is a venue for where it stands: before a year, or behind the authors of its line."""
    if segment.style == "":
        return _is_acronym_with_year(notes, segment, text)
    if segment.style in ("italic", "bold", "under") and _is_venue_with_year(notes, segment, text):
        return True
    return segment.style == "italic" and _is_venue_behind_names(notes, segment, text)


def _is_acronym_with_year(notes: _Notes, segment: Segment, text: str) -> bool:
    """Whether one acronym stands between a title that is closed and its year: `"A Survey." CBM (2024).`"""
    bare = text.strip(' .,"”(')
    if "venue" in notes.values or notes.context.places or not is_acronym(bare) or is_generic(bare):
        return False
    before = notes.text[notes.outer[1] - 2 : segment.start + 1]
    closed = len(before) < 8 and any(sign in before for sign in '."”')
    return closed and _YEAR_IN_PARENS.match(notes.text, segment.end - 1) is not None


def _is_venue_behind_names(notes: _Notes, segment: Segment, text: str) -> bool:
    """Whether a text in italics that closes the line of the authors is where they published: `S. Makonin et al. *IEEE TSG.*`"""
    if not notes.et_al or "venue" in notes.values or "authors" not in notes.spans or len(text) > 80:
        return False
    between = notes.text[notes.spans["authors"][1] : segment.start]
    if len(between) > 8 or between.strip(" .,*_") or _ENDS_LINE.match(notes.text, segment.end) is None:
        return False
    bare = text.strip(" .,*_")
    words = [word for word in bare.split() if len(word) > 3 or word.isupper()]
    capital = bool(words) and all(word[0].isupper() for word in words)
    return (
        capital
        and bare.casefold() not in _STATES
        and _label_role(bare.casefold()) is None
        and not (is_generic(bare) or _PLACE.search(bare) or find_people(bare) or find_dated(bare))
    )


def _are_names(notes: _Notes, start: int, end: int) -> bool:
    """Whether what stands beside a year is a list of people: `Simon Prince and Ann Lee, 2012`, or one at their place."""
    text = notes.text[start:end]
    people = find_people(text) if " and " in text or "," in text else None
    if (
        people is None
        and notes.context.people
        and not notes.authors
        and (alone := _placed_people(notes, text, start))
    ):
        return not _is_venue(alone)
    return people is not None and len(text) - people.end < 3 and all(" " in name for name in people.names)


def _in_parens(notes: _Notes, segment: Segment) -> bool:
    """Whether a styled text fills parentheses: `(*Google*)` is a laboratory, not an author."""
    before = notes.text[max(0, segment.start - 4) : segment.start].rstrip(" *_")
    return before.endswith("(")


def _note_people(notes: _Notes, start: int, end: int, *, sure: bool) -> int:
    """Note the authors that `start:end` begins with; where they stop (or `start`)."""
    if more := _ET_AL_NEXT.match(notes.text, end):
        end = more.end()  # in a style of its own: `R. Zhu *et al.*, [Title](url)`
    text = notes.text[start:end]
    bare = text.lstrip(" \t\r\n.,;:|-–—*_·>])`")
    start += len(text) - len(bare)
    if bare.rstrip(" *_").endswith(("(", "[", "（", "【")):
        bare = bare.rstrip(" *_([（【")  # what opens behind the names: `Mark Buchanan (2003)`
    people = None if notes.authors else find_people(bare, sure=sure)
    if people is None:
        people = None if notes.authors else _placed_people(notes, bare, start)
    elif len(people.names) % 2 and len(people.names) > 2 and people.et_al:
        people = _behind_venue(notes, bare, start, people)
    if people is None or _is_venue(people):
        return start
    if year := _YEAR_GLUED.search(bare, people.start, people.end):
        people = replace(people, end=year.start())
    if "halved" in notes.context.people and len(people.names) > 3 and are_halves(people.names):
        whole = zip(people.names[::2], people.names[1::2], strict=True)
        people = replace(people, names=tuple(f"{one}, {other}" for one, other in whole))
    notes.authors, notes.et_al = people.names, people.et_al
    notes.spans["authors"] = (start + people.start, start + people.end)
    return start + people.end


def _placed_people(notes: _Notes, text: str, start: int) -> People | None:
    """What would be too little elsewhere, at the place beside the title where authors stand: one name, two surnames."""
    side = "before" if start < notes.outer[0] else "behind"
    if side == "behind" and not _NO_WORDS.fullmatch(notes.text, notes.outer[1], start):
        return _line_of_one(notes, text, start)
    learned = side in notes.context.people
    pair = _SURNAMES.match(text) if side == "behind" or learned else None
    if learned and side == "behind" and pair is None:
        pair = _TWO_SURNAMES.match(text)
    if pair and is_name(pair[1]) and is_name(pair[2]):
        return People((pair[1], pair[2]), False, 0, pair.end(2))
    people = find_people(text, sure=True) if learned or side == "before" else None
    if people and len(people.names) > 2 and side == "before" and not text[people.end :].strip(' .,;:"“'):
        return people
    if (
        people is None
        and learned
        and side == "before"
        and (alone := _ONE_WORD.fullmatch(text))
        and is_name(alone[1])
    ):
        return People((alone[1],), False, *alone.span(1))
    if people is None or not learned or not _ENDS.match(text, people.end):
        return None
    if len(people.names) == 3 and _AND_LAST.search(text, 0, people.end):
        return people
    return people if len(people.names) == 1 and _may_be_alone(people, text) else None


def _line_of_one(notes: _Notes, text: str, start: int) -> People | None:
    """The name that fills a line below a title, in a list whose authors stand behind their titles."""
    begin, stop = notes.text.rfind("\n", 0, start) + 1, notes.text.find("\n", start)
    line = notes.text[begin : stop if stop >= 0 else None].strip(" \t\r*_>.")
    if "behind" not in notes.context.people or begin <= notes.outer[1] or not 4 < len(line) < 60:
        return None
    people = find_people(text, sure=True) if text.startswith(line) else None
    alone = people is not None and people.names == (line,) and _may_be_alone(people, line)
    return people if alone else None


def _may_be_alone(people: People, text: str) -> bool:
    """Whether one name is written as a person's is, and nothing follows it that is none: two to four words."""
    words = people.names[0].split()
    return (
        2 <= len(words) <= 4
        and not any(len(word.rstrip(".")) > 1 and word.isupper() for word in words)
        and _ENDS.match(text, people.end) is not None
    )


def _behind_venue(notes: _Notes, text: str, start: int, people: People) -> People | None:
    """Authors in pairs of last and given name behind a venue: `IEEE Access, Park, Youngmi, et al.`"""
    first, last, *_ = people.names
    named = " " in first and " " not in last or first.isupper() or is_known(first)
    comma = text.find(",", people.start)
    rest = find_people(text[comma + 1 :], sure=True) if named and comma > 0 else None
    if rest is None or not all(", " in name for name in rest.names):
        return people
    if "venue" not in notes.values:
        _set(notes, "venue", start, (people.start, comma))
    return replace(rest, start=rest.start + comma + 1, end=rest.end + comma + 1)


def _is_venue(people: People) -> bool:
    """Whether what reads like one name is a journal: `Computational Linguistics`."""
    return len(people.names) == 1 and not people.et_al and is_known(people.names[0])


def _note_linked_people(notes: _Notes, inline: Inline, slot: TitleSlot) -> None:
    """Authors whose names are links to their pages; the names have no place apart from the links."""
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
    text = inline.text[mark.inner_start : mark.inner_end]
    if "&" not in text and len(text.split()) < 2:
        return False  # one word, as most labels are
    text = inline.plain(mark.inner_start, mark.inner_end)
    if " " not in text or not 2 <= len(text.split()) <= 5 or not is_name(text) or is_generic(text):
        return False
    if read_url(mark.url).role == "paper":
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
        if (
            not before
            or _VOLUME.fullmatch(before)
            or (when.venue and (len(before) < 80 or (not after and len(before) < 200)))
        ):
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
        if when.year_at and when.venue[0] < when.year_at[0] < when.venue[1]:  # no stretch of its own
            year = notes.text[offset + when.year_at[0] : offset + when.year_at[1]]
            notes.values["venue"] = " ".join(notes.values["venue"].replace(year, " ", 1).split())
            notes.spans.pop("venue", None)
        if replaces or (when.year_at and "date" not in notes.spans):
            notes.spans.pop("year", None)
            notes.year = None
    if when.year_at and "year" not in notes.spans:
        notes.year = when.year
        _set(notes, "year", offset, when.year_at)


def _add_track(notes: _Notes, offset: int, when: When) -> None:
    """`ACL 2024 Findings` is the venue "ACL Findings"; with its year inside it has no place of its own."""
    if when.year_at is None or when.venue is None:
        return
    behind = offset + when.year_at[1]
    series = _SERIES_BEHIND.match(notes.text, behind)
    if series and len(notes.values["venue"].split()) > 2 and when.venue[0] < when.year_at[0]:
        notes.values["venue"] += f" ({series[1]})"
        notes.spans.pop("venue")
        return
    track = _TRACK_BEHIND.match(notes.text, behind)
    if track and when.venue[0] < when.year_at[0]:
        notes.values["venue"] += f" {track[1]}"
        notes.spans.pop("venue")


def _is_preprint(venue: str | None) -> bool:
    return venue is not None and venue.casefold().startswith(("arxiv", "preprint"))


def _set(notes: _Notes, key: str, offset: int, span: CharSpan) -> None:
    start, end = offset + span[0], offset + span[1]
    notes.spans[key] = (start, end)
    notes.values[key] = " ".join(notes.text[start:end].split())


def _note_attributes(notes: _Notes, inline: Inline) -> bool:
    """Whether lines below a title are a table of what there is to say of it; its rows are then noted."""
    rows = find_attributes(notes.text, inline.start, inline.end)
    for label, start, end in rows:
        role = _label_role(label)
        if role == "authors":
            _note_people(notes, start, end, sure=True)
        elif role in ("venue", "date"):
            _note_when(notes, start, end, alone=role == "venue")
    return bool(rows)


def names_attributes(inline: Inline) -> bool:
    """Whether lines are such a table, with a row for the authors."""
    rows = find_attributes(inline.text, inline.start, inline.end)
    return any(_label_role(label) == "authors" for label, _, _ in rows)


def _note_lone_name(notes: _Notes, inline: Inline) -> None:
    """Note the one name that a line opens with, in a list whose authors stand there: `- Ann Lee. *PhD thesis*, 2021.`"""
    stop = min(inline.end, min((mark.start for mark in inline.marks), default=inline.end))
    text = notes.text[inline.start : stop]
    people = find_people(text, sure=True) if 4 < len(text) < 60 else None
    if people and len(people.names) == 1 and _may_be_alone(people, text) and not _is_venue(people):
        _note_names(notes, people, (inline.start + people.start, inline.start + people.end))


def _note_system(notes: _Notes, inline: Inline) -> bool:
    """Whether a line opens a digest (`MetaGPT: introduces ...`); the system's name is then noted."""
    match = _SYSTEM.match(notes.text, inline.start, inline.end)
    if match and "short_name" not in notes.values:
        notes.values["short_name"] = match[1].strip(" *_")
        start = match.start(1) + len(match[1]) - len(match[1].lstrip(" *_"))
        notes.spans["short_name"] = (start, start + len(notes.values["short_name"]))
    return match is not None


def _note_link_labels(notes: _Notes, head: Inline, linked: Sequence[Inline], slot: TitleSlot) -> None:
    """A venue that is the text of a link: `[[EMNLP 2013]](url)`, and before the title `[[EMNLP]](url) Title`."""
    if "venue" in notes.values:
        return
    if (first := next(iter(head.links), None)) and first.start < slot.outer[0]:
        label = head.plain(first.inner_start, first.inner_end)
        if len(label) < 40 and is_venue_label(label):
            _take_label(notes, first)
            return
    for inline in linked:
        for mark in inline.links:
            if _note_link_label(notes, mark, behind=mark.start >= slot.outer[1]):
                return
    if notes.context.named and len(linked) == 1 and len(linked[0].links) == 1:
        _note_label_of_year(notes, linked[0].links[0], slot)


def _note_link_label(notes: _Notes, mark: Mark, *, behind: bool) -> bool:
    """Note the venue that this link is called by; `behind` says that it stands behind the title."""
    label = notes.text[mark.inner_start : mark.inner_end]
    if (
        behind
        and (numbered := _PREPRINT.fullmatch(label))
        and read_url(mark.url).role == "paper"
        and not _LINK_LABEL.search(notes.text, max(0, mark.start - 24), mark.start)
    ):
        _set(notes, "venue", mark.inner_start, numbered.span("server"))
        return True
    if notes.context.named and behind and _is_named_so(label, mark.url):
        _take_label(notes, mark)
        return "venue" in notes.values
    if len(label) >= 80 or is_generic(label):
        return False
    if behind and label[:1].isupper() and _names_its_venue(label, mark.url):
        _take_label(notes, mark)
        return True
    if "year" in notes.spans or len(label) >= 50 or not _VENUE_LABEL.search(label):
        return False
    when = find_when(label, known=notes.context.venues, alone=True)
    if when is None or when.venue is None or not (when.year_at or when.date_at) or not _is_all(label, when):
        return False
    _take_when(notes, mark.inner_start, when)
    return True


def _note_keyed(notes: _Notes, linked: Sequence[Inline]) -> bool:
    """Note whom and when a link is called by, in a list whose links are: `[Ritchie, Thompson (1974)](url)`."""
    if "label" not in notes.context.people or notes.authors:
        return False
    keyed = next((found for inline in linked if (found := find_keyed(inline))), None)
    if keyed:
        _note_names(notes, keyed.people, keyed.names)
        _note_year(notes, keyed.year)
    return keyed is not None


def _note_label_of_year(notes: _Notes, mark: Mark, slot: TitleSlot) -> None:
    """Note the year that the one link behind a title is called by, in a list whose links are called by venues."""
    year = _YEAR_ONLY.fullmatch(notes.text[mark.inner_start : mark.inner_end].strip("[] "))
    if year and mark.start >= slot.outer[1] and "date" not in notes.spans:
        at = notes.text.index(year[0], mark.inner_start)
        _note_year(notes, (at, at + 4))


def _is_named_so(label: str, url: str) -> bool:
    """Whether a link is called by a venue, in a list whose links are: `[mSystems](doi)`, `[arXiv](url)`."""
    if _SERVER.fullmatch(label):
        return True
    named = 1 < len(label.strip("[] ")) < 100 and not is_generic(label) and _LETTERS.search(label) is not None
    if "![" in label or "<" in label:
        return False
    if not url.strip():  # the link is still to come: `[[Knowledge-Based Systems]]()`
        return named and is_known(label.strip("[] "))
    return named and read_url(url).role == "paper"


def _is_all(label: str, when: When) -> bool:
    """Whether a label says nothing but a venue, its year and perhaps a track: `VIS 2024 Short Paper`."""
    track = _TRACK_BEHIND.match(label, when.end)
    return len(label) - (track.end() if track else when.end) + when.start < 5


def _take_label(notes: _Notes, mark: Mark) -> None:
    """Note the venue a link is called by, with its year or date if that stands there too: `[AAAI2022](url)`."""
    label = notes.text[mark.inner_start : mark.inner_end]
    when = find_issue(label) or find_when(label, known=notes.context.venues, alone=True)
    numbered = (
        when is not None and when.venue is not None and when.end - when.venue[1] > 5
    )  # `[arXiv:1706.03762]`
    dated = when is not None and when.venue is None and when.date_at is not None and _is_all(label, when)
    if when and (dated or (when.venue and (when.year_at or when.date_at or numbered))):
        _take_when(notes, mark.inner_start, when)
    else:
        volume = _LABEL_VOLUME.search(label)
        end = mark.inner_start + volume.start() if volume else mark.inner_end
        _set(notes, "venue", 0, trim(notes.text, mark.inner_start, end))


def _names_its_venue(label: str, url: str) -> bool:
    """Whether the link to a paper is called by where it stands: `[Bioinformatics](doi)`; `ACL` may be the Anthology."""
    named = len(label) > 6 and is_known(_LABEL_VOLUME.sub("", label.strip("[] ")), preprints=True)
    if not (named or find_issue(label)):
        return False
    reading = read_url(url)  # `Stable Diffusion 3 (2024)` at a preprint is no issue
    return reading.role == "paper" and (named or any(found.scheme == "doi" for found in reading.identifiers))


def _note_badges(notes: _Notes, candidate: Candidate) -> None:
    """A venue that stands only in a badge: its text as shown, or the address of a shields.io image."""
    if "venue" in notes.values or not _may_show_badges(notes, candidate):
        return
    coloured = notes.context.badges
    if coloured and (
        badge := next((one for one in _plain_badges(candidate) if one.colour in coloured), None)
    ):
        _take_coloured(notes, badge)
        return
    for inline in candidate.inlines:
        for mark in inline.of("image"):
            labels = any(link.start <= mark.start < link.end for link in inline.links)
            if STATIC_BADGE in mark.url and _note_badge(notes, mark, labels=labels):
                return


def _note_date_badge(notes: _Notes, candidate: Candidate) -> None:
    """The year of a badge that is nothing but a month, `![](https://img.shields.io/badge/2024.08-blue)`, where none is said."""
    if notes.year is not None or notes.date_year is not None:
        return
    if not _may_show_badges(notes, candidate):
        return
    month = next((one.text for one in _plain_badges(candidate) if _MONTH_ONLY.fullmatch(one.text)), None)
    if month:
        notes.date_year = int(month[:4])


def _may_show_badges(notes: _Notes, candidate: Candidate) -> bool:
    """Whether badges may stand in an entry: the block it starts with has the address of one, or more follows."""
    block = candidate.block
    return bool(candidate.tail) or notes.text.find(STATIC_BADGE, block.start, block.end) >= 0


def _plain_badges(candidate: Candidate) -> Iterator[PlainBadge]:
    """The badges of one text in an entry, in order."""
    images = (mark for inline in candidate.inlines for mark in inline.of("image"))
    return (badge for mark in images if (badge := plain_badge(mark)))


def _take_coloured(notes: _Notes, badge: PlainBadge) -> None:
    """Note the venue of a badge, its year and its track; their places only where the address spells them as shown."""
    said = stated(badge.text)
    notes.values["venue"] = f"{said.venue} {said.track}".strip()
    at = notes.text.find(notes.values["venue"], badge.start, badge.end)
    if at >= 0:
        notes.spans["venue"] = at, at + len(notes.values["venue"])
    if said.year is not None:
        notes.spans.pop("year", None)
        notes.year = said.year
        at = notes.text.find(str(said.year), badge.start, badge.end)
        if at >= 0:
            notes.spans["year"] = at, at + 4


def _note_badge(notes: _Notes, mark: Mark, *, labels: bool) -> bool:
    """A badge of two texts that says where: `Conference-ICML'24`, `ICLR-Paper`; `arXiv-2401.00001` does not.

    One of one text says so if its alternative text does (`labels`: it is the label of a link).
    """
    parts = mark.url.split("/badge/", 1)[1].split("?")[0]
    at = mark.url_start + mark.url.index("/badge/") + 7
    pieces = [piece for piece in _BADGE_TEXT.finditer(parts)][:-1]
    texts = [unquote(piece[0]).replace("_", " ").strip() for piece in pieces]
    if len(pieces) == 2 and _FULL_YEAR.fullmatch(texts[1]) and _is_date_label(texts[0]):
        if notes.year is None and notes.date_year is None:
            notes.date_year = int(texts[1][:4])
        return False
    if len(pieces) == 1 or (len(pieces) == 2 and _FULL_YEAR.fullmatch(texts[1])):
        return _note_plain_badge(notes, mark, at, texts, labels=labels)
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


def _is_date_label(text: str) -> bool:
    """Whether a badge beside a date says what is dated and not where it stands: `pdf-2025.02`, not `arXiv-2025.02`."""
    return (is_generic(text) or _NO_LINK.fullmatch(text) is not None) and not is_venue_label(text)


def _note_plain_badge(notes: _Notes, mark: Mark, at: int, texts: list[str], *, labels: bool) -> bool:
    """A badge that is nothing but a venue, perhaps with its year: `NIPS-red` (called "Paper"), `CVPR-2016-blue`."""
    text, alt = texts[0], notes.text[mark.inner_start : mark.inner_end].strip().casefold()
    when = find_when(text, known=notes.context.venues, alone=True)
    dated = len(texts) > 1 or (when is not None and when.venue is not None and when.year is not None)
    preprint = text.casefold() == "arxiv" and (dated or (alt != "arxiv" and not labels))
    named = (
        is_known(text)
        or text.casefold() in notes.context.venues
        or (is_acronym(text) and not is_generic(text))
    )
    named = named or (len(texts) > 1 and _SHORT_VENUE.fullmatch(text) is not None and not is_generic(text))
    if not (preprint or (dated and when and when.venue and is_known(text[slice(*when.venue)])) or named):
        return False
    if not dated and alt not in _BADGE_LABELS and not (labels and alt == text.casefold() and is_known(text)):
        return False
    place = notes.text.find("-", at, mark.url_end)
    if when and when.venue:
        _take_badge(notes, (at, place), text, when)
    else:
        _set(notes, "venue", at, (0, place - at))
        notes.values["venue"] = text
    if len(texts) > 1 and "year" not in notes.spans:
        notes.year = int(texts[1][:4])
        notes.spans["year"] = (place + 1, place + 5)
    return True


def _take_badge(notes: _Notes, place: CharSpan, text: str, when: When) -> None:
    """Note a badge's venue and year; their places only where the address spells them as shown."""
    raw = notes.text[place[0] : place[1]]
    notes.year = when.year if when.year is not None else notes.year
    for key, span in (("venue", when.venue), ("year", when.year_at)):
        shown = text[slice(*span)] if span else ""
        if shown and (at := raw.find(shown)) >= 0:
            notes.spans[key] = (place[0] + at, place[0] + at + len(shown))
        if shown:
            notes.values[key] = shown
