"""What the lines beside a title say: citations below links, authors above or below, groups above, slots before it."""

from __future__ import annotations

import pytest

from pipeline.formats._inline import scan
from pipeline.formats._keyed import find_key_line
from tests.reading import read_section

CAPTION = "Show and Tell: A Neural Image Caption Generator"
SEQ2SEQ = "Sequence to Sequence Learning with Neural Networks"
ALIGN = "Neural Machine Translation by Jointly Learning to Align and Translate"
MRNN = "Deep Captioning with Multimodal Recurrent Neural Networks (m-RNN)"
TURING = "Neural Turing Machines"
MEMORY = "End-To-End Memory Networks"
SIF = "A Simple but Tough-to-Beat Baseline for Sentence Embeddings"


CITED = f"""
* Alex Graves, Greg Wayne, and Ivo Danihelka, *{TURING}*, arXiv:1410.5401 [[Paper](https://arxiv.org/abs/1410.5401)]
* Sainbayar Sukhbaatar, Arthur Szlam, and Jason Weston, *{MEMORY}*, NIPS 2015 [[Paper](https://arxiv.org/abs/1503.08895)]
* Google + Stanford [[Paper](https://arxiv.org/abs/1409.3215)] [[Web](https://a.edu/s2s)]
  * Ilya Sutskever, Oriol Vinyals, and Quoc V. Le, *{SEQ2SEQ}*, arXiv:1409.3215 / NIPS 2014
* Google [[Paper-arXiv](https://arxiv.org/abs/1411.4555)] [[Paper-CVPR](https://arxiv.org/abs/1412.6632)]
  * Oriol Vinyals, Alexander Toshev, and Dumitru Erhan, *{CAPTION}*, arXiv:1411.4555 / CVPR 2015
  * Junhua Mao, Wei Xu, and Alan L. Yuille, *{MRNN}*, arXiv:1412.6632 / ICLR 2015
"""


def test_read_list__citations_in_italics_below_links() -> None:
    """Links beside a laboratory belong to the citation below, and a second one is an entry of its own."""
    entries = read_section(CITED)
    assert [(entry.title, entry.venue_text, entry.year, len(entry.links)) for entry in entries] == [
        (TURING, "arXiv", None, 1),
        (MEMORY, "NIPS", 2015, 1),
        (SEQ2SEQ, "NIPS", 2014, 2),
        (CAPTION, "CVPR", 2015, 2),
        (MRNN, "ICLR", 2015, 0),
    ]
    assert entries[2].authors == ("Ilya Sutskever", "Oriol Vinyals", "Quoc V. Le")


SIGNED = [
    ("Ilya Sutskever", 2013, "Training Recurrent Neural Networks"),
    ("Richard Socher", 2014, "Recursive Deep Learning for Natural Language Processing and Computer Vision"),
    ("Tomas Mikolov", 2012, "Statistical Language Models based on Neural Networks"),
]


@pytest.mark.parametrize("more", [False, True], ids=["one below each", "more below one"])
def test_read_list__authors_and_a_year_above_a_linked_title(more: bool) -> None:
    """Whoever stands with a year above one linked title wrote that; above several it is the name of a group."""
    text = "\n".join(
        f"* {name} ({year})\n  * [{title}](https://a.edu/{year}.pdf)" for name, year, title in SIGNED
    )
    entries = read_section(text + f"\n  * [{TURING}](https://arxiv.org/abs/1410.5401)" * more)
    assert [entry.title for entry in entries] == [title for *_, title in SIGNED] + [TURING] * more
    said = [(entry.authors, entry.year) for entry in entries]
    assert said == ([((), None)] * 4 if more else [((name,), year) for name, year, _ in SIGNED])


BELOW = f"""
[{ALIGN}](https://arxiv.org/abs/1409.0473)
Bahdanau, Cho 2014. Implements attention, as the WMT'14 task needs.
[English to French Demo](http://104.131.78.120/)

[{SEQ2SEQ}](https://arxiv.org/abs/1409.3215)
Sutskever, Vinyals, Le 2014. ([nips presentation](https://www.microsoft.com/apps/video/239083)). Uses LSTM.

[{TURING}](https://arxiv.org/abs/1410.5401)
Graves et al. 2014.

[{MEMORY}](https://arxiv.org/abs/1503.08895)
Weston 2015. Extends memory networks.
[{CAPTION}](https://arxiv.org/abs/1411.4555)
[Vinyals](https://scholar.google.com/citations?user=a), Toshev 2015. Uses CNN.
"""


def test_read_list__surnames_and_a_year_on_the_line_below() -> None:
    """Where a list has surnames and a year below its titles one will do, and what follows is said about the paper."""
    entries = read_section(BELOW)
    assert [(entry.title, entry.authors, entry.et_al, entry.venue_text, entry.year) for entry in entries] == [
        (ALIGN, ("Bahdanau", "Cho"), False, None, 2014),
        (SEQ2SEQ, ("Sutskever", "Vinyals", "Le"), False, None, 2014),
        (TURING, ("Graves",), True, None, 2014),
        (MEMORY, ("Weston",), False, None, 2015),
        (CAPTION, ("Vinyals", "Toshev"), False, None, 2015),
    ]
    assert [len(entry.links) for entry in entries] == [2, 2, 1, 1, 2]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("Irsoy & Cardie. 2014. Uses a parse tree.", ("Irsoy", "Cardie")),
        ("Dodge et. al 2015. Tests four tasks.", ("Dodge",)),
        ("Le, Mikolov (2014)", ("Le", "Mikolov")),
        ("NeurIPS 2014", None),
        ("Extends the work of Weston 2015.", None),
        ("Weston argues in 2015 that", None),
    ],
    ids=["and", "others", "parentheses", "venue", "within prose", "prose"],
)
def test_find_key_line__cases(line: str, names: tuple[str, ...] | None) -> None:
    """Surnames open the line and a year follows them at once."""
    text = f"[{TURING}](https://arxiv.org/abs/1410.5401)\n{line}"
    found = find_key_line(scan(text, 0, len(text)), text.index("\n"))
    assert (found.people.names if found else None) == names


def test_read_list__prose_above_a_linked_title_is_no_entry() -> None:
    """A paragraph is no title for a linked one that follows it."""
    entries = read_section(f"Networks with an external memory, from the oldest on.\n{BELOW}")
    assert entries[0].title == ALIGN


GROUPED = [
    "Fine-Tuning Language Models from Human Preferences",
    "Scaling Laws for Reward Model Overoptimization :star:",
    "Red Teaming Language Models to Reduce Harms",
    "Constitutional AI: Harmlessness from AI Feedback",
]
UNGROUPED = [SEQ2SEQ, ALIGN, SIF, CAPTION, MEMORY, MRNN]


@pytest.mark.parametrize(
    ("first", "count"),
    [("OpenAI", 10), ("Papers are read in this order and no other", 8)],
    ids=["name", "sentence"],
)
def test_read_list__titles_without_links_below_the_names_of_groups(first: str, count: int) -> None:
    """Titles nested below names are entries as those beside the names are; signs behind them are no part of them."""
    nested = [f"- {first}", f"  - {GROUPED[0]}", f"  - {GROUPED[1]}", "- Anthropic"]
    nested += [f"  - {title}" for title in GROUPED[2:]]
    entries = read_section("\n".join([f"- {title}" for title in UNGROUPED] + nested))
    titles = [entry.title for entry in entries]
    assert set(UNGROUPED) <= set(titles)
    if count == len(titles):
        assert not any(":star" in (title or "") for title in titles)
    assert (GROUPED[0] in titles) is (first == "OpenAI")


def test_read_list__a_linked_name_before_a_linked_title() -> None:
    """A name that leads to the code is no title where a linked title of a paper follows its colon."""
    url, paper = "https://github.com/PrincetonML/SIF", "https://openreview.net/forum?id=SyK00v5xx"
    (entry,) = read_section(f"* [SIF]({url}): [{SIF}]({paper})")
    assert (entry.title, entry.short_name, entry.paper_url, len(entry.links)) == (SIF, "SIF", paper, 2)
    (entry,) = read_section(f"* [{SIF}]({paper}): [the code of the paper itself]({url})")
    assert (entry.title, entry.short_name) == (SIF, None)


@pytest.mark.parametrize(
    "slots",
    [
        "`2024/01` | `SIF` | ",
        "`2024/01`\n| `SIF`\n| `Arora et al.`\n![stars](https://img.shields.io/a.svg) <br>\n",
    ],
    ids=["one line", "several lines"],
)
def test_read_list__slots_in_code_with_bars_before_a_title(slots: str) -> None:
    """A title without a link stands behind slots that hold its date, its name and its authors."""
    (entry,) = read_section(f"- {slots}{SIF} <br>\n[[paper](https://openreview.net/pdf?id=SyK00v5xx)]")
    assert (entry.title, entry.short_name, entry.year) == (SIF, "SIF", 2024)
    assert entry.authors == (("Arora",) if "Arora" in slots else ())


@pytest.mark.parametrize(
    ("written", "venue"),
    [
        ("ICML 2023 Workshop ES-FoMO", "ICML Workshop ES-FoMO"),
        ("IJCAI 2024 (Survey Track)", "IJCAI Survey Track"),
        ("ICML 2023 Workshop", "ICML Workshop"),
    ],
)
def test_read_list__tracks_behind_a_year(written: str, venue: str) -> None:
    """The name of a workshop or a track stands behind the year of its conference."""
    (entry,) = read_section(f"- {SIF} <br> {written} [[Paper]](https://openreview.net/forum?id=SyK00v5xx)")
    assert (entry.title, entry.venue_text) == (SIF, venue)


@pytest.mark.parametrize(
    ("header", "title"), [("Title", "Magistral"), ("Paper", None)], ids=["titles", "papers"]
)
def test_table__one_word_in_the_column_of_titles(header: str, title: str | None) -> None:
    """One word is the title of its row where a column of titles holds it, beside a column of names."""
    rows = [f"| `N{number}` | {name} | [link](https://arxiv.org/abs/1409.321{number}) |" for number, name in enumerate((SEQ2SEQ, ALIGN, SIF, "Magistral"))]  # fmt: skip
    entries = read_section("\n".join([f"| Name | {header} | Link |", "|---|---|---|", *rows]))
    assert (entries[-1].title, entries[-1].short_name) == (title, "N3")
