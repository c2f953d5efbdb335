"""Entries that Markdown takes for other blocks: quoted references, HTML items, titles above bare addresses."""

from __future__ import annotations

import pytest

from tests.reading import read_section

ARXIV = "https://arxiv.org/abs/"
QUOTED = (
    f">[1] [VIME]({ARXIV}1605.09674): Rein Houthooft et al, 2016  \n"
    f"[2] [RND]({ARXIV}1810.12894): Yuri Burda et al, 2018  \n"
    f"[3] [HER]({ARXIV}1707.01495) Marcin Andrychowicz et al, 2017  \n"
)


@pytest.mark.parametrize(
    "above", ["", "Here are the links to the papers:\n"], ids=["alone", "below a sentence"]
)
def test_read_list__quoted_references(above: str) -> None:
    """References in a quotation are one entry each, the first as well, and a sentence right above is none."""
    entries = read_section(above + QUOTED)
    assert [(entry.title, entry.authors, entry.year) for entry in entries] == [
        ("VIME", ("Rein Houthooft",), 2016),
        ("RND", ("Yuri Burda",), 2018),
        ("HER", ("Marcin Andrychowicz",), 2017),
    ]


def test_read_list__numbers_within_prose() -> None:
    """A paragraph whose later lines happen to open with numbers is no list of references."""
    text = "As [1] and others showed, see\n[2] Adam, too, and\n[3] GANs and\n[4] others for more.\n"
    assert read_section(text) == ()


HTML_ITEMS = [
    ("Adam: A Method for Stochastic Optimization", "Kingma", "arXiv-2014.12", f"{ARXIV}1412.6980", "arXiv", 2014),
    ("Mistral 7B", "Jiang", "PDF-2023.00", f"{ARXIV}2310.06825", None, 2023),
    ("Attention Is All You Need", "Vaswani", "No Link-2017.00", "", None, 2017),
    ("Generative Adversarial Networks", "Goodfellow", "No Link-2014.00", "", None, 2014),
]  # fmt: skip


def html_item(title: str, name: str, badge: str, url: str) -> str:
    """A line of an HTML list, its badge a link where there is one."""
    image = f'<img src="https://img.shields.io/badge/{badge}-blue" alt="Badge">'
    link = f'<a href="{url}" target="_blank">{image}</a>' if url else image
    return f"<li><i><b>{title}</b></i>, {name} et al., {link}</li>\n"


def test_read_list__html_items() -> None:
    """Each `<li>` line is an entry, also where it has no link; month 00 of a badge is none that is known."""
    entries = read_section("<ul>\n" + "".join(html_item(*row[:4]) for row in HTML_ITEMS) + "</ul>")
    assert [(entry.title, entry.authors, entry.venue_text, entry.year) for entry in entries] == [
        (title, (name,), venue, year) for title, name, _, _, venue, year in HTML_ITEMS
    ]


def test_read_list__html_items_of_a_menu() -> None:
    """A table of contents in HTML holds no entries."""
    places = ["Reasoning of Language Models", "Planning of Language Models", "Learning of Language Models"]
    menu = "".join(f'<li><a href="#{n}">{place}</a></li>\n' for n, place in enumerate(places))
    assert read_section(f"<ul>\n{menu}</ul>") == ()


def test_read_list__titles_above_bare_addresses() -> None:
    """A title with its address below is a paper without venue or year, too; at another page it is no part of the one above."""
    entries = read_section(
        f"TensorFlow: A System for Large-Scale Machine Learning\nOSDI 2016\n{ARXIV}1605.08695\n\n"
        f"Adam: A Method for Stochastic Optimization\n{ARXIV}1412.6980\n\n"
        f"Introducing the backbone of our services\nhttps://code.example.com/core-data/backbone/\n\n"
        f"Attention Is All You Need\nNIPS 2017\n{ARXIV}1706.03762\n"
    )
    papers = [entry for entry in entries if entry.kind == "paper"]
    assert [entry.title for entry in papers] == [
        "TensorFlow: A System for Large-Scale Machine Learning",
        "Adam: A Method for Stochastic Optimization",
        "Attention Is All You Need",
    ]
    assert all(len(entry.links) == 1 for entry in papers)


@pytest.mark.parametrize(
    "sentence",
    [
        f"Note that the groups overlap, and many a paper belongs to several ([this one]({ARXIV}1412.6980)).",
        f"For an overview of **optimizers**, checkout the survey ([Adam]({ARXIV}1412.6980)) and the rest.",
    ],
    ids=["note that", "for an overview"],
)
def test_read_list__advice_is_no_entry(sentence: str) -> None:
    """A sentence that sends its reader elsewhere is no title."""
    title = f"- [Attention Is All You Need]({ARXIV}1706.03762), NIPS 2017\n"
    assert [entry.title for entry in read_section(f"{sentence}\n\n{title}")] == ["Attention Is All You Need"]


def test_read_list__linked_authors_below_a_title() -> None:
    """A line of nothing but names, some of them links, is the authors of the title above and no entry."""
    records = [
        f"**{title}.**[[PDF]({ARXIV}{number})]<br>\n*[Ann Lee](https://ann.example.org/), [Bob Ray](https://bob.example.org/), Carl Moe.*<br>\n"
        for title, number in (("Adam: A Method for Stochastic Optimization", "1412.6980"), ("Attention Is All You Need", "1706.03762"))
    ]  # fmt: skip
    entries = read_section("\n".join(records))
    assert [(len(entry.title or ""), entry.authors) for entry in entries] == [
        (42, ("Ann Lee", "Bob Ray", "Carl Moe")),
        (25, ("Ann Lee", "Bob Ray", "Carl Moe")),
    ]
