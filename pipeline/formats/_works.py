"""References as Chinese lists write them (GB/T 7714): a mark for the kind of work closes the title, `Title[J]. Venue, 2020`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.formats._source import CharSpan
from pipeline.formats._when import YYYY
from pipeline.text import lazy

_MARK = lazy(r"(?<=[^\s\[\]])\s?\[(?:[JCMDRNPSZ]|EB)(?:/OL)?\](?!\()")
_CLOSED = lazy(r"(?:</[a-z]{1,6}>|[\s.*_])*+")
"""What stands between the mark and the venue, where the title is set in a style."""
_JOURNAL = lazy(rf"(?P<venue>[A-Z](?:[^\n\[\]\d]|\d(?!\d)){{1,150}}?),\s+(?P<year>{YYYY})(?=\s?[,:.;(]|\s*$)")
_PROCEEDINGS = lazy(
    rf"//\s?(?:{YYYY}\s+)?(?P<venue>[A-Z][^\n\[\]]{{2,200}}?)\.\s+(?:(?P<press>[A-Z][^\n\[\].\d]{{1,50}}),\s+)?"
    rf"(?P<year>{YYYY})(?=\s?[,:.;]|\s*$)"
)
"""`//2020 IEEE International Conference on Smart Computing (SMARTCOMP). IEEE, 2020: 1-8.`"""
_DATED = lazy(YYYY)
_PREPRINT = lazy(r"\barxiv\b", re.I)


_VOLUME_OF = lazy(
    rf"[A-Z][^\n]{{2,180}}?[ ,:][A-Z][a-z]{{2,8}}\.? \d{{1,2}}\s?(?:-{{1,2}}|–)\s?(?:[A-Z][a-z]{{2,8}}\.? )?\d{{1,2}}, (?P<year>{YYYY})"
    r"(?:, Revised Selected Papers)?, proceedings(?:, part [IVXLC\d]{1,6})?(?: \d{1,3})?\.?",
    re.I,
)
"""A volume of proceedings as search engines cite it: `ECCV, Amsterdam, ..., October 11--14, 2016, Proceedings, Part IV 14`."""
_YEARS = lazy(rf",? {YYYY}(?!\w)")


def find_volume(text: str) -> tuple[str, CharSpan] | None:
    """What fills a text as the name of a volume of proceedings, without its years; and where the year stands."""
    match = _VOLUME_OF.fullmatch(text) if 40 < len(text) < 250 else None
    return (_YEARS.sub("", text.rstrip(".")), match.span("year")) if match else None


@dataclass(frozen=True, slots=True)
class MarkedWork:
    """Where the title before a mark ends, and the venue and year that stand behind it, where they are plain."""

    title_end: int
    venue: CharSpan | None
    year: CharSpan | None


def find_marked(text: str, start: int, end: int, limit: int) -> MarkedWork | None:
    """The reference whose title, `start:end`, closes with a mark or has one right behind it, in an entry that ends at `limit`."""
    if text.find("]", max(start, end - 6), min(end + 7, limit)) < 0:
        return None
    mark = next((one for one in _MARK.finditer(text, max(start, end - 8), min(end + 7, limit))), None)
    if mark is None or not (mark.start() <= end and text[mark.end() : end].strip(" .") == ""):
        return None
    behind = _CLOSED.match(text, mark.end(), limit)
    begin = behind.end() if behind else mark.end()
    stop = text.find("\n", begin, limit)
    stop = stop if stop >= 0 else limit
    found = _PROCEEDINGS.match(text, begin, stop) or _JOURNAL.match(text, begin, stop)
    if found is None or _DATED.search(found["venue"]) or _PREPRINT.search(found["venue"]):
        return MarkedWork(min(end, mark.start()), None, None)
    return MarkedWork(min(end, mark.start()), found.span("venue"), found.span("year"))
