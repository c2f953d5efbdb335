"""Merge: which entries are one work, what is believed about it, and what of it is kept for life."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.folding import fold_answers
from pipeline.identifiers import canonical, read_url, to_url
from pipeline.matching import title_similarity
from pipeline.merge import merge
from pipeline.merging.fields import precedence
from pipeline.merging.gathering import Memory, gather
from pipeline.merging.grouping import group
from pipeline.merging.links import is_lost
from pipeline.merging.overrides import match_overrides
from pipeline.merging.weighing import is_claimed, is_decided
from pipeline.model import Entry, Identifier, Link, Origin, Paper, Record, Resolution
from pipeline.resolve import resolve
from pipeline.settings import Override
from pipeline.text import slug, title_question

WHEN, LATER = "2026-01-02T03:04:05Z", "2026-02-02T03:04:05Z"
TITLE = "Direct Preference Optimization: Your Language Model is Secretly a Reward Model"
PEOPLE = ("Rafael Rafailov", "Archit Sharma", "Eric Mitchell")
DPO = "arxiv:2305.18290"
OTHER_TITLE, OTHERS = "Attention Is All You Need", ("Ashish Vaswani", "Noam Shazeer")
FORUM = "openreview:HPuSIXJaa9"
FINDINGS, MAIN = "acl:2023.findings-emnlp.710", "acl:2023.emnlp-main.183"


def ident(text: str) -> Identifier:
    """An identifier as printed, checked to be canonical."""
    scheme, _, value = text.partition(":")
    found = canonical(scheme, value)
    assert found is not None
    assert str(found) == text
    return found


def entry(key: str, *ids: str, **fields: Any) -> Entry:
    """An entry with links to these identifiers (or URLs), by default of the DPO paper."""
    urls = [i if "/" in i and "://" in i else to_url(ident(i)) or "" for i in ids]
    links = tuple(Link("Paper", url, read_url(url).role) for url in urls)
    values: dict[str, Any] = {
        "section": (),
        "ordinal": 1,
        "first_line": 1,
        "last_line": 1,
        "kind": "paper",
        "text": "",
        "title": TITLE,
        "authors": PEOPLE[:1],
        "links": links,
        "paper_url": next((link.url for link in links if link.role == "paper"), None),
    }
    return Entry(key, **(values | fields))


def record(source: str, question: str, **fields: Any) -> Record:
    """What a source said, by default about the DPO paper; a bare question is asked as `title:`."""
    values: dict[str, Any] = {"retrieved_at": WHEN, "title": TITLE, "authors": PEOPLE}
    values |= {"identifiers": tuple(map(ident, fields.pop("ids", ())))}
    asked = question if ":" in question else title_question(TITLE)
    return Record(source, asked, **(values | fields))


def stranger(source: str, question: str, **fields: Any) -> Record:
    """What a source said about quite another paper."""
    return record(source, question, **({"title": OTHER_TITLE, "authors": OTHERS} | fields))


def missing(source: str, question: str) -> Record:
    """A real "no such paper"."""
    return Record(source, question, WHEN, found=False)


def answers(records: Iterable[Record]) -> dict[str, dict[str, list[Record]]]:
    """Records by source and question, in their order."""
    table: dict[str, dict[str, list[Record]]] = {}
    for one in records:
        table.setdefault(one.source, {}).setdefault(one.question, []).append(one)
    return table


def resolved(entries: Sequence[Entry], records: Iterable[Record] = ()) -> tuple[Resolution, ...]:
    """What `resolve` makes of the entries with these answers."""
    titles: dict[str, dict[str, list[Record]]] = {}
    for one in records:
        if one.question.startswith("title:"):
            titles.setdefault(one.question, {}).setdefault(one.source, []).append(one)
    return resolve(entries, {}, titles)


def papers(
    entries: Sequence[Entry],
    records: Sequence[Record] = (),
    overrides: Sequence[Override] = (),
    previous: Sequence[Paper] = (),
) -> tuple[Paper, ...]:
    """The papers of a list, through `resolve` and `merge`."""
    plain = resolved(entries, records)
    matched, _ = match_overrides(entries, plain, overrides)
    return merge(entries, plain, answers(records), overrides=matched, previous=previous, titles={})


def one(item: Entry, *records: Record, **more: Any) -> Paper:
    """The paper of a lone entry."""
    (paper,) = papers([item], records, **more)
    return paper


def standing(paper: Paper) -> tuple[str | None, int | None, bool]:
    """What a row says about publication."""
    return paper.venue, paper.year, paper.decided


S2_DPO = record("semanticscholar", DPO, venue="arXiv.org", year=2023, ids=[DPO])
DBLP_DPO = record("dblp", DPO, venue="NeurIPS", venue_key="conf/nips", year=2023, ids=["dblp:conf/nips/RafailovSMMEF23"])  # fmt: skip


# The failures that the public record of such tools shows


def test_failure__an_article_is_not_turned_into_a_talk_of_the_same_name() -> None:
    """A search hit with the same title by other people gives nothing: no id, no venue, no count."""
    talk = record(
        "semanticscholar", "", authors=OTHERS, venue="ICML", year=2019, citation_count=9, ids=[MAIN]
    )
    got = one(entry("a"), talk, replace(talk, source="dblp", venue_key="conf/icml"))
    assert got == one(entry("a"))
    assert (got.venue, got.identifiers, got.sources) == (None, (), ())


def test_failure__a_similarity_of_0915_is_another_paper() -> None:
    """Near titles of the same people are two papers."""
    title, near = (
        "Training Language Models to Follow Instructions",
        "Training Language Models to Follow Instruments",
    )
    assert 0.91 < title_similarity(title, near) < 0.92
    item = entry("a", title=title)
    hit = record(
        "dblp", title_question(title), title=near, venue="ICML", venue_key="conf/icml", year=2022, ids=[MAIN]
    )
    assert one(item, hit) == one(item)


def test_failure__an_address_copied_from_another_entry_rewrites_nothing() -> None:
    """Where nobody looked at the link and neither venue nor year fits it, the link may be the mistake."""
    item = entry("a", FINDINGS, venue_text="ICML", year=2020)
    assert (one(item).verdicts[0].venue_status, one(item).verdicts[0].venue) == ("suggested", None)
    seen = one(item, record("acl", FINDINGS, venue="Findings of EMNLP 2023", year=2023))
    assert (seen.verdicts[0].link_status, seen.verdicts[0].venue_status) == ("ok", "wrong")
    same_year = one(replace(item, year=2023))
    assert same_year.verdicts[0].venue == "Findings of EMNLP"


def test_failure__what_a_source_confuses_is_told_apart_without_the_entrys_authors() -> None:
    """An entry that names no author is no paper of other people because one source merged the two."""
    arxiv = record("arxiv", DPO, ids=[DPO])
    confused = record("semanticscholar", DPO, ids=[DPO, MAIN])
    got = one(entry("a", DPO, authors=()), arxiv, confused, stranger("acl", MAIN, year=2023))
    assert (got.title, got.decided) == (TITLE, False)
    assert ident(MAIN) not in got.identifiers


def test_failure__a_wrong_arxiv_id_is_not_upgraded_to_its_publication() -> None:
    """A link to another paper is reported, and nothing that follows from it is used."""
    item = entry("a", "arxiv:1706.03762", venue_text="arXiv", year=2023)
    ids = ["arxiv:1706.03762", "neurips:2017/3f5ee243547dee91fbd053c1c4a845aa"]
    wrong = [
        stranger("arxiv", "arxiv:1706.03762", abstract="Other.", published="2017-06-12", ids=ids[:1]),
        stranger("dblp", "arxiv:1706.03762", venue="NeurIPS", venue_key="conf/nips", year=2017, ids=ids),
        stranger("semanticscholar", "arxiv:1706.03762", citation_count=100000, ids=ids),
    ]
    got = one(item, *wrong)
    assert (got.verdicts[0].link_status, got.verdicts[0].venue) == ("wrong_paper", None)
    assert standing(got) == (None, None, False)
    assert (got.title, got.abstract, got.citation_count, got.published) == (TITLE, None, None, None)
    assert (got.identifiers, got.evidence, got.sources) == ((), (), ())


@pytest.mark.parametrize("first", ["acl", "semanticscholar"])
def test_failure__nothing_to_compare_does_not_save_a_wrong_link(first: str) -> None:
    """A source that names no authors vouches for nothing where another shows the link to be wrong."""
    item = entry("a", "arxiv:1706.03762", year=2023)
    silent = stranger("semanticscholar", "arxiv:1706.03762", authors=(), citation_count=9, ids=[FINDINGS])
    got = one(item, replace(silent, source=first), stranger("arxiv", "arxiv:1706.03762"))
    assert (got.evidence, got.citation_count, got.identifiers) == ((), None, ())


def test_failure__a_count_that_falls_to_zero_is_not_believed() -> None:
    """The count that was known stands, with its date."""
    known = record("semanticscholar", DPO, citation_count=120, counted_at=WHEN)
    (folded,) = fold_answers(
        [known], [replace(known, citation_count=0, counted_at=LATER, retrieved_at=LATER)]
    )
    got = one(entry("a", DPO), folded)
    assert (got.citation_count, got.provenance["citation_count"].retrieved_at) == (120, WHEN)
    assert folded.held_back == 0


def test_failure__a_preprints_year_is_not_printed_beside_a_conference() -> None:
    """The year is the venue's; Semantic Scholar's own is that of the first version."""
    s2 = record("semanticscholar", "arxiv:2310.05470", venue="ICLR", year=2023)
    dblp = record("dblp", "arxiv:2310.05470", venue="ICLR", venue_key="conf/iclr", year=2024)
    item = entry("a", "arxiv:2310.05470", venue_text="arXiv", year=2023)
    assert standing(one(item, s2, dblp)) == ("ICLR", 2024, True)
    lone = one(item, s2)
    assert (*standing(lone), lone.verdicts[0].venue) == ("arXiv", 2023, False, None)


@pytest.mark.parametrize("status", ["rejected", "withdrawn", "submitted", "imported", None])
def test_failure__a_submission_is_not_listed_as_accepted(status: str | None) -> None:
    """Only an accepted OpenReview note is an acceptance, whatever its venue text says."""
    note = record("openreview", FORUM, venue="ICLR 2024", venue_key="ICLR.cc/2024/Conference", status=status)
    got = one(entry("a", FORUM, year=2024), note)
    assert (*standing(got), got.verdicts[0].venue_status) == (None, None, False, "unknown")
    accepted = one(entry("a", FORUM, year=2024), replace(note, status="accepted"))
    assert (*standing(accepted), accepted.verdicts[0].venue_status) == ("ICLR", 2024, True, "missing")


def test_failure__an_outage_is_not_a_paper_that_does_not_exist() -> None:
    """Silence says nothing; "not found" of the id's own source does; that of others does not."""
    item = entry("a", DPO)
    assert one(item).verdicts[0].link_status is None
    assert one(item, missing("semanticscholar", DPO)).verdicts[0].link_status is None
    assert one(item, missing("arxiv", DPO)).verdicts[0].link_status == "nonexistent"
    assert one(item, missing("arxiv", DPO), S2_DPO).verdicts[0].link_status == "ok"


def test_failure__a_source_that_lost_a_paper_does_not_unmake_it() -> None:
    """Not found after found keeps the values."""
    (folded,) = fold_answers([DBLP_DPO], [replace(missing("dblp", DPO), retrieved_at=LATER)])
    assert folded.missing_since == LATER
    assert standing(one(entry("a", DPO), folded)) == ("NeurIPS", 2023, True)


def test_failure__an_entry_without_authors_shows_nothing_of_an_unrelated_paper() -> None:
    """Where the title behind a link clearly differs and nobody is named, nothing of that record is used."""
    item = entry("a", DPO, title="Seven Ways to Measure a Cat", authors=(), year=2023)
    got = one(item, stranger("arxiv", DPO, abstract="Other.", published="2023-05-29"), stranger("semanticscholar", DPO, citation_count=9, ids=[MAIN]))  # fmt: skip
    assert (got.title, got.authors, got.abstract, got.citation_count) == (item.title, (), None, None)
    assert (got.sources, got.identifiers, got.evidence) == ((), (), ())
    assert (got.verdicts[0].link_status, got.verdicts[0].venue) == ("unverified", None)


def test_failure__a_wrong_id_that_only_a_machine_names_decides_nothing() -> None:
    """An Anthology id that Semantic Scholar alone names is its word, while the Anthology cannot be asked."""
    named = record("semanticscholar", DPO, ids=[DPO, FINDINGS], venue="Findings of EMNLP", year=2023)
    got = one(entry("a", DPO, venue_text="NeurIPS", year=2023), record("arxiv", DPO), named)
    assert (got.decided, got.suggestion and got.suggestion.venue) == (False, "emnlp-findings")
    assert (got.verdicts[0].venue_status, got.verdicts[0].venue) == ("suggested", None)
    sure = one(entry("a", DPO), named, record("acl", FINDINGS, venue="Findings of EMNLP 2023", year=2023, ids=[FINDINGS]))  # fmt: skip
    assert standing(sure) == ("Findings of EMNLP", 2023, True)
    two = one(entry("a", DPO), named, record("openalex", DPO, ids=[FINDINGS]))
    assert standing(two) == ("Findings of EMNLP", 2023, True)


def test_failure__a_wrong_id_found_by_search_decides_nothing() -> None:
    """What the hit of a search names is that source's word too."""
    hit = record("semanticscholar", "", ids=[MAIN])
    got = one(entry("a", year=2020), hit)
    assert (got.decided, got.verdicts[0].venue_status) == (False, "suggested")
    assert one(entry("a", year=2020), replace(hit, source="dblp")).decided


def test_failure__an_id_that_another_entry_writes_is_that_entrys() -> None:
    """A source that names another paper's identifier for this one cannot make the two one work."""
    entries = [entry("a", DPO), entry("b", MAIN, title=OTHER_TITLE, authors=OTHERS, ordinal=2)]
    first, second = papers(entries, [record("semanticscholar", DPO, ids=[DPO, MAIN])])
    assert ident(MAIN) not in first.identifiers
    assert (second.verdicts[0].duplicate_of, first.decided) == (None, False)


def test_failure__an_id_that_does_not_exist_proves_nothing() -> None:
    """A mistyped Anthology id would turn EMNLP into its Findings; the Anthology says that it has none."""
    item = entry("a", FINDINGS, venue_text="EMNLP", year=2023)
    assert one(item).verdicts[0].venue == "Findings of EMNLP"
    got = one(item, missing("acl", FINDINGS))
    assert (got.verdicts[0].link_status, got.verdicts[0].venue, got.decided) == ("nonexistent", None, False)
    assert got.identifiers == ()
    named = record("semanticscholar", DPO, ids=["dblp:conf/icml/Raf23"])
    assert one(entry("a", DPO), named).decided
    assert not one(entry("a", DPO), named, missing("dblp", "dblp:conf/icml/Raf23")).decided


def test_failure__one_link_at_two_papers_makes_no_duplicate() -> None:
    """Two entries without authors and with unlike titles share a link: one of the two was copied wrongly."""
    entries = [
        entry("a", DPO, title="FireAct", authors=(), venue_text="NeurIPS", year=2024),
        entry("b", DPO, title="Voyager", authors=(), ordinal=2),
    ]
    for got in (papers(entries), papers(entries, [DBLP_DPO])):
        assert [p.entry_ids for p in got] == [("a",), ("b",)]
        assert [p.verdicts[0].duplicate_of for p in got] == [None, None]
        assert {p.verdicts[0].link_status for p in got} == {"unverified"}
        assert {p.verdicts[0].venue for p in got} == {None}
    known = record("dblp", DPO, title="Voyager: An Agent", venue="NeurIPS", venue_key="conf/nips", year=2023)
    agents = papers([entries[0], replace(entries[1], title="Voyager: An Agent", authors=PEOPLE[:1])], [known])
    assert [p.verdicts[0].link_status for p in agents] == ["unverified", "ok"]
    assert [p.title for p in agents] == ["FireAct", "Voyager: An Agent"]
    assert [p.verdicts[0].duplicate_of for p in agents] == [None, None]


def test_failure__a_copied_link_rewrites_neither_of_two_papers() -> None:
    """Offline an id would rewrite the entry that it was copied to; the list itself shows the clash."""
    entries = [
        entry("a", FINDINGS),
        entry("b", FINDINGS, title=OTHER_TITLE, authors=OTHERS, venue_text="EMNLP", year=2023, ordinal=2),
    ]
    assert [p.verdicts[0].venue for p in papers(entries)] == [None, None]


def test_failure__another_paper_of_the_same_people_rewrites_nothing() -> None:
    """One shared author and quite another title: the address may be that of their other paper."""
    item = entry("a", DPO, title="Seven Cats Measured Twice", venue_text="ICML", year=2024)
    got = one(item, record("arxiv", DPO), DBLP_DPO)
    verdict = got.verdicts[0]
    assert (verdict.link_status, verdict.venue_status, verdict.venue) == ("retitled", "suggested", None)
    old = record("semanticscholar", DPO, title="Seven Cats Measured Twice")
    sure = [
        one(item, record("arxiv", DPO), DBLP_DPO, old),
        one(replace(item, authors=PEOPLE), record("arxiv", DPO), DBLP_DPO),
        one(replace(item, title="Direct Preference Learning"), record("arxiv", DPO), DBLP_DPO),
    ]
    assert [p.verdicts[0].venue for p in sure] == ["NeurIPS"] * 3


def test_failure__what_an_id_proves_is_not_said_of_an_entry_it_does_not_fit() -> None:
    """The venue of the paper behind a link that nothing ties to the entry is not the entry's venue."""
    item = entry("a", FINDINGS, title="Seven Ways to Measure a Cat", authors=(), year=2023)
    got = one(item, stranger("acl", FINDINGS, venue="Findings of EMNLP 2023", year=2023))
    assert (got.verdicts[0].link_status, *standing(got)) == ("unverified", None, None, False)
    preprint = one(entry("a", DPO, title="Seven Cats", authors=()), stranger("arxiv", DPO))
    assert (*standing(preprint), preprint.published) == (None, None, False, None)


def test_failure__an_id_of_another_series_is_not_published_as_this_papers() -> None:
    """What only a machine names, and what contradicts the decided venue, is left out."""
    named = record("semanticscholar", DPO, ids=[DPO, FINDINGS])
    got = one(entry("a", DPO), named, DBLP_DPO)
    assert ident(FINDINGS) not in got.identifiers
    assert standing(got) == ("NeurIPS", 2023, True)
    assert ident(FINDINGS) in one(entry("a", DPO), named).identifiers


def test_failure__one_source_alone_retracts_no_paper() -> None:
    """A retraction needs two sources; who says it alone is kept as a suspicion."""
    crossref = record("crossref", "doi:10.1000/xyz", status="retracted")
    openalex = replace(crossref, source="openalex")
    item = entry("a", "doi:10.1000/xyz")
    for lone in (crossref, openalex):
        got = one(item, lone)
        assert (got.status, [o.source for o in got.also["status"]]) == (None, [lone.source])
    both = one(item, crossref, openalex)
    assert (both.status, both.also.get("status")) == ("retracted", None)
    withdrawn = one(entry("a", DPO, "doi:10.1000/xyz"), record("arxiv", DPO, status="withdrawn"), crossref)
    assert (withdrawn.status, len(withdrawn.also["status"])) == ("withdrawn", 1)


# Which entries are one work

GROUPED = [
    ("the same link", [entry("a", DPO), entry("b", DPO)], ["ab"]),
    ("two links of one work", [entry("a", DPO), entry("b", FORUM), entry("c", DPO, FORUM)], ["abc"]),
    ("same title, shared author", [entry("a", DPO), entry("b")], ["ab"]),
    ("same title in other spelling", [entry("a"), entry("b", title=TITLE.upper().replace(":", " -"))], ["ab"]),
    ("same title, other people", [entry("a"), entry("b", authors=OTHERS)], ["a", "b"]),
    ("same title, no people", [entry("a"), entry("b", authors=())], ["a", "b"]),
    ("neither names people", [entry("a", authors=()), entry("b", authors=())], ["a", "b"]),
    ("no title", [entry("a", title=None), entry("b", title=None)], ["a", "b"]),
    ("titles of signs only", [entry("a", title="***"), entry("b", title="!?")], ["a", "b"]),
    ("a tool is no paper", [entry("a", DPO), entry("b", DPO, kind="other")], ["a", "b"]),
    ("another title, same link", [entry("a", DPO), entry("b", DPO, title="DPO")], ["ab"]),
    ("a nickname, same link, no people", [entry("a", DPO), entry("b", DPO, title="DPO", authors=())], ["ab"]),
    ("the head of a title, no people", [entry("a", DPO, title="FireAct: A Way"), entry("b", DPO, title="FireAct", authors=())], ["ab"]),
    ("the next version, no people", [entry("a", DPO, title="Llama 2: Chat"), entry("b", DPO, title="Llama", authors=())], ["a", "b"]),
    ("unlike titles, no people", [entry("a", DPO, title="FireAct", authors=()), entry("b", DPO, title="Voyager", authors=())], ["a", "b"]),
    ("no title between two papers", [entry("a", DPO), entry("n", DPO, title=None, authors=()), entry("b", DPO, title=OTHER_TITLE, authors=OTHERS)], ["a", "n", "b"]),
    ("no title beside one paper", [entry("a", DPO), entry("n", DPO, title=None, authors=())], ["an"]),
    ("a link copied to another paper", [entry("a", DPO), entry("b", DPO, title=OTHER_TITLE, authors=OTHERS)], ["a", "b"]),
    ("nothing in common", [entry("a", DPO), entry("b", MAIN, title=OTHER_TITLE)], ["a", "b"]),
    ("nothing", [], []),
]  # fmt: skip


@pytest.mark.parametrize(("name", "entries", "works"), GROUPED, ids=[row[0] for row in GROUPED])
def test_group__by_what_the_list_says(name: str, entries: list[Entry], works: list[str]) -> None:
    """Shared identifiers, or the same title and a shared author; in order of first appearance."""
    got = group(entries, resolved(entries))
    assert ["".join(e.entry_id for e in work.entries) for work in got] == works


def test_group__what_sources_found_makes_no_group() -> None:
    """A search's answer never moves an entry into another work: both keep their ids."""
    entries = [entry("a", DPO), entry("b", title=TITLE[:-6], authors=PEOPLE[1:2])]
    found = record("semanticscholar", title_question(TITLE[:-6]), title=TITLE[:-6], ids=[DPO])
    before, after = papers(entries), papers(entries, [found])
    assert [p.paper_id for p in after] == [p.paper_id for p in before]
    assert after[1].verdicts[0].duplicate_of == "a"
    assert before[1].verdicts[0].duplicate_of is None


def test_gather__strongest_written_first() -> None:
    """A work's own identifiers are ordered by strength, not by their place in the entry."""
    (work,) = gather([entry("a", "doi:10.1000/xyz", FORUM, DPO)], resolved([entry("a", "doi:10.1000/xyz", FORUM, DPO)]), {})  # fmt: skip
    assert list(map(str, work.written)) == [DPO, FORUM, "doi:10.1000/xyz"]
    assert all(origin == Origin("list") for origin in work.known.values())


# What is believed of the answers

LINKED = [
    ("same title", {}, "ok", True),
    ("retitled", {"title": "Preference Learning Without Rewards"}, "retitled", True),
    ("another paper", {"title": OTHER_TITLE, "authors": OTHERS}, "wrong_paper", False),
    ("same title, other people", {"authors": OTHERS}, "unverified", False),
    ("no people named", {"authors": ()}, "ok", True),
]


@pytest.mark.parametrize(("name", "fields", "status", "used"), LINKED, ids=[row[0] for row in LINKED])
def test_merge__judges_the_record_behind_a_link(
    name: str, fields: dict[str, Any], status: str, used: bool
) -> None:
    """A retitled paper is used; of another paper nothing is."""
    got = one(entry("a", DPO, year=2023, authors=PEOPLE), replace(DBLP_DPO, **fields))
    assert (got.verdicts[0].link_status, bool(got.sources), got.decided) == (status, used, used)


def test_merge__no_edit_comes_from_what_cannot_be_compared() -> None:
    """A nickname without authors is unverified: the venue is known, the list is left alone."""
    item = entry("a", DPO, title=None, short_name="DPO", authors=(), venue_text="arXiv", year=2023)
    got = one(item, DBLP_DPO)
    assert (got.verdicts[0].link_status, got.verdicts[0].venue_status) == ("unverified", "outdated")
    assert (got.verdicts[0].venue, got.verdicts[0].year) == (None, None)


def test_merge__the_links_own_source_knows_best() -> None:
    """arXiv says what is behind an arXiv id; others confuse papers at times."""
    item = entry("a", DPO)
    assert one(item, record("arxiv", DPO), stranger("semanticscholar", DPO)).verdicts[0].link_status == "ok"
    assert one(item, stranger("arxiv", DPO), S2_DPO).verdicts[0].link_status == "wrong_paper"


UNASKED = [
    ("a good link", entry("a", DPO), None),
    ("a pseudo-DOI", entry("a", "https://doi.org/10.5555/3666122.3668460"), "pseudo_doi"),
    ("an empty target", entry("a", text="- [Paper]() A title"), "empty"),
    ("no link", entry("a", text="- A title"), "none"),
]


@pytest.mark.parametrize(("name", "item", "status"), UNASKED, ids=[row[0] for row in UNASKED])
def test_merge__what_a_link_shows_without_asking(name: str, item: Entry, status: str | None) -> None:
    """A pseudo-DOI and an empty target need no network; a good link is not judged before it was asked."""
    assert one(item).verdicts[0].link_status == status


def test_merge__follows_identifiers_that_sources_share() -> None:
    """arXiv id -> Semantic Scholar names the Anthology's id -> the Anthology knows the published title."""
    named = record("semanticscholar", DPO, ids=[DPO, MAIN])
    booktitle = "Proceedings of the 2023 Conference on Empirical Methods in Natural Language Processing"
    final = record(
        "acl", MAIN, title="Direct Preferences", venue=booktitle, venue_key="emnlp", year=2023, ids=[MAIN]
    )
    got = one(entry("a", DPO), final, named)
    assert (got.title, *standing(got)) == ("Direct Preferences", "EMNLP", 2023, True)
    assert list(map(str, got.identifiers))[:2] == [DPO, MAIN]


def test_merge__an_identifier_that_leads_elsewhere_proves_nothing() -> None:
    """A source named a wrong Anthology id; the Anthology shows it to be another paper's."""
    named = record("semanticscholar", DPO, ids=[DPO, FINDINGS])
    got = one(entry("a", DPO, year=2023), named, stranger("acl", FINDINGS, venue_key="findings", year=2023))
    assert (got.decided, ident(FINDINGS) in got.identifiers) == (False, False)
    assert got.verdicts[0].link_status == "ok"


def test_merge__a_second_arxiv_id_names_another_work() -> None:
    """A source cannot give a work another arXiv id than the list does."""
    got = one(entry("a", DPO), record("semanticscholar", DPO, ids=["arxiv:1706.03762", MAIN]))
    assert [str(i) for i in got.identifiers if i.scheme == "arxiv"] == [DPO]


def test_merge__the_right_id_is_found_in_place_of_a_wrong_link() -> None:
    """Where the linked id is another paper's, an accepted search gives the right one."""
    item = entry("a", "arxiv:1706.03762")
    found = record("semanticscholar", "", ids=[DPO])
    got = one(item, stranger("arxiv", "arxiv:1706.03762"), found)
    assert [str(i) for i in got.identifiers if i.scheme == "arxiv"] == [DPO]
    assert got.paper_url == "https://arxiv.org/abs/2305.18290"
    assert got.paper_id == f"title:{slug(TITLE)}", "neither another's name, nor one that a source gave"


def test_merge__what_a_late_search_learns_is_followed() -> None:
    """An entry without authors is searched with those of its record; the answers to what is found count."""
    item = entry("a", DPO, authors=())
    searched = record("dblp", "", ids=[MAIN])
    booktitle = "Proceedings of the 2023 Conference on Empirical Methods in Natural Language Processing"
    final = record("acl", MAIN, venue=booktitle, venue_key="emnlp", year=2023, abstract="Own words.")
    assert one(item, record("arxiv", DPO), searched, final).sources == ("acl", "arxiv", "dblp")


def test_merge__several_works_of_one_title_and_author_are_none_of_them() -> None:
    """Two candidates fit and are not by the same people: neither is surely this paper."""
    item = entry("a", authors=("Ada Byron", "Max Planck"))
    first = record("dblp", "", authors=("Ada Byron",), venue="ICML", venue_key="conf/icml", year=2022)
    other = record("openalex", "", authors=("Max Planck",), venue="ICML", venue_key="article")
    assert one(item, first).decided
    assert one(item, first, other) == one(item)


def test_merge__authors_type_wrong_dois_into_arxiv() -> None:
    """A DOI that only arXiv's author-written field names supports, and does not decide."""
    hint = record("arxiv", DPO, ids=[DPO, "doi:10.18653/v1/2023.acl-long.1"])
    got = one(entry("a", DPO, year=2023), hint)
    assert (got.decided, got.suggestion and got.suggestion.venue) == (False, "acl")
    s2 = record("semanticscholar", DPO, ids=["doi:10.18653/v1/2023.acl-long.1"])
    assert one(entry("a", DPO, year=2023), replace(s2, source="crossref")).decided


PEER = {
    "venue": "Advances in Neural Information Processing Systems",
    "venue_key": "proceedings-article",
    "year": 2023,
}


def test_merge__a_publisher_decides_and_its_year_must_be_the_venues() -> None:
    """Crossref is the publisher's word on the venue; the day of going online is not the year of a meeting."""
    doi = "doi:10.52202/075280-2338"
    item = entry("a", doi, venue_text="arXiv", year=2023)
    assert standing(one(item, record("crossref", doi, **PEER))) == ("NeurIPS", None, True)
    assert one(item, record("crossref", doi, **PEER)).verdicts[0].venue_status == "suggested"
    echo = [record("crossref", doi, **PEER), record("openalex", doi, **PEER | {"venue_key": "article"})]
    assert standing(one(item, *echo)) == ("NeurIPS", None, True)
    confirmed = [record("crossref", doi, **PEER), record("semanticscholar", doi, **PEER)]
    assert standing(one(item, *confirmed)) == ("NeurIPS", 2023, True)
    assert standing(one(item, record("crossref", doi, **PEER | {"venue_key": "posted-content"}))) == (None, None, False)  # fmt: skip


def test_merge__two_machines_with_the_preprints_year_decide_no_year() -> None:
    """Semantic Scholar and OpenAlex both date a paper by its preprint."""
    s2 = record("semanticscholar", DPO, venue="ICLR", year=2023)
    openalex = record("openalex", DPO, venue="ICLR", year=2023, venue_key="article")
    got = one(entry("a", DPO, venue_text="arXiv", year=2023), s2, openalex)
    assert (got.decided, got.verdicts[0].venue_status) == (False, "suggested")
    later = one(entry("a", DPO), replace(s2, year=2024), replace(openalex, year=2024))
    assert standing(later) == ("ICLR", 2024, True)


def test_merge__a_retitled_version_is_known_by_any_source_that_agrees() -> None:
    """Without authors in the entry, a copy under the old title shows that the link leads to the paper."""
    item = entry("a", DPO, title="An Older Title of Ours", authors=(), year=2023)
    old = record("dblp", DPO, title="An Older Title of Ours", venue="CoRR", venue_key="journals/corr")
    got = one(item, record("arxiv", DPO), old)
    assert (got.title, got.sources) == (TITLE, ("arxiv", "dblp"))


def test_failure__a_machine_that_takes_two_papers_for_one_is_left_out() -> None:
    """Semantic Scholar answers with another paper of the same people; DBLP knows where this one appeared."""
    other = "Another Study of the Very Same Group"
    merged = record("semanticscholar", DPO, title=other, ids=[DPO, "doi:10.1145/1.2"], citation_count=9)
    theirs = record(
        "crossref", "doi:10.1145/1.2", title=other, venue="KDD", venue_key="proceedings-article", year=2021
    )
    got = one(entry("a", DPO), record("arxiv", DPO, ids=[DPO]), DBLP_DPO, merged, theirs)
    assert (*standing(got), got.citation_count) == ("NeurIPS", 2023, True, None)
    assert "doi:10.1145/1.2" not in map(str, got.identifiers)


def test_failure__a_talk_by_one_of_the_authors_is_not_the_paper() -> None:
    """DBLP leads from a preprint to what has its title and an author; whoever speaks is one of many."""
    own = record("arxiv", DPO, ids=[DPO])
    talk = replace(DBLP_DPO, authors=PEOPLE[:1], identifiers=())
    assert not one(entry("a", DPO, authors=PEOPLE), own, talk).decided
    assert one(entry("a", DPO, authors=PEOPLE), own, replace(talk, authors=PEOPLE[:2])).decided


CROWD = tuple(
    f"{given} {surname}"
    for surname in ("Amodei", "Brown", "Clark", "Drain", "Elhage")
    for given in ("Ada", "Boris", "Clara")
)
CUT = {"authors": CROWD[:5], "ids": [DPO]}
NOBODYS = ("Xenia Young", "Zora Young", "Yann Zhang")
CUT_SHORT = [
    ("the first of many authors", DPO, CUT, "ok"),
    ("another spelling of the title", DPO, {**CUT, "title": TITLE.upper() + "."}, "ok"),
    ("one that the list does not name", DPO, {**CUT, "authors": (*CROWD[:4], *NOBODYS[:1])}, "ok"),
    ("other people", DPO, {**CUT, "authors": (*CROWD[:3], *NOBODYS)}, "wrong_paper"),
    ("one of the authors alone", DPO, {**CUT, "authors": CROWD[:1]}, "wrong_paper"),
    ("one of the authors among others", DPO, {**CUT, "authors": (*CROWD[:1], *NOBODYS[:1])}, "wrong_paper"),
    ("surnames alone", DPO, {**CUT, "authors": ("Amodei", "Brown")}, "wrong_paper"),
    ("a longer title", DPO, {**CUT, "title": f"{TITLE}: A Talk"}, "wrong_paper"),
    ("another title", DPO, {**CUT, "title": OTHER_TITLE}, "wrong_paper"),
    ("no identifier of the list", "", CUT | {"ids": [MAIN]}, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "question", "fields", "status"), CUT_SHORT, ids=[row[0] for row in CUT_SHORT]
)
def test_failure__a_list_of_authors_that_is_cut_short_makes_no_other_paper(
    name: str, question: str, fields: dict[str, Any], status: str | None
) -> None:
    """arXiv is silent; machines name five of fifteen authors, by the very title and the link of the list."""
    said = [record(source, question, **fields) for source in ("openalex", "semanticscholar")]
    got = one(entry("a", DPO, authors=CROWD), *said)
    assert got.verdicts[0].link_status == status
    assert got.paper_id == (f"title:{slug(TITLE)}" if status == "wrong_paper" else DPO)
    assert bool(got.sources) == (status == "ok")


def test_paper_id__is_not_lost_to_a_list_of_authors_that_is_cut_short() -> None:
    """It is the same on the first night, without arXiv, and ever after."""
    item, said = entry("a", DPO, authors=CROWD), record("semanticscholar", DPO, **CUT)
    before = one(item, said)
    after = one(item, said, record("arxiv", DPO, authors=CROWD, ids=[DPO]), previous=[before])
    assert (before.paper_id, after.paper_id, after.verdicts[0].link_status) == (DPO, DPO, "ok")


def test_failure__a_sequel_with_the_link_of_the_first_is_no_new_name_of_it() -> None:
    """The same people wrote both: nothing of the first is said of the second, nor of the second by the first."""
    first, second = (
        entry("a", DPO, authors=PEOPLE),
        entry("b", DPO, title=f"{TITLE} II", authors=PEOPLE, ordinal=2),
    )
    got = papers([first, second], [record("arxiv", DPO, ids=[DPO]), DBLP_DPO])
    assert [p.entry_ids for p in got] == [("a",), ("b",)]
    assert [p.decided for p in got] == [True, False]
    assert [p.verdicts[0].link_status for p in got] == ["ok", "unverified"]
    assert got[1].identifiers == ()


def test_failure__a_doi_that_a_machine_alone_names_is_not_published() -> None:
    """DBLP has the publication and no such DOI, and nobody answered about it."""
    named = record("semanticscholar", DPO, ids=[DPO, "doi:10.1007/978-3-031-1-1_1"])
    got = one(entry("a", DPO), DBLP_DPO, named)
    assert "doi:10.1007/978-3-031-1-1_1" not in map(str, got.identifiers)
    both = one(entry("a", DPO), DBLP_DPO, named, replace(named, source="openalex"))
    assert "doi:10.1007/978-3-031-1-1_1" in map(str, both.identifiers)


def test_merge__a_search_finds_what_a_copied_link_missed() -> None:
    """The link leads to another paper by one of the authors; the entry's own title is found, by all of them."""
    item = entry(
        "a", DPO, title="Seven Cats Measured Twice in Winter", authors=("Rafael Rafailov", "Ada Byron")
    )
    question = title_question(item.title or "")
    hit = Record(
        "dblp",
        question,
        WHEN,
        title=item.title,
        authors=item.authors,
        venue="ICML",
        venue_key="conf/icml",
        year=2024,
    )
    got = one(item, record("arxiv", DPO, ids=[DPO]), DBLP_DPO, hit)
    assert (*standing(got), got.verdicts[0].link_status) == ("ICML", 2024, True, "wrong_paper")
    assert got.identifiers == ()


LONG_TITLE = "Seven Cats Measured Twice in One Long Winter"


def searched(source: str, **fields: Any) -> Record:
    """What a search for LONG_TITLE found, by default a paper at ICML 2024 by Ada Byron and Grace Hopper."""
    said = {"authors": ("Ada Byron", "Grace Hopper"), "venue": "ICML", "venue_key": "conf/icml", "year": 2024}
    return record(source, title_question(LONG_TITLE), title=LONG_TITLE, **(said | fields))


def test_merge__an_entry_that_names_nobody_is_searched_where_its_link_leads_elsewhere() -> None:
    """Its exact title, long and of one work only, counts for more than a link to a paper of another title."""
    item = entry("a", DPO, title=LONG_TITLE, authors=(), venue_text="arXiv", year=2023)
    got = one(item, record("arxiv", DPO, ids=[DPO]), searched("dblp", ids=["dblp:conf/icml/ByronH24"]))
    assert (*standing(got), got.verdicts[0].link_status) == ("ICML", 2024, True, "unverified")
    assert [*map(str, got.identifiers)] == ["dblp:conf/icml/ByronH24"]
    assert got.verdicts[0].venue is None, "no edit comes from what its link does not bear out"
    gone = one(item, missing("arxiv", DPO), searched("dblp"))
    assert (*standing(gone), gone.verdicts[0].link_status) == ("ICML", 2024, True, "nonexistent")


NOBODY = [
    ("nobody was asked about its link", [searched("dblp")], LONG_TITLE),
    ("two works of that title", [record("arxiv", DPO), searched("dblp"), searched("openalex", authors=OTHERS)], LONG_TITLE),
    ("another year", [record("arxiv", DPO), searched("dblp", year=2021)], LONG_TITLE),
    ("a short title", [record("arxiv", DPO), record("dblp", title_question("Seven Cats"), title="Seven Cats", venue_key="conf/icml", venue="ICML", year=2024)], "Seven Cats"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "records", "title"), NOBODY, ids=[row[0] for row in NOBODY])
def test_merge__an_entry_that_names_nobody_is_not_found_by_less(
    name: str, records: list[Record], title: str
) -> None:
    """The rule of the title search holds, and a link that may yet be right is not passed over."""
    item = entry("a", DPO, title=title, authors=(), venue_text="arXiv", year=2023)
    assert not one(item, *records).decided


def test_failure__a_forum_that_no_source_knows_the_paper_by_is_not_published() -> None:
    """OpenReview refuses to answer, and DBLP knows the paper by its title: the link may be copied from its neighbour."""
    item = entry("a", FORUM, venue_text="arXiv", year=2023)
    found = record("dblp", "", venue="NeurIPS", venue_key="conf/nips", year=2023, ids=["dblp:conf/nips/R23"])
    got = one(item, found)
    assert (*standing(got), got.verdicts[0].link_status) == ("NeurIPS", 2023, True, None)
    assert [*map(str, got.identifiers)] == ["dblp:conf/nips/R23"]
    assert got.paper_id == FORUM, "the name that the list writes is for life"
    known = replace(found, identifiers=(*found.identifiers, ident(FORUM)))
    assert FORUM in map(str, one(item, known).identifiers)
    assert FORUM in map(str, one(item).identifiers), "where nobody answers, the list's word stands"
    asked = record("dblp", FORUM, ids=["dblp:conf/nips/R23"])
    assert FORUM in map(str, one(item, asked).identifiers)
    unnamed = replace(item, authors=())
    assert one(unnamed, found).identifiers == (), "nor where the list names nobody: the title is known"
    assert FORUM in map(str, one(unnamed, known).identifiers)
    assert FORUM in map(str, one(unnamed).identifiers)


def test_failure__a_link_of_the_same_people_is_not_the_paper_that_a_search_found() -> None:
    """A group's other paper behind a right title: nothing of it is used, unless a source says that both are one."""
    item = entry("a", FORUM, title=LONG_TITLE, authors=PEOPLE, venue_text="arXiv", year=2023)
    theirs = record(
        "openreview", FORUM, venue_key="ICLR.cc/2023/Conference", status="accepted", year=2023, ids=[FORUM]
    )
    hit = searched("dblp", authors=PEOPLE, ids=["dblp:conf/icml/R24"])
    got = one(item, theirs, hit)
    assert (*standing(got), got.title) == ("ICML", 2024, True, LONG_TITLE)
    assert [*map(str, got.identifiers)] == ["dblp:conf/icml/R24"]
    assert got.verdicts[0].link_status == "retitled"
    tied = record(
        "semanticscholar", "dblp:conf/icml/R24", title=LONG_TITLE, ids=[FORUM, "dblp:conf/icml/R24"]
    )
    both = one(
        item,
        replace(theirs, status="submitted", venue_key=None),
        replace(hit, identifiers=(ident(FORUM), *hit.identifiers)),
        tied,
    )
    assert FORUM in map(str, both.identifiers)


def test_failure__a_near_title_is_not_the_paper_that_a_search_found() -> None:
    """The link leads to the same group's paper whose title differs by one word: alike letters prove nothing."""
    near = LONG_TITLE.replace("Cats", "Bats")
    team = (PEOPLE[0], "Grace Hopper")
    item = entry("a", DPO, title=LONG_TITLE, authors=team, venue_text="arXiv", year=2023)
    behind, theirs = record("arxiv", DPO, title=near, ids=[DPO]), replace(DBLP_DPO, title=near)
    hit = searched("dblp", authors=team, ids=["dblp:conf/icml/R24"])
    got = one(item, behind, theirs, hit)
    assert (*standing(got), [*map(str, got.identifiers)]) == ("ICML", 2024, True, ["dblp:conf/icml/R24"])
    assert (got.verdicts[0].link_status, got.verdicts[0].venue) == ("wrong_paper", None)


NEARLY = LONG_TITLE.replace("One", "Some")
RENAMED: list[tuple[str, list[Record]]] = [
    ("nobody has the own title", []),
    ("a source knows it by that title", [record("semanticscholar", DPO, title=LONG_TITLE, ids=[DPO]), searched("dblp", authors=PEOPLE)]),
    ("names lead from one to the other", [searched("dblp", authors=PEOPLE, ids=[DPO])]),
    ("other people's paper has the own title", [searched("dblp")]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "more"), RENAMED, ids=[row[0] for row in RENAMED])
def test_merge__a_near_title_is_a_renamed_paper(name: str, more: list[Record]) -> None:
    """Without another paper under the own title, or with something that ties the two, the link is right."""
    item = entry("a", DPO, title=LONG_TITLE, authors=PEOPLE, venue_text="arXiv", year=2023)
    got = one(item, record("arxiv", DPO, title=NEARLY, ids=[DPO]), *more)
    assert (DPO in map(str, got.identifiers), got.verdicts[0].link_status) == (True, "ok")


LOST = [
    ("the same title", LONG_TITLE, False),
    ("spelled otherwise", LONG_TITLE.replace("Measured", "Mesured"), False),
    ("with a subtitle", f"{LONG_TITLE}: A Field Study", False),
    ("one word is another", LONG_TITLE.replace("Cats", "Bats"), True),
    ("the same beginning, by one of the authors", "Seven Cats Weighed Twice in a Long Summer", True),
    ("another title, by one of the authors", OTHER_TITLE, True),
]


@pytest.mark.parametrize(("name", "title", "lost"), LOST, ids=[row[0] for row in LOST])
def test_is_lost__by_the_title_behind_the_link(name: str, title: str, lost: bool) -> None:
    """The own title is searched where what stands behind the link may be another paper of the same people."""
    item = entry("a", DPO, title=LONG_TITLE, authors=PEOPLE[:1])
    said = answers([record("arxiv", DPO, title=title, ids=[DPO])])
    (work,) = gather([item], resolved([item]), said)
    assert is_lost(work) is lost


CLAIMED = [
    ("a preprint", None, [record("arxiv", DPO)], False),
    ("the list names a venue", "ICML", [record("arxiv", DPO)], True),
    ("the list says arXiv", "arXiv", [record("arxiv", DPO)], False),
    ("a comment names one", None, [record("arxiv", DPO, hint="Accepted at ICML 2024")], True),
    ("a machine does", None, [record("semanticscholar", DPO, venue="ICML", year=2024)], True),
    ("it is decided", "ICML", [DBLP_DPO], False),
    ("nobody knows the paper", "ICML", [], False),
]


@pytest.mark.parametrize(("name", "venue", "records", "claimed"), CLAIMED, ids=[row[0] for row in CLAIMED])
def test_is_claimed(name: str, venue: str | None, records: list[Record], claimed: bool) -> None:
    """Somebody says that it was published, the list or a source, and nobody decides it."""
    item = entry("a", DPO, venue_text=venue)
    (work,) = gather([item], resolved([item]), answers(records))
    assert is_claimed(work) is claimed


def test_failure__one_name_of_several_shows_no_retitled_paper() -> None:
    """One name and "et al.", a field's words in both titles, and another paper behind the link: nothing is rewritten."""
    title, near = "Neural Cats for Long Winters", "Counted Dogs Improve Sleep in Long Winters"
    item = entry("a", DPO, title=title, authors=PEOPLE[:1], et_al=True, venue_text="SIGIR", year=2025)
    got = one(item, record("arxiv", DPO, title=near), replace(DBLP_DPO, title=near))
    assert (got.decided, got.verdicts[0].venue_status, got.verdicts[0].venue) == (False, "suggested", None)


def test_group__one_name_beside_one_link_makes_no_work_of_two_titles() -> None:
    """A copied link, and an entry that names the first author only: who wrote both papers, as his group did."""
    whole = entry("a", DPO, authors=PEOPLE)
    short = entry("b", DPO, title=OTHER_TITLE, authors=PEOPLE[:1], et_al=True, ordinal=2)
    assert len(group([whole, short], resolved([whole, short]))) == 2
    alone = replace(whole, authors=PEOPLE[:1])
    assert len(group([alone, replace(short, et_al=False)], resolved([alone, short]))) == 1
    two = replace(short, authors=PEOPLE[:2])
    assert len(group([whole, two], resolved([whole, two]))) == 1


@pytest.mark.parametrize(
    ("authors", "works"),
    [(PEOPLE, 1), ((), 1), (OTHERS, 2), (PEOPLE[:1], 2)],
    ids=["the same people", "nobody named", "others", "the first of them"],
)
def test_group__nearly_one_title_beside_one_link(authors: tuple[str, ...], works: int) -> None:
    """Titles that differ by a word that means something are one work's where the same people wrote them."""
    one = entry("a", DPO, title=LONG_TITLE, authors=PEOPLE)
    other = entry("b", DPO, title=LONG_TITLE.replace("Cats", "Bats"), authors=authors, ordinal=2)
    assert len(group([one, other], resolved([one, other]))) == works


def test_failure__a_machine_upgrades_no_preprint_to_another_paper_of_its_group() -> None:
    """Semantic Scholar names the DBLP key of a paper with another title by the same people; a second source may say so."""
    item, key = entry("a", DPO, authors=PEOPLE), "dblp:conf/icml/RafailovSM24"
    own = record("arxiv", DPO, ids=[DPO])
    s2 = record("semanticscholar", DPO, venue="ICML", year=2024, ids=[DPO, key])
    other = record("dblp", key, title=OTHER_TITLE, venue="ICML", venue_key="conf/icml", year=2024, ids=[key])
    got = one(item, own, s2, other)
    assert (got.decided, key in map(str, got.identifiers)) == (False, False)
    near = replace(other, title="Optimization by Direct Preference")
    assert standing(one(item, own, s2, near)) == ("ICML", 2024, True)
    second = record("openalex", DPO, ids=[DPO, key])
    assert standing(one(item, own, s2, second, other)) == ("ICML", 2024, True)


def test_failure__a_rejected_submission_is_no_paper_of_the_conference_by_two_machines() -> None:
    """Both take what was submitted for what was published; OpenReview knows better."""
    item = entry("a", DPO, venue_text="ICLR", year=2024)
    machines = [
        record("semanticscholar", DPO, venue="ICLR", year=2024, ids=[DPO]),
        record("openalex", DPO, venue="ICLR", year=2024, venue_key="article", ids=[DPO]),
    ]
    assert one(item, *machines).decided
    fate = record(
        "openreview",
        "",
        status="rejected",
        venue_key="ICLR.cc/2024/Conference/Rejected_Submission",
        ids=[FORUM],
    )
    assert (one(item, *machines, fate).decided, one(item, *machines, fate).suggestion) == (False, None)


def test_failure__a_count_that_falls_is_not_believed_when_it_is_asked_otherwise() -> None:
    """A paper found by title is asked about by identifier from then on: that is no news of its count."""
    name = "s2:" + 40 * "a"
    before = record("semanticscholar", "", citation_count=300, counted_at=WHEN, ids=[name, DPO])
    after = record("semanticscholar", DPO, citation_count=0, counted_at=LATER, ids=[name, DPO])
    assert one(entry("a", DPO), before, after).citation_count == 300
    assert one(entry("a", DPO), before, replace(after, citation_count=200)).citation_count == 200
    another = replace(after, identifiers=(ident("s2:" + 40 * "b"), ident(DPO)))
    assert one(entry("a", DPO), before, another).citation_count == 0


@pytest.mark.parametrize(
    ("one_team", "other_team", "works"),
    [
        (PEOPLE, PEOPLE[:1], 1),
        (PEOPLE, PEOPLE[1:], 1),
        (PEOPLE, (PEOPLE[0], "Ada Byron", "Grace Hopper"), 2),
        (PEOPLE[:2], (PEOPLE[0], "Ada Byron"), 2),
    ],
    ids=["first author", "most of them", "one of three", "one of two"],
)
def test_group__namesakes_by_one_author_are_two_works(
    one_team: tuple[str, ...], other_team: tuple[str, ...], works: int
) -> None:
    """One title twice is one work where most of those agree whom the shorter list names."""
    entries = [entry("a", DPO, authors=one_team), entry("b", authors=other_team, ordinal=2)]
    assert len(group(entries, resolved(entries))) == works
    assert len(resolved(entries)[1].identifiers) == 2 - works


def test_merge__a_list_that_links_to_an_article_means_the_article() -> None:
    """A conference paper and an article of one title and the same people: what the list links to is meant."""
    conference, article = "doi:10.1109/cvpr52688.2022.00001", "doi:10.1109/tpami.2023.1234567"
    dblp = [
        record("dblp", "", rank=0, venue="CVPR", venue_key="conf/cvpr", year=2022, ids=[conference]),
        record("dblp", "", rank=1, venue="IEEE Trans. Pattern Anal. Mach. Intell.", venue_key="journals/pami", year=2023, ids=[article]),
    ]  # fmt: skip
    for link, venue in ((conference, "CVPR"), (article, "TPAMI")):
        assert one(entry("a", link, venue_text="arXiv"), *dblp).venue == venue
    assert not one(entry("a", DPO, venue_text="arXiv"), *dblp).decided


def test_merge__another_title_and_other_authors_only_suggest() -> None:
    """A published version that differs in title and author list from the preprint decides nothing."""
    preprint = record("arxiv", DPO)
    both = replace(DBLP_DPO, title="Preferences Optimised Directly", authors=(*PEOPLE, "Chelsea Finn"))
    assert not one(entry("a", DPO), preprint, both).decided
    assert one(entry("a", DPO), preprint, replace(both, authors=PEOPLE)).decided
    assert one(entry("a", DPO), preprint, replace(both, title=TITLE)).decided


def test_merge__a_preprint_copy_with_an_older_title_casts_no_doubt() -> None:
    """Two records of one answer are told apart: DBLP's CoRR copy differs, its published record does not."""
    copy = replace(
        DBLP_DPO, title="An Older Title", authors=PEOPLE[:2], venue="CoRR", venue_key="journals/corr"
    )
    got = one(entry("a", DPO), record("arxiv", DPO), copy, replace(DBLP_DPO, rank=1))
    assert standing(got) == ("NeurIPS", 2023, True)


def test_is_decided__by_what_is_known_by_now() -> None:
    """Whether a venue is decided is known while sources are still asked."""
    entries = [entry("a", DPO)]
    for records, expected in (([], False), ([S2_DPO], False), ([DBLP_DPO], True)):
        (work,) = gather(entries, resolved(entries), answers(records))
        assert is_decided(work) is expected


# Fields and who gave them


def test_precedence__every_field_is_a_papers_field() -> None:
    """The table names fields of a paper only, each source once, and never an unknown one."""
    from pipeline.sources import discover

    known = {*discover(), "crossref", "openalex", "datacite", "list", "identifier"}
    for name, order in precedence().items():
        assert hasattr(one(entry("a")), name)
        assert len(set(order)) == len(order)
        assert set(order) <= known


@pytest.mark.parametrize("field", ["title", "authors"])
def test_merge__fields_by_the_order_of_sources(field: str) -> None:
    """The first source of the order that said something wins; the others are kept as references."""
    order = [s for s in precedence()[field] if s not in ("list", "identifier")]
    said = {
        source: record(source, DPO, title=f"{TITLE}{'.' * (n + 1)}", authors=(*PEOPLE, f"Person {n}"))
        for n, source in enumerate(order)
    }
    for n, source in enumerate(order):
        got = one(entry("a", DPO), *(said[s] for s in reversed(order[n:])))
        assert getattr(got, field) == getattr(said[source], field)
        assert got.provenance[field] == Origin(source, DPO, WHEN)
        assert {o.source for o in got.also.get(field, ())} == {*order[n + 1 :], "list"}


def test_merge__the_list_is_the_last_to_be_asked() -> None:
    """What no source says the list does, and it has no date."""
    got = one(entry("a", DPO))
    assert (got.title, got.authors) == (TITLE, PEOPLE[:1])
    assert got.provenance["title"] == Origin("list")


def test_merge__a_draft_goes_last() -> None:
    """A rejected submission and DBLP's copy of the preprint name a paper worse than others do."""
    note = record("openreview", FORUM, title=TITLE + "?", status="rejected")
    copy = record("dblp", DPO, title=TITLE + "!", venue_key="journals/corr", venue="CoRR")
    assert one(entry("a", DPO, FORUM), note, copy, S2_DPO).title == TITLE
    assert one(entry("a", DPO, FORUM), replace(note, status="accepted"), copy, S2_DPO).title == TITLE + "?"


def test_merge__a_published_record_is_no_draft_beside_its_preprint_copy() -> None:
    """Of the two records of one answer, only the CoRR copy is a draft."""
    copy = record("dblp", DPO, title=TITLE + "!", venue="CoRR", venue_key="journals/corr")
    published = replace(DBLP_DPO, rank=1)
    got = one(entry("a", DPO), copy, published, record("arxiv", DPO, title=TITLE + "?"))
    assert (got.title, got.provenance["title"].source) == (TITLE, "dblp")


COUNTED = [
    ("Semantic Scholar first", {"openalex": 500, "semanticscholar": 300}, (300, "semanticscholar")),
    ("a count of nothing is a count", {"openalex": 500, "semanticscholar": 0}, (0, "semanticscholar")),
    ("the next where it said nothing", {"openalex": 500, "semanticscholar": None}, (500, "openalex")),
    ("who may not count", {"dblp": 500}, (None, None)),
]


@pytest.mark.parametrize(("name", "counts", "expected"), COUNTED, ids=[row[0] for row in COUNTED])
def test_merge__citation_counts_are_never_mixed(
    name: str, counts: dict[str, int | None], expected: tuple[int | None, str | None]
) -> None:
    """One source's count as it stands, never a maximum or a sum."""
    got = one(entry("a", DPO), *(record(s, DPO, citation_count=n) for s, n in counts.items()))
    origin = got.provenance.get("citation_count")
    assert (got.citation_count, origin and origin.source) == expected


def test_merge__a_count_has_its_own_date() -> None:
    """`counted_at` is when this count was first given, however old the rest of the record is."""
    s2 = record("semanticscholar", DPO, citation_count=7, influential_citation_count=2, counted_at=LATER)
    got = one(entry("a", DPO), s2)
    assert (got.citation_count, got.influential_citation_count) == (7, 2)
    assert got.provenance["citation_count"].retrieved_at == LATER
    assert got.provenance["title"].retrieved_at == WHEN


def test_merge__only_abstracts_that_may_be_published() -> None:
    """Semantic Scholar's abstracts belong to publishers, and never win."""
    s2, arxiv = record("semanticscholar", DPO, abstract="Theirs."), record("arxiv", DPO, abstract="Free.")
    assert one(entry("a", DPO), s2).abstract is None
    assert one(entry("a", DPO), s2, arxiv).abstract == "Free."


@pytest.mark.parametrize(("source", "status"), [("arxiv", "withdrawn"), ("openreview", None)])
def test_merge__a_withdrawn_submission_is_no_withdrawn_paper(source: str, status: str | None) -> None:
    """arXiv withdraws papers; what is withdrawn from a review may be published elsewhere."""
    got = one(entry("a", DPO, FORUM), record(source, {"arxiv": DPO}.get(source, FORUM), status="withdrawn"))
    assert got.status == status


PUBLISHED = [("2023-05-29", "day"), ("2023-05", "month"), ("2023", "year")]


def test_merge__the_pdf_of_a_track_is_known_by_its_link() -> None:
    """A NeurIPS hash does not tell the track: the linked page does, else there is no address."""
    folder = "https://proceedings.neurips.cc/paper_files/paper/2023"
    page = f"{folder}/hash/{'b1' * 16}-Abstract-Datasets_and_Benchmarks.html"
    item = entry("a", links=(Link("Paper", page, "paper"),), paper_url=page)
    assert one(item).pdf_url == f"{folder}/file/{'b1' * 16}-Paper-Datasets_and_Benchmarks.pdf"
    hashed = f"{folder}/hash/{'b1' * 16}"
    assert one(replace(item, links=(Link("Paper", hashed, "paper"),), paper_url=hashed)).pdf_url is None


@pytest.mark.parametrize(("text", "precision"), PUBLISHED)
def test_merge__published_says_how_exact_it_is(text: str, precision: str) -> None:
    """A date keeps its precision."""
    got = one(entry("a", DPO), record("arxiv", DPO, published=text))
    assert (got.published, got.published_precision) == (text, precision)


def test_merge__an_undecided_paper_on_arxiv_is_a_preprint() -> None:
    """Without any source, the id gives venue arXiv, the month and the first version's year."""
    got = one(entry("a", DPO))
    assert (*standing(got), got.venue_type, got.published) == ("arXiv", 2023, False, "preprint", "2023-05")
    assert got.provenance["venue"] == Origin("identifier")
    assert got.pdf_url == "https://arxiv.org/pdf/2305.18290"


def test_merge__the_first_code_link_and_the_written_page() -> None:
    """The page is the one the list links, unless that is no page; code is what the list links as code."""
    code = Link("Code", "https://github.com/eric-mitchell/direct-preference-optimization", "code")
    item = entry("a", DPO)
    assert one(replace(item, links=(*item.links, code))).code_url == code.url
    assert one(item).paper_url == item.paper_url
    pseudo = entry("a", "https://doi.org/10.5555/3666122.3668460", DPO)
    assert one(pseudo).paper_url == to_url(ident(DPO))


# What the list's venue is found to be


def test_merge__offline_an_identifier_is_enough() -> None:
    """What an id proves needs no source, and names itself as the origin."""
    got = one(entry("a", FINDINGS, venue_text="EMNLP", year=2023))
    assert (*standing(got), got.venue_id) == ("Findings of EMNLP", 2023, True, "emnlp-findings")
    assert got.provenance["venue"].source == "identifier"
    verdict = got.verdicts[0]
    assert (verdict.venue_status, verdict.venue, verdict.year) == ("wrong", "Findings of EMNLP", 2023)


def test_merge__offline_another_year_alone_is_a_suggestion() -> None:
    """An address copied from another paper of the series looks the same: only a record could tell."""
    got = one(entry("a", FINDINGS, venue_text="Findings of EMNLP", year=2024))
    verdict = got.verdicts[0]
    assert (verdict.venue_status, verdict.venue, verdict.year) == ("suggested", None, None)
    assert "the year differs" in verdict.notes[0]


SUGGESTED = [
    ("authorities disagree", [DBLP_DPO, record("acl", DPO, venue="X", venue_key="acl", year=2023)]),
    ("one source that decides nothing", [record("semanticscholar", DPO, venue="NeurIPS", year=2023)]),
    ("an author's comment", [record("arxiv", DPO, hint="Accepted at NeurIPS 2023")]),
    ("a DBLP key of a series with Findings", [record("semanticscholar", DPO, ids=["dblp:conf/acl/Raf23"])]),
]


@pytest.mark.parametrize(("name", "records"), SUGGESTED, ids=[row[0] for row in SUGGESTED])
def test_merge__a_suggestion_changes_nothing(name: str, records: list[Record]) -> None:
    """What is not decided is shown as such, the paper stays a preprint, the entry gets no edit."""
    got = one(entry("a", DPO, venue_text="arXiv", year=2023), *records)
    assert standing(got) == ("arXiv", 2023, False)
    assert got.suggestion is not None
    assert (got.verdicts[0].venue_status, got.verdicts[0].venue) == ("suggested", None)


def test_merge__a_dblp_key_that_another_source_names_decides_a_plain_series() -> None:
    """It states series and year; once DBLP's own record is there, the record speaks."""
    named = record("semanticscholar", DPO, ids=["dblp:conf/icml/Raf23"])
    got = one(entry("a", DPO), named)
    assert (*standing(got), got.provenance["venue"].source) == ("ICML", 2023, True, "semanticscholar")
    own = record("dblp", "dblp:conf/icml/Raf23", venue="ICML (Workshop)", venue_key="conf/icml", year=2023, ids=["dblp:conf/icml/Raf23"])  # fmt: skip
    assert one(entry("a", DPO), named, own).venue == "ICML Workshop"


def test_merge__tools_are_not_judged() -> None:
    """An entry of another kind keeps what the list says, and is never searched or changed."""
    tool = entry("a", DPO, kind="other", venue_text="arXiv", year=2020)
    got = one(tool, DBLP_DPO, record("dblp", "", venue="ICML", venue_key="conf/icml"))
    assert (got.kind, got.verdicts[0].venue_status, got.verdicts[0].venue) == ("other", "unknown", None)


def test_merge__each_entry_of_a_work_has_its_own_verdict() -> None:
    """Two entries of one work may be wrong in different ways; the second points to the first."""
    entries = [entry("a", DPO, venue_text="NeurIPS", year=2023), entry("b", DPO, venue_text="arXiv", year=2023, ordinal=2)]  # fmt: skip
    (got,) = papers(entries, [DBLP_DPO])
    assert [(v.entry_id, v.venue_status, v.duplicate_of) for v in got.verdicts] == [
        ("a", "agrees", None),
        ("b", "outdated", "a"),
    ]


def test_merge__works_that_sources_show_to_be_one_are_linked() -> None:
    """A preprint and its published version under two titles stay two papers, and are told to be one work."""
    entries = [
        entry("a", DPO),
        entry("b", MAIN, title="Preferences, Directly", authors=PEOPLE[1:2], ordinal=2),
    ]
    assert [p.verdicts[0].duplicate_of for p in papers(entries)] == [None, None]
    got = papers(entries, [record("semanticscholar", DPO, ids=[DPO, MAIN])])
    assert [p.verdicts[0].duplicate_of for p in got] == [None, "a"]
    assert [p.paper_id for p in got] == [DPO, MAIN]


# A person has the last word


def test_override__survives_what_every_source_says() -> None:
    """The row and the entry get what the person said, marked as such."""
    said = Override("a", venue="ICML", year=2024)
    got = one(entry("a", DPO, venue_text="NeurIPS", year=2023), DBLP_DPO, overrides=[said])
    assert (*standing(got), got.venue_id, got.venue_type) == ("ICML", 2024, True, "icml", "conference")
    assert got.provenance["venue"] == got.provenance["year"] == Origin("override")
    verdict = got.verdicts[0]
    assert (verdict.venue_status, verdict.venue, verdict.year) == ("overridden", "ICML", 2024)


OVERRIDDEN: list[tuple[str, Override, Sequence[Record], tuple[str | None, int | None, str | None]]] = [
    ("venue alone, venue decided", Override("a", venue="ICML"), [DBLP_DPO], ("ICML", 2023, "icml")),
    ("venue alone, nothing decided", Override("a", venue="ICML"), [], ("ICML", None, "icml")),
    ("venue alone, another suggested", Override("a", venue="ICML"), [record("semanticscholar", DPO, venue="ICLR", year=2024)], ("ICML", None, "icml")),
    ("venue with a year in it", Override("a", venue="ICML 2022"), [], ("ICML", 2022, "icml")),
    ("year alone, venue decided", Override("a", year=2022), [DBLP_DPO], ("NeurIPS", 2022, "neurips")),
    ("year alone, preprint", Override("a", year=2022), [], ("arXiv", 2022, "arxiv")),
    ("a venue that nobody knows", Override("a", venue="My Meeting", year=2022), [DBLP_DPO], ("My Meeting", 2022, None)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "said", "records", "expected"), OVERRIDDEN, ids=[row[0] for row in OVERRIDDEN]
)
def test_override__what_is_not_said_stays(
    name: str, said: Override, records: Sequence[Record], expected: tuple[str | None, int | None, str | None]
) -> None:
    """A year beside a new venue is never a preprint's or a suggestion's; a year alone keeps the venue."""
    got = one(entry("a", DPO), *records, overrides=[said])
    assert (got.venue, got.year, got.venue_id) == expected
    assert got.verdicts[0].venue_status == "overridden"


def test_override__holds_for_the_other_entries_of_its_work() -> None:
    """What a person says about a work is not edited away in its second entry."""
    entries = [entry("a", DPO, venue_text="ICML", year=2024), entry("b", DPO, venue_text="ICML", year=2024)]
    (got,) = papers(entries, [DBLP_DPO], [Override("a", venue="ICML", year=2024)])
    assert {(v.venue_status, v.venue, v.year) for v in got.verdicts} == {("overridden", "ICML", 2024)}


def test_override__skip_leaves_the_entry_alone() -> None:
    """A skipped entry is not judged."""
    got = one(entry("a", DPO, venue_text="arXiv", year=2023), DBLP_DPO, overrides=[Override("a", skip=True)])
    assert (got.verdicts[0].venue_status, got.verdicts[0].venue) == ("unknown", None)


MATCHED = [
    ("by id", Override("a", venue="X"), ["a"]),
    ("by title", Override(TITLE.upper(), venue="X", by="title"), ["a", "b"]),
    ("by identifier", Override(DPO, venue="X", by="identifier"), ["a"]),
    (
        "by identifier as typed",
        Override("https://arxiv.org/abs/2305.18290v2", venue="X", by="identifier"),
        ["a"],
    ),
    ("an id that is none", Override("zzz", venue="X"), []),
    ("a title that is none", Override("Zzz", venue="X", by="title"), []),
    ("an empty title", Override("", venue="X", by="title"), []),
    ("an identifier that is none", Override("zzz", venue="X", by="identifier"), []),
    ("an id is no title", Override("a", venue="X", by="title"), []),
]


@pytest.mark.parametrize(("name", "said", "meant"), MATCHED, ids=[row[0] for row in MATCHED])
def test_match_overrides__who_is_meant(name: str, said: Override, meant: list[str]) -> None:
    """By entry id, title or identifier; one that matches nothing is given back to be reported."""
    entries = [entry("a", DPO), entry("b"), entry("c", title=None)]
    resolutions = [Resolution("a", (ident(DPO),), "url"), Resolution("b"), Resolution("c")]
    matched, lost = match_overrides(entries, resolutions, [said])
    assert (sorted(matched), lost) == (meant, () if meant else (said,))


def test_override__an_identifier_is_what_the_entry_is() -> None:
    """What a person says to be the paper is not held against the entry's own words."""
    said = Override("a", identifiers=(ident(MAIN),))
    item = entry("a", DPO, title="A Working Title", authors=("Ada Byron",), venue_text="arXiv", year=2023)
    (resolution,) = resolve([item], {"a": said}, {})
    booktitle = "Proceedings of the 2023 Conference on Empirical Methods in Natural Language Processing"
    final = stranger("acl", MAIN, venue=booktitle, venue_key="emnlp", year=2023, ids=[MAIN])
    confused = record("semanticscholar", MAIN, ids=[FORUM])
    (got,) = merge(
        [item], [resolution], answers([final, confused]), overrides={"a": said}, previous=(), titles={}
    )
    assert (got.title, got.sources, *standing(got)) == (OTHER_TITLE, ("acl",), "EMNLP", 2023, True)
    assert got.provenance["identifiers"] == Origin("override")
    assert (got.verdicts[0].venue_status, got.verdicts[0].venue) == ("outdated", "EMNLP")


def test_match_overrides__by_the_link_whose_identifier_it_replaces() -> None:
    """An override that gives other identifiers still means the entry that it was written for."""
    said = Override(DPO, (ident(MAIN),), venue="EMNLP", by="identifier")
    item = entry("a", DPO)
    for ids in ((ident(DPO),), (ident(MAIN),)):
        assert match_overrides([item], [Resolution("a", ids, "override")], [said]) == ({"a": said}, ())


# Kept for life

IDS = [
    (["doi:10.1000/xyz", FORUM, MAIN, DPO], DPO),
    (["doi:10.1000/xyz", FORUM, MAIN], MAIN),
    (["doi:10.1000/xyz", FORUM], FORUM),
    (["pmlr:v235/ethayarajh24a", "doi:10.1000/xyz"], "doi:10.1000/xyz"),
    (["neurips:2022/b1efde53be364a73914f58805a001731", "pmlr:v235/ethayarajh24a"], "pmlr:v235/ethayarajh24a"),
    ([], "title:direct-preference-optimization-your-language-model-is"),
]


@pytest.mark.parametrize(("ids", "expected"), IDS)
def test_paper_id__is_the_strongest_identifier_written(ids: list[str], expected: str) -> None:
    """arXiv, ACL, OpenReview, DOI, PMLR, NeurIPS, then the title."""
    assert one(entry("a", *ids)).paper_id == expected


def test_paper_id__is_that_of_the_first_sight() -> None:
    """A stronger link, another link, or a corrected title changes it no more."""
    before = papers([entry("a", FORUM)])
    for now in (
        entry("a", DPO, FORUM),
        entry("a", DPO),
        entry("a"),
        entry("a", FORUM, title="Another Title"),
    ):
        assert one(now, previous=before).paper_id == FORUM
    replaced = entry("a", MAIN, title=OTHER_TITLE, authors=OTHERS)
    assert one(replaced, previous=before).paper_id == MAIN


def test_paper_id__is_never_given_twice() -> None:
    """Two works that have only one name between them are numbered."""
    entries = [entry("a", DPO), entry("b", DPO, kind="other"), entry("c", DPO, kind="other")]
    assert [p.paper_id for p in papers(entries)] == [DPO, f"{DPO}#2", f"{DPO}#3"]


def test_paper_id__a_newcomer_takes_no_ones_name() -> None:
    """A new entry above, with the same title or link, leaves the known ones their ids."""
    known = [entry("a"), entry("b", MAIN, title=OTHER_TITLE, authors=OTHERS)]
    before = papers(known)
    newcomers = [entry("n", authors=("Ada Byron",)), entry("o", MAIN, kind="other", title=None)]
    after = {p.entry_ids[0]: p.paper_id for p in papers([*newcomers, *known], previous=before)}
    assert {key: after[key] for key in "ab"} == {p.entry_ids[0]: p.paper_id for p in before}
    assert len(set(after.values())) == 4


MISLED, OWNER = entry("m", DPO, title=OTHER_TITLE, authors=OTHERS, year=2017), entry("a", DPO, year=2023)
MISLED_ID = f"title:{slug(OTHER_TITLE)}"


@pytest.mark.parametrize("known_at_once", [True, False])
@pytest.mark.parametrize("entries", [(MISLED, OWNER), (OWNER, MISLED)], ids=["misled first", "misled last"])
def test_paper_id__is_never_that_of_a_paper_linked_by_mistake(
    entries: Sequence[Entry], known_at_once: bool
) -> None:
    """The right owner has the plain name, whichever stands first, and also where the mistake was seen later."""
    before = papers(entries)
    after = papers(entries, [record("arxiv", DPO)], previous=() if known_at_once else before)
    ids = {p.entry_ids[0]: p.paper_id for p in after}
    assert ids == {"m": MISLED_ID, "a": DPO}
    assert {p.entry_ids[0]: p.bibtex_key for p in after} == {p.entry_ids[0]: p.bibtex_key for p in before}
    forgotten = papers(entries, previous=after)
    assert {p.entry_ids[0]: p.paper_id for p in forgotten} == ids, "what was given up does not come back"
    mended = papers([replace(MISLED, links=(), paper_url=None), OWNER], previous=after)
    assert {p.entry_ids[0]: p.paper_id for p in mended} == ids


def test_paper_id__of_a_lone_misled_entry_is_free_for_its_owner() -> None:
    """What was given up by one entry is taken by the next that is rightly called so; others keep what they have."""
    before = papers([MISLED])
    assert before[0].paper_id == DPO
    (given_up,) = papers([MISLED], [record("arxiv", DPO)], previous=before)
    assert (given_up.paper_id, given_up.paper_url, given_up.bibtex_key) == (
        MISLED_ID,
        None,
        before[0].bibtex_key,
    )
    after = papers([MISLED, OWNER], [record("arxiv", DPO)], previous=[given_up])
    assert [p.paper_id for p in after] == [MISLED_ID, DPO]
    assert len({p.bibtex_key for p in after}) == 2


KEPT_NAMES = [
    ("another link that is right", entry("m", DPO, MAIN, title=OTHER_TITLE, authors=OTHERS), MAIN),
    ("the same people", entry("m", DPO, title=OTHER_TITLE), DPO),
    ("no such paper", entry("m", "arxiv:2310.05470", title=OTHER_TITLE, authors=OTHERS), "arxiv:2310.05470"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "item", "expected"), KEPT_NAMES, ids=[row[0] for row in KEPT_NAMES])
def test_paper_id__is_given_up_for_nothing_less(name: str, item: Entry, expected: str) -> None:
    """Only a link that is known to lead to another paper costs a name."""
    assert one(item, record("arxiv", DPO), missing("arxiv", "arxiv:2310.05470")).paper_id == expected


def test_paper_id__a_person_may_call_it_as_another_title_is_called() -> None:
    """What a person says an entry to be, nothing is held against."""
    said = Resolution("m", (ident(DPO),), "override", 1.0)
    known = answers([record("arxiv", DPO)])
    (got,) = merge([MISLED], [said], known, overrides={}, previous=(), titles={})
    assert got.paper_id == DPO


BIBTEX = [
    (entry("a", DPO, year=2023), "rafailov2023direct"),
    (entry("a", DPO, year=None), "rafailov2023direct"),
    (entry("a", authors=(), year=2020), "2020direct"),
    (entry("a", title="A to Z", authors=("Łukasz Kaiser",), year=2020), "ukaszkaiser2020"),
    (entry("a", DPO, title=None, authors=(), short_name="DPO"), "2023"),
]


@pytest.mark.parametrize(("item", "key"), BIBTEX[:3])
def test_bibtex_key__surname_year_word(item: Entry, key: str) -> None:
    """Surname, year and first long word of the title, as the list says them."""
    assert one(item).bibtex_key == key


@pytest.mark.parametrize("item", [row[0] for row in BIBTEX])
def test_bibtex_key__can_stand_in_a_file(item: Entry) -> None:
    """Never empty, and made of ASCII letters and digits only."""
    key = one(item).bibtex_key or ""
    assert key.isascii()
    assert key.isalnum()


def test_bibtex_key__is_never_given_twice_and_never_changes() -> None:
    """Two works with one stem are numbered; what was given before is kept, also when papers go."""
    entries = [entry("a", DPO, year=2023), entry("b", MAIN, year=2023, title=TITLE + " Revisited")]
    before = papers(entries)
    assert [p.bibtex_key for p in before] == ["rafailov2023direct", "rafailov2023direct2"]
    swapped = papers(
        [entries[1], entry("n", FORUM, year=2023, title=TITLE + " Again"), entries[0]], previous=before
    )
    assert [p.bibtex_key for p in swapped] == [
        "rafailov2023direct2",
        "rafailov2023direct3",
        "rafailov2023direct",
    ]
    left = papers([entry("n", FORUM, year=2023, title=TITLE + " Again")], previous=before)
    assert left[0].bibtex_key == "rafailov2023direct3"


# Invariants

KEYS = [DPO, "arxiv:2310.05470", FORUM, MAIN, FINDINGS, "doi:10.1000/xyz", "pmlr:v235/ethayarajh24a"]
PAPERS = [(TITLE, PEOPLE), (OTHER_TITLE, OTHERS), (TITLE, OTHERS)]
SAID: list[dict[str, Any]] = [
    {"source": "dblp", "venue": "NeurIPS", "venue_key": "conf/nips", "year": 2023},
    {"source": "dblp", "venue": "EMNLP (Findings)", "venue_key": "conf/emnlp", "year": 2023},
    {"source": "openreview", "venue_key": "ICLR.cc/2024/Conference", "status": "accepted", "year": 2024},
    {"source": "openreview", "venue_key": "ICLR.cc/2024/Conference", "status": "rejected", "year": 2024},
    {"source": "semanticscholar", "venue": "ICLR", "year": 2024, "citation_count": 5},
    {"source": "crossref", "venue": "ICLR", "year": 2024, "venue_key": "proceedings-article"},
    {"source": "openalex", "venue": "ICLR", "year": 2024, "venue_key": "article", "status": "retracted"},
    {"source": "arxiv", "published": "2023-05-29", "hint": "Accepted at ICML 2024"},
    {"source": "acl", "venue": "Some Book", "venue_key": "emnlp", "year": 2023},
]
ENTRIES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(KEYS), max_size=2, unique_by=lambda key: key.partition(":")[0]),
        st.sampled_from(PAPERS),
        st.sampled_from([(None, 2023), ("ICLR", 2024), ("arXiv", 2023), (None, None)]),
        st.booleans(),
    ),
    min_size=1,
    max_size=4,
).map(
    lambda rows: [
        entry(f"e{n}", *ids, title=t, authors=who if named else (), venue_text=v, year=y, ordinal=n + 1)
        for n, (ids, (t, who), (v, y), named) in enumerate(rows)
    ]
)


def _record(row: tuple[dict[str, Any], str, tuple[str, tuple[str, ...]], list[str], bool]) -> Record:
    said, question, (title, authors), ids, found = row
    fields = {key: value for key, value in said.items() if key != "source"}
    asked = question or title_question(title)
    if not found:
        return missing(said["source"], asked)
    return record(said["source"], asked, title=title, authors=authors, ids=ids, **fields)


RECORDS = st.lists(
    st.tuples(
        st.sampled_from(SAID),
        st.sampled_from([*KEYS, ""]),
        st.sampled_from(PAPERS),
        st.lists(st.sampled_from(KEYS), max_size=2),
        st.booleans() | st.just(True),
    ),
    max_size=6,
    unique_by=lambda row: (row[0]["source"], row[1] or row[2]),
).map(lambda rows: [_record(row) for row in rows])
"""At most one record per source and question: the store keeps those of one answer in their own order."""


def told(paper: Paper) -> dict[str, Any]:
    """All that a paper says but for its number among equals."""
    return {
        "id": paper.paper_id.partition("#")[0],
        **{v.entry_id: replace(v, duplicate_of=None) for v in paper.verdicts},
    } | {
        name: getattr(paper, name)
        for name in ("venue", "year", "decided", "title", "citation_count", "published")
    }


@given(ENTRIES, RECORDS, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_merge__does_not_depend_on_who_answers_first(
    entries: list[Entry], records: list[Record], random: Any
) -> None:
    """Sources and questions in any order give the same papers."""
    assert papers(entries, random.sample(records, len(records))) == papers(entries, records)


def test_group__a_link_shared_with_a_stranger_groups_alike_in_any_order() -> None:
    """An entry without authors may join two others, whichever of the three stands first."""
    full, bare = entry("a", DPO), entry("b", DPO, authors=())
    other = entry("c", DPO, title=OTHER_TITLE, authors=OTHERS)
    found = set()
    for mixed in permutations([full, bare, other]):
        works = group(mixed, resolved(mixed))
        found.add(frozenset(frozenset(e.entry_id for e in work.entries) for work in works))
    assert len(found) == 1
    assert len(group([full, other], resolved([full, other]))) == 2


@given(ENTRIES, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_group__does_not_depend_on_the_order(entries: list[Entry], random: Any) -> None:
    """The same entries are one work wherever they stand, and each is in exactly one."""
    mixed = random.sample(entries, len(entries))

    def works(items: list[Entry]) -> set[frozenset[str]]:
        found = [frozenset(e.entry_id for e in work.entries) for work in group(items, resolved(items))]
        assert sorted(key for work in found for key in work) == sorted(e.entry_id for e in entries)
        return set(found)

    assert works(mixed) == works(entries)


@given(ENTRIES, RECORDS)
@settings(max_examples=60, deadline=None)
def test_merge__no_answer_of_a_source_changes_a_paper_id(entries: list[Entry], records: list[Record]) -> None:
    """Works are the same before any source was asked, and after; so are ids, but for those of misleading links."""
    before, after = papers(entries), papers(entries, records)
    assert [p.entry_ids for p in after] == [p.entry_ids for p in before]
    if not any(map(is_misled, after)):
        assert [p.paper_id for p in after] == [p.paper_id for p in before]


def is_misled(paper: Paper) -> bool:
    """Whether a link of the paper's entries leads to another one."""
    return any(verdict.link_status == "wrong_paper" for verdict in paper.verdicts)


@given(ENTRIES, RECORDS, RECORDS)
@settings(max_examples=60, deadline=None)
def test_merge__what_is_for_life_is_for_life(
    entries: list[Entry], records: list[Record], more: list[Record]
) -> None:
    """A second run changes nothing; a run that knows more or less changes neither ids nor BibTeX keys.

    Only the id that belongs to another paper is given up, for which a number falls away there.
    """
    before = papers(entries, records)
    assert papers(entries, records, previous=before) == before
    later = papers(entries, more, previous=before)
    assert [p.bibtex_key for p in later] == [p.bibtex_key for p in before]
    assert len({p.paper_id for p in later}) == len(later)
    for old, new in zip(before, later, strict=True):
        falls_away = any(map(is_misled, later)) and old.paper_id.startswith(f"{new.paper_id}#")
        assert old.paper_id == new.paper_id or is_misled(new) or falls_away


@given(ENTRIES, ENTRIES, st.integers(0, 4))
@settings(max_examples=60, deadline=None)
def test_merge__newcomers_change_no_ones_id(known: list[Entry], new: list[Entry], place: int) -> None:
    """Wherever entries are added, those that were there keep ids and keys."""
    before = papers(known)
    newcomers = [replace(e, entry_id=f"n{e.entry_id}") for e in new]
    after = papers([*known[:place], *newcomers, *known[place:]], previous=before)
    now = {key: p for p in after for key in p.entry_ids}
    ids = [p.paper_id for p in after]
    assert len(set(ids)) == len(ids)
    assert len({p.bibtex_key for p in after}) == len(ids)
    for old in before:
        kept = {now[key].paper_id for key in old.entry_ids}
        merged = {p.paper_id for p in before if set(p.entry_ids) & set(now[old.entry_ids[0]].entry_ids)}
        assert kept <= merged


@given(ENTRIES, RECORDS)
@settings(max_examples=60, deadline=None)
def test_merge__invents_nothing(entries: list[Entry], records: list[Record]) -> None:
    """Every value was said by the list, by a source that answered, or by an identifier."""
    for paper in papers(entries, records):
        for name in ("title", "authors", "citation_count", "published"):
            origin = paper.provenance.get(name)
            value = getattr(paper, name)
            if origin is None:
                assert not value
            elif origin.source not in ("list", "identifier"):
                asked = [r for r in records if (r.source, r.question) == (origin.source, origin.question)]
                assert value in [getattr(r, name) for r in asked]
        assert set(paper.sources) <= {r.source for r in records}
        named = {i for r in records for i in r.identifiers} | {i for e in entries for link in e.links for i in read_url(link.url).identifiers}  # fmt: skip
        assert {i.scheme for i in paper.identifiers} <= {i.scheme for i in named} | {"dblp", "doi"}
        for verdict in paper.verdicts:
            assert (verdict.venue is None) or (paper.decided and verdict.venue == paper.venue)


@given(st.lists(st.integers(0, 4), max_size=8), st.integers(0, 3))
@settings(max_examples=60, deadline=None)
def test_gather__with_a_memory_gives_the_same_as_without(order: list[int], removed: int) -> None:
    """Whatever answers come in between, and whatever the list says otherwise, only the time differs."""
    known = [
        record("arxiv", DPO, ids=[DPO]),
        DBLP_DPO,
        record("semanticscholar", DPO, ids=[DPO, "doi:10.18653/v1/2023.emnlp-main.183"]),
        record("arxiv", DPO, ids=[DPO], title=OTHER_TITLE, authors=OTHERS),
        record("dblp", title_question(TITLE), ids=[MAIN]),
    ]
    entries = [entry("a", DPO), entry("b", DPO, title=OTHER_TITLE, authors=OTHERS), entry("c", authors=())]
    memory, said = Memory(), {}  # type: tuple[Memory, dict[str, dict[str, tuple[Record, ...]]]]
    for number, new in enumerate([known[index] for index in order]):
        of_source = said.setdefault(new.source, {})
        of_source[new.question] = (*of_source.get(new.question, ()), new)
        listed = entries[removed:] if number % 2 else entries
        kept, fresh = gather(listed, resolved(listed), said, memory), gather(listed, resolved(listed), said)
        assert kept == fresh
        for judge in (is_decided, is_claimed, is_lost):
            assert [judge(work) for work in kept] == [judge(work) for work in fresh]


def test_gather__with_a_memory_looks_again_only_where_more_is_known() -> None:
    """The records of a work stay the very same object until an answer to one of its questions is another."""
    entries = [entry("a", DPO), entry("b", FINDINGS, title=OTHER_TITLE, authors=OTHERS)]
    memory, resolutions = Memory(), resolved(entries)
    said = answers([record("arxiv", DPO, ids=[DPO]), record("dblp", FINDINGS, ids=[FINDINGS])])
    before = gather(entries, resolutions, said, memory)
    said["arxiv"][DPO] = [record("arxiv", DPO, ids=[DPO], year=2024)]
    after = gather(entries, resolutions, said, memory)
    assert [one.records is other.records for one, other in zip(before, after, strict=True)] == [False, True]
