"""Hazards of a second kind: sources that contradict each other, or that take one paper for another.

Like those of `benchmarks._hazards`; `benchmarks._cases` says how often each occurs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from benchmarks._hazards import answered, both, link_of
from benchmarks._simulated import Case, Maker, Published, abs_url, dotted, profiles
from tests.apiserver.world import ArxivPaper, Note, Work

_CUT = 100
"""OpenAlex shows so many authors of a work."""
Profile = Mapping[str, Any]


def _on_openreview(profile: Profile) -> bool:
    return "venueid" in profile and not profile.get("journal")


def _with_doi(profile: Profile) -> bool:
    return "doi" in profile


def counts_fall(m: Maker) -> Case:
    """The next night a source that counted hundreds of citations counts none, or a third of them."""
    work, pub, paper = both(m)
    if work.s2:
        work = replace(work, s2=replace(work.s2, citations=300 + m.next() % 100))
    work = replace(work, openalex={"cited_by_count": 400})
    later = replace(work, openalex={"cited_by_count": m.rng.choice((0, 90))})
    if later.s2:
        later = replace(later, s2=replace(later.s2, citations=m.rng.choice((0, 90))))
    return Case([work], [m.listed(m.truth("counts fall", [work], pub), link_of(m, pub, paper))], [later])


def _posted(m: Maker, title: str, authors: tuple[str, ...], year: int, relation: Profile) -> Work:
    """A preprint at Crossref, which its record relates to something else."""
    doi, dates = f"10.1101/{year}.03.04.4{m.next():05}", {"date-parts": [[year, 3, 4]]}
    said = {
        "type": "posted-content",
        "title": [title],
        "container-title": [],
        "institution": [{"name": "bioRxiv"}],
        "event": None,
        "issued": dates,
        "published": dates,
        "relation": relation,
    }
    return m.work(
        title, authors, doi=doi, year=year, crossref=said, container="bioRxiv", openalex={"type": "preprint"}
    )


def _relation(kind: str, doi: str | None) -> dict[str, Any]:
    return {kind: [{"id-type": "doi", "id": doi, "asserted-by": "subject"}]}


def preprint_of(m: Maker) -> Case:
    """A preprint that Crossref relates to its publication, which often has another title."""
    venue, year = m.venue(among=_with_doi)
    title, authors = m.title(), m.people()
    later = m.rng.choice((title, title, m.like_title(title)))
    pub = m.published(venue, year, later, authors)
    first = _posted(m, title, authors, year - 1, _relation("is-preprint-of", pub.doi))
    second = m.work(later, authors, pub=pub)
    second = replace(second, crossref={**pub.crossref, "relation": _relation("has-preprint", first.doi)})
    truth = m.truth("Crossref: preprint of", [first, second], pub)
    entry = m.listed(truth, f"https://doi.org/{first.doi}", title=m.rng.choice((title, title, later)))
    return Case([first, second], [replace(entry, venue="", year=year - 1)])


def wrong_relation(m: Maker) -> Case:
    """A preprint that Crossref relates to another paper, or a paper that it says to have another one's preprint."""
    other, theirs, their_paper = both(m, venue=m.venue(among=_with_doi))
    authors = m.rng.choice((m.people(), theirs.authors, (*theirs.authors[:1], *m.people(1, 3))))
    title, hazard = m.title(), "Crossref: wrong relation"
    if m.chance(0.5):
        work = _posted(m, title, authors, 2021, _relation("is-preprint-of", theirs.doi))
        entry = m.listed(m.truth(hazard, [work], None), f"https://doi.org/{work.doi}")
        return Case([work, other], [replace(entry, venue="", year=2021)])
    work, pub, _ = both(m, venue=m.venue(among=_with_doi), authors=authors)
    relation = _relation("has-preprint", f"10.48550/arXiv.{their_paper.id}")
    work = replace(work, crossref={**work.crossref, "relation": relation})
    return Case([work, other], [m.listed(m.truth(hazard, [work], pub), m.rng.choice([None, *answered(pub)]))])


def cut_authors(m: Maker) -> Case:
    """A hundred authors and more, of whom OpenAlex shows the first hundred; the list names some of any of them."""
    authors = m.people(_CUT + 2, _CUT + 8)
    work, pub, paper = both(m, venue=m.venue(among=_with_doi), authors=authors)
    people = [
        {"author_position": "middle", "author": {"id": None, "display_name": name}, "raw_author_name": name}
        for name in authors[:_CUT]
    ]
    work = replace(work, openalex={"authorships": people, "is_authors_truncated": True})
    first = m.rng.choice((0, 0, _CUT - 1, len(authors) - 3))
    entry = m.listed(m.truth("authors cut off", [work], pub), m.rng.choice((None, link_of(m, pub, paper))))
    return Case([work], [replace(entry, authors=authors[first : first + m.rng.randint(1, 3)], et_al=True)])


def forum_of_another(m: Maker) -> Case:
    """Title and authors are right, and the link is another paper's forum: a stranger's, a like title's, a namesake's."""
    work, pub, _ = both(m)
    title = m.rng.choice((m.title(), m.like_title(pub.title), pub.title, f"{pub.title} 2"))
    authors = m.people() if title == pub.title else m.rng.choice((m.people(), pub.authors))
    other, theirs, _ = both(m, title=title, authors=authors, venue=m.venue(among=_on_openreview))
    forum = [url for url in theirs.urls if "openreview" in url] or answered(theirs)
    entry = m.listed(m.truth("forum of another paper", [work], pub), m.rng.choice(forum))
    return Case([work, other], [replace(entry, authors=pub.authors, et_al=False)])


def s2_upgrade(m: Maker) -> Case:
    """Semantic Scholar gives an arXiv id the venue, year, DOI and DBLP key of another paper."""
    authors = m.people()
    theirs_by = m.rng.choice((m.people(), authors, (*authors[:1], *m.people(1, 3))))
    other, theirs, _ = both(m, authors=theirs_by)
    ids = {
        "DBLP": theirs.dblp.key if theirs.dblp else None,
        "DOI": theirs.doi,
        "ACL": theirs.acl.id if theirs.acl else None,
    }
    whims = {"venue": profiles()[theirs.venue]["s2"], "year": theirs.year, "ids": ids}
    hazard = "S2: upgraded to another paper"
    if m.chance(0.5):
        work, pub, paper = both(m, authors=authors, s2=whims)
        truth = m.truth(hazard, [work], pub)
    else:
        paper = m.arxiv(m.rng.randint(2020, 2025))
        work = m.work(m.title(), authors, preprint=paper, s2=whims)
        truth = m.truth(hazard, [work], None)
    return Case([work, other], [m.listed(truth, abs_url(paper))])


def homonyms(m: Maker) -> Case:
    """DBLP has a publication of the same title by people of whom the first bears the same name: another work."""
    title, authors = m.title(), m.people(3, 5)
    paper = m.arxiv(m.rng.randint(2020, 2024))
    work = m.work(title, authors, preprint=paper, corr=m.chance(0.5))
    venue, year = m.venue(among=lambda p: "dblp" in p and "doi" not in p)
    theirs = (authors[0], *m.others(authors, 2, 3))
    pub = m.published(venue, year, title, theirs)
    other = m.work(title, theirs, pub=replace(pub, note=None), s2={"absent": True})
    truth = m.truth("homonyms in DBLP", [work], None)
    entry = replace(m.listed(truth, abs_url(paper)), authors=authors, et_al=False)
    entries = [m.rng.choice((entry, replace(entry, authors=authors[:2], et_al=True)))]
    if m.chance(0.4):
        entries.append(
            replace(m.listed(m.truth("homonyms in DBLP", [other], pub), None), authors=theirs, et_al=False)
        )
    return Case([work, other], entries)


def unaccepted(m: Maker) -> Case:
    """Rejected or withdrawn, and the list names the conference, as do Semantic Scholar and the author."""
    venue, year = m.venue(among=_on_openreview)
    profile, (title, authors) = profiles()[venue], (m.title(), m.people())
    fate = m.rng.choice(("Rejected_Submission", "Withdrawn_Submission", "Desk_Rejected_Submission"))
    group = f"{str(profile['venueid']).format(y=year)}/{fate}"
    note = Note(m.forum(), title, authors, "A study.", f"Submitted to {profile['lists'][0]} {year}", group)
    paper = m.arxiv(
        year, comment=m.rng.choice((None, f"{profile['lists'][0]} {year}", f"Submitted to ICLR {year}"))
    )
    work = m.work(
        title, authors, preprint=paper, notes=(note,), s2={"venue": profile["s2"] or "ICLR", "year": year}
    )
    forum = f"https://openreview.net/forum?id={note.id}"
    if m.chance(0.5):
        work = replace(work, openalex={"primary_location": _place(forum, profile["s2"])})
    name = "withdrawn forum" if "Withdrawn" in fate else "rejected, the list says accepted"
    url = forum if work.openalex else m.rng.choice((forum, abs_url(paper)))
    entry = m.listed(m.truth(name, [work], None), url)
    return Case([work], [replace(entry, venue=profile["lists"][0], year=year)])


def _place(page: str, name: str) -> dict[str, Any]:
    """A location of OpenAlex that says to be a publication."""
    return {
        "is_oa": True,
        "landing_page_url": page,
        "pdf_url": None,
        "license": None,
        "version": "publishedVersion",
        "is_accepted": True,
        "is_published": True,
        "source": {
            "id": "https://openalex.org/S9",
            "display_name": name,
            "issn_l": None,
            "type": "conference",
        },
    }


def year_apart(m: Maker) -> Case:
    """The publisher's date, and what OpenAlex makes of it, is a year beside the conference's.

    Semantic Scholar errs alike only where DBLP knows better: what two that agree get wrong nobody can tell.
    """
    venue, year = m.venue(
        among=lambda p: "doi" in p and not p.get("journal") and p.get("kind") != "book-chapter"
    )
    known = m.chance(0.7)
    work, pub, paper = both(m, venue=(venue, year), dblp=known)
    off = year + m.rng.choice((-1, 1, 1))
    dates = {"date-parts": [[off, 1, 5]]}
    said = {**pub.crossref, "event": {}, "issued": dates, "published": dates, "published-print": dates}
    work = replace(
        work, crossref=said, openalex={"publication_year": off, "publication_date": f"{off}-01-05"}
    )
    if work.s2 and m.chance(0.3):
        work = replace(work, s2=replace(work.s2, year=off if known else year))
    return Case([work], [m.listed(m.truth("a year apart", [work], pub), link_of(m, pub, paper))])


def journal_ref(m: Maker) -> Case:
    """The authors typed another venue, or another paper's DOI, into arXiv's form."""
    other, theirs, _ = both(m, venue=m.venue(among=_with_doi), authors=m.people())
    elsewhere = f"{profiles()[m.venue()[0]]['lists'][0]} {m.rng.randint(2019, 2025)}"
    mistyped = m.chance(0.4)
    form: dict[str, Any] = {"journal_ref": elsewhere, "comment": None}
    if m.chance(0.6):
        work, pub, paper = both(m, arxiv=form)
        truth = m.truth("arXiv: wrong journal_ref", [work], pub)
    else:
        paper = m.arxiv(m.rng.randint(2020, 2025), **form)
        work = m.work(m.title(), m.people(), preprint=paper)
        truth = m.truth("arXiv: wrong journal_ref", [work], None)
    if mistyped:
        paper = replace(paper, doi=theirs.doi)
        work, truth = replace(work, arxiv=paper), replace(truth, hazard="arXiv: wrong DOI")
    return Case([work, other], [m.listed(truth, abs_url(paper))])


def preprint_retitled_in_dblp(m: Maker) -> Case:
    """DBLP has the CoRR record under the preprint's first title, and the publication under the last one."""
    work, pub, paper = both(m)
    assert work.arxiv
    first = m.title()
    records = tuple(replace(r, title=dotted(first)) if r.label == "CoRR" else r for r in work.dblp)
    work = replace(work, dblp=records, arxiv=replace(work.arxiv, versions=2))
    return Case([work], [m.listed(m.truth("first title in DBLP", [work], pub), _any_link(m, pub, paper))])


def _any_link(m: Maker, pub: Published, paper: ArxivPaper) -> str:
    return m.rng.choice((abs_url(paper), abs_url(paper), *answered(pub)))
