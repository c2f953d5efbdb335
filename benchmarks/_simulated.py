"""A generated world of papers for benchmarks/simulation.py: what is true, what eight sources say, what lists write.

Titles are composed of words (or are titles of real papers, from the labelled pairs of benchmarks/data/pairs.tsv),
people of names; identifiers have the form of real ones and name nothing real. How sources spell a venue is in
data/simulated_venues.yaml. Every paper is made by one *hazard*: a way in which the record of a paper misleads.
The truth is kept beside what is said; nothing here knows how the pipeline works.
"""

from __future__ import annotations

import calendar
import datetime
import random
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.apiserver.world import AclPaper, AclVolume, ArxivPaper, DblpRecord, Note, S2Paper, Work, World

DATA = Path(__file__).with_name("data")
YEARS = (2019, 2025)
PMLR = {
    ("icml", 2019): 97,
    ("icml", 2020): 119,
    ("icml", 2021): 139,
    ("icml", 2022): 162,
    ("icml", 2023): 202,
    ("icml", 2024): 235,
    ("aistats", 2021): 130,
    ("aistats", 2022): 151,
    ("aistats", 2023): 206,
    ("aistats", 2024): 238,
    ("corl", 2023): 229,
}

_HEADS = (
    "Adaptive Sparse Robust Latent Causal Modular Recursive Elastic Dynamic Hierarchical Contrastive Calibrated "
    "Federated Spectral Bayesian Streaming Equivariant Compositional Neural Symbolic Graphical Temporal Private "
    "Stochastic Curriculum Cooperative Retrieval-Augmented Self-Supervised Multi-Agent Cross-Lingual Few-Shot"
).split()
_THINGS = (
    "Attention Prompting Distillation Alignment Decoding Pretraining Calibration Quantization Reasoning Planning "
    "Tokenization Embeddings Diffusion Transformers Adapters Rewards Memory Verification Sampling Clustering "
    "Segmentation Annotation Navigation Hashing Summarization Translation Parsing Ranking Matching Detection"
).split()
_FIELDS = (
    "Low-Resource Languages|Clinical Notes|Legal Contracts|Source Code|Traffic Scenes|Protein Structures|"
    "Recommender Logs|Knowledge Graphs|Spoken Dialogue|Satellite Images|Smart Contracts|Classroom Feedback|"
    "Robotic Grasping|Financial Reports|Street View Panoramas|Malware Traces|Patent Claims|Weather Records|"
    "Sign Language|Chemical Reactions|Web Tables|Music Scores|Court Opinions|Radiology Reports|Query Logs"
).split("|")
_PATTERNS = (
    "{h} {t} for {f}",
    "{n}: {h} {t} for {f}",
    "{n}: {h} {t} with {t2}",
    "Towards {h} {t} of {f}",
    "On the {t} of {h} {t2} in {f}",
    "{h} {t} Improves {t2} for {f}",
    "Rethinking {t}: {h} {t2} in {f}",
    "How {h} Is {t} of {f}?",
    "Learning {h} {t} from {f} without {t2}",
)
_TURN = re.compile(r"( (?:for|in|of|with|from|Improves|Is) )")
_GIVEN = (
    "Anna Ben Carla Daniel Elena Felix Grace Hugo Irene Jonas Katja Lucas Maria Noah Olga Peter Quentin Rosa Stefan "
    "Tina Ulrich Vera Walter Yara Zoe Wei Xin Jing Hao Yang Ming Lei Priya Arjun Kenji Aiko Minh Linh Omar Fatima "
    "José André Zoë Søren Jürgen Łukasz"
).split()
_SURNAMES = (
    "Abbott Bergmann Castellanos Dimitrov Eriksen Fontaine Gallagher Hashimoto Ivanova Jansen Kowalczyk Lindqvist "
    "Moreau Novak Okafor Petrov Quiroga Rossi Schneider Takahashi Ueda Vasquez Whitfield Xanthopoulos Yamamoto "
    "Zimmermann Wang Li Zhang Liu Chen Huang Zhao Wu Kim Park Nguyen Singh Müller García Gómez O'Brien Sørensen "
    "van|der|Berg de|la|Cruz von|Braun El|Amrani Ó|Súilleabháin"
).split()
_NAMES = "ba co du fen gra hel jo ka lum mer nov or pra qui ros sta tri vel wyn zer".split()
_BASE62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_ONES = "First Second Third Fourth Fifth Sixth Seventh Eighth Ninth".split()
_TENS = {2: "Twent", 3: "Thirt", 4: "Fort"}


@cache
def profiles() -> Mapping[str, Mapping[str, Any]]:
    """How the sources spell each venue."""
    loaded: Mapping[str, Mapping[str, Any]] = yaml.safe_load(
        (DATA / "simulated_venues.yaml").read_text("utf-8")
    )
    return loaded


@dataclass(frozen=True, slots=True)
class Truth:
    """One paper as it really is; `years` are all with which a list is right."""

    hazard: str
    title: str
    authors: tuple[str, ...]
    venue: str | None
    year: int | None
    years: frozenset[int]
    works: tuple[str, ...]
    """Ids of the works of the world that are this paper, in some version."""


@dataclass(frozen=True, slots=True)
class Listed:
    """One entry of a list, field by field, and the paper that its writer meant."""

    truth: Truth
    title: str
    authors: tuple[str, ...]
    venue: str
    year: int | None
    url: str | None
    et_al: bool = False


@dataclass(frozen=True, slots=True)
class Published:
    """A publication, as far as all sources agree on it."""

    venue: str
    year: int
    title: str
    authors: tuple[str, ...]
    doi: str | None
    acl: AclPaper | None
    note: Note | None
    dblp: DblpRecord | None
    container: str | None
    crossref: Mapping[str, Any]
    urls: tuple[str, ...]


@dataclass(slots=True)
class Case:
    """What one hazard makes: works of the world, entries of the list, and what of the works is new the next night."""

    works: list[Work] = field(default_factory=list)
    entries: list[Listed] = field(default_factory=list)
    later: list[Work] = field(default_factory=list)


class Maker:
    """Makes papers; all by one seed."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.number = 0
        self.titles: set[str] = set()
        self.volumes: dict[str, AclVolume] = {}
        venues = profiles()
        self._venues, self._shares = [*venues], [float(p.get("share", 1)) for p in venues.values()]

    def chance(self, share: float) -> bool:
        """True in so many cases."""
        return self.rng.random() < share

    def next(self) -> int:
        """A number nobody has."""
        self.number += 1
        return self.number

    def title(self) -> str:
        """A title nobody has."""
        while True:
            rng = self.rng
            name = "".join(rng.sample(_NAMES, 3)).capitalize()
            t, t2 = rng.sample(_THINGS, 2)
            head, scene = rng.choice(_HEADS), rng.choice(_FIELDS)
            title = rng.choice(_PATTERNS).format(h=head, t=t, t2=t2, f=scene, n=name)
            if title not in self.titles:
                self.titles.add(title)
                return title

    def like_title(self, title: str) -> str:
        """A title nobody has, of most of the words of another one, as when a paper is renamed."""
        rng = self.rng
        bare = title.rstrip("?").partition(": ")[2] or title.rstrip("?")
        first, cut, last = (part.strip() for part in _TURN.split(bare, maxsplit=1))
        words = first.split()
        words[rng.randrange(len(words))] = rng.choice(_THINGS)
        made = (
            f"{last}: {' '.join(words)} {rng.choice(('Revised', 'by Design', 'at Scale', cut + ' Practice'))}"
        )
        if made in self.titles:
            return self.like_title(title)
        self.titles.add(made)
        return made

    def others(self, authors: Sequence[str], least: int, most: int) -> tuple[str, ...]:
        """Authors of whom nobody bears a surname of these: two namesakes in one team would be the same people."""
        made = self.people(least, most)
        if {name.split()[-1] for name in authors}.isdisjoint(name.split()[-1] for name in made):
            return made
        return self.others(authors, least, most)

    def people(self, least: int = 2, most: int = 7) -> tuple[str, ...]:
        """Authors, each once."""
        rng, names = self.rng, dict[str, None]()
        wanted = rng.randint(least, most)
        while len(names) < wanted:
            middle = f" {rng.choice('ABCDEFGHJKLMNPRSTW')}." if rng.random() < 0.2 else ""
            names[f"{rng.choice(_GIVEN)}{middle} {rng.choice(_SURNAMES).replace('|', ' ')}"] = None
        return tuple(names)

    def venue(self, *, among: Callable[[Mapping[str, Any]], bool] = lambda profile: True) -> tuple[str, int]:
        """A venue and a year in which it was held."""
        while True:
            (venue,) = self.rng.choices(self._venues, self._shares)
            profile = profiles()[venue]
            if among(profile):
                years = profile.get("years") or range(max(YEARS[0], profile.get("from", 0)), YEARS[1] + 1)
                return venue, self.rng.choice(list(years))

    def arxiv(self, year: int, **said: Any) -> ArxivPaper:
        """A preprint of a year."""
        month = self.rng.randint(1, 12)
        day = self.rng.randint(1, calendar.monthrange(year, month)[1])
        number = f"{year % 100:02}{month:02}.{10000 + self.next():05}"
        return ArxivPaper(number, datetime.date(year, month, day), **said)

    def published(self, venue: str, year: int, title: str, authors: tuple[str, ...]) -> Published:
        """A publication with all the names that this venue gives."""
        profile, n = profiles()[venue], self.next()
        given = _given(profile, year, n)
        acl = self._acl(profile, given, title, authors)
        given["acl"] = acl.id if acl else ""
        container = [part.format(**given) for part in str(profile.get("container", "")).split(" | ") if part]
        doi = profile["doi"].format(**given) if "doi" in profile else None
        note = None
        if (
            "venueid" in profile
            and (venue != "icml" or year >= 2023)
            and (venue != "neurips" or year >= 2021)
        ):
            shown = f"{profile['lists'][0]} {year} Poster" if venue != "tmlr" else "Accepted by TMLR"
            note = Note(self.forum(), title, authors, "A study.", shown, profile["venueid"].format(y=year))
        pages = self._pages(venue, profile, year, n)
        urls = [*pages]
        if acl:
            urls.append(f"https://aclanthology.org/{acl.id}/")
        if note:
            urls.append(f"https://openreview.net/forum?id={note.id}")
        if doi:
            urls.append(f"https://doi.org/{doi}")
        crossref = _crossref(profile, given, title, year, container)
        dblp = self._dblp(profile, year, n, title, authors, doi, urls) if "dblp" in profile else None
        where = container[-1] if container else None
        return Published(venue, year, title, authors, doi, acl, note, dblp, where, crossref, tuple(urls))

    def forum(self) -> str:
        """A forum's id."""
        return "".join(self.rng.choices(_BASE62, k=10))

    def _acl(
        self, profile: Mapping[str, Any], given: Mapping[str, Any], title: str, authors: tuple[str, ...]
    ) -> AclPaper | None:
        if "acl" not in profile:
            return None
        volume, venue = profile["acl"][0].format(**given), profile["acl"][1]
        year = int(given["y"])
        booktitle = profile["container"].format(**given)
        self.volumes[volume] = AclVolume(volume, booktitle, year, "July", "Somewhere", venue)
        return AclPaper(f"{volume}.{given['n']}", title, authors, "A study.")

    def _pages(self, venue: str, profile: Mapping[str, Any], year: int, n: int) -> list[str]:
        kind = profile.get("page")
        if kind == "pmlr" and (volume := PMLR.get((venue, year))):
            return [f"https://proceedings.mlr.press/v{volume}/author{n}a.html"]
        if kind == "neurips":
            name = f"{n:032x}"
            end = "-Abstract-Conference" if year >= 2022 else "-Abstract"
            return [f"https://proceedings.neurips.cc/paper_files/paper/{year}/hash/{name}{end}.html"]
        if kind == "cvf":
            event = f"{venue.upper()}{year}"
            return [f"https://openaccess.thecvf.com/content/{event}/html/Author{n}_Paper_{event}_paper.html"]
        if kind == "usenix":
            return [f"https://www.usenix.org/conference/usenixsecurity{year % 100}/presentation/author{n}"]
        return []

    def _dblp(
        self,
        profile: Mapping[str, Any],
        year: int,
        n: int,
        title: str,
        authors: tuple[str, ...],
        doi: str | None,
        urls: Sequence[str],
    ) -> DblpRecord:
        stream, label = profile["dblp"]
        spelled = doi.upper() if doi and self.chance(0.7) else doi
        documents = [
            u.replace("https://proceedings.neurips.cc", "http://papers.nips.cc")
            for u in urls
            if "doi.org" not in u
        ]
        documents += [f"https://doi.org/{spelled}"] if spelled else []
        journal = stream.startswith("journals/")
        return DblpRecord(
            key=f"{stream}/Author{n}x{year % 100:02}",
            title=dotted(title),
            authors=signed(authors),
            year=year,
            label=label,
            stream=stream,
            kind="Article" if journal else "Inproceedings",
            doi=spelled,
            documents=tuple(documents),
            booktitle=None if journal else f"Proceedings of {label} {year}",
        )

    def work(
        self,
        title: str,
        authors: tuple[str, ...],
        *,
        preprint: ArxivPaper | None = None,
        pub: Published | None = None,
        s2: Mapping[str, Any] | None = None,
        corr: bool = True,
        dblp: bool = True,
        **more: Any,
    ) -> Work:
        """A work of the world, of its preprint, its publication or both; `s2` are whims of Semantic Scholar."""
        name = f"w{self.next()}"
        records = [_corr(preprint, title, authors)] if preprint and corr else []
        if pub and pub.dblp and dblp:
            records.append(pub.dblp)
        made = Work(
            id=name,
            title=pub.title if pub and not preprint else title,
            authors=authors,
            about="A study of things.",
            arxiv=preprint,
            dblp=tuple(records),
            notes=(pub.note,) if pub and pub.note else (),
            acl=pub.acl if pub else None,
            doi=pub.doi if pub else None,
            container=pub.container if pub else None,
            year=pub.year if pub else None,
            venue=pub.venue if pub else None,
            crossref=pub.crossref if pub else {},
        )
        made = replace(made, **more)
        if s2 is not None and s2.get("absent"):
            return made
        return replace(made, s2=self.scholar(made, pub, s2 or {}))

    def scholar(self, work: Work, pub: Published | None, whims: Mapping[str, Any]) -> S2Paper:
        """What Semantic Scholar makes of a work."""
        n, paper = self.next(), work.arxiv
        corr = next((r.key for r in work.dblp if r.stream == "journals/corr"), None)
        own = next((r.key for r in work.dblp if r.stream != "journals/corr"), None)
        late = pub is not None and paper is not None and self.chance(0.12)  # has not seen the publication
        said = None if late else pub
        ids: dict[str, Any] = {
            "ArXiv": paper.id if paper and self.chance(0.95) else None,
            "DBLP": (own if said else None) or corr,
            "DOI": (said.doi if said else None) or (f"10.48550/arXiv.{paper.id}" if paper else None),
            "ACL": said.acl.id if said and said.acl else None,
            "CorpusId": 260000000 + n,
        } | dict(whims.get("ids", {}))
        venue = profiles()[said.venue]["s2"] if said else ("arXiv.org" if paper else "")
        year = said.year if said else (paper.date.year if paper else None)
        if said and paper and self.chance(0.2):
            year = paper.date.year  # the preprint's year beside the conference
        paper_id = f"{n:040x}"
        names = [paper_id, f"CORPUSID:{ids['CorpusId']}"]
        if paper:
            names += [f"ARXIV:{paper.id}", f"DOI:10.48550/arxiv.{paper.id}"]
        if work.acl:
            names.append(f"ACL:{work.acl.id.lower()}")
        if work.doi:
            names.append(f"DOI:{work.doi.lower()}")
        names += whims.get("names", ())
        return S2Paper(
            paper_id=paper_id,
            corpus_id=int(ids["CorpusId"]),
            title=whims.get("title", work.title),
            authors=whims.get("authors", work.authors),
            abstract=None,
            venue=whims.get("venue", venue),
            year=whims.get("year", year),
            date=str(paper.date) if paper else None,
            citations=7 * n % 977,
            influential=n % 13,
            external_ids={key: value for key, value in ids.items() if value is not None},
            asked_as=tuple(names),
        )

    def truth(self, hazard: str, works: Iterable[Work], pub: Published | None, **more: Any) -> Truth:
        """The truth about works that are one paper."""
        versions = tuple(works)
        years = frozenset({pub.year}) if pub else frozenset()
        title = pub.title if pub else versions[0].title
        made = Truth(
            hazard,
            title,
            versions[0].authors,
            pub.venue if pub else None,
            pub.year if pub else None,
            years,
            tuple(work.id for work in versions),
        )
        return replace(made, **more)

    def listed(self, truth: Truth, url: str | None, **more: Any) -> Listed:
        """An entry: names its paper in one of the usual ways, and says right, wrong or nothing of its venue."""
        entry = Listed(truth, truth.title, truth.authors, *self._claim(truth, url), url)
        if len(entry.authors) > 3 and self.chance(0.3):
            entry = replace(entry, authors=entry.authors[: self.rng.randint(1, 3)], et_al=True)
        elif self.chance(0.12):
            entry = replace(entry, authors=())
        return replace(entry, **more)

    def _claim(self, truth: Truth, url: str | None) -> tuple[str, int | None]:
        """Venue and year as a list writes them: right, a preprint's, another venue's, another year's, none."""
        posted = 2000 + int(url.rsplit("/", 1)[-1][:2]) if url and "arxiv.org" in url else truth.year or 2023
        roll = self.rng.random()
        if truth.venue is None or truth.year is None:
            if roll < 0.1:
                venue, year = self.venue()
                return profiles()[venue]["lists"][0], year
            return ("arXiv", posted) if roll < 0.7 else ("", posted if roll < 0.9 else None)
        right = self.rng.choice(profiles()[truth.venue]["lists"])
        if roll < 0.5:
            return right, self.rng.choice(sorted(truth.years))
        if roll < 0.75:
            return "arXiv", posted
        if roll < 0.82:
            venue, _ = self.venue()
            return profiles()[venue]["lists"][0], truth.year
        if roll < 0.89:
            return right, truth.year + self.rng.choice((-1, 1))
        return "", posted if roll < 0.96 else None


def _given(profile: Mapping[str, Any], year: int, n: int) -> dict[str, Any]:
    order = year - int(profile.get("first", 1980))
    return {
        "y": year,
        "yy": f"{year % 100:02}",
        "n": n,
        "o": ordinal(order),
        "O": _spelled(order),
        "v": order,
    }


def _crossref(
    profile: Mapping[str, Any], given: Mapping[str, Any], title: str, year: int, container: Sequence[str]
) -> dict[str, Any]:
    """What the publisher deposited."""
    event: dict[str, Any] = {}
    if "event" in profile:
        event = {"name": profile["event"].format(**given)}
        if "acronym" in profile:
            event |= {"acronym": profile["acronym"].format(**given), "start": {"date-parts": [[year, 6, 1]]}}
    dates = {"date-parts": [[year, 6]]}
    said = {
        "type": profile.get("kind", "proceedings-article"),
        "title": [title],
        "container-title": list(container),
    }
    return {**said, "event": event, "issued": dates, "published": dates}


def ordinal(number: int) -> str:
    """`62nd`."""
    end = "th" if 10 < number % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{end}"


def _spelled(number: int) -> str:
    """`Sixty-Second`, as far as it is needed."""
    tens, ones = divmod(number, 10)
    stem = _TENS.get(tens)
    if stem is None:
        return ordinal(number)
    return f"{stem}y-{_ONES[ones - 1]}" if ones else f"{stem}ieth"


def dotted(title: str) -> str:
    """As DBLP ends a title."""
    return title if title.endswith(("?", "!")) else f"{title}."


def signed(authors: Iterable[str]) -> tuple[str, ...]:
    """As DBLP signs: people of one name are told apart by numbers."""
    common = (" Wang", " Li", " Zhang", " Chen", " Liu")
    return tuple(f"{name} 0{len(name):03}" if name.endswith(common) else name for name in authors)


def _corr(paper: ArxivPaper, title: str, authors: tuple[str, ...]) -> DblpRecord:
    doi = ("10.48550/ARXIV." if paper.date.year < 2023 else "10.48550/arXiv.") + paper.id
    return DblpRecord(
        key=f"journals/corr/abs-{paper.id.replace('.', '-')}",
        title=dotted(title),
        authors=signed(authors),
        year=paper.date.year,
        label="CoRR",
        stream="journals/corr",
        kind="Informal",
        doi=doi,
        documents=(f"https://doi.org/{doi}",),
        volume=f"abs/{paper.id}",
    )


def abs_url(paper: ArxivPaper) -> str:
    """Where a list links to."""
    return f"https://arxiv.org/abs/{paper.id}"


def world_of(cases: Iterable[Case], maker: Maker) -> World:
    """All works of all cases."""
    return World(tuple(work for case in cases for work in case.works), maker.volumes)


def next_night(world: World, cases: Iterable[Case]) -> World:
    """The same world when sources have changed their minds."""
    later = {work.id: work for case in cases for work in case.later}
    return replace(world, works=tuple(later.get(work.id, work) for work in world.works))
