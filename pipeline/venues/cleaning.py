"""A venue text without markup, and the years in it."""

from __future__ import annotations

import html
import re
from typing import Final

from pipeline.text import lazy
from pipeline.venues.words import without_accents

_MARKUP: Final = re.compile(r"<[^<>]*>|\\['\"`^~=.]|\\[a-zA-Z]+|[*`~{}$\\]")
_ARXIV_ID: Final = lazy(
    r"\b(?:arxiv\W{0,2})?(?:\babs[/-])\S+|\barxiv\W{0,2}(?:[a-z-]+(?:\.[A-Z]{2})?/\d{7}|\d{4}\.\d{4,5})(?:v\d+)?\b"
    r"|\b\d{4}\.\d{4,5}(?:v\d+)?\b|\barxiv\W{0,2}25xx\S*",
    re.I,
)
_ARXIV_SIGN: Final = re.compile(r"(?i:arxiv)|\babs[/-]|\d{4}\.\d{4}")
_DASH: Final = re.compile("[\u2010-\u2015\u2212]")
_QUOTES: Final = str.maketrans({"\u2018": "'", "\u2019": "'", "`": "'", "\u00b4": "'", "\u201b": "'"})


def clean(text: str) -> str:
    """The text without markup, accents and arXiv numbers."""
    if "&" in text and ";" in text:
        text = html.unescape(text)
    text = text.translate(_QUOTES)
    if not text.isascii():
        text = without_accents(_DASH.sub("-", text))
    text = _MARKUP.sub("", text).replace("_", " ")
    if _ARXIV_SIGN.search(text):
        text = _ARXIV_ID.sub(" , arXiv, ", text)
    return text.strip(" \t\r\n.,;:-")


_SHORT_YEAR: Final = re.compile(r"(?<=[A-Za-z)\s])'\s?(\d\d)(?!\d)|^'(\d\d)(?=\s)")
_GLUED_YEAR: Final = re.compile(r"(?<=[A-Za-z]{2})(?=(?:19|20)\d\d(?!\d))")
_DASHED_YEAR: Final = re.compile(r"(?<=[A-Z]{3})(?:-(\d\d)(?!\d)|(\d\d)(?=[\s-]|$))")
YEAR: Final = re.compile(r"(?<![\d./])(?<!\d-)((?:19[5-9]|20[0-4])\d)(?![\d])(?!\s?--?\s?\d{3})")


def full_year(digits: str) -> str:
    """A year of two digits in full: `98` is 1998, `18` is 2018."""
    return ("19" if int(digits) > 50 else "20") + digits


def spread_years(text: str) -> str:
    """The text with years spelled out and set apart: `ICML'23`, `ACL2021` and `AAAI-18`."""
    text = _SHORT_YEAR.sub(lambda match: f" {full_year(match[1] or match[2])} ", text)
    text = _GLUED_YEAR.sub(" ", text)
    if YEAR.search(text) is None:
        text = _DASHED_YEAR.sub(lambda match: f" {full_year(match[1] or match[2])}", text)
    return " ".join(text.split())


def split_year(text: str) -> tuple[str, int | None]:
    """The text without a year at its end or its beginning, and that year."""
    bare = text.rstrip(" )].,:;")
    if _is_year(digits := bare[-4:]) and not bare[-5:-4].isdigit():
        return bare[:-4], int(digits)
    bare = text.lstrip(" ([")
    if _is_year(digits := bare[:4]) and not bare[4:5].isalnum():
        return bare[4:], int(digits)
    return text, None


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits.isascii() and digits.isdigit() and "1950" <= digits < "2050"
