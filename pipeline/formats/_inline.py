"""What stands inside a block: links, images, emphasis and code, each with its place in the file.

Markdown's own inline rules answer "how does it look"; here the question is "which characters are what",
so this is a scanner of its own, linear in the text, that keeps every position. It is more forgiving than
CommonMark where lists are: `**Title **` is bold, `[a]([b](url))` leads to `url`, a URL may hold a space.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from pipeline.text import lazy

MarkKind = Literal["bold", "italic", "under", "code", "link", "image", "bracket", "quote", "break", "paren"]

_TOKEN = lazy(
    r"\\[!-/:-@\[-`{-~\n]|\$(?![\s\d$])[^$\n]{1,300}(?<!\s)\$(?!\w)|`++|!\[|[\[\]()]|\*++|_++|~~|<https?://[^\s<>]++>|</?[a-zA-Z][^<>]{0,2000}+>"
    r"|https?://[^\s<>\"`|\[\]，。；）】》]++|[\"“”]|‘(?=[A-Z])|(?<=[\w?!.])’(?!\w)|\n",
    re.S,
)
_BOLD = lazy(r"\*\*([\w ,.:;?/&'’‘!+=%@#–—-]++)\*\*")
_LINK = lazy(r"\[([\w ,.:/-]++)\]\((https?://[\w./?=&%#~-]++)\)")
_PLAIN = lazy(r"[\w ,.:;?/&'’‘!+=%@#–—-]*+")
_TAG_NAME = lazy(r"</?([a-zA-Z][a-zA-Z0-9]*+)")
_ATTRIBUTE = lazy(r"""\b(href|src|alt)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++))""", re.I)
_TITLE_IN_TARGET = lazy(r"\s++(?:\"[^\"]*+\"|'[^']*+')\s*+$")
_TAGS: Mapping[str, MarkKind] = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "under", "ins": "under", "code": "code",
}  # fmt: skip
_EMPHASIS: Mapping[str, MarkKind] = {"*": "italic", "_": "italic", "**": "bold", "__": "bold"}
_PAREN_OR_LINE = lazy(r"[()\n]")
_NAMES_IN_ITALICS = lazy(r"\*[A-Z][^*\n,]{1,40}(?: and |, )[^*\n]{2,800}\*(?!\w)")
"""Authors in italics that nothing parts from a title: `Backpack Language Models*John Hewitt, Percy Liang*`."""
_ESCAPED = lazy(r"\\([!-/:-@\[-`{-~])")
_MAX_TARGET = 4096
_SIGNS = lazy(r"[\W_]++")
SHORTCODE = r":[a-z0-9_+-]{2,40}:"
"""A sign by its name, as GitHub writes it: `:star:`."""


@dataclass(slots=True)
class Mark:
    """A marked stretch: `start:end` with its signs, `inner_start:inner_end` without.

    For links and images `url` is the target and `url_start:url_end` its place.
    """

    kind: MarkKind
    start: int
    end: int
    inner_start: int
    inner_end: int
    url: str = ""
    url_start: int = -1
    url_end: int = -1

    @property
    def is_bare(self) -> bool:
        """Whether a link is an address and nothing else: its text is where it leads."""
        return self.inner_start == self.url_start

    def moved(self, by: int) -> Mark:
        """The same mark so many characters further on; a target keeps its place where it has none in the text."""
        first, last = self.url_start, self.url_end
        placed = (first + by, last + by) if last >= 0 else (first, last)
        inner = (self.inner_start + by, self.inner_end + by)
        return Mark(self.kind, self.start + by, self.end + by, *inner, self.url, *placed)


@dataclass(slots=True)
class Inline:
    """A stretch of the visible text with its marks in order of their starts, outer ones first.

    `links` are the marks that are links; `cuts` are the characters that are markup only.
    """

    text: str
    start: int
    end: int
    marks: tuple[Mark, ...]
    cuts: tuple[tuple[int, int], ...]
    links: tuple[Mark, ...] = ()

    def plain(self, start: int, end: int) -> str:
        """The text between two positions as a reader of the page sees it, on one line."""
        cuts = self.cuts
        whole = not cuts or (len(cuts) == 2 and cuts[0][1] <= start and end <= cuts[1][0])
        text = self.text[start:end] if whole else self._kept(start, end)
        return " ".join((html.unescape(text) if "&" in text else text).split())

    def _kept(self, start: int, end: int) -> str:
        first = bisect_left(self.cuts, (start, -1)) if len(self.cuts) > 8 else 0
        first = max(0, first - 1)
        parts, at = [], start
        for left, right in self.cuts[first:] if first else self.cuts:
            if left >= end:
                break
            if left > at:
                parts.append(self.text[at:left])
            if right > at:
                at = right
        if at < end:
            parts.append(self.text[at:end])
        return "".join(parts)

    def of(self, *kinds: MarkKind) -> list[Mark]:
        """The marks of these kinds, in order."""
        if not self.marks:
            return []
        return [mark for mark in self.marks if mark.kind in kinds]


@dataclass(slots=True)
class _Scan:
    text: str
    start: int
    end: int
    references: Mapping[str, tuple[int, int]]
    marks: list[Mark] = field(default_factory=list)
    cuts: list[tuple[int, int]] = field(default_factory=list)
    brackets: list[tuple[int, int]] = field(default_factory=list)
    parens: list[int] = field(default_factory=list)
    emphasis: dict[str, int] = field(default_factory=dict)
    around: list[tuple[str, int]] = field(default_factory=list)
    """Emphasis that stays open around the label of a link, which has emphasis of its own."""
    tags: dict[str, list[tuple[int, int, str, int]]] = field(default_factory=dict)
    quote: int = -1
    single: int = -1
    pairs: dict[int, int] | None = None


def without_signs(text: str) -> str:
    """The letters and digits of a text, run together: what is there to compare, or to count."""
    return _SIGNS.sub("", text)


def fold_signs(text: str) -> str:
    """The same for two texts that are the same but for case, signs and spaces."""
    return without_signs(text).casefold()


def scan(text: str, start: int, end: int, references: Mapping[str, tuple[int, int]] | None = None) -> Inline:
    """Find all marks in `text[start:end]`; `references` maps folded labels to the place of their URL."""
    simple = _simple(text, start, end)
    if simple:
        return simple
    match = _TOKEN.search(text, start, end)
    state = _Scan(text, start, end, references or {})
    while match:
        match = _TOKEN.search(text, _take(state, match), end)
    marks = state.marks
    if len(marks) > 1:
        marks.sort(key=lambda mark: (mark.start, -mark.end))
    links = tuple([mark for mark in marks if mark.kind == "link"])
    return Inline(text, start, end, tuple(marks), tuple(sorted(state.cuts)), links)


def _simple(text: str, start: int, end: int) -> Inline | None:
    """Plain text, one bold text or one link: what most cells of large tables are."""
    sign = text[start : start + 1]
    if sign == "*":
        if match := _BOLD.fullmatch(text, start, end):
            inner, stop = match.span(1)
            mark = Mark("bold", start, end, inner, stop)
            return Inline(text, start, end, (mark,), ((start, inner), (stop, end)))
    elif sign == "[":
        if match := _LINK.fullmatch(text, start, end):
            label, label_end = match.span(1)
            inner, stop = match.span(2)
            mark = Mark("link", start, end, label, label_end, text[inner:stop], inner, stop)
            return Inline(text, start, end, (mark,), ((start, label), (label_end, end)), (mark,))
    elif _PLAIN.fullmatch(text, start, end) and text.find("://", start, end) < 0:
        return Inline(text, start, end, (), ())
    return None


def _take(state: _Scan, match: re.Match[str]) -> int:
    """Note what a sign means; where to look on."""
    sign = match[0]
    kind = sign[0]
    if kind in "[!":
        state.brackets.append((match.start(), match.end()))
    elif kind == "]":
        return _close_bracket(state, match.start())
    elif kind in "*_":
        return _emphasis(state, match)
    elif kind == "`":
        return _code(state, match)
    elif kind == "h":
        return _bare_url(state, match.start(), match.end())
    elif kind == "\\":
        state.cuts.append((match.start(), match.start() + 1))
        return match.end() if sign[-1] != "\n" else match.start() + 1
    else:
        _NOTERS[kind](state, match)
    return match.end()


def _close_bracket(state: _Scan, at: int) -> int:
    if not state.brackets:
        return at + 1
    left, inner = state.brackets.pop()
    following = state.text[at + 1 : at + 2] if at + 1 < state.end else ""
    image = inner - left == 2
    if following == "(" and (target := _target(state, at + 1)):
        return _linked(state, (left, inner, at), target, image)
    if following == " " and state.text.startswith("(http", at + 2) and (target := _target(state, at + 2)):
        return _linked(state, (left, inner, at), target, image)  # `[Title] (url)`: meant as a link
    reference = _reference(state, inner, at, following)
    if reference:
        url, after = reference
        return _linked(state, (left, inner, at), (url[0], url[1], after), image)
    if not image:
        state.marks.append(Mark("bracket", left, at + 1, inner, at))
    return at + 1


def _linked(state: _Scan, label: tuple[int, int, int], target: tuple[int, int, int], image: bool) -> int:
    left, inner, close = label
    url_start, url_end, after = target
    if image:
        state.cuts.append((left, after))
    else:
        state.cuts += (left, inner), (close, after)
    url = state.text[url_start:url_end]
    if "\\" in url:
        url = _ESCAPED.sub(r"\1", url)
    state.marks.append(Mark("image" if image else "link", left, after, inner, close, url, url_start, url_end))
    return after


def _target(state: _Scan, at: int) -> tuple[int, int, int] | None:
    """Where the URL of `](...)` starts and ends and where the link ends, `at` being its `(`."""
    close = state.text.find(")", at, min(state.end, at + _MAX_TARGET))
    inside = state.text[at + 1 : close]
    if close > 0 and "(" not in inside and "\n" not in inside:
        return (*_trim_target(state.text, at + 1, close), close + 1)
    if state.pairs is None:
        state.pairs = _paren_pairs(state.text, state.start, state.end)
    close = state.pairs.get(at, -1)
    if close < 0 or close - at > _MAX_TARGET:
        return None
    return (*_trim_target(state.text, at + 1, close), close + 1)


def _paren_pairs(text: str, start: int, end: int) -> dict[int, int]:
    """Each `(` and its `)` on the same line."""
    pairs: dict[int, int] = {}
    opened: list[int] = []
    for match in _PAREN_OR_LINE.finditer(text, start, end):
        if match[0] == "(":
            opened.append(match.start())
        elif match[0] == "\n":
            opened.clear()
        elif opened:
            pairs[opened.pop()] = match.start()
    return pairs


def _trim_target(text: str, start: int, end: int) -> tuple[int, int]:
    """The URL itself: no white space, no title, no angle brackets; the inner one of nested links."""
    inside = text[start:end]
    if inside.startswith("http") and " " not in inside and "[" not in inside:
        return start, end
    if inside.lstrip().startswith("[") and (nested := inside.rfind("](")) >= 0:
        start += nested + 2
        inside = text[start:end].rstrip(")")
    if title := _TITLE_IN_TARGET.search(inside):
        inside = inside[: title.start()]
    start += len(inside) - len(inside.lstrip())
    inside = inside.strip()
    if inside.startswith("<") and inside.endswith(">"):
        return start + 1, start + len(inside) - 1
    return start, start + len(inside)


def _reference(state: _Scan, inner: int, at: int, following: str) -> tuple[tuple[int, int], int] | None:
    if not state.references:
        return None
    label, after = state.text[inner:at], at + 1
    if following == "[":
        close = state.text.find("]", at + 2, min(state.end, at + 1002))
        if close > 0:
            label, after = state.text[at + 2 : close] or label, close + 1
    found = state.references.get(" ".join(label.split()).casefold())
    return (found, after) if found else None


def _emphasis(state: _Scan, match: re.Match[str]) -> int:
    sign, length = match[0][0], len(match[0])
    if length > 3 or (sign == "_" and not _word_edge(state, match)):
        return match.end()
    before = state.text[match.start() - 1] if match.start() > state.start else " "
    after = state.text[match.end()] if match.end() < state.end else " "
    if before.isspace() and after.isspace():
        return match.end()
    at = match.start()
    for delimiter in _delimiters(state, sign, length):
        _toggle(state, delimiter, at, before, after)
        at += len(delimiter)
    return match.end()


def _delimiters(state: _Scan, sign: str, length: int) -> tuple[str, ...]:
    if length < 3:
        return (sign * length,)
    italic_inside = state.emphasis.get(sign, -1) > state.emphasis.get(sign * 2, -1)
    return (sign, sign * 2) if italic_inside else (sign * 2, sign)


def _word_edge(state: _Scan, match: re.Match[str]) -> bool:
    before = state.text[match.start() - 1] if match.start() > state.start else " "
    after = state.text[match.end()] if match.end() < state.end else " "
    return not (before.isalnum() and after.isalnum())


def _toggle(state: _Scan, delimiter: str, at: int, before: str, after: str) -> None:
    """Close the emphasis that is open with these signs, else open one."""
    opened = state.emphasis.get(delimiter)
    can_open = not after.isspace() and not (before.isalnum() and (delimiter != "**" or not after.isalnum()))
    if opened is None and delimiter == "*" and before.isalpha() and after.isupper():
        can_open = _NAMES_IN_ITALICS.match(state.text, at, state.end) is not None
    if opened is not None and before == "[" and can_open:
        state.around.append((delimiter, opened))
        state.emphasis[delimiter] = at
    elif opened is not None and not (before.isspace() and can_open):
        inner = opened + len(delimiter)
        del state.emphasis[delimiter]
        if state.around and state.around[-1][0] == delimiter:
            state.emphasis[delimiter] = state.around.pop()[1]
        if inner < at:
            state.marks.append(Mark(_EMPHASIS[delimiter], opened, at + len(delimiter), inner, at))
            state.cuts += (opened, inner), (at, at + len(delimiter))
    elif can_open:
        state.emphasis[delimiter] = at


def _code(state: _Scan, match: re.Match[str]) -> int:
    ticks = match[0]
    close = state.text.find(ticks, match.end(), min(state.end, match.end() + _MAX_TARGET))
    if close < 0:
        return match.end()
    state.marks.append(Mark("code", match.start(), close + len(ticks), match.end(), close))
    state.cuts += match.span(), (close, close + len(ticks))
    return close + len(ticks)


def _tag(state: _Scan, match: re.Match[str]) -> None:
    name_match = _TAG_NAME.match(match[0])
    if name_match is None or match[0].startswith(("<http://", "<https://")):
        _autolink(state, match)
        return
    name, (left, right) = name_match[1].lower(), match.span()
    state.cuts.append((left, right))
    if name == "br":
        state.marks.append(Mark("break", left, right, right, right))
    elif name == "img":
        _image_tag(state, match)
    elif match[0][1] == "/":
        _close_tag(state, name, left, right)
    elif name in _TAGS or name == "a":
        url, url_start = _attribute(match, "href") if name == "a" else ("", -1)
        state.tags.setdefault(name, []).append((left, right, url, url_start))


def _image_tag(state: _Scan, match: re.Match[str]) -> None:
    url, url_start = _attribute(match, "src")
    alt, alt_start = _attribute(match, "alt")
    where = (alt_start, alt_start + len(alt)) if alt else (match.start(), match.start())
    state.marks.append(Mark("image", *match.span(), *where, url, url_start, url_start + len(url)))


def _close_tag(state: _Scan, name: str, left: int, right: int) -> None:
    if not state.tags.get(name):
        return
    opened, inner, url, url_start = state.tags[name].pop()
    if name == "a":
        if url_start >= 0:
            state.marks.append(Mark("link", opened, right, inner, left, url, url_start, url_start + len(url)))
    else:
        state.marks.append(Mark(_TAGS[name], opened, right, inner, left))


def _attribute(match: re.Match[str], wanted: str) -> tuple[str, int]:
    for found in _ATTRIBUTE.finditer(match[0]):
        if found[1].lower() == wanted:
            group = found.lastindex or 2
            return found[group], match.start() + found.start(group)
    return "", -1


def _autolink(state: _Scan, match: re.Match[str]) -> None:
    left, right = match.span()
    state.cuts.append((left, right))
    state.marks.append(Mark("link", left, right, left + 1, right - 1, match[0][1:-1], left + 1, right - 1))


def _bare_url(state: _Scan, start: int, end: int) -> int:
    """A URL in running text, without the punctuation that belongs to the sentence."""
    url = state.text[start:end]
    if (joined := url.find(",http", 1)) > 0 and "://" in url[joined : joined + 9]:
        url = url[:joined]  # a comma and no space part two addresses
    surplus, last = url.count(")") - url.count("("), len(url)
    while last and (url[last - 1] in ".,;:!?'*_~、" or (url[last - 1] == ")" and surplus > 0)):
        surplus -= url[last - 1] == ")"
        last -= 1
    url = _until_unbalanced(url[:last]) if surplus > 0 else url[:last]
    end = start + len(url)
    state.marks.append(Mark("link", start, end, start, end, url, start, end))
    state.cuts.append((start, end))
    return max(end, start + 1)


def _until_unbalanced(url: str) -> str:
    depth = 0
    for index, sign in enumerate(url):
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return url[:index]
    return url


def _paren(state: _Scan, match: re.Match[str]) -> None:
    if match[0] == "(":
        state.parens.append(match.start())
    elif state.parens:
        left = state.parens.pop()
        if not state.parens:
            state.marks.append(Mark("paren", left, match.end(), left + 1, match.start()))


def _quote(state: _Scan, match: re.Match[str]) -> None:
    at = match.start()
    if state.quote >= 0 and match[0] != "“":
        if at - state.quote > 1:
            state.marks.append(Mark("quote", state.quote, at + 1, state.quote + 1, at))
        state.quote = -1
    elif match[0] != "”":
        state.quote = at


def _single_quote(state: _Scan, match: re.Match[str]) -> None:
    """Curly single quotes, where they open before a capital: `‘Title’`. By itself the closing one is an apostrophe."""
    if match[0] == "‘":
        state.single = match.start()
    elif state.single >= 0:
        state.marks.append(Mark("quote", state.single, match.end(), state.single + 1, match.start()))
        state.single = -1


def _break(state: _Scan, match: re.Match[str]) -> None:
    state.marks.append(Mark("break", match.start(), match.end(), match.end(), match.end()))


def _formula(_state: _Scan, _match: re.Match[str]) -> None:
    """What stands in a formula is no markup."""


def _strike(state: _Scan, match: re.Match[str]) -> None:
    state.cuts.append(match.span())


_NOTERS: Mapping[str, Callable[[_Scan, re.Match[str]], None]] = {
    "<": _tag, "(": _paren, ")": _paren, '"': _quote, "“": _quote, "”": _quote, "‘": _single_quote, "’": _single_quote, "\n": _break, "$": _formula, "~": _strike,
}  # fmt: skip
