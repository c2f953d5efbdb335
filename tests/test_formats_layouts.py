"""Each layout on entries of its own: one row per way in which lists write an entry."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.formats import Candidate, Context, Layout, layouts
from pipeline.formats._blocks import Block
from pipeline.formats._inline import scan
from pipeline.model import Entry
from pipeline.reader import read_list

ARXIV = "https://arxiv.org/abs/1706.03762"
TITLE = "Attention Is All You Need"

# layout, source, then title, authors, venue, year and date as they should be read
ROWS = [
    ("bold title", f"- [2017/06] **{TITLE}.** *Ashish Vaswani (NVIDIA) et al. NeurIPS.* [[paper]({ARXIV})]",
     TITLE, ["Ashish Vaswani"], "NeurIPS", 2017, "2017/06"),
    ("bold title", f"- [2017/06] **{TITLE}.** *Ashish Vaswani (AI21 Labs) et al. arXiv.* [[paper]({ARXIV})]",
     TITLE, ["Ashish Vaswani"], "arXiv", 2017, "2017/06"),
    ("bold title", f"- **{TITLE}**. *Ashish Vaswani et al.* NeurIPS 2017. [[Paper]({ARXIV})]",
     TITLE, ["Ashish Vaswani"], "NeurIPS", 2017, None),
    ("bold title", f"**{TITLE}** \\\n*Ashish Vaswani, Noam Shazeer* \\\nNeurIPS 2017. [[Paper]({ARXIV})] \\\n12 Jun 2017",
     TITLE, ["Ashish Vaswani", "Noam Shazeer"], "NeurIPS", 2017, "12 Jun 2017"),
    ("bold title", f"1. **{TITLE}.** NIPS 17. [paper]({ARXIV})\n\n    *Ashish Vaswani, Noam Shazeer.*",
     TITLE, ["Ashish Vaswani", "Noam Shazeer"], "NIPS", 2017, None),
    ("bold title", f"- (NeurIPS 2017) **{TITLE}** [[Paper]]({ARXIV})", TITLE, [], "NeurIPS", 2017, None),
    ("bold title", f"- [2017/06/12] **{TITLE}** | [[paper]]({ARXIV}) | [code]", TITLE, [], None, 2017, "2017/06/12"),
    ("bold title", f'**[1]** Vaswani, Ashish, et al. "**{TITLE}**." arXiv preprint arXiv:1706.03762 (2017). [[pdf]]({ARXIV})',
     TITLE, ["Vaswani, Ashish"], "arXiv preprint", 2017, None),
    ("linked title", f"* [{TITLE}]({ARXIV}) by Ashish Vaswani, Noam Shazeer. NeurIPS, 2017.",
     TITLE, ["Ashish Vaswani", "Noam Shazeer"], "NeurIPS", 2017, None),
    ("linked title", f"-   2017-NIPS-[{TITLE}]({ARXIV}) [[Code](https://github.com/a/b)]", TITLE, [], "NIPS", 2017, None),
    ("linked title", f"[{TITLE}\n]({ARXIV}), NeurIPS 2017", TITLE, [], "NeurIPS", 2017, None),
    ("linked title", f"[12 Jun 2017] [{TITLE}]({ARXIV}) (NeurIPS 2017)<br>\n[![arXiv](https://img.shields.io/badge/arXiv-b31b1b.svg)]({ARXIV})",
     TITLE, [], "NeurIPS", 2017, "12 Jun 2017"),
    ("quoted title", f'- "{TITLE}", 2017-06, NeurIPS 17, [[paper]]({ARXIV})', TITLE, [], "NeurIPS", 2017, "2017-06"),
    ("italic title", f"- **(Transformer)** _{TITLE}_ ```NeurIPS 2017```  \n[[Paper]({ARXIV})]", TITLE, [], "NeurIPS", 2017, None),
    ("plain title", f"- {TITLE}, <ins>NeurIPS, 2017</ins> [[Paper]({ARXIV})]", TITLE, [], "NeurIPS", 2017, None),
    ("plain title", f"- {TITLE} (2017), A. Vaswani et al. [[pdf]]({ARXIV})", TITLE, ["A. Vaswani"], None, 2017, None),
    ("plain title", f"- (*NeurIPS'17*) {TITLE} [[paper]({ARXIV})]", TITLE, [], "NeurIPS", 2017, None),
    ("citation", f"* Ashish Vaswani and Noam Shazeer: {TITLE}, NeurIPS 2017. [[Paper]]({ARXIV})",
     TITLE, ["Ashish Vaswani", "Noam Shazeer"], "NeurIPS", 2017, None),
    ("bracketed title", f"* [{TITLE}] \n  - [[Paper]]({ARXIV}) (NeurIPS 2017)", TITLE, [], "NeurIPS", 2017, None),
    ("file name", f"- 17_NeurIPS_{TITLE} [[paper]({ARXIV})]", TITLE, [], "NeurIPS", 2017, None),
    ("names above", f'- Ashish Vaswani, Noam Shazeer:\n  {TITLE}. NeurIPS (2017)\n\n  [[paper]({ARXIV})]',
     TITLE, ["Ashish Vaswani", "Noam Shazeer"], "NeurIPS", 2017, None),
    ("name above", "\n".join(f"- **{name}**\n  - {TITLE}, NeurIPS 2017\n  - [[paper]]({ARXIV})" for name in ("A1", "B2", "C3")),
     TITLE, [], "NeurIPS", 2017, None),
    ("chapter", "\n".join(f"### {TITLE} [{n}]\nIt is new.\n\n* Short read: [It](https://example.org/{n})\n* Paper: [{TITLE}]({ARXIV})" for n in (1, 2, 3)),
     TITLE, [], None, None, None),
    ("name alone", f"- UK-DALE [[paper]]({ARXIV})", None, [], None, None, None),
    ("table row", f"| Title | Venue | Link |\n|---|---|---|\n| {TITLE} | NeurIPS 2017 | [Paper]({ARXIV}) |",
     TITLE, [], "NeurIPS", 2017, None),
    ("table row", f"<table><tr><td>{TITLE}</td><td><a href=\"{ARXIV}\">Paper</a></td></tr></table>", TITLE, [], None, None, None),
]  # fmt: skip


def entries(text: str) -> tuple[Entry, ...]:
    return read_list(text.encode(), name="list", path="list.md").entries


@pytest.mark.parametrize(("layout", "source", "title", "authors", "venue", "year", "date"), ROWS)
def test_read__layout(
    layout: str,
    source: str,
    title: str | None,
    authors: list[str],
    venue: str | None,
    year: int | None,
    date: str | None,
) -> None:
    """One entry is read by its layout, with every field and the link to the paper."""
    found = entries(f"# A list\n\n## Section\n\n{source}\n")
    records = 3 if layout in ("name above", "chapter") else 1  # one alone could as well be a group
    assert [entry.layout for entry in found] == [layout] * records
    entry = found[0]
    assert entry.title == title
    assert list(entry.authors) == authors
    assert (entry.venue_text, entry.year, entry.date_text) == (venue, year, date)
    assert (entry.kind, entry.paper_url) == ("paper", ARXIV)
    assert entry.section == ("Section",)


RESNET = "https://arxiv.org/abs/1512.03385"
VAE = "https://arxiv.org/abs/1312.6114"
WORD2VEC = "https://arxiv.org/abs/1301.3781"

# a short list, then title, authors, venue and year of each of its entries: one row per way in which lists
# are written that no single line shows, because the list itself says what its signs mean
HABITS = [
    ("nickname in bold brackets, bars, labels of links that return", f"""
- **[ResNet]** Deep Residual Learning for Image Recognition | Kaiming He, et al. | **[CVPR' 16]** |[`[pdf]`]({RESNET}) [`[official code - caffe]`](https://github.com/a/b)
- **[VAE]** Auto-Encoding Variational Bayes | Diederik P. Kingma, Max Welling | **[ICLR' 14]** |[`[pdf]`]({VAE}) [`[official code - theano]`](https://github.com/a/c)
- **[Word2vec]** Efficient Estimation of Word Representations in Vector Space | Tomas Mikolov, et al. | **[ICLR' 13]** |[`[pdf]`]({WORD2VEC}) [`[official code - c]`](https://github.com/a/d)
""", [("Deep Residual Learning for Image Recognition", ["Kaiming He"], "CVPR", 2016),
      ("Auto-Encoding Variational Bayes", ["Diederik P. Kingma", "Max Welling"], "ICLR", 2014),
      ("Efficient Estimation of Word Representations in Vector Space", ["Tomas Mikolov"], "ICLR", 2013)]),
    ("bold title, then a record of labels of the list's own", f"""
**Deep Residual Learning for Image Recognition**

- intro: CVPR 2016. Microsoft Research
- arxiv: [{RESNET}]({RESNET})

**Auto-Encoding Variational Bayes**

- intro: ICLR 2014
- keywords: VAE
- arxiv: [{VAE}]({VAE})
- github("VAE in Theano"): [https://github.com/a/c](https://github.com/a/c)

**Efficient Estimation of Word Representations in Vector Space**

- intro: first word vectors
- arxiv: [{WORD2VEC}]({WORD2VEC})
""", [("Deep Residual Learning for Image Recognition", [], "CVPR", 2016),
      ("Auto-Encoding Variational Bayes", [], "ICLR", 2014),
      ("Efficient Estimation of Word Representations in Vector Space", [], None, None)]),
    ("records whose lines are all items, authors linked to their pages", f"""
#### June 2020
- **Paper**: [Deep Residual Learning for Image Recognition]({RESNET})
- **Authors**: [Kaiming He](https://kaiminghe.com), Xiangyu Zhang, [Jian Sun](https://jiansun.org)
- **Presenter**: [Ann Lee](https://ann.org)

#### May 2020
- **Paper**: [Auto-Encoding Variational Bayes]({VAE})
- **Authors**: [Diederik P. Kingma](https://dpkingma.com), Max Welling
- **Presenter**: [Ann Lee](https://ann.org)

#### April 2020
- **Paper**: [Efficient Estimation of Word Representations in Vector Space]({WORD2VEC})
- **Authors**: Tomas Mikolov, [Kai Chen](https://kai.org)
- **Presenter**: [Bo Li](https://bo.org)
""", [("Deep Residual Learning for Image Recognition", ["Kaiming He", "Xiangyu Zhang", "Jian Sun"], None, None),
      ("Auto-Encoding Variational Bayes", ["Diederik P. Kingma", "Max Welling"], None, None),
      ("Efficient Estimation of Word Representations in Vector Space", ["Tomas Mikolov", "Kai Chen"], None, None)]),
    ("bold name of one word with its venue behind, details nested", f"""
- **Deep Residual Learning for Image Recognition (CVPR 2016)**
  - Kaiming He, Xiangyu Zhang, Shaoqing Ren and Jian Sun
  - [[Paper]]({RESNET})
- **Auto-Encoding Variational Bayes (ICLR 2014)**
  - Diederik P. Kingma and Max Welling
  - [[Paper]]({VAE})
- **Word2vec (ICLR Workshop 2013)**
  - Tomas Mikolov and Kai Chen
  - [[Paper]]({WORD2VEC})
""", [("Deep Residual Learning for Image Recognition", ["Kaiming He", "Xiangyu Zhang", "Shaoqing Ren", "Jian Sun"], "CVPR", 2016),
      ("Auto-Encoding Variational Bayes", ["Diederik P. Kingma", "Max Welling"], "ICLR", 2014),
      ("Word2vec", ["Tomas Mikolov", "Kai Chen"], "ICLR Workshop", 2013)]),
    ("citations parted by commas alone, one author or many", f"""
- Kaiming He, Xiangyu Zhang, Deep Residual Learning for Image Recognition, CVPR, 2016. [[Paper]]({RESNET})
- Diederik P. Kingma, Max Welling, Auto-Encoding Variational Bayes, ICLR, 2014. [[Paper]]({VAE})
- Leo Breiman, Random Forests for Classification and Regression, Machine Learning, 2001.
- Tomas Mikolov, Kai Chen, Efficient Estimation of Word Representations in Vector Space, ICLR, 2013. [[Paper]]({WORD2VEC})
""", [("Deep Residual Learning for Image Recognition", ["Kaiming He", "Xiangyu Zhang"], "CVPR", 2016),
      ("Auto-Encoding Variational Bayes", ["Diederik P. Kingma", "Max Welling"], "ICLR", 2014),
      ("Random Forests for Classification and Regression", ["Leo Breiman"], "Machine Learning", 2001),
      ("Efficient Estimation of Word Representations in Vector Space", ["Tomas Mikolov", "Kai Chen"], "ICLR", 2013)]),
    ("titles without any link, a colon, a question or a dash inside", """
* Word2vec: Efficient Estimation of Word Representations (ICLR 2013)
* Do Deep Nets Really Need to be Deep? On Compressing Models (NIPS 2014)
* Deep Learning in Neural Networks - An Overview (Neural Networks 2015)
* Understanding Deep Learning Requires Rethinking Generalization （2017）
""", [("Word2vec: Efficient Estimation of Word Representations", [], "ICLR", 2013),
      ("Do Deep Nets Really Need to be Deep? On Compressing Models", [], "NIPS", 2014),
      ("Deep Learning in Neural Networks - An Overview", [], "Neural Networks", 2015),
      ("Understanding Deep Learning Requires Rethinking Generalization", [], None, 2017)]),
    ("laboratories in parentheses are neither authors nor venues", f"""
* **ResNet**: "Deep Residual Learning for Image Recognition", CVPR, 2016 (*Microsoft*). [[Paper]({RESNET})][[PyTorch (someone)](https://github.com/a/b)]
* **VAE**: "Auto-Encoding Variational Bayes", ICLR, 2014 (*UvA, Amsterdam*). [[Paper]({VAE})][[PyTorch (nobody)](https://github.com/a/c)]
* **Word2vec**: "Efficient Estimation of Word Representations in Vector Space", arXiv, 2013 (rejected by ICLR 2013) (*Google*). [[Paper]({WORD2VEC})][[PyTorch (you)](https://github.com/a/d)]
""", [("Deep Residual Learning for Image Recognition", [], "CVPR", 2016),
      ("Auto-Encoding Variational Bayes", [], "ICLR", 2014),
      ("Efficient Estimation of Word Representations in Vector Space", [], "arXiv", 2013)]),
    ("a title that the editor wrapped, names that it wrapped", f"""
-   Efficient Estimation of Word Representations in
    Vector Space. [pdf]({WORD2VEC})
    -   Mikolov, Tomas and Chen, Kai and Corrado, Greg and Dean,
        Jeffrey. *ICLR 2013*
-   Deep Residual Learning for Image Recognition. [pdf]({RESNET})
    -   He, Kaiming and Sun, Jian. *CVPR 2016*
""", [("Efficient Estimation of Word Representations in Vector Space",
       ["Mikolov, Tomas", "Chen, Kai", "Corrado, Greg", "Dean, Jeffrey"], "ICLR", 2013),
      ("Deep Residual Learning for Image Recognition", ["He, Kaiming", "Sun, Jian"], "CVPR", 2016)]),
]  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), [row[1:] for row in HABITS], ids=[row[0] for row in HABITS])
def test_read__what_a_list_does_again_and_again(
    source: str, expected: list[tuple[str, list[str], str | None, int | None]]
) -> None:
    """What the signs of a list mean is learned from the list: its labels, tags, citations and nicknames."""
    papers = [entry for entry in entries(f"# A list\n\n## Section\n{source}") if entry.kind == "paper"]
    found = [(e.title, list(e.authors), e.venue_text, e.year) for e in papers]
    assert found == expected


@pytest.mark.parametrize(
    ("source", "venue"),
    [
        ("ACL 2024 Findings", "ACL Findings"),
        ("ICML 2023 Workshop", "ICML Workshop"),
        ("SIGGRAPH Asia (TOG) 2021", "SIGGRAPH Asia (TOG)"),
        ("3DV 2022", "3DV"),
        ("IEEE Trans. Knowl. Data Eng. 2014", "IEEE Trans. Knowl. Data Eng"),
    ],
)
def test_venue__words_around_the_year(source: str, venue: str) -> None:
    """A venue's words on both sides of its year are one venue, which then has no place of its own."""
    data = f"- **{TITLE}**. *Ashish Vaswani et al.* {source}. [[Paper]({ARXIV})]\n".encode()
    entry = read_list(data, name="list", path="list.md").entries[0]
    assert entry.venue_text == venue
    assert ("venue" in entry.spans) == (venue in source)


def test_kind__a_list_of_tools_holds_no_papers() -> None:
    """A linked name at an unknown address is a paper only among papers."""
    tools = [f"- [Tool {n} for Language](https://tool{n}.org/about) - does something" for n in "ABCDEF"]
    found = entries("# Tools\n\n## Libraries\n" + "\n".join(tools) + "\n")
    assert [entry.kind for entry in found] == ["other"] * 6


NOT_ENTRIES = [
    "Inspired by [awesome deep vision](https://github.com/a/b), see [our survey paper](https://arxiv.org/abs/1706.03762).",
    "[The dataset](https://arxiv.org/abs/1706.03762) is a reading benchmark of over one hundred thousand questions.",
    "[framework (276)](by_key/framework.md) | [benchmark (221)](by_key/benchmark.md) | [model (146)](by_key/model.md)",
    "## Project Contributors\n- Ann Lee ([@ann](https://github.com/ann))",
    "- [Models](#models)\n- [Data](#data)",
    "<!-- - **A Title of a Paper** [[Paper](https://arxiv.org/abs/1706.03762)] -->",
    "```\n- **A Title of a Paper** [[Paper](https://arxiv.org/abs/1706.03762)]\n```",
    "## News\n- [Attention Is All You Need](https://arxiv.org/abs/1706.03762) was added.",
    "[![Awesome](https://awesome.re/badge.svg)](https://awesome.re) ![](https://img.shields.io/badge/papers-3-blue)",
    "![Star History](https://api.star-history.com/svg?repos=a/b&type=Date)",
    "## License\nThis list is under [the MIT License](https://opensource.org/licenses/MIT).",
    "- Natural language understanding",
]


@pytest.mark.parametrize("source", NOT_ENTRIES)
def test_read__what_is_no_entry(source: str) -> None:
    """Contents, comments, code, news, badges, star history, licence and group bullets are not entries."""
    assert entries(f"# A list\n\n{source}\n") == ()


LINKS = [
    (f"[[Paper]({ARXIV})]", [ARXIV]),
    (f"[[Paper]]({ARXIV})", [ARXIV]),
    (f"[Paper]({ARXIV}) [again]({ARXIV})", [ARXIV]),
    (f"[a]([Paper]({ARXIV}))", [ARXIV]),
    (f"[![Paper](https://img.shields.io/badge/a-b-c)]({ARXIV})", [ARXIV]),
    (f'<a href="{ARXIV}">Paper</a> <img src="https://x.org/y.png">', [ARXIV]),
    (f"<{ARXIV}> [Code]() [up](#top)", [ARXIV]),
    (f"Paper: {ARXIV}.", [ARXIV]),
    ("[Paper](https://en.wikipedia.org/wiki/A_(b)) [PDF](papers/a.pdf)",
     ["https://en.wikipedia.org/wiki/A_(b)", "papers/a.pdf"]),
    ("[Paper][p]\n\n[p]: https://arxiv.org/abs/1706.03762", [ARXIV]),
]  # fmt: skip


@pytest.mark.parametrize(("source", "urls"), LINKS)
def test_links__notations(source: str, urls: list[str]) -> None:
    """Every URL once, in order, however it is written; anchors, empty targets and images are none."""
    found = entries(f"- **{TITLE}** *Ashish Vaswani et al.* NeurIPS 2017. {source}\n")
    assert [link.url for link in found[0].links] == urls


VENUES = [
    ("NeurIPS, 2024.", b"NeurIPS", b"2024"),
    ("ACL2021.", b"ACL", b"2021"),
    ("2023.", None, b"2023"),
    ("NeurIPS 2023 .", b"NeurIPS", b"2023"),
    ("CIKM'24", b"CIKM", b"24"),
    ("OpenAI Blog, 2019.", b"OpenAI Blog", b"2019"),
    ("Findings of ACL 2023.", b"Findings of ACL", b"2023"),
    ("22 Jun 2021", None, None),
]


@pytest.mark.parametrize(("text", "venue", "year"), VENUES)
def test_spans__venue_and_year(text: str, venue: bytes | None, year: bytes | None) -> None:
    """Venue and year have spans of their own; a year with a day or a month has none."""
    data = f"- **{TITLE}**. *Ashish Vaswani et al.* {text} [[Paper]({ARXIV})]\n".encode()
    spans = read_list(data, name="list", path="list.md").entries[0].spans
    assert (data[slice(*spans["venue"])] if "venue" in spans else None) == venue
    assert (data[slice(*spans["year"])] if "year" in spans else None) == year


def test_layouts__are_found_by_themselves() -> None:
    """Every module without an underscore is a layout, and names are unique."""
    names = [layout.name for layout in layouts()]
    assert names == sorted(set(names))
    assert {row[0] for row in ROWS} == set(names)


def heads() -> Iterator[str]:
    yield from (row[1] for row in ROWS)


@pytest.mark.parametrize("source", list(heads()))
def test_spans__lie_within_the_entry_and_do_not_overlap(source: str) -> None:
    """Spans of one entry are disjoint and inside its lines."""
    data = f"# Ünïcode\r\n\r\n{source}\n".encode()
    starts = [0, *(at + 1 for at, byte in enumerate(data) if byte == 10), len(data)]
    for entry in read_list(data, name="list", path="list.md").entries:
        spans = sorted(entry.spans.values())
        assert all(left[1] <= right[0] for left, right in zip(spans, spans[1:], strict=False))
        assert starts[entry.first_line - 1] <= spans[0][0]
        assert spans[-1][1] <= starts[entry.last_line]


@pytest.mark.parametrize("layout", layouts(), ids=lambda layout: layout.name)
def test_layouts__nothing_stands_at_the_end_of_the_text(layout: Layout) -> None:
    """A page may end in a tag, of which no text is left."""
    text = "- x"
    block = Block("paragraph", len(text), len(text), (0, 0))
    candidate = Candidate(block, scan(text, len(text), len(text)))
    assert layout.read(candidate, Context()) is None
