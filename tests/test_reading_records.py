"""Entries of several lines: names above a title, references, labelled records, items without links."""

from __future__ import annotations

import time

import pytest

from pipeline.formats._cited import find_reference, find_signature
from pipeline.formats._people import find_people
from tests.reading import only, parse, read_section

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
    entries = read_section(
        f"### {RESNET}\n\n**Authors:** Kaiming He, Xi (Peter) Chen\n\n"
        "**Abstract:** This report was presented by the authors at CVPR 2016 in Las Vegas.\n\n"
        "**URL:** https://arxiv.org/abs/1512.03385\n\n**Notes:** good\n\n"
        "### Attention Is All You Need\n\n**Authors:** Ashish Vaswani, Noam Shazeer\n\n"
        "**Abstract:** Sequence models.\n\n**URL:** https://arxiv.org/abs/1706.03762"
    )
    assert [entry.title for entry in entries] == [RESNET, "Attention Is All You Need"]
    assert [entry.section for entry in entries] == [("Learning",)] * 2
    assert entries[0].authors == ("Kaiming He", "Xi (Peter) Chen")
    assert (entries[0].venue_text, entries[0].year) == (None, None)


def test_read_list__heading_above_prose_is_none() -> None:
    """A heading with a paragraph below it is a section."""
    assert read_section("### Deep Residual Learning Methods\n\n**Overview:** what the papers say.") == ()


def test_read_list__surnames_and_a_colon_before_titles() -> None:
    """Where most titles have surnames and a colon before them, one surname is an author too and no nickname."""
    rows = [
        ("Manna, Waldinger", "A Deductive Approach to Program Synthesis"),
        ("Srivastava, Gulwani, Foster", "From Program Verification to Program Synthesis"),
        ("Qiu, Solar-Lezama", "Natural Synthesis of Provably-Correct Data-Structure Manipulations"),
        ("Kneuss, Kuraj, Kuncak, Suter", "Synthesis Modulo Recursive Functions"),
        ("Gulwani", "Dimensions in Program Synthesis"),
    ]
    entries = read_section(
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
    entries = read_section(text)
    assert [entry.title for entry in entries] == titles
    assert [entry.authors for entry in entries] == [("Daniel Kuhn", "Ann Lee")] * 3
    assert [(entry.first_line, entry.last_line) for entry in entries] == [(5, 7), (9, 11), (13, 15)]


def test_read_list__items_without_links_among_papers() -> None:
    """A headline by itself between linked papers is a paper whose link is still to come; a remark is none."""
    entries = read_section(
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
    entries = read_section(
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


def test_read_list__paragraphs_below_the_name_of_their_group() -> None:
    """Bold titles below a bullet, each with where it stands and its paper, are entries; the bullet is none."""
    below = "\n\n".join(
        f"    **{title}**, {venue}. [[Paper]](https://arxiv.org/abs/{number})"
        for title, venue, number in (
            (RESNET, "CVPR 2016", "1512.03385"),
            ("Attention Is All You Need", "NIPS 2017", "1706.03762"),
        )
    )
    entries = read_section(f"- Models\n  - Image Search\n\n{below}\n\n  - Audio Search\n\n{below}")
    assert [entry.title for entry in entries] == [RESNET, "Attention Is All You Need"] * 2
    assert [(entry.first_line, entry.last_line) for entry in entries] == [
        (8, 8),
        (10, 10),
        (14, 14),
        (16, 16),
    ]


def test_read_list__one_paragraph_below_its_title() -> None:
    """Links and a venue in a paragraph of their own belong to the title above."""
    entry = only(f"- {RESNET}\n\n  {', '.join(HE)}, CVPR 2016. {LINK}")
    assert (entry.title, entry.authors, entry.year) == (RESNET, HE, 2016)


REMARKS = [
    ("Where residuals begin", RESNET),
    ("Reply the transactions", ARIES),
    ("Spatial Index Structures", "The Grid File: An Adaptable, Symmetric Multikey File Structure"),
    ("what to read on trees", "The Ubiquitous B-Tree"),
    ("How are the two compared", "Join Processing in Database Systems with Large Main Memories"),
]


def test_read_list__remarks_in_italics_before_linked_titles() -> None:
    """What a list says in italics before each linked title is neither title, authors nor venue."""
    entries = read_section(
        "\n".join(f"*  *{note}*  [{title}](https://a.edu/{title[:5]}.pdf)" for note, title in REMARKS)
    )
    assert [entry.title for entry in entries] == [title for _, title in REMARKS]
    assert not any(entry.authors or entry.venue_text or entry.short_name for entry in entries)


def test_read_list__titles_in_italics_before_their_links() -> None:
    """In a list whose titles are in italics and its links called by a kind of thing these are the titles."""
    entries = read_section(
        "\n".join(f"* *{title}* [Paper](https://a.edu/{title[:5]}.pdf)" for _, title in REMARKS)
    )
    assert [entry.title for entry in entries] == [title for _, title in REMARKS]


NEW = f"- [{RESNET}](https://arxiv.org/abs/1512.03385) [2016]\n- [{ARIES}](https://a.edu/aries.pdf)"


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (f"### What's New\n\n{NEW}", 2),
        (f"### What's New\n\n- 2016-05 [{RESNET}](https://arxiv.org/abs/1512.03385) was added.", 0),
        (f"### News\n\n{NEW}", 0),
        (f"## What's New\n\n{NEW}", 0),
    ],
    ids=["new papers of a topic", "dates and words", "news", "above all topics"],
)
def test_read_list__sections_of_what_is_new(text: str, count: int) -> None:
    """Below a topic, a section of nothing but linked titles holds its new papers; news are no entries."""
    assert len(read_section(f"- [{RTREE}](https://a.edu/rtree.pdf)\n\n{text}")) == 1 + count


def test_read_list__another_version_below_an_entry() -> None:
    """A nested link called by what version it leads to belongs to the entry above."""
    entry = only(
        f"- [{RESNET}](https://a.edu/resnet.pdf) (CVPR 2016)\n  - [arxiv version](https://arxiv.org/abs/1512.03385)"
    )
    assert [link.label for link in entry.links] == [RESNET, "arxiv version"]


def test_read_list__a_question_and_a_full_stop() -> None:
    """A full stop behind a question mark ends the title, whoever is named behind it."""
    entry = only(
        "- Why Should I Trust You?. Marco Ribeiro et al. [[paper](https://arxiv.org/abs/1602.04938)]"
    )
    assert (entry.title, entry.authors) == ("Why Should I Trust You?", ("Marco Ribeiro",))


ESCAPES = [
    ("a title that opens with them", rf"- **\[Re\] {RESNET}** {LINK}", rf"\[Re\] {RESNET}"),
    ("a title that ends with them", rf"- **{RESNET} \[Extended\]** {LINK}", rf"{RESNET} \[Extended\]"),
    (
        "in the text of a link",
        rf"- [{RESNET} \[Extended\]](https://arxiv.org/abs/1512.03385)",
        rf"{RESNET} \[Extended\]",
    ),
    ("in the middle of a word", rf"- **{RESNET}\[s\]** {LINK}", rf"{RESNET}\[s\]"),
    ("one alone", rf"- **\[{RESNET}** {LINK}", rf"\[{RESNET}"),
]


@pytest.mark.parametrize(("text", "written"), [row[1:] for row in ESCAPES], ids=[row[0] for row in ESCAPES])
def test_read_list__escaped_brackets_keep_their_bytes(text: str, written: str) -> None:
    """A title is read without the backslashes of its brackets, and its span holds them all."""
    data = ("# Papers\n\n## Vision\n\nÜber\n\n" + text + "\n").encode()
    (entry,) = parse(data).entries
    assert entry.title == written.replace("\\", "")
    assert data[slice(*entry.spans["title"])].decode() == written


def test_read_list__escaped_brackets_in_an_address() -> None:
    """An address is what stands there, whatever it escapes."""
    entry = only(rf"- [{RESNET}](https://a.edu/p.\[1\]-(2)\[3\].pdf) CVPR 2016")
    assert entry.links[0].url == "https://a.edu/p.[1]-(2)[3].pdf"


@pytest.mark.parametrize("unit", ["Ann Lee, ", "1990, 3", "A (1990); ", ",11(3), 1986", "University; "])
def test_find_reference__cost_is_linear(unit: str) -> None:
    """Twenty thousand signs take a fraction of a second."""
    text = unit * (20_000 // len(unit))
    begin = time.perf_counter()
    for number in range(0, 2000, 100):
        find_reference(text, number, len(text))
        find_signature(text, number, number + 299)
    assert time.perf_counter() - begin < 2


GATHERED = [
    ("GAT", "Graph Attention Networks, ICLR'18", "Graph Attention Networks", "ICLR", 2018),
    ("FaRM", "No compromise: distributed transactions, SOSP 2015", "No compromise: distributed transactions", "SOSP", 2015),
    ("ARIES", ARIES, ARIES, None, None),
]  # fmt: skip
BELOW = "\n  - [[paper]](https://a.edu/{0}.pdf)\n  - [[Python]](https://github.com/a/{0}) [[C++]](https://github.com/b/{0})"


def test_read_list__records_of_nested_items() -> None:
    """In a list of bold names with the title below and links below that each name opens one entry."""
    text = "\n".join(f"- **{name}**\n  - {line}{BELOW.format(name)}" for name, line, *_ in GATHERED)
    entries = read_section(text)
    assert [(e.short_name, e.title, e.venue_text, e.year) for e in entries] == [
        (name, title, venue, year) for name, _, title, venue, year in GATHERED
    ]
    assert {len(entry.links) for entry in entries} == {3}
    assert [entry.last_line - entry.first_line for entry in entries] == [3, 3, 3]


def test_read_list__bold_groups_of_linked_titles() -> None:
    """Bold names with linked titles below them are groups: each title is an entry of its own."""
    papers = f"  - [{RESNET}](https://arxiv.org/abs/1512.03385)\n  - [{RTREE}](https://a.edu/rtree.pdf)"
    entries = read_section("\n".join(f"- **{name}**\n{papers}" for name in ("Vision", "Indexes", "Storage")))
    assert [entry.title for entry in entries] == [RESNET, RTREE] * 3
    assert not any(entry.short_name for entry in entries)


def test_read_list__names_before_bare_addresses() -> None:
    """Where nearly all items are a name and the bare address of a paper, the names are no titles."""
    names = ["U-Net", "FCN", "Attention U-Net", "ENet", RESNET]
    entries = read_section("\n".join(f"- {name} [https://a.edu/{n}.pdf] [2015]\n  + https://github.com/a/{n} [Keras]" for n, name in enumerate(names)))  # fmt: skip
    assert [entry.short_name or entry.title for entry in entries] == names
    assert [entry.title for entry in entries] == [None] * 4 + [RESNET]
    assert {(entry.year, len(entry.links)) for entry in entries} == {(2015, 2)}


def test_read_list__words_before_bare_addresses() -> None:
    """Among titles before bare addresses one word is a title too, also with its address on the line below."""
    titles = [RESNET, RTREE, ARIES, "WaveNet", "FFTNet"]
    lines = [f"- {title}: https://a.edu/{n}.pdf" for n, title in enumerate(titles)]
    lines[-1] = "- FFTNet\n  - https://a.edu/4.pdf"
    entries = read_section("\n".join(lines))
    assert [(entry.title, entry.short_name, len(entry.links)) for entry in entries] == [
        (title, None, 1) for title in titles
    ]


def test_read_list__labels_before_bare_addresses() -> None:
    """What opens a line as a label does is neither a title nor a name."""
    entries = read_section("\n".join(f"- {title}\n  - Paper: https://a.edu/{title[:4]}.pdf\n  - Code: https://github.com/a/{title[:4]}" for title in (RESNET, RTREE, ARIES)))  # fmt: skip
    assert [(entry.title, len(entry.links)) for entry in entries] == [
        (RESNET, 2),
        (RTREE, 2),
        (ARIES, 2),
    ]


BIBTEX = "```bibtex\n@inproceedings{{he,\n  title={{{0}}},\n  author={{{1}}},\n  year={{2016}}\n}}\n```"


@pytest.mark.parametrize(
    ("title", "written", "authors", "et_al"),
    [
        (RESNET, "He, Kaiming and Zhang, Xiangyu", ("He, Kaiming", "Zhang, Xiangyu"), False),
        (RESNET, "Kaiming He and others", ("Kaiming He",), True),
        ("{ARIES}: Another Paper", "Mohan, C.", (), False),
    ],
    ids=["last names first", "others", "of another paper"],
)
def test_read_list__authors_in_bibtex_below(
    title: str, written: str, authors: tuple[str, ...], et_al: bool
) -> None:
    """The BibTeX record below an entry names its authors, if it is one of the same title."""
    entry = only(
        f"**[CVPR2016]** {RESNET}, {LINK}.\n\n*Keywords: residual learning*\n\n{BIBTEX.format(title, written)}"
    )
    assert (entry.title, entry.authors, entry.et_al) == (RESNET, authors, et_al)
    assert (entry.text.endswith("```")) is bool(authors)


def test_read_list__links_called_by_a_date() -> None:
    """In a list whose links are called by venues one called by a date says when and not where."""
    lines = [f"- {RESNET} [[CVPR 2016]](https://arxiv.org/abs/1512.03385)"] * 3
    entry = read_section("\n".join([*lines, f"- {ARIES} [[4 Sep 2022]](https://arxiv.org/abs/2209.01667)"]))[
        -1
    ]
    assert (entry.title, entry.venue_text, entry.year) == (ARIES, None, 2022)


@pytest.mark.parametrize(
    ("second", "section"), [("# Blogs", ("Papers",)), ("## Blogs", ())], ids=["one of two", "alone"]
)
def test_read_list__a_first_heading_that_names_no_list(second: str, section: tuple[str, ...]) -> None:
    """`# Papers` is a section where others of its level follow, and else the name of the list."""
    text = f"# Papers\n\n- {RESNET}: https://arxiv.org/abs/1512.03385\n\n{second}\n\nMore to come.\n"
    (entry,) = parse(text.encode()).entries
    assert entry.section == section


@pytest.mark.parametrize(
    ("address", "count"),
    [("https://a.edu/1.pdf,https://github.com/a/b", 2), ("https://a.edu/1,httpd,2.pdf", 1)],
    ids=["two", "one with commas"],
)
def test_read_list__addresses_parted_by_a_comma(address: str, count: int) -> None:
    """A comma without a space parts two addresses, and is else a part of one."""
    assert len(only(f"- {RESNET} (CVPR 2016): {address}").links) == count
