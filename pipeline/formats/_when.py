"""Where and when: the venue, the year or the date that a stretch of text names, each with its place.

A venue is recognised by its place first (next to a year, alone in its slot), by its shape second (an
acronym, or a word like "Workshop"), and where both say too little by being one: `venues` knows them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.formats._inline import SHORTCODE
from pipeline.formats._people import find_people
from pipeline.text import lazy

_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?"
    r"|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\b\.?"
)
YYYY = r"(?:19[5-9]\d|20[0-4]\d)"
_DATE = lazy(
    rf"(?<![\w/.-])(?:\d{{1,2}}(?:st|nd|rd|th)?[\s,-]{{1,3}}{_MONTH}[\s,-]{{0,3}}(?P<a>{YYYY})"
    rf"|{_MONTH}[\s-]{{0,3}}(?:\d{{1,2}}(?:st|nd|rd|th)?[\s,]{{1,3}}|,?\s{{0,3}})(?P<b>{YYYY})"
    rf"|(?P<h>{YYYY}),?[ ]{_MONTH}(?![ ]?[a-z])"
    rf"|(?P<c>{YYYY})(?P<s>[-/.])(?:0?[1-9]|1[0-2])(?:(?P=s)(?:[0-2]?\d|3[01]|[Xx]{{2}}))?(?![\d/]|[.-]\d)"
    rf"|(?P<g>{YYYY})年(?:\d{{1,2}}月)?(?:\d{{1,2}}日)?"
    rf"|(?P<i>{YYYY})(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?"
    rf"|(?:0?[1-9]|1[0-2])/(?P<f>{YYYY}))(?!\w)",
    re.I,
)
FOUR_DIGITS = lazy(r"(?:19|20)\d\d")
"""What a year is written with, whatever stands beside it."""
_TWO_DIGITS = lazy(r"\d\d")
_YEAR = lazy(
    rf"(?<![\d./#])(?<!\d[-–])(?P<y>{YYYY})(?![\d%]|s\b|[./-]\d|[kK]\b)|(?<=[\w.])\s?['’‘`]\s?(?P<s>\d\d)(?!\w)"
)
_SHORT_YEAR = lazy(
    r"(?<![\w.])(?P<v>(?!RANK\b|TOP\b|PART\b|VOL\b)(?:[A-Z][A-Za-z]{0,15}[A-Z][A-Za-z]{0,15}|Arxiv|arxiv|arXiv|[Pp]reprint)[\s-]?)(?P<s>[012]\d|9\d)(?![\w:/%+-]|\.\d)"
)
_ISSUED = lazy(rf"\s\d{{1,4}}\.\s?\d{{1,3}}\s?\((?P<y>{YYYY})\)(?=:|$|[\s.,])")
"""A year behind the volume and issue of a journal: `IEEE T-PAMI 29. 6(2007): 1052-1067`."""
_GLUED_YEAR = lazy(r"(?<![\w.])(?P<v>[A-Z][a-z]{2,15})(?P<s>[012]\d)(?!\w)")
"""A year glued to a venue that is written as a word is: `Ubicomp25`."""
_SLOT_YEAR = lazy(
    r"[\s(\[*_.,]*+(?P<v>[A-Za-z][A-Za-z&/]*+(?:[ -][A-Za-z&/]++){0,4})[\s-](?P<s>[012]\d)[\s)\]*_.,]*+"
)
"""A short year behind a venue of several words, or one that is written as a word is, with nothing else: `IEEE S&P 25`."""
_EDGE = " \t\r\n,.;:()[]{}|-–—_*'’‘`\"“”/@（），。；：、·•<>【】《》"
_SHORTCODE = lazy(rf"\s{SHORTCODE}$")
_BOUNDARY = lazy(
    r"[;!?|。；：，、·•]\s*|[,:]\s+|(?<=[\w)’'\"”])\.\s+|[(\[（\])）\"“”]|\s[-–—]\s|\bin\s+(?=Proc|the\s)"
    r"|(?<=[A-Za-z0-9.])\s*+(?=[\u4e00-\u9fff])|(?<=\.\d{4})\d?\s/\s(?=[A-Z])"
)
_ABBREVIATION = lazy(
    r"(?:\b(?:Proc|Conf|Int|Intl|Trans|J|Symp|Adv|Inf|Syst|Comput|Mach|Learn|Res|Lett|Rev|Nat|Commun|Sci|Eng|vs"
    r"|Knowl|Surv|Anal|Softw|Netw|Secur|Mag|Cybern|Multim|Robot|Autom|Vis|Graph|Inst|Rep|Stat|Soc|Assoc|Linguist|Artif|Intell|Process|Appl|Am|Math|Phys|Biol|Med|Annu|Workshop|Univ|Dept|ed|vol)|\b[A-Z])$"
)
_ACRONYM = lazy(r"\d?[a-z]{0,2}+[A-Z][A-Za-z]*+(?:[-+/&@:][A-Za-z]++)*+s?(?:['’]?\d{2})?$")
_VENUE_WORD = lazy(
    r"\b(?:ar[xv]i[vx]|symp|intl|advances in|preprints?|findings|workshops?|conf(?:erence)?|journal|trans(?:actions)?|proceedings|proc"
    r"|symposium|letters|reviews?|magazine|nature|science|blog|technical report|tech report|report|thesis"
    r"|dissertation|press|openreview|(?:bio|med|psya|chem|tech|eng)rxiv|ssrn|cell|neuron|pnas|plos|tutorial|(?:hand)?book"
    r"|computation|intelligence|interspeech|workingpaper|under review|poster|oral|challenge|tiny papers?)\b"
    r"|期刊|会议|论文集",
    re.I,
)
_SOCIETY = lazy(r"\b(?:Annual|General) Meeting\b|\b(?:Association|Society) for\b|\bChapter of\b")
"""What names the meeting of a society with its acronym behind: `Annual Meeting of the Association for ... (ACL)`."""
_JOINED = lazy(r"\bFindings of (?:the )?[\w() ]{2,50}$", re.I)
"""What goes on behind a colon: `Findings of the ACL: EMNLP 2024`."""
_SHORTENED = lazy(
    r"[\s,.;(*_]*+(?=(?:[^\s.]++\s)*+[^\s.]{1,9}\.\s)(?:(?:(?:[A-Z][a-z]{1,9}-)?[A-Z][a-z]{1,9}\.|[A-Z][A-Za-z]{1,12}|of|and|the|&)(?:\s|$)){2,10}+"
)
"""A journal's name in abbreviated words: `Found. Trends Mach. Learn.`"""
_ACRONYM_BEHIND = lazy(r"\((?:[A-Z][A-Za-z]*[A-Z][A-Za-z]*|Volume \d[^()]{0,30})\)(?=[\s.]*$|\.\s)")
_PUBLISHER = lazy(
    r"ACM|IEEE(?: Press| Computer Society)?|Springer(?:[- ]Verlag| International Publishing| Science (?:and|&) Business Media)?(?:, (?:Cham|Berlin|Berlin, Heidelberg))?|Elsevier|AAAI Press|MIT Press"
    r"|Morgan Kaufmann|Citeseer|Omnipress|Curran Associates(?:,? Inc\.?)?|USENIX Association|Association for Computing Machinery"
    r"|Association for Computational Linguistics|International World Wide Web Conferences Steering Committee"
)
"""Who prints a venue's proceedings stands between it and the year in many citations."""
_COUNTRY = lazy(
    r"UK|U\.?S\.?A?\.?|United Kingdom|United States|Canada|China|Germany|France|Italy|Spain|Japan|(?:South )?Korea|Australia|Singapore|India"
    r"|Ireland|Portugal|Austria|Switzerland|(?:The )?Netherlands|Belgium|Sweden|Denmark|Finland|Norway|Greece|Israel|Brazil|Mexico|Poland"
    r"|Czech Republic|Hungary|Taiwan|Thailand|Vietnam|UAE|Turkey|Ethiopia|Rwanda|New Zealand|C[AO]|NY|WA|MA|TX|FL"
)
"""Where a conference was held stands behind its name in many citations."""
_VOLUME = lazy(r"(?<=[A-Za-z])\s\d{1,4}\.\s?\d{1,3}$")
"""The volume and issue behind a journal: `Operations Research 65.6`."""
_VOLUME_ONLY = lazy(
    rf"(?<=[A-Za-z])\s\d{{1,4}}(?=\s?\(\d{{1,3}}\),\s{YYYY})|(?<=[A-Za-z])\s[Vv]ol(?:ume|\.)\s?\d{{1,4}}(?=,\s{YYYY})"
    rf"|(?<=[A-Za-z])\s\d{{1,4}}(?=\.\s?\d{{1,3}}\s?\({YYYY}\))|(?<=[a-z])\s\d{{1,3}}(?=(?:,\s?\w{{1,6}}(?:[–-]\w{{1,6}})?)?\s\({YYYY}\))"
)
"""The volume behind a journal, before its issue or pages and the year: `Nat Commun 13, 7151 (2022)`."""
_GOES_ON = lazy(r"\b(?:the|of|of the annual)$", re.I)
_PAGES = lazy(r"\s*(?:(?:vol(?:ume)?|no|number|issue|pp?|pages?)\b\.?\s*)?[\d\s–:()-]+", re.I)
_REPORT = lazy(
    r"(?:technical|tech\.?) report|(?:ph\.?\s?d\.?|master'?s?|doctoral)? ?(?:thesis|dissertation)", re.I
)
_SERIES = lazy(r"(?:PMLR|LNCS|CEUR(?:-WS)?|JMLR W&CP)\b[\s\d:.–-]*+")
_TRACK_ONLY = lazy(
    r"(?:tutorials?|workshops?|demos?|posters?|companion|industry(?: track)?|short papers?)", re.I
)
_ON = lazy(r"\son\s$")
_SMALL = frozenset("in at for of the from with and on to by a an as".split())
_PUBLISHERS = frozenset({"IEEE", "ACM", "USENIX", "PMLR", "LNCS", "CEUR", "CEUR-WS"})
"""No venues, but what lists write in a venue's place."""
_NOT_VENUE = lazy(
    r"^available\b|^an?\s(?!.*\b(?:book|press)\b)|\s(?:in|on|at|of)$|\b(?:we|this|that|is|are|was|were|by|from|code|paper|pdf|project|website|homepage|star|github repo|link"
    r"|citations?|accepted|published|updated?|(?<!lecture )notes?|slides?|video|demo|et al|supp|supplementary|our|you"
    r"|introduces?|survey of|vs)\b|https?:",
    re.I,
)
_LEAD = lazy(
    r"(?:(?:published|accepted|appeared|presented|to appear)\s+(?:at|in|to|by|on)|in|at)\s*:?\s+", re.I
)
_IN_ONLY = lazy(r"[\s.,;]*+In:?\s+")
"""What stands before a year that opens the name of a venue: `In 2021 IFIP/IEEE Int. Symposium on ...`."""
_IN = lazy(r"[\s.,;]*+In:?\s")
_ARXIV_ID = lazy(r"[\s:,(]*+(?:(?:abs/|arXiv:)\s*+)?\d{4}\.\d{4,5}(?:v\d+)?", re.I)
_MONTHED = lazy(
    r"\b(?:ar|bior|medr|psyar)xiv\s+(?P<y>\d\d)(?:(?:0[1-9]|1[0-2])\b(?!\.?\d)|\.(?:0[1-9]|1[0-2])(?:\.[0-3]\d)?(?![\d.]\d))",
    re.I,
)
"""How some lists date preprints: by the first digits of their ids (`arXiv 2102` is February 2021), or `Arxiv 24.04.15`."""
_DOTTED = lazy(rf"[\s(]*+(ar[xv]i[vx])\.(?P<date>(?P<y>{YYYY})(?:\.(?:0[1-9]|1[0-2]))?)(?![\w.])", re.I)
"""A server and a month parted by full stops: `arXiv.2021.02`."""
_BARE_ID = lazy(r"[\s:,(]*+\d{4}\.\d{4,5}(?:v\d+)?")
_TRACK = lazy(r"[\s,]*+\(?(findings|main|oral|poster|spotlight|highlight|workshop|demo|industry)\)?$", re.I)


@dataclass(frozen=True, slots=True)
class When:
    """What was found, as positions in the text searched. `start:end` is everything used up."""

    start: int
    end: int
    venue: tuple[int, int] | None = None
    year: int | None = None
    year_at: tuple[int, int] | None = None
    date_at: tuple[int, int] | None = None


def expand_year(digits: str) -> int:
    """A year of two digits in full: 70 to 99 are 19xx."""
    number = int(digits)
    return number if number > 99 else number + (1900 if number >= 70 else 2000)


@lru_cache(maxsize=16384)
def find_when(text: str, *, known: frozenset[str] = frozenset(), alone: bool = False) -> When | None:
    """The first venue, year or date in a text.

    `alone` says that the text is a slot of its own, where any short capitalised phrase beside a year is
    a venue; otherwise the phrase must look like one, or be among the list's `known` venues.
    """
    if dotted := _DOTTED.match(text):
        return When(
            dotted.start(1), dotted.end(), dotted.span(1), int(dotted["y"]), None, dotted.span("date")
        )
    monthed = _MONTHED.search(text) if "iv " in text[:120].lower() else None
    if monthed and not 19 <= int(monthed["y"]) <= 20:
        start = monthed.start()
        venue = (start, monthed.start("y") - 1)
        return When(
            start,
            monthed.end(),
            trim(text, *venue),
            expand_year(monthed["y"]),
            None,
            (monthed.start("y"), monthed.end()),
        )
    date = _DATE.search(text) if FOUR_DIGITS.search(text) else None
    year = _year(text) or (_slot_year(text) if alone else None) if _TWO_DIGITS.search(text) else None
    if date and (year is None or date.start() <= year[1][0]):
        return _dated(text, date, known, alone)
    if year:
        return _with_year(text, year, known, alone)
    if alone and text.strip(" \t`*_()[].,") == "book":
        start = text.index("book")
        return When(start, start + 4, (start, start + 4))
    venue = _first_phrase(text)
    phrase = text[venue[0] : venue[1]]
    brief = len(text.split()) <= 8 or phrase.casefold() in known
    if phrase and (
        (brief and venue_alone(phrase, known, slot=alone))
        or (_IN.match(text) and _fits(phrase, known, alone=False))
    ):
        return When(venue[0], venue[1], _cleaned(text, venue))
    return None


def find_dated(text: str, *, known: frozenset[str] = frozenset(), alone: bool = False) -> When | None:
    """As `find_when`, where only what is dated is wanted: no venue need be known where no digits stand."""
    return find_when(text, known=known, alone=alone) if _TWO_DIGITS.search(text) else None


def _first_phrase(text: str) -> tuple[int, int]:
    """The text up to where a sentence or a field ends."""
    boundary = _BOUNDARY.search(text, trim(text, 0, len(text))[0])
    while boundary and boundary[0].strip() == "." and _ABBREVIATION.search(text[: boundary.start()][-12:]):
        boundary = _BOUNDARY.search(text, boundary.end())
    return trim(text, 0, boundary.start() if boundary else len(text))


def _year(text: str) -> tuple[int, tuple[int, int]] | None:
    match = _ISSUED.search(text) or _YEAR.search(text) or _SHORT_YEAR.search(text) or _GLUED_YEAR.search(text)
    if match is None or (match.re is _GLUED_YEAR and not is_known(match["v"])):
        return None
    group = "s" if match.groupdict().get("s") else "y"
    return expand_year(match[group]), match.span(group)


def _slot_year(text: str) -> tuple[int, tuple[int, int]] | None:
    """The short year of a conference that is all a slot holds; behind a journal it could be the volume."""
    match = _SLOT_YEAR.fullmatch(text) if len(text) < 60 else None
    if match is None or not _meets(match["v"]):
        return None
    return expand_year(match["s"]), match.span("s")


def _meets(text: str) -> bool:
    """Whether a text names a conference or a workshop."""
    from pipeline.venues import kind_of

    return kind_of(text) in ("conference", "findings", "workshop")


def _dated(text: str, date: re.Match[str], known: frozenset[str], alone: bool) -> When:
    """A date with a month is no venue year; a venue may stand before or after it."""
    digits = next(date[name] for name in "abcfghi" if date[name])
    stop = date.start()
    if (on := _ON.search(text, max(0, stop - 6), stop)) and is_venue_label(text[: on.start()].strip(_EDGE)):
        stop = on.start()  # `arXiv on 27 Jan 2019`
    venue = _phrase_before(text, stop, known, alone and text[date.start()].isalpha())
    short = _SHORT_YEAR.fullmatch(text, *venue) if venue else None
    if short and is_known(short["v"].strip(" -")):  # `ICLR 24 – Oct 2023`
        at = short.span("s")
        return When(at[0], date.end(), trim(text, *short.span("v")), expand_year(short["s"]), at, date.span())
    return When(venue[0] if venue else date.start(), date.end(), venue, int(digits), None, date.span())


def _with_year(text: str, year: tuple[int, tuple[int, int]], known: frozenset[str], alone: bool) -> When:
    value, at = year
    named_in = _IN_ONLY.fullmatch(text, 0, at[0]) is not None
    venue = None if named_in else _phrase_before(text, at[0], known, alone)
    if venue and _GOES_ON.search(text, *venue):  # `Proceedings of the 2008 ACM Conference on ...`
        rest = _phrase_after(text, at[1], known, False)
        venue = (venue[0], rest[1]) if rest else None
    if venue and _COUNTRY.fullmatch(text, *venue):
        return When(0, at[1], None, value, at)  # where somebody works: `(Royal Holloway, UK, 2021)`
    if venue is None:
        venue = _phrase_after(text, at[1], known, named_in or (alone and not text[: at[0]].strip(_EDGE)))
    if venue is None:
        first = _first_phrase(text[: at[0]])
        named = _VENUE_WORD.search(text, *first) is not None and " " in text[slice(*first)]
        venue = _cleaned(text, first) if named and _fits(text[slice(*first)], known, alone=False) else None
    start, end = min(at[0], venue[0]) if venue else at[0], max(at[1], venue[1]) if venue else at[1]
    return When(start, end, venue, value, at)


def _is_sign(char: str) -> bool:
    """Whether a character is an emoji or the like: `🌟 SIGGRAPH 2025`."""
    return "\u2600" <= char <= "\u27bf" or char >= "\U0001f000"


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """The same stretch without white space and punctuation at its ends; a closing bracket stays with its pair."""
    while start < end and (text[start] in _EDGE or _is_sign(text[start])):
        start += 1
    while start < end and text[end - 1] in _EDGE:
        if text[end - 1] == ":" and (sign := _SHORTCODE.search(text, start, end)):
            end = sign.start()
            continue
        if text[end - 1] == ")" and "(" in text[start : end - 1]:
            break
        end -= 1
    return start, end


def _phrase_before(text: str, end: int, known: frozenset[str], alone: bool) -> tuple[int, int] | None:
    starts, limit = [0], end
    _, end = trim(text, 0, end)
    for match in _BOUNDARY.finditer(text, 0, end):
        if match[0].strip() == "." and _ABBREVIATION.search(text[max(0, match.start() - 12) : match.start()]):
            continue
        if match[0][:1] == ":" and _JOINED.search(text[max(0, match.start() - 60) : match.start()]):
            continue
        if match.end() < end:
            starts.append(match.end())
    start, end = _whole_venue(text, starts, end)
    found = trim(text, _with_series(text, start, limit), end)
    whole = alone and not text[: found[0]].strip(_EDGE + "In")
    if whole and text[found[1] : found[1] + 1] == "." and _are_people(text[slice(*found)]):
        return None
    return _cleaned(text, found) if _fits(text[found[0] : found[1]], known, whole) else None


def _whole_venue(text: str, starts: list[int], end: int) -> tuple[int, int]:
    """The last of several phrases, or the one before it where the last is but a part: a series, a track, a place."""
    while len(starts) > 1 and _PAGES.fullmatch(text, starts[-1], end):
        end = trim(text, starts[-2], starts[-1])[1]
        starts = starts[:-1]
    if len(starts) == 1 or _SHORTENED.fullmatch(text, 0, end):
        return 0, end
    start, before = starts[-1], starts[-2]
    if _is_printed(text, before, start, end) or _REPORT.fullmatch(text, *trim(text, before, start)):
        return before, trim(text, before, start)[1]
    if _TRACK_ONLY.fullmatch(text, start, end):
        return before, end
    if text[start - 2 : start] == ", " and is_acronym(text[start:end]) and _is_venue_at(text, before, start):
        return before, end
    if _COUNTRY.fullmatch(text, start, end):
        for first, stop in zip(starts[-2:-5:-1], starts[:-5:-1], strict=False):
            if _is_venue_at(text, first, stop):
                return first, trim(text, first, stop)[1]
    return start, end


def _is_printed(text: str, before: int, start: int, end: int) -> bool:
    """Whether the last phrase is the publisher or the series of a venue, and the phrase before it this venue."""
    if _PUBLISHER.fullmatch(text, start, end):
        return _is_venue_at(text, before, start)
    if not _SERIES.fullmatch(text, start, end):
        return False
    name = text[slice(*trim(text, before, start))]
    return is_acronym(name) or _is_venue_at(text, before, start) or is_known(name)


def _is_venue_at(text: str, start: int, end: int) -> bool:
    """Whether a phrase reads as the full name of a venue: `Proceedings of the 10th ACM Conference on ...`."""
    start, end = trim(text, start, end)
    words = text[start:end].split()
    return (
        3 <= len(words) <= 20 and words[0][:1].isupper() and _VENUE_WORD.search(text, start, end) is not None
    )


def _last_phrase(text: str, end: int) -> tuple[int, int]:
    """The text that ends at `end`, from where its sentence or field begins."""
    starts = [
        match.end()
        for match in _BOUNDARY.finditer(text, 0, end)
        if match.end() < end
        and not (
            match[0].strip() == "." and _ABBREVIATION.search(text[max(0, match.start() - 12) : match.start()])
        )
    ]
    return trim(text, starts[-1] if starts else 0, end)


def _with_series(text: str, start: int, end: int) -> int:
    """Where a venue starts whose series stands in parentheses behind it: `SIGGRAPH Asia (TOG) 2021`."""
    if text[start - 1 : start] != "(" or ")" not in text[start:end]:
        return start
    before = trim(text, max(0, start - 40), start)
    words = text[slice(*before)].split()
    named = 0 < len(words) <= 3 and all(word[0].isupper() for word in words) and is_acronym(words[0])
    if not named and is_acronym(text[start:end].strip(_EDGE)):
        whole = _last_phrase(text, before[1])
        words = text[slice(*whole)].split()
        meeting = _VENUE_WORD.search(text, *whole) or _SOCIETY.search(text, *whole)
        if words and words[0][0].isupper() and meeting and len(words) <= 14:
            return whole[0]
    return before[0] if named and not text[max(0, before[0] - 2) : before[0]].strip(_EDGE) else start


def _phrase_after(text: str, start: int, known: frozenset[str], alone: bool) -> tuple[int, int] | None:
    boundary = _BOUNDARY.search(text, trim(text, start, len(text))[0])
    while boundary and boundary[0].strip() == "." and _ABBREVIATION.search(text[: boundary.start()][-12:]):
        boundary = _BOUNDARY.search(text, boundary.end())
    if boundary and boundary[0] == "(" and (behind := _ACRONYM_BEHIND.match(text, boundary.start())):
        found = trim(text, start, len(text))[0], behind.end()
    else:
        found = trim(text, start, boundary.start() if boundary else len(text))
    return _cleaned(text, found) if _fits(text[found[0] : found[1]], known, alone) else None


def _cleaned(text: str, span: tuple[int, int]) -> tuple[int, int] | None:
    """The venue without "In", "Published at", an arXiv number and the spaces around it."""
    start, end = span
    lead = _LEAD.match(text, start, end)
    if lead:
        start = lead.end()
    volume = _VOLUME.search(text, start, end) or _VOLUME_ONLY.search(text, start, min(len(text), end + 24))
    if volume:
        end = min(end, volume.start())
    number = _ARXIV_ID.search(text, start, end)
    if number and number.start() == start:
        number = _BARE_ID.search(text, start, end)
    if number and number.start() > start:
        end = number.start()
    start, end = trim(text, start, end)
    return (start, end) if start < end else None


def _fits(phrase: str, known: frozenset[str], alone: bool) -> bool:
    lead = _LEAD.match(phrase)
    phrase = phrase[lead.end() :] if lead else phrase
    if len(phrase) < 2 or len(phrase) > 150 or _NOT_VENUE.search(phrase):
        return False
    words = phrase.split()
    if alone:
        named = phrase[0].isupper() or (len(words) > 1 and words[0] not in _SMALL and words[1][0].isupper())
        return len(words) <= 14 and (named or venue_like(phrase, known))
    return venue_like(phrase, known)


def venue_like(phrase: str, known: frozenset[str]) -> bool:
    """Whether a phrase has the shape of a venue: an acronym, a word venues are made of, or known."""
    words = phrase.split()
    if phrase.casefold() in known:
        return True
    if _VENUE_WORD.search(phrase):
        return len(words) <= 16
    return len(words) <= 5 and any(is_acronym(word.strip("()[],.")) for word in words)


def is_known(text: str, *, preprints: bool = False) -> bool:
    """Whether a text names a venue that publishes papers, or, with `preprints`, a server of them."""
    from pipeline.venues import is_published, kind_of  # the table is large, many lists never come to this

    return is_published(text) or (preprints and kind_of(text) == "preprint")


def is_venue_label(text: str) -> bool:
    """Whether a link before a title is labelled with where the paper stands: `CVPR`, `arXiv`."""
    return is_known(text, preprints=True)


def _are_people(phrase: str) -> bool:
    """Whether a phrase before a full stop and a year reads as the names of authors: `David Chiang. 2007.`"""
    people = find_people(phrase, sure=True)
    named = people is not None and len(phrase) - people.end < 3 and all(" " in name for name in people.names)
    return named and not is_known(phrase)


def is_acronym(word: str) -> bool:
    """At least two capitals in one word: `ICML`, `NeurIPS`, `IJCAI-ECAI`."""
    return 2 <= len(word) <= 20 and _ACRONYM.match(word) is not None and sum(c.isupper() for c in word) >= 2


def venue_alone(phrase: str, known: frozenset[str], *, slot: bool = False) -> bool:
    """Whether a phrase without any year is a venue: a known one, one acronym, or a preprint and the like.

    `slot` says that it stands by itself: then the name of a journal will do (`Computational Linguistics`).
    """
    if phrase.casefold() in known:
        return True
    if len(phrase) > 80 or _NOT_VENUE.search(phrase):
        return False
    words = phrase.split()
    if len(words) == 1 and is_acronym(phrase):
        return phrase in _PUBLISHERS or is_known(phrase, preprints=True)
    if slot and 2 <= len(words) <= 8 and phrase[0].isupper() and is_known(phrase):
        return True
    return (
        len(words) <= 6
        and phrase[0].isupper() | phrase.lower().startswith("arxiv")
        and bool(_VENUE_WORD.search(phrase))
    )
