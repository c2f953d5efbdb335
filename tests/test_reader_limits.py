"""The reader and renderer at their limits: hostile input, generated and mutated lists, edits on all real lists."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.formats import Readings
from pipeline.model import Entry, EntryVerdict, Paper, ParsedList
from pipeline.reader import read_list
from pipeline.rendering.edits import Regenerated, splice
from pipeline.rendering.regenerating import regenerate
from tests.reading import parse
from tests.test_reader import check_spans, corpus_lists, needs_corpus

M = 1_000_000
SIGNS = ["[", "]", "(", "](", "[](", "![", "*", "_", "`", "|", "<", ">", '"', "&", "\\", "\0", "\r", "中"]
LINES = {
    "items": "- a\n",
    "numbers": "1. a\n",
    "items of bold words": "- **b**\n",
    "headings": "# h\n",
    "items and headings": "- a\n# h\n",
    "loose items": "- a\n\n",
    "line ends": "\n",
    "one paragraph": "x\n",
    "quotes": "> a\n",
    "rules": "a\n---\n",
    "rows": "|x|y|\n",
    "separators": "|-|-|\n",
    "tables": "|a|\n|-|\n|b|\n\n",
    "fences": "```\n",
    "fences of a language": "```a\n",
    "comments": "<!-- x\n",
    "closed comments": "<!-- x -->\n",
    "details": "<details>\n",
    "open tags": '<a href="x">',
    "open tables": "<table><tr><td>",
    "footnotes": "[^1]: x\n",
    "references": "[a]: http://x.yz\n",
    "reference links": "[a][b] ",
    "front matter": "---\na: b\n",
    "empty links": "[x]() ",
    "addresses": "http://",
    "badges": "img.shields.io/badge/",
    "names": "Ada Lovelace, ",
    "entries": "- **A title of some length** [p](http://arxiv.org/abs/2001.00001)\n",
    "details of one entry": "  - x y z\n",
}


def seconds(data: bytes) -> float:
    """Processor time of reading `data`, which must succeed with exact spans."""
    started = time.process_time()
    parsed = parse(data)
    spent = time.process_time() - started
    check_spans(data, parsed)
    return spent


def nested(depth: int, indent: str, marker: str) -> bytes:
    """A list in a list in a list."""
    return "\n".join(indent * n + marker + "x" for n in range(depth)).encode()


OTHERS: dict[str, Callable[[int], bytes]] = {
    "random bytes": lambda size: random.Random(1).randbytes(size),
    "nested by spaces": lambda size: nested(int(size**0.5), "  ", "- "),
    "nested by tabs": lambda size: nested(int(size**0.5), "\t", "1. "),
    "markers in one line": lambda size: b"- " * (size // 2),
    "quotes in one line": lambda size: b"> " * (size // 2) + b"x",
    "fences that grow": lambda size: b"\n".join(b"`" * (3 + n) for n in range(int((2 * size) ** 0.5))),
    "an entry in one line": lambda size: b"- **A long title here** [p](http://a.bc/d) " * (size // 43),
    "one line of letters": lambda size: b"a" * size,
    "cells of one row": lambda size: b"|".join([b"a"] * (size // 2)),
    "numbers that grow": lambda size: b"".join(b"%d. a\n" % n for n in range(size // 8)),
}


@pytest.mark.parametrize("sign", SIGNS, ids=repr)
def test_read_list__a_million_times_one_sign(sign: str) -> None:
    """Signs that open something nothing closes cost next to nothing."""
    assert seconds((sign * (M // len(sign))).encode()) < 5


@pytest.mark.parametrize("name", LINES)
def test_read_list__one_line_over_and_over(name: str) -> None:
    """Lines that open, close or repeat a block, 60 kB of them."""
    assert seconds((LINES[name] * (60_000 // len(LINES[name]))).encode()) < 5


@pytest.mark.parametrize("name", OTHERS)
def test_read_list__hostile_shapes(name: str) -> None:
    """What grows by depth, length or chance, 200 kB of it."""
    assert seconds(OTHERS[name](200_000)) < 5


@pytest.mark.parametrize("name", ["items and headings", "rows", "fences", "entries", "loose items", "rules"])
def test_read_list__cost_is_linear(name: str) -> None:
    """Four times the size costs about four times as much: sixteen times would be quadratic."""
    small, large = ((LINES[name] * (size // len(LINES[name]))).encode() for size in (15_000, 60_000))
    once = min(seconds(small) for _ in range(3))
    assert min(seconds(large) for _ in range(2)) < 9 * once + 0.2


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("text", ["[", "*", "|", "<", "`", "\0", "- a\n", "# h\n"], ids=repr)
def test_read_list__ten_megabytes(text: str) -> None:
    """10 MB of nothing but one sign or one line."""
    assert seconds((text * (10 * M // len(text))).encode()) < 60


@pytest.mark.slow
@pytest.mark.parametrize("name", ["random bytes", "an entry in one line", "one line of letters"])
def test_read_list__five_megabytes(name: str) -> None:
    """5 MB by chance, or in one line."""
    assert seconds(OTHERS[name](5 * M)) < 60


@pytest.mark.slow
def test_read_list__lists_nested_ten_thousand_deep() -> None:
    """100 MB of indentation: neither recursion nor quadratic time."""
    assert seconds(nested(10_000, "  ", "- ")) < 60


def test_read_list__many_undecodable_bytes_are_counted() -> None:
    """A file that is no text gives a bounded number of problems, and their number."""
    parsed = parse(b"\xff" * 5000)
    assert len(parsed.problems) == 1001
    assert parsed.problems[-1].text == "4,000 more bytes from here on are not UTF-8"


# Lists made of what lists are made of


titles = st.lists(
    st.sampled_from("Learning Deep Models of Language with Attention and Über 中文 Graphs: A Survey".split()),
    min_size=3,
    max_size=9,
).map(" ".join)
people = st.lists(
    st.sampled_from(["Ada Lovelace", "Alan Turing", "Grace Hopper", "Kurt Gödel", "李 明"]), max_size=4
)
places = st.sampled_from(
    ["ICML 2020", "NeurIPS, 2024.", "ACL'21", "arXiv 2023", "2022-01", "", "EMNLP (Findings) 2021"]
)
urls = st.sampled_from(["https://arxiv.org/abs/1706.03762", "https://a.bc/paper_(1).pdf", "./local.pdf"])
SHAPES = (
    "- **{title}**. *{people}.* {place} [[Paper]({url})]\n",
    "1. [{title}]({url}), {people}, {place}\n",
    '* {people}. "{title}", {place}. [[pdf]]({url})\n',
    "| {title} | {people} | {place} | [link]({url}) |\n",
    "**{title}**  \n{people}  \n_{place}_ [paper]({url})\n\n",
    "### [{title}]({url})\n\n- Authors: {people}\n- Venue: {place}\n\n",
    '- {title} ({place}) <br> {people} <a href="{url}">pdf</a>\n',
)


@st.composite
def generated(draw: st.DrawFn) -> bytes:
    """A list in one of the usual shapes, with any line ends."""
    shape = draw(st.sampled_from(SHAPES))
    made = st.tuples(titles, people, places, urls)
    lines = [
        shape.format(title=title, people=", ".join(names), place=place, url=url)
        for title, names, place, url in draw(st.lists(made, min_size=1, max_size=8))
    ]
    head = "# A list\n\n## Papers\n\n" + (
        "|Title|Authors|Venue|Link|\n|-|-|-|-|\n" if shape[0] == "|" else ""
    )
    text = head + "".join(lines)
    return text.replace("\n", draw(st.sampled_from(["\n", "\r\n"]))).encode()


def check_round_trip(data: bytes) -> None:
    """Exact spans, no edit without a changed fact, the same names and fields when read again.

    A badge counts works, and a part of a list holds fewer than its badge says: it is left out here.
    """
    parsed = parse(data)
    check_spans(data, parsed)
    assert parse(data, parsed.entries) == parsed
    agreed = [paper(entry, None, None) for entry in parsed.entries]
    assert regenerate(data, parsed, agreed, edits=("venue",), reread=parse).data == data


def paper(entry: Entry, venue: str | None, year: int | None) -> Paper:
    """What is known of an entry: a venue and year that a person decided, or that nothing is wrong."""
    verdict = EntryVerdict(entry.entry_id, "overridden" if year else "agrees", "ok", venue=venue, year=year)
    return Paper(
        f"title:{entry.entry_id}",
        (entry.entry_id,),
        venue=venue,
        year=year,
        decided=True,
        verdicts=(verdict,),
    )


@settings(max_examples=80, deadline=None)
@given(generated())
def test_round_trip__generated_lists(data: bytes) -> None:
    """Lists in the usual shapes come back unharmed."""
    check_round_trip(data)


@settings(max_examples=40, deadline=None)
@given(generated(), st.sampled_from(["ICML", "Findings of EMNLP"]), st.integers(1990, 2029))
def test_edits__all_entries_of_generated_lists(data: bytes, venue: str, year: int) -> None:
    """All venues and years at once: only those bytes change, and they are read as written."""
    parsed = parse(data)
    result = change(data, parsed, venue, year)
    check_edits(data, parsed, result, venue, year)
    check_readings(data, result.data)


@settings(max_examples=80, deadline=None)
@given(generated(), st.randoms(use_true_random=False))
def test_readings__mutated_lists(data: bytes, chance: random.Random) -> None:
    """A list with signs put in and cut out is read as if it had never been read before."""
    check_readings(data, mutated(data, chance))


@cache
def real_lines() -> tuple[bytes, ...]:
    """Every thirtieth line of the real lists, with the three behind it."""
    found = []
    for path in corpus_lists():
        lines = path.read_bytes().split(b"\n")
        found += [b"\n".join(lines[n : n + 4]) for n in range(0, len(lines), 30)]
    return tuple(found)


NOISE = [b"", b"*", b"**", b"[", b"]", b"](", b")", b"|", b"`", b"<", b"-->", b"<!--", b"\n", b"\r\n", b"\t", b'"', b"\xff", b"\\", b"- ", "\u00e9".encode()]  # fmt: skip


def mutated(data: bytes, chance: random.Random) -> bytes:
    """The same with signs put in, cut out and exchanged."""
    noisy = bytearray(data)
    for _ in range(chance.randrange(8)):
        at = chance.randrange(len(noisy) + 1)
        noisy[at : at + chance.choice((0, 0, 1, 3, 40))] = chance.choice(NOISE)
    return bytes(noisy)


@needs_corpus
@settings(max_examples=150, deadline=None)
@given(st.randoms(use_true_random=False))
def test_round_trip__mutated_real_lines(chance: random.Random) -> None:
    """Real lines with signs put in, cut out and exchanged come back unharmed."""
    check_round_trip(mutated(b"\n".join(chance.sample(real_lines(), 3)), chance))


# Edits on real lists


def check_readings(data: bytes, edited: bytes) -> None:
    """What was read of a list changes nothing of what is read of it after edits, nor of it when they are undone."""
    readings = Readings()
    assert parse(data, readings=readings) == parse(data)
    assert parse(edited, readings=readings) == parse(edited)
    assert parse(data, readings=readings) == parse(data)


def change(data: bytes, parsed: ParsedList, venue: str, year: int) -> Regenerated:
    """The list with another venue and year for all entries at once."""
    papers = [paper(entry, venue, year) for entry in parsed.entries]
    return regenerate(data, parsed, papers, edits=["venue"], reread=parse)


def check_edits(
    data: bytes,
    parsed: ParsedList,
    result: Regenerated,
    venue: str,
    year: int,
    readings: Readings | None = None,
) -> None:
    """Only venues and years of edited entries changed, they read as written, and all else reads as before."""
    assert splice(data, result.edits) == result.data
    edited = {edit.entry_id for edit in result.edits}
    starts = [0, *(at + 1 for at, byte in enumerate(data) if byte == 10), len(data) + 1]
    where = {entry.entry_id: entry for entry in parsed.entries}
    for edit in result.edits:
        entry = where[edit.entry_id or ""]
        assert starts[entry.first_line - 1] <= edit.span[0] <= edit.span[1] <= starts[entry.last_line]
        taken = [span for key, span in entry.spans.items() if key not in ("venue", "year", "date")]
        assert not edit.before or all(edit.span[1] <= s or e <= edit.span[0] for s, e in taken)
    again = parse(result.data, readings=readings)
    assert len(again.entries) == len(parsed.entries)
    for old, new in zip(parsed.entries, again.entries, strict=True):
        same = ("section", "kind", "title", "short_name", "authors", "et_al", "date_text", "paper_url")
        assert [getattr(new, name) for name in same] == [getattr(old, name) for name in same]
        assert [link.url for link in new.links] == [link.url for link in old.links]
        if old.entry_id in edited:
            assert new.year == year or (old.year is None and new.year is None)  # no place for a year
            assert venue.split()[-1] in (new.venue_text or "")
        else:
            assert (new.venue_text, new.year) == (old.venue_text, old.year)


@needs_corpus
@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("path", corpus_lists(), ids=lambda path: path.stem)
@pytest.mark.parametrize("venue", ["ICML", "Findings of EMNLP"])
def test_edits__all_entries_of_a_real_list(path: Path, venue: str) -> None:
    """Every venue and year at once."""
    data = path.read_bytes()
    parsed = parse(data)
    result = change(data, parsed, venue, 2019)
    check_edits(data, parsed, result, venue, 2019)
    check_readings(data, result.data)


@needs_corpus
@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("path", corpus_lists(), ids=lambda path: path.stem)
def test_edits__single_entries_of_a_real_list(path: Path) -> None:
    """Fifty entries one by one, chosen by the list's name."""
    data, readings = path.read_bytes(), Readings()
    parsed = parse(data, readings=readings)
    chosen = random.Random(path.name).sample(parsed.entries, min(50, len(parsed.entries)))
    for entry in chosen:
        papers = [paper(entry, "ICML", 2019)]
        result = regenerate(data, parsed, papers, edits=["venue"], reread=partial(parse, readings=readings))
        if result.data != data:
            check_edits(data, parsed, result, "ICML", 2019, readings)


@needs_corpus
@pytest.mark.parametrize("path", corpus_lists()[::5], ids=lambda path: path.stem)
def test_edits__nothing_changed_is_nothing_written(path: Path) -> None:
    """Facts that agree with the list give its own bytes."""
    data = path.read_bytes()
    parsed = read_list(data, name=path.stem, path=str(path))
    agreed = [paper(entry, None, None) for entry in parsed.entries]
    assert regenerate(data, parsed, agreed, edits=["venue"], reread=parse).data == data


@needs_corpus
@pytest.mark.parametrize("path", corpus_lists()[2::6], ids=lambda path: path.stem)
def test_readings__real_lists_with_lines_gone(path: Path) -> None:
    """Real lists of which every eleventh line is missing are read as if they had never been read before."""
    lines = path.read_bytes().split(b"\n")
    check_readings(b"\n".join(lines), b"\n".join(line for n, line in enumerate(lines) if n % 11))
