"""A work while it is put together: what the list says about it, and which records were trusted."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, TypeVar, cast

from pipeline.identifiers import read_url, siblings, strength
from pipeline.model import Entry, Identifier, LinkStatus, Origin, Record

Answers = Mapping[str, Mapping[str, Sequence[Record]]]
"""Source -> question -> its records."""
_T = TypeVar("_T")


@dataclass(slots=True)
class Work:
    """One work while it is put together: what the list says about it and what sources were trusted."""

    entries: list[Entry]
    written: tuple[Identifier, ...]
    """What the list says, strongest first."""
    found: tuple[Identifier, ...] = ()
    """What an accepted title search says."""
    known: dict[Identifier, Origin] = field(default_factory=dict)
    """What the list, a search or a trusted record says, with who says it."""
    derived: dict[Identifier, Origin] = field(default_factory=dict)
    """Names in other schemes that follow from those: to ask by, not to publish, for some do not exist."""
    given: frozenset[Identifier] = frozenset()
    """What a person says that it is: nothing else is held against it."""
    shared: frozenset[Identifier] = frozenset()
    """Of what is written, that which also stands at an entry that is another paper by its title."""
    absent: set[Identifier] = field(default_factory=set)
    """Names of which their own source says that there is no such paper: they prove nothing."""
    unsure: set[Identifier] = field(default_factory=set)
    """Names behind which a source has a paper that nothing in the entry shows to be this one."""
    records: list[Record] = field(default_factory=list)
    judged: dict[tuple[str, str], dict[str, LinkStatus]] = field(default_factory=dict)
    """(entry id, question of one of its links) -> source -> what the link leads to."""
    behind: dict[str, dict[str, str]] = field(default_factory=dict)
    """Question of a link -> source -> title of the paper behind it."""
    refused: set[Identifier] = field(default_factory=set)
    """Of those, the names of which other records show that they are another paper's."""
    strangers: set[Record] = field(default_factory=set)
    """Records that turned out, beside the others, to be another paper's."""
    elsewhere: bool = False
    """Whether an entry that names nobody is known by its title, and not by what it links to."""
    titles: Mapping[str, str] = field(default_factory=dict, compare=False)
    """The sources' names for people, as evidence calls them."""
    worked_out: dict[tuple[object, ...], Any] = field(default_factory=dict, compare=False, repr=False)
    """What was worked out of all this and takes long, by `key`: each source asks for it again."""

    @property
    def askable(self) -> dict[Identifier, Origin]:
        """All names that a source can be asked by, those that somebody wrote first."""
        return self.known | {i: origin for i, origin in self.derived.items() if i not in self.known}

    @property
    def reference(self) -> Entry:
        """The entry whose title and authors say most: records are judged against it."""
        if len(self.entries) == 1:
            return self.entries[0]
        return max(self.entries, key=lambda e: (bool(e.title), len(e.authors), -e.ordinal))

    @property
    def names(self) -> list[Identifier]:
        """What it is known as, those that the list writes first, then the strongest."""
        real = [i for i in self.known if i not in self.absent]
        return sorted(real, key=lambda i: (i not in self.written, strength(i), i))

    @property
    def proven(self) -> list[Identifier]:
        """Of its names those that may prove something about it."""
        return [i for i in self.names if i not in self.unsure and not is_shaky(self, i)]

    def key(self, *what: object) -> tuple[object, ...]:
        """Under what to keep in `worked_out` what holds while it has these names: others may take some away."""
        return (*what, *self.known, None, *self.derived)

    def forget(self, identifier: Identifier) -> None:
        """It names another paper."""
        for name in (identifier, *siblings(identifier)):
            self.known.pop(name, None)
            self.derived.pop(name, None)


def with_siblings(names: Iterable[Identifier]) -> set[Identifier]:
    """These names, and those that follow from them in other schemes."""
    return {one for name in names for one in (name, *siblings(name))}


def bears(record: Record, names: Collection[Identifier]) -> bool:
    """Whether a record answers a question for one of these names, or gives one."""
    return any(i in names for i in record.identifiers) or any(record.question == str(i) for i in names)


MILDNESS: Sequence[LinkStatus] = ("ok", "retitled", "unverified", "wrong_paper", "nonexistent")
"""Several sources about one link: the mildest word counts, for each can be wrong about a paper."""


@lru_cache(maxsize=32768)
def linked_questions(urls: tuple[str, ...]) -> frozenset[str]:
    """The questions that links of an entry are."""
    return frozenset(str(i) for url in urls for i in read_url(url).identifiers)


def led_to(question: str, said: Mapping[str, LinkStatus]) -> LinkStatus | None:
    """What one link leads to: the word of the identifier's own source, else the mildest of the others.

    "Not found" counts only from the own source (arXiv about an arXiv id): others are incomplete.
    """
    own = said.get(question.partition(":")[0])
    if own is not None and (own != "nonexistent" or set(said.values()) == {"nonexistent"}):
        return own
    others = [verdict for verdict in said.values() if verdict != "nonexistent"]
    return min(others, key=MILDNESS.index) if others else None


def origin_of_record(record: Record) -> Origin:
    """Who says what a record says, asked what and when."""
    return _origin_of(record.source, record.question, record.retrieved_at)


@lru_cache(maxsize=32768)
def _origin_of(source: str, question: str, retrieved_at: str) -> Origin:
    return Origin(source, question, retrieved_at)


def is_shaky(work: Work, identifier: Identifier) -> bool:
    """A link that two papers of the list have, and of which nobody says that it is this one's."""
    if identifier not in work.shared:
        return False
    led = [led_to(q, said) for (_, q), said in work.judged.items() if q == str(identifier)]
    return not any(status in ("ok", "retitled") for status in led)


def once(work: Work, function: Callable[[Work], _T]) -> _T:
    """What a function says of a work, kept with it for as long as the work has the same names."""
    key = work.key(function)
    if key not in work.worked_out:
        work.worked_out[key] = function(work)
    return cast("_T", work.worked_out[key])
