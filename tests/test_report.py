"""The report and the findings: what a person is told, in what order, and that it cannot do harm."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from markdown_it import MarkdownIt

from pipeline.merging.links import LINK_NOTE
from pipeline.merging.verdicts import SKIPPED
from pipeline.model import (
    Badge,
    Entry,
    EntryVerdict,
    Evidence,
    Identifier,
    Link,
    Origin,
    Paper,
    ParsedList,
    Problem,
    Record,
)
from pipeline.rendering.edits import Edit, LeftAlone, Regenerated
from pipeline.report import Finding, build_report, findings, label

NONE = Regenerated({None: b""})


def entry(
    line: int, title: str, venue: str | None = None, year: int | None = None, **fields: object
) -> Entry:
    """An entry that stands on one line."""
    url = f"https://arxiv.org/abs/2301.{line:05}"
    values: dict[str, Any] = {
        "kind": "paper",
        "paper_url": url,
        "links": (Link("Paper", url, "paper"),),
    } | fields
    return Entry(
        f"e{line}", ("Part",), line, line, line, text="", title=title, venue_text=venue, year=year, **values
    )


def paper(line: int, status: Any = "agrees", **fields: Any) -> Paper:
    """The paper of the entry on a line; `link` and `duplicate_of` go into its verdict."""
    link, duplicate = fields.pop("link", "ok"), fields.pop("duplicate_of", None)
    asked = (
        {"venue": fields.get("venue"), "year": fields.get("year")} if status in ("wrong", "missing") else {}
    )
    verdict = EntryVerdict(f"e{line}", status, link, duplicate, **asked)  # type: ignore[arg-type]
    values: dict[str, Any] = {"identifiers": (Identifier("arxiv", f"2301.{line:05}"),)} | fields
    return Paper(f"arxiv:2301.{line:05}", (f"e{line}",), verdicts=(verdict,), **values)


def proof(venue: str, year: int, text: str) -> tuple[Evidence, ...]:
    """One authoritative statement."""
    return (Evidence(Origin("identifier"), venue, year, text, "authoritative"),)


FINDINGS_PROOF = proof("emnlp-findings", 2023, "ACL Anthology id 2023.findings-emnlp.710")
FINDINGS = {
    "venue": "Findings of EMNLP",
    "venue_id": "emnlp-findings",
    "year": 2023,
    "decided": True,
    "evidence": FINDINGS_PROOF,
}

PARSED = ParsedList(
    "demo",
    "data/raw/demo.md",
    (
        entry(5, "A Paper of the Findings", "EMNLP", 2023),
        entry(6, "A Paper of an Unsure Year", "ICML", 2022),
        entry(7, "A Paper of the Findings", "EMNLP", 2023),
        entry(8, "A Paper Behind a Dead Link", None, 2023),
        entry(9, "A Tool", kind="other"),
    ),
    (Badge("papers", 9, 3, (0, 1)),),
    (Problem(2, "empty link", "the link [Paper Link] is empty"),),
    (Problem(11, "shape", "1) Something: else"),),
)
PAPERS = [
    paper(5, "wrong", **FINDINGS),
    paper(6, "suggested", suggestion=Evidence(Origin("crossref"), "icml", 2023, 'Crossref: "ICML" 2023')),
    paper(7, "wrong", **FINDINGS, duplicate_of="e5", link="unverified"),
    paper(8, "unknown", link="pseudo_doi", identifiers=(), sources=("arxiv", "dblp")),
    paper(9, "unknown", link=None, identifiers=(), kind="other"),
]
REGENERATED = Regenerated(
    {None: b""},
    (
        Edit(3, None, "badge", (0, 1), "9", "4", "4 distinct works in 5 entries"),
        Edit(
            5,
            "e5",
            "venue",
            (9, 14),
            "EMNLP",
            "Findings of EMNLP",
            "ACL Anthology id 2023.findings-emnlp.710",
        ),
    ),
    (LeftAlone(7, "e7", "nothing shows that its link leads to the paper meant"),),
)

EXPECTED = """\
# demo: the list and the facts

| entries | papers | distinct works | changed | suggested | duplicates | unresolved | broken links |
| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
| 5 | 4 | 4 | 1 | 1 | 1 | 1 | 2 |

Badge: 9 -> 4 (4 distinct works in 5 entries).

Sources, and works they know: arXiv (1), dblp (1).

<details><summary>Changed (1)</summary>

- [line 5](demo.md?plain=1#L5): A Paper of the Findings: EMNLP 2023 -> Findings of EMNLP 2023: \
ACL Anthology id 2023.findings-emnlp.710

</details>

<details><summary>Decided otherwise, but left alone (1)</summary>

- [line 7](demo.md?plain=1#L7): A Paper of the Findings: EMNLP 2023 -> Findings of EMNLP 2023: \
ACL Anthology id 2023.findings-emnlp.710; nothing shows that its link leads to the paper meant

</details>

<details><summary>Suggested, for a person to decide (1)</summary>

- [line 6](demo.md?plain=1#L6): A Paper of an Unsure Year: ICML 2022 -> ICML 2023?: Crossref: "ICML" 2023

</details>

<details><summary>Links that need a person (3)</summary>

- [line 2](demo.md?plain=1#L2): the link \\[Paper Link\\] is empty
- [line 7](demo.md?plain=1#L7): A Paper of the Findings: https://arxiv.org/abs/2301.00007: \
nothing in the entry shows that this is the paper meant
- [line 8](demo.md?plain=1#L8): A Paper Behind a Dead Link: 10.5555/... is not a DOI and resolves nowhere; \
link the paper itself

</details>

<details><summary>Duplicates (1)</summary>

- [line 7](demo.md?plain=1#L7): A Paper of the Findings: the same work as line 5

</details>

<details><summary>Not resolved to a paper (1)</summary>

- [line 8](demo.md?plain=1#L8): A Paper Behind a Dead Link: no identifier is known: \
none in its links, and its title was not searched for yet

</details>

<details><summary>Lines not read (1)</summary>

- [line 11](demo.md?plain=1#L11): looks like an entry, was not read: 1) Something: else

</details>

"""


def test_build_report__whole() -> None:
    """Counts first, then the groups that are not empty, each thing with its line and its evidence."""
    assert build_report(PARSED, PAPERS, REGENERATED, titles={"arxiv": "arXiv"}) == EXPECTED


def test_build_report__nothing_to_say() -> None:
    """A list that agrees with everything has a short report; without sources it says so."""
    parsed = ParsedList("demo", "demo.md", (entry(1, "Fine", "ICML", 2023),))
    report = build_report(parsed, [paper(1)], NONE)
    assert "<details>" not in report
    assert "none has answered so far" in report


def test_build_report__link_to_the_list() -> None:
    """Lines lead to the list where the caller says it is."""
    report = build_report(PARSED, PAPERS, REGENERATED, list_link="../../raw/my list.md")
    assert "[line 5](../../raw/my%20list.md?plain=1#L5)" in report


def test_build_report__foreign_text_is_inert() -> None:
    """Titles and sources can neither add markup, nor break a line, nor mention anybody, nor be unwritable."""
    evil = "</details> <script>x</script> [a](http://x) @team `b` \x1b[31m \u202e\nnew \udcff"
    parsed = ParsedList("demo", "demo.md", (entry(1, evil, evil, 2020),), (), (Problem(1, "odd", evil),))
    report = build_report(parsed, [paper(1, "wrong", venue=evil, year=2021, link="nonexistent")], NONE)
    page = MarkdownIt("commonmark").render(report.encode().decode())
    assert "<script" not in page
    assert 'href="http://x"' not in page
    assert "\x1b" not in report
    assert "\u202e" not in report
    assert " @team" not in report
    assert page.count("<details>") == page.count("</details>") == report.count("<details>")


def test_build_report__what_sources_took_back() -> None:
    """Counts held back and papers no longer found are told, for the papers of this list only."""
    records = [
        Record("semanticscholar", "arxiv:2301.00001", "2026-01-01T00:00:00Z", citation_count=90, held_back=3),
        Record("dblp", "arxiv:2301.00001", "2026-01-01T00:00:00Z", missing_since="2026-02-03T04:05:06Z"),
        Record("dblp", "arxiv:2301.99999", "2026-01-01T00:00:00Z", held_back=0),
    ]
    parsed = ParsedList("demo", "demo.md", (entry(1, "Fine", "ICML", 2023),))
    names = {"semanticscholar": "Semantic Scholar", "dblp": "DBLP"}
    report = build_report(parsed, [paper(1, title="Fine")], NONE, records=iter(records), titles=names)
    assert "- Fine: Semantic Scholar now says 3, was 90\n" in report
    assert "- Fine: DBLP, since 2026-02-03; its values are kept\n" in report
    assert "2301.99999" not in report
    assert "says 0" not in report


def test_build_report__venue_strings_not_understood() -> None:
    """Counted, the frequent ones first, each at its first entry and with what comes nearest."""
    texts = {1: "Xyzzy Gazette", 2: "ICRL", 3: "Xyzzy Gazette"}
    entries = tuple(entry(line, f"T{line}", text, 2020) for line, text in texts.items())
    report = build_report(ParsedList("demo", "demo.md", entries), [], NONE)
    rows = [line.partition(": ")[2] for line in report.splitlines() if "not understood:" in line]
    assert rows[0] == "T1: venue not understood: Xyzzy Gazette (2 times)"
    assert re.fullmatch(r"T2: venue not understood: ICRL; nearest: ICLR, .*", rows[1])
    assert rows[2:] == []


def test_build_report__without_links() -> None:
    """Where it will not lie beside the list, lines are named in plain text."""
    assert build_report(PARSED, PAPERS, REGENERATED, linked=False) == re.sub(
        r"\[(line \d+)\]\([^()]*\)", r"\1", build_report(PARSED, PAPERS, REGENERATED)
    )
    files = replace(PARSED, files=("a.md",), entries=tuple(replace(e, file="a.md") for e in PARSED.entries))
    assert "- a.md line 7: " in build_report(files, PAPERS, REGENERATED, linked=False)


def test_build_report__overrides_that_need_a_person() -> None:
    """At their own place, by the name of their file: the report is the same wherever the list lies."""
    report = build_report(
        PARSED, PAPERS, REGENERATED, overrides=[("data/raw/demo.yaml:3", "the override ...")]
    )
    assert (
        "<summary>Overrides that need a person (1)</summary>\n\n- demo.yaml:3: the override ...\n" in report
    )


@pytest.mark.parametrize(
    ("title", "link", "searched", "said"),
    [
        ("T", None, (), "none in its links, and its title was not searched for yet"),
        ("T", None, ("title:t",), "none in its links, and no title search has found it"),
        ("T", "wrong_paper", (), "its link leads to another paper, and its title was not searched for yet"),
        ("T", "nonexistent", ("title:t",), "what its link names does not exist, and no title search has found it"),
        (None, None, (), "none in its links, and it shows no title to search for"),
    ],
)  # fmt: skip
def test_findings__why_no_identifier_is_known(
    title: str | None, link: str | None, searched: tuple[str, ...], said: str
) -> None:
    """Only what was tried is said to have failed."""
    parsed = ParsedList("d", "d.md", (replace(entry(1, "T"), title=title),))
    found = findings(parsed, [paper(1, link=link, identifiers=())], searched)
    (text,) = (one.text for one in found if one.code == "unresolved")
    assert text.endswith(f": no identifier is known: {said}")


def test_findings__a_string_to_be_replaced_needs_no_alias() -> None:
    """A series in the venue's place (PMLR) is not reported beside the venue that replaces it, or may."""
    parsed = ParsedList("d", "d.md", (entry(1, "T", "PMLR", 2024),))
    assert [one.code for one in findings(parsed, [])] == ["unknown_venue"]
    assert [one.code for one in findings(parsed, [paper(1, "wrong", venue="ICML", year=2024)])] == [
        "wrong_venue"
    ]
    assert [one.code for one in findings(parsed, [paper(1, "suggested")])] == ["suggested"]


def test_findings__codes_and_severities() -> None:
    """Each thing has its line, its code and a severity; false statements and dead ends are errors."""
    assert [(one.line, one.code, one.severity) for one in findings(PARSED, PAPERS)] == [
        (2, "empty_link", "warning"),
        (3, "badge", "warning"),
        (5, "wrong_venue", "error"),
        (6, "suggested", "info"),
        (7, "duplicate", "warning"),
        (7, "unverified", "info"),
        (7, "wrong_venue", "error"),
        (8, "pseudo_doi", "warning"),
        (8, "unresolved", "warning"),
        (11, "unread", "info"),
    ]


@pytest.mark.parametrize(
    ("fields", "code", "severity"),
    [
        ({"link": "wrong_paper"}, "wrong_paper", "error"),
        ({"link": "nonexistent"}, "nonexistent", "error"),
        ({"link": "empty"}, "empty_link", "warning"),
        ({"link": "retitled", "title": "New"}, "retitled", "info"),
        ({"status": "retracted"}, "retracted", "error"),
        ({"status": "withdrawn"}, "withdrawn", "warning"),
    ],
)
def test_findings__of_one_entry(fields: dict[str, Any], code: str, severity: str) -> None:
    """What sources say about an entry's link or its paper becomes one finding."""
    state = fields.pop("status", None)
    found = findings(ParsedList("d", "d.md", (entry(1, "T"),)), [paper(1, **fields)])
    if state:
        one = Paper(
            "x:1",
            ("e1",),
            (Identifier("doi", "10.1/x"),),
            status=str(state),
            verdicts=(EntryVerdict("e1", "unknown"),),
        )
        found = findings(ParsedList("d", "d.md", (entry(1, "T"),)), [one])
    assert [(one.code, one.severity, one.entry_id) for one in found] == [(code, severity, "e1")]


def test_findings__a_retraction_by_one_source_is_a_suspicion() -> None:
    """One source alone is named and not believed."""
    one = replace(paper(1, "unknown"), also={"status": (Origin("openalex"),)})
    (found,) = findings(ParsedList("d", "d.md", (entry(1, "T"),)), [one])
    assert (found.code, found.severity) == ("maybe_retracted", "warning")
    assert "openalex" in found.text


def test_findings__what_a_person_decided_beside_the_venue() -> None:
    """Identifiers and skipped entries are shown as a person's word."""
    given = replace(paper(1, "unknown"), provenance={"identifiers": Origin("override")})
    skipped = replace(paper(2, "unknown"), verdicts=(EntryVerdict("e2", "unknown", notes=(SKIPPED,)),))
    found = findings(ParsedList("d", "d.md", (entry(1, "T"), entry(2, "U"))), [given, skipped])
    assert [(one.line, one.code) for one in found] == [(1, "overridden"), (2, "overridden")]
    assert str(given.identifiers[0]) in found[0].text


def test_findings__what_a_person_decided_and_the_list_says_is_no_change() -> None:
    """After it was written into the list, it stands there without an arrow."""
    decided = [paper(n, "overridden", venue="ICML", year=2024) for n in (1, 2)]
    entries = (entry(1, "T", "ICML", 2024), entry(2, "U", "ICLR", 2024))
    done, open_ = findings(ParsedList("d", "d.md", entries), decided)
    assert done.text.startswith("T: ICML 2024: ")
    assert open_.text.startswith("U: ICLR 2024 -> ICML 2024: ")


def test_build_report__says_why_an_override_was_not_written() -> None:
    """Beside what the person decided: nobody looks for it elsewhere."""
    parsed = ParsedList("d", "d.md", (entry(1, "T"),))
    left = Regenerated({None: b""}, (), (LeftAlone(1, "e1", "it has no place for a venue"),))
    report = build_report(parsed, [paper(1, "overridden", venue="ICML", year=2024)], left)
    assert re.search(r"T: no venue -.*ICML 2024: .*; it has no place for a venue", report)


def test_findings__a_wrong_link_says_what_it_leads_to() -> None:
    """The link and the title behind it, not only that it is wrong."""
    note = f'{LINK_NOTE}arxiv:1706.03762 is "Attention Is All You Need"'
    one = replace(paper(1), verdicts=(EntryVerdict("e1", "unknown", "wrong_paper", notes=(note,)),))
    (found,) = findings(ParsedList("d", "d.md", (entry(1, "T"),)), [one])
    assert found.text == f"T: {note}"


def test_findings__a_shared_link_is_told_once() -> None:
    """Two papers with one link: the suspicion is told, not also that nothing shows which is meant."""
    link = Link("Paper", "https://arxiv.org/abs/2305.16291", "paper")
    entries = [replace(entry(n, title), links=(link,)) for n, title in ((1, "FireAct"), (2, "Voyager"))]
    papers = [paper(n, "unknown", link="unverified") for n in (1, 2)]
    found = findings(ParsedList("d", "d.md", tuple(entries)), papers)
    assert [(one.line, one.code, one.severity) for one in found] == [
        (1, "shared_link", "warning"),
        (2, "shared_link", "warning"),
    ]


def test_findings__a_wrong_link_is_told_once() -> None:
    """That it leads to another paper says more than that it stands at another entry too."""
    link = Link("Paper", "https://arxiv.org/abs/2305.16291", "paper")
    entries = [replace(entry(n, title), links=(link,)) for n, title in ((1, "FireAct"), (2, "Voyager"))]
    papers = [paper(1, "unknown", link="wrong_paper"), paper(2, "unknown", link="ok")]
    found = findings(ParsedList("d", "d.md", tuple(entries)), papers)
    assert [(one.line, one.code) for one in found] == [(1, "wrong_paper")]


def test_findings__a_label_that_lies() -> None:
    """Told from the list alone."""
    lying = replace(entry(1, "T"), links=(Link("arXiv", "https://github.com/x/y", "code"),))
    (found,) = findings(ParsedList("d", "d.md", (lying,)), [])
    assert (found.code, found.severity) == ("lying_label", "warning")


def test_findings__an_empty_link_is_told_once() -> None:
    """What the reader saw on an entry's line and what became of its link are one finding."""
    parsed = ParsedList(
        "d", "d.md", (entry(1, "T"),), (), (Problem(1, "empty link", "the link leads nowhere"),)
    )
    assert [one.text for one in findings(parsed, [paper(1, link="empty")])] == ["the link leads nowhere"]


def test_findings__without_a_dataset() -> None:
    """From the list alone: what the reader saw, and nothing about badges, which need the works."""
    assert {one.code for one in findings(PARSED, [])} == {"empty_link", "unread"}


def test_findings__text_is_one_plain_line() -> None:
    """A finding goes to a terminal: no control characters, no line breaks."""
    parsed = ParsedList("d", "d.md", (), (), (Problem(1, "odd", "a\x1b[31m\nb\udc80"),))
    assert findings(parsed, []) == [Finding("warning", 1, "odd", "a\ufffd[31m b\ufffd")]


def test_label__is_short() -> None:
    """A very long title is cut for messages."""
    assert label(entry(1, "word " * 40)).endswith("…")
    assert len(label(entry(1, "word " * 40))) <= 90
