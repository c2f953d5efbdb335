"""Names of authors in running text: where they begin and end, one by one, and whether "et al." follows."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.text import lazy, without_latex

_LEAD = lazy(
    r"\s*+(?:\[\d{1,4}\]\s*+)?((?:(?:edited )?by|authors?|作者|written by)(?:\s*+[:：]\s*+|\s++))?", re.I
)
_SEPARATOR = lazy(r"\s*[,;，；、·•]\s*(?:(?:and|&)\s+)?|\s+(?:and|&|\|)\s+")
_ET_AL = lazy(
    r"[\s,;&*_]*+(?:\band\s+)?(?:(?<![^\W_])(?:et|el)\.?\s?all?(?![^\W_])\.?|\bat al\.|\bet at\.|\betc\b\.?|\band others\b|等人?|\.\.\.|…)",
    re.I,
)
_LONE = lazy(r"((?:[A-Z](?:\.|[^\W\d_]{1,20}+)[ -]){1,3}[A-Z][^\W\d_]{1,20}+),? et\.?[ ]?al\.?$")
OTHERS = lazy(r"\bet\.? al\b")
"""What says of somebody that others wrote the paper, too."""
_OPENING = lazy(r"[(（\[<]")
_YEAR_BEHIND = lazy(r",?\s*[(（](?:19|20)\d\d[a-z]?[,)）]")
"""What ends the authors of a citation: `Sun, W., & Ren, Z. (2023).`"""
_ASIDE = lazy(r"\s*+(?:[(（\[][^()（）\[\]]{0,200}+[)）\]]|<sup>[^<>]{0,30}+</sup>)")
_ACCENTED = lazy(r"\{?\\['`\"^~=.cvuHkr]\s?\{?[A-Za-z]\}{1,2}")
"""One letter with an accent, as LaTeX writes it; what is nested any deeper is no name."""
_CALLED = lazy(r" \([A-Z][a-z]+\)")
_SURNAME_NEXT = lazy(r" [A-Z][a-z]")
_SENTENCE = lazy(
    r"(?<=[^\W\d_]{2})[*†‡)]?[.。](?=\s|$)|(?<=[\s,][A-Z])\.(?=\s(?:[A-Z]{3}|arXiv|(?:19|20)\d\d))|\?\s|!\s|:\s|\s[-–—|]\s"
)
_CLOSED_BY_INITIAL = lazy(r"(?<=[ A-Z][A-Z])\.(?=\s+[A-Z\d])")
_VANCOUVER = lazy(r"(?:[^\W\d_][\w'’-]+ ){1,3}[A-Z](?: ?[A-Z]){0,2}$")
"""A last name and bare initials (`De Hauwere Y M`): in a list of such names the first full stop ends the names."""
_PARTICLES = frozenset(
    "van von der den de del della di da dos du la le ter ten bin ibn al el y e st mac zu af av".split()
)
_WITHIN_NAMES = str.maketrans("", "", "-'’.`´¨{}\u2010\u2011\u00ad")
_SUFFIX = lazy(r"\b(?:Jr|Sr|II|III|IV|St|Dr|Md|Mr|Ms|Mt|Ph)$")
_MIDDLE = lazy(r"(?<=[a-z] )[A-Z]{2}\. [A-Z][\w'’-]+(?:[,;]|\.? +(?:and|&) |$)")
"""A last name behind two initials with one full stop: `Jimmy SJ. Ren, ...`."""
_TEAM = lazy(r"[^:：,;()]{2,40}+[:：]\s*")
_LAST_OF_ALL = lazy(r"(?<=[.…]),?\s*(?:&|and)\s+(?=[A-Z][\w'’-]+, [A-Z]\.)")
"""What stands between the names left out of a citation and its last author: `Xu, C., ... & Xu, J. (2023).`"""
_MIDDLE_LEFT_OUT = lazy(
    r"(?:(?<=, \.\.\.)|(?<=, …)),\s+(?=([A-Z][\w'’.-]*+(?: [\w'’.-]++){1,4})(?:[\s*_]*+$|,))"
)
_GENERATION = lazy(r"(?:Jr|Sr|II|III|IV)\.?$")
"""What follows the comma of one name: `Ken Goldberg, Jr.`"""
_MARKS = "*†‡§¶#^/ \t\r\n0123456789¹²³⁴⁵⁶⁷⁸⁹⁰,_~∗⁎＊⋆★☆‖✉📧\ufe0f"
_INITIALS = lazy(r"(?:[A-Z]\.?[\s-]?){1,4}$")
_INITIALS_FIRST = lazy(r"(?:[A-Z]\.[ -]?){1,3}(?<=\.|\s)(?=\s?[A-Z][\w-]{2,})")
_GIVEN = lazy(r"[A-Z][\w-]+(?: [A-Z]\.)+$")
_NO_NAME = frozenset(
    "university institute openai nvidia deepmind arxiv preprint survey code paper project learning models dataset "
    "neural networks network reinforcement training framework adoption keywords keyword website findings "
    "january february march july august september october november december "
    "ieee acm ltd inc gmbh technologies laboratory company for using with towards toward between from via into through "
    "enabling improving understanding rethinking exploring scaling bridging leveraging accelerating optimizing boosting "
    "making generating evaluating benchmarking detecting predicting revisiting "
    "system mining authors tbd against attack attacks defense defenses challenges applications opportunities methods techniques directions datasets "
    "benchmarks metrics trends tasks taxonomy privacy security robustness fairness safety "
    "without within beyond research tutorial overview model language systems algorithms analysis sciences journal conference workshop".split()
)
_PINYIN = lazy(r"(?:[ZCS]h|[A-Z])?[aeiou]{1,3}(?:ng?|r)?[bpmdtnljqxy]ing$")
"""A given name of two syllables that ends like a gerund: `Xiaoqing`."""
_SMALL_WORDS = frozenset("a an the of for in on at to by with and or as is are from via".split())
_LONGEST = 2000
_CLOSING = ' .,;:\r\n"“'
_NOUN_ENDINGS = ("tion", "sion", "tions", "sions")
_NAMES_LIKE_NOUNS = ("stion", "Collaboration")
_ADJECTIVE_ENDINGS = (
    "-based",
    "-aware",
    "-free",
    "-driven",
    "-guided",
    "-level",
    "-scale",
    "-shot",
    "-end",
    "-wise",
    "-trained",
    "-supervised",
    "-like",
    "-assisted",
    "-efficient",
    "-agnostic",
    "-space",
    "-centric",
    "-enhanced",
    "-augmented",
    "-oriented",
    "-specific",
    "-time",
    "-friendly",
    "-preserving",
    "-modal",
)
"""What words of titles end in and names do not."""


@dataclass(frozen=True, slots=True)
class People:
    """Names found in `start:end` of the text searched."""

    names: tuple[str, ...]
    et_al: bool
    start: int
    end: int

    @property
    def several(self) -> bool:
        """Whether they are more than one: two names, or one and "et al."; what reads as one name may be a venue."""
        return self.et_al or len(self.names) > 1


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    start: int
    end: int
    separator: str
    tight: bool = False
    """No white space parts this piece from the one before: `Shen,Zhiqiang`."""


@lru_cache(maxsize=4096)
def find_people(text: str, *, sure: bool = False) -> People | None:
    """The authors a text begins with, or None.

    `sure` says that the place is one where authors stand (italics after a title, a labelled line): one
    name is then enough. Elsewhere it takes two names, or one and "et al.".
    """
    lone = _LONE.match(text)
    if lone and is_name(lone[1]):  # what most rows of large digests hold, and what the long way finds too
        return People((lone[1],), True, 0, lone.end())
    if text[:12].lstrip(" *_").startswith(("TL;DR", "TL; DR")):
        return None
    if year := _YEAR_BEHIND.search(text, 0, 3000):
        text = text[: year.start()]
    lead = _LEAD.match(text)
    start = lead.end() if lead else 0
    pieces, et_al, end = _pieces(text, start)
    if sure and not et_al and len(pieces) < 2 and (team := _TEAM.match(text, start)):
        return _of_team(text, team.end()) or _enough(pieces, et_al, end, sure=sure, led=False)
    if not pieces:
        return None
    if sure and (more := _rest(text, pieces, et_al, end)):
        return more
    closed = (sure or bool(lead and lead[1])) and text[end : end + 1] == "."
    return _enough(pieces, et_al, end, sure=sure, led=bool(lead and lead[1]), closed=closed)


def _enough(
    pieces: list[_Piece], et_al: bool, end: int, *, sure: bool, led: bool, closed: bool = False
) -> People | None:
    """The people of these pieces where they are enough to be believed.

    `led` says that "by" stands before them, `closed` that authors stand here and a full stop behind them.
    """
    if not pieces:
        return None
    full = sum(1 for piece in pieces if " " in piece.text or _is_cjk(piece.text))
    enough = et_al or (len(pieces) >= 2 and 2 * full >= len(pieces)) or (len(pieces) >= 4)
    pairs = _paired(pieces, et_al, closed)
    alone = sure and (len(pieces) > 1 or full > 0)
    if enough or alone or (led and full) or len(pairs) < len(pieces):
        return People(tuple(pairs), et_al, pieces[0].start, end)
    return None


def _rest(text: str, pieces: list[_Piece], et_al: bool, end: int) -> People | None:
    """All names where the first reading stopped at one written small, in a text that holds nothing else."""
    if et_al or len(text) - end < 4 or len(text) > _LONGEST or text[end] not in ",;":
        return None
    names = [_clean(piece) for piece in _SEPARATOR.split(text[pieces[0].start :].rstrip(_CLOSING))]
    named = [name for name in names if name]
    if len(named) < 2 or not all(_is_small_name(name) for name in named) or len(named) <= len(pieces):
        return None
    return People(tuple(named), False, pieces[0].start, len(text.rstrip(_CLOSING)))


def _of_team(text: str, start: int) -> People | None:
    """The members of a team where the text ends with them: `CodeGemma Team: Heri Zhao, Jeffrey Hui`."""
    pieces, et_al, end = _pieces(text, start) if len(text) <= _LONGEST else ([], False, 0)
    if len(pieces) < 2 or len(text) - end > 4:
        return None
    return _enough(pieces, et_al, end, sure=True, led=False)


def _is_small_name(text: str) -> bool:
    """Whether a text among names is one although it is written small: `camille couprie`."""
    words = text.split()
    return (
        2 <= len(words) <= 4
        and not _is_cjk(text)
        and is_name(text.title())
        and _SMALL_WORDS.isdisjoint(words)
    )


def _pieces(text: str, start: int) -> tuple[list[_Piece], bool, int]:
    """Names from `start` on until something is none; whether "et al." ended them; where they ended."""
    pieces: list[_Piece] = []
    at, separator, end, left_out, initials = start, "", start, False, False
    while at < len(text):
        stop, et_al, last = _stop(text, at, initials)
        name = _clean(text[at:stop])
        if name and pieces and _GENERATION.match(name) and "," not in pieces[-1].text:
            name = f"{pieces[-1].text}, {name}"
            pieces[-1] = replace(pieces[-1], text=name)
        elif name and (given := _given_before_title(text, at, stop, pieces)):
            pieces.append(_Piece(given[0].strip(), at, given.end(), separator.strip()))
            return pieces, left_out, given.end()
        elif name and (not is_name(name) or (last and _names_a_work(text, stop, name, pieces, separator))):
            return pieces, left_out, end
        elif name:
            pieces.append(_Piece(name, at, stop, separator.strip(), separator == ","))
            initials = (initials or len(pieces) == 1) and _VANCOUVER.match(name) is not None
        end = at + len(text[at:stop].rstrip()) if name else end
        match = _SEPARATOR.match(text, stop) if not last else None
        if et_al:
            match, left_out, end = _LAST_OF_ALL.match(text, et_al) or _goes_on(text, et_al), True, et_al
        if match is None:
            return pieces, left_out, end
        separator, at = match[0], match.end()
    return pieces, left_out, end


def _given_before_title(text: str, at: int, stop: int, pieces: list[_Piece]) -> re.Match[str] | None:
    """The initials that end a list of last names and initials, with the title right behind: `..., Julien, S. Title`."""
    if len(pieces) % 2 == 0 or len(pieces) < 3 or not text[at : at + 2].endswith("."):
        return None
    found = _INITIALS_FIRST.match(text, at, stop)
    return found if found and all(_INITIALS.match(piece.text) for piece in pieces[1::2]) else None


def _goes_on(text: str, at: int) -> re.Match[str] | None:
    """The comma behind names left out in the middle, where full names follow it: `A. Name, ..., B. Name, C. Name`."""
    match = _MIDDLE_LEFT_OUT.match(text, at) if text[at - 1] in ".…" else None
    return match if match and is_name(match[1]) else None


def _names_a_work(text: str, stop: int, name: str, pieces: list[_Piece], separator: str) -> bool:
    """Whether one word before a colon opens the title behind full names: `..., Fatih Porikli, DeepTrack: Learning ...`."""
    if text[stop : stop + 1] != ":" or " " in name or not pieces or separator.strip(" ,") in ("and", "&"):
        return False
    return " " in pieces[-1].text and _INITIALS.match(name) is None


def _stop(text: str, at: int, initials: bool = False) -> tuple[int, int, bool]:
    """Where the piece at `at` stops, where "et al." ends (0: none), and whether a sentence ended there.

    `initials` says that the names before it end in initials without full stops.
    """
    limit = min(len(text), at + 300)
    aside = _ASIDE.search(text, at, limit) if _OPENING.search(text, at, limit) else None
    separator = _SEPARATOR.search(text, aside.end() if aside and _comma_in(text, at, aside) else at, limit)
    stop = separator.start() if separator else limit
    et_al = _ET_AL.search(text, at, min(limit, stop + 20))
    if et_al and et_al.start() <= stop:
        return et_al.start(), et_al.end(), True
    closed = _CLOSED_BY_INITIAL.search(text, at, stop) if initials else None
    if closed:
        return closed.start(), 0, True
    for sentence in _SENTENCE.finditer(text, at, stop + 1):
        dotted = sentence[0] == "." and _MIDDLE.match(text, sentence.start() - 2, limit)
        if sentence.start() < stop and not dotted and not _SUFFIX.search(text[at : sentence.start()]):
            return sentence.start(), 0, True
    return stop, 0, False


def _comma_in(text: str, at: int, aside: re.Match[str]) -> bool:
    comma = _SEPARATOR.search(text, at, aside.end())
    return comma is not None and comma.start() >= aside.start()


def _kept_aside(aside: re.Match[str]) -> str:
    """Nothing, but for the name somebody goes by between given name and surname: `Xi (Peter) Chen`."""
    follows = aside.string[aside.end() : aside.end() + 3]
    return aside[0] if _CALLED.fullmatch(aside[0]) and _SURNAME_NEXT.match(follows) and aside.start() else ""


def _clean(piece: str) -> str:
    piece = _ACCENTED.sub(lambda letter: without_latex(letter[0]), piece) if "\\" in piece else piece
    bare = _ASIDE.sub(_kept_aside, piece) if _OPENING.search(piece) else piece
    bare = " ".join(
        (html.unescape(bare) if "&" in bare else bare).replace("\\", "").replace("*", " ").split()
    ).strip(_MARKS)
    if bare[-1:] in '"“' and bare.count(bare[-1:]) % 2 == 1:
        bare = bare[:-1].rstrip()
    if bare.endswith(".") and not re.search(r"\b(?:[A-Z]|Jr|Sr)\.$", bare):
        bare = bare.rstrip(". ")
    return bare


def is_name(text: str) -> bool:
    """Whether a text can be one person's name: one to five capitalised words, particles apart."""
    if not text.isascii() and any("\u4e00" <= c <= "\u9fff" for c in text):
        return len(text) <= 4 and _is_cjk(text)
    quoted = len(text) > 2 and text[0] in '"“' and text[-1] in '"”'
    words = (text.strip('"“”') if quoted else text).split()
    if not 1 <= len(words) <= 6 or len(text) > 60:
        return False
    if words[0] == "The" and len(words) > 1:
        return False
    capital = False
    for word in words:
        bare = word if word.isalpha() else word.strip("().'’‘`\"*†‡-")
        if not _names_somebody(bare):
            return False
        capital |= not bare[0].islower()
    if len(words) == 1:
        return capital and sum(c.isupper() for c in text) <= 2
    return capital and (len(words) < 3 or not _is_phrase(words))


@lru_cache(maxsize=8192)
def _names_somebody(word: str) -> bool:
    """Whether a word, without signs around it, can be part of a name. Given names return all over a list."""
    if not word.isalpha() and not word.translate(_WITHIN_NAMES).isalpha():
        return False
    if word.casefold() in _NO_NAME or word.endswith(_ADJECTIVE_ENDINGS):
        return False
    if word.endswith(_NOUN_ENDINGS) and not word.endswith(_NAMES_LIKE_NOUNS):
        return False
    small = word[0].islower()
    return not small or word.casefold() in _PARTICLES or "'" in word or "-" in word


def are_halves(names: tuple[str, ...]) -> bool:
    """Whether names could be last and given names in turn: an even number, one of two neighbours a single word."""
    pairs = zip(names[::2], names[1::2], strict=False)
    return len(names) % 2 == 0 and all(
        (" " not in one or " " not in other) and ", " not in one + other for one, other in pairs
    )


def _is_phrase(words: list[str]) -> bool:
    """Whether three and more words open a title rather than name somebody: `Building Portable Options`."""
    if any(len(word.rstrip(".")) == 1 or word.casefold() in _PARTICLES for word in words):
        return False
    return len(words[0]) > 6 and words[0].endswith("ing") and not _PINYIN.match(words[0])


def _is_cjk(text: str) -> bool:
    return bool(text) and all("\u4e00" <= c <= "\u9fff" or c == "·" for c in text)


def _paired(pieces: list[_Piece], et_al: bool, closed: bool) -> list[str]:
    """Names, with "Last, First" pairs kept together where the list is written that way.

    Where a full stop has `closed` them two words parted by a comma are one name: `Ma, Hao. Title`.
    """
    if len(pieces) == 1:
        return [pieces[0].text]
    if (
        closed
        and len(pieces) == 2
        and pieces[1].separator == ","
        and not any(" " in piece.text for piece in pieces)
    ):
        return [f"{pieces[0].text}, {pieces[1].text}"]
    if tied := _tied(pieces):
        return tied
    if _are_three_surnames(pieces):
        return [piece.text for piece in pieces]
    for sign in ("and", ";", "；", "&"):
        groups = _groups(pieces, sign)
        if len(groups) > 1 and (_are_halves_each(groups) or _are_persons(groups)):
            return [", ".join(group) for group in groups]
    texts = [piece.text for piece in pieces]
    if _all_pairs(texts, et_al) or _joined_pairs(pieces):
        return [f"{last}, {first}" for last, first in zip(texts[::2], texts[1::2], strict=True)]
    if len(texts) > 1 and _opens_with_pair(texts):
        return [f"{texts[0]}, {texts[1]}", *texts[2:]]
    return texts


def _are_three_surnames(pieces: list[_Piece]) -> bool:
    """Whether a comma stands before the "and" behind two single words: `Yu, Seide, and Li`."""
    if len(pieces) != 3 or not re.match(r",\s*(?:and|&)", pieces[2].separator):
        return False
    return not any(" " in piece.text or _INITIALS.match(piece.text) for piece in pieces)


def _tied(pieces: list[_Piece]) -> list[str]:
    """Names whose halves a comma without white space ties together: `Shen,Zhiqiang, He,Zhankui`."""
    ties = sum(piece.tight for piece in pieces)
    if ties < 2 - (len(pieces) == 3) or ties == len(pieces) - 1:
        return []
    groups: list[list[str]] = []
    for piece in pieces:
        if piece.tight and groups:  # what opens with a comma ties to nothing
            groups[-1].append(piece.text)
        else:
            groups.append([piece.text])
    halves = all(
        len(group) == 2 and " " not in group[0] or len(group) == 1 and " " in group[0] for group in groups
    )
    return [",".join(group) for group in groups] if halves else []


def _all_pairs(texts: list[str], et_al: bool) -> bool:
    """Whether last and given names alternate: `Zirak, A., Hemati, H.`, `Jiang, Nan, et al.`"""
    if len(texts) < 2 or len(texts) % 2:
        return False
    lasts, lone = texts[::2], et_al and len(texts) == 2
    if any(_INITIALS.match(last.split()[0]) or len(last.split()) > 2 - et_al for last in lasts):
        return False
    return all(_is_given(text, lone) for text in texts[1::2])


def _joined_pairs(pieces: list[_Piece]) -> bool:
    """Whether single words are last and given names, for "and" stands before the last two: `Kaiser, Lukasz, and Bengio, Samy`."""
    if len(pieces) < 4 or len(pieces) % 2 or any(" " in piece.text.rstrip(".")[:-2] for piece in pieces[::2]):
        return False
    ends = pieces[-2].separator.strip(" ,").casefold()
    return ends in ("and", "&") and pieces[-1].separator.strip() == ","


def _opens_with_pair(texts: list[str]) -> bool:
    """Citation style: the first author last name first, the others not (`Gatys, Leon A., Matthias Bethge`)."""
    given = _GIVEN.match(texts[1]) is not None or len(texts) > 2
    return " " not in texts[0] and given and all(" " in text for text in texts[2:])


def _are_halves_each(groups: list[list[str]]) -> bool:
    """Whether each name is parted in two, as BibTeX has them; a last name may be of two words where others are of one."""
    single = sum(" " not in group[0] for group in groups)
    return 2 * single >= len(groups) and all(len(group) == 2 for group in groups)


def _are_persons(groups: list[list[str]]) -> bool:
    """Whether each is one name or its halves, and some are halves."""
    return any(len(group) == 2 for group in groups) and all(map(_is_person, groups))


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
