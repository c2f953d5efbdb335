"""Entries of several lines: names above a title, references, labelled records, items without links."""

from __future__ import annotations

import time

import pytest

from pipeline.formats._cited import find_reference, find_signature
from pipeline.formats._people import find_people
from pipeline.model import Entry
from tests.test_reader import parse

RESNET = "Deep Residual Learning for Image Recognition"
RTREE = "The R*-Tree: An Efficient and Robust Access Method for Points and Rectangles"
ARIES = "ARIES: A Transaction Recovery Method Supporting Fine-Granularity Locking"
HE = ("Kaiming He", "Xiangyu Zhang", "Shaoqing Ren", "Jian Sun")
LINK = "[[paper](https://arxiv.org/abs/1512.03385)]"

REFERENCES = [
    ("pages", "Norbert Beckmann, Hans-Peter Kriegel, Proc. SIGMOD Conference, 1990, 322-331.  ", ["Norbert Beckmann", "Hans-Peter Kriegel"], "Proc. SIGMOD Conference", "1990"),
    ("volume and pages", "C. Mohan, Don Haderle, ACM Trans. Database Syst., 17(1), 1992, 94-162.", ["C. Mohan", "Don Haderle"], "ACM Trans. Database Syst.", "1992"),
    ("a journal that reads like a name", "Lawrence Page, Sergey Brin, Computer Networks, 30(1-7), 1998, 107-117.", ["Lawrence Page", "Sergey Brin"], "Computer Networks", "1998"),
    ("proceedings without pages", "Martin Theobald, Gerhard Weikum, Proc. CIDR, 2003.", ["Martin Theobald", "Gerhard Weikum"], "Proc. CIDR", "2003"),
    ("no venue", "Leonard D. Shapiro,11(3), 1986, 239-264.", ["Leonard D. Shapiro"], None, "1986"),
]  # fmt: skip
NO_REFERENCES = [
    ("a year and nothing else", "Ann Lee, Bob Ray, Carl Moe, 2016."),
    ("a title before the venue", "Join Processing in Database Systems, ACM Trans. Database Syst., 11(3), 1986, 239-264."),
    ("a date", "Jim Gray, Raymond A. Lorie, IBM, September, 1975."),
]  # fmt: skip
SIGNATURES = [
    ("a year and a place", "Ronald J. Williams (1992); Northeastern University", ("Ronald J. Williams",)),
    ("surnames and a place", "Dosovitskiy, Koltun; Intel Labs", ("Dosovitskiy", "Koltun")),
    ("an initial and a year", "S. Keshav (2007)", ("S. Keshav",)),
]
NO_SIGNATURES = [
    ("a publisher", "Morgan Kaufmann (2009)"),
    ("a journal", "Nature Methods (2012)"),
    ("tasks", "Atari, Maze; Locomotion"),
    ("a sentence", "The code is public; see the page of Intel Labs"),
]


def read(text: str) -> tuple[Entry, ...]:
    """The entries of a list with one section."""
    return parse(("# Papers\n\n## Vision\n\n" + text + "\n").encode()).entries


def only(text: str) -> Entry:
    """The one entry of a list of one."""
    entries = read(text)
    assert len(entries) == 1
    return entries[0]


@pytest.mark.parametrize(
    ("text", "names", "venue", "year"), [row[1:] for row in REFERENCES], ids=[row[0] for row in REFERENCES]
)
def test_find_reference__cases(text: str, names: list[str], venue: str | None, year: str) -> None:
    """Names, venue and year of a line that holds nothing else, with pages, a volume or proceedings."""
    found = find_reference(text, 0, len(text))
    assert found is not None
    assert list(found.people.names) == names
    assert (text[slice(*found.venue)] if found.venue else None) == venue
    assert text[slice(*found.year)] == year


@pytest.mark.parametrize("text", [row[1] for row in NO_REFERENCES], ids=[row[0] for row in NO_REFERENCES])
def test_find_reference__other_lines(text: str) -> None:
    """A year behind names is no reference, nor is a line that opens with a title."""
    assert find_reference(text, 0, len(text)) is None


@pytest.mark.parametrize("before", [True, False], ids=["before", "behind"])
def test_read_list__reference_beside_a_linked_title(before: bool) -> None:
    """The line beside a linked title gives authors, venue and year, on either side of it."""
    who = "Norbert Beckmann, Hans-Peter Kriegel, Proc. SIGMOD Conference, 1990, 322-331."
    link = f"[{RTREE}](/papers/rtree.pdf)"
    entry = only(f"1. {who}  \n{link}" if before else f"1. {link}  \n{who}")
    assert (entry.title, entry.authors) == (RTREE, ("Norbert Beckmann", "Hans-Peter Kriegel"))
    assert (entry.venue_text, entry.year) == ("Proc. SIGMOD Conference", 1990)


@pytest.mark.parametrize(
    ("text", "names"), [row[1:] for row in SIGNATURES], ids=[row[0] for row in SIGNATURES]
)
def test_find_signature__cases(text: str, names: tuple[str, ...]) -> None:
    """Who wrote a paper, and when or where."""
    found = find_signature(text, 0, len(text))
    assert found is not None
    assert found.people.names == names


@pytest.mark.parametrize("text", [row[1] for row in NO_SIGNATURES], ids=[row[0] for row in NO_SIGNATURES])
def test_find_signature__other_lines(text: str) -> None:
    """Publishers, journals, tags and prose are nobody."""
    assert find_signature(text, 0, len(text)) is None


@pytest.mark.parametrize(
    "text",
    [
        f'- **ResNet:** {", ".join(HE)}.<br />\n\n  "{RESNET}." CVPR(2016)\n\n  {LINK}',
        f'- {", ".join(HE)}:\n  "{RESNET}."\n\n  {LINK}',
        f"* {', '.join(HE)}:\n\n  {RESNET}.\n\n  {LINK}",
    ],
    ids=["nickname and quotes", "next line", "next paragraph"],
)
def test_read_list__names_above_their_title(text: str) -> None:
    """A first line of names alone has its title below it."""
    entry = only(text)
    assert (entry.title, entry.authors, entry.layout) == (RESNET, HE, "names above")
    assert entry.short_name == ("ResNet" if "ResNet" in text else None)
    assert entry.paper_url == "https://arxiv.org/abs/1512.03385"


def test_read_list__a_title_of_two_parts_is_nobody() -> None:
    """What could be two names but closes with no colon and has links beside it is a title."""
    entry = only(f"- Representation Learning, Disentangled Factors. {LINK}\n  some notes on this paper")
    assert entry.title is not None
    assert entry.title.startswith("Representation Learning")


def test_read_list__heading_with_authors_below() -> None:
    """A heading is a paper where the line below it is labelled as the authors'; its section is the one above."""
    entries = read(
        f"### {RESNET}\n\n**Authors:** Kaiming He, Xi (Peter) Chen\n\n"
        "**Abstract:** This report was presented by the authors at CVPR 2016 in Las Vegas.\n\n"
        "**URL:** https://arxiv.org/abs/1512.03385\n\n**Notes:** good\n\n"
        "### Attention Is All You Need\n\n**Authors:** Ashish Vaswani, Noam Shazeer\n\n"
        "**Abstract:** Sequence models.\n\n**URL:** https://arxiv.org/abs/1706.03762"
    )
    assert [entry.title for entry in entries] == [RESNET, "Attention Is All You Need"]
    assert [entry.section for entry in entries] == [("Vision",)] * 2
    assert entries[0].authors == ("Kaiming He", "Xi (Peter) Chen")
    assert (entries[0].venue_text, entries[0].year) == (None, None)


def test_read_list__heading_above_prose_is_none() -> None:
    """A heading with a paragraph below it is a section."""
    assert read("### Deep Residual Learning Methods\n\n**Overview:** what the papers say.") == ()


def test_read_list__surnames_and_a_colon_before_titles() -> None:
    """Where most titles have surnames and a colon before them, one surname is an author too and no nickname."""
    rows = [
        ("Manna, Waldinger", "A Deductive Approach to Program Synthesis"),
        ("Srivastava, Gulwani, Foster", "From Program Verification to Program Synthesis"),
        ("Qiu, Solar-Lezama", "Natural Synthesis of Provably-Correct Data-Structure Manipulations"),
        ("Kneuss, Kuraj, Kuncak, Suter", "Synthesis Modulo Recursive Functions"),
        ("Gulwani", "Dimensions in Program Synthesis"),
    ]
    entries = read(
        "\n\n".join(
            f"{who}: [{title}](https://a.edu/{n}.pdf). POPL'1{n}" for n, (who, title) in enumerate(rows)
        )
    )
    assert [entry.title for entry in entries] == [title for _, title in rows]
    assert [", ".join(entry.authors) for entry in entries] == [who for who, _ in rows]


def test_read_list__one_nickname_and_a_colon_before_a_title() -> None:
    """Elsewhere a word and a colon before a title are its nickname."""
    entry = only(
        "- Synquid: [Program Synthesis from Polymorphic Refinement Types](https://a.edu/p.pdf). PLDI'16"
    )
    assert (entry.short_name, entry.authors) == ("Synquid", ())


def test_find_people__names_left_out_in_the_middle() -> None:
    """The names behind the dots are authors too."""
    people = find_people("Yue Liu, Hongcheng Gao, ..., Jiaheng Zhang, Bryan Hooi", sure=True)
    assert people is not None
    assert people.et_al
    assert people.names == ("Yue Liu", "Hongcheng Gao", "Jiaheng Zhang", "Bryan Hooi")


def test_find_people__a_title_behind_dots() -> None:
    """What follows the dots must be a name."""
    people = find_people("Ann Lee, ..., Learning to Plan", sure=True)
    assert people is not None
    assert people.names == ("Ann Lee",)


def test_read_list__paragraphs_indented_by_too_little() -> None:
    """Two blanks before what belongs to a numbered item are enough where the list does so all along."""
    titles = ["Robust Markov Decision Processes", RESNET, "The Geometry of Robust Value Functions"]
    text = "\n\n".join(
        f"{n}. **{title}**\n\n  *Daniel Kuhn, Ann Lee.* [PDF](https://arxiv.org/abs/2201.1292{n}), *Operations Research*, 2012"
        for n, title in enumerate(titles, 1)
    )
    entries = read(text)
    assert [entry.title for entry in entries] == titles
    assert [entry.authors for entry in entries] == [("Daniel Kuhn", "Ann Lee")] * 3
    assert [(entry.first_line, entry.last_line) for entry in entries] == [(5, 7), (9, 11), (13, 15)]


def test_read_list__items_without_links_among_papers() -> None:
    """A headline by itself between linked papers is a paper whose link is still to come; a remark is none."""
    entries = read(
        f"+ [{RESNET}](https://arxiv.org/abs/1512.03385) (CVPR 2016)\n\n"
        "+ Precise Pick-and-Place using Score-Based Diffusion Networks\n\n"
        "+ these two are the ones to read first of all\n\n"
        "+ [Attention Is All You Need](https://arxiv.org/abs/1706.03762) (NIPS 2017)\n\n"
        "+ Diffusion Models for Robots and Many Other Things\n    + notes\n"
    )
    assert [entry.title for entry in entries] == [
        RESNET,
        "Precise Pick-and-Place using Score-Based Diffusion Networks",
        "Attention Is All You Need",
    ]


def test_read_list__links_called_by_their_host_and_people() -> None:
    """A link called by its own host belongs to the entry above; the profile of a person is no paper."""
    entries = read(
        f"- [{RESNET}](https://lab.example.com/resnet)\n\n\t · ([cdn.lab](https://cdn.lab.example.com/full-paper.pdf))\n"
        "- [Ann Lee](https://scholar.google.com/citations?user=abc)\n"
    )
    assert [entry.title for entry in entries] == [RESNET]
    assert [link.label for link in entries[0].links] == [RESNET, "cdn.lab"]


def test_read_list__a_year_before_the_name_of_its_conference() -> None:
    """`In 2021 ...` opens the name of a conference, with its short name behind it."""
    entry = only(
        "M. Carvalho and D. F. Macedo. 2021. QoE-Aware Container Scheduler for Co-located Cloud Environments. "
        "In 2021 IFIP/IEEE Int. Symposium on Integrated Network Management (IM). 286-294. [pdf](https://a.edu/p.pdf)"
    )
    assert entry.venue_text == "IFIP/IEEE Int. Symposium on Integrated Network Management (IM)"


@pytest.mark.parametrize("unit", ["Ann Lee, ", "1990, 3", "A (1990); ", ",11(3), 1986", "University; "])
def test_find_reference__cost_is_linear(unit: str) -> None:
    """Twenty thousand signs take a fraction of a second."""
    text = unit * (20_000 // len(unit))
    begin = time.perf_counter()
    for number in range(0, 2000, 100):
        find_reference(text, number, len(text))
        find_signature(text, number, number + 299)
    assert time.perf_counter() - begin < 2
