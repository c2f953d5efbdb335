"""The ways in which the record of a paper misleads: each makes papers of a generated world, with what a list writes.

A hazard is a function that takes the maker of `benchmarks._simulated` and gives a case; `benchmarks._disputed` has
more of them, `benchmarks._cases` says how often each occurs.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from benchmarks._simulated import (
    DATA,
    Case,
    Maker,
    Published,
    abs_url,
    profiles,
)
from tests.apiserver.world import ArxivPaper, Note, Work

Hazard = Callable[[Maker], Case]


def both(
    m: Maker, *, venue: tuple[str, int] | None = None, title: str | None = None, **more: Any
) -> tuple[Work, Published, ArxivPaper]:
    """A paper that was a preprint first and then appeared; one work to all sources."""
    where, year = venue or m.venue()
    title, authors = title or m.title(), more.pop("authors", None) or m.people()
    said: dict[str, Any] = more.pop("arxiv", {})
    if m.chance(0.4) and "comment" not in said:
        said = {**said, "comment": f"Accepted at {profiles()[where]['lists'][0]} {year}"}
    paper = m.arxiv(more.pop("posted", None) or year - m.rng.randint(0, 1), **said)
    pub = m.published(where, year, title, authors)
    if pub.doi and m.chance(0.1):
        paper = replace(paper, doi=pub.doi)
    return m.work(title, authors, preprint=paper, pub=pub, **more), pub, paper


def link_of(m: Maker, pub: Published | None, paper: ArxivPaper | None) -> str | None:
    """What a list links to: mostly arXiv."""
    urls = list(pub.urls) if pub else []
    if paper and (not urls or m.chance(0.65)):
        return abs_url(paper) if m.chance(0.8) else f"https://arxiv.org/pdf/{paper.id}"
    return m.rng.choice(urls) if urls else None


def answered(pub: Published) -> list[str]:
    """The pages that some source can be asked about."""
    return [url for url in pub.urls if "thecvf" not in url and "usenix" not in url]


def plain(m: Maker) -> Case:
    """Preprint and publication of one title, known to all."""
    work, pub, paper = both(m)
    return Case([work], [m.listed(m.truth("plain", [work], pub), link_of(m, pub, paper))])


def without_preprint(m: Maker) -> Case:
    """Published, never on arXiv."""
    venue, year = m.venue()
    title, authors = m.title(), m.people()
    pub = m.published(venue, year, title, authors)
    work = m.work(title, authors, pub=pub)
    return Case([work], [m.listed(m.truth("no preprint", [work], pub), link_of(m, pub, None))])


def only_preprint(m: Maker) -> Case:
    """Never published."""
    title, authors = m.title(), m.people()
    paper = m.arxiv(m.rng.randint(2020, 2025))
    work = m.work(title, authors, preprint=paper)
    return Case([work], [m.listed(m.truth("preprint only", [work], None), abs_url(paper))])


def respelled(m: Maker) -> Case:
    """The publication's title differs by a little."""
    venue, year = m.venue()
    title, authors = m.title(), m.people()
    later = m.rng.choice(
        [title.replace(":", " -"), title.replace(" for ", " in "), title.replace("-", " "), f"{title}?"]
    )
    return _two_titles(m, "respelled", title, later, authors, (venue, year))


def retitled(m: Maker) -> Case:
    """The publication has another title; sources know that it is the same, some of them."""
    if m.chance(0.5):
        row = m.rng.choice(_pairs("retitled", "same"))
        title, later, authors = row["title_a"], row["title_b"], tuple(row["authors_a"].split("; "))
        if title.lower() in m.titles or not row["authors_a"]:
            return retitled(m)
        m.titles |= {title.lower(), later.lower()}
    else:
        title, authors = m.title(), m.people()
        later = m.like_title(title) if m.chance(0.8) else m.title()
    return _two_titles(m, "retitled", title, later, authors, m.venue())


def _two_titles(
    m: Maker, hazard: str, title: str, later: str, authors: tuple[str, ...], venue: tuple[str, int]
) -> Case:
    """Two works to arXiv, DBLP and OpenAlex, one to Semantic Scholar, which has either title."""
    paper = m.arxiv(
        venue[1] - m.rng.randint(0, 1),
        comment=f"{profiles()[venue[0]]['lists'][0]} {venue[1]}" if m.chance(0.3) else None,
    )
    pub = m.published(*venue, later, authors)
    if pub.doi and m.chance(0.25):
        paper = replace(paper, doi=pub.doi)
    first = m.work(title, authors, preprint=paper, s2={"absent": True})
    second = m.work(later, authors, pub=pub, s2={"absent": True})
    whole = replace(second, arxiv=paper, title=m.rng.choice((title, later)))
    second = replace(second, s2=m.scholar(whole, pub, {}))
    truth = m.truth(hazard, [first, second], pub)
    return Case(
        [first, second], [m.listed(truth, link_of(m, pub, paper), title=m.rng.choice((title, later)))]
    )


def findings(m: Maker) -> Case:
    """In Findings, and the list says the conference; or the other way round."""
    venue, year = m.venue(
        among=lambda p: (
            "(Findings)" in str(p.get("dblp")) or p.get("dblp", [""])[0] in ("conf/acl", "conf/emnlp")
        )
    )
    if venue == "acl" and year < 2022:
        year = 2023
    work, pub, paper = both(m, venue=(venue, year))
    other = venue.removesuffix("-findings") if venue.endswith("-findings") else f"{venue}-findings"
    said = profiles()[m.rng.choice((venue, other))]["lists"][0]
    return Case(
        [work],
        [m.listed(m.truth("Findings or main", [work], pub), link_of(m, pub, paper), venue=said, year=year)],
    )


def workshop_and_main(m: Maker) -> Case:
    """An earlier version at a workshop, under the same title."""
    work, pub, paper = both(m, venue=m.venue(among=lambda p: "venueid" in p and not p.get("journal")))
    group = pub.note.venueid.split("/")[0] if pub.note else "NeurIPS.cc"
    earlier = Note(
        m.forum(),
        pub.title,
        pub.authors,
        "A study.",
        "Workshop Poster",
        f"{group}/{pub.year - 1}/Workshop/R0-FoMo",
    )
    work = replace(work, notes=(*work.notes, earlier))
    url = m.rng.choice([abs_url(paper), f"https://openreview.net/forum?id={earlier.id}", *pub.urls])
    return Case([work], [m.listed(m.truth("workshop and main", [work], pub), url)])


def workshop_in_dblp(m: Maker) -> Case:
    """A companion or workshop version of the same title and authors, with a record of its own."""
    work, pub, paper = both(
        m,
        venue=m.venue(
            among=lambda p: (
                p.get("dblp", ["", ""])[0] in ("conf/www", "conf/kdd", "conf/cvpr", "conf/icse", "conf/chi")
            )
        ),
    )
    stream, label = profiles()[pub.venue]["dblp"]
    kind = {
        "conf/www": "WWW (Companion Volume)",
        "conf/cvpr": "CVPR Workshops",
        "conf/icse": "ICSE Companion",
        "conf/chi": "CHI Extended Abstracts",
    }.get(stream, f"XAI@{label}")
    n, year = m.next(), pub.year - 1
    container = f"Companion Proceedings of the {label} Conference {year}"
    other = replace(
        pub,
        year=year,
        doi=f"10.1145/39{n:05}.39{n:05}",
        acl=None,
        note=None,
        container=container,
        crossref={
            **pub.crossref,
            "container-title": [container],
            "event": {},
            "issued": {"date-parts": [[year]]},
            "published": {"date-parts": [[year]]},
        },
    )
    assert pub.dblp
    record = replace(
        pub.dblp,
        key=f"{stream}/Author{n}w",
        label=kind,
        year=year,
        doi=other.doi,
        documents=(f"https://doi.org/{other.doi}",),
    )
    second = m.work(pub.title, pub.authors, pub=replace(other, dblp=record))
    truth = m.truth("companion version", [work, second], pub)
    return Case([work, second], [m.listed(truth, link_of(m, pub, paper))])


def extended(m: Maker) -> Case:
    """A journal extension by the same people, of a title that is nearly the same: another paper."""
    work, pub, paper = both(m, venue=m.venue(among=lambda p: not p.get("journal")))
    title = m.rng.choice(
        (
            f"{pub.title}: An Extended Study",
            f"{pub.title} Revisited",
            f"{pub.title} 2",
            f"Extended {pub.title}",
        )
    )
    venue, _ = m.venue(among=lambda p: bool(p.get("journal")) and "doi" in p)
    later = m.published(venue, pub.year + 1, title, pub.authors)
    other = m.work(title, pub.authors, pub=later, preprint=m.arxiv(pub.year) if m.chance(0.5) else None)
    entries = [
        m.listed(m.truth("extended version", [work], pub), m.rng.choice((None, link_of(m, pub, paper))))
    ]
    if m.chance(0.5):
        entries.append(
            m.listed(m.truth("extended version", [other], later), m.rng.choice((None, later.urls[-1])))
        )
    return Case([work, other], entries)


def extended_same_title(m: Maker) -> Case:
    """Conference paper and journal article of one title by the same people: either is right where the list says so."""
    work, pub, paper = both(
        m, venue=m.venue(among=lambda p: not p.get("journal") and "doi" in p and "acl" not in p)
    )
    venue, _ = m.venue(among=lambda p: bool(p.get("journal")) and "doi" in p)
    later = m.published(venue, pub.year + 1, pub.title, pub.authors)
    other = m.work(pub.title, pub.authors, pub=later)
    truth = m.truth("extended, same title", [work, other], pub)
    return Case([work, other], [m.listed(truth, m.rng.choice((None, abs_url(paper), pub.urls[-1])))])


def namesake(m: Maker) -> Case:
    """Other people wrote a paper of the same title."""
    work, pub, paper = both(m)
    other, theirs, their_paper = both(m, title=pub.title)
    made = [(work, pub, paper), (other, theirs, their_paper)]
    entries = [
        m.listed(m.truth("namesake", [w], p), m.rng.choice((None, link_of(m, p, a)))) for w, p, a in made
    ]
    return Case([work, other], entries if m.chance(0.4) else entries[:1])


def near_pair(m: Maker) -> Case:
    """Two real papers whose titles are alike, each with identifiers and a venue of its own."""
    rows = [
        row
        for kind in (
            "near title",
            "same title",
            "series",
            "extended",
            "workshop",
            "survey",
            "comment",
            "family",
        )
        for row in _pairs(kind, "different")
    ]
    while True:
        row = m.rng.choice(rows)
        if (
            row["authors_a"]
            and row["authors_b"]
            and not {row["title_a"].lower(), row["title_b"].lower()} & m.titles
        ):
            break
    m.titles |= {row["title_a"].lower(), row["title_b"].lower()}
    sides = []
    for side in "ab":
        authors = tuple(row[f"authors_{side}"].split("; "))
        year = min(max(int(row[f"year_{side}"] or 2022), 2019), 2025)
        sides.append(both(m, title=row[f"title_{side}"], authors=authors, venue=(m.venue()[0], year)))
    entries = [
        m.listed(m.truth(f"near: {row['kind']}", [w], p), m.rng.choice((None, link_of(m, p, a))))
        for w, p, a in sides
    ]
    return Case([w for w, _, _ in sides], entries if m.chance(0.3) else entries[:1])


def talk(m: Maker) -> Case:
    """A talk, tutorial or demo of the same name, by one of the authors."""
    work, pub, paper = both(m)
    n, year = m.next(), pub.year
    where = m.rng.choice(
        (
            ("conf/kdd", "KDD", "Tutorial Proceedings of KDD"),
            ("conf/ccs", "CCS", "Talks of the Security Summit"),
            ("conf/www", "WWW (Companion Volume)", f"Companion Proceedings of the ACM Web Conference {year}"),
        )
    )
    doi = f"10.1145/38{n:05}.38{n:05}"
    dates = {"date-parts": [[year]]}
    other = replace(
        pub,
        authors=pub.authors[:1],
        year=year,
        doi=doi,
        acl=None,
        note=None,
        container=where[2],
        dblp=None,
        crossref={
            "type": "proceedings-article",
            "title": [pub.title],
            "container-title": [where[2]],
            "event": {},
            "issued": dates,
            "published": dates,
        },
    )
    second = m.work(pub.title, pub.authors[:1], pub=other)
    entry = m.listed(
        m.truth(
            "talk of the same name",
            [work],
            pub,
        ),
        m.rng.choice((None, link_of(m, pub, paper))),
    )
    return Case([work, second], [replace(entry, authors=pub.authors)])


def rejected(m: Maker) -> Case:
    """Rejected at one conference; published at another, or nowhere."""
    venue, year = m.venue(among=lambda p: "venueid" in p and not p.get("journal"))
    group = str(profiles()[venue]["venueid"]).format(y=year)
    title, authors = m.title(), m.people()
    forum = f"{group}/{m.rng.choice(('Rejected_Submission', 'Withdrawn_Submission', 'Submission'))}"
    note = Note(m.forum(), title, authors, "A study.", f"Submitted to {venue.upper()} {year}", forum)
    if m.chance(0.5):
        work, pub, paper = both(
            m, title=title, authors=authors, venue=m.venue(among=lambda p: "venueid" not in p)
        )
        work = replace(work, notes=(*work.notes, note))
        truth = m.truth("rejected, published elsewhere", [work], pub)
    else:
        paper = m.arxiv(year)
        work = m.work(title, authors, preprint=paper, notes=(note,))
        truth = m.truth("rejected", [work], None)
    url = m.rng.choice((abs_url(paper), f"https://openreview.net/forum?id={note.id}"))
    entry = m.listed(truth, url)
    return Case(
        [work], [replace(entry, venue=profiles()[venue]["lists"][0], year=year) if m.chance(0.4) else entry]
    )


def s2_wrong_venue(m: Maker) -> Case:
    """Semantic Scholar has another venue, for a publication or a mere preprint."""
    wrong = profiles()[m.venue()[0]]["s2"]
    if m.chance(0.5):
        work, pub, paper = both(m, s2={"venue": wrong})
        truth = m.truth("S2: wrong venue", [work], pub)
        return Case([work], [m.listed(truth, link_of(m, pub, paper))])
    title, authors = m.title(), m.people()
    paper = m.arxiv(m.rng.randint(2020, 2025))
    work = m.work(title, authors, preprint=paper, s2={"venue": wrong})
    return Case([work], [m.listed(m.truth("S2: wrong venue of a preprint", [work], None), abs_url(paper))])


def s2_wrong_link(m: Maker) -> Case:
    """Semantic Scholar names another paper's arXiv id, DOI or DBLP key; often one by the same people."""
    work, pub, paper = both(m)
    authors = m.rng.choice((m.people(), pub.authors, (*pub.authors[:1], *m.people(1, 3))))
    other, theirs, their_paper = both(m, authors=authors)
    assert work.s2
    ids = dict(work.s2.external_ids)
    kind = m.rng.choice(("ArXiv", "DOI", "DBLP", "ACL"))
    wrong = {
        "ArXiv": their_paper.id,
        "DOI": theirs.doi,
        "DBLP": theirs.dblp.key if theirs.dblp else None,
        "ACL": theirs.acl.id if theirs.acl else None,
    }[kind]
    if wrong:
        ids[kind] = wrong
    work = replace(work, s2=replace(work.s2, external_ids=ids))
    url = m.rng.choice([*pub.urls, abs_url(paper)])
    entries = [m.listed(m.truth(f"S2: wrong {kind}", [work], pub), url)]
    return Case([work, other], entries)


def s2_merged(m: Maker) -> Case:
    """Semantic Scholar takes two papers of the same people for one: it answers with the other one."""
    work, pub, paper = both(m, s2={"absent": True})
    other, _, _ = both(m, authors=pub.authors)
    assert other.s2
    names = (
        f"ARXIV:{paper.id}",
        f"DOI:10.48550/arxiv.{paper.id}",
        *((f"DOI:{pub.doi.lower()}",) if pub.doi else ()),
    )
    other = replace(other, s2=replace(other.s2, asked_as=(*other.s2.asked_as, *names)))
    return Case([work, other], [m.listed(m.truth("S2: merged works", [work], pub), link_of(m, pub, paper))])


def s2_preprint_year(m: Maker) -> Case:
    """Semantic Scholar has the preprint's year beside the conference; DBLP has not the publication."""
    venue, year = m.venue()
    work, pub, paper = both(m, venue=(venue, year), posted=year - 1, s2={"year": year - 1}, dblp=False)
    return Case([work], [m.listed(m.truth("S2: preprint's year", [work], pub), link_of(m, pub, paper))])


def openalex_wrong(m: Maker) -> Case:
    """OpenAlex has another venue, or a repository in its place."""
    work, pub, paper = both(m, venue=m.venue(among=lambda p: "doi" in p))
    name = m.rng.choice(
        (profiles()[m.venue()[0]]["s2"] or "Nature", "arXiv (Cornell University)", "Zenodo", "HAL")
    )
    kind = "repository" if name in ("arXiv (Cornell University)", "Zenodo", "HAL") else "conference"
    place = {
        "is_oa": True,
        "landing_page_url": f"https://doi.org/{pub.doi}",
        "pdf_url": None,
        "license": None,
        "version": "publishedVersion",
        "is_accepted": True,
        "is_published": True,
        "source": {"id": "https://openalex.org/S1", "display_name": name, "issn_l": None, "type": kind},
    }
    work = replace(work, openalex={"primary_location": place, "locations": [place]})
    return Case([work], [m.listed(m.truth("OpenAlex: wrong venue", [work], pub), link_of(m, pub, paper))])


def posted_content(m: Maker) -> Case:
    """A preprint at Crossref: bioRxiv, SSRN, Research Square."""
    n, year = m.next(), m.rng.randint(2020, 2024)
    title, authors = m.title(), m.people()
    doi, home = m.rng.choice(
        (
            (f"10.1101/{year}.03.04.4{n:05}", "bioRxiv"),
            (f"10.2139/ssrn.4{n:06}", "SSRN Electronic Journal"),
            (f"10.21203/rs.3.rs-{n:06}/v1", "Research Square"),
        )
    )
    kind = "journal-article" if "SSRN" in home else "posted-content"
    dates = {"date-parts": [[year, 3, 4]]}
    said = {
        "type": kind,
        "title": [title],
        "container-title": [home] if kind != "posted-content" else [],
        "institution": [{"name": home}],
        "event": None,
        "issued": dates,
        "published": dates,
    }
    work = m.work(
        title, authors, doi=doi, year=year, crossref=said, container=home, openalex={"type": "preprint"}
    )
    entry = m.listed(m.truth("posted content", [work], None), f"https://doi.org/{doi}")
    return Case([work], [replace(entry, venue="", year=year)])


def corr_only(m: Maker) -> Case:
    """DBLP knows the preprint alone."""
    work, pub, paper = both(m, dblp=False)
    return Case([work], [m.listed(m.truth("DBLP: CoRR only", [work], pub), link_of(m, pub, paper))])


def not_in_corr(m: Maker) -> Case:
    """DBLP knows the publication and has no CoRR record: arXiv's statistics or engineering."""
    work, pub, paper = both(m, corr=False)
    return Case([work], [m.listed(m.truth("DBLP: no CoRR record", [work], pub), link_of(m, pub, paper))])


def issue_year(m: Maker) -> Case:
    """A journal article, online a year before its issue."""
    venue, year = m.venue(among=lambda p: bool(p.get("journal")) and "doi" in p and "acl" not in p)
    work, pub, paper = both(m, venue=(venue, year), posted=year - 2)
    online = {"date-parts": [[year - 1, 11]]}
    said = {
        **pub.crossref,
        "published-online": online,
        "published-print": {"date-parts": [[year, 2]]},
        "issued": online,
        "published": online,
    }
    work = replace(
        work, crossref=said, openalex={"publication_year": year - 1, "publication_date": f"{year - 1}-11-03"}
    )
    if work.s2 and m.chance(0.5):
        work = replace(work, s2=replace(work.s2, year=year - 1))
    truth = m.truth("online before the issue", [work], pub, years=frozenset({year - 1, year}))
    return Case([work], [m.listed(truth, link_of(m, pub, paper))])


def withdrawn(m: Maker) -> Case:
    """Withdrawn from arXiv."""
    title, authors = m.title(), m.people()
    paper = m.arxiv(
        m.rng.randint(2020, 2025),
        comment="This paper has been withdrawn by the authors due to an error",
        versions=2,
    )
    work = m.work(title, authors, preprint=paper)
    return Case([work], [m.listed(m.truth("withdrawn", [work], None), abs_url(paper))])


def retracted(m: Maker) -> Case:
    """Retracted by its publisher."""
    work, pub, paper = both(m, venue=m.venue(among=lambda p: "doi" in p), retracted=True)
    return Case([work], [m.listed(m.truth("retracted", [work], pub), link_of(m, pub, paper))])


def not_found(m: Maker) -> Case:
    """The list's identifier does not exist: a slip of the pen."""
    work, pub, paper = both(m)
    bad = f"{paper.id[:5]}9{m.next():04}"
    url = m.rng.choice((f"https://arxiv.org/abs/{bad}", f"https://doi.org/10.1145/9999999.{m.next():07}"))
    return Case([work], [m.listed(m.truth("identifier does not exist", [work], pub), url)])


def copied_link(m: Maker) -> Case:
    """The entry has the link of another paper: of strangers, or of some of its own authors."""
    work, pub, _ = both(m)
    authors = m.rng.choice((m.people(), m.people(), (*pub.authors[:1], *m.people(1, 3))))
    other, theirs, their_paper = both(m, authors=authors)
    entry = m.listed(
        m.truth("copied link", [work], pub), m.rng.choice([abs_url(their_paper), *answered(theirs)])
    )
    entries = [replace(entry, authors=entry.authors or pub.authors)]
    if m.chance(0.5):
        entries.append(m.listed(m.truth("link that was copied", [other], theirs), entry.url))
    return Case([work, other], entries)


def copied_link_nobody(m: Maker) -> Case:
    """The same in a list that names no author."""
    case = copied_link(m)
    first = case.entries[0]
    truth = replace(first.truth, hazard="copied link, nobody named")
    case.entries[0] = replace(first, truth=truth, authors=())
    return case


def sequel_link(m: Maker) -> Case:
    """The second part with the link of the first."""
    work, pub, paper = both(m)
    other, theirs, _ = both(
        m,
        title=f"{pub.title} {m.rng.choice(('2', 'II', 'V2'))}",
        authors=pub.authors if m.chance(0.6) else m.people(),
    )
    truth = m.truth("sequel with the link of the first", [other], theirs)
    known = [
        url for url in pub.urls if "thecvf" not in url and "usenix" not in url
    ]  # no source answers about those
    entries = [m.listed(truth, m.rng.choice([abs_url(paper), *known]))]
    if m.chance(0.5):
        entries.append(m.listed(m.truth("first of a sequel", [work], pub), entries[0].url))
    return Case([work, other], entries)


def no_identifier(m: Maker) -> Case:
    """No link: title and authors, in the spellings of lists."""
    work, pub, _ = both(m)
    truth = m.truth("no link", [work], pub)
    entry = replace(m.listed(truth, None), authors=pub.authors[: m.rng.randint(1, 4)], et_al=True)
    return Case([work], [entry])


def no_identifier_nobody(m: Maker) -> Case:
    """No link and no author."""
    work, pub, _ = both(m)
    entry = m.listed(m.truth("no link, nobody named", [work], pub), None)
    return Case([work], [replace(entry, authors=())])


def misspelt(m: Maker) -> Case:
    """No link, and a title cut short, misspelt, in capitals or in LaTeX."""
    work, pub, _ = both(m)
    title = pub.title
    words = title.split()
    long = max(range(len(words)), key=lambda n: len(words[n]))
    typo = [*words]
    typo[long] = words[long][:3] + words[long][4:]
    shown = m.rng.choice(
        (
            " ".join(words[: max(4, len(words) - 2)]) + "...",
            " ".join(typo),
            title.lower(),
            title.upper(),
            title.partition(":")[0],
            title.replace("-", " "),
        )
    )
    entry = m.listed(m.truth("no link, misspelt", [work], pub), None, title=shown)
    return Case([work], [replace(entry, authors=pub.authors[:2], et_al=len(pub.authors) > 2)])


def duplicate(m: Maker) -> Case:
    """Twice in the list: as preprint and as publication."""
    work, pub, paper = both(m)
    truth = m.truth("duplicate", [work], pub)
    return Case(
        [work], [m.listed(truth, abs_url(paper)), m.listed(truth, m.rng.choice([abs_url(paper), *pub.urls]))]
    )


def same_author_preprints(m: Maker) -> Case:
    """A preprint of which a namesake by one of its authors was published: another work."""
    title, authors = m.title(), m.people(3, 5)
    paper = m.arxiv(m.rng.randint(2020, 2024))
    work = m.work(title, authors, preprint=paper)
    venue, year = m.venue(among=lambda p: "doi" in p)
    theirs = (authors[0], *m.others(authors, 2, 3))
    pub = m.published(venue, year, title, theirs)
    other = m.work(title, theirs, pub=pub)
    return Case(
        [work, other],
        [replace(m.listed(m.truth("namesake by one author", [work], None), abs_url(paper)), authors=authors)],
    )


@cache
def _pairs(kind: str, label: str) -> Sequence[Mapping[str, str]]:
    with (DATA / "pairs.tsv").open(encoding="utf-8", newline="") as stream:
        rows = csv.DictReader(stream, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [row for row in rows if (row["kind"], row["label"]) == (kind, label)]
