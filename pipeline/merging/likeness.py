"""Whether two titles, or two lists of people, can be those of one work."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from pipeline.matching import (
    TITLES_RELATE,
    author_lists_equal,
    numbered_otherwise,
    shared_people,
    title_similarity,
    titles_agree,
)
from pipeline.model import Entry, Record
from pipeline.text import normalise_title

_SUBTITLE = re.compile(r"[:?!–—]|\s-\s")
_NUMBER = re.compile(r"v?\d+|i{1,3}|iv")
_SHORTEST_NICKNAME = 3
_SHORT_WORD = 3


def names_of(entry: Entry) -> list[str]:
    """What an entry calls its work: the title, and what it is called for short."""
    return [name for name in (entry.title, entry.short_name) if name]


@lru_cache(maxsize=65536)
def can_be_one(one: str, other: str) -> bool:
    """Two titles of one paper, or a title and what the paper is called for short."""
    if is_sequel(one, other):
        return False
    if title_similarity(one, other) >= TITLES_RELATE and _numbers(one) == _numbers(other):
        return True
    return _is_nickname(one, other) or _is_nickname(other, one) or _head(one) == _head(other) != ""


def is_sequel(one: str, other: str) -> bool:
    """Two titles that differ by the number of the work."""
    return title_similarity(one, other) >= TITLES_RELATE and numbered_otherwise(one, other)


def _is_nickname(name: str, title: str) -> bool:
    """`FireAct` names "FireAct: Toward Language Agent Fine-tuning", DPO "Direct Preference Optimization: ...",
    and `Llama` not "Llama 2: ...".
    """
    short, words = normalise_title(name).split(), normalise_title(title).split()
    if not short or len("".join(short)) < _SHORTEST_NICKNAME or len(short) >= len(words):
        return False
    if words[: len(short)] == short:
        return not _NUMBER.fullmatch(words[len(short)])
    initials = {"".join(word[0] for word in part) for part in (words, _head(title).split())}
    return len(short) == 1 and short[0] in initials


def _numbers(title: str) -> set[str]:
    return {word for word in normalise_title(title).split() if _NUMBER.fullmatch(word)}


def _head(title: str) -> str:
    """What stands before the colon or dash of a title, in normal form; empty where there is none."""
    head, *rest = _SUBTITLE.split(title, maxsplit=1)
    normal = normalise_title(head)
    return normal if rest and rest[0].strip() and len(normal) >= _SHORTEST_NICKNAME else ""


def is_one_title(one: str, other: str | None) -> bool:
    """Two spellings of one title, one cut short included; numbers tell works apart."""
    if not other or one == other:
        return True
    return titles_agree(one, other) or can_be_one(one, other) and not numbered_otherwise(one, other)


def is_by_all(entry: Entry, record: Record) -> bool:
    """Whether a record is by exactly the people of an entry: then another title may be an earlier one."""
    if entry.authors[1:] and _are_all(entry.authors, record.authors):
        return True
    return not entry.et_al and author_lists_equal(entry.authors, record.authors)


def are_most(named: Sequence[str], authors: Sequence[str]) -> bool:
    """Whether most of those that an entry names are among the authors."""
    people = shared_people(named, authors)
    return 2 * (people.sure + people.bare) > len(named)


def _are_all(named: Sequence[str], authors: Sequence[str]) -> bool:
    return shared_people(named, authors).sure == len(named)


def share_words(one: str, other: str) -> bool:
    """Whether half of the longer words of the shorter title stand in the other, and at least two."""
    a, b = ({w for w in normalise_title(title).split() if len(w) > _SHORT_WORD} for title in (one, other))
    return len(a & b) > 1 and 2 * len(a & b) >= min(len(a), len(b))


def begin_alike(one: str, other: str) -> bool:
    """Whether two titles share words, and begin with the same two."""
    a, b = (normalise_title(title).split()[:2] for title in (one, other))
    return a == b and len(a) > 1 and share_words(one, other)
