"""Entries told by the shape of their line: citations in links, dashes around venues, names alone, tags and tables."""

from __future__ import annotations

import pytest

from pipeline.formats._cited import find_citation
from pipeline.formats._people import are_halves, find_people
from pipeline.formats._when import find_when
from tests.reading import parse, read_section

ADAM = "Adam: A Method for Stochastic Optimization"
RESNET = "Deep Residual Learning for Image Recognition"
LSTM = "Long Short-Term Memory"
VASWANI = "Attention Is All You Need"
URL = "https://arxiv.org/abs/1412.6980"
OTHER = "https://arxiv.org/abs/1512.03385"

IN_LINKS = [
    ("et al. and no venue", f"Kingma D, Ba J, et al. {ADAM}", ("Kingma D", "Ba J"), ADAM),
    ("one and et al.", f"Kingma D P, et al. {ADAM}", ("Kingma D P",), ADAM),
    ("two with bare initials", "He K, Zhang X. A Study of Residual Networks", ("He K", "Zhang X"), "A Study of Residual Networks"),
    ("a year first", f"2014.Kingma D, Ba J. {ADAM}", ("Kingma D", "Ba J"), ADAM),
    ("nothing parts them", f"Kingma D, Ba J.{ADAM}", ("Kingma D", "Ba J"), ADAM),
]  # fmt: skip
NOT_IN_LINKS = [
    ("one name, where nobody stands before titles", f"Kingma D. {ADAM}"),
    ("a part", "Planning Part I, Learning to Plan and to Act in the World"),
    ("a version", "Inception V. Going Deeper with Convolutions"),
]
ENTRIES = [
    # (what it shows, line, title, short name, authors, venue, year)
    ("dashes in a link", f"- [{RESNET} - CVPR - 2016]({OTHER})", RESNET, None, (), "CVPR", 2016),
    ("a nickname and dashes", f"- [LSTM - {LSTM} - Neural Computation -1997]({URL})", LSTM, "LSTM", (), "Neural Computation", 1997),
    ("no venue between dashes", f"- [{RESNET} - An Overview - 2016]({OTHER})", f"{RESNET} - An Overview - 2016", None, (), None, None),
    ("a name, where and who", f"SRCNN: ECCV2014, Chao Dong et al.[paper]({URL})", None, "SRCNN", ("Chao Dong",), "ECCV", 2014),
    ("a name and its paper", f"- UK-DALE [[pdf]]({URL}) [[code](https://github.com/a/b)]", None, "UK-DALE", (), None, None),
    ("a tag before names", f"- 【ResNet】Kaiming He, Xiangyu Zhang .[{RESNET}]({OTHER})", RESNET, "ResNet", ("Kaiming He", "Xiangyu Zhang"), None, None),
    ("a venue in such a tag", f"- 【CVPR 2016】[{RESNET}]({OTHER})", RESNET, None, (), "CVPR", 2016),
    ("a nickname in a tag behind", f"- 【CVPR2016】 {RESNET} 【ResNet, more layers】", RESNET, "ResNet", (), "CVPR", 2016),
    ("a remark in a tag behind", f"- 【CVPR2016】 {RESNET} 【best paper】", RESNET, None, (), "CVPR", 2016),
    ("a sign in brackets first", f"[-] 2016-CVPR - {RESNET}. [[Paper]]({OTHER})", RESNET, None, (), "CVPR", 2016),
    ("a series and its conference", f"[-] 2016-IEEE-CVPR - {RESNET}. [[Paper]]({OTHER})", RESNET, None, (), "IEEE-CVPR", 2016),
    ("a venue with no sign before it", f"- [{RESNET} CVPR'16]({OTHER})", RESNET, None, (), "CVPR", 2016),
    ("a server with no sign before it", f"- [{RESNET} 15arxiv](https://github.com/a/b)", RESNET, None, (), "arxiv", 2015),
    ("a server in a title", "- [The Structure and Growth of arXiv](https://github.com/a/b)", "The Structure and Growth of arXiv", None, (), None, None),
    ("a number first", f"- [arXiv:1512.03385]({OTHER}) {RESNET}. [PDF]({URL})", RESNET, None, (), "arXiv", None),
    ("a number behind", f"- **{RESNET}** [arXiv:1512.03385]({OTHER})", RESNET, None, (), "arXiv", None),
    ("a volume behind", f"- **{LSTM}** [Neural Computation 9, 1735-1780 (1997)](https://doi.org/10.1162/neco.1997.9.8.1735)", LSTM, None, (), "Neural Computation", 1997),
    ("authors behind a venue", f"- CVPR 2016 -- He et al, [{RESNET}]({OTHER})", RESNET, None, ("He",), "CVPR", 2016),
    ("a year and a dash before a title", f"- 2016-Deep Residual Learning for Image Recognition __`CVPR 2016`__; __`Image Recognition`__ [Paper]({OTHER})",
     RESNET, None, (), "CVPR", 2016),
    ("volume and issue before the year", f"- **{RESNET}**, IEEE T-PAMI 29. 6(2007): 1052-1067 [[pdf]]({OTHER})", RESNET, None, (), "IEEE T-PAMI", 2007),
    ("an acronym before its year", f'- "{RESNET}." CBM (2024). [[pdf]({OTHER})]', RESNET, None, (), "CBM", 2024),
    ("a series", f"- **{RESNET}**, Lecture Notes in Computer Science, 2004 [[pdf]]({OTHER})", RESNET, None, (), "Lecture Notes in Computer Science", 2004),
    ("a workshop by its name", f"- {RESNET} [[paper]({OTHER})] `NeurIPS 2022 Deep Reinforcement Learning Workshop`", RESNET, None, (), "NeurIPS Deep Reinforcement Learning Workshop", 2022),
    ("italics behind et al.", f"- **{RESNET}** (2016). [[pdf]]({OTHER})\n  - K. He et al. *IEEE TSG.*", RESNET, None, ("K. He",), "IEEE TSG", 2016),
    ("italics that name no venue", f"- **{RESNET}** (2016). [[pdf]]({OTHER})\n  - K. He et al. *Microsoft Research.*", RESNET, None, ("K. He",), None, 2016),
    ("a label before a quoted title", f'- **The First Very Deep Network for Image Recognition:** Kaiming He, Xiangyu Zhang, Shaoqing Ren.<br />\n  "{RESNET}." CVPR (2016).\n  [[paper]({OTHER})]',
     RESNET, "The First Very Deep Network for Image Recognition", ("Kaiming He", "Xiangyu Zhang", "Shaoqing Ren"), "CVPR", 2016),
    ("a title wrapped before what could be names", f"- A Comprehensive Survey of Learning from Very Big\nData System, Data Mining, and Closed-Loop Technologies [Paper]({URL})",
     "A Comprehensive Survey of Learning from Very Big Data System, Data Mining, and Closed-Loop Technologies", None, (), None, None),
    ("an enumeration", "- Characterizing, Modeling, and Benchmarking RocksDB Key-Value Workloads at Facebook, USENIX FAST 2020",
     "Characterizing, Modeling, and Benchmarking RocksDB Key-Value Workloads at Facebook", None, (), "USENIX FAST", 2020),
]  # fmt: skip
NONE = [
    ("a word and a link", f"- Overview [[pdf]]({URL})"),
    ("a label and a link", f"- PDF [[link]]({URL})"),
    ("a name without a paper", "- UK-DALE [[link]](https://data.example.com/x)"),
    ("news under a sign", f"\n## :fire: Update Log\n\n- [2024.07.10] We release the first version of [our survey]({URL})!"),
    ("a table of contents", "- **[Face Recognition and Face Verification](https://github.com/a/b#face-recognition)**"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "names", "title"), [row[1:] for row in IN_LINKS], ids=[row[0] for row in IN_LINKS]
)
def test_find_citation__bare_initials(text: str, names: tuple[str, ...], title: str) -> None:
    """Names with bare initials up to a full stop are the authors of the title behind it."""
    cited = find_citation(text, 0, len(text))
    assert cited is not None
    assert cited.people.names == names
    assert text[slice(*cited.title)] == title
    assert (cited.year is not None) == text.startswith("2014")


@pytest.mark.parametrize("text", [row[1] for row in NOT_IN_LINKS], ids=[row[0] for row in NOT_IN_LINKS])
def test_find_citation__titles(text: str) -> None:
    """One such name alone is none, nor is a numbered part."""
    assert find_citation(text, 0, len(text)) is None


def test_find_citation__one_name_where_authors_stand() -> None:
    """In a list that has its authors before titles one name is enough."""
    text = f"Kingma D. {ADAM}"
    cited = find_citation(text, 0, len(text), lone=True)
    assert cited is not None
    assert (cited.people.names, text[slice(*cited.title)]) == (("Kingma D",), ADAM)


@pytest.mark.parametrize(
    ("text", "title", "short", "authors", "venue", "year"),
    [row[1:] for row in ENTRIES],
    ids=[row[0] for row in ENTRIES],
)
def test_read_list__line(
    text: str,
    title: str | None,
    short: str | None,
    authors: tuple[str, ...],
    venue: str | None,
    year: int | None,
) -> None:
    """What one line, and what belongs to it, says."""
    entry = read_section(text)[-1]
    assert (entry.title, entry.short_name, entry.authors) == (title, short, authors)
    assert (entry.venue_text, entry.year) == (venue, year)


@pytest.mark.parametrize("text", [row[1] for row in NONE], ids=[row[0] for row in NONE])
def test_read_list__no_entry(text: str) -> None:
    """Words, labels, news and ways around a page are no papers."""
    assert read_section(f"- [{RESNET}]({OTHER}) (CVPR 2016)\n{text}")[1:] == ()


def test_read_list__bullets_indented_by_too_little_below_numbers() -> None:
    """Three blanks before the bullets of item 10 are enough where the list does so all along; one surname will do."""
    text = "\n".join(
        f"{n}. **Title**: {RESNET} {n}\n   - **Authors**: He\n   - **Summary**: Layers.\n   - **Year**: 2016\n"
        for n in range(8, 13)
    )
    entries = read_section(f"**Related Papers**\n\n{text}")
    assert [entry.title for entry in entries] == [f"{RESNET} {n}" for n in range(8, 13)]
    assert {(entry.authors, entry.year) for entry in entries} == {(("He",), 2016)}


def test_read_list__labelled_venue_and_a_name_beside_the_year() -> None:
    """What a record calls its venue is one; the name in the title's parentheses is the paper's own."""
    entry = read_section(
        f"#### {RESNET} (ResNet-50, 2015)\n- **Authors**: He Team\n- **Venue**: CVPR 2016\n- **Link**: [a report]({OTHER})"
    )[0]
    assert (entry.title, entry.short_name, entry.venue_text) == (RESNET, "ResNet-50", "CVPR")


def test_read_list__more_on_the_paper_in_its_item() -> None:
    """What is announced in an entry's item as related work is no entry, and its links are not the paper's."""
    entries = read_section(
        f"* [{RESNET}]({OTHER}) CVPR 2016\n\n  Related papers and tutorials to understand this paper:\n\n"
        f"  Stochastic optimization as such: [Paper]({URL})\n\n* [{VASWANI}](https://arxiv.org/abs/1706.03762) NIPS 2017"
    )
    assert [entry.title for entry in entries] == [RESNET, VASWANI]
    assert [link.url for link in entries[0].links] == [OTHER]


def test_read_list__links_announced_in_its_item() -> None:
    """What is announced as the paper's own is."""
    entry = read_section(
        f"* **{RESNET}**. CVPR 2016\n\n  Resources:\n\n  - [Paper]({URL})\n  - [Code]({OTHER})"
    )[0]
    assert [link.url for link in entry.links] == [URL, OTHER]


def test_read_list__halves_of_names() -> None:
    """Where all lists of single words are even, two are one name; a list of surnames stays as it is."""
    halves = ("Klein, Georg, David, Murray", "Engel, Jakob, Thomas, Schops, Daniel, Cremers")
    rows = [f"* **{RESNET} {n}**, CVPR, 2016\n{halves[n % 2]}. \n[[page]({OTHER}{n})]" for n in range(8)]
    entries = read_section("\n\n".join(rows))
    assert entries[0].authors == ("Klein, Georg", "David, Murray")
    assert entries[1].authors == ("Engel, Jakob", "Thomas, Schops", "Daniel, Cremers")
    odd = read_section(
        "\n\n".join([*rows, f"* **{LSTM} Networks**, CVPR, 2016\nHe, Zhang, Ren, Sun, Li. \n[[page]({URL})]"])
    )
    assert odd[0].authors == ("Klein", "Georg", "David", "Murray")


def test_are_halves__cases() -> None:
    """An even number, and one of two neighbours a single word."""
    assert are_halves(("Davison", "Andrew J", "Ian D", "Reid"))
    assert not are_halves(("Ann Lee", "Bob Ray"))
    assert not are_halves(("Klein", "Georg", "Murray"))


def test_read_list__two_papers_in_a_cell() -> None:
    """A cell whose lines are all linked titles of papers is an entry each; with a link to code it is one."""
    head = "| Date | Who | Paper |\n|---|---|---|\n"
    rows = f"| 2023.03.29 | Ann | [{ADAM}]({URL}) (ICLR 2015) <br> [{RESNET}]({OTHER}) (CVPR 2016) |\n"
    rows += f"| 2023.04.05 | Bob | [{VASWANI}](https://arxiv.org/abs/1706.03762) <br> [Code](https://github.com/a/b) |\n"
    entries = read_section(head + rows)
    assert [entry.title for entry in entries] == [ADAM, RESNET, VASWANI]
    assert [entry.venue_text for entry in entries] == ["ICLR", "CVPR", None]
    assert [len(entry.links) for entry in entries] == [1, 1, 2]


def test_read_list__captions_within_a_table() -> None:
    """A cell that is code from end to end, in a row without links, names the rows below it."""
    head = "| Date | Who | Paper |\n|---|---|---|\n"
    rows = f"| 1 | Ann | `Limits of very deep networks:` |\n| | | Kaiming He, Xiangyu Zhang. **{RESNET}**. CVPR 2016 |\n"
    rows += f"| | | `by recurrence`: Sepp Hochreiter, Jürgen Schmidhuber. **{LSTM}**. ICML 1997 |\n"
    assert [entry.title for entry in read_section(head + rows)] == [RESNET, LSTM]


@pytest.mark.parametrize(
    ("text", "year"),
    [("IEEE T-VCG 25. 11(2019): 3052-3062", 2019), ("Neural Computation 9.8 (1997)", 1997), ("ACL 25", 2025)],
    ids=["volume. issue", "volume.issue", "a year of two digits"],
)
def test_find_when__volume_before_the_year(text: str, year: int) -> None:
    """A volume with its issue is no year where the year follows in parentheses."""
    when = find_when(text, alone=True)
    assert when is not None
    assert when.year == year


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (r"Echeverria, Gilberto and Lemaignan, S{\'e}verin", ("Echeverria, Gilberto", "Lemaignan, Séverin")),
        (r"Bernhard Sch\"{o}lkopf, Ann Lee", ("Bernhard Schölkopf", "Ann Lee")),
        ("A. A. Rusu et at.", ("A. A. Rusu",)),
    ],
    ids=["braces around", "braces within", "et at."],
)
def test_find_people__as_latex_writes_them(text: str, names: tuple[str, ...]) -> None:
    """Accents of LaTeX are the letters they stand for."""
    people = find_people(text, sure=True)
    assert people is not None
    assert people.names == names


def test_find_people__latex_without_end() -> None:
    """Braces that nest for ever are nobody's name and do no harm."""
    people = find_people("Ann Lee, " + r"{\'{" * 3000 + ", Bob Ray", sure=True)
    assert people is not None
    assert people.names == ("Ann Lee",)


def test_read_list__headings_with_links_behind_their_title() -> None:
    """Where entries are headings, one is an entry that holds the link to its paper, and those between are sections."""
    entry = f"##### • \\[2016 CVPR\\] {RESNET}. [\\[PDF\\]]({OTHER})\n_Kaiming He, Xiangyu Zhang_"
    text = (
        f"# Papers\n\n## Journals\n\n{entry}\n\n{entry}\n\n## See the [paper]({URL})\n\n{entry}\n\n{entry}\n"
    )
    entries = parse(text.encode()).entries
    assert [(one.title, one.venue_text, one.year) for one in entries] == [(RESNET, "CVPR", 2016)] * 4
    assert {one.authors for one in entries} == {("Kaiming He", "Xiangyu Zhang")}
    assert entries[0].section == ("Journals",)


@pytest.mark.parametrize(("sign", "count"), [("-", 2), ("*", 1)], ids=["its own", "another"])
def test_read_list__items_a_blank_too_far_to_the_right(sign: str, count: int) -> None:
    """An item four blanks from the margin below one at three is no text of that, if its sign is the same."""
    text = f"# Papers\n\n   - [{RESNET}]({OTHER})\n    {sign} {ADAM}, ICLR 2015\n"
    assert len(parse(text.encode()).entries) == count
