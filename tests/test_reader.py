"""The reader as a whole: lossless spans, names for life, whatever bytes come in."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.model import Entry, ParsedList, to_json
from tests.reading import parse

LISTS = sorted((Path(__file__).parent / "data" / "lists").glob("*.md"))
CORPUS = Path(os.environ.get("PAPERLIST_CORPUS", "/nowhere"))
needs_corpus = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="PAPERLIST_CORPUS names no folder with real lists"
)


def splice(data: bytes, parsed: ParsedList) -> bytes:
    """Every span replaced by its own bytes, the way an editor would write them."""
    spans = sorted(span for entry in parsed.entries for span in entry.spans.values())
    spans = sorted([*spans, *(badge.span for badge in parsed.badges)])
    parts, at = [], 0
    for start, end in spans:
        assert at <= start <= end
        parts += [data[at:start], data[start:end]]
        at = end
    return b"".join([*parts, data[at:]])


ESCAPE = re.compile(rb"\\([!-/:-@\[-`{-~])")


def check_spans(data: bytes, parsed: ParsedList) -> None:
    """Splicing changes nothing, and each entry's spans lie in its lines."""
    assert splice(data, parsed) == data
    starts = [0, *(at + 1 for at, byte in enumerate(data) if byte == 10), len(data) + 1]
    for entry in parsed.entries:
        for key, (start, end) in entry.spans.items():
            assert starts[entry.first_line - 1] <= start < end <= starts[entry.last_line], (entry.title, key)
        for number, link in enumerate(entry.links):
            start, end = entry.spans[f"link.{number}"]
            written = ESCAPE.sub(rb"\1", data[start:end])  # Markdown's, as in `http\://`
            assert written == ESCAPE.sub(rb"\1", link.url.encode("utf-8", "surrogateescape"))


def content(entry: Entry) -> tuple[Any, ...]:
    return (
        entry.title,
        entry.authors,
        entry.venue_text,
        entry.year,
        entry.date_text,
        entry.links,
        entry.section,
    )


@pytest.fixture(scope="module")
def one_line() -> ParsedList:
    return parse((Path(__file__).parent / "data" / "lists" / "one_line.md").read_bytes())


def test_read_list__entries_only(one_line: ParsedList) -> None:
    """Comments, contents, news, code fences and the licence give no entries; the order is the file's."""
    assert [entry.entry_id for entry in one_line.entries] == [
        "attention-is-all-you-need",
        "neural-machine-translation-by-jointly-learning-to-align-and",
        "language-models-are-unsupervised-multitask-learners",
        "deep-contextualized-word-representations",
    ]
    assert [entry.ordinal for entry in one_line.entries] == [1, 2, 3, 4]


def test_read_list__sections(one_line: ParsedList) -> None:
    """The path of headings leaves out the document's title."""
    assert one_line.entries[0].section == ("Models", "Sequence models")
    assert one_line.entries[3].section == ("Models", "Encoders")


def test_read_list__fields(one_line: ParsedList) -> None:
    """A nickname, quotes, an italic author list with "et al." and a venue with its year."""
    entry = one_line.entries[0]
    assert (entry.short_name, entry.title) == ("Transformer", "Attention Is All You Need")
    assert (entry.authors, entry.et_al) == (("Ashish Vaswani", "Noam Shazeer"), True)
    assert (entry.venue_text, entry.year) == ("NeurIPS", 2017)
    assert [link.role for link in entry.links] == ["paper", "code"]


def test_read_list__badge_and_template_and_problems(one_line: ParsedList) -> None:
    """The count badge with its digits, the insertion template, and the link that leads nowhere."""
    badge = one_line.badges[0]
    assert (badge.label, badge.value, badge.line) == ("Paper_Number", 4, 3)
    assert one_line.template == "0. **Title**. *Name et al.* 202X. [[Paper]()]"
    assert [(problem.code, problem.line) for problem in one_line.problems] == [("empty link", 22)]


def test_read_list__records() -> None:
    """Labelled lines and nested bullets belong to the title above them."""
    parsed = parse((Path(__file__).parent / "data" / "lists" / "records.md").read_bytes())
    assert [(e.title, e.first_line, e.last_line, len(e.links)) for e in parsed.entries] == [
        ("Deep Residual Learning for Image Recognition", 5, 8, 2),
        ("Densely Connected Convolutional Networks", 10, 13, 2),
        ("Mask R-CNN", 17, 20, 2),
    ]
    assert len(parsed.entries[2].authors) == 4


def test_read_list__table() -> None:
    """Columns are known by header and content; a row may have more cells than the header."""
    parsed = parse((Path(__file__).parent / "data" / "lists" / "table.md").read_bytes())
    assert [(e.venue_text, e.year, e.date_text) for e in parsed.entries] == [
        ("NAACL", 2019, "2018-10-11"),
        ("arXiv", 2019, "2019-07-26"),
        ("ICLR", 2020, "2019-09-26"),
    ]
    assert [len(e.authors) for e in parsed.entries] == [1, 1, 2]


VARIANTS = {
    "crlf": lambda data: data.replace(b"\n", b"\r\n"),
    "bom": lambda data: b"\xef\xbb\xbf" + data,
    "no final newline": lambda data: data.rstrip(b"\n"),
    "tabs": lambda data: data.replace(b"1. ", b"1.\t"),
    "undecodable": lambda data: data.replace(b"Reading", b"R\xe9ading").replace(b"Vision", b"V\xefsion"),
    "lone cr": lambda data: data.replace(b". *", b".\r*"),
    "wide characters": lambda data: data.replace(b"### ", "### \U0001f525中文 ".encode()),
}


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
@pytest.mark.parametrize("variant", VARIANTS)
def test_read_list__bytes_as_stored(path: Path, variant: str) -> None:
    """Line ends, marks and undecodable bytes change no field but sections, and spans stay exact."""
    plain, data = parse(path.read_bytes()), VARIANTS[variant](path.read_bytes())
    parsed = parse(data)
    check_spans(data, parsed)
    assert [content(e)[:-1] for e in parsed.entries] == [content(e)[:-1] for e in plain.entries]


def test_read_list__undecodable_bytes_are_reported() -> None:
    """A byte that is not UTF-8 is a problem with its line and offset."""
    parsed = parse(b"# A\n\nb\xff\n")
    assert [(p.line, p.code) for p in parsed.problems] == [(3, "undecodable")]
    assert "offset 6" in parsed.problems[0].text


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_previous__same_bytes_same_result(path: Path) -> None:
    """Reading again with the last result changes nothing."""
    first = parse(path.read_bytes())
    assert parse(path.read_bytes(), first.entries) == first


EDITS = {
    "a typo is fixed": (b"Attention Is All You Need", b"Attention Is All You Want"),
    "an entry moves": (b"### Encoders", b"### Other encoders"),
    "the year is edited": (b"NeurIPS, 2017", b"NIPS, 2018"),
    "the link is edited": (b"https://aclanthology.org/N18-1202/", b"https://arxiv.org/abs/1802.05365"),
    "title without link is edited": (
        b"Language Models are Unsupervised",
        b"Language Models Are Unsupervized",
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_previous__ids_are_for_life(edit: str, one_line: ParsedList) -> None:
    """Fixing a typo, a link or a year, or renaming a section, orphans no entry."""
    data = (Path(__file__).parent / "data" / "lists" / "one_line.md").read_bytes()
    parsed = parse(data.replace(*EDITS[edit]), one_line.entries)
    assert [entry.entry_id for entry in parsed.entries] == [entry.entry_id for entry in one_line.entries]


def test_previous__a_new_twin_gets_a_new_name() -> None:
    """Two entries of one title are told apart, and the older keeps its name when the younger comes before it."""
    line = b"- **A Paper About Something** *Ada Lovelace* ICML 2019. [[Paper](https://arxiv.org/abs/1901.0000%d)]\n"
    first = parse(line % 1)
    both = parse(line % 2 + line % 1, first.entries)
    assert [e.entry_id for e in both.entries] == ["a-paper-about-something-2", "a-paper-about-something"]


PIECES = [
    "- ", "1. ", "  - ", "# ", "## ", "\n", "\n\n", "\r\n", "**", "*", "_", "`", "```\n", "[", "](", ")", "]", "[[", "|",
    "|---|---|\n", "<u>", "</u>", "<br>", "<!--", "-->", "<table>", "<tr><td>", "</table>", '"', "(", "\\", "> ", "\t",
    "https://arxiv.org/abs/1706.03762", "[Paper](https://arxiv.org/abs/1706.03762)", "Ada Lovelace, Alan Turing et al.",
    "NeurIPS 2024.", "2023-01-02", "A Study of Many Small Things", "ü", "中文", "\ufeff", "\x00", "\udcff", "'24", "---\n",
    "\\[", "\\]",
]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=40))
def test_read_list__never_fails_and_loses_nothing(pieces: list[str]) -> None:
    """Any mixture of what lists are made of is read, with exact spans, twice the same."""
    data = "".join(pieces).encode("utf-8", "surrogateescape")
    parsed = parse(data)
    check_spans(data, parsed)
    assert len({entry.entry_id for entry in parsed.entries}) == len(parsed.entries)
    assert parse(data, parsed.entries) == parsed


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_read_list__random_bytes(data: bytes) -> None:
    """Random bytes are no list, and no error."""
    check_spans(data, parse(data))


HOSTILE = {
    "brackets": "[" * 1_000_000,
    "stars": "*" * 1_000_000,
    "bars": "|" * 1_000_000,
    "angles": "<" * 1_000_000,
    "targets": "](" * 500_000,
    "one long line": "- **A title** [p](http://a.bc/d) " * 20_000,
    "deep list": "\n".join(" " * (2 * n) + "- x" for n in range(1_500)),
    "markers": "- " * 10_000,
    "quotes": "> " * 10_000 + "\n" + "x\n" * 2_000,
    "names": "- " + "Ada Lovelace, " * 2_000,
    "zeros": "\0" * 1_000_000,
    "comments": "<!--" * 200_000,
    "same title": "- [One title of many](http://a.bc/d)\n" * 2_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_read_list__hostile_input_is_quick(name: str) -> None:
    """No input makes the reader hang or recurse."""
    started = time.process_time()
    parse(HOSTILE[name].encode())
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("[Paper](https://arxiv.org/abs/1706.03762)<!-- old -->", "https://arxiv.org/abs/1706.03762"),
        ("[Paper](https://<!---->arxiv.org/abs/1706.03762)", "https://<!---->arxiv.org/abs/1706.03762"),
    ],
    ids=["behind a link", "in a link"],
)
def test_read_list__an_address_holds_no_comments(written: str, url: str) -> None:
    """What stands in the target of a link is its address, as Markdown has it."""
    data = f"- **Attention Is All You Need**. {written}\n".encode()
    parsed = parse(data)
    check_spans(data, parsed)
    assert [link.url for link in parsed.entries[0].links] == [url]


def corpus_lists() -> list[Path]:
    return sorted((CORPUS / "lists").glob("*__*.md")) + sorted((CORPUS / "seed").glob("*.md"))


@needs_corpus
@pytest.mark.parametrize("path", corpus_lists(), ids=lambda path: path.stem)
def test_corpus__round_trip(path: Path) -> None:
    """Every real list: exact spans, unique names, the same result with the last one at hand."""
    data = path.read_bytes()
    parsed = parse(data)
    check_spans(data, parsed)
    assert len({entry.entry_id for entry in parsed.entries}) == len(parsed.entries)
    assert [e.entry_id for e in parse(data, parsed.entries).entries] == [e.entry_id for e in parsed.entries]


def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", CORPUS / "gold" / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def labelled() -> list[Path]:
    return sorted((CORPUS / "gold").glob("*.json"))


def load_gold(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The labels of one list and what the reader says about it, as plain JSON."""
    gold = json.loads(path.read_text())
    source = next(p for p in (CORPUS / d / gold["list"] for d in ("lists", "seed")) if p.exists())
    return gold, [to_json(entry) for entry in parse(source.read_bytes()).entries]


@needs_corpus
@pytest.mark.parametrize(
    "path", [p for p in labelled() if p.stem == "awesome-llm-judge"], ids=lambda path: path.stem
)
def test_corpus__seed_is_read_exactly(path: Path) -> None:
    """The list the project started with: every field of every entry as a person labelled it."""
    gold, found = load_gold(path)
    wanted = [entry for window in gold["windows"] for entry in window["entries"]]
    same = ("first_line", "last_line", "kind", "title", "section")
    for label, entry in zip(wanted, found, strict=True):
        assert {k: entry[k] for k in same} == {k: label[k] for k in same}
        assert (entry.get("short_name"), entry.get("venue_text"), entry.get("year"), entry.get("paper_url")) == (
            label["short_name"], label["venue"], label["year"], label["paper_url"],
        )  # fmt: skip
        assert (entry.get("authors", []), entry.get("et_al", False)) == (label["authors"], label["et_al"])
        assert [link["url"] for link in entry["links"]] == label["links"]


@needs_corpus
def test_corpus__scores() -> None:
    """Macro-averaged over all labelled lists: entries, titles, links, years, authors and venues."""
    score = scorer()
    f1s, shares = [], {key: [] for key in ("title", "authors", "year", "venue", "links")}
    for path in labelled():
        gold, found = load_gold(path)
        hits, wrong, missed, fields = 0, 0, 0, {key: [] for key in shares}
        for window in gold["windows"]:
            inside = [e for e in found if window["start"] <= e["first_line"] <= window["end"]]
            pairs, used_gold, used_found = score.match(window["entries"], inside)
            papers = [n for n, entry in enumerate(window["entries"]) if entry["kind"] == "paper"]
            hits += sum(n in used_gold for n in papers)
            missed += sum(n not in used_gold for n in papers)
            wrong += len(inside) - len(used_found)
            for n, m in pairs:
                if window["entries"][n]["kind"] == "paper":
                    compare(score, window["entries"][n], inside[m], fields)
        f1s.append(2 * hits / max(1, 2 * hits + wrong + missed))
        for key, values in fields.items():
            shares[key].append(sum(values) / max(1, len(values)))
    mean = {key: sum(values) / len(values) for key, values in shares.items()}
    assert sum(f1s) / len(f1s) >= 0.985
    assert min(f1s) >= 0.90
    floor = {"title": 0.97, "authors": 0.95, "year": 0.95, "venue": 0.93, "links": 0.97}
    assert {key: value for key, value in mean.items() if value < floor[key]} == {}


def compare(
    score: ModuleType, gold: dict[str, Any], found: dict[str, Any], fields: dict[str, list[bool]]
) -> None:
    """Note which fields agree, by the rules of the scorer."""
    fields["title"].append(score.norm(gold["title"]) == score.norm(found.get("title")))
    fields["authors"].append(score.authors(gold) == score.authors(found))
    fields["year"].append(gold["year"] == found.get("year"))
    fields["venue"].append(score.venue_norm(gold["venue"]) == score.venue_norm(found.get("venue_text")))
    fields["links"].append(set(map(score.url_norm, gold["links"])) == set(score.urls(found)))
