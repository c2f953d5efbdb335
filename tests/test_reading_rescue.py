"""Lists that no layout reads: where their titles stand is learned from the blocks themselves."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.formats import Candidate, Context, EntryDraft
from pipeline.reading import learning
from tests.reading import parse

PAPERS = [
    ("Deep Residual Learning for Image Recognition", "1512.03385", "ResNet"),
    ("Very Deep Convolutional Networks for Large-Scale Image Recognition", "1409.1556", "VGG"),
    ("Attention Is All You Need", "1706.03762", "Transformer"),
    (
        "BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding",
        "1810.04805",
        "BERT",
    ),
    ("Language Models are Few-Shot Learners", "2005.14165", "GPT-3"),
    ("Adam: A Method for Stochastic Optimization", "1412.6980", "Adam"),
    ("Generative Adversarial Networks", "1406.2661", "GAN"),
    ("Denoising Diffusion Probabilistic Models", "2006.11239", "DDPM"),
    ("Semi-Supervised Classification with Graph Convolutional Networks", "1609.02907", "GCN"),
]
TITLES = [title for title, _, _ in PAPERS]
URLS = [f"https://arxiv.org/abs/{number}" for _, number, _ in PAPERS]

SHAPES = [
    ("a venue's link, a comma, the title", "- [arXiv 2015.12](https://arxiv.org/abs/{number}), {title}\n"),
    ("a star before the link", "- 🌟 [arXiv 2015.12](https://arxiv.org/abs/{number}), {title}, [website](https://{name}.example.org/)\n"),
    ("an address and an arrow, line below line", "arXiv: <https://arxiv.org/abs/{number}> → {title}\n"),
    ("a heading above a labelled link and prose", "### {title}\n\n- Paper Link: [arXiv {number}](https://arxiv.org/abs/{number})\n\n- Overview:\n\n    It shows what Hafner (2021) could not.\n\n"),
    ("bold below a line in code", "- `{name}, A Company`\n  - **{title}**\n  - **Author(s):** Ann Lee, Bob Ray\n  - [Paper](https://arxiv.org/abs/{number})\n"),
]  # fmt: skip
"""Shapes that no layout knows."""
KNOWN_SHAPES = [
    ("linked", "- [{title}](https://arxiv.org/abs/{number}), 2015. [code](https://github.com/a/{name})\n"),
    ("bold behind names", "- Ann Lee, Bob Ray. **{title}**. [[pdf]](https://arxiv.org/abs/{number})\n"),
    ("plain", "- {title} [[paper](https://arxiv.org/abs/{number})]\n"),
    ("a column", "| {name} | {title} | [paper](https://arxiv.org/abs/{number}) |\n"),
    ("quoted behind a name", '- {name}, "{title}", [paper](https://arxiv.org/abs/{number})\n'),
]
"""Shapes that layouts know, to be read without these."""
NOTHING = [
    ("news", ["We released the weights of our {name} model, see the [report](https://arxiv.org/abs/{number}).",
              "Our survey of {name} was accepted, read it on [arXiv](https://arxiv.org/abs/{number})."]),
    ("tools", ["{name}: library for similarity search of dense vectors ([paper](https://arxiv.org/abs/{number}))",
               "{name} 2: memory mapped trees for fast lookups ([paper](https://arxiv.org/abs/{number}v2))"]),
    ("prose", ["See how {name} changed vision, and all that came after it, in https://arxiv.org/abs/{number} and elsewhere."]),
    ("the same words", ["Large Language Model Alignment [paper](https://arxiv.org/abs/{number})"]),
    ("numbers", ["Cited by {number} other papers [paper](https://arxiv.org/abs/{number})"]),
    ("names", ["Ann Lee, Bob Ray and Carl Moe [paper](https://arxiv.org/abs/{number})"]),
]  # fmt: skip


class _Nothing:
    """A layout that reads nothing."""

    name = "nothing"

    def read(self, candidate: Candidate, context: Context) -> EntryDraft | None:
        return None


def written(lines: Sequence[str], before: str = "") -> bytes:
    """A list with a block for each paper, in these shapes by turns."""
    text = "".join(
        lines[at % len(lines)].format(title=title, number=number, name=name)
        for at, (title, number, name) in enumerate(PAPERS)
    )
    return f"# Papers\n\n## Vision\n\n{before}{text}".encode()


@pytest.mark.parametrize("shape", [row[1] for row in SHAPES], ids=[row[0] for row in SHAPES])
def test_read_list__unknown_shape(shape: str) -> None:
    """A list of a shape that no layout knows is read: each title with its paper, no authors out of prose."""
    entries = parse(written([shape])).entries
    assert [entry.title for entry in entries] == TITLES
    assert [entry.paper_url for entry in entries] == URLS
    assert {entry.layout for entry in entries} == {"learned place"}
    assert {entry.year for entry in entries} <= {2015, None}
    assert {entry.authors for entry in entries} <= {(), ("Ann Lee", "Bob Ray")}


def test_read_list__name_of_a_link_is_no_venue() -> None:
    """`Paper Link: [arXiv 1706.03762](url)` says what the link is; without that label it says where the paper is."""
    assert {entry.venue_text for entry in parse(written([SHAPES[3][1]])).entries} == {None}
    assert {entry.venue_text for entry in parse(written([SHAPES[0][1]])).entries} == {"arXiv"}


@pytest.mark.parametrize("shape", [row[1] for row in KNOWN_SHAPES], ids=[row[0] for row in KNOWN_SHAPES])
def test_read_list__without_layouts(shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What layouts are made for is read without them, too."""
    monkeypatch.setattr(learning, "layouts", lambda: (_Nothing(),))
    header = "| Name | Work | Links |\n|---|---|---|\n" if shape.startswith("|") else ""
    entries = parse(written([shape], header)).entries
    assert [entry.title for entry in entries] == TITLES
    assert [entry.paper_url for entry in entries] == URLS


@pytest.mark.parametrize("lines", [row[1] for row in NOTHING], ids=[row[0] for row in NOTHING])
@pytest.mark.parametrize("shape", ["- {}\n", "{}\n\n"], ids=["items", "paragraphs"])
def test_read_list__no_titles(lines: list[str], shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """News, tools, prose, topics, counts and names beside the links of papers are learned as no titles."""
    monkeypatch.setattr(learning, "layouts", lambda: (_Nothing(),))
    assert parse(written([shape.replace("{}", line) for line in lines])).entries == ()


def test_read_list__topics_with_papers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A heading with several papers below it is a topic, however much it looks like a title."""
    monkeypatch.setattr(learning, "layouts", lambda: (_Nothing(),))
    links = "- [paper](https://arxiv.org/abs/{number})\n- [paper](https://arxiv.org/abs/{number}v2)\n\n"
    assert parse(written(["### {title}\n\n" + links])).entries == ()


def test_read_list__nothing_is_rescued_beside_what_is_read() -> None:
    """In a list that is read, a few blocks of another shape stay unread: they may be anything."""
    known = "- [{title}](https://arxiv.org/abs/{number}), 2015.\n"
    strange = "".join(f"\n* https://arxiv.org/abs/2401.0000{n} → A Text of Some Words {n}" for n in range(6))
    entries = parse(written([known]) + b"\n## Other\n" + strange.encode()).entries
    assert [entry.title for entry in entries if entry.layout == "learned place"] == []


def test_read_list__headings_whose_prose_looks_like_a_title() -> None:
    """Where headings are entries, prose below some of them is not read instead."""
    bare = "### {title}\n\n[paper](https://arxiv.org/abs/{number})\n\n"
    noted = "### {title}\n\nWhat {name} Says about Learning from Data\n\n[paper](https://arxiv.org/abs/{number})\n\n"
    entries = parse(written([bare, noted, noted])).entries
    assert [entry.title for entry in entries] == TITLES


def test_read_list__html_paragraphs() -> None:
    """A record between `<p>` and `</p>` is one entry with all its links, though its tags stand on lines of their own."""
    record = (
        '<p align="left">\n    <a href="https://arxiv.org/abs/{number}" title="{title}">\n'
        "        <strong>{title}</strong>\n    </a>\n    <br/>\n    Ann Lee, Bob Ray\n    <br/>\n"
        '    [<a href="https://arxiv.org/abs/{number}">paper</a>] [<a href="https://github.com/a/{name}">code</a>]\n'
        "</p>\n<br/>\n\n"
    )
    entries = parse(written([record])).entries
    assert [entry.title for entry in entries] == TITLES
    assert {entry.authors for entry in entries} == {("Ann Lee", "Bob Ray")}
    assert {len(entry.links) for entry in entries} == {2}
    assert [entry.last_line - entry.first_line for entry in entries] == [8] * len(PAPERS)


def test_read_list__record_without_entries() -> None:
    """A page with a BibTeX record and no entry is read as such."""
    assert parse(b"# Us\n\n```\n@article{a, author={Ann Lee}}\n```\n").entries == ()
