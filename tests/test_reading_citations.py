"""Entries written as references are: numbered, in the manner of MLA, IEEE or GB/T 7714, or named as files are."""

from __future__ import annotations

import pytest

from pipeline.formats._when import find_when
from pipeline.model import Entry
from tests.reading import parse, read, read_section

ADAM = "Adam: A Method for Stochastic Optimization"
LSTM = "Long Short-Term Memory"
URL = "https://arxiv.org/abs/1412.6980"

REFERENCES = [
    # (what it shows, line, title, authors, et al., venue, year)
    ("et al. in italics before a title", "[3] Diederik Kingma, *et al*. Stochastic Optimization by Moments, *ICLR*, 2015.",
     "Stochastic Optimization by Moments", ("Diederik Kingma",), True, "ICLR", 2015),
    ("et al. in italics before a link", f"[4] D. Kingma *et al.*, [{ADAM}]({URL}), 2015.",
     ADAM, ("D. Kingma",), True, None, 2015),
    ("initials behind last names, a title at once", "[5] Vaswani, A., Shazeer, N., Parmar, N. & Jones, L. Attention Is All You Need. *NIPS*, 2017.",
     "Attention Is All You Need", ("Vaswani, A.", "Shazeer, N.", "Parmar, N.", "Jones, L."), False, "NIPS", 2017),
    ("single curly quotes", f"[6] D. Kingma and J. Ba, ‘{ADAM}’, *ICLR*, 2015.",
     ADAM, ("D. Kingma", "J. Ba"), False, "ICLR", 2015),
    ("a volume and pages before the year", f"[7] S. Hochreiter and J. Schmidhuber, “{LSTM}”, *Neural Comput.*, vol. 9, no. 8, pp. 1735-1780, 1997.",
     LSTM, ("S. Hochreiter", "J. Schmidhuber"), False, "Neural Comput", 1997),
    ("pages before the year", f"- Kingma, Diederik, Ba, Jimmy, and Hinton, Geoffrey. **{ADAM}**. In Advances in Neural Information Processing Systems, pp. 42–45, 2016. [[pdf]]({URL})",
     ADAM, ("Kingma, Diederik", "Ba, Jimmy", "Hinton, Geoffrey"), False, "Advances in Neural Information Processing Systems", 2016),
    ("an acronym behind abbreviated words", f"- Kingma, D., Ba, J., *[{ADAM}]({URL})*, IEEE Trans. Pattern Anal. Machine Intell. (TPAMI), 2015.",
     ADAM, ("Kingma, D.", "Ba, J."), False, "IEEE Trans. Pattern Anal. Machine Intell. (TPAMI)", 2015),
    ("marks behind names", f"**{ADAM}** \\\n*Diederik Kingma<sup>1</sup>, Jimmy Ba* \\\nICLR 2015. [[Paper]({URL})]",
     ADAM, ("Diederik Kingma", "Jimmy Ba"), False, "ICLR", 2015),
    ("a server and a month parted by full stops", f"- (arXiv.2014.12) {ADAM} [[paper]({URL})]",
     ADAM, (), False, "arXiv", 2014),
    ("a track in parentheses", f"- **{ADAM}** NIPS2022(ML Safety Workshop) [[paper]({URL})]",
     ADAM, (), False, "NIPS ML Safety Workshop", 2022),
    ("a publisher behind the venue", f'- Hochreiter, Sepp, and Jürgen Schmidhuber. "{LSTM}." Proceedings of the 10th ACM Conference on Memory. ACM, 1997. [[pdf]]({URL})',
     LSTM, ("Hochreiter, Sepp", "Jürgen Schmidhuber"), False, "Proceedings of the 10th ACM Conference on Memory", 1997),
    ("a year within the venue", f'- Hochreiter, Sepp, et al. "{LSTM}." Proceedings of the 1997 ACM Conference on Memory. ACM, 1997. [[pdf]]({URL})',
     LSTM, ("Hochreiter, Sepp",), True, "Proceedings of the ACM Conference on Memory", 1997),
    ("a place behind the venue", f'- Hochreiter, Sepp, et al. "{LSTM}." Neural Computing Conference, London, UK. 1997. [[pdf]]({URL})',
     LSTM, ("Hochreiter, Sepp",), True, "Neural Computing Conference", 1997),
    ("a volume and its issue", f'- Hochreiter, Sepp, et al. "{LSTM}." Neural Computation 9.8 (1997): 1735-1780. [[pdf]]({URL})',
     LSTM, ("Hochreiter, Sepp",), True, "Neural Computation", 1997),
    ("a sign in code before the names", f'- `*` Hochreiter, Sepp, et al. "{LSTM}." Neural Computation 9.8 (1997): 1735-1780. [[pdf]]({URL})',
     LSTM, ("Hochreiter, Sepp",), True, "Neural Computation", 1997),
    ("last names and a year between dashes", f"- Hochreiter and Schmidhuber - 1997 - **{LSTM} Networks** [[pdf]]({URL})",
     f"{LSTM} Networks", ("Hochreiter", "Schmidhuber"), False, None, 1997),
    ("names, year and a colon in a link", f"- [Hochreiter, Schmidhuber 1997 : {LSTM}]({URL})",
     LSTM, ("Hochreiter", "Schmidhuber"), False, None, 1997),
    ("two names and a colon before a bold title", f"- Diederik Kingma, Jimmy Ba: **{ADAM}** ICLR 2015 [[pdf]]({URL})",
     ADAM, ("Diederik Kingma", "Jimmy Ba"), False, "ICLR", 2015),
    ("one name with an initial and a particle", f"- Jing B. van der Berg: **{ADAM}** ICLR 2015 [[pdf]]({URL})",
     ADAM, ("Jing B. van der Berg",), False, "ICLR", 2015),
    ("bare initials in a link", f"- [Kingma D, Ba J, Hinton G E. {ADAM}. Proceedings of the learning conference, 2015, 2: 42-45]({URL})",
     ADAM, ("Kingma D", "Ba J", "Hinton G E"), False, "Proceedings of the learning conference", 2015),
    ("authors in italics right behind the title", f"- Stochastic Optimization Methods*Diederik Kingma and Jimmy Ba*, ICLR 2015 [[pdf]]({URL})",
     "Stochastic Optimization Methods", ("Diederik Kingma", "Jimmy Ba"), False, "ICLR", 2015),
    ("venue and date with a comma first", f"- ICLR 2015 oral, **{ADAM}**, [arXiv]({URL})",
     ADAM, (), False, "ICLR oral", 2015),
    ("a preprint's month with a comma first", f"- arXiv 2014.12, **Adam**: A Method for Stochastic Optimization, [Website]({URL})",
     ADAM, (), False, "arXiv", 2014),
    ("a year before its names", f"- {ADAM} (2015, D. Kingma et al. [[pdf]]({URL})",
     ADAM, ("D. Kingma",), True, None, 2015),
    ("the venue's year, not the entry's", f"- **{ADAM}** (2014), ICLR'15, Kingma, Diederik et al. [[pdf]]({URL})",
     ADAM, ("Kingma, Diederik",), True, "ICLR", 2015),
    ("a workshop and what it is on", f"- {ADAM} [[paper]({URL})] *ICLR 2015 Workshop on Optimization*",
     ADAM, (), False, "ICLR Workshop on Optimization", 2015),
    ("a track is nobody's name", f"- {ADAM} [[paper]({URL})] *NeurIPS 2022 Datasets and Benchmarks Track*",
     ADAM, (), False, "NeurIPS Datasets and Benchmarks Track", 2022),
    ("a year that nothing parts from its names", f"- [{ADAM}]({URL}), Diederik Kingma, Jimmy Ba 2015",
     ADAM, ("Diederik Kingma", "Jimmy Ba"), False, None, 2015),
    ("one whom a line calls a researcher", f"- [{ADAM}]({URL})\n  Researcher: Diederik Kingma",
     ADAM, ("Diederik Kingma",), False, None, None),
    ("what a paper won", f"- {ADAM}, ICLR 2015 (1st-place solution for CVPR 2020 Challenge) [[paper]({URL})]",
     ADAM, (), False, "ICLR", 2015),
    ("brackets that close an entry", f"- {ADAM} [2015-ICLR]", ADAM, (), False, "ICLR", 2015),
    ("a key of one author and others", f"- [{ADAM}]({URL}) (Kingma et al., 2015)",
     ADAM, ("Kingma",), True, None, 2015),
    ("a key of two authors", f"- [{ADAM}]({URL}) (Kingma and Ba, 2015a)",
     ADAM, ("Kingma", "Ba"), False, None, 2015),
    ("nouns behind commas", f"- Learning of Agents: Data Poisoning, Backdoor Attacks, and Defenses. [[pdf]({URL})]\n  - Ann Lee, Bob Ray. ICLR, 2015.",
     "Learning of Agents: Data Poisoning, Backdoor Attacks, and Defenses", ("Ann Lee", "Bob Ray"), False, "ICLR", 2015),
    ("as Harvard writes it", f"- Kingma, D.P. and Ba, J., 2015. {ADAM}. *ICLR*, 1(2), p.15. [[pdf]({URL})]",
     ADAM, ("Kingma, D.P.", "Ba, J."), False, "ICLR", 2015),
    ("with a month and a nickname before", f"- **AdamW**. Kingma, D.P., Lei, J. and Ba, J., 2015, May. {ADAM}. In *ICLR* pp. 1-15. [[pdf]({URL})]",
     ADAM, ("Kingma, D.P.", "Lei, J.", "Ba, J."), False, "ICLR", 2015),
    ("where they work, and when", f"- [{ADAM}]({URL}) by Diederik Kingma and Jimmy Ba (Royal Holloway, UK, 2015)",
     ADAM, ("Diederik Kingma", "Jimmy Ba"), False, None, 2015),
    ("a venue that nothing parts from its title", f"- {ADAM} ICLR 2015 [[paper]({URL})]",
     ADAM, (), False, "ICLR", 2015),
    ("a summary behind the links", f"- **{ADAM}** `ICLR` `2015` [`PDF`]({URL}) ***TL;DR**: The authors propose moments.*",
     ADAM, (), False, "ICLR", 2015),
]  # fmt: skip
TITLES = [
    ("words that seem to be names", f"- [{ADAM}]({URL})\n- Shuffle and Learn: Verification of Temporal Order [[pdf]]({URL})", "Shuffle and Learn: Verification of Temporal Order"),
    ("a comma between adjectives", f"- Enabling Fast, Adaptive, and Hardware-Assisted Scheduling [[pdf]]({URL})", "Enabling Fast, Adaptive, and Hardware-Assisted Scheduling"),
    ("a word like a venue with its year", f"- A Study of BFLOAT16 for Deep Learning Training [[pdf]]({URL})", "A Study of BFLOAT16 for Deep Learning Training"),
    ("words and a colon set apart", f"- [Tile and Slide : A New Framework for Scaling]({URL})", "Tile and Slide : A New Framework for Scaling"),
    ("emphasis in the middle", f"- Smart-Infinity: Fast **Language Model Training** using Near-Storage Processing [[pdf]]({URL})", "Smart-Infinity: Fast Language Model Training using Near-Storage Processing"),
    ("a title in Chinese behind", f"- [PolyFormer: Image Segmentation as Polygon Generation(将图像分割表述为多边形生成)]({URL})", "PolyFormer: Image Segmentation as Polygon Generation"),
    ("a name in capitals that is no label", f"- [STaR]({URL}) - bootstrapping reasoning", "STaR"),
    ("by and what is done", f"- Neural Summarization by Extracting Sentences and Words [[pdf]]({URL})", "Neural Summarization by Extracting Sentences and Words"),
    ("bold around title and links", f"- **{ADAM} (ICLR 2015, 900+ citations) [[**Paper**]({URL})][[**Code**](https://github.com/a/b)]**", ADAM),
    ("a date in the same style", f"- **{ADAM} 2014-12-22** [[pdf]]({URL})", ADAM),
    ("a number that belongs to the title", f"- 3D Gaussian Splatting for Real-Time Rendering [[pdf]]({URL})", "3D Gaussian Splatting for Real-Time Rendering"),
    ("a number that does not", f"- 12. 12-in-1: Multi-Task Vision and Language [[pdf]]({URL})", "12-in-1: Multi-Task Vision and Language"),
    ("a nickname and a dash in the link", f"- [**Adam** — {ADAM}]({URL})", ADAM),
    ("a nickname and a year behind", f"- **{ADAM} (Adam-W; 2015)** [[pdf]]({URL})", ADAM),
    ("a link parted from its address", f"- [{ADAM}] ({URL})", ADAM),
    ("a title in brackets and its venue", f"- [{ADAM}]({URL}) ICLR2015\n- [Deep Residual Learning for Image Recognition] CVPR2016", "Deep Residual Learning for Image Recognition"),
]  # fmt: skip


def last(text: str) -> Entry:
    """The last entry of a list with one section."""
    return read_section(text)[-1]


@pytest.mark.parametrize(
    ("line", "title", "authors", "et_al", "venue", "year"),
    [row[1:] for row in REFERENCES],
    ids=[row[0] for row in REFERENCES],
)
def test_read_list__references(
    line: str, title: str, authors: tuple[str, ...], et_al: bool, venue: str | None, year: int | None
) -> None:
    """Names, title, venue and year, in whatever manner a reference is written."""
    filler = "\n\n[8] Kaiming He, Jian Sun, Deep Residual Networks, *CVPR*, 2016.\n\n[9] Ashish Vaswani, Llion Jones, Attention Networks, *NIPS*, 2017."
    text = line + filler if line[0] == "[" else line
    entry = read_section(text)[0]
    assert (entry.title, entry.authors, entry.et_al) == (title, authors, et_al)
    assert (entry.venue_text, entry.year) == (venue, year)


@pytest.mark.parametrize(("text", "title"), [row[1:] for row in TITLES], ids=[row[0] for row in TITLES])
def test_read_list__titles(text: str, title: str) -> None:
    """A title is whole and holds nothing else."""
    entry = last(text)
    assert (entry.title, entry.authors) == (title, ())


def test_read_list__numbered_lines_are_references() -> None:
    """Lines that open with numbers in brackets are an entry each, with the lines below them."""
    lines = [
        "[1] Parallel operation in the control data 6600, 1964",
        "    - First supercomputer",
        "[2] Very Long Instruction Word architectures, 1983",
        "[3] Branch Target Buffer Organizations, 2023, MICRO",
    ]
    entries = read_section("\n".join(lines))
    assert [(entry.title, entry.year, entry.venue_text) for entry in entries] == [
        ("Parallel operation in the control data 6600", 1964, None),
        ("Very Long Instruction Word architectures", 1983, None),
        ("Branch Target Buffer Organizations", 2023, "MICRO"),
    ]
    assert [(entry.first_line, entry.last_line) for entry in entries] == [(5, 6), (7, 7), (8, 8)]


def test_read_list__one_numbered_paragraph_is_a_footnote() -> None:
    """A single paragraph behind `[1]` is no list of references."""
    text = f"# Papers\n\n## Learning\n\n- [{ADAM}]({URL})\n\n[1] This is a remark about the paper above.\n"
    assert len(parse(text.encode()).entries) == 1


@pytest.mark.parametrize(
    ("line", "title", "venue", "year"),
    [
        (f"- 22_ASE_{ADAM} [[paper]]({URL})", ADAM, "ASE", 2022),
        (f"- 2021_ICSE Workshop_{ADAM} [[paper]]({URL})", ADAM, "ICSE Workshop", 2021),
        (f"- [ICLR2015_{ADAM}](papers/ICLR2015_Adam.md)", ADAM, "ICLR", 2015),
    ],
    ids=["year first", "a venue of two words", "venue first, in a link"],
)
def test_read_list__titles_called_as_files_are(line: str, title: str, venue: str, year: int) -> None:
    """Year and venue before a title, parted by `_`, with places of their own."""
    entry = last(line)
    assert (entry.title, entry.venue_text, entry.year) == (title, venue, year)
    assert {"title", "venue", "year"} <= entry.spans.keys()


def test_read_list__titles_under_the_name_of_a_conference() -> None:
    """What stands under a conference and its year needs no link to be a paper; under other headings it does."""
    text = f"# Papers\n\n## [ICLR 2015](https://iclr.cc)\n\n+ {ADAM}\n\n## Notes\n\n+ Anything Else That Somebody Wrote\n"
    assert [entry.title for entry in parse(text.encode()).entries] == [ADAM]


def test_read_list__numbered_titles_with_notes_below() -> None:
    """Where most numbered items are nothing but titles they are the entries, and notes below them are none."""
    titles = ["Deep Residual Learning for Image Recognition", "Neural Machine Translation by Jointly Learning",
              "Attention Is All You Need Today", "Generative Adversarial Nets for Everyone",
              "Playing Atari with Deep Reinforcement Learning", "Mastering the Game of Go Without Humans"]  # fmt: skip
    lines = [f"{number}. {title}\n  - read it" for number, title in enumerate(titles, 1)]
    entries = read_section("\n".join(lines))
    assert [entry.title for entry in entries] == titles


def test_read_list__tools_do_not_turn_into_papers() -> None:
    """Names of tools with a word about each are no titles, numbered or not."""
    lines = [f"{number}. [tool{number}](https://github.com/a/tool{number}) - Runs Very Fast Neural Networks Anywhere"
             for number in range(1, 9)]  # fmt: skip
    entries = read_section("\n".join(lines))
    assert not [entry for entry in entries if entry.kind == "paper"]


def test_read_list__links_called_by_their_venue() -> None:
    """Where links are called by venues one called arXiv says so too; where they are not it is a label."""
    venues = ["EMNLP 2023", "ACL 2024", "[mSystems]", "arXiv", "arXiv, 5 Sep 2024", "VIS 2024 Short Paper"]
    lines = [
        f"**{ADAM} {n}**  \nDiederik Kingma, Jimmy Ba  \n[{v}](https://arxiv.org/abs/1412.698{n})"
        for n, v in enumerate(venues)
    ]
    entries = read_section("\n\n".join(lines))
    assert [(entry.venue_text, entry.year) for entry in entries] == [
        ("EMNLP", 2023), ("ACL", 2024), ("mSystems", None), ("arXiv", None), ("arXiv", 2024), ("VIS Short Paper", 2024),
    ]  # fmt: skip
    other = [f"- **{ADAM} {n}** [[arXiv](https://arxiv.org/abs/1412.698{n})]" for n in range(6)]
    unnamed = read_section("\n".join(other))
    assert not [entry for entry in unnamed if entry.venue_text]


def test_read_list__abstract_between_authors_and_links() -> None:
    """A heading with its authors, a folded abstract and a line of links is one entry; the abstract says no venue."""
    text = (f"# Papers\n\n## 2015\n\n### 1. {ADAM}\n**Authors**: Diederik Kingma, Jimmy Ba\n<details span>\n"
            "<summary><b>Abstract</b></summary>\nWe introduce Adam, published at NIPS 2099.\n</details>\n\n"
            f"  [📄 Paper]({URL}) | [💻 Code](https://github.com/a/b)\n")  # fmt: skip
    entries = parse(text.encode()).entries
    assert [(entry.title, entry.authors, len(entry.links)) for entry in entries] == [
        (ADAM, ("Diederik Kingma", "Jimmy Ba"), 2)
    ]


def test_read_list__names_and_links_below_a_title() -> None:
    """A nested item that holds names, where and the links belongs to the title above it, which has no link."""
    lines = [
        f"- Net{n}: {ADAM}.\n  - D. Kingma, J. Ba, and G. Hinton. *ICLR 201{n}*. [[pdf]](https://arxiv.org/abs/1412.698{n})"
        for n in range(5)
    ]
    entries = read_section("\n".join(lines))
    assert [(entry.authors, entry.venue_text, entry.year, len(entry.links)) for entry in entries] == [
        (("D. Kingma", "J. Ba", "G. Hinton"), "ICLR", 2010 + n, 1) for n in range(5)
    ]


def test_read_list__months_in_a_column_of_dates() -> None:
    """`20.10` is October 2020; `03.15` may be the fifteenth of March, and says no year."""
    rows = "\n".join(
        f"| {month} | [{ADAM} {n}](https://arxiv.org/abs/1412.698{n}) |"
        for n, month in enumerate(("20.10", "21.02", "03.15"))
    )
    entries = read(f"| Date | Paper |\n| --- | --- |\n{rows}")
    assert [entry.year for entry in entries] == [2020, 2021, None]


def test_read_list__escapes_in_addresses() -> None:
    """A backslash that Markdown takes away is no part of an address."""
    entry = last(f"- [{ADAM}](https://example.org/a\\_b.pdf)")
    assert entry.links[0].url == "https://example.org/a_b.pdf"


def test_read_list__codes_of_topics_are_no_papers() -> None:
    """Bullets that name the topics of a section are no titles where the papers are written otherwise."""
    topics = "\n".join(
        f"- [SPE-{code}] Acoustic Modeling for Automatic Recognition"
        for code in ("RECO", "LVCR", "ROBU", "ADAP", "MULT", "GASR")
    )
    papers = "\n".join(
        f"{n}. A. Name, B. Other, “{ADAM} {n}”, ICLR, 2015. [PDF](https://arxiv.org/abs/1412.698{n})"
        for n in range(1, 8)
    )
    entries = read_section(f"{topics}\n\n{papers}")
    assert len(entries) == 7


def test_read_list__title_of_the_document_is_no_entry() -> None:
    """A list's own title that leads to its survey is no entry; headings that are entries are."""
    text = (
        f"# [A Survey of Optimization]({URL})\n\n## Methods\n\n- [{ADAM}](https://arxiv.org/abs/1512.03385)\n"
    )
    assert [entry.title for entry in parse(text.encode()).entries] == [ADAM]


@pytest.mark.parametrize(
    ("text", "venue"),
    [
        ("Proceedings of the 32nd ACM SIGIR conference on Research. ACM, 2009: 532-539.", "Proceedings of the 32nd ACM SIGIR conference on Research"),
        ("Proceedings of the 36th International Conference on Machine Learning, ICML 2019", "Proceedings of the 36th International Conference on Machine Learning, ICML"),
        ("2014 IEEE International Conference on Bioinformatics and Biomedicine (BIBM)", "IEEE International Conference on Bioinformatics and Biomedicine (BIBM)"),
        ("Workshop on Creativity and Design (NeurIPS), 2020", "Workshop on Creativity and Design (NeurIPS)"),
        ("KDD. ACM, 2009", "ACM"),
    ],
    ids=["publisher", "acronym behind", "acronym in parentheses", "acronym before the year", "too little before"],
)  # fmt: skip
def test_find_when__whole_venues(text: str, venue: str) -> None:
    """The whole name of a venue, without who printed it."""
    when = find_when(text, alone=True)
    assert when is not None
    assert when.venue is not None
    assert text[slice(*when.venue)] == venue
