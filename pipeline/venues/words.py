"""The words of a venue's name: without accents and numbers, and those of them that tell series apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from pipeline.text import lazy

_COMBINING: Final = re.compile("[\u0300-\u036f]")


def without_accents(text: str) -> str:
    """The text without accents; one character may become several."""
    if text.isascii():
        return text
    return _COMBINING.sub("", unicodedata.normalize("NFKD", text))


TOKEN: Final = re.compile(r"[A-Za-z0-9]+")
_CARDINALS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
NUMERALS: Final = frozenset(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth twelveth thirteenth fourteenth"
    " fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth fortieth fiftieth sixtieth seventieth"
    f" eightieth ninetieth {_CARDINALS}".split()
)
_ORDINAL: Final = lazy(r"\d+(?:st|nd|rd|th)?|[IVX]*(?:II|VI|IX|XI|XV|XX)[IVX]*", re.I)
STOP_WORDS: Final = frozenset(
    "of the on for and in a an at to with from proceedings proceeding proccedings proc procs annual annu biennial"
    " ieee acm cvf rsj rjs siam usenix ifip eurographics sigplan sigsoft sigact sigkdd sigchi sigmod sigarch sigops sigweb"
    " sigcomm sigmobile sigart sigai sigaccess sigsac sigspatial computer_society".split()
)
INTERNATIONAL: Final = frozenset({"international", "int", "intl"})
RIVALS: Final = frozenset({"ieee", "acm", "siam", "usenix"})
"""Sponsors that hold conferences of the same name: IEEE's and SIAM's "Conference on Data Mining"."""


def words_of(text: str) -> list[str]:
    """The words of a piece of text without numbers and ordinals; `&` is a word."""
    found = TOKEN.findall(text.replace("&", " and ") if "&" in text else text)
    return [word for word in found if not is_number(word)]


@lru_cache(maxsize=1 << 13)
def is_number(word: str) -> bool:
    """Whether a word is a number or an ordinal, in digits, letters or Roman numerals."""
    return (
        word.lower() in NUMERALS or (len(word) > 1 or word.isdigit()) and _ORDINAL.fullmatch(word) is not None
    )


def core_of(words: Sequence[str]) -> tuple[list[str], frozenset[str]]:
    """The words that tell series apart, and the rival sponsors among the others; `words` in lower case.

    "International" tells journals apart ("International Journal of X"), not conferences.
    """
    return core_words(words), RIVALS.intersection(words)


def core_words(words: Sequence[str]) -> list[str]:
    """The words that tell series apart; `words` in lower case."""
    kept: list[str] = []
    last = ""
    for position, word in enumerate(words):
        if word in STOP_WORDS or word == last:
            continue
        if word in INTERNATIONAL:
            after = words[position + 1] if position + 1 < len(words) else ""
            if not after.startswith("j") or after == "joint":
                continue
            word = "international"
        if word == "nlp":
            kept += ("natural", "language")
            word = "processing"
        kept.append(word)
        last = word
    return kept
