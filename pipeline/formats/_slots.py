"""Where a title may stand: the tests that layouts share."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice

from pipeline.formats._cited import find_people_or_one, find_reference
from pipeline.formats._inline import Inline, Mark, MarkKind
from pipeline.formats._labels import is_generic
from pipeline.formats._model import CharSpan, Context, TitleSlot
from pipeline.formats._people import People, find_people, is_name
from pipeline.formats._title_ends import dashed_lead
from pipeline.formats._when import FOUR_DIGITS, When, find_dated, find_when, is_acronym, is_known, venue_like
from pipeline.identifiers import read_url
from pipeline.text import lazy

_SENTENCE = lazy(r"(?<=[\w)\]\"”?!])[.?!]\s+(?=[^\W\d_]|\()|\s[-–—|]\s|。|\s\|")
_COMMA = lazy(r",\s+")
_CITED_VENUE = lazy(r",\s+([A-Z][^,]{3,80}+),?\s+\(?(?:19|20)\d\d\)?[.\s]*$")
_CITED_SERVER = lazy(
    r",\s+(?:arXiv(?::|\s+preprint\b)|CoRR\b|(?:Ph\.?\s?D\.?|Master(?:['’]?s)?|M\.?Sc\.?|Doctoral)\s+(?:Thesis|Dissertation)|Technical\s+Report)"
)
_CITED_YEAR = lazy(r"[,.]?\s+\(?(?:19|20)\d\d\)?[\s.]*$")
_SMALL_WORDS = frozenset("of the on in and for &".split())
_PREPOSITION = lazy(
    r"[,.;]?\s+(?:in|at|(?:to appear|accepted|published|presented)\s+(?:in|at|by|to))\s*$", re.I
)
"""What stands between a title and a venue in another style: `Title, in *IJCAI* 2021`."""
_WITHIN = lazy(r"\s(?:the|of|in|from|for|since|until|and|a|an)\s$")
_NO_TITLE = lazy(
    r"[,;\d]|arxiv|preprint|thesis|report|journal|conference|workshop|proc|university|press", re.I
)
_HARVARD = lazy(
    r"[\s.:*]*+(?P<names>[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)?, (?:[A-Z]\.[ -]?){1,4}[^\n()\[\]\d]{0,600}?),? "
    r"(?P<year>(?:19|20)\d\d)[a-z]?(?:, [A-Z][a-z]{2,8})?[.,] +(?=[\"“‘\w])"
)
_UNENDED = lazy(r"\s(?:a|an|the|of|for|via|with|using|on|to|and|from|towards?)\s$")
"""What no title or list of names before a title in bold ends with."""
_COLONS = (":", "：")
_PLAIN_NAME = lazy(
    r"[\s.)\-*•]*+(?P<name>[A-Z][^\s:：,]{1,24}(?: [^\s:：,]{1,20}){0,3}?)\s?[:：]\s*(?=[^\W_])"
)
_OPEN_END = lazy(r"\s(?:et|el)\.?\s?al\.?[\s:,.]*$")
_REACH = 2000
"""How far into an entry a title may begin: long lists of authors stand before some; bounds what is searched."""
_FEW = 12
"""At so many places of a title it is asked whether names begin."""
_LONGEST_TITLE = 320
_ONE_NAME = lazy(r",\s(?P<name>[A-Z][\w.'’-]+ (?:[A-Z]\. )?[A-Z][\w'’-]+), (?:19|20)\d\d\W*$")
_INITIAL = lazy(r"(?:\b[A-Z]|\bvs|\bal|\bSt|\bDr|\bvol|\bNo)$")
_PAREN = lazy(r"[(（]([^()（）\n]{2,80}+)[)）]")
_BEFORE_TITLE = lazy(
    r"\[[^\[\]\n]{0,60}+\]|【[^【】\n]{0,60}+】|[(（][^()（）\n]{0,60}+[)）]|`[^`\n]{0,60}+`|:[a-z0-9_+-]{2,40}+:|[^\w\s,.:;：'’&-]++"
)
_NICKNAME_LEAD = lazy(r"[^\s:]{2,20}+(?: [^\s:]{1,20}+)?: (?=[^\W\d_])")
_YEARISH = lazy(r"(?:19|20)\d\d|['’‘`]\s?\d\d|[A-Za-z][ -]?\d\d(?!\w)")
_TITLE_LEAD = lazy(
    r"(?:(?:【[^【】\n]{1,40}+】|(?:(?:paper )?title|论文(?:标题|题目|名称|名)?|标题|题目)[\s*_]*+[:：])[\s*_]*+)++",
    re.I,
)
"""What stands before a title and is none of it: `【CVPR 2016】`, `论文标题：`, `**Title:**`."""
_STRAIGHT_ON = lazy(r"[^\W\d]")
_ANYTHING = Context()
_BAR = lazy(r"\s[|｜]")
_BY = lazy(r",?\s+by\s+(?=[A-Z])")
_GERUND = lazy(r"[A-Z][a-z]{3,}ing\s[A-Z]?[a-z]+(?:\s(?:and|of|the|for|in)\b|\s[a-z])")
"""What `by` goes on with in a title: `Neural Summarization by Extracting Sentences and Words`."""
_DATED_LEAD = lazy(
    r"(?P<when>(?:[A-Z][\w&'’/+-]{1,20} ){0,4}(?:19|20)\d\d(?:[.-](?:0\d|1[0-2]))?)(?: [A-Za-z][\w ]{2,40})?,\s+(?=[*_\"“]*[A-Z0-9])",
    re.I,
)
"""A venue and a date with a comma before a title: `CoRL 2023 workshop, FMB: a Functional ...`."""
_PREFIX = lazy(
    r"(?:[\s.)(\[\]*•\-–|>_/✅⭐️🔥☑✔️⏫]++|\d{1,3}(?=[.)\]:：、_|*])|(?:19|20)\d\d(?!\w)|\d{1,2}(?=\s)|\d[\d./-]*+(?=[\s.)\]:：、|,])"
    r"|:[a-z0-9_+-]{2,40}:|[:：])*+"
)
"""Signs, numbers and dates before a title; what belongs to its first word stays: `3D Gaussian`, `12-in-1`."""
_NUMBERED = lazy(r"[\s\[(]*+arxiv\s?:\s?\d{4}\.\d{4,5}(?:v\d)?[\s\])]*+", re.I)
"""The number of a preprint, as a link's text."""
_BARRED_SLOTS = lazy(
    r"`[^`\n]{1,60}+`\s*+\|\s*+(?:(?:`[^`\n]{1,60}+`|!\[[^\[\]\n]{0,80}+\]\([^()\s]{1,600}+\)|\||<br\s?/?>)\s*+)*+(?=[^\W_`])"
)
"""Slots in code with bars between them before a title: `` `2023/07` | `InternLM` | Title``, perhaps with images."""
_BOX = lazy(r"\[[-+*xX ]\]\s+(?=\d)")
"""What some write for the sign of an item: `[-] 2015-CVPR - Title`."""
_LABEL_ONLY = lazy(r"[^:：]{1,30}[:：]\s*$")
_NO_LETTERS = bytes(n for n in range(128) if not chr(n).isalpha())


def is_titled(text: str) -> bool:
    """Whether a text is as long as titles are: three words, or one or two long ones, or some CJK signs."""
    if text.isascii():  # as nearly all are; bytes are counted seven times as fast
        letters = len(text.encode().translate(None, _NO_LETTERS))
    else:
        letters = sum(map(str.isalpha, text))
    if letters < 5 or letters * 2 < len(text) - text.count(" "):
        return False
    return (
        letters >= 12
        or len(words := text.split()) >= 3
        or (len(words) == 2 and letters >= 8)
        or _cjk(text) >= 4
    )


def _cjk(text: str) -> int:
    return sum("\u4e00" <= c <= "\u9fff" for c in text)


def first_titled(
    head: Inline, kind: MarkKind, weight: float, *, known: frozenset[str] = frozenset(), short: bool = False
) -> TitleSlot | None:
    """The first stretch of this kind that can be a title: no link in it, nor it in one, nothing long before it.

    `short` says that the list's titles stand here, so that one word is enough.
    """
    if not head.marks or (len(head.marks) == 1 and head.marks[0].kind != kind):
        return None
    near = [mark for mark in head.marks if mark.start - head.start < _REACH]
    walls = [mark for mark in near if mark.kind in ("link", "paren")] if len(near) > 1 else []
    for mark in near:
        if mark.kind != kind or is_emphasis(head, mark):
            continue
        mark = _before_labels(head, mark, walls) if walls else mark
        if walls and _is_walled(mark, walls):
            continue
        text = head.plain(mark.inner_start, mark.inner_end).strip('"“” ')
        aside = kind == "bold" and text[:1] + text[-1:] in ("()", "[]")
        named = _PAREN.sub("", text) if short else text
        long = is_titled(text) or (short and _is_named(named))
        if aside or not long or is_generic(text) or _LABEL_ONLY.match(text) or _is_when(named):
            continue
        if kind == "bold" and _is_nickname(head, mark):
            continue
        if leads(head, mark.start, known):
            return TitleSlot(mark.inner_start, mark.inner_end, (mark.start, mark.end), weight)
    return None


def _before_labels(head: Inline, mark: Mark, walls: list[Mark]) -> Mark:
    """The same stretch up to the links `[Paper]`, `[Code]` that it closes with: `**Title (KDD 2020) [[Paper](url)]**`."""
    first = next((wall for wall in walls if wall.kind == "link" and mark.start < wall.start < mark.end), None)
    if first is None or not is_generic(head.plain(first.inner_start, first.inner_end).strip("[] ")):
        return mark
    end = first.start
    while end > mark.inner_start and head.text[end - 1] in "[( \t":
        end -= 1
    return replace(mark, end=end, inner_end=end) if end > mark.inner_start else mark


def _is_named(text: str) -> bool:
    return sum(map(str.isalpha, text)) >= 2 and len(text) > 2


def _is_walled(mark: Mark, walls: list[Mark]) -> bool:
    """Whether a mark shares text with a link, or stands in parentheses: praise, a laboratory, an aside."""
    for wall in walls:
        if wall.kind == "link":
            if wall.start < mark.end and mark.start < wall.end:
                return True
        elif wall.start < mark.start and mark.end <= wall.end:
            return True
    return False


def _is_nickname(head: Inline, mark: Mark) -> bool:
    """Whether bold text before a colon names the paper whose title follows: `**BERT**: "Pre-training of ..."`.

    Before a comma it takes a linked title: `**Gender Bias**, [Women Also Snowboard: ...](url)`.
    """
    inside = head.text[mark.inner_start : mark.inner_end].rstrip()
    if mark.end >= head.end:
        return False
    line = head.text.find("\n", mark.end, head.end)
    rest = head.text[mark.end : min(line if line >= 0 else head.end, mark.end + 200)]
    bare = rest.lstrip(" *_")
    if bare.startswith(", [") and len(inside.split()) <= 6:
        at = mark.end + len(rest) - len(bare) + 2
        return any(link.start == at and _is_paper_title(head, link) for link in head.links)
    if not inside.endswith(_COLONS) and not bare.startswith(_COLONS):
        return False
    bare = bare.lstrip(":： *_")
    if bare[:1] in '"“':
        return True
    if bare[:1] == "[":
        at = mark.end + len(rest) - len(bare)
        return any(
            link.start == at and _speaks(head.plain(link.inner_start, link.inner_end)) for link in head.links
        )
    plain = re.split(r"[\[<(|]", bare, maxsplit=1)[0]
    return (
        len(inside.split()) <= 3 and is_titled(plain) and len(plain.split()) >= 3 and not find_people(plain)
    )


def _is_paper_title(head: Inline, link: Mark) -> bool:
    """Whether a link's text is as long as titles are, no venue, and leads to a paper."""
    text = head.plain(link.inner_start, link.inner_end)
    return (
        _speaks(text) and len(text.split()) > 3 and not _is_when(text) and read_url(link.url).role == "paper"
    )


def leads(head: Inline, start: int, known: frozenset[str] = frozenset()) -> bool:
    """Whether nothing but tags, names, a venue or a date stands between the entry's beginning and `start`.

    A link in the middle of a sentence is no title, however long its text.
    """
    if start - head.start < 4:
        return True
    if start - head.start > _REACH or _opens_with_title(head, start):
        return False
    text = " ".join(_BEFORE_TITLE.sub(" ", _without_code(head, start)).split()).lstrip(":： ")
    if named := _NICKNAME_LEAD.match(text):
        text = text[named.end() :]
    words = text.split()
    if len(words) <= 2 or (text[-1] in ":：" and len(words) <= 6):
        return True
    people = find_people(text.rstrip(":："), sure=True)
    rest = text[people.end :].strip(" .,:;") if people else text
    if not rest or _is_remark(head, start, text) or find_reference(head.text, head.start, start):
        return True
    when = find_when(rest, known=known, alone=True)
    if when is not None and when.venue is None and when.start == 0:  # behind a date the venue
        rest = rest[when.end :].strip(" .,:;")
        when = find_when(rest, known=known, alone=True) or when
    elif when is not None and when.venue and when.year and when.start == 0:
        rest = _without_people(rest, when.end)
    return when is not None and len(rest) - (when.end - when.start) < 8


def _without_people(text: str, end: int) -> str:
    """The same text up to `end` where nothing but authors follows: `OSDI 2016 -- Abadi et al,`."""
    behind = text[end:].strip(" .,:;–—-")
    people = find_people(behind, sure=True) if behind else None
    named = people is not None and people.start == 0 and len(behind) - people.end < 3
    return text[:end] if named else text


def _opens_with_title(head: Inline, start: int) -> bool:
    """Whether an entry opens with a year, a dash and words enough for a title: ``2022-Separating the World and Ego ...``."""
    text = head.text
    if text[head.start + 4 : head.start + 5] not in ("-", "–") or not text[head.start].isdigit():
        return False
    first = min([start, *(mark.start for mark in head.marks[:1])])
    words = text[head.start + 5 : first].strip()
    if FOUR_DIGITS.match(text, head.start) is None or len(words.split()) < 5 or not words[:1].isupper():
        return False
    return not (venue_like(words, frozenset()) or is_known(words))


def _without_code(head: Inline, start: int) -> str:
    """What stands before `start`, without tags in backticks: code is never prose."""
    parts, at = [], head.start
    for mark in head.of("code"):
        if at <= mark.start < start and not any(link.start <= mark.start < link.end for link in head.links):
            parts.append(head.plain(at, mark.start))
            at = min(mark.end, start)
    return " ".join([*parts, head.plain(at, start)])


def _is_remark(head: Inline, start: int, text: str) -> bool:
    """Whether a remark in Chinese stands before a link in another language that ends the sentence."""
    if text.isascii() or _cjk(text) < 4:
        return False
    link = next((mark for mark in head.links if mark.start == start), None)
    if (
        link is None
        or _cjk(head.text[link.inner_start : link.inner_end])
        or _cjk(head.text[link.end : link.end + 4])
    ):
        return False
    return len(head.text[link.inner_start : link.inner_end].split()) > 2


def _is_when(text: str) -> bool:
    if len(text) >= 60 or not _YEARISH.search(text) or len(text.split()) >= 7:
        return False
    when = find_when(text, alone=True)
    if when and when.year_at and when.year_at[1] - when.year_at[0] == 2 and len(text.split()) > 3:
        # `... Mismatch via FP16` is a title
        return when.venue is not None and is_known(text[slice(*when.venue)])
    return when is not None and when.year is not None and len(text) - (when.end - when.start) < 6


def remarked(head: Inline, labels: frozenset[str] = frozenset()) -> CharSpan | None:
    """The words in italics that an entry opens with, where a link with a title's text is all that follows them."""
    first = head.marks[0] if len(head.marks) > 1 else None
    if first is None or first.kind != "italic" or first.start > head.start + 2:
        return None
    link = next((mark for mark in head.links if mark.start > first.start), None)
    if link is None or head.text[first.end : link.start].strip(" *_") or link.is_bare:
        return None
    text = head.plain(link.inner_start, link.inner_end)
    return (first.inner_start, first.inner_end) if _speaks(text, labels) and not _is_when(text) else None


@dataclass(frozen=True, slots=True)
class NamesLine:
    """A line that holds authors and at most a nickname before them; `end` is where the next line begins.

    `quoted` says that this one opens with a quote.
    """

    people: People
    names: CharSpan
    nickname: CharSpan | None
    end: int
    quoted: bool


def names_line(head: Inline) -> NamesLine | None:
    """The names that fill the first line of an entry: closed by a colon, behind a nickname, or three and more."""
    text = head.text
    line = text.find("\n", head.start, head.end)
    stop = end = line if line >= 0 else head.end
    for mark in head.of("break"):
        if mark.start < stop and text[mark.start] == "<" and not text[mark.end : stop].strip():
            stop = mark.start
    while stop > head.start and text[stop - 1] in " \t\r":
        stop -= 1
    if not 8 < stop - head.start < 1000 or text[stop - 1] not in ".:" or text.find(",", head.start, stop) < 0:
        return None
    quoted = text[end : end + 40].lstrip()[:1] in ('"', "“")
    nickname, start = nickname_first(head, 70 if quoted else 40)
    if any(mark.start < stop for mark in head.links):
        return None
    people = find_people(text[start:stop], sure=True)
    if people is None or people.start > 2 or stop - start - people.end > 1:
        return None
    full = sum(" " in name for name in people.names)
    told = nickname is not None or text[stop - 1] == ":" or (full > 2 and full == len(people.names))
    if len(people.names) < 2 or full * 2 < len(people.names) or not told:
        return None
    return NamesLine(people, (start + people.start, start + people.end), nickname, end, quoted)


def nickname_first(head: Inline, longest: int = 40) -> tuple[CharSpan | None, int]:
    """The bold nickname with its colon that an entry opens with, and where the text behind it starts."""
    first = head.marks[0] if head.marks else None
    start = head.start
    if first is None or first.kind != "bold" or first.start > start + 2:
        return None, start
    inside = head.text[first.inner_start : first.inner_end].rstrip()
    after = head.text[first.end : first.end + 3].lstrip()
    if inside[-1:] not in _COLONS and after[:1] not in _COLONS or len(inside) > longest:
        return None, start
    start = first.end
    while start < head.end and head.text[start] in " \t:：":
        start += 1
    return (first.inner_start, first.inner_start + len(inside.rstrip(":： "))), start


def name_first(head: Inline) -> tuple[CharSpan | None, int]:
    """As `nickname_first`, in any style: `Codex: Evaluating large language models trained on code`."""
    nickname, start = nickname_first(head)
    plain = None if nickname else _PLAIN_NAME.match(head.text, head.start, head.end)
    if plain is None or (head.marks and head.marks[0].start < plain.end()):
        return nickname, start
    return plain.span("name"), plain.end()


def repeats_name(head: Inline) -> bool:
    """Whether the title behind a nickname opens with it once more: `**BoT-SORT**: BoT-SORT: Robust ...`."""
    nickname, start = name_first(head)
    if nickname is None:
        return False
    name = head.text[slice(*nickname)].casefold()
    behind = head.text[start : start + len(name) + 1].casefold()
    return behind.startswith(name) and not behind[len(name) :].isalnum()


def name_style(head: Inline) -> str:
    """How what could be a nickname and a colon before a title is written: `bold` or `plain`; empty where none is."""
    if nickname_first(head)[0]:
        return "bold"
    return "plain" if name_first(head)[0] else ""


@dataclass(frozen=True, slots=True)
class DatedNames:
    """Authors and a year that open a citation; `end` is where its title begins."""

    people: People
    names: CharSpan
    year: CharSpan
    nickname: CharSpan | None
    end: int


def dated_names(head: Inline) -> DatedNames | None:
    """The authors and the year of a citation as Harvard writes it, perhaps behind a bold nickname.

    `Breunig, M.M., Ng, R.T. and Sander, J., 2000, May. LOF: identifying ...`
    """
    first = head.marks[0] if head.marks else None
    nickname, start = None, head.start
    if first is not None and first.kind == "bold" and first.start <= head.start + 2:
        nickname, start = (first.inner_start, first.inner_end), first.end
    match = _HARVARD.match(head.text, start, head.end)
    people = find_people(match["names"], sure=True) if match else None
    if match is None or people is None or people.start or len(match["names"]) - people.end > 2:
        return None
    return DatedNames(people, match.span("names"), match.span("year"), nickname, match.end())


def titled_elsewhere(head: Inline, context: Context = _ANYTHING) -> bool:
    """Whether bold text, quotes or a link hold a title already."""
    known = context.venues
    if first_titled(head, "bold", 1.0, known=known) or first_titled(head, "quote", 1.0, known=known):
        return True
    return any(
        not mark.is_bare
        and _speaks(head.plain(mark.inner_start, mark.inner_end), context.labels)
        and leads(head, mark.start, known)
        for mark in head.links
    )


def _speaks(label: str, labels: frozenset[str] = frozenset()) -> bool:
    return is_titled(label) and len(label.split()) >= 3 and not is_generic(label, labels)


def plain_title(
    head: Inline, known: frozenset[str], start: int | None = None, *, named: bool = False, by: bool = False
) -> TitleSlot | None:
    """The title that opens the unmarked text from `start` (default: the beginning) up to what ends it.

    A `start` says that authors stand before it: the entry is a citation, and a short capitalised phrase
    between its last comma and its year is then the venue, whatever it is called. With `named` it is a
    nickname that stands there. `by` says that in this list one author stands behind that word.
    """
    cited = start is not None and not named
    start = head.start if start is None else start
    box = _BOX.match(head.text, start, head.end)
    start = box.end() if box else start
    prefix = None if dashed_lead(head.text, start, head.end) else _PREFIX.match(head.text, start, head.end)
    start = prefix.end() if prefix else start
    if lead := _TITLE_LEAD.match(head.text, start, head.end):
        start = lead.end()
    slots = (
        _BARRED_SLOTS.match(head.text, head.start, head.end)
        if head.text.startswith("`", head.start)
        else None
    )
    start = slots.end() if slots else _after_slots(head, _after_number(head, start))
    start = start if cited else _after_date(head, start, known)
    if any(mark.start <= start < mark.end for mark in head.links):
        return None
    end = first_wall(head, start)
    text = head.text[start:end]
    end = min(end, _title_end(text, known, by) + start, (_cited_end(text) if cited else len(text)) + start)
    if cited and (year := _CITED_YEAR.search(text, 0, end - start)) and _is_only_title(text[: year.start()]):
        end = start + year.start()
    elif before := _PREPOSITION.search(text[: end - start][-40:]):
        end -= len(before[0]) if end < head.end else 0
    text = head.plain(start, end)
    if len(text) > _LONGEST_TITLE:
        return None
    if not is_titled(text) or is_generic(text) or _is_when(text) or _OPEN_END.search(text[-12:]):
        return None
    if cited and len(text.split()) < 5 and is_known(text):
        return None
    return TitleSlot(start, end, (start, end), 0.7)


def _after_number(head: Inline, start: int) -> int:
    """Past the linked number of a preprint that an entry opens with: `[arXiv:1706.03762](url) Attention Is ...`."""
    first = next(iter(head.links), None) if head.marks else None
    if first is None or first.start > start or first.end <= start:
        return start
    if not _NUMBERED.fullmatch(head.text, first.inner_start, first.inner_end):
        return start
    behind = head.text[first.end : first_wall(head, first.end)].split()
    return first.end if len(behind) > 2 and behind[0][0].isalnum() else start


def _after_date(head: Inline, start: int, known: frozenset[str]) -> int:
    """Past a known venue and its date with a comma before a title: `CoRL 2023 workshop, FMB: a Functional ...`."""
    dated = _DATED_LEAD.match(head.text, start, head.end)
    when = find_when(dated["when"], known=known, alone=True) if dated else None
    if dated is None or when is None:
        return start
    placed = when.venue is None or is_known(dated["when"][slice(*when.venue)], preprints=True)
    rest = head.plain(dated.end(), first_wall(head, dated.end()))
    return dated.end() if placed and len(rest.split()) > 2 else start


def _is_only_title(text: str) -> bool:
    """Whether what stands between names and a year is a short title: `Skip-Thought Vectors`, not `Preprint, 18 Nov`."""
    bare = text.strip(" :.,;")
    return (
        1 < len(bare.split()) < 7 and bare[:1].isupper() and not is_known(bare) and not _NO_TITLE.search(bare)
    )


def _after_slots(head: Inline, start: int) -> int:
    """Past a date, a venue or a tag in brackets, parentheses or code that stands before the title."""
    for mark in head.marks:
        if mark.start > start + 3:
            break
        if (
            mark.kind in ("paren", "bracket", "code", "italic", "image")
            and mark.end > start
            and mark.start <= start + 2
            and not _opens_title(head, mark)
        ):
            start = mark.end
    while start < head.end and head.text[start] in " \t:：|-–.,)]*_":
        start += 1
    return start


def _opens_title(head: Inline, mark: Mark) -> bool:
    """Whether a name with its colon is bold and italic: it opens the title as one in bold alone does, `***VDT:*** General-purpose ...`."""
    inside = head.text[mark.inner_start : mark.inner_end].strip("*_ ")
    if mark.kind != "italic" or not inside.endswith(_COLONS) or len(inside) > 41:
        return False
    name = inside[:-1].rstrip()
    if _is_when(name) or is_generic(name) or is_known(name, preprints=True):
        return False
    return any(
        bold.kind == "bold" and abs(bold.start - mark.start) < 3 and abs(bold.end - mark.end) < 3
        for bold in head.marks[:3]
    )


def first_wall(head: Inline, start: int) -> int:
    """Where the unmarked text from `start` ends: at a link, a line break, another style."""
    for mark in head.marks:
        if mark.kind == "break":
            wall = mark.start >= start and not goes_on(head, mark)
        elif mark.kind in ("link", "image", "under", "code"):
            wall = mark.start >= start
        elif mark.kind == "bracket":
            wall = mark.start >= start + 12 and not _holds_title(head, mark)
        else:
            wall = (
                mark.kind not in ("quote", "paren")
                and mark.start > start + 12
                and not is_emphasis(head, mark)
            )
        if wall:
            return mark.start
    return head.end


def is_emphasis(head: Inline, mark: Mark) -> bool:
    """Whether a bold or italic text is a part of a sentence: `Smart-Infinity: Fast **Language Model Training** using ...`."""
    if mark.kind not in ("bold", "italic") or mark.start < head.start + 2:
        return False
    before = head.text[mark.start - 2 : mark.start]
    after = head.text[mark.end : mark.end + 2]
    if before[1] != " " or not before[0].isalnum():
        return False
    return (after[:1] == " " and after[1:].islower()) or _UNENDED.search(
        head.text, mark.start - 8, mark.start
    ) is not None


def goes_on(head: Inline, mark: Mark) -> bool:
    """Whether a line end is only where somebody's editor wrapped the line: the sentence goes on below."""
    text = head.text
    if text[mark.start] != "\n" or text[max(0, mark.start - 2) : mark.start] in ("  ", " \\"):
        return False
    before = text[max(head.start, mark.start - 400) : mark.start]
    line = before[before.rfind("\n") + 1 :].rstrip()
    if len(line) < 40 or line[-1] in ".!?:;\\)]>*_`|。；：！？":
        return False
    stop = text.find("\n", mark.end, head.end)
    following = text[mark.end : stop if stop >= 0 else head.end].lstrip()
    if not _STRAIGHT_ON.match(following) and not following[:1].isdigit():
        return False
    if line[-1] == "," or line.endswith(" and"):
        return True
    plain = re.split(r"[\[<(|`]|\*\*|__", following, maxsplit=1)[0]
    return find_people(plain) is None and find_when(plain, alone=True) is None


def _holds_title(head: Inline, mark: Mark) -> bool:
    """Whether a bracket that closes an entry may belong to its title: not one with a venue and year, or a link."""
    if any(mark.start < link.start < mark.end for link in head.links):
        return False  # `[also in [2.1](#training)]`
    return mark.end >= head.end and not _is_when(head.text[mark.inner_start : mark.inner_end])


def _before_names(text: str) -> list[int]:
    """The comma after which nothing but names follow: `Title, A. Name and B. Name`; one alone with a year behind."""
    if (one := _ONE_NAME.search(text, 12)) and is_name(one["name"]) and not is_known(one["name"]):
        return [one.start()] if len(text[: one.start()].split()) > 3 else []
    for comma in islice(_COMMA.finditer(text, 8), _FEW):
        people = find_people(text[comma.end() :])
        if (
            people
            and not people.et_al
            and len(people.names[0]) > 3
            and " " not in people.names[0]
            and "," not in people.names[0]
        ):
            continue  # `Enabling Fast, Adaptive, and Hardware-Assisted Scheduling`
        if people and (people.et_al or len(text) - comma.end() - people.end < 4):
            return [comma.start()]
    return []


def _title_end(text: str, known: frozenset[str], by: bool = False) -> int:
    """Where a title ends in running text: at a bar, a venue, a year, a sentence's end, or "by".

    `by` says that in this list one author stands behind that word; elsewhere it takes two.
    """
    bar = _BAR.search(text, 3)
    text = text[: bar.start()] if bar else text
    ends = [len(text)]
    when = find_dated(text, known=known)
    slot = _dated_parens(text, known)
    if slot >= 0:
        ends.append(slot)
        when = None
    full = when is not None and when.year_at is not None and when.year_at[1] - when.year_at[0] == 4
    if when and when.venue is None and not full:
        when = None
    if (
        full
        and when
        and when.year_at
        and when.venue is None
        and (glued := _venue_at_end(text[: when.year_at[0]]))
    ):
        ends.append(glued)
    if when and when.year_at and when.start <= 6 and _is_mistaken(text, when):
        ends.append(
            when.year_at[0] - len(text[: when.year_at[0]]) + len(text[: when.year_at[0]].rstrip(" ,("))
        )
    opened = text[: when.year_at[0]].rstrip() if when and when.year_at else ""
    if opened.endswith("(") and len(opened) > 6:
        ends.append(len(opened) - 1)
    elif when and when.start > 6 and not _WITHIN.search(text[max(0, when.start - 8) : when.start]):
        ends.append(when.start)
    ends += _before_names(text)
    for match in islice(_BY.finditer(text, 8, _REACH), _FEW):
        rest = text[match.end() : match.end() + _REACH]
        people = None if _GERUND.match(rest) else find_people(rest)
        if (people and " " in people.names[0]) or (by and find_people_or_one(rest.split(".")[0])):
            ends.append(match.start())
    sentence = _sentence_end(text[: min(ends)], known)
    return min([*ends, sentence])


def _is_mistaken(text: str, when: When) -> bool:
    """Whether what seems to be a venue before a year is the title: `The MIPS M2000 system, 1988`."""
    if when.venue is None or when.year_at is None or when.venue[1] > when.year_at[0]:
        return False
    venue = text[slice(*when.venue)]
    return (
        len(venue.split()) >= 3
        and text[when.venue[1] : when.year_at[0]].startswith(",")
        and not is_known(venue)
    )


def _venue_at_end(text: str) -> int:
    """Where a known venue begins that nothing parts from the title before it: `... multi-relational data NIPS 2013`."""
    words = text.rstrip(" '’‘`").rsplit(None, 1)
    at = len(text.rstrip(" '’‘`")) - len(words[-1]) if len(words) == 2 else 0
    return at if at > 12 and is_acronym(words[1]) and is_known(words[1]) else 0


def _cited_end(text: str) -> int:
    """Where the title of a citation ends: at the comma before `J. Machine Learning Research, 2003`."""
    if server := _CITED_SERVER.search(text, 8):
        return server.start()
    match = _CITED_VENUE.search(text)
    if match and (stop := match[1].rfind(". ")) > 0 and is_known(match[1][stop + 2 :]):
        # a comma within the title: `A Large-Scale, High-Quality Dataset. ICCV, 2019`
        return match.start(1) + stop
    phrase = match[1].split() if match else []
    capital = all(word[0].isupper() or word in _SMALL_WORDS for word in phrase)
    if match is None or not capital or len(phrase) > 8 or len(text[: match.start()].split()) < 3:
        return len(text)
    return match.start()


def _sentence_end(text: str, known: frozenset[str]) -> int:
    """Where the first sentence ends; a question or a dash only where names or a venue follow, not a subtitle."""
    for match in _SENTENCE.finditer(text, 12, _REACH):
        sign = match[0].strip()[:1]
        if sign == "." and _INITIAL.search(text[max(0, match.start() - 6) : match.start()]):
            continue
        rest = text[match.end() : match.end() + 300].strip()
        if sign in "?!":
            if not rest or find_people(rest) or find_when(rest, known=known, alone=True):
                return match.start() + 1
        elif sign not in "-–—" or not rest[:1].isupper() or find_people(rest) or _is_when(rest):
            return match.start()
    return len(text)


def _dated_parens(text: str, known: frozenset[str]) -> int:
    """Where parentheses open that hold a venue with its year, or a year alone; else -1."""
    for match in _PAREN.finditer(text, 6):
        when = find_when(match[1], known=known, alone=True)
        if when and when.year and len(match[1]) - (when.end - when.start) < 24:
            return match.start()
        if (
            match.end() >= len(text.rstrip())
            and is_known(match[1])
            and len(text[: match.start()].split()) >= 3
        ):
            return match.start()
    return -1
