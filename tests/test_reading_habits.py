"""What a list shows by its habits: sections about one paper each, links called by people, colours of badges."""

from __future__ import annotations

import pytest

from pipeline.formats._badges import stated
from pipeline.formats._keyed import is_key
from pipeline.formats._works import find_marked, find_volume
from pipeline.model import Entry
from tests.reading import read

ARXIV = "https://arxiv.org/abs/"
GATO = ("A Generalist Agent", f"{ARXIV}2205.06175")
CHAPTERS = [
    GATO,
    ("MyStyle: A Personalized Generative Prior", f"{ARXIV}2203.17272"),
    ("Panoptic Scene Graph Generation", f"{ARXIV}2207.11247"),
]


def chapter(number: int, title: str, url: str) -> str:
    """A section about one paper, with a line about the list below its items."""
    return (
        f'## {title} [{number}]<a name="{number}"></a>\nThis new model is incredible, and we all saw it.\n\n'
        f"Learn more about it at [OpenAI](https://openai.com) and in the video!\n\n"
        f"* Short read: [It is amazing!](https://www.example.org/blog/{number})\n* Paper: [{title}]({url})\n"
        f"* [Code](https://github.com/someone/code-{number})\n\nSubscribe to my [newsletter](https://example.org/news).\n"
    )


def test_read_list__sections_about_one_paper_each() -> None:
    """The heading is the title where the items below name it once more; prose and advertisement add nothing but links."""
    entries = read("\n".join(chapter(n, *one) for n, one in enumerate(CHAPTERS, 1)))
    assert [(entry.title, entry.paper_url) for entry in entries] == CHAPTERS
    assert all(not entry.section and not entry.authors and entry.year is None for entry in entries)
    assert [link.url for link in entries[0].links] == [
        "https://openai.com",
        "https://www.example.org/blog/1",
        f"{ARXIV}2205.06175",
        "https://github.com/someone/code-1",
    ]
    assert (entries[0].first_line, entries[0].last_line) == (3, 10)


def test_read_list__section_without_a_paper_among_them() -> None:
    """A section that is written as those are is one of them: a tool."""
    tool = chapter(4, "DALL·E Mini", "").replace("* Paper: [DALL·E Mini]()\n", "")
    entries = read("\n".join(chapter(n, *one) for n, one in enumerate(CHAPTERS, 1)) + "\n" + tool)
    assert [(entry.title, entry.kind) for entry in entries][3:] == [("DALL·E Mini", "other")]


def test_read_list__sections_about_topics() -> None:
    """Headings that no item below names are topics, however their items are labelled."""
    topics = ["Agents of All Kinds", "Generative Prior Models", "Scene Graph Generation Methods"]
    body = [f"## {topic}\n\n- Paper: [{title}]({url})\n" for topic, (title, url) in zip(topics, CHAPTERS)]
    assert [entry.section for entry in read("\n".join(body))] == [(topic,) for topic in topics]


MARKED = [
    ("a journal", "Deep learning[J]. Nature, 2015, 521: 436-444.", "Nature", "2015"),
    ("a number behind the volume", "Graph wavelets[J]</b>. Transportation Research Part C: Emerging Technologies, 2020, 115: 102620.", "Transportation Research Part C: Emerging Technologies", "2020"),
    ("commas in a journal", "Demand[J]. Proceedings of the ACM on Interactive, Mobile, Wearable and Ubiquitous Technologies, 2020, 4(1): 1-21.", "Proceedings of the ACM on Interactive, Mobile, Wearable and Ubiquitous Technologies", "2020"),
    ("proceedings", "Fast R-CNN[C]//2015 IEEE International Conference on Computer Vision (ICCV). IEEE, 2015: 1440-1448.", "IEEE International Conference on Computer Vision (ICCV)", "2015"),
    ("a preprint is left to others", "Graph networks[J]. arXiv preprint arXiv:1609.02907, 2016.", None, None),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "venue", "year"), [row[1:] for row in MARKED], ids=[row[0] for row in MARKED]
)
def test_find_marked__cases(text: str, venue: str | None, year: str | None) -> None:
    """The mark for the kind of work ends the title; what stands behind it is where it was published."""
    mark = text.index("[")
    found = find_marked(text, 0, mark + 3, len(text))
    assert found is not None
    assert found.title_end == mark
    assert (text[slice(*found.venue)] if found.venue else None) == venue
    assert (text[slice(*found.year)] if found.year else None) == year


@pytest.mark.parametrize("text", ["Learning to Rank [W]", "Notes [J](https://example.org)", "A Survey [12]"])
def test_find_marked__other_brackets(text: str) -> None:
    """A reference's number, a link or another letter is no such mark."""
    assert find_marked(text, 0, len(text), len(text)) is None


KEYS = [
    ("[Turing (1950)](https://example.edu/turing.pdf)", ("Turing",), 1950),
    ("[Ritchie, Thompson (1974)](https://example.edu/unix.pdf)", ("Ritchie", "Thompson"), 1974),
    ("[Ziv & Lempel, 1977](https://example.edu/ziv.pdf)", ("Ziv", "Lempel"), 1977),
    ("[Gray et al (1975)](https://example.edu/gray.pdf)", ("Gray",), 1975),
]
KEYED_TITLES = [
    "Computing Machinery and Intelligence",
    "The UNIX Time-Sharing System",
    "A Universal Algorithm for Sequential Data Compression",
    "Granularity of Locks and Degrees of Consistency in a Shared Data Base",
]


def test_read_list__links_called_by_people_and_a_year() -> None:
    """Where most links are called by several people and a year, one by itself is a person, too."""
    entries = read(
        "\n".join(f"- **{title}**. {key[0]}." for title, key in zip(KEYED_TITLES, KEYS, strict=True))
    )
    assert [(entry.title, entry.authors, entry.year, entry.venue_text) for entry in entries] == [
        (title, names, year, None) for title, (_, names, year) in zip(KEYED_TITLES, KEYS, strict=True)
    ]


def test_read_list__links_called_by_venues_and_a_year() -> None:
    """A venue before a year is none of them."""
    places = ["NIPS (2017)", "CVPR (2016)", "Nature (2016)", "ICLR (2015)"]
    lines = [f"- {title}. [{where}]({ARXIV}1706.03762)" for title, where in zip(KEYED_TITLES, places)]
    entries = read("\n".join(lines))
    assert [entry.venue_text for entry in entries] == ["NIPS", "CVPR", "Nature", "ICLR"]
    assert all(not entry.authors for entry in entries)


@pytest.mark.parametrize(
    ("label", "told"),
    [
        ("Ritchie, Thompson (1974)", True),
        ("Vaswani et al., 2017", True),
        ("Turing (1950)", False),
        ("NIPS 2017", False),
    ],
    ids=["two names", "and others", "one word", "a venue"],
)
def test_is_key__cases(label: str, told: bool) -> None:
    """Several people and a year are a paper's authors; a word and a year may be anything."""
    assert is_key(label) is told


def badge(text: str, colour: str) -> str:
    """A badge of one text."""
    return f"![](https://img.shields.io/badge/{text}-{colour})"


def badged(last: str) -> tuple[Entry, ...]:
    """A list whose venues are orange badges, with `last` as the last of them."""
    venues = ["ACL2022", "ICML2023", "NAACL2024", last]
    return read(
        "\n".join(
            f"- **{title}** [[pdf]({ARXIV}2001.0000{n})], 2023.0{n}. {badge(venue, 'orange')} {badge('SpecDec', 'blue')}"
            for n, (title, venue) in enumerate(zip(KEYED_TITLES, venues, strict=True), 1)
        )
    )


@pytest.mark.parametrize(
    ("text", "venue", "year"),
    [
        ("ACL2024--findings", "ACL findings", 2024),
        ("Technical_Report", "Technical Report", 2023),
        ("ES--FOMO_at_ICML2023", "ES-FOMO at ICML", 2023),
        ("Arxiv", "Arxiv", 2023),
    ],
)
def test_read_list__badges_in_the_colour_of_venues(text: str, venue: str, year: int) -> None:
    """In a list whose orange badges are venues an orange badge is one, however it is called; its year or the entry's."""
    last = badged(text)[-1]
    assert (last.venue_text, last.year) == (venue, year)


def test_read_list__badges_in_other_colours() -> None:
    """Where no colour is kept for venues a badge of one text says what it likes."""
    lines = [
        f"- **{title}** [[pdf]({ARXIV}2001.0000{n})]. {badge(text, 'orange')}"
        for n, (title, text) in enumerate(zip(KEYED_TITLES, ["prompt", "reasoning", "Arxiv", "ACL2022"]), 1)
    ]
    assert [entry.venue_text for entry in read("\n".join(lines))][:3] == [None] * 3


def test_stated__parts() -> None:
    """The venue, its year and the track behind that."""
    said = stated("EMNLP2023-findings")
    assert (said.venue, said.year, said.track) == ("EMNLP", 2023, "findings")


def test_find_volume__without_its_years() -> None:
    """The whole volume is the venue, as search engines cite it; a conference and its place alone are none."""
    text = "ECCV, Amsterdam, The Netherlands, October 11--14, 2016, Proceedings, Part IV 14"
    assert find_volume(text) == (
        "ECCV, Amsterdam, The Netherlands, October 11--14, Proceedings, Part IV 14",
        (50, 54),
    )
    assert find_volume("ECCV 2016, Amsterdam, The Netherlands, October 11, 2016") is None


def test_read_list__table_never_closed() -> None:
    """The rows of a table whose end is missing are read up to the last that is closed; what follows is no part of it."""
    rows = "\n".join(f"<tr><td>{title}</td><td>arXiv</td><td>2017</td></tr>" for title in KEYED_TITLES)
    head = "<table>\n<tr><th>Title</th><th>Publication</th><th>Date</th></tr>\n"
    entries = read(f"{head}{rows}\n\n- [{GATO[0]}]({GATO[1]})")
    assert [entry.title for entry in entries] == [*KEYED_TITLES, GATO[0]]


def test_read_list__what_a_paper_introduced() -> None:
    """What stands before `from` and a linked title is the name of what the paper introduced; a sentence is none."""
    title = "Discovering Universal Semantic Triggers for Text-to-Image Synthesis"
    (entry,) = read(f"- Semantic Shift Rate from [{title}]({ARXIV}2402.07562) (2024-02-12)")
    assert (entry.title, entry.short_name, entry.year) == (title, "Semantic Shift Rate", 2024)
    prose = read(f"- We took the numbers below from [{title}]({ARXIV}2402.07562) for the table")
    assert [one.title for one in prose] != [title]


def test_read_list__paragraphs_about_the_list() -> None:
    """A paragraph that says what the list is opens no entry, whatever stands below it; nor does one that points elsewhere."""
    about = "A curated list of papers that may be of interest to students.\n\n<br/>\n\n"
    points = f"\n\nPrompts are cloze-style inputs to steer models. For more, refer to [this survey]({ARXIV}2107.13586).\n"
    entries = read(about + f"1. **{GATO[0]}**. [Reed et al. (2022)]({GATO[1]}).{points}")
    assert [entry.title for entry in entries] == [GATO[0]]


def test_read_list__labels_of_links_among_venues() -> None:
    """Where links are called by venues, one that leads nowhere yet says where the paper stands, one of digits when."""
    lines = [
        f"- {KEYED_TITLES[0]} [[NIPS2007]]({ARXIV}1705.04396)",
        f"- {KEYED_TITLES[1]} [[arXiv on 27 Jan 2019]]({ARXIV}1901.09453)",
        f"- {KEYED_TITLES[2]} [[ICML]]({ARXIV}1705.04397)",
        f"- {KEYED_TITLES[3]} [[CVPR2019]]({ARXIV}1904.04663)",
        "- Visual domain adaptation: A survey of recent advances [[2015]](https://doi.org/10.1109/msp.2014.2347059)",
        "- Generating target data with class labels for unsupervised domain adaptation [[Knowledge-Based Systems]]()",
    ]
    entries = read("\n".join(lines))
    assert [(entry.venue_text, entry.year) for entry in entries] == [
        ("NIPS", 2007),
        ("arXiv", 2019),
        ("ICML", None),
        ("CVPR", 2019),
        (None, 2015),
        ("Knowledge-Based Systems", None),
    ]
