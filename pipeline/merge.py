"""Merge: from entries, resolutions and records to papers. Pure: same input, same papers.

Works are grouped by what the list says (shared identifiers; same title and a shared author), so a
`paper_id` never depends on a source's answer. What sources add (identifiers, fields, venues) is gathered
per work, each record judged against the entry before anything of it is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain, combinations, count
from typing import Any, Literal, TypeVar, cast

import yaml

from pipeline.deciding import (
    Decision,
    authority,
    decide,
    denial,
    has_loose_year,
    judge_entry,
    names_another_event,
    preprint_month,
    says_published,
    statement_of_identifier,
    statement_of_record,
)
from pipeline.identifiers import parse_reference, pdf_url, read_url, siblings, strength, to_url
from pipeline.matching import (
    TITLES_RELATE,
    accept,
    author_lists_equal,
    authors_agree,
    fitting,
    judge,
    likeliest,
    nearly_titled,
    numbered_otherwise,
    same_team,
    share_most_names,
    share_telling_stems,
    share_telling_words,
    shared_people,
    title_similarity,
    titles_agree,
)
from pipeline.model import (
    Entry,
    EntryVerdict,
    Evidence,
    Identifier,
    LinkStatus,
    Origin,
    Paper,
    Record,
    Resolution,
    Venue,
)
from pipeline.settings import Override
from pipeline.text import normalise_title, slug, surname, title_question
from pipeline.venues import by_id, family, print_name, understand

Answers = Mapping[str, Mapping[str, Sequence[Record]]]
"""Source -> question -> its records."""

LINK_NOTE = "its link "
"""How the note about a link begins that leads to another paper."""
SKIPPED = "left alone: a person said so"
"""The note of an entry that an override skips."""
_EMPTY_LINK = re.compile(r"\]\(\s*\)|\]\(#?\)")
_ARXIV_DOI = "doi:10.48550/arxiv."
"""arXiv's own DOIs are another spelling of its ids; `doi` is for publishers' DOIs."""
_SUBTITLE = re.compile(r"[:?!–—]|\s-\s")
_NUMBER = re.compile(r"v?\d+|i{1,3}|iv")
_SHORTEST_NICKNAME = 3
_SHORT_WORD = 3
_OF_ANY_VERSION = frozenset({"arxiv", "openreview", "s2", "corpusid", "openalex"})
"""Schemes whose names tell no version of a work from another."""
_MACHINES = frozenset({"semanticscholar", "openalex"})
"""Sources that put versions together by themselves, and sometimes papers."""
_ONE_PER_WORK = frozenset({"arxiv"})
"""Schemes in which a work has one identifier: a source that names another one names another work."""


_T = TypeVar("_T")


@cache
def precedence() -> Mapping[str, Sequence[str]]:
    """Field -> sources in the order in which their word counts (data/precedence.yaml)."""
    text = files("pipeline").joinpath("data/precedence.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Sequence[str]] = yaml.safe_load(text)
    return loaded


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
        return [i for i in self.names if i not in self.unsure and not _is_shaky(self, i)]

    def key(self, *what: object) -> tuple[object, ...]:
        """Under what to keep in `worked_out` what holds while it has these names: others may take some away."""
        return (*what, *self.known, None, *self.derived)

    def forget(self, identifier: Identifier) -> None:
        """It names another paper."""
        for name in (identifier, *siblings(identifier)):
            self.known.pop(name, None)
            self.derived.pop(name, None)


def gather(
    entries: Sequence[Entry],
    resolutions: Sequence[Resolution],
    answers: Answers,
    memory: Memory | None = None,
    titles: Mapping[str, str] | None = None,
) -> list[Work]:
    """All works of a list in list order, with the identifiers and trusted records known so far.

    What was gathered before with the same `memory` is taken from there where nothing else is known by now.
    `titles` are the sources' names for people.
    """
    works = group(entries, resolutions)
    for work in works:
        work.titles = titles or {}
    if memory is None:
        for work in works:
            _collect(work, answers)
    else:
        memory.collect(works, answers)
    _settle_claims(works)
    return works


class Memory:
    """Works as they were put together, so that only those of which more is known are looked at again."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, ...], _Kept] = {}

    def collect(self, works: Iterable[Work], answers: Answers) -> None:
        """`_collect` for all of these works."""
        heard: dict[tuple[str, str], Sequence[Record] | None] = {}
        listening = {source: _Listening(source, said, heard) for source, said in answers.items()}
        for work in works:
            key = tuple([entry.entry_id for entry in work.entries])
            kept = self._kept.get(key)
            if kept and kept.holds(work, answers):
                kept.give(work)
                continue
            heard.clear()
            _collect(work, listening)
            self._kept[key] = _Kept(replace(work), dict(heard), frozenset(answers))
            self._kept[key].give(work)


@dataclass(frozen=True, slots=True)
class _Kept:
    """A work, and the answers that it was put together from, by source and question."""

    work: Work
    heard: Mapping[tuple[str, str], Sequence[Record] | None]
    sources: frozenset[str]

    def holds(self, work: Work, answers: Answers) -> bool:
        """Whether putting a work together now would give the same."""
        if self.sources != answers.keys():
            return False
        if not all(getattr(work, name) == getattr(self.work, name) for name in _ASKED_ABOUT):
            return False
        return all(answers[source].get(question) is said for (source, question), said in self.heard.items())

    def give(self, work: Work) -> None:
        """Fill in what is known; names are copied, for some may be forgotten yet."""
        for name in _PUT_TOGETHER:
            setattr(work, name, getattr(self.work, name))
        work.known, work.derived = dict(self.work.known), dict(self.work.derived)


_ASKED_ABOUT = ("entries", "written", "found", "given", "shared", "titles")
"""What a work is put together from, beside the answers."""
_PUT_TOGETHER = tuple(f.name for f in fields(Work) if f.name not in _ASKED_ABOUT)


class _Listening(Mapping[str, Sequence[Record]]):
    """The answers of one source; notes what was asked for, and what was the first answer to it."""

    def __init__(
        self,
        source: str,
        answers: Mapping[str, Sequence[Record]],
        heard: dict[tuple[str, str], Sequence[Record] | None],
    ) -> None:
        self._source, self._answers, self._heard = source, answers, heard

    def get(self, question: str, default: Any = None) -> Any:
        """The answer, without the exception that an absent one would cost."""
        said = self._answers.get(question)
        self._heard.setdefault((self._source, question), said)
        return default if said is None else said

    def __getitem__(self, question: str) -> Sequence[Record]:
        said = self.get(question)
        if said is None:
            raise KeyError(question)
        return cast("Sequence[Record]", said)

    def __iter__(self) -> Iterator[str]:
        return iter(self._answers)

    def __len__(self) -> int:
        return len(self._answers)


def _settle_claims(works: Sequence[Work]) -> None:
    """What a source calls one work and the list writes at quite another one is the other one's."""
    owners: dict[Identifier, list[Work]] = {}
    for work in works:
        if work.entries[0].kind == "paper":
            for identifier in work.written:
                owners.setdefault(identifier, []).append(work)
    for work in works:
        for identifier in [i for i in work.known if i not in work.written]:
            if any(_alike(work, owner) is False for owner in owners.get(identifier, ()) if owner is not work):
                work.forget(identifier)


def _alike(one: Work, other: Work) -> bool | None:
    """Whether two works can be one by all that is known of them: None where a title differs and nobody is named."""
    if any(_can_be_one(a, b) for a in _all_titles(one) for b in _all_titles(other)):
        return True
    return authors_agree(_all_authors(one), _all_authors(other))


def _all_titles(work: Work) -> set[str]:
    said = [*(e.title for e in work.entries), *(r.title for r in work.records)]
    return {title for title in said if title}


def _all_authors(work: Work) -> list[str]:
    """Everybody whom an entry or a record names, each once."""
    said = [*(e.authors for e in work.entries), *(r.authors for r in work.records)]
    return list(dict.fromkeys(name for names in said for name in names))


def group(entries: Sequence[Entry], resolutions: Sequence[Resolution]) -> list[Work]:
    """Group entries into works by what the list says, in order of first appearance."""
    by_entry = {r.entry_id: r for r in resolutions}
    works = [_work(members, by_entry) for members in _grouped(entries, by_entry)]
    for identifier, sharers in _sharers(works).items():
        for work in sharers if sharers[1:] else ():
            work.shared |= {identifier}
    return works


def _sharers(works: Sequence[Work]) -> dict[Identifier, list[Work]]:
    """Identifier -> the papers of the list that write it."""
    found: dict[Identifier, list[Work]] = {}
    for work in works:
        for identifier in work.written if work.entries[0].kind == "paper" else ():
            found.setdefault(identifier, []).append(work)
    return found


def _grouped(entries: Sequence[Entry], by_entry: Mapping[str, Resolution]) -> list[list[Entry]]:
    """The entries of each work. An entry that shows no title of its own joins others by its link only where
    they are one work: else one copied link would make one of two papers.
    """
    pairs = list(_twins(entries, by_entry))
    groups = _components(entries, [(a, b) for a, b, _ in pairs])
    torn = {e.entry_id for members in groups if _holds_strangers(members) for e in members}
    if torn:
        groups = _components(entries, [(a, b) for a, b, sure in pairs if sure or a not in torn])
    return groups


def _holds_strangers(members: Sequence[Entry]) -> bool:
    return any(_are_strangers(a, b) for a, b in combinations(members, 2))


def _components(entries: Sequence[Entry], pairs: Iterable[tuple[str, str]]) -> list[list[Entry]]:
    """Entries that pairs connect, in order of first appearance."""
    parent = {entry.entry_id: entry.entry_id for entry in entries}

    def root(key: str) -> str:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for one, other in pairs:
        a, b = root(one), root(other)
        parent[b] = a
    groups: dict[str, list[Entry]] = {}
    for entry in entries:
        groups.setdefault(root(entry.entry_id), []).append(entry)
    return list(groups.values())


def _twins(entries: Sequence[Entry], by_entry: Mapping[str, Resolution]) -> Iterator[tuple[str, str, bool]]:
    """Pairs (first, later) of entries that are one work, and whether more than a link shows it.

    What a search found does not count here.
    """
    linked: dict[Identifier, list[Entry]] = {}
    titles: dict[str, list[Entry]] = {}
    for entry in entries:
        if entry.kind != "paper":
            continue
        for identifier in _written(by_entry.get(entry.entry_id)):
            for other in linked.get(identifier, ()):  # all of them: the outcome is the same in any order
                if not _are_strangers(entry, other):
                    yield other.entry_id, entry.entry_id, _related(entry, other)
            linked.setdefault(identifier, []).append(entry)
        title = normalise_title(entry.title or "")
        for other in titles.get(title, ()):
            if share_most_names(entry.authors, other.authors):
                yield other.entry_id, entry.entry_id, True
        if title:
            titles.setdefault(title, []).append(entry)


def _written(resolution: Resolution | None) -> tuple[Identifier, ...]:
    """The identifiers that the list itself, or a person, gives an entry."""
    return resolution.identifiers if resolution and resolution.method in ("url", "override") else ()


def _are_strangers(one: Entry, other: Entry) -> bool:
    """Two papers behind one link: titles differ and no author is shared, so one link was copied by mistake."""
    return bool(one.title and other.title) and not _related(one, other)


def _related(one: Entry, other: Entry) -> bool:
    """Whether more than their link shows two entries to be one work."""
    if one.title and other.title and _is_sequel(one.title, other.title):
        return False
    if one.authors and other.authors and nearly_titled(one.title or "", other.title or ""):
        return _are_same_people(one, other)
    names = [(a, b) for a in _names(one) for b in _names(other)]
    return any(_can_be_one(a, b) for a, b in names) or _are_same_people(one, other)


def _are_same_people(one: Entry, other: Entry) -> bool:
    """Whether two entries of different titles name the same people, as for a paper before and after it was renamed.

    One name of several, as of a list that writes "et al.", shows no more than that a person has two papers.
    """
    fewer, more = sorted((one.authors, other.authors), key=len)
    if not fewer[1:]:
        return not (one.et_al or other.et_al) and author_lists_equal(fewer, more)
    return _are_most(fewer, more)


def _names(entry: Entry) -> list[str]:
    return [name for name in (entry.title, entry.short_name) if name]


@lru_cache(maxsize=65536)
def _can_be_one(one: str, other: str) -> bool:
    """Two titles of one paper, or a title and what the paper is called for short."""
    if _is_sequel(one, other):
        return False
    if title_similarity(one, other) >= TITLES_RELATE and _numbers(one) == _numbers(other):
        return True
    return _is_nickname(one, other) or _is_nickname(other, one) or _head(one) == _head(other) != ""


def _is_sequel(one: str, other: str) -> bool:
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


def _work(members: list[Entry], by_entry: Mapping[str, Resolution]) -> Work:
    written: dict[Identifier, None] = {}
    found: dict[Identifier, None] = {}
    given: set[Identifier] = set()
    for entry in members:
        resolution = by_entry.get(entry.entry_id, Resolution(entry.entry_id))
        target = written if _written(resolution) else found
        target.update(dict.fromkeys(resolution.identifiers))
        given.update(resolution.identifiers if resolution.method == "override" else ())
    searched = tuple(i for i in found if i not in written)
    in_order = tuple(sorted(written, key=lambda i: (strength(i), i)))
    return Work(members, in_order, searched, given=frozenset(given))


_LOOKS = 4
"""How often a work is put together anew at most, each time without what was seen to be another paper's."""


def _collect(work: Work, answers: Answers) -> None:
    """Gather what sources know of a work; what they take for it by mistake is left out."""
    for _ in range(_LOOKS):
        _collect_once(work, answers)
        strangers = find_strangers(work)
        if not strangers:
            return
        work.strangers |= strangers
        for kept in (
            work.known,
            work.derived,
            work.absent,
            work.unsure,
            work.refused,
            work.judged,
            work.behind,
        ):
            kept.clear()
        work.records.clear()


def _collect_once(work: Work, answers: Answers) -> None:
    """Follow the work's identifiers through what sources said, until nothing new is learned.

    An entry without authors is searched by title with those that its record names.
    """
    _learn(work, work.written, Origin("list"))
    _learn(work, work.found, Origin("search"))
    asked: set[Identifier] = set()
    _follow(work, answers, asked)
    authors = work.reference.authors or next((r.authors for r in work.records if r.authors), ())
    _collect_searched(work, answers, authors)
    _follow(work, answers, asked)


def _follow(work: Work, answers: Answers, asked: set[Identifier]) -> None:
    """Take what sources said about each known identifier; one that leads to another paper is forgotten."""
    while (name := next((i for i in chain(work.known, work.derived) if i not in asked), None)) is not None:
        question = str(name)
        asked.add(name)
        records = [r for source in sorted(answers) for r in answers[source].get(question, ())]
        said: dict[str, LinkStatus] = {}
        reference = _to_judge_by(work, name, records)
        for record in records:
            _note_links(work, record)
            _note(said, record.source, judge(reference, record))
        led = _led_to(question, said)
        if led == "wrong_paper":
            work.forget(name)
            continue
        if led == "nonexistent":
            work.absent |= {name, *siblings(name)}
        for record in records:
            _take(work, record, reference)
        if any(r.found for r in records) and not any(r in work.records for r in records):
            work.unsure |= {name, *siblings(name)}
            work.refused |= {name, *siblings(name)} if work.strangers.intersection(records) else set()


def _to_judge_by(work: Work, identifier: Identifier, records: Sequence[Record]) -> Entry:
    """The entry that records are held against: the reference, completed or corrected where that is needed.

    Of what a person says to be the paper, its own record counts and not the entry. Where the entry names no
    author, those of a record that its title shows to be this work do: without them, what a source wrongly
    says to be the same work could not be told from it.
    """
    entry = work.reference
    if work.given:
        own = [
            r for r in (*records, *work.records) if r.found and r.title and r.question in map(str, work.given)
        ]
        own.sort(key=lambda r: r.source != r.question.partition(":")[0])
        return replace(entry, title=own[0].title, authors=own[0].authors) if own else entry
    if entry.authors or not entry.title:
        return entry
    sure = (r.authors for r in (*work.records, *records) if r.authors and judge(entry, r) == "ok")
    authors = next(sure, ())
    return replace(entry, authors=authors) if authors else entry


def _learn(work: Work, identifiers: Iterable[Identifier], origin: Origin) -> None:
    for identifier in identifiers:
        taken = any(k.scheme == identifier.scheme and k != identifier for k in work.known)
        if taken and identifier.scheme in _ONE_PER_WORK:
            continue
        work.known.setdefault(identifier, origin)
        for sibling in siblings(identifier):
            if not str(sibling).startswith(_ARXIV_DOI):
                work.derived.setdefault(sibling, origin)


def _collect_searched(work: Work, answers: Answers, authors: Sequence[str]) -> None:
    entry = work.reference
    if not entry.title or entry.kind != "paper":
        return
    question = title_question(entry.title)
    offered = {source: answers[source].get(question, ()) for source in sorted(answers)}
    if not authors:
        match = accept(entry, offered)
        title = normalise_title(entry.title)
        offered = {s: [r for r in rs if normalise_title(r.title or "") == title] for s, rs in offered.items()}
        own = _with_siblings(work.written)
        borne = any(_bears(record, own) for records in offered.values() for record in records)
        work.elsewhere = match.accepted and not borne
        authors = match.record.authors if match.accepted and match.record and _leads_nowhere(work) else ()
    found = [record for records in offered.values() for record in fitting(entry, authors, records)]
    found = likeliest(authors, [r for r in found if r not in work.strangers])
    if any(not same_team(one.authors, other.authors) for one, other in combinations(found, 2)):
        return  # several works fit: none of them is surely this one
    for record in found:
        if record not in work.records and record not in work.strangers:
            work.records.append(record)
            _learn(work, record.identifiers, _origin(record))


def _leads_nowhere(work: Work) -> bool:
    """Whether all links of an entry were looked at, and none leads to a paper that can be the entry's.

    Then it is as good as without: one that names nobody is searched as if it had no link.
    """
    lost = all(i in work.absent or i in work.unsure for i in work.written)
    return bool(work.written) and lost and not work.given and not work.records


def _take(work: Work, record: Record, reference: Entry) -> None:
    """Use a record that was reached by an identifier, if it is about this work.

    Where nobody is named, the title must agree, or be called by its nickname: else nothing shows that it is.
    """
    verdict = judge(reference, record)
    authors = authors_agree(reference.authors, record.authors)
    strangers = authors is False and verdict != "retitled"
    if verdict in ("nonexistent", "wrong_paper") or strangers or record in work.records:
        return
    if record in work.strangers or (verdict == "unverified" and _has_another_title(reference, record)):
        return
    work.records.append(record)
    _learn(work, record.identifiers, _origin(record))


def _has_another_title(entry: Entry, record: Record) -> bool:
    title = record.title or ""
    return bool(entry.title and title) and not any(_can_be_one(name, title) for name in _names(entry))


def find_strangers(work: Work) -> set[Record]:
    """Records that are another paper's, seen beside what is known for sure.

    Sure is what the list's identifiers lead to at their own source, and the entry itself. Of another title is
    only believed what the same people wrote, and what does not compete with a publication under the own title
    (machines take two papers of one group for one); of the same title only what a like team of authors wrote
    (a namesake, or a talk by one of them, is neither). Nothing is said about what a person gave.
    """
    written = set(map(str, work.written))
    if work.given or not any(e.title for e in work.entries):
        return set()
    own = [r for r in work.records if r.question in written and _is_own_word(r)]
    titles = {t for t in (*(e.title for e in work.entries), *(r.title for r in own)) if t}
    team = max((r.authors for r in own), key=len, default=())
    if own and _found_elsewhere(work):
        return {r for r in work.records if not titles_agree(work.reference.title or "", r.title or "")}
    near = [r for r in work.records if r in own or any(_one_title(t, r.title) for t in titles)]
    far = [r for r in work.records if r not in near] if len(near) < len(work.records) else []
    if far and not _is_published(work, near):
        people = team or max((r.authors for r in near), key=len, default=())
        kept = [r for r in far if _same_people(work, people, r.authors)]
        far = [r for r in far if r not in kept or not _is_later_version(work, r, titles, alone=not near)]
    return {*far, *(r for r in near if r not in own and not _like_team(work, team, r.authors))}


def _is_later_version(work: Work, record: Record, titles: Iterable[str], *, alone: bool) -> bool:
    """Whether what the same people wrote under another title is this work, by more than one machine's word.

    Both titles share most of their words, or the sources that say so are two: machines mistake two papers of a group for one.
    `alone` says that nobody knows the work under the title of the list: then a machine's word on a link counts.
    """
    if any(share_telling_stems(title, record.title or "") for title in titles):
        return True
    own = _with_siblings(work.written)
    if record.question in map(str, own):
        return alone or record.source not in _MACHINES
    theirs = {i for i in record.identifiers if i not in own}
    links = [r for r in work.records if _bears(r, own) and r is not record]
    said = {r.source for r in links if not theirs.isdisjoint(r.identifiers)}
    return len(said) + (not own.isdisjoint(record.identifiers)) > 1


def _with_siblings(names: Iterable[Identifier]) -> set[Identifier]:
    return {one for name in names for one in (name, *siblings(name))}


def _bears(record: Record, names: Collection[Identifier]) -> bool:
    """Whether a record answers a question for one of these names, or gives one."""
    return any(i in names for i in record.identifiers) or any(record.question == str(i) for i in names)


def _found_elsewhere(work: Work) -> bool:
    """Whether a search found the entry's paper, and nothing says that what its links lead to is the same.

    What its link leads to has another title by some of the same people, or by all of them, or one that is nearly
    the same; then it may be the paper before it was renamed, which at least one source would know.
    """
    found = _found_by_title(work)
    if not found:
        return False
    if links_doubtfully(work):
        return True
    led = [status for e in work.entries if (status := _link_status(e, work))]
    retitled = not work.given and "retitled" in led and "ok" not in led
    return (retitled or links_nearly(work)) and not _is_tied(work, found)


def _is_tied(work: Work, found: Sequence[Record]) -> bool:
    """Whether names that records share lead from what the list writes to what was found by title."""
    known, left = _with_siblings(work.written), list(work.records)
    while near := [r for r in left if _bears(r, known)]:
        if any(r in found for r in near):
            return True
        known |= _with_siblings(i for r in near for i in r.identifiers)
        left = [r for r in left if r not in near]
    return False


def _is_published(work: Work, near: Sequence[Record]) -> bool:
    """Whether a publication under the work's own title is known for sure."""
    return any(map(_proves_publication, work.written)) or any(map(_states_publication, near))


def _found_by_title(work: Work) -> list[Record]:
    """What a search found under the entry's own title, by its people: the paper that a copied link missed."""
    entry = work.reference
    said = [r for r in work.records if r.question.startswith("title:")]
    near = [
        r for r in said if titles_agree(entry.title or "", r.title or "") and _like_team(work, (), r.authors)
    ]
    return [] if any(set(work.written) & set(r.identifiers) for r in near) else near


def _is_own_word(record: Record) -> bool:
    """Whether a record is of the identifier's own source, or bears it by the word of one that decides."""
    asked = Identifier.parse(record.question)
    if record.source == asked.scheme:
        return True
    names = {asked, *siblings(asked)}
    return authority(record.source).names == "authoritative" and not names.isdisjoint(record.identifiers)


def _one_title(one: str, other: str | None) -> bool:
    """Two spellings of one title, one cut short included; numbers tell works apart."""
    if not other or one == other:
        return True
    return titles_agree(one, other) or _can_be_one(one, other) and not numbered_otherwise(one, other)


def _same_people(work: Work, team: Sequence[str], authors: Sequence[str]) -> bool:
    """Whether exactly these people wrote it, as a source names them, or as an entry does that names all."""
    named = team or (() if work.reference.et_al else work.reference.authors)
    return bool(named and authors) and author_lists_equal(named, authors)


def _like_team(work: Work, team: Sequence[str], authors: Sequence[str]) -> bool:
    """Whether a list of authors goes with the own source's, or holds half of whom the entry names."""
    named = work.reference.authors
    if team or not authors or not named:
        return same_team(team, authors)
    people = shared_people(named, authors)
    return 2 * (people.sure + people.bare) >= len(named)


def _states_publication(record: Record) -> bool:
    said = statement_of_record(record, record.source)
    return said is not None and said.weight == "authoritative"


def _proves_publication(identifier: Identifier) -> bool:
    return statement_of_identifier(identifier, Origin("list")) is not None


_MILDNESS: Sequence[LinkStatus] = ("ok", "retitled", "unverified", "wrong_paper", "nonexistent")
"""Several sources about one link: the mildest word counts, for each can be wrong about a paper."""


def _note_links(work: Work, record: Record) -> None:
    """Remember what the links of the entries lead to, per source."""
    if record.title:
        work.behind.setdefault(record.question, {}).setdefault(record.source, record.title)
    for entry in work.entries:
        if record.question in _linked(tuple([link.url for link in entry.links])):
            verdict = judge(entry, record)
            if verdict == "unverified" and judge(work.reference, record) == "ok":
                verdict = "ok"  # a nickname here, but the same work is named in full elsewhere
            if record in work.strangers and verdict in ("ok", "retitled"):
                verdict = "retitled" if _is_by_all(entry, record) else "wrong_paper"
            said = work.judged.setdefault((entry.entry_id, record.question), {})
            _note(said, record.source, verdict)


def _is_by_all(entry: Entry, record: Record) -> bool:
    """Whether a record is by exactly the people of an entry: then another title may be an earlier one."""
    if entry.authors[1:] and _are_all(entry.authors, record.authors):
        return True
    return not entry.et_al and author_lists_equal(entry.authors, record.authors)


@lru_cache(maxsize=32768)
def _linked(urls: tuple[str, ...]) -> frozenset[str]:
    """The questions that links of an entry are."""
    return frozenset(str(i) for url in urls for i in read_url(url).identifiers)


def _note(said: dict[str, LinkStatus], source: str, verdict: LinkStatus) -> None:
    said[source] = min(verdict, said.get(source, verdict), key=_MILDNESS.index)


def _led_to(question: str, said: Mapping[str, LinkStatus]) -> LinkStatus | None:
    """What one link leads to: the word of the identifier's own source, else the mildest of the others.

    "Not found" counts only from the own source (arXiv about an arXiv id): others are incomplete.
    """
    own = said.get(question.partition(":")[0])
    if own is not None and (own != "nonexistent" or set(said.values()) == {"nonexistent"}):
        return own
    others = [verdict for verdict in said.values() if verdict != "nonexistent"]
    return min(others, key=_MILDNESS.index) if others else None


def _origin(record: Record) -> Origin:
    return _origin_of(record.source, record.question, record.retrieved_at)


@lru_cache(maxsize=32768)
def _origin_of(source: str, question: str, retrieved_at: str) -> Origin:
    return Origin(source, question, retrieved_at)


def merge(
    entries: Sequence[Entry],
    resolutions: Sequence[Resolution],
    answers: Answers,
    *,
    overrides: Mapping[str, Override],
    previous: Sequence[Paper],
    titles: Mapping[str, str],
    works: Sequence[Work] | None = None,
) -> tuple[Paper, ...]:
    """All papers of a list, in list order.

    `answers` are all stored records, `overrides` a person's word per entry id, `previous` the papers
    written before (ids and BibTeX keys are kept for life), `titles` the sources' names for people,
    `works` what `gather` gives for the same, where that is known already.
    """
    works = gather(entries, resolutions, answers, titles=titles) if works is None else works
    firsts = _first_entries(works)
    former = _former_papers(works, previous)
    ids = _paper_ids(works, former)
    papers = [_paper(work, paper_id, overrides, firsts) for work, paper_id in zip(works, ids, strict=True)]
    return tuple(_with_bibtex_keys(papers, works, former, previous))


def is_decided(work: Work) -> bool:
    """True if what is known by now decides where the work was published."""
    return _weigh(work)[1].decided


def is_lost(work: Work) -> bool:
    """Whether all that the list writes leads nowhere, or to papers that hardly anything shows to be this one."""
    return _once(work, _is_lost)


def _is_lost(work: Work) -> bool:
    nowhere = bool(work.written) and all(i in work.absent or i in work.unsure for i in work.written)
    return nowhere or links_doubtfully(work) or links_nearly(work)


def is_claimed(work: Work) -> bool:
    """Whether somebody says that the work was published, the list or a source, and nothing decides it."""
    decision = _weigh(work)[1]
    if decision.decided or not work.records:
        return False
    return decision.winner is not None or any(says_published(entry) for entry in work.entries)


def _first_entries(works: Sequence[Work]) -> dict[str, str]:
    """Entry id -> the first entry of the same work, where that is another one.

    Works of the list that sources show to be one (a preprint and its published version) count as one, unless
    titles differ and no author is shared: then one of the identifiers is wrong.
    """
    first: dict[Identifier, list[Work]] = {}
    heads: dict[int, Entry] = {}
    answer: dict[str, str] = {}
    for work in works:
        known = [i for i in work.names if work.entries[0].kind == "paper" and not _is_shaky(work, i)]
        earlier = (other for i in known for other in first.get(i, ()))
        same = next((other for other in earlier if _alike(work, other)), None)
        head = heads[id(work)] = work.entries[0] if same is None else heads[id(same)]
        for identifier in known:
            first.setdefault(identifier, []).append(work)
        for entry in work.entries:
            if entry is not head:
                answer[entry.entry_id] = head.entry_id
    return answer


def _is_shaky(work: Work, identifier: Identifier) -> bool:
    """A link that two papers of the list have, and of which nobody says that it is this one's."""
    if identifier not in work.shared:
        return False
    led = [_led_to(q, said) for (_, q), said in work.judged.items() if q == str(identifier)]
    return not any(status in ("ok", "retitled") for status in led)


def _paper_ids(works: Sequence[Work], former: Mapping[int, Paper]) -> list[str]:
    """The id of each work: the one it was first seen with, else its strongest written identifier.

    Those that are kept go first: a newcomer never takes a name that another work has. A name that turned out
    to be another paper's is no work's id, also where it was published as such.
    """
    kept = _kept_ids(works, former)
    used = set(kept.values())
    ids = []
    for number, work in enumerate(works):
        wrong = _names_of_others(work)
        candidates = [str(i) for i in work.written if i not in wrong] or [f"title:{_title_slug(work)}"]
        free = next((c for c in candidates if c not in used), None)
        paper_id = kept.get(number) or free or _numbered(candidates[0], used)
        used.add(paper_id)
        ids.append(paper_id)
    return ids


def _former_papers(works: Sequence[Work], previous: Sequence[Paper]) -> dict[int, Paper]:
    """Number of a work -> the paper as which it was written before."""
    by_entry = {entry_id: paper for paper in previous for entry_id in paper.entry_ids}
    former: dict[int, Paper] = {}
    given: set[str] = set()
    for number, work in enumerate(works):
        known = next((by_entry[e.entry_id] for e in work.entries if e.entry_id in by_entry), None)
        if known and known.paper_id not in given and _is_same_work(work, known):
            former[number] = known
            given.add(known.paper_id)
    return former


def _kept_ids(works: Sequence[Work], former: Mapping[int, Paper]) -> dict[int, str]:
    """Number of a work -> the id it was written with before, but for names that are another paper's.

    Such a name goes to the first work that had to take a number because of it: that is what it would have
    been called, had the mistake been known from the beginning.
    """
    kept: dict[int, str] = {}
    given_up: set[str] = set()
    for number, paper in former.items():
        if _plain(paper.paper_id) in map(str, _names_of_others(works[number])):
            given_up.add(paper.paper_id)
        else:
            kept[number] = paper.paper_id
    for number, paper_id in sorted(kept.items(), key=lambda one: (len(one[1]), one[1])):
        if _plain(paper_id) in given_up:
            given_up.remove(_plain(paper_id))
            kept[number] = _plain(paper_id)
    return kept


def _names_of_others(work: Work) -> set[Identifier]:
    """Of what is written, the names that lead to other papers, and to nothing that can be this one."""
    led: dict[Identifier, set[LinkStatus | None]] = {}
    for (_, question), said in work.judged.items():
        led.setdefault(Identifier.parse(question), set()).add(_led_to(question, said))
    wrong = {name for name, statuses in led.items() if "wrong_paper" in statuses}
    right = {name for name, statuses in led.items() if not statuses.isdisjoint(("ok", "retitled"))}
    return (_with_siblings(wrong - right) - _with_siblings(right)).intersection(work.written) - work.given


def _title_slug(work: Work) -> str:
    entry = work.entries[0]
    return slug(entry.title or entry.short_name or entry.entry_id)


def _numbered(paper_id: str, used: set[str]) -> str:
    return next(name for n in range(2, len(used) + 3) if (name := f"{paper_id}#{n}") not in used)


def _plain(paper_id: str) -> str:
    """A paper's id without the number that tells it from another of the same name."""
    return re.sub(r"#\d+$", "", paper_id)


def _is_same_work(work: Work, paper: Paper) -> bool:
    if set(work.written) & set(paper.identifiers) or paper.paper_id in map(str, (*work.known, *work.written)):
        return True
    return any(e.title and paper.title and titles_agree(e.title, paper.title) for e in work.entries)


def _paper(
    work: Work,
    paper_id: str,
    overrides: Mapping[str, Override],
    firsts: Mapping[str, str],
) -> Paper:
    paper, keys = work_out(work), [e.entry_id for e in work.entries]
    if not any(key in overrides or key in firsts for key in keys):
        return replace(paper, paper_id=paper_id)
    of_work = next((o for key in keys if (o := overrides.get(key)) and (o.venue or o.year)), None)
    if of_work is not None:
        paper = _overridden(paper, of_work)
    verdicts = [
        _verdict(entry, work, paper, overrides.get(entry.entry_id), of_work, firsts.get(entry.entry_id))
        for entry in work.entries
    ]
    return replace(paper, paper_id=paper_id, verdicts=tuple(verdicts))


def work_out(work: Work) -> Paper:
    """What a work comes to by itself: all but an id, a person's word, and whether its entries repeat others.

    It is kept with the work: a run that waits for a host may well ask for it then.
    """
    return _once(work, _worked_out)


def _worked_out(work: Work) -> Paper:
    paper = _with_venue(_paper_anew(work), work)
    if work.given:
        paper = replace(paper, provenance={**paper.provenance, "identifiers": Origin("override")})
    return replace(paper, verdicts=tuple([_verdict(entry, work, paper) for entry in work.entries]))


def _paper_anew(work: Work) -> Paper:
    evidence, decision = _weigh(work)
    return Paper(
        paper_id="",
        entry_ids=tuple(e.entry_id for e in work.entries),
        identifiers=tuple(i for i in _published_names(work) if not _is_contradicted(i, work, decision)),
        kind=work.entries[0].kind,
        sources=tuple(sorted({r.source for r in work.records})),
        evidence=evidence,
        **_fields(work),
    )


def _published_names(work: Work) -> list[Identifier]:
    """The names to publish: none that leads to a paper with quite another title and nothing to show that it is this.

    What the list calls for short, or by words of the title, is not quite another title.
    """
    if links_doubtfully(work):
        return []
    titles = {
        name: list(work.behind.get(str(name), {}).values()) for name in work.names if name in work.unsure
    }
    strange = {
        name for name, behind in titles.items() if behind and not any(_is_near(work, t) for t in behind)
    }
    same = {sibling for name in strange for sibling in siblings(name)}
    hidden = strange | same | work.refused | _unconfirmed(work)
    left = [name for name in work.names if name not in hidden]
    return [name for name in left if not _competes(name, work)]


def _unconfirmed(work: Work) -> set[Identifier]:
    """What the list writes, where sources know the paper, or one of its title, and none of them by that.

    A link may be copied from another entry, and the one source that could say so may not answer.
    """
    own = _with_siblings(work.written)
    known = any(_bears(record, own) for record in work.records)
    return set() if work.given or known or not (work.records or work.elsewhere) else own


def _competes(identifier: Identifier, work: Work) -> bool:
    """Whether a machine alone names an identifier about which nobody answered, and surer sources know better.

    They have another one; or they know the publication, and never heard of this DOI.
    """
    if work.known[identifier].source in ("list", "search") or any(
        r.question == str(identifier) for r in work.records
    ):
        return False
    same = {identifier, *siblings(identifier)}
    rivals = [i for i in work.known if i.scheme == identifier.scheme and i not in same]
    if _is_named_surely(same, work):
        return False
    unheard = identifier.scheme == "doi" and any(_states_publication(r) for r in work.records)
    return unheard or any(_is_named_surely({i, *siblings(i)}, work) for i in rivals)


def _confirmed(work: Work) -> list[Identifier]:
    """The names that may prove something, but those that no source knows the work by."""
    unknown = _unconfirmed(work)
    return [i for i in work.proven if i not in unknown]


def _is_named_surely(names: set[Identifier], work: Work) -> bool:
    """Whether two sources, or one whose word on it decides, give a work an identifier."""
    if not names.isdisjoint(work.written):
        return True
    by = {r.source for r in work.records if not names.isdisjoint(r.identifiers)}
    return len(by) > 1 or any(authority(source).names == "authoritative" for source in by)


def _is_near(work: Work, title: str) -> bool:
    named = [name for entry in work.entries for name in _names(entry)]
    if any(_is_sequel(name, title) for name in named):
        return False
    return not any(e.title for e in work.entries) or any(share_telling_words(name, title) for name in named)


@dataclass(frozen=True, slots=True)
class _Statement:
    """What is said about the venue, and what is against believing it at once."""

    evidence: Evidence
    doubted: bool = False
    """Said of a version with another title and other authors."""
    loose: bool = False
    """The year may be that of going online or of a preprint."""
    linked: bool = False
    """Said of the very version that the list links to."""


def _once(work: Work, function: Callable[[Work], _T]) -> _T:
    """What a function says of a work, kept with it."""
    key = work.key(function)
    if key not in work.worked_out:
        work.worked_out[key] = function(work)
    return cast("_T", work.worked_out[key])


def _weigh(work: Work) -> tuple[tuple[Evidence, ...], Decision]:
    """Every statement about the venue, and what they amount to."""
    return _once(work, _weigh_anew)


def _weigh_anew(work: Work) -> tuple[tuple[Evidence, ...], Decision]:
    said = [*_by_identifiers(work, work.titles), *_by_records(work, work.titles)]
    first = preprint_month(work.proven)
    denials = [no for record in work.records if (no := denial(record))]
    decided = decide(
        tuple(s.evidence for s in said if not any(no.contradicts(s.evidence) for no in denials)),
        work.entries,
        frozenset(s.evidence.text for s in said if s.doubted),
        loose=frozenset(s.evidence.text for s in said if s.loose),
        preprint_year=int(first[:4]) if first else None,
        linked=frozenset(s.evidence.text for s in said if s.linked),
    )
    decision = replace(decided, decided=decided.decided and not links_doubtfully(work))
    return tuple(s.evidence for s in said), decision


def links_doubtfully(work: Work) -> bool:
    """Whether all that speaks for its link being this paper's is that some of the people are the same."""
    led = [status for e in work.entries if (status := _link_status(e, work))]
    if work.given or "retitled" not in led or "ok" in led:
        return False
    return not any(_is_surely_retitled(e, work) for e in work.entries)


def links_nearly(work: Work) -> bool:
    """Whether what its links lead to has nearly the title of the list, and nobody knows it by just that title."""
    titles = {title for _, q in work.judged for title in work.behind.get(q, {}).values()}
    pairs = [(e.title, title) for e in work.entries if e.title for title in titles]
    near = [pair for pair in pairs if nearly_titled(*pair)]
    if work.given or any(_one_title(*pair) for pair in pairs if pair not in near):
        return False
    return bool(near) or any(_begin_alike(*pair) for pair in pairs)


def _by_identifiers(work: Work, titles: Mapping[str, str]) -> Iterator[_Statement]:
    """What identifiers prove, those of the list first.

    One that the list writes, or a source that is sure of it, proves what it proves. One that only others name
    is their word (a machine that takes two papers for one names the id of the other), but for a DBLP key.
    """
    answered = {str(i) for r in work.records if r.source == "dblp" for i in r.identifiers}
    versions = _linked_versions(work)
    for identifier in work.proven:
        origin = work.known[identifier]
        if identifier.scheme == "dblp" and (str(identifier) in answered or origin.source == "dblp"):
            continue  # the record itself says more than its key
        statement = statement_of_identifier(identifier, origin)
        if statement is None:
            continue
        same = {identifier, *siblings(identifier)}
        named = [r for r in work.records if same.intersection(r.identifiers)]
        doubted = (
            bool(named)
            and identifier not in work.written
            and all(_is_doubtful_version(r, work) for r in named)
        )
        if _is_sure(identifier, work, named) or statement.weight == "series":
            yield _Statement(statement, doubted, linked=identifier in versions)
            continue
        for source in sorted({r.source for r in named} or {origin.source}):
            by = next((_origin(r) for r in named if r.source == source), origin)
            text = f"{statement.text}, named by {titles.get(source, source)}"
            weight = authority(source).names
            yield _Statement(replace(statement, origin=by, text=text, weight=weight), doubted)


def _is_sure(identifier: Identifier, work: Work, named: Sequence[Record]) -> bool:
    """The list, a person, or a source whose word on it decides gives the work this identifier."""
    if identifier in work.written:
        return True
    return any(authority(r.source).names == "authoritative" for r in named)


def _is_contradicted(identifier: Identifier, work: Work, decision: Decision) -> bool:
    """An identifier that only machines name, and that proves another series than what is decided."""
    if not decision.decided or decision.venue is None:
        return False
    said = statement_of_identifier(identifier, work.known[identifier])
    if said is None or family(by_id(said.venue or "")) == family(decision.venue):
        return False
    same = {identifier, *siblings(identifier)}
    return not _is_sure(identifier, work, [r for r in work.records if same.intersection(r.identifiers)])


def _by_records(work: Work, titles: Mapping[str, str]) -> Iterator[_Statement]:
    """What records say, and what is against it."""
    versions = _linked_versions(work)
    for record in work.records:
        if statement := statement_of_record(record, titles.get(record.source, record.source)):
            linked = not versions.isdisjoint(record.identifiers)
            yield _Statement(statement, _is_doubtful_version(record, work), has_loose_year(record), linked)


def _linked_versions(work: Work) -> set[Identifier]:
    """What all entries link to that names one publication; a preprint, or a forum, is of the work in any version."""
    named = [_linked(tuple([link.url for link in entry.links])) for entry in work.entries]
    everywhere = (i for i in work.written if all(str(i) in links for links in named))
    return {i for i in everywhere if i.scheme not in _OF_ANY_VERSION and i not in work.unsure}


def _is_doubtful_version(record: Record, work: Work) -> bool:
    """True for a version with another title and other authors than the preprint (or the entry) has."""
    reference = next((r for r in work.records if r.source == "arxiv" and r.title), None)
    title = reference.title if reference else work.reference.title
    authors = reference.authors if reference else (() if work.reference.et_al else work.reference.authors)
    if not title or not record.title or titles_agree(title, record.title):
        return False
    return not author_lists_equal(authors, record.authors)


def _with_venue(paper: Paper, work: Work) -> Paper:
    _, decision = _weigh(work)
    if decision.decided and decision.venue and decision.winner:
        origin = decision.winner.origin
        if origin.source in ("list", "search"):
            origin = replace(origin, source="identifier")
        venue = _venue_fields(decision.venue)
        provenance = {**paper.provenance, "venue": origin} | ({"year": origin} if decision.year else {})
        return replace(paper, **venue, year=decision.year, decided=True, provenance=provenance)
    return replace(_as_preprint(paper, work), suggestion=decision.winner)


_YEAR_AT_END = re.compile(r"[\s,(]*(?:19|20)\d\d\)?\s*$")


def _overridden(paper: Paper, override: Override) -> Paper:
    """The paper as a person wants it. A year beside a new venue is the person's or a decided one, no preprint's."""
    person = Origin("override")
    if not override.venue:
        provenance = {**paper.provenance, "venue": person, "year": person}
        return replace(paper, year=override.year, decided=True, suggestion=None, provenance=provenance)
    reading = understand(override.venue, override.year)
    unknown = dict.fromkeys(("venue_id", "venue_name", "venue_type"))
    fields = _venue_fields(reading.venue) if reading.venue else unknown
    year = override.year or reading.year or (paper.year if paper.decided else None)
    provenance = {**paper.provenance, "venue": person} | ({"year": person} if year else {})
    name = override.venue
    if reading.year is not None and reading.year == year:  # else `ICML 2022` prints as `ICML 2022 2022`
        name = _YEAR_AT_END.sub("", name) or name
    return replace(
        paper,
        **fields | {"venue": name},
        year=year,
        decided=True,
        suggestion=None,
        provenance=provenance,
    )


def _venue_fields(venue: Venue) -> dict[str, Any]:
    return {
        "venue": print_name(venue),
        "venue_id": venue.id,
        "venue_name": venue.name,
        "venue_type": venue.kind,
    }


def _as_preprint(paper: Paper, work: Work) -> Paper:
    """An undecided paper on arXiv stands as what it certainly is: a preprint of its first version's year."""
    if not any(i.scheme == "arxiv" for i in work.proven):
        return paper
    reading = understand("arXiv")
    origin = paper.provenance.get("published", Origin("identifier"))
    year = int(paper.published[:4]) if paper.published else None
    fields = _venue_fields(reading.venue) if reading.venue else {}
    return replace(
        paper, **fields, year=year, provenance={**paper.provenance, "venue": origin, "year": origin}
    )


def _fields(work: Work) -> dict[str, Any]:
    """Each field of a paper by the order of sources; winners and losers are kept as references."""
    values: dict[str, Any] = {}
    provenance: dict[str, Origin] = {}
    also: dict[str, tuple[Origin, ...]] = {}
    for name, order in precedence().items():
        offers = list(_offers(name, work))
        if offers[1:]:
            offers.sort(key=lambda offer: (offer[2], order.index(offer[0].source), _is_searched(offer[0])))
        if name == "status":
            offers, alone = _believed(offers)
            if alone:
                also[name] = alone
        if not offers:
            continue
        provenance[name], values[name], _ = offers[0]
        losing = tuple(origin for origin, value, _ in offers[1:] if value != offers[0][1])
        if losing and name != "status":
            also[name] = losing
    counted = next((r for r in work.records if _origin(r) == provenance.get("citation_count")), None)
    if counted:
        values["influential_citation_count"] = counted.influential_citation_count
        provenance["citation_count"] = replace(
            provenance["citation_count"], retrieved_at=counted.counted_at or counted.retrieved_at
        )
    if page := _paper_url(work):
        values["paper_url"], provenance["paper_url"] = page
    if code := _linked_code(work):
        values["code_url"], provenance["code_url"] = code, Origin("list")
    published = str(values.get("published") or "")
    partial = "authors" in provenance and provenance["authors"].source == "list" and work.reference.et_al
    return values | {
        "et_al": partial,
        "published_precision": _PRECISION.get(len(published)),
        "provenance": provenance,
        "also": also,
    }


def _is_searched(origin: Origin) -> bool:
    """Whether a value was found by title: once the same source is asked by identifier, it is not asked so again."""
    return bool(origin.question and origin.question.startswith("title:"))


_PRECISION: Mapping[int, Literal["year", "month", "day"]] = {4: "year", 7: "month", 10: "day"}


def _paper_url(work: Work) -> tuple[str, Origin] | None:
    """The page that the list links, unless it is none or another paper's; else that of the strongest name."""
    wrong = _names_of_others(work)
    for entry in work.entries:
        reading = read_url(entry.paper_url or "")
        if entry.paper_url and not reading.problem and wrong.isdisjoint(reading.identifiers):
            return entry.paper_url, Origin("list")
    names = sorted((i for i in work.names if i not in wrong), key=strength)
    return next(((url, Origin("identifier")) for i in names if (url := to_url(i))), None)


def _linked_code(work: Work) -> str | None:
    return next((k.url for e in work.entries for k in e.links if k.role == "code"), None)


def _offers(name: str, work: Work) -> Iterator[tuple[Origin, Any, bool]]:
    """Every value offered for a field, with who offers it and whether it is a draft's, which goes last.

    Sources without a place in the order do not count.
    """
    order = precedence()[name]
    for record in work.records:
        value = getattr(record, name)
        if name == "citation_count" and _has_fallen(record, work):
            continue
        if value not in (None, ()) and record.source in order:
            yield _origin(record), value, _is_draft(record)
    if "list" in order:
        value = getattr(work.reference, name)
        if value:
            yield Origin("list"), value, False
    if "identifier" in order and (value := _PROVEN[name](work)):
        yield Origin("identifier"), value, False


def _has_fallen(record: Record, work: Work) -> bool:
    """Whether a source counted more than twice as many citations of the very same work when it was asked otherwise.

    The store holds a count back that falls from one answer to the next; a work that was found by title once is
    asked about by identifier from then on, which is another question.
    """
    count = record.citation_count
    if count is None or not record.identifiers:
        return False
    return any(
        (r.source, r.identifiers[:1]) == (record.source, record.identifiers[:1])
        and (r.counted_at or "") < (record.counted_at or "")
        and 2 * count < (r.citation_count or 0)
        for r in work.records
    )


def _believed(
    offers: Sequence[tuple[Origin, Any, bool]],
) -> tuple[list[tuple[Origin, Any, bool]], tuple[Origin, ...]]:
    """What is said of a paper's standing and may be believed, and who alone calls it retracted.

    A retraction needs two sources: single ones are known to be wrong. arXiv's authors withdraw on their own.
    """
    retractions = [offer for offer in offers if offer[1] == "retracted"]
    if len({origin.source for origin, _, _ in retractions}) > 1:
        return retractions, ()
    return [offer for offer in offers if offer not in retractions], tuple(o for o, _, _ in retractions)


def _is_draft(record: Record) -> bool:
    """A submission that was not accepted, or DBLP's copy of a preprint's first version."""
    return (
        record.status in ("rejected", "withdrawn", "submitted")
        and record.source != "arxiv"
        or (record.venue_key == "journals/corr")
    )


def _proven_pdf(work: Work) -> str | None:
    """The PDF that the strongest name tells, or a link by that name."""
    readings = [read_url(link.url) for entry in work.entries for link in entry.links]
    shown = {name: reading.pdf for reading in readings if reading.pdf for name in reading.identifiers}
    names = sorted(_confirmed(work), key=strength)
    return next((url for i in names if (url := pdf_url(i) or shown.get(i))), None)


_PROVEN: dict[str, Callable[[Work], str | None]] = {
    "published": lambda work: preprint_month(_confirmed(work)),
    "pdf_url": _proven_pdf,
}


def _verdict(
    entry: Entry,
    work: Work,
    paper: Paper,
    override: Override | None = None,
    of_work: Override | None = None,
    first: str | None = None,
) -> EntryVerdict:
    """`override` is a person's word about this entry, `of_work` about the venue of any entry of its work."""
    _, decision = _weigh(work)
    link = _link_status(entry, work)
    about_link = _about_link(entry, work) if link == "wrong_paper" else ()
    if of_work and not (override and override.skip):
        return EntryVerdict(
            entry.entry_id, "overridden", link, first, paper.venue, paper.year, ("a person said so",)
        )
    if override and override.skip:
        return EntryVerdict(entry.entry_id, "unknown", link, first, notes=(SKIPPED,))
    if entry.kind != "paper":
        return EntryVerdict(entry.entry_id, "unknown", link, first)
    on_arxiv = any(i.scheme == "arxiv" for i in work.proven)
    preprint_year = int(paper.published[:4]) if on_arxiv and paper.published else None
    status, note = judge_entry(entry, decision, preprint_year)
    unseen = link is None or not entry.authors
    if status == "wrong" and unseen and names_another_event(entry, decision):
        status, note = "suggested", "its link may lead to another paper: venue and year both differ"
    if status == "wrong" and link is None and entry.year and decision.year not in (None, entry.year):
        status, note = (
            "suggested",
            "its link may lead to another paper: the year differs, and nobody was asked",
        )
    if status in _CHANGING and link == "retitled" and not _is_surely_retitled(entry, work):
        status, note = "suggested", "its link leads to another title by the same people"
    notes = (*((note,) if note else ()), *about_link)
    changes = status in _CHANGING and link not in ("unverified", "wrong_paper", "nonexistent")
    if not changes or decision.venue is None:
        return EntryVerdict(entry.entry_id, status, link, first, notes=notes)
    return EntryVerdict(entry.entry_id, status, link, first, print_name(decision.venue), decision.year, notes)


_CHANGING = frozenset({"missing", "outdated", "wrong", "nonstandard"})


def _is_surely_retitled(entry: Entry, work: Work) -> bool:
    """Whether more than one shared author shows that another title is this paper's later or earlier one.

    People write many papers, and a list may give one the address of another: the old title that a source
    still has, the same authors throughout, or common words in both titles make the difference.
    """
    judged = {question: said for (key, question), said in work.judged.items() if key == entry.entry_id}
    if any("ok" in said.values() for said in judged.values()):
        return True
    titles = [title for question in judged for title in work.behind.get(question, {}).values()]
    known = [r for r in (*work.records, *work.strangers) if r.question in judged]
    if any(_is_by_all(entry, r) for r in known):
        return True
    if not any(_are_most(entry.authors, r.authors) for r in known):
        return False
    # one name of several, and the words of their field, are common to all papers of a group
    alike = _share_words if entry.authors[1:] else _begin_alike
    return any(alike(entry.title or "", title) for title in titles)


def _are_most(named: Sequence[str], authors: Sequence[str]) -> bool:
    """Whether most of those that an entry names are among the authors."""
    people = shared_people(named, authors)
    return 2 * (people.sure + people.bare) > len(named)


def _are_all(named: Sequence[str], authors: Sequence[str]) -> bool:
    return shared_people(named, authors).sure == len(named)


def _share_words(one: str, other: str) -> bool:
    """Whether half of the longer words of the shorter title stand in the other, and at least two."""
    a, b = ({w for w in normalise_title(title).split() if len(w) > _SHORT_WORD} for title in (one, other))
    return len(a & b) > 1 and 2 * len(a & b) >= min(len(a), len(b))


def _begin_alike(one: str, other: str) -> bool:
    """Whether two titles share words, and begin with the same two."""
    a, b = (normalise_title(title).split()[:2] for title in (one, other))
    return a == b and len(a) > 1 and _share_words(one, other)


def _link_status(entry: Entry, work: Work) -> LinkStatus | None:
    """What is known about the entry's links; None where nobody was asked about a good one.

    A link that stands at another paper too is good only where somebody says that it leads to this one.
    """
    led = [_led_to(q, said) for (entry_id, q), said in work.judged.items() if entry_id == entry.entry_id]
    known = [status for status in led if status]
    readings = [read_url(link.url) for link in entry.links if link.role == "paper"]
    own = {identifier for reading in readings for identifier in reading.identifiers}
    if any(_is_shaky(work, identifier) for identifier in own):
        known.append("unverified")
    if known:
        return max(known, key=_MILDNESS.index)
    if any(r.identifiers for r in readings):
        return None
    if any(r.problem == "pseudo_doi" for r in readings):
        return "pseudo_doi"
    if not readings:
        return "empty" if _EMPTY_LINK.search(entry.text) else "none"
    return "unverified" if any(r.problem for r in readings) else None


LinkVerdict = tuple[str, LinkStatus | None, Mapping[str, tuple[LinkStatus, str | None]]]
"""Question of a link, what it leads to, and per source its word and the title of the paper behind the link."""


def link_verdicts(entry: Entry, work: Work) -> Iterator[LinkVerdict]:
    """What each link of an entry leads to, for people."""
    for (entry_id, question), said in work.judged.items():
        if entry_id == entry.entry_id:
            titles = work.behind.get(question, {})
            told = {source: (verdict, titles.get(source)) for source, verdict in said.items()}
            yield question, _led_to(question, said), told


def _about_link(entry: Entry, work: Work) -> tuple[str, ...]:
    """Which link of an entry leads to which other paper, for people."""
    notes = []
    for (entry_id, question), said in work.judged.items():
        if entry_id == entry.entry_id and _led_to(question, said) == "wrong_paper":
            titles = work.behind.get(question, {})
            own = titles.get(question.partition(":")[0]) or next(iter(titles.values()), None)
            notes.append(f'{LINK_NOTE}{question} is "{own}"' if own else f"{LINK_NOTE}{question}")
    return tuple(notes)


def _with_bibtex_keys(
    papers: Sequence[Paper], works: Sequence[Work], former: Mapping[int, Paper], previous: Sequence[Paper]
) -> Iterator[Paper]:
    """Give each paper its key: the one it always had, else surname + year + first long title word.

    What the list says goes first, so that a key does not depend on which source answered when.
    """
    still = {paper.paper_id for paper in former.values()}
    gone = {p.paper_id: p.bibtex_key for p in previous if p.paper_id not in still}
    used = {p.bibtex_key for p in previous if p.bibtex_key}
    numbers: dict[str, int] = {}
    for number, (paper, work) in enumerate(zip(papers, works, strict=True)):
        key = former[number].bibtex_key if number in former else gone.get(paper.paper_id)
        if key is None:
            key = _free_key(_bibtex_stem(paper, work.reference), used, numbers)
            used.add(key)
        yield replace(paper, bibtex_key=key)


def _bibtex_stem(paper: Paper, entry: Entry) -> str:
    authors = entry.authors or paper.authors
    who = surname(authors[0]) if authors else ""
    words = [w for w in normalise_title(entry.title or paper.title or "").split() if len(w) > 3]
    what = words[0] if words else ""
    stem = f"{who}{entry.year or paper.year or ''}{what}"
    return re.sub(r"[^a-z0-9]", "", stem) or slug(paper.paper_id).replace("-", "")


def _free_key(stem: str, used: set[str], numbers: dict[str, int]) -> str:
    """The stem itself, else with the least free number; `numbers` holds those up to which none is free."""
    if stem not in used:
        return stem
    numbers[stem] = next(n for n in count(numbers.get(stem, 1) + 1) if f"{stem}{n}" not in used)
    return f"{stem}{numbers[stem]}"


_ACTS = re.compile(r"[\[\]<>|`]|://")
"""Signs with which a venue's name would become a link, a tag, a cell or code of the list."""


def usable_overrides(overrides: Sequence[Override]) -> tuple[tuple[Override, ...], tuple[Override, ...]]:
    """The overrides as they can be followed, and those whose venue is no plain text and is not used.

    What a person spoke about is left alone, also where it cannot be written.
    """
    refused = tuple(o for o in overrides if o.venue and _ACTS.search(o.venue))
    usable = (replace(o, venue=None, year=None, skip=True) if o in refused else o for o in overrides)
    return tuple(usable), refused


def match_overrides(
    entries: Sequence[Entry], resolutions: Sequence[Resolution], overrides: Sequence[Override]
) -> tuple[dict[str, Override], tuple[Override, ...]]:
    """Which entry each override means (by entry id, title or identifier), and those that mean none.

    An identifier is looked for among those found for the entry and in its links: so an override that gives
    other identifiers still means the same entry.
    """
    identifiers = {r.entry_id: set(r.identifiers) for r in resolutions}
    for entry in entries if any(o.by == "identifier" for o in overrides) else ():
        linked = (i for link in entry.links if link.role == "paper" for i in read_url(link.url).identifiers)
        identifiers.setdefault(entry.entry_id, set()).update(linked)
    matched: dict[str, Override] = {}
    lost = []
    for override in overrides:
        meant = [e.entry_id for e in entries if _is_meant(override, e, identifiers.get(e.entry_id, set()))]
        matched.update(dict.fromkeys(meant, override))
        if not meant:
            lost.append(override)
    return matched, tuple(lost)


def _is_meant(override: Override, entry: Entry, identifiers: set[Identifier]) -> bool:
    if override.by == "entry_id":
        return entry.entry_id == override.match
    if override.by == "title":
        return normalise_title(entry.title or "") == normalise_title(override.match) != ""
    return parse_reference(override.match) in identifiers
