"""Where an article was printed, as the text of its link says it: a journal, its volume and the year."""

from __future__ import annotations

from pipeline.formats._when import YYYY, When
from pipeline.text import lazy

_JOURNAL = r"(?P<journal>[A-Za-z][A-Za-z&:'-]*+\.?(?:,? (?:[A-Z][A-Za-z&:'-]*+\.?|of|in|and|for|on|the|&|[a-z]{4,20})){0,11}?)"
_NUMBER = r"[A-Z]?\d{1,6}(?:[–-][A-Z]?\d{1,6})?"
_VOLUME_FIRST = lazy(
    rf"\[?{_JOURNAL},? \d{{1,4}}(?:\.\s?\d{{1,4}}|\s?\(\d{{1,3}}\))?(?:[,:] ?{_NUMBER}){{0,3}},? \((?P<year>{YYYY})\)[.\]]?"
)
"""`Journal of Medicinal Chemistry 64.19 (2021)`, `npj Comput Mater 9, 69 (2023)`."""
_YEAR_FIRST = lazy(
    rf"\[?{_JOURNAL},? (?P<year>{YYYY}), \d{{1,4}}(?:\.\s?\d{{1,4}}|\s?\(\d{{1,3}}\))?(?:[,:] ?{_NUMBER}){{1,3}}[.\]]?"
)
"""`J. Chem. Inf. Model. 2021, 61, 11, 5343–5361`."""
_LONGEST = 120


def find_issue(label: str) -> When | None:
    """The journal and the year of a text that is nothing but these with the volume, perhaps issue and pages."""
    if len(label) > _LONGEST or not label[-4:].strip(")].").isdigit():
        return None
    match = _VOLUME_FIRST.fullmatch(label) or _YEAR_FIRST.fullmatch(label)
    if match is None:
        return None
    return When(0, len(label), match.span("journal"), int(match["year"]), match.span("year"))
