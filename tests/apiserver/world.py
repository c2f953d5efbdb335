"""What the test server knows: works, and what each of the eight sources says about each of them.

The facts stand in world.yaml (a test world: its head says which values are synthetic). This module derives from
them what the sources would say: DBLP's CoRR record beside the published one, Semantic Scholar's own idea of venue
and year, OpenReview's notes, the Anthology's volumes. A world is never changed in place; `World.with_` gives a
changed copy that a running server can be handed.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Self, TypeVar

import yaml

T = TypeVar("T")

_FILE = Path(__file__).with_name("world.yaml")


@dataclass(frozen=True, slots=True)
class ArxivPaper:
    """What arXiv knows: `date` is the first version's, `first_title` the first version's title if it differed."""

    id: str
    date: datetime.date
    versions: int = 1
    comment: str | None = None
    journal_ref: str | None = None
    doi: str | None = None
    first_title: str | None = None
    corr: str | None = None
    """DBLP's key, where it is not made of the id (before 2018 or so)."""


@dataclass(frozen=True, slots=True)
class DblpRecord:
    """One publication of DBLP: `year` is of the publication and of the event; `documents` are page addresses."""

    key: str
    title: str
    authors: tuple[str, ...]
    year: int
    label: str
    stream: str
    kind: str
    doi: str | None = None
    documents: tuple[str, ...] = ()
    pagination: str | None = None
    booktitle: str | None = None
    volume: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """One OpenReview note; `api` is 1 or 2, `decision` a reply that a note of API 1 has."""

    id: str
    title: str
    authors: tuple[str, ...]
    abstract: str
    venue: str
    venueid: str
    api: int = 2
    decision: str | None = None


@dataclass(frozen=True, slots=True)
class AclPaper:
    """A paper of the Anthology: `title` with the markup of its XML."""

    id: str
    title: str
    authors: tuple[str, ...]
    abstract: str
    pages: str | None = None
    doi: str | None = None
    retracted: str | None = None

    @property
    def volume(self) -> str:
        """The volume's id: `2023.findings-emnlp` of `2023.findings-emnlp.710`, `N19-1` of `N19-1423`."""
        return self.id.rpartition(".")[0] or self.id[:-3]

    @property
    def number(self) -> int:
        """The paper's number in its volume."""
        return int(self.id.rpartition(".")[2] if "." in self.id else self.id[-3:])


@dataclass(frozen=True, slots=True)
class AclVolume:
    """A volume of the Anthology; its `collection` is the file that holds it."""

    id: str
    booktitle: str
    year: int
    month: str
    address: str
    venue: str

    @property
    def collection(self) -> str:
        """The collection's id: `2023.findings` of `2023.findings-emnlp`."""
        return self.id.partition("-")[0]


@dataclass(frozen=True, slots=True)
class S2Paper:
    """A paper of Semantic Scholar. `year` is often the preprint's, `venue` the main conference's full name."""

    paper_id: str
    corpus_id: int
    title: str
    authors: tuple[str, ...]
    abstract: str | None
    venue: str
    year: int | None
    date: str | None
    citations: int
    influential: int
    external_ids: Mapping[str, str | int]
    asked_as: tuple[str, ...]
    """All ids this paper is found by, upper-case prefix, lower-case value (`ARXIV:2310.05470`, `DOI:10.1145/...`)."""
    journal: Mapping[str, str] | None = None
    disclaimer: str | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """One work and what each source says of it; `seed` are its 1-based positions in the seed list."""

    id: str
    title: str
    authors: tuple[str, ...]
    about: str
    seed: tuple[int, ...] = ()
    venue: str | None = None
    year: int | None = None
    arxiv: ArxivPaper | None = None
    dblp: tuple[DblpRecord, ...] = ()
    notes: tuple[Note, ...] = ()
    acl: AclPaper | None = None
    s2: S2Paper | None = None
    doi: str | None = None
    """The publisher's DOI."""
    container: str | None = None
    """What the publisher calls the volume: Crossref's container title."""
    retracted: bool = False
    crossref: Mapping[str, Any] = field(default_factory=dict)
    """What Crossref says otherwise than it follows from the rest, field by field."""
    openalex: Mapping[str, Any] = field(default_factory=dict)
    """What OpenAlex says otherwise."""
    unknown_to: frozenset[str] = frozenset()
    """APIs that never heard of it: `crossref`, `openalex`."""


@dataclass(frozen=True, slots=True)
class World:
    """All works, with the look-ups that the APIs need."""

    works: tuple[Work, ...]
    volumes: Mapping[str, AclVolume] = field(default_factory=dict)

    def __getitem__(self, work_id: str) -> Work:
        return next(work for work in self.works if work.id == work_id)

    def arxiv(self) -> dict[str, Work]:
        """Works on arXiv by bare id."""
        return {work.arxiv.id: work for work in self.works if work.arxiv}

    def s2(self) -> dict[str, S2Paper]:
        """Semantic Scholar's papers by every id they are found by."""
        papers = [work.s2 for work in self.works if work.s2]
        return {asked: paper for paper in papers for asked in paper.asked_as}

    def dois(self) -> dict[str, Work]:
        """Works by their publisher's DOI, in lower case."""
        return {work.doi.lower(): work for work in self.works if work.doi}

    def notes(self, api: int) -> dict[str, Note]:
        """OpenReview's notes of one API version by id."""
        return {note.id: note for work in self.works for note in work.notes if note.api == api}

    def dblp(self) -> list[DblpRecord]:
        """DBLP's records."""
        return [record for work in self.works for record in work.dblp]

    def acl(self, volume: str) -> list[AclPaper]:
        """The papers of one volume, in the order of their numbers."""
        papers = [work.acl for work in self.works if work.acl and work.acl.volume == volume]
        return sorted(papers, key=lambda paper: paper.number)

    def with_(self, work_id: str, **changes: Any) -> Self:
        """A copy in which fields of one work are replaced."""
        works = tuple(dataclasses.replace(w, **changes) if w.id == work_id else w for w in self.works)
        return dataclasses.replace(self, works=works)

    def without(self, *work_ids: str) -> Self:
        """A copy that never heard of these works."""
        return dataclasses.replace(self, works=tuple(w for w in self.works if w.id not in work_ids))

    def with_citations(self, work_id: str, count: int) -> Self:
        """A copy in which Semantic Scholar counts `count` citations of one work."""
        paper = self[work_id].s2
        if paper is None:
            raise ValueError(f"Semantic Scholar does not know {work_id}")
        return self.with_(work_id, s2=dataclasses.replace(paper, citations=count))


_INDEXES: dict[str, tuple[World, Any]] = {}


def index(world: World, name: str, make: Callable[[], T]) -> T:
    """What `make` gives for this world, made once: an API that is asked often looks things up, it does not search."""
    known = _INDEXES.get(name)
    if known is None or known[0] is not world:
        known = _INDEXES[name] = (world, make())
    made: T = known[1]
    return made


@lru_cache(maxsize=1 << 16)
def _distinct(text: str) -> frozenset[str]:
    return frozenset(words(text))


def words(text: str) -> list[str]:
    """The words of a title, folded: what the fuzzy searches compare."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return re.findall(r"[a-z0-9]+", plain)


def overlap(query: str, title: str) -> tuple[float, float]:
    """How alike two titles are: share of common words in the shorter, and in both (0 to 1)."""
    asked, known = _distinct(query), _distinct(title)
    if not asked or not known:
        return 0.0, 0.0
    common = len(asked & known)
    return common / min(len(asked), len(known)), 2 * common / (len(asked) + len(known))


@cache
def load_world(extra: int = 0) -> World:
    """The world of world.yaml, and `extra` synthetic works (arXiv ids from 2601.00001) for tests of scale."""
    with _FILE.open(encoding="utf-8") as file:
        facts = yaml.load(file, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    raw = [*facts["works"], *(_synthetic(number) for number in range(1, extra + 1))]
    makers = [_Maker(number, row, facts) for number, row in enumerate(raw, start=1)]
    by_id = {maker.row["id"]: maker for maker in makers}
    volumes = {key: AclVolume(key, **value) for key, value in facts["acl_volumes"].items()}
    return World(tuple(maker.work(by_id) for maker in makers), volumes)


def _synthetic(number: int) -> dict[str, Any]:
    venue = (None, "iclr", "acl-findings", "icml")[number % 4]
    row: dict[str, Any] = {
        "id": f"synthetic-{number}",
        "title": f"Synthetic Study Number {number} of Things That Nobody Measured",
        "authors": f"Author{number} Example; Other{number} Example",
        "about": f"Study number {number}.",
        "arxiv": {
            "id": f"26{1 + number // 90000:02}.{1 + number % 90000:05}",
            "date": datetime.date(2026, 1, 1),
        },
    }
    if venue:
        row |= {"venue": venue, "year": 2026}
    return row


class _Maker:
    """Builds one work from its row of world.yaml."""

    def __init__(self, number: int, row: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        self.number, self.row = number, row
        self.profile: Mapping[str, Any] = facts["venues"].get(row.get("venue"), {})
        self.homonyms: Mapping[str, str] = facts["homonyms"]
        self.volumes: Mapping[str, Mapping[str, Any]] = facts["acl_volumes"]
        self.authors = tuple(row["authors"].split("; "))
        self.title: str = row["title"]
        self.arxiv = ArxivPaper(**row["arxiv"]) if "arxiv" in row else None
        self.acl_id: str | None = row.get("acl", {}).get("id")
        self.doi: str | None = row.get("doi") or (f"10.18653/v1/{self.acl_id}" if self.acl_id else None)

    def work(self, makers: Mapping[str, _Maker]) -> Work:
        row = self.row
        records = (self._corr(), self._published())
        return Work(
            id=row["id"],
            title=self.title,
            authors=self.authors,
            about=row["about"],
            seed=tuple(row.get("seed", ())),
            venue=row.get("venue"),
            year=row.get("year"),
            arxiv=self.arxiv,
            dblp=tuple(record for record in records if record),
            notes=tuple(self._note(note) for note in row.get("openreview", ())),
            acl=self._acl(),
            s2=None if row.get("s2", {}).get("absent") else self._s2(makers),
            doi=self.doi,
            container=row.get("container") or self._booktitle(),
            retracted=bool(row.get("acl", {}).get("retracted")),
        )

    def _booktitle(self) -> str | None:
        acl = self._acl()
        return self.volumes[acl.volume]["booktitle"] if acl else None

    def _signatures(self) -> tuple[str, ...]:
        return tuple(
            f"{name} {self.homonyms[name]}" if name in self.homonyms else name for name in self.authors
        )

    def _corr(self) -> DblpRecord | None:
        if not self.arxiv:
            return None
        paper = self.arxiv
        prefix = "10.48550/ARXIV." if paper.date.year < 2023 else "10.48550/arXiv."
        return DblpRecord(
            key=paper.corr or f"journals/corr/abs-{paper.id.replace('.', '-')}",
            title=(paper.first_title or self.title).rstrip(".")
            + ("" if self.title.endswith(("?", "!")) else "."),
            authors=self._signatures(),
            year=paper.date.year,
            label="CoRR",
            stream="journals/corr",
            kind="Informal",
            doi=prefix + paper.id,
            documents=(f"https://doi.org/{prefix}{paper.id}", f"https://arxiv.org/abs/{paper.id}"),
            volume=f"abs/{paper.id}",
        )

    def _published(self) -> DblpRecord | None:
        if "stream" not in self.profile:
            return None
        journal = self.profile.get("journal", False)
        pages = [self.row.get("page"), f"https://doi.org/{self.doi}" if self.doi else None]
        label = self.row.get("label") or self.profile["label"]
        acl = self.row.get("acl", {})
        return DblpRecord(
            key=self.row.get("dblp")
            or f"{self.profile['stream']}/{_initials(self.authors)}{self.row['year'] % 100:02}",
            title=self.title.rstrip(".") + ("" if self.title.endswith(("?", "!")) else "."),
            authors=self._signatures(),
            year=self.row["year"],
            label=label,
            stream=self.profile["stream"],
            kind="Article" if journal else "Inproceedings",
            doi=self.doi,
            documents=tuple(page for page in pages if page),
            pagination=self.row.get("pages") or acl.get("pages"),
            booktitle=None if journal else f"Proceedings of {label} {self.row['year']}",
            volume=self.row.get("volume"),
        )

    def _note(self, note: Mapping[str, Any]) -> Note:
        return Note(title=self.title, authors=self.authors, abstract=self.row["about"], **note)

    def _acl(self) -> AclPaper | None:
        if not self.acl_id:
            return None
        return AclPaper(authors=self.authors, abstract=self.row["about"], doi=self.doi, **self.row["acl"])

    def _s2(self, makers: Mapping[str, _Maker]) -> S2Paper:
        facts = self.row.get("s2", {})
        told = makers[facts["merged_with"]] if "merged_with" in facts else self
        ids = self._external_ids(told, facts)
        year = facts.get("year", told.row.get("year") if told is not self else None)
        date = facts.get("date", self.arxiv and self.arxiv.date)
        venue = told.profile.get("s2", "arXiv.org" if self.arxiv else "")
        paper_id = "7e57" + hashlib.sha1(self.row["id"].encode()).hexdigest()[4:]
        return S2Paper(
            paper_id=paper_id,
            corpus_id=int(ids["CorpusId"]),
            title=told.title,
            authors=told.authors,
            abstract=None if self.number % 7 == 3 else self.row["about"],
            venue=facts.get("venue", venue),
            year=year or (self.arxiv.date.year if self.arxiv else self.row.get("year")),
            date=str(date) if date else None,
            citations=11 * self.number + 3,
            influential=self.number,
            external_ids=ids,
            asked_as=self._asked_as(paper_id, ids),
            journal=self._journal(told),
            disclaimer=_ELIDED if self.number % 7 == 3 else None,
        )

    def _external_ids(self, told: _Maker, facts: Mapping[str, Any]) -> dict[str, str | int]:
        corr, published = self._corr(), told._published()
        record = corr if facts.get("dblp") == "corr" or not published else published
        arxiv_doi = f"10.48550/arXiv.{self.arxiv.id}" if self.arxiv else None
        doi = arxiv_doi if facts.get("arxiv_doi") or not published else told.doi
        ids: dict[str, str | int | None] = {
            "ACL": told.acl_id,
            "ArXiv": self.arxiv.id if self.arxiv and facts.get("arxiv", True) else None,
            "DBLP": record.key if record else None,
            "DOI": None if facts.get("dblp") == "corr" and not facts.get("arxiv", True) else doi,
            "CorpusId": 990000000 + self.number,
        }
        return {key: value for key, value in ids.items() if value is not None}

    def _asked_as(self, paper_id: str, ids: Mapping[str, str | int]) -> tuple[str, ...]:
        names = [paper_id, f"CORPUSID:{ids['CorpusId']}"]
        if self.arxiv:
            names += [f"ARXIV:{self.arxiv.id}", f"DOI:10.48550/arxiv.{self.arxiv.id}"]
            names += [f"URL:https://arxiv.org/abs/{self.arxiv.id}"]
        if self.acl_id:
            names += [f"ACL:{self.acl_id.lower()}"]
        if self.doi:
            names += [f"DOI:{self.doi.lower()}"]
        return tuple(names)

    def _journal(self, told: _Maker) -> Mapping[str, str] | None:
        record = told._published()
        if record is None:
            return {"name": "ArXiv", "volume": f"abs/{self.arxiv.id}"} if self.arxiv else None
        return {"pages": record.pagination} if record.pagination else None


_ELIDED = (
    "Notice: The following paper fields have been elided by the publisher: {'abstract'}. Paper or abstract available "
    "at the publisher, which is subject to the license by the author or copyright owner provided with this content."
)


def _initials(authors: Sequence[str]) -> str:
    """DBLP's way to make a key of names: the first surname, then initials."""
    surnames = [
        unicodedata.normalize("NFKD", name.split()[-1]).encode("ascii", "ignore").decode() for name in authors
    ]
    return surnames[0] + "".join(name[0] for name in surnames[1:20])


def best(query: str, titles: Iterable[str], *, least: float = 0.6) -> list[int]:
    """Indices of the titles that a fuzzy search returns for `query`, best first."""
    scored = [(overlap(query, title), index) for index, title in enumerate(titles)]
    found = [(both, index) for (shorter, both), index in scored if shorter >= least]
    return [index for _, index in sorted(found, key=lambda pair: (-pair[0], pair[1]))]
