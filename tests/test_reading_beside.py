"""What stands beside papers or above them: venues of a field, people, plans, tags, issues of journals."""

from __future__ import annotations

import pytest

from pipeline.formats._issues import find_issue
from pipeline.formats._people import find_people
from tests.reading import read

RESNET = "Deep Residual Learning for Image Recognition"
PAPERS = "\n".join(
    f"- [{title}](https://arxiv.org/abs/{number})"
    for title, number in (
        (RESNET, "1512.03385"),
        ("Attention Is All You Need", "1706.03762"),
        ("Adam: A Method for Stochastic Optimization", "1412.6980"),
    )
)
DIRECTORIES = {
    "venues behind a field": "## Scope\n\n- **Data Mining, Web & Information Retrieval:** KDD, WWW, SIGIR, CIKM, WSDM\n",
    "links of venues": "## Conferences and Journals\n\n- **System area**\n    - Conferences: [OSDI](https://dblp.org/db/conf/osdi/index) | [SOSP](https://dblp.org/db/conf/sosp/index)\n    - Journals: [TOCS](https://dblp.org/db/journals/tocs/index)\n",
    "a table of people": "## Researchers\n\n| Canada | |\n| --- | --- |\n| [Ann Lee](https://www.cs.toronto.edu/~lee), Toronto | [Ben Ray](https://cs.queensu.ca/~ray), Queen's |\n",
    "plans": "## Features\n\n- [x] **Survey for Diffusion Models of Image Restoration** (released)\n",
}
ISSUES = [
    ("volume, issue", "Journal of Medicinal Chemistry 64.19 (2021)", "Journal of Medicinal Chemistry", 2021),
    ("volume, page", "npj Comput Mater 9, 69 (2023)", "npj Comput Mater", 2023),
    ("year first", "J. Chem. Inf. Model. 2021, 61, 11, 5343–5361", "J. Chem. Inf. Model.", 2021),
]
BIBTEX = [
    (
        "two words last",
        "Koolen, Corina  and van Cranenburgh, Andreas, 2017",
        ("Koolen, Corina", "van Cranenburgh, Andreas"),
    ),
    (
        "a generation",
        "Blodgett, Su Lin and Barocas, Solon and Daumé III, Hal",
        ("Blodgett, Su Lin", "Barocas, Solon", "Daumé III, Hal"),
    ),
    (
        "full names",
        "Ann Lee, Ben Ray and Carl Moe, Dan Poe",
        ("Ann Lee", "Ben Ray", "Carl Moe", "Dan Poe"),
    ),
]


@pytest.mark.parametrize("text", DIRECTORIES.values(), ids=DIRECTORIES.keys())
def test_read_list__directories_are_no_entries(text: str) -> None:
    """Venues, people and plans that a list names beside its papers are none of its entries."""
    assert len(read(f"{text}\n## Papers\n\n{PAPERS}\n")) == 3


def test_read_list__papers_below_such_headings() -> None:
    """What leads to a paper is an entry under whatever heading."""
    for heading in ("Researchers", "Conferences", "Features"):
        assert len(read(f"## {heading}\n\n{PAPERS}\n")) == 3


@pytest.mark.parametrize(
    ("text", "journal", "year"), [case[1:] for case in ISSUES], ids=[c[0] for c in ISSUES]
)
def test_find_issue__cases(text: str, journal: str, year: int) -> None:
    """A journal with its volume and a year is an issue."""
    found = find_issue(text)
    assert found is not None
    assert found.venue is not None
    assert (text[slice(*found.venue)], found.year) == (journal, year)


@pytest.mark.parametrize("text", ["JACS (2023)", "Paper", "arXiv:2203.14500 (2022)", "Fig. 3 of 2021"])
def test_find_issue__no_volume(text: str) -> None:
    """Without a volume nothing is an issue."""
    assert find_issue(text) is None


@pytest.mark.parametrize(("url", "venue"), [("https://doi.org/10.1016/j.sbi.2021.10.001", "Current Opinion in Structural Biology"), ("https://arxiv.org/abs/1512.03385", None)], ids=["doi", "preprint"])  # fmt: skip
def test_read_list__a_link_called_by_an_issue(url: str, venue: str | None) -> None:
    """The venue and its year stand in the text of a link to a DOI; at a preprint it may be a model and its version."""
    (entry,) = read(f"- **{RESNET}** [2021]\n Ann Lee, Ben Ray\n[Current Opinion in Structural Biology 72 (2022)]({url})\n")  # fmt: skip
    assert (entry.venue_text, entry.year) == ((venue, 2022) if venue else (None, 2021))


@pytest.mark.parametrize(("text", "names"), [case[1:] for case in BIBTEX], ids=[case[0] for case in BIBTEX])
def test_find_people__as_bibtex_has_them(text: str, names: tuple[str, ...]) -> None:
    """Halves of names parted by commas stay together where "and" parts the names."""
    found = find_people(text, sure=True)
    assert found is not None
    assert found.names == names


def test_read_list__tags_above_a_title() -> None:
    """The date of an item of tags is that of the paper in bold below it."""
    entries = read(
        "\n".join(
            f"- `【2024-0{n}】-【Name{n}】-【Laboratory】`\n  - **{RESNET} {word} Once Again**\n  - **Author(s):** Ann Lee, Ben Ray\n  - [Paper](https://arxiv.org/abs/1512.0338{n})"
            for n, word in enumerate(("Read", "Seen", "Heard", "Told"), 1)
        )
    )
    assert [(entry.year, entry.authors) for entry in entries] == [(2024, ("Ann Lee", "Ben Ray"))] * 4


def test_read_list__a_bold_and_italic_name_opens_its_title() -> None:
    """A name with its colon that is bold and italic belongs to the title; a venue there does not."""
    named, dated = read(
        "- ***VDT:*** General-purpose Video Diffusion Transformers [[Paper]](https://arxiv.org/abs/2305.13311)\n"
        f"- ***ICLR:*** {RESNET} [[Paper]](https://arxiv.org/abs/1512.03385)\n"
    )
    assert (named.title, dated.title) == ("VDT: General-purpose Video Diffusion Transformers", RESNET)


def test_read_list__bold_slots_and_full_names() -> None:
    """A thesis in bold brackets is a venue; whom to cite follows what a name stands for."""
    thesis, named = read(
        f"- [**Thesis**] [{RESNET}](https://arxiv.org/abs/1512.03385)\n"
        "- [ExIt](https://arxiv.org/abs/1705.08439) (Expert Iteration): Anthony et al, 2017\n"
    )
    assert thesis.venue_text == "Thesis"
    assert (named.authors, named.et_al, named.year) == (("Anthony",), True, 2017)


def test_find_people__a_comma_first() -> None:
    """Names behind a comma are read as others are."""
    assert find_people(",Lee,Ray", sure=True) is not None
