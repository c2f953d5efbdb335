"""Venues, dates and names around a title as a specification: what a stretch says, and what it only seems to say."""

from __future__ import annotations

import pytest

from tests.reading import only, read

ARXIV = "https://arxiv.org/abs/1412.6980"
OTHER = "https://arxiv.org/abs/1512.03385"
TITLE = "Adam: A Method for Stochastic Optimization"
SECOND = "Deep Residual Learning for Image Recognition"


VENUES = [
    (f"1. {TITLE}. Kingma et al. arXiv:1412.6980", "arXiv", None, "a number in the venue's place"),
    (f"- [[ICLR]({ARXIV})] {TITLE}. [[code](https://github.com/a/b)]", "ICLR", None, "a link before the title"),
    (f"- Diederik Kingma. 2015. [{TITLE}]({ARXIV}). *Computational Linguistics*.", "Computational Linguistics", 2015,
     "a journal in italics, its year with the author"),
    (f"- {TITLE}, in *Data Mining and Knowledge Discovery* 2019. [[paper]({ARXIV})]",
     "Data Mining and Knowledge Discovery", 2019, "a journal that reads like two names"),
    (f"- **{TITLE}.** Found. Trends Mach. Learn. 2023. [[paper]({ARXIV})]", "Found. Trends Mach. Learn", 2023,
     "abbreviated words, none of them known by itself"),
    (f"- **{TITLE}.** *Ann Lee, Bob Ray.* Findings of the ACL: EMNLP 2024. [[paper]({ARXIV})]",
     "Findings of the ACL: EMNLP", 2024, "a colon within the name"),
    (f"- **{TITLE}.** *Ann Lee, Bob Ray.* ICML, PMLR 235, 2024. [[paper]({ARXIV})]", "ICML", 2024, "a series and its volume"),
    (f"- {TITLE}, PMLR, 2015 [[paper]({ARXIV})]", "PMLR", 2015, "a series in the venue's place"),
    (f"- {TITLE}, LNCS 2015 [[paper]({ARXIV})]", "LNCS", 2015, "a series behind a title with a colon"),
    (f"- Diederik Kingma, Jimmy Ba. {TITLE}, PMLR 2015. [[paper]({ARXIV})]", "PMLR", 2015, "a series behind people and title"),
    (f"- **[{TITLE}]({ARXIV})**, Diederik Kingma, Jimmy Ba, PMLR 37, 2015.", "PMLR 37", 2015, "a series behind people"),
    (f"- **[{TITLE}]({ARXIV})**, Diederik Kingma, Jimmy Ba, ICLR, PMLR 2015.", "ICLR", 2015, "a series behind its venue"),
    (f"- **{TITLE}.** *Ann Lee, Bob Ray.* SIGIR, Tutorial, 2020. [[paper]({ARXIV})]", "SIGIR, Tutorial", 2020, "a track alone"),
    (f"- **{TITLE}** ~~arXiv 2014~~ ICLR 2015 [[paper]({ARXIV})]", "ICLR", 2015, "a preprint that is struck out"),
    (f"- **{TITLE}**, <ins>ICLR, 2015/ins> [[Paper]({ARXIV})]", "ICLR", 2015, "a tag that is broken"),
    (f"- **{TITLE}**, NeurIPS 2024 Poster [[paper]({ARXIV})]", "NeurIPS Poster", 2024, "a track behind the year"),
    (f"- 20141222 ICLR [{TITLE}]({ARXIV})", "ICLR", 2014, "a date without signs, then the venue"),
    (f"- (DiSE) [{TITLE}]({ARXIV}) (ACL 2026)", "ACL", 2026, "a nickname before, the venue behind"),
    (f"* [2015 (Google) (ICLR) *[Adam] {TITLE}](https://github.com/a/b/blob/master/adam.pdf)", "ICLR", 2015,
     "before the title in its own link"),
    (f"* {TITLE} [[Paper]]({ARXIV}) ![](https://img.shields.io/badge/arXiv-2014.12-red)", "arXiv", 2014, "a badge with a month"),
    (f"* {TITLE} [[Paper]]({ARXIV}) ![](https://img.shields.io/badge/IEEE_TAC-2025-blue)", "IEEE TAC", 2025,
     "a badge of two words"),
    (f"#### [{TITLE}]({ARXIV})\n\narXiv 2102", "arXiv", 2021, "a preprint dated as its number begins"),
    (f"- [[AAAI2022]({ARXIV})] {TITLE}. [[code](https://github.com/a/b)]", "AAAI", 2022, "a link with the year glued on"),
    (f"- **{TITLE}** <br> Diederik Kingma, Jimmy Ba <br> [NAACL 2024]({ARXIV}) • [code](https://github.com/a/b)", "NAACL", 2024,
     "the paper's link, with the year"),
    (f"* {TITLE} (TKDE)\n* {SECOND} (CVPR 2016)", "TKDE", None, "a journal in parentheses, without a year"),
    (f"- **{TITLE}** *npj Digital Medicine 2023* [[paper]({ARXIV})]", "npj Digital Medicine", 2023, "a small first letter"),
    (f"- 15-ICLR-{TITLE}", "ICLR", 2015, "a short year and dashes before it"),
    (f"- **2015-ICLR-{TITLE}**", "ICLR", 2015, "a year and dashes before it, in bold"),
    (f"- **{TITLE}.** User Model. User-Adapt. Interact., 2017. [paper]({ARXIV})", "User Model. User-Adapt. Interact", 2017,
     "an abbreviated word with a hyphen"),
    (f"- {TITLE} [[paper]({ARXIV})] Arxiv 14.12.22", "Arxiv", 2014, "a preprint and its day, the year short"),
    (f"- **{TITLE}, ICLR 2015 Main Conference Paper**. [[paper]({ARXIV})]", "ICLR Main", 2015, "a track in bold"),
    (f'- **Adam**: "{TITLE}". OpenAI(2015) [[paper]({ARXIV})]', "OpenAI", 2015, "a house, its year glued on"),
    (f"- [{TITLE}]({ARXIV}) ICLR 15 – Oct 2014", "ICLR", 2015, "a short year and the month of the preprint"),
    (f"- (**RANK 10, Adam**, Arxiv 2016) [{TITLE}]({ARXIV})", "Arxiv", 2016, "a rank, which is no year"),
    (f"1. ### [{TITLE}]({ARXIV})\n   *ICLR 2015*", "ICLR", 2015, "an item in large letters"),
    (f"- [{TITLE}]({ARXIV}) - How moments are estimated. - 2015", None, 2015, "a year behind a remark"),
    (f"- **{TITLE}** (Preprint 15') [[paper]({ARXIV})]", "Preprint", 2015, "a sign behind the short year of a preprint"),
    (f"- {TITLE}, *Signal Process. '15* [[paper]({ARXIV})]", "Signal Process", 2015, "a short year behind a full stop"),
    (f"- {TITLE} (pending review) [[paper]({ARXIV})]", None, None, "a state, which is no part of the title"),
    (f"- [{TITLE}]({ARXIV}) — A 2015 system-level view of learning", None, None, "an article before a year"),
    (f"| Source | Title | Date |\n|---|---|---|\n| Ubicomp15 (Vol 9) | [{TITLE}]({ARXIV}) | 2014.12 |", "Ubicomp", 2015,
     "a source's short year, glued"),
    (f"### {TITLE}\n\n**2014-12 · ICLR 2015**\n\nHow moments are estimated, in a paragraph of its own.\n\n[Paper]({ARXIV}) · [Code](https://github.com/a/b)",
     "ICLR", 2015, "a heading, its date, an abstract and its links"),
    (f"- [{TITLE}. ICLR 2015.]({ARXIV})", "ICLR", 2015, "a sentence behind the title in its link"),
    (f"- **{TITLE}, ICLR 2015** [[paper]({ARXIV})]", "ICLR", 2015, "a comma behind the title in bold"),
    (f"- [{TITLE}. 2014-12. ICLR 2015 workshop]({ARXIV})", "ICLR workshop", 2015, "a date before it"),
    (f"- [{TITLE}. ICLR 2015 (Under Review). 2014-12-22]({ARXIV})", "ICLR", 2015, "a state and a date behind it"),
    (f"\\[2014/12\\] {TITLE}. Kingma et al. [\\[paper\\]]({ARXIV})", None, 2014, "a date in escaped brackets"),
    (f"- \\[[ICLR 2015]({ARXIV})\\], {TITLE}. `2014.12`", "ICLR", 2015, "a link in escaped brackets"),
    (f"- {TITLE}. \\[ICLR 2015\\] \\[[paper]({ARXIV})\\]", "ICLR", 2015, "escaped brackets behind the title"),
    (f"- [{TITLE}]({ARXIV}) (USENIX Security 15)", "USENIX Security", 2015, "a short year behind two words"),
    (f"- [{TITLE}]({ARXIV}) (IEEE S&P 15)", "IEEE S&P", 2015, "a short year behind a sign"),
    (f"- [{TITLE}]({ARXIV}) (Wisec 15)", "Wisec", 2015, "a short year behind an acronym written as a word"),
    (f"- [{TITLE}]({ARXIV}) (Neural Networks 15)", "Neural Networks 15", None, "a volume of a journal, which is no year"),
    (f"- **{TITLE}** `book` [[pdf]({ARXIV})]", "book", None, "a book"),
    (f"1. [2015 ICLR Under review] {TITLE} [[Paper]({ARXIV})]", "ICLR Under review", 2015, "a state behind a venue"),
    (f"1. [2015 NeurIPS Benchmark & Dataset] {TITLE} [[Paper]({ARXIV})]", "NeurIPS Benchmark & Dataset", 2015,
     "a track behind a venue"),
    (f"- **{TITLE}.** Annual Meeting of the Association for Computational Linguistics (ACL), 2015. [paper]({ARXIV})",
     "Annual Meeting of the Association for Computational Linguistics (ACL)", 2015, "the meeting of a society"),
    (f"- **{TITLE}.** Advances in Neural Information Processing Systems (NeurIPS), 2015. [paper]({ARXIV})",
     "Advances in Neural Information Processing Systems (NeurIPS)", 2015, "advances with their acronym"),
    (f"- [ICLR'15] {TITLE} [also in [2.1](#21-training)]", "ICLR", 2015, "a way to the same paper elsewhere"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "venue", "year"), [row[:3] for row in VENUES], ids=[row[3] for row in VENUES]
)
def test_venue__as_people_write_it(line: str, venue: str | None, year: int | None) -> None:
    """Where a paper stands is read by its place first, then by its form, then by being known."""
    entry = read(line + "\n")[0]
    assert (entry.title, entry.venue_text, entry.year) == (TITLE, venue, year)


NO_VENUES = [
    (f"- [{TITLE}]({ARXIV}) - a benchmark platform for large language models (LLMs) that features battles", "prose"),
    (f"- **{TITLE}** [[paper]({ARXIV})] for OOD detection and NeRF", "words behind the links"),
    (f"- [{TITLE}]({ARXIV}) (InstructGPT)", "a nickname in parentheses"),
    (f"- **{TITLE}** Diederik Kingma et al. (HUAWEI) [[paper]({ARXIV})]", "where somebody works"),
    (f"- **{TITLE}** [![GitHub](https://img.shields.io/badge/GitHub-Page-159957.svg)](https://a.github.io) [[paper]({ARXIV})]", "a badge"),
]  # fmt: skip


@pytest.mark.parametrize("line", [row[0] for row in NO_VENUES], ids=[row[1] for row in NO_VENUES])
def test_venue__an_acronym_alone_is_none(line: str) -> None:
    """Without a year beside it a word is a venue only if papers are published there."""
    assert only(line + "\n").venue_text is None


NAMES = [
    (f'1. Adam: "**{TITLE}**". [[paper]({ARXIV})]', "Adam", "before a quoted title"),
    (f"- {TITLE}. *Kingma et al.* Preprint. [[pdf]({ARXIV})] (**GPT-2**)", "GPT-2", "bold in parentheses behind the links"),
    (f"- [{TITLE}]({ARXIV}) (GopherCite)", "GopherCite", "in parentheses behind the title"),
    (f"- {TITLE}. [[pdf]({ARXIV})] **(VGGNet, very deep networks!)**", "VGGNet", "a name, then praise"),
    (f"- {TITLE}. [[pdf]({ARXIV})] **(Outstanding work)**", None, "praise alone"),
    (f"* **ADAM:** Diederik Kingma, Jimmy Ba.\n  \"{TITLE}.\" ICLR (2015 **Oral**).\n  [[paper]({ARXIV})]", "ADAM",
     "before authors on a line of their own"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name"), [row[:2] for row in NAMES], ids=[row[2] for row in NAMES])
def test_short_name__is_a_name_and_no_praise(text: str, name: str | None) -> None:
    """A name given apart from the title is kept; what somebody thinks of the paper is not a name."""
    entry = only(text + "\n")
    assert (entry.title, entry.short_name) == (TITLE, name)


def test_title__goes_on_behind_its_linked_name() -> None:
    """`[Name](url): rest` is one title where the link leads to a paper; behind a tool the rest describes it."""
    paper, tool = read(
        f"- [GEMINI]({ARXIV}): Fast Failure Recovery in Distributed Training\n"
        "- [Ray](https://github.com/ray-project/ray): Fast Failure Recovery in Distributed Training\n"
    )
    assert paper.title == "GEMINI: Fast Failure Recovery in Distributed Training"
    assert (tool.kind, tool.title or tool.short_name) == ("other", "Ray")


def test_title__formulas_stay_as_they_are() -> None:
    """Backslashes and underlines of a formula are no markup."""
    assert only(f"- **$\\tau^2$-Bench: H$_2$O and *Agents* in Control** [[paper]({ARXIV})]\n").title == (
        "$\\tau^2$-Bench: H$_2$O and Agents in Control"
    )


def test_entries__lines_with_the_label_of_a_field() -> None:
    """A labelled venue is none, whatever stands behind it."""
    text = "".join(
        f"### [{title}]({url})\n\n- Authors: Ann Lee, Bob Ray\n- Venue: EMNLP (Findings) 2021\n\n"
        for title, url in ((TITLE, ARXIV), (SECOND, OTHER))
    )
    entries = read(f"## Papers\n\n{text}")
    assert [(entry.title, entry.authors, entry.year) for entry in entries] == [
        (TITLE, ("Ann Lee", "Bob Ray"), 2021),
        (SECOND, ("Ann Lee", "Bob Ray"), 2021),
    ]


def test_title__has_years_of_its_own() -> None:
    """A decade in a title neither ends it nor dates it."""
    entry = only(f"- Counting in the 2020s: Binned Representations and Losses [[paper]({ARXIV})]\n")
    assert (entry.title, entry.year) == ("Counting in the 2020s: Binned Representations and Losses", None)


def test_title__ends_with_words_and_a_year() -> None:
    """Only a venue that publishes papers is none of a title's last sentence."""
    title = "Results of a Challenge. Autumn in Vienna 2015"
    assert only(f"- [{title}]({ARXIV})\n").title == title


def test_venue__has_the_name_of_a_method_behind_it() -> None:
    """Between a venue and a linked title stands the name of what the paper is about."""
    fgsm, robust = read(
        f"- 2015 ICLR FGSM [Explaining and harnessing adversarial examples]({ARXIV})\n"
        f"- 2017 S&P C&W [Towards evaluating the robustness of neural networks]({OTHER})\n"
    )
    assert (fgsm.venue_text, fgsm.year, fgsm.short_name) == ("ICLR", 2015, "FGSM")
    assert (robust.venue_text, robust.year, robust.short_name) == ("S&P", 2017, "C&W")


def test_title__number_and_dashes_of_its_own() -> None:
    """Only what is a venue stands between dashes before a title."""
    assert only(f"- 16-BIT-Training of Deep Networks at Scale [[paper]({ARXIV})]\n").title == (
        "16-BIT-Training of Deep Networks at Scale"
    )


def test_title__linked_behind_a_bold_topic() -> None:
    """A linked paper behind a comma is the title, however bold the words before it."""
    entry = only(f"- **Social Bias**, [{SECOND}]({ARXIV}), arXiv 2020/02, [[code](https://github.com/a/b)]\n")
    assert (entry.title, entry.year) == (SECOND, 2020)
    page = only(f"- **{TITLE}**, [Project Page](https://a.github.io/adam), [[paper]({ARXIV})]\n")
    assert page.title == TITLE


def test_entries__own_survey_above_all_sections() -> None:
    """The paper that a list belongs to, named in its introduction, is none of its entries."""
    papers = "".join(
        f"**{word} Networks for Long Documents.** *Ann Lee, Bob Ray.* ICLR 202{n}. [[paper]({ARXIV}{n})]\n\n"
        for n, word in enumerate(("Sparse", "Dense", "Gated", "Local", "Deep", "Wide"))
    )
    survey = f"> **{TITLE}.** *Diederik Kingma, Jimmy Ba.* [[paper]({ARXIV})]\n\n"
    assert len(read(f"{survey}## Networks\n\n{papers}")) == 6
    assert len(read(f"{survey}{papers}")) == 7


NICKNAMES = [
    ("bold, some said once more", "**{name}**: {name}: {title}", "**{name}**: {title}", True),
    ("bold, a wide colon", "**{name}**：{name}: {title}", "**{name}**：{title}", True),
    ("bold, none said once more", "**{name}**: {title}", "**{name}**: {title}", False),
    ("plain, most said once more", "{name}: {name} {title}", "{name}: {title}", True),
    ("plain, none said once more", "{name}: {title}", "{name}: {title}", False),
]


@pytest.mark.parametrize(
    ("twice", "once", "apart"), [row[1:] for row in NICKNAMES], ids=[row[0] for row in NICKNAMES]
)
def test_title__nickname_before_it(twice: str, once: str, apart: bool) -> None:
    """A name before a title without a link opens the title, but where the list repeats it in titles."""
    names, title = ("ByteTrack", "BoT-SORT", "StrongSORT", "MeMOT"), "Tracking of Objects with Memory"
    shapes = (twice, twice, twice, once)
    entries = read(
        "".join(
            f"{shape.format(name=name, title=title)} [[paper]({ARXIV}{n})]\n\n"
            for n, (name, shape) in enumerate(zip(names, shapes, strict=True))
        )
    )
    colon = "：" if "：" in once else ":"
    whole = title if apart else f"MeMOT{colon}{' ' * (colon == ':')}{title}"
    assert (entries[-1].title, entries[-1].short_name) == (whole, "MeMOT" if apart else None)


def test_entries__names_that_differ_in_their_numbers() -> None:
    """What returns with another number each time is a family of names, not the label of a link."""
    entries = read("".join(f"- [DeepSeek-V{n}](https://arxiv.org/abs/2401.0000{n})\n" for n in range(1, 6)))
    assert [entry.title or entry.short_name for entry in entries] == [f"DeepSeek-V{n}" for n in range(1, 6)]


def test_entries__headings_with_their_links_below() -> None:
    """A heading is an entry where nothing but its links stand below it, whatever comes first of them."""
    entries = read(
        "## Survey\n\n"
        f"### {TITLE}\n\n* ![](pdf.png)[Paper](./papers/adam.pdf)\n\n**Abstract:** We introduce ...\n\n"
        f"### {SECOND}\n\n* ![](note.png)[Reading Note](https://zhuanlan.zhihu.com/p/1)\n\n"
        f"* ![](pdf.png)[Paper]({OTHER})\n"
    )
    assert [(entry.title, entry.section, entry.paper_url) for entry in entries] == [
        (TITLE, ("Survey",), "./papers/adam.pdf"),
        (SECOND, ("Survey",), OTHER),
    ]


def test_entries__titles_without_links_among_linked_ones() -> None:
    """In a list of plain titles one without any link, beside the others, is an entry too."""
    rows = "Sparse", "Dense", "Gated", "Local"
    text = "".join(
        f"* {word} Attention Networks for Long Documents. [[paper]({ARXIV}{n})]\n"
        for n, word in enumerate(rows)
    )
    entries = read(text + "* Learning Cluster Based Feature Importance for Records\n")
    assert entries[-1].title == "Learning Cluster Based Feature Importance for Records"


RECORDS = [
    f"- 【ICLR 2015】{TITLE} [论文]({ARXIV}) [代码](https://github.com/a/b)",
    f"- 《{TITLE}》（ICLR 2015）[论文]({ARXIV})",
    f"- 标题：{TITLE}\n  - 作者：Diederik Kingma，Jimmy Ba\n  - 会议：ICLR 2015\n  - 链接：{ARXIV}",
    f"**论文标题：** {TITLE}\n**作者：** Diederik Kingma，Jimmy Ba\n**会议：** ICLR 2015\n**论文地址：** {ARXIV}",
    f"**Title:** {TITLE}  \n**Authors:** Diederik Kingma, Jimmy Ba  \n**Venue:** ICLR 2015  \n**Paper:** {ARXIV}",
    f"- ~~{TITLE}, ICLR 2015 [[paper]({ARXIV})]~~",
    f"- {TITLE}[^1], ICLR 2015 [[paper]({ARXIV})]\n\n[^1]: The paper about an optimiser.",
    f"<details>\n<summary>2015</summary>\n\n- **{TITLE}** ICLR 2015 [[paper]][adam]\n\n</details>\n\n[adam]: {ARXIV}",
]


@pytest.mark.parametrize("text", RECORDS, ids=[str(number) for number in range(len(RECORDS))])
def test_entry__records_and_signs_of_all_kinds(text: str) -> None:
    """Chinese records, labelled lines, struck-out entries, footnotes, folded groups, links by reference."""
    entry = only(text + "\n")
    assert (entry.title, entry.short_name, entry.venue_text, entry.year) == (TITLE, None, "ICLR", 2015)
    assert entry.paper_url == ARXIV


NO_ENTRIES = [
    ("[adam]: https://arxiv.org/abs/1412.6980\n", "a link definition"),
    ("- [deep learning](pages/dl.md)\n- [vision](pages/cv.md)\n", "the way to other pages"),
    (
        "Models are evaluated on the [Stanford conversion](https://nlp.stanford.edu/a.pdf) of the trees.\n",
        "a sentence",
    ),
    (
        "- [Methods](https://github.com/a/b#Methods)\n- [More](https://github.com/a/b#more)\n",
        "contents with whole addresses",
    ),
    (
        f"[NEWS.2024/05/02] **Congratulations to [Adam]({ARXIV}) on being accepted at ICLR 2015.**\n",
        "dated news",
    ),
    (f"- We are thrilled to share that [{TITLE}]({ARXIV}) was accepted.\n", "a sentence in an item"),
    (
        "Maintainers:\n- [Ann Lee](https://ann.github.io/) (Tokyo Institute of Technology)\n",
        "who keeps the list",
    ),
    ("**A curated list of sign language papers published since 2021**\n", "what the list is"),
    ("## Most Recent Update Note\n\n- [2022-06-02] Add papers accepted by ICML'22\n", "news"),
]


@pytest.mark.parametrize("text", [row[0] for row in NO_ENTRIES], ids=[row[1] for row in NO_ENTRIES])
def test_entries__what_is_none(text: str) -> None:
    """Definitions, menus, sentences, taglines and news are no entries."""
    papers = (
        f"- **{TITLE}**. *Kingma, Ba.* ICLR 2015. [[paper]({ARXIV})]\n"
        f"- **{SECOND}**. *He, Zhang.* CVPR 2016. [[paper]({OTHER})]\n"
    )
    entries = read(f"{text}\n## Methods\n\n{papers}\n## More\n\n{papers}")
    assert [entry.title for entry in entries] == [TITLE, SECOND] * 2


def test_span__ends_before_the_name_of_the_next_group() -> None:
    """A bold line of its own is the name of a group, no detail of the entry above it."""
    first, _ = read(
        f"**2014**\n\n- [{TITLE}]({ARXIV}), ICLR 2015\n\n**2015**\n\n- [{SECOND}]({OTHER}), CVPR 2016\n"
    )
    assert (first.first_line, first.last_line, first.year) == (5, 5, 2015)


def test_entries__title_line_and_its_line_of_authors_are_one() -> None:
    """A second paragraph of a list item holds the links of a title that has none; it is no entry of its own."""
    entry = only(f'14. **"{TITLE}"**.\n\n    *Diederik Kingma* *et al.* ICLR 2015. [[Paper]({ARXIV})]\n')
    assert (entry.title, entry.authors, entry.venue_text, entry.paper_url) == (
        TITLE,
        ("Diederik Kingma",),
        "ICLR",
        ARXIV,
    )


KEYED_TAGS = [
    (f"* `[Kingma et al. ICLR15]` {TITLE}. [[paper]]({ARXIV})", "ICLR", "the tag alone says where"),
    (f"* `[Kingma et al. TMM15]` {TITLE}. IEEE Transactions on Multimedia, 2015. [[paper]]({ARXIV})",
     "IEEE Transactions on Multimedia", "the venue behind the title says more"),
    (f"* `[ADAM]` Kingma et al. {TITLE}. ICLR, 2015. [[paper]]({ARXIV})", "ICLR", "a name, then one author"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "venue"), [row[:2] for row in KEYED_TAGS], ids=[row[2] for row in KEYED_TAGS]
)
def test_tag__before_a_title_says_who(line: str, venue: str) -> None:
    """A tag in code may hold an author, a venue and a short year, or a name before the author."""
    entry = only(line + "\n")
    assert (entry.title, entry.authors, entry.et_al) == (TITLE, ("Kingma",), True)
    assert (entry.venue_text, entry.year) == (venue, 2015)


VOLUMES = [
    ("ACM Queue 16(1), 2018", "ACM Queue", 2018),
    ("Nature volume 521, 2015", "Nature", 2015),
    ("Journal of Machine Learning Research 18 (2018)", "Journal of Machine Learning Research", 2018),
]


@pytest.mark.parametrize(("text", "venue", "year"), VOLUMES, ids=[row[0] for row in VOLUMES])
def test_venue__without_its_volume(text: str, venue: str, year: int) -> None:
    """The volume and issue of a journal are no part of its name."""
    entry = only(f"- **{TITLE}**\n  {text}\n  [[paper]({ARXIV})]\n")
    assert (entry.title, entry.venue_text, entry.year) == (TITLE, venue, year)


def test_badge__of_a_month() -> None:
    """A badge that is nothing but a month gives the year where nothing else does; a version is no month."""
    badge = f"- **{TITLE}** [[paper]({ARXIV})] ![](https://img.shields.io/badge/2014.12-blue)\n"
    assert only(badge).year == 2014
    assert only(badge.replace("2014.12", "2014.45")).year is None
