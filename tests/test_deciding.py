"""Where a paper was published, and what is wrong with what the list says: the rules, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.deciding import (
    Decision,
    Denial,
    authority,
    decide,
    denial,
    has_loose_year,
    judge_entry,
    preprint_month,
    statement_of_identifier,
    statement_of_record,
)
from pipeline.model import Entry, Evidence, Identifier, Origin, Record
from pipeline.venues.rows import by_id

WHEN = "2026-01-02T03:04:05Z"


def said(
    venue: str | None, year: int | None = None, source: str = "dblp", weight: Any = "authoritative"
) -> Evidence:
    """One statement; its text names all of it, so that no two different ones share it."""
    return Evidence(Origin(source, "q", WHEN), venue, year, f"{source}: {venue} {year} {weight}", weight)


def supporting(venue: str, year: int | None, source: str = "semanticscholar") -> Evidence:
    """What a source that decides nothing alone says."""
    return said(venue, year, source, "supporting")


def entry(venue: str | None = None, year: int | None = None, date: str | None = None) -> Entry:
    """An entry that shows this venue and year."""
    return Entry("e", (), 1, 1, 1, "paper", "", "A Title", venue_text=venue, year=year, date_text=date)


def identifier(text: str) -> Identifier:
    """An identifier as printed."""
    return Identifier.parse(text)


# What one identifier proves

PROVEN = [
    ("acl:2023.emnlp-main.183", "emnlp", 2023, "authoritative"),
    ("acl:2023.findings-emnlp.710", "emnlp-findings", 2023, "authoritative"),
    ("acl:2020.acl-srw.1", "acl-srw", 2020, "authoritative"),
    ("doi:10.18653/v1/2023.acl-long.1", "acl", 2023, "authoritative"),
    ("doi:10.1162/tacl_a_00632", "tacl", None, "authoritative"),
    ("pmlr:v235/ethayarajh24a", "icml", 2024, "authoritative"),
    ("neurips:2022/b1efde53be364a73914f58805a001731", "neurips", 2022, "authoritative"),
    ("dblp:conf/iclr/XuLSCLLT24", "iclr", 2024, "series"),
    ("dblp:conf/acl/LiY24", "acl", 2024, "series"),
    ("dblp:conf/icml/ChuC99a", "icml", 1999, "series"),
]


@pytest.mark.parametrize(("text", "venue", "year", "weight"), PROVEN)
def test_statement_of_identifier__what_an_id_proves(
    text: str, venue: str, year: int | None, weight: str
) -> None:
    """An id of a proceedings states venue and year; a DBLP key states the series and year only."""
    got = statement_of_identifier(identifier(text), Origin("list"))
    assert got is not None
    assert (got.venue, got.year, got.weight, got.origin) == (venue, year, weight, Origin("list"))
    assert got.text


@pytest.mark.parametrize(
    "text",
    [
        "arxiv:2212.08073",
        "openreview:8sIyqPUZd7",
        "doi:10.1145/3580305.3599385",
        "pmlr:v99999/nobody",
        "dblp:journals/corr/abs-2212-08073",
        "dblp:conf/nosuchseries/Li24",
        "dblp:homepages/l/X",
        "s2:0123456789abcdef0123456789abcdef01234567",
    ],
)
def test_statement_of_identifier__says_nothing(text: str) -> None:
    """A preprint is no publication, a forum no acceptance, and what is not certain is not said."""
    assert statement_of_identifier(identifier(text), Origin("list")) is None


# What one record says

SPEAKING = [
    ("dblp main", "dblp", {"venue": "ICLR", "venue_key": "conf/iclr", "year": 2024}, ("iclr", 2024, "authoritative")),
    (
        "dblp Findings",
        "dblp",
        {"venue": "EMNLP (Findings)", "venue_key": "conf/emnlp", "year": 2023},
        ("emnlp-findings", 2023, "authoritative"),
    ),
    ("dblp volume", "dblp", {"venue": "ACL (1)", "venue_key": "conf/acl", "year": 2023}, ("acl", 2023, "authoritative")),
    ("dblp workshop", "dblp", {"venue": "ICLR (Workshop)", "venue_key": "conf/iclr", "year": 2019}, ("iclr-workshop", 2019, "authoritative")),
    ("dblp CoRR", "dblp", {"venue": "CoRR", "venue_key": "journals/corr", "year": 2023}, None),
    ("dblp unknown", "dblp", {"venue": "Zzz", "venue_key": "conf/zzz", "year": 2023}, None),
    (
        "openreview accepted",
        "openreview",
        {"venue": "ICLR 2024 poster", "venue_key": "ICLR.cc/2024/Conference", "status": "accepted", "year": 2024},
        ("iclr", 2024, "authoritative"),
    ),
    (
        "openreview workshop",
        "openreview",
        {"venue_key": "ICLR.cc/2024/Workshop/AGI", "status": "accepted"},
        ("iclr-workshop", 2024, "authoritative"),
    ),
    ("openreview unknown venue", "openreview", {"venue_key": "Zzz/2024/Conference", "status": "accepted"}, None),
    ("openreview submitted", "openreview", {"venue": "Submitted to ICLR 2024", "venue_key": "ICLR.cc/2024/Conference", "status": "submitted"}, None),
    ("openreview rejected", "openreview", {"venue": "ICLR 2024", "venue_key": "ICLR.cc/2024/Conference", "status": "rejected"}, None),
    ("openreview rejected group", "openreview", {"venue_key": "ICLR.cc/2024/Conference/Rejected_Submission", "status": "accepted"}, None),
    ("openreview withdrawn", "openreview", {"venue_key": "ICLR.cc/2024/Conference", "status": "withdrawn"}, None),
    ("openreview imported", "openreview", {"venue": "CoRR 2023", "venue_key": "dblp.org/journals/CORR/2023", "status": "imported"}, None),
    ("openreview, no status", "openreview", {"venue_key": "ICLR.cc/2024/Conference"}, None),
    (
        "acl main",
        "acl",
        {"venue": "Proceedings of the 2023 Conference on Empirical Methods in Natural Language Processing", "venue_key": "emnlp", "year": 2023},
        ("emnlp", 2023, "authoritative"),
    ),
    (
        "acl Findings",
        "acl",
        {"venue": "Findings of the Association for Computational Linguistics: ACL 2024", "venue_key": "findings", "year": 2024},
        ("acl-findings", 2024, "authoritative"),
    ),
    ("acl unknown", "acl", {"venue": "Some Meeting", "venue_key": "zzz", "year": 2024}, None),
    ("arxiv hint", "arxiv", {"hint": "Accepted at NeurIPS 2023"}, ("neurips", 2023, "hint")),
    ("arxiv hint of a preprint", "arxiv", {"hint": "arXiv preprint"}, None),
    ("arxiv comment", "arxiv", {"hint": "12 pages, 3 figures"}, None),
    ("arxiv venue field", "arxiv", {"venue": "ICML", "year": 2023}, None),
    ("s2 venue", "semanticscholar", {"venue": "International Conference on Machine Learning", "year": 2024}, ("icml", 2024, "supporting")),
    ("s2 year in the text", "semanticscholar", {"venue": "ICML 2024", "year": 2023}, ("icml", 2024, "supporting")),
    ("s2 arXiv", "semanticscholar", {"venue": "arXiv.org", "year": 2023}, None),
    ("s2 empty", "semanticscholar", {"venue": "", "year": 2023}, None),
    ("s2 series", "semanticscholar", {"venue": "Proceedings of Machine Learning Research", "year": 2023}, None),
    ("s2 hub", "semanticscholar", {"venue": "GitHub", "year": 2023}, None),
    ("s2 nonsense", "semanticscholar", {"venue": "Zzz Qqq", "year": 2023}, None),
    ("crossref article", "crossref", {"venue": "Nature", "year": 2021, "venue_key": "journal-article|||0028-0836"}, ("nature", 2021, "authoritative")),
    (
        "crossref proceedings",
        "crossref",
        {"venue": "2021 IEEE/CVF International Conference on Computer Vision (ICCV)", "year": 2022, "venue_key": "proceedings-article"},
        ("iccv", 2021, "authoritative"),
    ),
    (
        "crossref event of the same year",
        "crossref",
        {"venue": "Proceedings of the 31st ACM International Conference on Multimedia", "year": 2023, "venue_key": "proceedings-article|MM '23|MM '23: The 31st ACM International Conference on Multimedia"},
        ("mm", 2023, "authoritative"),
    ),
    (
        "crossref companion by its event",
        "crossref",
        {"venue": "Proceedings of the Web Conference", "year": 2018, "venue_key": "proceedings-article|WWW '18|Companion of the The Web Conference 2018"},
        ("www", 2018, "supporting"),
    ),
    ("crossref chapter", "crossref", {"venue": "Computer Vision - ECCV 2022", "year": 2022, "venue_key": "book-chapter"}, ("eccv", 2022, "supporting")),
    ("crossref series", "crossref", {"venue": "Lecture Notes in Computer Science", "year": 2022, "venue_key": "proceedings-article"}, None),
    *[
        (f"crossref {kind}", "crossref", {"venue": "Nature", "year": 2021, "venue_key": kind}, None)
        for kind in ("posted-content", "peer-review", "component", "dataset", "journal", "book", "")
    ],
    ("openalex", "openalex", {"venue": "Nature", "year": 2021, "venue_key": "article|journal|0028-0836|publishedVersion|journal-article"}, ("nature", 2021, "supporting")),
    ("openalex dataset", "openalex", {"venue": "Nature", "year": 2021, "venue_key": "dataset|journal"}, None),
    ("datacite", "datacite", {"venue": "NeurIPS", "year": 2021, "venue_key": "Preprint|arxiv.content"}, None),
    ("nobody knows this source", "gossip", {"venue": "Nature", "year": 2021}, None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "source", "fields", "expected"), SPEAKING, ids=[row[0] for row in SPEAKING])
def test_statement_of_record__what_a_source_says(
    name: str, source: str, fields: dict[str, Any], expected: tuple[str, int, str] | None
) -> None:
    """Who is authoritative about what; submissions, preprints and unknown strings say nothing."""
    got = statement_of_record(Record(source, "q", WHEN, **fields), "The Source")
    assert (got and (got.venue, got.year, got.weight)) == expected
    if got:
        assert got.text.startswith("The Source")
        assert got.origin == Origin(source, "q", WHEN)


# Weighing statements

ICLR24, ICLR23, ICML24 = said("iclr", 2024), said("iclr", 2023), said("icml", 2024, "openreview")
FINDINGS = said("emnlp-findings", 2023, "acl")
DECIDED: list[tuple[str, Sequence[Evidence], tuple[str, int | None] | None]] = [
    ("one authoritative", [ICLR24], ("iclr", 2024)),
    ("two that agree", [ICLR24, said("iclr", 2024, "openreview")], ("iclr", 2024)),
    ("against a hint", [said("icml", 2023, "arxiv", "hint"), ICLR24], ("iclr", 2024)),
    ("against two supporters", [supporting("icml", 2023), supporting("icml", 2023, "openalex"), ICLR24], ("iclr", 2024)),
    ("a preprint's year beside the conference", [supporting("iclr", 2023), ICLR24], ("iclr", 2024)),
    ("two of different venues", [ICLR24, ICML24], None),
    ("two of different years", [ICLR24, ICLR23], None),
    ("main against Findings", [FINDINGS, said("emnlp", 2023)], None),
    ("an earlier version at a workshop", [said("icml-workshop", 2022, "openreview"), said("icml", 2023)], ("icml", 2023)),
    ("a workshop alone", [said("icml-workshop", 2022, "openreview")], ("icml-workshop", 2022)),
    ("conference against its workshop", [said("icml-workshop", 2023, "openreview"), said("icml", 2023)], None),
    ("the series of the Findings", [FINDINGS, said("emnlp", 2023, "semanticscholar", "series")], ("emnlp-findings", 2023)),
    ("the series of a workshop", [said("icml", 2023, "s", "series"), said("icml-workshop", 2023)], ("icml-workshop", 2023)),
    ("another series", [FINDINGS, said("acl", 2023, "semanticscholar", "series")], None),
    ("the series of another year", [FINDINGS, said("emnlp", 2022, "semanticscholar", "series")], None),
    ("a series that holds Findings", [said("emnlp", 2023, "semanticscholar", "series")], None),
    ("a series that holds nothing else", [said("icml", 2024, "semanticscholar", "series")], ("icml", 2024)),
    ("a series twice", [said("iclr", 2024, "s", "series"), said("iclr", 2023, "s", "series")], None),
    ("a series and its workshops' series", [said("icml", 2023, "s", "series"), said("icml-workshop", 2023, "t", "series")], None),
    ("one without a year", [said("tacl"), said("tacl", 2023)], ("tacl", 2023)),
    ("the year from the series", [said("tmlr", None, "openreview"), said("tmlr", 2024, "s", "series")], ("tmlr", 2024)),
    ("no year at all", [said("tacl")], ("tacl", None)),
    ("one supporter", [supporting("iclr", 2024)], None),
    ("two supporters", [supporting("iclr", 2024), supporting("iclr", 2024, "crossref")], ("iclr", 2024)),
    ("one source twice", [supporting("iclr", 2024), supporting("iclr", 2024)], None),
    ("supporters of two years", [supporting("iclr", 2024), supporting("iclr", 2023, "crossref")], None),
    ("supporters of two venues", [supporting("iclr", 2024), supporting("icml", 2024, "crossref")], None),
    ("two against one", [supporting("icml", 2024), supporting("iclr", 2024, "b"), supporting("iclr", 2024, "c")], ("iclr", 2024)),
    (
        "two against two",
        [supporting("icml", 2024), supporting("icml", 2024, "b"), supporting("iclr", 2024, "c"), supporting("iclr", 2024, "d")],
        None,
    ),
    ("a supporter and a hint", [supporting("iclr", 2024), said("iclr", 2024, "arxiv", "hint")], None),
    ("two hints", [said("iclr", 2024, "arxiv", "hint"), said("iclr", 2024, "b", "hint")], None),
    ("nothing", [], None),
    ("only what is not understood", [said(None, 2024), said(None, 2024, "b", "supporting")], None),
    ("what is not understood beside a proof", [said(None, 2024, "b"), ICLR24], ("iclr", 2024)),
]  # fmt: skip


@pytest.mark.parametrize(("name", "evidence", "expected"), DECIDED, ids=[row[0] for row in DECIDED])
def test_decide__needs_an_authority_or_two_others(
    name: str, evidence: Sequence[Evidence], expected: tuple[str, int | None] | None
) -> None:
    """One uncontradicted authority or two agreeing others decide; all else is a suggestion at most."""
    got = decide(evidence, [], frozenset())
    assert got.decided is (expected is not None)
    if expected:
        assert (got.venue and got.venue.id, got.year) == expected
        assert got.winner in evidence


DATED: list[tuple[str, Sequence[Evidence], int | None, tuple[str, int | None] | None]] = [
    ("supporters with the preprint's year", [supporting("iclr", 2023), supporting("iclr", 2023, "openalex")], 2023, None),
    ("supporters with a later year", [supporting("iclr", 2024), supporting("iclr", 2024, "openalex")], 2023, ("iclr", 2024)),
    ("no preprint", [supporting("iclr", 2023), supporting("iclr", 2023, "openalex")], None, ("iclr", 2023)),
    ("proceedings online, nobody else", [said("icml", 2023, "crossref")], None, ("icml", None)),
    ("proceedings online, confirmed", [said("icml", 2023, "crossref"), supporting("icml", 2023)], None, ("icml", 2023)),
    ("confirmed by a preprint's year only", [said("icml", 2023, "crossref"), supporting("icml", 2023)], 2023, ("icml", None)),
    ("proceedings online against DBLP", [said("icml", 2023, "crossref"), said("icml", 2022)], None, ("icml", 2022)),
    ("proceedings online, and its echo", [said("icml", 2023, "crossref"), supporting("icml", 2023, "openalex")], None, ("icml", None)),
    ("proceedings online and its echo against DBLP", [said("icml", 2023, "crossref"), supporting("icml", 2023, "openalex"), said("icml", 2022)], None, ("icml", 2022)),
    ("an article, nobody else", [said("tpami", 2023, "crossref")], None, ("tpami", 2023)),
    ("an article, machines differ", [said("tpami", 2023, "crossref"), supporting("tpami", 2022)], None, ("tpami", None)),
    ("an article, the other year is the preprint's", [said("tpami", 2023, "crossref"), supporting("tpami", 2022)], 2022, ("tpami", 2023)),
    ("an article online and in its issue", [said("tpami", 2022, "crossref"), said("tpami", 2023)], None, ("tpami", 2023)),
    ("an article in quite another year", [said("tpami", 2020, "crossref"), said("tpami", 2023)], None, ("tpami", 2023)),
    ("two issues", [said("tpami", 2020), said("tpami", 2023, "acl")], None, None),
]  # fmt: skip
LOOSE = ("crossref", "semanticscholar", "openalex")


@pytest.mark.parametrize(
    ("name", "evidence", "preprint_year", "expected"), DATED, ids=[row[0] for row in DATED]
)
def test_decide__the_year_is_the_venues(
    name: str,
    evidence: Sequence[Evidence],
    preprint_year: int | None,
    expected: tuple[str, int | None] | None,
) -> None:
    """The day of going online and a preprint's year decide no conference's year, and a journal's with care."""
    loose = frozenset(e.text for e in evidence if e.origin.source in LOOSE)
    for mixed in (evidence, evidence[::-1]):
        got = decide(mixed, [], frozenset(), loose=loose, preprint_year=preprint_year)
        assert (got.decided, got.decided and (got.venue and got.venue.id, got.year)) == (
            expected is not None,
            expected or False,
        )


def test_decide__an_article_has_the_year_online_and_that_of_its_issue() -> None:
    """The list is right with either of the two, and wrong with a third."""
    online, issue = said("tpami", 2022, "crossref"), said("tpami", 2023)
    got = decide([online, issue], [], frozenset(), loose=frozenset({online.text}))
    assert (got.year, sorted(got.years)) == (2023, [2022, 2023])
    for year, status in ((2022, "agrees"), (2023, "agrees"), (2021, "wrong")):
        assert judge_entry(entry("TPAMI", year), got, None)[0] == status
    assert judge_entry(entry("arXiv", 2021), got, None)[0] == "outdated"


UNDATED = [
    (entry("arXiv", 2023), "suggested"),
    (entry(None, 2023), "suggested"),
    (entry("ICML", 2023), "suggested"),
    (entry("arXiv"), "outdated"),
    (entry("arXiv", 2023, "May 2023"), "outdated"),
    (entry("AAAI", 2023), "agrees"),
]


@pytest.mark.parametrize(("one", "status"), UNDATED)
def test_judge_entry__writes_no_venue_beside_a_year_that_may_not_be_its(one: Entry, status: str) -> None:
    """Where the venue's year is unknown, a year in the list may be the preprint's and would look decided."""
    assert judge_entry(one, Decision(by_id("aaai"), None, True, said("aaai")), None)[0] == status


def test_has_loose_year__only_a_printed_year_or_an_event_is_firm() -> None:
    """DBLP and the like date the venue; what publishers and machines date may be something else."""
    rows = [
        ("dblp", "ICML", "conf/icml", False),
        ("crossref", "Nature", "journal-article", True),
        ("crossref", "2021 IEEE/CVF International Conference on Computer Vision", "proceedings-article", False),
        ("crossref", "Proceedings of X", "proceedings-article|MM '23|MM '23: X", False),
        ("semanticscholar", "ICML", None, True),
        ("semanticscholar", "ICML 2024", None, False),
        ("openalex", "Nature", "article|journal|0028-0836", True),
    ]  # fmt: skip
    for source, venue, key, loose in rows:
        assert has_loose_year(Record(source, "q", WHEN, venue=venue, venue_key=key, year=2023)) is loose


def test_authority__every_source_has_its_block() -> None:
    """No source's word weighs anything by accident, and no block is for nobody."""
    from pipeline.sources import discover

    known = {*discover(), "crossref", "openalex", "datacite"}
    assert all(authority(source).rank < 99 for source in known)
    assert {s for s in known if authority(s).weight == "authoritative"} == {
        "acl",
        "openreview",
        "dblp",
        "crossref",
    }


def test_decide__nothing_is_not_even_a_suggestion() -> None:
    """Without a statement that is understood there is no winner."""
    assert decide([], [], frozenset()) == Decision()
    assert decide([said(None, 2024)], [], frozenset()).winner is None


def test_decide__a_dispute_is_told() -> None:
    """Authorities that contradict each other are kept for the report; the first is the suggestion."""
    got = decide([ICLR24, ICML24], [], frozenset())
    assert (got.decided, got.winner, got.dispute) == (False, ICLR24, (ICLR24, ICML24))


DISPUTED = [
    ("names the first", [entry("ICLR", 2024)], "iclr"),
    ("names the second", [entry("ICML", 2024)], "icml"),
    ("names it without a year", [entry("ICML")], "icml"),
    ("names it beside a date", [entry("ICML", 2023, "May 2023")], "icml"),
    ("names it of another year", [entry("ICML", 2023)], None),
    ("names a third", [entry("ACL", 2024)], None),
    ("names none", [entry(None, 2024)], None),
    ("names both, in two entries", [entry("ICML", 2024), entry("ICLR", 2024)], None),
    ("one of two entries names one", [entry("ICML", 2024), entry(None, 2024)], "icml"),
]


@pytest.mark.parametrize(("name", "entries", "venue"), DISPUTED, ids=[row[0] for row in DISPUTED])
@pytest.mark.parametrize("evidence", [[ICLR24, ICML24], [ICML24, ICLR24]])
def test_decide__the_list_is_right_if_it_names_one_of_two(
    name: str, entries: list[Entry], venue: str | None, evidence: list[Evidence]
) -> None:
    """If the list names a venue that an authoritative source gives, it agrees, whoever spoke first."""
    got = decide(evidence, entries, frozenset())
    assert (got.venue.id if got.decided and got.venue else None) == venue


def test_decide__a_disputed_venue_is_written_into_no_other_entry() -> None:
    """What one entry names settles that entry; another entry of the work is left alone."""
    one, other = entry("ICML", 2024), entry(None, 2024)
    got = decide([ICLR24, ICML24], [one, other], frozenset())
    assert judge_entry(one, got, None)[0] == "agrees"
    assert judge_entry(other, got, None)[0] == "suggested"
    assert judge_entry(entry("ACL", 2024), got, None)[0] == "suggested"


def test_decide__the_list_does_not_settle_a_dispute_of_years_without_a_year() -> None:
    """A list that names the conference but no year leaves two stated years in dispute."""
    assert not decide([ICLR24, ICLR23], [entry("ICLR")], frozenset()).decided
    assert decide([ICLR24, ICLR23], [entry("ICLR", 2023)], frozenset()).year == 2023


CVPR22, TPAMI23 = said("cvpr", 2022), said("tpami", 2023, "crossref")
WORKSHOP22 = said("cvpr-workshop", 2022, "crossref")
LINKED = [
    ("a conference paper", [CVPR22, TPAMI23], [CVPR22], "cvpr"),
    ("an article", [CVPR22, TPAMI23], [TPAMI23], "tpami"),
    ("a paper of two words", [CVPR22, said("cvpr", 2022, "acl"), TPAMI23], [CVPR22], "cvpr"),
    ("both, in two links", [CVPR22, TPAMI23], [CVPR22, TPAMI23], None),
    ("neither: a preprint", [CVPR22, TPAMI23], [], None),
    ("a workshop's version", [CVPR22, WORKSHOP22], [WORKSHOP22], None),
    ("years of one venue", [CVPR22, said("cvpr", 2023, "acl")], [CVPR22], None),
]


@pytest.mark.parametrize(("name", "evidence", "linked", "venue"), LINKED, ids=[row[0] for row in LINKED])
def test_decide__a_list_that_links_to_one_of_two_publications_means_that_one(
    name: str, evidence: list[Evidence], linked: list[Evidence], venue: str | None
) -> None:
    """A conference paper and its article differ; a lesser version, or a dispute about one venue, is another matter."""
    for mixed in (evidence, evidence[::-1]):
        got = decide(mixed, [entry("arXiv", 2021)], frozenset(), linked=frozenset(e.text for e in linked))
        assert (got.venue.id if got.decided and got.venue else None) == venue


def test_decide__the_word_of_the_list_goes_before_its_link() -> None:
    """If the list names a venue that an authoritative source gives, it agrees, whatever its link is of."""
    got = decide([CVPR22, TPAMI23], [entry("TPAMI", 2023)], frozenset(), linked=frozenset({CVPR22.text}))
    assert got.venue is not None
    assert (got.venue.id, got.decided) == ("tpami", True)


SUBMITTED = [
    ("rejected", "ICLR.cc/2024/Conference/Rejected_Submission", "rejected", ("iclr", 2024)),
    ("withdrawn", "ICLR.cc/2024/Conference/Withdrawn_Submission", "withdrawn", ("iclr", 2024)),
    ("under review", "ICLR.cc/2024/Conference/Submission", "submitted", ("iclr", 2024)),
    ("by its display text", "ICLR.cc/2024/Conference", "rejected", ("iclr", 2024)),
    ("accepted", "ICLR.cc/2024/Conference", "accepted", None),
    ("imported", "dblp.org/conf/ICLR/2024", "imported", None),
    ("unknown", "Zzz/2024/Conference/Rejected_Submission", "rejected", None),
]


@pytest.mark.parametrize(("name", "key", "status", "expected"), SUBMITTED, ids=[row[0] for row in SUBMITTED])
def test_denial__who_did_not_accept(
    name: str, key: str, status: str, expected: tuple[str, int | None] | None
) -> None:
    """A submission that was not accepted denies its conference, and nothing else denies any."""
    got = denial(Record("openreview", "openreview:abc", WHEN, venue_key=key, status=status))
    assert (got and (got.venue, got.year)) == expected
    assert denial(Record("arxiv", "arxiv:2401.00001", WHEN, venue_key=key, status=status)) is None


def test_denial__is_of_machines_and_of_that_year_or_before() -> None:
    """What decides alone stands, as does a later try, and what a workshop of the conference said."""
    no = Denial("iclr", 2024)
    assert no.contradicts(supporting("iclr", 2024))
    assert no.contradicts(supporting("iclr", None))
    assert no.contradicts(supporting("iclr", 2023))
    assert not no.contradicts(supporting("iclr", 2025))
    assert not no.contradicts(supporting("iclr-workshop", 2024))
    assert not no.contradicts(said("iclr", 2024))


DOUBTFUL = [
    ("a doubtful authority", [ICLR24], [ICLR24], None),
    ("a doubtful supporter", [supporting("iclr", 2024), supporting("iclr", 2024, "b")], [supporting("iclr", 2024)], None),
    ("a doubtful one against a firm one", [ICLR24, ICML24], [ICLR24], "icml"),
    ("a doubtful one beside two supporters", [ICLR24, supporting("icml", 2024), supporting("icml", 2024, "b")], [ICLR24], "icml"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "evidence", "doubted", "venue"), DOUBTFUL, ids=[row[0] for row in DOUBTFUL])
def test_decide__another_title_and_other_people_only_suggest(
    name: str, evidence: list[Evidence], doubted: list[Evidence], venue: str | None
) -> None:
    """Where title and author list of the published version both differ, it decides nothing."""
    got = decide(evidence, [], frozenset(e.text for e in doubted))
    assert (got.venue.id if got.decided and got.venue else None) == venue
    assert got.winner is not None


STATEMENTS = st.lists(
    st.builds(
        said,
        st.sampled_from(["iclr", "icml", "icml-workshop", "emnlp", "emnlp-findings", "tacl", None]),
        st.sampled_from([2023, 2024, None]),
        st.sampled_from(["dblp", "acl", "semanticscholar"]),
        st.sampled_from(["authoritative", "series", "supporting", "hint"]),
    ),
    max_size=5,
)
LISTED = st.lists(
    st.builds(entry, st.sampled_from(["ICLR", "ICML", "EMNLP", None]), st.sampled_from([2023, 2024, None])),
    max_size=2,
)


def outcome(got: Decision) -> tuple[Any, ...]:
    """What of a decision must not depend on who spoke first."""
    return got.decided, got.decided and (got.venue, got.year), got.winner is None


@given(STATEMENTS, LISTED, st.randoms(use_true_random=False), st.sets(st.integers(0, 4)))
def test_decide__does_not_depend_on_the_order(
    evidence: list[Evidence], entries: list[Entry], random: Any, doubted: set[int]
) -> None:
    """Whoever answers first, and wherever the entries stand, the decision is the same."""
    doubtful = frozenset(e.text for n, e in enumerate(evidence) if n in doubted)
    expected = outcome(decide(evidence, entries, doubtful))
    mixed, others = random.sample(evidence, len(evidence)), random.sample(entries, len(entries))
    assert outcome(decide(mixed, others, doubtful)) == expected
    assert outcome(decide([*evidence, *evidence], entries, doubtful)) == expected


@given(STATEMENTS, LISTED)
def test_decide__invents_nothing(evidence: list[Evidence], entries: list[Entry]) -> None:
    """Venue and year of a decision were both stated, and a suggestion is a statement as it stands."""
    got = decide(evidence, entries, frozenset())
    if got.winner is None:
        assert (got.venue, got.year, got.decided) == (None, None, False)
    else:
        assert got.venue is not None
        assert got.venue.id in {e.venue for e in evidence}
        assert got.year is None or got.year in {e.year for e in evidence}
        assert got.winner in evidence


# What it means for the list


def decided(venue: str, year: int | None, weight: Any = "authoritative") -> Decision:
    """A decision that rests on one statement."""
    return Decision(by_id(venue), year, True, said(venue, year, weight=weight))


EMNLP23, NEURIPS23 = decided("emnlp", 2023), decided("neurips", 2023)
JUDGED: list[tuple[str, Entry, Decision, str]] = [
    # agrees
    ("acronym", entry("EMNLP", 2023), EMNLP23, "agrees"),
    ("full name", entry("Empirical Methods in Natural Language Processing", 2023), EMNLP23, "agrees"),
    ("other capitals", entry("emnlp", 2023), EMNLP23, "agrees"),
    ("other spaces", entry("  EMNLP ", 2023), EMNLP23, "agrees"),
    ("no year", entry("EMNLP"), EMNLP23, "agrees"),
    ("a date beside it", entry("EMNLP", 2022, "Dec 2022"), EMNLP23, "agrees"),
    ("no year decided", entry("TACL", 2023), decided("tacl", None), "agrees"),
    ("track: Industry", entry("EMNLP Industry", 2023), EMNLP23, "agrees"),
    ("track: Demo", entry("EMNLP (Demo)", 2023), EMNLP23, "agrees"),
    ("track: Datasets and Benchmarks", entry("NeurIPS Datasets and Benchmarks", 2023), NEURIPS23, "agrees"),
    ("track: Oral", entry("ICLR Oral", 2024), decided("iclr", 2024), "agrees"),
    ("track: Poster", entry("ICLR (Poster)", 2024), decided("iclr", 2024), "agrees"),
    ("Findings as such", entry("Findings of EMNLP", 2023), decided("emnlp-findings", 2023), "agrees"),
    ("a former name in its time", entry("NIPS", 2016), decided("neurips", 2016), "agrees"),
    ("a former name in its time, year unsaid", entry("NIPS"), decided("neurips", 2016), "agrees"),
    ("a former name, no year known", entry("NIPS"), decided("neurips", None), "agrees"),
    ("a joint meeting of that year", entry("COLING", 2024), decided("lrec-coling", 2024), "agrees"),
    ("a part of a proven series", entry("ICML Workshop", 2023), decided("icml", 2023, "series"), "agrees"),
    ("any workshop for a named one", entry("ACL Workshop", 2005), decided("ieevaluation", 2005), "agrees"),
    # nonstandard
    ("a former name, now", entry("NIPS", 2023), NEURIPS23, "nonstandard"),
    ("a series for the conference", entry("PMLR", 2024), decided("icml", 2024), "nonstandard"),
    # missing
    ("no venue", entry(None, 2023), EMNLP23, "missing"),
    ("neither venue nor year", entry(None, None), EMNLP23, "missing"),
    # outdated
    ("arXiv", entry("arXiv", 2023), EMNLP23, "outdated"),
    ("arXiv beside a date", entry("arXiv", 2022, "Dec 2022"), EMNLP23, "outdated"),
    ("arXiv, other capitals", entry("Arxiv", 2023), EMNLP23, "outdated"),
    ("CoRR", entry("CoRR", 2023), EMNLP23, "outdated"),
    ("preprint", entry("Preprint", 2023), EMNLP23, "outdated"),
    ("bioRxiv", entry("bioRxiv", 2023), EMNLP23, "outdated"),
    ("under review", entry("Under review at ICLR", 2024), EMNLP23, "outdated"),
    ("OpenReview", entry("OpenReview", 2023), EMNLP23, "outdated"),
    # wrong
    ("another conference", entry("ICML", 2023), EMNLP23, "wrong"),
    ("another journal", entry("JMLR", 2023), EMNLP23, "wrong"),
    ("a journal whose papers are shown there", entry("SIGGRAPH", 2023), decided("tog", 2023), "agrees"),
    ("another year", entry("EMNLP", 2022), EMNLP23, "wrong"),
    ("main for Findings", entry("EMNLP", 2023), decided("emnlp-findings", 2023), "wrong"),
    ("Findings for main", entry("Findings of EMNLP", 2023), EMNLP23, "wrong"),
    ("workshop for main", entry("ICML Workshop", 2023), decided("icml", 2023), "wrong"),
    ("main for workshop", entry("ICML", 2023), decided("icml-workshop", 2023), "wrong"),
    ("companion for main", entry("EMNLP Companion", 2023), EMNLP23, "wrong"),
    ("a series of another year", entry("PMLR", 2023), decided("icml", 2024), "wrong"),
    ("a former name of another year", entry("NIPS", 2022), NEURIPS23, "wrong"),
    # left to a person
    ("not understood", entry("Zzz Qqq", 2023), EMNLP23, "suggested"),
    ("a hub", entry("GitHub", 2023), EMNLP23, "suggested"),
    ("a blog", entry("OpenAI Blog", 2023), EMNLP23, "suggested"),
    ("a part of a proven series, another year", entry("ICML Workshop", 2022), decided("icml", 2023, "series"), "suggested"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "one", "decision", "status"), JUDGED, ids=[row[0] for row in JUDGED])
def test_judge_entry__what_contradicts(name: str, one: Entry, decision: Decision, status: str) -> None:
    """Another venue or year, Findings or workshop against main, and preprint labels do; tracks do not."""
    assert judge_entry(one, decision, None)[0] == status


@pytest.mark.parametrize("venue", ["Zzz Qqq", "GitHub"])
def test_judge_entry__tells_why_it_leaves_a_venue_to_a_person(venue: str) -> None:
    """The note quotes what stands in the list."""
    assert venue in (judge_entry(entry(venue, 2023), EMNLP23, None)[1] or "")


@pytest.mark.parametrize(
    "one",
    [entry(None, 2023), entry("EMNLP", 2022), entry("Findings of EMNLP", 2023), entry("arXiv", 2023)],
)
def test_judge_entry__a_suggestion_asks_for_no_edit(one: Entry) -> None:
    """What is not decided stays a suggestion, whatever else the list says."""
    undecided = Decision(by_id("emnlp"), 2023, False, said("emnlp", 2023))
    assert judge_entry(one, undecided, 2023)[0] == "suggested"


LIKEWISE = [
    ("the same words", entry("ICLR", 2021), [supporting("iclr", 2021)], "agrees"),
    ("without a year", entry("ICLR"), [supporting("iclr", 2021)], "agrees"),
    ("no year suggested", entry("ICLR", 2021), [supporting("iclr", None)], "agrees"),
    ("another year", entry("ICLR", 2020), [supporting("iclr", 2021)], "suggested"),
    ("another acronym", entry("NIPS", 2021), [supporting("neurips", 2021)], "suggested"),
    ("a part of the series", entry("Findings of ACL", 2021), [said("acl", 2021, weight="series")], "agrees"),
    ("one of two that disagree", entry("ICML", 2024), [said("iclr", 2024), said("icml", 2024, "acl")], "agrees"),
    ("none of them", entry("AAAI", 2024), [said("iclr", 2024), said("icml", 2024, "acl")], "suggested"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "one", "evidence", "status"), LIKEWISE, ids=[row[0] for row in LIKEWISE])
def test_judge_entry__nobody_is_asked_to_write_what_stands_there(
    name: str, one: Entry, evidence: list[Evidence], status: str
) -> None:
    """A list that says what is suggested agrees: there is nothing to decide for a person."""
    undecided = decide(evidence, [], frozenset())
    assert not undecided.decided
    assert judge_entry(one, undecided, None)[0] == status


UNPUBLISHED = [
    ("the preprint's year alone", entry(None, 2023), 2023, "agrees"),
    ("arXiv and its year", entry("arXiv", 2023), 2023, "agrees"),
    ("arXiv preprint and its year", entry("arXiv preprint", 2023), 2023, "agrees"),
    ("another year", entry("arXiv", 2022), 2023, "unknown"),
    ("no year", entry("arXiv"), 2023, "unknown"),
    ("a conference nobody confirms", entry("ICML", 2023), 2023, "unknown"),
    ("no preprint known", entry("arXiv", 2023), None, "unknown"),
    ("nothing at all", entry(), None, "unknown"),
]


@pytest.mark.parametrize(("name", "one", "year", "status"), UNPUBLISHED, ids=[row[0] for row in UNPUBLISHED])
def test_judge_entry__of_a_preprint(name: str, one: Entry, year: int | None, status: str) -> None:
    """A year-only preprint agrees with its first version's year; all else is unknown, never wrong."""
    assert judge_entry(one, Decision(), year)[0] == status


def test_judge_entry__a_decided_venue_always_agrees_with_itself() -> None:
    """Written as it is printed, with its year, every kind of venue agrees."""
    from pipeline.venues.rows import print_name
    from pipeline.venues.table import load_table

    published = ("conference", "findings", "workshop", "journal")
    for venue_id in [venue_id for venue_id, kind in load_table().kinds.items() if kind in published][::7]:
        decision = decided(venue_id, 2015)
        written = entry(print_name(by_id(venue_id)), 2015)
        assert judge_entry(written, decision, None)[0] in ("agrees", "suggested"), venue_id


@pytest.mark.parametrize(
    ("texts", "month"),
    [
        (["arxiv:2212.08073"], "2022-12"),
        (["doi:10.1/x", "arxiv:cs/0112017"], "2001-12"),
        (["acl:2023.emnlp-main.183"], None),
        ([], None),
    ],
)
def test_preprint_month__first_version(texts: list[str], month: str | None) -> None:
    """An arXiv id proves the month of the first version; a publication's id proves none."""
    assert preprint_month(map(identifier, texts)) == month
