"""Rendering: the bytes that change, the bytes that must not, and what is refused.

Most tests read with `read_lines`, a reader of one plain layout that shares no code with the program, so
that they say what rendering does whatever the real reader understands; the last part uses the real one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import SafetyError, UsageError
from pipeline.model import Badge, Entry, EntryVerdict, Evidence, Link, Origin, Paper, ParsedList, Role, Span
from pipeline.reader import read_list
from pipeline.reading.page import own_title
from pipeline.rendering.badges import distinct_works
from pipeline.rendering.edits import Edit, Regenerated, splice, unified_diff
from pipeline.rendering.regenerating import regenerate
from pipeline.rendering.shapes import DEFAULT_SHAPE, read_shape
from pipeline.rendering.uniform import uniform

_LINE = re.compile(
    rb'^(?P<lead>\d+\. )(?:<u>(?P<short>[^<\n]*)</u>: )?\*\*"?(?P<title>.*?)"?\*\*\. '
    rb"\*(?P<authors>[^*\n]*)\*(?P<where>[^\n]*?)\.? \[\[(?P<label>\w+)\]\((?P<url>\S*)\)\]",
    re.MULTILINE,
)
_BADGE = re.compile(rb"badge/papers-(\d+)-")
_DATE = re.compile(rb"(?:19|20)\d\d[./-]\d\d")
_YEAR = re.compile(rb"(?<!\d)(?:19|20)\d\d(?!\d)|(?<=['\x99])\d\d(?!\d)")


def read_lines(data: bytes) -> ParsedList:
    """A plain reader for tests: numbered lines, bold title, italic authors, venue and year, one link."""
    entries, names = [], set()
    for ordinal, match in enumerate(_LINE.finditer(data), start=1):
        entry = _entry(data, match, ordinal)
        entry_id = entry.entry_id if entry.entry_id not in names else f"{entry.entry_id}-{ordinal}"
        names.add(entry_id)
        entries.append(replace(entry, entry_id=entry_id))
    badges = [
        Badge("papers", int(found[1]), data.count(b"\n", 0, found.start()) + 1, found.span(1))
        for found in _BADGE.finditer(data)
    ]
    return ParsedList("demo", "data/raw/demo.md", tuple(entries), tuple(badges))


def _entry(data: bytes, match: re.Match[bytes], ordinal: int) -> Entry:
    start, end = match.span("where")
    venue, year, date = _where(data, start, end)
    text = {
        name: data[slice(*span)].decode() for name, span in (("v", venue), ("y", year), ("d", date)) if span
    }
    line = data.count(b"\n", 0, match.start()) + 1
    written = text.get("y") or (text["d"][:4] if "d" in text and "v" not in text else None)
    return Entry(
        entry_id=re.sub(r"\W+", "-", match["title"].decode("utf-8", "replace").lower()).strip("-")
        or "untitled",
        section=tuple(re.findall(r"(?m)^## (.*)", data[: match.start()].decode("utf-8", "replace"))[-1:]),
        ordinal=ordinal,
        first_line=line,
        last_line=line,
        kind="paper" if match["label"] == b"Paper" else "other",
        text=match.group().decode("utf-8", "surrogateescape"),
        title=match["title"].decode("utf-8", "surrogateescape"),
        short_name=match["short"].decode() if match["short"] else None,
        authors=tuple(match["authors"].decode().replace(" et al.", "").split(", ")),
        et_al=b"et al." in match["authors"],
        venue_text=text.get("v", "").replace("\\", "").replace("**", "") or None,
        year=int(written if len(written) == 4 else f"20{written}") if written else None,
        date_text=text.get("d"),
        links=(Link("Paper", match["url"].decode(), "paper"),),
        layout="line",
        spans={name: span for name, span in (("venue", venue), ("year", year), ("date", date)) if span},
    )


def _where(data: bytes, start: int, end: int) -> tuple[Span | None, Span | None, Span | None]:
    """The spans of venue, year and date between the authors and the link."""
    date = _DATE.search(data, start, end)
    year = None if date else _YEAR.search(data, start, end)
    dated = date or year
    middle = dated.span() if dated else (end, end)
    for a, b in ((start, middle[0]), (middle[1], end)):
        found = re.search(rb"[^\s,.()'|\x80-\xff][^\n]*?(?=[\s,.()'|\xe2\x80\x99]*$)", data[a:b])
        if found:
            venue = (a + found.start(), a + found.end())
            return venue, year.span() if year else None, date.span() if date else None
    return None, year.span() if year else None, date.span() if date else None


FILLER = "".join(
    f'{n}. **"Filler Number {n}"**. *Ann Lee et al.* ICLR 2020. [[Paper](https://arxiv.org/abs/2001.0000{n})]\n'
    for n in range(2, 6)
)


def line_of(where: str, *, label: str = "Paper", url: str = "https://arxiv.org/abs/2001.00001") -> str:
    """One entry whose venue and year are written as `where`."""
    return f'1. <u>One</u>: **"The First Paper"**. *Ann Lee et al.* {where} [[{label}]({url})]\n'


def paper_of(
    entry_id: str = "the-first-paper",
    status: str = "wrong",
    venue: str | None = None,
    year: int | None = None,
    link: str | None = "ok",
    duplicate_of: str | None = None,
) -> Paper:
    """A paper with one verdict."""
    verdict = EntryVerdict(entry_id, status, link, duplicate_of, venue, year)  # type: ignore[arg-type]
    proof = Evidence(Origin("identifier"), "icml", year, "PMLR volume 235", "authoritative")
    return Paper(
        f"title:{entry_id}",
        (entry_id,),
        venue=venue,
        venue_id="icml",
        year=year,
        decided=True,
        evidence=(proof,),
        verdicts=(verdict,),
    )


def render(where: str, paper: Paper, *, rest: str = FILLER) -> tuple[str, Regenerated]:
    """What becomes of an entry written as `where`, and the whole result."""
    data = (line_of(where) + rest).encode()
    result = regenerate(data, read_lines(data), [paper], edits=["venue"], reread=read_lines)
    after = result.data.decode().split("\n")[0]
    start, end = line_of("\x00").rstrip("\n").split("\x00")
    assert after.startswith(start)
    assert after.endswith(end)
    assert result.data.decode().partition("\n")[2] == rest
    return after[len(start) : len(after) - len(end)], result


@pytest.mark.parametrize(
    ("before", "status", "venue", "year", "after"),
    [
        ("NeurIPS, 2024.", "wrong", "NeurIPS", 2023, "NeurIPS, 2023."),
        ("neurips 2024.", "wrong", "NeurIPS", 2023, "neurips 2023."),
        ("Neural Information Processing Systems 2024.", "wrong", "NeurIPS", 2023,
         "Neural Information Processing Systems 2023."),
        ("NeurIPS Oral 2024.", "wrong", "NeurIPS", 2023, "NeurIPS Oral 2023."),
        ("NIPS Oral 2023.", "nonstandard", "NeurIPS", 2023, "NeurIPS Oral 2023."),
        ("ACL2021.", "wrong", "Findings of ACL", 2021, "Findings of ACL 2021."),
        ("NIPS2023.", "nonstandard", "NeurIPS", 2023, "NeurIPS2023."),
        ("2023.", "missing", "Findings of ACL", 2024, "Findings of ACL 2024."),
        ("2022.", "missing", "NeurIPS", 2022, "NeurIPS 2022."),
        ("(2023).", "missing", "ICML", 2024, "(ICML 2024)."),
        ("Arxiv 2023.", "outdated", "ICLR", 2024, "ICLR 2024."),
        ("arXiv preprint 2023.", "outdated", "ICLR", 2024, "ICLR 2024."),
        ("PMLR 2024.", "nonstandard", "ICML", 2024, "ICML 2024."),
        ("NIPS 2023", "nonstandard", "NeurIPS", 2023, "NeurIPS 2023"),
        ("NIPS'23.", "nonstandard", "NeurIPS", 2023, "NeurIPS'23."),
        ("ICML'24.", "wrong", "ICML", 2023, "ICML'23."),
        ("ICML’24.", "wrong", "NeurIPS", 2023, "NeurIPS’23."),
        ("**EMNLP** 2023.", "wrong", "Findings of EMNLP", 2023, "**Findings of EMNLP** 2023."),
        ("2024, ICML.", "wrong", "ICML", 2023, "2023, ICML."),
        ("ICML.", "wrong", "NeurIPS", 2023, "NeurIPS."),
        ("ICML 2023.", "overridden", "My *Own* Workshop", 2024, "My \\*Own\\* Workshop 2024."),
        ("ICML 2023.", "overridden", None, 2024, "ICML 2024."),
        ("arXiv 2024.03.", "outdated", "ICLR", 2024, "ICLR 2024.03."),
        ("ICML 2023.", "agrees", None, None, "ICML 2023."),
        ("ICML 2023.", "suggested", None, None, "ICML 2023."),
    ],
)  # fmt: skip
def test_regenerate__keeps_the_notation(
    before: str, status: str, venue: str | None, year: int | None, after: str
) -> None:
    """A verdict becomes bytes in the entry's own notation."""
    assert render(before, paper_of(status=status, venue=venue, year=year))[0] == after


@pytest.mark.parametrize(
    ("before", "status", "venue", "year", "reason"),
    [
        ("arXiv 2023.10.", "outdated", "ICLR", 2024, "its year stands in a date"),
        ("2023.10.", "missing", "ICLR", 2024, "its year stands in a date"),
        ("2024.10.", "missing", "ICLR", 2024, "it has no place for a venue"),
        ("", "missing", "ICLR", 2024, "it has no place for a venue"),
        ("ICML 2024.", "missing", "ICLR", 2024, "it names a venue by now"),
        ("arXiv 2401.00001, 2024.", "outdated", "ICLR", 2024, "its preprint number stands nowhere else"),
        ("ICML 2023 & ICLR 2024.", "wrong", "ICLR", 2024, "it names more than one year"),
        ("ICML 2024 (ICLR).", "wrong", "ICLR", 2024, "another venue stands beside it"),
        ("NeurIPS 2023, 2023.", "wrong", "ICLR", 2024, "it names more than one year"),
        ("NeurIPS 2023 (rejected).", "wrong", "ICLR", 2024, "words beside its venue say more about it"),
        ("CVPR 2024 at workshops.", "wrong", "ICCV", 2024, "words beside its venue say more about it"),
        ("ICLR 2024 Oral.", "wrong", "ICML", 2024, "words beside its venue say more about it"),
        ("NeurIPS 2023, 36, 1-10.", "wrong", "ICLR", 2024, "volume or pages stand beside its venue"),
    ],
)
def test_regenerate__leaves_alone_with_a_reason(
    before: str, status: str, venue: str, year: int, reason: str
) -> None:
    """Where no true statement fits the entry's notation nothing changes, and the reason is told."""
    after, result = render(before, paper_of(status=status, venue=venue, year=year))
    assert after == before
    assert [left.reason for left in result.left] == [reason]


@pytest.mark.parametrize("link", ["unverified", "wrong_paper"])
def test_regenerate__no_edit_from_an_unsure_link(link: str) -> None:
    """What an unverified link or a link to another paper says changes nothing, unless a person says so."""
    assert render("ICML 2023.", paper_of(venue="ICML", year=2024, link=link))[0] == "ICML 2023."
    override = paper_of(status="overridden", venue="ICML", year=2024, link=link)
    assert render("ICML 2023.", override)[0] == "ICML 2024."


def test_regenerate__other_kinds_and_undecodable_entries_are_left_alone() -> None:
    """Tools and entries with bytes that are no UTF-8 are never edited."""
    for data in (
        (line_of("ICML 2023.", label="Code") + FILLER).encode(),
        line_of("ICML 2023.").encode().replace(b"First", b"F\xffrst") + FILLER.encode(),
    ):
        parsed = read_lines(data)
        paper = paper_of(parsed.entries[0].entry_id, venue="ICML", year=2024)
        result = regenerate(data, parsed, [paper], reread=read_lines, edits=["venue"])
        assert result.data == data
        assert len(result.left) == 1


def test_regenerate__missing_venue_needs_a_list_that_shows_venues() -> None:
    """Where most entries show no venue, none is inserted."""
    bare = FILLER.replace("ICLR 2020", "2020")
    after, result = render("2023.", paper_of(status="missing", venue="ICML", year=2024), rest=bare)
    assert after == "2023."
    assert result.left[0].reason == "most entries of this list show no venue"


@pytest.mark.parametrize(
    ("habit", "after"),
    [
        ("ICLR, 2020", "ICML, 2024."),
        ("2020, ICLR", "2024, ICML."),
        ("ICLR | 2020", "2023."),
        ("ICLR'20", "ICML 2024."),
    ],
)
def test_regenerate__missing_venue_follows_the_lists_habit(habit: str, after: str) -> None:
    """Order and punctuation are the list's; across a cell's border nothing is inserted."""
    rest = FILLER.replace("ICLR 2020", habit)
    assert render("2023.", paper_of(status="missing", venue="ICML", year=2024), rest=rest)[0] == after


def test_regenerate__missing_venue_needs_a_habit_of_most() -> None:
    """Where most entries have a year alone one with a venue is the exception, not the habit."""
    years = ("2023", "2020", "2021", "2022", "ICLR 2022")
    lines = [
        f"- [A Paper Number {n}](https://arxiv.org/abs/2001.0000{n}), Ann Lee and Bob Ray, {when}."
        for n, when in enumerate(years)
    ]
    lines += [
        f"**Another Paper Number {n}**, ICML 2020. [[pdf](https://arxiv.org/abs/2002.0000{n})]\n"
        for n in range(9)
    ]
    assert not _first_edited("\n".join(["# Papers", "", *lines, ""]))


def test_regenerate__a_year_in_a_cell_of_its_own_stays_alone() -> None:
    """A column of years is no place for venues, whatever stands in other tables of the list."""
    rows = "\n".join(f"| [A Paper Number {n}](https://arxiv.org/abs/2001.0000{n}) | 2020 |" for n in range(2))
    other = "\n".join(
        f"| [Another Paper Number {n}](https://arxiv.org/abs/2002.0000{n}) | ICML 2020 |" for n in range(9)
    )
    head = "| Title | {} |\n| --- | --- |\n"
    assert not _first_edited(
        f"# Papers\n\n{head.format('Year')}{rows}\n\n## More\n\n{head.format('Venue')}{other}\n"
    )


def _first_edited(text: str) -> bool:
    """Whether the first entry of a list gets the venue that it lacks."""
    parsed = read_list(text.encode(), name="list", path="list.md")
    paper = paper_of(parsed.entries[0].entry_id, status="missing", venue="ICML", year=parsed.entries[0].year)
    result = regenerate(
        text.encode(),
        parsed,
        [paper],
        reread=lambda data: read_list(data, name="list", path="list.md"),
        edits=["venue"],
    )
    return result.data != text.encode()


def test_regenerate__a_venue_on_both_sides_of_its_year_stays() -> None:
    """`EMNLP 2023 Findings` in a badge: a name put before the year would leave "Findings" behind it."""
    said = ["EMNLP%202023%20Findings", "ACL%202024", "WWW%202025", "KDD%202024", "AAAI%202025"]
    line = "- **Fact Checking with Language Models {n}**[[paper]](https://arxiv.org/abs/2001.0000{n})"
    badge = " ![](https://img.shields.io/badge/{said}-orange)"
    data = "\n".join((line + badge).format(n=n, said=one) for n, one in enumerate(said)).encode()
    parsed = read_list(data, name="list", path="list.md")
    entry = parsed.entries[0]
    assert (entry.venue_text, "venue" in entry.spans) == ("EMNLP Findings", False)
    verdict = EntryVerdict(entry.entry_id, "nonstandard", "ok", venue="ICML", year=2023)
    known = Paper("p", (entry.entry_id,), venue="ICML", year=2023, decided=True, verdicts=(verdict,))
    result = regenerate(data, parsed, [known], edits=["venue"], reread=_read)
    assert [left.reason for left in result.left] == ["the place of its venue is not understood"]


def test_regenerate__missing_venue_begins_emphasis_without_a_blank() -> None:
    """After an opening star a blank would be no emphasis any more."""
    years = ("2023", "ICLR, 2020", "ICLR, 2021", "ICLR, 2022")
    lines = [
        f"- [A Paper Number {n}](https://arxiv.org/abs/2001.0000{n}), Ann Lee, *{when}*."
        for n, when in enumerate(years)
    ]
    data = "\n".join(["# Papers", "", *lines, ""]).encode()

    def read(text: bytes) -> ParsedList:
        return read_list(text, name="list", path="list.md")

    parsed = read(data)
    paper = paper_of(parsed.entries[0].entry_id, status="missing", venue="ICML", year=2024)
    result = regenerate(data, parsed, [paper], reread=read, edits=["venue"])
    assert result.data == data.replace(b"*2023*", b"*ICML, 2024*")


def test_regenerate__missing_venue_stands_beside_no_words() -> None:
    """Words beside the year may be a venue that was not understood: nothing is put next to them."""
    data = (line_of("In a Book 2023.") + FILLER).encode()
    parsed = read_lines(data)
    first = parsed.entries[0]
    first = replace(first, venue_text=None, spans={"year": first.spans["year"]})
    parsed = replace(parsed, entries=(first, *parsed.entries[1:]))
    paper = paper_of(status="missing", venue="ICLR", year=2024)
    result = regenerate(data, parsed, [paper], reread=read_lines, edits=["venue"])
    assert result.data == data
    assert [left.reason for left in result.left] == ["words stand where its venue would go"]


def test_regenerate__preprint_number_goes_where_a_link_keeps_it() -> None:
    """`arXiv:2001.00001` is replaced as a whole where the entry links that preprint."""
    paper = paper_of(status="outdated", venue="ICLR", year=2021)
    entry = line_of("arXiv:2001.00001, 2020.")
    data = (entry + FILLER).encode()
    parsed = read_lines(data)
    start = entry.index("arXiv:2")
    spans = {"venue": (start, start + 5), "year": (start + 18, start + 22)}
    first = replace(parsed.entries[0], venue_text="arXiv", year=2020, date_text=None, spans=spans)
    parsed = replace(parsed, entries=(first, *parsed.entries[1:]))
    result = regenerate(data, parsed, [paper], reread=read_lines, edits=["venue"])
    assert b"* ICLR, 2021. [[" in result.data


@pytest.mark.parametrize(
    ("template", "venue", "expected"),
    [
        ("<tr><td>{}</td></tr>", "A < *B*", "<tr><td>A &lt; *B*</td></tr>"),
        ("![](https://img.shields.io/badge/{}-2023-blue)", "Findings of A-B",
         "![](https://img.shields.io/badge/Findings%20of%20A--B-2023-blue)"),
        ("`{}`", "A_B`C", "`A_BC`"),
        ("| {} |", "A|B <b>", "| A\\|B \\<b\\> |"),
        ("[{}](x)", "A](y)", "[A\\](y)](x)"),
        ("see https://x.org/{}", "ICML", None),
        ("![{}](https://x.org/a.png)", "ICML", None),
    ],
)  # fmt: skip
def test_regenerate__text_fits_its_place(template: str, venue: str, expected: str | None) -> None:
    """A venue's name is data: escaped for Markdown, HTML, code and badges, never put into an address."""
    text = template.format("OLD")
    start = text.index("OLD")
    entry = Entry(
        "x", (), 1, 1, 1, "paper", text, title="T", venue_text="OLD", spans={"venue": (start, start + 3)}
    )
    parsed = ParsedList("demo", "demo.md", (entry,))
    again = replace(parsed, entries=(replace(entry, venue_text=venue.replace("`", "")),))
    paper = paper_of("x", status="overridden", venue=venue)
    result = regenerate(text.encode(), parsed, [paper], reread=lambda _: again, edits=["venue"])
    assert result.data.decode() == (expected or text)
    assert bool(result.left) is (expected is None)


def test_regenerate__one_override_keeps_no_other_edit_from_being_made() -> None:
    """What a person typed and what would break the list is left out; everything else is written."""
    text = "- One. OLD.\n- Two. OLD.\n"
    starts = [text.index("OLD"), text.rindex("OLD")]
    entries = tuple(
        Entry(key, (), n, n, n, "paper", "", title=key, venue_text="OLD", spans={"venue": (at, at + 3)})
        for n, (key, at) in enumerate(zip("xy", starts, strict=True), start=1)
    )
    parsed = ParsedList("demo", "demo.md", entries)

    def reread(data: bytes) -> ParsedList:
        """A reader for which BREAKS makes an entry vanish."""
        said = [line.rsplit(". ", 1)[1].rstrip(".") for line in data.decode().splitlines()]
        if "BREAKS" in said:
            return replace(parsed, entries=entries[:1])
        return replace(
            parsed, entries=tuple(replace(e, venue_text=v) for e, v in zip(entries, said, strict=True))
        )

    papers = [
        paper_of("x", status="overridden", venue="BREAKS"),
        paper_of("y", status="overridden", venue="ICML"),
    ]
    result = regenerate(text.encode(), parsed, papers, reread=reread, edits=["venue"])
    assert result.data.decode() == "- One. OLD.\n- Two. ICML.\n"
    assert [(left.entry_id, left.reason) for left in result.left] == [
        ("x", "what a person decided cannot stand there as plain text")
    ]


def test_regenerate__year_inside_the_venue() -> None:
    """A venue text that holds its year is replaced with it, or only its year is."""
    text = "Proc. of the 2023 Conf. on Things"
    entry = Entry(
        "x",
        (),
        1,
        1,
        1,
        "paper",
        text,
        title="T",
        venue_text=text,
        year=2023,
        spans={"venue": (0, len(text))},
    )
    parsed = ParsedList("demo", "demo.md", (entry,))
    for verdict, expected in (
        (paper_of("x", venue="ICML", year=2024), "ICML 2024"),
        (paper_of("x", year=2024), "Proc. of the 2024 Conf. on Things"),
    ):
        venue = verdict.venue or text
        again = replace(parsed, entries=(replace(entry, venue_text=venue, year=2024),))
        result = regenerate(text.encode(), parsed, [verdict], reread=lambda _, a=again: a, edits=["venue"])  # type: ignore[misc]
        assert result.data.decode() == expected


def test_regenerate__reasons_are_the_evidence() -> None:
    """An edit names its line, what stood there, and what the change rests on."""
    _, result = render("PMLR 2023.", paper_of(venue="ICML", year=2024))
    assert [(e.line, e.kind, e.before, e.after, e.reason) for e in result.edits] == [
        (1, "venue", "PMLR", "ICML", "PMLR volume 235"),
        (1, "year", "2023", "2024", "PMLR volume 235"),
    ]


def test_regenerate__badge_counts_distinct_works() -> None:
    """The badge gets the number of distinct works; a repeated entry does not count."""
    data = ("![](https://img.shields.io/badge/papers-152-green)\n" + line_of("ICML 2023.") + FILLER).encode()
    parsed = read_lines(data)
    papers = [paper_of("filler-number-2", status="agrees", duplicate_of="the-first-paper")]
    assert distinct_works(parsed, papers) == 4
    result = regenerate(data, parsed, papers, reread=read_lines)
    assert result.data == data.replace(b"papers-152-", b"papers-4-")
    assert [(edit.kind, edit.entry_id, edit.line) for edit in result.edits] == [("badge", None, 1)]
    assert regenerate(data, parsed, papers, edits=["venue"], reread=read_lines).data == data
    assert regenerate(data, parsed, [], reread=read_lines).data == data


Change = Callable[[ParsedList], ParsedList]


def _lost_entry(parsed: ParsedList) -> ParsedList:
    return replace(parsed, entries=parsed.entries[:-1])


def _changed(**fields: object) -> Change:
    def change(parsed: ParsedList) -> ParsedList:
        return replace(parsed, entries=(replace(parsed.entries[0], **fields), *parsed.entries[1:]))  # type: ignore[arg-type]

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_lost_entry, "5 entries would become 4"),
        (_changed(section=("Elsewhere",)), "section of entry"),
        (_changed(links=()), "links of entry"),
    ],
)
def test_regenerate__refuses_a_changed_meaning(change: Change, reason: str) -> None:
    """A result that lost an entry, a section or a link is not written."""
    data = (line_of("ICML 2023.") + FILLER).encode()
    with pytest.raises(SafetyError, match=reason) as error:
        regenerate(
            data,
            read_lines(data),
            [paper_of(venue="ICML", year=2024)],
            reread=lambda result: change(read_lines(result)),
        )
    assert error.value.exit_code == 4


@pytest.mark.parametrize(
    "fields",
    [
        {"title": "Another"},
        {"authors": ("Bob",)},
        {"kind": "other"},
        {"date_text": "May 2020"},
        {"venue_text": "X"},
    ],
)
def test_regenerate__an_edit_that_changes_more_than_intended_is_left_out(fields: dict[str, object]) -> None:
    """Where a new venue would change what else is read in its entry, the entry stays as it is."""
    data = (line_of("ICML 2023.") + FILLER).encode()
    change = _changed(**fields)
    result = regenerate(
        data,
        read_lines(data),
        [paper_of(venue="ICML", year=2024)],
        reread=lambda result: change(read_lines(result)),
        edits=["venue"],
    )
    assert result.data == data
    assert [left.entry_id for left in result.left] == ["the-first-paper"]


def test_regenerate__refuses_a_change_in_an_unedited_entry() -> None:
    """An edit must not change how another entry reads."""
    data = (line_of("ICML 2023.") + FILLER).encode()

    def reread(result: bytes) -> ParsedList:
        parsed = read_lines(result)
        return replace(parsed, entries=(*parsed.entries[:-1], replace(parsed.entries[-1], venue_text="X")))

    with pytest.raises(SafetyError, match="venue of entry filler-number-5"):
        regenerate(data, read_lines(data), [paper_of(venue="ICML", year=2024)], reread=reread)


def test_regenerate__an_edit_that_is_not_read_back_is_left_out() -> None:
    """One entry that would be misread costs its own edit, not the whole list's."""
    data = (line_of("ICML 2023.") + FILLER).encode()
    papers = [paper_of(venue="ICML", year=2024), paper_of("filler-number-2", venue="ICML", year=2021)]

    def reread(result: bytes) -> ParsedList:
        parsed = read_lines(result)
        return _changed(year=1999)(parsed) if b"ICML 2024" in result else parsed

    result = regenerate(data, read_lines(data), papers, reread=reread, edits=["venue"])
    assert b"ICML 2023" in result.data
    assert b"ICML 2021" in result.data
    assert [(left.entry_id, left.reason) for left in result.left] == [
        ("the-first-paper", "it would not be read back as intended")
    ]


def test_regenerate__entries_that_share_bytes_are_left_alone() -> None:
    """Two entries that read one span (a cell over two rows) are not edited against each other."""
    data = (line_of("ICML 2023.") + FILLER).encode()
    parsed = read_lines(data)
    first = parsed.entries[0]
    parsed = replace(parsed, entries=(first, replace(first, entry_id="twin", ordinal=2), *parsed.entries[1:]))
    papers = [paper_of(venue="ICML", year=2024), paper_of("twin", venue="ICML", year=2022)]
    result = regenerate(data, parsed, papers, reread=read_lines, edits=["venue"])
    assert result.data == data
    assert {left.entry_id for left in result.left} == {"the-first-paper", "twin"}


def test_splice__overlap_is_refused() -> None:
    """Two edits of the same bytes never reach a file."""
    edits = [Edit(1, "x", "venue", span, "", "A", "") for span in ((0, 3), (2, 4))]
    with pytest.raises(SafetyError, match="overlap at byte 2"):
        splice(b"abcdef", edits)


VENUES = ["ICML", "NeurIPS", "ICLR", "Findings of ACL", "Findings of EMNLP", "NIPS", "arXiv", "A*B|C"]
WHERES = st.builds(
    "{}{}{}{}".format,
    st.sampled_from(["", *VENUES[:7]]),
    st.sampled_from([" ", ", ", " '"]),
    st.integers(2010, 2026),
    st.sampled_from(["", ".", ".05."]),
)


@given(
    st.lists(
        st.tuples(
            WHERES,
            st.sampled_from(
                ["missing", "wrong", "outdated", "nonstandard", "overridden", "agrees", "unknown"]
            ),
            st.sampled_from(VENUES),
            st.integers(2010, 2026),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_regenerate__touches_only_its_spans_and_is_idempotent(cases: list[tuple[str, str, str, int]]) -> None:
    """Outside the edited spans every byte stays, and the result is left as it is by a second run."""
    lines = (line_of(where.strip()).replace("First", f"No {n}") for n, (where, *_) in enumerate(cases))
    data = b"# List\r\n\n## Part\n\n" + "".join(lines).encode() + b"\xff tail \t"
    parsed = read_lines(data)
    papers = [
        paper_of(entry.entry_id, status, venue, year)
        for entry, (_, status, venue, year) in zip(parsed.entries, cases, strict=True)
    ]
    result = regenerate(data, parsed, papers, reread=read_lines)
    back = splice(result.data, _undone(result.edits))
    assert back == data
    again = regenerate(result.data, read_lines(result.data), papers, reread=read_lines)
    assert again.data == result.data


def _undone(edits: tuple[Edit, ...]) -> list[Edit]:
    """The edits that turn a result back into what it was made from."""
    shift, undo = 0, []
    for edit in edits:
        start = edit.span[0] + shift
        undo.append(replace(edit, span=(start, start + len(edit.after.encode())), after=edit.before))
        shift += len(edit.after.encode()) - (edit.span[1] - edit.span[0])
    return undo


def test_unified_diff__shows_changed_lines() -> None:
    """The difference is one that patch(1) reads; equal files have none."""
    assert unified_diff(b"a\nb\n", b"a\nb\n", "list.md") == ""
    assert unified_diff(b"a\nb", b"a\nc", "list.md") == (
        "--- a/list.md\n+++ b/list.md\n@@ -1,2 +1,2 @@\n a\n-b\n\\ No newline at end of file\n"
        "+c\n\\ No newline at end of file\n"
    )


# The uniform style


def entry_of(title: str, **fields: object) -> Entry:
    """An entry for the uniform style."""
    values: dict[str, object] = {
        "section": ("Part", "One"),
        "kind": "paper",
        "text": title,
        "title": title,
    } | fields
    return Entry(entry_id=title, ordinal=1, first_line=1, last_line=1, **values)  # type: ignore[arg-type]


def test_read_shape__slots_of_an_insertion_template() -> None:
    """Each slot takes along the literal text that belongs to it."""
    shape = read_shape(f"Insertion Template: {DEFAULT_SHAPE}")
    assert shape is not None
    assert [(slot.name, slot.before, slot.after) for slot in shape] == [
        ("number", "", ". "),
        ("short_name", "<u>", "</u>: "),
        ("title", '**"', '"**. '),
        ("authors", "*", "*  "),
        ("venue", "", ". "),
        ("links", "", ""),
    ]


@pytest.mark.parametrize(
    "text", ["", "no shape", "| Title | [Paper](x) |", "- [2024/01] **Title** [[paper](url)]"]
)
def test_read_shape__none_where_it_is_no_line(text: str) -> None:
    """A template that cannot be filled safely is none."""
    assert read_shape(text) is None


def test_uniform__renders_the_dataset_alone() -> None:
    """Sections, entries, decided facts and the entry's own words where nothing is decided."""
    links = (
        Link("Paper", "https://arxiv.org/abs/2301.00001", "paper"),
        Link("", "https://x.org/a(b", "code"),
    )
    entries = [
        entry_of(
            "First", short_name="F", authors=("Ann Lee", "Bo Li"), venue_text="arXiv", year=2023, links=links
        ),
        entry_of('"Why?": On *Trust*', year=2022),
        entry_of(
            "Second", section=("Part", "Two"), authors=("Cy Fu",), et_al=True, venue_text="ICML", year=2021
        ),
    ]
    papers = [
        Paper(
            "x:1",
            ("First",),
            title="First!",
            authors=("Ann Lee", "Bo Li"),
            venue="ICLR",
            year=2024,
            decided=True,
        )
    ]
    assert uniform(papers, entries, title="A *list*") == (
        "# A \\*list\\*\n\n## Part\n\n### One\n\n"
        '1. <u>F</u>: **"First!"**. *Ann Lee and Bo Li*  ICLR 2024. '
        "[[Paper](https://arxiv.org/abs/2301.00001)] [[Github](https://x.org/a%28b)]\n"
        '2. **"Why?": On \\*Trust\\***. 2022.\n\n'
        '### Two\n\n1. **"Second"**. *Cy Fu et al.*  ICML 2021.\n'
    )


@pytest.mark.parametrize(
    ("authors", "et_al", "printed"),
    [
        (("Ann Lee",), False, "Ann Lee"),
        (("Ann Lee",), True, "Ann Lee et al."),
        (("Ann Lee", "Bo Li"), False, "Ann Lee and Bo Li"),
        (("Ann Lee", "Bo Li"), True, "Ann Lee et al."),
        (("Ann Lee", "Bo Li", "Cy Fu"), False, "Ann Lee et al."),
    ],
)
def test_uniform__authors(authors: tuple[str, ...], et_al: bool, printed: str) -> None:
    """Two people are both named; "et al." stands for more than one."""
    entry = entry_of("T", authors=authors, et_al=et_al)
    assert f"*{printed}*" in uniform([], [entry], title="L")


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("Theory & Practice", "Theory & Practice"),
        ("S&P", "S&P"),
        ("&copy; 2020", "&amp;copy; 2020"),
        ("a &#38; b", "a &\\#38; b"),
        ("&lt;b&gt;", "&amp;lt;b&amp;gt;"),
    ],
)
def test_uniform__an_ampersand_is_escaped_where_it_would_act(text: str, printed: str) -> None:
    """Elsewhere Markdown needs nothing, and a reader of the file sees the sign itself."""
    assert f'**"{printed}"**' in uniform([], [entry_of(text)], title="L")


@pytest.mark.parametrize(
    ("data", "title"),
    [
        (b"# My *list* & [more](https://x.org) #\n\n## Part\n", "My list & more"),
        (b"<!-- # Not this -->\n\nThe list\n========\n", "The list"),
        (b"words\n\n## Part\n\n# Late\n", None),
        (b"#\n", None),
        (b"", None),
    ],
)
def test_own_title__is_the_first_heading(data: bytes, title: str | None) -> None:
    """As a reader of the page sees it; a first heading of a lower level is a section's."""
    assert own_title(data) == title


@pytest.mark.parametrize(
    ("label", "role", "printed"),
    [
        ("Paper", "paper", "Paper"),
        ("[Paper]", "paper", "Paper"),
        ("PDF", "paper", "PDF"),
        ("A Title: of Some Words", "paper", "Paper"),
        ("A title of some words", "code", "Github"),
        ("", "blog", "Link"),
        ("[]", "other", "Link"),
    ],
)
def test_uniform__labels_are_of_one_kind(label: str, role: Role, printed: str) -> None:
    """However the list writes them: brackets around a label are the shape's, and a title is printed once."""
    url = "https://example.org/a"
    entry = replace(entry_of("A Title: of Some Words"), links=(Link(label, url, role),))
    assert uniform([], [entry], title="L").rstrip().endswith(f"[[{printed}]({url})]")


def test_uniform__own_template_escapes_what_it_prints() -> None:
    """A template of the user's gets raw values and prints them escaped."""
    template = "{{ title }}\n{% for e in sections[0].entries %}\n{{ e.title }} {{ e.year }}\n{% endfor %}"
    assert uniform([], [entry_of("<b>[x](y)", year=2020)], title="T_1", template=template) == (
        "T\\_1\n\\<b\\>\\[x\\](y) 2020\n"
    )


@pytest.mark.parametrize(
    "template",
    [
        "{{ nothing }}",
        "{% for %}",
        "{{ title.__class__.__mro__ }}",
        "{% include '/etc/passwd' %}",
        "{{ 1 / 0 }}",
    ],
)
def test_uniform__template_that_does_not_work(template: str) -> None:
    """A broken or forbidden template is one clear error."""
    with pytest.raises(UsageError, match="the template does not work"):
        uniform([], [], title="T", template=template)


def test_uniform__record_of_another_paper_is_not_used() -> None:
    """What a link to another paper says does not reach the list."""
    verdict = EntryVerdict("Mine", "unknown", "wrong_paper")
    paper = Paper(
        "x:1", ("Mine",), title="Theirs", year=1999, decided=True, venue="ICML", verdicts=(verdict,)
    )
    assert '**"Mine"**. 2020.' in uniform([paper], [entry_of("Mine", year=2020)], title="T")


# The real reader


CORPUS = os.environ.get("PAPERLIST_CORPUS")
SEED = Path(__file__).parent.parent / "data" / "raw" / "awesome-llm-judge.md"


def _read(data: bytes) -> ParsedList:
    from pipeline.reader import read_list

    return read_list(data, name="awesome-llm-judge", path="data/raw/awesome-llm-judge.md")


def _seed_paper(entry_id: str, known: tuple[str, str | None, int | None], repeats: str | None) -> Paper:
    status, venue, year = known
    return paper_of(entry_id, status, venue, year, duplicate_of=repeats)


def _seed_papers(parsed: ParsedList) -> list[Paper]:
    """What is known about the seed list without a network, by line: reasons in the end-to-end table."""
    by_line = {entry.first_line: entry.entry_id for entry in parsed.entries}
    known: dict[int, tuple[str, str | None, int | None]] = {
        75: ("missing", "NeurIPS", 2022),
        103: ("nonstandard", "ICML", 2024),
    }
    repeats = {75: by_line[74], 105: by_line[96]}
    return [
        _seed_paper(entry_id, known.get(line, ("agrees", None, None)), repeats.get(line))
        for line, entry_id in by_line.items()
    ]


def test_regenerate__seed_list_offline() -> None:
    """Exactly the badge, the work that another line shows as NeurIPS 2022, and PMLR 235 change."""
    before = SEED.read_bytes()
    parsed = _read(before)
    result = regenerate(before, parsed, _seed_papers(parsed), reread=_read)
    was, now = before.split(b"\n"), result.data.split(b"\n")
    changed = {n: new for n, (old, new) in enumerate(zip(was, now, strict=True), start=1) if old != new}
    assert sorted(changed) == [3, 75, 103]
    assert b"badge/PaperNumber-41-brightgreen" in changed[3]
    assert b"*Long Ouyang et al.* NeurIPS 2022. [[Paper]" in changed[75]
    assert b"*Jinyang Guo et al.* ICML 2024. [[Paper]" in changed[103]
    assert regenerate(result.data, _read(result.data), _seed_papers(parsed), reread=_read).data == result.data


@pytest.mark.parametrize("venue", ["ICML", "Findings of EMNLP"])
def test_regenerate__all_entries_of_the_seed_list_at_once(venue: str) -> None:
    """Every entry takes another venue and year at once and reads back with them."""
    before = SEED.read_bytes()
    parsed = _read(before)
    papers = [paper_of(e.entry_id, "overridden", venue, 2019) for e in parsed.entries]
    result = regenerate(before, parsed, papers, edits=["venue"], reread=_read)
    papers_only = [e for e in _read(result.data).entries if e.kind == "paper"]
    assert not [left for left in result.left if left.reason != "it is not listed as a paper"]
    assert {(e.venue_text, e.year) for e in papers_only} == {(venue, 2019)}


def test_uniform__seed_list_reads_back() -> None:
    """The uniform list says the same titles, links and years as the dataset it was rendered from."""
    parsed = _read(SEED.read_bytes())
    again = _read(uniform([], parsed.entries, title="LLM judges", template=parsed.template).encode())
    for old, new in zip(parsed.entries, again.entries, strict=True):
        assert (new.title, new.year, [k.url for k in new.links]) == (
            old.title,
            old.year,
            [k.url for k in old.links],
        )
        assert new.section == old.section


@pytest.mark.skipif(not CORPUS, reason="PAPERLIST_CORPUS names no folder with the real lists")
@pytest.mark.parametrize("style", ["list", "uniform"])
def test_render__real_lists(style: str) -> None:
    """On real lists nothing breaks: no fact changes no byte, every venue at once loses no entry or link."""
    lists = sorted(Path(CORPUS or "", "lists").glob("*.md"))
    for path in lists[::6]:
        data = path.read_bytes()
        parsed = _read(data)
        assert (
            regenerate(data, parsed, [paper_of("none", "agrees")], edits=["venue"], reread=_read).data == data
        )
        if style == "uniform":
            assert uniform([], parsed.entries, title=path.stem, template=parsed.template)
