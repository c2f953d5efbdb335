"""Names of authors in running text: where they begin and end, one by one, and whether "et al." follows."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from functools import lru_cache

_LEAD = re.compile(r"\s*+(?:(?:by|authors?|作者|written by)(?:\s*+[:：]\s*+|\s++))?", re.I)
_SEPARATOR = re.compile(r"\s*[,;，；、·•]\s*(?:(?:and|&)\s+)?|\s+(?:and|&|\|)\s+")
_ET_AL = re.compile(
    r"[\s,;&]*+(?:\band\s+)?(?:\b(?:et|el)\.?\s?al\b\.?|\betc\b\.?|\band others\b|等人?|\.\.\.|…)", re.I
)
_LONE = re.compile(r"((?:[A-Z][a-z]{1,20}[ -]){1,3}[A-Z][a-z]{1,20}),? et\.?[ ]?al\.?$")
_OPENING = re.compile(r"[(（\[]")
_ASIDE = re.compile(r"\s*+[(（\[][^()（）\[\]]{0,200}+[)）\]]")
_SENTENCE = re.compile(
    r"(?<=[^\W\d_]{2})[*†‡)]?[.。](?=\s|$)|(?<=[\s,][A-Z])\.(?=\s[A-Z]{3})|\?\s|!\s|:\s|\s[-–—|]\s"
)
_PARTICLES = frozenset(
    "van von der den de del della di da dos du la le ter ten bin ibn al el y e st mac zu af av".split()
)
_WITHIN_NAMES = str.maketrans("", "", "-'’.`´¨")
_SUFFIX = re.compile(r"(?:Jr|Sr|II|III|IV|St|Dr)$")
_MARKS = "*†‡§¶#^ \t\r\n0123456789¹²³⁴,_~"
_INITIALS = re.compile(r"(?:[A-Z]\.?[\s-]?){1,4}$")
_GIVEN = re.compile(r"[A-Z][\w-]+(?: [A-Z]\.)+$")
_NO_NAME = frozenset(
    "university institute openai nvidia deepmind arxiv preprint survey code paper project learning models dataset "
    "neural networks network reinforcement training framework adoption keywords keyword website findings".split()
)


@dataclass(frozen=True, slots=True)
class People:
    """Names found in `start:end` of the text searched."""

    names: tuple[str, ...]
    et_al: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    start: int
    end: int
    separator: str


@lru_cache(maxsize=4096)
def find_people(text: str, *, sure: bool = False) -> People | None:
    """The authors a text begins with, or None.

    `sure` says that the place is one where authors stand (italics after a title, a labelled line): one
    name is then enough. Elsewhere it takes two names, or one and "et al.".
    """
    lone = _LONE.match(text)
    if lone and is_name(lone[1]):  # what most rows of large digests hold, and what the long way finds too
        return People((lone[1],), True, 0, lone.end())
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    pieces, et_al, end = _pieces(text, start)
    if not pieces:
        return None
    led = bool(lead and lead[0].strip())
    full = sum(1 for piece in pieces if " " in piece.text or _is_cjk(piece.text))
    enough = et_al or (len(pieces) >= 2 and 2 * full >= len(pieces)) or (len(pieces) >= 4)
    pairs = _paired(pieces, et_al)
    alone = sure and (len(pieces) > 1 or full > 0)
    if enough or alone or (led and full) or len(pairs) < len(pieces):
        return People(tuple(pairs), et_al, pieces[0].start, end)
    return None


def _pieces(text: str, start: int) -> tuple[list[_Piece], bool, int]:
    """Names from `start` on until something is none; whether "et al." ended them; where they ended."""
    pieces: list[_Piece] = []
    at, separator, end = start, "", start
    while at < len(text):
        stop, et_al, last = _stop(text, at)
        name = _clean(text[at:stop])
        if name and not is_name(name):
            return pieces, False, end
        if name:
            end = at + len(text[at:stop].rstrip())
            pieces.append(_Piece(name, at, end, separator))
        if et_al:
            return pieces, True, et_al
        match = _SEPARATOR.match(text, stop) if not last else None
        if match is None:
            return pieces, False, end
        separator, at = match[0].strip(), match.end()
    return pieces, False, end


def _stop(text: str, at: int) -> tuple[int, int, bool]:
    """Where the piece at `at` stops, where "et al." ends (0: none), and whether a sentence ended there."""
    limit = min(len(text), at + 300)
    aside = _ASIDE.search(text, at, limit) if _OPENING.search(text, at, limit) else None
    separator = _SEPARATOR.search(text, aside.end() if aside and _comma_in(text, at, aside) else at, limit)
    stop = separator.start() if separator else limit
    et_al = _ET_AL.search(text, at, min(limit, stop + 20))
    if et_al and et_al.start() <= stop:
        return et_al.start(), et_al.end(), True
    for sentence in _SENTENCE.finditer(text, at, stop + 1):
        if sentence.start() < stop and not _SUFFIX.search(text[at : sentence.start()]):
            return sentence.start(), 0, True
    return stop, 0, False


def _comma_in(text: str, at: int, aside: re.Match[str]) -> bool:
    comma = _SEPARATOR.search(text, at, aside.end())
    return comma is not None and comma.start() >= aside.start()


def _clean(piece: str) -> str:
    bare = _ASIDE.sub("", piece) if _OPENING.search(piece) else piece
    bare = " ".join(
        (html.unescape(bare) if "&" in bare else bare).replace("\\", "").replace("*", " ").split()
    ).strip(_MARKS)
    if bare[-1:] in '"“' and bare.count(bare[-1:]) % 2 == 1:
        bare = bare[:-1].rstrip()
    if bare.endswith(".") and not re.search(r"\b(?:[A-Z]|Jr|Sr)\.$", bare):
        bare = bare.rstrip(".")
    return bare


def is_name(text: str) -> bool:
    """Whether a text can be one person's name: one to five capitalised words, particles apart."""
    if _is_cjk(text):
        return len(text) <= 4
    quoted = len(text) > 2 and text[0] in '"“' and text[-1] in '"”'
    words = (text.strip('"“”') if quoted else text).split()
    if not 1 <= len(words) <= 6 or len(text) > 60:
        return False
    capital = False
    for word in words:
        bare = word if word.isalpha() else word.strip("().'’‘`\"*†‡-")
        if not bare.isalpha() and not bare.translate(_WITHIN_NAMES).isalpha():
            return False
        if bare.casefold() in _NO_NAME:
            return False
        capital |= bare[0].isupper() or not bare[0].islower()
        if bare[0].islower() and bare.casefold() not in _PARTICLES and "'" not in bare and "-" not in bare:
            return False
    return capital and not (len(words) == 1 and sum(c.isupper() for c in text) > 2)


def _is_cjk(text: str) -> bool:
    return bool(text) and all("\u4e00" <= c <= "\u9fff" or c == "·" for c in text)


def _paired(pieces: list[_Piece], et_al: bool) -> list[str]:
    """Names, with "Last, First" pairs kept together where the list is written that way."""
    if len(pieces) == 1:
        return [pieces[0].text]
    for sign in ("and", ";", "；", "&"):
        groups = _groups(pieces, sign)
        if len(groups) > 1 and any(len(group) == 2 for group in groups) and all(map(_is_person, groups)):
            return [", ".join(group) for group in groups]
    texts = [piece.text for piece in pieces]
    if _all_pairs(texts, et_al):
        return [f"{last}, {first}" for last, first in zip(texts[::2], texts[1::2], strict=True)]
    if len(texts) > 1 and _opens_with_pair(texts):
        return [f"{texts[0]}, {texts[1]}", *texts[2:]]
    return texts


def _all_pairs(texts: list[str], et_al: bool) -> bool:
    """Whether last and given names alternate: `Zirak, A., Hemati, H.`, `Jiang, Nan, et al.`"""
    if len(texts) < 2 or len(texts) % 2:
        return False
    lasts, lone = texts[::2], et_al and len(texts) == 2
    if any(_INITIALS.match(last.split()[0]) or len(last.split()) > 2 - et_al for last in lasts):
        return False
    return all(_is_given(text, lone) for text in texts[1::2])


def _opens_with_pair(texts: list[str]) -> bool:
    """Citation style: the first author last name first, the others not (`Gatys, Leon A., Matthias Bethge`)."""
    initial = _GIVEN.match(texts[1]) is not None
    given = initial or (len(texts) > 2 and " " not in texts[1])
    return " " not in texts[0] and given and all(" " in text for text in texts[2:])


def _is_person(group: list[str]) -> bool:
    """One name, or a last name and its given names."""
    return len(group) == 1 or (
        len(group) == 2 and (" " not in group[0] or _INITIALS.match(group[1]) is not None)
    )


def _is_given(text: str, lone_pair: bool) -> bool:
    return _INITIALS.match(text) is not None or (lone_pair and len(text.split()) < 3)


def _groups(pieces: list[_Piece], sign: str) -> list[list[str]]:
    groups: list[list[str]] = []
    for piece in pieces:
        ends = piece.separator.strip(" ,").casefold() == sign if sign.isalpha() else sign in piece.separator
        if not groups or ends:
            groups.append([])
        groups[-1].append(piece.text)
    return groups
